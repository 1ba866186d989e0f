"""What is offered, found minute by minute: slow, and written from the rules alone.

It shares the values of settings and books with the library, and nothing else: the wall clock is
read from the time zone for every single minute.
"""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from itertools import accumulate
from zoneinfo import ZoneInfo

from attrs import frozen

from eservices_core.booking.book import Asker, Book, Enquiry
from eservices_core.clinic.booking_settings import (
    BookingSettings,
    ClosedPeriod,
    DayPeriod,
    Practitioner,
    Switch,
)
from eservices_core.words.identifiers import PractitionerId, TypeId

_ZONE = ZoneInfo("Europe/Copenhagen")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_DAY = timedelta(days=1)


@cache
def minutes_of(day: date) -> tuple[tuple[int, int], ...]:
    """Each minute of a day in Copenhagen, and what the clock shows in it, minutes after midnight.

    Found by looking at the clock in every minute for two days around.
    """
    around = datetime.combine(day, time.min, UTC) - timedelta(hours=4)
    found: list[tuple[int, int]] = []
    for place in range(32 * 60):
        instant = around + timedelta(minutes=place)
        local = instant.astimezone(_ZONE)
        if local.date() == day:
            minute = int((instant - _EPOCH).total_seconds()) // 60
            found.append((minute, local.hour * 60 + local.minute))
    return tuple(found)


@cache
def faces_of(day: date) -> tuple[tuple[int, datetime], ...]:
    """Each minute of a day, and what the clock and the calendar on the wall show in it."""
    midnight = datetime.combine(day, time.min)
    return tuple((at, midnight + timedelta(minutes=clock)) for at, clock in minutes_of(day))


def days(first: date, until: date) -> list[date]:
    """The days from one up to another."""
    return [first + _DAY * place for place in range((until - first).days)]


@frozen
class Found:
    """One time, as the oracle has it: start, end, with whom and what."""

    start: int
    end: int
    practitioner: PractitionerId
    type: TypeId


def offered(
    enquiry: Enquiry, books: dict[PractitionerId, Book], first: date, until: date
) -> set[Found]:
    """All times that begin in the window of days, and are offered."""
    return set(_offered(enquiry, books, first, until))


def _offered(  # noqa: C901  one look after another, as the rules have them
    enquiry: Enquiry, books: dict[PractitionerId, Book], first: date, until: date
) -> Iterator[Found]:
    settings, now = enquiry.settings, enquiry.now
    if settings.booking is Switch.OFF:
        return
    closed = closed_minutes(settings.closed, first - _DAY, until + _DAY * 2)
    notice = Notice(settings, now, first, until)
    for who in settings.practitioners:
        book = books.get(who.practitioner)
        if book is None or book.read_at is None or who.booking is Switch.OFF:
            continue
        if (now - book.read_at) > settings.calendar_stale_after:
            continue
        taken = {
            minute for each in (*book.claimed, *book.busy) for minute in range(each.start, each.end)
        }
        for kind in settings.types:
            if kind.type not in who.types:
                continue
            switches = (settings.without_user, who.without_user, kind.without_user)
            if enquiry.asker is Asker.WITHOUT_USER and Switch.OFF in switches:
                continue
            own = [each for each in who.lengths if each.type == kind.type]
            length = own[0].length if own else kind.length
            pause = own[0].pause if own else kind.pause
            for start in starts(who, kind.type, length, pause, first, until):
                minutes = range(start, start + length)
                with_pause = range(start, start + length + pause)
                if not closed.isdisjoint(minutes) or not taken.isdisjoint(with_pause):
                    continue
                begins = _EPOCH + timedelta(minutes=start)
                if now < begins < now + settings.horizon and notice.leaves_time_for(start):
                    yield Found(start, start + length, who.practitioner, kind.type)


def starts(  # noqa: PLR0917  two numbers and two days
    who: Practitioner, kind: TypeId, length: int, pause: int, first: date, until: date
) -> Iterator[int]:
    """The starts that a practitioner's periods have for a type."""
    for day in days(first, until):
        shown = dict(minutes_of(day))
        for period in periods(who, day):
            if period.types and kind not in period.types:
                continue
            inside = {at for at, clock in shown.items() if period.start <= clock < period.end}
            for at in inside:
                steps, rest = divmod(shown[at] - period.start, length + pause)
                if steps >= 0 and not rest and all(at + i in inside for i in range(length)):
                    yield at


def periods(who: Practitioner, day: date) -> Sequence[DayPeriod]:
    """The periods of a day: its exception's, else those of the newest template that has begun."""
    for exception in who.exceptions:
        if exception.day == day:
            return exception.periods
    begun = [each for each in who.templates if each.first_week <= day]
    if not begun:
        return ()
    template = max(begun, key=lambda each: each.first_week)
    weeks = (day - template.first_week).days // 7
    week = template.weeks[weeks % len(template.weeks)]
    return [
        DayPeriod(each.start, each.end, each.types)
        for each in week
        if each.weekday == day.weekday()
    ]


def closed_minutes(closed: Sequence[ClosedPeriod], first: date, until: date) -> set[int]:
    """The minutes from the first time that the clock shows a start to the last before an end."""
    minutes: set[int] = set()
    for period in closed:
        shown = [each for day in days(first, until) for each in faces_of(day)]
        after = [at for at, face in shown if face >= period.start]
        before = [at for at, face in shown if face < period.until]
        if after and before:
            minutes.update(range(after[0], before[-1] + 1))
    return minutes


class Notice:
    """The earliest notice, counted back from a start over every minute that is open."""

    def __init__(self, settings: BookingSettings, now: datetime, first: date, until: date) -> None:
        """Look at every minute from now or the window, whichever begins first, to its end."""
        span = days(min(first, now.date()) - _DAY, until + _DAY)
        closed = closed_minutes(settings.closed, span[0], span[-1])
        minutes: list[tuple[int, bool]] = []
        for day in span:
            hours = hours_of(settings, day)
            minutes += [
                (at, not settings.opening or (clock in hours and at not in closed))
                for at, clock in minutes_of(day)
            ]
        self._first = minutes[0][0]
        self._open = list(accumulate((int(is_open) for _, is_open in minutes), initial=0))
        self._notice = int(settings.earliest_notice.total_seconds()) // 60
        self._now = now

    def leaves_time_for(self, start: int) -> bool:
        """Whether the last minute from which the notice can still be had lies after now."""
        wanted = self._open[start - self._first] - self._notice
        last = bisect_right(self._open, wanted) - 1 + self._first
        deadline = last if self._notice else start
        return wanted >= 0 and _EPOCH + timedelta(minutes=deadline) > self._now


def hours_of(settings: BookingSettings, day: date) -> set[int]:
    """What the clock shows in the opening hours of a day."""
    return {
        clock
        for each in settings.opening
        if each.weekday == day.weekday()
        for clock in range(each.start, each.end)
    }
