"""The example calendar keeps every promise of its port."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from docs.examples import json_calendar
from docs.examples.json_calendar import JsonCalendar

from eservices_core.outcome import Failure
from eservices_core.ports.calendar import Unreadable
from eservices_core.testing.contracts import AppointmentCalendarContract, CalendarUnderTest
from eservices_core.words.identifiers import BookingId, ClinicId, PractitionerId
from eservices_core.words.interval import Interval

CLINIC = ClinicId("clinic-1")
A_HUNDRED = 100
ANNE, BENT, CARL = (PractitionerId(name) for name in ("anne", "bent", "carl"))


class Program:
    """The other program that keeps Anne's file."""

    def __init__(self, file: Path) -> None:
        self.file = file

    def rows(self) -> list[Any]:
        """What the file holds."""
        rows: list[Any] = json.loads(self.file.read_text())
        return rows

    def save(self, rows: list[Any]) -> None:
        """Write the file."""
        _ = self.file.write_text(json.dumps(rows))

    def add(self, interval: Interval) -> Callable[[], None]:
        """Enter an appointment; gives what removes it."""
        at = {"start": interval.start, "end": interval.end}
        row = {"interval": at, "reference": f"appointment-{len(self.rows())}"}
        self.save([*self.rows(), row])
        return lambda: self.save(
            [each for each in self.rows() if each["reference"] != row["reference"]]
        )

    def remove(self, booking: BookingId) -> None:
        """Delete an entry of ours."""
        ours = {"value": str(booking)}
        self.save([each for each in self.rows() if each["ours"] != ours])

    def move(self, booking: BookingId, interval: Interval) -> None:
        """Move an entry of ours."""
        rows = self.rows()
        (row,) = (each for each in rows if each["ours"] == {"value": str(booking)})
        row["interval"] = {"start": interval.start, "end": interval.end}
        self.save(rows)


class TestJsonCalendar(AppointmentCalendarContract):
    """Every promise of the port, over two files."""

    @pytest.fixture
    def under_test(self, tmp_path: Path) -> CalendarUnderTest:
        """The one thing to write: the adapter, and what is done behind its back."""
        folder = tmp_path / "calendars"
        folder.mkdir()
        for practitioner in (ANNE, BENT):
            _ = (folder / f"{CLINIC}+{practitioner}.json").write_text("[]")
        program = Program(folder / f"{CLINIC}+{ANNE}.json")
        return CalendarUnderTest(
            JsonCalendar(folder),
            book=(CLINIC, ANNE),
            other_book=(CLINIC, BENT),
            no_book=(CLINIC, CARL),
            add_foreign=program.add,
            remove_ours=program.remove,
            move_ours=program.move,
            cut_off=lambda: folder.rename(tmp_path / "gone") and None,
            reopen=lambda: JsonCalendar(folder),
        )


def test_it_is_short() -> None:
    """A complete adapter that keeps its contract takes less than a hundred lines."""
    lines = Path(json_calendar.__file__).read_text().splitlines()
    assert len(lines) < A_HUNDRED


def test_a_spoilt_file_offers_nothing(tmp_path: Path) -> None:
    """What is no list of what is taken is Unreadable; nobody takes the day to be free."""
    file = tmp_path / f"{CLINIC}+{ANNE}.json"
    calendar = json_calendar.JsonCalendar(tmp_path)
    for text in ("", "{", "[1]", '[{"interval": {"start": 5, "end": 5}}]', '[{"interval": 1}]'):
        _ = file.write_text(text)
        read = calendar.read(CLINIC, ANNE, Interval(0, 10))
        assert read == Failure(Unreadable("the file")), text
        assert file.read_text() == text
