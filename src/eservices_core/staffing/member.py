"""One member of staff at one clinic: enrolled with a role, given another, given an end date, gone.

Here: the life, and what of it others ask (`StaffRecord`, `standing_of`). The name is content, in a
record of its own. Not here: what a role may do (`permissions`), and how anybody logs in (`entry`).

Nobody has to end anything when an end date comes: standing is asked of the clock at every act, so
a leaver may do nothing from that instant on. `NoteLeft` is for what must then be handed back.
"""

from datetime import datetime
from enum import Enum, unique
from typing import TypeAlias, assert_never

from attrs import evolve as with_changes
from attrs import frozen

from eservices_core.clinic.staff import StaffMember
from eservices_core.outcome import Failure, Outcome, Success
from eservices_core.tables import Fact


@unique
class Role(Fact):
    """What a member of staff is at the clinic; one each (D-STAFF-1)."""

    RECEPTION = "reception"
    PRACTITIONER = "practitioner"
    MANAGER = "manager"
    """Whoever answers for the clinic; may do what a practitioner may, and administers."""
    SUPPORT = "support"
    """The supplier's or the IT firm's people: settings, and never a patient's data."""


@unique
class Standing(Fact):
    """How a person stands to the clinic at an instant."""

    ACTIVE = "active"
    NOT_BEGUN = "not_begun"
    LEFT = "left"
    UNKNOWN = "unknown"
    """Nobody of that id was ever enrolled there."""


@frozen
class StaffRecord:
    """What a directory says of a member of staff.

    Attributes:
        begins_at: the first instant at which they may act, an aware one.
        ends_at: the first instant at which they may not any more; None while no end is known.
    """

    role: Role
    begins_at: datetime
    ends_at: datetime | None = None


def standing_of(record: StaffRecord | None, at: datetime) -> Standing:
    """Say how a person stands to the clinic at an instant; the end itself is past."""
    if record is None:
        return Standing.UNKNOWN
    if record.ends_at is not None and at >= record.ends_at:
        return Standing.LEFT
    return Standing.NOT_BEGUN if at < record.begins_at else Standing.ACTIVE


# --- states --------------------------------------------------------------------------------------


@frozen
class NotEnrolled:
    """Nobody of that id was ever enrolled here."""


@frozen
class Enrolled:
    """Works here, or will; no end is known."""

    role: Role
    begins_at: datetime


@frozen
class Leaving:
    """An end date is set; it may have come."""

    role: Role
    begins_at: datetime
    ends_at: datetime


@frozen
class Left:
    """Gone, and what they held is handed back."""

    role: Role
    begins_at: datetime
    ends_at: datetime


Member: TypeAlias = NotEnrolled | Enrolled | Leaving | Left


def record_of(state: Member) -> StaffRecord | None:
    """Give what the state says to whoever asks; None where there is nobody."""
    match state:
        case NotEnrolled():
            return None
        case Enrolled(role, begins_at):
            return StaffRecord(role, begins_at)
        case Leaving(role, begins_at, ends_at) | Left(role, begins_at, ends_at):
            return StaffRecord(role, begins_at, ends_at)
        case _:
            assert_never(state)


# --- commands ------------------------------------------------------------------------------------


@frozen
class Enroll:
    """Take a person on, or on again; `by` is None for a clinic's first manager."""

    role: Role
    begins_at: datetime
    by: StaffMember | None
    at: datetime


@frozen
class ChangeRole:
    """Give another role, from now on."""

    role: Role
    by: StaffMember
    at: datetime


@frozen
class SetEnd:
    """Set the end date, or another one; `ends_at` of now ends it at once."""

    ends_at: datetime
    by: StaffMember
    at: datetime


@frozen
class LiftEnd:
    """They stay after all."""

    by: StaffMember
    at: datetime


@frozen
class NoteLeft:
    """Note that the end date has come."""

    at: datetime


Command: TypeAlias = Enroll | ChangeRole | SetEnd | LiftEnd | NoteLeft

# --- events --------------------------------------------------------------------------------------


@frozen
class StaffEnrolled:
    """Works here from `begins_at` on."""

    role: Role
    begins_at: datetime
    by: StaffMember | None


@frozen
class RoleChanged:
    """Has another role."""

    role: Role
    by: StaffMember


