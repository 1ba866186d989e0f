"""Two-factor: one attempt to log in, from a right password to a right code (S-ACC-1, D-ACC-13).

'The password was right' is a state of one attempt in one browser, never of an account. A code is
asked for only after it, belongs to this attempt, lives ten minutes at most, and works once. The
attempt itself is over after half an hour, however many codes were sent in it.

A try is taken from the code, and stored, before the code is compared: so of any number of parallel
guesses at one code only as many are compared as it has tries. Here: that machine. Not here: how
often anybody may guess in all (`guesses`, asked first), and whether two-factor is open to the user
(`login`, decided again at every step, D-ACC-15).
"""

from datetime import datetime
from enum import Enum, unique
from typing import TypeAlias, assert_never

from attrs import evolve as with_changes
from attrs import field, frozen

from eservices_core.clinic.settings import CODE_LIVES_MAX
from eservices_core.outcome import Failure, Outcome, Success
from eservices_core.words.identifiers import BrowserId, ContentId, UserId
from eservices_core.words.lifetimes import ATTEMPT_LIVES, attempt_lives, is_within


@frozen
class Ground:
    """What an attempt rests on: if either is replaced on the way, it leads nowhere.

    Attributes:
        password: the record of the password that was right (D-ACC-12).
        address: the record of the address that the newest code went to (D-ACC-14).
    """

    password: ContentId
    address: ContentId


@frozen
class NotBegun:
    """No password has been right in this attempt."""


@frozen
class AwaitingCode:
    """The password was right, and a code is on its way.

    Attributes:
        user: whose password it was.
        browser: the only browser in which the code works.
        code_digest: the keyed digest of the newest code; older ones are void.
        expires_at: the last instant is the one before.
        ground: what it rests on.
        begun_at: when the attempt began.
        sent_at: when the newest code was sent.
        tries_left: comparisons that may still be made in this attempt, resent codes included; at 0
            the code is burnt, and the right one would be refused.
    """

    user: UserId
    browser: BrowserId
    code_digest: str = field(repr=False)
    expires_at: datetime
    ground: Ground
    begun_at: datetime
    sent_at: datetime
    tries_left: int


@frozen
class Over:
    """Used or given up: an attempt is never taken up again."""


Attempt: TypeAlias = NotBegun | AwaitingCode | Over


@frozen
class SendCode:
    """The password was right and two-factor is open: begin, or send a new code."""

    user: UserId
    browser: BrowserId
    code_digest: str = field(repr=False)
    at: datetime
    expires_at: datetime
    ground: Ground
    tries: int


@frozen
class TakeTry:
    """Somebody typed a code, which is about to be compared."""

    browser: BrowserId
    at: datetime


@frozen
class Settle:
    """The comparison that a try was taken for has been made, against `code_digest`."""

    code_digest: str = field(repr=False)
    matches: bool


@frozen
class GiveUp:
    """Eligibility was lost on the way, or the person left."""


Command: TypeAlias = SendCode | TakeTry | Settle | GiveUp


@frozen
class CodeSent:
    """A code is on its way; it is the only one that counts."""

    user: UserId
    browser: BrowserId
    code_digest: str = field(repr=False)
    expires_at: datetime
    ground: Ground
    tries: int
    at: datetime | None = None
    """When; None in a history from before it was recorded."""


@frozen
class CodeTried:
    """A try is gone, whatever the comparison will say."""


@frozen
class CodeWasRight:
    """The login goes through."""


@frozen
class AttemptGivenUp:
    """It ends without a login."""


Event: TypeAlias = CodeSent | CodeTried | CodeWasRight | AttemptGivenUp


@unique
class TwoFactorRefusal(Enum):
    """Why a step is refused; to the public they are all the same text (D-ACC-2)."""

    NOT_BEGUN = "not_begun"
    OVER = "over"
    OTHER_BROWSER = "other_browser"
    OTHER_USER = "other_user"
    EXPIRED = "expired"
    NO_TRIES_LEFT = "no_tries_left"
    REPLACED = "replaced"
    """A newer code was sent while this one was compared."""


