from calendar import isleap
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from eservices_core.outcome import Failure, Success
from eservices_core.words.clinic_time import (
    COPENHAGEN,
    DateRefusal,
    InstantRefusal,
    age_on,
    birthday,
    clinic_date,
    fifteenth_birthday,
    is_under_fifteen,
    parse_date,
    parse_instant,
    start_of,
    turns_fifteen_at,
)

MICROSECOND = timedelta(microseconds=1)
# What a clock on a wall can show.
FIRST = datetime(1900, 1, 1)  # noqa: DTZ001  a wall knows no zone
LAST = datetime(2199, 12, 31, 23, 59, 59, 999_999)  # noqa: DTZ001  likewise

instants = st.datetimes(FIRST, LAST, timezones=st.just(UTC))
birth_dates = st.dates(date(1858, 1, 1), date(2057, 12, 31))
offsets = st.integers(-14 * 60, 14 * 60).map(lambda m: timezone(timedelta(minutes=m)))


# ------------------------------------------------------------------------------------- birthdays


@pytest.mark.parametrize("year", [y for y in range(1860, 2060) if isleap(y)])
def test_a_leap_day_birthday_is_1_march_in_a_common_year(year: int) -> None:
    """D-ACC-5: born on 29 February, one turns 15, or any age, on 1 March (faults: 107)."""
    born = date(year, 2, 29)
    for years in range(131):
        turned = birthday(born, years)
        leap = isleap(year + years)
        assert turned == date(year + years, 2 if leap else 3, 29 if leap else 1)
        assert age_on(born, turned) == years
        assert age_on(born, turned - timedelta(days=1)) == years - 1
    assert fifteenth_birthday(born) == date(year + 15, 3, 1)


@given(birth_dates, st.integers(0, 130))
def test_every_other_birthday_is_the_same_day_of_the_year(born: date, years: int) -> None:
    """A birthday has the birth date's day and month, wherever the year has it."""
    turned = birthday(born, years)
    assert turned.year == born.year + years
    assert (turned.month, turned.day) in ((born.month, born.day), (3, 1))


@given(birth_dates, st.dates(date(1800, 1, 1), date(2199, 12, 31)))
def test_age_counts_the_birthdays_that_have_been(born: date, day: date) -> None:
    """One is `age` years old from that birthday to the day before the next."""
    age = age_on(born, day)
    assert birthday(born, age) <= day < birthday(born, age + 1)
    assert (age < 0) is (day < born)


@pytest.mark.parametrize(
    ("born", "turned"),
    [
        (date(2012, 6, 1), "2027-05-31T22:00:00+00:00"),  # summer time
        (date(2012, 11, 23), "2027-11-22T23:00:00+00:00"),  # winter time
        (date(2012, 2, 29), "2027-02-28T23:00:00+00:00"),
        (date(2012, 3, 28), "2027-03-27T23:00:00+00:00"),  # the day the clock goes forward
        (date(2012, 10, 31), "2027-10-30T22:00:00+00:00"),  # the day it goes back
    ],
)
def test_fifteen_begins_at_midnight_in_copenhagen(born: date, turned: str) -> None:
    """D-ACC-5: the 15th birthday begins at 00:00 in Copenhagen, not in UTC."""
    at = turns_fifteen_at(born)
    assert at.isoformat() == turned
    assert is_under_fifteen(born, at - MICROSECOND)
    assert not is_under_fifteen(born, at)


@given(birth_dates, instants, offsets)
def test_under_fifteen_ends_at_one_instant(born: date, instant: datetime, zone: timezone) -> None:
    """D-ACC-5: the question by day and the question by instant agree, in any offset."""
    expected = instant < turns_fifteen_at(born)
    assert is_under_fifteen(born, instant) is expected
    assert is_under_fifteen(born, instant.astimezone(zone)) is expected
    assert is_under_fifteen(born, instant.astimezone(COPENHAGEN)) is expected
    assert (age_on(born, clinic_date(instant)) < 15) is expected


# ------------------------------------------------------------------------------ days and instants


def test_every_day_begins_once_and_after_the_last() -> None:
    """From 1900 to 2199, over all clock changes, a day begins where the last ends (faults: 175)."""
    day = date(1900, 1, 1)
    begins = start_of(day)
    while day.year < 2200:
        assert clinic_date(begins) == day
        assert clinic_date(begins - MICROSECOND) == day - timedelta(days=1)
        day += timedelta(days=1)
        following = start_of(day)
        assert timedelta(hours=22) <= following - begins <= timedelta(hours=26)
        begins = following


