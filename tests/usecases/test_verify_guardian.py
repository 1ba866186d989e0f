from datetime import date, timedelta
from typing import Final

import pytest
from attrs import evolve

from eservices_core import events
from eservices_core.access.custody import (
    CivilStatus,
    RegisterAnswer,
    RegisterFailure,
    Relation,
    Relative,
)
from eservices_core.access.guardian import CustodyConfirmed, NumbersStated
from eservices_core.access.guardianship import (
    CustodyRenewed,
    VerifiedByRegister,
    numbers_in,
)
from eservices_core.access.login import LoginDecision
from eservices_core.access.mitid import Assurance, IdentityKind
from eservices_core.clinic.master_card import Protection
from eservices_core.clinic.settings import AccessSettings, Guardianship
from eservices_core.events import StreamId
from eservices_core.outcome import Failure, Outcome
from eservices_core.ports.ledger import BySystem
from eservices_core.texts import CANNOT_VERIFY_PUBLIC, NextStep
from eservices_core.usecases.refusal import Refusal
from eservices_core.usecases.verify_guardian import (
    AskRegisterAgain,
    GuardianVerified,
    RenewCustody,
    ask_register_again,
    renew_custody,
)
from eservices_core.words.civil_number import CivilNumber
from eservices_core.words.clinic_time import turns_fifteen_at
from eservices_core.words.identifiers import AttemptId, BrowserId, ContentId, UserId
from eservices_core.words.lifetimes import ATTEMPT_LIVES
from tests.access.strategies import number_of
from tests.usecases.day import Day
from tests.usecases.people import (
    A_DAY,
    ANNA,
    BENT,
    CHILD,
    DORTE,
    EVA,
    HOME,
    MINUTE,
    SISTER,
    TEEN,
    TICK,
    WORK,
    answer,
    reason,
    went,
)

MINOR = number_of(date(2010, 5, 5), 3)
YOUNGER = number_of(date(2013, 5, 5), 3)
TODAY = date(2026, 11, 23)


def _again(
    day: Day, attempt: AttemptId, browser: BrowserId = HOME
) -> Outcome[GuardianVerified, Refusal]:
    command = AskRegisterAgain(key=day.key(), by=day.anybody, attempt=attempt, browser=browser)
    return ask_register_again(day.services, command)


# --- nothing is judged before MitID --------------------------------------------------------------


@pytest.mark.parametrize(
    ("child", "guardian"),
    [(CHILD, DORTE), (CHILD, BENT), (CHILD, CHILD), (ANNA, DORTE), (SISTER, EVA), (DORTE, CHILD)],
    ids=["holds custody", "does not", "same person", "an adult", "nobody here", "upside down"],
)
def test_whatever_the_two_numbers_are_the_answer_is_the_same(
    child: CivilNumber, guardian: CivilNumber
) -> None:
    """D-ACC-8: before the guardian's MitID the page tells nothing, and asks nobody.

    Two numbers give an attempt and a way to MitID, byte for byte the same for any two.
    """
    day, other = Day(), Day()
    for one in (day, other):
        one.family(CHILD, DORTE)
        _ = one.child(CHILD, DORTE, "barn")
        one.register.asked.clear()
    said = day.state_numbers(child, guardian)
    assert said == other.state_numbers(CHILD, DORTE)
    assert day.register.asked == []


@pytest.mark.parametrize(
    "guardian", [DORTE, BENT, CHILD, EVA], ids=["holds custody", "does not", "same", "unknown"]
)
def test_whoever_is_not_the_stated_guardian_learns_nothing(guardian: CivilNumber) -> None:
    """D-ACC-8: a MitID with another number than the stated one asks nobody, and is one page."""
    day = Day()
    day.family(CHILD, DORTE)
    stated = day.state_numbers(CHILD, guardian)
    refused = day.guardian_back(stated.attempt, day.at_mitid(stated.address, ANNA))
    assert reason(refused) == ("D-ACC-8", "identity_not_the_stated_one")
    assert refused.failure().says.patient == CANNOT_VERIFY_PUBLIC
    assert day.register.asked == []


