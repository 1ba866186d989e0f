"""Book for a patient (D-BOOK-11, D-BOOK-16): by staff, approved by being booked.

Staff may step outside what binds patients, by saying so; what they stepped outside of is kept.
Nobody steps outside a claim (D-BOOK-1).
"""

from datetime import date, datetime
from typing import TypeAlias

from attrs import field, frozen

from eservices_core.booking.asking import ASKING, Answer
from eservices_core.booking.book import Asked, Asker
from eservices_core.booking.bookable import Offer
from eservices_core.booking.commands import BookForPatient as Book
from eservices_core.booking.offered import why_not
from eservices_core.booking.terms import OfUser, OnCard, Patient, Terms
from eservices_core.clinic.staff import StaffMember
from eservices_core.outcome import Failure, Outcome, Success
from eservices_core.tables import Row
from eservices_core.usecases import people
from eservices_core.usecases.access_refusals import NO_MASTER_CARD
from eservices_core.usecases.booking_acts import act
from eservices_core.usecases.bookings import (
    book_of,
    comment_record,
    enquiry_of,
    mail_for,
    write_contact,
)
from eservices_core.usecases.perform import perform
from eservices_core.usecases.refusal import NO_SUCH_PATIENT, Refusal
from eservices_core.usecases.refusals import refusal_by_name
from eservices_core.usecases.request_time import ask_facts, interval_of, why_no_comment
from eservices_core.usecases.services import Command, Services
from eservices_core.usecases.unit import Unit
from eservices_core.words.civil_number import CivilNumber
from eservices_core.words.email_address import EmailAddress
from eservices_core.words.identifiers import BookingId, PractitionerId, TypeId, UserId


@frozen
class User:
    """A patient with a user."""

    user: UserId


@frozen
class Card:
    """A patient with a master card, who may have no user and no e-mail."""

    number: CivilNumber
    phone: str = field(default="", repr=False)
    email: EmailAddress | None = None


For: TypeAlias = User | Card


@frozen(kw_only=True)
class BookForPatient(Command):
    """Staff book for a patient of their clinic.

    Attributes:
        outside: whether to book a time that patients are not offered, or a patient who may not ask.
    """

    staff: StaffMember
    patient: For
    practitioner: PractitionerId
    type: TypeId
    at: datetime
    comment: str | None = field(default=None, repr=False)
    outside: bool = False


@frozen
class Booked:
    """It is booked; `mailed` says whether a confirmation is on its way, or staff tell the patient.

    Attributes:
        outside: the rows of the tables that it stepped outside of.
    """

    booking: BookingId
    mailed: bool
    outside: tuple[str, ...]


def book_for_patient(services: Services, command: BookForPatient) -> Outcome[Booked, Refusal]:
    """Book a time, for a patient of the clinic."""
    identifier = services.new_booking()

    def work(unit: Unit) -> Outcome[Booked, Refusal]:
        unreadable = why_no_comment(command.comment)
        if unreadable is not None:
            return Failure(unreadable)
        found = _patient(unit, command)
        if isinstance(found, Failure):
            return found
        patient = found.unwrap()
        asked = Asked(command.practitioner, command.type, command.at)
        reasons = _reasons(unit, command, patient, asked)
        interval = interval_of(unit, command.staff.clinic, asked)
        if interval is None or (reasons and not command.outside):
            return Failure(refusal_by_name(reasons[0]))
        terms = Terms(
            patient=patient,
            clinic=command.staff.clinic,
            practitioner=command.practitioner,
            type=command.type,
            interval=interval,
            comment=comment_record(unit, command.comment),
        )
        unit.rule = "D-BOOK-11"
        outside = tuple(row.name for row in reasons)
        mail = mail_for(unit, patient)
        booked = act(unit, identifier, Book(terms, command.staff, outside, mail, unit.at))
        if isinstance(booked, Failure):
            return booked
        return Success(Booked(identifier, mail is not None, outside))

    return perform(services, command, Booked, work)


def _patient(unit: Unit, command: BookForPatient) -> Outcome[Patient, Refusal]:
    clinic = command.staff.clinic
    match command.patient:
        case User(user):
            if not people.is_patient_of(unit, clinic, user):
                return Failure(NO_SUCH_PATIENT)
            unit.about = user
            return Success(OfUser(user))
        case Card(number, phone, email):
            holder = people.user_of_number(unit, number, clinic)
            if holder is not None and people.is_patient_of(unit, clinic, holder):
                unit.about = holder
                return Success(OfUser(holder))
            card = people.card_of(unit, clinic, number)
            if card is None:
                return Failure(NO_MASTER_CARD)
            born: date = card.birth_date
            address = email.reveal() if email else None
            contact = unit.put(write_contact(card.name, born.isoformat(), phone, address))
            return Success(OnCard(unit.services.keys.number_at(str(clinic), number), contact))


def _reasons(
    unit: Unit, command: BookForPatient, patient: Patient, asked: Asked
) -> tuple[Row[Offer] | Row[Answer], ...]:
    """Why a patient could not ask for this; what a claim refuses is not among it."""
    clinic = command.staff.clinic
    enquiry = enquiry_of(unit, clinic, Asker.WITH_USER)
    offer = why_not(enquiry, book_of(unit, clinic, asked.practitioner), asked)
    if offer.then is not Offer.OFFERED:
        return (offer,)
    # No address and no comment bind patients only: staff tell the patient (D-BOOK-16).
    row = ASKING.decide(ask_facts(unit, clinic, patient, asked, command.comment))
    return (row,) if row.then is Answer.TOO_MANY_OPEN else ()
