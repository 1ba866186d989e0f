"""A wire exchange, written once: a generator of requests that knows no input and no output.

Here: request, answer and silence, and the two loops that drive an exchange with anything that can
send. Not here: sending (`driver`).

An exchange yields a `Request` and gets back an `Answer`: a `Response`, whatever its status, or a
`Silence` that says why there is none. So that nothing is forgotten, a silence is a value and not an
exception. What an exchange comes to is what the generator returns.

>>> def greeting() -> Exchange[str]:
...     match (yield Request("GET", "https://peer.example/")):
...         case Response(200, _, body):
...             return body.decode()
...         case _:
...             return "no answer"
>>> run(greeting(), lambda request: Response(200, (), b"hello from " + request.url.encode()))
'hello from https://peer.example/'
"""

from collections.abc import Awaitable, Callable, Generator, Iterator
from enum import Enum, unique
from typing import TypeAlias, TypeVar

from attrs import field, frozen

T = TypeVar("T")


@frozen
class Upload:
    """A body that is never whole in memory.

    Attributes:
        size: its bytes, all of them.
        pieces: gives as many, in their order and anew each time; what it raises ends the exchange,
            an OSError as a line that was cut off.
    """

    size: int
    pieces: Callable[[], Iterator[bytes]] = field(repr=False, eq=False)


@frozen
class Request:
    """What is sent to a peer; its headers and body are secrets and never shown.

    Attributes:
        method: `GET`, `POST`, `PUT`, `REPORT` and so on.
        url: absolute; `addresses.may_be_spoken_to` says which are ever sent to.
        headers: names and values, in ASCII; Host and Content-Length are added.
        body: the bytes, or what gives them; None for a request without a body.
    """

    method: str
    url: str = field(repr=False)
    headers: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    body: bytes | Upload | None = field(default=None, repr=False)


@frozen
class Response:
    """What a peer answered, with its whole body, as it came: no redirect was followed.

    Attributes:
        status: 200 and so on; any number that a peer may send.
        headers: names in lower case, and values, in the order that they came.
        body: the bytes, of which there are no more than the driver's bounds say.
    """

    status: int
    headers: tuple[tuple[str, str], ...] = field(repr=False)
    body: bytes = field(repr=False)

    def header(self, name: str) -> str | None:
        """Give a header by its name in lower case; one that came twice is joined by a comma."""
        values = [value for each, value in self.headers if each == name]
        return ", ".join(values) if values else None


@unique
class Why(Enum):
    """Why there is no answer."""

    NOT_ALLOWED = "not_allowed"
    """Nothing was sent: the address, or a header, is none that may be."""
    UNREACHABLE = "unreachable"
    """Nothing was sent: there is no such host, no line to it, or it cannot prove who it is."""
    TOO_LATE = "too_late"
    CUT_OFF = "cut_off"
    """The line was lost on the way."""
    TOO_LARGE = "too_large"
    UNREADABLE = "unreadable"
    """What came is not HTTP, or is packed, though nobody asked for that."""


@frozen
class Silence:
    """No answer that can be used."""

    why: Why

    @property
    def surely_not_received(self) -> bool:
        """Whether the peer cannot have got the request; else it may have acted on it."""
        return self.why in {Why.NOT_ALLOWED, Why.UNREACHABLE}


Answer: TypeAlias = Response | Silence
Exchange: TypeAlias = Generator[Request, Answer, T]


def run(exchange: Exchange[T], send: Callable[[Request], Answer]) -> T:
    """Drive an exchange to its end."""
    try:
        request = next(exchange)
        while True:
            request = exchange.send(send(request))
    except StopIteration as end:
        result: T = end.value
        return result


async def run_async(exchange: Exchange[T], send: Callable[[Request], Awaitable[Answer]]) -> T:
    """Drive an exchange to its end, awaiting each answer."""
    try:
        request = next(exchange)
        while True:
            request = exchange.send(await send(request))
    except StopIteration as end:
        result: T = end.value
        return result
