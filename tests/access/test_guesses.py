from datetime import datetime, timedelta
from functools import partial
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eservices_core.access import guesses
from eservices_core.access.guesses import (
    NO_GUESSES,
    WINDOW,
    Count,
    Forgive,
    GuessCounted,
    Guesses,
    GuessesForgiven,
    GuessRefusal,
    GuessWasRight,
    Purpose,
    Settle,
    decide,
    evolve,
    is_locked,
)
from eservices_core.clinic.settings import LIMIT_MAX, CodeLimits
from eservices_core.outcome import Failure, Success
from tests.access.play import Machine
from tests.access.strategies import ANNA, HOUR, MINUTE, NOON, PASSPORT, TICK

LIMITS = CodeLimits(tries_per_code=2, guesses_per_hour=3, failures_in_all=5, codes_per_hour=2)
FORGIVE, FORGIVEN = Forgive(ANNA, PASSPORT), GuessesForgiven(ANNA, PASSPORT)
GUESSING = (Purpose.PASSWORD, Purpose.CODE, Purpose.PROVE_ADDRESS)

GUESSES: Machine[Guesses, guesses.Command, guesses.Event, GuessRefusal] = Machine(
    partial(decide, limits=LIMITS), evolve, NO_GUESSES, GuessRefusal, guesses.Event
)


def _counted(*at: datetime, purpose: Purpose = Purpose.CODE, failures: int = 0) -> Guesses:
    return Guesses(tuple((purpose, one) for one in at), failures)


def _decide(state: Guesses, purpose: Purpose, at: datetime) -> Success[object] | GuessRefusal:
    outcome = decide(state, Count(purpose, at), LIMITS)
    return outcome.failure() if isinstance(outcome, Failure) else Success(outcome.unwrap())


# ------------------------------------------------------------------------------------ the window


def test_a_guess_is_counted_before_it_is_compared() -> None:
    """D-ACC-13: counting gives an event to store; until it proves right it is a failure."""
    for purpose in GUESSING:
        assert decide(NO_GUESSES, Count(purpose, NOON), LIMITS) == Success(
            (GuessCounted(purpose, NOON),)
        )
        assert GUESSES.after(Count(purpose, NOON)) == Guesses(((purpose, NOON),), 1)


def test_sending_a_code_is_counted_and_is_no_guess() -> None:
    """D-ACC-13: sending is limited too, by its own limit, and locks nobody out."""
    twice = GUESSES.after(Count(Purpose.SEND_CODE, NOON), Count(Purpose.SEND_CODE, NOON))
    assert twice == _counted(NOON, NOON, purpose=Purpose.SEND_CODE)
    assert _decide(twice, Purpose.SEND_CODE, NOON) is GuessRefusal.TOO_OFTEN
    assert _decide(twice, Purpose.SEND_CODE, NOON + HOUR) == Success(
        (GuessCounted(Purpose.SEND_CODE, NOON + HOUR),)
    )


@pytest.mark.parametrize("purpose", GUESSING)
def test_the_limit_of_an_hour_is_exact(purpose: Purpose) -> None:
    """D-ACC-13: the last within the limit is compared, the next is not until an hour is over."""
    two = _counted(NOON, NOON + MINUTE, purpose=purpose)
    three = _counted(NOON, NOON + MINUTE, NOON + MINUTE, purpose=purpose)
    assert isinstance(_decide(two, purpose, NOON + MINUTE), Success)
    assert _decide(three, purpose, NOON + MINUTE) is GuessRefusal.TOO_OFTEN
    assert _decide(three, purpose, NOON + HOUR - TICK) is GuessRefusal.TOO_OFTEN
    assert isinstance(_decide(three, purpose, NOON + HOUR), Success)
    assert WINDOW == HOUR


def test_each_purpose_is_counted_for_itself() -> None:
    """D-ACC-13: codes used up leave passwords their room."""
    full = _counted(NOON, NOON, NOON, purpose=Purpose.CODE)
    for purpose in Purpose:
        allowed = isinstance(_decide(full, purpose, NOON), Success)
        assert allowed == (purpose is not Purpose.CODE)