# --- one page for every unhappy end --------------------------------------------------------------

_MINE = Relative(DORTE, Relation.MOTHER)
Register = RegisterFailure | tuple[RegisterAnswer, ...]
UNHAPPY: Final[dict[str, tuple[CivilNumber, CivilNumber, Register]]] = {
    "same_person": (CHILD, CHILD, ()),
    "not_under_15": (ANNA, DORTE, (answer(ANNA, (_MINE,)), answer(DORTE))),
    "version_cannot_answer": (CHILD, DORTE, RegisterFailure.VERSION_CANNOT_ANSWER),
    "register_silent": (CHILD, DORTE, RegisterFailure.SILENT),
    "not_in_register": (CHILD, DORTE, ()),
    "no_custody": (CHILD, DORTE, (answer(CHILD), answer(DORTE))),
    "protected_person": (
        CHILD,
        DORTE,
        (answer(CHILD, (_MINE,), protection=Protection.PROTECTED), answer(DORTE)),
    ),
    "dead_or_gone": (
        CHILD,
        DORTE,
        (answer(CHILD, (_MINE,)), answer(DORTE, status=CivilStatus.GONE)),
    ),
    "holder_without_number": (
        CHILD,
        DORTE,
        (answer(CHILD, (Relative(None, Relation.OTHER_HOLDER),)), answer(DORTE)),
    ),
    "guardian_minor": (
        CHILD,
        MINOR,
        (answer(CHILD, (Relative(MINOR, Relation.MOTHER),)), answer(MINOR)),
    ),
}


def _unhappy(day: Day, case: str) -> Outcome[GuardianVerified, Refusal]:
    child, guardian, register = UNHAPPY[case]
    if isinstance(register, RegisterFailure):
        day.register.fail(register)
    else:
        for said in register:
            day.register.put(said)
    return day.verify(child, guardian)[1]


@pytest.mark.parametrize("case", UNHAPPY)
def test_every_unhappy_end_is_one_page_to_the_public_and_its_own_to_staff(case: str) -> None:
    """D-ACC-8: one public text, and to staff and the audit log the precise reason and its rule."""
    day = Day()
    refused = _unhappy(day, case)
    assert refused.failure().reason == case
    assert refused.failure().says.patient == CANNOT_VERIFY_PUBLIC
    assert refused.failure().says.staff != CANNOT_VERIFY_PUBLIC
    entry = day.ledger.audit()[-1].entry
    assert (entry.rule, entry.refused_because) == (refused.failure().rule, case)


@pytest.mark.parametrize(
    ("kind", "assurance", "number"),
    [
        (IdentityKind.BUSINESS, Assurance.HIGH, DORTE),
        (IdentityKind.PRIVATE, Assurance.LOW, DORTE),
        (IdentityKind.PRIVATE, Assurance.UNKNOWN, DORTE),
        (IdentityKind.PRIVATE, Assurance.HIGH, None),
    ],
    ids=["business", "low", "unknown", "no number"],
)
def test_a_guardian_with_an_identity_that_is_not_acceptable_is_refused(
    kind: IdentityKind, assurance: Assurance, number: CivilNumber | None
) -> None:
    """D-ACC-3, faults: 109. An employee's identity, or too little assurance, verifies nobody."""
    day = Day()
    day.family(CHILD, DORTE)
    stated = day.state_numbers(CHILD, DORTE)
    callback = day.at_mitid(stated.address, number, kind=kind, assurance=assurance)
    refused = day.guardian_back(stated.attempt, callback)
    assert reason(refused) == ("D-ACC-3", "identity_not_acceptable")
    assert refused.failure().says.patient == CANNOT_VERIFY_PUBLIC
    again = day.guardian_back(stated.attempt, day.at_mitid(stated.address, DORTE))
    assert reason(again) == ("D-ACC-8", "over")


