"""An SMTP server that keeps what arrives, and goes wrong where it is told to.

Here: a server of one conversation at a time on the loopback interface, which notes every byte that
it is sent. Not here: any claim. It is written anew for the tests, as no library's server breaks off
between the dot and its answer.
"""

import socket
import ssl
from collections.abc import Callable, Iterator
from contextlib import suppress
from enum import Enum, unique
from threading import Event, Thread
from typing import Any, Final

from attrs import Factory, define, frozen

STAGES: Final = ("connect", "ehlo", "auth", "mail", "rcpt", "data", "dot")
"""Where a fault can be: at each, the reply to what the client has just said."""


@unique
class Line(Enum):
    """What may happen to the line instead of a reply."""

    CUT = "cut"
    """It is closed."""
    SILENT = "silent"
    """Nothing comes, until the client leaves."""
    DRIP = "drip"
    """A reply comes, byte by byte, and never ends."""
    FLOOD = "flood"
    """Continuation lines without end."""
    GARBAGE = "garbage"
    """Bytes that are no reply."""


@frozen
class Fault:
    """One thing that goes wrong once.

    Attributes:
        at: one of `STAGES`, or `body`: in the middle of the mail.
        what: a reply to give instead of the good one, or what happens to the line.
        stored: at the dot: whether the mail was kept all the same.
    """

    at: str
    what: str | Line
    stored: bool = False


@define
class Sink:
    """What has arrived, and what was said.

    Attributes:
        arrived: recipient and bytes of each mail that was kept, dots taken out again.
        said: all lines that clients sent outside of mails, their verbs in upper case.
        faults: what goes wrong next, one in each conversation.
    """

    port: int = 0
    offers: tuple[str, ...] = ("PIPELINING", "DSN", "SIZE 50000000", "AUTH PLAIN")
    tls: ssl.SSLContext | None = None
    at_once: bool = False
    arrived: list[tuple[str, bytes]] = Factory(list)
    said: list[str] = Factory(list)
    faults: list[Fault] = Factory(list)
    conversations: int = 0


class _Over(Exception):  # noqa: N818  said in the words of this house
    pass


class _Conversation:
    def __init__(self, sink: Sink, line: socket.socket, stop: Event) -> None:
        self.sink, self.line, self.stop = sink, line, stop
        self.fault = sink.faults.pop(0) if sink.faults else None
        self.file: Any = None
        self.recipient = ""

    def run(self) -> None:
        if self.sink.at_once:
            self._tls()
        self.file = self.line.makefile("rb")
        self._reply("connect", "220 sink.example ESMTP")
        for said in self._lines():
            verb = said.split(" ")[0].split(":")[0]
            if verb == "QUIT":
                self._write("221 bye")
                return
            self._answer(verb, said)

    def _answer(self, verb: str, said: str) -> None:
        match verb:
            case "EHLO":
                self._reply("ehlo", _reply_lines("sink.example", *self._offered()))
            case "STARTTLS":
                self._write("220 go ahead")
                self._tls()
                self.file = self.line.makefile("rb")
            case "AUTH":
                self._reply("auth", "235 welcome")
            case "MAIL":
                self._reply("mail", "250 ok")
            case "RCPT":
                self.recipient = said[said.index("<") + 1 : said.index(">")]
                self._reply("rcpt", "250 ok")
            case "DATA":
                self._reply("data", "354 go on")
                if self.fault is None or self.fault.at != "data":
                    self._take(self.recipient)
            case _:
                self._write("500 what")

    def close(self) -> None:
        """Close the line; it stays open as long as anything reads it."""
        if self.file is not None:
            self.file.close()
        self.line.close()

    def _offered(self) -> Iterator[str]:
        yield from self.sink.offers
        if self.sink.tls is not None and not isinstance(self.line, ssl.SSLSocket):
            yield "STARTTLS"

    def _take(self, recipient: str) -> None:
        lines: list[bytes] = []
        while True:
            line = self.file.readline()
            if not line:
                raise _Over
            if self.fault is not None and self.fault.at == "body":
                raise _Over
            if line == b".\r\n":
                break
            lines.append(line.removeprefix(b".") if line.startswith(b".") else line)
        fault = self.fault
        if fault is None or fault.at != "dot" or fault.stored:
            self.sink.arrived.append((recipient, b"".join(lines)))
        self._reply("dot", "250 kept")

    def _lines(self) -> Iterator[str]:
        while line := self.file.readline():
            verb, space, rest = line.decode("ascii").removesuffix("\r\n").partition(" ")
            said = f"{verb.upper()}{space}{rest}"
            self.sink.said.append(said)
            yield said

    def _reply(self, at: str, good: str) -> None:
        fault = self.fault
        if fault is None or fault.at != at:
            self._write(good)
            return
        match fault.what:
            case str(reply):
                self._write(reply)
            case Line.CUT:
                raise _Over
            case Line.SILENT:
                _ = self.stop.wait(10)
                raise _Over
            case Line.DRIP:
                while not self.stop.wait(0.05):
                    self.line.sendall(b"2")
            case Line.FLOOD:
                while not self.stop.is_set():
                    self.line.sendall(b"250-more\r\n" * 1000)
            case Line.GARBAGE:
                self._write("\x00\xff what?")

    def _write(self, text: str) -> None:
        self.line.sendall(f"{text}\r\n".encode("latin-1"))

    def _tls(self) -> None:
        assert self.sink.tls is not None
        self.line = self.sink.tls.wrap_socket(self.line, server_side=True)


def _reply_lines(*lines: str) -> str:
    *first, last = lines
    return "\r\n".join([*(f"250-{line}" for line in first), f"250 {last}"])


def serve(sink: Sink) -> Callable[[], None]:
    """Begin to serve on a free port of the loopback interface; gives how to stop."""
    listening = socket.create_server(("127.0.0.1", 0))
    sink.port = listening.getsockname()[1]
    stop = Event()

    def run() -> None:
        while True:
            try:
                line, _ = listening.accept()
            except OSError:
                return
            sink.conversations += 1
            with line:
                line.settimeout(10)
                conversation = _Conversation(sink, line, stop)
                with suppress(OSError, _Over, ValueError):
                    conversation.run()
                conversation.close()

    thread = Thread(target=run, daemon=True)
    thread.start()

    def end() -> None:
        stop.set()
        listening.shutdown(socket.SHUT_RDWR)
        listening.close()
        thread.join(5)

    return end
