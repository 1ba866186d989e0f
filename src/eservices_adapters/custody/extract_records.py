"""The CPR office's extract, record by record: P12170, one record a line, in ISO-8859-1.

Here: the layout of the records that are read, and what one person's records say. Not here: the file
as a whole, and what custody the records come to (`extract`).

| record | what is read of it |
|---|---|
| 000, 999 | the day it was produced; how many records stand between |
| 001 | status, birth date, the number that replaced this one |
| 004 | protection of name and address, from and until |
| 014 | one child's number |
| 015 | the mother's and the father's number; names, where there is no number, are not read |
| 016 | custody: who by type or number, from and until |
| 017 | guardianship of an adult: by number, from and until |

All other records are passed over: no name, address or occupation is kept. A blank at the end of a
line may be missing. A line is read whole or refused: there is no guessing where a field may be.

Source: the CPR office's record layout. Rules: D-ACC-7, D-ACC-19.
"""

from calendar import monthrange
from datetime import date
from enum import Enum, unique
from typing import Final, NamedTuple, TypeVar

from attrs import frozen

from eservices_adapters.custody.dgcpr_vocabulary import NUMBER_CHANGED, STATUSES, UNKNOWN_NUMBER
from eservices_core.access.custody import CivilStatus
from eservices_core.outcome import Failure, Outcome, Success
from eservices_core.words.civil_number import CivilNumber, CivilNumberKind
from eservices_core.words.clinic_time import parse_date

T = TypeVar("T")

START: Final = "000"
PERSON: Final = "001"
PROTECTION: Final = "004"
CHILD: Final = "014"
PARENTS: Final = "015"
CUSTODY: Final = "016"
GUARDIANSHIP: Final = "017"
END: Final = "999"
READ: Final = frozenset({PERSON, PROTECTION, CHILD, PARENTS, CUSTODY, GUARDIANSHIP})

_OF_NAME_AND_ADDRESS: Final = "0001"
_UNCERTAIN: Final = "*"
_DATE_LENGTH: Final = 10
_DECEMBER: Final = 12
_NO_DATE: Final = frozenset({"", "0000-00-00"})


class Place(NamedTuple):
    """Where a field stands in its line: the first column, counted from 1, and how many."""

    column: int
    length: int

    def of(self, line: str) -> str:
        """The field, without blanks around it."""
        return line[self.column - 1 : self.column - 1 + self.length].strip(" ")


NUMBER: Final = Place(4, 10)
_PRODUCED: Final = Place(20, 8)
_COUNT: Final = Place(14, 8)


@unique
class ExtractDefect(Enum):
    """What is wrong with an extract that cannot be read."""

    TOO_BIG = "too_big"
    LINE_TOO_LONG = "line_too_long"
    NOT_A_RECORD = "not_a_record"
    """A line that begins with no record's number, or that holds a control character."""
    NO_START = "no_start"
    NO_END = "no_end"
    """The end record is missing, or something follows it."""
    WRONG_COUNT = "wrong_count"
    """There are more or fewer records than the end record says: a part of the file is missing."""
    TOO_MANY_RECORDS = "too_many_records"
    WITHOUT_CUSTODY = "without_custody"
    """Nobody in the file has a record of custody: another product, which was ordered without it."""
    MISSING = "missing"
    DOUBLED = "doubled"
    BAD_VALUE = "bad_value"


@frozen
class UnreadableExtract:
    """An extract that says nothing.

    Attributes:
        defect: what is wrong.
        record: the type of the record where it is wrong; never anything else of the line.
    """

    defect: ExtractDefect
    record: str | None = None


@frozen
class Span:
    """From a day, until a day on which it has ended; None is open."""

    begins: date | None
    ends: date | None

    def stands_on(self, day: date) -> bool:
        """Begun and not ended."""
        return (self.begins is None or self.begins <= day) and (
            self.ends is None or day < self.ends
        )


@frozen
class Custody:
    """One record 016, or one 017: `kind` is the record's own type of holder."""

    kind: str
    number: CivilNumber | None
    span: Span


@frozen
class Person:
    """What the records of one person say.

    Attributes:
        number: whose records they are.
        successor: the number that replaced it.
        status: whether they live under a number of theirs.
        birth_date: the registered one; the number's where it is marked uncertain (D-ACC-5).
        protections: when name and address are protected.
        mother, father: their numbers, where the record gives them.
        has_parents: whether there is a record of the parents at all.
        custody, guardianship: who holds it.
        children: the numbers of their children.
    """

    number: CivilNumber
    successor: CivilNumber | None
    status: CivilStatus
    birth_date: date
    protections: tuple[Span, ...]
    mother: CivilNumber | None
    father: CivilNumber | None
    has_parents: bool
    custody: tuple[Custody, ...]
    guardianship: tuple[Custody, ...]
    children: frozenset[CivilNumber]


# --- the first and the last line -----------------------------------------------------------------


def produced_on(line: str) -> Outcome[date, UnreadableExtract]:
    """The day on which an extract was produced, of its start record."""
    text = _PRODUCED.of(line)
    day = parse_date(f"{text[:4]}-{text[4:6]}-{text[6:]}")
    if isinstance(day, Failure):
        return Failure(UnreadableExtract(ExtractDefect.BAD_VALUE, START))
    return Success(day.unwrap())


