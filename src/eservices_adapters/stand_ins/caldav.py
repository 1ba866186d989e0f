"""A stand-in for a CalDAV server: collections in memory, over loopback.

Here: as much of RFC 4791, 4918 and 6578 as a calendar client of one event a resource needs, and
what real servers do differently, as `Manners`. Not here: users, scheduling, queries by time, and
anything that is kept.

    with CalDavStandIn(["/clinic-1/dr-a/"]) as server:
        server.url("/clinic-1/dr-a/")

`python -m eservices_adapters.stand_ins.caldav --port 5232 /clinic-1/dr-a/` serves until it is
stopped.
"""

import argparse
import re
import sys
from base64 import b64encode
from collections.abc import Iterable, Iterator
from contextlib import suppress
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Lock, Thread
from typing import Final, Self
from urllib.parse import quote, unquote, urlsplit
from xml.etree import ElementTree as ET
from xml.sax.saxutils import escape

from attrs import Factory, define, frozen

_DAV: Final = "{DAV:}"
_CALDAV: Final = "{urn:ietf:params:xml:ns:caldav}"
_MAX_BODY: Final = 16 * 1024 * 1024
_UID: Final = re.compile(rb"^UID(?:;[^:\r\n]*)?:(.*?)\r?$", re.MULTILINE | re.IGNORECASE)
_FOLD: Final = re.compile(rb"\r?\n[ \t]")
_HEAD: Final = (
    '<?xml version="1.0" encoding="utf-8"?>\n<D:multistatus xmlns:D="DAV:" '
    'xmlns:C="urn:ietf:params:xml:ns:caldav" xmlns:S="http://calendarserver.org/ns/">'
)


@frozen
class Manners:
    """In what a server differs from the others.

    Attributes:
        syncs: knows sync-collection (RFC 6578).
        remembers: how many changes a sync token may be behind; older ones are refused.
        tags: has a getctag.
        fetches_many: knows calendar-multiget.
        says_versions: says ETags at all, in lists and with resources.
        weak: its ETags are marked as weak, as behind a proxy that packs what it passes on.
        lets_in: lets those in whom it knows.
        takes: takes what is written at all.
        refuses_with: what it answers to what it does not take, as a text that is no single event.
        part: how many changes one answer of sync-collection holds.
    """

    syncs: bool = True
    remembers: int = 1_000_000
    tags: bool = True
    fetches_many: bool = True
    says_versions: bool = True
    weak: bool = False
    lets_in: bool = True
    takes: bool = True
    refuses_with: int = 400
    part: int = 1_000_000


@define
class Collection:
    """One calendar: its resources by name, and what was changed in which order.

    Attributes:
        resources: by name: the version and the text.
        changes: the names that were changed, oldest first.
    """

    resources: dict[str, tuple[int, bytes]] = Factory(dict[str, tuple[int, bytes]])
    changes: list[str] = Factory(list[str])

    def put(self, name: str, content: bytes) -> None:
        """Write a resource."""
        self.changes.append(name)
        self.resources[name] = (len(self.changes), content)

    def delete(self, name: str) -> None:
        """Remove a resource."""
        self.changes.append(name)
        del self.resources[name]


