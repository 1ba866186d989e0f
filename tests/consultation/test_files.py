"""D-MAIL-7: what a file is, by its bytes (faults: 170)."""

import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eservices_core.consultation.attachments import (
    AttachmentRefusal,
    Checked,
    Upload,
    check,
    check_all,
    may_hold_address,
    safe_name,
)
from eservices_core.consultation.message import FileKind
from eservices_core.outcome import Failure, Success
from eservices_core.words.email_address import EmailAddress
from tests.consultation.files import GIF, HTML, JPEG, PDF, PNG, SVG, ZIP, jpeg, pdf, png

GOOD = [(FileKind.PNG, PNG), (FileKind.JPEG, JPEG), (FileKind.GIF, GIF), (FileKind.PDF, PDF)]
each_kind = pytest.mark.parametrize(("kind", "data"), GOOD, ids=[kind.name for kind, _ in GOOD])
OURS = EmailAddress.parse("klinik@clinic-one.example").unwrap()


def why(data: bytes, name: str = "x") -> AttachmentRefusal | None:
    """Say why a file is not taken."""
    checked = check(Upload(name, data))
    return checked.failure() if isinstance(checked, Failure) else None


@each_kind
def test_a_file_is_what_its_bytes_are(kind: FileKind, data: bytes) -> None:
    """D-MAIL-7: pictures and PDF are taken, whatever they are called."""
    checked = check(Upload("invoice.exe", data)).unwrap()
    assert checked.kind is kind
    assert data.startswith(checked.data)
    assert checked.name.startswith("invoice.")
    assert not checked.name.endswith(".exe")


@pytest.mark.parametrize("data", [ZIP, SVG, HTML, b"", b"MZ\x90", b"II*\x00", b"hej"])
def test_nothing_else_is_taken(data: bytes) -> None:
    """D-MAIL-7: archives, pages, programs and empty files are refused under any name."""
    assert why(data, "picture.png") is AttachmentRefusal.NOT_A_PICTURE_OR_PDF


@each_kind
@pytest.mark.parametrize(
    "other", [ZIP, SVG, HTML, PDF, PNG], ids=["zip", "svg", "html", "pdf", "png"]
)
def test_two_files_in_one_are_refused(kind: FileKind, data: bytes, other: bytes) -> None:
    """D-MAIL-7: a file that hangs on to another one is refused."""
    del kind
    refused = why(data + other)
    assert refused in {AttachmentRefusal.TWO_IN_ONE, AttachmentRefusal.BROKEN}


@each_kind
def test_what_a_telephone_hangs_on_is_cut_off(kind: FileKind, data: bytes) -> None:
    """D-MAIL-7: bytes that are no other file are not kept."""
    checked = check(Upload("x", data + b"SEFT note of a telephone")).unwrap()
    assert checked.kind is kind
    assert b"SEFT" not in checked.data


@each_kind
def test_half_a_file_is_refused(kind: FileKind, data: bytes) -> None:
    """D-MAIL-7: a file that does not come to its end is broken, wherever it was cut."""
    for cut in range(8, len(data) - 8):
        assert why(data[:cut]) in {
            AttachmentRefusal.BROKEN,
            AttachmentRefusal.NOT_A_PICTURE_OR_PDF,
        }, (kind, cut)


def test_a_picture_that_is_a_trap_is_refused() -> None:
    """D-MAIL-7: so many pixels in so few bytes are for no reader."""
    assert why(png(30_000, 30_000)) is AttachmentRefusal.BROKEN
    assert why(png(0, 1)) is AttachmentRefusal.BROKEN
    assert why(jpeg(65_535, 1)) is AttachmentRefusal.BROKEN
    assert why(png(6_000, 4_000)) is None


_APP0, _SIZE, _START = 2, 20, 33
"""Where the segments of `JPEG` begin."""


@pytest.mark.parametrize("at", [_APP0, _SIZE, _START])
@pytest.mark.parametrize(
    "between",
    [b"\xff", b"\xff\xff\xff", b"\xff\x01", b"\xff\xfe\x00\x02", b"\xff\xfe\x00\x05hej"],
    ids=["a fill byte", "three fill bytes", "a marker alone", "an empty segment", "a comment"],
)
def test_a_jpeg_may_have_it_between_segments(at: int, between: bytes) -> None:
    """D-MAIL-7: what ITU-T T.81 allows between two segments is walked over, to the byte."""
    whole = JPEG[:at] + between + JPEG[at:]
    assert check(Upload("x", whole + b"a note")).unwrap().data == whole


@pytest.mark.parametrize("at", [_APP0, _SIZE, _START])
@pytest.mark.parametrize("between", [b"\x00", b"\xff\xfe\x00\x01", b"\xff\xfe\xff\xff"])
def test_a_jpeg_may_not_have_it_between_segments(at: int, between: bytes) -> None:
    """D-MAIL-7: bytes outside segments, and segments of an impossible length, are refused."""
    assert why(JPEG[:at] + between + JPEG[at:]) is not None


