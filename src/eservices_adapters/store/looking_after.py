"""What whoever looks after an installation asks its store: numbers, ages and codes, never content.

Here: the statements. What is long or old is for whoever asks (`operation`).
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from attrs import frozen

from eservices_adapters.store.columns import instant_of, read_instant
from eservices_adapters.store.session import Engine, Session
from eservices_core.ports.lists import ListKind
from eservices_core.ports.outbox import Handover

_NEWEST: Final = (
    "SELECT max(at) FROM changes WHERE change > (SELECT max(change) FROM changes) - 500"
)
_WAITING: Final = (
    "SELECT count(*), min(at) FROM mails JOIN changes USING (change) WHERE settled_at IS NULL"
)
_ENDED: Final = (
    "SELECT state, count(*) FROM mails WHERE settled_at >= ? AND state IN (?, ?, ?) GROUP BY state"
)
_LISTED: Final = "SELECT count(*), min(since) FROM lists WHERE kind = ?"
_UNSEALED: Final = (
    "SELECT count(*), min(at) FROM audit JOIN changes USING (change) WHERE position > coalesce("
    "(SELECT max(through) FROM audit_seals WHERE audit_seals.clinic = audit.clinic), coalesce("
    "(SELECT through FROM audit_checkpoints WHERE audit_checkpoints.clinic = audit.clinic), 0))"
)
_PURGED: Final = "SELECT max(at) FROM changes WHERE key >= 'purge-' AND key < 'purge.'"
_DEAD: Final = (Handover.GIVEN_UP, Handover.AMBIGUOUS, Handover.REFUSED)


@frozen
class Queue:
    """How many things wait, and since when the oldest of them does; None where none waits."""

    length: int
    oldest: datetime | None

    def age(self, now: datetime) -> float:
        """Give the age of the oldest in seconds; 0 where none waits."""
        return 0.0 if self.oldest is None else (now - self.oldest).total_seconds()


@frozen(kw_only=True)
class Queues:
    """All that waits for a round.

    Attributes:
        mails: mails that have not ended.
        journal: entries that another system's journal has not acknowledged.
        letters: letters that are to be handed to digital post.
        unsealed: entries of audit logs that no seal holds.
        ended_badly: mails that ended since the instant that was asked about, by how.
        newest_change: when the newest change was made; None in a new store.
        purged_at: when something was erased last because its period was over; None if never.
    """

    mails: Queue
    journal: Queue
    letters: Queue
    unsealed: Queue
    ended_badly: Mapping[Handover, int]
    newest_change: datetime | None
    purged_at: datetime | None


def queues(engine: Engine, since: datetime) -> Queues:
    """Look at all queues; mails that ended badly are counted from `since` on."""

    def work(session: Session) -> Queues:
        dead = session.execute(_ENDED, (instant_of(since), *(one.value for one in _DEAD)))
        return Queues(
            mails=_queue(session, _WAITING),
            journal=_queue(session, _LISTED, ListKind.JOURNAL_PENDING.value),
            letters=_queue(session, _LISTED, ListKind.POST_QUEUED.value),
            unsealed=_queue(session, _UNSEALED),
            ended_badly={Handover(state): int(count) for state, count in dead.fetchall()},
            newest_change=_instant(session, _NEWEST),
            purged_at=_instant(session, _PURGED),
        )

    return engine.read(work)


def _queue(session: Session, sql: str, *values: object) -> Queue:
    length, oldest = session.execute(sql, values).fetchone()
    return Queue(int(length), None if oldest is None else read_instant(oldest))


def _instant(session: Session, sql: str) -> datetime | None:
    found = session.execute(sql).fetchone()[0]
    return None if found is None else read_instant(found)
