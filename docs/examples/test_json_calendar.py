"""The example calendar keeps every promise of its port."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from docs.examples.json_calendar import JsonCalendar

from eservices_core.testing.contracts import AppointmentCalendarContract, CalendarUnderTest
from eservices_core.words.identifiers import BookingId, ClinicId, PractitionerId
from eservices_core.words.interval import Interval

CLINIC = ClinicId("clinic-1")
ANNE, BENT, CARL = (PractitionerId(name) for name in ("anne", "bent", "carl"))
EMPTY = '{"ours": {}, "theirs": {}}'


class Program:
    """The other program that keeps Anne's file."""

    def __init__(self, file: Path) -> None:
        self.file = file

    def change(self, change: Callable[[Any], None]) -> None:
        """Change what the file holds."""
        held = json.loads(self.file.read_text())
        change(held)
        _ = self.file.write_text(json.dumps(held))

    def add(self, interval: Interval) -> Callable[[], None]:
        """Enter an appointment; gives what removes it."""
        name = f"appointment-{len(json.loads(self.file.read_text())['theirs'])}"
        self.change(lambda held: held["theirs"].update({name: [interval.start, interval.end]}))
        return lambda: self.change(lambda held: held["theirs"].pop(name))

    def remove(self, booking: BookingId) -> None:
        """Delete an entry of ours."""
        self.change(lambda held: held["ours"].pop(str(booking)))

    def move(self, booking: BookingId, interval: Interval) -> None:
        """Move an entry of ours."""

        def change(held: Any) -> None:  # noqa: ANN401  JSON
            sequence, *_ = held["ours"][str(booking)]
            held["ours"][str(booking)] = [sequence, interval.start, interval.end]

        self.change(change)


class TestJsonCalendar(AppointmentCalendarContract):
    """Every promise of the port, over two files."""

    @pytest.fixture
    def under_test(self, tmp_path: Path) -> CalendarUnderTest:
        """The one thing to write: the adapter, and what is done behind its back."""
        folder = tmp_path / "calendars"
        folder.mkdir()
        for practitioner in (ANNE, BENT):
            _ = (folder / f"{CLINIC}+{practitioner}.json").write_text(EMPTY)
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
