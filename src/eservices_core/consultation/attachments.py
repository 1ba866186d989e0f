"""Files that come with a message: pictures and PDF, known by their content alone (D-MAIL-7).

What a file is called, and what the browser says of it, is never believed: a file is what its bytes
are, from its first to its last. One that could also be read as something else (an archive, a page)
is refused. Here: looking at one file. Not here: how many, and how large (the clinic's settings).
"""

import re
import unicodedata
import zlib
from collections.abc import Iterable, Iterator
from enum import Enum, unique
from typing import Final

from attrs import field, frozen

from eservices_core.consultation.message import FileKind
from eservices_core.outcome import Failure, Outcome, Success
from eservices_core.words.address_in_text import holds_address
from eservices_core.words.email_address import EmailAddress


@frozen
class Upload:
    """A file as a browser sends it; its name may be anything."""

    name: str = field(repr=False)
    data: bytes = field(repr=False)


@frozen
class Checked:
    """A file that is what it is: its kind, its bytes as they are kept, and a name without harm."""

    kind: FileKind
    data: bytes = field(repr=False)
    name: str = field(repr=False)


@unique
class AttachmentRefusal(Enum):
    """Why a file is not taken."""

    TOO_MANY = "too_many_files"
    TOO_LARGE = "file_too_large"
    NOT_A_PICTURE_OR_PDF = "not_a_picture_or_pdf"
    BROKEN = "file_broken"
    """It begins like one, and does not go on or end like one."""
    TWO_IN_ONE = "file_two_in_one"
    """Something else hangs on to it."""
    ACTIVE = "file_active"
    """It holds a program, or other files."""


def check_all(
    uploads: tuple[Upload, ...], count: int, size: int
) -> Outcome[tuple[Checked, ...], AttachmentRefusal]:
    """Look at all files of one message: at most `count`, each of at most `size` bytes."""
    if len(uploads) > count:
        return Failure(AttachmentRefusal.TOO_MANY)
    kept: list[Checked] = []
    for upload in uploads:
        if len(upload.data) > size:
            return Failure(AttachmentRefusal.TOO_LARGE)
        checked = check(upload)
        if isinstance(checked, Failure):
            return checked
        kept.append(checked.unwrap())
    return Success(tuple(kept))


def check(upload: Upload) -> Outcome[Checked, AttachmentRefusal]:
    """Look at one file. Anything may come in; nothing is raised, and time is linear in its size."""
    data = upload.data
    for kind, (beginnings, end_of) in _KINDS.items():
        if data.startswith(beginnings):
            try:
                end = end_of(data)
            except (IndexError, _Broken):
                return Failure(AttachmentRefusal.BROKEN)
            return _kept(kind, upload, end)
    return Failure(AttachmentRefusal.NOT_A_PICTURE_OR_PDF)


def _kept(kind: FileKind, upload: Upload, end: int) -> Outcome[Checked, AttachmentRefusal]:
    # Telephones hang notes of their own on pictures; what is no other file is cut off.
    data, rest = upload.data[:end], upload.data[end:]
    if _OTHERS.search(rest) or _ARCHIVE_ENDS in data[-_ARCHIVE_TAIL:]:
        return Failure(AttachmentRefusal.TWO_IN_ONE)
    if kind is FileKind.PDF:
        if _OTHERS.search(_STREAM.sub(b" ", data), len(b"%PDF-")):
            return Failure(AttachmentRefusal.TWO_IN_ONE)
        if _is_active(data):
            return Failure(AttachmentRefusal.ACTIVE)
    return Success(Checked(kind, data, safe_name(upload.name, kind)))


class _Broken(Exception):  # noqa: N818  said in the words of this house
    """The bytes do not go on as they began."""


_OTHERS: Final = re.compile(
    rb"PK(?:\x03\x04|\x05\x06|\x07\x08)|%PDF-|\x89PNG|GIF8|Rar!|7z\xbc\xaf|\x7fELF"
    rb"|<(?:!doctype|html|svg|script|body|iframe|\?xml|\?php)",
    re.IGNORECASE,
)
_ARCHIVE_ENDS: Final = b"PK\x05\x06"
_ARCHIVE_TAIL: Final = 65_557
"""An archive is found from its end, within its longest comment."""

# --- where each kind ends ------------------------------------------------------------------------

