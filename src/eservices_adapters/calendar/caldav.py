"""Appointment calendars on a CalDAV server, which other programs read and change too (S-BOOK-2).

Here: the port over collections, one for each practitioner; looking before every answer, and trying
again what may have been done. Not here: what is asked (`looking`, `changing`), and how requests
travel (`wire_http`).

What lies in a collection is kept in memory, each resource read once for each version; every answer
begins with the question what has changed. A change is made on the condition that nothing has, so
two writers never go over each other, whichever process or program they are.
"""

import ssl
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from hashlib import sha256
from threading import Lock
from typing import TYPE_CHECKING, Final, TypeAlias, TypeVar

from attrs import Factory, define, field

from eservices_adapters.calendar.changing import (
    Again,
    Attempt,
    Book,
    try_to_withdraw,
    try_to_write,
)
from eservices_adapters.calendar.collection import Contents, Resource, Snapshot
from eservices_adapters.calendar.dav import Place, TooLarge, Trouble
from eservices_adapters.calendar.looking import look
from eservices_adapters.calendar.patience import Doubt, Pace
from eservices_adapters.calendar.uids import is_host_name
from eservices_adapters.wire_http.driver import Bounds, HttpDriver
from eservices_adapters.wire_http.exchange import Exchange
from eservices_core.outcome import Failure, Outcome, Success
from eservices_core.ports.calendar import (
    AppointmentCalendar,
    CalendarRefused,
    CalendarTooLarge,
    CalendarUnreachable,
    Entry,
    Lying,
    NoSuchCalendar,
    Reading,
    Superseded,
    Withdrawn,
    WriteRefused,
    Written,
)
from eservices_core.ports.world import Chance, Clock
from eservices_core.words.identifiers import BookingId, ClinicId, PractitionerId
from eservices_core.words.interval import Interval

R = TypeVar("R")
T = TypeVar("T")

Named: TypeAlias = tuple[ClinicId, PractitionerId]

MAX_ANSWER: Final = 16 * 1024 * 1024
"""The most that one answer may have: a list of a hundred thousand versions, or a hundred events."""
_READS: Final = 5
_TOKEN_BYTES: Final = 16
_NAME_LENGTH: Final = 40


@define
class _Shelf:
    """What one process knows of one collection."""

    book: Book
    lock: Lock = Factory(Lock)
    snapshot: Snapshot = Factory(Snapshot)
    cache: dict[str, Resource] = field(factory=dict[str, Resource], repr=False)