def test_a_picture_has_a_size_and_something_to_show() -> None:
    """D-MAIL-7: a JPEG without a size or a scan, and a GIF without a picture, are no pictures."""
    assert why(JPEG[:_SIZE] + JPEG[_START:]) is AttachmentRefusal.BROKEN
    assert why(JPEG[:_START] + b"\xff\xd9") is AttachmentRefusal.BROKEN
    assert why(GIF[:19] + b"\x3b") is AttachmentRefusal.BROKEN


def test_a_changed_byte_of_a_png_is_noticed() -> None:
    """D-MAIL-7: each chunk is held to its checksum."""
    broken = PNG[:20] + bytes([PNG[20] ^ 1]) + PNG[21:]
    assert why(broken) is AttachmentRefusal.BROKEN


@pytest.mark.parametrize(
    "extra",
    [
        b"/OpenAction<</S/JavaScript/JS(app.alert(1))>>",
        b"/AA<</S/J#61vaScript>>",
        b"/Names<</EmbeddedFiles 3 0 R>>",
        b"/AcroForm<</XFA 3 0 R>>",
        b"/A<</S/Launch>>",
    ],
)
def test_a_pdf_with_a_program_or_files_in_it_is_refused(extra: bytes) -> None:
    """D-MAIL-7: also where the name is written in codes."""
    assert why(pdf(extra=extra)) is AttachmentRefusal.ACTIVE
    hidden = zlib.compress(b"<<" + extra + b">>")
    data = pdf().replace(b"xref\n0", b"stream\n" + hidden + b"\nendstream\nxref\n0")
    assert why(data) is AttachmentRefusal.ACTIVE


def test_a_plain_pdf_that_opens_on_its_first_page_is_taken() -> None:
    """D-MAIL-7: what every office program writes is no program."""
    assert why(pdf(extra=b"/OpenAction[3 0 R/Fit]")) is None


def test_counts_and_sizes_are_the_clinics() -> None:
    """D-MAIL-7: so many files, each of so many bytes, and no more."""
    uploads = (Upload("a", PNG),) * 3
    kept = (Checked(FileKind.PNG, PNG, "fil.png"), Checked(FileKind.PNG, PNG, "a.png"))
    assert check_all((Upload("", PNG), Upload("a", PNG)), 2, len(PNG)) == Success(kept)
    assert isinstance(check_all(uploads, 3, len(PNG)), Success)
    assert check_all(uploads, 2, len(PNG)) == Failure(AttachmentRefusal.TOO_MANY)
    assert check_all(uploads, 3, len(PNG) - 1) == Failure(AttachmentRefusal.TOO_LARGE)
    assert check_all((*uploads, Upload("b", ZIP)), 4, 1000) == Failure(
        AttachmentRefusal.NOT_A_PICTURE_OR_PDF
    )


@given(data=st.binary(max_size=200), start=st.sampled_from([b"", *(data[:20] for _, data in GOOD)]))
def test_anything_may_come_in(data: bytes, start: bytes) -> None:
    """faults: 170. Whatever bytes come, there is an answer, and what is kept is taken again."""
    checked = check(Upload("x", start + data))
    if isinstance(checked, Success):
        kept = checked.unwrap()
        assert check(Upload(kept.name, kept.data)).unwrap() == kept


@given(name=st.text(max_size=300), kind=st.sampled_from(FileKind))
def test_a_name_does_no_harm(name: str, kind: FileKind) -> None:
    """faults: 170. No folder, no control, no mark that turns it round; short, and its ending."""
    safe = safe_name(name, kind)
    assert 5 <= len(safe) <= 90
    assert safe.isprintable()
    assert not set(safe) & set('<>:"/\\|?*%&')
    assert not safe.startswith((".", " ", "-"))
    assert safe.endswith((".pdf", ".jpg", ".png", ".gif"))
    assert safe_name(safe, kind) == safe


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("../../x", "x.pdf"),
        ("C:\\temp\\brev.pdf", "brev.pdf"),
        ("prøve\r\nsvar.pdf", "prøvesvar.pdf"),
        ("CON.pdf", "fil.pdf"),
        ("\u202efdp.exe", "fdp.pdf"),
        ("a" * 300 + ".pdf", "a" * 80 + ".pdf"),
    ],
)
def test_names_by_example(name: str, safe: str) -> None:
    """faults: 170. What people and attackers call files."""
    assert safe_name(name, FileKind.PDF) == safe


def test_an_address_in_a_pdf_is_seen() -> None:
    """D-MAIL-2: in the text of a file, packed or split into pieces, it warns."""
    plain = check(Upload("x", PDF)).unwrap()
    packed = check(Upload("x", pdf(content=b"(Skriv til klinik@clinic-one.example) Tj"))).unwrap()
    split = check(Upload("x", pdf(content=b"[(klinik@cli) 3 (nic-one.ex) -2 (ample)] TJ"))).unwrap()
    assert not may_hold_address(plain, [OURS])
    assert may_hold_address(packed, [OURS])
    assert may_hold_address(split, [OURS])
    assert not may_hold_address(packed, [])
