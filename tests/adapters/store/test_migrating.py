"""An older store is brought up to date whole, or stays as it was; others' stores are left alone.

There is one revision so far, so these tests add a second one of their own.
"""

import json
import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Generator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from textwrap import dedent

import pytest
from sqlalchemy import Engine as Sqlalchemy
from sqlalchemy import create_engine, event, text

from eservices_adapters.store import (
    NewerSchema,
    NotALedger,
    OlderSchema,
    SqliteLedger,
    schema,
)
from eservices_adapters.store.migrating import Migrated, migrate_postgres, migrate_sqlite
from eservices_core.testing.ledger_examples import KEY, a_whole_change, parts_there
from tests.postgres import PostgresServer, open_postgres

_SECOND = dedent(
    """
    import sqlalchemy as sa
    from alembic import op

    revision = "0002"
    down_revision = "0001"


    def upgrade() -> None:
        op.create_table("later", sa.Column("id", sa.Integer, primary_key=True))
        op.add_column("lists", sa.Column("later", sa.Integer, nullable=True))
        op.create_index("lists_later", "lists", ["later"])
        op.execute("UPDATE lists SET later = 1")
    """
)
_TABLES = "SELECT type, name, sql FROM sqlite_schema WHERE name NOT LIKE 'sqlite_%' ORDER BY 1, 2"
_COLUMNS = (
    "SELECT table_name, column_name, data_type, is_nullable, collation_name"
    " FROM information_schema.columns WHERE table_schema = current_schema() ORDER BY 1, 2"
)


def _with_second(folder: Path) -> Path:
    """Copy the revisions, and add a second."""
    there = Path(schema.__file__).with_name("migrations")
    made = folder / "migrations"
    _ = shutil.copytree(there, made, ignore=shutil.ignore_patterns("__pycache__"))
    _ = (made / "versions" / "0002_a_test.py").write_text(_SECOND)
    return made


@pytest.fixture
def newer(tmp_path: Path, older: Path) -> Generator[Path, None, None]:
    """A program that knows a second revision, met after the older store was begun."""
    assert older.exists()
    made = _with_second(tmp_path)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(schema, "HEAD", "0002")
        patch.setattr(schema, "SCRIPTS", str(made))
        schema.sqlite_statements.cache_clear()
        yield made
    schema.sqlite_statements.cache_clear()


@pytest.fixture
def older(tmp_path: Path) -> Path:
    """A store of today's program, with a change in it."""
    path = tmp_path / "ledger.db"
    with closing(SqliteLedger(path, KEY)) as ledger:
        _ = ledger.commit(a_whole_change("first")).unwrap()
    return path


def _tables(path: Path) -> list[tuple[str, ...]]:
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute(_TABLES).fetchall()


def _columns(path: Path) -> set[tuple[object, ...]]:
    """Every column, wherever in its table a migration had to put it."""
    with closing(sqlite3.connect(path)) as connection:
        return {
            (table, *column[1:])
            for kind, table, _ in _tables(path)
            if kind == "table"
            for column in connection.execute(f"PRAGMA table_info({table})").fetchall()
        }


def test_a_store_of_today_needs_nothing(older: Path) -> None:
    """What is up to date is left as it is, asked or done."""
    for apply in (False, True):
        assert migrate_sqlite(older, apply=apply) == Migrated("0001", "0001")


@pytest.mark.usefixtures("newer")
def test_an_older_store_is_refused_until_it_was_migrated(older: Path, tmp_path: Path) -> None:
    """faults: 156. An older store is refused, migrated on demand, and then works as a new one."""
    with pytest.raises(OlderSchema, match="eservices migrate"):
        _ = SqliteLedger(older, KEY)
    assert migrate_sqlite(older, apply=False) == Migrated("0001", "0002")
    with pytest.raises(OlderSchema):
        _ = SqliteLedger(older, KEY)
    assert migrate_sqlite(older) == Migrated("0001", "0002")
    with closing(SqliteLedger(older, KEY)) as ledger:
        assert all(parts_there(ledger, "first").values())
        _ = ledger.commit(a_whole_change("second")).unwrap()
        assert all(parts_there(ledger, "second").values())
    SqliteLedger(tmp_path / "new.db", KEY).close()
    assert _columns(older) == _columns(tmp_path / "new.db")
    names = [[row[:2] for row in _tables(path)] for path in (older, tmp_path / "new.db")]
    assert names[0] == names[1]


