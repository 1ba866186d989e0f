"""What the values in the installation's files look like.

Here: one `Shape` for each kind of value, made of the core's words where there is one. Not here:
which key has which shape (`access`, `installation`, and the adapters that read a file).
"""

import re
import unicodedata
from datetime import date, timedelta
from enum import Enum
from typing import Final, TypeVar, cast

from eservices_adapters.config.table import Shape
from eservices_core.outcome import Failure
from eservices_core.words.civil_number import CivilNumber
from eservices_core.words.clinic_time import parse_date
from eservices_core.words.email_address import EmailAddress
from eservices_core.words.identifiers import ClinicId
from eservices_core.words.plain_text import plain_text

E = TypeVar("E", bound=Enum)

_UNITS: Final = {
    "s": timedelta(seconds=1),
    "min": timedelta(minutes=1),
    "hour": timedelta(hours=1),
    "hours": timedelta(hours=1),
    "day": timedelta(days=1),
    "days": timedelta(days=1),
}
_DURATION: Final = re.compile(rf"([0-9]{{1,6}}) ?({'|'.join(_UNITS)})")
_PHONE: Final = re.compile(r"\+?[0-9](?: ?[0-9]){7,14}")
_ORIGIN: Final = re.compile(r"(https?)://([^\s/?#@:\[\]\\%]+|\[::1\])(?::([1-9][0-9]{0,4}))?")
_LOOPBACK: Final = frozenset({"localhost", "127.0.0.1", "[::1]"})
_COSTS_MAX: Final = 5
_COST: Final = re.compile(r"[a-z0-9_]{1,20}(?::[0-9]{1,7}){1,4}")
_LAST_PORT: Final = 65_535
# Controls, format characters (bidirectional overrides among them), surrogates and line separators.
_UNSHOWABLE: Final = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})


def text(longest: int, *, without_at_sign: bool = False) -> Shape[str]:
    """A text on one line, with something in it; `without_at_sign` keeps addresses out."""
    also = " without an at sign" if without_at_sign else ""

    def parse(value: object) -> str | None:
        written = plain_text(value)
        if written is None or not written.strip() or len(written) > longest:
            return None
        if any(unicodedata.category(character) in _UNSHOWABLE for character in written):
            return None
        return None if without_at_sign and "@" in written else written

    return Shape(f"one line of 1 to {longest} characters{also}", parse)


def integer(least: int, most: int) -> Shape[int]:
    """A whole number; `true` is none, though Python counts it as one."""

    def parse(value: object) -> int | None:
        return value if type(value) is int and least <= value <= most else None

    return Shape(f"a whole number from {least} to {most}", parse)


def duration(least: str, most: str) -> Shape[timedelta]:
    """A number and a unit, `10 min`: s, min, hours or days, one unit only."""
    shortest, longest = _duration(least), _duration(most)
    assert shortest is not None
    assert longest is not None

    def parse(value: object) -> timedelta | None:
        written = _duration(value)
        return written if written is not None and shortest <= written <= longest else None

    return Shape(f'a duration from "{least}" to "{most}" (s, min, hours or days)', parse)


def _duration(value: object) -> timedelta | None:
    found = _DURATION.fullmatch(plain_text(value) or "")
    return None if found is None else int(found[1]) * _UNITS[found[2]]


def day(last: date) -> Shape[date]:
    """A TOML date, without quotation marks and without a time, from 1800 on."""

    def parse(value: object) -> date | None:
        if not isinstance(value, date):
            return None
        read = parse_date(value.isoformat())  # of a date with a time, this is no date
        return None if isinstance(read, Failure) or value > last else value

    bound = "" if last == date.max else f", {last} at the latest"
    return Shape(f"a date as in 2023-06-01{bound}", parse)


def one_of(kind: type[E]) -> Shape[E]:
    """A member of an enum of texts, by its value."""
    members = {str(member.value): member for member in kind}

    def parse(value: object) -> E | None:
        return members.get(plain_text(value) or "")

    return Shape(" or ".join(f'"{name}"' for name in members), parse)