def test_a_foreign_or_broken_callback_shows_the_same_page_and_ends_nothing() -> None:
    """D-ACC-3, D-ACC-8: an answer to another attempt is refused, and the right one still counts."""
    day = Day()
    day.family(CHILD, DORTE)
    stated, other = day.state_numbers(CHILD, DORTE), day.state_numbers(CHILD, DORTE)
    right = day.at_mitid(stated.address, DORTE)
    for callback in (day.at_mitid(other.address, DORTE), {}, {"state": "x", "code": "y"}):
        refused = day.guardian_back(stated.attempt, callback)
        assert reason(refused) == ("D-ACC-3", "answer_refused")
        assert refused.failure().says.patient == CANNOT_VERIFY_PUBLIC
    assert reason(day.guardian_back(stated.attempt, right, WORK)) == ("D-ACC-8", "other_browser")
    assert went(day.guardian_back(stated.attempt, right))


def test_a_callback_counts_once() -> None:
    """D-ACC-3: replayed, it verifies nothing more."""
    day = Day()
    day.family(CHILD, DORTE)
    stated = day.state_numbers(CHILD, DORTE)
    callback = day.at_mitid(stated.address, DORTE)
    assert went(day.guardian_back(stated.attempt, callback))
    assert reason(day.guardian_back(stated.attempt, callback)) == ("D-ACC-8", "over")


def test_an_attempt_lives_half_an_hour() -> None:
    """faults: 80. Who stays at MitID too long begins again."""
    day = Day()
    day.family(CHILD, DORTE)
    stated = day.state_numbers(CHILD, DORTE)
    day.clock.wind(ATTEMPT_LIVES)
    refused = day.guardian_back(stated.attempt, day.at_mitid(stated.address, DORTE))
    assert reason(refused) == ("D-ACC-8", "expired")


def test_an_identity_from_before_the_attempt_is_not_fresh() -> None:
    """D-ACC-3: the guardian identifies for this verification."""
    day = Day()
    day.family(CHILD, DORTE)
    stated = day.state_numbers(CHILD, DORTE)
    stale = day.at_mitid(stated.address, DORTE, at=day.clock.now() - 2 * MINUTE)
    refused = day.guardian_back(stated.attempt, stale)
    assert reason(refused) == ("D-ACC-3", "identity_not_acceptable")


# --- what custody is -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("relation", "verified"),
    [
        (Relation.MOTHER, True),
        (Relation.FATHER, True),
        (Relation.OTHER_HOLDER, True),
        (Relation.APPOINTED_GUARDIAN, True),
        (Relation.MOTHER_WITHOUT_CUSTODY, False),
        (Relation.FATHER_WITHOUT_CUSTODY, False),
        (Relation.UNKNOWN, False),
    ],
)
def test_custody_is_what_the_register_says_now(relation: Relation, verified: bool) -> None:
    """D-ACC-7, faults: 104. A parent without custody is no guardian, in whatever list."""
    day = Day()
    day.family(CHILD, DORTE, relation=relation)
    _, said = day.verify(CHILD, DORTE)
    assert isinstance(said, Failure) is not verified
    if not verified:
        assert reason(said) == ("D-ACC-7", "no_custody")


def test_an_appointed_guardian_counts_unless_the_settings_say_no() -> None:
    """D-ACC-7: it is a setting."""
    day = Day(access=AccessSettings(guardianship=Guardianship.DOES_NOT_COUNT))
    day.family(CHILD, DORTE, relation=Relation.APPOINTED_GUARDIAN)
    assert reason(day.verify(CHILD, DORTE)[1]) == ("D-ACC-7", "no_custody")


@pytest.mark.parametrize(
    ("ends", "verified"), [(TODAY, False), (TODAY + A_DAY, True), (TODAY - A_DAY, False)]
)
def test_custody_that_has_ended_is_none(ends: date, verified: bool) -> None:
    """D-ACC-7, faults: 104. On the day it ends it has ended."""
    day = Day()
    day.family(CHILD, DORTE, ends=ends)
    assert isinstance(day.verify(CHILD, DORTE)[1], Failure) is not verified


