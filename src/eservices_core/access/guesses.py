"""Guesses: how often anybody may try a password or a code for one person (D-ACC-13).

One budget per person, and one more for each browser that the person is known on: strangers spend
the person's, the owner on a known browser spends that browser's, so nobody can shut the owner out.

The rule that makes it hold: a guess is *counted*, in a unit of work of its own, before anything is
compared. The events here are stored at an expected version, so of two parallel guesses one is
stored and the other starts again from the new count; no process, flow or address can skip it.
"""

from datetime import datetime, timedelta
from enum import Enum, unique
from typing import Final, TypeAlias, assert_never

from attrs import frozen

from eservices_core.clinic.settings import LIMIT_MAX, CodeLimits
from eservices_core.clinic.staff import IdentityEvidence, StaffMember
from eservices_core.outcome import Failure, Outcome, Success

WINDOW: Final = timedelta(hours=1)
"""The time over which guesses and sent codes are counted."""


_KEPT: Final = LIMIT_MAX
"""How many counts of a purpose are kept: as many as any limit asks about, the latest by the clock.

By number and not by age, so that a clock which jumps ahead and comes back makes no room.
"""


@unique
class Purpose(Enum):
    """What is guessed at, or sent; each is counted for itself."""

    PASSWORD = "password"
    CODE = "code"
    SEND_CODE = "send_code"
    PROVE_ADDRESS = "prove_address"


_Counted: TypeAlias = tuple[tuple[Purpose, datetime], ...]


@frozen
class Guesses:
    """One budget.

    Attributes:
        counted: what was counted of late, in the order in which it was counted.
        failures: guesses in a row since one was right or the clinic unlocked the login.
    """

    counted: _Counted = ()
    failures: int = 0


NO_GUESSES: Final = Guesses()


@frozen
class Count:
    """Somebody is about to be compared, or a code to be sent."""

    purpose: Purpose
    at: datetime


@frozen
class Settle:
    """The guess was right: what was wrong before it is forgiven."""


@frozen
class Forgive:
    """The clinic unlocked the login, having verified identity."""

    by: StaffMember
    evidence: IdentityEvidence


Command: TypeAlias = Count | Settle | Forgive


@frozen
class GuessCounted:
    """Counted, whether right or wrong; stored before it is compared."""

    purpose: Purpose
    at: datetime


@frozen
class GuessWasRight:
    """The last guess was right."""


@frozen
class GuessesForgiven:
    """The clinic unlocked the login: who, and how they verified identity."""

    by: StaffMember | None = None
    evidence: IdentityEvidence | None = None


Event: TypeAlias = GuessCounted | GuessWasRight | GuessesForgiven


@unique
class GuessRefusal(Enum):
    """Why nothing will be compared."""

    TOO_OFTEN = "too_often"
    """Slowed: there is room again within the hour."""
    LOCKED = "locked"
    """The limit in all is reached; the clinic is the way out."""


def decide(
    state: Guesses, command: Command, limits: CodeLimits
) -> Outcome[tuple[Event, ...], GuessRefusal]:
    """Count, or refuse to compare. A refusal stores nothing, so refusing can go on for ever."""
    match command:
        case Count(purpose, at):
            if state.failures >= limits.failures_in_all:
                return Failure(GuessRefusal.LOCKED)
            if _within_the_hour(state, purpose, at) >= _allowed(purpose, limits):
                return Failure(GuessRefusal.TOO_OFTEN)
            return Success((GuessCounted(purpose, at),))
        case Settle():
            return Success((GuessWasRight(),) if state.failures else ())
        case Forgive(by, evidence):
            return Success((GuessesForgiven(by, evidence),))
        case _:
            assert_never(command)


def _within_the_hour(state: Guesses, purpose: Purpose, at: datetime) -> int:
    # A clock set back must not make room, so what lies in the future counts as well.
    return sum(1 for counted, when in state.counted if counted is purpose and when > at - WINDOW)


def _allowed(purpose: Purpose, limits: CodeLimits) -> int:
    match purpose:
        case Purpose.PASSWORD | Purpose.CODE | Purpose.PROVE_ADDRESS:
            return limits.guesses_per_hour
        case Purpose.SEND_CODE:
            return limits.codes_per_hour


def evolve(state: Guesses, event: Event) -> Guesses:
    """Apply an event."""
    match event:
        case GuessCounted(purpose, at):
            is_guess = purpose is not Purpose.SEND_CODE
            return Guesses(_with(state.counted, purpose, at), state.failures + is_guess)
        case GuessWasRight():
            return Guesses(state.counted, 0)
        case GuessesForgiven():
            return NO_GUESSES
        case _:
            assert_never(event)


def _with(counted: _Counted, purpose: Purpose, at: datetime) -> _Counted:
    """Add a count, and let the earliest of its purpose go where no limit can ask about it."""
    added = (*counted, (purpose, at))
    of_purpose = [when for which, when in added if which is purpose]
    if len(of_purpose) <= _KEPT:
        return added
    gone = added.index((purpose, min(of_purpose)))
    return (*added[:gone], *added[gone + 1 :])


def is_locked(state: Guesses, limits: CodeLimits) -> bool:
    """True once the limit in all is reached."""
    return state.failures >= limits.failures_in_all
