"""`eservices try`: the group of all peers."""

from pathlib import Path

import pytest

from tests.cli.running import run

_PEERS = {
    "calendar": ("--practitioner", "sofie", "--day", "2027-03-01"),
    "custody": (),
    "mail": (),
    "mitid": (),
    "post": (),
}


def test_help_lists_every_peer() -> None:
    """Whoever asks what can be tried is told all five, each with what it does."""
    done = run("try", "--help")
    assert done.status == 0
    listed = done.out.partition("Commands:")[2].splitlines()
    assert [line.split()[0] for line in listed if line.strip()] == list(_PEERS)
    assert all("Try " in line for line in listed if line.strip())


@pytest.mark.parametrize("peer", _PEERS)
def test_every_peer_has_help(peer: str) -> None:
    """Each peer's command is found under its name, and explains --config and --json."""
    done = run("try", peer, "--help")
    assert done.status == 0
    assert f"Usage: eservices try {peer} " in done.out
    assert "--config" in done.out
    assert "--json" in done.out


@pytest.mark.parametrize("peer", _PEERS)
def test_a_configuration_that_is_not_there_is_one_line(peer: str, tmp_path: Path) -> None:
    """D-LOG-1: bad input is one line that names --config, status 2, and repeats no path."""
    gone = tmp_path / "0709614606.toml"
    line = run("try", peer, *_PEERS[peer], "--config", str(gone), stdin="nobody\n").complaint
    assert line.startswith("--config: ")
    assert "0709614606" not in line


@pytest.mark.parametrize("peer", _PEERS)
def test_a_configuration_is_asked_for(peer: str) -> None:
    """Without --config nothing is tried."""
    line = run("try", peer, *_PEERS[peer]).complaint
    assert line.startswith(f"--config: is missing (see eservices try {peer} --help)")


def test_another_peer_is_refused_by_the_list() -> None:
    """D-LOG-1: a peer that is none is told which there are, and is not repeated."""
    line = run("try", "0709614606").complaint
    assert line == "command: must be calendar, custody, mail, mitid or post"
