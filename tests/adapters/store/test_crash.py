"""What is left after a process, a statement or a disk has failed: whole changes, and no others.

`ESERVICES_KILLS` says how many processes are killed while they commit to SQLite, and five times as
many as to PostgreSQL; docs/testing.md names the command that kills 1,000.
"""

import json
import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Generator
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from attrs import evolve as with_changes

from eservices_adapters.store import SqliteLedger, StoreFailed
from eservices_core.outcome import Success
from eservices_core.ports.ledger import EraseContent, PutContent
from eservices_core.ports.outbox import Handover
from eservices_core.testing.ledger_examples import (
    ANNA,
    AT,
    HELD,
    KEY,
    a_whole_change,
    parts_there,
    settle_next,
)
from eservices_core.words.identifiers import ContentId
from tests.postgres import PostgresServer

_KILLS = int(os.environ.get("ESERVICES_KILLS", "100"))


def _there(ledger: SqliteLedger, name: str) -> bool:
    """Say whether a change is there, which it is wholly or not at all."""
    parts = parts_there(ledger, name)
    assert len(set(parts.values())) == 1, parts
    return all(parts.values())


@pytest.fixture(params=["sqlite", "postgresql"])
def somewhere(request: pytest.FixtureRequest, tmp_path: Path) -> Generator[str, None, None]:
    """Where a ledger is: a file, or a database."""
    if request.param == "sqlite":
        yield str(tmp_path / "ledger.db")
        return
    server: PostgresServer = request.getfixturevalue("postgres")
    url = server.new_ledger()
    yield url
    server.drop(url)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork and no SIGKILL")
def test_a_killed_process_leaves_whole_changes(somewhere: str) -> None:
    """Killed at any moment, a process leaves what it acknowledged, and no half (faults: 150)."""
    kills = _KILLS if somewhere.endswith(".db") else _KILLS // 5
    program = Path(__file__).with_name("crashing.py")
    run = subprocess.run(  # noqa: S603  our own interpreter, running the file beside this one
        [sys.executable, str(program), somewhere, str(kills)],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )
    rounds: list[dict[str, Any]] = json.loads(run.stdout)
    assert len(rounds) == kills
    for found in rounds:
        counts = [len(parts) for parts in found["parts"]]
        acknowledged, whole = found["acknowledged"], found["whole"]
        assert counts[:acknowledged] == [whole] * acknowledged
        # The one that was on its way is there or not; the one after it was never begun.
        assert counts[acknowledged:] in ([0, 0], [whole, 0])
    assert sum(found["acknowledged"] > 0 for found in rounds) > kills / 3, "many were at work"


def test_a_torn_log_leaves_whole_changes(tmp_path: Path) -> None:
    """Wherever the log was cut off by a power failure, the first changes are there, each whole."""
    torn = tmp_path / "torn"
    torn.mkdir()
    with closing(SqliteLedger(tmp_path / "ledger.db", KEY)) as ledger:
        for number in range(6):
            _ = ledger.commit(a_whole_change(f"{number}")).unwrap()
        for file in ("ledger.db", "ledger.db-wal"):
            _ = shutil.copy(tmp_path / file, torn / f"whole-{file}")
    log = (torn / "whole-ledger.db-wal").read_bytes()
    seen: set[int] = set()
    for end in (*range(0, len(log), 4_999), len(log)):
        _ = shutil.copy(torn / "whole-ledger.db", torn / "ledger.db")
        _ = (torn / "ledger.db-wal").write_bytes(log[:end])
        (torn / "ledger.db-shm").unlink(missing_ok=True)
        with closing(SqliteLedger(torn / "ledger.db", KEY)) as ledger:
            there = [_there(ledger, f"{number}") for number in range(6)]
            assert there == sorted(there, reverse=True)
            seen.add(sum(there))
            _ = ledger.commit(a_whole_change("next")).unwrap()
            assert _there(ledger, "next")
    assert seen == set(range(7))


