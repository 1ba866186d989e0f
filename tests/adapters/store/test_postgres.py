"""PostgreSQL itself: what the tables refuse, and what comes of lost answers and dead servers.

`ESERVICES_LOST_ANSWERS` says how many answers to a COMMIT are lost; docs/testing.md names the
command that loses 1,000.
"""

import os
import re
import signal
import threading
import time
from collections.abc import Generator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from attrs import evolve as with_changes

from eservices_adapters.store import (
    NewerSchema,
    NotALedger,
    OlderSchema,
    SqlLedger,
    StoreFailed,
    TryAgain,
    WrongKey,
    audit_log,
    claims,
    lists,
    mails,
    statements,
)
from eservices_core.ports.ledger import AuditEntry
from eservices_core.testing import racing
from eservices_core.testing.contracts.claims import ALWAYS
from eservices_core.testing.ledger_examples import (
    CLINIC,
    DOCTOR,
    KEY,
    a_change,
    a_claim,
    a_whole_change,
    an_append,
    claiming,
    held,
    parts_there,
)
from tests.adapters.store.cutting import Cutter
from tests.postgres import PostgresServer, open_postgres

psycopg = pytest.importorskip("psycopg", reason="the driver of PostgreSQL is not installed")

_LOST_ANSWERS = int(os.environ.get("ESERVICES_LOST_ANSWERS", "100"))


@pytest.fixture
def url(postgres: PostgresServer) -> Generator[str, None, None]:
    """A database with a new ledger."""
    made = postgres.new_ledger()
    yield made
    postgres.drop(made)


@pytest.fixture
def ledger(url: str) -> Generator[SqlLedger, None, None]:
    """The ledger in it."""
    with open_postgres(url, KEY) as opened:
        yield opened


def _do(url: str, statement: str, values: tuple[Any, ...] = ()) -> Any:
    with psycopg.connect(url, autocommit=True) as connection:
        cursor = connection.execute(statement, values)
        return cursor.fetchall() if cursor.description else None


# --- the tables ----------------------------------------------------------------------------------


@pytest.mark.parametrize("minutes", [(100, 115), (114, 130), (86, 101), (105, 110), (90, 130)])
def test_the_table_refuses_an_overlap(
    url: str, ledger: SqlLedger, minutes: tuple[int, int]
) -> None:
    """D-BOOK-1: whoever writes to the table cannot add a claim that overlaps, nor move one."""
    _ = ledger.commit(claiming("key", a_claim("a", 100, 115), a_claim("b", 200, 215))).unwrap()
    with pytest.raises(psycopg.errors.ExclusionViolation):
        _do(url, "INSERT INTO claims VALUES ('c', 1, %s, %s)", minutes)
    with pytest.raises(psycopg.errors.ExclusionViolation):
        _do(url, "UPDATE claims SET starts = %s, ends = %s WHERE booking = 'b'", minutes)
    _do(url, "INSERT INTO claims VALUES ('c', 1, 115, 200)")
    live = ledger.live(CLINIC, DOCTOR, ALWAYS)
    assert {held(a_claim("a", 100, 115)), held(a_claim("b", 200, 215))} <= set(live)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit SET act = 'another'",
        "DELETE FROM audit",
        "UPDATE changes SET at = at + 1",
        "UPDATE changes SET actor = '{}'",
        "DELETE FROM changes",
    ],
)
def test_the_audit_log_is_append_only(url: str, ledger: SqlLedger, statement: str) -> None:
    """D-LOG-1: whoever writes to the tables cannot change what was done, by whom and when."""
    _ = ledger.commit(a_whole_change("a")).unwrap()
    with pytest.raises(psycopg.errors.RestrictViolation, match="append-only"):
        _do(url, statement)


@pytest.mark.parametrize("table", ["events", "names", "changes", "mails"])
def test_rows_are_unique_by_themselves(url: str, ledger: SqlLedger, table: str) -> None:
    """The database itself refuses a second event at a version, holder of a name, and answer."""
    _ = ledger.commit(a_whole_change("a")).unwrap()
    named = _do(
        url,
        "SELECT string_agg(quote_ident(column_name), ', ') FROM information_schema.columns"
        " WHERE table_name = %s AND is_identity = 'NO'",
        (table,),
    )[0][0]
    with pytest.raises(psycopg.errors.UniqueViolation):
        _do(url, f"INSERT INTO {table} ({named}) SELECT {named} FROM {table}")  # noqa: S608  our own


