"""The stand-in of the custody register as a command.

    python -m eservices_adapters.stand_ins.custody_register --folder register --port 8620

It answers about the people in a folder of answers, such as the demonstration's, over SOAP as 'Det
Gode CPR Opslag' 1.0.4a does, until it is interrupted. It believes any ID card. Not here: the server
(`custody_server`).
"""

import argparse
import re
import sys
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from eservices_adapters.custody.dgcpr import read_document
from eservices_adapters.stand_ins.custody_answers import Registered
from eservices_adapters.stand_ins.custody_server import Behaviour, CustodyRegisterStandIn
from eservices_core.outcome import Failure

__all__ = ["Behaviour", "CustodyRegisterStandIn", "Registered", "documents_in", "main"]

_DECLARATION = re.compile(rb"\A(?:\xef\xbb\xbf)?\s*<\?xml[^>]*\?>")
_PORT = 8620


def documents_in(folder: Path) -> dict[str, bytes]:
    """Read a folder of answers, each by the numbers of the person whose facts it holds."""
    documents: dict[str, bytes] = {}
    for path in sorted(folder.glob("*.xml")):
        document = path.read_bytes()
        read = read_document(document)
        if not isinstance(read, Failure):
            bare = _DECLARATION.sub(b"", document)
            documents |= {number.reveal(): bare for number in read.unwrap().about}
    return documents


def main(arguments: Sequence[str] | None = None) -> int:
    """Listen until interrupted; the address is written, and how many are known."""
    parser = argparse.ArgumentParser(
        prog="python -m eservices_adapters.stand_ins.custody_register",
        description="A stand-in for the custody register, on this machine.",
    )
    _ = parser.add_argument("--folder", type=Path, required=True, help="answers, one a file")
    _ = parser.add_argument("--port", type=int, default=_PORT)
    _ = parser.add_argument("--level", type=int, default=1, help="3: an ID card must be there")
    behaviours = [behaviour.value for behaviour in Behaviour]
    _ = parser.add_argument("--behaves", choices=behaviours, default=Behaviour.ANSWERS.value)
    said = parser.parse_args(arguments)
    documents = documents_in(said.folder)
    stand_in = CustodyRegisterStandIn(
        documents, Behaviour(said.behaves), level=said.level, port=said.port
    )
    with suppress(KeyboardInterrupt), stand_in:
        print(f"{stand_in.url} knows {len(documents)} numbers", flush=True)  # noqa: T201  a command
        _ = stand_in.wait()
    return 0


if __name__ == "__main__":
    sys.exit(main())
