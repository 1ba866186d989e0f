"""On which line of a TOML file each table and key stands.

The parser of the standard library says no places. A statement of TOML is TOML by itself, so the
file is cut into statements, each is parsed alone, and what it names is put under the header above
it. Here: places. Not here: what is wrong (`form`, `settings`).
"""

import tomllib
from typing import Any, Final, TypeAlias, cast

KeyPath: TypeAlias = tuple[str | int, ...]
"""Keys, and places in arrays of tables, from 0."""

_LONGEST: Final = 300
"""The most lines of one statement; after a longer one no more places are said."""


def lines_of(content: bytes) -> dict[KeyPath, int]:
    """Say where each table and key of a TOML file begins, lines counted from 1.

    Keys inside of inline tables and arrays are not told apart: they stand with their statement.
    """
    found: dict[KeyPath, int] = {}
    arrays: dict[KeyPath, int] = {}
    inside: KeyPath = ()
    lines = content.decode("utf-8-sig").split("\n")
    at = 0
    while at < len(lines):
        statement = _statement(lines, at)
        if statement is None:
            return found
        values, length = statement
        if lines[at].lstrip().startswith("["):
            inside = _header(values, arrays)
            _ = found.setdefault(inside, at + 1)
        else:
            for path in _keys(values):
                _ = found.setdefault((*inside, *path), at + 1)
        at += length
    return found


def _statement(lines: list[str], at: int) -> tuple[dict[str, Any], int] | None:
    """Parse the statement that begins on a line, and count its lines."""
    for length in range(1, min(_LONGEST, len(lines) - at) + 1):
        try:
            return tomllib.loads("\n".join(lines[at : at + length])), length
        except (ValueError, RecursionError):
            continue
    return None


def _header(values: dict[str, Any], arrays: dict[KeyPath, int]) -> KeyPath:
    """Resolve a header: a name that is an array of tables means its last table."""
    path: list[str | int] = []
    inner: object = values
    while isinstance(inner, dict) and inner:
        ((key, inner),) = cast("dict[str, object]", inner).items()
        path.append(key)
        if isinstance(inner, list):
            arrays[tuple(path)] = arrays.get(tuple(path), -1) + 1
            inner = None
        if tuple(path) in arrays:
            path.append(arrays[tuple(path)])
    return tuple(path)


def _keys(values: dict[str, Any]) -> list[KeyPath]:
    """Give the path of a statement's key, and of each table that it goes through."""
    paths: list[KeyPath] = []
    for key, value in values.items():
        paths.append((key,))
        if isinstance(value, dict):
            paths += [(key, *rest) for rest in _keys(cast("dict[str, Any]", value))]
    return paths
