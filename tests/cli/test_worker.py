"""The worker as a process: once round, its log, and how it is asked to stop."""

import json
import signal
import subprocess
import sys
import time
from pathlib import Path
from shutil import copytree

import pytest

from eservices_adapters.demo.box import set_up
from tests.cli.running import BUFFERED, run


@pytest.fixture(scope="module")
def clinic(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An installation that has just been set up."""
    folder = tmp_path_factory.mktemp("worker") / "clinic"
    set_up(folder).unwrap().installation.ledger.close()
    return folder


@pytest.fixture
def config(clinic: Path, tmp_path: Path) -> Path:
    """A copy of it."""
    _ = copytree(clinic, tmp_path / "clinic")
    return tmp_path / "clinic" / "eservices.toml"


def test_once_round_says_what_came_of_it(config: Path, tmp_path: Path) -> None:
    """Every round is told by name, with how much it did; the heads that it sealed are noted."""
    heads = tmp_path / "heads"
    answer = run("worker", "--config", str(config), "--once", "--heads", str(heads)).answer
    rounds = {one["round"]: one for one in answer["rounds"]}
    assert {one["raised"] for one in rounds.values()} == {None}
    assert rounds["seal_audit"]["done"] > 0
    assert len(heads.read_text().splitlines()) == rounds["seal_audit"]["done"]
    assert rounds["follow_bookings"]["whose"] == "laegehuset"


def test_what_raised_is_the_exit_status(config: Path) -> None:
    """A round that raises is named by its type, the others have run, and the exit status is 1."""
    (config.parent / "bounces").mkdir(exist_ok=True)
    _ = (config.parent / "bounces" / "new").write_text("no folder")
    result = run("worker", "--config", str(config), "--once")
    rounds = {one["round"]: one for one in json.loads(result.out)["rounds"]}
    assert result.status == 1
    assert rounds["read_reports"]["raised"] == "NotADirectoryError"
    assert [name for name, one in rounds.items() if one["raised"]] == ["read_reports"]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_it_well(config: Path, number: signal.Signals) -> None:
    """SIGTERM and SIGINT end a worker with exit status 0, within seconds where nothing is sent."""
    with subprocess.Popen(  # noqa: S603  our own interpreter and module
        [sys.executable, "-m", "eservices_adapters.cli", "worker", "--config", str(config)],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=BUFFERED,
    ) as process:  # fmt: skip
        assert process.stderr is not None
        told = process.stderr.readline()
        assert "INFO" in told, told
        time.sleep(0.2)
        process.send_signal(number)
        begun = time.monotonic()
        out, err = process.communicate(timeout=60)
        assert time.monotonic() - begun < 20, "the machine may be busy"
    assert (process.returncode, out) == (0, "")
    assert "WARNING" not in told + err


def test_a_wrong_file_is_one_line() -> None:
    """A configuration that is not there is bad input."""
    assert run("worker", "--config", "nowhere.toml").complaint.startswith("--config: ")
