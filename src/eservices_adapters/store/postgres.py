"""PostgreSQL as the store: any number of processes on any number of machines.

Here: connections, transactions, locks, and what is done again after a conflict. Not here: the
statements, and the tables (`migrations`).

A piece of work first locks all that its checks look at, by name and in one order, so that what it
has seen still holds when it commits, and two that are after the same wait instead of failing. The
tables' own constraints stand behind that. No extension is needed.
"""

import os
import time
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext, suppress
from datetime import timedelta
from functools import lru_cache
from hashlib import blake2b
from itertools import count, groupby
from secrets import randbelow  # noqa: TID251  how long to step back is nobody's business but ours
from typing import Any, Final, TypeVar, cast

import psycopg
from psycopg import errors
from sqlalchemy import URL, create_engine, make_url
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.pool import PoolProxiedConnection

from eservices_adapters.store import schema
from eservices_adapters.store.at_rest import AtRest
from eservices_adapters.store.ledger import SqlLedger
from eservices_adapters.store.session import (
    MAIL_ID,
    Done,
    Locks,
    Nobody,
    NotALedger,
    Observer,
    Rows,
    Session,
    StoreFailed,
    TryAgain,
)

T = TypeVar("T")

ATTEMPTS_MAX: Final = 8
"""So often a piece of work is begun at most."""

_STEP_BACK: Final = 0.005
"""Seconds; doubled with each attempt, and drawn between nothing and that."""

_KEPT_OPEN: Final = 16
_PATIENCE: Final = timedelta(seconds=5)
_LOCK: Final = (
    "SELECT CASE WHEN alone THEN pg_advisory_xact_lock(key)"
    " ELSE pg_advisory_xact_lock_shared(key) END"
    " FROM unnest(%s::bigint[], %s::boolean[]) AS wanted (key, alone)"
)
# A number comes along, so that to ask for the next change's takes no time of its own.
_BEGIN: Final = _LOCK.replace("SELECT", "SELECT nextval('changes_change_seq'),", 1)
_AT_ONCE_MAX: Final = 50
_TABLES: Final = (
    "SELECT count(*), count(*) FILTER (WHERE table_name = 'schema_version')"
    " FROM information_schema.tables WHERE table_schema = current_schema()"
)
OPENING: Final = "the ledger is being opened"

_GOING: Final = ("08", "57P")
"""How the codes begin of a server that is going; one that has gone says none."""

_CONFLICTS: Final = (
    errors.SerializationFailure,
    errors.DeadlockDetected,
    errors.LockNotAvailable,
    errors.UniqueViolation,
    errors.ExclusionViolation,
)
"""What another transaction's being first can look like; the next attempt sees what it did."""


@lru_cache(maxsize=512)
def _spoken(sql: str) -> str:
    """Spell a statement's placeholders as the driver does."""
    return sql.replace("?", "%s")


@lru_cache(maxsize=512)
def _together(statements: tuple[str, ...]) -> str:
    """Make one statement of several that write.

    Its parts are carried out in no order that anybody promises. Insertions into one table become
    one part, whose rows get their numbers in the order in which they stand.
    """
    parts: list[str] = []
    for sql, same in groupby(statements):
        head, values, row = sql.partition(" VALUES ")
        times = len(list(same))
        if values and " ON CONFLICT" not in row:
            parts.append(f"{head}{values}{', '.join([row] * times)}")
        else:
            parts += [sql] * times
    named = (f"put{number} AS ({_spoken(part)})" for number, part in enumerate(parts))
    return f"WITH {', '.join(named)} SELECT"


def _key_of(name: str) -> int:
    """A lock's number. Two names with one number wait for each other, and nothing worse."""
    return int.from_bytes(blake2b(name.encode(), digest_size=8).digest(), signed=True)


