"""D-MAIL-7: where a file ends, and what is looked at in it, to the byte (faults: 170)."""

import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eservices_core.consultation import attachments
from eservices_core.consultation.attachments import (
    AttachmentRefusal,
    Upload,
    check,
    may_hold_address,
    safe_name,
)
from eservices_core.consultation.message import FileKind
from eservices_core.words.email_address import EmailAddress
from tests.consultation.files import GIF, JPEG, PDF, PNG, chunk, gif, jpeg, pdf, png

OURS = EmailAddress.parse("klinik@clinic-one.example").unwrap()
NOTE = b"a note of a telephone"
ARCHIVE_END = b"PK\x05\x06"
EOF = b"%%EOF"


def _kept(data: bytes) -> bytes:
    return check(Upload("x", data)).unwrap().data


def _why(data: bytes) -> AttachmentRefusal:
    return check(Upload("x", data)).failure()


# ---------------------------------------------------------------------------------------- pictures


@pytest.mark.parametrize(
    ("width", "height"), [(30_000, 1), (1, 30_000), (20_000, 10_000), (10_000, 20_000)]
)
def test_a_picture_may_be_so_large(width: int, height: int) -> None:
    """D-MAIL-7: up to 30,000 dots a side, and 200 million in all."""
    assert _kept(png(width, height)) == png(width, height)
    assert _kept(jpeg(width, height)) == jpeg(width, height)


@pytest.mark.parametrize(
    ("width", "height"),
    [(30_001, 1), (1, 30_001), (20_000, 10_001), (10_001, 20_000), (0, 1), (1, 0), (0, 0)],
)
def test_a_picture_may_not_be_larger(width: int, height: int) -> None:
    """D-MAIL-7: one dot more is a trap, and a picture without a dot is none."""
    assert _why(png(width, height)) is AttachmentRefusal.BROKEN
    assert _why(gif(width, height)) is AttachmentRefusal.BROKEN
    assert _why(jpeg(width, height)) is AttachmentRefusal.BROKEN


@given(st.integers(1, 14_000), st.integers(1, 14_000))
def test_a_size_is_read_where_it_stands(width: int, height: int) -> None:
    """D-MAIL-7: whatever its two bytes are, no neighbour is taken for one of them."""
    for whole in (png(width, height), jpeg(width, height), gif(width, height)):
        assert _kept(whole) == whole


def test_a_gif_says_its_size_with_the_low_byte_first() -> None:
    """D-MAIL-7: 255 dots are not 65,280."""
    for width, height in ((255, 1), (1, 255)):
        assert _kept(gif(width, height)) == gif(width, height)
    for width, height in ((65_280, 1), (1, 65_280)):
        assert _why(gif(width, height)) is AttachmentRefusal.BROKEN


@st.composite
def _pieces(draw: st.DrawFn) -> bytes:
    """A row of data blocks, with the empty one that ends it."""
    blocks = draw(st.lists(st.binary(min_size=1, max_size=30), max_size=3))
    if draw(st.booleans()):
        blocks.append(bytes(255))
    return b"".join(bytes([len(each)]) + each for each in blocks) + b"\x00"


_PACKED = st.integers(0, 255)


def _palette(packed: int) -> bytes:
    return bytes(3 * 2 ** (packed % 8 + 1)) if packed >= 128 else b""


@st.composite
def _gifs(draw: st.DrawFn) -> bytes:
    """A GIF of any pictures and extensions, with and without tables of colours."""
    packed = draw(_PACKED)
    parts = [b"GIF89a\x01\x00\x01\x00", bytes([packed]), b"\x00\x00", _palette(packed)]
    kinds = draw(st.lists(st.booleans(), min_size=1, max_size=4).filter(any))
    for is_picture in kinds:
        if is_picture:
            own = draw(_PACKED)
            parts += [b"\x2c", bytes(8), bytes([own]), _palette(own), b"\x02", draw(_pieces())]
        else:
            parts += [b"\x21", bytes([draw(_PACKED)]), draw(_pieces())]
    return b"".join([*parts, b"\x3b"])


@given(_gifs())
def test_any_gif_is_kept_to_its_last_byte_and_no_further(whole: bytes) -> None:
    """D-MAIL-7: pictures, extensions and tables of colours are walked over, to the byte."""
    assert _kept(whole) == whole
    assert _kept(whole + NOTE) == whole
    assert _why(whole[:-1]) is AttachmentRefusal.BROKEN


def test_a_gif_of_extensions_alone_is_no_picture() -> None:
    """D-MAIL-7: something has to be drawn."""
    empty = GIF[:13] + GIF[13:19] + b"\x21\xf9\x04\x00\x00\x00\x00\x00" + b"\x3b"
    assert _why(empty) is AttachmentRefusal.BROKEN


