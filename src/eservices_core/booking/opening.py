"""Counting in opening hours: notice before a start, and the deadline of a request (D-BOOK-5).

Opening hours are the clinic's weekly hours without its closed periods, on the wall clock: a day on
which clocks change has as many open minutes as really pass. They hold from 1900 to 2199; before and
after, and at a clinic that has set none at all, every minute counts. Instants are whole minutes
since 1970-01-01T00:00Z, as in `words.interval`.
"""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Final, Self

from attrs import frozen

from eservices_core.booking.periods import Week, closed_stretches, merged, week_of, without
from eservices_core.booking.wall_clock import (
    Stretch,
    day_start,
    first_showing,
    showing,
    shown_at,
    stretches,
)
from eservices_core.clinic.booking_settings import BookingSettings
from eservices_core.words.interval import instant_of, minute_from, minute_of

_FIRST_DAY: Final = date(1900, 1, 1)
_LAST_DAY: Final = date(2199, 12, 31)
_ONE_DAY: Final = timedelta(days=1)
_MINUTE: Final = timedelta(minutes=1)
_WORKING_DAYS: Final = 2


@frozen
class OpeningHours:
    """When a clinic is open.

    Attributes:
        week: the open periods of each weekday, Monday first, in order.
        closed: the closed stretches, in order and apart.
    """

    week: Week
    closed: tuple[Stretch, ...]

    @classmethod
    def of(cls, settings: BookingSettings) -> Self:
        """Take them from a clinic's settings."""
        return cls(week_of(settings.opening), tuple(closed_stretches(settings.closed)))

    @property
    def always(self) -> bool:
        """Whether the clinic has set no hours, so that every minute counts."""
        return not any(self.week)

    def on(self, day: date) -> list[Stretch]:
        """The open stretches of a day, in order and apart."""
        periods = self.week[day.weekday()]
        if not periods:
            return []
        each = (stretch for hours in periods for stretch in stretches(day, hours.start, hours.end))
        return without(merged(sorted(each)), self.closed)

    def after(self, minute: int, duration: int) -> int:
        """The first instant by which so many open minutes have passed since another.

        `t >= after(m, d)` is the same as `before(t, d) >= m`.
        """
        assert duration >= 0
        if not duration or self.always:
            return minute + duration
        left = duration
        for start, end in self._onwards(minute):
            if end - start >= left:
                return start + left
            left -= end - start
        return max(minute, day_start(_LAST_DAY + _ONE_DAY)) + left

    def before(self, minute: int, duration: int) -> int:
        """The last instant from which so many open minutes pass before another."""
        assert duration >= 0
        if not duration or self.always:
            return minute - duration
        left = duration
        for start, end in self._backwards(minute):
            if end - start >= left:
                return end - left
            left -= end - start
        return min(minute, day_start(_FIRST_DAY)) - left

    def working_days_after(self, minute: int, days: int) -> int:
        """The end of so many working days that begin at the next opening (D-BOOK-5, D-MAIL-4).

        That is the same time of day on the last of the days after it that have opening hours; where
        the clinic is not open then, the next opening of that day, or its last closing.
        """
        assert days >= 1
        if self.always:
            day, clock = shown_at(minute)
            return _same_time(day + days * _ONE_DAY, clock)
        opens = next(self._onwards(minute), None)
        if opens is None:
            return minute + days * (_ONE_DAY // _MINUTE)
        day, clock = shown_at(opens[0])
        for _ in range(days):
            opens = next(self._onwards(day_start(day + _ONE_DAY)), None)
            if opens is None:
                return minute + days * (_ONE_DAY // _MINUTE)
            day = shown_at(opens[0])[0]
        open_on = self.on(day)
        same_time = _same_time(day, clock)
        for start, end in open_on:
            if same_time <= end:
                return max(start, same_time)
        return open_on[-1][1]

    def _onwards(self, minute: int) -> Iterator[Stretch]:
        """The open stretches from an instant on; the first begins no earlier than it."""
        day = max(shown_at(minute)[0], _FIRST_DAY)
        while day <= _LAST_DAY:
            closed = self._closed_over(day)
            if closed is not None:
                day = shown_at(closed[1])[0]
                continue
            for start, end in self.on(day):
                if end > minute:
                    yield max(start, minute), end
            day += _ONE_DAY

    def _backwards(self, minute: int) -> Iterator[Stretch]:
        """The open stretches before an instant, the last first; it ends no later than that."""
        day = min(shown_at(minute)[0], _LAST_DAY)
        while day >= _FIRST_DAY:
            closed = self._closed_over(day)
            if closed is not None:
                day = shown_at(closed[0] - 1)[0]
                continue
            for start, end in reversed(self.on(day)):
                if start < minute:
                    yield start, min(end, minute)
            day -= _ONE_DAY

    def _closed_over(self, day: date) -> Stretch | None:
        """The closed stretch that a whole day lies in: years of them are passed in one step."""
        if not self.closed:
            return None
        first, until = day_start(day), day_start(day + _ONE_DAY)
        over = (each for each in self.closed if each[0] <= first and until <= each[1])
        return next(over, None)


def _same_time(day: date, clock: int) -> int:
    """When the clock shows a time on a day: the second time if twice, the change if never."""
    return max(showing(day, clock), default=first_showing(day, clock))


def answer_deadline(
    settings: BookingSettings, requested_at: datetime, starts_at: datetime
) -> datetime:
    """Say when a request expires unless it is answered, in UTC (D-BOOK-5).

    The earlier of two working days after the request, and the earliest notice before the start. It
    lies in the past for a start that is inside the notice, which no patient is offered.
    """
    hours = OpeningHours.of(settings)
    by_days = hours.working_days_after(minute_from(requested_at), _WORKING_DAYS)
    by_notice = hours.before(minute_of(starts_at), settings.earliest_notice // _MINUTE)
    return instant_of(min(by_days, by_notice))


def first_start(settings: BookingSettings, now: datetime) -> int:
    """The first instant that can be offered: a request for it, made now, has time to be answered.

    It is the first whose `answer_deadline` lies after now.
    """
    return OpeningHours.of(settings).after(minute_of(now) + 1, settings.earliest_notice // _MINUTE)


def staff_reminded_at(settings: BookingSettings, requested_at: datetime) -> datetime:
    """Say when staff are reminded of a request that nobody has answered, in UTC (D-BOOK-5)."""
    waits = settings.remind_staff_after // _MINUTE
    return instant_of(OpeningHours.of(settings).after(minute_from(requested_at), waits))
