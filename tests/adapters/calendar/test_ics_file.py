import os
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from icalendar import Calendar

from eservices_adapters.calendar import busy, ics_file
from eservices_adapters.calendar.ics_file import IcsFileCalendar, make_calendar
from eservices_adapters.config import files
from eservices_core.outcome import Failure, Success
from eservices_core.ports.calendar import (
    CalendarTooLarge,
    CalendarUnreachable,
    Entry,
    EntryDiffers,
    Lying,
    TooManyEvents,
    Unreadable,
    Withdrawn,
    Written,
)
from eservices_core.testing.contracts.calendar import at
from eservices_core.testing.memory import FakeClock
from eservices_core.words.identifiers import BookingId
from tests.adapters.calendar import running
from tests.adapters.calendar.making import BOOK, DOMAIN, NOW, YEAR, Program, a_calendar

ANNA, BO = BookingId("booking-1"), BookingId("booking-2")
OTHERS = """UID:a@example.com
SUMMARY:Møde
X-MOZ-GENERATION:2
DTSTART;TZID=Europe/Copenhagen:20270301T100000
DTEND;TZID=Europe/Copenhagen:20270301T110000
BEGIN:VALARM
TRIGGER:-PT5M
END:VALARM"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where the file is; it is not there yet."""
    return tmp_path / "calendar.ics"


@pytest.fixture
def calendar(path: Path) -> IcsFileCalendar:
    """The adapter over it."""
    return IcsFileCalendar({BOOK: path}, DOMAIN, FakeClock(NOW))


def _ours(content: bytes) -> list[Any]:
    parsed = Calendar.from_ical(content, multiple=True)
    return [event for one in parsed for event in one.walk("VEVENT") if DOMAIN in str(event["UID"])]


# ------------------------------------------------------------------------------------------ writing


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
@pytest.mark.parametrize("bom", [b"", b"\xef\xbb\xbf"])
def test_every_other_byte_is_kept(
    path: Path, calendar: IcsFileCalendar, newline: str, bom: bytes
) -> None:
    """Writing ours adds one event and changes no byte of the rest; withdrawing it undoes that."""
    before = bom + a_calendar(OTHERS, newline=newline)
    _ = path.write_bytes(before)
    assert calendar.write(*BOOK, Entry(ANNA, 0, at(0))) == Success(Written.WRITTEN)
    during = path.read_bytes()
    end = before.index(b"END:VCALENDAR")
    assert during.startswith(before[:end] + b"BEGIN:VEVENT" + newline.encode())
    assert during.endswith(b"END:VEVENT" + newline.encode() + before[end:])
    assert during.count(b"\r") == (during.count(b"\n") if newline == "\r\n" else 0)
    assert calendar.withdraw(*BOOK, ANNA, 0) == Success(Withdrawn.WITHDRAWN)
    assert path.read_bytes() == before


def test_our_event_says_no_more_than_it_must(path: Path, calendar: IcsFileCalendar) -> None:
    """D-BOOK-12, faults: 166. UID, SEQUENCE, times in UTC, a neutral title and a place; no more."""
    assert make_calendar(path)
    entry = Entry(ANNA, 2, at(0), place="Lægerne, Østergade 1; 2. th.")
    assert calendar.write(*BOOK, entry) == Success(Written.WRITTEN)
    (event,) = _ours(path.read_bytes())
    assert {name: event[name].to_ical().decode() for name in event} == {
        "UID": f"{ANNA}@{DOMAIN}",
        "SEQUENCE": "2",
        "DTSTAMP": "20270301T110000Z",
        "DTSTART": "20270328T003000Z",
        "DTEND": "20270328T004500Z",
        "SUMMARY": "Aftale",
        "LOCATION": "Lægerne\\, Østergade 1\\; 2. th.",
    }


