"""A MeMo message as XML, written as it goes: no tree, and never a whole file in memory (D-POST-3).

Here: the order of the elements, what differs between 1.1 and 1.2, and escaping. Not here: whether a
message keeps the rules (`post.memo`). Receivers want the prefix `memo` in so many letters, and no
default namespace; the encoding is UTF-8; every time is UTC and ends in Z. What is written depends
on the message and the version alone, so the same message is always the same bytes.
"""

from base64 import b64encode
from collections.abc import Generator
from datetime import UTC, datetime
from enum import Enum, unique
from typing import Final, Protocol
from xml.sax.saxutils import escape

from eservices_core.post.memo import Action, Document, Draft, File, Memo, Readable, Reservation

_NAMESPACE: Final = "https://DigitalPost.dk/MeMo-1"
_CHUNK: Final = 3 * 16 * 1024
"""A multiple of three, so that the pieces' base64 is the file's."""


@unique
class MemoVersion(Enum):
    """The version of the format; both are taken until 1.1 is called off."""

    V1_1 = "1.1"
    V1_2 = "1.2"


class Writable(Protocol):
    """Where bytes go."""

    def write(self, data: bytes, /) -> object:
        """Take some bytes."""
        ...


class FileChanged(Exception):  # noqa: N818  broken infrastructure, said plainly
    """A file gave more or fewer bytes than it was said to have; what was written is no message."""


def write_memo(memo: Memo, version: MemoVersion, sink: Writable) -> None:
    """Write a message, with base64 in pieces of 64 KiB.

    Raises:
        FileChanged: the sink then holds part of a message, to be thrown away.
    """
    for piece in memo_pieces(memo, version):
        _ = sink.write(piece)


def memo_pieces(
    memo: Memo, version: MemoVersion, *, declared: bool = True
) -> Generator[bytes, None, None]:
    """Give a message piece by piece, no more than 64 KiB of a file at a time.

    Without `declared` it begins with its element, to stand inside another document.

    Raises:
        FileChanged: what was given until then is part of a message, to be thrown away.
    """
    out = _Out()
    attributes = f'xmlns:memo="{_NAMESPACE}" memoVersion="{version.value}"'
    if version is MemoVersion.V1_1:
        attributes += ' memoSchVersion="1.1.0"'
    if declared:
        out.raw('<?xml version="1.0" encoding="UTF-8"?>\n')
    out.raw(f"<memo:Message {attributes}>")
    _header(out, memo.draft)
    with out.element("MessageBody"):
        out.leaf("createdDateTime", _zulu(memo.draft.created_at))
        yield from _document(out, "MainDocument", memo.draft.main)
        for document in memo.draft.more:
            yield from _document(out, "AdditionalDocument", document)
    out.raw("</memo:Message>")
    if declared:
        out.raw("\n")
    yield out.taken()


def _header(out: "_Out", draft: Draft) -> None:
    with out.element("MessageHeader"):
        out.leaf("messageType", "DIGITALPOST")
        out.leaf("messageUUID", draft.uuid)
        out.leaf("label", draft.label)
        out.leaf("notification", draft.notification)
        if draft.not_before is not None:
            out.leaf("doNotDeliverUntilDate", draft.not_before.isoformat())
        out.leaf("mandatory", "false")
        out.leaf("legalNotification", "false")
        with out.element("Sender"):
            out.leaf("senderID", draft.sender.cvr)
            out.leaf("idType", "CVR")
            out.leaf("label", draft.sender.label)
        with out.element("Recipient"):
            out.leaf("recipientID", draft.recipient.id)
            out.leaf("idType", draft.recipient.id_type.value)
            out.leaf("label", draft.recipient.label)


def _document(out: "_Out", name: str, document: Document) -> Generator[bytes, None, None]:
    with out.element(name):
        out.leaf("label", document.label)
        for file in document.files:
            yield from _file(out, file)
        for action in document.actions:
            _action(out, action)


def _file(out: "_Out", file: File) -> Generator[bytes, None, None]:
    with out.element("File"):
        out.leaf("encodingFormat", file.media_type)
        out.leaf("filename", file.name)
        out.leaf("language", file.language)
        with out.element("content"):
            yield out.taken()
            yield from _content(file)


def _content(file: File) -> Generator[bytes, None, None]:
    source = file.open()
    try:
        left = file.size
        while left:
            piece = _read(source, min(left, _CHUNK))
            yield b64encode(piece)
            left -= len(piece)
        if source.read(1):
            raise FileChanged
    finally:
        close = getattr(source, "close", None)  # a file has one, and what is read once may not
        if close is not None:
            close()


def _read(source: Readable, size: int) -> bytes:
    """Read so many bytes, however few come at a time."""
    piece = source.read(size)
    if len(piece) == size:
        return piece
    pieces = [piece]
    missing = size - len(piece)
    while missing > 0:
        if not pieces[-1]:
            raise FileChanged
        pieces.append(source.read(missing))
        missing -= len(pieces[-1])
    if missing:
        raise FileChanged
    return b"".join(pieces)


def _action(out: "_Out", action: Action) -> None:
    with out.element("Action"):
        out.leaf("label", action.label)
        out.leaf("actionCode", action.code.value)
        if action.reservation is not None:
            _reservation(out, action.reservation)
        if action.url is not None:
            with out.element("EntryPoint"):
                out.leaf("url", action.url)


def _reservation(out: "_Out", reservation: Reservation) -> None:
    with out.element("Reservation"):
        out.leaf("description", reservation.description)
        out.leaf("reservationUUID", reservation.uuid)
        out.leaf("abstract", reservation.abstract)
        out.leaf("location", reservation.location)
        out.leaf("startDateTime", _zulu(reservation.starts_at))
        out.leaf("endDateTime", _zulu(reservation.ends_at))
        out.leaf("organizerName", reservation.organizer)


def _zulu(at: datetime) -> str:
    """Write an instant in UTC, to the second."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


class _Out:
    """Gathers small pieces, and closes what was opened."""

    def __init__(self) -> None:
        self._pieces: list[str] = []

    def raw(self, text: str) -> None:
        self._pieces.append(text)

    def leaf(self, name: str, text: str | None) -> None:
        if text is not None:
            self.raw(f"<memo:{name}>{escape(text)}</memo:{name}>")

    def element(self, name: str) -> "_Element":
        return _Element(self, name)

    def taken(self) -> bytes:
        """Give what was gathered, and begin anew."""
        gathered = "".join(self._pieces).encode("utf-8")
        self._pieces.clear()
        return gathered


class _Element:
    def __init__(self, out: _Out, name: str) -> None:
        self._out, self._name = out, name

    def __enter__(self) -> None:
        self._out.raw(f"<memo:{self._name}>")

    def __exit__(self, *_: object) -> None:
        self._out.raw(f"</memo:{self._name}>")
