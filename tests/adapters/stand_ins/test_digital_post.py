"""The stand-in of digital post: what others' tests and demonstrations may count on."""

import json
import re
import subprocess
import sys
from collections.abc import Generator
from datetime import UTC, datetime
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest

from eservices_adapters.mitdk.kombi_xml import (
    NotTaken,
    Taken,
    read_answer,
    request_pieces,
)
from eservices_adapters.mitdk.memo_writer import MemoVersion
from eservices_adapters.mitdk.receipt_xml import read_receipt
from eservices_adapters.stand_ins.digital_post import into_folder, push_to
from eservices_adapters.stand_ins.kombi_reading import Invalid, Read, read_request
from eservices_adapters.stand_ins.kombi_server import TOKEN, DigitalPostStandIn
from eservices_adapters.stand_ins.post_receipts import Stage, Told, Trick, told_of, written
from eservices_core.testing.contracts.digital_post import a_message

NOW = datetime(2026, 11, 23, 8, tzinfo=UTC)
UUID = "8853363b-43ec-4d0a-a54d-65447f9447ed"
REQUEST = b"".join(request_pieces(a_message(), MemoVersion.V1_1))
HEADERS = {
    "Authorization": f"Holder-of-key {TOKEN}",
    "X-TransaktionsId": UUID,
    "X-TransaktionsTid": "2026-11-23T08:00:00Z",
}
SEND, ASK = "/service/KombiPostAfsend_1/kombi", "/service/PostForespoerg_1/digitalpost"


@pytest.fixture
def sent() -> list[bytes]:
    """The receipts that were sent."""
    return []


@pytest.fixture
def post(sent: list[bytes]) -> Generator[DigitalPostStandIn, None, None]:
    """A stand-in that listens."""
    with DigitalPostStandIn(sent.append, lambda: NOW) as running:
        yield running


def ask(
    post: DigitalPostStandIn,
    method: str = "POST",
    path: str = SEND,
    body: bytes | None = REQUEST,
    headers: dict[str, str] | None = None,
) -> tuple[int, bytes]:
    """Ask as any program would."""
    line = HTTPConnection(post.url.removeprefix("http://"), timeout=5)
    try:
        line.request(method, path, body, HEADERS if headers is None else headers)
        answer = line.getresponse()
        return answer.status, answer.read()
    finally:
        line.close()


def test_a_message_is_taken_once_and_numbered(post: DigitalPostStandIn) -> None:
    """D-POST-1: the same message has the same number however often it comes."""
    answers = {ask(post) for _ in range(3)}
    ((status, body),) = answers
    assert status == 200
    assert isinstance(read_answer(body).unwrap(), Taken)
    (kept,) = post.kept
    assert (kept.uuid, kept.size, kept.times) == (a_message().draft.uuid, len(REQUEST), 3)


def test_other_bytes_under_its_uuid_are_refused(post: DigitalPostStandIn) -> None:
    """D-POST-1: a UUID belongs to the message that had it first."""
    _ = ask(post)
    _, body = ask(post, body=REQUEST.replace(b"Indkaldelse", b"Noget andet"))
    assert read_answer(body).unwrap() == NotTaken("other_message")
    assert post.kept[0].times == 1


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<a/>",
        REQUEST[:-1],
        REQUEST.replace(b"memo:", b"m:"),
        REQUEST.replace(b"<kombi_request>", b"<!DOCTYPE a><kombi_request>"),
        REQUEST.replace(b"<memo:mandatory>false</memo:mandatory>", b"").replace(
            b"</memo:Sender>", b"</memo:Sender><memo:mandatory>false</memo:mandatory>"
        ),
        re.sub(b"<memo:messageUUID>.*</memo:messageUUID>", b"", REQUEST),
        REQUEST.replace(b"<memo:messageUUID>", b"<memo:messageUUID>0123456789"),
        b"<a>" * 10_000,
    ],
)
def test_what_is_no_message_is_refused(post: DigitalPostStandIn, body: bytes) -> None:
    """D-POST-3: another frame or prefix, a header out of order, no UUID: `memo.invalid`."""
    _, answer = ask(post, body=body)
    assert read_answer(answer).unwrap() == NotTaken("memo.invalid")
    assert post.kept == ()


def test_a_message_is_read_in_any_pieces() -> None:
    """D-POST-1: however it is cut, it is the same message."""
    whole = read_request([REQUEST])
    assert isinstance(whole, Read)
    assert read_request([REQUEST[at : at + 7] for at in range(0, len(REQUEST), 7)]) == whole
    assert read_request([]) == Invalid("memo.invalid")


@pytest.mark.parametrize(
    ("method", "path", "headers", "status"),
    [
        ("POST", SEND, {**HEADERS, "Authorization": "Holder-of-key x"}, 401),
        ("GET", f"{ASK}?cprNumber=0709614606", {}, 401),
        ("POST", SEND, {**HEADERS, "X-TransaktionsId": "1"}, 400),
        ("POST", SEND, {**HEADERS, "X-TransaktionsTid": ""}, 400),
        ("POST", "/", HEADERS, 404),
        ("GET", "/", HEADERS, 404),
        ("GET", ASK, HEADERS, 400),
        ("GET", f"{ASK}?cprNumber=1", HEADERS, 400),
        ("GET", f"{ASK}?cprNumber=0709614606&cprNumber=0709614231", HEADERS, 400),
        ("GET", f"{ASK}?cprNumber=0709614606", HEADERS, 200),
    ],
)
def test_a_call_must_be_whole(
    post: DigitalPostStandIn, method: str, path: str, headers: dict[str, str], status: int
) -> None:
    """S-POST-1: the token, the call's number and time, the path: what the service wants."""
    body = REQUEST if method == "POST" else None
    assert ask(post, method, path, body, headers)[0] == status


