"""Races for a ledger: what several threads or processes do to one store at the same time.

Here: the runners, and the laps that they run, as module functions so that another process can be
told to run them. Not here: what must have come out (`contracts`). Nothing here imports pytest.
"""

import multiprocessing
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import suppress
from functools import partial
from threading import Barrier, BrokenBarrierError, local
from typing import Any, Final, TypeAlias, TypeVar

from eservices_core.events import StreamId
from eservices_core.outcome import Failure, Outcome, Success
from eservices_core.ports.ledger import (
    Append,
    BySystem,
    Change,
    CommitRefusal,
    StaleStream,
    Stored,
    TakeName,
)
from eservices_core.testing.ledger_examples import (
    AT,
    COUNTED,
    HELD,
    OpensLedger,
    WholeLedger,
    a_change,
    a_claim,
    a_move,
    a_name,
    a_whole_change,
    an_append,
    claiming,
    held,
)
from eservices_core.words.identifiers import BookingId, UserId

L = TypeVar("L")
T = TypeVar("T")

Lap: TypeAlias = Callable[[WholeLedger, int], T]
"""What one runner does with its handle, given its number."""

_PATIENCE: Final = 60.0
_TRIES: Final = 1_000

# --- the laps ----------------------------------------------------------------------------------


def append_at_each_version(
    ledger: WholeLedger, runner: int, *, rounds: int
) -> list[Outcome[Stored, CommitRefusal]]:
    """In each round, append once to a new stream that every runner appends to."""
    return [
        ledger.commit(
            a_change(f"append-{round_}-{runner}", an_append(0, 2, StreamId("guesses", f"{round_}")))
        )
        for round_ in range(rounds)
    ]


def take_each_name(
    ledger: WholeLedger, runner: int, *, rounds: int
) -> list[Outcome[Stored, CommitRefusal]]:
    """In each round, take one new name that every runner wants for a user of their own."""
    return [
        ledger.commit(
            Change(
                key=f"take-{round_}-{runner}",
                fingerprint="takes a name",
                at=AT,
                by=BySystem(),
                answer="",
                appends=(an_append(0, 1, StreamId("user", f"{round_}-{runner}")),),
                names=(TakeName(a_name(f"name-{round_}"), UserId(f"user-{runner}")),),
            )
        )
        for round_ in range(rounds)
    ]


def use_each_key(
    ledger: WholeLedger, runner: int, *, rounds: int
) -> list[Outcome[Stored, CommitRefusal]]:
    """In each round, commit under one key that every runner uses, for the same command."""
    return [
        ledger.commit(
            a_change(
                f"key-{round_}",
                an_append(0, 1, StreamId("guesses", f"{round_}-{runner}")),
                answer=f"answer of {runner}",
            )
        )
        for round_ in range(rounds)
    ]


ROOM: Final = 1_000
"""The minutes from one round's contested time to the next one's."""
LENGTH: Final = 30
"""The minutes that each contested claim takes."""


def claim_each_time(
    ledger: WholeLedger, runner: int, *, rounds: int, apart: int = 0
) -> list[Outcome[Stored, CommitRefusal]]:
    """In each round, claim a time that every runner wants, each `apart` minutes after the last."""
    outcomes: list[Outcome[Stored, CommitRefusal]] = []
    for round_ in range(rounds):
        claim = a_claim(f"{round_}-{runner}", *_contested(round_, runner, apart))
        _keep_step()
        outcomes.append(ledger.commit(claiming(f"claim-{round_}-{runner}", claim)))
    return outcomes


def move_to_each_time(
    ledger: WholeLedger, runner: int, *, rounds: int, apart: int = 0
) -> list[Outcome[Stored, CommitRefusal]]:
    """In each round, claim a time of one's own, and move from it to one that every runner wants.

    Whoever is refused must still have what they had.
    """
    outcomes: list[Outcome[Stored, CommitRefusal]] = []
    for round_ in range(rounds):
        name, own = f"{round_}-{runner}", round_ * ROOM + ROOM // 2 + runner * LENGTH
        claim = a_claim(name, own, own + LENGTH)
        _ = ledger.commit(claiming(f"claim-{name}", claim)).unwrap()
        move = a_move(name, *_contested(round_, runner, apart))
        _keep_step()
        outcomes.append(ledger.commit(claiming(f"move-{name}", move)))
        has = claim if isinstance(outcomes[-1], Failure) else move
        assert ledger.held_by(BookingId(name)) == held(has), "a refused move leaves the old time"
    return outcomes