@pytest.mark.parametrize(("day", "hours"), [((2027, 3, 28), 23), ((2027, 10, 31), 25)])
def test_clock_changes_make_a_day_of_23_or_25_hours(day: tuple[int, int, int], hours: int) -> None:
    """The day the clock goes forward has 23 hours, the day it goes back 25 (faults: 175)."""
    begins = start_of(date(*day))
    assert start_of(date(*day) + timedelta(days=1)) - begins == timedelta(hours=hours)


def test_the_repeated_hour_is_two_instants() -> None:
    """02:30 on 31 October 2027 exists twice, told apart by its offset (faults: 175)."""
    first = parse_instant("2027-10-31T02:30:00+02:00").unwrap()
    second = parse_instant("2027-10-31T02:30:00+01:00").unwrap()
    assert second - first == timedelta(hours=1)
    assert first.astimezone(COPENHAGEN).fold == 0
    assert second.astimezone(COPENHAGEN).fold == 1


@pytest.mark.parametrize(
    "call",
    [
        lambda: clinic_date(datetime(2027, 1, 1)),  # noqa: DTZ001 - the mistake under test
        lambda: is_under_fifteen(date(2012, 1, 1), datetime(2027, 1, 1)),  # noqa: DTZ001  likewise
        lambda: start_of(datetime(2027, 1, 1, tzinfo=UTC)),
        lambda: birthday(datetime(2012, 1, 1, tzinfo=UTC), 15),
    ],
    ids=["clinic_date", "is_under_fifteen", "start_of", "birthday"],
)
def test_a_naive_instant_or_a_day_with_a_time_is_an_assertion(call: Any) -> None:
    """An instant without offset, and a day with one, are programmer's mistakes."""
    with pytest.raises(AssertionError):
        call()


# --------------------------------------------------------------------------------------- reading


@given(instants, offsets)
def test_an_instant_comes_back_from_any_offset(instant: datetime, zone: timezone) -> None:
    """An instant written in any offset is the same instant, kept in UTC."""
    written = instant.astimezone(zone).isoformat()
    read = parse_instant(written).unwrap()
    assert read == instant
    assert read.tzinfo is UTC
    assert parse_instant(instant.isoformat().replace("+00:00", "Z")).unwrap() == instant


@pytest.mark.parametrize(
    ("text", "utc"),
    [
        ("2027-03-28T01:30Z", "2027-03-28T01:30:00+00:00"),
        ("2027-03-28T01:30:15.5Z", "2027-03-28T01:30:15.500000+00:00"),
        ("2027-03-28T01:30:15,123456789+02:00", "2027-03-27T23:30:15.123456+00:00"),
        ("2027-03-28T01:30:15-00:00", "2027-03-28T01:30:15+00:00"),
        ("2027-03-28T23:59:59-23:59", "2027-03-29T23:58:59+00:00"),
        ("1900-01-01T00:00:00Z", "1900-01-01T00:00:00+00:00"),
        ("1899-12-31T23:00:00-01:00", "1900-01-01T00:00:00+00:00"),
        ("2200-01-01T00:59:59+01:00", "2199-12-31T23:59:59+00:00"),
    ],
)
def test_every_shape_of_an_instant_is_read(text: str, utc: str) -> None:
    """Seconds and a fraction may be left out; the offset may be `Z`."""
    assert parse_instant(text).unwrap().isoformat() == utc


