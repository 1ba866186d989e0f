from datetime import timedelta

import pytest

from eservices_core import events
from eservices_core.access import address
from eservices_core.access.address import RelativeBasis
from eservices_core.access.user import ClosedBecause
from eservices_core.clinic.settings import AccessSettings, CodeLimits
from eservices_core.clinic.staff import IdentityEvidence
from eservices_core.ports.ledger import BySystem
from eservices_core.ports.outbox import MailKind
from eservices_core.usecases.services import Command
from eservices_core.usecases.unit import Unit
from eservices_core.words.clinic_time import turns_fifteen_at
from eservices_core.words.email_address import AddressOwner
from tests.usecases.day import Day
from tests.usecases.people import (
    ANNA,
    CALLED_BACK,
    CHILD,
    DORTE,
    HOME,
    HOUR,
    MINUTE,
    TEEN,
    TICK,
    WORK,
    reason,
    went,
)

OLD, NEW = "anna@example.dk", "new@example.dk"


# --- who may change it ---------------------------------------------------------------------------


def test_a_change_needs_mitid_or_the_clinic() -> None:
    """D-ACC-14, D-SES-1: a two-factor session does not change where its codes go."""
    day = Day()
    user = day.without_mitid(ANNA, "anna")
    by_code = day.log_in("anna").session
    assert reason(day.own_address(by_code, NEW)) == ("D-SES-1", "needs_mitid")
    assert went(day.own_address(day.with_mitid(ANNA, WORK), NEW, WORK))
    assert went(day.patients_address(user, "third@example.dk"))


def test_only_a_session_that_stands_changes_it() -> None:
    """D-ACC-15, D-ACC-20: not elsewhere, not later, and not for a user who was closed."""
    day = Day()
    begun = day.sign_up(ANNA, OLD)
    assert reason(day.own_address(begun.session, NEW, WORK)) == ("D-ACC-15", "not_logged_in")
    assert went(day.close(begun.user, ClosedBecause.DEATH))
    assert reason(day.own_address(begun.session, NEW)) == ("D-ACC-15", "ended")
    assert day.mails(NEW) == ()
    day.clock.wind(HOUR)
    assert reason(day.own_address(begun.session, NEW)) == ("D-ACC-15", "not_logged_in")


# --- what it sets off ----------------------------------------------------------------------------


@pytest.mark.parametrize("by_clinic", [True, False], ids=["by the clinic", "by the patient"])
def test_the_old_address_is_told(by_clinic: bool) -> None:
    """D-ACC-14: one mail to the old address, and a code to the new one."""
    day = Day()
    begun = day.sign_up(ANNA, OLD)
    before = len(day.mails(OLD))
    said = (
        day.patients_address(begun.user, NEW) if by_clinic else day.own_address(begun.session, NEW)
    )
    assert went(said)
    assert day.kinds(OLD)[before:] == [MailKind.ADDRESS_CHANGED]
    assert day.kinds(NEW) == [MailKind.ONE_TIME_CODE]
    told = day.last_mail(OLD).content
    assert b"new@example" not in told, "whoever reads the old one does not learn the new one"


def test_a_replaced_address_is_erased() -> None:
    """D-KEEP-1: no record holds the address that was replaced; its history still replays."""
    day = Day()
    begun = day.sign_up(ANNA, OLD)
    set_events = [
        one.event for one in day.ledger.events() if isinstance(one.event, address.AddressSet)
    ]
    assert [day.ledger.content(one.record) for one in set_events] == [OLD]
    assert went(day.own_address(begun.session, NEW))
    assert day.ledger.content(set_events[0].record) is None
    unit = Unit(day.services, Command(key="look", by=BySystem()))
    state = unit.state(events.ADDRESS, begun.user)
    assert isinstance(state, address.Reachable)
    assert day.ledger.content(state.address.record) == NEW


def test_it_ends_two_factor_sessions_and_leaves_mitid_sessions() -> None:
    """D-ACC-14: sessions that a code to the old address opened are over at once."""
    day = Day()
    user = day.without_mitid(ANNA, "anna")
    by_code = day.log_in("anna").session
    by_mitid = day.with_mitid(ANNA, WORK)
    day.clock.wind(MINUTE)
    assert day.stands(by_code)
    assert went(day.patients_address(user, NEW))
    assert reason(day.use(by_code)) == ("D-ACC-15", "not_logged_in")
    assert day.stands(by_mitid, WORK)
    day.clock.wind(TICK)
    assert day.stands(day.log_in("anna", address=NEW).session)


@pytest.mark.parametrize("evidence", IdentityEvidence)
def test_the_48_hours_hold_unless_identity_was_seen_in_person(evidence: IdentityEvidence) -> None:
    """D-ACC-14: who stood before staff waits for nothing; a call back waits."""
    day = Day()
    user = day.without_mitid(ANNA, "anna")
    changed = day.patients_address(user, NEW, evidence).unwrap()
    waits = evidence is IdentityEvidence.CALLED_BACK
    assert changed.quarantined_until == (day.clock.now() + 48 * HOUR if waits else None)


