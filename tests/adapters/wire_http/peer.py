"""A peer that answers any request with the bytes that a test hands it, at the pace that it likes.

Here: a listener on the loopback interface. Not here: what is in the bytes (the tests).
"""

import socket
import ssl
import threading
import time
from collections.abc import Generator, Iterable
from contextlib import contextmanager, suppress

from attrs import Factory, define


@define
class Peer:
    """Where it listens, and what it has been sent, one entry for each connection."""

    port: int
    received: list[bytes] = Factory(list)

    def url(self, path: str = "/", scheme: str = "http") -> str:
        """Say where one of its pages is."""
        return f"{scheme}://localhost:{self.port}{path}"


@contextmanager
def a_peer(
    answer: Iterable[bytes], *, pause: float = 0.0, tls: ssl.SSLContext | None = None
) -> Generator[Peer]:
    """Answer each connection's first bytes with all of `answer`, and hang up."""
    parts = tuple(answer)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        peer = Peer(listener.getsockname()[1])
        thread = threading.Thread(target=_listen, args=(listener, peer, parts, pause, tls))
        thread.start()
        try:
            yield peer
        finally:
            listener.shutdown(socket.SHUT_RDWR)
            thread.join(10)


def _listen(
    listener: socket.socket,
    peer: Peer,
    parts: tuple[bytes, ...],
    pause: float,
    tls: ssl.SSLContext | None,
) -> None:
    while True:
        try:
            line, _ = listener.accept()
        except OSError:
            return
        with suppress(OSError), line:
            line.settimeout(5)
            if tls is not None:
                line = tls.wrap_socket(line, server_side=True)
            with line:
                peer.received.append(line.recv(65_536))
                for part in parts:
                    line.sendall(part)
                    time.sleep(pause)
