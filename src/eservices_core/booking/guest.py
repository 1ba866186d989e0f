"""Booking without a user: one attempt, from a code that was sent to a right code (D-BOOK-7).

Somebody wishes for a time, and a code goes to the address that they wrote. Nothing is claimed until
the code has come back, in the browser that asked: that is all that is ever proved. One code counts,
lives ten minutes at most, and works once; the attempt is over after half an hour.

A try is taken, and stored, before anything is compared: of any number of parallel guesses only as
many are compared as there are tries. Only the browser that asked can take one, so nobody's guesses
shut another out. Here: that machine. Not here: how many codes are sent to one address or for one
network (counted where they are sent), and the booking (`booking`).
"""

from datetime import datetime
from enum import Enum, unique
from typing import TypeAlias, assert_never

from attrs import evolve as with_changes
from attrs import field, frozen

from eservices_core.clinic.settings import CODE_LIVES_MAX
from eservices_core.outcome import Failure, Outcome, Success
from eservices_core.words.identifiers import (
    AttemptId,
    BookingId,
    BrowserId,
    ClinicId,
    ContentId,
    Pseudonym,
)
from eservices_core.words.lifetimes import ATTEMPT_LIVES, attempt_lives, is_within


@frozen
class NotBegun:
    """Nobody has wished for anything."""


@frozen
class AwaitingCode:
    """A code is on its way.

    Attributes:
        clinic: whose time it is.
        address: the keyed hash of the address that the code went to.
        network: the keyed hash of the network that asked.
        wish: the record of what was wished for, and by whom; erased when the attempt ends.
        browser: the only browser in which the code works.
        code_digest: the keyed digest of the newest code; older ones are void.
        expires_at: the last instant is the one before.
        begun_at: when the attempt began.
        sent_at: when the newest code was sent.
        tries_left: comparisons that may still be made, resent codes included.
    """

    clinic: ClinicId
    address: Pseudonym
    network: Pseudonym
    wish: ContentId
    browser: BrowserId
    code_digest: str = field(repr=False)
    expires_at: datetime
    begun_at: datetime
    sent_at: datetime
    tries_left: int


@frozen
class Proved:
    """The code came back, and the time was claimed for this booking. Final."""

    booking: BookingId


@frozen
class Over:
    """It led to nothing. Final."""


Attempt: TypeAlias = NotBegun | AwaitingCode | Proved | Over


@frozen
class Begin:
    """A time is offered, and a code can be sent."""

    clinic: ClinicId
    address: Pseudonym
    network: Pseudonym
    wish: ContentId
    browser: BrowserId
    code_digest: str = field(repr=False)
    at: datetime
    expires_at: datetime
    tries: int


@frozen
class SendAgain:
    """The code did not come."""

    browser: BrowserId
    code_digest: str = field(repr=False)
    at: datetime
    expires_at: datetime


@frozen
class TakeTry:
    """Somebody typed a code, which is about to be compared."""

    browser: BrowserId
    at: datetime


@frozen
class Settle:
    """The comparison that a try was taken for has been made, against `code_digest`.

    Attributes:
        booking: whose time is claimed with it, if it was right.
    """

    code_digest: str = field(repr=False)
    matches: bool
    booking: BookingId
    at: datetime


@frozen
class GiveUp:
    """It cannot lead anywhere any more."""


@frozen
class LetTimePass:
    """Look at the clock."""

    at: datetime


Command: TypeAlias = Begin | SendAgain | TakeTry | Settle | GiveUp | LetTimePass


@frozen
class CodeSent:
    """Somebody wished for a time, and a code is on its way to the address that they wrote."""

    clinic: ClinicId
    address: Pseudonym
    network: Pseudonym
    wish: ContentId
    browser: BrowserId
    code_digest: str = field(repr=False)
    at: datetime
    expires_at: datetime
    tries: int


@frozen
class CodeSentAgain:
    """Another code is on its way; it is the only one that counts."""

    code_digest: str = field(repr=False)
    at: datetime
    expires_at: datetime


@frozen
class CodeTried:
    """A try is gone, whatever the comparison will say."""


@frozen
class AddressProved:
    """Whoever asked reads the mail that goes to the address; the time is claimed."""

    booking: BookingId


@frozen
class AttemptEnded:
    """It led to nothing."""


Event: TypeAlias = CodeSent | CodeSentAgain | CodeTried | AddressProved | AttemptEnded


@unique
class GuestRefusal(Enum):
    """Why a step is refused. It depends on the attempt alone, and on nobody's account."""

    NOT_BEGUN = "not_begun"
    ALREADY_BEGUN = "already_begun"
    USED = "used"
    """The code has worked; it works once."""
    OVER = "over"
    OTHER_BROWSER = "other_browser"
    EXPIRED = "expired"
    NO_TRIES_LEFT = "no_tries_left"
    REPLACED = "replaced"
    """A newer code was sent while this one was compared."""


def decide(state: Attempt, command: Command) -> Outcome[tuple[Event, ...], GuestRefusal]:
    """Answer a command with the events that follow, () where nothing changes, or a refusal."""
    match command:
        case Begin():
            return _begin(state, command)
        case SendAgain():
            return _send_again(state, command)
        case TakeTry(browser, at):
            refusal = why_no_code(state, browser, at)
            return Success((CodeTried(),)) if refusal is None else Failure(refusal)
        case Settle():
            return _settle(state, command)
        case GiveUp():
            waiting = _waiting(state)
            return waiting if isinstance(waiting, Failure) else Success((AttemptEnded(),))
        case LetTimePass(at):
            return Success((AttemptEnded(),) if has_lapsed(state, at) else ())
        case _:
            assert_never(command)


