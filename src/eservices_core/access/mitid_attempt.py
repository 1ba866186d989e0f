"""One attempt to log in with MitID: begun in one browser, answered once (D-ACC-3).

Here: that machine. Not here: whether the answer is acceptable (`mitid`) and what it opens
(`login`). A guardian's way to MitID is part of their own attempt (`guardian`).
"""

from datetime import datetime
from enum import Enum, unique
from typing import TypeAlias, assert_never

from attrs import frozen

from eservices_core.outcome import Failure, Outcome, Success
from eservices_core.words.identifiers import BrowserId, ContentId
from eservices_core.words.lifetimes import attempt_lives


@frozen
class NotBegun:
    """Nobody has been sent to MitID."""


@frozen
class AtMitid:
    """Somebody was sent there from this browser; `memo` is what the adapter keeps meanwhile."""

    browser: BrowserId
    memo: ContentId
    begun_at: datetime


@frozen
class MaySignUp:
    """MitID answered, and nobody has the number: this browser may sign up as that person."""

    browser: BrowserId
    identity: ContentId
    begun_at: datetime


@frozen
class Over:
    """MitID has answered; a second answer is nothing."""


Attempt: TypeAlias = NotBegun | AtMitid | MaySignUp | Over


@frozen
class Begin:
    """Send somebody to MitID."""

    browser: BrowserId
    memo: ContentId
    at: datetime


@frozen
class Answer:
    """Somebody came back."""

    browser: BrowserId
    at: datetime


@frozen
class OfferSignUp:
    """The answer was accepted and no user has the number; `identity` holds who it is."""

    identity: ContentId


@frozen
class TakeSignUp:
    """The person signs up."""

    browser: BrowserId
    at: datetime


Command: TypeAlias = Begin | Answer | OfferSignUp | TakeSignUp


@frozen
class SentToMitid:
    """An attempt has begun."""

    browser: BrowserId
    memo: ContentId
    at: datetime


@frozen
class CameBackFromMitid:
    """The attempt is used."""


@frozen
class SignUpOffered:
    """The attempt is used, but for signing up."""

    identity: ContentId


@frozen
class SignUpTaken:
    """The person has signed up."""


Event: TypeAlias = SentToMitid | CameBackFromMitid | SignUpOffered | SignUpTaken


@unique
class AttemptRefusal(Enum):
    """Why an answer is not even looked at."""

    ALREADY_BEGUN = "already_begun"
    NOT_BEGUN = "not_begun"
    NOT_ANSWERED = "not_answered"
    OVER = "over"
    OTHER_BROWSER = "other_browser"
    EXPIRED = "expired"


def decide(state: Attempt, command: Command) -> Outcome[tuple[Event, ...], AttemptRefusal]:
    """Answer a command with the events that follow, or with why it is refused."""
    match command:
        case Begin(browser, memo, at):
            if not isinstance(state, NotBegun):
                return Failure(AttemptRefusal.ALREADY_BEGUN)
            return Success((SentToMitid(browser, memo, at),))
        case Answer(browser, at):
            if isinstance(state, AtMitid):
                return _in_time(state, browser, at, CameBackFromMitid())
            return Failure(_elsewhere(state))
        case OfferSignUp(identity):
            if isinstance(state, AtMitid):
                return Success((SignUpOffered(identity),))
            return Failure(_elsewhere(state))
        case TakeSignUp(browser, at):
            if isinstance(state, MaySignUp):
                return _in_time(state, browser, at, SignUpTaken())
            if isinstance(state, AtMitid):
                return Failure(AttemptRefusal.NOT_ANSWERED)
            return Failure(_elsewhere(state))
        case _:
            assert_never(command)


def _elsewhere(state: Attempt) -> AttemptRefusal:
    return AttemptRefusal.NOT_BEGUN if isinstance(state, NotBegun) else AttemptRefusal.OVER


def _in_time(
    state: AtMitid | MaySignUp, browser: BrowserId, at: datetime, event: Event
) -> Outcome[tuple[Event, ...], AttemptRefusal]:
    if browser != state.browser:
        return Failure(AttemptRefusal.OTHER_BROWSER)
    if not attempt_lives(state.begun_at, at):
        return Failure(AttemptRefusal.EXPIRED)
    return Success((event,))


def evolve(state: Attempt, event: Event) -> Attempt:
    """Apply an event that `decide` gave; a history that it cannot have given is a bug."""
    match event:
        case SentToMitid(browser, memo, at):
            assert isinstance(state, NotBegun)
            return AtMitid(browser, memo, at)
        case CameBackFromMitid():
            assert isinstance(state, AtMitid)
            return Over()
        case SignUpOffered(identity):
            assert isinstance(state, AtMitid)
            return MaySignUp(state.browser, identity, state.begun_at)
        case SignUpTaken():
            assert isinstance(state, MaySignUp)
            return Over()
        case _:
            assert_never(event)
