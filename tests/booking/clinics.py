"""Clinics that tests of free times are drawn from: settings, books, and who asks when.

Small windows of days around the nights on which clocks change, with periods in the night as well as
by day, so that what is rare in a practice is common here.
"""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta

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
    return BookingSettings(**{**choices, **chosen})  # type: ignore[arg-type]  # tests choose well


def anna(*periods: Period, **chosen: object) -> Practitioner:
    """The practitioner of a simple clinic; on weekdays from 8 to 16 unless periods are given."""
    template = WeekTemplate(MONDAY, (periods or WEEKDAYS,))
    choices: dict[str, object] = {"types": (SHORT,), "templates": (template,)}
    return Practitioner(ANNA, "Anna", **{**choices, **chosen})  # type: ignore[arg-type]  # as above


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


_LENGTHS = st.sampled_from((5, 7, 10, 15, 20, 25, 45, 60, 90))
_PAUSES = st.sampled_from((0, 0, 0, 5, 10, 13))
_SWITCHES = st.sampled_from((Switch.ON, Switch.ON, Switch.ON, Switch.OFF))


@st.composite
def _day_periods(draw: st.DrawFn, types: Sequence[TypeId]) -> tuple[DayPeriod, ...]:
    """Up to three periods of a day, apart or touching, half of them in the night of a change."""
    edges = st.one_of(
        st.sampled_from((0, 60, 90, 120, 135, 150, 180, 195, 240)),
        st.integers(0, 96).map(lambda quarter: quarter * 15),
    )
    cuts = sorted(draw(st.sets(edges, max_size=4)))
    return tuple(
        DayPeriod(start, end, draw(st.sets(st.sampled_from(types)).map(frozenset)))
        for start, end in zip(cuts, cuts[1:], strict=False)
        if draw(st.booleans())
    )


@st.composite
def _week(draw: st.DrawFn, types: Sequence[TypeId]) -> tuple[Period, ...]:
    """A week in which all days are of two kinds."""
    kinds = [draw(_day_periods(types)), draw(_day_periods(types))]
    return tuple(
        Period(weekday, period.start, period.end, period.types)
        for weekday in range(7)
        for period in kinds[weekday % 2]
    )


@st.composite
def _practitioner(
    draw: st.DrawFn, name: PractitionerId, types: Sequence[TypeId], first: date
) -> Practitioner:
    monday = first - timedelta(days=first.weekday() + 7)
    begins = draw(st.sampled_from(((monday,), (monday, monday + timedelta(days=7)))))
    days = st.integers(-1, 4).map(lambda later: first + timedelta(days=later))
    own = [kind for kind in types if draw(st.booleans())]
    return Practitioner(
        name,
        name.value,
        types=tuple(types),
        booking=draw(_SWITCHES),
        without_user=draw(_SWITCHES),
        lengths=tuple(OwnLength(kind, draw(_LENGTHS), draw(_PAUSES)) for kind in own),
        templates=tuple(
            WeekTemplate(begin, tuple(draw(_week(types)) for _ in range(draw(st.integers(1, 2)))))
            for begin in begins
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
    starts = draw(st.lists(st.integers(-20, 3 * 288), max_size=most))
    return tuple(
        Interval(begin + 5 * start, begin + 5 * start + draw(st.sampled_from((1, 5, 15, 50, 400))))
        for start in starts
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
    now = instant_of(begin + draw(st.integers(-3000, 600)))
    now += timedelta(seconds=draw(st.sampled_from((0, 0, 1, 59.5))))
    opening = draw(st.one_of(st.just(WEEKDAYS), st.just(()), _week((SHORT,))))
    settings = BookingSettings(
        booking=draw(st.sampled_from((Switch.ON,) * 9 + (Switch.OFF,))),
        opening=tuple(Period(each.weekday, each.start, each.end) for each in opening),
        practitioners=tuple(draw(_practitioner(name, kinds, first)) for name in names),
        types=tuple(
            AppointmentType(kind, NAME, draw(_LENGTHS), draw(_PAUSES), draw(_SWITCHES))
            for kind in kinds
        ),
        closed=tuple(draw(st.lists(_closed(first), max_size=2))),
        earliest_notice=timedelta(minutes=draw(st.sampled_from((0, 0, 1, 90, 480, 1000)))),
        horizon=timedelta(hours=draw(st.sampled_from((24, 60, 2000)))),
        without_user=draw(_SWITCHES),
    )
    asker = draw(st.sampled_from((Asker.WITH_USER, Asker.WITH_USER, Asker.WITHOUT_USER)))
    ages = st.sampled_from((0, 15, 900, 900.0, 901, -5))
    books = {
        name: Book(
            now - timedelta(seconds=draw(ages)),
            draw(_taken(first, 3)),
            draw(_taken(first, 8)),
        )
        for name in names
        if draw(st.integers(0, 9))
    }
    return Drawn(Enquiry(settings, asker, now.astimezone(UTC)), books, first, until)