def why_no_code(state: Attempt, browser: BrowserId, at: datetime) -> GuestRefusal | None:
    """Say why a code would not even be compared in this browser at `at`; None if it would."""
    waiting = _waiting(state)
    if isinstance(waiting, Failure):
        return waiting.failure()
    attempt = waiting.unwrap()
    if browser != attempt.browser:
        return GuestRefusal.OTHER_BROWSER
    if not is_within(attempt.sent_at, at, attempt.expires_at):
        return GuestRefusal.EXPIRED
    return GuestRefusal.NO_TRIES_LEFT if attempt.tries_left == 0 else None


def has_lapsed(state: Attempt, at: datetime) -> bool:
    """True for an attempt that nobody can go on with at `at`, and that nobody has ended."""
    return isinstance(state, AwaitingCode) and not attempt_lives(state.begun_at, at)


def _waiting(state: Attempt) -> Outcome[AwaitingCode, GuestRefusal]:
    match state:
        case NotBegun():
            return Failure(GuestRefusal.NOT_BEGUN)
        case AwaitingCode():
            return Success(state)
        case Proved():
            return Failure(GuestRefusal.USED)
        case Over():
            return Failure(GuestRefusal.OVER)
        case _:
            assert_never(state)


def _begin(state: Attempt, command: Begin) -> Outcome[tuple[Event, ...], GuestRefusal]:
    if not isinstance(state, NotBegun):
        return Failure(GuestRefusal.ALREADY_BEGUN)
    return Success(
        (
            CodeSent(
                clinic=command.clinic,
                address=command.address,
                network=command.network,
                wish=command.wish,
                browser=command.browser,
                code_digest=command.code_digest,
                at=command.at,
                expires_at=min(command.expires_at, command.at + CODE_LIVES_MAX),
                tries=command.tries,
            ),
        )
    )


def _send_again(state: Attempt, command: SendAgain) -> Outcome[tuple[Event, ...], GuestRefusal]:
    waiting = _waiting(state)
    if isinstance(waiting, Failure):
        return waiting
    attempt = waiting.unwrap()
    if command.browser != attempt.browser:
        return Failure(GuestRefusal.OTHER_BROWSER)
    if not attempt_lives(attempt.begun_at, command.at):
        return Failure(GuestRefusal.EXPIRED)
    if attempt.tries_left == 0:
        return Failure(GuestRefusal.NO_TRIES_LEFT)
    latest = min(command.at + CODE_LIVES_MAX, attempt.begun_at + ATTEMPT_LIVES)
    ends = min(command.expires_at, latest)
    return Success((CodeSentAgain(command.code_digest, command.at, ends),))


def _settle(state: Attempt, command: Settle) -> Outcome[tuple[Event, ...], GuestRefusal]:
    waiting = _waiting(state)
    if isinstance(waiting, Failure):
        return waiting
    attempt = waiting.unwrap()
    if not command.matches:
        return Success(())
    if command.code_digest != attempt.code_digest:
        return Failure(GuestRefusal.REPLACED)
    # The try was taken in time, and asked about again late.
    if not is_within(attempt.sent_at, command.at, attempt.expires_at):
        return Failure(GuestRefusal.EXPIRED)
    return Success((AddressProved(command.booking),))


def evolve(state: Attempt, event: Event) -> Attempt:
    """Apply an event that `decide` gave; a history that it cannot have given is a bug."""
    match event:
        case CodeSent():
            assert isinstance(state, NotBegun)
            return AwaitingCode(
                clinic=event.clinic,
                address=event.address,
                network=event.network,
                wish=event.wish,
                browser=event.browser,
                code_digest=event.code_digest,
                expires_at=event.expires_at,
                begun_at=event.at,
                sent_at=event.at,
                tries_left=event.tries,
            )
        case CodeSentAgain(code_digest, at, expires_at):
            assert isinstance(state, AwaitingCode)
            return with_changes(state, code_digest=code_digest, sent_at=at, expires_at=expires_at)
        case CodeTried():
            assert isinstance(state, AwaitingCode)
            assert state.tries_left > 0
            return with_changes(state, tries_left=state.tries_left - 1)
        case AddressProved(booking):
            assert isinstance(state, AwaitingCode)
            return Proved(booking)
        case AttemptEnded():
            assert isinstance(state, AwaitingCode)
            return Over()
        case _:
            assert_never(event)


# --- which there are ---------------------------------------------------------------------------


@frozen
class AttemptListed:
    """An attempt began on this day, at this clinic."""

    attempt: AttemptId


@frozen
class AttemptUnlisted:
    """It has ended, and somebody has looked."""

    attempt: AttemptId


ListEvent: TypeAlias = AttemptListed | AttemptUnlisted


def list_attempt(state: tuple[AttemptId, ...], event: ListEvent) -> tuple[AttemptId, ...]:
    """Fold the attempts of one day at one clinic that may have to be ended."""
    match event:
        case AttemptListed(attempt):
            return (*state, attempt)
        case AttemptUnlisted(attempt):
            return tuple(each for each in state if each != attempt)
        case _:
            assert_never(event)
