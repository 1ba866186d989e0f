"""Committing ready changes, raced against whoever writes the same rows into the same tables.

The peers' rows are those that the ledger itself was seen to write, so both leave the same database
behind; the peers ask nothing and check nothing. Figures are microseconds of the wall clock for a
change, durable and answered: waiting for the disk is most of the work.
"""

import sqlite3
import tempfile
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from functools import partial
from pathlib import Path
from time import perf_counter
from typing import Any, Final
from uuid import UUID

from attrs import evolve as with_changes
from attrs import frozen
from eventsourcing.persistence import StoredEvent
from eventsourcing.sqlite import SQLiteAggregateRecorder, SQLiteDatastore
from sqlalchemy import MetaData, Table, create_engine, make_url, select

from eservices_adapters.store import SqliteLedger, SqlLedger
from eservices_adapters.store.postgres import PostgresLedger
from eservices_adapters.store.session import Rows, Session
from eservices_core.events import StreamId
from eservices_core.ports.claims import ClaimTime
from eservices_core.ports.ledger import Append, AuditEntry, ByUser, Change
from eservices_core.ports.lists import Listed, ListKind, ListName, PutOnList
from eservices_core.ports.outbox import MailKind, OutgoingMail
from eservices_core.testing.ledger_examples import ADDRESS, ANNA, AT, CLINIC, CREATED, KEY
from eservices_core.words.identifiers import BookingId, MailId, PractitionerId
from eservices_core.words.interval import Interval
from tests.benchmarks.racing import Goal, Race, judge
from tests.postgres import a_server

CLIENTS: Final = 8
CHANGES: Final = 400
"""Of one turn, by one writer or by all."""

_PATIENCE: Final = 60
_PRAGMAS: Final = ("PRAGMA synchronous = FULL", "PRAGMA foreign_keys = ON")
_Row = tuple[str, tuple[Any, ...]]
_Rows = list[_Row]

# --- what is written -----------------------------------------------------------------------------


def a_booking(writer: int, number: int) -> Change:
    """A booking, as large as a patient's: event, claim, mail, place on a list, audit entry."""
    tag = f"{writer}-{number}"
    stream = StreamId("booking", tag)
    practitioner = PractitionerId(f"practitioner-{writer}")
    return Change(
        key=f"key-{tag}",
        fingerprint="a fingerprint of sixty-four characters, as SHA-256 has in hex",
        at=AT,
        by=ByUser(ANNA),
        answer='{"booking": "a booking"}',
        appends=(Append(stream, 0, (CREATED,), ANNA),),
        claims=(
            ClaimTime(
                BookingId(tag), CLINIC, practitioner, Interval(number * 15, number * 15 + 15)
            ),
        ),
        mails=(
            OutgoingMail(
                MailId(tag), MailKind.BOOKING_REQUESTED, ANNA, ADDRESS, b"x" * 2_000, None, stream
            ),
        ),
        lists=(PutOnList(ListName(ListKind.WORKLIST, CLINIC.value), Listed(tag, AT)),),
        audit=(AuditEntry("request_time", ANNA, "D-BOOK-1", stream=stream, clinic=CLINIC),),
    )


def a_bare_booking(writer: int, number: int) -> Change:
    """An event and a claim, and nothing else: what an event store with a table of claims keeps."""
    return with_changes(a_booking(writer, number), mails=(), lists=(), audit=())


@frozen
class _Recording:
    """A session that notes what is written through it."""

    session: Session
    rows: _Rows
    row_lock: str = ""
    skip_locked: str = ""
    keeps_log: bool = False

    def execute(self, sql: str, values: Sequence[object] = (), /) -> Rows:
        if not sql.startswith("SELECT"):
            self.rows.append(_plain(sql, tuple(values)))
        return self.session.execute(sql, values)

    def put(self, row: str, sql: str, values: Sequence[object], /) -> None:
        del row
        _ = self.execute(sql, values)

    def lock(self, *names: str) -> None:
        self.session.lock(*names)

    def next_change(self) -> int:
        return self.session.next_change()


def _plain(sql: str, values: tuple[Any, ...]) -> _Row:
    """Give the insertion of a row without the question that the ledger asks within it."""
    before, question, _ = sql.partition("CASE WHEN EXISTS")
    if not question:
        return sql, values
    *row, _kind, _key, is_first, change = values
    return f"{before}?, ?)", (*row, is_first, change)


def written(ledger: SqlLedger, changes: Sequence[Change]) -> list[_Rows]:
    """Commit changes, and give the rows that the ledger wrote for each."""
    engine: Any = ledger._engine
    write = engine.write
    seen: list[_Rows] = []

    def watched(work: Callable[[Any], Any], *more: Any, **options: Any) -> Any:
        rows: _Rows = []
        answer = write(lambda session: work(_Recording(session, rows)), *more, **options)
        seen.append(rows)
        return answer

    engine.write = watched
    for change in changes:
        _ = ledger.commit(change).unwrap()
    engine.write = write
    return seen


