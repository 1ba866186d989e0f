from datetime import datetime

from attrs import frozen
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from eservices_core.access.two_factor import (
    Attempt,
    AwaitingCode,
    Command,
    GiveUp,
    Ground,
    NotBegun,
    Over,
    SendCode,
    Settle,
    TakeTry,
    TwoFactorRefusal,
    decide,
    evolve,
    why_no_code,
)
from eservices_core.outcome import Failure
from eservices_core.words.identifiers import BrowserId, ContentId, UserId
from eservices_core.words.lifetimes import ATTEMPT_LIVES
from tests.access.strategies import MINUTE, NOON, browsers

TRIES = 3
LIFETIME = 10 * MINUTE


@frozen
class Comparison:
    """A try that was taken: the code that was typed, and the digest it will be compared with."""

    typed: str
    digest: str


GROUND = Ground(ContentId("password"), ContentId("address"))


class TwoFactorMachine(RuleBasedStateMachine):
    """D-ACC-13: one attempt; codes are sent, tried and compared in any order, in two browsers."""

    def __init__(self) -> None:
        super().__init__()
        self.state: Attempt = NotBegun()
        self.at = self.begun_at = self.sent_at = NOON
        self.sent: list[tuple[str, datetime]] = []
        self.owner: tuple[UserId, BrowserId] | None = None
        self.waiting: list[Comparison] = []
        self.comparisons = self.logins = 0
        self.over = False

    def _send(self, user: UserId, browser: BrowserId, digest: str) -> SendCode:
        return SendCode(user, browser, digest, self.at, self.at + LIFETIME, GROUND, TRIES)

    def _try(self, command: Command) -> TwoFactorRefusal | None:
        outcome = decide(self.state, command)
        if isinstance(outcome, Failure):
            return outcome.failure()
        for event in outcome.unwrap():
            self.state = evolve(self.state, event)
        return None

    @rule(browser=browsers(), user=st.sampled_from([UserId("karen"), UserId("jens")]))
    def send(self, browser: BrowserId, user: UserId) -> None:
        """Have a code sent, first or again."""
        digest = f"digest-{len(self.sent)}"
        refusal = self._try(self._send(user, browser, digest))
        if self.over:
            assert refusal is TwoFactorRefusal.OVER
        elif self.owner is not None and browser != self.owner[1]:
            assert refusal is TwoFactorRefusal.OTHER_BROWSER
        elif self.owner is not None and user != self.owner[0]:
            assert refusal is TwoFactorRefusal.OTHER_USER
        elif self.owner is not None and self._attempt_is_dead:
            assert refusal is TwoFactorRefusal.EXPIRED
        elif self.comparisons == TRIES:
            assert refusal is TwoFactorRefusal.NO_TRIES_LEFT
        else:
            assert refusal is None
            if self.owner is None:
                self.begun_at = self.at
            self.owner = (user, browser)
            self.sent_at = self.at
            ends = min(self.at + LIFETIME, self.begun_at + ATTEMPT_LIVES)
            self.sent.append((digest, ends))

    @rule(browser=browsers(), code=st.integers(0, 5))
    def try_a_code(self, browser: BrowserId, code: int) -> None:
        """Type a code that was sent, or may be sent later."""
        asked = why_no_code(self.state, browser, self.at)
        refusal = self._try(TakeTry(browser, self.at))
        assert asked is refusal
        if self.owner is None:
            assert refusal is TwoFactorRefusal.NOT_BEGUN
        elif self.over:
            assert refusal is TwoFactorRefusal.OVER
        elif browser != self.owner[1]:
            assert refusal is TwoFactorRefusal.OTHER_BROWSER
        elif self._attempt_is_dead or not self.sent_at - MINUTE <= self.at < self.sent[-1][1]:
            assert refusal is TwoFactorRefusal.EXPIRED
        elif self.comparisons == TRIES:
            assert refusal is TwoFactorRefusal.NO_TRIES_LEFT
        else:
            assert refusal is None
            self.comparisons += 1
            self.waiting.append(Comparison(f"digest-{code}", self.sent[-1][0]))

    @precondition(lambda self: self.waiting)
    @rule(data=st.data())
    def compare(self, data: st.DataObject) -> None:
        """Finish any of the comparisons that are under way."""
        comparison = self.waiting.pop(data.draw(st.integers(0, len(self.waiting) - 1)))
        matches = comparison.typed == comparison.digest
        refusal = self._try(Settle(comparison.digest, matches))
        if self.over:
            assert refusal is TwoFactorRefusal.OVER
        elif matches and comparison.digest != self.sent[-1][0]:
            assert refusal is TwoFactorRefusal.REPLACED
        else:
            assert refusal is None
            self.over = matches
            self.logins += matches

    @precondition(lambda self: len(self.sent) > 1)
    @rule()
    def give_up(self) -> None:
        """Leave; not too early, so that attempts get long."""
        assert self._try(GiveUp()) is (TwoFactorRefusal.OVER if self.over else None)
        self.over = True

    @property
    def _attempt_is_dead(self) -> bool:
        return not self.begun_at - MINUTE <= self.at < self.begun_at + ATTEMPT_LIVES

    @rule(minutes=st.sampled_from([1, 5, 10, -1, -5, 2000, -2000]))
    def wait(self, minutes: int) -> None:
        """Let time pass, or set the clock."""
        self.at += minutes * MINUTE

    @invariant()
    def no_more_comparisons_than_tries_however_often_a_code_is_sent(self) -> None:
        """D-ACC-13: the tries are the attempt's (faults: 87, 88, 89)."""
        assert self.comparisons <= TRIES
        if isinstance(self.state, AwaitingCode):
            assert self.state.tries_left == TRIES - self.comparisons

    @invariant()
    def at_most_one_login(self) -> None:
        """D-ACC-13: a code works once, and ends the attempt."""
        assert self.logins <= 1
        assert isinstance(self.state, Over) == self.over


TestTwoFactor = TwoFactorMachine.TestCase
