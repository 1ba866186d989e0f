from datetime import date

import pytest

from eservices_core.access.user import ClosedBecause
from eservices_core.clinic.settings import SelfSignUp
from eservices_core.outcome import Outcome
from eservices_core.ports.ledger import Name, NameKind
from eservices_core.testing.world import CLINIC, OTHER_CLINIC, World
from eservices_core.usecases import people
from eservices_core.usecases.close_user import CloseUser, close_user
from eservices_core.usecases.create_patient import PatientUser
from eservices_core.usecases.refusal import Refusal
from eservices_core.words.clinic_time import turns_fifteen_at
from eservices_core.words.email_address import AddressOwner
from tests.access.strategies import number_of
from tests.usecases.day import Day
from tests.usecases.people import ANNA, BENT, CALLED_BACK, TICK, WORK, reason, went

D_ECPR = World.civil_number("0706830VJ9")
X_ECPR = World.civil_number("0203291WQ3")
DAY_60 = World.civil_number("6709614606")


def _close(day: Day, number: str = "anna") -> None:
    user = day.user_of(ANNA)
    close = CloseUser(
        key=f"close {number}",
        by=day.by_staff,
        staff=day.staff,
        user=user,
        because=ClosedBecause.BY_CLINIC,
    )
    assert went(close_user(day.services, close))


def test_only_a_person_on_the_clinics_master_card_is_created() -> None:
    """S-ACC-8: the clinic creates its own patients, and no one else's."""
    day = Day()
    assert reason(day.create_patient(ANNA, "anna")) == ("S-ACC-8", "no_master_card")
    day.card(ANNA, clinic=OTHER_CLINIC)
    assert reason(day.create_patient(ANNA, "anna")) == ("S-ACC-8", "no_master_card")


def test_there_is_one_user_for_each_number() -> None:
    """D-ACC-11: a second one is refused, here and at another clinic, which associates instead."""
    day = Day()
    user = day.patient(ANNA, "anna")
    assert reason(day.create_patient(ANNA, "anna2")) == ("D-ACC-11", "already_exists")
    day.card(ANNA, clinic=OTHER_CLINIC)
    again = day.create_patient(ANNA, "anna2", day.other_staff)
    assert reason(again) == ("D-ACC-11", "already_exists")
    assert day.associate(ANNA, day.other_staff).unwrap().user == user


def test_two_clinics_that_create_at_once_make_one_user() -> None:
    """D-ACC-11: the one who was second is told, and can associate."""
    day = Day()
    day.card(ANNA)
    day.card(ANNA, clinic=OTHER_CLINIC)
    first: list[Outcome[PatientUser, Refusal]] = []
    day.ledger.meanwhile(lambda: first.append(day.create_patient(ANNA, "anna", day.other_staff)))
    assert reason(day.create_patient(ANNA, "anna")) == ("D-ACC-11", "already_exists")
    assert first[0].unwrap().user == day.user_of(ANNA)


def test_a_username_is_one_persons() -> None:
    """D-ACC-12: a taken one is refused, in whatever case it is written, and nobody is created."""
    day = Day()
    _ = day.patient(ANNA, "anna")
    day.card(BENT)
    assert reason(day.create_patient(BENT, "ANNA")) == ("D-ACC-12", "username_taken")
    number = Name(NameKind.NUMBER, day.services.keys.number(BENT))
    assert day.ledger.holder(number) is None
    assert went(day.create_patient(BENT, "bent"))


def test_two_who_want_one_username_at_once_do_not_both_get_it() -> None:
    """D-ACC-12: the store decides who was first."""
    day = Day()
    day.card(ANNA)
    day.card(BENT)
    day.ledger.meanwhile(lambda: day.create_patient(BENT, "annabent"))
    assert reason(day.create_patient(ANNA, "annabent")) == ("D-ACC-12", "username_taken")


def test_the_registers_birth_date_goes_before_the_numbers() -> None:
    """D-ACC-5: whoever is under 15 by the register's date is a child, whatever the number says."""
    day = Day()
    born = date(2013, 1, 31)
    number = number_of(date(2011, 1, 1))
    user = day.patient(number, "barn", born=born)
    _ = day.tick(user).unwrap()
    day.clock.set(turns_fifteen_at(born) - TICK)
    assert reason(day.send_password(user)) == ("D-ACC-12", "two_factor_not_open")
    day.clock.wind(TICK)
    assert went(day.send_password(user))


