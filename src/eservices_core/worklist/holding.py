"""Who holds an item of the worklist: one member of staff at a time (D-MAIL-4).

An item is taken, let go, or taken over from whoever holds it, with a record; it is free again when
what it stood for is answered or closed. Not here: what the item is (`items`), and whether anything
still waits, which its own machine knows.
"""

from datetime import datetime
from enum import Enum, unique
from typing import TypeAlias, assert_never

from attrs import frozen

from eservices_core.clinic.staff import StaffMember
from eservices_core.outcome import Failure, Outcome, Success
from eservices_core.words.identifiers import StaffId


@frozen
class Free:
    """Nobody has taken it."""


@frozen
class HeldBy:
    """Somebody is at it, since then."""

    staff: StaffMember
    since: datetime


Holding: TypeAlias = Free | HeldBy


@frozen
class Take:
    """Take it, if nobody has."""

    by: StaffMember
    at: datetime


@frozen
class TakeOver:
    """Take it, whoever has it."""

    by: StaffMember
    at: datetime


@frozen
class LetGo:
    """Leave it to others."""

    by: StaffMember


@frozen
class End:
    """Nothing waits any more."""


@unique
class CloseReason(Enum):
    """Why staff close what no other act of theirs answers; closed."""

    HANDLED = "handled"
    PATIENT_CALLED = "patient_called"
    NOTIFIED = "notified"
    """A breach was notified to the authority, or to whom it concerns."""
    NOTHING_TO_DO = "nothing_to_do"


@frozen
class Close:
    """Staff close it."""

    by: StaffMember
    reason: CloseReason
    at: datetime


Command: TypeAlias = Take | TakeOver | LetGo | End | Close


@frozen
class ItemTaken:
    """Somebody is at it."""

    by: StaffMember
    at: datetime


@frozen
class ItemTakenOver:
    """Somebody is at it, where another was."""

    by: StaffMember
    before: StaffId
    at: datetime


@frozen
class ItemLetGo:
    """Whoever was at it is so no more."""

    by: StaffMember


@frozen
class HoldingEnded:
    """It was answered or closed while somebody was at it."""


@frozen
class ItemClosed:
    """Staff closed it, with a reason."""

    by: StaffMember
    reason: CloseReason
    at: datetime


Event: TypeAlias = ItemTaken | ItemTakenOver | ItemLetGo | HoldingEnded | ItemClosed


@unique
class HoldingRefusal(Enum):
    """Why not."""

    HELD_BY_ANOTHER = "held_by_another"


def decide(state: Holding, command: Command) -> Outcome[tuple[Event, ...], HoldingRefusal]:
    """Answer a command with the events that follow, () where nothing changes, or a refusal."""
    match command:
        case Take(by, at) | TakeOver(by, at):
            return _take(state, by, at, over=isinstance(command, TakeOver))
        case LetGo(by):
            match state:
                case Free():
                    return Success(())
                case HeldBy(staff):
                    mine = staff == by
                    held = Failure(HoldingRefusal.HELD_BY_ANOTHER)
                    return Success((ItemLetGo(by),)) if mine else held
                case _:
                    assert_never(state)
        case End():
            return Success(() if isinstance(state, Free) else (HoldingEnded(),))
        case Close(by, reason, at):
            if isinstance(state, HeldBy) and state.staff != by:
                return Failure(HoldingRefusal.HELD_BY_ANOTHER)
            return Success((ItemClosed(by, reason, at),))
        case _:
            assert_never(command)


def _take(
    state: Holding, by: StaffMember, at: datetime, *, over: bool
) -> Outcome[tuple[Event, ...], HoldingRefusal]:
    match state:
        case Free():
            return Success((ItemTaken(by, at),))
        case HeldBy(staff) if staff == by:
            return Success(())
        case HeldBy(staff) if over:
            return Success((ItemTakenOver(by, staff.staff, at),))
        case HeldBy():
            return Failure(HoldingRefusal.HELD_BY_ANOTHER)
        case _:
            assert_never(state)


def evolve(state: Holding, event: Event) -> Holding:
    """Apply an event that `decide` gave; a history that it cannot have given is a bug."""
    match event:
        case ItemTaken(by, at):
            assert isinstance(state, Free)
            return HeldBy(by, at)
        case ItemTakenOver(by, _, at):
            assert isinstance(state, HeldBy)
            return HeldBy(by, at)
        case ItemLetGo() | HoldingEnded():
            assert isinstance(state, HeldBy)
            return Free()
        case ItemClosed():
            return Free()
        case _:
            assert_never(event)
