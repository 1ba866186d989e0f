"""The claims' state machine test: drawn acts, compared with a model after every step.

    class MyMachine(ClaimsMachine):
        def open_ledger(self):
            return MyLedger(...)

    TestMyMachine = MyMachine.TestCase

Here: claims alone, so that many of them meet. Not here: what several do at once (`claims`).
"""

from itertools import pairwise

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from eservices_core.outcome import Failure, Success
from eservices_core.ports.claims import ClaimTime, Held, MoveClaim, ReleaseClaim
from eservices_core.ports.ledger import CommitRefusal
from eservices_core.testing.contracts.machine import claim_or_refuse
from eservices_core.testing.ledger_examples import WholeLedger, claiming
from eservices_core.testing.strategies.changes import (
    BOOKINGS,
    BOOKS,
    MINUTES,
    claim_acts,
    intervals,
)
from eservices_core.words.identifiers import BookingId
from eservices_core.words.interval import Interval


class ClaimsMachine(RuleBasedStateMachine):
    """Claims, moves and releases what Hypothesis draws; the ledger must do as the model does."""

    def __init__(self) -> None:
        super().__init__()
        self.ledger = self.open_ledger()
        self.claims: dict[BookingId, Held] = {}
        self.changes = 0

    def open_ledger(self) -> WholeLedger:
        """Required: give an empty ledger; its `close`, where it has one, is called at the end."""
        raise NotImplementedError("return a fresh, empty ledger")

    def teardown(self) -> None:
        """Close the ledger."""
        close = getattr(self.ledger, "close", None)
        if close is not None:
            close()

    @rule(acts=st.lists(claim_acts(), min_size=1, max_size=3))
    def commit(self, acts: list[ClaimTime | MoveClaim | ReleaseClaim]) -> None:
        """A change of some acts is stored or refused as in the model, whole or not at all."""
        after = dict(self.claims)
        refusal: CommitRefusal | None = None
        for act in acts:
            refusal = refusal or claim_or_refuse(after, act)
        self.changes += 1
        outcome = self.ledger.commit(claiming(f"key-{self.changes}", *acts))
        if refusal is not None:
            assert outcome == Failure(refusal), "acts are refused as in the model"
        else:
            assert isinstance(outcome, Success), "acts are carried out as in the model"
            self.claims = after

    @rule(within=intervals())
    def look(self, within: Interval) -> None:
        """Whoever looks sees the model's claims that share a minute with what they look at."""
        self._look(within)

    @invariant()
    def claims_agree(self) -> None:
        """Every claim is the model's, and no two in one book share a minute."""
        for booking in BOOKINGS:
            assert self.ledger.held_by(booking) == self.claims.get(booking), (
                "claims are the model's"
            )
        self._look(MINUTES)
        for clinic, practitioner in BOOKS:
            book = self.ledger.live(clinic, practitioner, MINUTES)
            for one, after in pairwise(book):
                assert one.interval.end <= after.interval.start, "no two claims share a minute"

    def _look(self, within: Interval) -> None:
        seen = [one for one in self.claims.values() if one.interval.overlaps(within)]
        seen.sort(key=lambda one: (one.interval.start, one.practitioner))
        for clinic, practitioner in BOOKS:
            at_clinic = tuple(one for one in seen if one.clinic == clinic)
            assert self.ledger.live_at(clinic, within) == at_clinic, "all of a clinic is seen"
            book = tuple(one for one in at_clinic if one.practitioner == practitioner)
            assert self.ledger.live(clinic, practitioner, within) == book, "all of a book is seen"
