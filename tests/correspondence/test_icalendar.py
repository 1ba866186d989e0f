import re
from datetime import timedelta, timezone
from itertools import pairwise
from typing import Any, Final
from urllib.parse import unquote

import pytest
from attrs import evolve as with_changes
from hypothesis import given
from hypothesis import strategies as st

from eservices_core.booking.booking import decide
from eservices_core.booking.cancelling import Who
from eservices_core.booking.commands import Cancel, Command, Move
from eservices_core.booking.life import evolve
from eservices_core.correspondence.booking_mails import (
    CancellationReceipt,
    CancelledByClinic,
    Confirmation,
    NewTime,
)
from eservices_core.correspondence.icalendar import TITLE, Method, uid_of, write
from eservices_core.testing import strategies
from eservices_core.words.email_address import EmailAddress
from tests.booking.bookings import BO, NEXT_DAY, NOTICE, NOW, PRACTITIONER, STATES
from tests.booking.bookings import M2 as MAIL
from tests.correspondence.mails import (
    AT,
    BEFORE,
    END,
    HERE,
    SERVICE,
    START,
    TO,
    attached,
    calendar,
    read,
    rendered,
)

WHOLE: Final = (
    "BEGIN:VCALENDAR\r\n"
    "VERSION:2.0\r\n"
    "PRODID:-//eservices-core//appointment//DA\r\n"
    "METHOD:REQUEST\r\n"
    "BEGIN:VEVENT\r\n"
    "UID:booking-1@mail.service.example\r\n"
    "SEQUENCE:3\r\n"
    "DTSTAMP:20261123T090030Z\r\n"
    "DTSTART:20261130T082000Z\r\n"
    "DTEND:20261130T084000Z\r\n"
    "SUMMARY:Aftale\r\n"
    "LOCATION:Lægerne på Torvet\\, Torvet 1\\, 8000 Aarhus C\r\n"
    "ORGANIZER:mailto:no-reply@service.example\r\n"
    "ATTENDEE;PARTSTAT=ACCEPTED;RSVP=FALSE:mailto:anna@example.dk\r\n"
    "STATUS:CONFIRMED\r\n"
    "TRANSP:OPAQUE\r\n"
    "END:VEVENT\r\n"
    "END:VCALENDAR\r\n"
)


def _event(mail: Any) -> Any:
    (event,) = calendar(mail).walk("VEVENT")
    return event


class TestWhatIsWritten:
    def test_the_whole_of_it(self) -> None:
        """D-BOOK-12: METHOD, UID, SEQUENCE, ORGANIZER, LOCATION, a neutral title, and no more."""
        assert write(HERE, Method.REQUEST, SERVICE, TO, AT) == WHOLE
        cancelled = WHOLE.replace("METHOD:REQUEST", "METHOD:CANCEL")
        cancelled = cancelled.replace("STATUS:CONFIRMED", "STATUS:CANCELLED")
        assert write(HERE, Method.CANCEL, SERVICE, TO, AT) == cancelled

    def test_times_are_in_utc(self) -> None:
        """D-BOOK-9: whoever's clock an instant came with, it is written in UTC."""
        local = AT.astimezone(timezone(timedelta(hours=-5)))
        assert write(HERE, Method.REQUEST, SERVICE, TO, local) == WHOLE

    def test_the_title_says_nothing(self) -> None:
        """D-BOOK-12: no type, no comment: what stands in a shared calendar is 'an appointment'."""
        assert TITLE == "Aftale"

    def test_a_clinic_without_a_street_address(self) -> None:
        """D-BOOK-12: the place is then the clinic's name alone."""
        text = write(with_changes(HERE, place=""), Method.REQUEST, SERVICE, TO, AT)
        assert "\r\nLOCATION:Lægerne på Torvet\r\n" in text

    def test_a_place_is_escaped(self) -> None:
        """D-BOOK-12: what separates in the format stands in a text as itself (RFC 5545, 3.3.11)."""
        told = with_changes(HERE, clinic="A; B, C", place="D\\E\n F")
        text = write(told, Method.REQUEST, SERVICE, TO, AT)
        assert "\r\nLOCATION:A\\; B\\, C\\, D\\\\E F\r\n" in text

    @given(address=strategies.email_addresses())
    def test_an_address_is_written_as_a_uri(self, address: EmailAddress) -> None:
        """D-BOOK-12: whatever letters an address has, the organizer is the service all the same."""
        event = _event(rendered(Confirmation(HERE), address))
        assert event["ORGANIZER"] == "mailto:no-reply@service.example"
        uri = str(event["ATTENDEE"])
        assert unquote(uri) == f"mailto:{address.reveal()}"
        assert not set(uri) & set('#?^`{|}"<> ')


