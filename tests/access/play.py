"""How tests of the machines are told: given these events, when this command, then those events.

Here: folding, playing commands, and walking every state that can be reached. Not here: any rule.
"""

from collections.abc import Callable, Collection
from enum import Enum
from functools import reduce
from typing import Any, Generic, TypeVar, get_args

from attrs import field, frozen

from eservices_core.outcome import Failure, Outcome, Success

S = TypeVar("S")
C = TypeVar("C")
E = TypeVar("E")
R = TypeVar("R", bound=Enum)


@frozen
class Machine(Generic[S, C, E, R]):
    """A machine under test: its two functions, its start, and the types of what it gives."""

    decide: Callable[[S, C], Outcome[tuple[E, ...], R]]
    evolve: Callable[[S, E], S]
    start: S
    refusal: type[R]
    events: Any = field(repr=False)
    """The closed union of its events."""

    def given(self, *events: E) -> S:
        """Give the state after these events."""
        return reduce(self.evolve, events, self.start)

    def after(self, *commands: C) -> S:
        """Give the state after these commands, each of which is allowed."""
        return self.play(self.start, *commands)

    def play(self, state: S, *commands: C) -> S:
        """Give the state after these commands from `state`; each of them is allowed."""
        for command in commands:
            outcome = self.decide(state, command)
            assert isinstance(outcome, Success), f"{command} in {state}: {outcome}"
            state = reduce(self.evolve, outcome.unwrap(), state)
        return state

    def step(self, state: S, command: C) -> S:
        """Give the state after one command, allowed or not, having checked what it gave.

        The answer is a typed refusal, or a tuple of the machine's own events, all of which
        `evolve` takes; nothing is raised.
        """
        outcome = self.decide(state, command)
        if isinstance(outcome, Failure):
            assert isinstance(outcome.failure(), self.refusal), f"{command}: {outcome}"
            return state
        events = outcome.unwrap()
        assert isinstance(events, tuple), f"{command}: {outcome}"
        assert all(isinstance(event, get_args(self.events)) for event in events), f"{events}"
        return reduce(self.evolve, events, state)

    def reachable(self, commands: Collection[C]) -> frozenset[S]:
        """Walk every state that these commands lead to, trying all of them in each."""
        seen, waiting = {self.start}, [self.start]
        while waiting:
            state = waiting.pop()
            for command in commands:
                then = self.step(state, command)
                if then not in seen:
                    seen.add(then)
                    waiting.append(then)
        return frozenset(seen)
