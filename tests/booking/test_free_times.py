from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import event, given, settings

from eservices_core.booking.book import Asker, Book, Enquiry
from eservices_core.booking.free_times import FreeTime, FreeTimes, free_times
from eservices_core.booking.wall_clock import day_start
from eservices_core.clinic.booking_settings import (
    AppointmentType,
    BookingSettings,
    DayException,
    DayPeriod,
    Period,
    Practitioner,
    WeekTemplate,
    clock,
)
from eservices_core.words.identifiers import PractitionerId
from eservices_core.words.interval import Interval
from tests.booking import oracle
from tests.booking.clinics import ANNA, BO, LONG, NAME, SHORT, Drawn, anna, drawn, simple

COPENHAGEN = ZoneInfo("Europe/Copenhagen")
TUESDAY = date(2026, 9, 1)
NOW = datetime(2026, 8, 31, 10, tzinfo=UTC)


def _found(times: FreeTimes) -> list[oracle.Found]:
    return [
        oracle.Found(time.interval.start, time.interval.end, time.practitioner, time.type)
        for time in times
    ]


def _clocks(times: FreeTimes) -> list[str]:
    """The starts as the wall clock shows them, with the offset."""
    return [f"{time.interval.starts_at.astimezone(COPENHAGEN):%H:%M%z}" for time in times]


def _at(day: date, hour: int, minute: int, length: int) -> Interval:
    start = day_start(day) + hour * 60 + minute
    return Interval(start, start + length)


class TestAgreement:
    @settings(max_examples=min(1_000, 10 * settings.default.max_examples), deadline=None)
    @given(drawn())
    def test_with_the_oracle_that_looks_at_every_minute(self, given: Drawn) -> None:
        """S-BOOK-1, S-BOOK-2: offered is what the rules offer, for any settings and calendars."""
        times = free_times(given.enquiry, given.books, given.first, given.until)

        found = _found(times)
        event(f"{min(len(found), 50) // 10}0 times or so")
        assert len(found) == len(set(found)) == len(times)
        assert set(found) == oracle.offered(given.enquiry, given.books, given.first, given.until)
        for run in times.runs:
            assert list(run.starts) == sorted(run.starts)

    @pytest.mark.parametrize("year", range(1980, 2041))
    def test_on_every_day_when_clocks_change(self, year: int) -> None:
        """D-BOOK-9: on each change of Copenhagen's clocks from 1980 to 2040, and the days around,
        what is offered is what a look at every minute finds, by night as by day.
        """  # noqa: D205  one sentence
        changes = list(_changes(year))
        assert len(changes) == 2

        for change in changes:
            enquiry, books = _by_night(change)
            first, until = change - timedelta(days=1), change + timedelta(days=2)
            times = free_times(enquiry, books, first, until)
            expected = oracle.offered(enquiry, books, first, until)
            assert set(_found(times)) == expected
            assert len(times) == len(expected) > 100
            on_the_day = {start for start, _ in oracle.minutes_of(change)}
            assert set(_found(times.on(change))) == {
                found for found in expected if found.start in on_the_day
            }


def _changes(year: int) -> Iterator[date]:
    day = date(year, 1, 1)
    while day.year == year:
        noon = datetime(day.year, day.month, day.day, 12, tzinfo=COPENHAGEN)
        if noon.utcoffset() != (noon - timedelta(days=1)).utcoffset():
            yield day
        day += timedelta(days=1)