class TestWhatIsCarried:
    @pytest.mark.parametrize(
        ("message", "method", "status"),
        [
            (Confirmation(HERE), "REQUEST", "CONFIRMED"),
            (NewTime(HERE, BEFORE), "REQUEST", "CONFIRMED"),
            (CancelledByClinic(HERE), "CANCEL", "CANCELLED"),
            (CancellationReceipt(HERE), "CANCEL", "CANCELLED"),
        ],
        ids=lambda value: type(value).__name__ if not isinstance(value, str) else value,
    )
    def test_a_calendar_program_reads_it(self, message: Any, method: str, status: str) -> None:
        """D-BOOK-12: a library that is not ours finds in the attachment what the mail tells."""
        mail = rendered(message)
        found = calendar(mail)
        (event,) = found.walk("VEVENT")
        assert found["METHOD"] == method
        assert found["VERSION"] == "2.0"
        assert event["UID"] == "booking-1@mail.service.example"
        assert event["SEQUENCE"] == 3
        assert (event["DTSTART"].dt, event["DTEND"].dt) == (START, END)
        assert event["DTSTAMP"].dt == AT
        assert event["SUMMARY"] == "Aftale"
        assert event["LOCATION"] == "Lægerne på Torvet, Torvet 1, 8000 Aarhus C"
        assert event["ORGANIZER"] == "mailto:no-reply@service.example"
        assert event["ATTENDEE"] == "mailto:anna@example.dk"
        assert event["STATUS"] == status
        assert "DESCRIPTION" not in event
        assert "COMMENT" not in event
        assert "CATEGORIES" not in event

    def test_how_it_is_attached(self) -> None:
        """D-BOOK-12: as text/calendar with its method, under a name that says nothing."""
        (part,) = read(rendered(Confirmation(HERE))).iter_attachments()
        assert part.get_content_type() == "text/calendar"
        assert part["Content-Type"].params["method"] == "REQUEST"
        assert part["Content-Type"].params["charset"] == "utf-8"
        assert part.get_filename() == "aftale.ics"
        (other,) = read(rendered(CancelledByClinic(HERE))).iter_attachments()
        assert other["Content-Type"].params["method"] == "CANCEL"

    def test_lines_end_as_calendars_want_them(self) -> None:
        """D-BOOK-12: what a recipient decodes is what was written, every line end CRLF."""
        assert attached(rendered(Confirmation(HERE))) == WHOLE.encode()

    def test_the_sequence_rises_with_every_change(self) -> None:
        """D-BOOK-12: the same UID with a higher SEQUENCE after each move and at the end."""
        state = STATES["confirmed"]
        sequences: list[int] = []
        commands: list[Command] = [
            Move(PRACTITIONER, NEXT_DAY, BO, MAIL, NOW, NOW),
            Move(PRACTITIONER, BEFORE, BO, MAIL, NOW, NOW),
            Cancel(Who.CLINIC, BO, MAIL, NOW, NOTICE),
        ]
        for command in commands:
            for event in decide(state, command).unwrap():
                state = evolve(state, event)
            terms: Any = state
            told = with_changes(HERE, sequence=terms.terms.sequence, interval=terms.terms.interval)
            found = _event(rendered(Confirmation(told)))
            assert found["UID"] == uid_of(HERE.booking, SERVICE)
            sequences.append(int(found["SEQUENCE"]))
        assert sequences == [1, 2, 3]


NAMES: Final = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=300) | (
    st.sampled_from(
        (
            "Lægerne\r\nATTENDEE:mailto:everybody@example.com",
            "A, B; C\\n D\\\\E",
            "🏥" * 300,
            "Å" * 300,
            "👨‍👩‍👧‍👦 familie",
            " \t ",
            "\x00\x1b[31m\x7f\x85\u2028",
        )
    )
)


@given(clinic=NAMES, place=NAMES)
def test_no_name_breaks_a_calendar(clinic: str, place: str) -> None:
    """D-BOOK-12: names are text: they begin no property, and are read as they print."""
    mail = rendered(Confirmation(with_changes(HERE, clinic=clinic, place=place)))
    text = attached(mail)
    assert text is not None
    lines = text.split(b"\r\n")
    assert lines[-1] == b""
    for line in lines:
        assert len(line) <= 75
        assert b"\r" not in line
        assert b"\n" not in line
        assert line.decode().isprintable()
    event = _event(mail)
    assert set(event) == set(_event(rendered(Confirmation(HERE))))
    printed = "".join(
        letter for letter in " ".join(f"{clinic}, {place}".split()) if letter.isprintable()
    )
    # Read by RFC 5545, 3.3.11: the library takes a backslash before a comma away twice.
    unfolded = text.replace(b"\r\n ", b"").decode()
    found = re.search(r"^LOCATION:(.*)\r$", unfolded, re.MULTILINE)
    assert found is not None
    assert re.sub(r"\\(.)", r"\1", found[1]) == printed
    assert event["UID"] == "booking-1@mail.service.example"


@given(st.integers(0, 200))
def test_a_line_is_folded_at_75_octets(length: int) -> None:
    """D-BOOK-12: as late as it may be, and never inside a letter (RFC 5545, 3.1)."""
    place = "é" * length + "x"
    text = write(with_changes(HERE, clinic="K", place=place), Method.REQUEST, SERVICE, TO, AT)
    start = text.index("LOCATION:")
    folded = text[start : text.index("ORGANIZER")].removesuffix("\r\n").split("\r\n ")
    assert "".join(folded) == f"LOCATION:K\\, {place}"
    first, *rest = [len(part.encode()) for part in folded]
    assert first <= 75
    for here, after in pairwise(folded):
        used = len(here.encode()) + (here is not folded[0])
        assert used + len(after[0].encode()) > 75
    assert all(each <= 74 for each in rest)


def test_the_uid_is_the_bookings_alone() -> None:
    """D-BOOK-12: one UID in every calendar, whoever is told."""
    assert uid_of(HERE.booking, SERVICE) == "booking-1@mail.service.example"
