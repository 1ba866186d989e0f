"""What a CalDAV server answers about many resources: XML within bounds, and paths out of hrefs."""

from collections.abc import Hashable

from eservices_adapters.calendar.dav import Place, condition_of
from eservices_adapters.calendar.multistatus import read_multistatus
from eservices_core.outcome import Failure
from tests.fuzz.target import Target

_PLACE = Place("https://calendar.example.dk/clinic-1/dr-a/")
_OPEN = (
    b'<?xml version="1.0" encoding="utf-8"?><D:multistatus xmlns:D="DAV:" '
    b'xmlns:C="urn:ietf:params:xml:ns:caldav" xmlns:S="http://calendarserver.org/ns/">'
)
_FOUND = (
    b"<D:response><D:href>/clinic-1/dr-a/a%%20b.ics</D:href><D:propstat><D:prop>%s</D:prop>"
    b"<D:status>HTTP/1.1 200 OK</D:status></D:propstat></D:response>"
)
_GONE = (
    b"<D:response><D:href>https://calendar.example.dk/clinic-1/dr-a/c.ics</D:href>"
    b"<D:status>HTTP/1.1 404 Not Found</D:status></D:response>"
)
_VERSION = b'<D:getetag>W/"abc"</D:getetag>'
_DATA = b"<C:calendar-data>BEGIN:VCALENDAR&#13;\nEND:VCALENDAR</C:calendar-data>"
_TOKEN = b"<D:sync-token>http://calendar.example.dk/ns/sync/17</D:sync-token>"
_END = b"</D:multistatus>"
_MANY = (
    b'<multistatus xmlns="DAV:"><response><href>/clinic-1/dr-a/</href><href>/x</href>'
    b"<status>HTTP/1.1 507 Insufficient Storage</status></response></multistatus>"
)


def _seeds() -> list[bytes]:
    return [
        _OPEN + _FOUND % _VERSION + _GONE + _TOKEN + _END,
        _OPEN + _FOUND % (_VERSION + _DATA) + _END,
        _OPEN + _FOUND % b"<S:getctag>42</S:getctag><D:sync-token>x</D:sync-token>" + _END,
        _MANY,
    ]


def _attempt(content: bytes) -> Hashable:
    read = read_multistatus(content)
    if isinstance(read, Failure):
        return read.failure()
    said = read.unwrap()
    asked = [_PLACE.at(one.href) for one in said.found if _PLACE.holds(one.href)]
    assert all(url.startswith(_PLACE.url) and url.isascii() for url in asked)
    conditions = [condition_of(one.etag) for one in said.found]
    assert all(
        one is None or (one[0] == one[-1] == '"' and one.isprintable()) for one in conditions
    )
    return (
        *(min(len(said.found), 3), len(asked), said.token is None, None in conditions),
        *(
            any(one.data is not None for one in said.found),
            {one.status for one in said.found} == {404},
        ),
    )


TARGET = Target(
    "multistatus",
    _attempt,
    _seeds,
    words=(
        *(b"<!DOCTYPE a>", b"<!ENTITY x 'y'>", b"&x;", b"&#48;", b"&#0;", b"<!--", b"-->"),
        *(b"<![CDATA[", b"]]>", b"<?x?>", b'encoding="utf-16"', b" xmlns='DAV:'", b"<a>", b"</a>"),
        *(b"<D:response>", b"</D:response>", b"<D:href>", b"</D:href>", b"<D:propstat>"),
        *(
            b"</D:propstat>",
            b"HTTP/1.1 200 OK",
            b"HTTP/2 999",
            b"%2e%2e/",
            b"%00",
            b"//evil/",
            b"?a",
        ),
        *(b"http://[::1", b'"', b'W/""', b"\xef\xbc\x8f"),
    ),
    most=16 * 1024,
)