@given(st.lists(st.tuples(st.sampled_from([b"tEXt", b"IDAT", b"gAMA"]), st.binary(max_size=40))))
def test_any_png_is_kept_to_its_last_byte_and_no_further(chunks: list[tuple[bytes, bytes]]) -> None:
    """D-MAIL-7: whatever chunks stand between its head and its end, one of them has to draw."""
    head, end = PNG[:33], PNG[-12:]
    whole = head + b"".join(chunk(name, data) for name, data in chunks) + end
    if any(name == b"IDAT" for name, _ in chunks):
        assert _kept(whole + NOTE) == whole
    else:
        assert _why(whole + NOTE) is AttachmentRefusal.BROKEN


@pytest.mark.parametrize(
    "first",
    [chunk(b"IHDR", PNG[16:29] + b"\x00"), chunk(b"IHDR", PNG[16:28]), chunk(b"gAMA", PNG[16:29])],
    ids=["a longer head", "a shorter head", "another chunk"],
)
def test_a_png_begins_with_its_head(first: bytes) -> None:
    """D-MAIL-7: the head of a PNG is the first chunk, and of one length."""
    assert _why(PNG[:8] + first + PNG[33:]) is AttachmentRefusal.BROKEN


# ------------------------------------------------------------------------------------ two in one


def test_an_archive_is_found_from_its_end() -> None:
    """D-MAIL-7: a picture whose last 65,557 bytes hold the end of an archive is one too."""
    rest = PNG[33:]
    for distance, refused in ((100, True), (65_557, True), (65_558, False)):
        # The mark, what fills the chunk, the chunk's checksum, and the rest of the picture.
        filling = bytes(distance - len(ARCHIVE_END) - 4 - len(rest))
        whole = PNG[:33] + chunk(b"tEXt", ARCHIVE_END + filling) + rest
        assert len(whole) - whole.index(ARCHIVE_END) == distance
        if refused:
            assert _why(whole) is AttachmentRefusal.TWO_IN_ONE
        else:
            assert _kept(whole) == whole


def test_a_file_inside_a_drawing_of_a_pdf_is_its_own() -> None:
    """D-MAIL-7: a picture in a stream of a PDF is no second file; outside of streams it is one."""
    inside = PDF.replace(b"xref\n0", b"stream\n" + PNG + b"\nendstream\nxref\n0")
    outside = PDF.replace(b"xref\n0", PNG + b"\nxref\n0")
    assert _kept(inside).endswith(EOF)
    assert _why(outside) is AttachmentRefusal.TWO_IN_ONE


# --------------------------------------------------------------------------------------------- PDF


@pytest.mark.parametrize("rest", [b"", b"\n", b"\r\n", NOTE])
def test_a_pdf_is_kept_to_its_last_mark(rest: bytes) -> None:
    """D-MAIL-7: a PDF that was changed has several ends, and the last one counts."""
    first = PDF.rstrip()
    changed = first + b"\n5 0 obj\n<<>>\nendobj\nstartxref\n9\n%%EOF"
    assert _kept(first + rest) == first
    assert _kept(changed + rest) == changed


def test_a_pdf_ends_near_the_end_of_the_file() -> None:
    """D-MAIL-7: its last mark begins within the last 1,024 bytes, and what comes after is cut."""
    whole = PDF.rstrip()
    assert _kept(whole + b" " * (1_024 - len(EOF))) == whole
    assert _why(whole + b" " * (1_025 - len(EOF))) is AttachmentRefusal.BROKEN


def test_a_pdf_says_where_its_contents_are() -> None:
    """D-MAIL-7: `startxref` stands within the 1,024 bytes before the last mark."""
    head, word = PDF[: PDF.index(b"startxref")], b"startxref"
    near = head + word + b" " * (1_024 - len(word)) + EOF
    assert _kept(near) == near
    assert _why(head + word + b" " * (1_025 - len(word)) + EOF) is AttachmentRefusal.BROKEN
    assert _why(head + b" " * 20 + EOF) is AttachmentRefusal.BROKEN
    assert _why(head + word + b" 9") is AttachmentRefusal.BROKEN


@pytest.mark.parametrize("head", [b"%PDF-1.7\n", b"%PDF-2.0\r", b"%PDF-1.0 "])
def test_a_pdf_says_which_version_it_is(head: bytes) -> None:
    """D-MAIL-7: 1 or 2, a digit, and the end of the line."""
    rest = PDF[9:].rstrip()
    assert _kept(head + rest) == head + rest
    for wrong in (b"%PDF-3.0\n", b"%PDF-1.x\n", b"%PDF-1.40", b"%PDF-1,4\n"):
        assert _why(wrong + rest) is AttachmentRefusal.BROKEN


