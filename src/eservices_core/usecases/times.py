"""Times: what a clinic offers, and why it does not offer a time (S-BOOK-1, D-BOOK-14).

Reads only. Asking for one is `request_time`.
"""

from datetime import date, datetime
from typing import Final

from attrs import frozen

from eservices_core import events
from eservices_core.booking.book import Asked, Asker, Book
from eservices_core.booking.bookable import Offer
from eservices_core.booking.free_times import FreeTimes, free_times
from eservices_core.booking.offered import why_not
from eservices_core.booking.sentences import Reader, Sentence, sentence
from eservices_core.booking.terms import OfUser
from eservices_core.clinic.staff import StaffMember
from eservices_core.outcome import Failure, Outcome, Success
from eservices_core.tables import Row
from eservices_core.usecases.booking_refusals import NO_SUCH_BOOKING
from eservices_core.usecases.bookings import book_of, enquiry_of, own_booking, settings_of
from eservices_core.usecases.looking import look_or_refuse, page_before
from eservices_core.usecases.refusal import Refusal
from eservices_core.usecases.services import Command, Services
from eservices_core.usecases.session_of import reaching_session
from eservices_core.usecases.unit import Unit
from eservices_core.views.names import coming_of, past_of
from eservices_core.words.identifiers import (
    BookingId,
    BrowserId,
    ClinicId,
    PractitionerId,
    SessionId,
    TypeId,
)
from eservices_core.words.interval import Interval

PAST_PAGE: Final = 50
COMING_MAX: Final = 1_000
"""Nobody has so many: a clinic's limit is a few, and staff book by hand (D-BOOK-10)."""


@frozen(kw_only=True)
class SeeTimes(Command):
    """Somebody looks for a time.

    Attributes:
        asker: with a user, or without.
        first: the first day, in Copenhagen.
        until: the day after the last.
    """

    clinic: ClinicId
    asker: Asker
    first: date
    until: date


@frozen(kw_only=True)
class AskWhyNot(Command):
    """Staff ask why a patient is not offered a time."""

    staff: StaffMember
    practitioner: PractitionerId
    type: TypeId
    at: datetime
    asker: Asker = Asker.WITH_USER


@frozen(kw_only=True)
class SeeOwnBookings(Command):
    """A patient looks at 'Dine tider'.

    Attributes:
        before: the last of the past ones on the page before; None for the first page.
    """

    session: SessionId
    browser: BrowserId
    clinic: ClinicId
    before: BookingId | None = None


@frozen
class OwnBooking:
    """One of a patient's bookings, as they read it."""

    booking: BookingId
    interval: Interval
    sentence: Sentence


def see_times(services: Services, command: SeeTimes) -> FreeTimes:
    """Give what is offered now."""
    unit = Unit(services, command)
    settings = settings_of(unit, command.clinic)
    books: dict[PractitionerId, Book] = {
        who.practitioner: book_of(unit, command.clinic, who.practitioner)
        for who in settings.practitioners
    }
    enquiry = enquiry_of(unit, command.clinic, command.asker)
    return free_times(enquiry, books, command.first, command.until)


def ask_why_not(services: Services, command: AskWhyNot) -> Outcome[Row[Offer], Refusal]:
    """Give the row that offers the time, or does not."""
    unit = Unit(services, command)
    barred = unit.barred()
    if barred is not None:
        return Failure(barred)
    clinic = command.staff.clinic
    row = why_not(
        enquiry_of(unit, clinic, command.asker),
        book_of(unit, clinic, command.practitioner),
        Asked(command.practitioner, command.type, command.at),
    )
    return Success(row)


def see_own_bookings(
    services: Services, command: SeeOwnBookings
) -> Outcome[tuple[OwnBooking, ...], Refusal]:
    """List a patient's bookings at a clinic: what is coming, by time, then what is past, turned.

    A page has all that is coming, and at most `PAST_PAGE` of what is past; the next pages have what
    lay before.
    """
    return look_or_refuse(
        services,
        command,
        "see_own_bookings",
        lambda unit: _own_bookings(unit, command),
        rule="S-BOOK-5",
    )


def _own_bookings(unit: Unit, command: SeeOwnBookings) -> Outcome[tuple[OwnBooking, ...], Refusal]:
    session = reaching_session(unit, command.session, command.browser, command.clinic)
    if isinstance(session, Failure):
        return session
    user = session.unwrap().user
    patient, lists = OfUser(user), unit.services.lists
    coming, past = coming_of(command.clinic, patient), past_of(command.clinic, patient)
    behind = page_before(unit, past, command.before, PAST_PAGE)
    if behind is None:
        return Failure(NO_SUCH_BOOKING)
    ahead = () if command.before else lists.listed(coming, COMING_MAX)
    page = [BookingId(one.item) for one in (*ahead, *reversed(behind))]
    unit.read_ahead(events.BOOKING, page)
    seen: list[OwnBooking] = []
    for identifier in page:
        state = own_booking(unit, user, command.clinic, identifier).unwrap()
        read = sentence(state, Reader.PATIENT, unit.at)
        seen.append(OwnBooking(identifier, state.terms.interval, read))
    unit.stream = None  # of all of them, and not of the last one alone
    return Success(tuple(seen))