def exactly(word: str) -> Shape[str]:
    """One word and no other."""
    return Shape(f'"{word}"', lambda value: word if value == word else None)


def one_of_words(*words: str) -> Shape[str]:
    """One of a few words."""
    shapes = [exactly(word) for word in words]

    def parse(value: object) -> str | None:
        return next((word for shape in shapes if (word := shape.parse(value))), None)

    return Shape(" or ".join(shape.expected for shape in shapes), parse)


def _boolean(value: object) -> bool | None:
    return value if isinstance(value, bool) else None


def _clinic_id(value: object) -> ClinicId | None:
    try:
        return ClinicId(plain_text(value) or "")
    except ValueError:
        return None


def _civil_number(value: object) -> CivilNumber | None:
    number = CivilNumber.parse(value)
    return None if isinstance(number, Failure) else number.unwrap()


def _civil_numbers(value: object) -> tuple[CivilNumber, ...] | None:
    if not isinstance(value, list):
        return None
    numbers = [_civil_number(one) for one in cast("list[object]", value)]
    known = tuple(number for number in numbers if number is not None)
    return known if len(known) == len(numbers) == len(set(known)) else None


def _address(value: object) -> EmailAddress | None:
    address = EmailAddress.parse(value)
    return None if isinstance(address, Failure) else address.unwrap()


def _domain(value: object) -> str | None:
    """The domain in ASCII form; what can stand after an at sign is a domain."""
    address = _address(f"postmaster@{plain_text(value) or ''}")
    return None if address is None else address.domain


def _phone(value: object) -> str | None:
    written = plain_text(value) or ""
    return written if _PHONE.fullmatch(written) else None


def _origin(value: object) -> str | None:
    found = _ORIGIN.fullmatch(plain_text(value) or "")
    if found is None or int(found[3] or 1) > _LAST_PORT:
        return None
    scheme, host = found[1], found[2]
    if host not in _LOOPBACK:
        domain = _domain(host)
        if domain is None or scheme != "https":
            return None
        host = domain
    return f"{scheme}://{host}" + (f":{found[3]}" if found[3] else "")


_NOBODYS: Final = re.compile(
    r"(?:.+\.)?(?:example\.(?:com|net|org)|example|test|invalid|localhost)", re.IGNORECASE
)


def is_public(origin: str) -> bool:
    """True of an origin that strangers can reach: not a loopback host, nor kept for examples.

    The domains that are kept are those of RFC 2606 and RFC 6761.
    """
    found = _ORIGIN.fullmatch(origin)
    assert found is not None, "an origin was read by its shape"
    return found[2] not in _LOOPBACK and _NOBODYS.fullmatch(found[2]) is None


def _costs(value: object) -> tuple[str, ...] | None:
    if not isinstance(value, list):
        return None
    costs = tuple(plain_text(each) or "" for each in cast("list[object]", value))
    well = len(costs) <= _COSTS_MAX and all(map(_COST.fullmatch, costs))
    return costs if well else None


COSTS: Final = Shape('a list of at most 5 costs, as in "pbkdf2_sha256:600000:32"', _costs)
BOOLEAN: Final = Shape("true or false", _boolean)
CLINIC_ID: Final = Shape("1 to 64 of the characters A-Z a-z 0-9 _ . -", _clinic_id)
CIVIL_NUMBER: Final = Shape("a civil registration number of ten characters", _civil_number)
CIVIL_NUMBERS: Final = Shape(
    "a list of different civil registration numbers of ten characters", _civil_numbers
)
ADDRESS: Final = Shape("one bare e-mail address", _address)
DOMAIN: Final = Shape("a domain with a dot in it, as in eservices.example.dk", _domain)
PHONE: Final = Shape("8 to 15 digits, with single blanks and a leading + at most", _phone)
ORIGIN: Final = Shape(
    "https and a domain, or http and a loopback host, with a port at most and nothing after it, "
    "as in https://eservices.example.dk",
    _origin,
)
