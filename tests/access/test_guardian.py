from datetime import timedelta

import pytest
from attrs import evolve as with_changes
from hypothesis import given
from hypothesis import strategies as st

from eservices_core.access import guardian
from eservices_core.access.custody import (
    CustodyOutcome,
    CustodyReason,
    CustodyVerdict,
    Relation,
)
from eservices_core.access.guardian import (
    ASKED_WITHIN,
    Attempt,
    ChildAsked,
    CustodyConfirmed,
    GuardianIdentified,
    GuardianReason,
    GuardianRefusal,
    Identified,
    Identify,
    Judge,
    NotBegun,
    NumbersStated,
    RegisterWasSilent,
    State,
    Stated,
    Unhappy,
    UsedUp,
    UseUp,
    VerificationEnded,
    VerificationUsed,
    Verified,
    asked_children,
    decide,
    evolve,
    note_child,
)
from eservices_core.access.mitid import Acceptance
from eservices_core.clinic.settings import LIMIT_MAX
from eservices_core.outcome import Failure, Success
from eservices_core.words.identifiers import Pseudonym
from eservices_core.words.lifetimes import ATTEMPT_LIVES
from tests.access.play import Machine
from tests.access.strategies import (
    CHILD,
    DAY,
    FATHER,
    FIRST,
    HOUR,
    LAPTOP,
    MINUTE,
    MOTHER,
    NOON,
    PHONE,
    TICK,
)

ATTEMPT: Machine[Attempt, guardian.Command, guardian.Event, GuardianRefusal] = Machine(
    decide, evolve, NotBegun(), GuardianRefusal, guardian.Event
)

SOON = NOON + MINUTE
LATE = NOON + 30 * MINUTE
OTHERS = frozenset(Pseudonym(f"child-{number}") for number in range(4))
FIVE = OTHERS | {Pseudonym("child-4")}

STATE = State(CHILD, MOTHER, FIRST, LAPTOP, NOON)
STATED = Stated(CHILD, MOTHER, FIRST, LAPTOP, NOON)
IDENTIFY = Identify(Acceptance.ACCEPTED, MOTHER, LAPTOP, frozenset(), 5, SOON)
IDENTIFIED = Identified(CHILD, MOTHER, FIRST, LAPTOP, NOON)
YES = CustodyVerdict(CustodyOutcome.VERIFIED)
NO = CustodyVerdict(CustodyOutcome.REFUSED, CustodyReason.NO_CUSTODY)
SILENT = CustodyVerdict(CustodyOutcome.CANNOT_VERIFY, CustodyReason.REGISTER_SILENT)
JUDGE = Judge(YES, "1.0.4a", Relation.MOTHER, SOON)
VERIFIED = Verified(CHILD, MOTHER, FIRST, LAPTOP, NOON, "1.0.4a", Relation.MOTHER)
USE_UP = UseUp(LAPTOP, SOON)
UNHAPPY = Unhappy(GuardianReason.NO_CUSTODY)
NONE = NotBegun()

STATES: tuple[Attempt, ...] = (NONE, STATED, IDENTIFIED, VERIFIED, UsedUp(), UNHAPPY)


def _ended(reason: GuardianReason) -> Success[tuple[guardian.Event, ...]]:
    return Success((VerificationEnded(reason),))


# ------------------------------------------------------------------------------ stories, by rule


def test_a_guardian_is_verified_step_by_step() -> None:
    """S-ACC-6, S-ACC-9: two numbers, the guardian's own MitID, the register's yes; used once."""
    assert decide(NONE, STATE) == Success((NumbersStated(CHILD, MOTHER, FIRST, LAPTOP, NOON),))
    assert ATTEMPT.after(STATE) == STATED
    assert decide(STATED, IDENTIFY) == Success((GuardianIdentified(),))
    assert ATTEMPT.after(STATE, IDENTIFY) == IDENTIFIED
    assert decide(IDENTIFIED, JUDGE) == Success((CustodyConfirmed("1.0.4a", Relation.MOTHER),))
    assert ATTEMPT.after(STATE, IDENTIFY, JUDGE) == VERIFIED
    assert decide(VERIFIED, USE_UP) == Success((VerificationUsed(),))
    assert ATTEMPT.after(STATE, IDENTIFY, JUDGE, USE_UP) == UsedUp()


