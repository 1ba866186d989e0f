"""SQLite as the store: one file that any number of threads and processes of one machine use.

Here: what a file must be, its transactions, and who of several threads carries them out. Not here:
the statements in them, the tables (`migrations`), and who uses which connection (`connections`).

A transaction is begun with `BEGIN IMMEDIATE`, so writers come one after another and what a commit
looks at cannot change under it; `synchronous = FULL` makes it durable before anybody is told.
Waiting for the disk is most of the work, so threads that write at once share it: whoever comes
first carries out what the others have laid down meanwhile, each piece within a savepoint of its
own, and one COMMIT is for all of them. There is no thread of ours that could be missing after a
fork.
"""

import os
import sqlite3
import time
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from threading import Lock
from typing import Any, Final, Generic, TypeVar, cast

from eservices_adapters.store import schema
from eservices_adapters.store.at_rest import AtRest
from eservices_adapters.store.connections import Connections
from eservices_adapters.store.ledger import SqlLedger
from eservices_adapters.store.session import (
    MAIL_ID,
    Done,
    Locks,
    Nobody,
    NotALedger,
    Observer,
    Session,
    StoreFailed,
    TryAgain,
)

T = TypeVar("T")

APPLICATION_ID: Final = 0x65537663
"""`eSvc`, in the file's header: what tells a ledger from any other SQLite file."""

_PRAGMAS: Final = (
    "PRAGMA synchronous = FULL",
    "PRAGMA foreign_keys = ON",
    "PRAGMA secure_delete = ON",  # what is erased is overwritten with zeros
    "PRAGMA temp_store = MEMORY",  # no copy of anything in a temporary file
)
_WHAT_IT_IS: Final = (
    "SELECT application_id, (SELECT count(*) FROM sqlite_schema) FROM pragma_application_id"
)
_NEXT_CHANGE: Final = "SELECT coalesce(max(change), 0) + 1 FROM changes"
_PATIENCE: Final = timedelta(seconds=5)
_PAUSE: Final = 0.01


class SqliteSession:
    """One connection. Whoever writes is alone in the file, so there is nothing to lock."""

    __slots__ = ("execute",)
    row_lock = ""
    skip_locked = ""
    keeps_log = True

    def __init__(self, connection: sqlite3.Connection) -> None:
        self.execute = connection.execute

    def put(self, row: str, sql: str, values: Sequence[object], /) -> None:
        """Carry out a statement that writes one row: nothing is gained by waiting."""
        del row
        _ = self.execute(sql, values)

    def lock(self, *names: str) -> None:
        """Nobody else writes now."""

    def next_change(self) -> int:
        """Give the number of the change that is about to be stored."""
        return cast("int", self.execute(_NEXT_CHANGE).fetchone()[0])


class _Waiting(Generic[T]):
    """A piece of work that a thread has laid down, and what came of it."""

    __slots__ = ("answer", "done", "error", "leads", "work")

    def __init__(self, work: Callable[[Session], Done[T]]) -> None:
        self.work = work
        self.done: Done[T] | None = None
        self.error: BaseException | None = None
        self.leads = False
        self.answer = Lock()
        _ = self.answer.acquire()

    def carry_out(self, session: Session) -> None:
        try:
            self.done = self.work(session)
        except sqlite3.Error as error:
            self.error = _failed(error)
        except Exception as error:  # noqa: BLE001  a bug is told to whoever laid the piece down
            self.error = error

    @property
    def is_kept(self) -> bool:
        return self.done is not None and self.done.keep

    def outcome(self) -> T:
        if self.error is not None:
            raise self.error
        assert self.done is not None, "a piece of work comes to an end"
        return self.done.answer


class _Spent(Exception):  # noqa: N818  said in the words of this house
    """A connection has met an error of the database, and is not used again."""