def test_a_clock_set_back_makes_no_room() -> None:
    """D-ACC-13: what was counted in what is now the future counts as well (faults: 92)."""
    full = _counted(NOON, NOON, NOON)
    assert _decide(full, Purpose.CODE, NOON - TICK) is GuessRefusal.TOO_OFTEN
    assert _decide(full, Purpose.CODE, NOON - 10 * HOUR) is GuessRefusal.TOO_OFTEN
    kept = evolve(_counted(NOON, NOON), GuessCounted(Purpose.CODE, NOON - HOUR))
    assert kept == _counted(NOON, NOON, NOON - HOUR, failures=1)


def test_as_much_is_kept_as_any_limit_asks_about() -> None:
    """D-ACC-106: a hundred of each purpose, the latest by the clock, and no more."""
    state = evolve(NO_GUESSES, GuessCounted(Purpose.PASSWORD, NOON))
    for minute in range(1, LIMIT_MAX + 1):
        state = evolve(state, GuessCounted(Purpose.SEND_CODE, NOON + minute * MINUTE))
    assert len(state.counted) == LIMIT_MAX + 1
    full = evolve(state, GuessCounted(Purpose.SEND_CODE, NOON + 2 * MINUTE))
    assert len(full.counted) == LIMIT_MAX + 1
    assert (Purpose.PASSWORD, NOON) in full.counted, "each purpose for itself"
    assert (Purpose.SEND_CODE, NOON + MINUTE) not in full.counted, "the earliest is gone"
    assert full.counted[-1] == (Purpose.SEND_CODE, NOON + 2 * MINUTE)
    assert evolve(state, GuessCounted(Purpose.SEND_CODE, NOON)) == state, "itself the earliest"


@pytest.mark.parametrize("days", [1, 3, 1000])
def test_a_clock_that_jumps_ahead_and_back_makes_no_room(days: int) -> None:
    """D-ACC-106: any jump ahead and back leaves the hour as full as it was (faults: 174)."""
    limits = CodeLimits()
    state = NO_GUESSES
    for _ in range(limits.guesses_per_hour):
        state = evolve(state, GuessCounted(Purpose.CODE, NOON))
    state = evolve(state, GuessCounted(Purpose.CODE, NOON + days * 24 * HOUR))
    again = decide(state, Count(Purpose.CODE, NOON + TICK), limits)
    assert again == Failure(GuessRefusal.TOO_OFTEN)


def test_the_defaults_are_those_of_the_rulebook() -> None:
    """D-ACC-13: ten minutes at most, three tries, ten guesses an hour, fifty in all."""
    limits = CodeLimits()
    assert limits.lifetime == timedelta(minutes=10)
    assert (limits.tries_per_code, limits.guesses_per_hour) == (3, 10)
    assert (limits.failures_in_all, limits.codes_per_hour) == (50, 6)


@pytest.mark.parametrize(
    "wrong",
    [
        {"lifetime": timedelta(minutes=10, microseconds=1)},
        {"lifetime": timedelta(0)},
        {"tries_per_code": 0},
        {"tries_per_code": 11},
        {"guesses_per_hour": 51},
        {"failures_in_all": 101},
        {"codes_per_hour": 0},
        {"codes_per_hour": 101},
    ],
    ids=str,
)
def test_limits_that_are_none_cannot_be_set(wrong: dict[str, Any]) -> None:
    """D-ACC-13: a code lives ten minutes at most, and no limit can be taken away by a setting."""
    with pytest.raises(AssertionError):
        _ = CodeLimits(**wrong)
    edge = CodeLimits(timedelta(minutes=10), 1, 1, 1, 1)
    assert edge.failures_in_all == 1
    assert CodeLimits(failures_in_all=100).failures_in_all == 100


# -------------------------------------------------------------------------------------- the lock


