"""Move a booking (D-BOOK-4, D-BOOK-11): staff any, a patient their own unanswered request.

The old time is kept until the new one is claimed: the store does both, or neither.
"""

from datetime import datetime

from attrs import frozen

from eservices_core.booking.book import Asked, Asker, Book
from eservices_core.booking.bookable import Offer
from eservices_core.booking.commands import Move
from eservices_core.booking.offered import why_not
from eservices_core.booking.opening import answer_deadline
from eservices_core.booking.terms import Terms
from eservices_core.clinic.staff import StaffMember
from eservices_core.outcome import Failure, Outcome, Success
from eservices_core.usecases.booking_acts import act
from eservices_core.usecases.bookings import (
    book_of,
    booking_at,
    enquiry_of,
    mail_for,
    own_booking,
    settings_of,
)
from eservices_core.usecases.perform import perform
from eservices_core.usecases.refusal import Refusal
from eservices_core.usecases.refusals import refusal_by_name
from eservices_core.usecases.request_time import interval_of
from eservices_core.usecases.services import Command, Services
from eservices_core.usecases.session_of import reaching_session
from eservices_core.usecases.unit import Unit
from eservices_core.words.identifiers import (
    BookingId,
    BrowserId,
    ClinicId,
    PractitionerId,
    SessionId,
)


@frozen(kw_only=True)
class MoveForClinic(Command):
    """Staff give a booking another time, maybe with another practitioner of the clinic.

    Attributes:
        outside: whether to take a time that patients are not offered.
    """

    staff: StaffMember
    booking: BookingId
    practitioner: PractitionerId
    at: datetime
    outside: bool = False


@frozen(kw_only=True)
class MoveOwnRequest(Command):
    """A patient asks for another time instead, before the clinic has answered."""

    session: SessionId
    browser: BrowserId
    clinic: ClinicId
    booking: BookingId
    practitioner: PractitionerId
    at: datetime


@frozen
class Moved:
    """It has the new time; `mailed` says whether a mail tells the patient."""

    starts_at: datetime
    mailed: bool


def move_for_clinic(
    services: Services, command: MoveForClinic, *, step: str = ""
) -> Outcome[Moved, Refusal]:
    """Move a booking; what was approved needs a new proof that the patient knows.

    `step` tells the moves of one command apart (see `perform`).
    """

    def work(unit: Unit) -> Outcome[Moved, Refusal]:
        clinic = command.staff.clinic
        found = booking_at(unit, clinic, command.booking)
        if isinstance(found, Failure):
            return found
        to = (command.practitioner, command.at)
        unit.rule = "D-BOOK-11"
        terms = found.unwrap().terms
        return _move(unit, command.booking, terms, to, command.staff, outside=command.outside)

    return perform(services, command, Moved, work, step=step)


def move_own_request(services: Services, command: MoveOwnRequest) -> Outcome[Moved, Refusal]:
    """Move a request that nobody has answered."""

    def work(unit: Unit) -> Outcome[Moved, Refusal]:
        session = reaching_session(unit, command.session, command.browser, command.clinic)
        if isinstance(session, Failure):
            return session
        found = own_booking(unit, session.unwrap().user, command.clinic, command.booking)
        if isinstance(found, Failure):
            return found
        to = (command.practitioner, command.at)
        unit.rule = "D-BOOK-4"
        return _move(unit, command.booking, found.unwrap().terms, to, None, outside=False)

    return perform(services, command, Moved, work)


def _move(  # noqa: PLR0913  what moves where, for whom
    unit: Unit,
    identifier: BookingId,
    terms: Terms,
    to: tuple[PractitionerId, datetime],
    by: StaffMember | None,
    *,
    outside: bool,
) -> Outcome[Moved, Refusal]:
    practitioner, at = to
    asked = Asked(practitioner, terms.type, at)
    book = _without_own(unit, book_of(unit, terms.clinic, practitioner), identifier)
    offer = why_not(enquiry_of(unit, terms.clinic, Asker.WITH_USER), book, asked)
    interval = interval_of(unit, terms.clinic, asked)
    if interval is None or (offer.then is not Offer.OFFERED and not outside):
        return Failure(refusal_by_name(offer))
    settings = settings_of(unit, terms.clinic)
    mail = mail_for(unit, terms.patient)
    answer_by = answer_deadline(settings, unit.at, interval.starts_at)
    command = Move(practitioner, interval, by, mail, unit.at, answer_by)
    moved = act(unit, identifier, command)
    if isinstance(moved, Failure):
        return moved
    return Success(Moved(interval.starts_at, mail is not None))


def _without_own(unit: Unit, book: Book, identifier: BookingId) -> Book:
    """What takes time from a booking that moves: not its own claim."""
    held = unit.services.claims.held_by(identifier)
    others = (each for each in book.claimed if held is None or each != held.interval)
    return Book(book.read_at, tuple(others), book.busy)