def count_in(line: str) -> Outcome[int, UnreadableExtract]:
    """How many records there are between the first and the last, of the end record."""
    text = _COUNT.of(line)
    if not (text.isascii() and text.isdigit()):
        return Failure(UnreadableExtract(ExtractDefect.BAD_VALUE, END))
    return Success(int(text))


# --- one person -----------------------------------------------------------------------------------


def read_person(number: CivilNumber, lines: list[str]) -> Outcome[Person, UnreadableExtract]:
    """Read a person's records: one 001, at most one 015, of the others as many as there are."""
    try:
        return Success(_person(number, _Records(lines)))
    except _UnreadableError as error:
        return Failure(error.unreadable)


def _person(number: CivilNumber, records: "_Records") -> Person:
    own = records.at_most_one(PERSON)
    if own is None:
        raise _UnreadableError(ExtractDefect.MISSING, PERSON)
    parents = records.at_most_one(PARENTS)
    successor = own.number(14)
    birth_date = own.date(40, uncertain=50)
    is_uncertain = own.text(50, 1) == _UNCERTAIN
    if birth_date is None and not is_uncertain:
        raise own.bad()
    return Person(
        number=number,
        successor=successor if successor != number else None,
        status=own.status(24, successor),
        birth_date=number.birth_date if birth_date is None or is_uncertain else birth_date,
        protections=tuple(
            Span(line.date(18), line.date(28))
            for line in records.all(PROTECTION)
            if line.text(14, 4) == _OF_NAME_AND_ADDRESS
        ),
        mother=None if parents is None else parents.number(25),
        father=None if parents is None else parents.number(92),
        has_parents=parents is not None,
        custody=tuple(
            Custody(
                line.text(14, 4),
                line.number(39),
                Span(_later(line.date(18, uncertain=28), line.date(49)), line.date(29)),
            )
            for line in records.all(CUSTODY)
        ),
        guardianship=tuple(
            Custody(
                line.text(35, 4),
                line.number(39),
                Span(_later(line.date(14, uncertain=24), line.date(49)), line.date(25)),
            )
            for line in records.all(GUARDIANSHIP)
        ),
        children=frozenset(
            child for line in records.all(CHILD) if (child := line.number(14)) is not None
        ),
    )


def _later(one: date | None, other: date | None) -> date | None:
    """The later of two days; a missing one is open."""
    days = [day for day in (one, other) if day is not None]
    return max(days) if days else None


class _UnreadableError(Exception):
    """Carries a defect out of a record, within this module."""

    def __init__(self, defect: ExtractDefect, record: str) -> None:
        super().__init__(defect, record)
        self.unreadable = UnreadableExtract(defect, record)


class _Line:
    """One record's line, with its fields by their columns."""

    def __init__(self, line: str) -> None:
        self._line = line

    def text(self, column: int, length: int) -> str:
        return Place(column, length).of(self._line)

    def number(self, column: int) -> CivilNumber | None:
        """A CPR number that may be missing: blanks, or zeros."""
        text = self.text(column, NUMBER.length)
        if text in ("", UNKNOWN_NUMBER):
            return None
        parsed = CivilNumber.parse(text)
        if len(text) != NUMBER.length or isinstance(parsed, Failure):
            raise self.bad()
        number = parsed.unwrap()
        if number.kind is not CivilNumberKind.CPR:
            raise self.bad()
        return number

    def date(self, column: int, *, uncertain: int | None = None) -> date | None:
        """A day that may be missing; a day or month 00 in an uncertain one is the last there is."""
        text = self.text(column, _DATE_LENGTH)
        if text in _NO_DATE:
            return None
        if uncertain is not None and self.text(uncertain, 1) == _UNCERTAIN:
            text = _last_of(text)
        day = parse_date(text)
        if isinstance(day, Failure):
            raise self.bad()
        return day.unwrap()

    def status(self, column: int, successor: CivilNumber | None) -> CivilStatus:
        code = self.text(column, 2)
        if code == NUMBER_CHANGED and successor is not None:
            return CivilStatus.LIVING
        status = STATUSES.get(code)
        if status is None:
            raise self.bad()
        return status

    def bad(self) -> _UnreadableError:
        return _UnreadableError(ExtractDefect.BAD_VALUE, self._line[:3])


class _Records:
    """One person's lines, by the type of the record."""

    def __init__(self, lines: list[str]) -> None:
        self._lines = lines

    def all(self, record: str) -> list[_Line]:
        return [_Line(line) for line in self._lines if line.startswith(record)]

    def at_most_one(self, record: str) -> _Line | None:
        found = self.all(record)
        if len(found) > 1:
            raise _UnreadableError(ExtractDefect.DOUBLED, record)
        return found[0] if found else None


def _last_of(text: str) -> str:
    """`2001-00-00` becomes `2001-12-31`, `2001-02-00` becomes `2001-02-28`; others stay."""
    year, month, day = text[:4], text[5:7], text[8:]
    if day != "00" or not (year.isascii() and year.isdigit() and int(year)):
        return text
    month = str(_DECEMBER) if month == "00" else month
    if not (month.isascii() and month.isdigit() and 1 <= int(month) <= _DECEMBER):
        return text
    return f"{year}-{month}-{monthrange(int(year), int(month))[1]:02}"
