from datetime import UTC

from eservices_core import events
from eservices_core.access.association import TickRemoved, TickSet
from eservices_core.access.user import ClosedBecause
from eservices_core.ports.outbox import MailKind
from eservices_core.testing.world import CLINIC, OTHER_CLINIC
from eservices_core.texts import NextStep
from eservices_core.usecases.no_mitid import (
    RemoveNoMitid,
    SetNoMitid,
    remove_no_mitid,
    set_no_mitid,
)
from eservices_core.words.email_address import AddressOwner
from tests.usecases.day import Day
from tests.usecases.people import ANNA, CALLED_BACK, CHILD, HOME, HOUR, PASSPORT, WORK, reason, went


def test_setting_and_removing_record_who_when_and_how() -> None:
    """D-ACC-11: member of staff, instant, and how identity was verified."""
    day = Day()
    user = day.patient(ANNA, "anna")
    set_it = SetNoMitid(key="set", by=day.by_staff, staff=day.staff, user=user, evidence=PASSPORT)
    assert went(set_no_mitid(day.services, set_it))
    set_at = day.clock.now()
    day.clock.wind(HOUR)
    remove = RemoveNoMitid(
        key="remove", by=day.by_staff, staff=day.staff, user=user, evidence=CALLED_BACK
    )
    assert went(remove_no_mitid(day.services, remove))
    recorded = [one for one in day.ledger.events() if one.stream.kind == "association"]
    assert recorded[-2].event == TickSet(day.staff, PASSPORT, set_at)
    assert recorded[-1].event == TickRemoved(day.staff, CALLED_BACK)
    assert recorded[-1].at == set_at.astimezone(UTC) + HOUR


def test_removing_it_ends_an_open_session_at_once() -> None:
    """D-ACC-11, faults: 85. The next use of the session is refused; MitID's sessions go on."""
    day = Day()
    user = day.without_mitid(ANNA, "anna")
    by_code = day.log_in("anna").session
    by_mitid = day.with_mitid(ANNA, WORK)
    assert day.stands(by_code)
    assert went(day.untick(user))
    assert reason(day.use(by_code)) == ("D-ACC-11", "other_clinics_only")
    assert day.stands(by_mitid, WORK)


def test_it_dies_with_the_association() -> None:
    """D-ACC-11: a patient who comes back to the clinic comes back without the tick."""
    day = Day()
    user = day.without_mitid(ANNA, "anna")
    session = day.log_in("anna").session
    assert went(day.dissociate(user))
    assert not day.stands(session)
    assert went(day.associate(ANNA))
    assert not day.stands(session), "the tick has not come back"
    assert reason(day.type_password("anna")) == ("S-ACC-3", "use_mitid")


def test_each_clinic_sets_its_own() -> None:
    """D-ACC-11: a tick at one clinic opens the login, and a session at that clinic alone."""
    day = Day()
    user = day.without_mitid(ANNA, "anna")
    day.card(ANNA, clinic=OTHER_CLINIC)
    assert went(day.associate(ANNA, day.other_staff))
    session = day.log_in("anna").session
    assert (day.stands(session), day.stands(session, clinic=OTHER_CLINIC)) == (True, False)
    assert went(day.tick(user, day.other_staff))
    assert (day.stands(session), day.stands(session, clinic=OTHER_CLINIC)) == (True, True)
    assert went(day.untick(user, day.staff))
    assert (day.stands(session), day.stands(session, clinic=OTHER_CLINIC)) == (False, True)
    _ = day.attempt("anna", browser=HOME)  # the other clinic's word still opens the login


def test_it_is_set_once_and_removed_once() -> None:
    """S-ACC-4: a tick that stands is not set again, and none that does not stand is removed."""
    day = Day()
    user = day.patient(ANNA, "anna")
    assert reason(day.untick(user)) == ("D-ACC-11", "no_tick")
    assert went(day.tick(user))
    assert reason(day.tick(user)) == ("S-ACC-4", "tick_stands")
    assert went(day.untick(user))


def test_the_activation_mail_goes_out_once() -> None:
    """S-ACC-8: a tick that is set again sends a patient who has a password no other."""
    day = Day()
    user = day.patient(ANNA, "anna")
    assert day.tick(user).unwrap().activation_sent
    assert went(day.untick(user))
    assert not day.tick(user).unwrap().activation_sent
    assert day.kinds("anna@example.dk") == [MailKind.ACTIVATION]


def test_a_child_gets_no_activation_mail_by_the_tick() -> None:
    """S-ACC-9: under 15 a guardian comes first; the tick stands for later."""
    day = Day()
    user = day.patient(CHILD, "barn", owner=AddressOwner.GUARDIAN)
    assert not day.tick(user).unwrap().activation_sent
    assert day.mails("barn@example.dk") == ()


def test_a_tick_that_could_not_send_the_activation_mail_is_not_set() -> None:
    """S-ACC-8: tick and activation mail come together, or neither does."""
    day = Day()
    user = day.patient(ANNA, "anna")
    assert went(day.patients_address(user, "new@example.dk", CALLED_BACK))
    assert reason(day.tick(user)) == ("D-ACC-14", "address_in_quarantine")
    assert reason(day.untick(user)) == ("D-ACC-11", "no_tick")
    day.clock.wind(48 * HOUR)
    assert day.tick(user).unwrap().activation_sent


def test_it_belongs_to_an_association() -> None:
    """D-ACC-11: a clinic that the patient is not with, or only wants to be with, sets no tick."""
    day = Day()
    user = day.without_mitid(ANNA, "anna")
    assert reason(day.tick(user, day.other_staff)) == ("D-LOG-2", "no_such_patient")
    assert day.state(events.CLINICS, user) == (CLINIC,)


def test_a_tick_without_a_username_is_not_set() -> None:
    """S-ACC-4, D-ACC-104: it would open nothing; staff are told to agree a username."""
    day = Day()
    user = day.sign_up(ANNA, "anna@example.dk").user
    refused = day.tick(user)
    assert reason(refused) == ("D-ACC-104", "username_missing")
    assert refused.failure().next_step is NextStep.CLINIC_AGREES_USERNAME
    assert reason(day.untick(user)) == ("D-ACC-11", "no_tick")
    assert not day.tick(user, username="anna").unwrap().activation_sent


def test_a_patient_who_has_a_username_goes_on_with_it() -> None:
    """S-ACC-4, D-ACC-104: another is refused with the tick, and the one they have still works."""
    day = Day()
    user = day.without_mitid(ANNA, "anna")
    assert went(day.untick(user))
    assert reason(day.tick(user, username="solsikke")) == ("D-ACC-104", "username_stands")
    assert went(day.tick(user))
    assert day.log_in("anna").user == user


def test_a_closed_user_gets_no_username() -> None:
    """D-ACC-4: nobody logs in, by whatever name."""
    day = Day()
    user = day.sign_up(ANNA, "anna@example.dk").user
    assert went(day.close(user, ClosedBecause.BY_CLINIC))
    assert reason(day.tick(user, username="anna")) == ("D-ACC-4", "closed")
