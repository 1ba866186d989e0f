"""The stand-in of the custody register, on its line: a context manager that listens on loopback.

Here: HTTP, and the ways in which the stand-in can be told to misbehave. Not here: what it makes of
a question (`custody_questions`), the documents (`custody_answers`), the command
(`custody_register`).
"""

from contextlib import suppress
from enum import Enum, unique
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread
from typing import Any, Final, Self, cast

from attrs import define, field

from eservices_adapters.custody.dgcpr import VERSION
from eservices_adapters.stand_ins.custody_answers import Registered, answer_about
from eservices_adapters.stand_ins.custody_questions import answered, fault, number_in

_ADDRESS: Final = "127.0.0.1"
_QUESTION_MAX: Final = 128 * 1024
_PIECE: Final = b" " * (64 * 1024)
_PIECES: Final = 1_000
_A_MOMENT: Final = 0.1
_PAGE: Final = b"<!DOCTYPE html><html><body><h1>Siden er ikke tilg\xc3\xa6ngelig</h1></body></html>"


@unique
class Behaviour(Enum):
    """How the stand-in answers a question."""

    ANSWERS = "answers"
    IS_SILENT = "is_silent"
    """Takes the question and never says anything."""
    DRIPS = "drips"
    """Sends a byte every tenth of a second."""
    HANGS_UP = "hangs_up"
    CUTS_OFF = "cuts_off"
    """Ends in the middle of an answer of which it has said how long it is."""
    IS_DOWN = "is_down"
    """503, with a page for people."""
    IS_NOT_FOUND = "is_not_found"
    """404, as a gateway says that knows no such service."""
    HAS_MOVED = "has_moved"
    REFUSES = "refuses"
    """A fault that the ID card has no right to ask."""
    FAILS = "fails"
    """A fault that says nothing of itself."""
    GARBLES = "garbles"
    """Half an answer, and not as if something were missing."""
    SENDS_A_DOCTYPE = "sends_a_doctype"
    IS_ENDLESS = "is_endless"
    ANSWERS_ABOUT_ANOTHER = "answers_about_another"
    """The answer to somebody else's question."""
    IS_OLDER = "is_older"
    """The answer in version 1.0.3, which lists those who hold custody and says no more."""


_ON_THE_LINE: Final = frozenset(
    {
        *(Behaviour.IS_SILENT, Behaviour.DRIPS, Behaviour.HANGS_UP),
        *(Behaviour.CUTS_OFF, Behaviour.IS_ENDLESS),
    }
)


