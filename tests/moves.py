"""A machine that refuses nothing, held to the whole list of its moves."""

from collections.abc import Callable, Sequence
from functools import reduce
from itertools import product
from typing import Any, TypeVar

import pytest

from eservices_core.outcome import Outcome, Success

S = TypeVar("S")
C = TypeVar("C")
E = TypeVar("E")


def hold_to(
    decide: Callable[[S, C], Outcome[tuple[E, ...], Any]],
    evolve: Callable[[S, E], S],
    moves: Sequence[tuple[S, C, tuple[E, ...], S]],
) -> None:
    """Hold a machine to its moves: state, command, the events that follow, and the state after.

    An event that follows in no move from a state cannot have been decided there: an assertion.
    """
    for state, command, events, then in moves:
        assert decide(state, command) == Success(events), (state, command)
        assert reduce(evolve, events, state) == then, (state, command)
    possible = {(state, event) for state, _, events, _ in moves for event in events}
    states = {state for state, *_ in moves}
    for state, event in product(states, {event for _, event in possible}):
        if (state, event) not in possible:
            with pytest.raises(AssertionError):
                _ = evolve(state, event)
