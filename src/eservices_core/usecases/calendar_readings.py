"""The last good reading of each practitioner's calendar (S-BOOK-2, D-BOOK-6).

Every enquiry reads the calendar anew; where it cannot be read, the last good reading stands in for
it, with its age. So a calendar that is down for five minutes closes nothing, and one that is down
for longer than the clinic's setting offers nothing. A process that has just started has no reading.
"""

from datetime import datetime
from typing import Final

from attrs import frozen

from eservices_core.outcome import Failure
from eservices_core.ports.calendar import (
    AppointmentCalendar,
    CalendarRefused,
    CalendarUnreachable,
    Reading,
)
from eservices_core.words.identifiers import ClinicId, PractitionerId
from eservices_core.words.interval import Interval


@frozen
class Known:
    """What is known of one calendar.

    Attributes:
        reading: the last good reading; None if there was none.
        read_at: when that was.
        why_not_newer: why the calendar could not be read now; None if it was.
    """

    reading: Reading | None
    read_at: datetime | None
    why_not_newer: CalendarRefused | CalendarUnreachable | None


_MARGIN: Final = 24 * 60
"""Minutes that are read on both sides, so that a later enquiry finds its window in the reading."""


class CalendarReadings:
    """Reads calendars, and remembers.

    One for each process; several threads may share it: of two readings that end at once, either
    is a good one.
    """

    def __init__(self, calendar: AppointmentCalendar) -> None:
        self.calendar = calendar
        self._last: dict[tuple[ClinicId, PractitionerId], tuple[Interval, Reading, datetime]] = {}

    def read(
        self, clinic: ClinicId, practitioner: PractitionerId, within: Interval, at: datetime
    ) -> Known:
        """Read a calendar at `at`, or give what is left of the last reading within `within`."""
        why: CalendarRefused | CalendarUnreachable
        wider = Interval(within.start - _MARGIN, within.end + _MARGIN)
        try:
            read = self.calendar.read(clinic, practitioner, wider)
        except CalendarUnreachable as unreachable:
            why = unreachable
        else:
            if not isinstance(read, Failure):
                reading = read.unwrap()
                self._last[clinic, practitioner] = (wider, reading, at)
                return Known(reading, at, None)
            why = read.failure()
        last = self._last.get((clinic, practitioner))
        if last is None:
            return Known(None, None, why)
        window, reading, read_at = last
        covers = window.start <= within.start and within.end <= window.end
        return Known(reading, read_at, why) if covers else Known(None, None, why)
