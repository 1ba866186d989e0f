"""A program that forks, and kills what it has forked while that commits: run by test_crash.

`python crashing.py WHERE ROUNDS`; WHERE is a file, or the URL of a PostgreSQL database.

It prints one line of JSON: for each round what was acknowledged, and what of each change is there
afterwards. Being a process of one thread, it may fork; the parent opens the file only to look.
"""

import json
import os
import signal
import sys
import time
from contextlib import closing

from eservices_adapters.store import SqliteLedger, SqlLedger
from eservices_core.testing.ledger_examples import KEY, a_whole_change, parts_there
from eservices_core.testing.memory import SeededChance


def _open(where: str) -> SqlLedger:
    if where.startswith("postgresql:"):
        from eservices_adapters.store.postgres import PostgresLedger  # noqa: PLC0415  an extra

        return PostgresLedger(where, KEY)
    return SqliteLedger(where, KEY)


def _commit_until_killed(where: str, round_: int, pipe: int) -> None:
    """Commit change after change, and say so after each; nobody ever returns from here."""
    ledger = _open(where)
    number = 0
    while True:
        _ = ledger.commit(a_whole_change(f"{round_}-{number}")).unwrap()
        _ = os.write(pipe, b".")
        number += 1


def _run_round(where: str, round_: int, microseconds: int, *, at_once: bool) -> int:
    """Have a child commit, kill it after a while, and give how much it said it had committed.

    The while begins at once, or with the first commit, so that it ends amid others.
    """
    said, says = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(said)
        _commit_until_killed(where, round_, says)
    os.close(says)
    acknowledged = 0 if at_once else len(os.read(said, 1))
    time.sleep(microseconds / 1_000_000 / 4)
    os.kill(child, signal.SIGKILL)
    _ = os.waitpid(child, 0)
    while dots := os.read(said, 65536):
        acknowledged += len(dots)
    os.close(said)
    return acknowledged


def main(where: str, rounds: int) -> None:
    """Run the rounds in one ledger, and look at it after each."""
    chance = SeededChance("crash")
    found: list[dict[str, object]] = []
    for round_ in range(rounds):
        microseconds = int.from_bytes(chance.entropy(2))
        acknowledged = _run_round(where, round_, microseconds, at_once=round_ % 5 == 0)
        names = [f"{round_}-{number}" for number in range(acknowledged + 2)]
        with closing(_open(where)) as ledger:
            everywhere = [parts_there(ledger, name) for name in names]
        parts = [[part for part, there in each.items() if there] for each in everywhere]
        whole = len(everywhere[0])
        found.append({"acknowledged": acknowledged, "parts": parts, "whole": whole})
    print(json.dumps(found))  # noqa: T201  its test reads it


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
