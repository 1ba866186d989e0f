"""The events of an iCalendar text: one value for each VEVENT, and for each period of a VFREEBUSY.

Here: what the properties of one event say together, and which of several revisions holds. Not here:
the instances of a series (`busy`).
"""

from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Final, TypeVar

from attrs import frozen

from eservices_adapters.calendar.lines import Component, Property, Refused, Text, scan
from eservices_adapters.calendar.recurrence import INSTANCES_LIMIT, Rule
from eservices_adapters.calendar.values import (
    At,
    duration_of,
    read_at,
    read_duration,
    read_moment,
    read_moments,
    read_rule,
    read_word,
    second_of,
    zone_named,
)
from eservices_core.ports.calendar import TooManyInstances, Unreadable

T = TypeVar("T")

_VALUES_LIMIT: Final = 100_000
_RULES_LIMIT: Final = 10
_UID_LENGTH: Final = 100
_DAY: Final = timedelta(days=1)
_NOTHING: Final = timedelta(0)


@frozen
class Length:
    """How long an event lasts, from its start.

    The end of an instance is the later of what the wall clock and what a stopwatch says, for
    programs differ on it in the two nights when clocks change.

    Attributes:
        wall: on the clock of the start's zone.
        exact: in seconds; 0 for whole days, which are as long as they are.
        before: in seconds; how long before the start it begins, where the end was written first.
    """

    wall: timedelta
    exact: int
    before: int = 0

    def of(self, local: datetime, at: At) -> tuple[int, int]:
        """Begin and end in seconds since 1970, for an instance at `local` on the clock of `at`."""
        second = second_of(local, at.zone)
        try:
            end = second_of(local + self.wall, at.zone)
        except OverflowError:
            end = second
        return second - self.before, max(end, second + self.exact)


@frozen
class Event:
    """One VEVENT, as far as it takes time.

    Attributes:
        uid: its UID; empty where it has none.
        offset: where it stands.
        sequence: its SEQUENCE, or 0.
        start: its DTSTART.
        length: how long it lasts.
        takes_time: neither cancelled nor marked as free.
        cancelled: STATUS or METHOD says so.
        instead_of: its RECURRENCE-ID: which instance of a series it replaces.
        rules: its RRULEs.
        added: its RDATEs, each with a length of its own where it is a period.
        removed: its EXDATEs.
    """

    uid: str
    offset: int
    sequence: int
    start: At
    length: Length
    takes_time: bool
    cancelled: bool
    instead_of: At | None = None
    rules: tuple[Rule, ...] = ()
    added: tuple[tuple[At, Length], ...] = ()
    removed: tuple[At, ...] = ()

    @property
    def is_single(self) -> bool:
        """Whether it has one instance."""
        return not (self.rules or self.added or self.removed)


@frozen
class Events:
    """All that one text says; `text` for the lines of later refusals."""

    text: Text
    events: tuple[Event, ...]

    def too_many(self, event: Event) -> Refused:
        """Say which event has too many instances, or costs too much to expand."""
        uid = "".join(letter for letter in event.uid[:_UID_LENGTH] if letter.isprintable())
        line = self.text.line_at(event.offset)
        return Refused(TooManyInstances(uid, INSTANCES_LIMIT, line))


def parse(content: bytes) -> Events:
    """Read a whole text; raises Refused."""
    text = scan(content)
    reader = _Reader(text)
    events: list[Event] = []
    for component in text.components:
        events.extend(reader.read(component))
    return Events(text, _newest(events))


def _newest(events: Iterable[Event]) -> tuple[Event, ...]:
    """Leave out the revisions of an event, or of one instance, of which there is a later one."""
    found = list(events)
    latest: dict[tuple[str, int | None], int] = {}
    keys = [
        (event.uid, None if event.instead_of is None else event.instead_of.second)
        for event in found
    ]
    for key, event in zip(keys, found, strict=True):
        latest[key] = max(latest.get(key, 0), event.sequence)
    return tuple(
        event
        for key, event in zip(keys, found, strict=True)
        if not event.uid or event.sequence == latest[key]
    )


