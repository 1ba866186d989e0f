"""Tell the patient (D-BOOK-2, D-BOOK-3): send the confirmation again, or record that they know.

By staff: a call, a letter or a slip ends the waiting. By the patient: opening the booking after
logging in does too.
"""

from attrs import frozen

from eservices_core.booking.commands import NoteOpened, RecordTold, Resend
from eservices_core.booking.delivery import BY_STAFF, Evidence
from eservices_core.booking.sentences import Reader, Sentence, sentence
from eservices_core.clinic.staff import StaffMember
from eservices_core.outcome import Failure, Outcome, Success
from eservices_core.texts import Text
from eservices_core.usecases.access_refusals import NO_ADDRESS
from eservices_core.usecases.booking_acts import act
from eservices_core.usecases.bookings import booking_at, mail_for, own_booking
from eservices_core.usecases.perform import perform
from eservices_core.usecases.refusal import Refusal
from eservices_core.usecases.services import Command, Services
from eservices_core.usecases.session_of import reaching_session
from eservices_core.usecases.unit import Unit
from eservices_core.words.identifiers import BookingId, BrowserId, ClinicId, SessionId


@frozen(kw_only=True)
class ResendConfirmation(Command):
    """Staff send it again, to the address as it is now; correct that first where it was wrong."""

    staff: StaffMember
    booking: BookingId


@frozen
class ConfirmationIsResent:
    """A mail is on its way."""


@frozen(kw_only=True)
class RecordPatientTold(Command):
    """Staff have told the patient themselves.

    Raises:
        ValueError: where `evidence` is none that staff can stand by.
    """

    staff: StaffMember
    booking: BookingId
    evidence: Evidence

    def __attrs_post_init__(self) -> None:
        if self.evidence not in BY_STAFF:
            msg = "evidence is call, letter or slip"
            raise ValueError(msg)


@frozen
class PatientKnows:
    """It is recorded, with who and when."""


@frozen(kw_only=True)
class OpenBooking(Command):
    """A patient opens a booking after logging in; that is proof that they have read of it."""

    session: SessionId
    browser: BrowserId
    clinic: ClinicId
    booking: BookingId


@frozen
class BookingOpened:
    """What the patient reads."""

    sentence: Text


def resend_confirmation(
    services: Services, command: ResendConfirmation
) -> Outcome[ConfirmationIsResent, Refusal]:
    """Send the confirmation again."""

    def work(unit: Unit) -> Outcome[ConfirmationIsResent, Refusal]:
        found = booking_at(unit, command.staff.clinic, command.booking)
        if isinstance(found, Failure):
            return found
        mail = mail_for(unit, found.unwrap().terms.patient)
        if mail is None:
            return Failure(NO_ADDRESS)
        unit.rule = "D-BOOK-3"
        resent = act(unit, command.booking, Resend(mail, command.staff, unit.at))
        return resent if isinstance(resent, Failure) else Success(ConfirmationIsResent())

    return perform(services, command, ConfirmationIsResent, work)


def record_patient_told(
    services: Services, command: RecordPatientTold
) -> Outcome[PatientKnows, Refusal]:
    """Record that the patient knows, of an appointment or of its end."""

    def work(unit: Unit) -> Outcome[PatientKnows, Refusal]:
        found = booking_at(unit, command.staff.clinic, command.booking)
        if isinstance(found, Failure):
            return found
        unit.rule = "D-BOOK-2"
        told = act(unit, command.booking, RecordTold(command.evidence, command.staff, unit.at))
        return told if isinstance(told, Failure) else Success(PatientKnows())

    return perform(services, command, PatientKnows, work)


def open_booking(services: Services, command: OpenBooking) -> Outcome[BookingOpened, Refusal]:
    """Show a patient their booking, and note that they have seen it as it is."""

    def work(unit: Unit) -> Outcome[BookingOpened, Refusal]:
        session = reaching_session(unit, command.session, command.browser, command.clinic)
        if isinstance(session, Failure):
            return session
        found = own_booking(unit, session.unwrap().user, command.clinic, command.booking)
        if isinstance(found, Failure):
            return found
        unit.rule = "D-BOOK-2"
        # What has begun or is over takes no more evidence, and is shown all the same.
        opened = act(unit, command.booking, NoteOpened(unit.at))
        state = found.unwrap() if isinstance(opened, Failure) else opened.unwrap()
        shown: Sentence = sentence(state, Reader.PATIENT, unit.at)
        return Success(BookingOpened(shown.text))

    return perform(services, command, BookingOpened, work)
