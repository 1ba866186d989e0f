"""The file itself: whose it is, what it says it is, and which file is refused."""

import os
import re
import sqlite3
import stat
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from eservices_adapters.store import (
    NewerSchema,
    NotALedger,
    OlderSchema,
    SqliteLedger,
    StoreFailed,
    TryAgain,
    audit_log,
    claims,
    lists,
    mails,
    schema,
    statements,
)
from eservices_core.testing import racing
from eservices_core.testing.ledger_examples import (
    KEY,
    a_change,
    a_whole_change,
    an_append,
    parts_there,
)

_TABLES = [
    "at_rest",
    "at_rest",
    "audit",
    "audit_checkpoints",
    "audit_seals",
    "books",
    "changes",
    "claims",
    "contents",
    "events",
    "lists",
    "mails",
    "names",
    "store",
]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where the ledger will be."""
    return tmp_path / "a folder with blanks, æ, ? and %20" / "ledger.db"


@pytest.fixture
def ledger(path: Path) -> Iterator[SqliteLedger]:
    """A new ledger."""
    path.parent.mkdir()
    with closing(SqliteLedger(path, KEY)) as opened:
        yield opened


def _ask(path: Path, query: str) -> object:
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute(query).fetchone()[0]


def test_only_the_owner_can_read_it(ledger: SqliteLedger, path: Path) -> None:
    """The file and its two companions are its owner's alone."""
    _ = ledger.commit(a_whole_change("a")).unwrap()
    files = {file.name: stat.S_IMODE(file.stat().st_mode) for file in path.parent.iterdir()}
    assert files == {"ledger.db": 0o600, "ledger.db-wal": 0o600, "ledger.db-shm": 0o600}


def test_it_says_what_it_is(ledger: SqliteLedger, path: Path) -> None:
    """The header tells which program's file it is, and of which version."""
    _ = ledger.commit(a_change("key")).unwrap()
    assert _ask(path, "PRAGMA application_id") == int.from_bytes(b"eSvc")
    assert _ask(path, "SELECT version_num FROM schema_version") == schema.HEAD
    assert _ask(path, "PRAGMA integrity_check") == "ok"


def test_every_connection_is_durable_and_strict(ledger: SqliteLedger) -> None:
    """Every connection waits for the disk, checks references, and overwrites what it deletes."""
    with ledger._engine._connections.lend() as connection:
        settings = {
            pragma: connection.execute(f"PRAGMA {pragma}").fetchone()[0]
            for pragma in ("journal_mode", "synchronous", "foreign_keys", "secure_delete")
        }
    full = 2
    assert settings == {
        "journal_mode": "wal",
        "synchronous": full,
        "foreign_keys": 1,
        "secure_delete": 1,
    }


def test_every_table_is_strict(ledger: SqliteLedger, path: Path) -> None:
    """A column holds its own type and no other."""
    del ledger
    with closing(sqlite3.connect(path)) as connection:
        tables = connection.execute("PRAGMA table_list").fetchall()
    foreign = ("sqlite_", "schema_version")  # SQLite's own, and Alembic's
    ours = {row[1]: bool(row[5]) for row in tables if not row[1].startswith(foreign)}
    assert ours == dict.fromkeys(_TABLES, True)


_QUERIES = {
    f"{module.__name__.rpartition('.')[2]}{name}": query.replace("{}", "0")
    for module in (statements, audit_log, claims, lists, mails)
    for name, query in vars(module).items()
    if name.startswith("_") and re.match(r"(SELECT .* WHERE|UPDATE|DELETE) ", str(query))
}


_ONE_ROW = ("CO-ROUTINE asked", "SCAN asked", "SCAN CONSTANT ROW", "SCALAR SUBQUERY")


@pytest.mark.parametrize("query", _QUERIES.values(), ids=_QUERIES.keys())
def test_no_statement_reads_a_whole_table(ledger: SqliteLedger, query: str) -> None:
    """Every statement finds its rows by an index, so none grows with the history."""
    with ledger._engine._connections.lend() as connection:
        plan = connection.execute(f"EXPLAIN QUERY PLAN {query}", ("",) * query.count("?"))
        steps = [row[3] for row in plan]
    assert steps
    for step in steps:
        # A subquery's own steps come after its name; what it gave as one row is read at once.
        assert step.startswith(("SEARCH", "CORRELATED SCALAR SUBQUERY", "LIST SUBQUERY", *_ONE_ROW))
        assert "TEMP B-TREE" not in step


def test_rows_are_unique_by_themselves(ledger: SqliteLedger, path: Path) -> None:
    """The file itself refuses a second event at a version, holder of a name, answer and mail."""
    _ = ledger.commit(a_whole_change("a")).unwrap()
    with closing(sqlite3.connect(path)) as connection:
        for table in ("events", "names", "changes", "mails"):
            columns = [row[1] for row in connection.execute(f"PRAGMA table_info({table})")]
            own = {"position", "change" if table == "changes" else "", "place"}
            copied = ", ".join(column for column in columns if column not in own)
            with pytest.raises(sqlite3.IntegrityError, match="UNIQUE constraint failed"):
                _ = connection.execute(
                    f"INSERT INTO {table} ({copied}) SELECT {copied} FROM {table}"  # noqa: S608  ours
                )


def _set_version(path: Path, version: str) -> None:
    with closing(sqlite3.connect(path)) as connection, connection:
        _ = connection.execute("UPDATE schema_version SET version_num = ?", (version,))


