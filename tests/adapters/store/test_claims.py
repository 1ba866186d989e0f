"""Claims in the file itself: refused by the tables, and under many processes (D-BOOK-1).

`ESERVICES_CLAIM_ATTEMPTS` says how many attempts eight processes make in a race, in step; a race of
moves, each of which needs a claim first, makes a quarter of them.
"""

import os
import sqlite3
from collections.abc import Callable, Generator
from contextlib import closing
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from eservices_adapters.store import SqliteLedger
from eservices_core.outcome import Outcome
from eservices_core.ports.ledger import CommitRefusal, Stored
from eservices_core.testing import racing
from eservices_core.testing.contracts.claims import ALWAYS, assert_apart, assert_one_claims
from eservices_core.testing.ledger_examples import (
    CLINIC,
    DOCTOR,
    KEY,
    OpensLedger,
    a_claim,
    claiming,
    held,
)
from tests.postgres import PostgresServer, open_postgres

_PROCESSES = 8
_BOOK = 1  # the first that was opened
_ATTEMPTS = int(os.environ.get("ESERVICES_CLAIM_ATTEMPTS", "1000"))

_OVERLAPPING = [(100, 115), (114, 130), (86, 101), (105, 110), (90, 130)]
_Lap = Callable[..., list[Outcome[Stored, CommitRefusal]]]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A ledger in which two claims lie."""
    path = tmp_path / "ledger.db"
    with closing(SqliteLedger(path, KEY)) as ledger:
        _ = ledger.commit(claiming("key", a_claim("a", 100, 115), a_claim("b", 200, 215))).unwrap()
    return path


def _execute(path: Path, statement: str, values: tuple[Any, ...]) -> None:
    with closing(sqlite3.connect(path)) as connection, connection:
        _ = connection.execute(statement, values)


@pytest.mark.parametrize("minutes", _OVERLAPPING)
@pytest.mark.parametrize("insert", ["INSERT", "INSERT OR IGNORE", "INSERT OR REPLACE", "REPLACE"])
def test_the_table_refuses_an_overlap(path: Path, insert: str, minutes: tuple[int, int]) -> None:
    """D-BOOK-1: whoever writes to the table, in whatever way, cannot add a claim that overlaps."""
    values = ("c", _BOOK, *minutes)
    with pytest.raises(sqlite3.IntegrityError, match="two claims overlap"):
        _execute(path, f"{insert} INTO claims VALUES (?, ?, ?, ?)", values)
    with closing(SqliteLedger(path, KEY)) as ledger:
        found = (held(a_claim("a", 100, 115)), held(a_claim("b", 200, 215)))
        assert ledger.live(CLINIC, DOCTOR, ALWAYS) == found


@pytest.mark.parametrize("minutes", _OVERLAPPING)
@pytest.mark.parametrize("update", ["UPDATE", "UPDATE OR IGNORE", "UPDATE OR REPLACE"])
def test_the_table_refuses_a_move_that_overlaps(
    path: Path, update: str, minutes: tuple[int, int]
) -> None:
    """D-BOOK-1: nor can anybody move one there."""
    with pytest.raises(sqlite3.IntegrityError, match="two claims overlap"):
        _execute(path, f"{update} claims SET starts = ?, ends = ? WHERE booking = 'b'", minutes)


def test_the_table_refuses_two_at_once(path: Path) -> None:
    """D-BOOK-1: two claims of one statement that overlap are refused, and neither is there."""
    statement = "INSERT INTO claims VALUES ('c', ?, 0, 15), ('d', ?, 14, 20)"
    with pytest.raises(sqlite3.IntegrityError, match="two claims overlap"):
        _execute(path, statement, (_BOOK, _BOOK))
    _execute(path, statement.replace("14, 20", "15, 20"), (_BOOK, _BOOK))


def test_the_table_takes_no_empty_time(path: Path) -> None:
    """A claim has a first minute, and the table knows it."""
    values = ("c", _BOOK, 15, 15)
    with pytest.raises(sqlite3.IntegrityError, match="CHECK constraint failed"):
        _execute(path, "INSERT INTO claims VALUES (?, ?, ?, ?)", values)


@pytest.fixture(params=["sqlite", "postgresql"])
def opens(request: pytest.FixtureRequest, tmp_path: Path) -> Generator[OpensLedger, None, None]:
    """Opens one new ledger, in any process."""
    if request.param == "sqlite":
        yield partial(SqliteLedger, tmp_path / "race.db", KEY, patience=timedelta(seconds=60))
        return
    server: PostgresServer = request.getfixturevalue("postgres")
    url = server.new_ledger()
    yield partial(open_postgres, url, KEY, patience=60)
    server.drop(url)


@pytest.mark.parametrize(
    ("lap", "attempts"),
    [
        (racing.claim_each_time, _ATTEMPTS),
        (partial(racing.claim_each_time, apart=4), _ATTEMPTS),
        (partial(racing.move_to_each_time, apart=4), _ATTEMPTS // 4),
    ],
    ids=["the same time", "overlapping times", "moves to overlapping times"],
)
def test_of_many_processes_one_has_each_time(opens: OpensLedger, lap: _Lap, attempts: int) -> None:
    """D-BOOK-1: of eight processes one has each time, and the others are told that it is taken."""
    rounds = attempts // _PROCESSES
    runs = racing.in_processes(opens, partial(lap, rounds=rounds), _PROCESSES)
    assert sum(map(len, runs)) == rounds * _PROCESSES
    with closing(opens()) as ledger:
        assert_one_claims(runs, ledger)
        assert_apart(ledger.live(CLINIC, DOCTOR, ALWAYS))
