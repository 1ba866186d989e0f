from datetime import timedelta

import pytest

from eservices_core import events
from eservices_core.access.custody import RegisterFailure
from eservices_core.access.passwords import OwnPassword
from eservices_core.access.user import AwaitingActivation, CreatedBy
from eservices_core.clinic.settings import SelfSignUp
from eservices_core.ports.ledger import Name, NameKind
from eservices_core.ports.outbox import MailKind
from eservices_core.testing.world import CLINIC, OTHER_CLINIC
from eservices_core.texts import CANNOT_VERIFY_PUBLIC
from eservices_core.words.civil_number import CivilNumber
from eservices_core.words.clinic_time import turns_fifteen_at
from eservices_core.words.email_address import AddressOwner
from eservices_core.words.identifiers import AttemptId
from eservices_core.words.lifetimes import ATTEMPT_LIVES
from tests.usecases.day import Day
from tests.usecases.people import (
    ANNA,
    CHILD,
    DORTE,
    HOME,
    HOUR,
    MINUTE,
    SISTER,
    TEEN,
    TICK,
    WORK,
    reason,
    went,
)


def _nobody_has(day: Day, number: object) -> bool:
    name = Name(NameKind.NUMBER, day.services.keys.number(number))
    return day.ledger.holder(name) is None


def test_the_guardian_chooses_the_first_password_and_it_is_no_temporary_one() -> None:
    """D-ACC-12: chosen in the MitID-verified step, it need not be changed."""
    day = Day()
    user = day.child(CHILD, DORTE, "barn")
    state = day.state(events.USER, user)
    assert isinstance(state, AwaitingActivation)
    assert state.created_by is CreatedBy.GUARDIAN
    assert isinstance(state.password, OwnPassword)
    assert not day.log_in("barn").change_password


def test_a_verification_makes_one_user() -> None:
    """D-ACC-8: it is used up with the child that it was made for."""
    day = Day()
    day.family(CHILD, DORTE)
    attempt, _ = day.verify(CHILD, DORTE)
    assert went(day.create_child(attempt, "barn"))
    assert reason(day.create_child(attempt, "barn2")) == ("D-ACC-8", "over")


def test_it_belongs_to_the_browser_and_the_sitting_of_the_guardian() -> None:
    """D-ACC-8: another browser creates nobody with it, nor does anyone half an hour later."""
    day = Day()
    day.family(CHILD, DORTE)
    attempt, _ = day.verify(CHILD, DORTE)
    assert reason(day.create_child(attempt, "barn", browser=WORK)) == ("D-ACC-8", "other_browser")
    day.clock.wind(ATTEMPT_LIVES)
    assert reason(day.create_child(attempt, "barn")) == ("D-ACC-8", "expired")
    assert _nobody_has(day, CHILD)


def test_without_a_verification_nobody_is_created() -> None:
    """S-ACC-9, faults: 11. Not before MitID, not after an unhappy end, not out of nothing."""
    day = Day()
    day.family(CHILD)
    stated = day.state_numbers(CHILD, DORTE)
    assert reason(day.create_child(stated.attempt, "barn")) == ("D-ACC-8", "not_verified")
    unhappy, _ = day.verify(CHILD, DORTE)
    assert reason(day.create_child(unhappy, "barn")) == ("D-ACC-8", "over")
    assert reason(day.create_child(AttemptId("made-up"), "barn")) == ("D-ACC-8", "not_begun")
    assert _nobody_has(day, CHILD)


@pytest.mark.parametrize("number", [TEEN, CHILD], ids=["the number's", "the register's"])
def test_a_birthday_between_verification_and_creation_ends_it(number: CivilNumber) -> None:
    """D-ACC-5, D-ACC-15: decided again: at 15 a guardian creates nobody's user."""
    day = Day(turns_fifteen_at(TEEN.birth_date) - MINUTE)
    day.family(number, DORTE, born=TEEN.birth_date)
    attempt, verified = day.verify(number, DORTE)
    assert went(verified)
    day.clock.wind(MINUTE)
    refused = day.create_child(attempt, "teen", owner=AddressOwner.OWN)
    assert reason(refused) == ("D-ACC-5", "not_under_15")
    assert refused.failure().says.patient == CANNOT_VERIFY_PUBLIC
    assert _nobody_has(day, number)


def test_the_registers_birth_date_is_kept() -> None:
    """D-ACC-5: where the register knows another birth date than the number, it is the one used."""
    day = Day()
    born = TEEN.birth_date + timedelta(days=100)
    day.family(TEEN, DORTE, born=born)
    attempt, _ = day.verify(TEEN, DORTE)
    assert went(day.create_child(attempt, "teen"))
    day.clock.set(turns_fifteen_at(born) - 6 * MINUTE)
    session = day.log_in("teen").session
    assert day.stands(session)
    day.clock.set(turns_fifteen_at(born))
    assert not day.stands(session)


