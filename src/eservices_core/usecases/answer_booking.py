"""Approve or decline a request (S-BOOK-4, S-BOOK-7, D-BOOK-11): by staff of the clinic."""

from attrs import frozen

from eservices_core.booking.approving import APPROVAL, Approval, ApprovalFacts, Approver
from eservices_core.booking.commands import Approve, Decline
from eservices_core.clinic.staff import StaffMember
from eservices_core.outcome import Failure, Outcome, Success
from eservices_core.usecases.booking_acts import act
from eservices_core.usecases.bookings import booking_at, mail_for, settings_of
from eservices_core.usecases.perform import perform
from eservices_core.usecases.refusal import Refusal
from eservices_core.usecases.refusals import refusal_of_row
from eservices_core.usecases.services import Command, Services
from eservices_core.usecases.unit import Unit
from eservices_core.words.identifiers import BookingId


@frozen(kw_only=True)
class ApproveBooking(Command):
    """The practitioner says yes, or reception for them."""

    staff: StaffMember
    booking: BookingId


@frozen(kw_only=True)
class DeclineBooking(Command):
    """The clinic says no; the time is free, and the patient is told."""

    staff: StaffMember
    booking: BookingId


@frozen
class Answered:
    """The request is answered; `mailed` says whether a mail tells the patient."""

    mailed: bool


def approve_booking(services: Services, command: ApproveBooking) -> Outcome[Answered, Refusal]:
    """Approve a request; it is confirmed when the patient has received the confirmation."""

    def work(unit: Unit) -> Outcome[Answered, Refusal]:
        return _answer(unit, command)

    return perform(services, command, Answered, work)


def decline_booking(services: Services, command: DeclineBooking) -> Outcome[Answered, Refusal]:
    """Decline a request."""

    def work(unit: Unit) -> Outcome[Answered, Refusal]:
        return _answer(unit, command)

    return perform(services, command, Answered, work)


def _answer(unit: Unit, command: ApproveBooking | DeclineBooking) -> Outcome[Answered, Refusal]:
    staff = command.staff
    found = booking_at(unit, staff.clinic, command.booking)
    if isinstance(found, Failure):
        return found
    state = found.unwrap()
    settings = settings_of(unit, staff.clinic)
    who = settings.practitioner(state.terms.practitioner)
    own_book = who is not None and who.staff == staff.staff
    approver = Approver.PRACTITIONER if own_book else Approver.COLLEAGUE
    row = APPROVAL.decide(ApprovalFacts(approver, settings.reception_approves))
    if isinstance(command, ApproveBooking) and row.then is not Approval.COUNTS:
        return Failure(refusal_of_row(row, row.then))
    unit.rule = row.rule
    mail = mail_for(unit, state.terms.patient)
    if isinstance(command, ApproveBooking):
        answered = act(unit, command.booking, Approve(staff, mail, unit.at))
    else:
        answered = act(unit, command.booking, Decline(staff, mail, unit.at))
    if isinstance(answered, Failure):
        return answered
    return Success(Answered(mail is not None))
