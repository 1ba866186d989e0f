"""A browser that comes back to this machine: for trying a broker, where no site is there yet.

Here: a listener for one callback. Not here: what the callback says (`callback`).
"""

from collections.abc import Generator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from queue import Empty, Queue
from threading import Thread
from typing import Final, cast
from urllib.parse import parse_qsl, urlsplit

from attrs import frozen

from eservices_adapters.config.mitid import CALLBACK_PATH

_LONGEST_PATH: Final = 16 * 1024
_PARAMETERS_MAX: Final = 40
_SECONDS_TO_ASK: Final = 5
_PAGE: Final = b"You may close this window, and go back to the terminal."


@frozen
class Awaited:
    """Where the browser comes back to, and what it brings."""

    address: str
    _brought: "Queue[Mapping[str, str]]"

    def wait(self, seconds: float) -> Mapping[str, str] | None:
        """Wait for the browser; None where it did not come in time."""
        try:
            return self._brought.get(timeout=seconds)
        except Empty:
            return None


def parameters_of(query: str) -> Mapping[str, str]:
    """Read a query; of one that has a parameter twice, nothing is left (faults: 8, 74)."""
    try:
        pairs = parse_qsl(query, keep_blank_values=True, max_num_fields=_PARAMETERS_MAX)
    except ValueError:
        return {}
    parameters = dict(pairs)
    return parameters if len(parameters) == len(pairs) else {}


class _Server(HTTPServer):
    brought: "Queue[Mapping[str, str]]"


class _Handler(BaseHTTPRequestHandler):
    timeout = _SECONDS_TO_ASK  # who connects and says nothing does not keep the browser out

    def do_GET(self) -> None:
        asked = urlsplit(self.path)
        ours = asked.path == CALLBACK_PATH and len(self.path) <= _LONGEST_PATH
        if ours:
            cast("_Server", self.server).brought.put(parameters_of(asked.query))
        self.send_response(200 if ours else 404)
        self.send_header("content-type", "text/plain")
        self.send_header("cache-control", "no-store")
        self.send_header("referrer-policy", "no-referrer")
        self.end_headers()
        _ = self.wfile.write(_PAGE if ours else b"")

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  its own signature
        """Keep silent: the path holds the code."""


@contextmanager
def awaiting(port: int) -> Generator[Awaited]:
    """Listen on the loopback interface, for as long as the block lasts; raises OSError."""
    server = _Server(("127.0.0.1", port), _Handler)
    server.brought = Queue()
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    address = f"http://localhost:{server.server_address[1]}{CALLBACK_PATH}"
    try:
        yield Awaited(address, server.brought)
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
