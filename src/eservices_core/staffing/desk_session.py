"""How staff are let in, and for how long: two factors, and a session that is asked (D-STAFF-1).

The login itself is the portal's or the clinic's own system's: it says who came and with how many
factors. Here: whether that is enough, and the session that follows. Standing is asked again at
every use, so an end date ends open sessions by itself. A session of staff is of no use as a
patient's, nor the other way round: nobody can 'view as patient'.
"""

from datetime import datetime, timedelta
from enum import Enum, unique
from typing import Final, TypeAlias, assert_never

from attrs import frozen

from eservices_core.clinic.staff import StaffMember
from eservices_core.outcome import Failure, Outcome, Success
from eservices_core.staffing.member import Standing
from eservices_core.tables import Fact, Row, Table, but, when
from eservices_core.texts import NextStep, Says

SESSION_LASTS: Final = timedelta(hours=10)
"""D-STAFF-101: a working day; who works on logs in again."""


@unique
class Factors(Fact):
    """With how many factors somebody was identified."""

    ONE = "one"
    TWO = "two"


@frozen
class EntryFacts:
    """What it rests on."""

    standing: Standing
    factors: Factors


@unique
class Entry(Fact):
    """Whether they are let in."""

    LET_IN = "let_in"
    KEPT_OUT = "kept_out"


ENTRY: Final = Table(
    "staff.entry",
    "Is this person let in to the clinic's desk?",
    EntryFacts,
    (
        Row(
            "let_in",
            "D-STAFF-1",
            when(standing=Standing.ACTIVE, factors=Factors.TWO),
            Entry.LET_IN,
            Says.to_staff("Du er logget ind.", "You are logged in."),
            NextStep.GO_ON,
        ),
        Row(
            "one_factor",
            "D-STAFF-1",
            when(standing=Standing.ACTIVE, factors=Factors.ONE),
            Entry.KEPT_OUT,
            Says.to_staff(
                "Medarbejdere logger ind med to faktorer.",
                "Members of staff log in with two factors.",
            ),
            NextStep.LOG_IN,
        ),
        Row(
            "not_staff_now",
            "D-STAFF-1",
            when(standing=but(Standing.ACTIVE)),
            Entry.KEPT_OUT,
            Says.to_staff(
                "Du er ikke medarbejder her i dag.", "You are not a member of staff here today."
            ),
            NextStep.ASK_MANAGER,
        ),
    ),
)

# --- states --------------------------------------------------------------------------------------


@frozen
class NotBegun:
    """Nobody has come in under this id."""


@frozen
class Open:
    """Somebody is in; `ends_at` is the first instant at which they are not."""

    staff: StaffMember
    ends_at: datetime


@frozen
class Ended:
    """Logged out."""


StaffSession: TypeAlias = NotBegun | Open | Ended

# --- commands and events -------------------------------------------------------------------------


@frozen
class ComeIn:
    """Somebody has identified; `entry` is what the table says of it."""

    staff: StaffMember
    entry: Entry
    at: datetime


@frozen
class LogOut:
    """They go."""


Command: TypeAlias = ComeIn | LogOut


@frozen
class StaffCameIn:
    """They are in."""

    staff: StaffMember
    ends_at: datetime


@frozen
class StaffLoggedOut:
    """They are out."""


Event: TypeAlias = StaffCameIn | StaffLoggedOut


@unique
class StaffSessionRefusal(Enum):
    """Why a command is refused; nothing has changed."""

    KEPT_OUT = "kept_out"
    ID_USED = "id_used"
    NOT_LOGGED_IN = "staff_not_logged_in"


def decide(
    state: StaffSession, command: Command
) -> Outcome[tuple[Event, ...], StaffSessionRefusal]:
    """Answer a command with the events that follow, or with why it is refused."""
    match command:
        case ComeIn(staff, entry, at):
            if not isinstance(state, NotBegun):
                return Failure(StaffSessionRefusal.ID_USED)
            if entry is Entry.KEPT_OUT:
                return Failure(StaffSessionRefusal.KEPT_OUT)
            return Success((StaffCameIn(staff, at + SESSION_LASTS),))
        case LogOut():
            match state:
                case NotBegun():
                    return Failure(StaffSessionRefusal.NOT_LOGGED_IN)
                case Open():
                    return Success((StaffLoggedOut(),))
                case Ended():
                    return Success(())
                case _:
                    assert_never(state)
        case _:
            assert_never(command)


def evolve(state: StaffSession, event: Event) -> StaffSession:
    """Apply an event that `decide` gave; a history that it cannot have given is a bug."""
    match event:
        case StaffCameIn(staff, ends_at):
            assert isinstance(state, NotBegun)
            return Open(staff, ends_at)
        case StaffLoggedOut():
            assert isinstance(state, Open)
            return Ended()
        case _:
            assert_never(event)


def who_is_in(state: StaffSession, at: datetime) -> StaffMember | None:
    """Say whose session it is at an instant; None where it is over, or nobody's."""
    return state.staff if isinstance(state, Open) and at < state.ends_at else None
