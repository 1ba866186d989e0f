"""The stand-in of digital post as a command, and where its receipts go.

    python -m eservices_adapters.stand_ins.digital_post --port 8610 --receipts FOLDER

Receipts are put into a folder, as files, or pushed to an address, as the real ones are. The number
of each message that comes is printed and nothing else of it. Not here: the server
(`kombi_server`).
"""

import argparse
import os
import sys
import tempfile
from collections.abc import Sequence
from http.client import HTTPConnection
from itertools import count
from pathlib import Path
from time import sleep
from typing import Final
from urllib.parse import urlsplit

from eservices_adapters.clock import SystemClock
from eservices_adapters.stand_ins.kombi_server import TOKEN, Answer, Deliver, DigitalPostStandIn
from eservices_adapters.stand_ins.post_receipts import Trick

_LOOPBACK: Final = frozenset({"127.0.0.1", "localhost", "::1"})
_SECONDS: Final = 10.0
_LOOK_SECONDS: Final = 0.2


def into_folder(folder: Path) -> Deliver:
    """Have receipts laid into a folder, each whole when it is seen."""
    numbers = count(1)

    def deliver(document: bytes) -> None:
        folder.mkdir(mode=0o700, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=folder, prefix=".receipt.")
        with os.fdopen(handle, "wb") as file:
            _ = file.write(document)
        _ = Path(name).rename(folder / f"{os.getpid()}-{next(numbers):06}.xml")

    return deliver


def push_to(address: str) -> Deliver:
    """Have receipts pushed to an address of this machine, over http; a no is tried once more."""
    parts = urlsplit(address)
    host, port, path = parts.hostname or "", parts.port, parts.path or "/"
    assert parts.scheme == "http", "a stand-in pushes over loopback"
    assert host in _LOOPBACK, "a stand-in pushes over loopback"

    def deliver(document: bytes) -> None:
        for _ in range(2):
            line = HTTPConnection(host, port, timeout=_SECONDS)
            try:
                line.request("POST", path, document, {"Content-Type": "application/xml"})
                if line.getresponse().status == 200:  # noqa: PLR2004  the interface's own
                    return
            except OSError:
                continue
            finally:
                line.close()

    return deliver


def _arguments(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m eservices_adapters.stand_ins.digital_post", description=__doc__
    )
    where = parser.add_mutually_exclusive_group(required=True)
    _ = where.add_argument("--receipts", type=Path, help="the folder that receipts are put into")
    _ = where.add_argument("--push", help="the loopback address that receipts are pushed to")
    _ = parser.add_argument("--port", type=int, default=8610, help="where to listen; else 8610")
    _ = parser.add_argument("--token", default=TOKEN, help="what it wants to be shown")
    _ = parser.add_argument(
        "--trick", action="append", default=[], choices=[each.value for each in Trick]
    )
    _ = parser.add_argument(
        "--answer", action="append", default=[], choices=[each.value for each in Answer]
    )
    _ = parser.add_argument(
        "--cannot", action="append", default=[], help="a test number that cannot receive"
    )
    _ = parser.add_argument("--late", type=float, default=5.0, help="seconds that LATE means")
    return parser.parse_args(arguments)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run until somebody interrupts it."""
    said = _arguments(arguments)
    deliver = into_folder(said.receipts) if said.receipts else push_to(said.push)
    with DigitalPostStandIn(deliver, SystemClock().now, port=said.port, token=said.token) as post:
        post.tricks = frozenset(Trick(name) for name in said.trick)
        post.answers.extend(Answer(name) for name in said.answer)
        for number in said.cannot:
            post.know(number, can_receive=False)
        _ = sys.stdout.write(f"listening at {post.url}\n")
        _ = sys.stdout.flush()
        try:
            _watch(post, said.late)
        except KeyboardInterrupt:
            return


def _watch(post: DigitalPostStandIn, late: float) -> None:
    seen, waited = 0, 0.0
    while True:
        sleep(_LOOK_SECONDS)
        for kept in post.kept[seen:]:
            _ = sys.stdout.write(f"{kept.uuid}: {kept.size} bytes\n")
            _ = sys.stdout.flush()
            seen += 1
        waited += _LOOK_SECONDS
        if waited >= late:
            waited = 0.0
            _ = post.let_go()


if __name__ == "__main__":
    main()
