"""D-LOG-2: clinics are tenants: what is not yours answers as what does not exist."""

from collections.abc import Callable
from typing import Any, Final

import pytest

from eservices_core.outcome import Failure
from eservices_core.ports.ledger import ByStaff
from eservices_core.testing.world import CLINIC, OTHER_CLINIC
from eservices_core.usecases.access_refusals import NO_MASTER_CARD
from eservices_core.usecases.booking_refusals import NO_SUCH_BOOKING
from eservices_core.usecases.conversation_refusals import NO_SUCH_CONVERSATION
from eservices_core.usecases.desk_refusals import NO_SUCH_ENTRY, NO_SUCH_ITEM
from eservices_core.usecases.post_refusals import NO_SUCH_LETTER
from eservices_core.usecases.refusal import NO_SUCH_PATIENT, Refusal
from eservices_core.usecases.settings_now import settings_now
from eservices_core.usecases.why_not_login import WhyNotLogin, why_not_login
from eservices_core.words.identifiers import ClinicId, ConversationId, EntryId, LetterId, UserId
from eservices_core.worklist.items import ItemRef
from tests.usecases.day import Day
from tests.usecases.every_use_case import CASES, Case, changed
from tests.usecases.people import ANNA, BENT, CHILD, DORTE, reason, went
from tests.usecases.test_every_use_case import everything, exactly

STAFFS: Final = [
    case
    for case in CASES
    if hasattr(case.begin()[2], "staff") and not case.name.startswith("staff_")
]
"""All but the clinic's own staff, and opening a patient; of those `test_staffing` tells."""


def _naming(field: str) -> list[Case]:
    return [case for case in STAFFS if hasattr(case.begin()[2], field)]


ABOUT_A_BOOKING: Final = [case for case in STAFFS if case.name.startswith("book_")]
ABOUT_A_CONVERSATION: Final = _naming("conversation")
ABOUT_A_LETTER: Final = _naming("letter")
ABOUT_AN_ITEM: Final = _naming("item")
ABOUT_AN_ENTRY: Final = _naming("entry")
ABOUT_SETTINGS: Final = [case for case in STAFFS if "settings" in case.name]
OTHERS: Final = [
    *ABOUT_A_BOOKING,
    *ABOUT_A_CONVERSATION,
    *ABOUT_A_LETTER,
    *ABOUT_AN_ITEM,
    *ABOUT_AN_ENTRY,
    *ABOUT_SETTINGS,
]
ABOUT_A_USER: Final = [
    case for case in STAFFS if hasattr(case.begin()[2], "user") and case not in OTHERS
]


def _why_not(day: Day) -> tuple[Callable[..., Any], Any]:
    user = day.without_mitid(ANNA, "anna")
    command = WhyNotLogin(key="why", by=day.by_staff, staff=day.staff, user=user)
    return why_not_login, command


ALL: Final = [*STAFFS, Case("why_not_login", _why_not)]
NAMING_A_USER: Final = [*ABOUT_A_USER, Case("why_not_login", _why_not)]


def test_every_act_of_staffs_is_here() -> None:
    """A use case of staff's that is written later is in the catalogue, and so it is here."""
    assert len(ABOUT_A_USER) >= 10
    number = "create, import, associate and change a number name a number"
    assert len(ALL) - len(NAMING_A_USER) - len(OTHERS) == 4, number


@pytest.mark.parametrize("case", NAMING_A_USER, ids=[case.name for case in NAMING_A_USER])
def test_another_clinics_patient_is_nobody(case: Case) -> None:
    """D-LOG-2, faults: 6, 190. Another clinic's staff get the answer that a made-up patient gets.

    Nothing changes but the audit log.
    """
    day, do, command = case.begin()
    theirs = changed(command, staff=day.other_staff, by=ByStaff(day.other_staff))
    before = everything(day)
    said = do(day.services, theirs)
    assert said == Failure(NO_SUCH_PATIENT)

    twin, _, _ = case.begin()
    nobody = changed(theirs, user=UserId("made-up"))
    assert do(twin.services, nobody) == said
    after, other = everything(day), everything(twin)
    assert (after.events, after.mails, after.names, after.contents) == (
        before.events,
        before.mails,
        before.names,
        before.contents,
    )
    assert after == other


@pytest.mark.parametrize("case", ABOUT_A_BOOKING, ids=[case.name for case in ABOUT_A_BOOKING])
def test_another_clinics_booking_is_none(case: Case) -> None:
    """D-LOG-2, faults: 190. Another clinic's staff meet neither the booking nor its patient."""
    day, do, command = case.begin()
    theirs = changed(command, staff=day.other_staff, by=ByStaff(day.other_staff))
    before = everything(day)
    said = do(day.services, theirs)
    assert said.failure() in {NO_SUCH_BOOKING, NO_SUCH_PATIENT, NO_MASTER_CARD}
    after = everything(day)
    assert (after.events, after.mails, after.contents) == (
        before.events,
        before.mails,
        before.contents,
    )


_THINGS: Final = [
    *(
        (case, "conversation", ConversationId("none"), NO_SUCH_CONVERSATION)
        for case in ABOUT_A_CONVERSATION
    ),
    *((case, "letter", LetterId("none"), NO_SUCH_LETTER) for case in ABOUT_A_LETTER),
    *(
        (case, "item", ItemRef(case.begin()[2].item.kind, "none"), NO_SUCH_ITEM)
        for case in ABOUT_AN_ITEM
    ),
    *((case, "entry", EntryId("none"), NO_SUCH_ENTRY) for case in ABOUT_AN_ENTRY),
]