class CalDavStandIn:
    """A server on a free port of 127.0.0.1, from entering a `with` until leaving it.

    Attributes:
        collections: what lies in it, by path; changed under `lock`.
        asked: method and path of every request, oldest first.
    """

    def __init__(
        self,
        paths: Iterable[str],
        manners: Manners = Manners(),
        login: tuple[str, str] | None = None,
        port: int = 0,
    ) -> None:
        """Take the paths of empty collections, each ending in a slash."""
        self.collections = {path: Collection() for path in paths}
        self.manners = manners
        self.lock = Lock()
        self.asked: list[tuple[str, str]] = []
        self._login = None if login is None else b64encode(":".join(login).encode()).decode()
        handler = type("Handler", (_Handler,), {"stand_in": self})
        self._server = _Server(("127.0.0.1", port), handler)

    def url(self, path: str = "/") -> str:
        """Give the address of a path."""
        return f"http://127.0.0.1:{self._server.server_address[1]}{quote(path)}"

    def lets_in(self, authorization: str | None) -> bool:
        """Whether a request's login is the right one."""
        return self._login is None or authorization == f"Basic {self._login}"

    def __enter__(self) -> Self:
        Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    def serve(self) -> None:
        """Serve until interrupted."""
        self._server.serve_forever()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing: a client that hangs up is no news."""


class _Handler(BaseHTTPRequestHandler):
    """Answers one connection's requests."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    stand_in: CalDavStandIn

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  its own signature
        """Log nothing."""

    def do_GET(self) -> None:
        """Give one resource."""
        self._answer_as("GET")

    def do_PUT(self) -> None:
        """Write one resource."""
        self._answer_as("PUT")

    def do_DELETE(self) -> None:
        """Remove one resource."""
        self._answer_as("DELETE")

    def do_PROPFIND(self) -> None:
        """List."""
        self._answer_as("PROPFIND")

    def do_REPORT(self) -> None:
        """Answer a question about many."""
        self._answer_as("REPORT")

    # --- every request ---------------------------------------------------------------------------

    def _answer_as(self, method: str) -> None:
        length = self.headers.get("Content-Length") or "0"
        size = int(length) if length.isdecimal() else _MAX_BODY + 1
        if size > _MAX_BODY:
            self._say(413)
            return
        body = self.rfile.read(size)
        path = unquote(urlsplit(self.path).path)
        stand_in = self.stand_in
        if not stand_in.lets_in(self.headers.get("Authorization")):
            self._say(401, headers={"WWW-Authenticate": 'Basic realm="calendars"'})
            return
        if not stand_in.manners.lets_in:
            self._say(403)
            return
        with stand_in.lock:
            stand_in.asked.append((method, path))
            collection = stand_in.collections.get(path[: path.rindex("/") + 1])
            if collection is None:
                self._say(404)
            elif method in {"PROPFIND", "REPORT"}:
                self._about(collection, path, method, body)
            else:
                self._one(collection, path.rpartition("/")[2], method, body)

    def _say(self, status: int, body: bytes = b"", headers: dict[str, str] | None = None) -> None:
        self.send_response(status)
        for name, value in {**(headers or {}), "Content-Length": str(len(body))}.items():
            self.send_header(name, value)
        self.end_headers()
        _ = self.wfile.write(body)

    # --- one resource ----------------------------------------------------------------------------

    def _one(self, collection: Collection, name: str, method: str, body: bytes) -> None:
        there = collection.resources.get(name)
        status = self._condition(there)
        if status is not None:
            self._say(status)
        elif method == "PUT":
            self._put(collection, name, body)
        elif there is None:
            self._say(404)
        elif method == "DELETE":
            collection.delete(name)
            self._say(204)
        else:
            self._say(200, there[1], {"Content-Type": "text/calendar", **self._version(there[0])})

    def _condition(self, there: tuple[int, bytes] | None) -> int | None:
        """What a condition that does not hold is answered with."""
        none, wanted = self.headers.get("If-None-Match"), self.headers.get("If-Match")
        if none == "*" and there is not None:
            return 412
        if wanted is not None and (there is None or wanted != f'"{there[0]}"'):
            return 412
        return None

    def _put(self, collection: Collection, name: str, body: bytes) -> None:
        uids = set(_UID.findall(_FOLD.sub(b"", body)))
        manners = self.stand_in.manners
        if not manners.takes or b"BEGIN:VCALENDAR" not in body or len(uids) != 1:
            self._say(manners.refuses_with)
            return
        for other, (_, content) in collection.resources.items():
            if other != name and uids & set(_UID.findall(_FOLD.sub(b"", content))):
                self._say(409)
                return
        new = name not in collection.resources
        collection.put(name, body)
        self._say(201 if new else 204, headers=self._version(collection.resources[name][0]))

    def _version(self, version: int) -> dict[str, str]:
        etag = self._etag(version)
        return {} if etag is None else {"ETag": etag}

    def _etag(self, version: int) -> str | None:
        manners = self.stand_in.manners
        if not manners.says_versions:
            return None
        return f'W/"{version}"' if manners.weak else f'"{version}"'

    # --- many resources --------------------------------------------------------------------------

    def _about(self, collection: Collection, path: str, method: str, body: bytes) -> None:
        with suppress(ET.ParseError):
            asked = ET.fromstring(body)  # noqa: S314  as above
            if method == "PROPFIND":
                self._listed(collection, path)
            elif asked.tag == f"{_DAV}sync-collection":
                self._changed(collection, path, asked.findtext(f"{_DAV}sync-token") or "")
            elif asked.tag == f"{_CALDAV}calendar-multiget" and self.stand_in.manners.fetches_many:
                self._texts(collection, path, [one.text or "" for one in asked.iter(f"{_DAV}href")])
            else:
                self._say(501)
            return
        self._say(400)

    def _listed(self, collection: Collection, path: str) -> None:
        tag = f"<S:getctag>{len(collection.changes)}</S:getctag>"
        parts = [_found(path, tag if self.stand_in.manners.tags else "")]
        if self.headers.get("Depth") == "1":
            parts += self._versions(collection, path, sorted(collection.resources))
        self._say_many(parts)

    def _versions(self, collection: Collection, path: str, names: Iterable[str]) -> Iterator[str]:
        for name in names:
            there = collection.resources.get(name)
            yield (
                _gone(path + name)
                if there is None
                else _found(path + name, self._said_version(there[0]))
            )

    def _said_version(self, version: int) -> str:
        etag = self._etag(version)
        return "" if etag is None else f"<D:getetag>{escape(etag)}</D:getetag>"

    def _changed(self, collection: Collection, path: str, token: str) -> None:
        manners = self.stand_in.manners
        since = _number(token)
        last = len(collection.changes)
        if not manners.syncs:
            self._say(501)
        elif since is None or since > last or (token and last - since > manners.remembers):
            self._say(403, b'<D:error xmlns:D="DAV:"><D:valid-sync-token/></D:error>')
        else:
            upto = min(last, since + manners.part)
            names = dict.fromkeys(collection.changes[since:upto])
            parts = list(self._versions(collection, path, names))
            if not token:  # nobody is told of what is gone before they came
                parts = [part for part in parts if " 404 " not in part]
            if upto < last:
                parts.append(_status(path, 507))
            token = f"<D:sync-token>http://127.0.0.1/{upto}</D:sync-token>"
            self._say_many([*parts, token])

    def _texts(self, collection: Collection, path: str, hrefs: Iterable[str]) -> None:
        parts: list[str] = []
        for href in hrefs:
            asked = unquote(urlsplit(href).path)
            there = collection.resources.get(asked.removeprefix(path))
            if there is None:
                parts.append(_gone(asked))
                continue
            text = escape(there[1].decode())
            version = self._said_version(there[0])
            parts.append(_found(asked, f"{version}<C:calendar-data>{text}</C:calendar-data>"))
        self._say_many(parts)

    def _say_many(self, parts: Iterable[str]) -> None:
        body = "".join([_HEAD, *parts, "</D:multistatus>"]).encode()
        self._say(207, body, {"Content-Type": "application/xml; charset=utf-8"})


