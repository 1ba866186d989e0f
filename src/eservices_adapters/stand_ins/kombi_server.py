"""A stand-in for KOMBIT's digital post (SF1601 with the receipts of SF1461), over loopback.

Here: a server that takes messages, says whether a person can receive, gives each message a
transmission number and sends receipts; and what it can be told: to be busy, to refuse, to lose its
answer, to send receipts twice, late, out of order or about somebody else's message. A message is
known by its UUID: the same bytes again are the same message, other bytes are refused.

What is assumed and not published: that the same message twice is answered as it was the first time.
Not here: where receipts go, and the command (`digital_post`).
"""

import json
import re
import ssl
from collections import deque
from collections.abc import Callable, Generator, Mapping
from datetime import datetime
from enum import Enum, unique
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Condition, Event, Thread
from typing import Final, Self, TypeAlias
from urllib.parse import parse_qs, urlsplit
from uuid import UUID, uuid5

from attrs import field, frozen

from eservices_adapters.stand_ins.kombi_reading import (
    Invalid,
    Read,
    read_request,
    said_no,
    said_yes,
)
from eservices_adapters.stand_ins.post_receipts import Told, Trick, told_of, written

TOKEN: Final = "stand-in"
_SPACE: Final = UUID("6f1d0cd2-3f0b-4c4a-9a53-0c7f5d6c1e11")
"""From which transmission numbers are made: the same message always has the same one."""
_PIECE: Final = 64 * 1024
_BYTES_MAX: Final = 150_000_000
_CPR: Final = re.compile(r"[0-9]{10}", re.ASCII)
_UUID: Final = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
_SEND: Final = frozenset({"/service/KombiPostAfsend_1/kombi", "/service/KombiPostAfsend_1/memos"})
_ASK: Final = "/service/PostForespoerg_1/digitalpost"

Deliver: TypeAlias = Callable[[bytes], None]


@unique
class Answer(Enum):
    """How one attempt ends."""

    TAKE = "take"
    LOSE = "lose"
    """The message is taken, and no answer comes."""
    CUT = "cut"
    """The line is cut before anything was read."""
    BUSY = "busy"
    """503: come again."""
    BROKEN = "broken"
    """500, with the message taken: nobody can know."""
    REFUSE = "refuse"
    """The message is refused for good."""
    NONSENSE = "nonsense"
    """200, and a body that says nothing; the message is taken."""
    HANG = "hang"
    """Nothing comes, for as long as the server runs; the message is taken."""
    ELSEWHERE = "elsewhere"
    """307, to another host."""


@frozen
class Kept:
    """A message that it has.

    Attributes:
        size: the bytes of the request.
        times: how often it came, the same every time.
    """

    uuid: str
    digest: str
    size: int
    transmission: str
    times: int = field(default=1, eq=False)


