"""What staff write in a letter, what is wrong with it, and the message that becomes of it."""

import json
from datetime import UTC, datetime
from typing import Final

import pytest
from attrs import evolve as with_changes
from hypothesis import given
from hypothesis import strategies as st

from eservices_core.clinic.booking_settings import Switch
from eservices_core.clinic.consultation_settings import ConsultationSettings
from eservices_core.clinic.post_settings import PostSettings
from eservices_core.clinic.settings import ClinicSettings
from eservices_core.post.content import (
    Attachment,
    Content,
    ContentRefusal,
    Stamp,
    draft_of,
    is_pdf,
    journal_text,
    title_in,
    warns,
    why_unfit,
    write_record,
)
from eservices_core.post.memo import File, IdType, checked
from eservices_core.words.civil_number import CivilNumber
from eservices_core.words.email_address import EmailAddress
from eservices_core.words.identifiers import LetterId

PDF: Final = b"%PDF-1.4\nkanariefugl\n%%EOF\n"
POST: Final = PostSettings(bought=Switch.ON, cvr="12345678", label="Clinic One", files=3)
OURS: Final = EmailAddress.parse("klinik@clinic-one.example").unwrap()
SETTINGS: Final = with_changes(
    ClinicSettings("Clinic One", "+45 00 00 00 01"),
    post=POST,
    consultation=ConsultationSettings(addresses=(OURS,)),
)
STAMP: Final = Stamp(
    LetterId.from_entropy(bytes(16)),
    datetime(2026, 11, 23, 8, tzinfo=UTC),
    CivilNumber.parse("0709614606").unwrap(),
)
WORDS: Final = Content("Indkaldelse", "Kom til kontrol.", (Attachment("vejledning.pdf", PDF),))
ADDRESS: Final = "klinik@clinic-one.example"


def why(content: Content, settings: ClinicSettings = SETTINGS) -> ContentRefusal | None:
    """Say what is wrong with a letter."""
    return why_unfit(content, settings, STAMP)


def only(text: str | None = None, *files: Attachment) -> Content:
    """A letter with a title."""
    return Content("Indkaldelse", text, files)


def with_bytes(size: int) -> ClinicSettings:
    """A clinic whose letters are of at most so many bytes."""
    return with_changes(SETTINGS, post=with_changes(POST, letter_bytes=size))


@pytest.mark.parametrize(
    ("content", "refusal"),
    [
        (WORDS, None),
        (only("Kom til kontrol."), None),
        (only(None, Attachment("brev.pdf", PDF)), None),
        (only("  ", Attachment("brev.pdf", PDF)), None),
        (only("a\n\tb"), None),
        (only(), ContentRefusal.EMPTY),
        (only(" \n "), ContentRefusal.EMPTY),
        (only("a\x00"), ContentRefusal.TEXT_UNFIT),
        (with_changes(WORDS, title=""), ContentRefusal.TITLE_UNFIT),
        (with_changes(WORDS, title="a\nb"), ContentRefusal.TITLE_UNFIT),
        (with_changes(WORDS, title="a" * 257), ContentRefusal.TITLE_UNFIT),
        (with_changes(WORDS, title="a" * 256), None),
        (only(None, Attachment("brev.exe", PDF)), ContentRefusal.FILE_NAME_UNFIT),
        (only(None, Attachment("a/b.pdf", PDF)), ContentRefusal.FILE_NAME_UNFIT),
        (only("Hej", Attachment("", PDF)), ContentRefusal.FILE_NAME_UNFIT),
        (only(None, Attachment("brev.pdf", b"MZ")), ContentRefusal.NOT_A_PDF),
        (
            only("Hej", Attachment("a.pdf", PDF), Attachment("b.pdf", b"")),
            ContentRefusal.NOT_A_PDF,
        ),
        (only("Hej", *[Attachment("a.pdf", PDF)] * 2), None),
        (only("Hej", *[Attachment("a.pdf", PDF)] * 3), ContentRefusal.TOO_MANY_FILES),
        (only(None, *[Attachment("a.pdf", PDF)] * 3), None),
        (with_changes(WORDS, title=f"Til {ADDRESS}"), ContentRefusal.ADDRESS_IN_TITLE),
        (only(f"Skriv til {ADDRESS}."), ContentRefusal.ADDRESS_IN_TEXT),
        (
            only("Hej", Attachment(f"{ADDRESS}.pdf", PDF)),
            ContentRefusal.ADDRESS_IN_FILE_NAME,
        ),
    ],
)
def test_what_is_wrong_is_named_by_its_field(
    content: Content, refusal: ContentRefusal | None
) -> None:
    """S-POST-1, D-MAIL-2, D-POST-3: the first thing that is wrong, in the order of the form."""
    assert why(content) is refusal


def test_a_letter_is_as_large_as_the_clinic_allows() -> None:
    """D-POST-3: text and files together, counted in bytes."""
    letter = only("æøå", Attachment("a.pdf", PDF))
    size = len("æøå".encode()) + len(PDF)
    assert why(letter, with_bytes(size)) is None
    assert why(letter, with_bytes(size - 1)) is ContentRefusal.TOO_LARGE