class CalDavCalendar:
    """Implements AppointmentCalendar over collections that must be there.

    Several threads may share it. A collection is looked at by one of them at a time.
    """

    def __init__(
        self,
        places: Mapping[Named, Place],
        domain: str,
        clock: Clock,
        chance: Chance,
        *,
        patience: float = 30.0,
    ) -> None:
        """Take where each practitioner's collection is, and the right half of our UIDs.

        `clock` is for DTSTAMP and for how long a list is believed, `chance` names attempts, and
        `patience` is how many seconds one call may take: all its questions and pauses together.

        Raises:
            ValueError: where `domain` is no host name in lower case.
        """
        if not is_host_name(domain):
            raise ValueError("the domain of our UIDs is no host name in lower case")
        self._shelves = {
            named: _Shelf(Book(place, domain, _naming(place))) for named, place in places.items()
        }
        self._clock = clock
        self._chance = chance
        self._patience = patience
        self._tls = ssl.create_default_context()  # made once: it reads every certificate there is

    def read(
        self, clinic: ClinicId, practitioner: PractitionerId, within: Interval, /
    ) -> Outcome[Reading, CalendarRefused]:
        """Read all that overlaps `within`, as it is now; raises CalendarUnreachable."""
        shelf = self._shelves.get((clinic, practitioner))
        if shelf is None:
            return Failure(NoSuchCalendar())
        looked = self._looked_patiently(shelf)
        return looked if isinstance(looked, Failure) else looked.unwrap().read(within)

    def write(
        self,
        clinic: ClinicId,
        practitioner: PractitionerId,
        entry: Entry,
        believed: Lying | None = None,
        /,
    ) -> Outcome[Written, WriteRefused]:
        """Make one entry lie there, over what is believed; raises CalendarUnreachable."""
        shelf = self._shelves.get((clinic, practitioner))
        if shelf is None:
            return Failure(NoSuchCalendar())
        book = shelf.book
        return self._change(
            shelf,
            entry.booking,
            lambda contents, attempt: try_to_write(book, contents, entry, believed, attempt),
        )

    def withdraw(
        self, clinic: ClinicId, practitioner: PractitionerId, booking: BookingId, sequence: int, /
    ) -> Outcome[Withdrawn, CalendarRefused | Superseded]:
        """Remove a booking's entry, copies and all; raises CalendarUnreachable."""
        shelf = self._shelves.get((clinic, practitioner))
        if shelf is None:
            return Failure(NoSuchCalendar())
        book = shelf.book
        return self._change(
            shelf,
            booking,
            lambda contents, attempt: try_to_withdraw(book, contents, booking, sequence, attempt),
        )

    # --- looking ---------------------------------------------------------------------------------

    def _looked_patiently(self, shelf: _Shelf) -> Outcome[Contents, CalendarRefused]:
        """Look, and once more where the line broke: looking changes nothing."""
        pace = Pace(self._chance, self._patience, troubles=_READS)
        while True:
            try:
                return self._looked(shelf, pace)
            except Trouble:
                if not pace.goes_on(broken=True):
                    raise

    def _looked(
        self, shelf: _Shelf, pace: Pace, *, anew: bool = False
    ) -> Outcome[Contents, CalendarRefused]:
        """Look once; `anew` lists everything, whatever the server says of its changes."""
        with _held(shelf.lock, pace):
            known = Snapshot(shelf.snapshot.contents) if anew else shelf.snapshot
            book, now = shelf.book, self._clock.now()
            exchange = look(book.place, book.domain, known, shelf.cache, now)
            looked = self._driven(exchange, pace)
            if isinstance(looked, Failure):
                return looked
            found = looked.unwrap()
            if isinstance(found, Failure):
                return found
            shelf.snapshot = found.unwrap()
            return Success(shelf.snapshot.contents)

    # --- changing --------------------------------------------------------------------------------

    def _change(
        self,
        shelf: _Shelf,
        booking: BookingId,
        attempt: Callable[[Contents, Attempt], Exchange[Outcome[T, R] | Again]],
    ) -> Outcome[T, CalendarRefused | R]:
        """Look and try, until it is done or refused; raises CalendarUnreachable."""
        uid = shelf.book.uid(booking)
        token = self._chance.entropy(_TOKEN_BYTES).hex()
        pace, doubt = Pace(self._chance, self._patience), Doubt()
        while True:
            try:
                looked = self._looked(shelf, pace, anew=doubt.lists_everything)
                if isinstance(looked, Failure):
                    return looked
                contents = looked.unwrap()
                doubt.look_at(contents.versions(uid))
                this = Attempt(self._clock.now(), token, again=doubt.asked)
                tried = self._tried(attempt(contents, this), pace)
            except Trouble:
                if not pace.goes_on(broken=True):
                    raise
                continue
            if not isinstance(tried, Again):
                return tried
            doubt.take(tried)
            if not pace.goes_on(broken=tried.may_be_done):
                raise CalendarUnreachable(
                    "the calendar is changing all the time, or its server ill"
                )

    def _tried(
        self, attempt: Exchange[Outcome[T, R] | Again], pace: Pace
    ) -> Outcome[T, CalendarRefused | R] | Again:
        """Try once; where the line broke, the server may have done it all the same."""
        try:
            driven = self._driven(attempt, pace)
        except Trouble:
            return Again(may_be_done=True)
        return driven if isinstance(driven, Failure) else driven.unwrap()

    # --- the line --------------------------------------------------------------------------------

    def _driven(self, exchange: Exchange[T], pace: Pace) -> Outcome[T, CalendarTooLarge]:
        """Carry an exchange out; raises Trouble where the line broke."""
        seconds = min(self._patience / 2, pace.left)
        if seconds <= 0:
            raise Trouble("the calendar's server takes too long")
        try:
            return Success(HttpDriver(Bounds(seconds, MAX_ANSWER), self._tls).run(exchange))
        except TooLarge:
            return Failure(CalendarTooLarge(MAX_ANSWER))


@contextmanager
def _held(lock: Lock, pace: Pace) -> Generator[None]:
    if not lock.acquire(timeout=max(0.0, pace.left)):
        raise CalendarUnreachable("somebody else's look at the calendar does not end")
    try:
        yield
    finally:
        lock.release()


def _naming(place: Place) -> Callable[[str], str]:
    """Give the path of a UID's resource: the same in every process, and safe in every file."""

    def name(uid: str) -> str:
        return f"{place.path}{sha256(uid.encode()).hexdigest()[:_NAME_LENGTH]}.ics"

    return name


if TYPE_CHECKING:
    _: type[AppointmentCalendar] = CalDavCalendar
