"""Appointment calendars in memory, and what other programs do to them meanwhile.

Here: what a test can look into and change behind the port's back. Not here: files of any format.
"""

from collections.abc import Iterable
from threading import Lock
from typing import TYPE_CHECKING, TypeAlias

from attrs import define, evolve, field

from eservices_core.outcome import Failure, Outcome, Success
from eservices_core.ports.calendar import (
    AppointmentCalendar,
    Busy,
    CalendarRefused,
    CalendarUnreachable,
    Entry,
    EntryDiffers,
    Lying,
    NoSuchCalendar,
    Reading,
    Superseded,
    Withdrawn,
    WriteRefused,
    Written,
)
from eservices_core.words.identifiers import BookingId, ClinicId, PractitionerId
from eservices_core.words.interval import Interval

Book: TypeAlias = tuple[ClinicId, PractitionerId]


@define
class _Shelf:
    ours: dict[BookingId, Entry] = field(factory=dict[BookingId, Entry])
    foreign: dict[str, Interval] = field(factory=dict[str, Interval])


class MemoryCalendar:
    """Keeps the calendars of the practitioners that it is given.

    Attributes:
        unreachable: while it is set, every call raises CalendarUnreachable.
        refusal: while it is set, every call is refused with it.
    """

    def __init__(self, books: Iterable[Book]) -> None:
        self._books = {book: _Shelf() for book in books}
        self._lock = Lock()
        self._names = 0
        self.unreachable = False
        self.refusal: CalendarRefused | None = None

    # --- the port --------------------------------------------------------------------------------

    def read(
        self, clinic: ClinicId, practitioner: PractitionerId, within: Interval, /
    ) -> Outcome[Reading, CalendarRefused]:
        """Read all that overlaps `within`."""
        with self._lock:
            shelf = self._shelf(clinic, practitioner)
            if isinstance(shelf, Failure):
                return shelf
            entries = shelf.unwrap().ours.values()
            busy = [Busy(each.interval, each.booking, each.sequence) for each in entries]
            foreign = shelf.unwrap().foreign.items()
            busy += [Busy(interval, reference=name) for name, interval in foreign]
        overlapping = [one for one in busy if one.interval.overlaps(within)]
        return Success(Reading(tuple(sorted(overlapping, key=lambda one: one.interval))))

    def write(
        self,
        clinic: ClinicId,
        practitioner: PractitionerId,
        entry: Entry,
        believed: Lying | None = None,
        /,
    ) -> Outcome[Written, WriteRefused]:
        """Make one entry lie there, over what is believed."""
        with self._lock:
            shelf = self._shelf(clinic, practitioner)
            if isinstance(shelf, Failure):
                return shelf
            ours = shelf.unwrap().ours
            lies = ours[entry.booking].lying if entry.booking in ours else None
            if lies == entry.lying:
                return Success(Written.ALREADY_THERE)
            if lies is not None and lies.sequence > entry.sequence:
                return Failure(Superseded(lies))
            if lies != believed:
                return Failure(EntryDiffers(lies))
            ours[entry.booking] = entry
            return Success(Written.WRITTEN)

    def withdraw(
        self, clinic: ClinicId, practitioner: PractitionerId, booking: BookingId, sequence: int, /
    ) -> Outcome[Withdrawn, CalendarRefused | Superseded]:
        """Remove a booking's entry."""
        with self._lock:
            shelf = self._shelf(clinic, practitioner)
            if isinstance(shelf, Failure):
                return shelf
            entry = shelf.unwrap().ours.get(booking)
            if entry is None:
                return Success(Withdrawn.NOT_THERE)
            if entry.sequence > sequence:
                return Failure(Superseded(entry.lying))
            del shelf.unwrap().ours[booking]
            return Success(Withdrawn.WITHDRAWN)

    def _shelf(
        self, clinic: ClinicId, practitioner: PractitionerId
    ) -> Outcome[_Shelf, CalendarRefused]:
        if self.unreachable:
            raise CalendarUnreachable("it was told to be")
        if self.refusal is not None:
            return Failure(self.refusal)
        shelf = self._books.get((clinic, practitioner))
        return Failure(NoSuchCalendar()) if shelf is None else Success(shelf)

    # --- behind its back -------------------------------------------------------------------------

    def entries(self, book: Book) -> tuple[Entry, ...]:
        """Give our entries as they lie there, texts and all, by booking."""
        with self._lock:
            ours = self._books[book].ours
            return tuple(ours[booking] for booking in sorted(ours))

    def add_foreign(self, book: Book, interval: Interval) -> str:
        """Have somebody else enter an appointment; gives its reference."""
        with self._lock:
            self._names += 1
            name = f"foreign-{self._names}"
            self._books[book].foreign[name] = interval
            return name

    def remove_foreign(self, book: Book, reference: str) -> None:
        """Have somebody else remove it again."""
        with self._lock:
            del self._books[book].foreign[reference]

    def remove_ours(self, book: Book, booking: BookingId) -> None:
        """Have somebody delete an entry of ours."""
        with self._lock:
            del self._books[book].ours[booking]

    def move_ours(
        self, book: Book, booking: BookingId, interval: Interval, *, sequence: int | None = None
    ) -> None:
        """Have somebody move an entry of ours; its sequence stays, unless one is given."""
        with self._lock:
            entry = self._books[book].ours[booking]
            raised = entry.sequence if sequence is None else sequence
            self._books[book].ours[booking] = evolve(entry, interval=interval, sequence=raised)


if TYPE_CHECKING:
    _: type[AppointmentCalendar] = MemoryCalendar
