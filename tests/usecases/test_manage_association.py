import pytest

from eservices_core import events
from eservices_core.access.association import Associated, AwaitingApproval, NotAssociated
from eservices_core.access.user import ClosedBecause
from eservices_core.clinic.settings import SelfSignUp
from eservices_core.outcome import Failure, Outcome
from eservices_core.testing.world import CLINIC, OTHER_CLINIC
from eservices_core.usecases.manage_association import AssociationChanged
from eservices_core.usecases.people import association_key
from eservices_core.usecases.refusal import Refusal
from eservices_core.words.identifiers import ClinicId, UserId
from tests.usecases.day import Day
from tests.usecases.people import A_DAY, ANNA, BENT, CHILD, DORTE, HOME, TICK, WORK, reason, went


def _at(day: Day, clinic: ClinicId, user: UserId) -> object:
    return day.state(events.ASSOCIATION, association_key(clinic, user))


# --- staff ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("approve", [True, False], ids=["approved", "declined"])
def test_staff_answer_a_registration_once(approve: bool) -> None:
    """D-ACC-17: an approved patient gets in, a declined one does not; each is answered once."""
    day = Day(self_sign_up=SelfSignUp.WITH_APPROVAL)
    begun = day.sign_up(ANNA, "anna@example.dk")
    assert _at(day, CLINIC, begun.user) == AwaitingApproval()
    assert went(day.answer_registration(begun.user, approve=approve))
    assert day.stands(begun.session) is approve
    again = day.answer_registration(begun.user, approve=approve)
    assert reason(again) == (
        ("D-ACC-17", "not_asked") if approve else ("D-LOG-2", "no_such_patient")
    )


def test_a_declined_patient_may_ask_again() -> None:
    """D-ACC-17: a no is no ban."""
    day = Day(self_sign_up=SelfSignUp.WITH_APPROVAL)
    begun = day.sign_up(ANNA, "anna@example.dk")
    assert went(day.answer_registration(begun.user, approve=False))
    assert went(day.choose_clinic(begun.session, CLINIC))
    assert went(day.answer_registration(begun.user, approve=True))
    assert day.stands(begun.session)


def test_staff_associate_who_stands_on_a_master_card_of_theirs() -> None:
    """S-ACC-11: with a user and a card; without either there is no such patient here."""
    day = Day()
    user = day.sign_up(ANNA, "anna@example.dk", clinic=None).user
    assert reason(day.associate(ANNA)) == ("D-LOG-2", "no_such_patient")
    day.card(ANNA)
    assert day.associate(ANNA).unwrap().user == user
    assert reason(day.associate(ANNA)) == ("S-ACC-11", "already_associated")
    day.card(DORTE)
    assert reason(day.associate(DORTE)) == ("D-LOG-2", "no_such_patient")


def test_associating_answers_a_registration_that_waits() -> None:
    """S-ACC-11: staff need not answer it first."""
    day = Day(self_sign_up=SelfSignUp.WITH_APPROVAL)
    begun = day.sign_up(ANNA, "anna@example.dk")
    day.card(ANNA)
    assert went(day.associate(ANNA))
    assert _at(day, CLINIC, begun.user) == Associated()


def test_leaving_ends_the_sessions_reach_at_once_and_here_alone() -> None:
    """D-ACC-11: a MitID session goes on at the other clinics."""
    day = Day()
    begun = day.sign_up(ANNA, "anna@example.dk")
    assert went(day.choose_clinic(begun.session, OTHER_CLINIC))
    assert went(day.dissociate(begun.user))
    assert reason(day.use(begun.session)) == ("D-ACC-11", "other_clinics_only")
    assert day.stands(begun.session, clinic=OTHER_CLINIC)
    assert reason(day.dissociate(begun.user)) == ("D-LOG-2", "no_such_patient")