@define
class CustodyRegisterStandIn:
    """The stand-in; inside a `with` it listens.

    Attributes:
        documents: the answers, by the number that they are asked for by.
        behaviour: how it answers from now on.
        level: the level of security that it wants: from 3 on, an ID card must be there.
        port: where it listens; 0 for any free one, and then, once it listens, that one.
        questions: every envelope that has come.
    """

    documents: dict[str, bytes] = field(factory=dict[str, bytes], repr=False)
    behaviour: Behaviour = Behaviour.ANSWERS
    level: int = 1
    port: int = 0
    questions: list[bytes] = field(factory=list[bytes], repr=False)
    _stopped: Event = field(factory=Event, init=False, repr=False)
    _server: ThreadingHTTPServer | None = field(default=None, init=False, repr=False)

    @property
    def url(self) -> str:
        """Where it is asked."""
        return f"http://{_ADDRESS}:{self.port}/DetGodeCPROpslag-1.0.4a"

    def knows(self, *people: Registered) -> None:
        """Answer about these people from now on, too."""
        self.documents |= {person.number.reveal(): answer_about(person) for person in people}

    def __enter__(self) -> Self:
        self._stopped.clear()
        server = _Server((_ADDRESS, self.port), _Handler)
        server.stand_in = self
        self._server = server
        self.port = server.server_port
        Thread(target=server.serve_forever, args=(_A_MOMENT / 2,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stopped.set()
        assert self._server is not None, "it has been entered"
        self._server.shutdown()
        self._server.server_close()

    def wait(self, seconds: float | None = None) -> bool:
        """Wait until it is stopped, or for so long; True if it is."""
        return self._stopped.wait(seconds)

    def reply(self, question: bytes, action: str | None) -> tuple[int, bytes]:
        """Give the status and the envelope for a question, whatever becomes of them on the line."""
        self.questions.append(question)
        number, refused = number_in(question, action, self.level)
        if number is None:
            return 500, fault(refused)
        match self.behaviour:
            case Behaviour.REFUSES:
                return 500, fault("not_authorized")
            case Behaviour.FAILS:
                return 500, fault(None)
            case Behaviour.ANSWERS_ABOUT_ANOTHER:
                other = next((asked for asked in self.documents if asked != number), number)
                return answered(self.documents, other)
            case Behaviour.IS_OLDER:
                status, envelope = answered(self.documents, number)
                older = VERSION.replace("1.0.4a", "1.0.3")
                return status, envelope.replace(VERSION.encode(), older.encode())
            case _:
                return answered(self.documents, number)


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128  # as in `serving`
    block_on_close = False
    stand_in: CustodyRegisterStandIn

    def handle_error(self, request: Any, client_address: Any) -> None:  # noqa: ANN401  its own name
        """Say nothing: whoever hangs up on us has a reason."""


class _Handler(BaseHTTPRequestHandler):
    """One question."""

    protocol_version = "HTTP/1.1"
    timeout = 10

    @property
    def _stand_in(self) -> CustodyRegisterStandIn:
        return cast("_Server", self.server).stand_in

    def do_POST(self) -> None:
        """Read the question whole, and answer as the stand-in behaves."""
        self.close_connection = True
        length = self.headers.get("Content-Length", "")
        if not length.isdecimal() or int(length) > _QUESTION_MAX:
            self._send(400, b"")
            return
        question = self.rfile.read(int(length))
        status, envelope = self._stand_in.reply(question, self.headers.get("SOAPAction"))
        match self._stand_in.behaviour:
            case Behaviour.IS_DOWN:
                self._send(503, _PAGE)
            case Behaviour.IS_NOT_FOUND:
                self._send(404, _PAGE)
            case Behaviour.HAS_MOVED:
                self._send(307, b"", location=f"{self._stand_in.url}/elsewhere")
            case Behaviour.GARBLES:
                self._send(200, envelope[: len(envelope) // 2])
            case Behaviour.SENDS_A_DOCTYPE:
                self._send(200, envelope.replace(b"?>", b"?><!DOCTYPE a>", 1))
            case behaviour if behaviour in _ON_THE_LINE:
                self._spoil_the_line(behaviour, envelope)
            case _:
                self._send(status, envelope)

    def _spoil_the_line(self, behaviour: Behaviour, envelope: bytes) -> None:
        """Answer in a way that no service does on purpose."""
        match behaviour:
            case Behaviour.IS_SILENT:
                _ = self._stand_in.wait()
            case Behaviour.DRIPS:
                self._send_slowly(envelope)
            case Behaviour.CUTS_OFF:
                self._begin(200, len(envelope))
                _ = self.wfile.write(envelope[: len(envelope) // 2])
            case Behaviour.IS_ENDLESS:
                self._begin(200, len(_PIECE) * _PIECES)
                with suppress(OSError):
                    for _ in range(_PIECES):
                        _ = self.wfile.write(_PIECE)
            case _:
                assert behaviour is Behaviour.HANGS_UP, "every other one is above"

    def _send(self, status: int, body: bytes, *, location: str | None = None) -> None:
        self._begin(status, len(body), location=location)
        _ = self.wfile.write(body)

    def _send_slowly(self, whole: bytes) -> None:
        self._begin(200, len(whole))
        with suppress(OSError):
            for piece in (whole[i : i + 1] for i in range(len(whole))):
                if self._stand_in.wait(_A_MOMENT):
                    return
                _ = self.wfile.write(piece)

    def _begin(self, status: int, length: int, *, location: str | None = None) -> None:
        self.send_response(status)
        self.send_header("Content-Type", "text/xml; charset=utf-8")
        self.send_header("Content-Length", str(length))
        self.send_header("Connection", "close")
        if location is not None:
            self.send_header("Location", location)
        self.end_headers()

    def log_message(self, format: str, *_: Any) -> None:  # noqa: A002, ANN401  as above
        """Say nothing: a question holds a CPR number."""