def test_an_answer_about_another_child_is_not_believed() -> None:
    """D-ACC-8, faults: 104. Answers are matched on the number that was asked about."""
    day = Day()
    day.family(CHILD, DORTE)
    day.register_answers(CHILD, answer(SISTER, (Relative(DORTE, Relation.MOTHER),)))
    assert reason(day.verify(CHILD, DORTE)[1]) == ("D-ACC-8", "answer_about_another")


@pytest.mark.parametrize("both", [True, False], ids=["both verify", "one verifies"])
def test_either_of_two_holders_can_verify(both: bool) -> None:
    """D-ACC-7: shared custody takes one of them."""
    day = Day()
    day.family(CHILD, DORTE, BENT)
    assert went(day.verify(CHILD, BENT)[1])
    if both:
        assert went(day.verify(CHILD, DORTE)[1])


def test_a_holder_from_15_to_17_cannot_be_verified_here_and_one_under_15_is_refused() -> None:
    """D-ACC-7: minors with custody go to the clinic."""
    for holder, rule in ((MINOR, "D-ACC-7"), (YOUNGER, "D-ACC-8")):
        day = Day()
        day.family(CHILD, holder)
        assert reason(day.verify(CHILD, holder)[1]) == (rule, "guardian_minor")


# --- a silent register ---------------------------------------------------------------------------


def test_a_silent_register_changes_nothing_and_can_be_asked_again() -> None:
    """D-ACC-8, faults: 104. The guardian does not have to use MitID once more."""
    day = Day()
    day.family(CHILD, DORTE)
    day.register.fail(RegisterFailure.SILENT)
    attempt, said = day.verify(CHILD, DORTE)
    assert reason(said) == ("D-ACC-8", "register_silent")
    assert said.failure().next_step is NextStep.TRY_AGAIN
    assert reason(day.create_child(attempt, "barn")) == ("D-ACC-8", "not_verified")
    assert reason(_again(day, attempt)) == ("D-ACC-8", "register_silent")
    day.register.fail(None)
    assert not _again(day, attempt).unwrap().child_has_user
    assert went(day.create_child(attempt, "barn"))
    assert reason(_again(day, attempt)) == ("D-ACC-8", "over")


def test_only_the_guardians_browser_asks_again_in_time() -> None:
    """D-ACC-8: not another browser, not before MitID, not later, not out of nothing."""
    day = Day()
    day.family(CHILD, DORTE)
    day.register.fail(RegisterFailure.SILENT)
    attempt, _ = day.verify(CHILD, DORTE)
    assert reason(_again(day, attempt, WORK)) == ("D-ACC-8", "other_browser")
    stated = day.state_numbers(CHILD, DORTE)
    assert reason(_again(day, stated.attempt)) == ("D-ACC-8", "not_identified")
    assert reason(_again(day, AttemptId("made-up"))) == ("D-ACC-8", "not_begun")
    day.clock.wind(ATTEMPT_LIVES)
    assert reason(_again(day, attempt)) == ("D-ACC-8", "expired")


# --- five children in 24 hours -------------------------------------------------------------------

CHILDREN = [number_of(date(2015, 1, 1) + timedelta(days=place)) for place in range(7)]


def test_the_sixth_child_in_a_day_goes_through_the_clinic() -> None:
    """D-ACC-8: five different children per guardian in 24 hours; then nobody is asked."""
    day = Day()
    for child in CHILDREN:
        day.family(child, DORTE)
    for child in CHILDREN[:5]:
        assert went(day.verify(child, DORTE)[1])
    day.register.asked.clear()
    refused = day.verify(CHILDREN[5], DORTE)[1]
    assert reason(refused) == ("D-ACC-8", "too_many_children")
    assert refused.failure().next_step is NextStep.CLINIC_VERIFIES_BY_HAND
    assert refused.failure().says.patient == CANNOT_VERIFY_PUBLIC
    assert day.register.asked == []
    assert went(day.verify(CHILDREN[0], DORTE)[1]), "one of the five, once more"


