"""Guardian verification, the way there: from two CPR numbers to a verdict (S-ACC-6, S-ACC-9).

Here: one machine per attempt (D-ACC-8). Nothing but syntax is judged before the guardian's MitID
has come back with the stated number, so the page cannot be used to ask about other people. Then
the register is asked, and `custody` gives its verdict. Not here: what stands afterwards, and for
how long (`guardianship`).

Numbers are content kept apart; events and states hold pseudonyms.
"""

from datetime import datetime, timedelta
from enum import Enum, unique
from typing import Final, TypeAlias, assert_never

from attrs import frozen

from eservices_core.access.custody import (
    CustodyOutcome,
    CustodyReason,
    CustodyVerdict,
    Relation,
)
from eservices_core.access.mitid import Acceptance
from eservices_core.clinic.settings import LIMIT_MAX
from eservices_core.outcome import Failure, Outcome, Success
from eservices_core.words.identifiers import BrowserId, ContentId, Pseudonym
from eservices_core.words.lifetimes import attempt_lives

ASKED_WITHIN: Final = timedelta(hours=24)
"""D-ACC-8: the time over which the children that one guardian asks about are counted."""


@unique
class GuardianReason(Enum):
    """Every unhappy end, for staff (D-ACC-8); to the public they are one page."""

    MALFORMED_CPR = "malformed_cpr"
    IDENTITY_NOT_ACCEPTABLE = "identity_not_acceptable"
    IDENTITY_NOT_THE_STATED_ONE = "identity_not_the_stated_one"
    TOO_MANY_CHILDREN = "too_many_children"
    SAME_PERSON = "same_person"
    NOT_UNDER_15 = "not_under_15"
    REGISTER_SILENT = "register_silent"
    VERSION_CANNOT_ANSWER = "version_cannot_answer"
    ANSWER_ABOUT_ANOTHER = "answer_about_another"
    NOT_IN_REGISTER = "not_in_register"
    PROTECTED_PERSON = "protected_person"
    DEAD_OR_GONE = "dead_or_gone"
    NO_CUSTODY = "no_custody"
    HOLDER_WITHOUT_NUMBER = "holder_without_number"
    GUARDIAN_MINOR = "guardian_minor"


# --- states ------------------------------------------------------------------------------------


@frozen
class NotBegun:
    """Nobody has stated anything."""


@frozen
class Stated:
    """Two numbers were stated in this browser; the guardian has gone to MitID."""

    child: Pseudonym
    guardian: Pseudonym
    numbers: ContentId
    browser: BrowserId
    begun_at: datetime


@frozen
class Identified:
    """The guardian's MitID came back with the stated number; the register may be asked."""

    child: Pseudonym
    guardian: Pseudonym
    numbers: ContentId
    browser: BrowserId
    begun_at: datetime


@frozen
class Verified:
    """The register confirmed it; the attempt can be used once, to create the child's user."""

    child: Pseudonym
    guardian: Pseudonym
    numbers: ContentId
    browser: BrowserId
    begun_at: datetime
    version: str
    relation: Relation | None


@frozen
class UsedUp:
    """The child's user has been created with it."""


@frozen
class Unhappy:
    """It ended without a verification."""

    reason: GuardianReason


Attempt: TypeAlias = NotBegun | Stated | Identified | Verified | UsedUp | Unhappy

# --- commands ----------------------------------------------------------------------------------


@frozen
class State:
    """Two numbers of the right form were stated."""

    child: Pseudonym
    guardian: Pseudonym
    numbers: ContentId
    browser: BrowserId
    at: datetime


@frozen
class Identify:
    """MitID came back to this browser.

    Attributes:
        acceptance: the verdict on the identity.
        number: the number that it carried, as a pseudonym; None if it carried none.
        asked_before: the other children that this guardian asked about in the last 24 hours.
        children_max: how many different ones they may ask about.
    """

    acceptance: Acceptance
    number: Pseudonym | None
    browser: BrowserId
    asked_before: frozenset[Pseudonym]
    children_max: int
    at: datetime


@frozen
class Judge:
    """The register was asked, and `custody` decided.

    Attributes:
        verdict: what it decided.
        version: the register's version.
        relation: how the register lists the guardian; None where it does not.
        at: when.
    """

    verdict: CustodyVerdict
    version: str
    relation: Relation | None
    at: datetime


@frozen
class UseUp:
    """The guardian creates the child's user, in the same browser and sitting."""

    browser: BrowserId
    at: datetime


Command: TypeAlias = State | Identify | Judge | UseUp

# --- events ------------------------------------------------------------------------------------


@frozen
class NumbersStated:
    """An attempt has begun."""

    child: Pseudonym
    guardian: Pseudonym
    numbers: ContentId
    browser: BrowserId
    at: datetime


@frozen
class GuardianIdentified:
    """It is really them."""


@frozen
class RegisterWasSilent:
    """Nothing changes; the register can be asked again."""


@frozen
class CustodyConfirmed:
    """The register's verdict was yes; kept are version and relation, not its answer."""

    version: str
    relation: Relation | None = None


@frozen
class VerificationUsed:
    """The child's user was created with it."""


@frozen
class VerificationEnded:
    """It ended without a verification."""

    reason: GuardianReason


Event: TypeAlias = (
    NumbersStated
    | GuardianIdentified
    | RegisterWasSilent
    | CustodyConfirmed
    | VerificationUsed
    | VerificationEnded
)


@unique
class GuardianRefusal(Enum):
    """Why a step is refused; nothing has changed."""

    ALREADY_BEGUN = "already_begun"
    NOT_BEGUN = "not_begun"
    OTHER_BROWSER = "other_browser"
    EXPIRED = "expired"
    NOT_IDENTIFIED = "not_identified"
    NOT_VERIFIED = "not_verified"
    OVER = "over"


