"""A process that writes into a calendar and dies of it, run by test_ics_file.py.

`victim.py lines FOLDER` writes one entry many times over, each time into a new file, and each time
dying at the next line of the adapter; it prints how many of them died. `victim.py NAME FILE` writes
forty entries of bookings `NAME-0`, `NAME-1`, ...
"""

import os
import sys
from pathlib import Path
from types import FrameType
from typing import Any

from eservices_adapters.calendar import ics_file
from eservices_adapters.calendar.ics_file import IcsFileCalendar
from eservices_adapters.config import files
from eservices_core.outcome import Success
from eservices_core.ports.calendar import Entry, Written
from eservices_core.testing.contracts.calendar import at
from eservices_core.testing.memory import FakeClock
from eservices_core.words.identifiers import BookingId
from tests.adapters.calendar.making import BOOK, DOMAIN, NOW, a_calendar

WATCHED = {ics_file.__file__, files.__file__}
DIED = 9


def die_at(line: int, folder: Path) -> None:
    """Write, and die before the adapter's line `line` is carried out, counted as they come."""
    come = 0

    def trace(frame: FrameType, event: str, _: Any) -> Any:
        nonlocal come
        if frame.f_code.co_filename not in WATCHED:
            return None
        if event == "line":
            come += 1
            if come == line:
                os._exit(DIED)  # nothing is flushed, closed or cleaned up, as after a kill
        return trace

    folder.mkdir()
    path = folder / "calendar.ics"
    other = "UID:a@example.com\nDTSTART:20270301T100000Z\nDURATION:PT5M"
    _ = path.write_bytes(a_calendar(other))
    calendar = IcsFileCalendar({BOOK: path}, DOMAIN, FakeClock(NOW))
    sys.settrace(trace)
    _ = calendar.write(*BOOK, Entry(BookingId("booking-1"), 0, at(0)))
    os._exit(0)


def die_at_every_line(folder: Path) -> None:
    """Die at the first line, then at the second, until nothing is left to die at."""
    line = 0
    while True:
        child = os.fork()
        if child == 0:
            die_at(line + 1, folder / str(line))
        status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        if status != DIED:
            assert status == 0
            break
        line += 1
    print(line)  # noqa: T201  the answer to whoever ran it


def write_forty(name: str, path: Path) -> None:
    """Write entries one after the other."""
    calendar = IcsFileCalendar({BOOK: path}, DOMAIN, FakeClock(NOW))
    for number in range(40):
        entry = Entry(BookingId(f"{name}-{number}"), 0, at(number * 10))
        assert calendar.write(*BOOK, entry) == Success(Written.WRITTEN)


if __name__ == "__main__":
    if sys.argv[1] == "lines":
        die_at_every_line(Path(sys.argv[2]))
    else:
        write_forty(sys.argv[1], Path(sys.argv[2]))