def _contested(round_: int, runner: int, apart: int) -> tuple[int, int]:
    start = round_ * ROOM + runner * apart
    return start, start + LENGTH


def count_up(ledger: WholeLedger, runner: int, *, times: int) -> int:
    """Add to one counter: read, decide, commit, and begin again if somebody was first."""
    stream = StreamId("guesses", "counter")
    tries = 0
    for time in range(times):
        outcome: Outcome[Stored, CommitRefusal] = Failure(StaleStream(stream))
        while isinstance(outcome, Failure):
            tries += 1
            assert tries <= _TRIES, "whoever begins again sees what is new"
            append = Append(stream, len(ledger.history(stream)), (COUNTED,), None)
            outcome = ledger.commit(a_change(f"count-{runner}-{time}", append))
            assert isinstance(outcome, Success) or outcome.failure() == StaleStream(stream)
    return tries


def commit_whole(ledger: WholeLedger, runner: int) -> bool:
    """Commit a change with one of everything; give whether it was there before."""
    return ledger.commit(a_whole_change(f"{runner}")).unwrap().repeated


def take_mails(ledger: WholeLedger, runner: int) -> list[str]:
    """Take one mail after another until none is due; give which."""
    del runner
    taken: list[str] = []
    while (one := ledger.take(AT, AT + HELD)) is not None:
        taken.append(one.mail.mail.value)
    return taken


# --- the runners -------------------------------------------------------------------------------


def in_threads(lanes: Sequence[L], lap: Callable[[L, int], T]) -> list[T]:
    """Run a lap in as many threads as there are lanes (handles, mostly), all starting at once."""
    start = Barrier(len(lanes))

    def run(runner: int) -> T:
        _ = start.wait(_PATIENCE)
        return _in_step(start, partial(lap, lanes[runner], runner))

    with ThreadPoolExecutor(len(lanes)) as pool:
        running = [pool.submit(run, runner) for runner in range(len(lanes))]
        return [future.result(_PATIENCE) for future in running]


def in_processes(open_ledger: OpensLedger, lap: Lap[T], runners: int) -> list[T]:
    """Run a lap in other processes, each with a handle of its own, all starting at once."""
    spawn = multiprocessing.get_context("spawn")
    start = spawn.Barrier(runners)
    with ProcessPoolExecutor(runners, spawn, _line_up, (start,)) as pool:
        running = [
            pool.submit(_run_in_process, open_ledger, lap, runner) for runner in range(runners)
        ]
        return [future.result(_PATIENCE) for future in running]


_here: Final = local()
"""Where a runner's thread has the barrier of its race."""


def _line_up(start: Any) -> None:  # noqa: ANN401  a barrier, whose class has no public name
    _here.start = start
    with suppress(BrokenBarrierError):
        _ = start.wait(_PATIENCE)


def _in_step(start: Any, run: Callable[[], T]) -> T:  # noqa: ANN401  as above
    """Run, and hold nobody up where that breaks off."""
    _here.start = start
    try:
        return run()
    except BaseException:
        start.abort()
        raise


def _keep_step() -> None:
    """Wait until every runner has come as far; without it the first one would win every round."""
    with suppress(BrokenBarrierError):
        _ = _here.start.wait(_PATIENCE)


def _run_in_process(open_ledger: OpensLedger, lap: Lap[T], runner: int) -> T:
    ledger = open_ledger()
    close: Callable[[], object] | None = getattr(ledger, "close", None)
    try:
        return _in_step(_here.start, partial(lap, ledger, runner))
    finally:
        if close is not None:
            _ = close()
