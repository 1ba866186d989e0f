"""What one look at a CalDAV collection has found: its resources, each read once (S-BOOK-2).

Here: what lies in it, by path and version, and what that comes to together. Not here: asking a
server (`looking`), and what one text says (`busy`).
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import cached_property
from typing import Final

from attrs import evolve, field, frozen

from eservices_adapters.calendar.busy import Calendar, booking_of, read_calendar, taken
from eservices_adapters.calendar.events import Events
from eservices_adapters.calendar.lines import Refused, Text
from eservices_core.outcome import Failure, Outcome, Success
from eservices_core.ports.calendar import (
    CalendarRefused,
    Lying,
    Reading,
    TooManyEvents,
    TooManyInstances,
    Unreadable,
)
from eservices_core.words.identifiers import BookingId
from eservices_core.words.interval import Interval

MAX_EVENTS: Final = 50_000
"""Ten years of a practitioner's appointments; each is read once in a process's life."""
EVERY: Final = timedelta(hours=1)
"""How long what a server says of its changes is believed before everything is listed again."""

_NO_TEXT: Final = Text(b"", b"")


@frozen
class Resource:
    """One resource: the version that was read, and what it says.

    Attributes:
        etag: its version, as it is said in a condition; None where the server says none, and it
            is read at every look.
        calendar: its events without their texts; or why it cannot be read, without a line, for
            nobody sees the lines of a server's resources.
        ours: the UIDs of ours that stand in it.
        alone: whether nobody else's event stands in it.
    """

    etag: str | None
    calendar: Outcome[Calendar, CalendarRefused] = field(repr=False)
    ours: frozenset[str] = frozenset()
    alone: bool = True

    @property
    def count(self) -> int:
        """How many events stand in it."""
        return (
            0 if isinstance(self.calendar, Failure) else len(self.calendar.unwrap().events.events)
        )


def read_resource(content: bytes, etag: str | None, domain: str) -> Resource:
    """Read one resource's text."""
    read = read_calendar(content, domain)
    if isinstance(read, Failure):
        return Resource(etag, Failure(without_line(read.failure())))
    calendar = read.unwrap()
    events = calendar.events.events
    ours = frozenset(event.uid for event in events if booking_of(event.uid, domain) is not None)
    bare = evolve(calendar, events=Events(_NO_TEXT, events))
    return Resource(etag, Success(bare), ours, all(event.uid in ours for event in events))


def without_line(refusal: CalendarRefused) -> CalendarRefused:
    """Leave out where in a text something stands."""
    match refusal:
        case Unreadable() | TooManyInstances():
            return evolve(refusal, line=None)
        case _:
            return refusal


@frozen
class Contents:
    """All that lies in a collection.

    Attributes:
        resources: by path.
    """

    resources: Mapping[str, Resource] = field(factory=dict[str, Resource], repr=False)

    @cached_property
    def _calendars(self) -> tuple[Calendar, ...]:
        read = (one.calendar for one in self.resources.values())
        return tuple(one.unwrap() for one in read if not isinstance(one, Failure))

    @cached_property
    def _paths(self) -> Mapping[str, tuple[str, ...]]:
        found: dict[str, tuple[str, ...]] = {}
        for path, resource in sorted(self.resources.items()):
            for uid in resource.ours:
                found[uid] = (*found.get(uid, ()), path)
        return found

    @property
    def count(self) -> int:
        """How many events there are."""
        return sum(len(calendar.events.events) for calendar in self._calendars)

    def refused(self) -> CalendarRefused | None:
        """Why what is taken is not known; None where it is."""
        if self.count > MAX_EVENTS:
            return TooManyEvents(MAX_EVENTS)
        for _, resource in sorted(self.resources.items()):
            if isinstance(resource.calendar, Failure):
                return resource.calendar.failure()
        return None

    def read(self, within: Interval) -> Outcome[Reading, CalendarRefused]:
        """Give all that overlaps a window."""
        refused = self.refused()
        if refused is not None:
            return Failure(refused)
        try:
            return Success(Reading(taken(self._calendars, within)))
        except Refused as refusal:
            return Failure(without_line(refusal.refusal))

    def paths(self, uid: str) -> tuple[str, ...]:
        """Where an event of ours stands, cancelled or not: in one resource, or in copies."""
        return self._paths.get(uid, ())

    def lying(self, booking: BookingId, uid: str) -> Lying | None:
        """What lies there of a booking; where it was copied, the latest of the copies."""
        found = (self.lying_at(path, booking) for path in self.paths(uid))
        lying = [one for one in found if one is not None]
        return max(lying, key=lambda one: (one.sequence, one.interval), default=None)

    def lying_at(self, path: str, booking: BookingId) -> Lying | None:
        """What lies in one resource of a booking."""
        read = self.resources[path].calendar
        return None if isinstance(read, Failure) else read.unwrap().lying(booking)

    def versions(self, uid: str) -> tuple[tuple[str, str | None], ...]:
        """Where an event of ours stands, and at which version."""
        return tuple((path, self.resources[path].etag) for path in self.paths(uid))


@frozen
class Snapshot:
    """A collection as it was at one look.

    Attributes:
        contents: what lies in it.
        token: the server's word for this state; None where it has none.
        tag: the older kind of such a word.
        listed_at: when everything was listed, and not only what had changed.
    """

    contents: Contents = Contents()
    token: str | None = None
    tag: str | None = None
    listed_at: datetime | None = None
