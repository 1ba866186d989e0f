"""What is taken within a window: the events of a calendar, expanded.

Here: instances, exceptions, moved ones, and which are our own. Not here: what an event says
(`events`), the moments of one rule (`recurrence`).

DTSTART is always an instance, also where its rule would not give it. An instance that a moved one
replaces is found by its moment; an EXDATE that is a whole day removes that day's instances. What is
doubtful takes time.
"""

from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime, timedelta
from functools import partial
from hashlib import sha256
from typing import Final

from attrs import frozen

from eservices_adapters.calendar.events import Event, Events, Length, parse
from eservices_adapters.calendar.lines import Refused
from eservices_adapters.calendar.recurrence import INSTANCES_LIMIT, Allowance, TooMuch, instances
from eservices_adapters.calendar.values import At
from eservices_core.outcome import Failure, Outcome, Success
from eservices_core.ports.calendar import Busy, CalendarRefused, Lying, Reading
from eservices_core.words.identifiers import BookingId
from eservices_core.words.interval import Interval

_ALL_LIMIT: Final = 100_000
_MINUTE: Final = 60
_DIGEST_LENGTH: Final = 16
_MARGIN: Final = timedelta(days=2)
"""More than the two ends of the earth are apart."""
_WALL_EPOCH: Final = datetime(1970, 1, 1)  # noqa: DTZ001  on any clock
_SECOND: Final = timedelta(seconds=1)
_FIRST_SECOND: Final = (datetime.min - _WALL_EPOCH) // _SECOND + 1  # noqa: DTZ901  on any clock
_LAST_SECOND: Final = (datetime.max - _WALL_EPOCH) // _SECOND  # noqa: DTZ901  on any clock


@frozen
class _Series:
    """An event with more instances than one, and where others stand instead of them."""

    event: Event
    replaced: frozenset[int]
    replaced_days: frozenset[date]


@frozen
class Calendar:
    """One text, read and sorted: what takes one time, and what has to be expanded.

    Attributes:
        events: all that it says.
        domain: whose UIDs are ours.
        singles: the times of events that are expanded already.
        series: the others.
    """

    events: Events
    domain: str
    singles: tuple[Busy, ...]
    series: tuple[_Series, ...]

    def read(self, within: Interval) -> Outcome[Reading, CalendarRefused]:
        """Give all that overlaps a window."""
        try:
            busy = taken([self], within)
        except Refused as refused:
            return Failure(refused.refusal)
        return Success(Reading(busy))

    def lying(self, booking: BookingId) -> Lying | None:
        """Find our entry; where it was copied, the latest of the copies."""
        uid = f"{booking}@{self.domain}"
        found = [event for event in self.events.events if event.uid == uid and not event.cancelled]
        lying = [
            Lying(event.sequence, interval)
            for event in found
            if (interval := _interval(*event.length.of(event.start.local, event.start)))
        ]
        return max(lying, key=lambda one: (one.sequence, one.interval), default=None)

    def expanded(self, series: _Series, within: Interval, allowance: Allowance) -> Iterator[Busy]:
        """Give the instances of one series; raises Refused."""
        name = naming(series.event, self.domain)
        count = 0
        try:
            for at in _times(series, within, allowance):
                if at.overlaps(within):
                    count += 1
                    if count > INSTANCES_LIMIT:
                        raise self.events.too_many(series.event)
                    yield name(at)
        except TooMuch:
            raise self.events.too_many(series.event) from None


def taken(calendars: Sequence[Calendar], within: Interval) -> tuple[Busy, ...]:
    """Give all that overlaps a window, of texts that share one allowance; raises Refused."""
    allowance = Allowance()
    busy = [
        single
        for calendar in calendars
        for single in calendar.singles
        if single.interval.overlaps(within)
    ]
    for calendar in calendars:
        for series in calendar.series:
            busy += calendar.expanded(series, within, allowance)
            if len(busy) > _ALL_LIMIT:
                raise calendar.events.too_many(series.event)
    return tuple(sorted(busy, key=_order))


