from datetime import date, timedelta
from itertools import pairwise

import pytest

from eservices_core.booking.wall_clock import (
    day_start,
    first_showing,
    last_showing,
    runs,
    showing,
    shown_at,
    stretches,
)
from eservices_core.clinic.booking_settings import clock
from eservices_core.words.interval import instant_of
from tests.booking import oracle

SPRING = date(2026, 3, 29)
AUTUMN = date(2026, 10, 25)
ORDINARY = date(2026, 6, 10)
# In 1940 clocks went forward at midnight; in 1945, 1946 and 1979 to 1981 they went otherwise still.
DAYS = (
    SPRING,
    AUTUMN,
    ORDINARY,
    date(1940, 5, 14),
    date(1940, 5, 15),
    date(1942, 11, 2),
    date(1945, 8, 15),
    date(1980, 4, 6),
    date(1980, 9, 28),
)


@pytest.mark.parametrize("day", DAYS, ids=str)
def test_every_minute_of_a_day_is_what_the_time_zone_says(day: date) -> None:
    """D-BOOK-9: runs, readings and stretches agree with a look at the clock in every minute."""
    minutes = oracle.minutes_of(day)
    assert [at for run in runs(day) for at in range(run.start, run.end)] == [
        at for at, _ in minutes
    ]
    assert day_start(day) == minutes[0][0]
    for at, shown in minutes:
        assert shown_at(at) == (day, shown)
    for time in range(0, clock(24) + 1, 5):
        assert list(showing(day, time)) == [at for at, shown in minutes if shown == time]
        inside = {at for at, shown in minutes if 60 <= shown < time}
        found = stretches(day, 60, time)
        assert {at for first, end in found for at in range(first, end)} == inside
        assert all(one[1] < other[0] for one, other in pairwise(found))
        later = [at for at, shown in minutes if shown >= time]
        earlier = [at for at, shown in minutes if shown < time]
        assert first_showing(day, time) == (later[0] if later else minutes[-1][0] + 1)
        assert last_showing(day, time) == (earlier[-1] + 1 if earlier else minutes[0][0])


def test_the_lengths_of_days() -> None:
    """A day has 23, 24 or 25 hours."""
    hours = {
        day: (day_start(day + timedelta(days=1)) - day_start(day)) / 60
        for day in (SPRING, ORDINARY, AUTUMN)
    }
    assert hours == {SPRING: 23, ORDINARY: 24, AUTUMN: 25}


def test_half_past_two() -> None:
    """D-BOOK-9: half past two is once on most days, never in spring, and twice in autumn."""
    assert [f"{instant_of(at):%H:%M}" for at in showing(ORDINARY, 150)] == ["00:30"]
    assert showing(SPRING, 150) == ()
    assert [f"{instant_of(at):%H:%M}" for at in showing(AUTUMN, 150)] == ["00:30", "01:30"]
    assert first_showing(SPRING, 150) == last_showing(SPRING, 150) == showing(SPRING, 180)[0]
