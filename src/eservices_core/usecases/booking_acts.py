"""Carry a command out on a booking, with all that its events set off.

Here is the one place that says what an event of a booking means outside it: its claim on time, its
mail, the patient's list and the clinic's desk. Not here: what may happen (`booking`).
"""

from typing import Final

from eservices_core import events
from eservices_core.booking import booking, life
from eservices_core.booking.cancelling import Cancellation
from eservices_core.booking.commands import Command
from eservices_core.booking.lists import (
    BookingEnded,
    BookingListed,
    LaidOnDesk,
    TakenOffDesk,
    desk_key,
    patient_key,
)
from eservices_core.booking.sentences import Reader, sentence
from eservices_core.booking.states import Booking, NoBooking
from eservices_core.booking.terms import OfUser, Terms
from eservices_core.correspondence import booking_mails as mails
from eservices_core.correspondence.booking_mails import BookingMail
from eservices_core.correspondence.icalendar import Appointment
from eservices_core.journal import entry
from eservices_core.outcome import Failure, Outcome, Success
from eservices_core.usecases.booking_refusals import TIME_IS_TAKEN
from eservices_core.usecases.bookings import (
    appointment_of,
    claim_of,
    mailbox_of,
    see,
    settings_of,
    stream_of,
)
from eservices_core.usecases.journal_acts import write_in_journal
from eservices_core.usecases.refusal import Refusal
from eservices_core.usecases.refusals import refusal_of
from eservices_core.usecases.unit import Unit
from eservices_core.words.identifiers import BookingId


def act(unit: Unit, identifier: BookingId, command: Command) -> Outcome[Booking, Refusal]:
    """Carry a command out on a booking, with all that its events set off; give what it is then."""
    unit.stream = stream_of(identifier)
    state = unit.state(events.BOOKING, identifier)
    decided = booking.decide(state, command)
    if isinstance(decided, Failure):
        return Failure(refusal_of(decided.failure()))
    for event in decided.unwrap():
        before = unit.state(events.BOOKING, identifier)
        unit.add(events.BOOKING, identifier, (event,))
        after = unit.state(events.BOOKING, identifier)
        assert not isinstance(after, NoBooking)
        see(unit, after.terms.patient)
        _hold_time(unit, identifier, event, after.terms)
        _list(unit, identifier, event, before, after)
        _lay_on_desk(unit, identifier, event, before, after)
        _tell(unit, identifier, event, before, after.terms)
        _write_down(unit, identifier, event, after)
    return Success(unit.state(events.BOOKING, identifier))


def _hold_time(unit: Unit, identifier: BookingId, event: life.Event, terms: Terms) -> None:
    interval = claim_of(settings_of(unit, terms.clinic), terms)
    match event:
        case life.TimeRequested() | life.BookedByStaff():
            unit.claim_time(identifier, terms.clinic, terms.practitioner, interval, TIME_IS_TAKEN)
        case life.BookingMoved():
            unit.move_claim(identifier, terms.clinic, terms.practitioner, interval, TIME_IS_TAKEN)
        case life.BookingDeclined() | life.BookingCancelled() | life.BookingExpired():
            unit.release_claim(identifier)
        case _:
            pass


def _list(
    unit: Unit, identifier: BookingId, event: life.Event, before: Booking, after: Booking
) -> None:
    assert not isinstance(after, NoBooking)
    key = patient_key(after.terms.clinic, after.terms.patient)
    match event:
        case life.TimeRequested() | life.BookedByStaff():
            unit.add(events.PATIENT_BOOKINGS, key, (BookingListed(identifier),))
        case (
            life.BookingDeclined()
            | life.BookingCancelled()
            | life.BookingExpired()
            | life.PatientAttended()
            | life.PatientMissed()
        ):
            unit.add(events.PATIENT_BOOKINGS, key, (BookingEnded(identifier),))
        case life.GuestJoined():
            assert not isinstance(before, NoBooking)
            was = patient_key(before.terms.clinic, before.terms.patient)
            listed: list[BookingListed | BookingEnded] = [BookingListed(identifier)]
            if identifier in unit.state(events.PATIENT_BOOKINGS, was).open:
                unit.add(events.PATIENT_BOOKINGS, was, (BookingEnded(identifier),))
            else:
                listed.append(BookingEnded(identifier))
            unit.add(events.PATIENT_BOOKINGS, key, listed)
        case _:
            pass