# --- contestants ---------------------------------------------------------------------------------


@frozen
class Turn:
    """What one turn took: microseconds a change, and how the slowest did beside the fastest."""

    each: float
    fairness: float


def together(work: Sequence[Callable[[], None]], changes: int) -> Turn:
    """Have several threads work at once."""
    spent = [0.0] * len(work)
    start = threading.Barrier(len(work) + 1)

    def run(runner: int) -> None:
        _ = start.wait()
        begun = perf_counter()
        work[runner]()
        spent[runner] = perf_counter() - begun

    threads = [threading.Thread(target=run, args=(runner,)) for runner in range(len(work))]
    for thread in threads:
        thread.start()
    _ = start.wait()
    begun = perf_counter()
    for thread in threads:
        thread.join()
    took = perf_counter() - begun
    return Turn(took / changes * 1e6, min(spent) / max(spent))


def _commit(ledger: SqlLedger, changes: Sequence[Change]) -> None:
    for change in changes:
        _ = ledger.commit(change).unwrap()


def _write_raw(path: Path, rows: Sequence[_Rows]) -> None:
    with closing(sqlite3.connect(path, isolation_level=None, timeout=_PATIENCE)) as connection:
        for pragma in _PRAGMAS:
            _ = connection.execute(pragma)
        for each in rows:
            _ = connection.execute("BEGIN IMMEDIATE")
            for sql, values in each:
                _ = connection.execute(sql, values)
            _ = connection.execute("COMMIT")


def _write_core(url: str, rows: Sequence[_Rows]) -> Callable[[], None]:
    """What a program writes with SQLAlchemy Core: lock the book's row, then insert row by row."""
    engine = create_engine(make_url(url).set(drivername="postgresql+psycopg"))
    tables = MetaData()
    tables.reflect(engine)
    books = tables.tables["books"]
    parsed = [[_as_insert(tables, row) for row in each] for each in rows]
    book = next(values["book"] for each in parsed for table, values in each if "book" in values)

    def run() -> None:
        for each in parsed:
            with engine.begin() as connection:
                lock = select(books.c.book).where(books.c.book == book).with_for_update()
                _ = connection.execute(lock).one()
                for table, values in each:
                    _ = connection.execute(table.insert(), values)
        engine.dispose()

    return run


def _as_insert(tables: MetaData, row: _Row) -> tuple[Table, dict[str, Any]]:
    sql, values = row
    name, _, rest = sql.removeprefix("INSERT INTO ").partition(" (")
    columns = rest.partition(")")[0].split(", ")
    return tables.tables[name], dict(zip(columns, values, strict=True))


class _WithClaims(SQLiteAggregateRecorder):
    """The eventsourcing library's recorder, with a claim beside its events."""

    def _insert_events(self, c: Any, stored_events: Any, **more: Any) -> Any:
        for event in stored_events:
            start = event.originator_version * 15
            book = event.originator_id.hex
            _ = c.execute(
                "INSERT INTO claims SELECT ?, ?, ? WHERE NOT EXISTS"
                " (SELECT 1 FROM claims WHERE book = ? AND ends > ? AND starts < ?)",
                (book, start, start + 15, book, start, start + 15),
            )
        return super()._insert_events(c, stored_events, **more)


def _save_events(path: Path, writer: int, events: int) -> Callable[[], None]:
    datastore = SQLiteDatastore(str(path), lock_timeout=_PATIENCE)
    recorder = _WithClaims(datastore)
    recorder.create_table()
    with closing(sqlite3.connect(path)) as connection, connection:
        _ = connection.execute(
            "CREATE TABLE IF NOT EXISTS claims (book TEXT, starts INTEGER, ends INTEGER)"
        )
        _ = connection.execute("CREATE INDEX IF NOT EXISTS c ON claims (book, ends, starts)")
    whose = UUID(int=writer + 1)

    def run() -> None:
        for version in range(1, events + 1):
            _ = recorder.insert_events([StoredEvent(whose, version, "Created", b"x" * 2_000)])

    return run


# --- the races -----------------------------------------------------------------------------------

_ONE: Final = "one writer, SQLite, synchronous FULL"
_EIGHT: Final = "eight threads, SQLite, synchronous FULL"
_SERVER: Final = "eight clients, PostgreSQL"


def race(rounds: int) -> tuple[Race, ...]:
    """Race on both engines."""
    with tempfile.TemporaryDirectory() as folder:
        sqlite = _on_sqlite(Path(folder), rounds)
    return (*sqlite, _on_postgres(rounds))


