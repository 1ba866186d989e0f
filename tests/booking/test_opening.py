from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eservices_core.booking.opening import (
    OpeningHours,
    answer_deadline,
    first_start,
    staff_reminded_at,
)
from eservices_core.booking.wall_clock import day_start
from eservices_core.clinic.booking_settings import (
    BookingSettings,
    ClosedPeriod,
    Period,
    clock,
)
from eservices_core.words.interval import instant_of, minute_from, minute_of
from tests.booking import oracle
from tests.booking.clinics import CHANGES, Drawn, drawn, simple, wall

COPENHAGEN = ZoneInfo("Europe/Copenhagen")
MONDAY = date(2026, 8, 31)
MAY_DAY = date(2026, 5, 1)
"""A Friday."""

WITH_LUNCH = (
    *(
        Period(weekday, start, end)
        for weekday in range(4)
        for start, end in ((clock(8), clock(12)), (clock(13), clock(16)))
    ),
    Period(4, clock(8), clock(12)),
)
"""Monday to Thursday 8 to 12 and 13 to 16, Friday 8 to 12."""


def at(day: date, hour: int, minute: int = 0) -> datetime:
    """An instant, as the clock in Copenhagen shows it."""
    return wall(day, hour, minute).replace(tzinfo=COPENHAGEN).astimezone(UTC)


def days(count: int) -> timedelta:
    """So many days."""
    return timedelta(days=count)


class TestTwoWorkingDays:
    @pytest.mark.parametrize(
        ("asked", "until"),
        [
            (at(MONDAY, 10), at(MONDAY + days(2), 10)),
            (at(MONDAY, 7), at(MONDAY + days(2), 8)),
            (at(MONDAY, 12, 30), at(MONDAY + days(2), 13)),
            (at(MONDAY, 18), at(MONDAY + days(3), 8)),
            (at(MONDAY + days(2), 15), at(MONDAY + days(4), 12)),
            (at(MONDAY + days(3), 11), at(MONDAY + days(7), 11)),
            (at(MONDAY + days(4), 11), at(MONDAY + days(8), 11)),
            (at(MONDAY + days(4), 12), at(MONDAY + days(9), 8)),
            (at(MONDAY + days(5), 11), at(MONDAY + days(9), 8)),
        ],
        ids=str,
    )
    def test_they_begin_at_the_next_opening(self, asked: datetime, until: datetime) -> None:
        """D-BOOK-5: the deadline is the same time of day two working days later; a request out of
        hours counts from the next opening, and a time when the clinic is shut then is moved to that
        day's next opening or last closing.
        """  # noqa: D205  one sentence
        far = asked + days(60)

        assert answer_deadline(simple(opening=WITH_LUNCH), asked, far) == until

    @pytest.mark.parametrize(
        ("hour", "until"),
        [
            ((8, 0), (10, 0)),
            ((12, 0), (12, 0)),
            ((12, 30), (13, 0)),
            ((13, 30), (13, 30)),
            ((15, 0), (14, 0)),
        ],
        ids=str,
    )
    def test_days_may_have_other_hours(self, hour: tuple[int, int], until: tuple[int, int]) -> None:
        """D-BOOK-5: from a Monday open 8 to 16, the deadline on a Wednesday open 10 to 12 and 13 to
        14 is moved to that day's opening, out of its lunch, or to its closing.
        """  # noqa: D205  one sentence
        hours = ((0, 8, 16), (1, 8, 16), (2, 10, 12), (2, 13, 14), (3, 8, 16))
        opening = tuple(Period(day, clock(start), clock(end)) for day, start, end in hours)
        asked = at(MONDAY, *hour)

        found = answer_deadline(simple(opening=opening), asked, asked + days(60))

        assert found == at(MONDAY + days(2), *until)

    def test_a_closed_day_is_no_working_day(self) -> None:
        """D-BOOK-5: a request on Thursday, before a Friday that is closed, has until Tuesday."""
        closed = (ClosedPeriod.of_days(MAY_DAY, MAY_DAY + days(1)),)
        asked = at(MAY_DAY - days(1), 9)

        found = answer_deadline(simple(closed=closed), asked, asked + days(60))

        assert found == at(MAY_DAY + days(4), 9)

    def test_the_clock_may_change_in_between(self) -> None:
        """D-BOOK-5: over the end of summer time the deadline is the same time of day, an hour more
        away.
        """  # noqa: D205  one sentence
        friday = CHANGES[1] - days(2)

        found = answer_deadline(simple(), at(friday, 9), at(friday, 9) + days(60))

        assert found == at(friday + days(4), 9)
        assert found - at(friday, 9) == timedelta(days=4, hours=1)