def test_the_first_thing_that_is_wrong_is_named() -> None:
    """S-POST-1: title before text, text before files, and each before what they come to."""
    wrong = Content(ADDRESS, ADDRESS, (Attachment(f"{ADDRESS}.exe", b""),))
    assert why(wrong) is ContentRefusal.ADDRESS_IN_TITLE
    wrong = with_changes(wrong, title="")
    assert why(wrong) is ContentRefusal.ADDRESS_IN_TEXT
    wrong = with_changes(wrong, text="\x00")
    assert why(wrong) is ContentRefusal.ADDRESS_IN_FILE_NAME
    wrong = with_changes(wrong, files=(Attachment("a.exe", b""),))
    assert why(wrong) is ContentRefusal.TEXT_UNFIT
    wrong = with_changes(wrong, text="Hej")
    assert why(wrong) is ContentRefusal.NOT_A_PDF
    wrong = with_changes(wrong, files=(Attachment("a.exe", PDF),) * 3)
    assert why(wrong, with_bytes(1)) is ContentRefusal.TITLE_UNFIT
    wrong = with_changes(wrong, title="Hej")
    assert why(wrong, with_bytes(1)) is ContentRefusal.FILE_NAME_UNFIT
    wrong = with_changes(wrong, files=(Attachment("a.pdf", PDF),) * 3)
    assert why(wrong, with_bytes(1)) is ContentRefusal.TOO_MANY_FILES
    wrong = with_changes(wrong, files=(Attachment("a.pdf", PDF),) * 2)
    assert why(wrong, with_bytes(1)) is ContentRefusal.TOO_LARGE


@pytest.mark.parametrize(
    ("data", "pdf"),
    [
        (PDF, True),
        (b"%PDF-%%EOF", True),
        (b" " + PDF, False),
        (b"%PDF-1.4", False),
        (b"%%EOF", False),
        (b"%PDF-" + b"%%EOF" + bytes(1_019), True),
        (b"%PDF-" + b"%%EOF" + bytes(1_020), False),
    ],
)
def test_a_pdf_is_one_by_what_it_holds(data: bytes, *, pdf: bool) -> None:
    """faults: 170. From its first byte, with its end within the last 1,024."""
    assert is_pdf(data) is pdf


def test_a_file_with_the_address_in_it_warns() -> None:
    """D-MAIL-2: each file by its place; what a PDF has packed is not read."""
    ours = Attachment("a.pdf", PDF.replace(b"kanariefugl", ADDRESS.encode()))
    plain = Attachment("b.pdf", PDF + b"\xff\xfe")
    assert warns(only("Hej", plain, ours, plain, ours), SETTINGS) == (1, 3)
    assert warns(only(ADDRESS, plain), SETTINGS) == ()
    assert (
        warns(only("Hej", ours), with_changes(SETTINGS, consultation=ConsultationSettings())) == ()
    )


# --------------------------------------------------------------------------------------- the record


def test_the_record_keeps_the_sender_as_it_was() -> None:
    """D-KEEP-1: all that is said in a letter lies in one record, which can be erased."""
    record = write_record(WORDS, POST)
    assert json.loads(record) == {
        "title": "Indkaldelse",
        "text": "Kom til kontrol.",
        "files": ["vejledning.pdf"],
        "cvr": "12345678",
        "sender": "Clinic One",
    }
    assert "æ" in write_record(only("æ"), POST)
    assert json.loads(write_record(only(" ", *WORDS.files), POST))["text"] is None
    assert title_in(record) == "Indkaldelse"


def _read(file: File) -> tuple[str, str, int, bytes, str]:
    data = file.open().read(1_000)
    assert file.open().read(1_000) == data
    return file.name, file.media_type, file.size, data, file.language


def test_the_message_is_made_of_the_record() -> None:
    """D-POST-1, D-POST-3: the letter's own id, its time, its sender; the text is the letter."""
    draft = draft_of(STAMP, write_record(WORDS, POST), [PDF])
    assert draft.uuid == str(STAMP.letter)
    assert draft.created_at == STAMP.at
    assert draft.label == "Indkaldelse"
    assert (draft.sender.cvr, draft.sender.label) == ("12345678", "Clinic One")
    assert (draft.recipient.id_type, draft.recipient.id) == (IdType.CPR, "0709614606")
    assert draft.recipient.label is None
    text = b"Kom til kontrol."
    assert [_read(file) for file in draft.main.files] == [
        ("brev.txt", "text/plain", len(text), text, "da")
    ]
    (more,) = draft.more
    assert [_read(file) for file in more.files] == [
        ("vejledning.pdf", "application/pdf", len(PDF), PDF, "da")
    ]


def test_without_a_text_the_first_file_is_the_letter() -> None:
    """D-POST-3: and the others go with it, in their order."""
    files = tuple(Attachment(f"{name}.pdf", PDF + name.encode()) for name in "abc")
    draft = draft_of(STAMP, write_record(only(None, *files), POST), [each.data for each in files])
    assert [file.name for file in draft.files] == ["a.pdf", "b.pdf", "c.pdf"]
    assert [file.name for file in draft.main.files] == ["a.pdf"]
    with pytest.raises(ValueError, match="zip"):
        _ = draft_of(STAMP, write_record(only(None, *files), POST), [PDF])


@given(st.text(max_size=20), st.none() | st.text(max_size=20), st.integers(0, 2))
def test_what_is_taken_makes_a_message(title: str, text: str | None, files: int) -> None:
    """D-POST-3: of a letter that nothing is wrong with, a message becomes that keeps the rules."""
    content = Content(title, text, (Attachment("a.pdf", PDF),) * files)
    if why(content) is None:
        data = [each.data for each in content.files]
        _ = checked(draft_of(STAMP, write_record(content, POST), data)).unwrap()


def test_the_journal_keeps_the_words() -> None:
    """S-MAIL-3: the title, and the text where there is one."""
    assert journal_text(WORDS) == "Indkaldelse\n\nKom til kontrol."
    assert journal_text(only(" ")) == "Indkaldelse"
    assert journal_text(only()) == "Indkaldelse"
