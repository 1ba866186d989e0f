"""The driver against peers that answer badly: what comes of it is always a value, and in time."""

import asyncio
import logging
import ssl
from collections.abc import Callable, Iterable
from time import monotonic

import pytest
import trustme

from eservices_adapters.wire_http.driver import Bounds, HttpDriver
from eservices_adapters.wire_http.exchange import (
    Answer,
    Exchange,
    Request,
    Response,
    Silence,
    Why,
)
from tests.adapters.wire_http.peer import a_peer

DRIVER = HttpDriver(Bounds(seconds=0.6, body_bytes=1000))
OK = b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok"

Run = Callable[[HttpDriver, "Exchange[Answer]"], Answer]


def _waiting(driver: HttpDriver, exchange: Exchange[Answer]) -> Answer:
    return driver.run(exchange)


def _awaiting(driver: HttpDriver, exchange: Exchange[Answer]) -> Answer:
    return asyncio.run(driver.run_async(exchange))


@pytest.fixture(params=[_waiting, _awaiting], ids=["waiting", "awaiting"])
def run(request: pytest.FixtureRequest) -> Run:
    """Both ways to have an exchange carried out."""
    found: Run = request.param
    return found


def one(request: Request) -> Exchange[Answer]:
    """The shortest exchange: one request, and its answer as it is."""
    return (yield request)


def get(url: str) -> Exchange[Answer]:
    """Ask for one address."""
    return one(Request("GET", url))


