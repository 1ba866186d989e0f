import re
from datetime import datetime
from typing import Any, Final, get_args

import attrs
import pytest
from attrs import evolve as with_changes
from hypothesis import given
from hypothesis import strategies as st

from eservices_core.booking.sentences import Reader, sentence
from eservices_core.booking.spoken import spoken_start
from eservices_core.correspondence.booking_mails import (
    BookingMail,
    Confirmation,
    RequestReceived,
    say,
)
from eservices_core.correspondence.icalendar import Appointment, ByLink, ByLogin, ByPhone, Method
from eservices_core.ports.outbox import MailKind
from eservices_core.testing import strategies
from eservices_core.texts import Text
from eservices_core.words.secret import OneTimeCode
from tests.booking.bookings import STATES
from tests.correspondence.mails import (
    ANSWER_BY,
    AT,
    HERE,
    MAIL,
    SERVICE,
    START,
    STREAM,
    TO,
    attached,
    body,
    calendar,
    every_mail,
    read,
    rendered,
)

NAMES: Final = list(every_mail())
PAGE: Final = "https://service.example/tid/booking-1"
WHEN: Final = Text("mandag den 30. november 2026 kl. 9.20", "Monday 30 November 2026 at 9:20")
OLD: Final = Text("søndag den 29. november 2026 kl. 9.20", "Sunday 29 November 2026 at 9:20")
BY: Final = Text("onsdag den 25. november 2026 kl. 10.00", "Wednesday 25 November 2026 at 10:00")
WHERE: Final = Text(
    "Sted: Lægerne på Torvet, Torvet 1, 8000 Aarhus C. Telefon: 86 12 34 56.",
    "Place: Lægerne på Torvet, Torvet 1, 8000 Aarhus C. Phone: 86 12 34 56.",
)
CHANGE: Final = Text(
    "Log ind på https://service.example for at se eller afbestille tiden.",
    "Log in at https://service.example to see or cancel it.",
)
AGAIN: Final = Text(
    "Vælg en anden tid på https://service.example, eller ring til klinikken: 86 12 34 56.",
    "Choose another time at https://service.example, or call the clinic: 86 12 34 56.",
)