@pytest.mark.parametrize(
    ("text", "refusal"),
    [
        (None, InstantRefusal.NOT_TEXT),
        (1_800_000_000, InstantRefusal.NOT_TEXT),
        (datetime(2027, 1, 1, tzinfo=UTC), InstantRefusal.NOT_TEXT),
        ("", InstantRefusal.WRONG_SHAPE),
        ("2027-03-28", InstantRefusal.WRONG_SHAPE),
        ("2027-03-28 01:30:00+01:00", InstantRefusal.WRONG_SHAPE),
        ("2027-03-28t01:30:00z", InstantRefusal.WRONG_SHAPE),
        ("20270328T013000Z", InstantRefusal.WRONG_SHAPE),
        ("2027-W12-7T01:30:00Z", InstantRefusal.WRONG_SHAPE),
        ("2027-03-28T01:30:00+0100", InstantRefusal.WRONG_SHAPE),
        ("2027-03-28T01:30:00+01", InstantRefusal.WRONG_SHAPE),
        ("2027-03-28T01:30:00.Z", InstantRefusal.WRONG_SHAPE),
        ("2027-03-28T01:30:00.1234567890Z", InstantRefusal.WRONG_SHAPE),
        ("2027-03-28T01:30:00Z\n", InstantRefusal.WRONG_SHAPE),
        ("\uff12027-03-28T01:30:00Z", InstantRefusal.WRONG_SHAPE),
        ("2027-03-2\u0668T01:30:00Z", InstantRefusal.WRONG_SHAPE),
        ("12027-03-28T01:30:00Z", InstantRefusal.WRONG_SHAPE),
        ("2027-03-28T01:30:00", InstantRefusal.WITHOUT_OFFSET),
        ("2027-02-29T01:30:00Z", InstantRefusal.NO_SUCH_TIME),
        ("2027-13-01T01:30:00Z", InstantRefusal.NO_SUCH_TIME),
        ("2027-03-28T24:00:00Z", InstantRefusal.NO_SUCH_TIME),
        ("2027-03-28T01:60:00Z", InstantRefusal.NO_SUCH_TIME),
        ("2016-12-31T23:59:60Z", InstantRefusal.NO_SUCH_TIME),
        ("2027-03-28T01:30:00+24:00", InstantRefusal.NO_SUCH_TIME),
        ("2027-03-28T01:30:00+01:60", InstantRefusal.NO_SUCH_TIME),
        ("0000-01-01T00:00:00Z", InstantRefusal.OUT_OF_RANGE),
        ("0001-01-01T00:00:00+14:00", InstantRefusal.OUT_OF_RANGE),
        ("9999-12-31T23:59:59-14:00", InstantRefusal.OUT_OF_RANGE),
        ("1900-01-01T00:00:00+00:01", InstantRefusal.OUT_OF_RANGE),
        ("2199-12-31T23:59:59-00:01", InstantRefusal.OUT_OF_RANGE),
    ],
)
def test_what_is_no_instant_is_refused_with_its_reason(
    text: object, refusal: InstantRefusal
) -> None:
    """No offset, no such time (leap seconds too) and far years are refused (faults: 174)."""
    assert parse_instant(text) == Failure(refusal)


@given(
    st.text()
    | st.from_regex(
        r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}[+-][0-9]{2}:[0-9]{2}",
        fullmatch=True,
    )
)
def test_any_text_is_an_instant_or_refused(text: str) -> None:
    """No text raises, and what is read can be shown in Copenhagen without overflow."""
    match parse_instant(text):
        case Success(instant):
            assert 1900 <= instant.year <= 2199
            assert 1899 <= clinic_date(instant).year <= 2200
        case Failure(refusal):
            assert isinstance(refusal, InstantRefusal)


@given(st.dates(date(1800, 1, 1), date(2199, 12, 31)))
@example(date(1800, 1, 1))
@example(date(2199, 12, 31))
def test_a_date_comes_back(day: date) -> None:
    """A day in the range parses from its ISO form."""
    assert parse_date(day.isoformat()).unwrap() == day


@pytest.mark.parametrize(
    ("text", "refusal"),
    [
        (None, DateRefusal.NOT_TEXT),
        (date(2027, 1, 1), DateRefusal.NOT_TEXT),
        ("", DateRefusal.WRONG_SHAPE),
        ("20270328", DateRefusal.WRONG_SHAPE),
        ("2027-3-28", DateRefusal.WRONG_SHAPE),
        ("28-03-2027", DateRefusal.WRONG_SHAPE),
        ("2027-03-28\n", DateRefusal.WRONG_SHAPE),
        (" 2027-03-28", DateRefusal.WRONG_SHAPE),
        ("2027-03-28T00:00:00Z", DateRefusal.WRONG_SHAPE),
        ("2027-03-2\u0668", DateRefusal.WRONG_SHAPE),
        ("2027-W12-7", DateRefusal.WRONG_SHAPE),
        ("2027-02-29", DateRefusal.NO_SUCH_DATE),
        ("2027-00-01", DateRefusal.NO_SUCH_DATE),
        ("2027-04-31", DateRefusal.NO_SUCH_DATE),
        ("0000-01-01", DateRefusal.OUT_OF_RANGE),
        ("1799-12-31", DateRefusal.OUT_OF_RANGE),
        ("2200-01-01", DateRefusal.OUT_OF_RANGE),
        ("9999-12-31", DateRefusal.OUT_OF_RANGE),
    ],
)
def test_what_is_no_date_is_refused_with_its_reason(text: object, refusal: DateRefusal) -> None:
    """A day is read from `YYYY-MM-DD` alone."""
    assert parse_date(text) == Failure(refusal)
