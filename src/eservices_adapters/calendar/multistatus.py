"""What a CalDAV server answers about many things at once: a multistatus (RFC 4918, 13).

Here: bytes from a server in, what they say of each resource out, within bounds. Not here: what is
asked (`dav`), and what an event says (`busy`).

A document type is refused where it begins, so no entity is ever defined, expanded or fetched
(faults: 162); depth and number of elements are counted while the parser runs. Elements that nobody
asked for are dropped as they come. The parser is Python's own: a third-party one would bring
nothing that is not switched off here.
"""

import re
from collections.abc import Callable, Mapping
from typing import Final
from urllib.parse import unquote_to_bytes, urlsplit
from xml.parsers import expat

from attrs import Factory, define, field, frozen

from eservices_core.outcome import Failure, Outcome, Success

MAX_DEPTH: Final = 32
MAX_ELEMENTS: Final = 1_000_000
MAX_TEXT: Final = 10 * 1024 * 1024
"""The most that one element may hold: an event of ten megabytes is nobody's appointment."""
MAX_HREF: Final = 2_000
MAX_WORD: Final = 1_000
"""The longest ETag, token or status line that is taken."""

_DAV: Final = "DAV: "
_CALDAV: Final = "urn:ietf:params:xml:ns:caldav "
_SERVER: Final = "http://calendarserver.org/ns/ "
_ROOT: Final = (f"{_DAV}multistatus",)
_RESPONSE: Final = (*_ROOT, f"{_DAV}response")
_PROPSTAT: Final = (*_RESPONSE, f"{_DAV}propstat")
_PROP: Final = (*_PROPSTAT, f"{_DAV}prop")
_LEAVES: Final[Mapping[tuple[str, ...], str]] = {
    (*_RESPONSE, f"{_DAV}href"): "href",
    (*_RESPONSE, f"{_DAV}status"): "status",
    (*_PROPSTAT, f"{_DAV}status"): "propstat",
    (*_PROP, f"{_DAV}getetag"): "etag",
    (*_PROP, f"{_DAV}sync-token"): "token",
    (*_PROP, f"{_SERVER}getctag"): "ctag",
    (*_PROP, f"{_CALDAV}calendar-data"): "data",
    (*_ROOT, f"{_DAV}sync-token"): "new token",
}
_STATUS: Final = re.compile(r"HTTP/[0-9](?:\.[0-9])? ([1-5][0-9]{2})(?: .*)?", re.DOTALL)
_OK: Final = range(200, 300)
_UTF_16: Final = (b"\xff\xfe", b"\xfe\xff")


@frozen
class NotUnderstood:
    """The answer is no multistatus that can be read: nobody knows what the calendar says."""


@frozen
class Found:
    """What was said of one resource.

    Attributes:
        href: its path, decoded, without the server.
        status: of the resource as a whole; None where only its properties have one.
        etag: its ETag as it was written; None where none was said.
        data: its iCalendar text.
        token: its sync token; of a collection.
        ctag: the tag that changes with anything in it; of a collection.
    """

    href: str
    status: int | None = None
    etag: str | None = None
    data: bytes | None = field(default=None, repr=False)
    token: str | None = None
    ctag: str | None = None


@frozen
class Multistatus:
    """What was said of each resource, and the sync token of the whole answer."""

    found: tuple[Found, ...]
    token: str | None = None


def read_multistatus(content: bytes) -> Outcome[Multistatus, NotUnderstood]:
    """Read an answer in UTF-8; nothing is raised."""
    if content.startswith(_UTF_16) or b"\0" in content[:4]:
        return Failure(NotUnderstood())  # by these the parser knows UTF-16, whatever it was told
    reader = _Reader()
    parser = expat.ParserCreate("utf-8", " ")
    parser.buffer_text = True
    parser.StartElementHandler = reader.start
    parser.EndElementHandler = reader.end
    parser.CharacterDataHandler = reader.text
    parser.StartDoctypeDeclHandler = _refuse
    try:
        _ = parser.Parse(content, True)  # noqa: FBT003  the parser's own signature
    except (expat.ExpatError, _Refused, ValueError):
        return Failure(NotUnderstood())
    return Success(Multistatus(tuple(reader.found), reader.token))


