"""Busy times of drawn calendars, compared with what a slow and simple reading of them gives."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from attrs import field, frozen
from hypothesis import given
from hypothesis import strategies as st

from eservices_core.words.interval import Interval, minute_of
from tests.adapters.calendar.making import DOMAIN, a_calendar, read

COPENHAGEN = ZoneInfo("Europe/Copenhagen")
FIRST, LAST = date(2026, 9, 1), date(2028, 6, 30)
DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")

# What a DTSTART says of its zone, what stands behind its time, and the zone that is meant.
ZONES: dict[str, tuple[str, str, Any]] = {
    "Copenhagen": (";TZID=Europe/Copenhagen", "", COPENHAGEN),
    "quoted": (';X-A="b:c";TZID="Europe/Copenhagen"', "", COPENHAGEN),
    "Windows": (";TZID=Romance Standard Time", "", COPENHAGEN),
    "Mozilla": (";TZID=/mozilla.org/20050126_1/Europe/Copenhagen", "", COPENHAGEN),
    "nobody knows": (";TZID=Lokal tid", "", COPENHAGEN),
    "floating": ("", "", COPENHAGEN),
    "UTC": ("", "Z", UTC),
    "London": (";TZID=Europe/London", "", ZoneInfo("Europe/London")),
    "New York": (";TZID=Eastern Standard Time", "", ZoneInfo("America/New_York")),
}


@frozen
class Series:
    """What an event is drawn as."""

    zone: str
    start: datetime
    minutes: int
    whole_days: bool
    as_duration: bool
    frequency: str | None
    interval: int
    count: int | None
    until: date | None
    weekdays: tuple[int, ...]
    month_days: tuple[int, ...]
    nth: tuple[int, int] | None
    marked: str
    ours: bool
    removed: tuple[int, ...]
    added: tuple[datetime, ...]
    moved: tuple[tuple[int, int, int], ...] = field(factory=tuple)  # which, minutes later, length
    cancelled: tuple[int, ...] = ()

    @property
    def length(self) -> timedelta:
        """How long it lasts, on the clock."""
        return timedelta(days=self.minutes) if self.whole_days else timedelta(minutes=self.minutes)


MOMENTS = st.builds(
    lambda day, minute: (
        datetime.combine(FIRST, datetime.min.time()) + timedelta(days=day, minutes=minute * 5)
    ),
    # Often on the days when clocks change: 25 October 2026, 28 March and 31 October 2027.
    st.one_of(st.integers(0, 400), st.sampled_from([53, 54, 55, 207, 208, 209, 425])),
    st.one_of(st.integers(0, 287), st.sampled_from([24, 25, 29, 30, 35, 36])),
)


@st.composite
def series(draw: st.DrawFn) -> Series:
    """Draw one event, recurring or not."""
    whole_days = draw(st.integers(0, 4)) == 0
    start = draw(MOMENTS)
    frequency = draw(st.sampled_from([None, None, "DAILY", "WEEKLY", "MONTHLY"]))
    ends = draw(st.sampled_from(["never", "count", "until"]))
    by = draw(st.integers(0, 2))
    places = st.lists(st.integers(0, 12), max_size=3, unique=True).map(tuple)
    recurs = frequency is not None
    return Series(
        zone="floating" if whole_days else draw(st.sampled_from(sorted(ZONES))),
        start=datetime.combine(start, datetime.min.time()) if whole_days else start,
        minutes=draw(st.integers(1, 3) if whole_days else st.integers(1, 600)),
        whole_days=whole_days,
        as_duration=draw(st.booleans()),
        frequency=frequency,
        interval=draw(st.integers(1, 4)),
        count=draw(st.integers(1, 40)) if ends == "count" else None,
        until=start.date() + timedelta(days=draw(st.integers(0, 300))) if ends == "until" else None,
        weekdays=draw(st.lists(st.integers(0, 6), max_size=3, unique=True).map(tuple))
        if by == 1 or frequency == "WEEKLY"
        else (),
        month_days=draw(st.lists(st.integers(1, 31), max_size=2, unique=True).map(tuple))
        if by == 0 and frequency == "MONTHLY"
        else (),
        nth=draw(st.tuples(st.integers(0, 6), st.sampled_from([1, 2, 4, 5, -1, -2])))
        if by == 2 and frequency == "MONTHLY"
        else None,
        marked=draw(st.sampled_from(["", "", "", "TRANSP:TRANSPARENT", "STATUS:CANCELLED"])),
        ours=not recurs and draw(st.booleans()),
        removed=draw(places) if recurs else (),
        added=draw(st.lists(MOMENTS, max_size=2).map(tuple)) if recurs and not whole_days else (),
        moved=draw(
            st.lists(
                st.tuples(st.integers(0, 12), st.integers(-3000, 3000), st.integers(0, 300)),
                max_size=2,
                unique_by=lambda one: one[0],
            ).map(tuple)
        )
        if recurs and not whole_days
        else (),
        cancelled=draw(places) if recurs else (),
    )


# --- the oracle ----------------------------------------------------------------------------------


def matches(event: Series, day: date) -> bool:
    """Whether a rule's day is one of the series'."""
    start = event.start.date()
    match event.frequency:
        case "DAILY":
            on = (day - start).days % event.interval == 0
            return on and (not event.weekdays or day.weekday() in event.weekdays)
        case "WEEKLY":
            weeks = (
                (day - timedelta(days=day.weekday())) - (start - timedelta(days=start.weekday()))
            ).days // 7
            return weeks % event.interval == 0 and day.weekday() in (
                event.weekdays or (start.weekday(),)
            )
        case "MONTHLY":
            months = (day.year - start.year) * 12 + day.month - start.month
            if months % event.interval:
                return False
            if event.nth is not None:
                weekday, place = event.nth
                same = [
                    day.replace(day=number)
                    for number in range(1, 32)
                    if is_day(day, number) and day.replace(day=number).weekday() == weekday
                ]
                at = place - 1 if place > 0 else len(same) + place
                return at < len(same) and same[at] == day
            if event.weekdays:
                return day.weekday() in event.weekdays
            return day.day in (event.month_days or (start.day,))
        case _:
            return day == start


def is_day(day: date, number: int) -> bool:
    """Whether the month has such a day."""
    try:
        _ = day.replace(day=number)
    except ValueError:
        return False
    return True


def locals_of(event: Series) -> Iterator[datetime]:
    """Its instances on its own clock, day after day."""
    day, left = event.start.date(), event.count
    while day <= LAST and (event.until is None or event.frequency is None or day <= event.until):
        if matches(event, day):
            if left == 0:
                return
            left = None if left is None else left - 1
            yield datetime.combine(day, event.start.time())
        elif day == event.start.date():
            yield event.start
        day += timedelta(days=1)


def instant(local: datetime, zone: Any) -> datetime:
    """When a clock shows this."""
    return local.replace(tzinfo=zone).astimezone(UTC)


def oracle(event: Series) -> list[Interval]:
    """When it takes time."""
    zone = COPENHAGEN if event.whole_days else ZONES[event.zone][2]

    def taken(local: datetime) -> list[Interval]:
        begin = instant(local, zone)
        if exact < timedelta(0):  # its end was skipped past: DTEND is before DTSTART
            return [Interval(minute_of(begin + exact), minute_of(begin))]
        end = max(instant(local + event.length, zone), begin + exact)
        return [Interval(minute_of(begin), minute_of(end))] if begin < end else []

    found = list(dict.fromkeys([*locals_of(event), *event.added]))
    exact = exactly(event, zone)
    taken_at: list[Interval] = []
    gone = {*event.removed, *event.cancelled}
    gone |= {place for place, _, _ in event.moved}
    removed = {instant(local, zone) for place, local in enumerate(found) if place in gone}
    for local in found:
        if instant(local, zone) not in removed:
            taken_at += taken(local)
    if event.marked and not (event.ours and event.marked.startswith("TRANSP")):
        taken_at = []
    for place, later, length in event.moved:
        if place < len(found) and length > 0:
            moved = found[place] + timedelta(minutes=later)
            begin = instant(moved, zone)
            taken_at.append(Interval(minute_of(begin), minute_of(begin) + length))
    return list(dict.fromkeys(taken_at))


def exactly(event: Series, zone: Any) -> timedelta:
    """Its length on a stopwatch."""
    if event.whole_days:
        return timedelta(0)
    if event.as_duration:
        return event.length
    return instant(event.start + event.length, zone) - instant(event.start, zone)


# --- the text ------------------------------------------------------------------------------------


def text_of(event: Series, uid: str) -> list[str]:
    """The VEVENTs of a series, as a calendar program writes them."""
    zone, z, _ = ZONES[event.zone]
    stamp = "%Y%m%d" if event.whole_days else f"%Y%m%dT%H%M%S{z}"
    zone = ";VALUE=DATE" if event.whole_days else zone
    lines = [f"UID:{uid}", f"DTSTART{zone}:{event.start:{stamp}}"]
    if event.as_duration:
        lines.append(f"DURATION:{'P%dD' if event.whole_days else 'PT%dM'}" % event.minutes)
    else:
        lines.append(f"DTEND{zone}:{event.start + event.length:{stamp}}")
    if event.marked:
        lines.append(event.marked)
    if event.frequency is not None:
        lines.append(f"RRULE:{rule_of(event)}")
    found = list(dict.fromkeys([*locals_of(event), *event.added]))
    lines += [f"RDATE{zone}:{local:{stamp}}" for local in event.added]
    for place in event.removed:
        if place < len(found):
            lines.append(f"EXDATE{zone}:{found[place]:{stamp}}")
    texts = ["\n".join(lines)]
    for place in event.cancelled:
        if place < len(found) and place not in {moved for moved, _, _ in event.moved}:
            at = f"{found[place]:{stamp}}"
            texts.append(
                f"UID:{uid}\nRECURRENCE-ID{zone}:{at}\nDTSTART{zone}:{at}\nSTATUS:CANCELLED"
            )
    for place, later, length in event.moved:
        if place < len(found):
            moved = found[place] + timedelta(minutes=later)
            texts.append(
                f"UID:{uid}\nRECURRENCE-ID{zone}:{found[place]:{stamp}}\n"
                f"DTSTART{zone}:{moved:{stamp}}\nDURATION:PT{length}M"
            )
    return texts


def rule_of(event: Series) -> str:
    """Its RRULE."""
    parts = [f"FREQ={event.frequency}", f"INTERVAL={event.interval}"]
    if event.count is not None:
        parts.append(f"COUNT={event.count}")
    if event.until is not None:
        parts.append(f"UNTIL={event.until:%Y%m%d}")
    days = [DAYS[day] for day in event.weekdays]
    if event.nth is not None:
        days = [f"{event.nth[1]}{DAYS[event.nth[0]]}"]
    if days:
        parts.append(f"BYDAY={','.join(days)}")
    if event.month_days:
        parts.append(f"BYMONTHDAY={','.join(map(str, event.month_days))}")
    return ";".join(parts)


WINDOWS = st.builds(
    lambda day, minute, length: Interval(
        minute_of(datetime(2026, 10, 1, tzinfo=UTC)) + day * 1440 + minute,
        minute_of(datetime(2026, 10, 1, tzinfo=UTC)) + day * 1440 + minute + length,
    ),
    st.sampled_from([0, 20, 100, 175, 250]) | st.integers(0, 300),
    st.integers(0, 1439),
    st.sampled_from([300 * 1440, 90 * 1440, 20 * 1440, 1440, 45, 1]),
)


@given(st.lists(series(), min_size=1, max_size=4), WINDOWS, st.sampled_from(["\n", "\r\n"]))
def test_busy_is_what_a_slow_reading_gives(
    events: list[Series], within: Interval, newline: str
) -> None:
    """faults: 163, 164. Rules, exceptions, moved instances, whole days and zones, all at once."""
    texts: list[str] = []
    wanted: list[tuple[Interval, str | None]] = []
    for number, event in enumerate(events):
        booking = f"booking-{number}" if event.ours else None
        texts += text_of(event, f"{booking or number}@{DOMAIN if event.ours else 'example.com'}")
        wanted += [(one, booking) for one in oracle(event) if one.overlaps(within)]
    busy = read(a_calendar(*texts, newline=newline), within).unwrap().busy
    found = [(one.interval, None if one.ours is None else str(one.ours)) for one in busy]
    assert sorted(found, key=str) == sorted(wanted, key=str)
