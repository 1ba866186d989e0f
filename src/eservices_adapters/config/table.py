"""Reading a TOML file key by key, so that all that is wrong with it is said at once.

Here: the file, its tables, and the refusals for a key that is missing, unknown or wrong. Not here:
what a value must look like (`shapes`).
"""

import re
import tomllib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final, Generic, TypeVar, cast, final

from attrs import frozen

from eservices_adapters.config.files import read_bounded
from eservices_adapters.config.refusal import ConfigRefusal
from eservices_core.outcome import Failure, Outcome, Success

T = TypeVar("T")
D = TypeVar("D")

TOML_LIMIT: Final = 256 * 1024
"""The most bytes that a file of settings may have."""
LINE_LIMIT: Final = 1024
"""The most characters on a line: the parser takes hours for a key of a hundred thousand parts."""

_PLACE: Final = re.compile(r"\((at line \d{1,9}|at end of document)")
# What is shown of an unknown key. Digits are left out so that no number typed in a wrong place
# comes back in a message.
_SHOWN_KEY: Final = re.compile(r"[A-Za-z_-]{1,40}")


@frozen
class Shape(Generic[T]):
    """What a value must look like.

    Attributes:
        expected: the words for it, to stand after "expected".
        parse: gives what the value says, or None if it has another shape; never raises.
    """

    expected: str
    parse: Callable[[object], T | None]


@final
class Table:
    """One table of a file; what is wrong goes to the list of refusals that all tables share."""

    def __init__(
        self, where: str, values: Mapping[str, object] | None, refusals: list[ConfigRefusal]
    ) -> None:
        """Read `values`; None stands for a table that was refused, of which no more is said."""
        self._where = where
        self._values: Mapping[str, object] = {} if values is None else values
        self._silent = values is None
        self._refusals = refusals
        self._known: set[str] = set()

    def __contains__(self, key: str) -> bool:
        return key in self._values

    def required(self, key: str, shape: Shape[T]) -> T | None:
        """Read a key that must be there; None if it was refused."""
        self._known.add(key)
        if key not in self._values:
            self.refuse(key, f"missing; expected {shape.expected}")
            return None
        return self._parsed(key, shape)

    def optional(self, key: str, shape: Shape[T], default: D) -> T | D:
        """Read a key that may be there; the default if it is not, or was refused."""
        self._known.add(key)
        if key not in self._values:
            return default
        value = self._parsed(key, shape)
        return default if value is None else value

    def table(self, key: str, *, required: bool) -> "Table":
        """Read a table; if it may be missing, a missing one is an empty one."""
        self._known.add(key)
        named = f"[{self._path(key)}]"
        if key not in self._values:
            if required and not self._silent:
                self._refusals.append(ConfigRefusal(named, "", "missing"))
            return Table(named, None if required else {}, self._refusals)
        value = self._values[key]
        if not isinstance(value, dict):
            self._refusals.append(ConfigRefusal(named, "", "expected a table"))
            return Table(named, None, self._refusals)
        return Table(named, cast("dict[str, object]", value), self._refusals)

    def tables(self, key: str, *, at_least: int = 0) -> tuple["Table", ...]:
        """Read an array of tables, numbered from 1 in what is said of them."""
        self._known.add(key)
        named = f"[[{self._path(key)}]]"
        value = self._values.get(key, [])
        entries = cast("list[object]", value) if isinstance(value, list) else None
        if entries is None or not all(isinstance(entry, dict) for entry in entries):
            self._refusals.append(ConfigRefusal(named, "", "expected an array of tables"))
            return ()
        if len(entries) < at_least:
            self._refusals.append(ConfigRefusal(named, "", f"expected {at_least} or more"))
        return tuple(
            Table(f"{named} {place}", cast("dict[str, object]", entry), self._refusals)
            for place, entry in enumerate(entries, start=1)
        )

    @property
    def refused_so_far(self) -> int:
        """How many refusals the whole file has had; the same before and after: all was well."""
        return len(self._refusals)

    def refuse(self, key: str, problem: str) -> None:
        """Note that a key is wrong, unless the whole table was refused already."""
        if not self._silent:
            self._refusals.append(ConfigRefusal(self._where, key, problem))

    def refuse_unknown(self) -> None:
        """Refuse all keys that nobody has read; called when the table has been read."""
        known = ", ".join(sorted(self._known))
        for key in self._values:
            if key not in self._known:
                shown = key if _SHOWN_KEY.fullmatch(key) else "(a key)"
                self.refuse(shown, f"unknown; known are {known}")

    def _parsed(self, key: str, shape: Shape[T]) -> T | None:
        value = shape.parse(self._values[key])
        if value is None:
            self.refuse(key, f"expected {shape.expected}")
        return value

    def _path(self, key: str) -> str:
        """The key as it is written in a header: under its table, or alone at the root."""
        parent = self._where.strip("[]")
        return f"{parent}.{key}" if self._where.startswith("[") else key


def read_table(
    path: Path, refusals: list[ConfigRefusal], limit: int = TOML_LIMIT
) -> Outcome[Table, ConfigRefusal]:
    """Read a file as its root table; what is found wrong later goes to `refusals`."""
    content = read_bounded(path, limit)
    if isinstance(content, Failure):
        return content
    return parse_table(content.unwrap(), refusals)


def parse_table(content: bytes, refusals: list[ConfigRefusal]) -> Outcome[Table, ConfigRefusal]:
    """Read bytes as the root table of a TOML file, in UTF-8 with or without a mark at its start."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return Failure(ConfigRefusal("the file", "", "is not UTF-8"))
    return parse_text(text, refusals)


def parse_text(text: str, refusals: list[ConfigRefusal]) -> Outcome[Table, ConfigRefusal]:
    """Read a text as the root table of a TOML file."""
    for number, line in enumerate(text.split("\n"), start=1):
        if len(line) > LINE_LIMIT:
            problem = f"has a line of more than {LINE_LIMIT} characters (line {number})"
            return Failure(ConfigRefusal("the file", "", problem))
    try:
        values = tomllib.loads(text)
    except RecursionError:
        return Failure(ConfigRefusal("the file", "", "is nested too deeply"))
    except ValueError as error:  # TOMLDecodeError, and an integer too long to be one
        # The parser's own message may repeat a key, so only its place is taken over.
        place = _PLACE.search(str(error))
        where = f" ({place[1]})" if place else ""
        return Failure(ConfigRefusal("the file", "", f"is not TOML{where}"))
    return Success(Table("the file", values, refusals))


def toml_string(text: str) -> str:
    """Write a text as a TOML string."""
    escaped = "".join(_escaped(character) for character in text)
    return f'"{escaped}"'


def _escaped(character: str) -> str:
    if character in '"\\':
        return f"\\{character}"
    if ord(character) < ord(" ") or character == "\x7f":
        return f"\\u{ord(character):04x}"
    return character