class _Stumbles(sqlite3.Connection):
    """A connection whose n-th statement fails, before it is carried out or after."""

    left: int = 1_000_000
    carried_out: bool = False

    def execute(self, sql: str, parameters: Any = (), /) -> sqlite3.Cursor:
        """Carry out a statement, or fail."""
        return self._stumble(partial(super().execute, sql, parameters))

    def executemany(self, sql: str, parameters: Any, /) -> sqlite3.Cursor:
        """Carry out a statement for many rows, or fail."""
        return self._stumble(partial(super().executemany, sql, parameters))

    @staticmethod
    def _stumble(carry_out: Callable[[], sqlite3.Cursor]) -> sqlite3.Cursor:
        _Stumbles.left -= 1
        if _Stumbles.left == 0:
            if _Stumbles.carried_out:
                _ = carry_out()
            raise sqlite3.OperationalError("disk I/O error")
        return carry_out()


@pytest.mark.parametrize("carried_out", [False, True], ids=["before", "after"])
def test_a_failed_statement_leaves_all_or_nothing(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    carried_out: bool,
) -> None:
    """Whichever statement fails, nothing or all is stored, and the key tells (faults: 150-153)."""
    path = tmp_path / "ledger.db"
    monkeypatch.setattr(sqlite3, "connect", partial(sqlite3.connect, factory=_Stumbles))
    monkeypatch.setattr(_Stumbles, "carried_out", carried_out)
    ended: set[bool] = set()
    with closing(SqliteLedger(path, KEY)) as ledger:
        for number in range(1, 100):
            name = f"{number}"
            change = a_whole_change(name)
            monkeypatch.setattr(_Stumbles, "left", number)
            try:
                outcome = ledger.commit(change)
            except StoreFailed:
                monkeypatch.setattr(_Stumbles, "left", 1_000_000)
                stored = _there(ledger, name)
                ended.add(stored)
                again = ledger.commit(change).unwrap()
                assert again.repeated is stored
                assert _there(ledger, name)
            else:
                assert isinstance(outcome, Success)
                break
        else:
            pytest.fail("a commit has fewer statements than that")
        assert number > 12
    # Only a COMMIT that was carried out and not answered stores anything (faults: 151).
    assert ended == {False, carried_out}


def test_a_full_disk_is_no_half_change(tmp_path: Path) -> None:
    """On a full disk nothing is stored, and when there is room again all is (faults: 153)."""
    with closing(SqliteLedger(tmp_path / "ledger.db", KEY)) as ledger:
        _ = ledger.commit(a_whole_change("first")).unwrap()
        with ledger._engine._connections.lend() as connection:
            pages = connection.execute("PRAGMA page_count").fetchone()[0]
            _ = connection.execute(f"PRAGMA max_page_count = {pages + 3}").fetchall()
        whole = a_whole_change("second")
        long = (PutContent(ContentId("long"), ANNA, "x" * 1_000_000),)
        change = with_changes(whole, contents=(*whole.contents, *long))
        with pytest.raises(StoreFailed, match="full") as failed:
            _ = ledger.commit(change)
        assert "x" * 10 not in str(failed.value)
        assert not _there(ledger, "second")
        assert _there(ledger, "first")
        assert ledger.commit(change).unwrap().repeated is False
        assert _there(ledger, "second")


def test_a_failed_clean_up_is_no_failure(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was committed is answered, even if the log could not be emptied after an erasure."""

    class CannotCheckpoint(sqlite3.Connection):
        def execute(self, sql: str, parameters: Any = (), /) -> sqlite3.Cursor:
            if "wal_checkpoint" in sql:
                raise sqlite3.OperationalError("database table is locked")
            return super().execute(sql, parameters)

    monkeypatch.setattr(sqlite3, "connect", partial(sqlite3.connect, factory=CannotCheckpoint))
    with closing(SqliteLedger(tmp_path / "ledger.db", KEY)) as ledger:
        _ = ledger.commit(a_whole_change("a")).unwrap()
        _ = settle_next(ledger, Handover.HANDED_OVER)
        assert ledger.take(AT + HELD, AT + 2 * HELD) is None
        erasing = with_changes(
            a_whole_change("b"), contents=(EraseContent(ContentId("content-a")),)
        )
        assert ledger.commit(erasing).unwrap().repeated is False
        assert ledger.content(ContentId("content-a")) is None
