"""The lists from the command line: compared with the events, and rebuilt from them."""

import sqlite3
from contextlib import closing
from pathlib import Path
from shutil import copytree

import pytest

from eservices_adapters.demo.box import set_up
from tests.cli.running import run, run_process


@pytest.fixture(scope="module")
def clinic(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A demonstration's installation, whose staff are on a list."""
    folder = tmp_path_factory.mktemp("views") / "clinic"
    set_up(folder).unwrap().installation.ledger.close()
    return folder


@pytest.fixture
def config(clinic: Path, tmp_path: Path) -> str:
    """A copy of it."""
    _ = copytree(clinic, tmp_path / "clinic")
    return str(tmp_path / "clinic" / "eservices.toml")


_STRAY = """
    INSERT INTO lists
    SELECT kind, key, 'nobody', since, rank, about FROM lists WHERE kind = 'staff' LIMIT 1
"""


def _damage(config: str, statement: str) -> None:
    with closing(sqlite3.connect(Path(config).parent / "ledger.sqlite")) as connection, connection:
        _ = connection.execute(statement)


def test_what_is_as_the_events_say_is_said_so(config: str) -> None:
    """Nothing differs: exit status 0, and nothing to count."""
    checked = run("views", "rebuild", "--config", config, "--check")
    assert checked.status == 0
    assert checked.answer == {"views": "as the events say", "differences": {}}


@pytest.mark.parametrize(
    ("statement", "way"),
    [
        ("DELETE FROM lists WHERE kind = 'staff'", "missing"),
        ("UPDATE lists SET rank = 7 WHERE kind = 'staff'", "misplaced"),
        (
            _STRAY,
            "stray",
        ),
    ],
)
def test_what_differs_is_counted_and_then_mended(config: str, statement: str, way: str) -> None:
    """A check says what differs, by kind of list, exit status 1; a rebuild mends it, 0."""
    _damage(config, statement)
    checked = run("views", "rebuild", "--config", config, "--check")
    assert (checked.status, checked.answer["views"]) == (1, "different")
    assert checked.answer["differences"]["staff"][way] > 0
    mended = run("views", "rebuild", "--config", config)
    assert mended.status == 0
    assert mended.answer == {"views": "mended", "differences": checked.answer["differences"]}
    assert run("views", "rebuild", "--config", config, "--check").status == 0


def test_a_configuration_that_is_missing_is_said_so(tmp_path: Path) -> None:
    """Bad input is one line, and exit status 2."""
    ran = run_process("views", "rebuild", "--config", str(tmp_path / "nowhere.toml"))
    assert ran.status == 2