def test_after_24_hours_there_is_room_for_another_child() -> None:
    """D-ACC-8: a day is 24 hours; a clock that is set back gives no room (faults: 174)."""
    day = Day()
    for child in CHILDREN[:6]:
        day.family(child, DORTE)
    for child in CHILDREN[:5]:
        _ = day.verify(child, DORTE)
    day.clock.wind(-A_DAY)
    assert reason(day.verify(CHILDREN[5], DORTE)[1]) == ("D-ACC-8", "too_many_children")
    day.clock.wind(2 * A_DAY - TICK)
    assert reason(day.verify(CHILDREN[5], DORTE)[1]) == ("D-ACC-8", "too_many_children")
    day.clock.wind(TICK)
    assert went(day.verify(CHILDREN[5], DORTE)[1])


def test_strangers_who_state_a_guardians_number_spend_nothing_of_theirs() -> None:
    """D-ACC-8: counted is who has identified, not who was named."""
    day = Day()
    for child in CHILDREN[:6]:
        day.family(child, DORTE)
        stated = day.state_numbers(child, DORTE, WORK)
        _ = day.guardian_back(stated.attempt, day.at_mitid(stated.address, BENT), WORK)
    assert went(day.verify(CHILDREN[5], DORTE)[1])


def test_children_who_are_not_the_guardians_count_too() -> None:
    """D-ACC-8: asking about five children of others uses the day up."""
    day = Day()
    for child in CHILDREN:
        day.family(child, EVA)
    for child in CHILDREN[:5]:
        assert reason(day.verify(child, DORTE)[1])[1] in {"no_custody", "not_in_register"}
    assert reason(day.verify(CHILDREN[5], DORTE)[1]) == ("D-ACC-8", "too_many_children")


# --- renewal -------------------------------------------------------------------------------------


def _renewed(day: Day, user: UserId) -> str | None:
    command = RenewCustody(key=day.key(), by=day.anybody, user=user)
    outcome = renew_custody(day.services, command).unwrap().outcome
    return None if outcome is None else outcome.value


def _decision(day: Day) -> LoginDecision:
    return day.type_password("barn").unwrap().decision


def test_custody_is_looked_up_again_when_the_answer_is_over_30_days_old() -> None:
    """D-ACC-9: at 30 days it still stands unasked; a moment later the register is asked."""
    day = Day()
    user = day.child(CHILD, DORTE, "barn")
    day.register.asked.clear()
    day.clock.wind(30 * A_DAY)
    assert _decision(day) is LoginDecision.CODE_REQUIRED
    assert day.register.asked == []
    acts = [one.entry.act for one in day.ledger.audit_about(user)]
    assert "renew_custody" not in acts, "and nothing is written down about it"
    assert _renewed(day, user) is None
    day.clock.wind(TICK)
    assert _decision(day) is LoginDecision.CODE_REQUIRED
    assert day.register.asked == [CHILD, DORTE]
    assert _decision(day) is LoginDecision.CODE_REQUIRED
    assert len(day.register.asked) == 2, "the new answer is good for 30 days"


def test_nobody_asks_the_register_before_the_password_is_right() -> None:
    """D-ACC-2, D-ACC-9: strangers cannot have people looked up, nor see that it takes longer."""
    day = Day()
    _ = day.child(CHILD, DORTE, "barn")
    day.clock.wind(31 * A_DAY)
    day.register.asked.clear()
    _ = day.type_password("barn", "wrong")
    assert day.register.asked == []


