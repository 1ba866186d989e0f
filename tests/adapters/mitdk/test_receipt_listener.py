import socket
import subprocess
from collections.abc import Generator
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path
from threading import Thread

import pytest

from eservices_adapters.mitdk.receipt_folder import ReceiptFolder
from eservices_adapters.mitdk.receipt_listener import PATH, ReceiptListener
from eservices_adapters.mitdk.small_xml import MAX_BYTES
from eservices_adapters.stand_ins.digital_post import push_to
from eservices_adapters.stand_ins.post_receipts import Stage, Told, written
from eservices_core.post.letter import Says
from tests.adapters.mitdk.receipts import UUID, enveloped, status
from tests.adapters.mitdk.solution import NOW
from tests.cli.running import BUFFERED, command


@contextmanager
def listening(folder: Path) -> Generator[ReceiptListener, None, None]:
    """Run a listener over a folder."""
    with ReceiptListener(0, ReceiptFolder(folder / "receipts")) as listener:
        thread = Thread(target=listener.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        yield listener
        listener.shutdown()
        thread.join()


@pytest.fixture
def listener(tmp_path: Path) -> Generator[ReceiptListener, None, None]:
    """A listener that runs."""
    with listening(tmp_path) as running:
        yield running


def push(
    listener: ReceiptListener,
    document: bytes,
    path: str = PATH,
    headers: dict[str, str] | None = None,
) -> tuple[int, bytes]:
    """Push as the sender does."""
    line = HTTPConnection("127.0.0.1", listener.server_port, timeout=5)
    try:
        line.request("POST", path, document, headers or {})
        answer = line.getresponse()
        return answer.status, answer.read()
    finally:
        line.close()


def test_what_is_pushed_lies_there(listener: ReceiptListener) -> None:
    """D-POST-1: acknowledged with 20, and given to the next worker."""
    code, body = push(listener, enveloped(status().encode()))
    assert code == 200
    assert b"<StatusKode>20</StatusKode>" in body
    (receipt,) = listener.folder.receipts(10)
    assert receipt.says is Says.DELIVERED


def test_the_stand_in_pushes_to_it(listener: ReceiptListener) -> None:
    """D-POST-1: what the stand-in sends is what is taken here."""
    push_to(listener.address)(written(Told(UUID, Stage.RECEIVED, NOW), "x"))
    (receipt,) = listener.folder.receipts(10)
    assert receipt.says is Says.RECEIVED


@pytest.mark.parametrize(
    ("path", "headers", "code"),
    [
        ("/", {}, 404),
        (f"{PATH}?x", {}, 404),
        (PATH, {"Content-Length": "-1"}, 413),
        (PATH, {"Content-Length": "²"}, 413),
        (PATH, {"Content-Length": "99999999999999999999"}, 413),
        (PATH, {"Content-Length": str(MAX_BYTES + 1)}, 413),
    ],
)
def test_what_is_no_delivery_is_not_taken(
    listener: ReceiptListener, path: str, headers: dict[str, str], code: int
) -> None:
    """faults: 168, 169. Another path, a length that is none, and one without end."""
    document = b" " * (MAX_BYTES + 1 if headers.get("Content-Length") == str(MAX_BYTES + 1) else 3)
    encoded = {name: value.encode().decode("latin-1") for name, value in headers.items()}
    assert push(listener, document, path, encoded)[0] == code
    assert listener.folder.receipts(10) == ()


def test_what_breaks_off_is_not_kept(listener: ReceiptListener) -> None:
    """D-POST-1: half a receipt is no receipt; it is not acknowledged, so it comes again."""
    with socket.create_connection(("127.0.0.1", listener.server_port), 5) as line:
        head = f"POST {PATH} HTTP/1.1\r\nHost: x\r\nContent-Length: 500\r\n\r\n"
        line.sendall(head.encode() + status().encode()[:100])
        line.shutdown(socket.SHUT_WR)
        assert line.recv(100) == b""
    assert not listener.folder.path.exists()


def test_a_crowd_is_asked_to_come_again(listener: ReceiptListener) -> None:
    """faults: 168. Senders that say nothing hold up no more than so many places."""
    taken = 0
    while listener.room.acquire(blocking=False):
        taken += 1
    assert push(listener, status().encode())[0] == 503
    for _ in range(taken):
        listener.room.release()
    assert push(listener, status().encode())[0] == 200


def test_it_is_a_command(tmp_path: Path) -> None:
    """D-POST-1: `eservices post listen` says where it listens, and lays receipts into [post]'s."""
    from tests.adapters.config.test_read_config import (  # noqa: PLC0415  here alone
        KEY,
        ONE,
        TOML,
        TWO,
    )

    (tmp_path / "register").mkdir()
    post = '[post]\nkind = "folder"\nout = "post"\nreceipts = "receipts"\n'
    for name, text in {
        "persons.toml": "",
        "cards.toml": "",
        "one.toml": ONE,
        "two.toml": TWO,
        "eservices.toml": TOML + post,
        "installation.key": f"{KEY}\n",
    }.items():
        _ = (tmp_path / name).write_text(text, "utf-8")
    (tmp_path / "installation.key").chmod(0o600)
    arguments = ("post", "listen", "--config", str(tmp_path / "eservices.toml"), "--port", "0")
    with subprocess.Popen(  # noqa: S603  our own interpreter and module
        command(*arguments), stdout=subprocess.PIPE, text=True, env={**BUFFERED}
    ) as process:
        try:
            assert process.stdout is not None
            address = process.stdout.readline().removeprefix("listening at ").strip()
            push_to(address)(status().encode())
        finally:
            process.terminate()
    (receipt,) = ReceiptFolder(tmp_path / "receipts").receipts(10)
    assert receipt.says is Says.DELIVERED