_SIDE_MAX: Final = 30_000
_PIXELS_MAX: Final = 200_000_000
"""A picture that small in bytes and larger than this is a trap for whoever opens it."""


def _fits(width: int, height: int) -> None:
    if not (0 < width <= _SIDE_MAX and 0 < height <= _SIDE_MAX and width * height <= _PIXELS_MAX):
        raise _Broken


def _big(data: bytes, at: int, count: int) -> int:
    if at + count > len(data):
        raise _Broken
    return int.from_bytes(data[at : at + count])


def _end_of_png(data: bytes) -> int:
    """Walk the chunks (PNG, 5.3): IHDR first, data within, IEND last, each with its checksum."""
    seen: list[bytes] = []
    at = 8
    while True:
        length, name = _big(data, at, 4), data[at + 4 : at + 8]
        checksum = _big(data, at + 8 + length, 4)
        if zlib.crc32(data[at + 4 : at + 8 + length]) != checksum:
            raise _Broken
        if not seen:
            if name != b"IHDR" or length != 13:  # noqa: PLR2004  PNG, 11.2.1
                raise _Broken
            _fits(_big(data, at + 8, 4), _big(data, at + 12, 4))
        seen.append(name)
        at += 12 + length
        if name == b"IEND":
            if b"IDAT" not in seen:
                raise _Broken
            return at


_SIZES: Final = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_ALONE: Final = frozenset({0x01, *range(0xD0, 0xD8)})
_END, _SCAN = 0xD9, 0xDA


def _end_of_jpeg(data: bytes) -> int:
    """Walk the segments (ITU-T T.81, B.1): sizes, at least one scan, and the end of the image."""
    at, sized, scanned = 2, False, False
    while True:
        if data[at] != 0xFF:  # noqa: PLR2004  every marker begins so
            raise _Broken
        marker = data[at + 1]
        if marker == 0xFF:  # noqa: PLR2004  a fill byte
            at += 1
            continue
        if marker == _END:
            if not (sized and scanned):
                raise _Broken
            return at + 2
        if marker in _ALONE:
            at += 2
            continue
        length = _big(data, at + 2, 2)
        if length < 2 or at + 2 + length > len(data):  # noqa: PLR2004  it counts itself
            raise _Broken
        if marker in _SIZES:
            _fits(_big(data, at + 7, 2), _big(data, at + 5, 2))
            sized = True
        at += 2 + length
        if marker == _SCAN:
            scanned = True
            at = _after_scan(data, at)


_MARKER: Final = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]")


def _after_scan(data: bytes, at: int) -> int:
    """Find the marker that ends a scan's data, in which 0xFF stands stuffed or as a restart."""
    found = _MARKER.search(data, at)
    if found is None:
        raise _Broken
    return found.start()


def _end_of_gif(data: bytes) -> int:
    """Walk the blocks (GIF89a): the screen, pictures and extensions, and the trailer."""
    _fits(int.from_bytes(data[6:8], "little"), int.from_bytes(data[8:10], "little"))
    at, drawn = 13 + _colours(data[10]), False
    while True:
        introducer = data[at]
        if introducer == 0x3B:  # noqa: PLR2004  the trailer
            if not drawn:
                raise _Broken
            return at + 1
        if introducer == 0x2C:  # noqa: PLR2004  a picture
            drawn = True
            at += 10 + _colours(data[at + 9]) + 1
        elif introducer == 0x21:  # noqa: PLR2004  an extension
            at += 2
        else:
            raise _Broken
        while data[at]:
            at += 1 + data[at]
        at += 1


def _colours(packed: int) -> int:
    return 3 << ((packed & 7) + 1) if packed & 0x80 else 0


_PDF_TAIL: Final = 1_024


def _end_of_pdf(data: bytes) -> int:
    """A PDF begins at its first byte, and says near its end where its table of contents is."""
    if not re.match(rb"%PDF-[12]\.\d[\r\n\s]", data):
        raise _Broken
    end = data.rfind(b"%%EOF")
    if (
        end < 0
        or len(data) - end > _PDF_TAIL
        or b"startxref" not in data[max(0, end - _PDF_TAIL) :]
    ):
        raise _Broken
    return end + len(b"%%EOF")