@pytest.mark.parametrize("number", [DAY_60, D_ECPR], ids=["day + 60", "D-eCPR"])
def test_a_number_of_one_clinics_is_two_users_at_two_clinics(number: object) -> None:
    """D-ACC-16: such numbers are not unique; each clinic's is another person."""
    day = Day()
    here = day.patient(number, "here")
    there = day.patient(number, "there", staff=day.other_staff)
    assert here != there
    for user, staff, name in ((here, day.staff, "here"), (there, day.other_staff, "there")):
        assert day.tick(user, staff).unwrap().activation_sent
        begun = day.log_in(name, day.last_password(f"{name}@example.dk"))
        assert begun.user == user
        assert went(day.choose_password(begun.session))
        assert day.stands(begun.session, clinic=staff.clinic)
        other = CLINIC if staff is day.other_staff else OTHER_CLINIC
        assert not day.stands(begun.session, clinic=other)


def test_an_x_ecpr_is_one_user_in_the_country() -> None:
    """D-ACC-16: the national service gives it to one person."""
    day = Day()
    user = day.patient(X_ECPR, "xenia")
    day.card(X_ECPR, clinic=OTHER_CLINIC)
    again = day.create_patient(X_ECPR, "xenia2", day.other_staff)
    assert reason(again) == ("D-ACC-11", "already_exists")
    assert day.associate(X_ECPR, day.other_staff).unwrap().user == user


def test_modulus_11_refuses_nobody() -> None:
    """D-ACC-16: a number without check digit is as good as any on a master card."""
    day = Day()
    number = World.civil_number("0709614607")
    assert number.mod11 is False
    _ = day.patient(number, "anna")


def test_the_clinic_does_not_have_to_take_self_sign_up_to_create() -> None:
    """D-ACC-17: closed to self sign-up, the clinic creates its patients itself."""
    day = Day(self_sign_up=SelfSignUp.CLOSED)
    _ = day.patient(ANNA, "anna")


def test_a_closed_user_is_created_again_under_the_same_id() -> None:
    """D-ACC-4, D-ACC-11: the clinic can create the patient again, and it is the same user."""
    day = Day()
    user = day.without_mitid(ANNA, "anna")
    _close(day)
    assert reason(day.type_password("anna")) == ("D-ACC-2", "wrong_password")
    assert day.create_patient(ANNA, "anna.ny").unwrap().user == user
    assert reason(day.type_password("anna.ny")) == ("D-ACC-2", "wrong_password"), "no password yet"
    assert went(day.send_password(user))
    begun = day.log_in("anna.ny", day.last_password("anna.ny@example.dk"))
    assert begun.change_password
    assert reason(day.type_password("anna"))[1] == "wrong_password", "the old name is let go"
    _ = day.patient(BENT, "anna")


def test_a_closed_user_whose_login_was_locked_can_be_unlocked_again() -> None:
    """D-ACC-13: the clinic is the way out of a lock that was there before the closing."""
    day = Day()
    user = day.without_mitid(ANNA, "anna")
    day.lock_out("anna")
    _close(day)
    assert reason(day.unlock(user)) == ("D-ACC-4", "closed")
    assert day.create_patient(ANNA, "anna").unwrap().user == user
    assert went(day.send_password(user))
    password = day.last_password("anna@example.dk")
    assert day.type_password("anna", password, WORK).failure().reason == "locked"
    assert went(day.unlock(user))
    _ = day.log_in("anna", password, WORK)


def test_an_address_that_is_refused_makes_no_user() -> None:
    """D-ACC-14: a relative's without a basis, or an adult's guardian's: nobody is created."""
    day = Day()
    day.card(ANNA)
    for owner in (AddressOwner.RELATIVE, AddressOwner.GUARDIAN):
        refused = day.create_patient(ANNA, "anna", owner=owner)
        assert refused.failure().rule == "D-ACC-14"
    assert day.names == {}


def test_identity_seen_on_the_telephone_is_enough_to_create() -> None:
    """D-ACC-14: the first address waits for nothing; there is no older one that it could betray."""
    day = Day()
    day.card(ANNA)
    user = day.create_patient(ANNA, "anna", evidence=CALLED_BACK).unwrap().user
    assert day.tick(user).unwrap().activation_sent


def test_whom_a_user_stands_for_lies_in_a_record_that_can_be_erased() -> None:
    """D-KEEP-1: number and username are content, apart from the events."""
    day = Day()
    user = day.patient(ANNA, "anna")
    assert ANNA.reveal() in (day.ledger.content(people.person_record(user)) or "")
    assert day.ledger.content(people.username_record(user)) == "anna"
    assert ANNA.reveal() not in repr(day.ledger.events())
