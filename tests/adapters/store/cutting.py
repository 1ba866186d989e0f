"""A proxy before PostgreSQL that loses the answer to a COMMIT: it was carried out, nobody hears.

It speaks over a socket in a folder, as the server of the tests does, or over TCP to a named one.
"""

import socket
import threading
from contextlib import suppress
from pathlib import Path
from typing import Self

from sqlalchemy import make_url


class Cutter:
    """Passes everything on; after `cut_next_commit` it closes instead of answering one COMMIT."""

    def __init__(self, url: str, folder: Path) -> None:
        target = make_url(url)
        query = dict(target.query)
        host = str(query.pop("host", target.host or "localhost"))
        self._port = target.port or 5432
        self._target = host
        self._cut = threading.Event()
        self.cuts = 0
        self._listener = socket.socket(socket.AF_UNIX)
        self._listener.bind(str(folder / f".s.PGSQL.{self._port}"))
        self._listener.listen()
        # TLS would hide the COMMIT from us.
        query |= {"host": str(folder), "sslmode": "disable", "gssencmode": "disable"}
        made = target.set(host=None, port=self._port, query=query)
        self.url = made.render_as_string(hide_password=False)

    def __enter__(self) -> Self:
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._listener.close()

    def cut_next_commit(self) -> None:
        """Lose the answer to the next COMMIT."""
        self._cut.set()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                server = self._connect()
                asked = threading.Event()
                for run in (self._ask, self._answer):
                    threading.Thread(target=run, args=(client, server, asked), daemon=True).start()

    def _connect(self) -> socket.socket:
        if self._target.startswith("/"):
            server = socket.socket(socket.AF_UNIX)
            server.connect(f"{self._target}/.s.PGSQL.{self._port}")
            return server
        return socket.create_connection((self._target, self._port))

    def _ask(self, client: socket.socket, server: socket.socket, asked: threading.Event) -> None:
        with suppress(OSError):
            while data := client.recv(65536):
                if b"COMMIT" in data and self._cut.is_set():
                    self._cut.clear()
                    asked.set()
                server.sendall(data)
            server.shutdown(socket.SHUT_WR)

    def _answer(self, client: socket.socket, server: socket.socket, asked: threading.Event) -> None:
        with suppress(OSError):
            while data := server.recv(65536):
                if asked.is_set():
                    self.cuts += 1
                    break
                client.sendall(data)
        for one in (client, server):
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
            one.close()
