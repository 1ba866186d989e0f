"""The instruments, and the closed lists of what their attributes may say.

Here: OpenTelemetry's API alone; which exporter sends what where is the process's own choice, by its
SDK. Not here: when something is told (`compose`, the store's engines, the worker).
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

from attrs import frozen
from opentelemetry import metrics
from opentelemetry.metrics import CallbackOptions, Observation

from eservices_core.ports.outbox import Handover, MailKind

OTHER: Final = "other"

_CHANGE: Final = frozenset(
    {
        "stored",
        "repeated",
        "stale_stream",
        "name_is_taken",
        "time_is_taken",
        "stale_claim",
        "key_was_used",
        "try_again",
        "store_failed",
        "raised",
    }
)
_ROUNDS: Final = frozenset(
    {
        "deliver_mail",
        "end_attempts",
        "export_min_log",
        "file_entries",
        "follow_bookings",
        "follow_mails",
        "hand_over_letters",
        "look_at_mark",
        "look_for_alarms",
        "note_leavers",
        "purge",
        "read_all_names",
        "read_names",
        "read_receipts",
        "read_reports",
        "seal_audit",
        "sync_calendar",
    }
)
CLOSED: Final[Mapping[str, frozenset[str]]] = {
    "change": _CHANGE,
    "because": frozenset({"conflict", "lost"}),
    "kind": frozenset(kind.value for kind in MailKind),
    "outcome": frozenset(outcome.value for outcome in Handover),
    "queue": frozenset({"mails", "journal", "letters", "unsealed"}),
    "round": _ROUNDS,
    "ended": frozenset({"well", "raised"}),
}
"""What each attribute may say, besides `other`."""


@frozen
class QueueSeen:
    """A queue as it is now: its code, its length, and the age of its oldest in seconds."""

    queue: str
    length: int
    age: float


class Otel:
    """Tells OpenTelemetry; `provider` is for tests, None for the process's own."""

    def __init__(self, provider: metrics.MeterProvider | None = None) -> None:
        meter = metrics.get_meter("eservices", meter_provider=provider)
        self._meter = meter
        self._changes = meter.create_counter(
            "eservices.store.changes", "1", "Changes, by what came of them."
        )
        self._seconds = meter.create_histogram(
            "eservices.store.change.duration", "s", "How long a change took to store."
        )
        self._shared = meter.create_histogram(
            "eservices.store.commit.pieces", "1", "Pieces of work under one COMMIT."
        )
        self._again = meter.create_counter(
            "eservices.store.again", "1", "Pieces of work that were begun again."
        )
        self._mails = meter.create_counter("eservices.mails", "1", "Attempts at mails.")
        self._rounds = meter.create_counter("eservices.worker.rounds", "1", "Rounds of workers.")

    def wrote(self, change: str, seconds: float, /) -> None:
        """A change came to something, after so long."""
        code = _codes(change=change)
        self._changes.add(1, code)
        self._seconds.record(seconds, code)

    def shared(self, pieces: int, /) -> None:
        """So many pieces of work are carried out under one COMMIT."""
        self._shared.record(pieces)

    def again(self, *, lost: bool) -> None:
        """A piece of work is begun again."""
        self._again.add(1, _codes(because="lost" if lost else "conflict"))

    def handed(self, kind: MailKind, outcome: Handover, /) -> None:
        """An attempt at a mail of a kind has ended so."""
        self._mails.add(1, _codes(kind=kind.value, outcome=outcome.value))

    def went_round(self, name: str, *, raised: bool) -> None:
        """A worker's round has ended."""
        self._rounds.add(1, _codes(round=name, ended="raised" if raised else "well"))

    def watch_queues(self, look: Callable[[], Iterable[QueueSeen]]) -> None:
        """Have queues looked at whenever they are exported; what cannot be is left out."""

        def lengths(_: CallbackOptions) -> Iterable[Observation]:
            return [Observation(one.length, _codes(queue=one.queue)) for one in _seen(look)]

        def ages(_: CallbackOptions) -> Iterable[Observation]:
            return [Observation(one.age, _codes(queue=one.queue)) for one in _seen(look)]

        _ = self._meter.create_observable_gauge(
            "eservices.queue.length", [lengths], "1", "Things that wait."
        )
        _ = self._meter.create_observable_gauge(
            "eservices.queue.age", [ages], "s", "For how long the oldest has waited."
        )


def _seen(look: Callable[[], Iterable[QueueSeen]]) -> list[QueueSeen]:
    try:
        return list(look())
    except Exception:  # noqa: BLE001  whoever measures must not fall over what is measured
        return []


def _codes(**said: str) -> dict[str, Any]:
    """Let through what is on its closed list, and nothing else."""
    return {name: value if value in CLOSED[name] else OTHER for name, value in said.items()}