SAID: Final[dict[str, tuple[MailKind, Text, Text]]] = {
    "RequestReceived": (
        MailKind.BOOKING_REQUESTED,
        Text("Din anmodning om en tid", "Your request for an appointment"),
        Text(
            f"Du har bedt om tiden {WHEN.da}. Tiden er ikke bekræftet. Klinikken svarer senest "
            f"{BY.da}; hører du ikke noget inden da, gælder anmodningen ikke længere. {CHANGE.da}",
            f"You have asked for {WHEN.en}. It is not confirmed. The clinic answers by {BY.en}; if "
            f"you hear nothing by then, the request no longer stands. {CHANGE.en}",
        ),
    ),
    "RequestMoved": (
        MailKind.BOOKING_REQUEST_MOVED,
        Text("Din anmodning er flyttet", "Your request has been moved"),
        Text(
            f"Klinikken har flyttet din anmodning fra {OLD.da} til {WHEN.da}. Tiden er ikke "
            f"bekræftet. Klinikken svarer senest {BY.da}; hører du ikke noget inden da, gælder "
            f"anmodningen ikke længere. {CHANGE.da}",
            f"The clinic has moved your request from {OLD.en} to {WHEN.en}. It is not confirmed. "
            f"The clinic answers by {BY.en}; if you hear nothing by then, the request no longer "
            f"stands. {CHANGE.en}",
        ),
    ),
    "Confirmation": (
        MailKind.BOOKING_CONFIRMATION,
        Text("Bekræftelse af din tid", "Confirmation of your appointment"),
        Text(
            f"Klinikken har godkendt din tid {WHEN.da}. Denne mail er din bekræftelse. {WHERE.da} "
            f"{CHANGE.da}",
            f"The clinic has approved your appointment on {WHEN.en}. This mail is your "
            f"confirmation. {WHERE.en} {CHANGE.en}",
        ),
    ),
    "NewTime": (
        MailKind.BOOKING_MOVED,
        Text("Din tid er flyttet", "Your appointment has been moved"),
        Text(
            f"Klinikken har flyttet din tid {OLD.da} til {WHEN.da}. Denne mail er din bekræftelse "
            f"på den nye tid; den gamle gælder ikke. {WHERE.da} {CHANGE.da}",
            f"The clinic has moved your appointment from {OLD.en} to {WHEN.en}. This mail is your "
            f"confirmation of the new time; the old one does not stand. {WHERE.en} {CHANGE.en}",
        ),
    ),
    "RequestDeclined": (
        MailKind.BOOKING_DECLINED,
        Text("Svar på din anmodning om en tid", "Answer to your request"),
        Text(
            f"Klinikken kan ikke give dig tiden {WHEN.da}. {AGAIN.da}",
            f"The clinic cannot give you {WHEN.en}. {AGAIN.en}",
        ),
    ),
    "RequestExpired": (
        MailKind.BOOKING_EXPIRED,
        Text("Din anmodning gælder ikke længere", "Your request no longer stands"),
        Text(
            f"Din anmodning om tiden {WHEN.da} blev ikke besvaret i tide. {AGAIN.da}",
            f"Your request for {WHEN.en} was not answered in time. {AGAIN.en}",
        ),
    ),
    "CancelledByClinic": (
        MailKind.BOOKING_CANCELLED_BY_CLINIC,
        Text("Klinikken har aflyst din tid", "Appointment cancelled by the clinic"),
        Text(
            f"Din tid {WHEN.da} er aflyst. Kom ikke. {AGAIN.da}",
            f"Your appointment on {WHEN.en} is cancelled. Please do not come. {AGAIN.en}",
        ),
    ),
    "CancellationReceipt": (
        MailKind.BOOKING_CANCELLED,
        Text("Din tid er afbestilt", "Your appointment is cancelled"),
        Text(f"Tiden {WHEN.da} er afbestilt. {AGAIN.da}", f"{WHEN.en} is cancelled. {AGAIN.en}"),
    ),
    "RequestWithdrawn": (
        MailKind.BOOKING_WITHDRAWN,
        Text("Din anmodning er trukket tilbage", "Your request is withdrawn"),
        Text(
            f"Anmodningen om tiden {WHEN.da} er trukket tilbage. {AGAIN.da}",
            f"The request for {WHEN.en} is withdrawn. {AGAIN.en}",
        ),
    ),
    "Reminder": (
        MailKind.BOOKING_REMINDER,
        Text("Husk din tid", "Remember your appointment"),
        Text(
            f"Du har en tid {WHEN.da}. {WHERE.da} {CHANGE.da}",
            f"You have an appointment on {WHEN.en}. {WHERE.en} {CHANGE.en}",
        ),
    ),
}
CALENDARS: Final = {
    "Confirmation": Method.REQUEST,
    "NewTime": Method.REQUEST,
    "CancelledByClinic": Method.CANCEL,
    "CancellationReceipt": Method.CANCEL,
}


