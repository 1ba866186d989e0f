"""The kinds of values in a clinic's file of settings, each with its JSON Schema.

Here: one `Kind` for each. Where JSON Schema cannot say it (how long a duration is), the schema lets
pass what the reader refuses, and never the other way. Dates may stand bare, as TOML has them, or as
texts, so that a JSON editor can write them too. Not here: which key has which (`booking`,
`sections`, `settings`).
"""

import re
import sys
import unicodedata
from collections.abc import Callable, Hashable, Mapping
from datetime import date, timedelta
from enum import Enum
from functools import cache
from typing import Any, Final, TypeVar, cast

from eservices_adapters.config import shapes
from eservices_adapters.config.form import Kind, Schema
from eservices_adapters.config.table import Shape
from eservices_core.clinic.booking_settings import FIRST_YEAR, LAST_YEAR
from eservices_core.outcome import Failure
from eservices_core.words.clinic_time import parse_date
from eservices_core.words.email_address import EmailAddress
from eservices_core.words.identifiers import PractitionerId, StaffId, TypeId
from eservices_core.words.plain_text import plain_text

T = TypeVar("T")
E = TypeVar("E", bound=Enum)
H = TypeVar("H", bound=Hashable)
Id = TypeVar("Id", PractitionerId, StaffId, TypeId)

_END: Final = r"(?![\s\S])"
"""The end of a text. Of `$`, dialects disagree whether a line's end may follow."""

_CLOCK: Final = r"(?:(?:[01][0-9]|2[0-3]):[0-5][0-9]|24:00)"
_DURATION: Final = r"[0-9]{1,6} ?(?:s|min|hour|hours|day|days)"
_ID: Final = r"[A-Za-z0-9][A-Za-z0-9_.\-]{0,63}"
_MINUTE: Final = timedelta(minutes=1)
_ASTRAL: Final = 0x10000


class Weekday(Enum):
    """The days of a week."""

    MONDAY = "monday"
    TUESDAY = "tuesday"
    WEDNESDAY = "wednesday"
    THURSDAY = "thursday"
    FRIDAY = "friday"
    SATURDAY = "saturday"
    SUNDAY = "sunday"


def _whole(pattern: str) -> str:
    return f"^{pattern}{_END}"


def text(longest: int) -> Kind[str]:
    """One line with something in it, and no at sign: patients see it (S-MAIL-2)."""
    shape = shapes.text(longest, without_at_sign=True)
    return Kind(shape, _Lazily(lambda: _text_schema(longest)))


def _text_schema(longest: int) -> Schema:
    return {
        "type": "string",
        "minLength": 1,
        "maxLength": longest,
        "allOf": [{"pattern": r"\S"}, {"pattern": _whole(f"[^@{_unshowable()}]*")}],
    }


@cache
def _unshowable() -> str:
    """What a line may not hold, as ranges of a character class; `shapes.text` refuses the same.

    Surrogates are left out: neither TOML nor JSON in UTF-8 can hold one.
    """
    kinds = {"Cc", "Cf", "Zl", "Zp"}
    points = (at for at in range(sys.maxunicode + 1) if unicodedata.category(chr(at)) in kinds)
    ranges: list[list[int]] = []
    for point in points:
        if ranges and ranges[-1][1] == point - 1:
            ranges[-1][1] = point
        else:
            ranges.append([point, point])
    return "".join(f"{_spelt(first)}-{_spelt(last)}" for first, last in ranges)


def _spelt(point: int) -> str:
    return f"\\u{point:04x}" if point < _ASTRAL else chr(point)


class _Lazily(Mapping[str, Any]):
    """A schema that is dear to make, and only wanted when somebody asks for the whole."""

    def __init__(self, make: Callable[[], Schema]) -> None:
        self._make = make

    def __getitem__(self, key: str) -> Any:  # noqa: ANN401  any JSON
        return self._make()[key]

    def __iter__(self) -> Any:  # noqa: ANN401  an iterator of keys
        return iter(self._make())

    def __len__(self) -> int:
        return len(self._make())


def integer(least: int, most: int) -> Kind[int]:
    """A whole number."""
    schema = {"type": "integer", "minimum": least, "maximum": most}
    return Kind(shapes.integer(least, most), schema)


