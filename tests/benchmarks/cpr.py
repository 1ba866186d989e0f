"""Reading a CPR number, raced against python-stdnum.

The numbers are published test numbers, each with and without its hyphen. Everything refused here
is refused by both; that the two differ elsewhere (a replacement number, a birth date in the future,
blanks around the number) is no matter of speed.
"""

from datetime import date
from typing import Final

from attrs import frozen
from stdnum.dk import cpr as stdnum_cpr
from stdnum.exceptions import ValidationError

from eservices_core.outcome import Failure, Outcome
from eservices_core.words.civil_number import CivilNumber, CivilNumberRefusal
from tests.benchmarks.racing import Contestant, Goal, Race, run

_TEST_NUMBERS: Final = (
    "0709614606",
    "0709614231",
    "2906980013",
    "1303814074",
    "0712614455",
    "3112970079",
    "3101229995",
    "3103979995",
)
VALID: Final = tuple(
    written for number in _TEST_NUMBERS for written in (number, f"{number[:6]}-{number[6:]}")
)
INVALID: Final = (
    *(f"32{number[2:]}" for number in _TEST_NUMBERS),  # no such day
    *(f"{number[:2]}13{number[4:]}" for number in _TEST_NUMBERS),  # no such month
    *(f"290223{number[6:]}" for number in _TEST_NUMBERS),  # no such leap day
    *(number[:9] for number in _TEST_NUMBERS),  # too short
    *(f"{number}0" for number in _TEST_NUMBERS),  # too long
    *(f"{number[:9]}x" for number in _TEST_NUMBERS),  # a letter
    "",
    "patient",
)


def ours(text: str) -> Outcome[CivilNumber, CivilNumberRefusal]:
    """Read; the call in between is as dear as that of `stdnum_caught`."""
    return CivilNumber.parse(text)


def ours_with_birth_date(text: str) -> tuple[CivilNumber, date]:
    """Read, and ask for the birth date."""
    number = CivilNumber.parse(text).unwrap()
    return number, number.birth_date


def stdnum_caught(text: str) -> str | ValidationError:
    """Refuse with a value as ours does; the library raises, and somebody must catch it."""
    try:
        return stdnum_cpr.validate(text)
    except ValidationError as refusal:
        return refusal


@frozen(repr=False)
class Number:
    """The value class that a user of the library writes, to hold what has been read."""

    characters: str
    birth_date: date


def stdnum_with_birth_date(text: str) -> Number:
    """Validate, ask for the birth date, and keep both in a value."""
    characters = stdnum_cpr.validate(text)
    return Number(characters, stdnum_cpr.get_birth_date(characters))


OURS: Final = "CivilNumber.parse: an Outcome"
STDNUM: Final = "stdnum.dk.cpr.validate: a str"
OURS_INVALID: Final = "invalid: CivilNumber.parse"
STDNUM_INVALID: Final = "invalid: stdnum.dk.cpr.validate, caught"
OURS_DATED: Final = "with birth date: CivilNumber"
STDNUM_DATED: Final = "with birth date: stdnum and a value class"

GOALS: Final = (
    Goal("valid numbers, faster than stdnum's validate", STDNUM, OURS, at_least=4),
    Goal("invalid ones, the refusal as a value", STDNUM_INVALID, OURS_INVALID),
    Goal("like for like, with birth date and a value", STDNUM_DATED, OURS_DATED),
)


def race(rounds: int) -> Race:
    """Compare all answers, then race."""
    for text in VALID:
        number, born = ours_with_birth_date(text)
        theirs = stdnum_with_birth_date(text)
        assert (number.reveal(), born) == (theirs.characters, theirs.birth_date), "test numbers"
    for place, text in enumerate(INVALID):
        refused = isinstance(ours(text), Failure), isinstance(stdnum_caught(text), ValidationError)
        assert refused == (True, True), f"INVALID[{place}] is not refused by both"
    contestants = (
        Contestant(OURS, ((CivilNumber.parse, VALID),)),
        Contestant(STDNUM, ((stdnum_cpr.validate, VALID),)),
        Contestant(OURS_DATED, ((ours_with_birth_date, VALID),)),
        Contestant(STDNUM_DATED, ((stdnum_with_birth_date, VALID),)),
        Contestant(OURS_INVALID, ((ours, INVALID),)),
        Contestant(STDNUM_INVALID, ((stdnum_caught, INVALID),)),
    )
    title = f"CPR numbers: {len(VALID)} valid texts, {len(INVALID)} invalid ones"
    return run(title, contestants, GOALS, rounds)
