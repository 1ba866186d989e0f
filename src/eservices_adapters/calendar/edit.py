"""Our own events in somebody else's iCalendar text: put in, changed, taken out.

Here: bytes in, bytes out. Every byte that is not of an event of ours is kept as it was, and of our
own event every line that we do not set: an alarm or a colour that another program gave it. Not
here: whether we may (`ics_file`).
"""

import re
from collections.abc import Iterator
from datetime import datetime
from typing import Any, Final, cast

from attrs import Factory, define
from icalendar import Event

from eservices_adapters.calendar.values import read_word
from eservices_core.ports.calendar import Entry
from eservices_core.words.identifiers import BookingId

_BOM: Final = b"\xef\xbb\xbf"
_FOLDS: Final = re.compile(rb"\r?\n[ \t]")
# As in `lines`: what has neither a colon nor a semicolon after its name is no property.
_NAME: Final = re.compile("[A-Za-z0-9-]{1,40}(?=[;:])")
TOKEN: Final = "X-ESERVICES-TOKEN"
"""Says which attempt of ours wrote an event: something opaque, by chance."""
_SET_BY_US: Final = frozenset(
    {"UID", "DTSTAMP", "SEQUENCE", "SUMMARY", "LOCATION", "STATUS", "TRANSP"}
    | {TOKEN}
    | {"DTSTART", "DTEND", "DURATION", "RRULE", "RDATE", "EXDATE", "RECURRENCE-ID"}
)
# What no iCalendar text can hold; a tab can stand, and a line break is written as \n.
_CONTROLS: Final = re.compile("[\x00-\x08\x0b-\x1f\x7f]")

EMPTY: Final = (
    b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//eservices-core//EN\r\nEND:VCALENDAR\r\n"
)
"""A calendar without events."""


@define
class _Line:
    """One unfolded line, and where it stands."""

    begin: int
    end: int
    name: str
    value: str


@define
class _Event:
    """One event: where it stands, and those of its lines that say nothing of ours.

    Attributes:
        begin: of its BEGIN line.
        end: of its END line's end.
        uid: its UID.
        kept: the stretches that we leave as they are, the END line among them.
    """

    begin: int
    end: int = 0
    uid: str = ""
    kept: list[tuple[int, int]] = Factory(list[tuple[int, int]])

    def keep(self, line: _Line) -> None:
        """Leave a line as it is."""
        if self.kept and self.kept[-1][1] == line.begin:
            self.kept[-1] = (self.kept[-1][0], line.end)
        else:
            self.kept.append((line.begin, line.end))


@define
class _Calendar:
    """One VCALENDAR: its METHOD, those of our events that were looked for, and its END line."""

    method: str = ""
    events: list[_Event] = Factory(list[_Event])
    end: int = 0

    @property
    def holds(self) -> bool:
        """Whether what stands in it takes place."""
        return self.method != "CANCEL"


def with_entry(
    content: bytes, entry: Entry, domain: str, now: datetime, token: str | None = None
) -> bytes:
    """Put an entry in, over what lies there of the same booking.

    The text must be one that can be read; `now` becomes the DTSTAMP, and `token` says which attempt
    this is, where somebody will ask.
    """
    calendars = _calendars(content, f"{entry.booking}@{domain}")
    holding = [calendar for calendar in calendars if calendar.holds]
    newline = b"\r\n" if b"\r\n" in content[:1000] else b"\n"
    ours = _lines_of(entry, domain, now, token).replace(b"\r\n", newline)
    event = b"BEGIN:VEVENT" + newline + ours
    there = next((event for calendar in holding for event in calendar.events), None)
    if there is not None:
        place = there.begin
        event += b"".join(content[begin:end] for begin, end in there.kept)
    else:
        event += b"END:VEVENT" + newline
        place = holding[0].end if holding else len(content)
    if not holding:
        event = EMPTY.replace(b"END:VCALENDAR", event + b"END:VCALENDAR")
        event = event if content.endswith(b"\n") else newline + event
    return _cut(content, calendars, place, event)