def test_who_can_receive_is_as_it_was_told(post: DigitalPostStandIn) -> None:
    """D-POST-2: everybody can but those of whom it was told otherwise."""

    def reach() -> object:
        return json.loads(ask(post, "GET", f"{ASK}?cprNumber=0709614606", None)[1])

    assert reach() == {"result": True}
    post.know("0709614606", can_receive=False)
    assert reach() == {"result": False}
    post.know("0709614606", can_receive=True)
    assert reach() == {"result": True}


def test_a_length_that_lies_takes_nothing(post: DigitalPostStandIn) -> None:
    """faults: 169. More promised than sent is no message; less is none either."""
    line = HTTPConnection(post.url.removeprefix("http://"), timeout=1)
    line.request("POST", SEND, REQUEST, {**HEADERS, "Content-Length": str(len(REQUEST) + 5)})
    line.close()
    short = {**HEADERS, "Content-Length": str(len(REQUEST) - 5)}
    assert read_answer(ask(post, headers=short)[1]).unwrap() == NotTaken("memo.invalid")
    assert post.kept == ()


# --- receipts ------------------------------------------------------------------------------------


def test_receipts_follow_a_message(post: DigitalPostStandIn, sent: list[bytes]) -> None:
    """D-POST-1: received and delivered, once, however often the message comes."""
    for _ in range(3):
        _ = ask(post)
        post.settle()
    assert [read_receipt(one).unwrap().says for one in sent] == [
        read_receipt(written(told, "x")).unwrap().says
        for told in told_of(a_message().draft.uuid, NOW, frozenset())
    ]


@pytest.mark.parametrize(
    ("tricks", "stages"),
    [
        (set(), "RD"),
        ({Trick.DUPLICATED}, "RRDD"),
        ({Trick.REORDERED}, "DR"),
        ({Trick.UNKNOWN}, "?RD"),
        ({Trick.FAILING}, "RF"),
        ({Trick.CORRECTED}, "RFD"),
        ({Trick.CORRECTED, Trick.REORDERED, Trick.DUPLICATED}, "DDFFRR"),
        ({Trick.LOST, Trick.DUPLICATED}, ""),
    ],
)
def test_every_trick_is_played(tricks: set[Trick], stages: str) -> None:
    """faults: 172. What the world does with receipts, one trick at a time and together."""
    told = told_of("ours", NOW, frozenset(tricks))
    assert "".join("?" if one.uuid != "ours" else one.stage.name[0] for one in told) == stages


def test_late_ones_come_when_they_are_let_go(post: DigitalPostStandIn, sent: list[bytes]) -> None:
    """D-POST-1: nothing before, all of them after, and none twice."""
    post.tricks = frozenset({Trick.LATE})
    _ = ask(post)
    post.settle()
    assert sent == []
    assert (post.let_go(), post.let_go(), len(sent)) == (2, 0, 2)


def test_receipts_lie_in_a_folder(tmp_path: Path) -> None:
    """D-POST-1: whole, in their order, and the folder is made."""
    deliver = into_folder(tmp_path / "receipts")
    for stage in Stage:
        deliver(written(Told(UUID, stage, NOW), "x"))
    paths = sorted((tmp_path / "receipts").iterdir())
    assert [path.suffix for path in paths] == [".xml"] * 4
    assert read_receipt(paths[0].read_bytes()).unwrap().at == NOW


def test_receipts_are_pushed_until_they_are_taken() -> None:
    """D-POST-1: a no is tried once more."""
    came: list[bytes] = []

    class _Taker(BaseHTTPRequestHandler):
        def log_message(self, format: str, *args: object) -> None:  # noqa: A002  the library's name
            pass

        def do_POST(self) -> None:
            came.append(self.rfile.read(int(self.headers["Content-Length"])))
            self.send_response(503 if len(came) == 1 else 200)
            self.end_headers()

    with ThreadingHTTPServer(("127.0.0.1", 0), _Taker) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        push_to(f"http://127.0.0.1:{server.server_port}/receipts")(b"<a/>")
        server.shutdown()
    assert came == [b"<a/>", b"<a/>"]
    push_to(f"http://127.0.0.1:{server.server_port}/")(b"nobody is there")
    for elsewhere in ("http://example.com/", "https://127.0.0.1/"):
        with pytest.raises(AssertionError):
            _ = push_to(elsewhere)


def test_it_runs_as_a_command(tmp_path: Path) -> None:
    """S-POST-1: it says where it listens, takes a message, and lays the receipts down."""
    folder = tmp_path / "receipts"
    arguments = ("--port", "0", "--receipts", str(folder), "--cannot", "0709614606")
    with subprocess.Popen(  # noqa: S603  our own interpreter and module
        [sys.executable, "-m", "eservices_adapters.stand_ins.digital_post", *arguments],
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            assert process.stdout is not None
            url = process.stdout.readline().removeprefix("listening at http://").strip()
            line = HTTPConnection(url, timeout=5)
            line.request("POST", SEND, REQUEST, HEADERS)
            assert b"received" in line.getresponse().read()
            line.request("GET", f"{ASK}?cprNumber=0709614606", headers=HEADERS)
            assert line.getresponse().read() == b'{"result": false}'
            line.close()
            told = process.stdout.readline()
        finally:
            process.terminate()
    assert told == f"{a_message().draft.uuid}: {len(REQUEST)} bytes\n"
    assert len(list(folder.glob("*.xml"))) == 2
