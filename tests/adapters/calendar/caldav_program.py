"""Another program on a CalDAV server, which writes and deletes without asking anybody."""

import re
from base64 import b64encode
from collections.abc import Callable
from http.client import HTTPConnection
from itertools import count
from urllib.parse import unquote, urlsplit

from eservices_core.words.identifiers import BookingId
from eservices_core.words.interval import Interval
from tests.adapters.calendar.making import DOMAIN, a_calendar, utc

_names = count(1)


class DavProgram:
    """Speaks plain HTTP with a collection, whatever our adapter thinks of it."""

    def __init__(self, url: str, login: tuple[str, str] | None = None) -> None:
        parts = urlsplit(url)
        assert parts.hostname is not None
        self.host, self.port, self.path = parts.hostname, parts.port, parts.path
        self.login = login

    def ask(
        self, method: str, path: str = "", body: bytes = b"", **headers: str
    ) -> tuple[int, bytes]:
        """Ask once; the status and the body."""
        line = HTTPConnection(self.host, self.port, timeout=30)
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        if self.login is not None:
            sent["Authorization"] = f"Basic {b64encode(':'.join(self.login).encode()).decode()}"
        try:
            line.request(method, path or self.path, body, sent)
            answer = line.getresponse()
            return answer.status, answer.read()
        finally:
            line.close()

    def make(self) -> None:
        """Make the collection, empty."""
        body = (
            b'<?xml version="1.0"?><C:mkcalendar xmlns:C="urn:ietf:params:xml:ns:caldav"'
            b' xmlns:D="DAV:"><D:set><D:prop><D:displayname>x</D:displayname></D:prop></D:set>'
            b"</C:mkcalendar>"
        )
        status, said = self.ask("MKCALENDAR", body=body, Content_Type="application/xml")
        assert status == 201, (status, said)

    def put(self, name: str, content: bytes) -> None:
        """Write a resource over whatever is there."""
        status, said = self.ask(
            "PUT", self.path + name, content, Content_Type="text/calendar; charset=utf-8"
        )
        assert status in {200, 201, 204}, (status, said)

    def add(self, interval: Interval) -> Callable[[], None]:
        """Enter an appointment; gives what removes it."""
        name = f"theirs-{next(_names)}"
        self.put(
            f"{name}.ics",
            a_calendar(
                f"UID:{name}@example.com\nSUMMARY:Møde\nDTSTAMP:20270101T000000Z\n"
                f"DTSTART:{utc(interval.start)}\nDTEND:{utc(interval.end)}"
            ),
        )
        return lambda: self.remove(f"{self.path}{name}.ics")

    def remove(self, path: str) -> None:
        """Delete a resource."""
        status, said = self.ask("DELETE", path)
        assert status in {200, 204}, (status, said)

    def paths(self) -> list[str]:
        """What lies in the collection."""
        body = b'<?xml version="1.0"?><propfind xmlns="DAV:"><prop><getetag/></prop></propfind>'
        status, said = self.ask("PROPFIND", body=body, Depth="1", Content_Type="application/xml")
        assert status == 207, (status, said)
        hrefs = re.findall(r"<(?:\w+:)?href>([^<]*)</", said.decode())
        own = unquote(self.path)
        return [path for href in hrefs if (path := unquote(urlsplit(href).path)) != own]

    def find(self, booking: BookingId) -> tuple[str, bytes]:
        """Find an entry of ours: its path and text."""
        uid = f"UID:{booking}@{DOMAIN}".encode()
        for path in self.paths():
            _, content = self.ask("GET", path)
            if uid in re.sub(rb"\r?\n ", b"", content).split():
                return path, content
        raise LookupError(str(booking))

    def delete(self, booking: BookingId) -> None:
        """Delete an entry of ours."""
        self.remove(self.find(booking)[0])

    def move(self, booking: BookingId, interval: Interval) -> None:
        """Move an entry of ours, and leave its SEQUENCE as it is."""
        path, content = self.find(booking)
        moved = re.sub(rb"DTSTART[^\r\n]*", f"DTSTART:{utc(interval.start)}".encode(), content)
        moved = re.sub(rb"DTEND[^\r\n]*", f"DTEND:{utc(interval.end)}".encode(), moved)
        self.put(path.rpartition("/")[2], moved)
