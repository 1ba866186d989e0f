"""The link of a booking without a user: what it shows, and the code that cancels (D-BOOK-7).

The link alone shows whether the booking stands, and changes nothing whoever follows it: a mail
scanner does (D-BOOK-8). To cancel takes the code as well. Tries at it are counted in a stream of
the booking's own, before anything is compared; after too many wrong ones the clinic is called, and
the booking stands as it stood. Here: counting, and what is shown. Not here: what cancelling is
(`cancelling`).
"""

from datetime import datetime, timedelta
from enum import Enum, unique
from typing import Final, TypeAlias, assert_never

from attrs import frozen

from eservices_core.booking.commands import BookingRefusal
from eservices_core.booking.standing import why_not_live
from eservices_core.booking.states import Begun, Requested
from eservices_core.outcome import Failure, Outcome, Success

TRIES_PER_HOUR: Final = 5
"""Codes that are compared for one booking within any hour, unless one was right."""

WINDOW: Final = timedelta(hours=1)

# --- what it shows -----------------------------------------------------------------------------


@unique
class Stands(Enum):
    """Whether a booking stands; nothing of how it was made, answered, told or ended."""

    ASKED_FOR = "asked_for"
    STANDS = "stands"
    DOES_NOT_STAND = "does_not_stand"
    HAS_BEGUN = "has_begun"
    """Its time has come, or is past; whether anybody came is not shown."""


def stands(state: Begun, at: datetime) -> Stands:
    """Say whether a booking stands at an aware instant."""
    match why_not_live(state, at):
        case None:
            return Stands.ASKED_FOR if isinstance(state, Requested) else Stands.STANDS
        case BookingRefusal.HAS_BEGUN | BookingRefusal.OVER:
            return Stands.HAS_BEGUN
        case _:
            return Stands.DOES_NOT_STAND


# --- tries at the code -------------------------------------------------------------------------


@frozen
class Tries:
    """Tries at the code of one booking.

    Attributes:
        at: when the latest were counted, by the clock, since one was right.
    """

    at: tuple[datetime, ...] = ()


NO_TRIES: Final = Tries()


@frozen
class TakeTry:
    """Somebody typed a code, which is about to be compared."""

    at: datetime


@frozen
class Settle:
    """It was right."""


Command: TypeAlias = TakeTry | Settle


@frozen
class CancelCodeTried:
    """Counted, whether right or wrong; stored before it is compared."""

    at: datetime


@frozen
class CancelCodeWasRight:
    """What was wrong before is forgiven."""


Event: TypeAlias = CancelCodeTried | CancelCodeWasRight


@unique
class LinkRefusal(Enum):
    """Why nothing is compared."""

    TOO_MANY_TRIES = "too_many_tries"


def decide(state: Tries, command: Command) -> Outcome[tuple[Event, ...], LinkRefusal]:
    """Count a try, or refuse to compare. A refusal stores nothing, so it can go on for ever."""
    match command:
        case TakeTry(at):
            # A clock set back must not make room, so what lies in the future counts as well.
            recent = sum(1 for when in state.at if when > at - WINDOW)
            if recent >= TRIES_PER_HOUR:
                return Failure(LinkRefusal.TOO_MANY_TRIES)
            return Success((CancelCodeTried(at),))
        case Settle():
            return Success((CancelCodeWasRight(),))
        case _:
            assert_never(command)


def evolve(state: Tries, event: Event) -> Tries:
    """Apply an event."""
    match event:
        case CancelCodeTried(at):
            # Kept by number and not by age: a clock that jumps and comes back makes no room.
            return Tries(tuple(sorted((*state.at, at))[-TRIES_PER_HOUR:]))
        case CancelCodeWasRight():
            return NO_TRIES
        case _:
            assert_never(event)
