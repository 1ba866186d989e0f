"""A program that forks, and kills what it has forked while that commits: run by test_crash.

It prints one line of JSON: for each round what was acknowledged, and what of each change is there
afterwards. Being a process of one thread, it may fork; the parent opens the file only to look.
"""

import json
import os
import signal
import sys
import time
from contextlib import closing
from pathlib import Path

from eservices_adapters.store import SqliteLedger
from eservices_core.testing.ledger_examples import KEY, a_whole_change, parts_there
from eservices_core.testing.memory import SeededChance


def _commit_until_killed(path: Path, round_: int, pipe: int) -> None:
    """Commit change after change, and say so after each; nobody ever returns from here."""
    ledger = SqliteLedger(path, KEY)
    number = 0
    while True:
        _ = ledger.commit(a_whole_change(f"{round_}-{number}")).unwrap()
        _ = os.write(pipe, b".")
        number += 1


def _run_round(path: Path, round_: int, microseconds: int, *, at_once: bool) -> int:
    """Have a child commit, kill it after a while, and give how much it said it had committed.

    The while begins at once, or with the first commit, so that it ends amid others.
    """
    said, says = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(said)
        _commit_until_killed(path, round_, says)
    os.close(says)
    acknowledged = 0 if at_once else len(os.read(said, 1))
    time.sleep(microseconds / 1_000_000 / 4)
    os.kill(child, signal.SIGKILL)
    _ = os.waitpid(child, 0)
    while dots := os.read(said, 65536):
        acknowledged += len(dots)
    os.close(said)
    return acknowledged


def main(folder: Path, rounds: int) -> None:
    """Run the rounds in one file, and look at it after each."""
    path = folder / "ledger.db"
    chance = SeededChance("crash")
    found: list[dict[str, object]] = []
    for round_ in range(rounds):
        microseconds = int.from_bytes(chance.entropy(2))
        acknowledged = _run_round(path, round_, microseconds, at_once=round_ % 5 == 0)
        names = [f"{round_}-{number}" for number in range(acknowledged + 2)]
        with closing(SqliteLedger(path, KEY)) as ledger:
            everywhere = [parts_there(ledger, name) for name in names]
        parts = [[part for part, there in each.items() if there] for each in everywhere]
        whole = len(everywhere[0])
        found.append({"acknowledged": acknowledged, "parts": parts, "whole": whole})
    print(json.dumps(found))  # noqa: T201


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
