"""The instances of one recurrence rule (RFC 5545, 3.3.10), within a window and within bounds.

Here: wall-clock moments out of a rule. Not here: exceptions and zones (`busy`), and the rule's text
(`values`). A rule without COUNT is begun at the window, however long ago it started, so what a rule
costs depends on the window; every day and every step that is looked at is paid for out of an
`Allowance`, so a rule that never matches ends as one that matches too often does. (dateutil's rrule
looks for the next match up to the year 9999, and cannot be stopped.)

Where RFC 5545 leaves a choice: a rule with BYWEEKNO or BYYEARDAY and no BYDAY takes every day that
they name; the parts of a rule that its frequency does not allow narrow it.
"""

from collections.abc import Callable, Iterator
from datetime import date, datetime, time, timedelta
from enum import IntEnum
from functools import partial
from typing import Final

from attrs import define, evolve, field, frozen

INSTANCES_LIMIT: Final = 5_000
EVERY: Final = timedelta(days=400_000)
"""Longer than anything on a calendar."""

_RULE_STEPS: Final = 100_000
_FILE_STEPS: Final = 1_000_000
_LAST_DAY: Final = date.max.toordinal()
_WEEK: Final = 7
_THURSDAY: Final = 3


class TooMuch(Exception):  # noqa: N818  said in the words of this house
    """A rule has used up what it may cost; never leaves this folder."""


@define
class Allowance:
    """What the rules of one file may cost: days and instances looked at."""

    file: int = _FILE_STEPS
    rule: int = field(default=_RULE_STEPS, init=False)

    def begin_rule(self) -> None:
        """Let the next rule have its share."""
        self.rule = min(_RULE_STEPS, self.file)

    def spend(self, steps: int) -> None:
        """Pay; raises TooMuch."""
        self.file -= steps
        self.rule -= steps
        if self.rule < 0:
            raise TooMuch


class Frequency(IntEnum):
    """FREQ, from coarse to fine."""

    YEARLY = 0
    MONTHLY = 1
    WEEKLY = 2
    DAILY = 3
    HOURLY = 4
    MINUTELY = 5
    SECONDLY = 6


_STEP: Final = {Frequency.HOURLY: 3600, Frequency.MINUTELY: 60, Frequency.SECONDLY: 1}


@frozen
class Rule:
    """An RRULE; numbers as in RFC 5545, weekdays from Monday = 0, empty where nothing is said."""

    frequency: Frequency
    interval: int = 1
    count: int | None = None
    until: datetime | None = None
    week_start: int = 0
    months: frozenset[int] = frozenset()
    week_numbers: frozenset[int] = frozenset()
    year_days: frozenset[int] = frozenset()
    month_days: frozenset[int] = frozenset()
    weekdays: frozenset[int] = frozenset()
    nth_weekdays: frozenset[tuple[int, int]] = frozenset()
    hours: tuple[int, ...] = ()
    minutes: tuple[int, ...] = ()
    seconds: tuple[int, ...] = ()
    positions: tuple[int, ...] = ()


def instances(
    rule: Rule, start: datetime, low: datetime, high: datetime, allowance: Allowance
) -> Iterator[datetime]:
    """Give the moments of a rule from `low` to `high`, both included, in order; raises TooMuch."""
    allowance.begin_rule()
    last = high if rule.until is None else min(high, rule.until)
    begin = start if rule.count is not None else max(start, low)
    left = rule.count
    for found in _sets(rule, start, begin, last, allowance):
        chosen = _positions(rule, found) if rule.positions else found
        for moment in chosen:
            allowance.spend(1)
            if moment > last:
                return
            if moment >= start and left != 0:
                left = None if left is None else left - 1
                if moment >= low:
                    yield moment
        if left == 0:
            return


def _positions(rule: Rule, found: Iterator[datetime]) -> Iterator[datetime]:
    whole = list(found)
    at = (place - 1 if place > 0 else len(whole) + place for place in rule.positions)
    return iter([whole[place] for place in sorted(set(at)) if 0 <= place < len(whole)])


