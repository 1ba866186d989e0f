from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from eservices_core.access.custody import CustodyOutcome, CustodyReason, CustodyVerdict
from eservices_core.access.guardian import (
    Attempt,
    Command,
    GuardianReason,
    GuardianRefusal,
    Identify,
    Judge,
    NotBegun,
    State,
    Unhappy,
    UsedUp,
    UseUp,
    Verified,
    decide,
    evolve,
)
from eservices_core.access.mitid import Acceptance
from eservices_core.outcome import Failure
from eservices_core.words.identifiers import BrowserId, Pseudonym
from eservices_core.words.lifetimes import ATTEMPT_LIVES
from tests.access.strategies import CHILD, FATHER, FIRST, MINUTE, MOTHER, NOON, browsers

YES = CustodyVerdict(CustodyOutcome.VERIFIED)
VERDICTS = [
    YES,
    YES,
    CustodyVerdict(CustodyOutcome.CANNOT_VERIFY, CustodyReason.REGISTER_SILENT),
    CustodyVerdict(CustodyOutcome.CANNOT_VERIFY, CustodyReason.HOLDER_WITHOUT_NUMBER),
    CustodyVerdict(CustodyOutcome.REFUSED, CustodyReason.NO_CUSTODY),
]
# Most attempts are in order, so that the later steps are reached.
ACCEPTANCES = [*[Acceptance.ACCEPTED] * len(Acceptance), *Acceptance]


class GuardianMachine(RuleBasedStateMachine):
    """D-ACC-3, D-ACC-8: one attempt at a verification, with every step tried at any time."""

    def __init__(self) -> None:
        super().__init__()
        self.state: Attempt = NotBegun()
        self.at = self.begun_at = NOON
        self.browser: BrowserId | None = None
        self.identified = self.confirmed = self.used = False

    def _try(self, command: Command) -> GuardianRefusal | None:
        outcome = decide(self.state, command)
        if isinstance(outcome, Failure):
            return outcome.failure()
        for event in outcome.unwrap():
            self.state = evolve(self.state, event)
        return None

    @property
    def _late(self) -> bool:
        return self.at >= self.begun_at + ATTEMPT_LIVES

    @rule(browser=browsers())
    def state_numbers(self, browser: BrowserId) -> None:
        """State the two numbers."""
        refusal = self._try(State(CHILD, MOTHER, FIRST, browser, self.at))
        if self.browser is not None:
            assert refusal is GuardianRefusal.ALREADY_BEGUN
        else:
            assert refusal is None
            self.browser, self.begun_at = browser, self.at

    @rule(
        acceptance=st.sampled_from(ACCEPTANCES),
        number=st.sampled_from([MOTHER, MOTHER, MOTHER, FATHER, CHILD, None]),
        browser=browsers(),
        others=st.sampled_from([0, 1, 4, 5]),
    )
    def identify(
        self, acceptance: Acceptance, number: Pseudonym | None, browser: BrowserId, others: int
    ) -> None:
        """Come back from MitID, as anybody, anywhere."""
        asked = frozenset(Pseudonym(f"child-{n}") for n in range(others))
        before = self.state
        refusal = self._try(Identify(acceptance, number, browser, asked, 5, self.at))
        in_order = acceptance is Acceptance.ACCEPTED and number == MOTHER and others < 5
        if refusal is None:
            assert (browser, self._late, self.identified) == (self.browser, False, False)
            self.identified = in_order
            assert isinstance(self.state, Unhappy) == (not in_order)
        else:
            assert self.state == before

    @rule(verdict=st.sampled_from(VERDICTS))
    def judge(self, verdict: CustodyVerdict) -> None:
        """Ask the register."""
        before = self.state
        refusal = self._try(Judge(verdict, "v", None, self.at))
        if refusal is not None:
            assert self.state == before
            assert self._late or not self.identified or self.confirmed or self._ended
            return
        assert self.identified
        assert not self._late
        self.confirmed = self.confirmed or verdict == YES
        if verdict.reason is CustodyReason.REGISTER_SILENT:
            assert self.state == before
        elif verdict.reason is not None:
            assert self.state == Unhappy(GuardianReason[verdict.reason.name])

    @property
    def _ended(self) -> bool:
        return isinstance(self.state, Unhappy)

    @rule(browser=browsers())
    def use_up(self, browser: BrowserId) -> None:
        """Create the child's user: once, in the same browser, in time, after a yes."""
        refusal = self._try(UseUp(browser, self.at))
        ready = self.confirmed and not self.used and not self._late and browser == self.browser
        assert (refusal is None) == ready
        self.used = self.used or refusal is None

    @precondition(lambda self: self.browser is not None)
    @rule(minutes=st.sampled_from([1, 10, 29]))
    def wait(self, minutes: int) -> None:
        """Let time pass."""
        self.at += minutes * MINUTE

    @invariant()
    def verified_means_identified_and_confirmed(self) -> None:
        """D-ACC-8: no verification without the stated identity and the register's yes."""
        assert isinstance(self.state, Verified) == (self.confirmed and not self.used)
        assert isinstance(self.state, UsedUp) == self.used
        if self.confirmed:
            assert self.identified
        if isinstance(self.state, Verified):
            assert (self.state.child, self.state.guardian) == (CHILD, MOTHER)
            assert (self.state.browser, self.state.begun_at) == (self.browser, self.begun_at)


TestGuardian = GuardianMachine.TestCase
