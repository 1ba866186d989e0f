"""Guessing at one code from many sides at once: what the racing tests and their processes share.

Run as a program, it guesses from a process of its own: `racing.py FILE NAME TIMES` with the plan on
its standard input, and the count of what came of it on its standard output. Not here: any claim.
"""

import json
import sys
from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from threading import local
from typing import Any

from attrs import evolve

from eservices_adapters.store import SqliteLedger
from eservices_core.outcome import Failure, Outcome, Success
from eservices_core.ports.ledger import Change, CommitRefusal, Stored
from eservices_core.testing.ledger_examples import KEY
from eservices_core.usecases.perform import TooBusy
from eservices_core.usecases.services import Services
from eservices_core.usecases.type_code import TypeCode, type_code
from eservices_core.words.identifiers import AttemptId, BrowserId, SessionId
from tests.usecases.day import Day


class Gated:
    """A ledger whose every thread waits once, before its first commit, and whose ends are counted.

    Whoever waits has read; when all of them have, the gate opens, and they store what they decided
    from the same state.
    """

    def __init__(self, ledger: Any, wait: Callable[[], object]) -> None:
        self._ledger, self._wait, self._waited = ledger, wait, local()
        self.ended: Counter[str] = Counter()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._ledger, name)

    def commit(self, change: Change, /) -> Outcome[Stored, CommitRefusal]:
        """Wait, if this is the thread's first, and store."""
        if not getattr(self._waited, "before", False):
            self._waited.before = True
            _ = self._wait()
        committed: Outcome[Stored, CommitRefusal] = self._ledger.commit(change)
        match committed:
            case Failure(refusal):
                self.ended[type(refusal).__name__] += 1
            case Success():
                self.ended["stored"] += 1
        return committed


def guess_at(
    services: Services, attempt: AttemptId, browser: BrowserId, code: str, key: str
) -> str:
    """Guess once; gives why it was refused, or `entered`, or `too busy`."""
    day = Day()
    command = TypeCode(
        key=key,
        by=day.anybody,
        attempt=attempt,
        code=code,
        browser=browser,
        session=SessionId(f"session-of-{key}"),
    )
    try:
        said = type_code(services, command)
    except TooBusy:
        return "too busy"
    return said.failure().reason if isinstance(said, Failure) else "entered"


def _wait_for_the_others() -> None:
    print("ready", flush=True)  # noqa: T201  the answer to whoever ran it
    _ = sys.stdin.readline()  # which comes when everybody is ready


def _main(path: str, name: str, times: str) -> None:
    plan = json.loads(sys.stdin.readline())
    ledger = Gated(
        SqliteLedger(Path(path), KEY, patience=timedelta(seconds=60)), _wait_for_the_others
    )
    day = Day(datetime.fromisoformat(plan["at"]))
    services = evolve(day.services, ledger=ledger, records=ledger)
    came: Counter[str] = Counter()
    for place in range(int(times)):
        code = plan["codes"][place % len(plan["codes"])]
        attempt, browser = AttemptId(plan["attempt"]), BrowserId(plan["browser"])
        came[guess_at(services, attempt, browser, code, f"{name}-{place}")] += 1
    print(json.dumps([came, ledger.ended]), flush=True)  # noqa: T201  as above


if __name__ == "__main__":
    _main(*sys.argv[1:])