class TestNotice:
    def test_it_is_counted_in_opening_hours(self) -> None:
        """D-BOOK-5: four opening hours before 9 on Monday are 13 on Friday, and that is earlier
        than two working days after a request on Friday morning.
        """  # noqa: D205  one sentence
        chosen = simple(earliest_notice=timedelta(hours=4))
        friday = MONDAY - days(3)

        assert answer_deadline(chosen, at(friday, 9), at(MONDAY, 9)) == at(friday, 13)

    def test_a_time_is_offered_only_if_there_is_time_to_answer(self) -> None:
        """D-BOOK-5: on Friday at 13 the first time offered is after 9 on Monday, so that no request
        is born expired.
        """  # noqa: D205  one sentence
        chosen = simple(earliest_notice=timedelta(hours=4))
        friday = MONDAY - days(3)

        assert instant_of(first_start(chosen, at(friday, 13))) == at(MONDAY, 9, 1)
        just_before = at(friday, 13) - timedelta(seconds=1)
        assert instant_of(first_start(chosen, just_before)) == at(MONDAY, 9)

    def test_staff_are_reminded_in_opening_hours(self) -> None:
        """D-BOOK-5: four opening hours after Friday at 14 are Monday at 10, and so are four hours
        and a half minute: opening hours are counted in whole minutes.
        """  # noqa: D205  one sentence
        friday = MONDAY - days(3)
        for waits in (timedelta(hours=4), timedelta(hours=4, seconds=30)):
            found = staff_reminded_at(simple(remind_staff_after=waits), at(friday, 14))
            assert found == at(MONDAY, 10)


class TestNoHours:
    def test_every_minute_counts(self) -> None:
        """D-BOOK-5: a clinic that has set no opening hours counts on the clock, and two days."""
        chosen = simple(opening=(), earliest_notice=timedelta(hours=4))
        sunday = MONDAY - days(1)

        assert answer_deadline(chosen, at(sunday, 3), at(sunday, 9)) == at(sunday, 5)
        assert answer_deadline(chosen, at(sunday, 3), at(sunday, 9) + days(9)) == at(
            MONDAY + days(1), 3
        )

    def test_closed_for_good_is_an_end_too(self) -> None:
        """Opening hours end with 2199, so that counting ends at a clinic that never opens again."""
        closed = (ClosedPeriod.of_days(date(2026, 1, 1), date(2200, 1, 1)),)
        chosen = simple(closed=closed, earliest_notice=timedelta(hours=4))

        end = at(date(2200, 1, 1), 0)
        assert instant_of(first_start(chosen, at(MONDAY, 9))) == end + timedelta(hours=4)
        assert answer_deadline(chosen, at(MONDAY, 9), at(MONDAY, 9)) == at(date(2025, 12, 31), 12)
        two_days = OpeningHours.of(chosen).working_days_after(minute_of(at(MONDAY, 9)), 2)
        assert instant_of(two_days) == at(MONDAY, 9) + days(2)

    def test_before_and_after_the_hours_every_minute_counts(self) -> None:
        """D-BOOK-5: what opening hours do not reach, before 1900 and after 2199, counts on the
        clock, from their end or from an instant beyond it.
        """  # noqa: D205  one sentence
        closed = (ClosedPeriod.of_days(date(1900, 1, 1), date(2200, 1, 1)),)
        hours = OpeningHours.of(simple(closed=closed))
        least, most = day_start(date(1900, 1, 1)), day_start(date(2200, 1, 1))
        now = minute_of(at(MONDAY, 9))

        assert hours.before(now, 240) == least - 240
        assert hours.before(least - 100, 240) == least - 340
        assert hours.after(now, 240) == most + 240
        assert hours.after(most + 100, 240) == most + 340

    def test_the_first_and_the_last_day_have_hours(self) -> None:
        """D-BOOK-5: 1 January 1900, a Monday, and 31 December 2199, a Tuesday, are counted in."""
        hours = OpeningHours.of(simple())
        first, last = date(1900, 1, 1), date(2199, 12, 31)

        assert hours.before(day_start(first) + clock(9), 60) == day_start(first) + clock(8)
        assert hours.before(day_start(first) + clock(9), 61) == day_start(first) - 1
        assert hours.after(day_start(last) + clock(15), 60) == day_start(last) + clock(16)
        over = day_start(last + days(1))
        assert hours.after(day_start(last) + clock(15), 61) == over + 1
        assert hours.working_days_after(day_start(last) + clock(9), 2) == (
            day_start(last) + clock(9) + 2 * 24 * 60
        )