def path_of(href: str) -> str | None:
    """The decoded path of an href, absolute or with its server; None where it is none."""
    if len(href) > MAX_HREF:
        return None
    try:
        path = unquote_to_bytes(urlsplit(href.strip()).path).decode()
    except ValueError:
        return None
    return path if path.startswith("/") and path.isprintable() else None


class _Refused(Exception):  # noqa: N818  said in the words of this house
    """Why parsing stopped; never leaves this module."""


def _refuse(*_: object) -> None:
    raise _Refused


@define
class _Response:
    """One response, as far as it was read."""

    hrefs: list[str] = Factory(list[str])
    status: int | None = None
    said: dict[str, str] = Factory(dict[str, str])


class _Reader:
    """Follows the parser through one document."""

    def __init__(self) -> None:
        self.found: list[Found] = []
        self.token: str | None = None
        self._stack: list[str] = []
        self._elements = 0
        self._leaf: str | None = None
        self._pieces: list[str] = []
        self._length = 0
        self._response = _Response()
        self._prop: dict[str, str] = {}
        self._prop_status: int | None = None
        self._takes: dict[str, Callable[[str], None]] = {
            "href": self._take_href,
            "status": self._take_status,
            "propstat": self._take_propstat,
            "new token": self._take_token,
        }

    # --- what the parser calls -------------------------------------------------------------------

    def start(self, name: str, _: object) -> None:
        """Go one element deeper."""
        self._elements += 1
        self._stack.append(name)
        depth = len(self._stack)
        if depth > MAX_DEPTH or self._elements > MAX_ELEMENTS or (depth == 1 and name != _ROOT[0]):
            raise _Refused
        path = tuple(self._stack)
        if path == _RESPONSE:
            self._response = _Response()
        elif path == _PROPSTAT:
            self._prop, self._prop_status = {}, None
        if self._leaf is not None:
            raise _Refused  # what holds a text holds nothing else
        self._leaf = _LEAVES.get(path)
        self._pieces, self._length = [], 0

    def text(self, piece: str) -> None:
        """Keep a piece of what was asked for."""
        if self._leaf is None:
            return
        self._length += len(piece)
        if self._length > (MAX_TEXT if self._leaf == "data" else MAX_HREF):
            raise _Refused
        self._pieces.append(piece)

    def end(self, _: str) -> None:
        """Go one element back."""
        path = tuple(self._stack)
        if self._leaf is not None:
            self._take("".join(self._pieces))
            self._leaf = None
        elif path == _PROPSTAT:
            if self._prop_status is None or self._prop_status in _OK:
                self._response.said.update(self._prop)
        elif path == _RESPONSE:
            self._end_response()
        del self._stack[-1]

    # --- what a leaf says ------------------------------------------------------------------------

    def _take(self, text: str) -> None:
        assert self._leaf is not None, "a leaf has ended"
        take = self._takes.get(self._leaf)
        if take is not None:
            take(text)
        elif self._leaf in self._prop:
            raise _Refused  # said twice, and nobody knows which holds
        elif text or self._leaf == "data":
            self._prop[self._leaf] = text if self._leaf == "data" else _word(text)

    def _take_href(self, text: str) -> None:
        path = path_of(text)
        if path is None:
            raise _Refused
        self._response.hrefs.append(path)

    def _take_status(self, text: str) -> None:
        self._response.status = _status(text)

    def _take_propstat(self, text: str) -> None:
        self._prop_status = _status(text)

    def _take_token(self, text: str) -> None:
        self.token = _word(text) or None

    def _end_response(self) -> None:
        said = self._response.said
        if not self._response.hrefs:
            raise _Refused
        if len(self._response.hrefs) > 1 and said:
            raise _Refused  # many resources share a status, never a version or a text
        data = said.get("data")
        for href in self._response.hrefs:
            self.found.append(
                Found(
                    href,
                    self._response.status,
                    said.get("etag"),
                    None if data is None else data.encode(),
                    said.get("token"),
                    said.get("ctag"),
                )
            )


def _word(text: str) -> str:
    word = text.strip()
    if len(word) > MAX_WORD or not word.isprintable():
        raise _Refused
    return word


def _status(text: str) -> int:
    found = _STATUS.fullmatch(text.strip())
    if found is None:
        raise _Refused
    return int(found[1])