class TestWhatIsSaid:
    def test_every_mail_has_a_kind_of_its_own(self) -> None:
        """D-BOOK-12: one mail for each event that is told, and one kind for each mail."""
        assert set(NAMES) == {kind.__name__ for kind in get_args(BookingMail)} == SAID.keys()
        kinds = {kind for kind, _, _ in SAID.values()}
        assert len(kinds) == len(SAID)
        assert kinds == {kind for kind in MailKind if kind.value.startswith("booking_")}

    @pytest.mark.parametrize("name", NAMES)
    def test_what_it_says_follows_from_what_happened(self, name: str) -> None:
        """D-BOOK-3: each event has these words, and carries a calendar entry or none."""
        kind, subject, text = SAID[name]
        said = say(every_mail()[name], SERVICE)
        method = CALENDARS.get(name)
        assert (said.kind, said.subject, said.body) == (kind, subject, text)
        assert said.calendar == (None if method is None else (HERE, method))

    @pytest.mark.parametrize("name", NAMES)
    def test_it_is_not_sent_when_it_says_nothing_any_more(self, name: str) -> None:
        """D-BOOK-3: not once the time has begun; nor is a receipt once its deadline has passed."""
        expected = ANSWER_BY if name in {"RequestReceived", "RequestMoved"} else START
        assert rendered(every_mail()[name]).expires_at == expected
        late = RequestReceived(HERE, START.replace(hour=9))
        assert rendered(late).expires_at == START

    @pytest.mark.parametrize("name", NAMES)
    def test_only_a_confirmation_calls_itself_one(self, name: str) -> None:
        """D-BOOK-3: no other mail says that anything is confirmed, or promises it."""
        _, subject, text = SAID[name]
        words = f"{subject.da} {text.da} {subject.en} {text.en}".lower()
        denied = words.replace("ikke bekræftet", "").replace("not confirmed", "")
        assert (
            ("bekræft" in denied) == ("confirm" in denied) == (name in {"Confirmation", "NewTime"})
        )

    @pytest.mark.parametrize(
        ("manage", "da", "en"),
        [
            (ByLogin(), CHANGE.da, CHANGE.en),
            (ByPhone(), "Ring for at afbestille.", "Call to cancel."),
            (
                ByLink(OneTimeCode("K7PMX3QD")),
                f"Afbestil på {PAGE} med koden K7PM-X3QD. Giv den ikke til nogen.",
                f"Cancel at {PAGE} with the code K7PM-X3QD. Give it to nobody.",
            ),
        ],
    )
    def test_how_it_is_changed(self, manage: Any, da: str, en: str) -> None:
        """D-BOOK-7, D-BOOK-8: by login, by phone, or by a link that needs the code as well."""
        said = say(Confirmation(with_changes(HERE, manage=manage)), SERVICE)
        assert said.body.da.endswith(f"{WHERE.da} {da}")
        assert said.body.en.endswith(f"{WHERE.en} {en}")
        assert "K7PM" not in repr(manage)

    def test_the_link_alone_does_nothing(self) -> None:
        """D-BOOK-8: no URL in any mail holds the code."""
        for mail in every_mail(with_changes(HERE, manage=ByLink(OneTimeCode("K7PMX3QD")))).values():
            for url in re.findall(r"https?://\S+", body(rendered(mail))):
                assert "K7PM" not in url.upper()


class TestTheMail:
    @pytest.mark.parametrize("name", NAMES)
    def test_its_headers(self, name: str) -> None:
        """D-MAIL-1: from the no-reply address, to one recipient, about nothing that is secret."""
        kind, subject, text = SAID[name]
        mail = rendered(every_mail()[name])
        message = read(mail)
        assert (mail.mail, mail.kind, mail.about, mail.to, mail.stream) == (
            MAIL,
            kind,
            None,
            TO,
            STREAM,
        )
        assert message["From"] == "no-reply@service.example"
        assert message["To"] == "anna@example.dk"
        assert message["Subject"] == f"{subject.da} / {subject.en}"
        assert message["Date"].datetime == AT.replace(microsecond=0)
        assert message["Message-ID"] == "<mail-1@mail.service.example>"
        assert message["Auto-Submitted"] == "auto-generated"
        danish, english = body(mail).split("\n\n-- English --\n\n")
        assert danish == (
            f"{text.da}\n\nDenne mail kan ikke besvares. Kontakt klinikken, hvis du ikke kender "
            "til dette."
        )
        assert english == (
            f"{text.en}\n\nThis mail cannot be answered. Contact the clinic if you do not know "
            "about this.\n"
        )

    @pytest.mark.parametrize("name", NAMES)
    def test_the_same_mail_is_the_same_bytes(self, name: str) -> None:
        """D-MAIL-1: every attempt sends what was frozen; lines end in CRLF and are short."""
        mail = rendered(every_mail()[name])
        assert rendered(every_mail()[name]).content == mail.content
        lines = mail.content.split(b"\r\n")
        assert all(b"\n" not in line and b"\r" not in line for line in lines)
        assert max(map(len, lines)) <= 998
        assert mail.content.isascii()
        head = mail.content.partition(b"\r\n\r\n")[0].decode()
        assert re.search(r"^[\w-]+: *$", head, re.MULTILINE) is None

    @pytest.mark.parametrize("name", NAMES)
    def test_no_address_but_the_two(self, name: str) -> None:
        """S-MAIL-2: the only addresses in any byte are the service's and the recipient's."""
        mail = rendered(every_mail()[name])
        whole = mail.content.decode() + body(mail) + (attached(mail) or b"").decode()
        found = set(re.findall(r"[\w.+-]+@[\w.-]+\w", whole))
        allowed = {"no-reply@service.example", "anna@example.dk"}
        ids = {"mail-1@mail.service.example", "booking-1@mail.service.example"}
        assert found - ids == allowed

    def test_what_could_leak_is_not_there(self) -> None:
        """D-BOOK-12: mails are made of a value that holds no type, comment or practitioner."""
        fields = {field.name for field in attrs.fields(Appointment)}
        assert fields == {"booking", "interval", "sequence", "clinic", "place", "phone", "manage"}
        for kind in get_args(BookingMail):
            assert {field.name for field in attrs.fields(kind)} <= {
                "appointment",
                "answer_by",
                "before",
            }