def _hours(settings: BookingSettings) -> OpeningHours:
    return OpeningHours.of(settings)


class TestArithmetic:
    @given(drawn(), st.integers(-6000, 6000), st.integers(-6000, 6000), st.integers(0, 2000))
    def test_after_and_before_are_each_others_inverse(
        self, given: Drawn, one: int, other: int, duration: int
    ) -> None:
        """D-BOOK-5: so much open time has passed by an instant exactly if, counted back from it,
        it began no earlier; so a time is offered exactly if its deadline lies after now.
        """  # noqa: D205  one sentence
        hours = _hours(given.enquiry.settings)
        begin, end = day_start(given.first) + one, day_start(given.first) + other

        reached = hours.after(begin, duration) <= end
        assert reached == (hours.before(end, duration) >= begin)

    @given(drawn(), st.integers(-6000, 6000), st.integers(0, 300), st.integers(0, 2000))
    def test_they_are_monotone(self, given: Drawn, at: int, later: int, duration: int) -> None:
        """A later instant never ends earlier, and a longer time never ends sooner."""
        hours = _hours(given.enquiry.settings)
        begin = day_start(given.first) + at

        assert hours.after(begin, duration) <= hours.after(begin + later, duration)
        assert hours.before(begin, duration) <= hours.before(begin + later, duration)
        assert hours.after(begin, duration) <= hours.after(begin, duration + later)
        assert hours.before(begin, duration) >= hours.before(begin, duration + later)

    @given(drawn(), st.integers(-6000, 6000), st.integers(1, 2000))
    def test_they_count_open_minutes_and_end_in_one(
        self, given: Drawn, place: int, duration: int
    ) -> None:
        """D-BOOK-5: what lies between is exactly the time asked for in open minutes, and no
        deadline lies in closed hours.
        """  # noqa: D205  one sentence
        chosen = given.enquiry.settings
        hours, begin = _hours(chosen), day_start(given.first) + place
        after, before = hours.after(begin, duration), hours.before(begin, duration)
        if max(abs(after - begin), abs(begin - before)) > 20_000:
            return  # beyond what the slow count is worth

        assert _open_minutes(chosen, begin, after) == duration
        assert _open_minutes(chosen, before, begin) == duration
        assert _open_minutes(chosen, after - 1, after) == 1
        assert _open_minutes(chosen, before, before + 1) == 1

    @given(drawn(), st.integers(-6000, 6000))
    def test_two_working_days_end_in_opening_hours_of_a_later_day(
        self, given: Drawn, place: int
    ) -> None:
        """D-BOOK-5: the deadline by days lies in an open stretch, or at its end, at least a day on
        from the next opening.
        """  # noqa: D205  one sentence
        chosen = given.enquiry.settings
        hours, begin = _hours(chosen), day_start(given.first) + place
        found = hours.working_days_after(begin, 2)

        assert found > begin
        if not hours.always:
            day = instant_of(found - 1).astimezone(COPENHAGEN).date()
            around = [*hours.on(day), *hours.on(day + days(1))]
            assert any(first <= found <= end for first, end in around)

    @given(drawn(), st.integers(0, 3000))
    def test_the_first_start_is_the_first_whose_deadline_lies_ahead(
        self, given: Drawn, more: int
    ) -> None:
        """D-BOOK-5: no request for a time that is offered is born expired, and a minute earlier
        every one would be.
        """  # noqa: D205  one sentence
        chosen, now = given.enquiry.settings, given.enquiry.now
        first = first_start(chosen, now)

        assert answer_deadline(chosen, now, instant_of(first + more)) > now
        assert answer_deadline(chosen, now, instant_of(first - 1)) <= now


def _open_minutes(chosen: BookingSettings, first: int, until: int) -> int:
    """Count them one by one."""
    start = instant_of(first).astimezone(COPENHAGEN).date()
    end = instant_of(until).astimezone(COPENHAGEN).date() + days(1)
    closed = oracle.closed_minutes(chosen.closed, start - days(1), end + days(1))
    return sum(
        not chosen.opening or (shown in oracle.hours_of(chosen, day) and at not in closed)
        for day in oracle.days(start, end)
        for at, shown in oracle.minutes_of(day)
        if first <= at < until
    )


def test_the_request_is_counted_from_the_next_whole_minute() -> None:
    """A request at 9:00:30 counts from 9:01, so that nobody has less than two working days."""
    asked = at(MONDAY, 9) + timedelta(seconds=30)

    found = answer_deadline(simple(), asked, asked + days(60))

    assert minute_of(found) == minute_from(asked) + 2 * 24 * 60
