"""Free times as two interval libraries find them, and as a loop by hand does.

Peers get what was prepared beforehand and is not counted: the candidates that the periods offer, as
sorted integers, and what is taken as pairs of integers. They answer integers. So they do less than
ours, which finds the candidates in the settings, and answers values.
"""

from bisect import bisect_left
from collections.abc import Sequence

import portion
from attrs import frozen
from intervaltree import IntervalTree


@frozen
class Prepared:
    """One practitioner's days.

    Attributes:
        candidates: all starts that the periods offer, in order.
        length: the length of each, in minutes.
        taken: starts and ends of what is taken, in any order.
    """

    candidates: Sequence[int]
    length: int
    taken: Sequence[tuple[int, int]]


def by_portion(practitioners: Sequence[Prepared]) -> list[list[int]]:
    """Take what is taken out of all time, and look up the starts in each stretch that is left.

    Its fastest form that we found: a question for each candidate takes minutes.
    """
    answers: list[list[int]] = []
    for each in practitioners:
        taken = portion.Interval(*(portion.closedopen(start, end) for start, end in each.taken))
        free = portion.closedopen(each.candidates[0], each.candidates[-1] + each.length) - taken
        found: list[int] = []
        for stretch in free:
            first = bisect_left(each.candidates, stretch.lower)
            last = bisect_left(each.candidates, stretch.upper - each.length + 1)
            found.extend(each.candidates[first:last])
        answers.append(found)
    return answers


def by_intervaltree(practitioners: Sequence[Prepared]) -> list[list[int]]:
    """Plant a tree of what is taken, and ask it about each candidate."""
    answers: list[list[int]] = []
    for each in practitioners:
        tree = IntervalTree.from_tuples(each.taken)
        answers.append(
            [start for start in each.candidates if not tree.overlaps(start, start + each.length)]
        )
    return answers


def by_hand(practitioners: Sequence[Prepared]) -> list[list[int]]:
    """Sort and sweep, with nothing of settings, time zones, pauses or values: the floor."""
    answers: list[list[int]] = []
    for each in practitioners:
        taken = sorted(each.taken)
        found: list[int] = []
        place, blocked_until, count = 0, 0, len(taken)
        for start in each.candidates:
            end = start + each.length
            while place < count and taken[place][0] < end:
                if taken[place][1] > blocked_until:  # noqa: PLR1730  faster than `max`
                    blocked_until = taken[place][1]
                place += 1
            if blocked_until <= start:
                found.append(start)
        answers.append(found)
    return answers
