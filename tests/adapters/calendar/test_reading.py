from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eservices_core.outcome import Failure, Success
from eservices_core.ports.calendar import Reading, TooManyInstances, Unreadable
from eservices_core.testing.memory import copenhagen
from eservices_core.words.identifiers import BookingId
from eservices_core.words.interval import Interval
from tests.adapters.calendar.making import DOMAIN, YEAR, a_calendar, read, wall, walls, window

LYING_ZONE = """BEGIN:VTIMEZONE
TZID:Europe/Copenhagen
BEGIN:STANDARD
DTSTART:19700101T000000
TZOFFSETFROM:+0500
TZOFFSETTO:+0500
END:STANDARD
END:VTIMEZONE
"""


def event(*lines: str) -> str:
    """The lines of an event, with a UID."""
    return "\n".join(["UID:a@example.com", *lines])


# ------------------------------------------------------------------------------------------ moments

MOMENTS = {
    "UTC": ("DTSTART:20270105T090000Z", "DTEND:20270105T100000Z", "01-05 10:00/01-05 11:00"),
    "a zone": (
        "DTSTART;TZID=Europe/London:20270705T090000",
        "DTEND;TZID=Europe/London:20270705T100000",
        "07-05 10:00/07-05 11:00",
    ),
    "two zones": (
        "DTSTART;TZID=Europe/London:20270705T090000",
        "DTEND;TZID=Europe/Copenhagen:20270705T103000",
        "07-05 10:00/07-05 10:30",
    ),
    "floating": ("DTSTART:20270105T090000", "DTEND:20270105T100000", "01-05 09:00/01-05 10:00"),
    "Windows": (
        "DTSTART;TZID=Romance Standard Time:20270705T090000",
        "DURATION:PT1H",
        "07-05 09:00/07-05 10:00",
    ),
    "Windows, elsewhere": (
        "DTSTART;TZID=GMT Standard Time:20270705T090000",
        "DURATION:PT1H",
        "07-05 10:00/07-05 11:00",
    ),
    "unknown": (
        "DTSTART;TZID=Vores tid:20270105T090000",
        "DURATION:PT1H",
        "01-05 09:00/01-05 10:00",
    ),
    "with a colon": (
        "DTSTART;TZID=(UTC+01:00) Brussels, Copenhagen, Madrid:20270105T090000",
        "DURATION:PT1H",
        "01-05 09:00/01-05 10:00",
    ),
    "Microsoft's UTC": (
        "DTSTART;TZID=tzone://Microsoft/Utc:20270105T090000",
        "DURATION:PT1H",
        "01-05 10:00/01-05 11:00",
    ),
    "any case": (
        "dtstart;tzid=europe/london:20270105T090000",
        "duration:pt1h",
        "01-05 10:00/01-05 11:00",
    ),
    "a path that climbs": (
        "DTSTART;TZID=../../etc/passwd:20270105T090000",
        "DURATION:PT1H",
        "01-05 09:00/01-05 10:00",
    ),
    "a day": (
        "DTSTART;VALUE=DATE:20270105",
        "DTEND;VALUE=DATE:20270106",
        "01-05 00:00/01-06 00:00",
    ),
    "a day without an end": ("DTSTART;VALUE=DATE:20270105", "", "01-05 00:00/01-06 00:00"),
    "a day that ends itself": ("DTSTART:20270105", "DTEND:20270105", "01-05 00:00/01-06 00:00"),
    "a week": ("DTSTART;VALUE=DATE:20270105", "DURATION:P1W", "01-05 00:00/01-12 00:00"),
    "a short day": ("DTSTART;VALUE=DATE:20270328", "", "03-28 00:00/03-29 00:00"),
    "the skipped hour": (
        "DTSTART;TZID=Europe/Copenhagen:20270328T023000",
        "DURATION:PT30M",
        "03-28 03:30/03-28 04:00",
    ),
    "the first of two": (
        "DTSTART;TZID=Europe/Copenhagen:20271031T023000",
        "DURATION:PT30M",
        "10-31 02:30/10-31 03:00",
    ),
    "over the change": (
        "DTSTART;TZID=Europe/Copenhagen:20271031T013000",
        "DTEND;TZID=Europe/Copenhagen:20271031T033000",
        "10-31 01:30/10-31 03:30",
    ),
    "seconds": ("DTSTART:20270105T090059Z", "DTEND:20270105T091001Z", "01-05 10:00/01-05 10:11"),
    "the end first": (
        "DTSTART:20270105T100000Z",
        "DTEND:20270105T090000Z",
        "01-05 10:00/01-05 11:00",
    ),
    "a negative length": ("DTSTART:20270105T100000Z", "DURATION:-PT1H", "01-05 10:00/01-05 11:00"),
    "no time at all": ("DTSTART:20270105T100000Z", "DTEND:20270105T100000Z", None),
    "no end": ("DTSTART:20270105T100000Z", "", None),
    "no start": ("DTEND:20270105T100000Z", "", None),
}


