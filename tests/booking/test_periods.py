"""Which periods a day has, which starts lie in them, and the arithmetic of stretches (S-BOOK-1)."""

from datetime import date, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eservices_core.booking.periods import (
    closed_stretches,
    lies_in_period,
    merged,
    periods_on,
    rotation,
    starts_on,
    template_on,
    turn_of,
    without,
)
from eservices_core.booking.wall_clock import Stretch, day_start
from eservices_core.clinic.booking_settings import (
    ClosedPeriod,
    DayException,
    DayPeriod,
    OwnLength,
    Period,
    WeekTemplate,
    clock,
)
from tests.booking.clinics import CHANGES, LONG, MONDAY, SHORT, anna, wall

TUESDAY = MONDAY + timedelta(days=1)
MORNING, AFTERNOON = DayPeriod(clock(8), clock(12)), DayPeriod(clock(13), clock(16))
OWN = OwnLength(SHORT, 15, 5)


def of_template(*weeks: tuple[Period, ...], first_week: date = MONDAY) -> WeekTemplate:
    """A template in force from a Monday."""
    return WeekTemplate(first_week, weeks)


class TestADay:
    def test_an_exception_stands_for_the_template(self) -> None:
        """S-BOOK-1: a day with an exception goes by its periods, in order; those around it by the
        template.
        """  # noqa: D205  one sentence
        who = anna(
            Period(1, clock(9), clock(10)),
            Period(2, clock(9), clock(10)),
            exceptions=(
                DayException(MONDAY),
                DayException(TUESDAY, (AFTERNOON, MORNING)),
            ),
        )

        assert periods_on(who, TUESDAY) == (MORNING, AFTERNOON)
        assert periods_on(who, MONDAY) == ()
        assert periods_on(who, TUESDAY + timedelta(days=1)) == (DayPeriod(clock(9), clock(10)),)

    def test_a_day_s_periods_stand_in_order(self) -> None:
        """S-BOOK-1: however a template lists them, a day's periods come by their start."""
        late, early = Period(1, clock(13), clock(16)), Period(1, clock(8), clock(12))

        assert periods_on(anna(late, early), TUESDAY) == (MORNING, AFTERNOON)

    def test_the_last_template_that_has_begun_is_in_force(self) -> None:
        """S-BOOK-1: a template holds from its Monday until the next begins; before all there is
        none, in whatever order they are listed.
        """  # noqa: D205  one sentence
        later = MONDAY + timedelta(weeks=3)
        one = of_template((Period(0, clock(8), clock(9)),))
        two = of_template((Period(0, clock(9), clock(10)),), first_week=later)
        for templates in ((one, two), (two, one)):
            who = anna(templates=templates)
            assert template_on(who, MONDAY - timedelta(days=1)) is None
            assert periods_on(who, MONDAY - timedelta(days=7)) == ()
            assert template_on(who, MONDAY) == one
            assert template_on(who, later - timedelta(days=1)) == one
            assert template_on(who, later) == two

    def test_weeks_take_turns(self) -> None:
        """S-BOOK-1: the weeks of a rotation come one after another from its first Monday on, and
        then again; a week turns on Monday.
        """  # noqa: D205  one sentence
        weeks = tuple((Period(day, clock(hour), clock(12)),) for day, hour in ((0, 8), (1, 9)))
        template = of_template(*weeks, ())
        turns = [turn_of(template, MONDAY + timedelta(days=day)) for day in range(28)]

        assert turns == [0] * 7 + [1] * 7 + [2] * 7 + [0] * 7
        first, second, third = rotation(template)
        assert first == ((MORNING,), (), (), (), (), (), ())
        assert second == ((), (DayPeriod(clock(9), clock(12)),), (), (), (), (), ())
        assert third == ((),) * 7


