"""What use cases share about bookings: finding them, and gathering what the rules ask.

Here: reading only. What an event of a booking sets off stands in `booking_acts`.
"""

import json
from datetime import datetime, timedelta
from typing import Final, assert_never

from attrs import frozen

from eservices_core import events
from eservices_core.access import address as addresses
from eservices_core.booking.book import Asker, Book, Enquiry
from eservices_core.booking.commands import Counts
from eservices_core.booking.states import Begun, NoBooking
from eservices_core.booking.terms import Guest, OfUser, OnCard, Patient, Terms
from eservices_core.clinic.booking_settings import BookingSettings
from eservices_core.correspondence.icalendar import Appointment, ByLink, ByLogin, ByPhone, Manage
from eservices_core.events import StreamId
from eservices_core.outcome import Failure, Outcome, Success
from eservices_core.usecases import people
from eservices_core.usecases.booking_refusals import NO_SUCH_BOOKING
from eservices_core.usecases.refusal import Refusal
from eservices_core.usecases.unit import Unit
from eservices_core.words.email_address import EmailAddress
from eservices_core.words.identifiers import (
    BookingId,
    ClinicId,
    ContentId,
    MailId,
    PractitionerId,
    UserId,
)
from eservices_core.words.interval import Interval, minute_of


@frozen
class Mailbox:
    """Where a patient's mail goes now, and from when on it does not."""

    address: EmailAddress
    until: datetime | None


# --- finding -------------------------------------------------------------------------------------


def stream_of(identifier: BookingId) -> StreamId:
    """Name a booking's stream."""
    return events.BOOKING.stream(identifier)


def booking_at(unit: Unit, clinic: ClinicId, identifier: BookingId) -> Outcome[Begun, Refusal]:
    """Find a clinic's booking; another clinic's answers as none (D-LOG-2)."""
    state = unit.state(events.BOOKING, identifier)
    if isinstance(state, NoBooking) or state.terms.clinic != clinic:
        return Failure(NO_SUCH_BOOKING)
    unit.stream = stream_of(identifier)
    see(unit, state.terms.patient)
    return Success(state)


def own_booking(
    unit: Unit, user: UserId, clinic: ClinicId, identifier: BookingId
) -> Outcome[Begun, Refusal]:
    """Find a user's own booking; anybody else's answers as none."""
    state = unit.state(events.BOOKING, identifier)
    if isinstance(state, NoBooking) or state.terms.patient != OfUser(user):
        return Failure(NO_SUCH_BOOKING)
    return booking_at(unit, clinic, identifier)


def see(unit: Unit, patient: Patient) -> None:
    """Note whom a unit of work is about."""
    if isinstance(patient, OfUser):
        unit.about = patient.user


def settings_of(unit: Unit, clinic: ClinicId) -> BookingSettings:
    """Give a clinic's settings; one that has set nothing offers nothing."""
    found = unit.find_clinic(clinic)
    return found.booking if found else BookingSettings()


def counts_of(settings: BookingSettings) -> Counts:
    """What the clinic lets count as received."""
    return Counts(settings.received_when, settings.own_relay)


# --- what surrounds a time ----------------------------------------------------------------------

_LOOK_BACK: Final = timedelta(days=1)
_LATE: Final = timedelta(days=2)
LIVE_AHEAD: Final = timedelta(days=2 * 366)
"""How far ahead anything is booked."""


def enquiry_of(unit: Unit, clinic: ClinicId, asker: Asker) -> Enquiry:
    """Say who asks which clinic, now."""
    return Enquiry(settings_of(unit, clinic), asker, unit.at)


def window_of(settings: BookingSettings, at: datetime) -> Interval:
    """All that can matter to a time that is offered at `at`."""
    return Interval(
        minute_of(at - _LOOK_BACK), minute_of(at + settings.horizon + timedelta(days=2))
    )


def live_window(at: datetime) -> Interval:
    """All that a worker or the desk looks through at `at`: staff book beyond what is offered."""
    return Interval(minute_of(at - _LATE), minute_of(at + LIVE_AHEAD))


def book_of(unit: Unit, clinic: ClinicId, practitioner: PractitionerId) -> Book:
    """Gather what takes time in a practitioner's book: claims, and others' appointments."""
    within = window_of(settings_of(unit, clinic), unit.at)
    known = unit.services.calendar.read(clinic, practitioner, within, unit.at)
    busy = known.reading.busy if known.reading else ()
    return Book(
        read_at=known.read_at,
        claimed=tuple(
            held.interval for held in unit.services.claims.live(clinic, practitioner, within)
        ),
        busy=tuple(each.interval for each in busy if each.ours is None),
    )


def claim_of(settings: BookingSettings, terms: Terms) -> Interval:
    """What a booking takes: its time, and the pause after it."""
    who, kind = settings.practitioner(terms.practitioner), settings.type(terms.type)
    pause = settings.length_with(who, kind).pause if who and kind else 0
    return Interval(terms.interval.start, terms.interval.end + pause)


# --- reaching the patient ----------------------------------------------------------------------


def mailbox_of(unit: Unit, patient: Patient) -> Mailbox | None:
    """Say where a patient's mail goes now; None where nobody can be mailed (D-BOOK-16)."""
    match patient:
        case OfUser(user):
            return _mailbox_of_user(unit, user)
        case OnCard(_, contact) | Guest(_, contact):
            text = unit.content(contact)
            email = json.loads(text)["email"] if text is not None else None
            parsed = EmailAddress.parse(email)
            return None if isinstance(parsed, Failure) else Mailbox(parsed.unwrap(), None)


def _mailbox_of_user(unit: Unit, user: UserId) -> Mailbox | None:
    if not people.is_known(unit, user):
        return None
    used: addresses.Address | None = people.address_of(unit, user)
    address = people.read_address(unit, used.record) if used else None
    if used is None or address is None:
        return None
    return Mailbox(address, people.mail_stops_at(unit, user, used))


def mail_for(unit: Unit, patient: Patient) -> MailId | None:
    """Draw the id of a mail to a patient; None where nobody can be mailed."""
    return unit.services.new_mail() if mailbox_of(unit, patient) else None


def appointment_of(unit: Unit, identifier: BookingId, terms: Terms) -> Appointment:
    """Make the one value that page, mail and calendar tell of (D-BOOK-12)."""
    clinic = unit.settings(terms.clinic)
    match terms.patient:
        case OfUser():
            manage: Manage = ByLogin()
        case Guest():
            manage = ByLink(unit.services.keys.cancel_code(identifier))
        case OnCard():
            manage = ByPhone()
        case _:
            assert_never(terms.patient)
    place = settings_of(unit, terms.clinic).place
    return Appointment(
        identifier, terms.interval, terms.sequence, clinic.name, place, clinic.phone, manage
    )


# --- contact records -----------------------------------------------------------------------------


def write_contact(name: str, birth_date: str | None, phone: str, email: str | None) -> str:
    """Write the record of somebody without a user; never a CPR number (D-BOOK-7)."""
    return json.dumps({"name": name, "birth_date": birth_date, "phone": phone, "email": email})


def comment_record(unit: Unit, comment: str | None) -> ContentId | None:
    """Put what the patient wrote into a record of its own."""
    return unit.put(comment) if comment else None
