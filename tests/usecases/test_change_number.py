from datetime import date

import pytest

from eservices_core.access.user import ClosedBecause
from eservices_core.testing.world import OTHER_CLINIC, World
from eservices_core.usecases.close_user import CloseUser, close_user
from eservices_core.words.civil_number import CivilNumber
from eservices_core.words.email_address import AddressOwner
from tests.access.strategies import number_of
from tests.usecases.day import Day
from tests.usecases.people import ANNA, BENT, reason, went

D_ECPR = World.civil_number("0706830VJ9")
DAY_60 = World.civil_number("6709614606")
X_ECPR = World.civil_number("0203291WQ3")


@pytest.mark.parametrize("old", [DAY_60, D_ECPR, X_ECPR], ids=["day + 60", "D-eCPR", "X-eCPR"])
def test_the_account_goes_along_to_the_real_number(old: CivilNumber) -> None:
    """D-ACC-16: password and all; from then on the person logs in with MitID too."""
    day = Day()
    user = day.without_mitid(old, "anna")
    day.card(ANNA)
    assert day.move_number(old, ANNA).unwrap().user == user
    assert day.log_in("anna").user == user
    assert day.use(day.with_mitid(ANNA)).unwrap().user == user
    assert reason(day.move_number(old, ANNA)) == ("D-LOG-2", "no_such_patient")


def test_the_new_number_stands_on_the_clinics_own_card() -> None:
    """D-ACC-16: the clinic moves a user to the number that its own master card has."""
    day = Day()
    _ = day.without_mitid(DAY_60, "anna")
    day.card(ANNA, clinic=OTHER_CLINIC)
    assert reason(day.move_number(DAY_60, ANNA)) == ("S-ACC-8", "no_master_card")


def test_two_accounts_are_never_merged() -> None:
    """D-ACC-16: a number that has a user is not moved to; each goes on as before."""
    day = Day()
    old = day.without_mitid(DAY_60, "anna")
    new = day.without_mitid(ANNA, "annika")
    assert reason(day.move_number(DAY_60, ANNA)) == ("D-ACC-11", "already_exists")
    assert day.log_in("anna").user == old
    assert day.log_in("annika").user == new


def test_another_clinics_replacement_number_is_nobody_here() -> None:
    """D-ACC-16, D-LOG-2: a clinic's own number is another person's at another clinic."""
    day = Day()
    _ = day.without_mitid(D_ECPR, "anna")
    day.card(D_ECPR, clinic=OTHER_CLINIC)
    day.card(ANNA, clinic=OTHER_CLINIC)
    refused = day.move_number(D_ECPR, ANNA, day.other_staff)
    assert reason(refused) == ("D-LOG-2", "no_such_patient")


def test_another_clinics_patient_is_not_moved() -> None:
    """D-LOG-2: a real number, and cards for both: who is not the clinic's own is nobody to it."""
    day = Day()
    _ = day.without_mitid(ANNA, "anna")
    for number in (ANNA, BENT):
        day.card(number, clinic=OTHER_CLINIC)
    refused = day.move_number(ANNA, BENT, day.other_staff)
    assert reason(refused) == ("D-LOG-2", "no_such_patient")


def test_a_number_that_was_left_is_free_for_its_next_holder() -> None:
    """D-ACC-16: day + 60 is made by the clinic's system, which may use it again."""
    day = Day()
    first = day.without_mitid(DAY_60, "anna")
    day.card(ANNA)
    assert went(day.move_number(DAY_60, ANNA))
    assert day.patient(DAY_60, "bent") != first


def test_the_age_is_the_new_numbers() -> None:
    """D-ACC-5, D-ACC-16: a replacement number's birth date counts no more after the move."""
    day = Day()
    child = number_of(date(2016, 2, 29))
    user = day.patient(BENT, "barn")
    _ = day.tick(user).unwrap()
    day.card(child)
    assert went(day.move_number(BENT, child))
    assert reason(day.send_password(user)) == ("D-ACC-12", "two_factor_not_open")
    said = day.patients_address(user, "mor@example.dk", owner=AddressOwner.GUARDIAN)
    assert went(said), "a child's mail may go to a guardian"


def test_two_moves_at_once_leave_one_number() -> None:
    """D-ACC-16: of two members of staff who move a user to two numbers, one is told."""
    day = Day()
    user = day.without_mitid(DAY_60, "anna")
    day.card(ANNA)
    day.card(BENT)
    day.ledger.meanwhile(lambda: day.move_number(DAY_60, BENT))
    assert reason(day.move_number(DAY_60, ANNA)) == ("D-LOG-2", "no_such_patient")
    held = [name for name, holder in day.names.items() if holder == user]
    assert len(held) == 2, "a number and a username"


def test_a_closed_user_is_not_moved() -> None:
    """D-ACC-4, D-ACC-16: nothing is done to a user who has ended, by staff or by MitID."""
    day = Day()
    user = day.without_mitid(DAY_60, "anna")
    day.card(ANNA)
    close = CloseUser(
        key="close", by=day.by_staff, staff=day.staff, user=user, because=ClosedBecause.DEATH
    )
    assert went(close_user(day.services, close))
    names = day.names
    assert reason(day.move_number(DAY_60, ANNA)) == ("D-ACC-4", "closed")
    assert day.names == names