_Decided: TypeAlias = Outcome[tuple[Event, ...], GuardianRefusal]


def decide(state: Attempt, command: Command) -> _Decided:  # noqa: C901  one arm a command
    """Answer a command with the events that follow, or with why it is refused."""
    match command:
        case State(child, guardian, numbers, browser, at):
            if not isinstance(state, NotBegun):
                return Failure(GuardianRefusal.ALREADY_BEGUN)
            return Success((NumbersStated(child, guardian, numbers, browser, at),))
        case Identify():
            return _identify(state, command)
        case Judge(verdict, version, relation, at):
            match state:
                case Identified():
                    if not attempt_lives(state.begun_at, at):
                        return Failure(GuardianRefusal.EXPIRED)
                    return Success((_judged(verdict, version, relation),))
                case Stated():
                    return Failure(GuardianRefusal.NOT_IDENTIFIED)
                case NotBegun():
                    return Failure(GuardianRefusal.NOT_BEGUN)
                case Verified() | UsedUp() | Unhappy():
                    return Failure(GuardianRefusal.OVER)
                case _:
                    assert_never(state)
        case UseUp():
            return _use_up(state, command)
        case _:
            assert_never(command)


def _identify(state: Attempt, command: Identify) -> _Decided:
    match state:
        case NotBegun():
            return Failure(GuardianRefusal.NOT_BEGUN)
        case Identified() | Verified() | UsedUp() | Unhappy():
            return Failure(GuardianRefusal.OVER)
        case Stated():
            if command.browser != state.browser:
                return Failure(GuardianRefusal.OTHER_BROWSER)
            if not attempt_lives(state.begun_at, command.at):
                return Failure(GuardianRefusal.EXPIRED)
            return Success((_identified(state, command),))
        case _:
            assert_never(state)


def _identified(state: Stated, command: Identify) -> Event:
    if command.acceptance is not Acceptance.ACCEPTED:
        return VerificationEnded(GuardianReason.IDENTITY_NOT_ACCEPTABLE)
    if command.number != state.guardian:
        return VerificationEnded(GuardianReason.IDENTITY_NOT_THE_STATED_ONE)
    # Counted only now: otherwise a stranger who states a number could spend its owner's count.
    others = command.asked_before - {state.child}
    if len(others) >= command.children_max:
        return VerificationEnded(GuardianReason.TOO_MANY_CHILDREN)
    return GuardianIdentified()


def _judged(verdict: CustodyVerdict, version: str, relation: Relation | None) -> Event:
    if verdict.outcome is CustodyOutcome.VERIFIED:
        return CustodyConfirmed(version, relation)
    assert verdict.reason is not None
    if verdict.reason is CustodyReason.REGISTER_SILENT:
        return RegisterWasSilent()
    return VerificationEnded(GuardianReason(verdict.reason.value))


def _use_up(state: Attempt, command: UseUp) -> _Decided:
    match state:
        case Verified():
            if command.browser != state.browser:
                return Failure(GuardianRefusal.OTHER_BROWSER)
            if not attempt_lives(state.begun_at, command.at):
                return Failure(GuardianRefusal.EXPIRED)
            return Success((VerificationUsed(),))
        case NotBegun():
            return Failure(GuardianRefusal.NOT_BEGUN)
        case Stated() | Identified():
            return Failure(GuardianRefusal.NOT_VERIFIED)
        case UsedUp() | Unhappy():
            return Failure(GuardianRefusal.OVER)
        case _:
            assert_never(state)


def evolve(state: Attempt, event: Event) -> Attempt:
    """Apply an event that `decide` gave; a history that it cannot have given is a bug."""
    match event:
        case NumbersStated(child, guardian, numbers, browser, at):
            assert isinstance(state, NotBegun)
            return Stated(child, guardian, numbers, browser, at)
        case GuardianIdentified():
            assert isinstance(state, Stated)
            return Identified(
                state.child, state.guardian, state.numbers, state.browser, state.begun_at
            )
        case RegisterWasSilent():
            assert isinstance(state, Identified)
            return state
        case CustodyConfirmed(version, relation):
            assert isinstance(state, Identified)
            return Verified(
                state.child,
                state.guardian,
                state.numbers,
                state.browser,
                state.begun_at,
                version,
                relation,
            )
        case VerificationUsed():
            assert isinstance(state, Verified)
            return UsedUp()
        case VerificationEnded(reason):
            assert isinstance(state, Stated | Identified)
            return Unhappy(reason)
        case _:
            assert_never(event)


# --- how many children a guardian asks about ---------------------------------------------------


@frozen
class ChildAsked:
    """A guardian who proved who they are asked about this child."""

    child: Pseudonym
    at: datetime


Asked: TypeAlias = tuple[ChildAsked, ...]
"""When one guardian last asked about each child."""


def asked_children(asked: Asked, at: datetime) -> frozenset[Pseudonym]:
    """Give the different children that were asked about in the 24 hours before `at`."""
    return frozenset(one.child for one in asked if one.at > at - ASKED_WITHIN)


def note_child(state: Asked, event: ChildAsked) -> Asked:
    """Add a child, once; of more than any limit asks about, the earliest is let go.

    By number and not by age: a clock that jumps ahead and comes back makes no room (faults: 174).
    """
    before = [one for one in state if one.child == event.child]
    others = [one for one in state if one.child != event.child]
    latest = max((*before, event), key=_asked_at)
    return tuple(sorted((*others, latest), key=_asked_at)[-LIMIT_MAX:])


def _asked_at(asked: ChildAsked) -> datetime:
    return asked.at
