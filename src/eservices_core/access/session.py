"""Sessions: what a login opened, and whether it still stands (D-ACC-11, D-ACC-15).

Here: one question, asked at every use and never remembered: does this session reach this clinic
now? So a removed tick, an ended custody, a birthday or a death ends what rested on it at once,
without anybody having to go and end sessions. Not here: cookies (the portal).
"""

from datetime import datetime
from enum import Enum, unique
from typing import Final, TypeAlias, assert_never

from attrs import frozen

from eservices_core.access.facts import Age, Guardian, Measure, Tick, UserStatus
from eservices_core.clinic.settings import MITID_REQUIRED_FROM
from eservices_core.outcome import Failure, Outcome, Success
from eservices_core.tables import ALWAYS, Fact, Row, Table, any_of, but, when
from eservices_core.texts import NextStep, Says, Text
from eservices_core.words.identifiers import BrowserId, UserId
from eservices_core.words.lifetimes import is_within


@unique
class Method(Fact):
    """How the session began; what it may do hangs on it."""

    MITID = "mitid"
    TWO_FACTOR = "two_factor"


@unique
class PasswordDuty(Fact):
    """Whether a new password must be chosen before anything else (D-ACC-12)."""

    NONE = "none"
    CHANGE_FIRST = "change_first"


@unique
class Membership(Fact):
    """Whether the user is associated with the clinic that is asked about."""

    ASSOCIATED = "associated"
    NOT_ASSOCIATED = "not_associated"


@frozen
class ReachFacts:
    """What reach is decided from, all of it as it is now."""

    method: Method
    user: UserStatus
    duty: PasswordDuty
    membership: Membership
    measure: Measure
    age: Age
    tick: Tick
    guardian: Guardian


@unique
class Reach(Fact):
    """What a session may do at a clinic."""

    OPEN = "open"
    PASSWORD_FIRST = "password_first"
    OTHER_CLINICS_ONLY = "other_clinics_only"
    ENDED = "ended"


_LIVES: Final = but(UserStatus.NONE, UserStatus.CLOSED)
_NOW: Final = when(duty=PasswordDuty.NONE, user=_LIVES)
_AT: Final = when(**_NOW, membership=Membership.ASSOCIATED)
_BY_CODE: Final = when(**_AT, method=Method.TWO_FACTOR)
_CHILD: Final = when(**_BY_CODE, measure=Measure.IN_FORCE, age=Age.UNDER_15)
_GROWN: Final = when(**_BY_CODE, measure=Measure.IN_FORCE, age=Age.FROM_15)
_GO_ON: Final = Text("Du er logget ind.", "You are logged in.")
_OVER: Final = Text(
    "Du er logget ud. Log ind igen, eller ring til klinikken.",
    "You are logged out. Log in again, or call the clinic.",
)

REACH: Final = Table(
    "session.reach",
    "Does this session reach this clinic now?",
    ReachFacts,
    (
        Row(
            "user_ended",
            "D-ACC-15",
            when(user=any_of(UserStatus.NONE, UserStatus.CLOSED)),
            Reach.ENDED,
            Says(_OVER, Text("Brugeren er lukket.", "The user is closed.")),
            NextStep.CONTACT_CLINIC,
        ),
        Row(
            "password_first",
            "D-ACC-12",
            when(user=_LIVES, duty=PasswordDuty.CHANGE_FIRST),
            Reach.PASSWORD_FIRST,
            Says(
                Text("Vælg først en ny adgangskode.", "Choose a new password first."),
                Text(
                    "Den midlertidige adgangskode er brugt og ikke skiftet.",
                    "The temporary password was used and not changed.",
                ),
            ),
            NextStep.CHANGE_PASSWORD,
        ),
        Row(
            "not_associated",
            "D-ACC-11",
            when(**_NOW, membership=Membership.NOT_ASSOCIATED),
            Reach.OTHER_CLINICS_ONLY,
            Says(
                Text("Du er ikke tilknyttet klinikken.", "You are not with this clinic."),
                Text("Ingen tilknytning.", "No association."),
            ),
            NextStep.CONTACT_CLINIC,
        ),
        Row(
            "mitid",
            "D-ACC-11",
            when(**_AT, method=Method.MITID),
            Reach.OPEN,
            Says(_GO_ON, Text("Session med MitID.", "A session with MitID.")),
            NextStep.GO_ON,
        ),
        Row(
            "before_measure",
            "S-ACC-1",
            when(**_BY_CODE, measure=Measure.BEFORE),
            Reach.OPEN,
            Says(_GO_ON, Text("To-faktor før kravet.", "Two-factor before the measure.")),
            NextStep.GO_ON,
            since=ALWAYS,
        ),
        Row(
            "child",
            "S-ACC-6",
            when(**_CHILD, guardian=Guardian.VERIFIED),
            Reach.OPEN,
            Says(_GO_ON, Text("Barn med bekræftet forælder.", "A child with a guardian.")),
            NextStep.GO_ON,
            since=MITID_REQUIRED_FROM,
        ),
        Row(
            "child_without_guardian",
            "D-ACC-9",
            when(**_CHILD, guardian=Guardian.NOT_VERIFIED),
            Reach.ENDED,
            Says(_OVER, Text("Forældremyndigheden er ophørt.", "The custody has ended.")),
            NextStep.VERIFY_GUARDIAN,
            since=MITID_REQUIRED_FROM,
        ),
        Row(
            "own_tick",
            "D-ACC-11",
            when(**_GROWN, tick=Tick.SET),
            Reach.OPEN,
            Says(_GO_ON, Text("Klinikkens eget flueben står.", "The clinic's own tick stands.")),
            NextStep.GO_ON,
            since=MITID_REQUIRED_FROM,
        ),
        Row(
            "no_tick_here",
            "D-ACC-11",
            when(**_GROWN, tick=Tick.NOT_SET),
            Reach.OTHER_CLINICS_ONLY,
            Says(
                _OVER,
                Text(
                    "To-faktor rækker kun til klinikker, der selv har sat fluebenet.",
                    "Two-factor reaches only clinics that have set the tick themselves.",
                ),
            ),
            NextStep.USE_MITID,
            since=MITID_REQUIRED_FROM,
        ),
    ),
)