def test_custody_that_has_ended_closes_two_factor_until_a_present_holder_verifies() -> None:
    """D-ACC-9, faults: 104. The former holder is refused, the present one opens it again."""
    day = Day()
    user = day.child(CHILD, DORTE, "barn")
    day.family(CHILD, BENT)
    day.clock.wind(30 * A_DAY + TICK)
    assert _decision(day) is LoginDecision.GUARDIAN_REQUIRED
    renewal = [
        one.entry for one in day.ledger.audit_about(user) if one.entry.act == "renew_custody"
    ]
    assert [entry.rule for entry in renewal] == ["D-ACC-7"]
    assert reason(day.verify(CHILD, DORTE)[1]) == ("D-ACC-7", "no_custody")
    assert _decision(day) is LoginDecision.GUARDIAN_REQUIRED
    assert day.verify(CHILD, BENT)[1].unwrap().child_has_user
    assert _decision(day) is LoginDecision.CODE_REQUIRED


def test_custody_that_ends_closes_an_open_session_at_the_next_renewal() -> None:
    """D-ACC-9, faults: 105. The session's next use is refused."""
    day = Day()
    user = day.child(CHILD, DORTE, "barn")
    day.clock.wind(30 * A_DAY)
    session = day.log_in("barn").session
    day.family(CHILD, BENT)
    day.clock.wind(TICK)
    assert day.stands(session)
    assert _renewed(day, user) == "refused"
    assert reason(day.use(session)) == ("D-ACC-9", "ended")


def test_while_the_register_is_silent_the_last_answer_stands_for_90_days() -> None:
    """D-ACC-9: to the instant; then a guardian is required, and nothing was lost by asking."""
    day = Day()
    _ = day.child(CHILD, DORTE, "barn")
    day.register.fail(RegisterFailure.SILENT)
    day.clock.wind(90 * A_DAY)
    assert _decision(day) is LoginDecision.CODE_REQUIRED
    session = day.log_in("barn").session
    day.clock.wind(TICK)
    assert _decision(day) is LoginDecision.GUARDIAN_REQUIRED
    assert reason(day.use(session)) == ("D-ACC-9", "ended")
    day.register.fail(None)
    assert _decision(day) is LoginDecision.CODE_REQUIRED


@pytest.mark.parametrize(
    ("days", "stands"), [(30, True), (90, True), (91, False)], ids=["30", "90", "91"]
)
def test_a_register_that_cannot_say_yes_any_more_closes_it(days: int, stands: bool) -> None:
    """D-ACC-9, D-ACC-19: a child whose address became protected goes to the clinic from then on."""
    day = Day()
    _ = day.child(CHILD, DORTE, "barn")
    if not stands:
        day.register.fail(RegisterFailure.SILENT)
    day.clock.wind(days * A_DAY)
    assert (_decision(day) is LoginDecision.CODE_REQUIRED) is stands
    day.register.fail(None)
    day.family(CHILD, DORTE, protection=Protection.PROTECTED)
    day.clock.wind(31 * A_DAY)
    assert _decision(day) is LoginDecision.GUARDIAN_REQUIRED


def test_the_days_are_settings() -> None:
    """D-ACC-9: 30 and 90 are what an installation may choose otherwise."""
    settings = AccessSettings(
        custody_is_fresh_for=timedelta(days=1), custody_stands_for=timedelta(days=2)
    )
    day = Day(access=settings)
    _ = day.child(CHILD, DORTE, "barn")
    day.register.fail(RegisterFailure.SILENT)
    day.clock.wind(2 * A_DAY)
    assert _decision(day) is LoginDecision.CODE_REQUIRED
    day.clock.wind(TICK)
    assert _decision(day) is LoginDecision.GUARDIAN_REQUIRED


def test_from_15_nobody_asks_again() -> None:
    """D-ACC-5: the guardian keeps nothing, and the register is not asked about a patient of 15."""
    day = Day()
    user = day.child(TEEN, DORTE, "teen")
    day.clock.set(turns_fifteen_at(TEEN.birth_date) + 60 * A_DAY)
    day.register.asked.clear()
    assert _renewed(day, user) is None
    assert day.register.asked == []


