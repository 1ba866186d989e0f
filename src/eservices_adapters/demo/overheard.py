"""A ledger that can be overheard: so that what is told names the rule that really decided."""

from collections.abc import Mapping, Sequence

from eservices_core.events import StreamId
from eservices_core.outcome import Outcome, Success
from eservices_core.ports.ledger import Change, CommitRefusal, KeyWasUsed, Ledger, Recorded, Stored


class OverheardLedger:
    """Implements Ledger over another one; `rule` is that of the last act that was stored."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self.rule: str | None = None

    def history(self, stream: StreamId, /) -> tuple[Recorded, ...]:
        """Give a stream's events."""
        return self._ledger.history(stream)

    def histories(self, streams: Sequence[StreamId], /) -> Mapping[StreamId, tuple[Recorded, ...]]:
        """Give the events of many streams."""
        return self._ledger.histories(streams)

    def answered(self, key: str, fingerprint: str, /) -> Outcome[Stored | None, KeyWasUsed]:
        """Give the answer that stands under a key."""
        return self._ledger.answered(key, fingerprint)

    def commit(self, change: Change, /) -> Outcome[Stored, CommitRefusal]:
        """Store a change, and hear by which rule it was decided."""
        committed = self._ledger.commit(change)
        if isinstance(committed, Success) and change.answer:  # a look has none, and decides nothing
            self.rule = change.audit[-1].rule if change.audit else None
        return committed