def test_a_move_keeps_what_others_gave_it(path: Path, calendar: IcsFileCalendar) -> None:
    """A colour and an alarm that another program gave our event outlive its being moved."""
    assert make_calendar(path)
    first, second = Entry(ANNA, 0, at(0)), Entry(ANNA, 1, at(60))
    assert calendar.write(*BOOK, first) == Success(Written.WRITTEN)
    given = b"COLOR:re\r\n d\r\nBEGIN:VALARM\r\nUID:x\r\nTRIGGER:-PT5M\r\nEND:VALARM\r\nEND:VEVENT"
    _ = path.write_bytes(path.read_bytes().replace(b"END:VEVENT", given))
    assert calendar.write(*BOOK, second, first.lying) == Success(Written.WRITTEN)
    content = path.read_bytes()
    assert given in content
    (event,) = _ours(content)
    assert (event["SEQUENCE"], event["COLOR"], len(event.subcomponents)) == (1, "red", 1)


def test_a_cancelled_event_is_taken_over(path: Path, calendar: IcsFileCalendar) -> None:
    """D-BOOK-6: an event of ours that somebody marked as cancelled is lost; written, it is back."""
    assert make_calendar(path)
    entry = Entry(ANNA, 0, at(0))
    assert calendar.write(*BOOK, entry) == Success(Written.WRITTEN)
    _ = path.write_bytes(path.read_bytes().replace(b"SEQ", b"STATUS:CANCELLED\r\nSEQ"))
    assert calendar.read(*BOOK, YEAR).unwrap().busy == ()
    again = Entry(ANNA, 1, at(0))
    assert calendar.write(*BOOK, again, entry.lying) == Failure(EntryDiffers(None))
    assert calendar.write(*BOOK, again) == Success(Written.WRITTEN)
    assert calendar.read(*BOOK, YEAR).unwrap().lying(ANNA) == (again.lying,)
    assert len(_ours(path.read_bytes())) == 1


def test_ours_is_busy_though_marked_as_free(path: Path, calendar: IcsFileCalendar) -> None:
    """An event of ours that somebody marked as free keeps its time: the claim stands."""
    assert make_calendar(path)
    entry = Entry(ANNA, 0, at(0))
    assert calendar.write(*BOOK, entry) == Success(Written.WRITTEN)
    _ = path.write_bytes(path.read_bytes().replace(b"SEQ", b"TRANSP:TRANSPARENT\r\nSEQ"))
    assert calendar.read(*BOOK, YEAR).unwrap().lying(ANNA) == (entry.lying,)


def test_a_copy_is_seen_and_cleared_away(path: Path, calendar: IcsFileCalendar) -> None:
    """An event of ours that was copied is shown twice, and withdrawn or moved as one."""
    entry = Entry(ANNA, 0, at(0))
    copied = (
        "UID:booking-1@eservices.example.dk\nSEQUENCE:0\n"
        "DTSTART:20270328T003000Z\nDTEND:20270328T004500Z"
    )
    _ = path.write_bytes(a_calendar(copied, OTHERS, copied.replace("T00", "T05")))
    lying = calendar.read(*BOOK, YEAR).unwrap().lying(ANNA)
    assert lying == (entry.lying, Lying(0, at(300)))
    assert calendar.write(*BOOK, Entry(ANNA, 1, at(60)), lying[1]) == Success(Written.WRITTEN)
    assert calendar.read(*BOOK, YEAR).unwrap().lying(ANNA) == (Lying(1, at(60)),)


def test_a_cancelling_calendar_gets_no_entry(path: Path, calendar: IcsFileCalendar) -> None:
    """Of several calendars in a file, ours goes into one that does not cancel what it holds."""
    cancelling = a_calendar(OTHERS).replace(b"VERSION", b"METHOD:CANCEL\r\nVERSION")
    for rest in (b"", a_calendar()):
        _ = path.write_bytes(cancelling + rest)
        assert calendar.write(*BOOK, Entry(ANNA, 0, at(0))) == Success(Written.WRITTEN)
        (taken,) = calendar.read(*BOOK, YEAR).unwrap().busy
        assert taken.ours == ANNA
        assert path.read_bytes().startswith(cancelling)