class TestOneValue:
    def test_page_mail_and_calendar_tell_the_same(self) -> None:
        """D-BOOK-12: the time on the page, in the mail and in the calendar is one."""
        state: Any = STATES["confirmed"]
        page = sentence(state, Reader.PATIENT, AT).text
        told = with_changes(HERE, interval=state.terms.interval)
        mail = rendered(Confirmation(told))
        said = spoken_start(told.interval)
        event: Any = calendar(mail).walk("VEVENT")[0]
        assert said.da in page.da
        assert said.en in page.en
        assert said.da in body(mail)
        assert said.en in body(mail)
        assert event["DTSTART"].dt == state.terms.interval.starts_at
        assert event["DTEND"].dt == state.terms.interval.ends_at

    @given(interval=strategies.booking_intervals(), at=strategies.instants())
    def test_whatever_the_time(self, interval: Any, at: datetime) -> None:
        """D-BOOK-9, D-BOOK-12: on the nights when clocks change too."""
        mail = rendered(Confirmation(with_changes(HERE, interval=interval)))
        del at
        event: Any = calendar(mail).walk("VEVENT")[0]
        assert (event["DTSTART"].dt, event["DTEND"].dt) == (interval.starts_at, interval.ends_at)
        assert spoken_start(interval).da in body(mail)


HOSTILE: Final = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=300) | (
    st.sampled_from(
        (
            "Lægerne\r\nBcc: everybody@example.com",
            "Lægerne\r\n\r\n--=_mail-1--",
            "A, B; C\\D",
            "Lægehuset " + "🏥" * 290,
            "\u2028\u2029\x85\x0b\x0c\x1c\x00",
            "=?utf-8?q?x?=",
        )
    )
)


@given(clinic=HOSTILE, place=HOSTILE, phone=HOSTILE)
def test_no_name_becomes_a_header_or_a_part(clinic: str, place: str, phone: str) -> None:
    """D-MAIL-1: whatever a clinic is called, a mail has its own headers and parts, and no more."""
    plain = read(rendered(Confirmation(HERE)))
    told = with_changes(HERE, clinic=clinic, place=place, phone=phone)
    mail = rendered(Confirmation(told))
    message = read(mail)
    assert message.items() == plain.items()
    kinds = [part.get_content_type() for part in message.walk()]
    assert kinds == [
        "multipart/mixed",
        "multipart/alternative",
        "text/plain",
        "text/html",
        "text/calendar",
    ]
    assert not message.defects
    assert rendered(Confirmation(told)).content == mail.content
    assert mail.content.isascii()
