"""JSON objects from strangers: read strictly, or not at all.

Here: text to a mapping, and one member of it. Not here: what any member means.
"""

import json
from collections.abc import Mapping
from math import isfinite
from typing import Any, Final, NoReturn, TypeAlias, cast

Document: TypeAlias = Mapping[str, object]
"""A JSON object that names no member twice."""

LONGEST_DOCUMENT: Final = 1024 * 1024
_LAST_SECOND: Final = 32_503_680_000
"""The year 3000: a time beyond it is no time (faults: 21-26)."""


class _RefusedError(ValueError):
    """What is no JSON object to us, though the parser would take it."""


def read_object(content: bytes | str) -> Document | None:
    """Read an object; None for anything else, and for a member named twice (faults: 46).

    Bytes are UTF-8. Nothing is raised, whatever comes in.
    """
    if len(content) > LONGEST_DOCUMENT:
        return None
    try:
        text = content if isinstance(content, str) else content.decode("utf-8")
        value: Any = json.loads(text, object_pairs_hook=_pairs, parse_constant=_constant)
    except (ValueError, RecursionError):
        return None
    return cast("Document", value) if isinstance(value, dict) else None


def _pairs(pairs: list[tuple[str, object]]) -> dict[str, object]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise _RefusedError
    return members


def _constant(_name: str) -> NoReturn:
    raise _RefusedError  # NaN and the infinities, which are no JSON


def text_of(document: Document, name: str) -> str | None:
    """Give a member that is a text with something in it."""
    value = document.get(name)
    return value if isinstance(value, str) and value else None


def texts_of(document: Document, name: str) -> tuple[str, ...] | None:
    """Give a member that is an array of texts."""
    value = document.get(name)
    if not isinstance(value, list):
        return None
    members = tuple(each for each in cast("list[object]", value) if isinstance(each, str))
    return members if len(members) == len(cast("list[object]", value)) else None


def seconds_of(document: Document, name: str) -> float | None:
    """Give a member that is a time: a JSON number of seconds since 1970, and not beyond 3000."""
    value = document.get(name)
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    # An integer may be too long to be a float; it is compared before it becomes one.
    return float(value) if 0 < value < _LAST_SECOND and isfinite(value) else None