def _sets(
    rule: Rule, start: datetime, begin: datetime, last: datetime, allowance: Allowance
) -> Iterator[Iterator[datetime]]:
    """For each period of the rule from the one that `begin` lies in, its moments."""
    if begin > last:
        return
    rule = _completed(rule, start)
    passes = _day_filter(rule)
    times = _times(rule, start)
    if rule.frequency >= Frequency.HOURLY:
        yield from _fine_sets(rule, start, begin, last, passes, allowance)
        return
    for days in _periods(rule, start, begin.date(), last.date()):
        yield _of_days(days, passes, times, allowance)


def _of_days(
    days: list[date] | Iterator[date],
    passes: Callable[[date], bool],
    times: list[time],
    allowance: Allowance,
) -> Iterator[datetime]:
    for day in days:
        allowance.spend(1)
        if passes(day):
            for moment in times:
                allowance.spend(1)
                yield datetime.combine(day, moment)


def _times(rule: Rule, start: datetime) -> list[time]:
    hours = rule.hours or (start.hour,)
    minutes = rule.minutes or (start.minute,)
    seconds = rule.seconds or (start.second,)
    if len(hours) * len(minutes) * len(seconds) > INSTANCES_LIMIT:
        raise TooMuch
    return [
        time(hour, minute, second) for hour in hours for minute in minutes for second in seconds
    ]


# --- periods -------------------------------------------------------------------------------------


def _periods(rule: Rule, start: datetime, begin: date, last: date) -> Iterator[Iterator[date]]:
    match rule.frequency:
        case Frequency.YEARLY:
            first = begin.year - (begin.year - start.year) % rule.interval
            for year in range(max(first, start.year), last.year + 1, rule.interval):
                yield _days_of_year(rule, year)
        case Frequency.MONTHLY:
            of_start, of_begin = _month_number(start), _month_number(begin)
            first = of_begin - (of_begin - of_start) % rule.interval
            for month in range(max(first, of_start), _month_number(last) + 1, rule.interval):
                yield _days(*_month(month))
        case Frequency.WEEKLY:
            of_start = _week_of(start, rule.week_start)
            of_begin = _week_of(begin, rule.week_start)
            step = _WEEK * rule.interval
            first = of_begin - (of_begin - of_start) % step
            for week in range(max(first, of_start), last.toordinal() + 1, step):
                yield _days(week, week + _WEEK)
        case _:
            of_start, of_begin = start.toordinal(), begin.toordinal()
            first = of_begin - (of_begin - of_start) % rule.interval
            for day in range(max(first, of_start), last.toordinal() + 1, rule.interval):
                yield _days(day, day + 1)


def _days(first: int, end: int) -> Iterator[date]:
    return (date.fromordinal(day) for day in range(max(first, 1), min(end, _LAST_DAY + 1)))


def _month_number(day: date) -> int:
    return day.year * 12 + day.month - 1


