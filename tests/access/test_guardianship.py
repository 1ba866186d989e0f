from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eservices_core.access import guardianship
from eservices_core.access.custody import (
    CustodyOutcome,
    CustodyReason,
    CustodyVerdict,
    Relation,
)
from eservices_core.access.facts import Guardian
from eservices_core.access.guardianship import (
    ByHandBasis,
    ByHandRelation,
    CustodyRenewed,
    EndAtFifteen,
    EndedBecause,
    GuardianshipEnded,
    GuardianshipRefusal,
    GuardianVerified,
    GuardianVerifiedByHand,
    RecordByHand,
    RecordVerified,
    Renew,
    Unverified,
    VerifiedByHand,
    VerifiedByRegister,
    Withdraw,
    decide,
    evolve,
    is_due,
    numbers_in,
    stands,
)
from eservices_core.clinic.settings import AccessSettings
from eservices_core.outcome import Failure, Success
from tests.access.play import Machine
from tests.access.strategies import (
    ANNA,
    BENT,
    DAY,
    FATHER,
    FIRST,
    HOUR,
    MOTHER,
    NOON,
    PASSPORT,
    SECOND_RECORD,
    TICK,
    evidence,
    instants,
    staff,
)

GUARDIANSHIP: Machine[
    guardianship.Guardianship, guardianship.Command, guardianship.Event, GuardianshipRefusal
] = Machine(decide, evolve, Unverified(), GuardianshipRefusal, guardianship.Event)

FRESH_FOR, STANDS_FOR = timedelta(days=30), timedelta(days=90)
LATER = NOON + 40 * DAY
FIFTEEN = NOON + 400 * DAY
FOSTER = ByHandBasis.FOSTER_CHILD
PARENT = ByHandRelation.FOSTER_PARENT
BY_HAND = RecordByHand(ANNA, MOTHER, PARENT, FOSTER, PASSPORT, NOON, LATER, FIFTEEN)
RECORD = RecordVerified(MOTHER, FIRST, "1.0.4a", Relation.MOTHER, NOON)
NONE = Unverified()
REGISTER = VerifiedByRegister(MOTHER, FIRST, "1.0.4a", Relation.MOTHER, NOON, NOON)
HAND = VerifiedByHand(ANNA, MOTHER, PARENT, FOSTER, PASSPORT, LATER)
STATES: tuple[guardianship.Guardianship, ...] = (NONE, REGISTER, HAND)
YES = CustodyVerdict(CustodyOutcome.VERIFIED)
NO = CustodyVerdict(CustodyOutcome.REFUSED, CustodyReason.NO_CUSTODY)
SILENCE = CustodyVerdict(CustodyOutcome.CANNOT_VERIFY, CustodyReason.REGISTER_SILENT)


# ----------------------------------------------------------------------------- by the register


def test_a_verification_is_kept_without_the_answer() -> None:
    """D-ACC-8: kept are who, when, relation and register version; the newest guardian counts."""
    for state in STATES:
        kept = Success((GuardianVerified(MOTHER, FIRST, "1.0.4a", NOON, Relation.MOTHER),))
        assert decide(state, RECORD) == kept
        assert GUARDIANSHIP.play(state, RECORD) == REGISTER
    father = RecordVerified(FATHER, SECOND_RECORD, "1.0.5", Relation.FATHER, LATER)
    assert GUARDIANSHIP.play(REGISTER, father) == VerifiedByRegister(
        FATHER, SECOND_RECORD, "1.0.5", Relation.FATHER, LATER, LATER
    )


def test_custody_is_asked_again_after_thirty_days() -> None:
    """D-ACC-9: over 30 days old means over: at 30 days it is fresh, an instant later it is due."""
    assert AccessSettings().custody_is_fresh_for == FRESH_FOR
    assert not is_due(REGISTER, NOON, FRESH_FOR)
    assert not is_due(REGISTER, NOON + 30 * DAY, FRESH_FOR)
    assert is_due(REGISTER, NOON + 30 * DAY + TICK, FRESH_FOR)
    assert not is_due(REGISTER, NOON - 30 * DAY - TICK, FRESH_FOR)
    assert not is_due(HAND, NOON + 1000 * DAY, FRESH_FOR)
    assert not is_due(NONE, NOON + 1000 * DAY, FRESH_FOR)


