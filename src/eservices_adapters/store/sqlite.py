"""The ledger on SQLite: one file that any number of threads and processes of one machine use.

Here: `SqliteLedger` and its transactions. Not here: the statements in them (`statements`,
`audit_log`, `claims`, `lists`, `mails`), what the file looks like (`schema`), and who uses which
connection (`connections`).

A change is one `BEGIN IMMEDIATE` transaction, so writers come one after another and what a commit
looks at cannot change under it; `synchronous = FULL` makes it durable before anybody is told.
"""

import sqlite3
from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Final, Self

from eservices_adapters.store import audit_log, claims, lists, mails, schema, statements
from eservices_adapters.store.at_rest import AtRest
from eservices_adapters.store.connections import Connections
from eservices_core.outcome import Failure, Outcome, Success
from eservices_core.ports.audit_log import AuditLog, Checkpoint, Seal
from eservices_core.ports.claims import Claims, Held
from eservices_core.ports.ledger import (
    Archive,
    Audited,
    Change,
    CommitRefusal,
    DueMail,
    Handover,
    KeyWasUsed,
    Ledger,
    MailState,
    Name,
    Outbox,
    Recorded,
    Records,
    Reported,
    Stored,
    StreamId,
)
from eservices_core.ports.lists import Listed, ListName, Lists
from eservices_core.words.identifiers import (
    BookingId,
    ClinicId,
    ContentId,
    MailId,
    PractitionerId,
    UserId,
)
from eservices_core.words.interval import Interval

_PRAGMAS: Final = (
    "PRAGMA synchronous = FULL",
    "PRAGMA foreign_keys = ON",
    "PRAGMA secure_delete = ON",  # what is erased is overwritten with zeros
    "PRAGMA temp_store = MEMORY",  # no copy of anything in a temporary file
)
_PATIENCE: Final = timedelta(seconds=5)


