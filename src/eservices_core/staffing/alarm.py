"""One alarm of a clinic's manager: raised by a look-up, open until they have dealt with it.

Named by its kind and the entry of the audit log that raised it, so it is raised once. Not here:
which look-ups raise one (`watch`).
"""

from datetime import datetime
from typing import Never, TypeAlias, assert_never

from attrs import frozen

from eservices_core.clinic.staff import StaffMember
from eservices_core.outcome import Outcome, Success


@frozen
class NotRaised:
    """Nothing was seen."""


@frozen
class Open:
    """The manager is told of it."""


@frozen
class Closed:
    """The manager has dealt with it."""


Raised: TypeAlias = NotRaised | Open | Closed


@frozen
class Raise:
    """A look-up at that time is one to tell of."""

    at: datetime


@frozen
class Close:
    """The manager has dealt with it."""

    by: StaffMember


Command: TypeAlias = Raise | Close


@frozen
class AlarmRaised:
    """It was raised; `at` is when the look-up was."""

    at: datetime


@frozen
class AlarmClosed:
    """It was dealt with."""

    by: StaffMember


Event: TypeAlias = AlarmRaised | AlarmClosed


def decide(state: Raised, command: Command) -> Outcome[tuple[Event, ...], Never]:
    """Answer a command with the events that follow, () where nothing changes; none is refused."""
    match command:
        case Raise(at):
            return Success((AlarmRaised(at),) if isinstance(state, NotRaised) else ())
        case Close(by):
            return Success((AlarmClosed(by),) if isinstance(state, Open) else ())
        case _:
            assert_never(command)


def evolve(state: Raised, event: Event) -> Raised:
    """Apply an event that `decide` gave; a history that it cannot have given is a bug."""
    match event:
        case AlarmRaised():
            assert isinstance(state, NotRaised)
            return Open()
        case AlarmClosed():
            assert isinstance(state, Open)
            return Closed()
        case _:
            assert_never(event)
