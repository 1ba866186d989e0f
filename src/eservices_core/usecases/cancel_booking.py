"""Cancel a booking (S-BOOK-5, D-BOOK-10, D-BOOK-11): by the patient in a session, or by staff."""

from attrs import frozen

from eservices_core.booking.cancelling import Cancellation, Who
from eservices_core.booking.commands import Cancel
from eservices_core.booking.states import Cancelled
from eservices_core.clinic.staff import StaffMember
from eservices_core.outcome import Failure, Outcome, Success
from eservices_core.usecases.booking_acts import act
from eservices_core.usecases.bookings import booking_at, mail_for, own_booking, settings_of
from eservices_core.usecases.perform import perform
from eservices_core.usecases.refusal import Refusal
from eservices_core.usecases.services import Command, Services
from eservices_core.usecases.session_of import standing_session
from eservices_core.usecases.unit import Unit
from eservices_core.words.identifiers import BookingId, BrowserId, ClinicId, SessionId


@frozen(kw_only=True)
class CancelOwnBooking(Command):
    """A patient withdraws a request, or cancels an appointment."""

    session: SessionId
    browser: BrowserId
    clinic: ClinicId
    booking: BookingId


@frozen(kw_only=True)
class CancelForClinic(Command):
    """Staff cancel; the patient is told, and is on the call list until it is certain they know."""

    staff: StaffMember
    booking: BookingId


@frozen
class BookingIsCancelled:
    """The time is free; `how` says what the cancellation was."""

    how: Cancellation


def cancel_own_booking(
    services: Services, command: CancelOwnBooking
) -> Outcome[BookingIsCancelled, Refusal]:
    """Cancel for the patient: whose it is, and whether it has begun, and nothing else."""

    def work(unit: Unit) -> Outcome[BookingIsCancelled, Refusal]:
        # Whoever has left the clinic can still cancel what was kept (D-ACC-20).
        session = standing_session(unit, command.session, command.browser)
        if isinstance(session, Failure):
            return session
        found = own_booking(unit, session.unwrap().user, command.clinic, command.booking)
        if isinstance(found, Failure):
            return found
        return cancel(unit, command.clinic, command.booking, Who.PATIENT)

    return perform(services, command, BookingIsCancelled, work)


def cancel_for_clinic(
    services: Services, command: CancelForClinic, *, step: str = ""
) -> Outcome[BookingIsCancelled, Refusal]:
    """Cancel for the clinic; `step` tells those of one command apart (see `perform`)."""

    def work(unit: Unit) -> Outcome[BookingIsCancelled, Refusal]:
        clinic = command.staff.clinic
        return cancel(unit, clinic, command.booking, Who.CLINIC, command.staff)

    return perform(services, command, BookingIsCancelled, work, step=step)


def cancel(
    unit: Unit, clinic: ClinicId, identifier: BookingId, who: Who, by: StaffMember | None = None
) -> Outcome[BookingIsCancelled, Refusal]:
    """Cancel one booking of a clinic."""
    found = booking_at(unit, clinic, identifier)
    if isinstance(found, Failure):
        return found
    notice = settings_of(unit, clinic).cancellation_notice
    mail = mail_for(unit, found.unwrap().terms.patient)
    cancelled = act(unit, identifier, Cancel(who, by, mail, unit.at, notice))
    if isinstance(cancelled, Failure):
        return cancelled
    state = cancelled.unwrap()
    assert isinstance(state, Cancelled)
    unit.rule = "D-BOOK-11" if who is Who.CLINIC else "S-BOOK-5"
    return Success(BookingIsCancelled(state.how))
