"""iCalendar texts of anybody's calendar program: read, expanded, and ours put in and taken out."""

from collections.abc import Hashable
from datetime import UTC, datetime

from eservices_adapters.calendar.busy import read_calendar
from eservices_adapters.calendar.edit import has_token, with_entry, without_entry
from eservices_core.outcome import Failure
from eservices_core.ports.calendar import CalendarRefused, Entry, Reading, TooManyEvents
from eservices_core.words.identifiers import BookingId
from eservices_core.words.interval import Interval, minute_of
from tests.fuzz.target import Target

_DOMAIN = "eservices.example.dk"
_NOW = datetime(2027, 3, 1, 12, tzinfo=UTC)
_SPRING = Interval(minute_of(_NOW), minute_of(datetime(2027, 4, 12, tzinfo=UTC)))
_ENTRY = Entry(BookingId("booking-1"), 1, Interval(_SPRING.start, _SPRING.start + 15))


def _calendar(*events: str) -> bytes:
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Example//EN"]
    for event in events:
        lines += ["BEGIN:VEVENT", *event.split("\n"), "END:VEVENT"]
    return "\r\n".join([*lines, "END:VCALENDAR", ""]).encode()


_WEEKLY = (
    "UID:w@example.com\nDTSTART;TZID=Europe/Copenhagen:20270104T080000\nDURATION:PT1H\n"
    "RRULE:FREQ=WEEKLY;BYDAY=MO,WE;UNTIL=20271231T235959Z;WKST=MO\n"
    "EXDATE;TZID=Europe/Copenhagen:20270308T080000\nRDATE;VALUE=PERIOD:20270310T080000Z/PT30M"
)
_MOVED = (
    "UID:w@example.com\nRECURRENCE-ID;TZID=Europe/Copenhagen:20270315T080000\nSEQUENCE:2\n"
    "DTSTART;TZID=Europe/Copenhagen:20270316T090000\nDURATION:PT1H"
)
_OURS = (
    f"UID:booking-1@{_DOMAIN}\nSEQUENCE:0\nDTSTART:20270328T003000Z\nDTEND:20270328T004500Z\n"
    "X-ESERVICES-TOKEN:abc\nBEGIN:VALARM\nTRIGGER:-PT5M\nEND:VALARM"
)
_WHOLE = "UID:d@example.com\nDTSTART;VALUE=DATE:20270401\nDTEND;VALUE=DATE:20270403\nTRANSP:OPAQUE"
_NTH = (
    "UID:n@example.com\nDTSTART;TZID=W. Europe Standard Time:20270101T100000\nDTEND:20270101T110000"
    "\nRRULE:FREQ=MONTHLY;BYDAY=-1FR,2TU;BYSETPOS=1,-1;COUNT=40;INTERVAL=1"
)
_FREE_BUSY = (
    b"BEGIN:VCALENDAR\nBEGIN:VFREEBUSY\nFREEBUSY;FBTYPE=BUSY:20270328T003000Z/20270328T010000Z,"
    b"20270401T080000Z/PT1H\nEND:VFREEBUSY\nEND:VCALENDAR\n"
)


def _seeds() -> list[bytes]:
    both = _calendar(_WEEKLY, _MOVED)
    return [
        _calendar(_WEEKLY, _MOVED, _OURS, _WHOLE, _NTH),
        _calendar(_OURS),
        both.replace(b"\r\n", b"\n").replace(b"BYDAY=MO", b"BYDAY=\n MO"),
        _calendar(_NTH),
        _FREE_BUSY,
        both.replace(b"VERSION:2.0", b"METHOD:CANCEL") + _calendar(_OURS),
    ]


def _attempt(content: bytes) -> Hashable:
    """Read it; where that can be done, write into it and take that out: it can still be read."""
    read = _read(content)
    if not isinstance(read, Reading):
        return type(read).__name__, getattr(read, "field", "")
    written = with_entry(content, _ENTRY, _DOMAIN, _NOW, "token")
    again = _read(written)
    if not isinstance(again, TooManyEvents):
        assert isinstance(again, Reading), "what we write can be read"
        assert again.lying(_ENTRY.booking) == (_ENTRY.lying,), "it says what we wrote"
        assert has_token(written, _ENTRY.booking, _DOMAIN, "token")
        bare = _read(without_entry(written, _ENTRY.booking, _DOMAIN))
        assert isinstance(bare, Reading), "what we take ours out of can be read"
        assert bare.lying(_ENTRY.booking) == ()
        others = [busy for busy in read.busy if busy.ours != _ENTRY.booking]
        assert [busy for busy in bare.busy if busy.reference is None] == [
            busy for busy in others if busy.reference is None
        ]
    return "read", min(len(read.busy), 20)


def _read(content: bytes) -> Reading | CalendarRefused:
    calendar = read_calendar(content, _DOMAIN)
    if isinstance(calendar, Failure):
        return calendar.failure()
    reading = calendar.unwrap().read(_SPRING)
    return reading.failure() if isinstance(reading, Failure) else reading.unwrap()


TARGET = Target(
    "icalendar",
    _attempt,
    _seeds,
    words=(
        *(b"BEGIN:VEVENT\r\n", b"END:VEVENT\r\n", b"BEGIN:VCALENDAR\r\n", b"END:VCALENDAR\r\n"),
        *(b"\r\n ", b"\n\t", b";TZID=", b";VALUE=DATE", b";VALUE=PERIOD", b"RANGE=THISANDFUTURE"),
        *(b"FREQ=SECONDLY", b"FREQ=MINUTELY", b"FREQ=HOURLY", b"FREQ=DAILY", b"FREQ=YEARLY"),
        *(b";COUNT=", b";INTERVAL=", b";BYWEEKNO=53", b";BYYEARDAY=-366", b";BYMONTHDAY=31"),
        *(b";BYMONTH=2", b";BYHOUR=3", b";BYSETPOS=-1", b"00010101T000000", b"99991231T235959"),
        *(b"20270328T023000", b"20271031T023000", b"P1W", b"-PT5M", b"PT0S", b"STATUS:CANCELLED"),
        *(b"TRANSP:TRANSPARENT", b"EXDATE:", b"RDATE:", b"RECURRENCE-ID:", b"METHOD:CANCEL"),
        *(b"DTEND:", b"DURATION:", b"UID:booking-1@eservices.example.dk", b"SEQUENCE:9"),
    ),
    most=8 * 1024,
)