def test_a_child_who_has_a_user_is_not_created_again() -> None:
    """D-ACC-11: the verification then stands for the user that there is."""
    day = Day()
    user = day.child(CHILD, DORTE, "barn")
    attempt, verified = day.verify(CHILD, DORTE)
    assert verified.unwrap().child_has_user
    assert reason(day.create_child(attempt, "barn2")) == ("D-ACC-11", "already_exists")
    assert day.user_of(CHILD) == user


def test_a_taken_username_leaves_the_verification_for_another_try() -> None:
    """S-ACC-9: the guardian chooses another one, without MitID once more."""
    day = Day()
    _ = day.patient(ANNA, "barn")
    day.family(CHILD, DORTE)
    attempt, _ = day.verify(CHILD, DORTE)
    assert reason(day.create_child(attempt, "barn")) == ("D-ACC-12", "username_taken")
    assert went(day.create_child(attempt, "barn2"))


def test_the_clinics_setting_holds_for_children_too() -> None:
    """D-ACC-17: closed refuses, with approval waits, open lets in."""
    day = Day()
    day.set_clinic(OTHER_CLINIC, SelfSignUp.CLOSED)
    day.family(CHILD, DORTE)
    attempt, _ = day.verify(CHILD, DORTE)
    refused = day.create_child(attempt, "barn", clinic=OTHER_CLINIC)
    assert reason(refused) == ("D-ACC-17", "sign_up_closed")
    day.set_clinic(OTHER_CLINIC, SelfSignUp.WITH_APPROVAL)
    assert went(day.create_child(attempt, "barn", clinic=OTHER_CLINIC))
    session = day.log_in("barn").session
    assert reason(day.use(session, clinic=OTHER_CLINIC)) == ("D-ACC-11", "other_clinics_only")


def test_each_child_of_a_guardian_is_its_own_user() -> None:
    """S-ACC-9: two children, two users, and neither's password opens the other."""
    day = Day()
    first, second = day.child(CHILD, DORTE, "bror"), day.child(SISTER, DORTE, "soster")
    assert day.log_in("bror").user == first
    assert day.log_in("soster").user == second


def test_the_activation_mail_holds_no_password_and_no_username() -> None:
    """S-ACC-10, D-MAIL-1: the guardian chose both; a mailbox alone is no way in."""
    day = Day()
    _ = day.child(CHILD, DORTE, "lille.barn")
    day.deliver()
    mail = day.mailbox.arrived[-1]
    body = mail.content.partition(b"\r\n\r\n")[2]
    assert b"lille.barn" not in body
    assert b"korrekt" not in body


@pytest.mark.parametrize(
    ("owner", "arrives"), [(AddressOwner.OWN, True), (AddressOwner.GUARDIAN, False)]
)
def test_the_mail_does_not_reach_a_guardian_after_the_birthday(
    owner: AddressOwner,
    arrives: bool,
) -> None:
    """D-ACC-5: mail that still waits at midnight stops, unless the address is the child's own."""
    day = Day(turns_fifteen_at(TEEN.birth_date) - HOUR)
    _ = day.child(TEEN, DORTE, "teen", owner=owner)
    day.clock.wind(HOUR)
    assert day.kinds("teen@example.dk") == ([MailKind.CHILD_CREATED] if arrives else [])


def test_a_session_of_a_new_child_reaches_the_chosen_clinic_alone() -> None:
    """D-ACC-11: under 15 a two-factor session reaches the clinics that are associated."""
    day = Day()
    _ = day.child(CHILD, DORTE, "barn")
    session = day.log_in("barn").session
    day.clock.wind(TICK)
    assert day.stands(session, HOME, CLINIC)
    assert not day.stands(session, HOME, OTHER_CLINIC)


def test_a_register_that_falls_silent_after_the_verdict_stops_nobody() -> None:
    """D-ACC-8: custody was confirmed a moment ago; only the birth date is the number's then."""
    day = Day()
    day.family(CHILD, DORTE)
    attempt, _ = day.verify(CHILD, DORTE)
    day.register.fail(RegisterFailure.SILENT)
    assert went(day.create_child(attempt, "barn"))


def test_an_address_that_is_refused_leaves_the_verification_for_another_try() -> None:
    """D-ACC-14: a relative's address needs a basis, which no guardian can give."""
    day = Day()
    day.family(CHILD, DORTE)
    attempt, _ = day.verify(CHILD, DORTE)
    refused = day.create_child(attempt, "barn", owner=AddressOwner.RELATIVE)
    assert reason(refused) == ("D-ACC-14", "basis_missing")
    assert _nobody_has(day, CHILD)
    assert went(day.create_child(attempt, "barn"))
