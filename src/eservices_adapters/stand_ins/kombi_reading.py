"""What the stand-in of digital post looks at in a message as it streams in, and what it answers.

Here: the frame around the message, its UUID, and the order of its header, which real receivers
enforce; and a `kombi_response`. Not here: the schema of the message.
"""

from collections.abc import Iterable
from hashlib import sha256
from typing import Final
from xml.parsers import expat

from attrs import frozen

_HEADER: Final = (
    "memo:messageType",
    "memo:messageUUID",
    "memo:messageID",
    "memo:messageCode",
    "memo:label",
    "memo:notification",
    "memo:additionalNotification",
    "memo:reply",
    "memo:replyByDateTime",
    "memo:doNotDeliverUntilDate",
    "memo:mandatory",
    "memo:legalNotification",
    "memo:postType",
    "memo:Sender",
    "memo:Recipient",
    "memo:ContentData",
    "memo:ForwardData",
    "memo:ReplyData",
)
_NEEDED: Final = frozenset({"memo:messageUUID", "memo:label", "memo:Sender", "memo:Recipient"})
_UUID_PATH: Final = ("kombi_request", "memo:Message", "memo:MessageHeader", "memo:messageUUID")
_HEADER_DEPTH: Final = 3
_DEPTH_MAX: Final = 50
_UUID_MAX: Final = 36


@frozen
class Read:
    """A message: its UUID, what tells it from others, and how many bytes it had."""

    uuid: str
    digest: str
    size: int


@frozen
class Invalid:
    """It is none; `why` is the service's code."""

    why: str


class _Refused(Exception):  # noqa: N818  said in the words of this house
    """It need not be read on."""


def read_request(pieces: Iterable[bytes]) -> Read | Invalid:
    """Read a request to its end, piece by piece; nothing of it is kept but its UUID.

    `memo.invalid`: it is no XML, has another frame, or its header is out of order.
    """
    reader, digest, size = _Reader(), sha256(), 0
    problem: str | None = None
    for piece in pieces:
        digest.update(piece)
        size += len(piece)
        if problem is None:
            problem = reader.take(piece, last=False)
    problem = problem or reader.take(b"", last=True)
    if problem is not None or not reader.header >= _NEEDED:
        return Invalid(problem or "memo.invalid")
    return Read(reader.uuid.lower(), digest.hexdigest(), size)


class _Reader:
    """Follows one document without keeping it."""

    def __init__(self) -> None:
        self.uuid = ""
        self.header: set[str] = set()
        self._path: list[str] = []
        self._place = 0
        # Without namespaces, so that a prefix is seen as it was written.
        self._parser = expat.ParserCreate("utf-8")
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.CharacterDataHandler = self._text
        self._parser.StartDoctypeDeclHandler = self._doctype

    def take(self, piece: bytes, *, last: bool) -> str | None:
        """Read on; the code of what is wrong, if anything is."""
        try:
            _ = self._parser.Parse(piece, last)
        except (expat.ExpatError, _Refused):
            return "memo.invalid"
        return None

    def _doctype(self, *_: object) -> None:
        raise _Refused

    def _start(self, name: str, _attributes: object) -> None:
        if len(self._path) == _HEADER_DEPTH and self._path[-1] == "memo:MessageHeader":
            if name not in _HEADER or _HEADER.index(name) < self._place:
                raise _Refused
            self._place = _HEADER.index(name)
            self.header.add(name)
        self._path.append(name)
        if self._path[0] != "kombi_request" or len(self._path) > _DEPTH_MAX:
            raise _Refused

    def _end(self, _name: str) -> None:
        _ = self._path.pop()

    def _text(self, text: str) -> None:
        if tuple(self._path) == _UUID_PATH:
            self.uuid += text
            if len(self.uuid) > _UUID_MAX:
                raise _Refused


def said_yes(transmission: str) -> bytes:
    """Write the answer to a message that was taken."""
    return (
        "<kombi_response><Result>true</Result>"
        f"<TransmissionID>{transmission}</TransmissionID><HovedoplysningerSvarREST><SvarReaktion>"
        "<Advis><AdvisId>0</AdvisId><AdvisTekst>received</AdvisTekst></Advis></SvarReaktion>"
        "</HovedoplysningerSvarREST></kombi_response>"
    ).encode()


def said_no(code: str) -> bytes:
    """Write the answer to a message that is refused."""
    return (
        "<kombi_response><Result>false</Result><HovedoplysningerSvarREST><SvarReaktion>"
        f"<Fejl><FejlId>{code}</FejlId><FejlTekst>stand-in</FejlTekst></Fejl></SvarReaktion>"
        "</HovedoplysningerSvarREST></kombi_response>"
    ).encode()
