"""Every mail of a booking: what it says follows from what happened (D-BOOK-3, D-BOOK-12).

A mail is true when it is read, not only when it is written: only the confirmation says that it is
one, and it is not sent before the clinic has approved. No mail names the type, the comment or the
practitioner.
"""

from datetime import datetime
from typing import TypeAlias, assert_never

from attrs import frozen

from eservices_core.booking.spoken import spoken, spoken_start
from eservices_core.clinic.service import Service
from eservices_core.correspondence.icalendar import Appointment, ByLink, ByLogin, ByPhone, Method
from eservices_core.correspondence.said import Said
from eservices_core.ports.outbox import MailKind
from eservices_core.texts import Text
from eservices_core.words.interval import Interval


@frozen
class RequestReceived:
    """A patient asked for a time (S-BOOK-4)."""

    appointment: Appointment
    answer_by: datetime


@frozen
class RequestMoved:
    """Staff moved a request that they have not answered yet."""

    appointment: Appointment
    before: Interval
    answer_by: datetime


@frozen
class Confirmation:
    """The clinic approved, or booked."""

    appointment: Appointment


@frozen
class NewTime:
    """Staff moved what was approved."""

    appointment: Appointment
    before: Interval


@frozen
class RequestDeclined:
    """The clinic said no."""

    appointment: Appointment


@frozen
class RequestExpired:
    """The clinic did not answer in time (D-BOOK-5)."""

    appointment: Appointment


@frozen
class CancelledByClinic:
    """Staff cancelled (D-BOOK-11)."""

    appointment: Appointment


@frozen
class CancellationReceipt:
    """The patient cancelled what the clinic had approved (S-BOOK-5)."""

    appointment: Appointment


@frozen
class RequestWithdrawn:
    """The patient withdrew a request; no calendar has heard of it."""

    appointment: Appointment


@frozen
class Reminder:
    """The appointment is near (D-BOOK-10)."""

    appointment: Appointment


BookingMail: TypeAlias = (
    RequestReceived
    | RequestMoved
    | Confirmation
    | NewTime
    | RequestDeclined
    | RequestExpired
    | CancelledByClinic
    | CancellationReceipt
    | RequestWithdrawn
    | Reminder
)