def test_a_corrected_birth_date_is_learnt_when_the_register_is_asked() -> None:
    """D-ACC-5, faults: 110. The register's date moves the day on which 'under 15' ends."""
    day = Day()
    _ = day.child(TEEN, DORTE, "teen")
    born = TEEN.birth_date - 20 * A_DAY
    day.family(TEEN, DORTE, born=born)
    assert day.verify(TEEN, DORTE)[1].failure().reason == "not_under_15"
    assert reason(day.type_password("teen")) == ("S-ACC-3", "use_mitid")


# --- what is kept --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "relation",
    [Relation.MOTHER, Relation.FATHER, Relation.OTHER_HOLDER, Relation.APPOINTED_GUARDIAN],
)
def test_the_relation_is_kept_with_who_when_and_version(relation: Relation) -> None:
    """D-ACC-8: in the verification, behind the child's login, and again at each renewal."""
    day = Day()
    day.family(CHILD, DORTE, relation=relation)
    attempt, said = day.verify(CHILD, DORTE)
    assert went(said)
    at = day.clock.now()
    user = day.create_child(attempt, "barn").unwrap().user
    kept = day.state(events.GUARDIANSHIP, user)
    assert isinstance(kept, VerifiedByRegister)
    who = day.services.keys.number(DORTE)
    assert (kept.guardian, kept.verified_at, kept.relation) == (who, at, relation)
    assert kept.version == "9.0"
    confirmed = [one.event for one in day.ledger.events()]
    assert CustodyConfirmed("9.0", relation) in confirmed
    day.family(CHILD, DORTE, relation=Relation.OTHER_HOLDER)
    day.clock.wind(31 * A_DAY)
    renew = RenewCustody(key="renew", by=BySystem(), user=user)
    assert went(renew_custody(day.services, renew))
    renewed = day.ledger.events()[-1].event
    assert renewed == CustodyRenewed(day.clock.now(), "9.0", Relation.OTHER_HOLDER)


def test_the_relation_is_that_of_today() -> None:
    """D-ACC-7, D-ACC-8: an entry that has ended says nothing, and custody goes before the rest."""
    day = Day()
    listed = (
        Relative(DORTE, Relation.MOTHER, ends=TODAY),
        Relative(DORTE, Relation.APPOINTED_GUARDIAN),
        Relative(DORTE, Relation.FATHER),
        Relative(BENT, Relation.OTHER_HOLDER),
    )
    day.register.put(answer(CHILD, listed))
    day.register.put(answer(DORTE))
    assert went(day.verify(CHILD, DORTE)[1])
    assert CustodyConfirmed("9.0", Relation.FATHER) in [one.event for one in day.ledger.events()]


def _numbers_of(day: Day, attempt: AttemptId) -> ContentId:
    begun = day.ledger.history(StreamId("guardian", str(attempt)))[0].event
    assert isinstance(begun, NumbersStated)
    return begun.numbers


@pytest.mark.parametrize("case", ["no custody", "somebody else", "protected"])
def test_the_numbers_of_an_unhappy_end_are_erased(case: str) -> None:
    """D-KEEP-1, D-ACC-8: nothing will be asked with them, and nothing of them stays."""
    day = Day()
    day.family(DORTE)
    if case == "protected":
        day.family(CHILD, DORTE, protection=Protection.PROTECTED)
    else:
        day.family(CHILD, BENT)
    sent = day.state_numbers(CHILD, DORTE)
    assert _numbers_of(day, sent.attempt) in day.contents
    who = BENT if case == "somebody else" else DORTE
    said = day.guardian_back(sent.attempt, day.at_mitid(sent.address, who))
    assert not went(said)
    assert _numbers_of(day, sent.attempt) not in day.contents
    assert CHILD.reveal() not in repr(day.contents)


