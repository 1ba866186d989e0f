"""What tests of a booking's mails share: one appointment, every mail of it, and reading back."""

from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP
from typing import Final

from icalendar import Calendar

from eservices_core.clinic.service import Service
from eservices_core.correspondence.booking_mails import (
    BookingMail,
    CancellationReceipt,
    CancelledByClinic,
    Confirmation,
    NewTime,
    Reminder,
    RequestDeclined,
    RequestExpired,
    RequestMoved,
    RequestReceived,
    RequestWithdrawn,
)
from eservices_core.correspondence.icalendar import Appointment, ByLogin
from eservices_core.correspondence.messages import render
from eservices_core.events import StreamId
from eservices_core.ports.outbox import OutgoingMail
from eservices_core.words.email_address import EmailAddress
from eservices_core.words.identifiers import BookingId, MailId
from eservices_core.words.interval import Interval, minute_of

SENDER: Final = EmailAddress.parse("no-reply@service.example").unwrap()
TO: Final = EmailAddress.parse("anna@example.dk").unwrap()
SERVICE: Final = Service("https://service.example", "mail.service.example", SENDER)
START: Final = datetime(2026, 11, 30, 8, 20, tzinfo=UTC)
END: Final = START + timedelta(minutes=20)
AT: Final = datetime(2026, 11, 23, 9, 0, 30, tzinfo=UTC)
ANSWER_BY: Final = datetime(2026, 11, 25, 9, 0, tzinfo=UTC)
TIME: Final = Interval(minute_of(START), minute_of(END))
BEFORE: Final = Interval(TIME.start - 1440, TIME.end - 1440)
MAIL: Final = MailId("mail-1")
STREAM: Final = StreamId("booking", "booking-1")
BOOKING: Final = BookingId("booking-1")
HERE: Final = Appointment(
    BOOKING, TIME, 3, "Lægerne på Torvet", "Torvet 1, 8000 Aarhus C", "86 12 34 56", ByLogin()
)


def every_mail(told: Appointment = HERE) -> dict[str, BookingMail]:
    """One mail of each class."""
    mails: list[BookingMail] = [
        RequestReceived(told, ANSWER_BY),
        RequestMoved(told, BEFORE, ANSWER_BY),
        Confirmation(told),
        NewTime(told, BEFORE),
        RequestDeclined(told),
        RequestExpired(told),
        CancelledByClinic(told),
        CancellationReceipt(told),
        RequestWithdrawn(told),
        Reminder(told),
    ]
    return {type(mail).__name__: mail for mail in mails}


def rendered(message: BookingMail, to: EmailAddress = TO) -> OutgoingMail:
    """A mail as it leaves."""
    return render(message, SERVICE, mail=MAIL, about=None, stream=STREAM, to=to, at=AT)


def read(mail: OutgoingMail) -> EmailMessage:
    """A mail as a recipient's program reads it."""
    return message_from_bytes(mail.content, policy=SMTP)


def body(mail: OutgoingMail) -> str:
    """What the recipient reads."""
    part = read(mail).get_body(("plain",))
    assert part is not None
    return str(part.get_content()).replace("\r\n", "\n")


def attached(mail: OutgoingMail) -> bytes | None:
    """The calendar file, decoded; None without."""
    parts = list(read(mail).iter_attachments())
    assert len(parts) <= 1
    payload = parts[0].get_payload(decode=True) if parts else None
    assert payload is None or isinstance(payload, bytes)
    return payload


def calendar(mail: OutgoingMail) -> Calendar:
    """The calendar file, as a library that is not ours reads it."""
    found = attached(mail)
    assert found is not None
    return Calendar.from_ical(found)
