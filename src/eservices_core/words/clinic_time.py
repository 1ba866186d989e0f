"""Days and instants as a Danish clinic means them.

An instant is an aware `datetime`; a day is a `date` in Copenhagen. Reading both from text, going
from one to the other, and birthdays belong here. There is no clock, and nothing of opening hours.
"""

import re
from datetime import UTC, date, datetime, time, timedelta, timezone
from enum import Enum
from typing import Final
from zoneinfo import ZoneInfo

from eservices_core.outcome import Failure, Outcome, Success
from eservices_core.words.plain_text import plain_text

__all__ = [
    "COPENHAGEN",
    "DateRefusal",
    "InstantRefusal",
    "age_on",
    "birthday",
    "clinic_date",
    "fifteenth_birthday",
    "is_under_fifteen",
    "parse_date",
    "parse_instant",
    "start_of",
    "turns_fifteen_at",
]

COPENHAGEN: Final = ZoneInfo("Europe/Copenhagen")
"""The clinics' time zone; where the system has no time zones, the tzdata package has it."""


class InstantRefusal(Enum):
    """Why a text is no instant."""

    NOT_TEXT = "not_text"
    WRONG_SHAPE = "wrong_shape"
    """Not `YYYY-MM-DDTHH:MM`, then maybe seconds and a fraction, then an offset."""
    WITHOUT_OFFSET = "without_offset"
    """All is well but for the offset: nobody knows which instant is meant."""
    NO_SUCH_TIME = "no_such_time"
    """The calendar or the clock has no such moment; a leap second is one of these."""
    OUT_OF_RANGE = "out_of_range"
    """Before the year 1900 or after 2199, in UTC."""


class DateRefusal(Enum):
    """Why a text is no date."""

    NOT_TEXT = "not_text"
    WRONG_SHAPE = "wrong_shape"
    """Not `YYYY-MM-DD`."""
    NO_SUCH_DATE = "no_such_date"
    OUT_OF_RANGE = "out_of_range"
    """Before the year 1800, the earliest in any civil number, or after 2199."""


_FIRST_DATE_YEAR: Final = 1800
_FIRST_INSTANT_YEAR: Final = 1900
_LAST_YEAR: Final = 2199
_FRACTION_DIGITS: Final = 6
_LAST_HOUR: Final = 23
_LAST_MINUTE: Final = 59

_DATE: Final = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")
_INSTANT: Final = re.compile(
    r"([0-9]{4})-([0-9]{2})-([0-9]{2})T([0-9]{2}):([0-9]{2})(?::([0-9]{2})(?:[.,]([0-9]{1,9}))?)?"
    r"(Z|([+-])([0-9]{2}):([0-9]{2}))?"
)


def parse_instant(text: object) -> Outcome[datetime, InstantRefusal]:
    """Read an ISO 8601 instant, `2027-03-28T01:30:00+01:00` or with `Z`; the answer is in UTC.

    The offset is required. A fraction has up to nine digits; what is finer than a microsecond is
    cut. Anything may come in; nothing is raised.

    >>> parse_instant("2027-03-28T03:30:00.5+02:00").unwrap().isoformat()
    '2027-03-28T01:30:00.500000+00:00'
    """
    written = plain_text(text)
    if written is None:
        return Failure(InstantRefusal.NOT_TEXT)
    found = _INSTANT.fullmatch(written)
    if found is None:
        return Failure(InstantRefusal.WRONG_SHAPE)
    if found[8] is None:
        return Failure(InstantRefusal.WITHOUT_OFFSET)
    year = int(found[1])
    if not _FIRST_INSTANT_YEAR - 1 <= year <= _LAST_YEAR + 1:
        return Failure(InstantRefusal.OUT_OF_RANGE)
    microsecond = int((found[7] or "0")[:_FRACTION_DIGITS].ljust(_FRACTION_DIGITS, "0"))
    month, day, hour, minute, second = (int(part or "0") for part in found.group(2, 3, 4, 5, 6))
    offset = _offset(found[9], found[10], found[11])
    if offset is None:
        return Failure(InstantRefusal.NO_SUCH_TIME)
    try:
        local = datetime(year, month, day, hour, minute, second, microsecond, offset)
    except ValueError:
        return Failure(InstantRefusal.NO_SUCH_TIME)
    instant = local.astimezone(UTC)
    if not _FIRST_INSTANT_YEAR <= instant.year <= _LAST_YEAR:
        return Failure(InstantRefusal.OUT_OF_RANGE)
    return Success(instant)


def _offset(sign: str | None, hours: str, minutes: str) -> timezone | None:
    """The offset as written after the time, or `None` if no clock on earth has such a one."""
    if sign is None:
        return UTC
    if int(hours) > _LAST_HOUR or int(minutes) > _LAST_MINUTE:
        return None
    size = timedelta(hours=int(hours), minutes=int(minutes))
    return timezone(-size if sign == "-" else size)


def parse_date(text: object) -> Outcome[date, DateRefusal]:
    """Read `YYYY-MM-DD`, with nothing around it; nothing is raised."""
    written = plain_text(text)
    if written is None:
        return Failure(DateRefusal.NOT_TEXT)
    found = _DATE.fullmatch(written)
    if found is None:
        return Failure(DateRefusal.WRONG_SHAPE)
    year, month, day = map(int, found.groups())
    if not _FIRST_DATE_YEAR <= year <= _LAST_YEAR:
        return Failure(DateRefusal.OUT_OF_RANGE)
    try:
        return Success(date(year, month, day))
    except ValueError:
        return Failure(DateRefusal.NO_SUCH_DATE)


def clinic_date(instant: datetime) -> date:
    """The day in Copenhagen at an aware instant."""
    assert instant.utcoffset() is not None, "an instant carries its offset"
    return instant.astimezone(COPENHAGEN).date()


def start_of(day: date) -> datetime:
    """The first instant of a day in Copenhagen, in UTC.

    Where the clock was once put forward at midnight, that is the moment of putting it forward.
    """
    assert not isinstance(day, datetime), "a day has no time of day"
    return datetime.combine(day, time.min, COPENHAGEN).astimezone(UTC)


def birthday(birth_date: date, years: int) -> date:
    """The day on which somebody turns `years`; for 29 February, 1 March in a common year."""
    assert not isinstance(birth_date, datetime), "a birth date has no time of day"
    year = birth_date.year + years
    try:
        return birth_date.replace(year=year)
    except ValueError:
        return date(year, 3, 1)


def fifteenth_birthday(birth_date: date) -> date:
    """The day on which 'under 15' ends (D-ACC-5)."""
    return birthday(birth_date, 15)


def turns_fifteen_at(birth_date: date) -> datetime:
    """The instant at which 'under 15' ends: 00:00 in Copenhagen, given in UTC (D-ACC-5).

    >>> turns_fifteen_at(date(2012, 2, 29)).isoformat()
    '2027-02-28T23:00:00+00:00'
    """
    return start_of(fifteenth_birthday(birth_date))


def is_under_fifteen(birth_date: date, instant: datetime) -> bool:
    """Whether the 15th birthday has not begun in Copenhagen at an aware instant (D-ACC-5)."""
    return clinic_date(instant) < fifteenth_birthday(birth_date)


def age_on(birth_date: date, day: date) -> int:
    """Birthdays that have been had by the end of a day; negative before the birth."""
    years = day.year - birth_date.year
    return years - (day < birthday(birth_date, years))