def test_failures_in_a_row_lock_and_only_the_clinic_opens() -> None:
    """D-ACC-13: at the limit in all nothing is compared any more, however long one waits."""
    four = Guesses(failures=4)
    assert not is_locked(four, LIMITS)
    five = GUESSES.play(four, Count(Purpose.PASSWORD, NOON))
    assert is_locked(five, LIMITS)
    assert is_locked(Guesses(failures=6), LIMITS)
    for purpose in Purpose:
        assert _decide(five, purpose, NOON + 1000 * HOUR) is GuessRefusal.LOCKED
    assert decide(five, FORGIVE, LIMITS) == Success((FORGIVEN,))
    assert GUESSES.play(five, FORGIVE) == NO_GUESSES


def test_the_guess_at_the_limit_may_still_be_right() -> None:
    """D-ACC-13: the last guess was counted and is compared; right, it forgives the failures."""
    five = GUESSES.play(Guesses(failures=4), Count(Purpose.CODE, NOON))
    assert decide(five, Settle(), LIMITS) == Success((GuessWasRight(),))
    right = GUESSES.play(five, Settle())
    assert right == _counted(NOON)
    assert not is_locked(right, LIMITS)


def test_a_right_guess_forgives_failures_and_not_the_hour() -> None:
    """D-ACC-13: who guesses right still cannot guess more often."""
    right = GUESSES.play(_counted(NOON, NOON, NOON, failures=3), Settle())
    assert right == _counted(NOON, NOON, NOON)
    assert _decide(right, Purpose.CODE, NOON) is GuessRefusal.TOO_OFTEN


def test_there_may_be_nothing_to_forgive() -> None:
    """D-ACC-13: settling without failures says nothing; the clinic's word is always recorded."""
    assert decide(_counted(NOON), Settle(), LIMITS) == Success(())
    assert decide(NO_GUESSES, FORGIVE, LIMITS) == Success((FORGIVEN,))


# --------------------------------------------------------------------------------- any sequence


def counts() -> st.SearchStrategy[guesses.Command]:
    """Commands at any of a few instants, before and after one another."""
    return st.one_of(
        st.builds(
            Count,
            st.sampled_from(Purpose),
            st.integers(-90, 90).map(lambda minutes: NOON + minutes * MINUTE),
        ),
        st.just(Settle()),
        st.just(FORGIVE),
    )


@given(
    st.lists(
        st.tuples(st.sampled_from(Purpose), st.sampled_from([0, 1, 59, 60, 61, 4000, -1, -4000])),
        max_size=40,
    )
)
def test_nothing_that_was_counted_is_forgotten_whatever_the_clock_does(
    steps: list[tuple[Purpose, int]],
) -> None:
    """D-ACC-106, faults: 92, 174. The answer is that of a budget that never forgets a count."""
    limits = CodeLimits(tries_per_code=1, guesses_per_hour=3, failures_in_all=100, codes_per_hour=2)
    state, at = NO_GUESSES, NOON
    counted: list[tuple[Purpose, datetime]] = []
    for purpose, minutes in steps:
        at += minutes * MINUTE
        since = at - WINDOW
        allowed = 2 if purpose is Purpose.SEND_CODE else 3
        room = sum(which is purpose and when > since for which, when in counted) < allowed
        outcome = decide(state, Count(purpose, at), limits)
        assert isinstance(outcome, Success) == room
        if isinstance(outcome, Success):
            counted.append((purpose, at))
            state = evolve(state, GuessCounted(purpose, at))


@given(st.lists(counts(), max_size=40))
def test_failures_are_the_guesses_since_the_last_right_one(
    history: list[guesses.Command],
) -> None:
    """D-ACC-13: whatever the clock does, only being right or the clinic's word takes them away."""
    state, failures = NO_GUESSES, 0
    for command in history:
        allowed = isinstance(decide(state, command, LIMITS), Success)
        state = GUESSES.step(state, command)
        match command:
            case Count(purpose, _):
                failures += allowed and purpose is not Purpose.SEND_CODE
            case Settle() | Forgive():
                assert allowed
                failures = 0
        assert state.failures == failures <= LIMITS.failures_in_all
        assert is_locked(state, LIMITS) == (failures == LIMITS.failures_in_all)
        if is_locked(state, LIMITS):
            assert _decide(state, Purpose.PASSWORD, NOON + HOUR) is GuessRefusal.LOCKED