def _by_night(change: date) -> tuple[Enquiry, dict[PractitionerId, Book]]:
    """A clinic open around the clock, with periods that begin, end and lie in the change."""
    cuts = (0, 60, 150, 165, 180, 300, 24 * 60)
    nights = tuple(
        Period(weekday, start, end) for weekday in range(7) for start, end in pairwise(cuts)
    )
    hours = tuple(Period(weekday, 120, 180) for weekday in range(7))
    monday = change - timedelta(days=change.weekday() + 7)
    bo = Practitioner(BO, "Bo", types=(SHORT, LONG), templates=(WeekTemplate(monday, (hours,)),))
    chosen = BookingSettings(
        types=(AppointmentType(SHORT, NAME, 5), AppointmentType(LONG, NAME, 25, 5)),
        practitioners=(
            anna(types=(SHORT, LONG), templates=(WeekTemplate(monday, (nights,)),)),
            bo,
        ),
        earliest_notice=timedelta(0),
        horizon=timedelta(days=400),
    )
    now = datetime.combine(change, time(6), UTC) - timedelta(days=2)
    return Enquiry(chosen, Asker.WITH_USER, now), {ANNA: Book(now), BO: Book(now)}


class TestADay:
    def test_has_its_periods_without_what_is_taken(self) -> None:
        """S-BOOK-1, S-BOOK-2: a day's times follow each other in its periods, and what a booking
        or the calendar takes is not shown.
        """  # noqa: D205  one sentence
        enquiry = _enquiry(simple(practitioners=(anna(Period(1, clock(8), clock(10))),)))
        book = Book(NOW, (_at(TUESDAY, 8, 0, 15),), (_at(TUESDAY, 9, 10, 10),))

        times = free_times(enquiry, {ANNA: book}, TUESDAY, TUESDAY + timedelta(days=1))

        assert _clocks(times) == ["08:15+0200", "08:30+0200", "08:45+0200", "09:30+0200",
                                  "09:45+0200"]  # fmt: skip

    def test_touching_is_not_overlapping(self) -> None:
        """D-BOOK-1: an appointment from 8:15 to 8:30 leaves the times on both sides of it."""
        enquiry = _enquiry(simple(practitioners=(anna(Period(1, clock(8), clock(8, 45))),)))
        book = Book(NOW, busy=(_at(TUESDAY, 8, 15, 15),))

        times = free_times(enquiry, {ANNA: book}, TUESDAY, TUESDAY + timedelta(days=1))

        assert _clocks(times) == ["08:00+0200", "08:30+0200"]

    def test_a_gap_of_just_the_length_is_enough(self) -> None:
        """D-BOOK-1: between appointments until 8:15 and from 8:30, 8:15 is offered; a gap that is
        a minute shorter, at either end, is none.
        """  # noqa: D205  one sentence
        enquiry = _enquiry(simple(practitioners=(anna(Period(1, clock(8), clock(9))),)))
        around = _at(TUESDAY, 8, 0, 15), _at(TUESDAY, 8, 30, 30)
        window = TUESDAY, TUESDAY + timedelta(days=1)

        assert _clocks(free_times(enquiry, {ANNA: Book(NOW, (), around)}, *window)) == [
            "08:15+0200"
        ]
        for minute in (_at(TUESDAY, 8, 15, 1), _at(TUESDAY, 8, 29, 1)):
            fuller = Book(NOW, (minute,), around)
            assert not free_times(enquiry, {ANNA: fuller}, *window)

    def test_a_pause_is_kept_free_and_may_lie_after_the_period(self) -> None:
        """D-BOOK-10: times with a pause lie a length and a pause apart; the pause must be free, and
        may run on after the period ends.
        """  # noqa: D205  one sentence
        enquiry = _enquiry(
            simple(
                types=(AppointmentType(SHORT, NAME, 15, 5),),
                practitioners=(anna(Period(1, clock(8), clock(8, 55))),),
            )
        )
        book = Book(NOW, busy=(_at(TUESDAY, 8, 35, 5),))

        times = free_times(enquiry, {ANNA: book}, TUESDAY, TUESDAY + timedelta(days=1))

        assert _clocks(times) == ["08:00+0200", "08:40+0200"]
        assert [time.claim.length for time in times] == [timedelta(minutes=20)] * 2

    def test_a_minute_may_be_a_time(self) -> None:
        """S-BOOK-1: times of one minute follow each other minute by minute, to the end of the
        period and not beyond, on both sides of what is taken.
        """  # noqa: D205  one sentence
        enquiry = _enquiry(
            simple(
                types=(AppointmentType(SHORT, NAME, 1),),
                practitioners=(anna(Period(1, clock(8), clock(8, 4)), Period(1, clock(9), 542)),),
            )
        )
        window = TUESDAY, TUESDAY + timedelta(days=1)
        taken = Book(NOW, busy=(_at(TUESDAY, 8, 2, 1),))

        assert _clocks(free_times(enquiry, {ANNA: Book(NOW)}, *window)) == [
            f"{shown}+0200" for shown in ("08:00", "08:01", "08:02", "08:03", "09:00", "09:01")
        ]
        assert _clocks(free_times(enquiry, {ANNA: taken}, *window)) == [
            f"{shown}+0200" for shown in ("08:00", "08:01", "08:03", "09:00", "09:01")
        ]

    def test_before_the_first_template_there_is_nothing(self) -> None:
        """S-BOOK-1: a practitioner who begins on a Monday has no times in the week before, save on
        a day that is an exception.
        """  # noqa: D205  one sentence
        monday = TUESDAY + timedelta(days=6)
        template = WeekTemplate(monday, ((Period(0, clock(8), clock(8, 30)),),))
        extra = DayException(TUESDAY, (DayPeriod(clock(9), clock(9, 15)),))
        for exceptions, clocks in (((), []), ((extra,), ["09:00+0200"])):
            enquiry = _enquiry(
                simple(practitioners=(anna(templates=(template,), exceptions=exceptions),))
            )
            times = free_times(enquiry, {ANNA: Book(NOW)}, TUESDAY, monday + timedelta(days=1))
            assert _clocks(times) == [*clocks, "08:00+0200", "08:15+0200"]

    @pytest.mark.parametrize(("minutes", "last"), [(15, "08:00"), (16, "08:15"), (30, "08:15")])
    def test_the_horizon_ends_on_the_minute(self, minutes: int, last: str) -> None:
        """D-BOOK-10: the last time offered begins before the horizon, were it by a minute; where it
        ends does not matter.
        """  # noqa: D205  one sentence
        enquiry = _enquiry(simple(horizon=timedelta(hours=20, minutes=minutes)))
        assert (NOW + timedelta(hours=20)).astimezone(COPENHAGEN).hour == 8

        times = free_times(enquiry, {ANNA: Book(NOW)}, TUESDAY, TUESDAY + timedelta(days=1))

        assert _clocks(times)[-1] == f"{last}+0200"

    def test_a_time_that_does_not_exist_is_not_offered(self) -> None:
        """D-BOOK-9: when clocks go forward there is nothing between 2 and 3."""
        enquiry = _enquiry(simple(practitioners=(anna(Period(6, clock(1, 30), clock(3, 30))),)))
        sunday = date(2027, 3, 28)

        times = free_times(enquiry, {ANNA: Book(NOW)}, sunday, sunday + timedelta(days=1))

        assert _clocks(times) == ["01:30+0100", "01:45+0100", "03:00+0200", "03:15+0200"]

    def test_a_time_that_exists_twice_is_two(self) -> None:
        """D-BOOK-9: when clocks go back, half past two is offered at each of its two instants."""
        enquiry = _enquiry(simple(practitioners=(anna(Period(6, clock(2, 30), clock(3))),)))
        sunday = date(2026, 10, 25)

        times = free_times(enquiry, {ANNA: Book(NOW)}, sunday, sunday + timedelta(days=1))

        assert _clocks(times) == ["02:30+0200", "02:45+0200", "02:30+0100", "02:45+0100"]

    def test_a_stale_calendar_offers_nothing(self) -> None:
        """D-BOOK-6: a calendar read 15 minutes ago is fresh; a second more, and nothing is offered;
        nor is it where the calendar was never read.
        """  # noqa: D205  one sentence
        enquiry = _enquiry(simple())
        until = TUESDAY + timedelta(days=1)
        fresh = Book(NOW - timedelta(minutes=15))
        stale = Book(NOW - timedelta(minutes=15, seconds=1))

        assert len(free_times(enquiry, {ANNA: fresh}, TUESDAY, until)) == 32
        assert free_times(enquiry, {ANNA: stale}, TUESDAY, until) == FreeTimes()
        assert free_times(enquiry, {}, TUESDAY, until) == FreeTimes()