class SqliteEngine:
    """Implements Engine in one file, which is made if it is not there, for its owner alone.

    `patience` is how many seconds a writer waits for another process's transaction.

    Raises:
        NotALedger, NewerSchema, OlderSchema, WrongKey: the file is not ours to work with.
    """

    def __init__(self, path: Path, patience: float, at_rest: AtRest) -> None:
        self.observer: Observer = Nobody()
        self._path = path
        self._patience = patience
        self._lock = Lock()
        self._queue: deque[_Waiting[Any]] = deque()
        self._led = False
        self._connections = Connections(self._connect, self._begin_anew)
        _make_file(path)
        try:
            with self._connections.lend() as connection:
                self._prepare(connection, at_rest)
        except sqlite3.OperationalError as error:
            raise StoreFailed(str(error)) from None
        except sqlite3.DatabaseError:
            raise NotALedger(f"{path} is no SQLite database, or a damaged one") from None

    def close(self) -> None:
        """Close the file."""
        self._connections.close()

    def read(self, work: Callable[[Session], T], /) -> T:
        """Have a piece of work read what has been committed."""
        try:
            with self._connections.lend() as connection:
                return work(SqliteSession(connection))
        except sqlite3.Error as error:
            raise StoreFailed(str(error)) from None

    # --- writing -------------------------------------------------------------------------------

    def write(
        self,
        work: Callable[[Session], Done[T]],
        locks: Callable[[], Locks] = Locks,
        *,
        repeatable: bool = False,
    ) -> T:
        """Carry a piece of work out in a transaction, whole or not at all.

        Nothing has to be begun again: who writes is alone, and no answer is lost on the way.
        """
        del locks, repeatable
        waiting = _Waiting(work)
        with self._lock:
            self._queue.append(waiting)
            leads = not self._led
            self._led = True
        if not leads:
            _ = waiting.answer.acquire()
        if leads or waiting.leads:
            self._lead()
        return waiting.outcome()

    def _lead(self) -> None:
        """Carry out all that has been laid down, and hand the lead to whoever came meanwhile."""
        with self._lock:
            batch = list(self._queue)
            self._queue.clear()
        try:
            self.observer.shared(len(batch))
            self._carry_out(batch)
        finally:
            with self._lock:
                follower = self._queue[0] if self._queue else None
                self._led = follower is not None
            for waiting in batch:
                if waiting.done is None and waiting.error is None:
                    waiting.error = StoreFailed("whoever was to carry it out was interrupted")
                waiting.answer.release()
            if follower is not None:
                follower.leads = True
                follower.answer.release()

    def _carry_out(self, batch: list[_Waiting[Any]]) -> None:
        whole = False
        try:
            with suppress(_Spent), self._connections.lend() as connection:
                whole = self._in_one_transaction(connection, batch)
                if any(isinstance(waiting.error, StoreFailed) for waiting in batch):
                    raise _Spent
        except sqlite3.Error as error:
            for waiting in batch:
                waiting.done, waiting.error = None, _failed(error)
            return
        if not whole:
            # One of them took the transaction with it: each for itself, and only it will fail.
            for waiting in batch:
                waiting.done = waiting.error = None
                self._carry_out([waiting])

    def _in_one_transaction(
        self, connection: sqlite3.Connection, batch: list[_Waiting[Any]]
    ) -> bool:
        """Carry them out; False, and nothing is stored, if SQLite undid all for one's failure."""
        alone = len(batch) == 1
        session = SqliteSession(connection)
        _ = connection.execute("BEGIN IMMEDIATE")
        for waiting in batch:
            if not alone:
                _ = connection.execute("SAVEPOINT piece")
            waiting.carry_out(session)
            if not connection.in_transaction:
                return alone
            if not waiting.is_kept:
                _ = connection.execute("ROLLBACK" if alone else "ROLLBACK TO piece")
            if not alone:
                _ = connection.execute("RELEASE piece")
        if connection.in_transaction:
            _ = connection.execute("COMMIT")
        if any(waiting.done is not None and waiting.done.erased for waiting in batch):
            self._empty_log(connection)
        return True

    def _empty_log(self, connection: sqlite3.Connection) -> None:
        """Have what was erased leave the write-ahead log too, at once if nobody is reading."""
        _ = connection.execute("PRAGMA busy_timeout = 0")
        # It is committed, and that is what the caller must hear; the next one takes it along.
        with suppress(sqlite3.OperationalError):
            _ = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
        _ = connection.execute(f"PRAGMA busy_timeout = {round(self._patience * 1000)}")

    # --- the file ------------------------------------------------------------------------------

    def _begin_anew(self) -> None:
        """In a forked child: the threads that were writing are not here."""
        self._lock = Lock()
        self._queue.clear()
        self._led = False

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

    def _prepare(self, connection: sqlite3.Connection, at_rest: AtRest) -> None:
        """Begin an empty file, whoever else is doing the same, and refuse one that is not ours."""
        session = SqliteSession(connection)
        if self._is_empty(connection):
            self._write_ahead(connection)
            _ = connection.execute("BEGIN IMMEDIATE")
            if self._is_empty(connection):
                for statement in schema.sqlite_statements():
                    _ = connection.execute(statement)
                schema.stamp(session)
                _ = connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
            _ = connection.execute("COMMIT")
        schema.check(session, str(self._path))
        if schema.check_keys(session, at_rest, str(self._path)):
            schema.add_key(session, at_rest)

    def _is_empty(self, connection: sqlite3.Connection) -> bool:
        # One statement, as between two of them somebody else may have made the tables.
        application, objects = connection.execute(_WHAT_IT_IS).fetchone()
        if objects and application != APPLICATION_ID:
            raise NotALedger(f"{self._path} is another program's database")
        return not objects

    def _write_ahead(self, connection: sqlite3.Connection) -> None:
        """Switch to the write-ahead log, for good; here SQLite does not wait by itself."""
        until = time.monotonic() + self._patience
        while True:
            try:
                mode = connection.execute("PRAGMA journal_mode = WAL").fetchone()[0]
            except sqlite3.OperationalError:
                if time.monotonic() > until:
                    raise
                time.sleep(_PAUSE)
            else:
                assert mode == "wal", "a ledger lies in a file, on a disk of this machine"
                return