def _on_sqlite(folder: Path, rounds: int) -> tuple[Race, ...]:
    one: dict[str, list[float]] = {
        name: [] for name in ("ours", "raw sqlite3", "ours, bare", "eventsourcing")
    }
    eight: dict[str, list[float]] = {"ours": [], "raw sqlite3": [], "slowest": [], "fastest": []}
    for lap in range(rounds):
        for writers, figures in ((1, one), (CLIENTS, eight)):
            shares = _shares(writers)
            place = folder / f"{lap}-{writers}"
            place.mkdir()
            with closing(SqliteLedger(place / "seen.db", KEY)) as ledger:
                # One writer's changes after the other's: the numbers are those of one database.
                rows = [written(ledger, share) for share in shares]
            raw = place / "raw.db"
            _begin(place / "seen.db", raw)
            with _opened(place / "ours.db") as ledger:
                turns = {
                    "ours": [partial(_commit, ledger, share) for share in shares],
                    "raw sqlite3": [
                        partial(_write_raw, raw, _without_books(each)) for each in rows
                    ],
                }
                if writers == 1:
                    bare = [a_bare_booking(98, number) for number in range(CHANGES)]
                    turns["ours, bare"] = [partial(_commit, ledger, bare)]
                    turns["eventsourcing"] = [_save_events(place / "es.db", 0, CHANGES)]
                names = list(turns)
                for name in (*names[lap % len(names) :], *names[: lap % len(names)]):
                    turn = together(turns[name], CHANGES)
                    figures[name].append(turn.each)
                    if name == "ours" and writers > 1:
                        figures["fastest"].append(turn.fairness)
                        figures["slowest"].append(1.0)
    return (
        Race(
            f"A ready change: {_ONE}",
            "us",
            one,
            judge(
                one,
                [
                    Goal("raw sqlite3 : ours", "raw sqlite3", "ours", at_least=0.6),
                    Goal("eventsourcing : ours, bare", "eventsourcing", "ours, bare", at_least=1.0),
                ],
            ),
        ),
        Race(
            f"A ready change: {_EIGHT}",
            "us",
            {name: eight[name] for name in ("ours", "raw sqlite3")},
            judge(
                eight,
                [
                    Goal("raw sqlite3 threads : ours", "raw sqlite3", "ours", at_least=1.3),
                    Goal("fastest thread : slowest, ours", "fastest", "slowest", at_least=0.8),
                ],
            ),
        ),
    )


def _on_postgres(rounds: int) -> Race:
    figures: dict[str, list[float]] = {"ours": [], "SELECT FOR UPDATE, Core": []}
    shares = _shares(CLIENTS)
    with a_server() as server:
        for _ in range(rounds):
            seen, theirs, mine = (server.new_ledger() for _ in range(3))
            with closing(PostgresLedger(seen, KEY)) as ledger:
                rows = [written(ledger, share) for share in shares]
            with closing(PostgresLedger(theirs, KEY)) as ledger:
                for share in shares:
                    _open_book(ledger, share[0])
            core = [_write_core(theirs, _without_books(each)) for each in rows]
            figures["SELECT FOR UPDATE, Core"].append(together(core, CHANGES).each)
            with closing(PostgresLedger(mine, KEY)) as ledger:
                ours = [partial(_commit, ledger, share) for share in shares]
                figures["ours"].append(together(ours, CHANGES).each)
            for url in (seen, theirs, mine):
                server.drop(url)
    goal = Goal("Core : ours", "SELECT FOR UPDATE, Core", "ours", at_least=1.3)
    return Race(f"A ready change: {_SERVER}", "us", figures, judge(figures, [goal]))


def _shares(writers: int) -> list[list[Change]]:
    return [
        [a_booking(writer, number) for number in range(CHANGES // writers)]
        for writer in range(writers)
    ]


@contextmanager
def _opened(path: Path) -> Iterator[SqliteLedger]:
    with closing(SqliteLedger(path, KEY)) as ledger:
        _ = ledger.commit(a_booking(99, 0)).unwrap()  # what is loaded late is loaded
        yield ledger


def _begin(seen: Path, path: Path) -> None:
    """Make a file of the same tables, with the same books."""
    SqliteLedger(path, KEY).close()
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        _ = connection.execute("ATTACH ? AS seen", (str(seen),))
        _ = connection.execute("INSERT INTO books SELECT * FROM seen.books")


def _without_books(rows: Sequence[_Rows]) -> list[_Rows]:
    return [[row for row in each if "INTO books" not in row[0]] for each in rows]


def _open_book(ledger: SqlLedger, change: Change) -> None:
    (claim,) = change.claims
    assert isinstance(claim, ClaimTime), "a booking claims a time"
    ledger._engine.write(partial(_insert_book, claim))


def _insert_book(claim: ClaimTime, session: Session) -> Any:
    from eservices_adapters.store.session import Done  # noqa: PLC0415  beside its only use

    _ = session.execute(
        "INSERT INTO books (clinic, practitioner) VALUES (?, ?)",
        (claim.clinic.value, claim.practitioner.value),
    )
    return Done(None)
