"""Serving a stand-in over HTTP on this machine.

Here: a listener that hands each request to a function. Not here: any peer's answers.
"""

from collections.abc import Callable, Generator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Final, cast

from attrs import define, field

from eservices_adapters.wire_http.exchange import Request, Response

_BODY_MAX: Final = 1024 * 1024
_NOT_THERE: Final = 503


@define
class Place:
    """Where something is served; what it answers is said once it is known."""

    url: str
    answer: Callable[[Request], Response] = field(
        default=lambda _: Response(_NOT_THERE, (), b""), repr=False
    )


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128  # with the usual 5, many at once wait a second for their second try
    place: Place


class _Handler(BaseHTTPRequestHandler):
    def _handle(self) -> None:
        size = min(int(self.headers.get("content-length") or 0), _BODY_MAX)
        place = cast("_Server", self.server).place
        headers = tuple((name.lower(), value) for name, value in self.headers.items())
        body = self.rfile.read(size) if size else None
        said = place.answer(Request(self.command, f"{place.url}{self.path}", headers, body))
        self.send_response(said.status)
        for name, value in said.headers:
            self.send_header(name, value)
        self.send_header("content-length", str(len(said.body)))
        self.end_headers()
        _ = self.wfile.write(said.body)

    def do_GET(self) -> None:
        self._handle()

    def do_POST(self) -> None:
        self._handle()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  its own signature
        """Keep silent: a path may hold a code."""


@contextmanager
def listening(port: int = 0) -> Generator[Place]:
    """Listen on 127.0.0.1, at a port that is free unless one is named; raises OSError."""
    server = _Server(("127.0.0.1", port), _Handler)
    server.place = Place(f"http://localhost:{server.server_address[1]}")
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield server.place
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