def test_an_answer_stands_ninety_days_while_the_register_is_silent() -> None:
    """D-ACC-9: at 90 days it stands, an instant later it does not."""
    assert AccessSettings().custody_stands_for == STANDS_FOR
    assert stands(REGISTER, NOON, STANDS_FOR) is Guardian.VERIFIED
    assert stands(REGISTER, NOON + 90 * DAY, STANDS_FOR) is Guardian.VERIFIED
    assert stands(REGISTER, NOON + 90 * DAY + TICK, STANDS_FOR) is Guardian.NOT_VERIFIED
    assert stands(NONE, NOON, STANDS_FOR) is Guardian.NOT_VERIFIED


def test_a_renewed_answer_stands_from_then_on() -> None:
    """D-ACC-9: what counts is when the register last confirmed it, not when the guardian came."""
    renew = Renew(YES, "2.0", Relation.OTHER_HOLDER, LATER)
    event = CustodyRenewed(LATER, "2.0", Relation.OTHER_HOLDER)
    assert decide(REGISTER, renew) == Success((event,))
    renewed = GUARDIANSHIP.play(REGISTER, renew)
    assert renewed == VerifiedByRegister(MOTHER, FIRST, "2.0", Relation.OTHER_HOLDER, NOON, LATER)
    assert stands(renewed, LATER + 90 * DAY, STANDS_FOR) is Guardian.VERIFIED
    assert stands(renewed, LATER + 90 * DAY + TICK, STANDS_FOR) is Guardian.NOT_VERIFIED
    assert not is_due(renewed, LATER + 30 * DAY, FRESH_FOR)
    assert is_due(renewed, LATER + 30 * DAY + TICK, FRESH_FOR)


def test_a_history_from_before_the_relation_was_recorded_is_read() -> None:
    """D-ACC-8: an older event has no relation; what it had stands until the register says more."""
    old = GuardianVerified(MOTHER, FIRST, "1.0.4a", NOON)
    unknown = VerifiedByRegister(MOTHER, FIRST, "1.0.4a", None, NOON, NOON)
    assert GUARDIANSHIP.given(old) == unknown
    renewed = VerifiedByRegister(MOTHER, FIRST, "1.0.4a", Relation.MOTHER, NOON, LATER)
    assert evolve(REGISTER, CustodyRenewed(LATER)) == renewed


def test_the_numbers_are_the_registers_to_ask_with() -> None:
    """D-KEEP-1: only a guardianship that is asked about again needs the numbers."""
    assert [numbers_in(state) for state in STATES] == [None, FIRST, None]


def test_custody_that_has_ended_ends_it() -> None:
    """D-ACC-9: the register's no closes two-factor until a present holder verifies."""
    for reason in CustodyReason:
        refused = Renew(CustodyVerdict(CustodyOutcome.REFUSED, reason), "2.0", None, LATER)
        ended = GuardianshipEnded(EndedBecause.CUSTODY_ENDED)
        assert decide(REGISTER, refused) == Success((ended,))
    assert GUARDIANSHIP.play(REGISTER, Renew(NO, "2.0", None, LATER)) == NONE
    assert GUARDIANSHIP.play(REGISTER, Renew(NO, "2.0", None, LATER), RECORD) == REGISTER


def test_a_silent_register_ends_nothing() -> None:
    """D-ACC-9: silence leaves the last answer as it is; any other 'cannot' ends it."""
    for reason in CustodyReason:
        cannot = Renew(CustodyVerdict(CustodyOutcome.CANNOT_VERIFY, reason), "2.0", None, LATER)
        if reason is CustodyReason.REGISTER_SILENT:
            assert decide(REGISTER, cannot) == Success(())
        else:
            ended = GuardianshipEnded(EndedBecause.CANNOT_BE_CONFIRMED)
            assert decide(REGISTER, cannot) == Success((ended,))


