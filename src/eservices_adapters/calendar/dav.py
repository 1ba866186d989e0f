"""What is asked of a CalDAV server, and what its answer comes to, one question at a time.

Here: requests and the reading of their answers (RFC 4791, 4918, 6578), as exchanges without I/O.
Not here: what an answer's XML may hold (`multistatus`), which questions make a look at a calendar
(`looking`), and which a change (`caldav`).

The path of what is asked for comes from the server, so it is only ever put after our own server's
name, and only when it lies in the collection that was configured (faults: 167).
"""

from base64 import b64encode
from collections.abc import Iterable
from typing import Final, TypeAlias
from urllib.parse import quote, urlsplit
from xml.sax.saxutils import escape

from attrs import field, frozen

from eservices_adapters.calendar.multistatus import Multistatus, path_of, read_multistatus
from eservices_adapters.wire_http.exchange import Exchange, Request, Response, Silence, Why
from eservices_core.outcome import Failure
from eservices_core.ports.calendar import CalendarUnreachable

Headers: TypeAlias = tuple[tuple[str, str], ...]

_MULTISTATUS: Final = 207
_NO_SUCH: Final = frozenset({404, 410})
_LATER: Final = frozenset({408, 425, 429})
_NOT_US: Final = frozenset({401, 403, 404, 410})
_SERVER_ERROR: Final = 500
_NAMESPACES: Final = (
    'xmlns:D="DAV:" xmlns:C="urn:ietf:params:xml:ns:caldav" xmlns:S="http://calendarserver.org/ns/"'
)
_HEAD: Final = '<?xml version="1.0" encoding="utf-8"?>\n'
_ETAGS: Final = "<D:prop><D:getetag/></D:prop>"


@frozen
class Place:
    """A calendar collection, and how it is logged in to.

    Attributes:
        url: of the collection, ending in a slash: https, or http on this machine.
        user: None where the server asks nobody.
        password: as the user's.
    """

    url: str
    user: str | None = None
    password: str | None = field(default=None, repr=False)

    @property
    def path(self) -> str:
        """The collection's decoded path."""
        path = path_of(urlsplit(self.url).path or "/")
        assert path is not None, "the configuration was read by its shape"
        return path

    def holds(self, path: str) -> bool:
        """Whether a path is one of a thing that lies directly in the collection."""
        name = path.removeprefix(self.path)
        return path.startswith(self.path) and name not in {"", ".", ".."} and "/" not in name

    def at(self, path: str) -> str:
        """The address of a thing in the collection."""
        assert self.holds(path), "nothing outside of the collection is asked for"
        parts = urlsplit(self.url)
        return f"{parts.scheme}://{parts.netloc}{quote(path)}"

    def asked(
        self, method: str, url: str, headers: Headers = (), body: bytes | None = None
    ) -> Exchange[Response]:
        """Ask with the login; raises Trouble, TooLarge or CalendarUnreachable without an answer."""
        login: Headers = ()
        if self.user is not None:
            pair = f"{self.user}:{self.password or ''}".encode()
            login = (("authorization", f"Basic {b64encode(pair).decode('ascii')}"),)
        answer = yield Request(method, url, (*login, *headers), body)
        if isinstance(answer, Silence):
            raise _silent(answer)
        return answer


@frozen
class Got:
    """One resource as it is now.

    Attributes:
        content: its iCalendar text.
        etag: its version, as it is said in a condition; None where the server says none.
    """

    content: bytes = field(repr=False)
    etag: str | None


def condition_of(etag: str | None) -> str | None:
    """An ETag as it stands in a condition: strong, and in quotation marks (faults: 161).

    A proxy that packs an answer marks its ETag as weak; the server behind knows the strong one. If
    it does not, it refuses, and nothing is overwritten.
    """
    if etag is None:
        return None
    bare = etag.strip().removeprefix("W/")
    if not bare.isascii() or not bare.isprintable() or bare in {"", '""'}:
        return None
    return bare if bare.startswith('"') and bare.endswith('"') else f'"{bare.strip(chr(34))}"'


# --- questions -----------------------------------------------------------------------------------


def ask_changes(place: Place, token: str) -> Exchange[Multistatus | None]:
    """Ask what has changed since a token, or with none what is there (RFC 6578).

    None where the server does not know the question, or the token any more.
    """
    body = (
        f"{_HEAD}<D:sync-collection {_NAMESPACES}><D:sync-token>{escape(token)}</D:sync-token>"
        f"<D:sync-level>1</D:sync-level>{_ETAGS}</D:sync-collection>"
    )
    # RFC 6578 wants no depth but 0 here, since the level stands in the body.
    answer = yield from _about(place, "REPORT", body, depth="0")
    return _multistatus(answer, "REPORT")