CHILD_NOTICE: Final = Text(
    "Alt her kan læses af alle, der lovligt bruger barnets adgang, også en forælder eller værge.",
    "All of this can be read by whoever lawfully uses the child's access, a guardian too.",
)
"""D-ACC-18: said on a child's pages, before a booking and before a message."""

# --- the session's own life --------------------------------------------------------------------


@frozen
class NotBegun:
    """Nobody has this session."""


@frozen
class Open:
    """A browser holds it; it says who, how, and until when at the longest."""

    user: UserId
    method: Method
    browser: BrowserId
    begun_at: datetime
    ends_at: datetime


@frozen
class Ended:
    """It is over, and cannot be begun again."""


Session: TypeAlias = NotBegun | Open | Ended


@frozen
class Begin:
    """A login went through."""

    user: UserId
    method: Method
    browser: BrowserId
    begun_at: datetime
    ends_at: datetime


@frozen
class End:
    """The user logged out, or logged in again in that browser (D-SES-1)."""


Command: TypeAlias = Begin | End


@frozen
class SessionBegun:
    """A login went through."""

    user: UserId
    method: Method
    browser: BrowserId
    begun_at: datetime
    ends_at: datetime


@frozen
class SessionEnded:
    """It is over."""


Event: TypeAlias = SessionBegun | SessionEnded


@unique
class SessionRefusal(Enum):
    """Why a command is refused; nothing has changed."""

    ALREADY_BEGUN = "already_begun"
    NOT_OPEN = "not_open"


def decide(state: Session, command: Command) -> Outcome[tuple[Event, ...], SessionRefusal]:
    """Answer a command with the events that follow, or with why it is refused."""
    match command:
        case Begin(user, method, browser, begun_at, ends_at):
            if isinstance(state, NotBegun):
                return Success((SessionBegun(user, method, browser, begun_at, ends_at),))
            return Failure(SessionRefusal.ALREADY_BEGUN)
        case End():
            if isinstance(state, Open):
                return Success((SessionEnded(),))
            return Failure(SessionRefusal.NOT_OPEN)
        case _:
            assert_never(command)


def evolve(state: Session, event: Event) -> Session:
    """Apply an event that `decide` gave; a history that it cannot have given is a bug."""
    match event:
        case SessionBegun(user, method, browser, begun_at, ends_at):
            assert isinstance(state, NotBegun)
            return Open(user, method, browser, begun_at, ends_at)
        case SessionEnded():
            assert isinstance(state, Open)
            return Ended()
        case _:
            assert_never(event)


def is_over(state: Session, at: datetime, credentials_changed_at: datetime | None) -> bool:
    """True unless the session is open, in its time, and begun with what still opens the door.

    Before it began the clock was set back, and it is over too.

    A two-factor session from before the last change of address is over (D-ACC-14).
    """
    if not isinstance(state, Open) or not is_within(state.begun_at, at, state.ends_at):
        return True
    return (
        state.method is Method.TWO_FACTOR
        and credentials_changed_at is not None
        and state.begun_at < credentials_changed_at
    )