@pytest.mark.parametrize(
    ("case", "field", "made_up", "refusal"), _THINGS, ids=[case.name for case, *_ in _THINGS]
)
def test_another_clinics_things_are_none(
    case: Case, field: str, made_up: object, refusal: Refusal
) -> None:
    """D-LOG-2, faults: 6. Another clinic's staff get the answer that a made-up one gets."""
    day, do, command = case.begin()
    theirs = changed(command, staff=day.other_staff, by=ByStaff(day.other_staff))
    before = everything(day)
    assert do(day.services, theirs) == Failure(refusal)
    after = everything(day)
    assert (after.events, after.mails, after.contents) == (
        before.events,
        before.mails,
        before.contents,
    )
    twin, _, _ = case.begin()
    assert do(twin.services, changed(command, **{field: made_up})) == Failure(refusal)


@pytest.mark.parametrize("case", ABOUT_SETTINGS, ids=[case.name for case in ABOUT_SETTINGS])
def test_another_clinics_settings_are_its_own(case: Case) -> None:
    """D-LOG-2: whoever's settings staff change, they are those of their own clinic."""
    day, do, command = case.begin()
    before = settings_now(day.services, CLINIC)
    theirs = changed(command, staff=day.other_staff, by=ByStaff(day.other_staff))
    _ = do(day.services, theirs)
    assert settings_now(day.services, CLINIC) == before


@pytest.mark.parametrize("case", NAMING_A_USER, ids=[case.name for case in NAMING_A_USER])
def test_the_clinic_itself_is_not_answered_so(case: Case) -> None:
    """D-LOG-2: the test above would pass if everybody were nobody."""
    day, do, command = case.begin()
    assert do(day.services, command) != Failure(NO_SUCH_PATIENT)


@pytest.mark.parametrize("name", ["associate_a_patient", "change_a_number", "create_a_patient"])
def test_a_number_on_no_card_of_ones_own_is_nobodys(name: str) -> None:
    """D-LOG-2: a user elsewhere makes no difference to a clinic without the card."""
    case = next(one for one in CASES if one.name == name)
    answers: list[Any] = []
    for with_user in (True, False):
        day, do, command = case.begin()
        if with_user and name == "create_a_patient":
            _ = do(day.services, changed(command, key="by the clinic"))
        number = {"change_a_number": "old"}.get(name, "number")
        theirs = changed(command, staff=day.other_staff, by=ByStaff(day.other_staff))
        if not with_user:
            theirs = changed(theirs, **{number: BENT})
        answers.append(do(day.services, theirs))
    assert isinstance(answers[0], Failure)
    assert answers[0] == answers[1]


def test_a_clinic_that_was_left_knows_the_patient_no_more() -> None:
    """D-LOG-2, D-ACC-11: from the moment that it ends the association it is like any other."""
    day = Day()
    user = day.without_mitid(ANNA, "anna")
    assert went(day.dissociate(user))
    before = exactly(day)[0]
    for said in (
        day.tick(user),
        day.untick(user),
        day.send_password(user),
        day.unlock(user),
        day.patients_address(user, "new@example.dk"),
        day.by_hand(user),
        day.dissociate(user),
        day.answer_registration(user, approve=True),
    ):
        assert said == Failure(NO_SUCH_PATIENT)
    assert exactly(day)[0] == before


def test_a_patient_who_only_asked_to_join_is_nobody_yet_but_for_the_answer() -> None:
    """D-LOG-2: a registration can be answered; nothing else can be done about the patient."""
    day = Day()
    user = day.sign_up(ANNA, "anna@example.dk", clinic=None).user
    assert day.answer_registration(user, approve=True) == Failure(NO_SUCH_PATIENT)
    day.card(ANNA, clinic=OTHER_CLINIC)
    assert went(day.associate(ANNA, day.other_staff))
    assert day.send_password(user) == Failure(NO_SUCH_PATIENT)


@pytest.mark.parametrize("clinic", [CLINIC, OTHER_CLINIC, ClinicId("no-such-clinic")])
def test_a_session_is_told_the_same_of_a_clinic_it_does_not_reach_and_of_none(
    clinic: ClinicId,
) -> None:
    """D-LOG-2: a patient learns nothing about clinics that they are not with."""
    day = Day()
    begun = day.sign_up(ANNA, "anna@example.dk", clinic=None)
    refused = day.use(begun.session, clinic=clinic)
    assert reason(refused) == ("D-ACC-11", "other_clinics_only")


def test_no_clinic_learns_of_the_others() -> None:
    """D-ACC-11: what a clinic is told of a patient is the same, whoever else has them."""
    told: list[Any] = []
    for elsewhere in (True, False):
        day = Day()
        child = day.child(CHILD, DORTE, "barn")
        if elsewhere:
            day.card(CHILD, clinic=OTHER_CLINIC)
            assert went(day.associate(CHILD, day.other_staff))
        told.append((day.tick(child), day.dissociate(child), day.tick(child)))
    assert told[0] == told[1]