def one_of(kind: type[E]) -> Kind[E]:
    """A member of an enum of texts, by its value."""
    return Kind(shapes.one_of(kind), {"enum": [member.value for member in kind]})


def duration(least: str, most: str) -> Kind[timedelta]:
    """A number and a unit, in whole minutes."""
    shape = shapes.duration(least, most)

    def parse(value: object) -> timedelta | None:
        read = shape.parse(value)
        return None if read is None or read % _MINUTE else read

    return Kind(
        Shape(f"{shape.expected}, in whole minutes", parse),
        {"type": "string", "pattern": _whole(_DURATION)},
    )


def or_never(kind: Kind[timedelta]) -> Kind[timedelta | str]:
    """A duration, or the word `never`."""
    never = shapes.exactly("never")

    def parse(value: object) -> timedelta | str | None:
        return never.parse(value) or kind.shape.parse(value)

    return Kind(
        Shape(f'{kind.shape.expected}, or "never"', parse),
        {"anyOf": [dict(kind.schema), {"const": "never"}]},
    )


def list_of(kind: Kind[H], least: int, most: int) -> Kind[tuple[H, ...]]:
    """An array in which nothing stands twice."""

    def parse(value: object) -> tuple[H, ...] | None:
        if not isinstance(value, list):
            return None
        entries = cast("list[object]", value)
        read = [each for each in map(kind.shape.parse, entries) if each is not None]
        all_read = len(read) == len(entries) == len(set(read))
        return tuple(read) if all_read and least <= len(read) <= most else None

    return Kind(
        Shape(f"an array of {least} to {most}, none twice: {kind.shape.expected}", parse),
        {
            "type": "array",
            "items": dict(kind.schema),
            "minItems": least,
            "maxItems": most,
            "uniqueItems": True,
        },
    )


def identifier(kind: type[Id]) -> Kind[Id]:
    """A name for programs."""

    def parse(value: object) -> Id | None:
        try:
            return kind(plain_text(value) or "")
        except ValueError:
            return None

    return Kind(
        Shape("1 to 64 of the characters A-Z a-z 0-9 _ . -", parse),
        {"type": "string", "pattern": _whole(_ID)},
    )


def _clock(value: object) -> int | None:
    written = plain_text(value) or ""
    if not re.fullmatch(_CLOCK, written, re.ASCII):
        return None
    return int(written[:2]) * 60 + int(written[3:])


def _day(value: object) -> date | None:
    """A bare date without a time, or a text; in a year that clinics have."""
    read = parse_date(value.isoformat() if isinstance(value, date) else value)
    if isinstance(read, Failure):
        return None
    return read.unwrap() if FIRST_YEAR <= read.unwrap().year <= LAST_YEAR else None


def _cvr(value: object) -> str | None:
    written = plain_text(value) or ""
    return written if re.fullmatch(r"[0-9]{8}", written, re.ASCII) else None


CLOCK: Final[Kind[int]] = Kind(
    Shape('a time of day from "00:00" to "24:00"', _clock),
    {"type": "string", "pattern": _whole(_CLOCK)},
)
DAY: Final[Kind[date]] = Kind(
    Shape(f"a date as in 2026-12-24, in the years {FIRST_YEAR} to {LAST_YEAR}", _day),
    {
        "type": "string",
        "format": "date",
        "pattern": _whole(r"(?:19|20|21)[0-9]{2}-[0-9]{2}-[0-9]{2}"),
    },
)
WEEKDAYS: Final = list_of(one_of(Weekday), 1, 7)

PHONE: Final[Kind[str]] = Kind(
    shapes.PHONE, {"type": "string", "pattern": _whole(r"\+?[0-9](?: ?[0-9]){7,14}")}
)
ADDRESS: Final[Kind[EmailAddress]] = Kind(
    shapes.ADDRESS,
    {"type": "string", "maxLength": 254, "pattern": _whole(r"[^@\s]+@[^@\s]+\.[^@\s]+")},
)
"""The reader knows more of addresses than any pattern says."""

CVR: Final[Kind[str]] = Kind(
    Shape("eight digits", _cvr), {"type": "string", "pattern": _whole(r"[0-9]{8}")}
)