def _with_streams(*streams: bytes) -> bytes:
    packed = b"".join(b"stream\n" + each + b"\nendstream\n" for each in streams)
    return PDF[:9] + packed + b"startxref\n9\n%%EOF"


def test_a_pdf_is_unpacked_so_far_and_no_further() -> None:
    """faults: 170. Five million bytes in all, however little they were packed into."""
    sizes = (3_000_000, 1_999_999, 10)
    data = _with_streams(*(zlib.compress(bytes(size)) for size in sizes))
    assert [len(each) for each in attachments._inflated(data)] == [3_000_000, 1_999_999, 1]
    bomb = zlib.compress(bytes(20_000_000))
    assert [len(each) for each in attachments._inflated(_with_streams(bomb, bomb))] == [5_000_000]
    program = zlib.compress(b"<</S/JavaScript>>")
    full = zlib.compress(bytes(5_000_000))
    assert _kept(_with_streams(full, program)).endswith(EOF)
    assert _why(_with_streams(program, full)) is AttachmentRefusal.ACTIVE


def test_a_stream_that_is_not_packed_hides_no_other() -> None:
    """D-MAIL-7: what cannot be unpacked is passed over, and the next one is read."""
    program = zlib.compress(b"<</S/JavaScript>>")
    assert _why(_with_streams(b"a photograph", program)) is AttachmentRefusal.ACTIVE


# ------------------------------------------------------------------------------------- what it says


def _hex(text: str) -> bytes:
    return text.encode().hex(" ").encode()


@pytest.mark.parametrize(
    "content",
    [
        b"BT (klinik@clinic-one.example) Tj ET",
        rb"BT (klinik\@clinic\-one.example) Tj ET",
        b"BT [(kli) 3 (nik@clinic-one.example)] TJ ET",
        b"BT <" + _hex("klinik@clinic-one.example") + b"> Tj ET",
        b"BT <" + _hex("klinik@clinic") + b"\n7> Tj <" + _hex("-one.example") + b"> Tj ET",
        b"BT [<" + _hex("klinik@") + b"> 3 (clinic-one.example)] TJ ET",
        b"<</Contact klinik@cli\x00nic-one.example>>",
    ],
    ids=["plain", "escaped", "in pieces", "in digits", "odd digits", "both", "around a mark"],
)
def test_an_address_is_seen_however_a_page_shows_it(content: bytes) -> None:
    """D-MAIL-2: in letters, in digits, in pieces, and where nothing is shown."""
    assert may_hold_address(check(Upload("x", pdf(content=content))).unwrap(), [OURS])


def test_an_address_outside_of_streams_is_seen() -> None:
    """D-MAIL-2: also where a mark that nobody sees stands in it."""
    for said in (b"(klinik@clinic-one.example)", b"(klinik@cli\x00nic-one.example)"):
        checked = check(Upload("x", pdf(extra=b"/Title" + said))).unwrap()
        assert may_hold_address(checked, [OURS])


@pytest.mark.parametrize("data", [JPEG, PNG, GIF, pdf(content=b"BT <4> Tj <zz> Tj (\\) ET")])
def test_what_holds_no_address_warns_of_none(data: bytes) -> None:
    """D-MAIL-2: pictures and damaged pages hold no text, and nothing is raised."""
    assert not may_hold_address(check(Upload("x", data)).unwrap(), [OURS])


# ------------------------------------------------------------------------------------------- names


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("  min  prøve   svar .pdf", "min prøve svar.pdf"),
        ("svar.fra.lægen.pdf", "svar.fra.lægen.pdf"),
        (" - svar - .pdf", "svar.pdf"),
        (".-svar-..pdf", "svar.pdf"),
        ("X-ray of X.png", "X-ray of X.pdf"),
        ("a\u00a0b\u2003c.pdf", "abc.pdf"),
        ("pro\u0308ve.pdf", "pröve.pdf"),
        ("uden endelse", "uden endelse.pdf"),
        ("a" * 79 + " b.pdf", "a" * 79 + ".pdf"),
        ("com1.x.pdf", "com1.x.pdf"),
        ("LPT9.pdf", "fil.pdf"),
        ("...", "fil.pdf"),
    ],
)
def test_a_name_is_kept_as_far_as_it_does_no_harm(name: str, safe: str) -> None:
    """faults: 170. One blank between words, none and no dots and dashes at the ends."""
    assert safe_name(name, FileKind.PDF) == safe