def test_the_numbers_stay_while_they_are_needed() -> None:
    """D-ACC-8, D-ACC-9: while the register is silent, and while a verification stands."""
    day = Day()
    day.family(CHILD, DORTE)
    day.register.fail(RegisterFailure.SILENT)
    attempt, _ = day.verify(CHILD, DORTE)
    assert _numbers_of(day, attempt) in day.contents
    day.register.fail(None)
    assert went(_again(day, attempt))
    user = day.create_child(attempt, "barn").unwrap().user
    assert _numbers_of(day, attempt) in day.contents
    newer, said = day.verify(CHILD, DORTE)
    assert said.unwrap().child_has_user
    assert _numbers_of(day, newer) in day.contents
    assert _numbers_of(day, attempt) not in day.contents, "the newer verification replaced it"
    day.withdraw(user)
    assert _numbers_of(day, newer) not in day.contents
    assert reason(day.create_child(newer, "barn2")) == ("D-ACC-8", "over")


def test_numbers_that_are_erased_meanwhile_are_no_crash() -> None:
    """faults: 178. Two browsers' acts at once: what one has ended, the other finds over."""
    day = Day()
    user = day.child(CHILD, DORTE, "barn")
    numbers = numbers_in(day.state(events.GUARDIANSHIP, user))
    assert numbers is not None
    day.clock.wind(31 * A_DAY)
    day.erase(numbers)
    renew = RenewCustody(key="renew", by=BySystem(), user=user)
    assert renew_custody(day.services, renew).unwrap().outcome is None
    sent = day.state_numbers(CHILD, DORTE)
    day.erase(_numbers_of(day, sent.attempt))
    said = day.guardian_back(sent.attempt, day.at_mitid(sent.address, DORTE))
    assert reason(said) == ("D-ACC-8", "over")
    day.register.fail(RegisterFailure.SILENT)
    attempt, _ = day.verify(CHILD, DORTE)
    day.erase(_numbers_of(day, attempt))
    assert reason(_again(day, attempt)) == ("D-ACC-8", "over")


# --- a child who has changed numbers -------------------------------------------------------------

NEW_NUMBER: Final = number_of(CHILD.birth_date, 99)


def _renumbered(day: Day, *holders: CivilNumber) -> None:
    """Have the register know the child under a new number, and under the old one too."""
    day.family(CHILD, *holders)
    listed = tuple(Relative(holder, Relation.MOTHER) for holder in holders)
    day.register.put(evolve(answer(NEW_NUMBER, listed), other_numbers=frozenset({CHILD})))


def test_a_guardian_who_states_the_new_number_stands_behind_the_same_user() -> None:
    """D-ACC-16: the register calls both the child's, so no second user is made of it."""
    day = Day()
    user = day.child(CHILD, DORTE, "barn")
    day.withdraw(user)
    _renumbered(day, DORTE)
    attempt, said = day.verify(NEW_NUMBER, DORTE)
    assert said.unwrap().child_has_user
    assert day.type_password("barn").unwrap().decision is LoginDecision.CODE_REQUIRED
    assert reason(day.create_child(attempt, "barn2")) == ("D-ACC-11", "already_exists")
    assert day.user_of(CHILD) == user


def test_a_child_is_not_created_again_under_a_new_number_on_the_clinics_card() -> None:
    """D-ACC-105: the card says so where the register does not; then staff change the number first.

    The guardian reads the one page, and staff what to do.
    """
    day = Day()
    user = day.child(CHILD, DORTE, "barn")
    day.family(NEW_NUMBER, DORTE)
    day.renumbered(NEW_NUMBER, CHILD)
    attempt, said = day.verify(NEW_NUMBER, DORTE)
    assert not said.unwrap().child_has_user
    refused = day.create_child(attempt, "barn2")
    assert reason(refused) == ("D-ACC-105", "number_changed")
    assert refused.failure().next_step is NextStep.CLINIC_CHANGES_NUMBER
    assert refused.failure().says.patient == CANNOT_VERIFY_PUBLIC
    assert went(day.move_number(CHILD, NEW_NUMBER))
    assert day.verify(NEW_NUMBER, DORTE)[1].unwrap().child_has_user
    assert day.user_of(NEW_NUMBER) == user
