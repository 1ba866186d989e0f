from collections.abc import Callable
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import settings

from eservices_core.testing.contracts import (
    AppointmentCalendarContract,
    CalendarMachine,
    CalendarUnderTest,
)
from eservices_core.testing.memory import MemoryCalendar
from eservices_core.words.interval import Interval
from tests.adapters.calendar.making import BOOK, NOBODY, OTHER, ics_under_test


def in_memory(calendar: MemoryCalendar | None = None) -> CalendarUnderTest:
    """A calendar in memory, and what is done behind its back."""
    kept = MemoryCalendar([BOOK, OTHER]) if calendar is None else calendar

    def add(interval: Interval) -> Callable[[], None]:
        return partial(kept.remove_foreign, BOOK, kept.add_foreign(BOOK, interval))

    return CalendarUnderTest(
        kept,
        BOOK,
        OTHER,
        NOBODY,
        add_foreign=add,
        remove_ours=partial(kept.remove_ours, BOOK),
        move_ours=partial(kept.move_ours, BOOK),
        cut_off=lambda: setattr(kept, "unreachable", True),
        reopen=lambda: kept,
    )


class TestMemoryCalendar(AppointmentCalendarContract):
    @pytest.fixture
    def under_test(self) -> CalendarUnderTest:
        """Two books in memory."""
        return in_memory()


class TestIcsFileCalendar(AppointmentCalendarContract):
    @pytest.fixture
    def under_test(self, tmp_path: Path) -> CalendarUnderTest:
        """Two files, which another program keeps too."""
        return ics_under_test(tmp_path)


class MemoryCalendarMachine(CalendarMachine):
    def open_calendar(self) -> CalendarUnderTest:
        """A new one for each history."""
        return in_memory()


class IcsFileCalendarMachine(CalendarMachine):
    def open_calendar(self) -> CalendarUnderTest:
        """New files for each history."""
        self.folder = TemporaryDirectory()
        return ics_under_test(Path(self.folder.name))

    def teardown(self) -> None:
        """Remove them."""
        self.folder.cleanup()


TestMemoryCalendarMachine = MemoryCalendarMachine.TestCase
TestIcsFileCalendarMachine = IcsFileCalendarMachine.TestCase
TestIcsFileCalendarMachine.settings = settings(
    max_examples=max(1, settings().max_examples // 4), stateful_step_count=25
)
