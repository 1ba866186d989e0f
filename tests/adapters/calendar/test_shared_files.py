"""Calendars of real programs, read whole, and compared with how a well-kept library reads them."""

from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import icalendar
import pytest
import recurring_ical_events

from eservices_adapters.calendar.busy import read_calendar
from eservices_core.outcome import Failure
from eservices_core.ports.calendar import Unreadable
from eservices_core.testing.memory import copenhagen
from eservices_core.words.clinic_time import COPENHAGEN
from eservices_core.words.interval import Interval
from tests.adapters.calendar.making import DOMAIN, window

NAMES = (
    "Germany_Holidays",
    "bom_calendar",
    "daylight_saving_time",
    "discourse_no_dtend",
    "each_week_but_two_deleted",
    "fablab_cottbus",
    "google_export",
    "issue_18_cancel_status",
    "issue_223_thunderbird",
    "machbar_16_feb_2019",
    "rdate_exdate",
    "recur_instances",
)
YEARS = tuple(
    window(copenhagen(year, 1, 1), copenhagen(year + 1, 1, 1)) for year in (2012, 2018, 2019, 2024)
)


@pytest.fixture
def folder(shared_data: Path) -> Path:
    """Where the calendars lie."""
    found = shared_data / "calendar"
    if not found.is_dir():
        pytest.skip("the calendars of real programs are not here: calendar/*.ics")
    return found


def _instant(at: date) -> datetime:
    if not isinstance(at, datetime):
        at = datetime(at.year, at.month, at.day, tzinfo=COPENHAGEN)
    return at.replace(tzinfo=COPENHAGEN) if at.tzinfo is None else at


def _library(content: bytes, within: Interval) -> set[Interval]:
    """What the library says is taken: its occurrences that are neither free nor cancelled."""
    found: set[Interval] = set()
    for calendar in icalendar.Calendar.from_ical(
        content.removeprefix(b"\xef\xbb\xbf"), multiple=True
    ):
        occurrences: list[Any] = recurring_ical_events.of(calendar).between(
            within.starts_at - timedelta(days=1), within.ends_at + timedelta(days=1)
        )
        for event in occurrences:
            free = str(event.get("TRANSP", "")) == "TRANSPARENT"
            start, end = event["DTSTART"].dt, event["DTEND"].dt
            if start == end and not isinstance(start, datetime):
                end = start + timedelta(days=1)
            interval = Interval.around(_instant(start), _instant(end))
            cancelled = str(event.get("STATUS", "")) == "CANCELLED"
            if interval is not None and interval.overlaps(within) and not (free or cancelled):
                found.add(interval)
    return found


@pytest.mark.parametrize("name", NAMES)
def test_a_real_calendar_is_read_as_the_library_reads_it(folder: Path, name: str) -> None:
    """faults: 163. Year by year, the same times are taken as by recurring-ical-events."""
    content = (folder / f"{name}.ics").read_bytes()
    calendar = read_calendar(content, DOMAIN).unwrap()
    for year in YEARS:
        found = {busy.interval for busy in calendar.read(year).unwrap().busy}
        assert found == _library(content, year), year.starts_at


def test_every_file_is_known(folder: Path) -> None:
    """Every calendar that lies there is in one of these tests."""
    assert {path.stem for path in folder.glob("*.ics")} == {*NAMES, "big_bad_calendar"}


def test_a_calendar_that_ends_early_is_refused(folder: Path) -> None:
    """A file without its last line may be the half of one: it is refused, with the line."""
    content = (folder / "big_bad_calendar.ics").read_bytes()
    calendar = read_calendar(content, DOMAIN)
    assert calendar == Failure(Unreadable("END", len(content.rstrip().split(b"\n"))))