class DigitalPostStandIn:
    """The stand-in; leaving a `with` ends it.

    Attributes:
        url: where it listens.
        answers: how the next attempts end; afterwards each is taken.
        tricks: how receipts come.
    """

    def __init__(
        self,
        deliver: Deliver,
        now: Callable[[], datetime],
        *,
        port: int = 0,
        tls: ssl.SSLContext | None = None,
        token: str = TOKEN,
    ) -> None:
        """Listen on loopback; `deliver` takes each receipt, `tls` may ask for a certificate."""
        self.answers: deque[Answer] = deque()
        self.tricks: frozenset[Trick] = frozenset()
        self.token = token
        self.asked = 0
        self.ended = Event()
        self._deliver, self._now = deliver, now
        self._kept: dict[str, Kept] = {}
        self._cannot: set[str] = set()
        self._late: list[Told] = []
        self._sent = 0
        self._following = 0
        self._lock = Condition()
        self._server = _Server(("127.0.0.1", port), _handler(self))
        if tls is not None:
            self._server.socket = tls.wrap_socket(
                self._server.socket, server_side=True, do_handshake_on_connect=False
            )
        scheme = "http" if tls is None else "https"
        self.url = f"{scheme}://127.0.0.1:{self._server.server_address[1]}"
        self._thread = Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.ended.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    # -- what it is told --

    def know(self, number: str, *, can_receive: bool) -> None:
        """Have it say this of a CPR number; of all others it says that they can."""
        with self._lock:
            (self._cannot.discard if can_receive else self._cannot.add)(number)

    def tell(self, told: Told) -> None:
        """Send one receipt now."""
        with self._lock:
            self._sent += 1
            delivery = str(uuid5(_SPACE, f"{told.uuid}/{self._sent}"))
        self._deliver(written(told, delivery))

    def let_go(self) -> int:
        """Send the receipts that were kept back, and say how many they were."""
        with self._lock:
            late, self._late = self._late, []
        for told in late:
            self.tell(told)
        return len(late)

    def settle(self, seconds: float = 10) -> None:
        """Wait until the receipts of all that was answered have been sent."""
        with self._lock:
            settled = self._lock.wait_for(lambda: self._following == 0, seconds)
        assert settled, "whoever takes receipts is slower than anybody waits"

    @property
    def kept(self) -> tuple[Kept, ...]:
        """The messages that it has, in the order in which they came."""
        with self._lock:
            return tuple(self._kept.values())

    # -- what the handler asks --

    def can_receive(self, number: str) -> bool:
        """Say what is known of a number."""
        with self._lock:
            return number not in self._cannot

    def next_answer(self) -> Answer:
        """Count an attempt, and say how it ends."""
        with self._lock:
            self.asked += 1
            return self.answers.popleft() if self.answers else Answer.TAKE

    def keep(self, read: Read) -> tuple[Kept | None, bool]:
        """Keep a message, and say whether it is new; None for other bytes under its UUID."""
        transmission = str(uuid5(_SPACE, read.uuid))
        with self._lock:
            before = self._kept.get(read.uuid)
            if before is not None and before.digest != read.digest:
                return None, False
            times = 1 if before is None else before.times + 1
            kept = Kept(read.uuid, read.digest, read.size, transmission, times)
            self._kept[read.uuid] = kept
            self._following += 1
            return kept, before is None

    def follow_up(self, uuid: str, *, is_new: bool) -> None:
        """Send what follows a message that is new, or keep it back."""
        try:
            told = told_of(uuid, self._now(), self.tricks) if is_new else ()
            if Trick.LATE in self.tricks:
                with self._lock:
                    self._late += told
                return
            for one in told:
                self.tell(one)
        finally:
            with self._lock:
                self._following -= 1
                self._lock.notify_all()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128  # as in `serving`

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing: a peer that cuts the line is what tests are about."""
        del request, client_address


def _handler(post: DigitalPostStandIn) -> type[BaseHTTPRequestHandler]:
    return type("_Handler", (_Handler,), {"post": post})


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_version = "stand-in"
    sys_version = ""
    timeout = 30
    post: DigitalPostStandIn

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  the library's name
        """Log nothing: a request's line may hold a number."""
        del format, args

    def do_GET(self) -> None:
        """Say whether a person can receive."""
        asked = urlsplit(self.path)
        numbers = parse_qs(asked.query).get("cprNumber", [])
        if not self._is_let_in():
            return
        if asked.path != _ASK:
            self._say(404, b"")
        elif len(numbers) != 1 or not _CPR.fullmatch(numbers[0]):
            self._say(400, b"")
        else:
            said = {"result": self.post.can_receive(numbers[0])}
            self._say(200, json.dumps(said).encode(), "application/json")

    def do_POST(self) -> None:
        """Take a message."""
        answer = self.post.next_answer()
        if answer is Answer.CUT:
            self.close_connection = True
            return
        read = read_request(self._body())
        if not self._is_let_in():
            return
        if self.path not in _SEND:
            self._say(404, b"")
        elif answer is Answer.BUSY:
            self._say(503, b"", more={"Retry-After": "60"})
        elif answer is Answer.ELSEWHERE:
            self._say(307, b"", more={"Location": "https://example.com/kombi"})
        elif answer is Answer.REFUSE:
            self._say(200, said_no("memo.refused"))
        elif isinstance(read, Invalid):
            self._say(200, said_no(read.why))
        else:
            self._take(read, answer)

    def _take(self, read: Read, answer: Answer) -> None:
        kept, is_new = self.post.keep(read)
        if kept is None:
            self._say(200, said_no("other_message"))
            return
        try:
            self._answer(kept, answer)
        finally:
            self.post.follow_up(kept.uuid, is_new=is_new)

    def _answer(self, kept: Kept, answer: Answer) -> None:
        match answer:
            case Answer.LOSE:
                self.close_connection = True
            case Answer.HANG:
                _ = self.post.ended.wait()
                self.close_connection = True
            case Answer.BROKEN:
                self._say(500, b"")
            case Answer.NONSENSE:
                self._say(200, b"<html/>")
            case _:
                self._say(200, said_yes(kept.transmission))

    def _is_let_in(self) -> bool:
        """Look at the token and at the transaction's headers, which the service asks for."""
        if self.headers.get("Authorization") != f"Holder-of-key {self.post.token}":
            self._say(401, b"")
            return False
        number = self.headers.get("X-TransaktionsId", "")
        if not _UUID.fullmatch(number) or not self.headers.get("X-TransaktionsTid"):
            self._say(400, b"")
            return False
        return True

    def _body(self) -> Generator[bytes, None, None]:
        """Read the body piece by piece; one that is shorter than it says is no request."""
        try:
            left = int(self.headers.get("Content-Length", ""))
        except ValueError:
            left = 0
        if not 0 <= left <= _BYTES_MAX:
            self.close_connection = True
            left = 0
        while left:
            piece = self.rfile.read(min(left, _PIECE))
            if not piece:
                raise ConnectionResetError
            left -= len(piece)
            yield piece

    def _say(
        self,
        status: int,
        body: bytes,
        kind: str = "application/xml",
        more: Mapping[str, str] | None = None,
    ) -> None:
        self.send_response(status)
        for name, value in {
            "Content-Type": kind,
            "Content-Length": str(len(body)),
            **(more or {}),
        }.items():
            self.send_header(name, value)
        self.end_headers()
        _ = self.wfile.write(body)
        self.wfile.flush()