class _Reader:
    """Reads the components of one text, with what it may still cost."""

    def __init__(self, text: Text) -> None:
        self._text = text
        self._values = _VALUES_LIMIT

    def read(self, component: Component) -> list[Event]:
        if component.kind == "VFREEBUSY":
            return self._free_busy(component)
        started = component.once.get("DTSTART")
        if started is None:
            return []  # it says nothing of when, so it takes no time
        start = self._value(started, read_at)
        length = self._length(component, start)
        status = self._word(component, "STATUS")
        cancelled = status == "CANCELLED" or self._text.methods[component.calendar] == "CANCEL"
        instead_of = component.once.get("RECURRENCE-ID")
        if instead_of is not None and "RANGE=" in instead_of.text.upper():
            raise self._text.unreadable("RECURRENCE-ID", instead_of.offset)
        uid = component.once.get("UID")
        sequence = self._word(component, "SEQUENCE")
        event = Event(
            uid="" if uid is None else read_word(uid.text),
            offset=component.offset,
            sequence=int(sequence) if sequence.isdecimal() and len(sequence) < 10 else 0,  # noqa: PLR2004  said by the line itself
            start=start,
            length=length,
            takes_time=not cancelled and self._word(component, "TRANSP") != "TRANSPARENT",
            cancelled=cancelled,
            instead_of=None if instead_of is None else self._value(instead_of, read_at),
        )
        return [self._series(component, event) if component.lists else event]

    @staticmethod
    def _word(component: Component, name: str) -> str:
        line = component.once.get(name)
        return "" if line is None else read_word(line.text).upper()

    def _value(self, line: Property, read: Callable[[str], T]) -> T:
        try:
            return read(line.text)
        except (ValueError, OverflowError):
            raise self._text.unreadable(line.name, line.offset) from None

    def _length(self, component: Component, start: At) -> Length:
        ended, lasts = component.once.get("DTEND"), component.once.get("DURATION")
        if ended is not None:
            return self._value(ended, lambda text: _until(start, read_at(text)))
        if lasts is not None:
            return _lasting(start, self._value(lasts, duration_of))
        return _lasting(start, _DAY if start.whole_day else _NOTHING)

    def _series(self, component: Component, event: Event) -> Event:
        rules: list[Rule] = []
        added: list[tuple[At, Length]] = []
        removed: list[At] = []
        for line in component.lists:
            if line.text.strip() == ":":
                continue  # some programs write every property, and nothing in it
            if line.name == "RRULE":
                rules.append(self._value(line, lambda text: read_rule(text, event.start)))
            elif line.name in {"RDATE", "EXDATE"}:
                zone, values = zone_named(line.text), read_moments(line.text)
                self._values -= len(values)
                if self._values < 0 or len(added) + len(removed) + len(values) > INSTANCES_LIMIT:
                    raise Events(self._text, ()).too_many(event)
                try:
                    if line.name == "EXDATE":
                        removed += [read_moment(value, zone) for value in values]
                    else:
                        added += [_added(value, zone, event) for value in values]
                except (ValueError, OverflowError):
                    raise self._text.unreadable(line.name, line.offset) from None
        if len(rules) > _RULES_LIMIT:
            raise Events(self._text, ()).too_many(event)
        return Event(
            event.uid, event.offset, event.sequence, event.start, event.length,
            event.takes_time, event.cancelled, event.instead_of,
            tuple(rules), tuple(added), tuple(removed),
        )  # fmt: skip

    def _free_busy(self, component: Component) -> list[Event]:
        found: list[Event] = []
        for line in component.lists:
            if line.name != "FREEBUSY" or "FBTYPE=FREE" in line.text.upper().split(":")[0]:
                continue
            values = read_moments(line.text)
            self._values -= len(values)
            if self._values < 0:
                raise Refused(Unreadable("FREEBUSY", self._text.line_at(line.offset)))
            for value in values:
                try:
                    start, length = _period(value, UTC)
                except (ValueError, OverflowError):
                    raise self._text.unreadable(line.name, line.offset) from None
                found.append(
                    Event("", component.offset, 0, start, length, takes_time=True, cancelled=False)
                )
        return found


# --- lengths -------------------------------------------------------------------------------------


def _until(start: At, end: At) -> Length:
    begins, ends = start.second, end.second
    if start.whole_day and end.whole_day and begins == ends:
        return Length(_DAY, 0)  # programs that count the last day in
    if ends < begins:
        return Length(_NOTHING, 0, before=begins - ends)
    wall = timedelta(seconds=ends - begins)
    if start.zone is end.zone:
        wall = end.local - start.local
    exact = 0 if start.whole_day and end.whole_day else ends - begins
    return Length(wall, exact)


def _lasting(start: At, duration: timedelta) -> Length:
    if duration < _NOTHING:
        return Length(_NOTHING, 0, before=-duration // timedelta(seconds=1))
    whole_days = start.whole_day and duration % _DAY == _NOTHING
    return Length(duration, 0 if whole_days else duration // timedelta(seconds=1))


def _added(value: str, zone: tzinfo, event: Event) -> tuple[At, Length]:
    return _period(value, zone) if "/" in value else (read_moment(value, zone), event.length)


def _period(value: str, zone: tzinfo) -> tuple[At, Length]:
    begin, _, end = value.partition("/")
    start = read_moment(begin, zone)
    if end.strip()[:1].isdecimal():
        return start, _until(start, read_moment(end, zone))
    return start, _lasting(start, read_duration(end))