R = GuardianRefusal
ANSWERS: list[tuple[guardian.Command, tuple[GuardianRefusal | None, ...]]] = [
    # command, then the refusal in each of: not begun, stated, identified, verified, used, unhappy
    (STATE, (None, *(R.ALREADY_BEGUN,) * 5)),
    (IDENTIFY, (R.NOT_BEGUN, None, *(R.OVER,) * 4)),
    (JUDGE, (R.NOT_BEGUN, R.NOT_IDENTIFIED, None, *(R.OVER,) * 3)),
    (USE_UP, (R.NOT_BEGUN, R.NOT_VERIFIED, R.NOT_VERIFIED, None, R.OVER, R.OVER)),
]


def test_every_step_has_its_place() -> None:
    """D-ACC-8: nothing is judged before the guardian's MitID has come back (faults: 11)."""
    for command, refusals in ANSWERS:
        for state, refusal in zip(STATES, refusals, strict=True):
            outcome = decide(state, command)
            if refusal is None:
                assert isinstance(outcome, Success), f"{command} in {state}"
            else:
                assert outcome == Failure(refusal), f"{command} in {state}"


@pytest.mark.parametrize(
    "acceptance", [one for one in Acceptance if one is not Acceptance.ACCEPTED]
)
def test_an_identity_that_is_not_acceptable_ends_it(acceptance: Acceptance) -> None:
    """D-ACC-3, D-ACC-8: the guardian's MitID must be as good as a patient's own (faults: 109)."""
    not_acceptable = _ended(GuardianReason.IDENTITY_NOT_ACCEPTABLE)
    assert decide(STATED, with_changes(IDENTIFY, acceptance=acceptance)) == not_acceptable
    both = with_changes(IDENTIFY, acceptance=acceptance, number=FATHER, asked_before=FIVE)
    assert decide(STATED, both) == not_acceptable


def test_another_identity_than_the_stated_one_ends_it() -> None:
    """D-ACC-8: the number that MitID gives must be the one that was stated."""
    for number in (FATHER, CHILD, None):
        other = with_changes(IDENTIFY, number=number, asked_before=FIVE)
        assert decide(STATED, other) == _ended(GuardianReason.IDENTITY_NOT_THE_STATED_ONE)


def test_five_different_children_in_a_day() -> None:
    """D-ACC-8: the fifth is asked about, the sixth only through the clinic; one again is free."""
    fifth = with_changes(IDENTIFY, asked_before=OTHERS)
    assert decide(STATED, fifth) == Success((GuardianIdentified(),))
    sixth = with_changes(IDENTIFY, asked_before=FIVE)
    assert decide(STATED, sixth) == _ended(GuardianReason.TOO_MANY_CHILDREN)
    again = with_changes(IDENTIFY, asked_before=OTHERS | {CHILD})
    assert decide(STATED, again) == Success((GuardianIdentified(),))
    again_of_six = with_changes(IDENTIFY, asked_before=FIVE | {CHILD})
    assert decide(STATED, again_of_six) == _ended(GuardianReason.TOO_MANY_CHILDREN)


def test_a_silent_register_changes_nothing() -> None:
    """D-ACC-8: silence leaves the attempt as it is, to try again."""
    assert decide(IDENTIFIED, Judge(SILENT, "", None, SOON)) == Success((RegisterWasSilent(),))
    assert ATTEMPT.play(IDENTIFIED, Judge(SILENT, "", None, SOON)) == IDENTIFIED
    assert ATTEMPT.play(IDENTIFIED, Judge(SILENT, "", None, SOON), JUDGE) == VERIFIED