def _failed(error: sqlite3.Error) -> StoreFailed | AssertionError:
    """Say what SQLite said; its frames hold content among their local names (faults: 185)."""
    if str(error).endswith("mails.mail"):
        return AssertionError(MAIL_ID)
    busy = getattr(error, "sqlite_errorcode", None) == sqlite3.SQLITE_BUSY
    return TryAgain(str(error)) if busy else StoreFailed(str(error))


def _make_file(path: Path) -> None:
    """Make an empty file that only its owner can read, unless there is one.

    SQLite gives its two companions the same permissions. A file that is there is not even opened:
    closing it again would take away the locks of every connection that this process has on it.
    """
    try:
        os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))
    except FileExistsError:
        return


class SqliteLedger(SqlLedger):
    """The ledger in one SQLite file, for a clinic that runs on one machine.

    `path` is made if it is not there, readable by its owner alone. `key` is 32 bytes, under which
    content lies encrypted (`at_rest`); whoever has the file without it reads none. `earlier` are
    keys that cells may still lie under. `patience` is how long a commit waits for another
    process's.

    Raises:
        NotALedger: the file is something else.
        NewerSchema, OlderSchema: the file is a newer program's, or is to be migrated.
        WrongKey: the file was written under another key.
    """

    def __init__(
        self,
        path: Path | str,
        key: bytes,
        *earlier: bytes,
        patience: timedelta = _PATIENCE,
    ) -> None:
        at_rest = AtRest(key, *earlier)
        del key, earlier  # a traceback that shows local names must not show them
        engine = SqliteEngine(Path(path).absolute(), patience.total_seconds(), at_rest)
        super().__init__(engine, at_rest)