_QUERIES = {
    f"{module.__name__.rpartition('.')[2]}{name}": query.replace("{}", "0")
    for module in (statements, audit_log, claims, lists, mails)
    for name, query in vars(module).items()
    if name.startswith("_") and re.match(r"(SELECT .* WHERE|UPDATE|DELETE) ", str(query))
}


def test_no_statement_reads_a_whole_table(url: str, ledger: SqlLedger) -> None:
    """Every statement finds its rows by an index, so none grows with the history."""
    _ = ledger.commit(a_whole_change("a")).unwrap()
    with psycopg.connect(url) as connection:
        _ = connection.execute("SET enable_seqscan = off")
        for name, query in _QUERIES.items():
            plan = connection.execute(f"EXPLAIN (GENERIC_PLAN) {_numbered(query)}").fetchall()
            assert not any("Seq Scan" in row[0] for row in plan), (name, plan)


def _numbered(query: str) -> str:
    parts = query.split("?")
    return "".join(
        part + (f"${number}" if number < len(parts) else "")
        for number, part in enumerate(parts, start=1)
    )


# --- which database ------------------------------------------------------------------------------


def test_another_program_s_database_is_left_alone(postgres: PostgresServer) -> None:
    """A database of another program's is refused, and no table is added to it."""
    url = postgres.new_database()
    _do(url, "CREATE TABLE events (mine TEXT)")
    with pytest.raises(NotALedger, match="another program's"):
        _ = open_postgres(url, KEY)
    tables = "SELECT count(*) FROM information_schema.tables WHERE table_schema = 'public'"
    assert _do(url, tables) == [(1,)]
    postgres.drop(url)


def test_an_empty_database_is_begun_by_one_of_many(postgres: PostgresServer) -> None:
    """Of processes that open an empty database at once one makes the tables, and all work."""
    url = postgres.new_database()
    opens = partial(open_postgres, url, KEY)
    assert racing.in_processes(opens, racing.commit_whole, 4) == [False] * 4
    with closing(opens()) as ledger:
        assert all(all(parts_there(ledger, f"{runner}").values()) for runner in range(4))
    postgres.drop(url)


@pytest.mark.parametrize(
    ("version", "refused"), [("9999", NewerSchema), ("branch", NewerSchema), ("0000", OlderSchema)]
)
def test_another_schema_is_left_alone(url: str, version: str, refused: type[Exception]) -> None:
    """A database of a newer or an older program is refused (faults: 156)."""
    _do(url, "UPDATE schema_version SET version_num = %s", (version,))
    with pytest.raises(refused, match=f"has schema {version}"):
        _ = open_postgres(url, KEY)


def test_another_key_is_refused(url: str) -> None:
    """A database of another key is refused, and the password in its URL is not shown."""
    with pytest.raises(WrongKey) as refused:
        _ = open_postgres(url.replace("postgres:@", "postgres:canary@"), bytes(32))
    assert "canary" not in str(refused.value)


# --- what fails ----------------------------------------------------------------------------------


def test_a_lost_answer_to_commit_has_one_effect(url: str, tmp_path: Path) -> None:
    """However often the answer to a COMMIT is lost, each change is stored once (faults: 151)."""
    with Cutter(url, tmp_path) as cutter, closing(open_postgres(cutter.url, KEY)) as ledger:
        for number in range(_LOST_ANSWERS):
            cutter.cut_next_commit()
            change = a_change(f"key-{number}", an_append(number))
            stored = ledger.commit(change).unwrap()
            assert stored.answer == change.answer
            assert len(ledger.history(change.appends[0].stream)) == number + 1
        assert cutter.cuts == _LOST_ANSWERS
    assert _do(url, "SELECT count(*) FROM changes") == [(_LOST_ANSWERS,)]


def test_a_dead_backend_is_not_noticed(url: str, ledger: SqlLedger) -> None:
    """When the server drops every connection, the next act takes a new one (faults: 154, 155)."""
    for number in range(5):
        _ = ledger.commit(a_whole_change(f"{number}")).unwrap()
        _do(
            url,
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()",
        )
        assert all(parts_there(ledger, f"{number}").values())


def test_a_crashed_server_is_waited_for(url: str, ledger: SqlLedger) -> None:
    """When one of its processes is killed the server starts anew, and nothing is lost (154)."""
    if os.environ.get("ESERVICES_POSTGRES"):
        pytest.skip("the server that is named is not ours to kill")
    _ = ledger.commit(a_whole_change("before")).unwrap()
    (backend,) = _do(url, "SELECT pid FROM pg_stat_activity WHERE backend_type = 'walwriter'")[0]
    os.kill(backend, signal.SIGKILL)
    assert ledger.commit(a_whole_change("after")).unwrap().repeated is False
    assert all(parts_there(ledger, "before").values())
    assert all(parts_there(ledger, "after").values())