def _found(path: str, said: str) -> str:
    return (
        f"<D:response><D:href>{escape(quote(path))}</D:href><D:propstat><D:prop>{said}</D:prop>"
        "<D:status>HTTP/1.1 200 OK</D:status></D:propstat></D:response>"
    )


def _gone(path: str) -> str:
    return _status(path, 404)


def _status(path: str, status: int) -> str:
    phrase = HTTPStatus(status).phrase
    return (
        f"<D:response><D:href>{escape(quote(path))}</D:href>"
        f"<D:status>HTTP/1.1 {status} {phrase}</D:status></D:response>"
    )


def _number(token: str) -> int | None:
    """How many changes a token has seen; none at all where there is no token."""
    if not token:
        return 0
    number = token.rpartition("/")[2]
    return int(number) if number.isdecimal() and len(number) < 10 else None  # noqa: PLR2004  said by the line itself


def main(arguments: list[str] | None = None) -> int:
    """Serve the collections of the command line until interrupted."""
    parser = argparse.ArgumentParser(description="A stand-in for a CalDAV server, in memory.")
    _ = parser.add_argument("--port", type=int, default=5232)
    _ = parser.add_argument("paths", nargs="+", metavar="/CLINIC/PRACTITIONER/")
    chosen = parser.parse_args(arguments)
    server = CalDavStandIn(chosen.paths, port=chosen.port)
    for path in chosen.paths:
        print(server.url(path))  # noqa: T201  what somebody at a terminal asked for
    with suppress(KeyboardInterrupt):
        server.serve()
    return 0


if __name__ == "__main__":
    sys.exit(main())
