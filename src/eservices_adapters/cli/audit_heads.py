"""The file in which an operator notes heads of audit logs: one JSON array a line, only added to.

["clinic-1", 3, "9f…"]: the clinic (null: the service's own log), the seal's number, the head.
"""

import json
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from eservices_adapters.cli.says import BadInput
from eservices_core.usecases.audit_chain import Head
from eservices_core.words.identifiers import ClinicId

_HEAD: Final = re.compile(r"[0-9a-f]{64}")
_LIMIT: Final = 50_000_000


def written(head: Head) -> list[object]:
    """Write a head."""
    return [None if head.log is None else head.log.value, head.number, head.head]


def note_heads(path: str, heads: Iterable[Head]) -> None:
    """Add heads to a file, which is made if it is not there. Raises OSError."""
    lines = [json.dumps(written(head)) + "\n" for head in heads]
    with Path(path).open("a", encoding="ascii") as file:
        file.writelines(lines)


def read_heads(path: str) -> tuple[Head, ...]:
    """Read all heads of a file.

    Raises:
        BadInput: it cannot be read, or a line is none; the line's number is said, not the line.
    """
    try:
        with Path(path).open("rb") as file:
            data = file.read(_LIMIT + 1)
    except OSError:
        raise BadInput("--heads", "cannot be read") from None
    if len(data) > _LIMIT:
        raise BadInput("--heads", "is too long")
    return tuple(
        _read(line, number) for number, line in enumerate(data.splitlines(), start=1) if line
    )


def _read(line: bytes, number: int) -> Head:
    try:
        match json.loads(line):
            case [str() | None as log, int(seal), str(head)] if _HEAD.fullmatch(head):
                return Head(None if log is None else ClinicId(log), seal, head)
            case _:
                pass
    except (ValueError, RecursionError):
        pass
    raise BadInput("--heads", f"line {number} is no head")
