"""The clinic's appointment calendar: what is taken in it, and our own entries there (S-BOOK-2).

Here: the port, and the values that go through it. Not here: who holds a time (the ledger's claims
say that, D-BOOK-1; no calendar refuses an overlap), and what a conflict comes to (`booking`).

A practitioner's calendar is named by the pair of clinic and practitioner. What it says of anybody
else's appointment is when it is, and an opaque name for it; no title comes through here.
"""

from enum import Enum, unique
from typing import Protocol, TypeAlias

from attrs import field, frozen
from attrs.validators import ge

from eservices_core.outcome import Outcome
from eservices_core.words.identifiers import BookingId, ClinicId, PractitionerId
from eservices_core.words.interval import Interval


class CalendarUnreachable(Exception):  # noqa: N818  said in the words of this house
    """Nobody knows what the calendar says now: the disk, the network or its server failed."""


# --- what lies in a calendar ---------------------------------------------------------------------


@frozen
class Lying:
    """An entry of ours as it lies in the calendar now, whoever changed it last.

    Attributes:
        sequence: its SEQUENCE; other programs may have raised it.
        interval: when it is; other programs may have moved it.
    """

    sequence: int
    interval: Interval


@frozen(order=True)
class Busy:
    """A time that is taken; rounded outwards to whole minutes, and not cut at the window's edges.

    Attributes:
        interval: when.
        ours: the booking whose entry this is; None where it is somebody else's.
        sequence: the SEQUENCE of an entry of ours; None where it is somebody else's.
        reference: an opaque name of somebody else's appointment, the same for every instance of a
            series and after a move; None where it is ours. It holds nothing that people wrote.
    """

    interval: Interval
    ours: BookingId | None = None
    sequence: int | None = None
    reference: str | None = None

    @property
    def lying(self) -> Lying | None:
        """What `write` is told to go over; None where it is not ours."""
        return None if self.sequence is None else Lying(self.sequence, self.interval)


@frozen
class Reading:
    """What is taken within a window, as the calendar had it at the moment of reading.

    Attributes:
        busy: all that overlaps the window, in the order of `Interval`, overlaps and repetitions
            and all: nothing is merged, so our own entries can be told from others'.
    """

    busy: tuple[Busy, ...]

    def lying(self, booking: BookingId) -> tuple[Lying, ...]:
        """What lies there of one booking: one where all is well; none, or more if it was copied."""
        found = (busy.lying for busy in self.busy if busy.ours == booking)
        return tuple(lying for lying in found if lying is not None)


@frozen
class Entry:
    """What the calendar is to say of one booking.

    The texts are neutral: whoever can see the calendar can read them, so they hold no name, no CPR
    number, no type and no comment (D-BOOK-12; faults: 166).

    Attributes:
        booking: the left half of its UID.
        sequence: rises whenever the entry changes; 0 or more.
        interval: when it is.
        title: a neutral title.
        place: the clinic's name and street address; may be empty.
    """

    booking: BookingId
    sequence: int = field(validator=ge(0))
    interval: Interval
    title: str = "Aftale"
    place: str = ""

    @property
    def lying(self) -> Lying:
        """What lies there when it is written."""
        return Lying(self.sequence, self.interval)


# --- refusals ------------------------------------------------------------------------------------


@frozen
class NoSuchCalendar:
    """Nobody has said where this practitioner's calendar is."""


@frozen
class CalendarTooLarge:
    """The calendar has, or would have, more bytes than are read."""

    limit: int


@frozen
class TooManyEvents:
    """The calendar has, or would have, more events than are read."""

    limit: int


@frozen
class TooManyInstances:
    """One event takes more times, or takes more work to expand, than anybody's appointments do.

    Attributes:
        uid: the event's UID, at most 100 characters; not shown in logs, for others chose it.
        limit: how many instances within the window are taken.
        line: where the event begins, from 1; None where a calendar has no lines.
    """

    uid: str = field(repr=False)
    limit: int
    line: int | None = None


@frozen
class Unreadable:
    """The calendar says something that cannot be understood, so nobody knows what is taken.

    Attributes:
        field: the name of the property or component; never its value.
        line: where, from 1; None where a calendar has no lines.
    """

    field: str
    line: int | None = None


CalendarRefused: TypeAlias = (
    NoSuchCalendar | CalendarTooLarge | TooManyEvents | TooManyInstances | Unreadable
)
"""Why a calendar could not be read. The time is then not known to be free: nothing is offered."""


@frozen
class Superseded:
    """A later sequence lies there already, and was left as it is."""

    lies: Lying


@frozen
class EntryDiffers:
    """What lies there is not what the caller believes: somebody has changed or removed it.

    Nothing was written. Staff decide (D-BOOK-6); whoever then writes over it says so, by believing
    what is named here.
    """

    lies: Lying | None


WriteRefused: TypeAlias = CalendarRefused | Superseded | EntryDiffers


@unique
class Written(Enum):
    """How writing an entry ended well."""

    WRITTEN = "written"
    ALREADY_THERE = "already_there"
    """It lay there at this sequence and time; nothing was changed, its texts neither."""


@unique
class Withdrawn(Enum):
    """How withdrawing an entry ended well."""

    WITHDRAWN = "withdrawn"
    NOT_THERE = "not_there"
    """Nothing lay there: withdrawn before, or removed by somebody."""


# --- the port ------------------------------------------------------------------------------------


class AppointmentCalendar(Protocol):
    """The calendars of practitioners, which other programs read and change at the same time.

    Every method raises CalendarUnreachable when infrastructure fails; after that, a `write` or
    `withdraw` may have been done or not, and is simply repeated.
    """

    def read(
        self, clinic: ClinicId, practitioner: PractitionerId, within: Interval, /
    ) -> Outcome[Reading, CalendarRefused]:
        """Read all that overlaps `within` (half open), as it is now; never in part."""
        ...

    def write(
        self,
        clinic: ClinicId,
        practitioner: PractitionerId,
        entry: Entry,
        believed: Lying | None = None,
        /,
    ) -> Outcome[Written, WriteRefused]:
        """Make one entry lie there, over what the caller believes lies there (None: nothing).

        In this order: what lies there at the entry's own sequence and time is ALREADY_THERE; a
        higher sequence is Superseded; anything but `believed` is EntryDiffers; else it is written.
        A cancelled entry does not lie there. Other entries are left as they are.
        """
        ...

    def withdraw(
        self, clinic: ClinicId, practitioner: PractitionerId, booking: BookingId, sequence: int, /
    ) -> Outcome[Withdrawn, CalendarRefused | Superseded]:
        """Remove a booking's entry, wherever it was moved to; one of a higher sequence stays."""
        ...