def test_the_patients_own_change_waits_too() -> None:
    """D-ACC-14: MitID is not the desk: 48 hours before a temporary password goes there."""
    day = Day()
    user = day.without_mitid(ANNA, "anna")
    changed = day.own_address(day.with_mitid(ANNA), NEW).unwrap()
    assert changed.quarantined_until == day.clock.now() + 48 * HOUR
    assert reason(day.send_password(user)) == ("D-ACC-14", "address_in_quarantine")


def test_a_login_code_goes_to_a_new_address_at_once() -> None:
    """D-ACC-14: the 48 hours hold for temporary passwords alone; a code needs the password too."""
    day = Day()
    user = day.without_mitid(ANNA, "anna")
    assert went(day.patients_address(user, NEW, CALLED_BACK))
    day.clock.wind(TICK)
    assert day.stands(day.log_in("anna", address=NEW).session)


# --- whose it is ---------------------------------------------------------------------------------


def test_a_relatives_address_stands_on_a_recorded_basis() -> None:
    """D-ACC-14: with a basis for a relative's, and without one for any other."""
    day = Day()
    user = day.without_mitid(ANNA, "anna")
    relative, basis = AddressOwner.RELATIVE, RelativeBasis.PATIENT_ASKED
    refused = day.patients_address(user, NEW, owner=relative)
    assert reason(refused) == ("D-ACC-14", "basis_missing")
    refused = day.patients_address(user, NEW, owner=AddressOwner.SHARED, basis=basis)
    assert reason(refused) == ("D-ACC-14", "basis_not_wanted")
    assert went(day.patients_address(user, NEW, owner=relative, basis=basis))
    assert day.address_of(user).basis is basis


def test_from_15_no_guardians_address_is_set() -> None:
    """D-ACC-14, D-ACC-5: for an adult it is refused, for a child it is not."""
    day = Day()
    user = day.without_mitid(ANNA, "anna")
    refused = day.patients_address(user, NEW, owner=AddressOwner.GUARDIAN)
    assert reason(refused) == ("D-ACC-14", "only_own_from_15")
    child = day.child(CHILD, DORTE, "barn", owner=AddressOwner.OWN)
    assert went(day.patients_address(child, NEW, owner=AddressOwner.GUARDIAN))


def test_one_address_may_be_two_persons() -> None:
    """D-ACC-14: an address is never a key to a person: what one does there is not the other's."""
    day = Day()
    anna = day.sign_up(ANNA, "family@example.dk")
    dorte = day.sign_up(DORTE, "family@example.dk", browser=WORK)
    assert went(day.own_address(anna.session, NEW))
    assert day.ledger.content(day.address_of(dorte.user).record) == "family@example.dk"


def test_at_15_mail_to_an_old_guardians_address_stops() -> None:
    """D-ACC-5: not even the word that it was replaced arrives there after the birthday."""
    day = Day(turns_fifteen_at(TEEN.birth_date) - HOUR)
    user = day.child(TEEN, DORTE, "teen")
    assert day.kinds("teen@example.dk") == [MailKind.CHILD_CREATED]
    assert went(day.patients_address(user, NEW))
    day.clock.wind(HOUR)
    assert day.kinds("teen@example.dk") == [MailKind.CHILD_CREATED]


# --- proving it ----------------------------------------------------------------------------------


def test_the_code_proves_the_address_in_use_once() -> None:
    """D-ACC-14: typed in a session of the user's, and of no use afterwards."""
    day = Day()
    begun = day.sign_up(ANNA, OLD)
    assert went(day.own_address(begun.session, NEW))
    code = day.last_code(NEW)
    assert not day.address_of(begun.user).proved
    assert went(day.prove(begun.session, code))
    assert day.address_of(begun.user).proved
    assert reason(day.prove(begun.session, code)) == ("D-ACC-13", "wrong_code")


def test_only_the_newest_code_for_the_address_in_use_counts() -> None:
    """D-ACC-14, faults: 93. A code for an address that was replaced proves nothing."""
    day = Day()
    begun = day.sign_up(ANNA, OLD)
    first = day.last_code(OLD)
    assert went(day.own_address(begun.session, NEW))
    assert reason(day.prove(begun.session, first)) == ("D-ACC-13", "wrong_code")
    assert went(day.prove(begun.session, day.last_code(NEW)))


@pytest.mark.parametrize(("after", "works"), [(-TICK, True), (timedelta(0), False)])
def test_it_lives_ten_minutes(after: timedelta, works: bool) -> None:
    """D-ACC-13: to the instant."""
    day = Day()
    begun = day.sign_up(ANNA, OLD)
    code = day.last_code(OLD)
    day.clock.wind(10 * MINUTE + after)
    said = day.prove(begun.session, code)
    if works:
        assert went(said)
    else:
        assert reason(said) == ("D-ACC-13", "wrong_code")


