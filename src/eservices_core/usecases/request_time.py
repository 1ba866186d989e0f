"""Ask for a time (S-BOOK-1, D-BOOK-1): by a patient in a session, who holds it from now on."""

from datetime import datetime
from typing import Final

from attrs import field, frozen

from eservices_core import events
from eservices_core.booking.asking import (
    ASKING,
    Answer,
    AskFacts,
    Comment,
    OpenBookings,
    Reach,
)
from eservices_core.booking.book import Asked, Asker
from eservices_core.booking.bookable import Offer
from eservices_core.booking.commands import Request
from eservices_core.booking.contact import ContactRefusal, is_text
from eservices_core.booking.lists import patient_key
from eservices_core.booking.offered import start_asked_for, why_not
from eservices_core.booking.opening import answer_deadline
from eservices_core.booking.terms import OfUser, Patient, Terms
from eservices_core.outcome import Failure, Outcome, Success
from eservices_core.usecases.booking_acts import act
from eservices_core.usecases.booking_refusals import COMMENT_TOO_LONG
from eservices_core.usecases.bookings import (
    book_of,
    comment_record,
    enquiry_of,
    mailbox_of,
    settings_of,
)
from eservices_core.usecases.perform import perform
from eservices_core.usecases.refusal import Refusal
from eservices_core.usecases.refusals import refusal_by_name, refusal_of, refusal_of_row
from eservices_core.usecases.services import Command, Services
from eservices_core.usecases.session_of import reaching_session
from eservices_core.usecases.unit import Unit
from eservices_core.words.identifiers import (
    BookingId,
    BrowserId,
    ClinicId,
    PractitionerId,
    SessionId,
    TypeId,
)
from eservices_core.words.interval import Interval, instant_of

COMMENT_MAX: Final = 1000
"""The longest comment, in characters."""


@frozen(kw_only=True)
class RequestTime(Command):
    """A patient asks for a time.

    Attributes:
        at: when it would begin: an aware instant, or what the clinic's wall clock shows.
        comment: what it is about; at most `COMMENT_MAX` characters.
    """

    session: SessionId
    browser: BrowserId
    clinic: ClinicId
    practitioner: PractitionerId
    type: TypeId
    at: datetime
    comment: str | None = field(default=None, repr=False)


@frozen
class TimeAsked:
    """The time is held; the clinic answers by `answer_by`, or it is free again (D-BOOK-5)."""

    booking: BookingId
    answer_by: datetime


def request_time(services: Services, command: RequestTime) -> Outcome[TimeAsked, Refusal]:
    """Hold a time that is offered, for a patient who may ask."""
    identifier = services.new_booking()

    def work(unit: Unit) -> Outcome[TimeAsked, Refusal]:
        found = reaching_session(unit, command.session, command.browser, command.clinic)
        if isinstance(found, Failure):
            return found
        asked = Asked(command.practitioner, command.type, command.at)
        return ask(
            unit,
            identifier,
            clinic=command.clinic,
            patient=OfUser(found.unwrap().user),
            asker=Asker.WITH_USER,
            asked=asked,
            comment=command.comment,
        )

    return perform(services, command, TimeAsked, work)


def ask(  # noqa: PLR0913  who asks for what, in one breath
    unit: Unit,
    identifier: BookingId,
    *,
    clinic: ClinicId,
    patient: Patient,
    asker: Asker,
    asked: Asked,
    comment: str | None,
) -> Outcome[TimeAsked, Refusal]:
    """Ask for a time: is it offered, may this patient ask, and then the claim."""
    unreadable = why_no_comment(comment)
    if unreadable is not None:
        return Failure(unreadable)
    offer = why_not(
        enquiry_of(unit, clinic, asker), book_of(unit, clinic, asked.practitioner), asked
    )
    if offer.then is not Offer.OFFERED:
        return Failure(refusal_by_name(offer))
    settings = settings_of(unit, clinic)
    facts = ask_facts(unit, clinic, patient, asked, comment)
    row = ASKING.decide(facts)
    if row.then is not Answer.MAY_ASK:
        return Failure(refusal_of_row(row, row.then))
    interval = interval_of(unit, clinic, asked)
    assert interval is not None, "what is offered has its minutes"
    terms = Terms(
        patient=patient,
        clinic=clinic,
        practitioner=asked.practitioner,
        type=asked.type,
        interval=interval,
        comment=comment_record(unit, comment),
    )
    answer_by = answer_deadline(settings, unit.at, interval.starts_at)
    unit.rule = offer.rule
    requested = act(unit, identifier, Request(terms, unit.at, answer_by))
    if isinstance(requested, Failure):
        return requested
    return Success(TimeAsked(identifier, answer_by))


def why_no_comment(comment: str | None) -> Refusal | None:
    """Say why a comment is not taken: too long, or holding what no store and no screen can."""
    if comment is None:
        return None
    if len(comment) > COMMENT_MAX:
        return COMMENT_TOO_LONG
    return None if is_text(comment) else refusal_of(ContactRefusal.COMMENT)


def interval_of(unit: Unit, clinic: ClinicId, asked: Asked) -> Interval | None:
    """The minutes of a time that somebody asks for; None where no clock ever shows it."""
    settings = settings_of(unit, clinic)
    who, kind = settings.practitioner(asked.practitioner), settings.type(asked.type)
    start = start_asked_for(asked.at)
    if who is None or kind is None or start is None:
        return None
    return Interval(start, start + settings.length_with(who, kind).length)


def ask_facts(
    unit: Unit, clinic: ClinicId, patient: Patient, asked: Asked, comment: str | None
) -> AskFacts:
    """Fold what is asked of a person who asks for a time."""
    settings = settings_of(unit, clinic)
    who, kind = settings.practitioner(asked.practitioner), settings.type(asked.type)
    assert who is not None, "the time is offered"
    assert kind is not None, "the time is offered"
    ahead = sum(
        held is not None and instant_of(held.interval.start) > unit.at
        for booking in unit.state(events.PATIENT_BOOKINGS, patient_key(clinic, patient)).open
        for held in (unit.services.claims.held_by(booking),)
    )
    at_limit = ahead >= settings.open_bookings
    return AskFacts(
        reach=Reach.ADDRESS if mailbox_of(unit, patient) else Reach.NONE,
        open_bookings=OpenBookings.AT_LIMIT if at_limit else OpenBookings.BELOW_LIMIT,
        comment=Comment.WRITTEN if comment and comment.strip() else Comment.NONE,
        comment_rule=settings.comment_on(who, kind),
    )