def say(message: BookingMail, service: Service) -> Said:  # noqa: C901  one mail each
    """Say a mail in Danish and English; it is not sent once its time has begun."""
    told = message.appointment
    when = spoken_start(told.interval)
    ends = told.interval.starts_at
    where = Text(
        f"Sted: {told.clinic}, {told.place}. Telefon: {told.phone}.",
        f"Place: {told.clinic}, {told.place}. Phone: {told.phone}.",
    )
    change = _how_to_change(told, service)
    again = Text(
        f"Vælg en anden tid på {service.public_url}, eller ring til klinikken: {told.phone}.",
        f"Choose another time at {service.public_url}, or call the clinic: {told.phone}.",
    )
    match message:
        case RequestReceived(_, answer_by):
            by = spoken(answer_by)
            return Said(
                MailKind.BOOKING_REQUESTED,
                Text("Din anmodning om en tid", "Your request for an appointment"),
                _join(
                    Text(
                        f"Du har bedt om tiden {when.da}. Tiden er ikke bekræftet. Klinikken "
                        f"svarer senest {by.da}; hører du ikke noget inden da, gælder "
                        "anmodningen ikke længere.",
                        f"You have asked for {when.en}. It is not confirmed. The clinic answers "
                        f"by {by.en}; if you hear nothing by then, the request no longer stands.",
                    ),
                    change,
                ),
                min(ends, answer_by),
            )
        case RequestMoved(_, before, answer_by):
            old, by = spoken_start(before), spoken(answer_by)
            return Said(
                MailKind.BOOKING_REQUEST_MOVED,
                Text("Din anmodning er flyttet", "Your request has been moved"),
                _join(
                    Text(
                        f"Klinikken har flyttet din anmodning fra {old.da} til {when.da}. Tiden er "
                        f"ikke bekræftet. Klinikken svarer senest {by.da}; hører du ikke noget "
                        "inden da, gælder anmodningen ikke længere.",
                        f"The clinic has moved your request from {old.en} to {when.en}. It is not "
                        f"confirmed. The clinic answers by {by.en}; if you hear nothing by then, "
                        "the request no longer stands.",
                    ),
                    change,
                ),
                min(ends, answer_by),
            )
        case Confirmation():
            return Said(
                MailKind.BOOKING_CONFIRMATION,
                Text("Bekræftelse af din tid", "Confirmation of your appointment"),
                _join(
                    Text(
                        f"Klinikken har godkendt din tid {when.da}. Denne mail er din bekræftelse.",
                        f"The clinic has approved your appointment on {when.en}. This mail is "
                        "your confirmation.",
                    ),
                    where,
                    change,
                ),
                ends,
                (told, Method.REQUEST),
            )
        case NewTime(_, before):
            old = spoken_start(before)
            return Said(
                MailKind.BOOKING_MOVED,
                Text("Din tid er flyttet", "Your appointment has been moved"),
                _join(
                    Text(
                        f"Klinikken har flyttet din tid {old.da} til {when.da}. Denne mail er din "
                        "bekræftelse på den nye tid; den gamle gælder ikke.",
                        f"The clinic has moved your appointment from {old.en} to {when.en}. This "
                        "mail is your confirmation of the new time; the old one does not stand.",
                    ),
                    where,
                    change,
                ),
                ends,
                (told, Method.REQUEST),
            )
        case RequestDeclined():
            return Said(
                MailKind.BOOKING_DECLINED,
                Text("Svar på din anmodning om en tid", "Answer to your request"),
                _join(
                    Text(
                        f"Klinikken kan ikke give dig tiden {when.da}.",
                        f"The clinic cannot give you {when.en}.",
                    ),
                    again,
                ),
                ends,
            )
        case RequestExpired():
            return Said(
                MailKind.BOOKING_EXPIRED,
                Text("Din anmodning gælder ikke længere", "Your request no longer stands"),
                _join(
                    Text(
                        f"Din anmodning om tiden {when.da} blev ikke besvaret i tide.",
                        f"Your request for {when.en} was not answered in time.",
                    ),
                    again,
                ),
                ends,
            )
        case CancelledByClinic():
            return Said(
                MailKind.BOOKING_CANCELLED_BY_CLINIC,
                # Longer than a line, the mail library would begin the header with an empty one.
                Text("Klinikken har aflyst din tid", "Appointment cancelled by the clinic"),
                _join(
                    Text(
                        f"Din tid {when.da} er aflyst. Kom ikke.",
                        f"Your appointment on {when.en} is cancelled. Please do not come.",
                    ),
                    again,
                ),
                ends,
                (told, Method.CANCEL),
            )
        case CancellationReceipt():
            return Said(
                MailKind.BOOKING_CANCELLED,
                Text("Din tid er afbestilt", "Your appointment is cancelled"),
                _join(Text(f"Tiden {when.da} er afbestilt.", f"{when.en} is cancelled."), again),
                ends,
                (told, Method.CANCEL),
            )
        case RequestWithdrawn():
            return Said(
                MailKind.BOOKING_WITHDRAWN,
                Text("Din anmodning er trukket tilbage", "Your request is withdrawn"),
                _join(
                    Text(
                        f"Anmodningen om tiden {when.da} er trukket tilbage.",
                        f"The request for {when.en} is withdrawn.",
                    ),
                    again,
                ),
                ends,
            )
        case Reminder():
            return Said(
                MailKind.BOOKING_REMINDER,
                Text("Husk din tid", "Remember your appointment"),
                _join(
                    Text(f"Du har en tid {when.da}.", f"You have an appointment on {when.en}."),
                    where,
                    change,
                ),
                ends,
            )
        case _:
            assert_never(message)


def _how_to_change(told: Appointment, service: Service) -> Text:
    match told.manage:
        case ByLogin():
            return Text(
                f"Log ind på {service.public_url} for at se eller afbestille tiden.",
                f"Log in at {service.public_url} to see or cancel it.",
            )
        case ByLink(code):
            page = f"{service.public_url}/tid/{told.booking}"
            typed = code.reveal_grouped()
            return Text(
                f"Afbestil på {page} med koden {typed}. Giv den ikke til nogen.",
                f"Cancel at {page} with the code {typed}. Give it to nobody.",
            )
        case ByPhone():
            return Text("Ring for at afbestille.", "Call to cancel.")
        case _:
            assert_never(told.manage)


def _join(*parts: Text) -> Text:
    return Text(" ".join(part.da for part in parts), " ".join(part.en for part in parts))
