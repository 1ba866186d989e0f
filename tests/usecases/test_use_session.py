from datetime import timedelta

import pytest

from eservices_core.access.session import Method
from eservices_core.clinic.settings import AccessSettings
from eservices_core.outcome import Failure
from eservices_core.testing.world import CLINIC, OTHER_CLINIC
from eservices_core.words.identifiers import SessionId
from tests.usecases.day import Day
from tests.usecases.people import ANNA, CHILD, DORTE, HOME, MINUTE, TICK, WORK, reason, went


def test_it_says_who_how_and_by_which_rule() -> None:
    """D-ACC-15, D-ACC-21: a session carries its assurance and its patient."""
    day = Day()
    user = day.without_mitid(ANNA, "anna")
    used = day.use(day.log_in("anna").session).unwrap()
    assert (used.user, used.method, used.rule) == (user, Method.TWO_FACTOR, "D-ACC-11")
    child = day.child(CHILD, DORTE, "barn")
    used = day.use(day.log_in("barn").session).unwrap()
    assert (used.user, used.method, used.rule) == (child, Method.TWO_FACTOR, "S-ACC-6")


def test_it_stores_nothing() -> None:
    """D-ACC-15: it is asked at every use, and never remembered."""
    day = Day()
    session = day.sign_up(ANNA, "anna@example.dk").session
    before = (day.position(), len(day.ledger.audit()), len(day.answers))
    for _ in range(3):
        assert day.stands(session)
        assert not day.stands(session, WORK)
    assert (day.position(), len(day.ledger.audit()), len(day.answers)) == before


def test_a_session_is_its_browsers_alone() -> None:
    """D-ACC-15: in another browser it is nothing, as is one that nobody began."""
    day = Day()
    session = day.sign_up(ANNA, "anna@example.dk").session
    assert reason(day.use(session, WORK)) == ("D-ACC-15", "not_logged_in")
    assert reason(day.use(SessionId("made-up"))) == ("D-ACC-15", "not_logged_in")


@pytest.mark.parametrize(("by_mitid", "minutes"), [(True, 60), (False, 30)], ids=["mitid", "code"])
def test_it_ends_by_itself_and_two_factor_sooner(by_mitid: bool, minutes: int) -> None:
    """D-SES-1: two-factor sessions are shorter; the last instant is the one before the end."""
    day = Day()
    _ = day.without_mitid(ANNA, "anna")
    session = day.with_mitid(ANNA) if by_mitid else day.log_in("anna").session
    day.clock.wind(minutes * MINUTE - TICK)
    assert day.stands(session)
    day.clock.wind(TICK)
    assert reason(day.use(session)) == ("D-ACC-15", "not_logged_in")


def test_the_lengths_are_settings() -> None:
    """D-SES-1: an installation chooses them."""
    settings = AccessSettings(
        mitid_session=timedelta(minutes=5), two_factor_session=timedelta(minutes=1)
    )
    day = Day(access=settings)
    _ = day.without_mitid(ANNA, "anna")
    by_code, by_mitid = day.log_in("anna").session, day.with_mitid(ANNA, WORK)
    day.clock.wind(MINUTE)
    assert (day.stands(by_code), day.stands(by_mitid, WORK)) == (False, True)
    day.clock.wind(4 * MINUTE)
    assert not day.stands(by_mitid, WORK)


def test_mitid_reaches_all_associated_clinics_and_a_code_those_with_a_tick() -> None:
    """D-ACC-11: the whole matrix of two clinics, two methods, associated or not, ticked or not."""
    for ticks in ((), (CLINIC,), (OTHER_CLINIC,), (CLINIC, OTHER_CLINIC)):
        day = Day()
        user = day.without_mitid(ANNA, "anna")
        day.card(ANNA, clinic=OTHER_CLINIC)
        assert went(day.associate(ANNA, day.other_staff))
        by_code, by_mitid = day.log_in("anna").session, day.with_mitid(ANNA, WORK)
        if OTHER_CLINIC in ticks:
            assert went(day.tick(user, day.other_staff))
        if CLINIC not in ticks:
            assert went(day.untick(user))
        for clinic in (CLINIC, OTHER_CLINIC):
            assert day.stands(by_code, HOME, clinic) is (clinic in ticks)
            assert day.stands(by_mitid, WORK, clinic)


def test_a_child_reaches_the_associated_clinics_tick_or_not() -> None:
    """D-ACC-11: under 15 it is the association that counts."""
    day = Day()
    child = day.child(CHILD, DORTE, "barn")
    day.card(CHILD, clinic=OTHER_CLINIC)
    session = day.log_in("barn").session
    assert (day.stands(session), day.stands(session, clinic=OTHER_CLINIC)) == (True, False)
    assert day.associate(CHILD, day.other_staff).unwrap().user == child
    assert day.stands(session, clinic=OTHER_CLINIC)
    assert went(day.dissociate(child))
    assert (day.stands(session), day.stands(session, clinic=OTHER_CLINIC)) == (False, True)


def test_a_lock_by_guessing_leaves_open_sessions_open() -> None:
    """D-ACC-13: strangers who guess do not log anybody out."""
    day = Day()
    _ = day.without_mitid(ANNA, "anna")
    for _ in range(4):
        for guess in range(10):
            _ = day.type_password("anna", f"wrong {guess}", WORK)
        day.clock.wind(60 * MINUTE)
    session = day.log_in("anna").session
    for guess in range(10):
        _ = day.type_password("anna", f"wrong {guess}", WORK)
    assert isinstance(day.type_password("anna", browser=WORK), Failure)
    assert day.stands(session)