def test_another_persons_code_proves_nothing() -> None:
    """D-ACC-14: a code belongs to one user's address."""
    day = Day()
    anna = day.sign_up(ANNA, OLD)
    dorte = day.sign_up(DORTE, "dorte@example.dk", browser=WORK)
    assert reason(day.prove(anna.session, day.last_code("dorte@example.dk"))) == (
        "D-ACC-13",
        "wrong_code",
    )
    assert reason(day.prove(anna.session, day.last_code(OLD), WORK)) == (
        "D-ACC-15",
        "not_logged_in",
    )
    assert went(day.prove(dorte.session, day.last_code("dorte@example.dk"), WORK))


@pytest.mark.parametrize("typed", ["", "x", "\udcff", "2" * 100_000])
def test_what_is_no_code_is_a_wrong_one(typed: str) -> None:
    """D-ACC-13: anything may be typed; nothing raises."""
    day = Day()
    begun = day.sign_up(ANNA, OLD)
    assert reason(day.prove(begun.session, typed)) == ("D-ACC-13", "wrong_code")


def test_guesses_at_it_are_counted_before_they_are_compared() -> None:
    """D-ACC-13: ten an hour; then the right one is refused, and the login is not touched."""
    day = Day()
    _ = day.without_mitid(ANNA, "anna")
    session = day.with_mitid(ANNA)
    assert went(day.own_address(session, NEW))
    for _ in range(10):
        assert reason(day.prove(session, "AAAA-AAAA")) == ("D-ACC-13", "wrong_code")
    assert reason(day.prove(session, day.last_code(NEW))) == ("D-ACC-13", "too_often")
    day.clock.wind(TICK)
    _ = day.log_in("anna", address=NEW)  # another purpose has a count of its own


def test_addresses_that_are_proved_right_use_nothing_up() -> None:
    """D-ACC-13: what was right is forgiven; years of right codes lock nobody out."""
    limits = CodeLimits(guesses_per_hour=3, failures_in_all=3)
    day = Day(access=AccessSettings(codes=limits))
    begun = day.sign_up(ANNA, OLD)
    assert went(day.prove(begun.session, day.last_code(OLD)))
    for place in range(4):
        day.clock.wind(HOUR)
        session = day.with_mitid(ANNA)
        assert went(day.own_address(session, f"new{place}@example.dk"))
        assert went(day.prove(session, day.last_code(f"new{place}@example.dk")))


def test_sending_codes_to_addresses_is_limited() -> None:
    """D-ACC-13, faults: 95. A session is no way to fill strangers' mailboxes: six an hour."""
    day = Day()
    begun = day.sign_up(ANNA, OLD)
    for place in range(6):
        assert went(day.own_address(begun.session, f"stranger{place}@example.dk"))
    refused = day.own_address(begun.session, "stranger6@example.dk", HOME)
    assert reason(refused) == ("D-ACC-13", "too_often")
    assert day.mails("stranger6@example.dk") == ()


def test_a_code_for_a_guardians_address_does_not_leave_after_the_birthday() -> None:
    """D-ACC-5, D-ACC-14: queued at 23:55 and not gone by midnight, it never is."""
    midnight = turns_fifteen_at(TEEN.birth_date)
    day = Day(midnight - 5 * MINUTE)
    user = day.child(TEEN, DORTE, "teen", owner=AddressOwner.OWN)
    assert went(day.patients_address(user, NEW, owner=AddressOwner.GUARDIAN))
    code = next(
        day.code_in(mail)
        for mail, state in day.queue
        if mail is not None and state.kind is MailKind.ONE_TIME_CODE
    )
    day.clock.set(midnight)
    assert day.mails(NEW) == ()
    assert went(day.birthday(user))
    refused = day.prove(day.with_mitid(TEEN), code)
    assert reason(refused) == ("D-ACC-14", "not_in_use")


def test_an_address_set_at_the_birthday_itself_is_no_childs() -> None:
    """D-ACC-5: at 00:00 the patient is 15, and a shared address of theirs gets its code."""
    day = Day(turns_fifteen_at(TEEN.birth_date) - HOUR)
    user = day.child(TEEN, DORTE, "teen")
    day.clock.wind(HOUR)
    assert went(day.patients_address(user, NEW, owner=AddressOwner.SHARED))
    assert day.kinds(NEW) == [MailKind.ONE_TIME_CODE]


def test_a_code_of_the_future_proves_nothing() -> None:
    """D-ACC-106: a clock that was set back behind the sending of a code revives it no more."""
    day = Day()
    session = day.sign_up(ANNA, OLD).session
    day.clock.wind(10 * MINUTE)
    assert went(day.own_address(session, NEW))
    code = day.last_code(NEW)
    day.clock.wind(-2 * MINUTE)
    assert reason(day.prove(session, code)) == ("D-ACC-13", "wrong_code")
    day.clock.wind(2 * MINUTE)
    assert went(day.prove(session, code))
