"""What one property says: moments, lengths, periods and rules.

Here: the values that say when something is, out of their text. Not here: lines (`lines`), and what
values come to together (`events`). What cannot be understood is a ValueError, and never repeated.
"""

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta, tzinfo
from functools import lru_cache
from typing import Any, Final, cast

from attrs import frozen
from icalendar.parser import Contentline
from icalendar.prop import vDuration, vRecur

from eservices_adapters.calendar.recurrence import EVERY, Frequency, Rule
from eservices_adapters.calendar.zones import zone_of
from eservices_core.words.clinic_time import COPENHAGEN

EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MOMENT: Final = re.compile(
    r"([0-9]{4})([0-9]{2})([0-9]{2})(?:T([0-9]{2})([0-9]{2})([0-9]{2})?(Z)?)?", re.IGNORECASE
)
_TZID: Final = re.compile(r';TZID="?([^";]*)', re.IGNORECASE)
# The library has types, but not on these two.
_ICAL_DURATION: Final = cast("Any", vDuration)
_ICAL_LINE: Final = cast("Any", Contentline)
_LONGEST_WORD: Final = 1_000
_LONGEST_RULE: Final = 2_000
_WEEKDAYS: Final = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")


@frozen
class At:
    """A moment as it was written: a wall clock in a zone, or a whole day of the clinic's.

    Attributes:
        local: what the clock shows; midnight for a whole day.
        zone: whose clock.
        whole_day: whether it was a date, without a time.
    """

    local: datetime
    zone: tzinfo
    whole_day: bool = False

    @property
    def second(self) -> int:
        """Seconds since 1970-01-01T00:00Z."""
        return second_of(self.local, self.zone)


def second_of(local: datetime, zone: tzinfo) -> int:
    """When a clock shows this: the first time of two, and one that is skipped as if it were not."""
    since = local.replace(tzinfo=zone) - EPOCH
    return since.days * 86_400 + since.seconds


def read_moments(text: str) -> tuple[str, ...]:
    """Split the values of a property that may have several."""
    return tuple(value for value in _value(text).split(",") if value.strip())


def _value(text: str) -> str:
    # No moment and no rule has a colon in it, and some programs write one into an unquoted TZID.
    return text.rpartition(":")[2].strip()


def zone_named(text: str) -> tzinfo:
    """Give the zone of a property's TZID; without one it is floating: the clinic's."""
    found = _TZID.search(text.rpartition(":")[0])
    return COPENHAGEN if found is None else zone_of(found[1])


def read_at(text: str) -> At:
    """Read a property of one moment, parameters and all."""
    return read_moment(_value(text), zone_named(text))


def read_moment(value: str, zone: tzinfo) -> At:
    """Read `YYYYMMDD`, or `YYYYMMDDTHHMMSS` with or without Z; raises ValueError."""
    found = _MOMENT.fullmatch(value.strip())
    if found is None:
        raise ValueError
    year, month, day = int(found[1]), int(found[2]), int(found[3])
    if found[4] is None:
        return At(datetime(year, month, day), COPENHAGEN, whole_day=True)  # noqa: DTZ001  a wall's
    second = min(int(found[6] or 0), 59)  # a leap second is not on any calendar
    local = datetime(year, month, day, int(found[4]), int(found[5]), second)  # noqa: DTZ001  a wall clock has no zone
    return At(local, UTC if found[7] else zone)


def read_duration(value: str) -> timedelta:
    """Read a DURATION's value, such as `PT20M`; raises ValueError."""
    duration = cast("timedelta", _ICAL_DURATION.from_ical(value.strip().upper()))
    if abs(duration) > EVERY:
        raise ValueError
    return duration


def duration_of(text: str) -> timedelta:
    """Read a property of one length, parameters and all."""
    return read_duration(_value(text))


def read_word(text: str) -> str:
    """Read a property of one text, such as UID or STATUS; nothing is raised."""
    if text.startswith(":"):
        return text[1:].strip()
    if len(text) > _LONGEST_WORD:
        return _value(text)
    try:
        return str(_ICAL_LINE(f"X{text}").parts()[2]).strip()
    except ValueError:
        return _value(text)


# --- rules ---------------------------------------------------------------------------------------


def read_rule(text: str, start: At) -> Rule:
    """Read an RRULE for a series that begins at `start`; raises ValueError."""
    value = _value(text)
    if len(value) > _LONGEST_RULE:
        raise ValueError
    parts = _parts(value)
    if str(parts.get("RSCALE", ["GREGORIAN"])[0]).upper() != "GREGORIAN" or "FREQ" not in parts:
        raise ValueError
    days = [_weekday(str(day).upper()) for day in parts.get("BYDAY", [])]
    interval = _numbers(parts, "INTERVAL", 1, 10**9) or (1,)
    count = _numbers(parts, "COUNT", 1, 10**12)
    until = parts.get("UNTIL", [])
    (week_start, _), *_ = [_weekday(str(day).upper()) for day in parts.get("WKST", ["MO"])]
    return Rule(
        frequency=Frequency[str(parts["FREQ"][0]).upper()],
        interval=interval[0],
        count=count[0] if count else None,
        until=_until(until[0], start) if until else None,
        week_start=week_start,
        months=frozenset(_numbers(parts, "BYMONTH", 1, 12)),
        week_numbers=frozenset(_numbers(parts, "BYWEEKNO", -53, 53)),
        year_days=frozenset(_numbers(parts, "BYYEARDAY", -366, 366)),
        month_days=frozenset(_numbers(parts, "BYMONTHDAY", -31, 31)),
        weekdays=frozenset(day for day, nth in days if nth == 0),
        nth_weekdays=frozenset((day, nth) for day, nth in days if nth != 0),
        hours=_numbers(parts, "BYHOUR", 0, 23),
        minutes=_numbers(parts, "BYMINUTE", 0, 59),
        seconds=tuple(min(second, 59) for second in _numbers(parts, "BYSECOND", 0, 60)),
        positions=_numbers(parts, "BYSETPOS", -366, 366),
    )


@lru_cache(1_000)  # a calendar has a thousand events and ten different rules
def _parts(value: str) -> Mapping[str, list[Any]]:
    # vRecur is a dictionary of lists, by the upper-case names of RFC 5545, whose values it has
    # parsed; the library types them no closer than that.
    return cast("dict[str, list[Any]]", dict(vRecur.from_ical(value)))


def _numbers(parts: Mapping[str, list[Any]], name: str, least: int, most: int) -> tuple[int, ...]:
    numbers = sorted({int(value) for value in parts.get(name, [])})
    if any(not least <= number <= most or (number == 0 and least < 0) for number in numbers):
        raise ValueError
    return tuple(numbers)


def _weekday(text: str) -> tuple[int, int]:
    nth = int(text[:-2] or 0)
    if abs(nth) > 53:  # noqa: PLR2004  weeks of a year
        raise ValueError
    return _WEEKDAYS.index(text[-2:]), nth


def _until(until: object, start: At) -> datetime:
    """The last moment at which the clock of the series may begin an instance."""
    if not isinstance(until, date):
        raise ValueError  # noqa: TRY004  the library takes a time of day, and this is its refusal
    if not isinstance(until, datetime):
        return datetime(until.year, until.month, until.day, 23, 59, 59)  # noqa: DTZ001  a wall's
    if until.tzinfo is None:
        return until
    zone = COPENHAGEN if start.whole_day else start.zone
    try:
        local = until.astimezone(zone).replace(tzinfo=None)
    except OverflowError:
        local = until.replace(tzinfo=None)
    return local
