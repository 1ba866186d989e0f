from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from functools import partial
from io import BytesIO
from typing import Any, Final

import pytest
from attrs import evolve
from attrs import fields as fields_of
from hypothesis import given

from eservices_core.outcome import Failure, Success
from eservices_core.post import memo
from eservices_core.post.memo import (
    Action,
    ActionCode,
    Document,
    Draft,
    File,
    IdType,
    Limits,
    Memo,
    MemoDefect,
    MemoFault,
    Recipient,
    Reservation,
    Sender,
    checked,
)
from eservices_core.testing.strategies.post import memo_drafts

AT = datetime(2026, 11, 23, 8, tzinfo=UTC)
UUID = "8853363b-43ec-4d0a-a54d-65447f9447ed"
PDF = b"%PDF-1.4\n%%EOF\n"
FILE = File("brev.pdf", "application/pdf", len(PDF), partial(BytesIO, PDF))
RESERVATION = Reservation(
    UUID, "Kontrol", "Årskontrol", "Testvej 1", AT, AT + timedelta(minutes=20), "Klinikken"
)
APPOINTMENT = Action("Din tid", ActionCode.APPOINTMENT, RESERVATION)
LINK = Action("Læs mere", ActionCode.INFORMATION, None, "https://example.dk/side?a=1#b")
DRAFT = Draft(
    uuid=UUID,
    created_at=AT,
    label="Indkaldelse",
    notification="Du har fået post",
    sender=Sender("12345678", "Clinic One"),
    recipient=Recipient(IdType.CPR, "0709614606", "A Test Person"),
    main=Document((FILE,), "Brevet", (APPOINTMENT, LINK)),
    more=(Document((FILE,)),),
)


WHOSE_NUMBER: Final = pytest.param(
    "0709614606", marks=pytest.mark.leaks("a person's number written as a company's")
)


def faults(draft: Draft, limits: Limits | None = None) -> list[tuple[str, MemoDefect]]:
    """Give what is wrong, in the order of the message."""
    looked = checked(draft, limits)
    if isinstance(looked, Success):
        assert looked.unwrap() == Memo(draft)
        return []
    if limits is None:
        with pytest.raises(AssertionError):
            _ = Memo(draft)
    return [(fault.field, fault.why) for fault in looked.failure()]


def with_file(**changes: Any) -> Draft:
    """Change the letter's own file."""
    return evolve(DRAFT, main=evolve(DRAFT.main, files=(evolve(FILE, **changes),)))


def with_action(action: Action) -> Draft:
    """Give the letter one button."""
    return evolve(DRAFT, main=evolve(DRAFT.main, actions=(action,)))


def reserved(**changes: Any) -> Draft:
    """Change the appointment."""
    return with_action(evolve(APPOINTMENT, reservation=evolve(RESERVATION, **changes)))


def linked(url: str) -> Draft:
    """Change the link."""
    return with_action(evolve(LINK, url=url))


def test_the_example_keeps_every_rule() -> None:
    """D-POST-3: an appointment letter with a link and an enclosure is a message."""
    assert faults(DRAFT) == []


@given(memo_drafts())
def test_what_the_strategy_draws_keeps_every_rule(draft: Draft) -> None:
    """D-POST-3: the published strategy draws messages, and nothing else."""
    assert faults(draft) == []


LINES: list[tuple[str, Callable[[str], Draft], int]] = [
    ("label", lambda text: evolve(DRAFT, label=text), 256),
    ("notification", lambda text: evolve(DRAFT, notification=text), 150),
    ("sender.label", lambda text: evolve(DRAFT, sender=Sender("12345678", text)), 256),
    (
        "recipient.label",
        lambda text: evolve(DRAFT, recipient=evolve(DRAFT.recipient, label=text)),
        256,
    ),
    ("main.label", lambda text: evolve(DRAFT, main=evolve(DRAFT.main, label=text)), 256),
    ("more[0].label", lambda text: evolve(DRAFT, more=(Document((FILE,), text),)), 256),
    ("main.actions[0].label", lambda text: with_action(evolve(LINK, label=text)), 256),
    ("main.actions[0].reservation.description", lambda text: reserved(description=text), 256),
    ("main.actions[0].reservation.abstract", lambda text: reserved(abstract=text), 256),
    ("main.actions[0].reservation.location", lambda text: reserved(location=text), 256),
    ("main.actions[0].reservation.organizer", lambda text: reserved(organizer=text), 256),
]

each_line = pytest.mark.parametrize(
    ("name", "put", "longest"), LINES, ids=[one[0] for one in LINES]
)


