"""Finding free times, raced against two interval libraries and a loop by hand.

Ninety days over the end of summer time, practitioners with half-hour and quarter-hour types, and
calendars as full as a practice's. What is drawn is drawn from a fixed seed.
"""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from random import Random  # noqa: TID251  a fixed seed, for the same calendars in every run
from typing import Final

from attrs import frozen

from eservices_core.booking.book import Asker, Book, Enquiry
from eservices_core.booking.free_times import FreeTime, FreeTimes, free_times
from eservices_core.booking.wall_clock import day_start
from eservices_core.clinic.booking_settings import (
    AppointmentType,
    BookingSettings,
    Period,
    Practitioner,
    WeekTemplate,
    clock,
)
from eservices_core.texts import Text
from eservices_core.words.identifiers import PractitionerId, TypeId
from eservices_core.words.interval import Interval
from tests.benchmarks.free_times_peers import Prepared, by_hand, by_intervaltree, by_portion
from tests.benchmarks.racing import Contestant, Goal, Race, run

FIRST: Final = date(2026, 10, 1)
UNTIL: Final = FIRST + timedelta(days=90)
NOW: Final = datetime(2026, 9, 30, 10, tzinfo=UTC)
LENGTH: Final = 15
BUSY: Final = 1196
_KIND: Final = TypeId("consultation")


@frozen
class Practice:
    """The same practice as ours and as the peers are asked about it."""

    enquiry: Enquiry
    books: dict[PractitionerId, Book]
    prepared: Sequence[Prepared]


def practice(practitioners: int) -> Practice:
    """Make a practice whose calendars are two thirds full."""
    chance = Random(practitioners)  # noqa: S311  no secret
    week = tuple(Period(day, clock(8), clock(16)) for day in range(5))
    names = [PractitionerId(f"practitioner-{number}") for number in range(practitioners)]
    settings = BookingSettings(
        opening=week,
        types=(AppointmentType(_KIND, Text("Konsultation", "Consultation"), LENGTH),),
        practitioners=tuple(
            Practitioner(
                name, "", types=(_KIND,), templates=(WeekTemplate(date(2026, 1, 5), (week,)),)
            )
            for name in names
        ),
        horizon=timedelta(days=200),
    )
    books = {name: Book(NOW, busy=_calendar(chance)) for name in names}
    open_book = {name: Book(NOW) for name in names}
    enquiry = Enquiry(settings, Asker.WITH_USER, NOW)
    candidates = free_times(enquiry, open_book, FIRST, UNTIL)
    return Practice(
        enquiry,
        books,
        [
            Prepared(
                list(run.starts),
                LENGTH,
                [(busy.start, busy.end) for busy in books[run.practitioner].busy],
            )
            for run in candidates.runs
        ],
    )


def _calendar(chance: Random) -> tuple[Interval, ...]:
    """Appointments of 5 to 30 minutes on working days, on a grid of five minutes.

    In the order of their starts, as the calendar's port promises them; some overlap.
    """
    days = [FIRST + timedelta(days=number) for number in range((UNTIL - FIRST).days)]
    midnights = [day_start(day) for day in days if day.weekday() < 5]
    busy: list[Interval] = []
    for _ in range(BUSY):
        start = chance.choice(midnights) + chance.randrange(clock(8), clock(16), 5)
        busy.append(Interval(start, start + chance.choice((5, 10, 15, 20, 30))))
    return tuple(sorted(busy))


def ours(asked: Practice) -> FreeTimes:
    """Find the free times as one packed value."""
    return free_times(asked.enquiry, asked.books, FIRST, UNTIL)


def ours_as_objects(asked: Practice) -> list[FreeTime]:
    """Find them, and make an object of each."""
    return list(free_times(asked.enquiry, asked.books, FIRST, UNTIL))


OURS: Final = "free_times"
OURS_OBJECTS: Final = "free_times, an object of each"
OURS_TENFOLD: Final = "free_times, ten times the practitioners"
PORTION: Final = "portion"
INTERVALTREE: Final = "intervaltree"
BY_HAND: Final = "a sweep by hand over prepared integers"
BY_HAND_TENFOLD: Final = "a sweep by hand, ten times"

GOALS: Final = (
    Goal("free times, faster than portion", PORTION, OURS, at_least=40),
    Goal("free times, faster than intervaltree", INTERVALTREE, OURS, at_least=100),
    Goal("free times, ten times the work", OURS_TENFOLD, OURS, at_most=15),
    Goal("free times, beside a sweep by hand", OURS, BY_HAND),
    Goal("the same, with an object of each", OURS_OBJECTS, BY_HAND),
    Goal("ten times the work by hand", BY_HAND_TENFOLD, BY_HAND),
)


def race(rounds: int) -> Race:
    """Compare all answers, then race."""
    one, ten = practice(5), practice(50)
    for each in (one, ten):
        expected = by_hand(each.prepared)
        assert [list(run.starts) for run in ours(each).runs] == expected
    assert by_portion(one.prepared) == by_hand(one.prepared)
    assert by_intervaltree(one.prepared) == by_hand(one.prepared)
    contestants = (
        Contestant(OURS, ((ours, [one]),)),
        Contestant(OURS_OBJECTS, ((ours_as_objects, [one]),)),
        Contestant(OURS_TENFOLD, ((ours, [ten]),)),
        Contestant(PORTION, ((by_portion, [one.prepared]),)),
        Contestant(INTERVALTREE, ((by_intervaltree, [one.prepared]),)),
        Contestant(BY_HAND, ((by_hand, [one.prepared]),)),
        Contestant(BY_HAND_TENFOLD, ((by_hand, [ten.prepared]),)),
    )
    candidates = sum(len(each.candidates) for each in one.prepared)
    title = (
        f"Free times of 90 days: 5 practitioners, {candidates:,} candidates, {5 * BUSY:,} taken; "
        "nanoseconds a call"
    )
    return run(title, contestants, GOALS, rounds)