@pytest.mark.parametrize(("start", "end", "shown"), MOMENTS.values(), ids=MOMENTS.keys())
def test_when_an_event_is(start: str, end: str, shown: str | None) -> None:
    """faults: 164. Days, zones, names of zones and ends, each as the clinic's clock shows it."""
    assert walls(a_calendar(event(start, *filter(None, [end])))) == (
        [] if shown is None else [shown]
    )


def test_a_zone_that_lies_is_not_believed() -> None:
    """faults: 164. What a VTIMEZONE says of a known zone is ignored: Copenhagen is not at +05."""
    content = a_calendar(event("DTSTART;TZID=Europe/Copenhagen:20270105T090000", "DURATION:PT1H"))
    lying = content.replace(b"BEGIN:VEVENT", LYING_ZONE.encode() + b"BEGIN:VEVENT", 1)
    assert walls(lying) == walls(content) == ["01-05 09:00/01-05 10:00"]


TAKES_NO_TIME = (
    "TRANSP:TRANSPARENT",
    "transp:transparent",
    "STATUS:CANCELLED",
    "STATUS;X=1:CANCELLED",
)
TAKES_TIME = ("TRANSP:OPAQUE", "STATUS:TENTATIVE", "STATUS:CONFIRMED", "X-STATUS:CANCELLED")


@pytest.mark.parametrize("line", [*TAKES_NO_TIME, *TAKES_TIME])
def test_what_takes_time(line: str) -> None:
    """What is free or cancelled takes no time; what is tentative does."""
    content = a_calendar(event("DTSTART:20270105T090000Z", "DURATION:PT1H", line))
    assert len(walls(content)) == (line in TAKES_TIME)


@pytest.mark.parametrize("method", ["PUBLISH", "REQUEST", "CANCEL"])
def test_a_method_is_of_its_own_calendar(method: str) -> None:
    """Of several calendars in a file, one that cancels takes no time, and the others do."""
    one = a_calendar(event("DTSTART:20270105T090000Z", "DURATION:PT1H"))
    other = a_calendar("UID:b\nDTSTART:20270106T090000Z\nDURATION:PT1H")
    content = one.replace(b"VERSION:2.0", f"METHOD:{method}".encode()) + other
    assert walls(content)[-1] == "01-06 10:00/01-06 11:00"
    assert len(walls(content)) == (1 if method == "CANCEL" else 2)


def test_published_busy_time_is_busy() -> None:
    """A VFREEBUSY's periods are taken, but for those that it calls free."""
    content = a_calendar(
        "FREEBUSY:20270105T090000Z/PT1H,20270106T090000Z/20270106T100000Z\n"
        "FREEBUSY;FBTYPE=FREE:20270107T090000Z/PT1H\nFREEBUSY;FBTYPE=BUSY-TENTATIVE:20270108T090000Z/PT1H"
    ).replace(b"VEVENT", b"VFREEBUSY")
    assert [shown[:5] for shown in walls(content)] == ["01-05", "01-06", "01-08"]


# ------------------------------------------------------------------------------------------- series


def test_instances_are_moved_removed_and_added() -> None:
    """faults: 163. EXDATE removes, RECURRENCE-ID moves or cancels, RDATE adds, with its length."""
    content = a_calendar(
        event(
            "DTSTART;TZID=Europe/Copenhagen:20270104T100000",
            "DURATION:PT30M",
            "RRULE:FREQ=WEEKLY;COUNT=6",
            "EXDATE;TZID=Europe/Copenhagen:20270111T100000,20270118T100000",
            "RDATE;VALUE=PERIOD:20270105T090000Z/PT2H",
        ),
        event("RECURRENCE-ID:20270125T090000Z", "DTSTART:20270126T120000Z", "DURATION:PT15M"),
        event("RECURRENCE-ID;VALUE=DATE:20270201", "DTSTART:20270201T090000Z", "STATUS:CANCELLED"),
    )
    assert walls(content) == [
        "01-04 10:00/01-04 10:30",
        "01-05 10:00/01-05 12:00",
        "01-26 13:00/01-26 13:15",
        "02-08 10:00/02-08 10:30",
    ]