def without_entry(content: bytes, booking: BookingId, domain: str) -> bytes:
    """Take out what lies there of a booking, copies and all."""
    return _cut(content, _calendars(content, f"{booking}@{domain}"), len(content), b"")


def has_token(content: bytes, booking: BookingId, domain: str, token: str) -> bool:
    """Whether the event of a booking was written by the attempt that `token` names."""
    found = _calendars(content, f"{booking}@{domain}")
    places = [(event.begin, event.end) for each in found for event in each.events]
    lines = (line for at in places for line in _logical_lines(content[at[0] : at[1]]))
    return any(line.name == TOKEN and read_word(line.value) == token for line in lines)


def _cut(content: bytes, calendars: list[_Calendar], place: int, new: bytes) -> bytes:
    """Leave out the events that were found, and put something in."""
    found = [(event.begin, event.end, b"") for each in calendars for event in each.events]
    parts: list[bytes] = []
    at = 0
    for begin, end, put in sorted([*found, (place, place, new)]):
        parts += [content[at:begin], put]
        at = end
    return b"".join([*parts, content[at:]])


def _lines_of(entry: Entry, domain: str, now: datetime, token: str | None) -> bytes:
    event = cast("Any", Event())  # the library has types, but not for what an event is given
    event.add("uid", f"{entry.booking}@{domain}")
    event.add("dtstamp", now)
    event.add("sequence", entry.sequence)
    event.add("dtstart", entry.interval.starts_at)
    event.add("dtend", entry.interval.ends_at)
    event.add("summary", _plain(entry.title))
    if entry.place:
        event.add("location", _plain(entry.place))
    if token is not None:
        event.add(TOKEN, token)
    written: bytes = event.to_ical()
    return written.removeprefix(b"BEGIN:VEVENT\r\n").removesuffix(b"END:VEVENT\r\n")


def _plain(text: str) -> str:
    """Text that every calendar program can read."""
    lines = "\n".join(text.splitlines())
    return _CONTROLS.sub(" ", lines).encode(errors="replace").decode()


# --- looking -------------------------------------------------------------------------------------


def _logical_lines(content: bytes) -> Iterator[_Line]:
    begin = len(_BOM) if content.startswith(_BOM) else 0
    while begin < len(content):
        end = begin
        while True:
            end = content.find(b"\n", end) + 1 or len(content)
            if end == len(content) or content[end : end + 1] not in {b" ", b"\t"}:
                break
        line = _FOLDS.sub(b"", content[begin:end]).decode(errors="replace").rstrip()
        found = _NAME.match(line)
        name = "" if found is None else found[0]
        yield _Line(begin, end, name.upper(), line[len(name) :])
        begin = end


def _calendars(content: bytes, uid: str) -> list[_Calendar]:
    """Find the calendars of a text, and in each the events of one UID."""
    found: list[_Calendar] = []
    stack: list[str] = []
    event = _Event(0)
    for line in _logical_lines(content):
        if line.name == "BEGIN":
            stack.append(line.value[1:].strip().upper())
            if len(stack) == 1:
                found.append(_Calendar())
            elif stack == ["VCALENDAR", "VEVENT"]:
                event = _Event(line.begin)
                continue
        if stack[:2] == ["VCALENDAR", "VEVENT"]:
            _look_at(event, line, is_own=len(stack) == 2)  # noqa: PLR2004  not an alarm's
        elif line.name == "METHOD" and len(stack) == 1:
            found[-1].method = read_word(line.value).upper()
        if line.name == "END":
            _end(found[-1], stack, event, line, uid)
    return found


def _look_at(event: _Event, line: _Line, *, is_own: bool) -> None:
    if is_own and line.name == "UID":
        event.uid = read_word(line.value)
    if not (is_own and line.name in _SET_BY_US):
        event.keep(line)


def _end(calendar: _Calendar, stack: list[str], event: _Event, line: _Line, uid: str) -> None:
    if stack == ["VCALENDAR", "VEVENT"] and event.uid == uid:
        event.end = line.end
        calendar.events.append(event)
    elif stack == ["VCALENDAR"]:
        calendar.end = line.begin
    del stack[-1]