# ------------------------------------------------------------------------------------- by hand


def test_staff_verify_by_hand() -> None:
    """D-ACC-10: who, on what basis, how identity was seen, until when; and it shows as by hand."""
    event = GuardianVerifiedByHand(ANNA, FOSTER, PASSPORT, NOON, LATER, MOTHER, PARENT)
    for state in STATES:
        assert decide(state, BY_HAND) == Success((event,))
        assert GUARDIANSHIP.play(state, BY_HAND) == HAND
    assert stands(HAND, NOON, STANDS_FOR) is Guardian.VERIFIED
    assert stands(HAND, LATER - TICK, STANDS_FOR) is Guardian.VERIFIED
    assert stands(HAND, LATER, STANDS_FOR) is Guardian.NOT_VERIFIED
    assert stands(HAND, LATER - TICK, timedelta(0)) is Guardian.VERIFIED


def test_by_hand_ends_at_the_fifteenth_birthday_at_the_latest() -> None:
    """D-ACC-10: until the birthday and no longer, and not from the birthday on."""
    until_fifteen = RecordByHand(ANNA, MOTHER, PARENT, FOSTER, PASSPORT, NOON, FIFTEEN, FIFTEEN)
    assert isinstance(decide(NONE, until_fifteen), Success)
    past = Failure(GuardianshipRefusal.PAST_FIFTEEN)
    too_long = RecordByHand(ANNA, MOTHER, PARENT, FOSTER, PASSPORT, NOON, FIFTEEN + TICK, FIFTEEN)
    assert decide(NONE, too_long) == past
    for at in (FIFTEEN, FIFTEEN + DAY):
        for until in (NOON, FIFTEEN, at + DAY):
            late = RecordByHand(ANNA, MOTHER, PARENT, FOSTER, PASSPORT, at, until, FIFTEEN)
            assert decide(NONE, late) == past
    last = RecordByHand(ANNA, MOTHER, PARENT, FOSTER, PASSPORT, FIFTEEN - TICK, FIFTEEN, FIFTEEN)
    assert isinstance(decide(NONE, last), Success)


def test_by_hand_lasts_a_while() -> None:
    """D-ACC-10: it ends after it begins."""
    for until in (NOON, NOON - HOUR):
        empty = RecordByHand(ANNA, MOTHER, PARENT, FOSTER, PASSPORT, NOON, until, FIFTEEN)
        assert decide(NONE, empty) == Failure(GuardianshipRefusal.ENDS_BEFORE_IT_BEGINS)
    shortest = RecordByHand(ANNA, MOTHER, PARENT, FOSTER, PASSPORT, NOON, NOON + TICK, FIFTEEN)
    assert isinstance(decide(NONE, shortest), Success)


def test_the_bases_are_the_rulebooks() -> None:
    """D-ACC-10: foster children, replacement numbers, no CPR, no MitID, protected, 15 to 17."""
    assert {one.value for one in ByHandBasis} == {
        "foster_child",
        "replacement_number",
        "holder_without_number",
        "holder_without_mitid",
        "protected_family",
        "parent_of_15_to_17",
    }


def test_the_relations_by_hand_are_closed() -> None:
    """D-ACC-8, D-ACC-10: staff state one of five; a parent without custody is not among them."""
    assert {one.value for one in ByHandRelation} == {
        "mother",
        "father",
        "other_holder",
        "appointed_guardian",
        "foster_parent",
    }


def test_only_what_the_register_said_is_asked_again() -> None:
    """D-ACC-9: nothing is renewed where nobody, or a hand, stands behind it."""
    for verdict in (YES, NO):
        for state in (NONE, HAND):
            refused = Failure(GuardianshipRefusal.NOT_BY_REGISTER)
            assert decide(state, Renew(verdict, "2.0", None, LATER)) == refused


# --------------------------------------------------------------------------------------- its end


