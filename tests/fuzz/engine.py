"""Running a target: many inputs in a child process that may neither crash, nor hang, nor grow.

Here: the child with its limits, the parent that watches it, and what both report. Not here: the
inputs (`mutate`) and the command line (`__main__`).

One seed gives one run: the same inputs in the same order, as long as the parser answers the same.
An execution may take one second of processor time, and the child may grow by 64 MB over all of its
executions, so that what leaks a little each time is found too. The input is put into memory that
the parent shares before it is tried, so a parser that takes the process with it is told of as well.
Linux only: the limit of memory is one of its kernel.
"""

import gc
import mmap
import os
import pickle
import resource
import select
import signal
import time
import traceback
from collections import Counter
from collections.abc import Hashable
from pathlib import Path
from random import Random  # noqa: TID251  reproducible, and nobody's secret
from types import FrameType
from typing import NoReturn

from attrs import field, frozen

from tests.fuzz.mutate import mutate
from tests.fuzz.target import Target

SECONDS = 1.0
GROWTH = 64 * 1024 * 1024
_STANDS_STILL = 60.0  # seconds on the wall without an execution that ends; processors are shared
_LENGTH = 8
_MOST_KINDS = 2_000


@frozen
class Finding:
    """What must not happen, and the input of which it came.

    Attributes:
        what: one line, or a traceback.
        content: the input.
    """

    what: str
    content: bytes = field(repr=False)


@frozen
class Report:
    """How a run went.

    Attributes:
        executions: how many inputs were tried.
        kinds: how often each kind of answer came.
        slowest: seconds of processor time of the slowest execution.
        grown: bytes by which the child had grown at its largest.
        finding: the first thing that must not happen; the run ends there.
    """

    executions: int = 0
    kinds: dict[Hashable, int] = field(factory=dict[Hashable, int])
    slowest: float = 0.0
    grown: int = 0
    finding: Finding | None = None


class _TooSlowError(BaseException):
    """Raised by the timer, past any `except Exception`."""


def run(target: Target, executions: int, seed: int = 0) -> Report:
    """Try the corpus as it is, then mutated inputs: so many in all, or until one is a finding."""
    corpus = target.corpus()
    shared = mmap.mmap(-1, 2 * _LENGTH + max(target.most, *map(len, corpus)))
    reads, writes = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reads)
        chance = Random(f"{seed} {target.name}")  # noqa: S311  as above
        _live(_Run(target, corpus, chance, shared), executions, writes)
    os.close(writes)
    return _watch(child, reads, shared)


# --- the parent -----------------------------------------------------------------------------------


def _watch(child: int, reads: int, shared: mmap.mmap) -> Report:
    """Read the child's report, or say how it ended without one; one that stands still is ended."""
    tried, since, said, stands_still = -1, time.monotonic(), b"", False
    with os.fdopen(reads, "rb", buffering=0) as pipe:
        while True:
            readable, _, _ = select.select([pipe], [], [], 1.0)
            if readable:
                piece = pipe.read(64 * 1024)
                said += piece
                if not piece:
                    break
            now = int.from_bytes(shared[:_LENGTH], "big")
            if now != tried:
                tried, since = now, time.monotonic()
            elif time.monotonic() - since > _STANDS_STILL:
                stands_still = True
                os.kill(child, signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    if status == 0:
        report = pickle.loads(said)  # noqa: S301  our own child's, over our own pipe
        assert isinstance(report, Report)
        return report
    length = int.from_bytes(shared[_LENGTH : 2 * _LENGTH], "big")
    content = shared[2 * _LENGTH : 2 * _LENGTH + length]
    what = "stands still" if stands_still else f"the process died (wait status {status})"
    return Report(tried, finding=Finding(what, content))


# --- the child ------------------------------------------------------------------------------------


def _live(life: "_Run", executions: int, writes: int) -> NoReturn:
    """Run, report, end: nothing of the parent's, no handler and no buffer, runs in the child."""
    try:
        report = life.go(executions)
        with os.fdopen(writes, "wb") as pipe:
            pipe.write(pickle.dumps(report))
        os._exit(0)
    except BaseException:  # noqa: BLE001  a child that went on would be a second parent
        traceback.print_exc()
        os._exit(3)


class _Run:
    """One child's life."""

    def __init__(
        self, target: Target, corpus: list[bytes], chance: Random, shared: mmap.mmap
    ) -> None:
        self._target = target
        self._corpus = corpus
        self._chance = chance
        self._shared = shared
        self._kinds: Counter[Hashable] = Counter()
        self._tried = 0
        self._slowest = 0.0
        _ = signal.signal(signal.SIGPROF, _too_slow)

    def go(self, executions: int) -> Report:
        """Try the first of the corpus before the limit counts: it loads what is loaded once."""
        seeds = list(self._corpus)
        finding = self._try(seeds[0])
        before = _largest()
        _limit(GROWTH)
        while finding is None and self._tried < executions:
            place = self._tried
            content = (
                seeds[place]
                if place < len(seeds)
                else mutate(self._chance, self._corpus, self._target)
            )
            finding = self._try(content)
        kinds = dict(self._kinds.most_common())
        return Report(self._tried, kinds, self._slowest, _largest() - before, finding)

    def _try(self, content: bytes) -> Finding | None:
        """Try one input; one whose answer is of a new kind is mutated later, too."""
        self._tried += 1
        self._shared[:_LENGTH] = self._tried.to_bytes(_LENGTH, "big")
        self._shared[_LENGTH : 2 * _LENGTH] = len(content).to_bytes(_LENGTH, "big")
        self._shared[2 * _LENGTH : 2 * _LENGTH + len(content)] = content
        start = time.process_time()
        try:
            _ = signal.setitimer(signal.ITIMER_PROF, SECONDS)
            kind = self._target.attempt(content)
            _ = signal.setitimer(signal.ITIMER_PROF, 0)
        except _TooSlowError:
            return Finding(f"takes more than {SECONDS:g} s", content)
        except BaseException:  # noqa: BLE001  whatever a parser raises is a finding
            _ = signal.setitimer(signal.ITIMER_PROF, 0)
            return Finding(traceback.format_exc(), content)
        self._slowest = max(self._slowest, time.process_time() - start)
        if kind not in self._kinds and len(self._kinds) < _MOST_KINDS:
            self._corpus.append(content)
        self._kinds[kind] += 1
        return None


def _too_slow(_signal: int, _frame: FrameType | None) -> NoReturn:
    raise _TooSlowError


def _largest() -> int:
    """The most memory that this process has had, in bytes."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def _limit(growth: int) -> None:
    """From now on, memory beyond so many bytes more than now is refused to this process."""
    _ = gc.collect()
    pages = int(Path("/proc/self/statm").read_text("ascii").split()[0])
    most = pages * resource.getpagesize() + growth
    resource.setrlimit(resource.RLIMIT_AS, (most, most))