class TestStarts:
    def test_they_follow_each_other_from_the_start_of_the_period(self) -> None:
        """S-BOOK-1: starts lie a length and a pause apart; the last has its whole length in the
        period, and its pause may lie outside.
        """  # noqa: D205  one sentence
        hour = DayPeriod(clock(8), clock(8, 55))
        eight = day_start(TUESDAY) + clock(8)

        assert starts_on(TUESDAY, (hour,), OWN) == [eight, eight + 20, eight + 40]
        shorter = DayPeriod(clock(8), clock(8, 54))
        assert starts_on(TUESDAY, (shorter,), OWN) == [eight, eight + 20]

    def test_periods_for_other_types_have_none(self) -> None:
        """S-BOOK-1: a period that is for some types has no start for another, and is no reason."""
        for_long = DayPeriod(clock(8), clock(9), frozenset({LONG}))
        eight = day_start(TUESDAY) + clock(8)

        assert starts_on(TUESDAY, (for_long,), OWN) == []
        assert lies_in_period(eight, (for_long,), OWN) is None
        assert starts_on(TUESDAY, (for_long, AFTERNOON), OWN)[0] == eight + 5 * 60

    def test_a_time_lies_on_the_grid_off_it_or_outside(self) -> None:
        """D-BOOK-14: a whole length in the period is on its grid or off it; less is outside."""
        hour = (DayPeriod(clock(8), clock(8, 55)),)
        eight = day_start(TUESDAY) + clock(8)
        answers = {at: lies_in_period(eight + at, hour, OWN) for at in range(-20, 60)}

        assert [at for at, answer in answers.items() if answer] == [0, 20, 40]
        assert [at for at, answer in answers.items() if answer is None] == [
            *range(-20, 0),
            *range(41, 60),
        ]

    def test_any_period_s_grid_will_do(self) -> None:
        """D-BOOK-14: where two periods hold a time, being on the grid of either is enough."""
        two = DayPeriod(clock(8), clock(9)), DayPeriod(clock(8, 10), clock(9, 10))
        eight = day_start(TUESDAY) + clock(8)

        assert [lies_in_period(eight + at, two, OWN) for at in (0, 10, 20, 30, 35)] == [
            True,
            True,
            True,
            True,
            False,
        ]

    @pytest.mark.parametrize("change", CHANGES, ids=str)
    def test_both_say_the_same_when_clocks_change(self, change: date) -> None:
        """D-BOOK-9: at every minute of a night on which clocks change, what can begin is on the
        grid, and nothing else.
        """  # noqa: D205  one sentence
        night = DayPeriod(clock(1, 30), clock(4)), DayPeriod(clock(4), clock(5))
        starts = starts_on(change, night, OWN)
        begin = day_start(change)

        assert starts == sorted(set(starts))
        assert starts == [
            at for at in range(begin, begin + clock(6)) if lies_in_period(at, night, OWN)
        ]


class TestClosed:
    def test_closed_periods_are_joined(self) -> None:
        """D-BOOK-10: periods that touch are one stretch, in whatever order they stand."""
        nine, ten, eleven, one = (wall(TUESDAY, hour) for hour in (9, 10, 11, 13))
        closed = (ClosedPeriod(ten, eleven), ClosedPeriod(nine, ten), ClosedPeriod(eleven, one))
        apart = (ClosedPeriod(eleven, one), ClosedPeriod(nine, ten))
        at = {hour: day_start(TUESDAY) + clock(hour) for hour in (9, 10, 11, 13)}

        assert closed_stretches(closed) == [(at[9], at[13])]
        assert closed_stretches(apart) == [(at[9], at[10]), (at[11], at[13])]

    def test_what_no_clock_shows_is_no_stretch(self) -> None:
        """D-BOOK-9: a period inside the hour that is left out in spring closes nothing."""
        spring, autumn = CHANGES
        lost = ClosedPeriod(wall(spring, 2, 15), wall(spring, 2, 45))
        twice = ClosedPeriod(wall(autumn, 2, 15), wall(autumn, 2, 45))

        assert closed_stretches([lost]) == []
        ((first, end),) = closed_stretches([twice])
        assert end - first == 90

    def test_minutes_count(self) -> None:
        """D-BOOK-10: a closed period begins and ends on the minute, on whatever days."""
        closed = ClosedPeriod(
            datetime.combine(TUESDAY, datetime.min.time()) + timedelta(minutes=607),
            wall(TUESDAY + timedelta(days=2), 9, 11),
        )

        assert closed_stretches([closed]) == [
            (day_start(TUESDAY) + 607, day_start(TUESDAY + timedelta(days=2)) + clock(9, 11))
        ]


_STRETCHES = st.lists(
    st.tuples(st.integers(0, 30), st.integers(1, 8)).map(lambda one: (one[0], one[0] + one[1])),
    max_size=5,
)


def _minutes(stretches: list[Stretch]) -> set[int]:
    return {minute for first, end in stretches for minute in range(first, end)}


class TestArithmetic:
    @given(_STRETCHES)
    def test_merged_holds_the_same_minutes_apart(self, drawn: list[Stretch]) -> None:
        """What is joined has the minutes that it had, in stretches that lie apart, in order."""
        joined = merged(sorted(drawn))

        assert _minutes(joined) == _minutes(drawn)
        assert all(one[1] < other[0] for one, other in pairwise(joined))

    @given(_STRETCHES, _STRETCHES)
    def test_without_leaves_the_other_minutes(
        self, drawn: list[Stretch], taken: list[Stretch]
    ) -> None:
        """What is left are the minutes that only the first had, in stretches with a minute each."""
        left = without(merged(sorted(drawn)), merged(sorted(taken)))

        assert _minutes(left) == _minutes(drawn) - _minutes(taken)
        assert all(first < end for first, end in left)
        assert all(one[1] < other[0] for one, other in pairwise(left))
