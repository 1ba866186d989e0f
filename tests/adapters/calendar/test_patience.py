"""How often, how fast, and what unexplained refusals come to."""

import time

import pytest

from eservices_adapters.calendar.changing import Again
from eservices_adapters.calendar.patience import Doubt, Pace
from eservices_core.ports.calendar import CalendarUnreachable
from eservices_core.testing.memory import SeededChance

HERE = (("/a/x.ics", '"1"'),)
THERE = (("/a/x.ics", '"2"'),)


def test_a_refusal_that_is_explained_is_forgotten() -> None:
    """faults: 159. Where ours lies at another version each time, one may try for ever."""
    doubt = Doubt()
    for version in range(20):
        doubt.look_at((("/a/x.ics", str(version)),))
        doubt.take(Again(412))
        assert not doubt.lists_everything


def test_one_that_nothing_explains_ends_it() -> None:
    """faults: 159. Refused, refused again, everything listed, and nothing has changed: given up."""
    doubt = Doubt()
    doubt.look_at(HERE)
    doubt.take(Again(412))
    assert not doubt.lists_everything
    doubt.look_at(HERE)
    doubt.take(Again(412))
    assert doubt.lists_everything
    with pytest.raises(CalendarUnreachable, match="412"):
        doubt.look_at(HERE)


def test_everything_listed_may_explain_it() -> None:
    """faults: 163. A server's list of changes lags, the whole list does not: one goes on."""
    doubt = Doubt()
    for _ in range(2):
        doubt.look_at(HERE)
        doubt.take(Again(412))
    assert doubt.lists_everything
    doubt.look_at(THERE)
    doubt.take(Again(412))
    assert not doubt.lists_everything


def test_a_broken_line_is_no_refusal() -> None:
    """faults: 160. What may be done is looked at again, and never counted as a riddle."""
    doubt = Doubt()
    for _ in range(20):
        doubt.look_at(HERE)
        doubt.take(Again(502, may_be_done=True))
        assert doubt.asked
        assert not doubt.lists_everything


def test_nothing_was_asked_before_anything_was() -> None:
    """An attempt that stopped at looking has asked for no change."""
    doubt = Doubt()
    doubt.look_at(HERE)
    doubt.take(Again(asked=False))
    assert not doubt.asked


def test_tries_troubles_and_time_each_end_it() -> None:
    """A call ends after so many tries, far fewer broken lines, or when its time is over."""
    chance = SeededChance()
    assert [Pace(chance, 60, tries=1).goes_on()] == [False]
    pace = Pace(chance, 60, tries=9, troubles=3)
    assert [pace.goes_on(broken=True) for _ in range(3)] == [True, True, False]
    began = time.monotonic()
    pace = Pace(chance, 0.2, tries=1_000)
    while pace.goes_on():
        pass
    assert time.monotonic() - began < 2