def test_the_latest_revision_holds() -> None:
    """Of several revisions of an event or an instance, the one of the highest SEQUENCE holds."""
    content = a_calendar(
        event("SEQUENCE:2", "DTSTART:20270105T090000Z", "DURATION:PT1H"),
        event("SEQUENCE:10", "DTSTART:20270106T090000Z", "DURATION:PT1H"),
        event("SEQUENCE:9", "DTSTART:20270107T090000Z", "DURATION:PT1H"),
    )
    assert walls(content) == ["01-06 10:00/01-06 11:00"]


def test_a_series_keeps_the_wall_clock() -> None:
    """D-BOOK-9: a weekly appointment at nine is at nine in winter and in summer."""
    content = a_calendar(
        event(
            "DTSTART;TZID=Europe/Copenhagen:20270101T090000", "DURATION:PT1H", "RRULE:FREQ=WEEKLY"
        )
    )
    assert {shown[6:11] for shown in walls(content)} == {"09:00"}
    assert len(walls(content)) == 53


def test_every_instance_of_a_series_has_one_name() -> None:
    """What is somebody else's is named the same in every week, and holds nothing they wrote."""
    content = a_calendar(
        "UID:anna.hansen@example.com\nSUMMARY:Anna\nRRULE:FREQ=DAILY;COUNT=3\n"
        "DTSTART:20270105T090000Z\nDURATION:PT1H"
    )
    busy = read(content).unwrap().busy
    assert len({one.reference for one in busy}) == 1
    assert "anna" not in repr(busy).lower()


# ---------------------------------------------------------------------------------------- the text


@given(
    st.lists(st.tuples(st.integers(1, 60), st.sampled_from(["\r\n ", "\n ", "\r\n\t"])), max_size=9)
)
def test_folds_are_nothing(folds: list[tuple[int, str]]) -> None:
    """A line may be folded anywhere, also in its name or in the middle of a letter."""
    lines = event("SUMMARY:Ærø", "DTSTART;TZID=Europe/Copenhagen:20270105T090000", "DURATION:PT1H")
    content, at = a_calendar(lines, newline="\n"), 0
    for length, fold in folds:
        at = content.find(b"\n", at) + 1 + length
        if 0 < at < len(content) and content[at - 1 : at] != b"\n" != content[at : at + 1]:
            content = content[:at] + fold.encode() + content[at:]
    assert walls(content) == ["01-05 09:00/01-05 10:00"]


SPOILT = {
    "nothing": (b"", Unreadable("BEGIN", 1)),
    "no calendar": (b"hello\n", Unreadable("BEGIN", 1)),
    "UTF-16": (a_calendar().decode().encode("utf-16"), Unreadable("BEGIN", 1)),
    "half": (a_calendar(event("DTSTART:20270105"))[:-20], Unreadable("END", 7)),
    "without its end": (
        a_calendar(event("DTSTART:20270105")).replace(b"END:VCALENDAR\r\n", b""),
        Unreadable("END", 7),
    ),
    "crossed": (b"BEGIN:VCALENDAR\nBEGIN:VEVENT\nEND:VCALENDAR\n", Unreadable("END", 3)),
    "an event alone": (b"BEGIN:VEVENT\nEND:VEVENT\n", Unreadable("BEGIN", 1)),
    "an event in an event": (
        a_calendar("BEGIN:VEVENT\nEND:VEVENT"),
        Unreadable("BEGIN", 5),
    ),
    "deep": (a_calendar(*["BEGIN:A\n" * 20 + "END:A\n" * 20]), Unreadable("BEGIN", 19)),
}
BAD_LINES = (
    "DTSTART:", "DTSTART:20270230", "DTSTART:20270105T2500", "DTSTART:00000101", "DTSTART:x",
    "DTEND:20271301", "DURATION:1 hour", "DURATION:P9999999W", "RRULE:FREQ=SOMETIMES",
    "RRULE:COUNT=3", "RRULE:FREQ=DAILY;INTERVAL=0", "RRULE:FREQ=DAILY;BYHOUR=24",
    "RRULE:FREQ=DAILY;BYDAY=XX", "RRULE:FREQ=DAILY;COUNT=x",
    "RRULE:RSCALE=CHINESE;FREQ=YEARLY", "RRULE:FREQ=YEARLY;BYMONTHDAY=0", "EXDATE:never",
    "RDATE:20270105T090000Z/x", "RECURRENCE-ID:x", "RECURRENCE-ID;RANGE=THISANDFUTURE:20270105",
)  # fmt: skip