# ------------------------------------------------------------------------------------------ refused


def test_a_spoilt_file_is_not_written(path: Path, calendar: IcsFileCalendar) -> None:
    """What cannot be read is not written either: no byte of it changes."""
    content = a_calendar("UID:a\nDTSTART:tomorrow")
    _ = path.write_bytes(content)
    refusal = Failure(Unreadable("DTSTART", 6))
    assert calendar.read(*BOOK, YEAR) == refusal
    assert calendar.write(*BOOK, Entry(ANNA, 0, at(0))) == refusal
    assert calendar.withdraw(*BOOK, ANNA, 0) == refusal
    assert path.read_bytes() == content


def test_a_full_calendar_takes_no_entry(
    path: Path, calendar: IcsFileCalendar, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An entry that would make the calendar too large to be read again is refused."""
    monkeypatch.setattr("eservices_adapters.calendar.lines.MAX_EVENTS", 1)
    _ = path.write_bytes(before := a_calendar(OTHERS))
    assert calendar.write(*BOOK, Entry(ANNA, 0, at(0))) == Failure(TooManyEvents(1))
    monkeypatch.setattr("eservices_adapters.calendar.lines.MAX_BYTES", len(before))
    refusal = Failure(CalendarTooLarge(len(before)))
    assert calendar.write(*BOOK, Entry(ANNA, 0, at(0))) == refusal
    assert path.read_bytes() == before


@pytest.mark.parametrize("domain", ["", "local host", "Example.dk", "a@b.dk", "dk", "a.dk\n"])
def test_a_domain_is_a_host_name(domain: str) -> None:
    """The right half of our UIDs is a host name in lower case, or nothing is built."""
    with pytest.raises(ValueError, match="host name"):
        _ = IcsFileCalendar({}, domain, FakeClock(NOW))


# ---------------------------------------------------------------------------------------- the disk


def test_a_missing_file_is_unreachable(path: Path, calendar: IcsFileCalendar) -> None:
    """A file that is not there, a folder, a pipe: nobody can look, and nothing is waited for."""
    made: list[Callable[[], None]] = [lambda: None, path.mkdir, path.rmdir, lambda: os.mkfifo(path)]
    for make in made:
        make()
        with pytest.raises(CalendarUnreachable):
            _ = calendar.read(*BOOK, YEAR)
        with pytest.raises(CalendarUnreachable):
            _ = calendar.write(*BOOK, Entry(ANNA, 0, at(0)))


def test_its_program_can_still_read_it(path: Path, calendar: IcsFileCalendar) -> None:
    """The file's mode is kept, and so is a link to it; nothing but the lock is left beside it."""
    target = path.with_name("target.ics")
    assert make_calendar(target)
    target.chmod(0o664)
    path.symlink_to(target)
    assert calendar.write(*BOOK, Entry(ANNA, 0, at(0))) == Success(Written.WRITTEN)
    assert path.is_symlink()
    assert stat.S_IMODE(target.stat().st_mode) == 0o664
    names = {left.name for left in path.parent.iterdir()}
    assert names == {"calendar.ics", "target.ics", ".target.ics.lock"}


def test_a_change_meanwhile_is_not_lost(
    path: Path, calendar: IcsFileCalendar, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file that another program changes while ours is prepared is read again: both are there."""
    assert make_calendar(path)
    program, write = Program(path), files.write_temporary
    left = [at(100), at(200)]

    def slowly(folder: Path, prefix: str, content: bytes) -> Path:
        if left:
            _ = program.add(left.pop())
        return write(folder, prefix, content)

    monkeypatch.setattr(ics_file, "write_temporary", slowly)
    assert calendar.write(*BOOK, Entry(ANNA, 0, at(0))) == Success(Written.WRITTEN)
    taken = [one.interval for one in calendar.read(*BOOK, YEAR).unwrap().busy]
    assert taken == [at(0), at(100), at(200)]


def test_a_file_that_never_rests_is_unreachable(
    path: Path, calendar: IcsFileCalendar, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file that is changed at every try is given up, and nothing of ours is in it."""
    assert make_calendar(path)
    program, write = Program(path), files.write_temporary

    def slowly(folder: Path, prefix: str, content: bytes) -> Path:
        _ = program.add(at(100))
        return write(folder, prefix, content)

    monkeypatch.setattr(ics_file, "write_temporary", slowly)
    with pytest.raises(CalendarUnreachable):
        _ = calendar.write(*BOOK, Entry(ANNA, 0, at(0)))
    assert calendar.read(*BOOK, YEAR).unwrap().lying(ANNA) == ()


def test_a_file_is_parsed_once(
    path: Path, calendar: IcsFileCalendar, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Bytes that were read before are not parsed again; other bytes of the same length are."""
    before = a_calendar(OTHERS)
    _ = path.write_bytes(before)
    parsed: list[int] = []

    def counted(content: bytes, domain: str) -> Any:
        parsed.append(len(content))
        return busy.read_calendar(content, domain)

    monkeypatch.setattr(ics_file, "read_calendar", counted)
    for _ in range(3):
        assert len(calendar.read(*BOOK, YEAR).unwrap().busy) == 1
    assert len(parsed) == 1
    times = path.stat()
    _ = path.write_bytes(before.replace(b"T110000", b"T120000"))
    os.utime(path, ns=(times.st_atime_ns, times.st_mtime_ns))
    (one,) = calendar.read(*BOOK, YEAR).unwrap().busy
    assert one.interval.length.total_seconds() == 7200
    assert len(parsed) == 2


# ------------------------------------------------------------------------------------------ killed

VICTIM = Path(__file__).with_name("victim.py")


def test_a_writer_killed_at_any_line_leaves_old_or_new(tmp_path: Path) -> None:
    """faults: 150. Killed anywhere, the file is the old or the new one, and the next try works."""
    run = subprocess.run(  # noqa: S603  our own script
        [sys.executable, VICTIM, "lines", tmp_path],
        env=running.WITH_SOURCES, capture_output=True, check=True, text=True, timeout=120,
    )  # fmt: skip
    died = int(run.stdout)
    assert died > 40, "as many lines as the adapter has, at least"
    seen: set[int] = set()
    for line in range(died):
        path = tmp_path / str(line) / "calendar.ics"
        calendar = IcsFileCalendar({BOOK: path}, DOMAIN, FakeClock(NOW))
        there = calendar.read(*BOOK, YEAR).unwrap()
        assert len(there.busy) - len(there.lying(ANNA)) == 1, "the other one is there"
        seen.add(len(there.lying(ANNA)))
        answer = calendar.write(*BOOK, Entry(ANNA, 0, at(0))).unwrap()
        assert answer is (Written.ALREADY_THERE if there.lying(ANNA) else Written.WRITTEN)
        assert calendar.write(*BOOK, Entry(BO, 0, at(0))) == Success(Written.WRITTEN)
        names = {left.name for left in path.parent.iterdir()}
        assert names == {"calendar.ics", ".calendar.ics.lock"}, "what it left is cleared away"
    assert seen == {0, 1}


def test_processes_lose_nothing(tmp_path: Path) -> None:
    """Four processes that write forty entries each into one file leave all of them there."""
    path = tmp_path / "calendar.ics"
    assert make_calendar(path)
    workers = [
        subprocess.Popen(  # noqa: S603  our own script
            [sys.executable, VICTIM, f"writer-{number}", path], env=running.WITH_SOURCES
        )
        for number in range(4)
    ]
    assert [worker.wait(60) for worker in workers] == [0] * 4
    calendar = IcsFileCalendar({BOOK: path}, DOMAIN, FakeClock(NOW))
    found = {str(one.ours) for one in calendar.read(*BOOK, YEAR).unwrap().busy}
    assert found == {f"writer-{number}-{n}" for number in range(4) for n in range(40)}
