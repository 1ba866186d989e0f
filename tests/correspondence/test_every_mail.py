"""What holds of every mail that may leave, in every byte of it (D-MAIL-1)."""

import re
from datetime import timedelta
from email.message import EmailMessage
from html import unescape
from html.parser import HTMLParser
from typing import Final, get_args

import pytest
from attrs import evolve as with_changes
from hypothesis import given
from hypothesis import strategies as st

from eservices_core.correspondence import messages as access
from eservices_core.correspondence.booking_mails import BookingMail, Confirmation
from eservices_core.correspondence.consultation_mails import (
    ConsultationMail,
    RegistrationAnswered,
    SomethingToRead,
)
from eservices_core.correspondence.messages import AccessMail, Message, render
from eservices_core.ports.outbox import MailKind, OutgoingMail
from eservices_core.words.secret import OneTimeCode, Password
from tests.correspondence.mails import AT, HERE, MAIL, SERVICE, STREAM, TO, every_mail, read

SOON: Final = AT + timedelta(minutes=10)
PASSWORD: Final = Password.parse("kanariefuglens sang").unwrap()
CODE: Final = OneTimeCode.from_entropy(bytes(range(8)))
EVERY: Final[list[Message]] = [
    access.Activation(PASSWORD, SOON),
    access.ChildCreated(clinic_chosen=True),
    access.ChildCreated(clinic_chosen=False),
    access.TemporaryPasswordSent(PASSWORD, SOON),
    access.CodeToType(CODE, SOON),
    access.AddressReplaced(),
    access.MitidLinked(),
    access.TurnedFifteen(),
    access.Trial(),
    *every_mail().values(),
    SomethingToRead(),
    RegistrationAnswered("Lægerne på Torvet", "86 12 34 56", approved=True),
    RegistrationAnswered("Lægerne på Torvet", "86 12 34 56", approved=False),
]
each_mail = pytest.mark.parametrize(
    "message", EVERY, ids=[f"{at}-{type(each).__name__}" for at, each in enumerate(EVERY)]
)


def rendered(message: Message) -> OutgoingMail:
    """A mail as it leaves."""
    return render(message, SERVICE, mail=MAIL, about=None, stream=STREAM, to=TO, at=AT)


class Page(HTMLParser):
    """What a reader sees of an HTML part, and all that it would fetch or open."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.opens: list[str] = []
        self.seen: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note a tag, and where it leads."""
        self.tags.add(tag)
        self.opens += [value or "" for name, value in attrs if name in {"href", "src", "action"}]

    def handle_data(self, data: str) -> None:
        """Note what is read."""
        self.seen.append(data)


def part(mail: OutgoingMail, kind: str) -> str:
    """Give one part of a mail, as text."""
    body = read(mail).get_body((kind,))
    assert body is not None
    return str(body.get_content())


def test_every_class_of_mail_is_here() -> None:
    """A mail that is added later is missed here, and so is its kind."""
    classes = {*get_args(AccessMail), *get_args(BookingMail), *get_args(ConsultationMail)}
    assert {type(message) for message in EVERY} == classes
    assert {rendered(message).kind for message in EVERY} == set(MailKind)


@each_mail
def test_a_text_comes_first_and_the_page_says_the_same(message: Message) -> None:
    """D-MAIL-1: whoever reads one part has read the other."""
    mail = rendered(message)
    (alternative,) = [
        each for each in read(mail).walk() if each.get_content_type() == "multipart/alternative"
    ]
    kinds = [each.get_content_type() for each in alternative.iter_parts()]
    assert kinds == ["text/plain", "text/html"]
    page = Page(part(mail, "html"))
    seen = "".join(page.seen).split()
    for word in part(mail, "plain").replace("-- English --", "").split():
        assert word in seen, word


@each_mail
def test_the_page_fetches_nothing_and_leads_to_the_service_alone(message: Message) -> None:
    """D-MAIL-1: no picture, no script, no form; links are built from the configured origin."""
    page = Page(part(rendered(message), "html"))
    allowed = {"html", "head", "meta", "title", "body", "p", "a", "div", "hr"}
    assert page.tags <= allowed
    for address in page.opens:
        assert re.fullmatch(rf"{re.escape(SERVICE.public_url)}(/[A-Za-z0-9-]+)*", address)


@each_mail
def test_nobody_is_asked_to_reply(message: Message) -> None:
    """D-MAIL-1: no Reply-To, and one address to write from: the service's own."""
    mail = read(rendered(message))
    assert "Reply-To" not in mail
    assert mail["From"] == SERVICE.sender.reveal()
    assert mail["Auto-Submitted"] == "auto-generated"
    found = re.findall(r"[\w.+-]+@[\w.-]+", _all_of(mail))
    ours = {SERVICE.sender.reveal(), TO.reveal()}
    assert {each for each in found if not each.endswith(f"@{SERVICE.mail_domain}")} <= ours


@each_mail
def test_the_same_mail_is_the_same_bytes(message: Message) -> None:
    """D-MAIL-1, faults: 131. Boundaries are made of the mail's id; neither begins like another."""
    mail = rendered(message)
    assert mail.content == rendered(message).content
    assert mail.content.isascii()
    assert max(len(line) for line in mail.content.split(b"\r\n")) <= 998
    found = {each.get_boundary() for each in read(mail).walk() if each.is_multipart()}
    boundaries = [each for each in found if each is not None]
    assert len(boundaries) == len(found)
    for one in boundaries:
        assert str(MAIL) in one
        assert not any(other.startswith(one) for other in boundaries if other != one)
    assert not read(mail).defects


def _all_of(mail: EmailMessage) -> str:
    """All headers and decoded parts of a mail."""
    texts = [str(value) for value in mail.values()]
    for each in mail.walk():
        payload = each.get_payload(decode=True)
        if isinstance(payload, bytes):
            texts.append(payload.decode())
    return unescape("\n".join(texts))


@pytest.mark.parametrize("kind", [SomethingToRead])
def test_a_notice_says_nothing_of_what_is_to_be_read(kind: type[SomethingToRead]) -> None:
    """D-MAIL-1: a consultation, a renewal and an E-answer are told alike, and none is named."""
    text = _all_of(read(rendered(kind()))).lower()
    for word in ("medicin", "medicine", "recept", "renewal", "prescription", "et svar", "konsult"):
        assert word not in text


HOSTILE = st.text(st.characters(exclude_categories=("Cc", "Cs")), max_size=40) | st.sampled_from(
    ("<script>x</script>", '"><img src=x>', "http://evil.example", "&amp;", SERVICE.public_url)
)


@given(clinic=HOSTILE, phone=HOSTILE)
def test_no_name_becomes_a_tag_or_a_link(clinic: str, phone: str) -> None:
    """D-MAIL-1, faults: 127. What a clinic typed is shown as it is, and opens nothing."""
    for message in (
        RegistrationAnswered(clinic, phone, approved=False),
        Confirmation(with_changes(HERE, clinic=clinic, phone=phone)),
    ):
        page = Page(part(rendered(message), "html"))
        assert page.tags <= {"html", "head", "meta", "title", "body", "p", "a", "div", "hr"}
        assert set(page.opens) <= {SERVICE.public_url}
        shown = " ".join("".join(page.seen).split())
        assert " ".join(clinic.split()) in shown
