"""iCalendar files as calendar programs write them, and what such a program does to one."""

import re
from collections.abc import Callable
from datetime import datetime
from itertools import count
from pathlib import Path

from eservices_adapters.calendar.busy import read_calendar
from eservices_adapters.calendar.ics_file import IcsFileCalendar, make_calendar
from eservices_core.outcome import Failure, Outcome
from eservices_core.ports.calendar import AppointmentCalendar, CalendarRefused, Reading
from eservices_core.testing.contracts import CalendarUnderTest
from eservices_core.testing.memory import FakeClock, copenhagen
from eservices_core.words.clinic_time import COPENHAGEN
from eservices_core.words.identifiers import BookingId, ClinicId, PractitionerId
from eservices_core.words.interval import Interval, instant_of

DOMAIN = "eservices.example.dk"
CLINIC = ClinicId("clinic-1")
BOOK = (CLINIC, PractitionerId("dr-a"))
OTHER = (CLINIC, PractitionerId("dr-b"))
NOBODY = (CLINIC, PractitionerId("dr-c"))
NOW = copenhagen(2027, 3, 1, 12)

_names = count(1)


def a_calendar(*components: str, newline: str = "\r\n") -> bytes:
    """A text of VEVENTs: each is its lines between BEGIN and END."""
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Example//EN"]
    for component in components:
        lines += ["BEGIN:VEVENT", *component.strip().split("\n"), "END:VEVENT"]
    return newline.join([*(line.strip() for line in lines), "END:VCALENDAR", ""]).encode()


def window(start: datetime, end: datetime) -> Interval:
    """A window between two instants."""
    return Interval.between(start, end).unwrap()


YEAR = window(copenhagen(2027, 1, 1), copenhagen(2028, 1, 1))


def read(content: bytes, within: Interval = YEAR) -> Outcome[Reading, CalendarRefused]:
    """Read a text, as the adapter does."""
    calendar = read_calendar(content, DOMAIN)
    return calendar if isinstance(calendar, Failure) else calendar.unwrap().read(within)


def walls(content: bytes, within: Interval = YEAR) -> list[str]:
    """What is taken, on the clinic's clock: `03-28 01:30/03-28 03:00`."""
    return [wall(busy.interval) for busy in read(content, within).unwrap().busy]


def wall(interval: Interval) -> str:
    """An interval on the clinic's clock."""
    ends = (interval.starts_at, interval.ends_at)
    return "/".join(f"{end.astimezone(COPENHAGEN):%m-%d %H:%M}" for end in ends)


def utc(minute: int) -> str:
    """A minute as iCalendar writes it."""
    return f"{instant_of(minute):%Y%m%dT%H%M%SZ}"


class Program:
    """Another calendar program, which keeps the file of one practitioner in its own way."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def add(self, interval: Interval) -> Callable[[], None]:
        """Enter an appointment; gives what removes it."""
        uid = f"{next(_names)}@example.com"
        event = (
            f"BEGIN:VEVENT\nUID:{uid}\nSUMMARY:Møde\nDTSTAMP:20270101T000000Z\n"
            f"DTSTART:{utc(interval.start)}\nDTEND:{utc(interval.end)}\nEND:VEVENT\n"
        ).encode()
        content = self.path.read_bytes()
        at = content.rindex(b"END:VCALENDAR")
        _ = self.path.write_bytes(content[:at] + event + content[at:])
        return lambda: self._replace(event, b"")

    def delete(self, booking: BookingId) -> None:
        """Delete an entry of ours."""
        self._replace(self._event_of(booking), b"")

    def move(self, booking: BookingId, interval: Interval) -> None:
        """Move an entry of ours, and leave its SEQUENCE as it is."""
        before = self._event_of(booking)
        moved = re.sub(rb"DTSTART:.*?Z", f"DTSTART:{utc(interval.start)}".encode(), before)
        moved = re.sub(rb"DTEND:.*?Z", f"DTEND:{utc(interval.end)}".encode(), moved)
        self._replace(before, moved)

    def _event_of(self, booking: BookingId) -> bytes:
        events = re.findall(
            rb"BEGIN:VEVENT\r?\n.*?END:VEVENT\r?\n", self.path.read_bytes(), re.DOTALL
        )
        uid = f"UID:{booking}@{DOMAIN}".encode()
        found: list[bytes] = [
            event for event in events if uid in re.sub(rb"\r?\n ", b"", event).split()
        ]
        (only,) = found
        return only

    def _replace(self, before: bytes, after: bytes) -> None:
        content = self.path.read_bytes()
        assert content.count(before) == 1
        _ = self.path.write_bytes(content.replace(before, after))


def ics_under_test(folder: Path) -> CalendarUnderTest:
    """The adapter over two new files in a folder, and another program beside it."""
    files = {BOOK: folder / "a.ics", OTHER: folder / "b.ics"}
    for path in files.values():
        assert make_calendar(path)
    program = Program(files[BOOK])

    def open_calendar() -> AppointmentCalendar:
        return IcsFileCalendar(files, DOMAIN, FakeClock(NOW))

    return CalendarUnderTest(
        open_calendar(),
        BOOK,
        OTHER,
        NOBODY,
        add_foreign=program.add,
        remove_ours=program.delete,
        move_ours=program.move,
        cut_off=files[BOOK].unlink,
        reopen=open_calendar,
    )