@pytest.mark.parametrize(
    "reason", [one for one in CustodyReason if one is not CustodyReason.REGISTER_SILENT]
)
def test_every_other_verdict_ends_it_with_its_reason(reason: CustodyReason) -> None:
    """D-ACC-8: each unhappy end is told to staff as what it was, whether 'no' or 'cannot'."""
    for outcome in (CustodyOutcome.REFUSED, CustodyOutcome.CANNOT_VERIFY):
        judge = Judge(CustodyVerdict(outcome, reason), "1.0.4a", None, SOON)
        expected = GuardianReason[reason.name]
        assert decide(IDENTIFIED, judge) == _ended(expected)
        assert ATTEMPT.play(IDENTIFIED, judge) == Unhappy(expected)


def test_an_attempt_belongs_to_its_browser() -> None:
    """D-ACC-3, D-ACC-8: MitID's answer counts only where the attempt was begun."""
    other = Failure(GuardianRefusal.OTHER_BROWSER)
    assert decide(STATED, with_changes(IDENTIFY, browser=PHONE)) == other
    assert decide(STATED, with_changes(IDENTIFY, browser=PHONE, at=LATE)) == other
    assert decide(VERIFIED, UseUp(PHONE, SOON)) == other
    assert decide(VERIFIED, UseUp(PHONE, LATE)) == other


def test_an_attempt_lives_half_an_hour() -> None:
    """D-ACC-8: good until the instant before, at every step (faults: 80)."""
    assert timedelta(minutes=30) == ATTEMPT_LIVES
    expired = Failure(GuardianRefusal.EXPIRED)
    steps: list[tuple[Attempt, guardian.Command, guardian.Command]] = [
        (STATED, with_changes(IDENTIFY, at=LATE - TICK), with_changes(IDENTIFY, at=LATE)),
        (IDENTIFIED, Judge(YES, "v", None, LATE - TICK), Judge(YES, "v", None, LATE)),
        (VERIFIED, UseUp(LAPTOP, LATE - TICK), UseUp(LAPTOP, LATE)),
    ]
    for state, in_time, too_late in steps:
        assert isinstance(decide(state, in_time), Success)
        assert decide(state, too_late) == expired
    late_silence = Judge(SILENT, "", None, LATE + MINUTE)
    assert decide(IDENTIFIED, late_silence) == expired


def test_what_staff_can_be_told_covers_every_reason() -> None:
    """D-ACC-8: the reasons of the register's half are all among those that staff are told."""
    extra = {
        GuardianReason.MALFORMED_CPR,
        GuardianReason.IDENTITY_NOT_ACCEPTABLE,
        GuardianReason.IDENTITY_NOT_THE_STATED_ONE,
        GuardianReason.TOO_MANY_CHILDREN,
    }
    assert {one.value for one in GuardianReason} - {one.value for one in extra} == {
        one.value for one in CustodyReason
    }


def test_every_reachable_state_answers_every_command() -> None:
    """D-ACC-15: each command is allowed or refused with a reason, in every state, never raised."""
    commands: list[guardian.Command] = [
        STATE,
        IDENTIFY,
        with_changes(IDENTIFY, number=None),
        with_changes(IDENTIFY, acceptance=Acceptance.CPR_MISSING),
        with_changes(IDENTIFY, browser=PHONE),
        with_changes(IDENTIFY, asked_before=FIVE),
        JUDGE,
        Judge(NO, "1.0.4a", None, SOON),
        Judge(SILENT, "", None, SOON),
        Judge(YES, "1.0.4a", Relation.MOTHER, LATE),
        USE_UP,
        UseUp(PHONE, SOON),
        UseUp(LAPTOP, LATE),
    ]
    unhappy = {
        Unhappy(GuardianReason.IDENTITY_NOT_ACCEPTABLE),
        Unhappy(GuardianReason.IDENTITY_NOT_THE_STATED_ONE),
        Unhappy(GuardianReason.TOO_MANY_CHILDREN),
    }
    assert ATTEMPT.reachable(commands) == {*STATES, *unhappy}


