"""The driver: has an exchange carried out over the network, within bounds.

Here: one deadline for a whole exchange, one bound on each body, no redirects, no cookies, no
proxies, no unpacking; TLS with a certificate that proves the host. Not here: what is asked
(the exchanges), and trying again (whoever asked).

It stands on httpcore2, the engine of httpx2, because that does none of what would have to be
switched off here, and lets a deadline reach every read and write (docs/decisions/0040).
"""

import asyncio
import errno
import logging
import re
import ssl
from collections.abc import AsyncGenerator, AsyncIterator, Generator, Iterable, Iterator
from functools import cache
from time import monotonic
from typing import Any, Final, TypeVar

import httpcore2
from attrs import field, frozen

from eservices_adapters.wire_http.addresses import may_be_spoken_to
from eservices_adapters.wire_http.exchange import (
    Answer,
    Exchange,
    Request,
    Response,
    Silence,
    Upload,
    Why,
    run,
    run_async,
)

T = TypeVar("T")

# At its lowest level the engine logs the headers of every answer, which may hold secrets (D-LOG-1).
logging.getLogger("httpcore2").setLevel(logging.INFO)

_METHOD: Final = re.compile(r"[A-Z]{1,20}")
_NAME: Final = re.compile(r"[A-Za-z0-9-]{1,64}")
_VALUE: Final = re.compile(r"[!-~](?:[ -~]*[!-~])?")
_UNPACKED: Final = frozenset({"", "identity"})


@frozen
class Bounds:
    """What a peer may cost.

    Attributes:
        seconds: for a whole exchange, however many requests it has. Looking up a host's name is
            the system's resolver's and keeps to its own time.
        body_bytes: of one answer (faults: 60, 63, 68, 162).
    """

    seconds: float = 10.0
    body_bytes: int = 1024 * 1024

    def __attrs_post_init__(self) -> None:
        assert self.seconds > 0
        assert self.body_bytes > 0


@frozen
class HttpDriver:
    """Carries exchanges out; has no state of its own, so any number may be under way.

    Attributes:
        bounds: what each exchange may cost.
        tls: what is trusted, and our own certificate where a peer wants one; None for the
            certificates that the system trusts.
    """

    bounds: Bounds = field(factory=Bounds)
    tls: ssl.SSLContext | None = field(default=None, repr=False)

    def run(self, exchange: Exchange[T]) -> T:
        """Carry it out, and wait for its end; what fails on the wire is a `Silence` in it."""
        ends_at = monotonic() + self.bounds.seconds
        with httpcore2.ConnectionPool(
            ssl_context=self._trusted(), network_backend=_TimedBackend(ends_at)
        ) as pool:
            return run(exchange, lambda request: _send(pool, request, self.bounds))

    async def run_async(self, exchange: Exchange[T]) -> T:
        """Carry it out, and await its end, on asyncio."""
        ends_at = asyncio.get_running_loop().time() + self.bounds.seconds
        async with httpcore2.AsyncConnectionPool(ssl_context=self._trusted()) as pool:
            return await run_async(
                exchange, lambda request: _send_async(pool, request, self.bounds, ends_at)
            )

    def _trusted(self) -> ssl.SSLContext:
        return self.tls or _trusted_by_the_system()


@cache
def _trusted_by_the_system() -> ssl.SSLContext:
    """Read the system's certificates once: that takes longer than most exchanges."""
    return ssl.create_default_context()


def _may_be_sent(request: Request) -> bool:
    """Whether this may be sent; the engine's own refusal would repeat what it refuses."""
    return (
        may_be_spoken_to(request.url)
        and _METHOD.fullmatch(request.method) is not None
        and all(
            _NAME.fullmatch(name) and _VALUE.fullmatch(value) for name, value in request.headers
        )
    )


def _headers(request: Request) -> list[tuple[bytes, bytes]]:
    headers = [*request.headers, ("accept-encoding", "identity")]
    if isinstance(request.body, Upload):
        headers.append(("content-length", str(request.body.size)))
    return [(name.encode("ascii"), value.encode("ascii")) for name, value in headers]


def _content(body: bytes | Upload | None) -> bytes | Iterator[bytes] | None:
    return _given(body) if isinstance(body, Upload) else body


def _content_async(body: bytes | Upload | None) -> bytes | AsyncIterator[bytes] | None:
    return _given_async(body) if isinstance(body, Upload) else body