def _order(busy: Busy) -> tuple[Interval, str, str]:
    return busy.interval, str(busy.ours or ""), busy.reference or ""


def read_calendar(content: bytes, domain: str) -> Outcome[Calendar, CalendarRefused]:
    """Read a text, for any number of windows."""
    try:
        events = parse(content)
    except Refused as refused:
        return Failure(refused.refusal)
    instead: dict[str, list[At]] = {}
    for event in events.events:
        if event.instead_of is not None:
            instead.setdefault(event.uid, []).append(event.instead_of)
    singles: list[Busy] = []
    series: list[_Series] = []
    for event in events.events:
        # Ours takes time although somebody has marked it as free: its time is claimed.
        if not (event.takes_time or (not event.cancelled and booking_of(event.uid, domain))):
            continue
        others = instead.get(event.uid, []) if event.uid and event.instead_of is None else []
        if event.is_single and not others:
            interval = _interval(*event.length.of(event.start.local, event.start))
            if interval is not None:
                singles.append(naming(event, domain)(interval))
            continue
        moments, days = _moments([*others, *event.removed], event.start)
        series.append(_Series(event, moments, days))
    return Success(Calendar(events, domain, tuple(singles), tuple(series)))


def _moments(named: list[At], start: At) -> tuple[frozenset[int], frozenset[date]]:
    """What is removed by its moment, and what by its day."""
    moments = frozenset(at.second for at in named if at.whole_day <= start.whole_day)
    days = frozenset(at.local.date() for at in named if at.whole_day and not start.whole_day)
    return moments, days


# --- instances -----------------------------------------------------------------------------------


def _times(series: _Series, within: Interval, allowance: Allowance) -> Iterator[Interval]:
    event = series.event
    seen: set[tuple[int, int]] = set()
    for local, at, length in _candidates(event, within, allowance):
        begin, end = length.of(local, at)
        moment = begin + length.before
        if (
            moment in series.replaced
            or local.date() in series.replaced_days
            or (begin, end) in seen
        ):
            continue
        seen.add((begin, end))
        interval = _interval(begin, end)
        if interval is not None:
            yield interval


def _candidates(
    event: Event, within: Interval, allowance: Allowance
) -> Iterator[tuple[datetime, At, Length]]:
    start = event.start
    yield start.local, start, event.length
    for at, length in event.added:
        yield at.local, at, length
    reach = event.length.wall + timedelta(seconds=event.length.exact) + _MARGIN
    low = _wall(within.start, -reach)
    high = _wall(within.end, _MARGIN + timedelta(seconds=event.length.before))
    for rule in event.rules:
        for local in instances(rule, start.local, low, high, allowance):
            yield local, start, event.length


def _wall(minute: int, by: timedelta) -> datetime:
    """A minute on a clock somewhere, moved, but not beyond the ends of time."""
    moved = minute * _MINUTE + by // _SECOND
    seconds = max(_FIRST_SECOND, min(moved, _LAST_SECOND))
    return _WALL_EPOCH + timedelta(seconds=seconds)


def _interval(begin: int, end: int) -> Interval | None:
    """Whole minutes around it; what takes no time is none."""
    return Interval(begin // _MINUTE, -(-end // _MINUTE)) if begin < end else None


# --- whose ---------------------------------------------------------------------------------------


def naming(event: Event, domain: str) -> Callable[[Interval], Busy]:
    """Give what makes a time of an event's: ours with its booking, others' with an opaque name."""
    booking = booking_of(event.uid, domain)
    if booking is not None:
        return partial(Busy, ours=booking, sequence=event.sequence)
    # Without a UID there is nothing that outlives a change, so its place in the file names it.
    name = event.uid or f"without UID, at {event.offset}"
    digest = sha256(name.encode(errors="replace")).hexdigest()
    return partial(Busy, reference=digest[:_DIGEST_LENGTH])


def booking_of(uid: str, domain: str) -> BookingId | None:
    """The booking whose UID this is; None where it is not one of ours."""
    name, _, host = uid.partition("@")
    if host != domain:
        return None
    try:
        return BookingId(name)
    except ValueError:
        return None
