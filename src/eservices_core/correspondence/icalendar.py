"""The appointment as iCalendar, as a confirmation carries it (D-BOOK-12; RFC 5545, RFC 5546).

Here: the few properties that a patient's calendar needs, written out. Times are in UTC, so no zone
has to be explained. The organizer is the service's no-reply address, the title is neutral, and
neither type, comment nor practitioner stands in it. Not here: the clinic's own calendar (a port).
"""

from datetime import UTC, datetime
from enum import Enum, unique
from typing import Final, TypeAlias
from urllib.parse import quote

from attrs import field, frozen

from eservices_core.clinic.service import Service
from eservices_core.words.email_address import EmailAddress
from eservices_core.words.identifiers import BookingId
from eservices_core.words.interval import Interval
from eservices_core.words.secret import OneTimeCode

TITLE: Final = "Aftale"
"""What every entry is called, in the patient's calendar and in the clinic's."""

_LINE_OCTETS: Final = 75
_MAILTO_SAFE: Final = "@!$&'*+/="


@frozen
class ByLogin:
    """The patient changes it after logging in."""


@frozen
class ByLink:
    """Without a user: the page of the booking, and a code to type there (D-BOOK-7, D-BOOK-8).

    The page is named by the booking's id; without the code it shows time and place and no more.
    """

    code: OneTimeCode = field(repr=False)


@frozen
class ByPhone:
    """The patient calls."""


Manage: TypeAlias = ByLogin | ByLink | ByPhone


@frozen
class Appointment:
    """One appointment as people are told of it: page, mail and calendar are made of this value.

    Attributes:
        sequence: rises with every change (RFC 5546, 2.1.4).
        clinic: the clinic's name.
        place: its street address.
        phone: the number that patients call.
        manage: how the patient can change it.
    """

    booking: BookingId
    interval: Interval
    sequence: int
    clinic: str
    place: str
    phone: str
    manage: Manage


@unique
class Method(Enum):
    """What the recipient's calendar is asked to do."""

    REQUEST = "REQUEST"
    CANCEL = "CANCEL"


def uid_of(booking: BookingId, service: Service) -> str:
    """The one UID of a booking, in every calendar."""
    return f"{booking}@{service.mail_domain}"


def write(
    appointment: Appointment, method: Method, service: Service, to: EmailAddress, at: datetime
) -> str:
    """Write the calendar object; `at` is the instant of its DTSTAMP. Lines end in CRLF."""
    cancelled = method is Method.CANCEL
    place = ", ".join(part for part in (appointment.clinic, appointment.place) if part)
    lines = (
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//eservices-core//appointment//DA",
        f"METHOD:{method.value}",
        "BEGIN:VEVENT",
        f"UID:{uid_of(appointment.booking, service)}",
        f"SEQUENCE:{appointment.sequence}",
        f"DTSTAMP:{_utc(at)}",
        f"DTSTART:{_utc(appointment.interval.starts_at)}",
        f"DTEND:{_utc(appointment.interval.ends_at)}",
        f"SUMMARY:{TITLE}",
        f"LOCATION:{_text(place)}",
        f"ORGANIZER:{_mailto(service.sender)}",
        f"ATTENDEE;PARTSTAT=ACCEPTED;RSVP=FALSE:{_mailto(to)}",
        f"STATUS:{'CANCELLED' if cancelled else 'CONFIRMED'}",
        "TRANSP:OPAQUE",
        "END:VEVENT",
        "END:VCALENDAR",
    )
    return "".join(f"{_fold(line)}\r\n" for line in lines)


def _utc(instant: datetime) -> str:
    return instant.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")


def _mailto(address: EmailAddress) -> str:
    """Write an address as a URI (RFC 6068)."""
    return f"mailto:{quote(address.reveal(), safe=_MAILTO_SAFE)}"


def _text(value: str) -> str:
    """Escape a TEXT value (RFC 5545, 3.3.11); control characters have no place in one."""
    spaced = " ".join(value.split())
    kept = "".join(each for each in spaced if each.isprintable())
    return kept.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,")


def _fold(line: str) -> str:
    """Fold a line at 75 octets, never inside a character (RFC 5545, 3.1)."""
    folded: list[str] = []
    used = 0
    for letter in line:
        octets = len(letter.encode())
        if used + octets > _LINE_OCTETS:
            folded.append("\r\n ")
            used = 1
        folded.append(letter)
        used += octets
    return "".join(folded)
