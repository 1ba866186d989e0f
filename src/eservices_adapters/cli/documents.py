"""Documents that come in: bytes of bounded size, and JSON read without forgiving anything.

Here: how a file or standard input becomes bytes, and bytes become JSON values whose numbers are
never computed. Not here: which members a document must have (`login_facts`).
"""

import json
import sys
from collections.abc import Mapping, Sequence
from enum import Enum
from typing import Any, BinaryIO, Final, TypeAlias

from eservices_adapters.cli.says import BadInput, harmless

BYTES_MAX: Final = 1 << 20
"""One mebibyte: a document is a question, not a data set."""

STDIN: Final = "-"


class Number(Enum):
    """Any JSON number: no command asks for one, so none is ever computed."""

    SOME = "some"


Json: TypeAlias = bool | str | Number | Sequence["Json"] | Mapping[str, "Json"] | None


def open_stdin() -> BinaryIO:
    """Give standard input as bytes."""
    stdin: Any = sys.stdin  # None, where somebody has closed it
    if stdin is None:
        raise BadInput("standard input", "is closed")
    source: BinaryIO = stdin.buffer
    return source


def open_file(path: str, field: str) -> BinaryIO:
    """Open a file for reading bytes; `field` is the argument or option that named it."""
    try:
        return open(path, "rb")  # noqa: PTH123  a path from argv may hold any bytes
    except (OSError, ValueError) as error:
        raise _unreadable(field, error) from None


def _unreadable(field: str, error: Exception) -> BadInput:
    why = error.strerror if isinstance(error, OSError) else None
    return BadInput(field, f"cannot be read ({(why or 'not the name of a file').lower()})")


def read_document(path: str, field: str) -> bytes:
    """Read a file, or standard input for `-`, of at most a mebibyte."""
    source = open_stdin() if path == STDIN else open_file(path, field)
    try:
        with source:
            document = source.read(BYTES_MAX + 1)
    except OSError as error:
        raise _unreadable(field, error) from None
    if len(document) > BYTES_MAX:
        raise BadInput(field, "is larger than 1 MiB")
    return document


def read_object(document: bytes, field: str) -> Mapping[str, Json]:
    """Read one JSON object: UTF-8, no member twice, no NaN, nothing nested without end."""
    try:
        text = document.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise BadInput(field, "is not UTF-8") from None
    try:
        value: Json = json.loads(
            text,
            object_pairs_hook=_no_member_twice,
            parse_int=_some_number,
            parse_float=_some_number,
            parse_constant=_no_such_number,
        )
    except json.JSONDecodeError as error:
        place = f"line {error.lineno}, column {error.colno}"
        raise BadInput(field, f"is not JSON ({place})") from None
    except RecursionError:
        raise BadInput(field, "is nested too deeply") from None
    if not isinstance(value, Mapping):
        raise BadInput(field, "must be a JSON object")
    return value


def _no_member_twice(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members: dict[str, Any] = {}
    for name, value in pairs:
        if name in members:
            raise BadInput(harmless(name) or "a member", "stands twice")
        members[name] = value
    return members


def _some_number(_digits: str) -> Number:
    return Number.SOME


def _no_such_number(name: str) -> Number:
    raise BadInput(name.lstrip("-"), "is no JSON value")
