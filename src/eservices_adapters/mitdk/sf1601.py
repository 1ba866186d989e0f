"""Digital post at KOMBIT's service: SF1601, KombiPostAfsend and PostForespoerg.

Here: the two calls as wire exchanges, what each of their ends means, and the port over them. Not
here: the XML (`kombi_xml`), tokens (`tokens`), and how receipts come (`receipt_push`).

It is the public senders' interface. A clinic may not use it in its own name; it is here for whoever
sends for a public authority, and as the published shape of what an agreement with mit.dk's operator
comes to (docs/connect/post.md).

The same message is the same bytes under the same UUID at every attempt, so a lost answer is
resolved by handing it over again. What ends before the last byte was given has surely not arrived.
"""

from collections.abc import Generator
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final
from uuid import UUID

from attrs import field, frozen

from eservices_adapters.mitdk.kombi_xml import (
    NotTaken,
    Taken,
    read_answer,
    read_reach,
    request_pieces,
)
from eservices_adapters.mitdk.memo_writer import FileChanged, MemoVersion
from eservices_adapters.mitdk.receipt_folder import ReceiptFolder
from eservices_adapters.mitdk.tokens import Tokens
from eservices_adapters.wire_http.driver import HttpDriver
from eservices_adapters.wire_http.exchange import Exchange, Request, Response, Upload
from eservices_core.outcome import Failure
from eservices_core.ports.digital_post import Accepted, NoAnswer, Receipt, Rejected, Sent
from eservices_core.ports.world import Chance, Clock
from eservices_core.post.memo import Memo
from eservices_core.post.sending import Reach
from eservices_core.words.civil_number import CivilNumber

if TYPE_CHECKING:
    from eservices_core.ports.digital_post import DigitalPost

SEND_PATH: Final = "/service/KombiPostAfsend_1/kombi"
ASK_PATH: Final = "/service/PostForespoerg_1/digitalpost"

_OK: Final = range(200, 300)
_OUR_FAULT: Final = frozenset({400, 413, 415, 422})
"""The message is wrong, and will be tomorrow."""
_FAILED: Final = range(500, 600)
_COME_AGAIN: Final = 503


@frozen
class Call:
    """What every call carries; the token is a secret.

    Attributes:
        token: as the token service gave it.
        number: of this call, a UUID; a new one each time.
        at: an aware instant.
    """

    token: str = field(repr=False)
    number: str
    at: datetime

    def headers(self) -> tuple[tuple[str, str], ...]:
        """Write it as headers."""
        return (
            ("Authorization", f"Holder-of-key {self.token}"),
            ("X-TransaktionsId", self.number),
            ("X-TransaktionsTid", self.at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")),
        )


class Counted:
    """A request's pieces, and whether the last of them was taken."""

    def __init__(self, message: Memo, version: MemoVersion) -> None:
        """Measure the request, reading every file once.

        Raises:
            FileChanged: a file is not what it was said to be.
            OSError: a file cannot be read.
        """
        self._message, self._version = message, version
        self.size = sum(len(piece) for piece in request_pieces(message, version))
        self.is_whole = False
        """True from when all of it may have arrived."""

    def pieces(self) -> Generator[bytes, None, None]:
        """Give the request, one piece at a time."""
        given = 0
        for piece in request_pieces(self._message, self._version):
            given += len(piece)
            # Before the last piece leaves: from then on nobody can know.
            self.is_whole = given >= self.size
            yield piece


def asking(url: str, call: Call, recipient: CivilNumber) -> Exchange[Reach]:
    """Ask whether a person can receive.

    The interface wants the number in the address; a `Request` never shows its own.
    """
    address = f"{url}{ASK_PATH}?cprNumber={recipient.reveal()}"
    headers = (*call.headers(), ("Accept", "application/json"))
    match (yield Request("GET", address, headers)):
        case Response(200, _, body):
            said = read_reach(body)
            if isinstance(said, Failure):
                return Reach.SILENT
            return Reach.CAN_RECEIVE if said.unwrap() else Reach.CANNOT_RECEIVE
        case _:
            return Reach.SILENT


def sending(url: str, call: Call, counted: Counted) -> Exchange[Sent]:
    """Hand a message over."""
    headers = (
        *call.headers(),
        ("Content-Type", "application/xml; charset=utf-8"),
        ("Accept", "application/xml"),
    )
    body = Upload(counted.size, counted.pieces)
    match (yield Request("POST", f"{url}{SEND_PATH}", headers, body)):
        case Response(status, _, answer):
            return _sent(status, answer)
        case silence:
            surely_not = silence.surely_not_received or not counted.is_whole
            return NoAnswer.NOT_NOW if surely_not else NoAnswer.AMBIGUOUS


def _sent(status: int, body: bytes) -> Sent:
    """Say how it ended; what is said about us (a token, an address) is no word on the message."""
    if status in _OK:
        match _answer(body):
            case Taken():
                return Accepted()
            case NotTaken(code):
                return Rejected(code)
            case None:
                return NoAnswer.AMBIGUOUS
    if status in _OUR_FAULT:
        said = _answer(body)
        return Rejected(said.code if isinstance(said, NotTaken) else f"http_{status}")
    if status in _FAILED and status != _COME_AGAIN:
        return NoAnswer.AMBIGUOUS
    return NoAnswer.NOT_NOW


def _answer(body: bytes) -> Taken | NotTaken | None:
    read = read_answer(body)
    return None if isinstance(read, Failure) else read.unwrap()


@frozen
class Sf1601Post:
    """The port `DigitalPost` over SF1601.

    Attributes:
        url: the service's origin, as `https://prod.serviceplatformen.dk`.
        driver: its bounds are for one call; its TLS has our certificate.
        tokens: what the calls are let in with.
        inbox: where receipts lie that were pushed.
        version: the MeMo version that is written.
    """

    url: str
    driver: HttpDriver
    tokens: Tokens
    inbox: ReceiptFolder
    clock: Clock
    chance: Chance
    version: MemoVersion = MemoVersion.V1_1

    def reach(self, recipient: CivilNumber, /) -> Reach:
        """Ask the service; SILENT without a token, too."""
        token = self.tokens.asking()
        if token is None:
            return Reach.SILENT
        return self.driver.run(asking(self.url, self._call(token), recipient))

    def send(self, message: Memo, /) -> Sent:
        """Hand it over; no more than a piece of a file is in memory at a time.

        NOT_NOW: no token, no line, or somebody who will not have us; or it broke off before the
        end. AMBIGUOUS: all of it may have arrived. Rejected: the service's own code, `http_…`, or
        `file_changed`.
        """
        token = self.tokens.sending()
        if token is None:
            return NoAnswer.NOT_NOW
        try:
            counted = Counted(message, self.version)
            return self.driver.run(sending(self.url, self._call(token), counted))
        except FileChanged:
            return Rejected("file_changed")
        except OSError:  # a file that cannot be read; the line's errors are answers
            return NoAnswer.NOT_NOW

    def receipts(self, limit: int, /) -> tuple[Receipt, ...]:
        """Give what was pushed and is not done, oldest first."""
        return self.inbox.receipts(limit)

    def done(self, receipt: Receipt, /) -> None:
        """Put it away."""
        self.inbox.done(receipt)

    def _call(self, token: str) -> Call:
        drawn = UUID(bytes=self.chance.entropy(16), version=4)
        return Call(token, str(drawn), self.clock.now())


if TYPE_CHECKING:
    _: type[DigitalPost] = Sf1601Post