class SqliteLedger:
    """Implements Ledger, Records, Claims, Lists, Archive, AuditLog and Outbox in one file.

    `path` is made if it is not there, readable by its owner alone. `key` is 32 bytes, under which
    content lies encrypted (`at_rest`); whoever has the file without it reads none. `patience` is
    how long a commit waits for another process's; then `sqlite3.OperationalError` says that it is
    locked. Any `sqlite3.Error` means that nobody knows whether the change was stored: ask again
    under its key.

    Raises:
        NotALedger: the file is something else.
        NewerSchema: the file is a newer program's.
        WrongKey: the file was written under another key.
    """

    def __init__(self, path: Path | str, key: bytes, *, patience: timedelta = _PATIENCE) -> None:
        self._at_rest = AtRest(key)
        del key  # a traceback that shows local names must not show it
        self._path = Path(path).absolute()
        self._patience = patience.total_seconds()
        self._connections = Connections(self._connect)
        self._writer = Lock()
        schema.make_file(self._path)
        try:
            with self._connections.lend() as connection:
                schema.prepare(connection, self._path, self._patience, self._at_rest.key_id)
        except sqlite3.OperationalError:
            raise
        except sqlite3.DatabaseError:
            message = f"{self._path} is no SQLite database, or a damaged one"
            raise schema.NotALedger(message) from None

    def close(self) -> None:
        """Close the file; to use the ledger afterwards is a bug."""
        self._connections.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # --- Ledger --------------------------------------------------------------------------------

    def history(self, stream: StreamId, /) -> tuple[Recorded, ...]:
        """Give a stream's events in order."""
        with self._connections.lend() as connection:
            return statements.history(connection, stream)

    def histories(self, streams: Sequence[StreamId], /) -> Mapping[StreamId, tuple[Recorded, ...]]:
        """Give the events of many streams."""
        with self._connections.lend() as connection:
            return statements.histories(connection, streams)

    def answered(self, key: str, fingerprint: str, /) -> Outcome[Stored | None, KeyWasUsed]:
        """Give the answer that stands under a key; None if the key is new."""
        with self._connections.lend() as connection:
            return statements.answer_under(connection, self._at_rest, key, fingerprint)

    def commit(self, change: Change, /) -> Outcome[Stored, CommitRefusal]:
        """Store all of a change, or nothing of it."""
        try:
            return self._commit(change)
        except sqlite3.Error as error:
            # The frames in between hold content among their local names (faults: 185).
            raise error.with_traceback(None) from None

    def _commit(self, change: Change) -> Outcome[Stored, CommitRefusal]:
        with self._begun() as connection:
            before = statements.answer_under(
                connection, self._at_rest, change.key, change.fingerprint
            )
            if isinstance(before, Failure):
                return _undo(connection, before)
            first = before.unwrap()
            if first is not None:
                return _undo(connection, Success(first))
            refusal = statements.refusal_of(connection, change)
            if refusal is not None:
                return _undo(connection, Failure(refusal))
            erased = statements.store(connection, self._at_rest, change)
            self._end(connection, erased=erased)
            return Success(Stored(change.answer, repeated=False))

    # --- Records -------------------------------------------------------------------------------

    def holder(self, name: Name, /) -> UserId | None:
        """Say who has a unique name now."""
        with self._connections.lend() as connection:
            return statements.holder_of(connection, name)

    def content(self, record: ContentId, /) -> str | None:
        """Read an erasable record of text; None if it was erased or never written."""
        with self._connections.lend() as connection:
            return statements.content_of(connection, self._at_rest, record)

    def contents(self, records: Sequence[ContentId], /) -> Mapping[ContentId, str]:
        """Read many records of text; those that were erased or never written are not in it."""
        with self._connections.lend() as connection:
            return statements.contents_of(connection, self._at_rest, records)

    def file(self, record: ContentId, /) -> bytes | None:
        """Read an erasable record of bytes; None if it was erased or never written."""
        with self._connections.lend() as connection:
            return statements.file_of(connection, self._at_rest, record)

    # --- Claims --------------------------------------------------------------------------------

    def live(
        self, clinic: ClinicId, practitioner: PractitionerId, within: Interval, /
    ) -> tuple[Held, ...]:
        """Give the claims in a practitioner's book that share a minute with `within`, by start."""
        with self._connections.lend() as connection:
            return claims.live(connection, clinic, practitioner, within)

    def live_at(self, clinic: ClinicId, within: Interval, /) -> tuple[Held, ...]:
        """Give those of all of a clinic's practitioners, by start, then by practitioner."""
        with self._connections.lend() as connection:
            return claims.live_at(connection, clinic, within)

    def held_by(self, booking: BookingId, /) -> Held | None:
        """Give a booking's claim; None where it has none."""
        with self._connections.lend() as connection:
            return claims.held_by(connection, booking)

    # --- Lists ---------------------------------------------------------------------------------

    def listed(
        self, name: ListName, limit: int, after: Listed | None = None, /
    ) -> tuple[Listed, ...]:
        """Give a page of a list in its order: at most `limit` of what lies after `after`."""
        with self._connections.lend() as connection:
            return lists.listed(connection, name, limit, after)

    def newest(
        self, name: ListName, limit: int, before: Listed | None = None, /
    ) -> tuple[Listed, ...]:
        """Give a page from a list's end: at most `limit` of what lies before `before`."""
        with self._connections.lend() as connection:
            return lists.newest(connection, name, limit, before)

    def every(
        self, limit: int, after: tuple[ListName, str] | None = None, /
    ) -> tuple[tuple[ListName, Listed], ...]:
        """Give a page of all that lies anywhere."""
        with self._connections.lend() as connection:
            return lists.every(connection, limit, after)

    def length(self, name: ListName, /) -> int:
        """Count what lies on a list."""
        with self._connections.lend() as connection:
            return lists.length(connection, name)

    def find(self, name: ListName, item: str, /) -> Listed | None:
        """Give an item of a list; None if it does not lie there."""
        with self._connections.lend() as connection:
            return lists.find(connection, name, item)

    # --- Archive -------------------------------------------------------------------------------

    def events_about(self, user: UserId, /) -> tuple[Recorded, ...]:
        """Give all events about a user, oldest first."""
        with self._connections.lend() as connection:
            return statements.events_about(connection, user)

    def streams(self, kind: str, after: str, limit: int, /) -> tuple[StreamId, ...]:
        """Give the streams of a kind by their keys, from after a key on."""
        with self._connections.lend() as connection:
            return statements.streams(connection, kind, after, limit)

    def audit_about(self, user: UserId, /) -> tuple[Audited, ...]:
        """Give the audit entries about a user, oldest first."""
        with self._connections.lend() as connection:
            return statements.audit_about(connection, user)

    def audit_of(self, stream: StreamId, /) -> tuple[Audited, ...]:
        """Give the audit entries of a stream, oldest first."""
        with self._connections.lend() as connection:
            return statements.audit_of(connection, stream)

    def mails_about(self, user: UserId, /) -> tuple[MailState, ...]:
        """Say what became of every mail about a user, oldest first."""
        with self._connections.lend() as connection:
            return mails.mails_about(connection, user)

    def mails_of(self, stream: StreamId, /) -> tuple[MailState, ...]:
        """Say what became of every mail of a stream, oldest first."""
        with self._connections.lend() as connection:
            return mails.mails_of(connection, stream)

    def mail(self, mail: MailId, /) -> MailState | None:
        """Say what became of one mail; None if there is none."""
        with self._connections.lend() as connection:
            return mails.state_of(connection, mail)

    def mail_states(self, mails_asked: Sequence[MailId], /) -> Mapping[MailId, MailState]:
        """Say what became of many mails; those that there are not are not in it."""
        with self._connections.lend() as connection:
            return mails.states_of(connection, mails_asked)

    # --- AuditLog ------------------------------------------------------------------------------

    def logs(self) -> tuple[ClinicId | None, ...]:
        """Name every log that has an entry, a seal or a checkpoint: the service's own first."""
        with self._connections.lend() as connection:
            return audit_log.logs(connection)

    def audit_at(
        self, clinic: ClinicId | None, after_position: int, limit: int, /
    ) -> tuple[Audited, ...]:
        """Give a log's entries after a position, oldest first, at most `limit`."""
        assert limit >= 0, "nobody asks for fewer than no entries"
        with self._connections.lend() as connection:
            return statements.audit_at(connection, clinic, after_position, limit)

    def seals(self, log: ClinicId | None, after_number: int, limit: int, /) -> tuple[Seal, ...]:
        """Give a log's seals after a number, oldest first, at most `limit`."""
        with self._connections.lend() as connection:
            return audit_log.seals(connection, log, after_number, limit)

    def newest_seal(self, log: ClinicId | None, /) -> Seal | None:
        """Give a log's newest seal; None if all were purged, or none was made."""
        with self._connections.lend() as connection:
            return audit_log.newest_seal(connection, log)

    def checkpoint(self, log: ClinicId | None, /) -> Checkpoint | None:
        """Say where a log was last purged to; None if never."""
        with self._connections.lend() as connection:
            return audit_log.checkpoint(connection, log)

    def add_seal(self, seal: Seal, /) -> bool:
        """Keep a seal; False, and no change, where there is one of its number, or was one."""
        with self._begun() as connection:
            added = audit_log.add_seal(connection, seal)
            self._end(connection, erased=False)
            return added

    def purge_audit(self, checkpoint: Checkpoint, /) -> int:
        """Remove a log's entries and seals up to the seal that a checkpoint names, for good."""
        with self._begun() as connection:
            removed = audit_log.purge(connection, checkpoint)
            self._end(connection, erased=removed is not None)
            return removed or 0

    # --- Outbox --------------------------------------------------------------------------------

    def due(self, limit: int, at: datetime, /) -> tuple[DueMail, ...]:
        """Give mails to be tried at an instant, at most `limit` of them."""
        assert limit >= 0, "nobody asks for fewer than no mails"
        with self._connections.lend() as connection:
            return mails.due(connection, self._at_rest, limit, at)

    def settle(
        self, mail: MailId, handover: Handover, at: datetime, next_try: datetime | None = None, /
    ) -> None:
        """Note how an attempt ended, as `MailState.after` says; nothing for an unknown mail."""
        with self._begun() as connection:
            erased = mails.settle(connection, mail, handover, at, next_try)
            self._end(connection, erased=erased)

    def report(self, mail: MailId, reported: Reported, /) -> None:
        """Note what a delivery report said of a mail; nothing for an unknown mail."""
        with self._begun() as connection:
            mails.report(connection, mail, reported)
            self._end(connection, erased=False)

    def forget(self, settled_before: datetime, limit: int, /) -> int:
        """Forget mails that ended before an instant, oldest first, at most `limit`."""
        assert limit >= 0, "nobody forgets fewer than no mails"
        with self._begun() as connection:
            forgotten = mails.forget(connection, settled_before, limit)
            self._end(connection, erased=forgotten > 0)
            return forgotten

    # --- transactions --------------------------------------------------------------------------

    def _connect(self) -> sqlite3.Connection:
        connection = sqlite3.connect(
            f"{self._path.as_uri()}?mode=rw",  # a file that was taken away is not made again
            uri=True,
            timeout=self._patience,
            isolation_level=None,
            check_same_thread=False,
        )
        try:
            for pragma in _PRAGMAS:
                _ = connection.execute(pragma)
        except BaseException:
            connection.close()
            raise
        return connection

    @contextmanager
    def _begun(self) -> Generator[sqlite3.Connection, None, None]:
        """Lend a connection with a transaction begun; whoever leaves by an exception undoes it.

        The lock keeps the threads of one process in a queue, where SQLite would have them sleep.
        """
        with self._connections.lend() as connection, self._writer:
            _ = connection.execute("BEGIN IMMEDIATE")
            yield connection

    def _end(self, connection: sqlite3.Connection, *, erased: bool) -> None:
        """Commit; what was erased leaves the write-ahead log too, at once if nobody is reading."""
        _ = connection.execute("COMMIT")
        if not erased:
            return
        _ = connection.execute("PRAGMA busy_timeout = 0")
        # It is committed, and that is what the caller must hear; the next one takes it along.
        with suppress(sqlite3.OperationalError):
            _ = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
        _ = connection.execute(f"PRAGMA busy_timeout = {round(self._patience * 1000)}")


def _undo(
    connection: sqlite3.Connection, outcome: Outcome[Stored, CommitRefusal]
) -> Outcome[Stored, CommitRefusal]:
    _ = connection.execute("ROLLBACK")
    return outcome


if TYPE_CHECKING:
    _ledger: type[Ledger] = SqliteLedger
    _records: type[Records] = SqliteLedger
    _claims: type[Claims] = SqliteLedger
    _lists: type[Lists] = SqliteLedger
    _archive: type[Archive] = SqliteLedger
    _audit_log: type[AuditLog] = SqliteLedger
    _outbox: type[Outbox] = SqliteLedger
