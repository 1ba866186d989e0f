"""The periods in which a practitioner can be booked, before anything is taken (S-BOOK-1).

Here: which periods a day has, which times a type of appointment has in them, and when the clinic is
closed. Not here: what is taken (`free_times`), and what is said of one time (`offered`).
"""

from collections.abc import Iterable, Sequence
from datetime import date
from itertools import pairwise
from typing import Final

from eservices_core.booking.wall_clock import (
    Stretch,
    first_showing,
    last_showing,
    showing,
    shown_at,
    stretches,
)
from eservices_core.clinic.booking_settings import (
    ClosedPeriod,
    DayPeriod,
    OwnLength,
    Period,
    Practitioner,
    WeekTemplate,
)

Week = tuple[tuple[DayPeriod, ...], ...]
"""Seven days, Monday first: the periods of each, in order."""

WEEK: Final = 7


def periods_on(who: Practitioner, day: date) -> tuple[DayPeriod, ...]:
    """The periods of one day, in order: an exception's, else those of the template in force."""
    for exception in who.exceptions:
        if exception.day == day:
            return tuple(sorted(exception.periods))
    template = template_on(who, day)
    if template is None:
        return ()
    return rotation(template)[turn_of(template, day)][day.weekday()]


def template_on(who: Practitioner, day: date) -> WeekTemplate | None:
    """The template in force on a day: the last that has begun; None before the first."""
    begun = (each for each in who.templates if each.first_week <= day)
    return max(begun, key=lambda each: each.first_week, default=None)


def turn_of(template: WeekTemplate, day: date) -> int:
    """Which of a template's weeks a day lies in."""
    return (day - template.first_week).days // WEEK % len(template.weeks)


def rotation(template: WeekTemplate) -> tuple[Week, ...]:
    """The weeks of a template, each as seven days of periods in order."""
    return tuple(week_of(week) for week in template.weeks)


def week_of(periods: Iterable[Period]) -> Week:
    """Sort the periods of a week into its seven days, Monday first."""
    days: tuple[list[DayPeriod], ...] = tuple([] for _ in range(WEEK))
    for period in periods:
        days[period.weekday].append(period.hours)
    return tuple(tuple(sorted(of_day)) for of_day in days)


def starts_on(day: date, periods: Iterable[DayPeriod], own: OwnLength) -> list[int]:
    """The instants at which a type of appointment can begin on a day, in order (D-BOOK-9).

    Those at which the clock shows the start of a period, or a whole number of lengths and pauses
    after it, and from which the whole length lies in the period. The pause need not.
    """
    found: set[int] = set()
    for period in periods:
        if period.is_for(own.type):
            within = stretches(day, period.start, period.end)
            for clock in range(period.start, period.end, own.length + own.pause):
                starts = showing(day, clock)
                found.update(start for start in starts if _lies_in(within, start, own.length))
    return sorted(found)


def lies_in_period(start: int, periods: Iterable[DayPeriod], own: OwnLength) -> bool | None:
    """Whether a type can begin at an instant: True on the grid of a period, False off it.

    None where no period for the type holds its whole length.
    """
    day, clock = shown_at(start)
    holding = [
        period
        for period in periods
        if period.is_for(own.type)
        and _lies_in(stretches(day, period.start, period.end), start, own.length)
    ]
    if not holding:
        return None
    return any((clock - period.start) % (own.length + own.pause) == 0 for period in holding)


def _lies_in(within: Iterable[Stretch], start: int, length: int) -> bool:
    return any(first <= start and start + length <= end for first, end in within)


def closed_stretches(closed: Iterable[ClosedPeriod]) -> list[Stretch]:
    """The instants at which the clinic is closed to requests, in order and apart."""
    each = sorted(
        (
            first_showing(period.start.date(), period.start.hour * 60 + period.start.minute),
            last_showing(period.until.date(), period.until.hour * 60 + period.until.minute),
        )
        for period in closed
    )
    return merged(stretch for stretch in each if stretch[0] < stretch[1])


def merged(ordered: Iterable[Stretch]) -> list[Stretch]:
    """Join stretches that meet or touch; they come ordered by their start."""
    joined: list[Stretch] = []
    for start, end in ordered:
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return joined


def without(open_to: Sequence[Stretch], closed: Sequence[Stretch]) -> list[Stretch]:
    """What is left of some stretches without others; all are in order and apart."""
    left: list[Stretch] = []
    for start, end in open_to:
        inside = [each for each in closed if each[0] < end and start < each[1]]
        edges = [(start, start), *inside, (end, end)]
        between = ((one[1], other[0]) for one, other in pairwise(edges))
        left += [(first, last) for first, last in between if first < last]
    return left