def ask_tag(place: Place) -> Exchange[str | None]:
    """Ask for the tag that changes with anything in the collection; None where there is none."""
    body = f"{_HEAD}<D:propfind {_NAMESPACES}><D:prop><S:getctag/></D:prop></D:propfind>"
    answer = yield from _about(place, "PROPFIND", body, depth="0")
    said = _multistatus(answer, "PROPFIND")
    return None if said is None else next((one.ctag for one in said.found if one.ctag), None)


def ask_etags(place: Place) -> Exchange[Multistatus]:
    """Ask for the version of everything in the collection."""
    body = f"{_HEAD}<D:propfind {_NAMESPACES}>{_ETAGS}</D:propfind>"
    answer = yield from _about(place, "PROPFIND", body, depth="1")
    said = _multistatus(answer, "PROPFIND")
    if said is None:
        raise unexpected("PROPFIND", answer.status)
    return said


def ask_texts(place: Place, paths: Iterable[str]) -> Exchange[Multistatus | None]:
    """Ask for some resources at once; None where the server cannot, or nobody can read them so."""
    hrefs = "".join(f"<D:href>{escape(quote(path))}</D:href>" for path in paths)
    wanted = "<D:prop><D:getetag/><C:calendar-data/></D:prop>"
    body = f"{_HEAD}<C:calendar-multiget {_NAMESPACES}>{wanted}{hrefs}</C:calendar-multiget>"
    try:
        answer = yield from _about(place, "REPORT", body, depth="1")
        return _multistatus(answer, "REPORT")
    except (NotReadable, TooLarge):
        return None  # one is enough: a character that no XML can hold, a picture in an event


def ask_text(place: Place, path: str) -> Exchange[Got | None]:
    """Ask for one resource; None where there is none."""
    answer = yield from place.asked("GET", place.at(path), (("accept", "text/calendar"),))
    if answer.status in _NO_SUCH:
        return None
    if answer.status != 200:  # noqa: PLR2004  said by the line itself
        raise unexpected("GET", answer.status)
    return Got(answer.body, condition_of(answer.header("etag")))


def put_text(place: Place, path: str, content: bytes, etag: str | None) -> Exchange[int]:
    """Write one resource over the version `etag`, or (None) where nothing lies; the status."""
    condition = ("if-none-match", "*") if etag is None else ("if-match", etag)
    headers = (("content-type", "text/calendar; charset=utf-8"), condition)
    answer = yield from place.asked("PUT", place.at(path), headers, content)
    return answer.status


def delete(place: Place, path: str, etag: str) -> Exchange[int]:
    """Remove one resource of the version `etag`; the status."""
    answer = yield from place.asked("DELETE", place.at(path), (("if-match", etag),))
    return answer.status


# --- answers -------------------------------------------------------------------------------------


class Trouble(CalendarUnreachable):
    """The line broke, or the server is ill: trying again may help."""


class TooLarge(Exception):  # noqa: N818  said in the words of this house
    """A server's answer is larger than the line's bound; never leaves this folder."""


class NotReadable(Exception):  # noqa: N818  said in the words of this house
    """A server's answer is no multistatus; never leaves this folder."""


def unexpected(method: str, status: int) -> CalendarUnreachable:
    """Say that a server answered what nobody can do anything with."""
    why = "does not let us in" if status in {401, 403} else "cannot answer"
    kind = Trouble if status >= _SERVER_ERROR or status in _LATER else CalendarUnreachable
    return kind(f"the calendar's server {why} ({status} to {method})")


def _about(place: Place, method: str, body: str, depth: str) -> Exchange[Response]:
    headers = (("content-type", "application/xml; charset=utf-8"), ("depth", depth))
    return place.asked(method, place.url, headers, body.encode())


def _silent(silence: Silence) -> Exception:
    match silence.why:
        case Why.TOO_LARGE:
            return TooLarge()
        case Why.NOT_ALLOWED:
            return CalendarUnreachable("the calendar's address is none that may be spoken to")
        case Why.UNREACHABLE | Why.TOO_LATE | Why.CUT_OFF | Why.UNREADABLE:
            said = silence.why.value.replace("_", " ")
            return Trouble(f"the line to the calendar's server: {said}")


def _is_trouble(status: int) -> bool:
    """Whether a status says nothing of the question: the server is ill, or we are not let in."""
    return status in _LATER | _NOT_US or (status >= _SERVER_ERROR and status not in {501, 507})


def _multistatus(answer: Response, method: str) -> Multistatus | None:
    if answer.status != _MULTISTATUS:
        if _is_trouble(answer.status) and not (method == "REPORT" and answer.status == 403):  # noqa: PLR2004  RFC 6578 refuses a token with it
            raise unexpected(method, answer.status)
        return None
    read = read_multistatus(answer.body)
    if isinstance(read, Failure):
        raise NotReadable
    return read.unwrap()