def _given(body: Upload) -> Generator[bytes, None, None]:
    """Give the pieces; other bytes than were said are a line that was cut, and no whole request."""
    left = body.size
    for piece in body.pieces():
        left -= len(piece)
        if left < 0:
            break
        yield piece
    if left:
        raise OSError(errno.EIO, "other bytes than were said")


async def _given_async(body: Upload) -> AsyncGenerator[bytes, None]:
    for piece in _given(body):
        yield piece


def _send(pool: httpcore2.ConnectionPool, request: Request, bounds: Bounds) -> Answer:
    if not _may_be_sent(request):
        return Silence(Why.NOT_ALLOWED)
    try:
        with pool.stream(
            request.method, request.url, headers=_headers(request), content=_content(request.body)
        ) as response:
            body = bytearray()
            for chunk in response.iter_stream():
                body += chunk
                if len(body) > bounds.body_bytes:
                    return Silence(Why.TOO_LARGE)
            return _answer(response, bytes(body))
    except Exception as error:  # noqa: BLE001  what is none of ours is raised again
        return _silence(error)


async def _send_async(
    pool: httpcore2.AsyncConnectionPool, request: Request, bounds: Bounds, ends_at: float
) -> Answer:
    if not _may_be_sent(request):
        return Silence(Why.NOT_ALLOWED)
    try:
        async with (
            asyncio.timeout_at(ends_at),
            pool.stream(
                request.method,
                request.url,
                headers=_headers(request),
                content=_content_async(request.body),
            ) as response,
        ):
            body = bytearray()
            async for chunk in response.aiter_stream():
                body += chunk
                if len(body) > bounds.body_bytes:
                    return Silence(Why.TOO_LARGE)
            return _answer(response, bytes(body))
    except Exception as error:  # noqa: BLE001  as above
        return _silence(error)


def _answer(response: httpcore2.Response, body: bytes) -> Answer:
    headers = tuple(
        (name.decode("latin-1").lower(), value.decode("latin-1"))
        for name, value in response.headers
    )
    answer = Response(response.status, headers, body)
    packed = (answer.header("content-encoding") or "").strip().lower()
    return answer if packed in _UNPACKED else Silence(Why.UNREADABLE)


def _silence(error: Exception) -> Silence:
    match error:
        case httpcore2.ConnectError() | httpcore2.ConnectTimeout() | UnicodeError():
            return Silence(Why.UNREACHABLE)  # a UnicodeError: a host that no name can be
        case httpcore2.TimeoutException() | TimeoutError():
            return Silence(Why.TOO_LATE)
        case httpcore2.NetworkError() | OSError():
            return Silence(Why.CUT_OFF)
        case httpcore2.RemoteProtocolError():
            return Silence(Why.UNREADABLE)
        case _:
            raise error


# --- one deadline over every read and write -------------------------------------------------------


class _TimedBackend(httpcore2.NetworkBackend):
    """Opens lines whose every step has what is left of one deadline.

    httpcore2's own bounds begin anew with each step, so that a peer who sends a byte now and then
    would be waited for without end (faults: 162).
    """

    def __init__(self, ends_at: float) -> None:
        self._ends_at = ends_at
        self._backend = httpcore2.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore2.SOCKET_OPTION] | None = None,
    ) -> httpcore2.NetworkStream:
        del timeout
        left = _left(self._ends_at, httpcore2.ConnectTimeout)
        stream = self._backend.connect_tcp(host, port, left, local_address, socket_options)
        return _TimedStream(stream, self._ends_at)


class _TimedStream(httpcore2.NetworkStream):
    def __init__(self, stream: httpcore2.NetworkStream, ends_at: float) -> None:
        self._stream = stream
        self._ends_at = ends_at

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        del timeout
        return self._stream.read(max_bytes, _left(self._ends_at, httpcore2.ReadTimeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        del timeout
        self._stream.write(buffer, _left(self._ends_at, httpcore2.WriteTimeout))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore2.NetworkStream:
        del timeout
        left = _left(self._ends_at, httpcore2.ConnectTimeout)
        return _TimedStream(
            self._stream.start_tls(ssl_context, server_hostname, left), self._ends_at
        )

    def get_extra_info(self, info: str) -> Any:  # noqa: ANN401  httpcore2's own signature
        return self._stream.get_extra_info(info)


def _left(ends_at: float, over: type[httpcore2.TimeoutException]) -> float:
    left = ends_at - monotonic()
    if left <= 0:
        raise over
    return left
