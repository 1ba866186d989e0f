from datetime import date

import pytest

from eservices_core import wire
from eservices_core.access.user import ClosedBecause, NumberMoved
from eservices_core.ports.ledger import Name, NameKind
from eservices_core.testing.world import CLINIC, OTHER_CLINIC, World
from eservices_core.texts import PUBLIC_REFUSAL, NextStep
from eservices_core.usecases.log_in_with_mitid import come_back_from_mitid
from eservices_core.usecases.sign_up import SignUp, sign_up
from eservices_core.words.civil_number import CivilNumber
from eservices_core.words.email_address import AddressOwner
from eservices_core.words.identifiers import ClinicId
from tests.access.strategies import number_of
from tests.usecases.day import Day
from tests.usecases.people import ANNA, BENT, EVA, PASSPORT, WORK, reason, went

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
    assert went(day.close(user, ClosedBecause.DEATH))
    names = day.names
    assert reason(day.move_number(DAY_60, ANNA)) == ("D-ACC-4", "closed")
    assert day.names == names


# ------------------------------------------------------------ a changed number, known by the card


def test_the_evidence_is_recorded_and_no_number() -> None:
    """D-ACC-16, D-LOG-1: who changed it, and how identity was verified; codes only."""
    day = Day()
    _ = day.without_mitid(DAY_60, "anna")
    day.card(ANNA)
    assert went(day.move_number(DAY_60, ANNA))
    event = day.ledger.events()[-1].event
    assert event == NumberMoved(day.staff, PASSPORT)
    written = wire.dump_event(event)
    assert ANNA.reveal() not in written
    assert DAY_60.reveal() not in written


def test_a_patient_is_not_created_again_under_a_new_number() -> None:
    """D-ACC-105: the card knows the earlier one, so staff are told to change the number first."""
    day = Day()
    user = day.without_mitid(ANNA, "anna")
    day.renumbered(BENT, EVA, ANNA)
    refused = day.create_patient(BENT, "anna2")
    assert reason(refused) == ("D-ACC-105", "number_changed")
    assert refused.failure().next_step is NextStep.CLINIC_CHANGES_NUMBER
    assert went(day.move_number(ANNA, BENT))
    assert reason(day.create_patient(BENT, "anna2")) == ("D-ACC-11", "already_exists")
    assert day.log_in("anna").user == user


def test_another_clinics_card_tells_this_clinic_nothing() -> None:
    """D-LOG-2: a clinic acts on its own card alone."""
    day = Day()
    _ = day.without_mitid(ANNA, "anna")
    day.renumbered(BENT, ANNA, clinic=OTHER_CLINIC)
    day.card(BENT)
    assert went(day.create_patient(BENT, "bent"))


def test_a_replacement_number_on_the_card_is_the_clinics_own() -> None:
    """D-ACC-16: day + 60 is unique at one clinic; its own card follows it, no other's does."""
    day = Day()
    _ = day.without_mitid(DAY_60, "anna")
    day.renumbered(ANNA, DAY_60)
    assert reason(day.create_patient(ANNA, "anna2")) == ("D-ACC-105", "number_changed")
    day.renumbered(ANNA, DAY_60, clinic=OTHER_CLINIC)
    assert went(day.create_patient(ANNA, "anna3", day.other_staff))


def test_a_closed_user_is_created_again_under_the_new_number() -> None:
    """D-ACC-11, D-ACC-16: the same id, the new number alone, and no second user."""
    day = Day()
    user = day.without_mitid(ANNA, "anna")
    assert went(day.close(user, ClosedBecause.BY_CLINIC))
    day.renumbered(BENT, ANNA)
    assert day.create_patient(BENT, "anna").unwrap().user == user
    numbers = [name for name in day.names if name.kind is NameKind.NUMBER]
    assert numbers == [Name(NameKind.NUMBER, day.services.keys.number(BENT))]


def test_a_patient_is_associated_under_the_new_number_and_then_moved() -> None:
    """D-ACC-16, S-ACC-11: another clinic of theirs takes them on, and can change the number."""
    day = Day()
    user = day.without_mitid(ANNA, "anna")
    day.renumbered(BENT, ANNA, clinic=OTHER_CLINIC)
    assert day.associate(BENT, day.other_staff).unwrap().user == user
    assert day.move_number(ANNA, BENT, day.other_staff).unwrap().user == user


def test_nobody_signs_up_a_second_time_under_a_new_number() -> None:
    """D-ACC-105: a new MitID with the new number is sent to the clinic; the card moves nobody.

    Once staff have changed the number, it is linked like any new MitID of the same person.
    """
    day = Day()
    user = day.without_mitid(ANNA, "anna")
    day.renumbered(BENT, ANNA)
    sent = day.go(WORK)
    _, refused = day.come_back(sent.attempt, day.at_mitid(sent.address, BENT), WORK)
    assert reason(refused) == ("D-ACC-105", "number_changed")
    assert refused.failure().says.patient == PUBLIC_REFUSAL
    assert went(day.move_number(ANNA, BENT))
    assert day.use(day.with_mitid(BENT, WORK), WORK).unwrap().user == user


def test_a_card_that_is_changed_in_the_middle_of_signing_up_counts() -> None:
    """D-ACC-15, D-ACC-105: it is asked again when the user would be made."""
    day = Day()
    _ = day.without_mitid(ANNA, "anna")
    back, attempt = day.go_and_come_back(BENT, WORK)
    assert went(come_back_from_mitid(day.services, back))
    day.renumbered(BENT, ANNA)
    command = SignUp(
        key="sign-up",
        by=day.anybody,
        attempt=attempt,
        browser=WORK,
        session=day.session(),
        address=day.address("new@example.dk"),
    )
    assert reason(sign_up(day.services, command)) == ("D-ACC-105", "number_changed")


def test_only_the_word_of_a_patients_own_clinic_keeps_somebody_from_signing_up() -> None:
    """D-ACC-105, D-LOG-2: a clinic that writes a stranger's number on a card shuts nobody out."""
    day = Day()
    _ = day.without_mitid(ANNA, "anna")
    day.renumbered(BENT, ANNA, clinic=OTHER_CLINIC)
    assert day.sign_up(BENT, "bent@example.dk", browser=WORK).user != day.user_of(ANNA)


@pytest.mark.parametrize("at", [CLINIC, OTHER_CLINIC], ids=["own clinic", "another clinic"])
def test_a_known_mitid_follows_the_own_clinics_card(at: ClinicId) -> None:
    """D-ACC-16, D-ACC-105: the successor by the card of a clinic of theirs, and of no other."""
    day = Day()
    user = day.sign_up(ANNA, "anna@example.dk").user
    day.renumbered(BENT, ANNA, clinic=at)
    sent = day.go(WORK)
    callback = day.at_mitid(sent.address, BENT, subject=ANNA.reveal())
    _, said = day.come_back(sent.attempt, callback, WORK)
    if at is CLINIC:
        assert said.unwrap().user == user
        moved = [one.event for one in day.ledger.events() if isinstance(one.event, NumberMoved)]
        assert moved == [NumberMoved(None, None)]
    else:
        assert reason(said) == ("D-ACC-16", "cpr_mismatch")