class PostgresSession:
    """One connection."""

    __slots__ = ("_begun", "_connection", "_put", "_rows")
    row_lock = " FOR UPDATE OF mails"
    skip_locked = " FOR UPDATE OF mails SKIP LOCKED"
    keeps_log = False

    def __init__(self, connection: "psycopg.Connection[Any]") -> None:
        self._connection = connection
        self._put: list[tuple[str, Sequence[object]]] = []
        self._rows: set[str] = set()
        self._begun: Any = None

    def execute(self, sql: str, values: Sequence[object] = (), /) -> Rows:
        """Carry out one statement, after all that was put before it."""
        if self._put:
            self.flush()
        return self._connection.execute(cast("Any", _spoken(sql)), values)

    def put(self, row: str, sql: str, values: Sequence[object], /) -> None:
        """Keep a statement that writes one row, to be carried out together with others."""
        if row in self._rows or len(self._put) == _AT_ONCE_MAX:
            self.flush()
        self._rows.add(row)
        self._put.append((sql, values))

    def flush(self) -> None:
        """Carry out what was put, as one statement: none of its parts sees another's row."""
        sql = _together(tuple(sql for sql, _ in self._put))
        values = [value for _, each in self._put for value in each]
        self._put.clear()
        self._rows.clear()
        _ = self._connection.execute(cast("Any", sql), values)

    def pipeline(self) -> AbstractContextManager[object]:
        """What the block sends is not waited for, until an answer is read or it ends."""
        return self._connection.pipeline()

    def lock(self, *names: str) -> None:
        """Keep other sessions that name one of these waiting until this transaction has ended."""
        if names:
            self._lock(_LOCK, Locks(frozenset(names)))

    def begin(self, locks: Locks) -> None:
        """Begin a transaction, and lock what its work looks at."""
        _ = self._connection.execute("BEGIN")
        if locks.alone or locks.shared:
            self._begun = self._lock(_BEGIN, locks)

    def _lock(self, statement: str, locks: Locks) -> Any:  # noqa: ANN401  the driver's cursor
        """Lock what is named, in the one order that all sessions keep."""
        wanted = {_key_of(name): False for name in locks.shared}
        wanted |= {_key_of(name): True for name in locks.alone}
        keys = sorted(wanted)
        values = keys, [wanted[key] for key in keys]
        return self._connection.execute(cast("Any", statement), values)

    def next_change(self) -> int:
        """Give the number of the change that is about to be stored; its key was locked for it."""
        assert self._begun is not None, "a change locks its key"
        return cast("int", self._begun.fetchone()[0])


class _Lost(StoreFailed):
    """The connection broke, or there is none to be had."""

    def __init__(self) -> None:
        super().__init__("the database did not answer")


class _Conflict(TryAgain):
    """Another transaction was first; nothing was stored."""

    def __init__(self) -> None:
        super().__init__("others were in the way, again and again")


def _meaning(error: psycopg.Error) -> StoreFailed | AssertionError:
    code = error.sqlstate or ""
    if error.diag.constraint_name == "mails_mail_key":
        return AssertionError(MAIL_ID)
    if isinstance(error, _CONFLICTS):
        return _Conflict()
    if isinstance(error, psycopg.OperationalError) and (not code or code.startswith(_GOING)):
        return _Lost()
    return StoreFailed(f"the database said {code}")


def _drop(proxied: PoolProxiedConnection) -> None:
    with suppress(psycopg.Error):
        proxied.invalidate()


