"""Every call of every port of every use case goes wrong once, in each way (faults: 12, 151)."""

from itertools import count
from typing import Any, Final

import pytest

from eservices_core.outcome import Failure, Outcome
from tests.usecases.breaking import REFUSALS, How, Killed, PortBroke, breaking
from tests.usecases.every_use_case import CASES, Case
from tests.usecases.looking import HARMLESS, everything, kind_of, rights

each_case: Final = pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])
BREAKS: Final = [how for how in How if how is not How.REFUSES]


@each_case
@pytest.mark.parametrize("how", BREAKS, ids=[how.value for how in BREAKS])
def test_a_call_that_breaks_leaves_nothing_half_done(case: Case, how: How) -> None:
    """faults: 12, 150, 151. Whatever call breaks, all is stored, or nothing that opens a door.

    It comes through to the caller; asked again under its key, it has one effect, and the same.
    """
    untouched, _, _ = case.begin()
    alone, do, command = case.begin()
    expected = do(alone.services, command)
    for place in count():
        day, do, command = case.begin()
        calls = count()
        try:
            _ = do(breaking(day.services, how, calls, place), command)
        except (PortBroke, Killed):
            pass
        else:
            break
        assert rights(day) <= rights(untouched) | rights(alone)
        if everything(day) != everything(alone):
            added = [one.event for one in day.since(untouched.position())]
            assert all(isinstance(event, HARMLESS) for event in added), added
            assert len(day.queue) == len(untouched.queue)
            assert day.names == untouched.names
            assert rights(day) <= rights(untouched)
        assert kind_of(do(day.services, command)) == kind_of(expected)
        assert everything(day) == everything(alone)
    assert place > 3, "a use case looks at the clock and at the store, at least"


@each_case
def test_a_port_that_says_no_is_heard(case: Case) -> None:
    """faults: 12. Whatever port says no, the answer is a refusal, or the same as without it.

    A refusal stores nothing that opens a door; who was only late is decided anew, to the same end.
    """
    untouched, _, _ = case.begin()
    alone, do, command = case.begin()
    expected = do(alone.services, command)
    for place in count():
        day, do, command = case.begin()
        calls = count()
        said: Outcome[Any, Any] = do(breaking(day.services, How.REFUSES, calls, place), command)
        if next(calls) <= place:
            break
        assert rights(day) <= rights(untouched) | rights(alone)
        if isinstance(said, Failure) and kind_of(said) != kind_of(expected):
            assert rights(day) <= rights(untouched)
            assert day.names == untouched.names
        else:
            assert kind_of(said) == kind_of(expected)


def test_every_refusal_of_a_port_is_tried() -> None:
    """The catalogue of use cases meets every no that a port can say."""
    met: set[tuple[str, str]] = set()

    class Noting(dict[tuple[str, str], Any]):
        def get(self, key: tuple[str, str], default: Any = None) -> Any:
            met.add(key)
            return super().get(key, default)

    for case in CASES:
        day, do, command = case.begin()
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("tests.usecases.breaking.REFUSALS", Noting(REFUSALS))
            _ = do(breaking(day.services, How.REFUSES, count(), -1), command)
    assert met >= REFUSALS.keys()
