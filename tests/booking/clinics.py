"""Clinics that tests of free times are drawn from: settings, books, and who asks when.

Small windows of days around the nights on which clocks change, with periods in the night as well as
by day, so that what is rare in a practice is common here.
"""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise

from attrs import frozen
from hypothesis import strategies as st

from eservices_core.booking.book import Asker, Book, Enquiry
from eservices_core.booking.wall_clock import day_start
from eservices_core.clinic.booking_settings import (
    AppointmentType,
    BookingSettings,
    ClosedPeriod,
    DayException,
    DayPeriod,
    OwnLength,
    Period,
    Practitioner,
    Switch,
    WeekTemplate,
    clock,
)
from eservices_core.texts import Text
from eservices_core.words.identifiers import PractitionerId, TypeId
from eservices_core.words.interval import Interval, instant_of

SHORT = TypeId("short")
LONG = TypeId("long")
ANNA = PractitionerId("anna")
BO = PractitionerId("bo")
NAME = Text("Aftale", "Appointment")
MONDAY = date(2026, 3, 2)
WEEKDAYS = tuple(Period(day, clock(8), clock(16)) for day in range(5))
"""Monday to Friday, 8 to 16."""

CHANGES = (date(2026, 3, 29), date(2026, 10, 25))
"""A night on which clocks go forward, and one on which they go back."""


def simple(**chosen: object) -> BookingSettings:
    """A clinic with one practitioner and one type of 15 minutes, and every other choice made."""
    choices: dict[str, object] = {
        "opening": WEEKDAYS,
        "types": (AppointmentType(SHORT, NAME, 15),),
        "practitioners": (anna(),),
        "earliest_notice": timedelta(0),
        "horizon": timedelta(days=600),
    }
    return BookingSettings(**{**choices, **chosen})


def anna(*periods: Period, **chosen: object) -> Practitioner:
    """The practitioner of a simple clinic; on weekdays from 8 to 16 unless periods are given."""
    template = WeekTemplate(MONDAY, (periods or WEEKDAYS,))
    choices: dict[str, object] = {"types": (SHORT,), "templates": (template,)}
    return Practitioner(ANNA, "Anna", **{**choices, **chosen})


def wall(day: date, hour: int, minute: int = 0) -> datetime:
    """What the wall clock shows, without an offset."""
    return datetime.combine(day, time(hour, minute))


@frozen
class Drawn:
    """All that free times depend on."""

    enquiry: Enquiry
    books: dict[PractitionerId, Book]
    first: date
    until: date


_LENGTHS = st.sampled_from((5, 7, 10, 15, 20, 30, 45, 90))
_PAUSES = st.sampled_from((0, 0, 0, 5, 10, 13))
_EDGES = (*(0, 60, 90, 120, 135, 150, 180, 195, 240) * 8, *range(255, 1441, 15))
_MOSTLY = st.sampled_from((True, True, True, True, False))
_SWITCHES = st.sampled_from((Switch.ON,) * 9 + (Switch.OFF,))


@st.composite
def _day_periods(draw: st.DrawFn, types: Sequence[TypeId]) -> tuple[DayPeriod, ...]:
    """Up to three periods of a day, apart or touching, half of them in the night of a change."""
    cuts = sorted(set(draw(st.lists(st.sampled_from(_EDGES), min_size=1, max_size=4))))
    whose = draw(st.sampled_from(((), (), (), *((kind,) for kind in types))))
    stretches = pairwise(cuts)
    return tuple(
        DayPeriod(start, end, frozenset(whose if place == 1 else ()))
        for place, (start, end) in enumerate(stretches)
    )


def _week(kinds: Sequence[tuple[DayPeriod, ...]], turn: int) -> tuple[Period, ...]:
    """A week in which days of two kinds take turns."""
    return tuple(
        Period(weekday, period.start, period.end, period.types)
        for weekday in range(7)
        for period in kinds[(weekday + turn) % 2]
    )


