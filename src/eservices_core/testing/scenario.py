"""Given, when, then: a machine's rules as sentences of events and commands.

    from eservices_core.access import session
    from eservices_core.events import SESSION
    from eservices_core.testing.scenario import given

    given(begun).of(SESSION).when(session.End(), session.decide).then(session.SessionEnded())

What was given is folded with the machine's own `evolve`, so a history that cannot be is a bug in
the test; `then` takes exactly the events that follow, in their order, and gives the case that comes
after them, so a story can go on. Where `decide` takes more than state and command, bind the rest
first: `partial(guesses.decide, limits=CodeLimits())`. Needs neither pytest nor Hypothesis.
"""

from collections.abc import Callable
from typing import Any, Generic, TypeVar

from attrs import frozen

from eservices_core.events import DomainEvent, Kind
from eservices_core.outcome import Failure, Outcome, Success

S = TypeVar("S")
E = TypeVar("E")
C = TypeVar("C")
R = TypeVar("R")


@frozen
class Given:
    """Events that have happened."""

    events: tuple[Any, ...]
    """Of any machine: which one's they are is known when `of` names it."""

    def of(self, kind: Kind[S, E]) -> "Case[S, E]":
        """Fold the events into the state of a machine.

        A history that cannot be, or another machine's event, is an AssertionError.
        """
        case: Case[S, E] = Case(kind, kind.initial, ())
        for event in self.events:
            case = case.after(event)
        return case


def given(*events: DomainEvent) -> Given:
    """Begin with what has happened; with nothing, the machine is in its first state.

    >>> from eservices_core.access import user
    >>> from eservices_core.events import USER
    >>> nobody = given().of(USER)
    >>> created = nobody.when(user.Create(user.CreatedBy.CLINIC), user.decide)
    >>> active = created.then(user.UserCreated(user.CreatedBy.CLINIC, None)).state
    >>> nobody.when(user.Lock(), user.decide).then_refused(user.UserRefusal.LOCKED)
    Traceback (most recent call last):
    AssertionError: user:
      given     nothing
      when      Lock()
      then      refused: UserRefusal.LOCKED
      but       refused: UserRefusal.NO_USER
    """
    return Given(events)


@frozen
class Case(Generic[S, E]):
    """A machine in a state, and how it got there."""

    kind: Kind[S, E]
    state: S
    events: tuple[E, ...]

    def after(self, event: E) -> "Case[S, E]":
        """Give the case after one more event."""
        return Case(self.kind, self.kind.evolve(self.state, event), (*self.events, event))

    def when(
        self, command: C, decide: Callable[[S, C], Outcome[tuple[E, ...], R]]
    ) -> "Decided[S, E, R]":
        """Decide a command in this state."""
        return Decided(self, command, decide(self.state, command))


@frozen
class Decided(Generic[S, E, R]):
    """What a command has come to, to be compared with what it should."""

    case: Case[S, E]
    command: object
    outcome: Outcome[tuple[E, ...], R]

    def then(self, *events: E) -> Case[S, E]:
        """Expect exactly these events, in this order; with none, that nothing changes."""
        if self.outcome != Success(events):
            raise AssertionError(self._story(_events(events)))
        case = self.case
        for event in events:
            case = case.after(event)
        return case

    def then_refused(self, reason: R) -> Case[S, E]:
        """Expect a refusal for this reason; the case is as it was."""
        if self.outcome != Failure(reason):
            raise AssertionError(self._story(f"refused: {reason}"))
        return self.case

    def _story(self, expected: str) -> str:
        if isinstance(self.outcome, Failure):
            found = f"refused: {self.outcome.failure()}"
        else:
            found = _events(self.outcome.unwrap())
        lines = (
            f"{self.case.kind.name}:",
            f"  given     {_events(self.case.events)}",
            f"  when      {self.command}",
            f"  then      {expected}",
            f"  but       {found}",
        )
        return "\n".join(lines)


def _events(events: tuple[object, ...]) -> str:
    return "\n            ".join(map(str, events)) or "nothing"
