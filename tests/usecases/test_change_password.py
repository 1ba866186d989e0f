from eservices_core.clinic.settings import AccessSettings, CodeLimits
from eservices_core.testing.world import CLINIC
from eservices_core.words.clinic_time import turns_fifteen_at
from eservices_core.words.identifiers import SessionId
from tests.usecases.day import Day
from tests.usecases.people import (
    ANNA,
    CHILD,
    DORTE,
    HOME,
    HOUR,
    MINUTE,
    SECRET,
    TEEN,
    WORK,
    reason,
    went,
)

NEW = "en helt ny adgangskode"


def test_the_new_password_counts_and_the_old_one_does_not() -> None:
    """D-ACC-12: after the change only the new one opens."""
    day = Day()
    _ = day.without_mitid(ANNA, "anna")
    session = day.log_in("anna").session
    assert went(day.choose_password(session, NEW, old=SECRET))
    assert reason(day.type_password("anna", SECRET)) == ("D-ACC-2", "wrong_password")
    _ = day.log_in("anna", NEW)


def test_the_old_password_is_owed() -> None:
    """D-ACC-12: a two-factor session alone, left open on a table, changes no password."""
    day = Day()
    _ = day.without_mitid(ANNA, "anna")
    session = day.log_in("anna").session
    assert reason(day.choose_password(session, NEW)) == ("D-ACC-2", "wrong_password")
    assert reason(day.choose_password(session, NEW, old="wrong")) == ("D-ACC-2", "wrong_password")
    _ = day.log_in("anna", SECRET)


def test_guesses_at_the_old_password_are_counted() -> None:
    """D-ACC-13: an open session is no way to try passwords: ten an hour, with the logins' own."""
    day = Day()
    _ = day.without_mitid(ANNA, "anna")
    session = day.log_in("anna").session
    compared = 0
    for _ in range(12):
        compared += day.choose_password(session, NEW, old="wrong").failure().reason == (
            "wrong_password"
        )
    assert compared == 9, "the login was the tenth"
    refused = day.choose_password(session, NEW, old=SECRET)
    assert reason(refused) == ("D-ACC-13", "too_often")


def test_a_right_old_password_forgives_the_wrong_ones_before_it() -> None:
    """D-ACC-13: guesses are counted in a row."""
    day = Day()
    user = day.without_mitid(ANNA, "anna")
    session = day.log_in("anna").session
    _ = day.choose_password(session, NEW, old="wrong")
    assert day.budget(user, HOME).failures == 1
    assert went(day.choose_password(session, NEW, old=SECRET))
    assert day.budget(user, HOME).failures == 0


def test_after_a_temporary_password_the_old_one_is_not_owed() -> None:
    """S-ACC-8: who came by a temporary password chooses a new one, and has no old one to give."""
    day = Day()
    user = day.patient(ANNA, "anna")
    _ = day.tick(user).unwrap()
    begun = day.log_in("anna", day.last_password("anna@example.dk"))
    assert begun.change_password
    assert went(day.choose_password(begun.session, NEW))
    _ = day.log_in("anna", NEW)


def test_a_session_by_mitid_sets_a_password_without_the_old_one() -> None:
    """D-ACC-12: MitID says more than a password does."""
    day = Day()
    _ = day.without_mitid(ANNA, "anna")
    assert went(day.choose_password(day.with_mitid(ANNA), NEW))
    _ = day.log_in("anna", NEW)


def test_only_a_session_that_stands_in_this_browser_changes_it() -> None:
    """D-ACC-15: not another browser's, not one that is over, and not one that never was."""
    day = Day()
    _ = day.without_mitid(ANNA, "anna")
    session = day.log_in("anna").session
    assert reason(day.choose_password(session, NEW, WORK, SECRET)) == (
        "D-ACC-15",
        "not_logged_in",
    )
    assert reason(day.choose_password(SessionId("made-up"), NEW)) == ("D-ACC-15", "not_logged_in")
    day.clock.wind(30 * MINUTE)
    assert reason(day.choose_password(session, NEW, old=SECRET)) == ("D-ACC-15", "not_logged_in")


def test_a_tick_that_is_removed_ends_the_session_for_this_too() -> None:
    """D-ACC-11, D-ACC-15: removal ends what rested on the tick at once, also this."""
    day = Day()
    user = day.without_mitid(ANNA, "anna")
    session = day.log_in("anna").session
    assert went(day.untick(user))
    refused = day.choose_password(session, NEW, old=SECRET)
    assert reason(refused) == ("D-ACC-11", "other_clinics_only")


def test_a_tick_removed_while_the_old_password_is_compared_is_in_time() -> None:
    """D-ACC-15: decided again when the new one is stored; nothing has changed."""
    day = Day()
    user = day.without_mitid(ANNA, "anna")
    session = day.log_in("anna").session
    day.ledger.meanwhile(lambda: day.untick(user))
    refused = day.choose_password(session, NEW, old=SECRET)
    assert reason(refused) == ("D-ACC-11", "other_clinics_only")
    assert went(day.tick(user))
    _ = day.attempt("anna", SECRET)


def test_a_tick_removed_before_the_temporary_password_is_changed_ends_it_too() -> None:
    """D-ACC-12, D-ACC-15: the duty to change a password keeps no session open."""
    day = Day()
    user = day.patient(ANNA, "anna")
    _ = day.tick(user).unwrap()
    session = day.log_in("anna", day.last_password("anna@example.dk")).session
    assert went(day.untick(user))
    refused = day.choose_password(session, NEW)
    assert reason(refused) == ("D-ACC-11", "other_clinics_only")


def test_a_guardian_keeps_no_way_to_the_password_of_a_patient_of_15() -> None:
    """D-ACC-5: a session from before the birthday sets no password after it."""
    day = Day(turns_fifteen_at(TEEN.birth_date) - MINUTE)
    _ = day.child(TEEN, DORTE, "teen")
    session = day.log_in("teen").session
    day.clock.wind(MINUTE)
    refused = day.choose_password(session, NEW, old=SECRET)
    assert reason(refused) == ("D-ACC-15", "not_logged_in")


def test_a_child_whose_custody_has_ended_changes_nothing() -> None:
    """D-ACC-9, D-ACC-15: two-factor closes, open sessions too."""
    day = Day()
    child = day.child(CHILD, DORTE, "barn")
    session = day.log_in("barn").session
    day.withdraw(child)
    refused = day.choose_password(session, NEW, old=SECRET)
    assert reason(refused) == ("D-ACC-9", "ended")


def test_the_fiftieth_wrong_guess_in_a_browser_locks_that_browser_alone() -> None:
    """D-ACC-13: a known browser that guesses locks itself, and the clinic is the way out."""
    limits = CodeLimits(guesses_per_hour=10, failures_in_all=10)
    day = Day(access=AccessSettings(codes=limits))
    user = day.without_mitid(ANNA, "anna")
    for _ in range(10):
        _ = day.type_password("anna", "wrong", HOME)
    day.clock.wind(HOUR)
    assert reason(day.type_password("anna", SECRET, HOME)) == ("D-ACC-13", "locked")
    _ = day.log_in("anna", browser=WORK)
    assert went(day.unlock(user))
    assert day.stands(day.log_in("anna", browser=HOME).session, clinic=CLINIC)