def _month(number: int) -> tuple[int, int]:
    """The first day of a month, and the first after it."""
    first = date(number // 12, number % 12 + 1, 1).toordinal()
    return first, first + _days_in_month(date.fromordinal(first))


def _days_of_year(rule: Rule, year: int) -> Iterator[date]:
    for month in sorted(rule.months) or range(1, 13):
        yield from _days(*_month(year * 12 + month - 1))


def _week_of(day: date, week_start: int) -> int:
    return day.toordinal() - (day.weekday() - week_start) % _WEEK


def _fine_sets(  # noqa: PLR0913, PLR0917  one frequency of `_sets`
    rule: Rule,
    start: datetime,
    begin: datetime,
    last: datetime,
    passes: Callable[[date], bool],
    allowance: Allowance,
) -> Iterator[Iterator[datetime]]:
    """As `_sets`, where a period is an hour, a minute or a second."""
    size = _STEP[rule.frequency]
    origin = start.replace(
        minute=0 if rule.frequency is Frequency.HOURLY else start.minute,
        second=start.second if rule.frequency is Frequency.SECONDLY else 0,
    )
    step = size * rule.interval
    skipped = max(0, (begin - origin) // timedelta(seconds=1) // step)
    passed = skipped * step
    reach = (last - origin) // timedelta(seconds=1)
    minutes = rule.minutes or (start.minute,)
    seconds = rule.seconds or (start.second,)
    while passed <= reach:
        allowance.spend(1)
        period = origin + timedelta(seconds=passed)
        passed += step
        if not passes(period.date()) or (rule.hours and period.hour not in rule.hours):
            continue
        if rule.frequency is Frequency.HOURLY:
            yield (period.replace(minute=m, second=s) for m in minutes for s in seconds)
        elif rule.minutes and period.minute not in rule.minutes:
            continue
        elif rule.frequency is Frequency.MINUTELY:
            yield (period.replace(second=s) for s in seconds)
        elif not rule.seconds or period.second in rule.seconds:
            yield iter([period])


# --- days ----------------------------------------------------------------------------------------


def _day_filter(rule: Rule) -> Callable[[date], bool]:
    """Whether a day is one of a completed rule's."""
    nth = bool(rule.nth_weekdays)
    in_year = rule.frequency is Frequency.YEARLY and not rule.months
    checks: list[Callable[[date], bool]] = []
    if rule.months:
        checks.append(lambda day: day.month in rule.months)
    if rule.month_days:
        days = rule.month_days
        checks.append(lambda day: not days.isdisjoint(_both(day.day, _days_in_month(day))))
    if rule.weekdays or rule.nth_weekdays:
        checks.append(
            lambda day: (
                day.weekday() in rule.weekdays
                or (nth and not rule.nth_weekdays.isdisjoint(_nth(day, in_year=in_year)))
            )
        )
    if rule.year_days:
        checks.append(lambda day: not rule.year_days.isdisjoint(_both(*_in_year(day))))
    if rule.week_numbers:
        numbers = partial(_week_numbers, week_start=rule.week_start)
        checks.append(lambda day: not rule.week_numbers.isdisjoint(numbers(day)))
    return lambda day: all(check(day) for check in checks)


def _completed(rule: Rule, start: datetime) -> Rule:
    """Let DTSTART say what is left open; a numbered weekday needs a month or a year."""
    if rule.frequency > Frequency.MONTHLY and rule.nth_weekdays:
        plain = frozenset(day for day, _ in rule.nth_weekdays)
        return evolve(rule, weekdays=rule.weekdays | plain, nth_weekdays=frozenset())
    says_days = rule.week_numbers or rule.year_days or rule.month_days
    if says_days or rule.weekdays or rule.nth_weekdays:
        return rule
    match rule.frequency:
        case Frequency.YEARLY if not rule.months:
            return evolve(rule, months=frozenset({start.month}), month_days=frozenset({start.day}))
        case Frequency.YEARLY | Frequency.MONTHLY:
            return evolve(rule, month_days=frozenset({start.day}))
        case Frequency.WEEKLY:
            return evolve(rule, weekdays=frozenset({start.weekday()}))
        case _:
            return rule


def _both(place: int, length: int) -> set[int]:
    """A place counted from the front, from 1, and from the back, from -1."""
    return {place, place - length - 1}


def _days_in_month(day: date) -> int:
    if day.month == 12:  # noqa: PLR2004  December, after which a year may not come
        return 31
    return (day.replace(month=day.month + 1, day=1) - day.replace(day=1)).days


def _in_year(day: date) -> tuple[int, int]:
    first = date(day.year, 1, 1).toordinal()
    return day.toordinal() - first + 1, date(day.year, 12, 31).toordinal() - first + 1


def _nth(day: date, *, in_year: bool) -> set[tuple[int, int]]:
    place, length = _in_year(day) if in_year else (day.day, _days_in_month(day))
    weekday = day.weekday()
    return {(weekday, (place - 1) // _WEEK + 1), (weekday, -((length - place) // _WEEK + 1))}


def _week_numbers(day: date, week_start: int) -> set[int]:
    """The number of a day's week in its year, from the front and from the back.

    A week belongs to the year that most of it lies in, as its fourth day does.
    """
    fourth = _week_of(day, week_start) + _THURSDAY
    if not 1 <= fourth <= _LAST_DAY:
        return set()
    place, length = _in_year(date.fromordinal(fourth))
    number = (place - 1) // _WEEK + 1
    return {number, -((length - place) // _WEEK + 1)}