class PostgresEngine:
    """Implements Engine over a database that is ours alone; an empty one is begun.

    `url` is SQLAlchemy's (`postgresql://…`). `patience` is how many seconds are waited for a
    connection, and for a lock.

    Raises:
        NotALedger, NewerSchema, OlderSchema, WrongKey: the database is not ours to work with.
        StoreFailed: nobody answers there.
    """

    def __init__(self, url: str | URL, patience: float, at_rest: AtRest) -> None:
        wait = round(patience * 1000)
        self._engine = create_engine(
            make_url(url).set(drivername="postgresql+psycopg"),
            isolation_level="AUTOCOMMIT",
            hide_parameters=True,
            pool_size=_KEPT_OPEN,
            max_overflow=0,
            pool_timeout=patience,
            pool_reset_on_return=None,  # a session that met an exception is not used again
            connect_args={
                "connect_timeout": max(2, round(patience)),
                "options": f"-c lock_timeout={wait} -c timezone=UTC -c synchronous_commit=on"
                " -c default_transaction_isolation=read\\ committed",
            },
        )
        self.observer: Observer = Nobody()
        self._patience = patience
        self._what = make_url(url).render_as_string(hide_password=True)
        self._closed = False
        self._pid = os.getpid()
        try:
            self._prepare(at_rest)
        except BaseException:
            self._engine.dispose()
            raise

    def close(self) -> None:
        """Close every connection."""
        self._closed = True
        self._engine.dispose()

    def read(self, work: Callable[[Session], T], /) -> T:
        """Have a piece of work read what has been committed."""
        until = time.monotonic() + self._patience
        for attempt in count(1):
            try:
                return self._with_session(work)
            except _Lost:
                if time.monotonic() > until:
                    raise
            _step_back(attempt)
        raise AssertionError("it counts for ever")

    # --- writing -------------------------------------------------------------------------------

    def write(
        self,
        work: Callable[[Session], Done[T]],
        locks: Callable[[], Locks] = Locks,
        *,
        repeatable: bool = False,
    ) -> T:
        """Carry a piece of work out in a transaction, whole or not at all."""
        wanted = locks()
        until = time.monotonic() + self._patience
        conflicts = 0
        for attempt in count(1):
            committing = False

            def transact(session: PostgresSession) -> T:
                nonlocal committing
                # A change's statements do not wait for each other's answers; leaving waits.
                with session.pipeline() if repeatable else nullcontext():
                    session.begin(wanted)
                    done = work(session)
                    committing = done.keep
                    _ = session.execute("COMMIT" if done.keep else "ROLLBACK")
                return done.answer

            try:
                return self._with_session(transact)
            except _Conflict:
                conflicts += 1
                if conflicts == ATTEMPTS_MAX:
                    raise
                lost = False
            except _Lost:
                unknown = committing and not repeatable
                if unknown or time.monotonic() > until:
                    raise
                lost = True
            self.observer.again(lost=lost)
            _step_back(attempt)
        raise AssertionError("it counts for ever")

    # --- connections ---------------------------------------------------------------------------

    def _with_session(self, do: Callable[[PostgresSession], T]) -> T:
        """Lend a session; one that met an exception is closed, and its transaction undone."""
        proxied = self._take()
        try:
            answer = do(PostgresSession(cast("Any", proxied.driver_connection)))
        except psycopg.Error as error:
            _drop(proxied)
            failure = _meaning(error)
        except BaseException:
            _drop(proxied)
            raise
        else:
            proxied.close()
            return answer
        if isinstance(failure, _Lost):
            self._engine.dispose()  # the others are as dead, or soon will be
        # Not from within the exception: what the server says of a row, and the frames in between,
        # hold what was stored.
        raise failure

    def _take(self) -> PoolProxiedConnection:
        assert not self._closed, "the ledger has been closed"
        if self._pid != os.getpid():  # a forked child must not speak on its parent's connections
            self._engine.dispose(close=False)
            self._pid = os.getpid()
        try:
            return self._engine.raw_connection()
        except PoolTimeout:
            raise TryAgain("every connection to the database is in use") from None
        except (DBAPIError, psycopg.Error):
            raise _Lost from None

    def _prepare(self, at_rest: AtRest) -> None:
        """Begin an empty database, whoever else is doing the same; refuse one that is not ours."""
        transacting = self._engine.execution_options(isolation_level="READ COMMITTED")
        try:
            with transacting.begin() as connection:
                session = PostgresSession(cast("Any", connection.connection.driver_connection))
                session.lock(OPENING)
                tables, ours = session.execute(_TABLES).fetchone()
                if tables and not ours:
                    raise NotALedger(f"{self._what} is another program's database")
                if not tables:
                    schema.migrate(connection)
                schema.check(session, self._what)
                if schema.check_keys(session, at_rest, self._what):
                    schema.add_key(session, at_rest)
        except OperationalError:
            raise StoreFailed(f"{self._what} cannot be reached") from None


def _step_back(attempt: int) -> None:
    time.sleep(_STEP_BACK * (1 << min(attempt, ATTEMPTS_MAX)) * randbelow(1000) / 1000)


class PostgresLedger(SqlLedger):
    """The ledger in a PostgreSQL database, for as many processes and machines as there are.

    `url` is SQLAlchemy's, of a database that nothing else uses; an empty one is begun; `password`
    takes the place of one that is written there. `key`,
    `earlier` and `patience` are those of `SqliteLedger`.

    Raises:
        NotALedger: the database is another program's.
        NewerSchema, OlderSchema: it is a newer program's, or is to be migrated.
        WrongKey: it was written under another key.
        StoreFailed: nobody answers there.
    """

    def __init__(
        self,
        url: str | URL,
        key: bytes,
        *earlier: bytes,
        password: str | None = None,
        patience: timedelta = _PATIENCE,
    ) -> None:
        at_rest = AtRest(key, *earlier)
        named = make_url(url) if password is None else make_url(url).set(password=password)
        del key, earlier, password  # a traceback that shows local names must not show them
        super().__init__(PostgresEngine(named, patience.total_seconds(), at_rest), at_rest)