def _enquiry(chosen: BookingSettings) -> Enquiry:
    return Enquiry(chosen, Asker.WITH_USER, NOW)


class TestTheValue:
    @settings(max_examples=100, deadline=None)
    @given(drawn())
    def test_it_is_a_sequence_of_its_times(self, given: Drawn) -> None:
        """Length, iteration, places, membership and selections all speak of the same times."""
        times = free_times(given.enquiry, given.books, given.first, given.until)
        listed = list(times)

        assert len(times) == len(listed)
        assert [times[place] for place in range(len(times))] == listed
        assert list(times[:]) == listed
        assert list(times[1:-1:2]) == listed[1:-1:2]
        assert all(time in times for time in listed)
        assert times.first(5) == tuple(sorted(listed, key=lambda time: time.interval.start)[:5])
        by_day = [times.on(day) for day in oracle.days(given.first, given.until)]
        assert sum(map(len, by_day)) == len(times)
        for who in (ANNA, BO):
            expected = [time for time in listed if time.practitioner == who]
            assert list(times.with_practitioner(who)) == expected
        for kind in (SHORT, LONG):
            assert list(times.of_type(kind)) == [time for time in listed if time.type == kind]

    def test_equal_times_are_equal_values(self) -> None:
        """Two findings of the same times are equal and hash alike; others are not."""
        enquiry = _enquiry(simple())
        asked = enquiry, {ANNA: Book(NOW)}, TUESDAY
        one = free_times(*asked, TUESDAY + timedelta(days=1))
        two = free_times(*asked, TUESDAY + timedelta(days=1))
        more = free_times(*asked, TUESDAY + timedelta(days=2))

        assert one == two
        assert hash(one) == hash(two)
        assert one != more
        assert more.on(TUESDAY) == one
        assert one.runs[0] != one

    def test_what_is_beside_it_is_not_in_it(self) -> None:
        """A time of another start, length, pause, type or practitioner is not among them."""
        times = free_times(
            _enquiry(simple()), {ANNA: Book(NOW)}, TUESDAY, TUESDAY + timedelta(days=1)
        )
        eight = _at(TUESDAY, 8, 0, 15)

        assert FreeTime(eight, ANNA, SHORT) in times
        assert FreeTime(_at(TUESDAY, 8, 5, 15), ANNA, SHORT) not in times
        assert FreeTime(_at(TUESDAY, 8, 0, 20), ANNA, SHORT) not in times
        assert FreeTime(_at(TUESDAY, 16, 0, 15), ANNA, SHORT) not in times
        assert FreeTime(eight, ANNA, SHORT, pause=5) not in times
        assert FreeTime(eight, ANNA, LONG) not in times
        assert FreeTime(eight, BO, SHORT) not in times
        assert eight not in times
        with pytest.raises(IndexError):
            _ = times[len(times)]
        with pytest.raises(IndexError):
            _ = times[-len(times) - 1]
        assert times[-1] == list(times)[-1]
        assert times.first(0) == ()

    def test_an_empty_or_backward_window_has_none(self) -> None:
        """Nothing lies between a day and itself, or an earlier one, or beyond all days."""
        enquiry, books = _enquiry(simple()), {ANNA: Book(NOW)}

        assert not free_times(enquiry, books, TUESDAY, TUESDAY)
        assert not free_times(enquiry, books, TUESDAY, date(1, 1, 1))
        assert not free_times(enquiry, books, date(9999, 1, 1), date.max)
        assert free_times(enquiry, books, date.min, date.max)