@each_line
def test_a_line_has_its_length(name: str, put: Callable[[str], Draft], longest: int) -> None:
    """D-POST-3: 256 characters, and 150 of a notification, are the most; a blank is nothing."""
    assert faults(put("æ" * longest)) == []
    assert faults(put("æ" * (longest + 1))) == [(name, MemoDefect.TOO_LONG)]
    for blank in ("", "  "):
        assert faults(put(blank)) == [(name, MemoDefect.EMPTY)]


@each_line
@pytest.mark.parametrize(
    "character",
    ["\x00", "\x08", "\n", "\r", "\t", "\x7f", "\x85", "\u2028", "\u2029", "\ud800", "\uffff"],
    ids=lambda character: f"{ord(character):04x}",
)
def test_a_line_holds_what_xml_can(
    name: str, put: Callable[[str], Draft], longest: int, character: str
) -> None:
    """D-POST-3: what XML cannot hold, or breaks the line, is refused where it stands."""
    del longest
    assert faults(put(f"a{character}b")) == [(name, MemoDefect.NOT_TEXT)]


@pytest.mark.parametrize(
    "uuid",
    [
        "",
        UUID[:-1],
        f"{UUID}0",
        UUID.replace("-4d0a-", "-1d0a-"),
        UUID.replace("-a54d-", "-c54d-"),
        UUID.replace("-", ""),
        f"{UUID}\n",
    ],
)
def test_a_uuid_is_of_version_four(uuid: str) -> None:
    """D-POST-1, D-POST-3: any other is refused, of the message and of the appointment."""
    assert faults(evolve(DRAFT, uuid=uuid)) == [("uuid", MemoDefect.NOT_UUID4)]
    where = "main.actions[0].reservation.uuid"
    assert faults(reserved(uuid=uuid)) == [(where, MemoDefect.NOT_UUID4)]
    assert faults(evolve(DRAFT, uuid=UUID.upper())) == []


@pytest.mark.parametrize(
    ("id_type", "text", "why"),
    [
        (IdType.CPR, "0709614606", None),
        (IdType.CPR, "070961-4606", MemoDefect.NOT_CPR),
        (IdType.CPR, "3209614606", MemoDefect.NOT_CPR),
        (IdType.CPR, "6709614606", MemoDefect.NOT_CPR),
        (IdType.CPR, "0709611AA6", MemoDefect.NOT_CPR),
        (IdType.CPR, "12345678", MemoDefect.NOT_CPR),
        (IdType.CPR, "Recipient ID", MemoDefect.NOT_CPR),
        (IdType.CVR, "12345678", None),
        (IdType.CVR, "0709614606", MemoDefect.NOT_CVR),
        (IdType.CVR, "1234567a", MemoDefect.NOT_CVR),
        (IdType.CVR, "١٢٣٤٥٦٧٨", MemoDefect.NOT_CVR),
    ],
)
def test_a_recipient_is_a_number_of_its_kind(
    id_type: IdType, text: str, why: MemoDefect | None
) -> None:
    """faults: 169. The schema takes any text for an id; a CPR number in ten digits is one."""
    found = faults(evolve(DRAFT, recipient=Recipient(id_type, text)))
    assert found == ([] if why is None else [("recipient.id", why)])


@pytest.mark.parametrize("cvr", ["", "1234567", "123456789", WHOSE_NUMBER, "12 34 56"])
def test_the_sender_is_a_company(cvr: str) -> None:
    """D-POST-3: a private sender has eight digits; a person is none."""
    found = faults(evolve(DRAFT, sender=Sender(cvr, "Clinic")))
    assert found == [("sender.cvr", MemoDefect.NOT_CVR)]


FORBIDDEN = [
    *'<>:"/\\|?*',
    *(chr(code) for code in (0xA0, *range(0x2000, 0x200B), 0x205F, 0x2060, 0x3000)),
]


@pytest.mark.parametrize("character", FORBIDDEN, ids=lambda character: f"{ord(character):04x}")
def test_a_file_name_has_none_of_the_forbidden_characters(character: str) -> None:
    """D-POST-3, faults: 170. The characters that digital post refuses since September 2025."""
    found = faults(with_file(name=f"a{character}b.pdf"))
    assert found == [("main.files[0].name", MemoDefect.FORBIDDEN_NAME)]


@pytest.mark.parametrize("character", ["\r", "\n", "\u2028"])
def test_a_file_name_is_one_line(character: str) -> None:
    """faults: 170. A line end in a name is refused, as the rule of 2025 and as no text."""
    found = faults(with_file(name=f"a{character}b.pdf"))
    assert ("main.files[0].name", MemoDefect.FORBIDDEN_NAME) in found