def test_who_only_wants_to_be_associated_is_not_dissociated() -> None:
    """S-ACC-11: a registration that waits is declined, not ended."""
    day = Day(self_sign_up=SelfSignUp.WITH_APPROVAL)
    user = day.sign_up(ANNA, "anna@example.dk").user
    assert reason(day.dissociate(user)) == ("S-ACC-11", "not_associated")


# --- the patient ---------------------------------------------------------------------------------


def test_a_patient_with_mitid_chooses_clinics() -> None:
    """D-ACC-17, D-ACC-11: a MitID session adds clinics, and reaches them all."""
    day = Day()
    begun = day.sign_up(ANNA, "anna@example.dk", clinic=None)
    for clinic in (CLINIC, OTHER_CLINIC):
        assert went(day.choose_clinic(begun.session, clinic))
        assert day.stands(begun.session, clinic=clinic)
    assert reason(day.choose_clinic(begun.session, CLINIC)) == ("S-ACC-11", "already_associated")
    nowhere = day.choose_clinic(begun.session, ClinicId("nowhere"))
    assert reason(nowhere) == ("D-LOG-2", "unknown_clinic")


@pytest.mark.parametrize("setting", SelfSignUp)
def test_the_clinics_setting_decides(setting: SelfSignUp) -> None:
    """D-ACC-17: closed, open, or open with the clinic's approval."""
    day = Day(self_sign_up=setting)
    begun = day.sign_up(ANNA, "anna@example.dk", clinic=None)
    said = day.choose_clinic(begun.session, CLINIC)
    assert isinstance(said, Failure) is (setting is SelfSignUp.CLOSED)
    assert day.stands(begun.session) is (setting is SelfSignUp.OPEN)
    if setting is SelfSignUp.WITH_APPROVAL:
        assert reason(day.choose_clinic(begun.session, CLINIC)) == ("D-ACC-17", "already_asked")


def test_a_two_factor_session_chooses_the_first_clinic_and_no_other() -> None:
    """D-SES-1, S-ACC-10: it may not change the association, but a new child must have one."""
    day = Day()
    _ = day.child(CHILD, DORTE, "barn", clinic=None)
    session = day.log_in("barn").session
    assert went(day.choose_clinic(session, CLINIC))
    assert reason(day.choose_clinic(session, OTHER_CLINIC)) == ("D-SES-1", "needs_mitid")


def test_a_session_that_has_ended_chooses_nothing() -> None:
    """D-ACC-9, D-ACC-15: not in another browser, and not after the guardian's custody ended."""
    day = Day()
    child = day.child(CHILD, DORTE, "barn", clinic=None)
    day.clock.wind(30 * A_DAY)
    session = day.log_in("barn").session
    assert reason(day.choose_clinic(session, CLINIC, WORK)) == ("D-ACC-15", "not_logged_in")
    day.family(CHILD, BENT)
    day.clock.wind(TICK)
    _ = day.type_password("barn", browser=WORK)  # which asks the register again
    assert reason(day.choose_clinic(session, CLINIC, HOME)) == ("D-ACC-9", "ended")
    assert _at(day, CLINIC, child) == NotAssociated()


def test_a_closed_user_chooses_nothing() -> None:
    """D-ACC-20: sessions end with the user, for this too."""
    day = Day()
    begun = day.sign_up(ANNA, "anna@example.dk")
    assert went(day.close(begun.user, ClosedBecause.DEATH))
    refused = day.choose_clinic(begun.session, OTHER_CLINIC)
    assert reason(refused) == ("D-ACC-15", "ended")


def test_staff_and_patient_who_act_at_once_are_one_after_the_other() -> None:
    """S-ACC-11: of two that race one is first, and the other is told what it found."""
    day = Day()
    begun = day.sign_up(ANNA, "anna@example.dk", clinic=None)
    day.card(ANNA)
    first: list[Outcome[AssociationChanged, Refusal]] = []
    day.ledger.meanwhile(lambda: first.append(day.choose_clinic(begun.session, CLINIC)))
    assert reason(day.associate(ANNA)) == ("S-ACC-11", "already_associated")
    assert went(first[0])