_KILLED = """
import json, os, sqlite3, sys
import alembic.command, alembic.config, alembic.context  # once, not in every child
from pathlib import Path
from sqlalchemy import Engine, event
from eservices_adapters.store import migrating, schema

schema.HEAD, schema.SCRIPTS = "0002", sys.argv[2]
path, tables = Path(sys.argv[1]), sys.argv[3]
left = 0

def before(*_):
    global left
    left -= 1
    if left < 0:
        os._exit(9)

event.listen(Engine, "before_cursor_execute", before)
event.listen(Engine, "commit", before)

seen = []
status = 9
while status == 9:
    left = len(seen)
    child = os.fork()
    if child == 0:
        migrating.migrate_sqlite(path)
        os._exit(0)
    status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    connection = sqlite3.connect(path)
    seen.append(connection.execute(tables).fetchall())
    connection.close()
print(json.dumps([status, seen]))
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork")
def test_killed_at_any_statement_nothing_has_changed(older: Path, newer: Path) -> None:
    """faults: 156. A migration that is killed before any of its statements is simply run again."""
    before = [list(row) for row in _tables(older)]
    run = subprocess.run(  # noqa: S603  our own interpreter, and the text above
        [sys.executable, "-c", _KILLED, str(older), str(newer), _TABLES],
        check=True,
        capture_output=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )
    status, (*killed, last) = json.loads(run.stdout)
    assert status == 0
    assert len(killed) > 8, "the statements were met"
    assert all(seen == before for seen in killed)
    assert last != before
    assert migrate_sqlite(older) == Migrated("0002", "0002")
    with closing(SqliteLedger(older, KEY)) as ledger:
        assert all(parts_there(ledger, "first").values())


@pytest.mark.usefixtures("newer")
def test_of_two_at_once_one_does_it(older: Path) -> None:
    """Two operators at once: one migrates, the other waits and finds nothing to do."""
    with ThreadPoolExecutor(2) as threads:
        done = sorted(threads.map(lambda _: migrate_sqlite(older).before, range(2)))
    assert done == ["0001", "0002"]


def test_what_is_not_ours_is_left_alone(older: Path, tmp_path: Path) -> None:
    """faults: 156. A newer store, another program's, no database, none: each is refused, whole."""
    with closing(sqlite3.connect(older)) as connection:
        _ = connection.execute("UPDATE schema_version SET version_num = '9999'")
        connection.commit()
    with pytest.raises(NewerSchema):
        _ = migrate_sqlite(older)
    other = tmp_path / "other.db"
    with closing(sqlite3.connect(other)) as connection:
        _ = connection.execute("CREATE TABLE schema_version (version_num TEXT)")
    with pytest.raises(NotALedger):
        _ = migrate_sqlite(other)
    (tmp_path / "text").write_text("no database, but long enough to be one" * 9)
    with pytest.raises(NotALedger):
        _ = migrate_sqlite(tmp_path / "text")
    with pytest.raises(NotALedger):
        _ = migrate_sqlite(tmp_path / "missing")
    assert not (tmp_path / "missing").exists()


# --- PostgreSQL --------------------------------------------------------------------------------


@pytest.fixture
def url(postgres: PostgresServer) -> Generator[str, None, None]:
    """A database with a new ledger of today's program."""
    made = postgres.new_ledger()
    yield made
    postgres.drop(made)


def _postgres_columns(url: str) -> list[tuple[object, ...]]:
    engine = create_engine(url.replace("postgresql:", "postgresql+psycopg:"))
    try:
        with engine.connect() as connection:
            return [tuple(row) for row in connection.execute(text(_COLUMNS))]
    finally:
        engine.dispose()


def test_postgres_is_migrated_whole_or_not_at_all(
    url: str, postgres: PostgresServer, tmp_path: Path
) -> None:
    """faults: 156. Broken off at any statement, a PostgreSQL migration has changed nothing."""
    with closing(open_postgres(url, KEY)) as ledger:
        _ = ledger.commit(a_whole_change("first")).unwrap()
    before = _postgres_columns(url)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(schema, "HEAD", "0002")
        patch.setattr(schema, "SCRIPTS", str(_with_second(tmp_path)))
        with pytest.raises(OlderSchema):
            _ = open_postgres(url, KEY)
        broken = 0
        while _broken_off(url, broken):
            assert _postgres_columns(url) == before
            broken += 1
        assert broken > 5, "the statements were met"
        assert migrate_postgres(url) == Migrated("0002", "0002")
        new = postgres.new_database()
        open_postgres(new, KEY).close()
        assert _postgres_columns(new) == _postgres_columns(url)
        postgres.drop(new)
        with closing(open_postgres(url, KEY)) as ledger:
            assert all(parts_there(ledger, "first").values())


class _BrokenError(Exception):
    pass


def _broken_off(url: str, after: int) -> bool:
    """Migrate, but break off before a statement; False if there were no more."""
    left = after

    def count(*_: object) -> None:
        nonlocal left
        left -= 1
        if left < 0:
            raise _BrokenError

    event.listen(Sqlalchemy, "before_cursor_execute", count)
    try:
        _ = migrate_postgres(url)
    except _BrokenError:
        return True
    finally:
        event.remove(Sqlalchemy, "before_cursor_execute", count)
    return False


def test_of_two_operators_of_postgres_one_migrates(url: str, tmp_path: Path) -> None:
    """Two at once on PostgreSQL: one migrates, the other waits and finds nothing to do."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(schema, "HEAD", "0002")
        patch.setattr(schema, "SCRIPTS", str(_with_second(tmp_path)))
        assert migrate_postgres(url, apply=False) == Migrated("0001", "0002")
        done = {migrate_postgres(url).before for _ in range(2)}
    assert done == {"0001", "0002"}


def test_an_empty_database_is_not_begun_by_migrating(postgres: PostgresServer) -> None:
    """An empty PostgreSQL database, or another program's, is refused and stays as it is."""
    empty = postgres.new_database()
    with pytest.raises(NotALedger):
        _ = migrate_postgres(empty)
    assert _postgres_columns(empty) == []
    postgres.drop(empty)
