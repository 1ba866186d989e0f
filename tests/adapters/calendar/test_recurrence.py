"""The moments of a rule, compared with dateutil's, which is slow, unbounded and well tried."""

from datetime import datetime, timedelta
from itertools import takewhile
from typing import Any

import pytest
from dateutil import rrule
from hypothesis import given
from hypothesis import strategies as st

from eservices_adapters.calendar.recurrence import (
    Allowance,
    Frequency,
    Rule,
    TooMuch,
    instances,
)

STARTS = st.datetimes(datetime(2024, 1, 1), datetime(2027, 12, 31)).map(  # noqa: DTZ001  a wall's
    lambda at: at.replace(second=0, microsecond=0)
)


def _some(least: int, most: int, size: int = 3) -> st.SearchStrategy[list[int]]:
    return st.lists(
        st.integers(least, most).filter(bool) if least < 0 else st.integers(least, most),
        min_size=1, max_size=size, unique=True,
    ).map(sorted)  # fmt: skip


# For each frequency, the parts that are drawn together: dateutil never comes back from some others.
PARTS: dict[Frequency, list[dict[str, st.SearchStrategy[Any]]]] = {
    Frequency.YEARLY: [
        {},
        {"bymonth": _some(1, 12), "bymonthday": _some(-28, 28)},
        {"byyearday": _some(-365, 365, 30)},
        {"byweekno": _some(-52, 52), "byweekday": _some(0, 6)},
        {"byweekday": st.tuples(st.integers(0, 6), st.sampled_from([1, 3, 20, 52, -1, -9]))},
        {"bymonth": _some(1, 12), "byweekday": st.tuples(st.integers(0, 6), st.integers(1, 4))},
        {"bymonth": _some(1, 12), "byweekday": _some(0, 6), "bysetpos": _some(-3, 3)},
    ],
    Frequency.MONTHLY: [
        {},
        {"bymonthday": _some(-31, 31)},
        {"byweekday": st.tuples(st.integers(0, 6), st.sampled_from([1, 2, 4, 5, -1, -2, -5]))},
        {"byweekday": _some(0, 6), "bysetpos": _some(-3, 3)},
        {"byhour": _some(0, 23), "byminute": _some(0, 59)},
        {"bymonthday": _some(13, 13), "byweekday": _some(4, 4)},
    ],
    Frequency.WEEKLY: [{}, {"byweekday": _some(0, 6)}, {"bymonth": _some(1, 12)}],
    Frequency.DAILY: [
        {},
        {"byweekday": _some(0, 6)},
        {"bymonth": _some(1, 12)},
        {"byhour": _some(0, 23)},
    ],
    Frequency.HOURLY: [{}, {"byhour": _some(0, 23, 6), "byminute": _some(0, 59)}],
}


@given(st.data(), STARTS)
def test_moments_are_those_of_dateutil(data: st.DataObject, start: datetime) -> None:
    """faults: 163. Whatever a rule says, its moments in a window are those that dateutil gives."""
    frequency = data.draw(st.sampled_from(sorted(PARTS)))
    parts = data.draw(st.sampled_from(PARTS[frequency]).flatmap(st.fixed_dictionaries))
    interval = data.draw(st.integers(1, 3))
    if frequency is Frequency.HOURLY and parts:
        interval = 1  # every third hour may never be the one that is wanted
    week_start, count = data.draw(st.integers(0, 6)), data.draw(st.none() | st.integers(1, 40))
    low = start + timedelta(days=data.draw(st.integers(-10, 900)))
    high = low + timedelta(days=data.draw(st.integers(0, 500)))
    days = parts.get("byweekday", [])
    numbered = isinstance(days, tuple)
    theirs = rrule.rrule(
        int(frequency), dtstart=start, interval=interval, wkst=week_start, count=count,
        **{**parts, **({"byweekday": rrule.weekdays[days[0]](days[1])} if numbered else {})},
    )  # fmt: skip
    rule = Rule(
        frequency, interval, count, None, week_start,
        months=frozenset(parts.get("bymonth", [])),
        week_numbers=frozenset(parts.get("byweekno", [])),
        year_days=frozenset(parts.get("byyearday", [])),
        month_days=frozenset(parts.get("bymonthday", [])),
        weekdays=frozenset() if numbered else frozenset(days),
        nth_weekdays=frozenset([days]) if numbered else frozenset(),
        hours=tuple(parts.get("byhour", [])),
        minutes=tuple(parts.get("byminute", [])),
        positions=tuple(parts.get("bysetpos", [])),
    )  # fmt: skip
    wanted = [at for at in takewhile(lambda at: at <= high, theirs) if at >= low]
    assert list(instances(rule, start, low, high, Allowance())) == wanted


def test_an_allowance_ends() -> None:
    """A rule that never matches is paid for day by day, until nothing is left."""
    rule = Rule(Frequency.DAILY, months=frozenset({2}), month_days=frozenset({30}), count=1)
    start, far = datetime(1, 1, 1), datetime(2027, 1, 1)  # noqa: DTZ001  a wall's
    with pytest.raises(TooMuch):
        _ = list(instances(rule, start, far, far, Allowance()))
    allowance = Allowance(file=10)
    with pytest.raises(TooMuch):
        _ = list(instances(rule, far, far, far + timedelta(days=20), allowance))
