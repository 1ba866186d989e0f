"""Machines, observed: what every command comes to in every state, found by running them.

Here: what a machine is to an observer, and the walk that tries its commands breadth-first. So a
diagram cannot disagree with the code: there is no second description of it. Not here: what is tried
on which machine (`exemplars`), and how what was seen is drawn (`shown`).
"""

from collections import deque
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from attrs import field, frozen

from eservices_core.outcome import Failure, Outcome

_STATES_MAX: Final = 2_000


def _name_of(state: object) -> str:
    return type(state).__name__


@frozen(eq=False)
class Machine:
    """A machine and what to try on it.

    Attributes:
        name: the name of its module, in `access`, `booking` or `consultation`.
        what: whose life it is, as half a sentence.
        initial: the state before any event.
        commands: exemplars; each with what to call it.
        decide: state and command in; events, or a refusal, out.
        evolve: state and event in, the next state out.
        states: the name of a state; the name of its class, where nothing else is said.
    """

    name: str
    what: str
    initial: object
    commands: Sequence[tuple[str, object]]
    decide: Callable[[Any, Any], Outcome[tuple[Any, ...], Any]]
    evolve: Callable[[Any, Any], Any]
    states: Callable[[Any], str] = field(default=_name_of)


@frozen
class Moved:
    """The command was allowed; the state is now called `to`, which may be the name it had."""

    to: str
    events: tuple[str, ...]


@frozen
class Nothing:
    """The command was allowed, and there was nothing to do."""


@frozen
class Refused:
    """The command was refused, and nothing changed."""

    reason: str


Seen = Moved | Nothing | Refused


@frozen
class Observed:
    """What a walk over a machine has seen.

    Attributes:
        states: the names of the states that can be reached, nearest first.
        answers: by name of state and of command, each different answer once, in order of sight.
        reached: every state itself.
        events: every event that was seen.
    """

    states: tuple[str, ...]
    answers: Mapping[tuple[str, str], tuple[Seen, ...]]
    reached: tuple[object, ...]
    events: tuple[object, ...]


def observe(machine: Machine) -> Observed:
    """Try every exemplar in every state that can be reached from the first one."""
    reached: dict[object, None] = {machine.initial: None}
    events_seen: dict[object, None] = {}
    answers: dict[tuple[str, str], dict[Seen, None]] = {}
    waiting: deque[object] = deque((machine.initial,))
    while waiting:
        state = waiting.popleft()
        for name, command in machine.commands:
            outcome = machine.decide(state, command)
            seen: Seen
            if isinstance(outcome, Failure):
                seen = Refused(str(outcome.failure().value))
            else:
                after = state
                for event in outcome.unwrap():
                    after = machine.evolve(after, event)
                    events_seen[event] = None
                kinds = tuple(type(event).__name__ for event in outcome.unwrap())
                seen = Moved(machine.states(after), kinds) if kinds else Nothing()
                if after not in reached:
                    reached[after] = None
                    waiting.append(after)
            answers.setdefault((machine.states(state), name), {})[seen] = None
        assert len(reached) <= _STATES_MAX, f"{machine.name}: the exemplars never come to an end"
    return Observed(
        states=tuple(dict.fromkeys(machine.states(state) for state in reached)),
        answers={where: tuple(seen) for where, seen in answers.items()},
        reached=tuple(reached),
        events=tuple(events_seen),
    )