def test_a_history_that_cannot_be_is_a_bug() -> None:
    """D-ACC-8: an event that `decide` cannot have given in that state is an assertion."""
    possible: list[tuple[guardian.Event, tuple[Attempt, ...]]] = [
        (NumbersStated(CHILD, MOTHER, FIRST, LAPTOP, NOON), (NONE,)),
        (GuardianIdentified(), (STATED,)),
        (RegisterWasSilent(), (IDENTIFIED,)),
        (CustodyConfirmed("1.0.4a", Relation.MOTHER), (IDENTIFIED,)),
        (VerificationUsed(), (VERIFIED,)),
        (VerificationEnded(GuardianReason.NO_CUSTODY), (STATED, IDENTIFIED)),
    ]
    for event, states in possible:
        for state in STATES:
            if state in states:
                assert evolve(state, event) in STATES
            else:
                with pytest.raises(AssertionError):
                    _ = evolve(state, event)


# --------------------------------------------------------------------------- children asked about


def test_children_are_counted_over_24_hours() -> None:
    """D-ACC-8: a child counts until the instant 24 hours later, once however often it is asked."""
    assert timedelta(hours=24) == ASKED_WITHIN
    asked = (ChildAsked(CHILD, NOON), ChildAsked(CHILD, NOON + HOUR), ChildAsked(MOTHER, NOON))
    assert asked_children(asked, NOON + HOUR) == {CHILD, MOTHER}
    assert asked_children(asked, NOON + DAY - TICK) == {CHILD, MOTHER}
    assert asked_children(asked, NOON + DAY) == {CHILD}
    assert asked_children(asked, NOON + DAY + HOUR) == frozenset()
    assert asked_children((), NOON) == frozenset()


def test_each_child_is_noted_once_when_it_was_last_asked_about() -> None:
    """D-ACC-8: the latest by the clock; of more than a hundred children the earliest is let go."""
    old, new = ChildAsked(CHILD, NOON), ChildAsked(CHILD, NOON + DAY)
    other = ChildAsked(FATHER, NOON + HOUR)
    assert note_child((), old) == (old,)
    assert note_child((old, other), new) == (other, new)
    assert note_child((other, new), old) == (other, new)
    many = tuple(
        ChildAsked(Pseudonym(f"child-{number}"), NOON + number * MINUTE)
        for number in range(LIMIT_MAX)
    )
    assert note_child(many, new) == (*many[1:], new)


def test_a_clock_that_jumps_ahead_and_back_forgets_no_child() -> None:
    """D-ACC-106, faults: 174. Five children of today count after a moment in the far future."""
    asked: guardian.Asked = ()
    for child in FIVE:
        asked = note_child(asked, ChildAsked(child, NOON))
    asked = note_child(asked, ChildAsked(CHILD, NOON + 1000 * DAY))
    assert asked_children(asked, NOON + HOUR) == {*FIVE, CHILD}


def test_an_attempt_of_the_future_is_over() -> None:
    """D-ACC-106: a clock that was set back behind its beginning revives no attempt (faults: 92)."""
    early = NOON - MINUTE - TICK
    steps: list[tuple[Attempt, guardian.Command]] = [
        (STATED, with_changes(IDENTIFY, at=early)),
        (IDENTIFIED, Judge(YES, "1.0.4a", Relation.MOTHER, early)),
        (VERIFIED, UseUp(LAPTOP, early)),
    ]
    for state, command in steps:
        assert decide(state, command) == Failure(GuardianRefusal.EXPIRED)


@given(
    st.lists(
        st.tuples(
            st.sampled_from([Pseudonym(f"child-{number}") for number in range(8)]),
            st.integers(0, 5),
        ),
        max_size=30,
    )
)
def test_never_more_than_five_children_in_any_day(steps: list[tuple[Pseudonym, int]]) -> None:
    """D-ACC-8: whoever asks on and on asks about five different children in any 24 hours."""
    at, seen = NOON, list[ChildAsked]()
    state: guardian.Asked = ()
    for child, hours in steps:
        at += hours * HOUR
        begun = Stated(child, MOTHER, FIRST, LAPTOP, at)
        command = with_changes(IDENTIFY, asked_before=asked_children(state, at), at=at)
        if decide(begun, command) == Success((GuardianIdentified(),)):
            state = note_child(state, ChildAsked(child, at))
            seen.append(ChildAsked(child, at))
        day = {one.child for one in seen if one.at > at - DAY}
        assert len(day) <= 5
        assert asked_children(state, at) == day