_KINDS: Final = {
    FileKind.PDF: ((b"%PDF-",), _end_of_pdf),
    FileKind.JPEG: ((b"\xff\xd8\xff",), _end_of_jpeg),
    FileKind.PNG: ((b"\x89PNG\r\n\x1a\n",), _end_of_png),
    FileKind.GIF: ((b"GIF87a", b"GIF89a"), _end_of_gif),
}

_ACTIVE: Final = re.compile(rb"/(?:JavaScript|JS|Launch|EmbeddedFiles?|RichMedia|XFA)(?![A-Za-z])")
_CODED: Final = re.compile(rb"#([0-9A-Fa-f]{2})")
_STREAM: Final = re.compile(rb"stream\r?\n(.*?)endstream", re.DOTALL)
_INFLATED_MAX: Final = 5_000_000


def _is_active(data: bytes) -> bool:
    """True if a PDF names a program or other files: in its objects, not in what is drawn."""
    objects = (_STREAM.sub(b" ", data), *(each for each in _inflated(data) if b"<<" in each))
    return any(_ACTIVE.search(_plain_names(each)) for each in objects)


def _plain_names(data: bytes) -> bytes:
    """Undo the codes in which a PDF may write the letters of a name (ISO 32000-1, 7.3.5)."""
    return _CODED.sub(lambda found: bytes.fromhex(found[1].decode()), data)


def _inflated(data: bytes) -> Iterator[bytes]:
    """Unpack the streams of a PDF, so much of them and no more."""
    left = _INFLATED_MAX
    for found in _STREAM.finditer(data):
        if left <= 0:
            return
        try:
            inflated = zlib.decompressobj().decompress(found[1], left)
        except zlib.error:
            continue
        left -= len(inflated)
        yield inflated


# --- names ---------------------------------------------------------------------------------------

_NAME_MAX: Final = 80
_ENDINGS: Final = {
    FileKind.PDF: ".pdf",
    FileKind.JPEG: ".jpg",
    FileKind.PNG: ".png",
    FileKind.GIF: ".gif",
}
_NOT_IN_NAMES: Final = frozenset('<>:"/\\|?*%&')
_DEVICES: Final = re.compile(r"(?:con|prn|aux|nul|com\d|lpt\d)", re.IGNORECASE)


def safe_name(name: str, kind: FileKind) -> str:
    """Make a name without harm: one short line, no folders, and the ending of what it is.

    >>> safe_name("../../etc/x.exe", FileKind.PDF), safe_name("", FileKind.PNG)
    ('x.pdf', 'fil.png')
    """
    last = re.split(r"[/\\]", name)[-1]
    kept = "".join(
        each
        for each in unicodedata.normalize("NFC", last)
        if (each not in _NOT_IN_NAMES and unicodedata.category(each)[0] not in "CZ") or each == " "
    )
    stem = " ".join(kept.rpartition(".")[0].split() or kept.split())[:_NAME_MAX].strip(" .-")
    if not stem or _DEVICES.fullmatch(stem):
        stem = "fil"
    return f"{stem}{_ENDINGS[kind]}"


# --- what a PDF says -----------------------------------------------------------------------------

_SHOWN: Final = re.compile(rb"\(((?:[^()\\]|\\.)*)\)|<([0-9A-Fa-f\s]+)>")
_PRINTED: Final = re.compile(rb"[\t\r\n -~]{4,}")


def may_hold_address(file: Checked, addresses: Iterable[EmailAddress]) -> bool:
    """True if a clinic's address stands in what can be read of a file (D-MAIL-2: it warns).

    What is drawn, scanned or written in a font with letters of its own cannot be read.
    """
    sought = tuple(addresses)
    return bool(sought) and any(holds_address(each, sought) for each in _texts(file.data))


def _texts(data: bytes) -> Iterator[str]:
    yield " ".join(run.decode("ascii") for run in _PRINTED.findall(data[:_INFLATED_MAX]))
    for each in _inflated(data):
        yield " ".join(run.decode("ascii") for run in _PRINTED.findall(each))
        yield "".join(_shown(each))


def _shown(content: bytes) -> Iterator[str]:
    for found in _SHOWN.finditer(content):
        if found[1] is not None:
            yield found[1].decode("latin-1").replace("\\", "")
        else:
            digits = re.sub(rb"\s", b"", found[2])
            yield bytes.fromhex(digits[: len(digits) // 2 * 2].decode()).decode("latin-1")