@st.composite
def _practitioner(
    draw: st.DrawFn, name: PractitionerId, types: Sequence[TypeId], first: date
) -> Practitioner:
    monday = first - timedelta(days=first.weekday() + 7)
    begins = draw(st.sampled_from(((monday,), (monday, monday + timedelta(days=7)))))
    turns = draw(st.sampled_from(((0, 1), (0, 0, 1), (1, 1))))
    days = st.integers(-1, 4).map(lambda later: first + timedelta(days=later))
    kinds = (draw(_day_periods(types)), draw(_day_periods(types)))
    own = types[: draw(st.integers(0, 2))]
    return Practitioner(
        name,
        name.value,
        types=tuple(types),
        booking=draw(_SWITCHES),
        without_user=draw(_SWITCHES),
        lengths=tuple(OwnLength(kind, draw(_LENGTHS), draw(_PAUSES)) for kind in own),
        templates=tuple(
            WeekTemplate(begin, tuple(_week(kinds, turn) for turn in turns[place:]))
            for place, begin in enumerate(begins)
        ),
        exceptions=tuple(
            DayException(day, draw(_day_periods(types)))
            for day in sorted(draw(st.sets(days, max_size=1)))
        ),
    )


@st.composite
def _closed(draw: st.DrawFn, first: date) -> ClosedPeriod:
    start = draw(st.integers(-1, 3 * 96)) * 15
    start = draw(st.sampled_from((start, 120, 135, 150, 1560, 1590)))
    length = draw(st.sampled_from((5, 30, 60, 180, 1440)))
    begin = datetime.combine(first, time.min) + timedelta(minutes=start)
    return ClosedPeriod(begin, begin + timedelta(minutes=length))


@st.composite
def _taken(draw: st.DrawFn, first: date, most: int) -> tuple[Interval, ...]:
    begin = day_start(first)
    lengths = (1, 5, 15, 50, 200)
    starts = draw(st.lists(st.integers(-100, 15 * 288), max_size=most))
    return tuple(
        Interval(begin + start, begin + start + lengths[start % len(lengths)])
        for drawn in starts
        for start in (drawn if drawn % 3 else drawn // 15 * 15,)  # many on a type's grid
    )


@st.composite
def drawn(draw: st.DrawFn) -> Drawn:
    """Everything, over one to three days that begin on or before a change, or far from one."""
    change = draw(st.sampled_from((*CHANGES, date(2026, 6, 10))))
    first = change - timedelta(days=draw(st.integers(0, 1)))
    until = first + timedelta(days=draw(st.integers(1, 3)))
    kinds = (SHORT, LONG)[: draw(st.integers(1, 2))]
    names = (ANNA, BO)[: draw(st.integers(1, 2))]
    begin = day_start(first)
    now = instant_of(begin + draw(st.integers(-3000, 200)))
    now += timedelta(seconds=draw(st.sampled_from((0, 0, 1, 59.5))))
    by_day = _day_periods(()).map(lambda periods: _week((periods, periods), 0))
    opening = draw(st.one_of(st.just(WEEKDAYS), st.just(()), by_day))
    settings = BookingSettings(
        booking=draw(st.sampled_from((Switch.ON,) * 9 + (Switch.OFF,))),
        opening=opening,
        practitioners=tuple(draw(_practitioner(name, kinds, first)) for name in names),
        types=tuple(
            AppointmentType(kind, NAME, draw(_LENGTHS), draw(_PAUSES), draw(_SWITCHES))
            for kind in kinds
        ),
        closed=tuple(draw(st.lists(_closed(first), max_size=1))),
        earliest_notice=timedelta(minutes=draw(st.sampled_from((0, 0, 0, 1, 90, 480)))),
        horizon=timedelta(hours=draw(st.sampled_from((24, 72, 2000, 2000)))),
        without_user=draw(_SWITCHES),
    )
    asker = draw(st.sampled_from((Asker.WITH_USER, Asker.WITH_USER, Asker.WITHOUT_USER)))
    ages = st.sampled_from((0, 0, 0, 0, 0, 15, 900, 901, -5))
    books = {
        name: Book(
            now - timedelta(seconds=draw(ages)),
            draw(_taken(first, 2)),
            draw(_taken(first, 6)),
        )
        for name in names
        if draw(_MOSTLY) or draw(_MOSTLY)
    }
    return Drawn(Enquiry(settings, asker, now.astimezone(UTC)), books, first, until)