def test_a_server_that_is_not_there_is_told_in_one_line() -> None:
    """Where nobody answers, the message names the place, and no password (faults: 154)."""
    nowhere = "postgresql://clinic:canary@127.0.0.1:1/nothing"
    with pytest.raises(StoreFailed, match="cannot be reached") as failed:
        _ = open_postgres(nowhere, KEY)
    assert "canary" not in str(failed.value)


def test_a_pool_that_is_used_up_is_an_exception_after_a_while(url: str) -> None:
    """Who finds no connection for too long is told to try again (faults: 155)."""
    with closing(open_postgres(url, KEY, patience=0.2)) as ledger:
        engine: Any = ledger._engine
        taken = [engine._take() for _ in range(16)]
        begun = time.monotonic()
        with pytest.raises(TryAgain, match="in use"):
            _ = ledger.commit(a_change("key"))
        assert time.monotonic() - begun < 5
        for one in taken:
            one.close()
        assert ledger.commit(a_change("key")).unwrap().repeated is False


def test_conflicts_end_in_an_exception_after_a_while(url: str) -> None:
    """Whom another transaction keeps out for too long is told to try again (faults: 152)."""
    with closing(open_postgres(url, KEY, patience=0.05)) as ledger, psycopg.connect(url) as other:
        _ = other.execute("LOCK TABLE changes IN ACCESS EXCLUSIVE MODE")
        with pytest.raises(TryAgain, match="again and again"):
            _ = ledger.commit(a_change("key"))
        other.rollback()
        assert ledger.commit(a_change("key")).unwrap().repeated is False


def test_no_error_holds_what_was_written(url: str, ledger: SqlLedger) -> None:
    """However the database fails, its error holds no text that was to be stored (faults: 185)."""
    _do(url, "ALTER TABLE contents ADD CHECK (is_file = 7)")
    with pytest.raises(StoreFailed, match="23514") as failed:
        _ = ledger.commit(a_whole_change("canary"))
    error: BaseException | None = failed.value
    while error is not None:
        assert "canary" not in f"{error!r} {error.args} {vars(error)}"
        error = error.__context__ if not error.__suppress_context__ else None


def test_sixteen_connections_share_one_ledger(ledger: SqlLedger) -> None:
    """Sixteen threads commit at once, each on its own connection, and every change is whole."""

    def commit(runner: int) -> None:
        for number in range(5):
            _ = ledger.commit(a_whole_change(f"{runner}-{number}")).unwrap()

    with ThreadPoolExecutor(16) as threads:
        _ = list(threads.map(commit, range(16)))
    for runner in range(16):
        for number in range(5):
            assert all(parts_there(ledger, f"{runner}-{number}").values())


def test_an_entry_that_is_read_gets_none_before_it(
    ledger: SqlLedger, monkeypatch: pytest.MonkeyPatch
) -> None:
    """D-LOG-1: while an entry is not stored that has its place, no later one of its log is read."""
    from eservices_adapters.store.postgres import PostgresSession  # noqa: PLC0415  an extra

    has_its_place, goes_on = threading.Event(), threading.Event()
    execute = PostgresSession.execute

    def dawdles(session: PostgresSession, sql: str, values: Any = ()) -> Any:
        if sql == "COMMIT" and not has_its_place.is_set():
            _ = execute(session, "SELECT 1").fetchone()  # what was sent before has been carried out
            has_its_place.set()
            assert goes_on.wait(30)
        return execute(session, sql, values)

    monkeypatch.setattr(PostgresSession, "execute", dawdles)

    def commit(key: str) -> None:
        audit = (AuditEntry(key, None, clinic=CLINIC),)
        _ = ledger.commit(with_changes(a_change(key), audit=audit)).unwrap()

    with ThreadPoolExecutor(2) as threads:
        first = threads.submit(commit, "first")
        assert has_its_place.wait(30)
        second = threads.submit(commit, "second")
        time.sleep(0.5)
        read = [one.entry.act for one in ledger.audit_at(CLINIC, 0, 10)]
        goes_on.set()
        first.result()
        second.result()
    assert read == []
    assert [one.entry.act for one in ledger.audit_at(CLINIC, 0, 10)] == ["first", "second"]
