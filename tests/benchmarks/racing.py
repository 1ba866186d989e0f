"""Racing: contestants take turns, round by round, and only their ratios are judged.

Time is processor time of this process, so that other work on the machine does not count as ours or
as a peer's; what that work does to caches and clock rates, the turns share.

Here: how a race is run, and how a goal is held against it. Not here: who races over what (`login`,
`cpr`, `imports`), and how it is shown (`report`).
"""

import gc
from collections.abc import Callable, Mapping, Sequence
from statistics import median, quantiles
from time import process_time_ns
from types import FunctionType
from typing import Any, Final

from attrs import frozen

TURN_NS: Final = 4_000_000
"""About how long a turn lasts: long beside the clock's grain, short beside what else goes on."""

Part = tuple[Callable[[Any], Any], Sequence[Any]]
"""A function, and the inputs that it is called with one after the other."""

Timer = Callable[[int], int]
"""Takes a number of passes and gives the nanoseconds that they took."""

Figures = Mapping[str, Sequence[float]]
"""For each contestant one figure a round; figures of the same round belong together."""


@frozen
class Contestant:
    """Somebody who does the work: the parts are run in turn, a call counts as much in each."""

    name: str
    parts: tuple[Part, ...]

    @property
    def calls(self) -> int:
        """The calls of one pass."""
        return sum(len(inputs) for _, inputs in self.parts)


@frozen
class Goal:
    """How `above` stands to `below`, as a ratio; without a bound it is reported and not judged."""

    name: str
    above: str
    below: str
    at_most: float | None = None
    at_least: float | None = None


@frozen
class Verdict:
    """A goal and what was measured: the median of the rounds' ratios, and their quartiles."""

    goal: Goal
    ratio: float
    low: float
    high: float

    @property
    def met(self) -> bool | None:
        """Whether the median keeps the bound; None where there is none."""
        if self.goal.at_most is not None:
            return self.ratio <= self.goal.at_most
        if self.goal.at_least is not None:
            return self.ratio >= self.goal.at_least
        return None


@frozen
class Race:
    """What came of a race: its title, the unit of its figures, the figures and the verdicts."""

    title: str
    unit: str
    figures: Figures
    verdicts: Sequence[Verdict]


def run(title: str, contestants: Sequence[Contestant], goals: Sequence[Goal], rounds: int) -> Race:
    """Race for nanoseconds a call, net of the loop around it."""
    timers = {each.name: [_timer(part) for part in each.parts] for each in contestants}
    passes = {each.name: _passes(timers[each.name], each.calls) for each in contestants}
    figures: dict[str, list[float]] = {each.name: [] for each in contestants}
    _ = gc.collect()
    gc.disable()
    try:
        for lap in range(rounds):
            first = lap % len(contestants)  # so that nobody always follows the same neighbour
            for each in (*contestants[first:], *contestants[:first]):
                spent = _turn(timers[each.name], passes[each.name], each.calls)
                figures[each.name].append(spent)
    finally:
        gc.enable()
    return Race(title, "ns", figures, judge(figures, goals))


def judge(figures: Figures, goals: Sequence[Goal]) -> list[Verdict]:
    """Hold the goals against figures of which each round belongs together."""
    verdicts: list[Verdict] = []
    for goal in goals:
        pairs = zip(figures[goal.above], figures[goal.below], strict=True)
        ratios = [above / below for above, below in pairs]
        low, _, high = quantiles(ratios, n=4)
        verdicts.append(Verdict(goal, median(ratios), low, high))
    return verdicts


def _passes(timers: Sequence[Timer], calls: int) -> int:
    _ = _turn(timers, 1, calls)  # the first calls fill caches and load what is loaded late
    return max(1, round(TURN_NS / (_turn(timers, 1, calls) * calls)))


def _turn(timers: Sequence[Timer], passes: int, calls: int) -> float:
    return sum(timer(passes) for timer in timers) / (passes * calls)


def _timer(part: Part) -> Timer:
    """Make the loop that times this part: nanoseconds for some passes, net of the loop itself.

    A loop of its own, as `timeit` makes one: the interpreter adapts a loop's code to what it calls,
    and a loop that all contestants share would fit the last of them and not the next.
    """
    call, inputs = part
    calls = FunctionType(_time_calls.__code__.replace(), globals())
    loop = FunctionType(_time_loop.__code__.replace(), globals())

    def net(passes: int) -> int:
        spent: int = calls(call, inputs, passes) - loop(inputs, passes)
        return max(spent, 1)

    return net


def _time_calls(call: Callable[[Any], Any], inputs: Sequence[Any], passes: int) -> int:
    begun = process_time_ns()
    for _ in range(passes):
        for given in inputs:
            _ = call(given)
    return process_time_ns() - begun


def _time_loop(inputs: Sequence[Any], passes: int) -> int:
    begun = process_time_ns()
    for _ in range(passes):
        for given in inputs:
            _ = given
    return process_time_ns() - begun
