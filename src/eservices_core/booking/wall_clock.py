"""The clinic's wall clock in whole minutes: what it shows when, and when it shows what.

An instant is a whole minute since 1970-01-01T00:00Z, as in `words.interval`; a time of day is a
whole minute after midnight, as the clock shows it. On the days when clocks change, a time of day
may come never or twice (D-BOOK-9). Here: only that. Not here: what is offered when (`periods`).
"""

from datetime import date, datetime, time, timedelta
from typing import Final

from attrs import frozen

from eservices_core.clinic.booking_settings import DAY
from eservices_core.words.clinic_time import COPENHAGEN
from eservices_core.words.interval import instant_of

Stretch = tuple[int, int]
"""Instants from the first up to, and not including, the second."""

_EPOCH_DAY: Final = date(1970, 1, 1).toordinal()
_MINUTE: Final = timedelta(minutes=1)
_ONE_DAY: Final = timedelta(days=1)


@frozen
class Run:
    """Instants of one day through which the clock runs evenly.

    Attributes:
        start: the first of them.
        end: the first instant after them.
        zero: the instant at which this clock would have shown midnight.
    """

    start: int
    end: int
    zero: int


def day_start(day: date) -> int:
    """The first instant of a day."""
    offset = datetime.combine(day, time.min, COPENHAGEN).utcoffset()
    assert offset is not None
    return (day.toordinal() - _EPOCH_DAY) * DAY - offset // _MINUTE


def runs(day: date) -> tuple[Run, ...]:
    """Take a day apart where its clock changes; most days are one run from midnight to midnight.

    Clocks change once in a day at most: in Copenhagen they always have, since 1900.
    """
    start, end = day_start(day), day_start(day + _ONE_DAY)
    nominal = (day.toordinal() - _EPOCH_DAY) * DAY
    before, after = _offset(start), _offset(end - 1)
    if before == after:
        return (Run(start, end, nominal - before),)
    least, most = start, end - 1  # the change lies after the one, and not after the other
    while most - least > 1:
        middle = (least + most) // 2
        least, most = (middle, most) if _offset(middle) == before else (least, middle)
    return (Run(start, most, nominal - before), Run(most, end, nominal - after))


def _offset(minute: int) -> int:
    offset = instant_of(minute).astimezone(COPENHAGEN).utcoffset()
    assert offset is not None
    return offset // _MINUTE


def shown_at(minute: int) -> tuple[date, int]:
    """The day, and the time of day that the clock shows at an instant."""
    local = instant_of(minute).astimezone(COPENHAGEN)
    return local.date(), local.hour * 60 + local.minute


def showing(day: date, clock: int) -> tuple[int, ...]:
    """The instants at which the clock shows a time of day: one, none or two, in order."""
    return tuple(run.zero + clock for run in runs(day) if run.start <= run.zero + clock < run.end)


def stretches(day: date, start: int, end: int) -> list[Stretch]:
    """The instants of a day at which the clock shows a time in `[start, end)`, in order.

    One stretch, save on a day when clocks change: there it may be none, or two that lie apart.
    """
    found: list[Stretch] = []
    for run in runs(day):
        first, last = max(run.start, run.zero + start), min(run.end, run.zero + end)
        if first >= last:
            continue
        if found and found[-1][1] == first:
            found[-1] = (found[-1][0], last)
        else:
            found.append((first, last))
    return found


def first_showing(day: date, clock: int) -> int:
    """The first instant of a day, or of the next, at which the clock shows a time or a later one.

    Of a time that does not exist, that is the moment of the change; `clock` 1440 is the next day.
    """
    at_or_after = stretches(day, clock, DAY)
    return at_or_after[0][0] if at_or_after else day_start(day + _ONE_DAY)


def last_showing(day: date, clock: int) -> int:
    """The instant after the last of a day at which the clock shows a time before `clock`.

    Of a time that exists twice, that is the second; of one that does not, the moment of the change.
    """
    before = stretches(day, 0, clock)
    return before[-1][1] if before else day_start(day)