def _lay_on_desk(
    unit: Unit, identifier: BookingId, event: life.Event, before: Booking, after: Booking
) -> None:
    """What has ended and needs eyes: cancelled late, or the patient may not know of it."""
    assert not isinstance(after, NoBooking)
    key = desk_key(after.terms.clinic, after.terms.interval)
    match event:
        case life.BookingDeclined() | life.BookingExpired():
            needs_eyes = True
        case life.BookingCancelled(how):
            needs_eyes = how in _FOR_STAFF_TO_SEE
        case life.BookingMoved():
            assert not isinstance(before, NoBooking), "what is moved was begun"
            was = desk_key(before.terms.clinic, before.terms.interval)
            if was != key and identifier in unit.state(events.DESK, was):
                unit.add(events.DESK, was, (TakenOffDesk(identifier),))
                unit.add(events.DESK, key, (LaidOnDesk(identifier),))
            return
        case life.PatientTold():
            if identifier in unit.state(events.DESK, key):
                unit.add(events.DESK, key, (TakenOffDesk(identifier),))
            return
        case _:
            return
    if needs_eyes:
        unit.add(events.DESK, key, (LaidOnDesk(identifier),))


def _write_down(unit: Unit, identifier: BookingId, event: life.Event, after: Booking) -> None:
    """A cancellation stands in the journal, where the patient has a user (S-MAIL-3)."""
    assert not isinstance(after, NoBooking)
    patient = after.terms.patient
    if not isinstance(event, life.BookingCancelled) or not isinstance(patient, OfUser):
        return
    said = sentence(after, Reader.STAFF, unit.at).text.da
    source = entry.Source(events.BOOKING.name, str(identifier))
    terms = entry.Terms(
        after.terms.clinic,
        patient.user,
        entry.EntryKind.CANCELLATION,
        source,
        unit.put(said),
        (),
        unit.at,
    )
    _ = write_in_journal(unit, terms)


_FOR_STAFF_TO_SEE: Final = frozenset(
    {Cancellation.LATE, Cancellation.BY_CLINIC, Cancellation.PATIENT_DIED}
)


def _tell(
    unit: Unit,
    identifier: BookingId,
    event: life.Event,
    before: Booking,
    terms: Terms,
) -> None:
    message = _message(appointment_of(unit, identifier, terms), event, before)
    if message is None:
        return
    if not isinstance(event, life.PatientReminded):
        # What still waits says something that is no longer so.
        unit.withdraw_mails(stream=stream_of(identifier))
    mailbox = mailbox_of(unit, terms.patient)
    if mailbox is not None:
        mail = getattr(event, "mail", None)
        unit.mail(message, mailbox.address, mailbox.until, mail=mail, stream=stream_of(identifier))


def _message(  # noqa: C901  one mail for each event
    told: Appointment, event: life.Event, before: Booking
) -> BookingMail | None:
    match event:
        case life.TimeRequested(_, _, answer_by):
            return mails.RequestReceived(told, answer_by)
        case life.BookedByStaff() | life.BookingApproved() | life.ConfirmationResent():
            return mails.Confirmation(told)
        case life.BookingMoved(by=by, answer_by=answer_by):
            assert not isinstance(before, NoBooking)
            old = before.terms.interval
            if answer_by is None:
                return mails.NewTime(told, old)
            if by is None:
                return mails.RequestReceived(told, answer_by)
            return mails.RequestMoved(told, old, answer_by)
        case life.BookingDeclined():
            return mails.RequestDeclined(told)
        case life.BookingExpired():
            return mails.RequestExpired(told)
        case life.BookingCancelled(Cancellation.BY_CLINIC):
            return mails.CancelledByClinic(told)
        case life.BookingCancelled(Cancellation.PATIENT_DIED):
            return None
        case life.BookingCancelled(Cancellation.WITHDRAWN):
            return mails.RequestWithdrawn(told)
        case life.BookingCancelled():
            return mails.CancellationReceipt(told)
        case life.PatientReminded():
            return mails.Reminder(told)
        case _:
            return None