@pytest.mark.parametrize(("content", "refusal"), SPOILT.values(), ids=SPOILT.keys())
def test_a_spoilt_text_is_refused_by_line(content: bytes, refusal: Unreadable) -> None:
    """A text that is no calendar, or the half of one, is refused, with the line."""
    assert read(content) == Failure(refusal)


@pytest.mark.parametrize("line", BAD_LINES)
def test_a_bad_line_is_refused_by_its_field(line: str) -> None:
    """A line that says when something is and cannot be understood is refused by name and line."""
    name = line.replace(";", ":").split(":")[0]
    folded = "DESCRIPTION:a\n b\n c"
    start = "DTSTART:20270105T090000Z" if name != "DTSTART" else folded
    content = a_calendar("UID:a").replace(
        b"UID:a", f"UID:a\r\n{folded}\r\n{start}\r\n{line}\r\nSUMMARY:b".encode()
    )
    at = content[: content.index(f"\n{line}\r".encode()) + 1].count(b"\n") + 1
    assert read(content) == Failure(Unreadable(name, at))


def test_other_lines_may_be_anything() -> None:
    """A line that says nothing of when may be anything, and so may blank lines and odd bytes."""
    junk = (
        b'SUMMARY\r\n;;;:::\r\n\r\n\xff\xfe\0\r\nDESCRIPTION;X="\r\nRRULE:\r\nDTSTART-X:1\r\nDTEND'
    )
    content = a_calendar("UID:a\nDTSTART:20270105T090000Z\nDURATION:PT1H\nJUNK")
    assert walls(content.replace(b"JUNK", junk)) == ["01-05 10:00/01-05 11:00"]


@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_refused(junk: bytes) -> None:
    """Whatever bytes a file has, reading it gives a value."""
    whole = a_calendar(event("DTSTART:20270105T090000Z", "RRULE:FREQ=DAILY"))
    for content in (junk, whole.replace(b"20270105T0900", junk), whole.replace(b"DAILY", junk)):
        _ = read(content)


def test_a_refusal_names_the_event() -> None:
    """A rule with too many instances is refused with UID and line; the UID is not in its repr."""
    content = a_calendar(
        "UID:b\nDTSTART:20270105T090000Z",
        "UID:ann\u202ea@example.com\nDTSTART:20270105T090000Z\nDURATION:PT1M\nRRULE:FREQ=MINUTELY",
    )
    refusal = read(content, window(copenhagen(2027, 2, 1), copenhagen(2027, 2, 6))).failure()
    assert refusal == TooManyInstances("anna@example.com", 5_000, 8)
    assert "example.com" not in repr(refusal)
    day = window(copenhagen(2027, 2, 1), copenhagen(2027, 2, 2))
    assert len(read(content, day).unwrap().busy) == 1_440, "within a day there are not too many"


# ------------------------------------------------------------------------------------------- whose


@pytest.mark.parametrize(
    ("uid", "ours"),
    [
        (f"booking-1@{DOMAIN}", "booking-1"),
        (f"booking-1@{DOMAIN}.example.com", None),
        ("booking-1@example.com", None),
        ("booking-1", None),
        (f"book ing@{DOMAIN}", None),
        (f"@{DOMAIN}", None),
        (f"booking-1@x@{DOMAIN}", None),
    ],
)
def test_ours_is_told_by_its_uid(uid: str, ours: str | None) -> None:
    """An event is ours if its UID is a booking's at our domain, and by nothing else."""
    content = a_calendar(f"UID:{uid}\nDTSTART:20270105T090000Z\nDURATION:PT1H\nSEQUENCE:3")
    (busy,) = read(content).unwrap().busy
    assert busy.ours == (None if ours is None else BookingId(ours))
    assert busy.sequence == (None if ours is None else 3)


def test_windows_at_the_ends_of_time() -> None:
    """A window of any minutes at all is read; what lies far outside it costs nothing."""
    content = a_calendar(
        event("DTSTART;TZID=Europe/Copenhagen:00010101T000000", "DTEND:99991231T235959Z"),
        "UID:b\nDTSTART:20270105T090000Z\nDURATION:PT1H\nRRULE:FREQ=YEARLY",
    )
    for minute in (-(10**12), -(10**9), 0, 10**9, 10**12):
        _ = read(content, Interval(minute, minute + 60)).unwrap()
    assert len(read(content, YEAR).unwrap().busy) == 2
    assert read(a_calendar()) == Success(Reading(()))
    assert wall(YEAR) == "01-01 00:00/01-01 00:00"
    assert YEAR.length == timedelta(days=365)
