"""What is known of one practitioner's book, and who asks for a time in it.

Here: values that whoever offers times has gathered. Not here: where they come from (the ledger's
claims and the calendar's port), and what follows (`free_times`, `offered`).
"""

from collections.abc import Iterable
from datetime import datetime
from enum import unique

from attrs import field, frozen

from eservices_core.clinic.booking_settings import BookingSettings
from eservices_core.tables import Fact
from eservices_core.words.identifiers import PractitionerId, TypeId
from eservices_core.words.interval import Interval


@unique
class Asker(Fact):
    """How somebody comes who asks for a time."""

    WITH_USER = "with_user"
    WITHOUT_USER = "without_user"
    """D-BOOK-7: a name, a birth date, a phone and a proved address, and no login."""


def _as_tuple(intervals: Iterable[Interval]) -> tuple[Interval, ...]:
    return tuple(intervals)


@frozen
class Book:
    """What takes time in one practitioner's book.

    Intervals come in any order, and may overlap: a booking of ours also stands in the calendar.

    Attributes:
        read_at: when the calendar was last read, an aware instant; None if it never was.
        claimed: the live claims. To leave room after a booking, a claim must hold its pause.
        busy: what takes time in the calendar.
    """

    read_at: datetime | None = None
    claimed: tuple[Interval, ...] = field(default=(), converter=_as_tuple)
    busy: tuple[Interval, ...] = field(default=(), converter=_as_tuple)

    def __attrs_post_init__(self) -> None:
        assert self.read_at is None or self.read_at.utcoffset() is not None

    @property
    def taken(self) -> Iterable[Interval]:
        """All that takes time."""
        return (*self.claimed, *self.busy)


@frozen
class Enquiry:
    """Who asks which clinic, and when.

    Attributes:
        settings: the clinic's.
        asker: how they come.
        now: an aware instant.
    """

    settings: BookingSettings
    asker: Asker
    now: datetime

    def __attrs_post_init__(self) -> None:
        assert self.now.utcoffset() is not None, "an instant carries its offset"


@frozen
class Asked:
    """A time that somebody asks for.

    Attributes:
        at: when it would begin: an aware instant, or without an offset what the wall clock shows;
            `fold` 1 is then the second time that it shows it (D-BOOK-9).
    """

    practitioner: PractitionerId
    type: TypeId
    at: datetime