@frozen
class EndSet:
    """Leaves at `ends_at`."""

    ends_at: datetime
    by: StaffMember


@frozen
class EndLifted:
    """Stays after all."""

    by: StaffMember


@frozen
class StaffLeft:
    """The end date has come."""


Event: TypeAlias = StaffEnrolled | RoleChanged | EndSet | EndLifted | StaffLeft


@unique
class MemberRefusal(Enum):
    """Why a command is refused; nothing has changed."""

    NOT_ENROLLED = "not_enrolled"
    ALREADY_ENROLLED = "already_enrolled"
    HAS_LEFT = "has_left"
    SAME_ROLE = "same_role"
    END_IS_PAST = "end_is_past"
    END_BEFORE_BEGIN = "end_before_begin"
    NO_END = "no_end"
    NOT_YET = "not_yet"


_Decided: TypeAlias = Outcome[tuple[Event, ...], MemberRefusal]


def decide(state: Member, command: Command) -> _Decided:
    """Answer a command with the events that follow, or with why it is refused."""
    match command:
        case Enroll(role, begins_at, by, at):
            return _enroll(state, StaffEnrolled(role, begins_at, by), at)
        case NoteLeft(at):
            return _note_left(state, at)
        case ChangeRole() | SetEnd() | LiftEnd():
            match state:
                case NotEnrolled():
                    return Failure(MemberRefusal.NOT_ENROLLED)
                case Left():
                    return Failure(MemberRefusal.HAS_LEFT)
                case Enrolled() | Leaving():
                    if _is_over(state, command.at):
                        return Failure(MemberRefusal.HAS_LEFT)
                    return _of_one_who_is_here(state, command)
                case _:
                    assert_never(state)
        case _:
            assert_never(command)


def _is_over(state: Enrolled | Leaving, at: datetime) -> bool:
    return isinstance(state, Leaving) and at >= state.ends_at


def _enroll(state: Member, enrolled: StaffEnrolled, at: datetime) -> _Decided:
    match state:
        case NotEnrolled() | Left():
            return Success((enrolled,))
        case Leaving() if _is_over(state, at):
            return Success((StaffLeft(), enrolled))
        case Enrolled() | Leaving():
            return Failure(MemberRefusal.ALREADY_ENROLLED)
        case _:
            assert_never(state)


def _note_left(state: Member, at: datetime) -> _Decided:
    match state:
        case NotEnrolled():
            return Failure(MemberRefusal.NOT_ENROLLED)
        case Left():
            return Success(())
        case Leaving() if _is_over(state, at):
            return Success((StaffLeft(),))
        case Enrolled() | Leaving():
            return Failure(MemberRefusal.NOT_YET)
        case _:
            assert_never(state)


def _of_one_who_is_here(
    state: Enrolled | Leaving, command: ChangeRole | SetEnd | LiftEnd
) -> _Decided:
    match command:
        case ChangeRole(role, by):
            if role is state.role:
                return Failure(MemberRefusal.SAME_ROLE)
            return Success((RoleChanged(role, by),))
        case SetEnd(ends_at, by, at):
            if ends_at < at:
                return Failure(MemberRefusal.END_IS_PAST)
            if ends_at < state.begins_at:
                return Failure(MemberRefusal.END_BEFORE_BEGIN)
            return Success((EndSet(ends_at, by),))
        case LiftEnd(by):
            if isinstance(state, Enrolled):
                return Failure(MemberRefusal.NO_END)
            return Success((EndLifted(by),))
        case _:
            assert_never(command)


def evolve(state: Member, event: Event) -> Member:
    """Apply an event that `decide` gave; a history that it cannot have given is a bug."""
    match event:
        case StaffEnrolled(role, begins_at):
            assert isinstance(state, NotEnrolled | Left)
            return Enrolled(role, begins_at)
        case RoleChanged(role):
            assert isinstance(state, Enrolled | Leaving)
            return with_changes(state, role=role)
        case EndSet(ends_at):
            assert isinstance(state, Enrolled | Leaving)
            return Leaving(state.role, state.begins_at, ends_at)
        case EndLifted():
            assert isinstance(state, Leaving)
            return Enrolled(state.role, state.begins_at)
        case StaffLeft():
            assert isinstance(state, Leaving)
            return Left(state.role, state.begins_at, state.ends_at)
        case _:
            assert_never(event)