@pytest.mark.parametrize("name", ["../../x.pdf", ".pdf", ".x.pdf", " x.pdf", "x\u200b.pdf"])
def test_a_file_name_leads_nowhere(name: str) -> None:
    """faults: 170. No folder, nothing hidden, no mark that nobody sees."""
    assert faults(with_file(name=name)) == [("main.files[0].name", MemoDefect.FORBIDDEN_NAME)]


@pytest.mark.parametrize("name", ["x.pdf.", "x.pdf "])
def test_a_file_name_ends_with_its_ending(name: str) -> None:
    """faults: 170. Systems that drop a dot or a blank at the end are not given one."""
    found = faults(with_file(name=name))
    assert ("main.files[0].name", MemoDefect.FORBIDDEN_NAME) in found


def test_a_file_name_is_not_too_long() -> None:
    """faults: 170. 256 characters with its ending are the most."""
    assert faults(with_file(name=f"{'a' * 252}.pdf")) == []
    found = faults(with_file(name=f"{'a' * 296}.pdf"))
    assert found == [("main.files[0].name", MemoDefect.TOO_LONG)]


@pytest.mark.parametrize(
    ("name", "media_type"),
    [
        ("a.exe", "application/pdf"),
        ("a.txt", "application/pdf"),
        ("a.pdf", "text/plain"),
        ("a.pdf", "application/octet-stream"),
        ("a.html", "text/html"),
        ("pdf", "application/pdf"),
    ],
)
def test_name_and_media_type_agree(name: str, media_type: str) -> None:
    """faults: 170. A name that says another type than the file has is refused."""
    found = faults(with_file(name=name, media_type=media_type))
    assert found == [("main.files[0].media_type", MemoDefect.NOT_MEDIA_TYPE)]


def test_other_files() -> None:
    """D-POST-3: plain text, and an ending in capitals, are taken."""
    assert faults(with_file(name="A.PDF")) == []
    assert faults(with_file(name="a.txt", media_type="text/plain")) == []


@pytest.mark.parametrize("language", ["", "d", "dansk", "DA", "d1", "da-DK", "æø"])
def test_a_language_has_two_letters(language: str) -> None:
    """D-POST-3: the schema's two characters, and they are letters."""
    found = faults(with_file(language=language))
    assert found == [("main.files[0].language", MemoDefect.NOT_LANGUAGE)]


def test_no_file_is_no_letter() -> None:
    """D-POST-3: a document has a file, and a file has bytes."""
    empty = evolve(DRAFT, main=Document(()))
    assert faults(empty) == [("main.files", MemoDefect.NO_FILE)]
    assert faults(with_file(size=0)) == [("main.files[0].size", MemoDefect.EMPTY)]


def test_a_message_has_its_size() -> None:
    """D-POST-3, faults: 170. All files together, and their number, are within the limits."""
    size = 2 * len(PDF)
    assert faults(DRAFT, Limits(size, 2)) == []
    assert faults(DRAFT, Limits(size - 1, 2)) == [("files", MemoDefect.TOO_LARGE)]
    assert faults(DRAFT, Limits(size, 1)) == [("files", MemoDefect.TOO_MANY)]
    assert faults(with_file(size=99_500_001)) == [("files", MemoDefect.TOO_LARGE)]


NAIVE = datetime(2026, 11, 23, 8)  # noqa: DTZ001  that is what it is for


def test_a_time_is_an_instant() -> None:
    """D-POST-3: a time without its offset is refused, wherever it stands."""
    assert faults(evolve(DRAFT, created_at=NAIVE)) == [("created_at", MemoDefect.NOT_INSTANT)]
    where = "main.actions[0].reservation"
    for name in ("starts_at", "ends_at"):
        found = faults(reserved(**{name: NAIVE}))
        assert found == [(f"{where}.{name}", MemoDefect.NOT_INSTANT)]


@pytest.mark.parametrize("year", [1, 1899, 2200, 9999])
def test_a_time_is_of_our_time(year: int) -> None:
    """D-POST-3: what cannot be turned into UTC, or into a date on a letter, is no instant."""
    far = datetime(year, 1, 1, tzinfo=timezone(timedelta(hours=14)))
    assert faults(evolve(DRAFT, created_at=far)) == [("created_at", MemoDefect.NOT_INSTANT)]


@pytest.mark.parametrize("year", [1900, 2199])
def test_our_time_is_three_centuries(year: int) -> None:
    """D-POST-3: the first and the last year in which somebody writes letters are such years."""
    assert faults(evolve(DRAFT, created_at=datetime(year, 7, 1, tzinfo=UTC))) == []


