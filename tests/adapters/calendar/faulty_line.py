"""A line to an HTTP server on this machine that does what lines do: it breaks, waits and lies.

Each request goes to the server over a connection of its own. What happens to it is decided by
`faults`: a function of the method and of how many requests came before.
"""

import socket
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from enum import Enum, auto
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit

from attrs import define

_HOP = {"connection", "transfer-encoding", "content-length", "keep-alive", "server", "date"}


class Fault(Enum):
    """What a line does to one request."""

    CUT_BEFORE = auto()
    """The server never hears of it."""
    CUT_AFTER = auto()
    """The server has done it; the answer is lost."""
    CUT_IN_ANSWER = auto()
    """The answer breaks off in the middle."""
    TWICE = auto()
    """The server hears it twice, and the second answer arrives."""
    LATE = auto()
    """The server hears of it only after the client has given up."""
    ILL_BEFORE = auto()
    """503, and nothing is done."""
    ILL_AFTER = auto()
    """502, and it is done."""
    NO_VERSION = auto()
    """The answer says no ETag."""
    DRIP = auto()
    """The answer comes at twenty bytes a tenth of a second."""
    FLOOD = auto()
    """An answer of 64 MB."""
    ENDLESS = auto()
    """A multistatus that never ends."""
    ELSEWHERE = auto()
    """A redirect to another host."""
    PACKED = auto()
    """A gzip bomb that nobody asked for."""


@define
class Seen:
    """One request as it came in, and how much of an answer was sent for it."""

    method: str
    path: str
    sent: int = 0


class Line:
    """A proxy on a free port of 127.0.0.1, to one server.

    Attributes:
        faults: decides on each request; None: all is well.
        answers: gives a status and a body by which the line answers itself, or None.
        heard: is told of each request's method and headers.
        seen: every request, in the order that they came.
    """

    def __init__(
        self, server: str, faults: Callable[[str, int], Fault | None] = lambda _method, _: None
    ) -> None:
        parts = urlsplit(server)
        assert parts.hostname is not None
        self.target = (parts.hostname, parts.port)
        self.faults = faults
        self.answers: Callable[[str], tuple[int, bytes] | None] = lambda _: None
        self.heard: Callable[[str, dict[str, str]], object] = lambda *_: None
        self.seen: list[Seen] = []
        self.lock = threading.Lock()
        self.count = 0
        handler = type("Handler", (_Handler,), {"line": self})
        self._server = _Server(("127.0.0.1", 0), handler)
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()

    def url(self, path: str) -> str:
        """The address of a path of the server, through this line."""
        return f"http://127.0.0.1:{self._server.server_address[1]}{path}"

    def cut(self) -> None:
        """Let nothing through from now on."""
        self._server.shutdown()
        self._server.server_close()

    def asked(self, method: str) -> list[Seen]:
        """The requests of one method."""
        with self.lock:
            return [one for one in self.seen if one.method == method]

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _: BaseException | None, __: TracebackType | None
    ) -> None:
        self.cut()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing: lines break here on purpose."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    line: Line
    seen: Seen

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  its own signature
        """Log nothing."""

    def do_GET(self) -> None:
        """Pass on."""
        self._pass_on()

    def do_PUT(self) -> None:
        """Pass on."""
        self._pass_on()

    def do_DELETE(self) -> None:
        """Pass on."""
        self._pass_on()

    def do_PROPFIND(self) -> None:
        """Pass on."""
        self._pass_on()

    def do_REPORT(self) -> None:
        """Pass on."""
        self._pass_on()

    def _pass_on(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        with self.line.lock:
            number = self.line.count
            self.line.count += 1
            self.seen = Seen(self.command, self.path)
            self.line.seen.append(self.seen)
        fault = self.line.faults(self.command, number)
        self.line.heard(self.command, {k.lower(): v for k, v in self.headers.items()})
        self._do(fault, body)

    def _do(self, fault: Fault | None, body: bytes) -> None:  # noqa: C901  one case a fault
        said = self.line.answers(self.command)
        if said is not None:
            return self._say(said[0], {}, said[1])
        match fault:
            case Fault.CUT_BEFORE:
                return self._hang_up()
            case Fault.LATE:
                threading.Thread(target=self._later, args=(body,), daemon=True).start()
                return self._hang_up()
            case Fault.ILL_BEFORE:
                return self._say(503, {}, b"")
            case Fault.ELSEWHERE:
                return self._say(307, {"Location": "http://evil.example/"}, b"")
            case Fault.FLOOD:
                return self._flood(b"x" * 65_536, 64 * 1024 * 1024)
            case Fault.ENDLESS:
                return self._flood(_ONE_MORE * 1000, None)
            case Fault.PACKED:
                return self._say(207, {"Content-Encoding": "gzip"}, b"\x1f\x8b" + b"\0" * 1000)
            case _:
                pass
        status, headers, answer = self._ask(body)
        match fault:
            case Fault.CUT_AFTER:
                return self._hang_up()
            case Fault.CUT_IN_ANSWER:
                return self._say(status, headers, answer, upto=len(answer) // 2)
            case Fault.TWICE:
                return self._say(*self._ask(body))
            case Fault.ILL_AFTER:
                return self._say(502, {}, b"")
            case Fault.NO_VERSION:
                headers = {k: v for k, v in headers.items() if k.lower() != "etag"}
                return self._say(status, headers, answer)
            case Fault.DRIP:
                return self._drip(status, headers, answer)
            case _:
                return self._say(status, headers, answer)

    def _ask(self, body: bytes) -> tuple[int, dict[str, str], bytes]:
        ask = HTTPConnection(*self.line.target, timeout=30)
        try:
            sent = {k: v for k, v in self.headers.items() if k.lower() not in _HOP | {"host"}}
            ask.request(self.command, self.path, body or None, sent)
            answer = ask.getresponse()
            headers = {k: v for k, v in answer.getheaders() if k.lower() not in _HOP}
            return answer.status, headers, answer.read()
        finally:
            ask.close()

    def _later(self, body: bytes) -> None:
        time.sleep(0.3)
        with suppress(OSError):
            _ = self._ask(body)

    def _say(
        self, status: int, headers: dict[str, str], body: bytes, upto: int | None = None
    ) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        if status != 204:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.seen.sent = len(body)
        _ = self.wfile.write(body if upto is None else body[:upto])
        if upto is not None:
            self._hang_up()

    def _drip(self, status: int, headers: dict[str, str], body: bytes) -> None:
        self.send_response(status)
        for name, value in {**headers, "Content-Length": str(len(body))}.items():
            self.send_header(name, value)
        self.end_headers()
        sent = 0
        with suppress(OSError):
            for at in range(0, len(body), 20):
                sent += self.wfile.write(body[at : at + 20])
                time.sleep(0.1)

    def _flood(self, piece: bytes, size: int | None) -> None:
        self.send_response(207)
        self.send_header("Content-Type", "application/xml")
        if size is not None:
            self.send_header("Content-Length", str(size))
        self.end_headers()
        self.close_connection = True
        sent = 0
        with suppress(OSError):
            _ = self.wfile.write(_HEAD)
            while size is None or sent < size:
                sent += self.wfile.write(piece)

    def _hang_up(self) -> None:
        self.close_connection = True
        with suppress(OSError):
            self.wfile.flush()
            self.connection.shutdown(socket.SHUT_RDWR)


_HEAD = b'<?xml version="1.0"?><D:multistatus xmlns:D="DAV:">'
_ONE_MORE = (
    b"<D:response><D:href>/x.ics</D:href><D:status>HTTP/1.1 404 Gone</D:status></D:response>"
)