def test_staff_and_the_birthday_end_it() -> None:
    """D-ACC-5, D-ACC-10: withdrawn by staff or ended at 15, by register and by hand alike."""
    ends: list[tuple[guardianship.Command, EndedBecause]] = [
        (Withdraw(BENT), EndedBecause.WITHDRAWN_BY_CLINIC),
        (EndAtFifteen(), EndedBecause.TURNED_FIFTEEN),
    ]
    for command, because in ends:
        for state in (REGISTER, HAND):
            assert decide(state, command) == Success((GuardianshipEnded(because),))
            assert GUARDIANSHIP.play(state, command) == NONE
        assert decide(NONE, command) == Failure(GuardianshipRefusal.NOTHING_TO_END)


def test_every_reachable_state_answers_every_command() -> None:
    """D-ACC-15: each command is allowed or refused with a reason, in every state, never raised."""
    commands: list[guardianship.Command] = [
        RECORD,
        BY_HAND,
        RecordByHand(ANNA, MOTHER, PARENT, FOSTER, PASSPORT, NOON, NOON, FIFTEEN),
        Renew(YES, "2.0", None, NOON),
        Renew(NO, "2.0", None, NOON),
        Withdraw(BENT),
        EndAtFifteen(),
    ]
    renewed = VerifiedByRegister(MOTHER, FIRST, "2.0", Relation.MOTHER, NOON, NOON)
    assert GUARDIANSHIP.reachable(commands) == {*STATES, renewed}


def test_a_history_that_cannot_be_is_a_bug() -> None:
    """D-ACC-9: renewing what no register said, or ending nothing, is an assertion."""
    impossible: list[tuple[guardianship.Guardianship, guardianship.Event]] = [
        (NONE, CustodyRenewed(NOON)),
        (HAND, CustodyRenewed(NOON)),
        (NONE, GuardianshipEnded(EndedBecause.TURNED_FIFTEEN)),
    ]
    for state, event in impossible:
        with pytest.raises(AssertionError):
            _ = evolve(state, event)


# ---------------------------------------------------------------------------------- any history


def commands() -> st.SearchStrategy[guardianship.Command]:
    """Any command; any verdict that can be."""
    verdicts = st.just(YES) | st.builds(
        CustodyVerdict,
        st.sampled_from([CustodyOutcome.REFUSED, CustodyOutcome.CANNOT_VERIFY]),
        st.sampled_from(CustodyReason),
    )
    return st.one_of(
        st.builds(
            RecordVerified,
            st.just(MOTHER),
            st.just(FIRST),
            st.just("v"),
            st.sampled_from(Relation),
            instants(),
        ),
        st.builds(
            RecordByHand,
            staff(),
            st.sampled_from([MOTHER, None]),
            st.sampled_from(ByHandRelation),
            st.sampled_from(ByHandBasis),
            evidence(),
            instants(),
            instants(),
            instants(),
        ),
        st.builds(Renew, verdicts, st.just("v"), st.none(), instants()),
        st.builds(Withdraw, staff()),
        st.just(EndAtFifteen()),
    )


@given(st.lists(commands(), max_size=30), instants())
def test_a_guardian_stands_only_on_a_yes_that_is_not_too_old(
    history: list[guardianship.Command], at: datetime
) -> None:
    """D-ACC-9, D-ACC-10: what stands is a register's yes of 90 days or staff's word in its time."""
    state: guardianship.Guardianship = NONE
    until: datetime | None = None
    by_register = False
    for command in history:
        allowed = isinstance(decide(state, command), Success)
        state = GUARDIANSHIP.step(state, command)
        match command:
            case RecordVerified(at=said):
                until, by_register = said + STANDS_FOR + TICK, True
            case RecordByHand(at=begun, until=ends, turns_fifteen_at=fifteen):
                assert allowed == (begun < ends <= fifteen)
                if allowed:
                    until, by_register = ends, False
            case Renew(verdict, at=said):
                assert allowed == by_register
                if by_register and verdict == YES:
                    until = said + STANDS_FOR + TICK
                elif by_register and verdict != SILENCE:
                    until, by_register = None, False
            case Withdraw() | EndAtFifteen():
                assert allowed == (until is not None)
                until, by_register = None, False
        expected = until is not None and at < until
        assert (stands(state, at, STANDS_FOR) is Guardian.VERIFIED) == expected