def test_an_answer_comes_back_whole(run: Run) -> None:
    """A request goes out as it was made, and the answer comes back whole."""
    with a_peer([b"HTTP/1.1 404 Nope\r\nX-A: 1\r\nx-a: 2\r\nContent-Length: 2\r\n\r\nok"]) as peer:
        answer = run(
            DRIVER, one(Request("POST", peer.url("/a?b=c"), (("x-secret", "s"),), b"hello"))
        )
    assert isinstance(answer, Response)
    assert (answer.status, answer.body, answer.header("x-a")) == (404, b"ok", "1, 2")
    assert answer.header("x-none") is None
    head, _, body = peer.received[0].partition(b"\r\n\r\n")
    lines = head.lower().splitlines()
    assert lines[0] == b"post /a?b=c http/1.1"
    assert {b"x-secret: s", b"accept-encoding: identity", b"content-length: 5"} <= {*lines}
    assert body in {b"hello", b""}  # it may come in a second segment


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        ([b""], {Why.CUT_OFF, Why.UNREADABLE}),
        ([b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nok"], {Why.CUT_OFF, Why.UNREADABLE}),
        ([b"SSH-2.0-OpenSSH\r\n\r\n"], {Why.UNREADABLE}),
        ([b"HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n"], {Why.UNREADABLE}),
        ([b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"], {Why.UNREADABLE}),
        ([b"HTTP/1.1 200 OK\r\n", b"A: " + b"b" * 200_000], {Why.UNREADABLE}),
        ([b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n\x1f\x8b"], {Why.UNREADABLE}),
        ([b"HTTP/1.1 200 OK\r\n\r\n", b"x" * 1001], {Why.TOO_LARGE}),
        ([b"HTTP/1.1 200 OK\r\nContent-Length: 67108864\r\n\r\n", b"x" * 70_000], {Why.TOO_LARGE}),
    ],
    ids=range(9),
)
def test_what_is_no_answer_is_a_silence(run: Run, answer: Iterable[bytes], why: set[Why]) -> None:
    """faults: 60, 63, 162: a cut, a lie about lengths, no HTTP, a bomb and a flood are values."""
    with a_peer(answer) as peer:
        said = run(DRIVER, get(peer.url()))
    assert isinstance(said, Silence)
    assert said.why in why
    assert not said.surely_not_received


@pytest.mark.parametrize(
    "dripped",
    [
        [b"HTTP/1.1 200 OK\r\n", *[b"A: b\r\n"] * 30],
        [b"HTTP/1.1 200 OK\r\n\r\n", *[b"x"] * 30],
        [*[b"HTTP/1.1 100 Continue\r\n\r\n"] * 30],
        [b"", *[b""] * 30],
    ],
    ids=["headers", "body", "interim answers", "nothing"],
)
def test_a_drip_ends_with_the_deadline(run: Run, dripped: list[bytes]) -> None:
    """faults: 63, 162: a byte now and then does not make anybody wait past the deadline."""
    with a_peer(dripped, pause=0.1) as peer:
        began = monotonic()
        said = run(DRIVER, get(peer.url()))
        took = monotonic() - began
    assert said == Silence(Why.TOO_LATE)
    assert took < 1.5


def test_the_deadline_is_for_the_whole_exchange(run: Run) -> None:
    """An exchange of many requests has one deadline, not one for each."""

    def many(url: str) -> Exchange[Answer]:
        while True:
            answer = yield Request("GET", url)
            if isinstance(answer, Silence):
                return answer

    with a_peer([OK], pause=0.15) as peer:
        said = run(DRIVER, many(peer.url()))
    assert isinstance(said, Silence)
    assert said.why in {Why.TOO_LATE, Why.UNREACHABLE}
    assert len(peer.received) < 8


def test_no_redirect_is_followed(run: Run) -> None:
    """faults: 60, 65, 167: a redirect is an answer like any other; nobody goes where it points."""
    with a_peer([OK]) as other:
        location = other.url("/stolen").encode()
        moved = b"HTTP/1.1 307 Moved\r\nLocation: " + location + b"\r\nContent-Length: 0\r\n\r\n"
        with a_peer([moved]) as peer:
            request = Request("POST", peer.url(), (("authorization", "Basic c2VjcmV0"),), b"a=b")
            answer = run(DRIVER, one(request))
    assert isinstance(answer, Response)
    assert (answer.status, answer.header("location")) == (307, location.decode())
    assert other.received == []


def test_no_request_leaves_for_a_wrong_address(run: Run) -> None:
    """faults: 167: what may not be spoken to is not; nor are headers sent that would split."""
    with a_peer([OK]) as peer:
        for request in (
            Request("GET", f"http://peer.example:{peer.port}/"),
            Request("GET", f"ftp://localhost:{peer.port}/"),
            Request("GET", peer.url("/a b")),
            Request("GET", peer.url(), (("x", "a\r\nHost: b"),)),
            Request("GET", peer.url(), (("x", "æ"),)),
            Request("GET", peer.url(), (("x y", "a"),)),
            Request("GE T", peer.url()),
        ):
            said = run(DRIVER, one(request))
            assert said == Silence(Why.NOT_ALLOWED)
            assert said.surely_not_received
    assert peer.received == []


def test_nobody_there_has_received_nothing(run: Run) -> None:
    """A port that nobody listens on, and a host that there is none of, are UNREACHABLE."""
    with a_peer([OK]) as peer:
        pass
    for url in (peer.url(), f"https://{'a' * 64}.invalid/"):
        said = run(DRIVER, get(url))
        assert said == Silence(Why.UNREACHABLE)
        assert said.surely_not_received


# -------------------------------------------------------------------------------------------- TLS


@pytest.fixture
def authority() -> trustme.CA:
    """An authority that the system does not trust."""
    return trustme.CA()


def _serves(authority: trustme.CA, host: str) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(host).configure_cert(context)
    return context


def test_a_peer_proves_who_it_is(run: Run, authority: trustme.CA) -> None:
    """A certificate of a trusted authority for the very host is believed, and no other is."""
    trusted = ssl.create_default_context()
    authority.configure_trust(trusted)
    believing = HttpDriver(DRIVER.bounds, trusted)
    with a_peer([OK], tls=_serves(authority, "localhost")) as peer:
        answer = run(believing, get(peer.url(scheme="https")))
        stranger = run(DRIVER, get(peer.url(scheme="https")))
    with a_peer([OK], tls=_serves(authority, "other.example")) as peer:
        other = run(believing, get(peer.url(scheme="https")))
    assert isinstance(answer, Response)
    assert answer.body == b"ok"
    assert stranger == other == Silence(Why.UNREACHABLE)


def test_no_repr_shows_a_secret() -> None:
    """D-LOG-1: neither request, nor answer, nor driver shows an address, a header or a body."""
    shown = repr(
        (
            Request("POST", "https://peer.example/SECRET", (("a", "SECRET"),), b"SECRET"),
            Response(200, (("a", "SECRET"),), b"SECRET"),
            DRIVER,
        )
    )
    assert "SECRET" not in shown


def test_no_log_shows_a_secret(run: Run, caplog: pytest.LogCaptureFixture) -> None:
    """D-LOG-1, faults: 183: the engine's own log, which repeats headers, is kept silent."""
    secret = b"HTTP/1.1 302 Found\r\nLocation: /?code=SECRET\r\nContent-Length: 0\r\n\r\n"
    with caplog.at_level(logging.DEBUG), a_peer([secret]) as peer:
        _ = run(DRIVER, get(peer.url("/SECRET")))
        _ = run(DRIVER, one(Request("GET", peer.url(), (("x", "SECRET\n"),))))
    assert "SECRET" not in caplog.text


def test_bounds_bound() -> None:
    """Bounds of nothing are a mistake of whoever set them."""
    for seconds, size in ((0.0, 1), (1.0, 0)):
        with pytest.raises(AssertionError):
            _ = Bounds(seconds, size)
