import asyncio
from collections.abc import Generator, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest

from eservices_adapters.wire_http.driver import Bounds, HttpDriver
from eservices_adapters.wire_http.exchange import (
    Answer,
    Exchange,
    Request,
    Response,
    Silence,
    Upload,
    Why,
)

DRIVER = HttpDriver(Bounds(seconds=5))
PIECES = (b"one ", b"two ", b"three")


class Reader(ThreadingHTTPServer):
    """Reads each request to its end, and answers only then."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Reading)
        self.url = f"http://127.0.0.1:{self.server_port}/"
        self.bodies: list[bytes] = []
        self.chunked = False

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing of a line that is cut."""


class _Reading(BaseHTTPRequestHandler):
    timeout = 5

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  the library's name
        pass

    def do_PUT(self) -> None:
        reader = self.server
        assert isinstance(reader, Reader)
        reader.chunked |= "Transfer-Encoding" in self.headers
        length = int(self.headers["Content-Length"])
        body = self.rfile.read(length)
        if len(body) == length:
            reader.bodies.append(body)
            self.send_response(200)
            self.send_header("Content-Length", "0")
            self.end_headers()


@pytest.fixture
def peer() -> Generator[Reader, None, None]:
    """A peer that reads."""
    with Reader() as reader:
        Thread(target=reader.serve_forever, args=(0.05,), daemon=True).start()
        yield reader
        reader.shutdown()


def put(url: str, upload: Upload) -> Exchange[Answer]:
    """Send a body that is given in pieces."""
    return (yield Request("PUT", url, (), upload))


def given() -> Iterator[bytes]:
    """Give the pieces."""
    yield from PIECES


def test_a_body_in_pieces_arrives_with_its_length(peer: Reader) -> None:
    """faults: 169. Waiting or awaiting, the peer is told how much comes; it is no chunked body."""
    upload = Upload(13, given)
    answers = [
        DRIVER.run(put(peer.url, upload)),
        asyncio.run(DRIVER.run_async(put(peer.url, upload))),
    ]
    assert [isinstance(answer, Response) and answer.status for answer in answers] == [200, 200]
    assert peer.bodies == [b"one two three"] * 2
    assert not peer.chunked


def test_what_a_file_raises_is_a_line_that_was_cut(peer: Reader) -> None:
    """D-POST-1: a disk that fails on the way ends the exchange as a broken line does."""

    def broken() -> Iterator[bytes]:
        yield b"one "
        raise OSError(5, "Input/output error")

    assert DRIVER.run(put(peer.url, Upload(13, broken))) == Silence(Why.CUT_OFF)
    awaited = asyncio.run(DRIVER.run_async(put(peer.url, Upload(13, broken))))
    assert awaited == Silence(Why.CUT_OFF)
    assert peer.bodies == []


def test_what_is_no_trouble_of_the_line_is_raised(peer: Reader) -> None:
    """A bug in what gives the pieces is not taken for a silence of the peer."""

    class _OurOwnError(Exception):
        pass

    def wrong() -> Iterator[bytes]:
        yield b"one "
        raise _OurOwnError

    with pytest.raises(_OurOwnError):
        _ = DRIVER.run(put(peer.url, Upload(13, wrong)))
    assert peer.bodies == []


@pytest.mark.parametrize("size", [0, 12, 14])
def test_a_length_that_lies_is_noticed_here(peer: Reader, size: int) -> None:
    """faults: 169. More or fewer bytes than were said are never answered as if all were well."""
    assert DRIVER.run(put(peer.url, Upload(size, given))) == Silence(Why.CUT_OFF)
    assert peer.bodies in ([], [b""])
