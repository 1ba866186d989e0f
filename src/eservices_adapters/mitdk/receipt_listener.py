"""A small server that receipts are pushed to, on this machine; what is in front of it keeps it.

Here: HTTP in, `receipt_push` out, one path, bounded in size and in number. Not here: TLS and the
sender's certificate: that is the work of the server in front, which alone can reach this one.
"""

from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import BoundedSemaphore
from typing import Final

from eservices_adapters.mitdk.receipt_folder import ReceiptFolder
from eservices_adapters.mitdk.receipt_push import CONTENT_TYPE, take
from eservices_adapters.mitdk.small_xml import MAX_BYTES

PATH: Final = "/receipts"
_AT_ONCE: Final = 16
"""Deliveries under way; the next one is asked to come again."""


class ReceiptListener(ThreadingHTTPServer):
    """Listens on loopback; `serve_forever` and `shutdown` are the library's."""

    daemon_threads = True
    request_queue_size = 64

    def __init__(self, port: int, folder: ReceiptFolder) -> None:
        """Listen at a port, 0 for a free one; receipts are laid into `folder`."""
        self.folder = folder
        self.room = BoundedSemaphore(_AT_ONCE)
        super().__init__(("127.0.0.1", port), _Handler)

    @property
    def address(self) -> str:
        """Where deliveries are taken."""
        return f"http://127.0.0.1:{self.server_port}{PATH}"

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing: a line that breaks off is brought again by whoever sent it."""
        del request, client_address


class _Handler(BaseHTTPRequestHandler):
    server_version = "eservices"
    sys_version = ""
    timeout = 10

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  the library's name
        """Log nothing: what is asked for is somebody else's text."""
        del format, args

    def do_POST(self) -> None:
        """Take one delivery."""
        listener = self.server
        assert isinstance(listener, ReceiptListener)
        if self.path != PATH:
            self._say(404, b"")
            return
        length = self.headers.get("Content-Length", "")
        if not length.isascii() or not length.isdigit() or len(length) > len(str(MAX_BYTES)):
            self._say(411 if not length else 413, b"")
            return
        if not listener.room.acquire(blocking=False):
            self._say(503, b"")
            return
        try:
            document = self.rfile.read(int(length))
            if len(document) < int(length):
                return  # the line broke off: it comes again
            answer = take(document, listener.folder)
        finally:
            listener.room.release()
        self._say(answer.http, answer.body)

    def _say(self, status: int, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", CONTENT_TYPE)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        _ = self.wfile.write(body)
