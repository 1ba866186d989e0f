import re
from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given

from eservices_core.booking.spoken import spoken, spoken_start
from eservices_core.testing import strategies
from eservices_core.words.interval import Interval, minute_of

ZONE: Final = ZoneInfo("Europe/Copenhagen")
MONTHS: Final = [
    "januar",
    "februar",
    "marts",
    "april",
    "maj",
    "juni",
    "juli",
    "august",
    "september",
    "oktober",
    "november",
    "december",
]
DAYS: Final = ["mandag", "tirsdag", "onsdag", "torsdag", "fredag", "lørdag", "søndag"]
DANISH: Final = re.compile(
    r"(\w+) den (\d{1,2})\. (\w+) (\d{4}) kl\. (\d{1,2})\.(\d\d)(?: \((sommer|vinter)tid\))?"
)
ENGLISH: Final = re.compile(
    r"[A-Z]\w+ (\d{1,2}) [A-Z]\w+ (\d{4}) at (\d{1,2}):(\d\d)(?: \((summer|winter) time\))?"
)


def _read(text: str) -> list[datetime]:
    """The instants that a Danish listener can take it for; the rulebook says: one."""
    found = DANISH.fullmatch(text)
    assert found is not None, text
    weekday, day, month, year, hour, minute, season = found.groups()
    said = date(int(year), MONTHS.index(month) + 1, int(day))
    assert DAYS[said.weekday()] == weekday
    wall = datetime.combine(said, time(int(hour), int(minute)))
    folds = [wall.replace(fold=fold, tzinfo=ZONE) for fold in (0, 1)]
    meant = {
        each.astimezone(UTC)
        for each in folds
        if season is None or (each.dst() != timedelta(0)) == (season == "sommer")
    }
    return sorted(each for each in meant if each.astimezone(ZONE).replace(tzinfo=None) == wall)


@given(strategies.instants())
@example(datetime(2026, 10, 25, 0, 30, tzinfo=UTC))
@example(datetime(2026, 10, 25, 1, 30, tzinfo=UTC))
@example(datetime(2026, 10, 25, 2, 0, tzinfo=UTC))
@example(datetime(2026, 10, 24, 23, 59, tzinfo=UTC))
@example(datetime(2026, 3, 29, 0, 59, tzinfo=UTC))
@example(datetime(2026, 3, 29, 1, 0, tzinfo=UTC))
def test_what_is_said_means_one_instant(instant: datetime) -> None:
    """D-BOOK-9: of every minute is said exactly which it is, the hour that exists twice too."""
    minute = instant.replace(second=0, microsecond=0)
    assert _read(spoken(minute).da) == [minute]
    assert spoken(instant) == spoken(minute)


@given(strategies.instants())
def test_both_languages_say_the_same(instant: datetime) -> None:
    """D-BOOK-12: the English sentence holds the numbers and the season of the Danish one."""
    said = spoken(instant)
    danish, english = DANISH.fullmatch(said.da), ENGLISH.fullmatch(said.en)
    assert danish is not None
    assert english is not None
    _, day, _, year, hour, minute, season = danish.groups()
    seasons = {None: None, "sommer": "summer", "vinter": "winter"}
    assert english.groups() == (day, year, hour, minute, seasons[season])


@pytest.mark.parametrize(
    ("instant", "da", "en"),
    [
        (
            datetime(2026, 10, 25, 0, 5, tzinfo=UTC),
            "søndag den 25. oktober 2026 kl. 2.05 (sommertid)",
            "Sunday 25 October 2026 at 2:05 (summer time)",
        ),
        (
            datetime(2026, 10, 25, 1, 5, tzinfo=UTC),
            "søndag den 25. oktober 2026 kl. 2.05 (vintertid)",
            "Sunday 25 October 2026 at 2:05 (winter time)",
        ),
        (
            datetime(2026, 10, 25, 2, 0, tzinfo=UTC),
            "søndag den 25. oktober 2026 kl. 3.00",
            "Sunday 25 October 2026 at 3:00",
        ),
        (
            datetime(2026, 3, 29, 1, 0, tzinfo=UTC),
            "søndag den 29. marts 2026 kl. 3.00",
            "Sunday 29 March 2026 at 3:00",
        ),
        (
            datetime(2027, 1, 1, 22, 59, tzinfo=UTC),
            "fredag den 1. januar 2027 kl. 23.59",
            "Friday 1 January 2027 at 23:59",
        ),
        (
            datetime(2026, 7, 3, 22, 0, tzinfo=UTC),
            "lørdag den 4. juli 2026 kl. 0.00",
            "Saturday 4 July 2026 at 0:00",
        ),
    ],
)
def test_how_it_is_said(instant: datetime, da: str, en: str) -> None:
    """D-BOOK-9: the clinic's day and wall clock, with the season only where it is needed."""
    assert (spoken(instant).da, spoken(instant).en) == (da, en)


@pytest.mark.parametrize("month", range(12))
def test_every_month_and_weekday_has_its_name(month: int) -> None:
    """D-BOOK-13: a date is said in whole words, in both languages."""
    for day in range(1, 8):
        said = spoken(datetime(2026, month + 1, day, 12, tzinfo=UTC))
        at = datetime(2026, month + 1, day, 12, tzinfo=UTC).astimezone(ZONE)
        assert said.en.startswith(at.strftime("%A ") + f"{day} " + at.strftime("%B %Y at "))
        assert said.da.startswith(f"{DAYS[at.weekday()]} den {day}. {MONTHS[month]} 2026 kl. ")


def test_an_interval_is_said_by_its_start() -> None:
    """D-BOOK-13: what people need to know is when it begins."""
    instant = datetime(2026, 11, 30, 8, 20, tzinfo=UTC)
    start = minute_of(instant)
    assert spoken_start(Interval(start, start + 20)) == spoken(instant)