def test_an_appointment_ends_after_it_begins() -> None:
    """D-POST-3: compared as instants, on a night when the clock shows an hour twice too."""
    where = ("main.actions[0].reservation.ends_at", MemoDefect.ENDS_FIRST)
    assert faults(reserved(ends_at=AT)) == [where]
    assert faults(reserved(ends_at=AT - timedelta(minutes=1))) == [where]
    west = AT.astimezone(timezone(timedelta(hours=-9))) + timedelta(minutes=20)
    assert faults(reserved(ends_at=west)) == []


def test_an_appointment_has_its_time_and_nothing_else_has() -> None:
    """D-POST-3: AFTALE carries a reservation, all other buttons a link, and none both."""
    where = "main.actions[0]"
    bare = evolve(APPOINTMENT, reservation=None)
    assert faults(with_action(bare)) == [(f"{where}.reservation", MemoDefect.NO_RESERVATION)]
    both = evolve(APPOINTMENT, url="https://example.dk")
    assert faults(with_action(both)) == [(f"{where}.reservation", MemoDefect.NOT_AN_APPOINTMENT)]
    other = evolve(APPOINTMENT, code=ActionCode.SELF_SERVICE)
    assert (f"{where}.reservation", MemoDefect.NOT_AN_APPOINTMENT) in faults(with_action(other))
    nothing = evolve(LINK, url=None)
    assert faults(with_action(nothing)) == [(f"{where}.url", MemoDefect.EMPTY)]


@pytest.mark.parametrize(
    "url",
    [
        "",
        "http://example.dk",
        "HTTPS://example.dk",
        "https://",
        "https://user@example.dk",
        "https://example.dk/a b",
        "https://exämple.dk",
        "https://example.dk/\n",
        "javascript:alert(1)",
        "//example.dk",
        "https://-example.dk",
    ],
)
def test_a_link_is_https(url: str) -> None:
    """D-POST-3: since 2025 no other link is taken; and it names no user."""
    assert faults(linked(url)) == [("main.actions[0].url", MemoDefect.NOT_HTTPS)]


def test_a_link_is_not_too_long() -> None:
    """D-POST-3: 256 characters are the most."""
    assert faults(linked(f"https://example.dk/{'a' * 237}")) == []
    found = faults(linked(f"https://example.dk/{'a' * 238}"))
    assert found == [("main.actions[0].url", MemoDefect.TOO_LONG)]


def test_all_that_is_wrong_is_named_at_once() -> None:
    """faults: 169. In the order of the message, each with its place, and no word of it."""
    wrong = evolve(
        DRAFT,
        uuid="kanariefugl",
        sender=Sender("kanariefugl", ""),
        recipient=Recipient(IdType.CPR, "kanariefugl"),
        more=(Document((evolve(FILE, name="kanarie/fugl"),)),),
    )
    looked = checked(wrong)
    assert isinstance(looked, Failure)
    assert looked.failure() == (
        MemoFault("uuid", MemoDefect.NOT_UUID4),
        MemoFault("sender.cvr", MemoDefect.NOT_CVR),
        MemoFault("sender.label", MemoDefect.EMPTY),
        MemoFault("recipient.id", MemoDefect.NOT_CPR),
        MemoFault("more[0].files[0].name", MemoDefect.FORBIDDEN_NAME),
        MemoFault("more[0].files[0].media_type", MemoDefect.NOT_MEDIA_TYPE),
    )
    assert "kanarie" not in repr(looked)


def test_what_a_private_sender_may_not_say_has_no_place() -> None:
    """S-MAIL-2, D-POST-3: no mandatory, no legal notification, no NemSMS, nobody's e-mail."""
    names = {
        field.name.lower()
        for kind in (Draft, Sender, Recipient, Document, Action, Reservation, File)
        for field in fields_of(kind)
    }
    for word in ("mandatory", "legal", "mail", "contact", "attention", "message_type"):
        assert not [name for name in names if word in name]


def test_nothing_of_a_letter_is_in_its_repr() -> None:
    """D-LOG-1: neither number nor words of a letter are shown where a message is."""
    shown = repr(Memo(DRAFT))
    for said in ("0709614606", "Indkaldelse", "Kontrol", "A Test Person", "brev.pdf", "example.dk"):
        assert said not in shown


@pytest.mark.parametrize(
    ("text", "good"), [("a\n\tb", True), ("\U0001f4c5", True), ("a\rb", False), ("\x0b", False)]
)
def test_a_text_of_several_lines(text: str, good: bool) -> None:
    """D-POST-3: tabs and line ends stand in a text, other control characters do not."""
    assert memo.is_text(text) is good