def decide(state: Attempt, command: Command) -> Outcome[tuple[Event, ...], TwoFactorRefusal]:
    """Answer a command with the events that follow, or with why it is refused."""
    match command:
        case SendCode():
            return _send(state, command)
        case TakeTry(browser, at):
            refusal = why_no_code(state, browser, at)
            return Success((CodeTried(),)) if refusal is None else Failure(refusal)
        case Settle():
            return _settle(state, command)
        case GiveUp():
            match state:
                case AwaitingCode():
                    return Success((AttemptGivenUp(),))
                case NotBegun():
                    return Failure(TwoFactorRefusal.NOT_BEGUN)
                case Over():
                    return Failure(TwoFactorRefusal.OVER)
                case _:
                    assert_never(state)
        case _:
            assert_never(command)


def why_no_code(state: Attempt, browser: BrowserId, at: datetime) -> TwoFactorRefusal | None:
    """Say why a code would not even be compared in this browser at `at`; None if it would."""
    match state:
        case NotBegun():
            return TwoFactorRefusal.NOT_BEGUN
        case Over():
            return TwoFactorRefusal.OVER
        case AwaitingCode():
            if browser != state.browser:
                return TwoFactorRefusal.OTHER_BROWSER
            if not is_within(state.sent_at, at, state.expires_at):
                return TwoFactorRefusal.EXPIRED
            return TwoFactorRefusal.NO_TRIES_LEFT if state.tries_left == 0 else None
        case _:
            assert_never(state)


def _settle(state: Attempt, command: Settle) -> Outcome[tuple[Event, ...], TwoFactorRefusal]:
    match state:
        case AwaitingCode():
            if command.matches and command.code_digest != state.code_digest:
                return Failure(TwoFactorRefusal.REPLACED)
            if command.matches:
                return Success((CodeWasRight(),))
            return Success(())
        case NotBegun():
            return Failure(TwoFactorRefusal.NOT_BEGUN)
        case Over():
            return Failure(TwoFactorRefusal.OVER)
        case _:
            assert_never(state)


def _send(state: Attempt, command: SendCode) -> Outcome[tuple[Event, ...], TwoFactorRefusal]:
    match state:
        case NotBegun():
            begun_at, tries = command.at, command.tries
        case AwaitingCode(user, browser, begun_at=begun_at, tries_left=tries):
            if browser != command.browser:
                return Failure(TwoFactorRefusal.OTHER_BROWSER)
            if user != command.user:
                return Failure(TwoFactorRefusal.OTHER_USER)
            if not attempt_lives(begun_at, command.at):
                return Failure(TwoFactorRefusal.EXPIRED)
            if tries == 0:
                return Failure(TwoFactorRefusal.NO_TRIES_LEFT)
        case Over():
            return Failure(TwoFactorRefusal.OVER)
        case _:
            assert_never(state)
    return Success(
        (
            CodeSent(
                user=command.user,
                browser=command.browser,
                code_digest=command.code_digest,
                expires_at=min(command.expires_at, begun_at + ATTEMPT_LIVES),
                ground=command.ground,
                tries=tries,
                at=command.at,
            ),
        )
    )


def evolve(state: Attempt, event: Event) -> Attempt:
    """Apply an event that `decide` gave; a history that it cannot have given is a bug."""
    match event:
        case CodeSent(user, browser, code_digest, expires_at, ground, tries, at):
            assert isinstance(state, NotBegun | AwaitingCode)
            sent_at = at or expires_at - CODE_LIVES_MAX
            begun_at = state.begun_at if isinstance(state, AwaitingCode) else sent_at
            return AwaitingCode(
                user, browser, code_digest, expires_at, ground, begun_at, sent_at, tries
            )
        case CodeTried():
            assert isinstance(state, AwaitingCode)
            assert state.tries_left > 0
            return with_changes(state, tries_left=state.tries_left - 1)
        case CodeWasRight() | AttemptGivenUp():
            assert isinstance(state, AwaitingCode)
            return Over()
        case _:
            assert_never(event)
