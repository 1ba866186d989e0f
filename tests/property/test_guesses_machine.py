from datetime import datetime, timedelta

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from eservices_core.access.guesses import (
    NO_GUESSES,
    Command,
    Count,
    Forgive,
    GuessRefusal,
    Purpose,
    Settle,
    decide,
    evolve,
    is_locked,
)
from eservices_core.clinic.settings import LIMIT_MAX, CodeLimits
from eservices_core.outcome import Failure
from tests.access.strategies import ANNA, HOUR, MINUTE, NOON, PASSPORT

LIMITS = CodeLimits(tries_per_code=2, guesses_per_hour=3, failures_in_all=8, codes_per_hour=2)
ALLOWED = dict.fromkeys(Purpose, LIMITS.guesses_per_hour) | {
    Purpose.SEND_CODE: LIMITS.codes_per_hour
}


class GuessesMachine(RuleBasedStateMachine):
    """D-ACC-13: one budget, guessed at over real time by a clock that may be set back."""

    def __init__(self) -> None:
        super().__init__()
        self.state = NO_GUESSES
        self.real = NOON
        self.behind = timedelta(0)
        self.compared: list[tuple[Purpose, datetime]] = []
        self.failures = 0

    def _try(self, command: Command) -> GuessRefusal | None:
        outcome = decide(self.state, command, LIMITS)
        if isinstance(outcome, Failure):
            return outcome.failure()
        for event in outcome.unwrap():
            self.state = evolve(self.state, event)
        return None

    def _within_a_real_hour(self, purpose: Purpose) -> int:
        since = self.real - HOUR
        return sum(one is purpose and at > since for one, at in self.compared)

    @rule(purpose=st.sampled_from(Purpose))
    def count(self, purpose: Purpose) -> None:
        """Guess, or have a code sent."""
        room = self._within_a_real_hour(purpose) < ALLOWED[purpose]
        refusal = self._try(Count(purpose, self.real - self.behind))
        if self.failures >= LIMITS.failures_in_all:
            assert refusal is GuessRefusal.LOCKED
        elif refusal is None:
            assert room
            self.compared.append((purpose, self.real))
            self.failures += purpose is not Purpose.SEND_CODE
        else:
            assert refusal is GuessRefusal.TOO_OFTEN
            # Setting the clock back may cost room; without that, room is given to the instant.
            assert self.behind or not room

    @rule()
    def settle(self) -> None:
        """Be right."""
        assert self._try(Settle()) is None
        self.failures = 0

    @rule()
    def forgive(self) -> None:
        """Have the clinic unlock the login."""
        assert self._try(Forgive(ANNA, PASSPORT)) is None
        self.failures = 0
        self.compared.clear()

    @rule(minutes=st.sampled_from([1, 20, 59, 60, 61, 600]))
    def wait(self, minutes: int) -> None:
        """Let time pass."""
        self.real += minutes * MINUTE

    @rule(minutes=st.sampled_from([1, 60, 90, 10_000]))
    def set_the_clock_back(self, minutes: int) -> None:
        """Set the clock back, for good (faults: 92)."""
        self.behind += minutes * MINUTE

    @invariant()
    def in_any_hour_no_more_than_the_limit(self) -> None:
        """D-ACC-13: per purpose, in any hour of real time."""
        for purpose in Purpose:
            assert self._within_a_real_hour(purpose) <= ALLOWED[purpose]

    @invariant()
    def failures_lock_until_right_or_forgiven(self) -> None:
        """D-ACC-13: nothing else takes failures away."""
        assert self.state.failures == self.failures <= LIMITS.failures_in_all
        assert is_locked(self.state, LIMITS) == (self.failures == LIMITS.failures_in_all)

    @invariant()
    def the_state_stays_small(self) -> None:
        """D-ACC-13: what is kept does not grow with the guessing."""
        assert len(self.state.counted) <= len(Purpose) * LIMIT_MAX


TestGuesses = GuessesMachine.TestCase