@pytest.mark.parametrize(
    ("version", "refused", "told"),
    [
        ("9999", NewerSchema, "has schema 9999, and this program knows"),
        ("branch", NewerSchema, "has schema branch, and this program knows"),
        ("0000", OlderSchema, "has schema 0000.* run eservices migrate"),
    ],
)
def test_another_schema_is_left_alone(
    ledger: SqliteLedger, path: Path, version: str, refused: type[Exception], told: str
) -> None:
    """A file of a newer or an older program is refused, with both versions (faults: 156)."""
    ledger.close()
    _set_version(path, version)
    before = path.read_bytes()
    with pytest.raises(refused, match=told):
        _ = SqliteLedger(path, KEY)
    assert path.read_bytes() == before


@pytest.mark.parametrize(
    "content", [b"no database at all" * 100, b"SQLite format 3\0" + b"\xff" * 4096]
)
def test_another_file_is_left_alone(tmp_path: Path, content: bytes) -> None:
    """A file that is no database is refused, and stays as it is."""
    path = tmp_path / "ledger.db"
    _ = path.write_bytes(content)
    with pytest.raises(NotALedger):
        _ = SqliteLedger(path, KEY)
    assert path.read_bytes() == content


def test_another_program_s_database_is_left_alone(tmp_path: Path) -> None:
    """A database of another program's is refused, and no table is added to it."""
    path = tmp_path / "ledger.db"
    with closing(sqlite3.connect(path)) as connection:
        _ = connection.execute("CREATE TABLE events (mine TEXT)")
    with pytest.raises(NotALedger, match="another program's"):
        _ = SqliteLedger(path, KEY)
    assert _ask(path, "SELECT count(*) FROM sqlite_schema") == 1


def test_a_folder_that_is_not_there_is_not_made(tmp_path: Path) -> None:
    """A ledger in a folder that is not there cannot be opened."""
    with pytest.raises(FileNotFoundError):
        _ = SqliteLedger(tmp_path / "nowhere" / "ledger.db", KEY)


def test_a_file_that_was_taken_away_is_not_made_again(tmp_path: Path) -> None:
    """When the file is gone, the ledger says so instead of beginning a new one."""
    path = tmp_path / "ledger.db"
    with closing(SqliteLedger(path, KEY)) as ledger:
        ledger._engine._connections._close_idle()
        path.unlink()
        with pytest.raises(StoreFailed, match="unable to open"):
            _ = ledger.commit(a_change("key"))
    assert not path.exists()


def test_an_empty_file_is_begun(tmp_path: Path) -> None:
    """A file that somebody has made and left empty becomes a ledger, and keeps its permissions."""
    path = tmp_path / "ledger.db"
    path.touch(mode=0o640)
    with closing(SqliteLedger(path, KEY)) as ledger:
        _ = ledger.commit(a_whole_change("a")).unwrap()
        assert all(parts_there(ledger, "a").values())
    assert stat.S_IMODE(path.stat().st_mode) == 0o640


def test_a_new_file_can_be_begun_together(tmp_path: Path) -> None:
    """Of threads that open a new file at once one makes the tables, and all are at work at once."""

    def begin(path: Path, runner: int) -> SqliteLedger:
        ledger = SqliteLedger(path, KEY)
        assert racing.commit_whole(ledger, runner) is False
        return ledger

    for round_ in range(40):
        opened = racing.in_threads([tmp_path / f"{round_}.db"] * 4, begin)
        for ledger in opened:
            assert all(all(parts_there(ledger, f"{runner}").values()) for runner in range(4))
            ledger.close()


def test_a_busy_store_is_an_exception_after_a_while(tmp_path: Path) -> None:
    """Whose patience ends gets an exception, and can ask again under the key (faults: 152)."""
    path = tmp_path / "ledger.db"
    change = a_change("key", an_append(0))
    with closing(SqliteLedger(path, KEY, patience=timedelta(milliseconds=30))) as ledger:
        with closing(sqlite3.connect(path, isolation_level=None)) as other:
            _ = other.execute("BEGIN IMMEDIATE")
            with pytest.raises(TryAgain, match="locked"):
                _ = ledger.commit(change)
            assert ledger.answered("key", "asks key").unwrap() is None
        assert ledger.commit(change).unwrap().repeated is False


def test_a_closed_ledger_is_not_used(tmp_path: Path) -> None:
    """To use a ledger that was closed is a bug; to close it twice is not."""
    with SqliteLedger(tmp_path / "ledger.db", KEY) as ledger:
        pass
    ledger.close()
    with pytest.raises(AssertionError):
        _ = ledger.commit(a_change("key"))


def test_a_second_handle_takes_no_lock_away(tmp_path: Path) -> None:
    """While a process has it open twice, another that closes it leaves the log alone."""
    path = tmp_path / "ledger.db"
    program = (
        "import sys; from eservices_adapters.store import *;"
        f" SqliteLedger(sys.argv[1], bytes.fromhex('{KEY.hex()}')).close()"
    )
    with closing(SqliteLedger(path, KEY)) as ledger:
        _ = ledger.commit(a_whole_change("first")).unwrap()
        with closing(SqliteLedger(path, KEY)):
            _ = subprocess.run(  # noqa: S603  our own interpreter, running the program above
                [sys.executable, "-c", program, str(path)],
                check=True,
                env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
            )
            assert path.with_name("ledger.db-wal").exists()
            _ = ledger.commit(a_whole_change("second")).unwrap()
        with closing(SqliteLedger(path, KEY)) as again:
            assert all(parts_there(again, "second").values())
