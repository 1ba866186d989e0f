"""The machine of one letter: what staff, attempts and receipts may do to it (D-POST-1).

Receipts repeat, come late and in any order. 'Delivered' is final; after 'failed' it corrects it,
and staff are told. A letter without an answer is tried again only as the same message; when its
attempts end, staff decide. Here: which command leads where. Not here: whether a letter may be sent
at all (`sending`), and how it is written down for the solution (`memo`).
"""

import re
from datetime import datetime
from enum import Enum, unique
from typing import Final, TypeAlias, assert_never

from attrs import field, frozen

from eservices_core.clinic.staff import StaffMember
from eservices_core.outcome import Failure, Outcome, Success
from eservices_core.post.states import (
    Accepted,
    Ambiguous,
    AwaitingJournal,
    Because,
    Delivered,
    Event,
    Failed,
    Letter,
    LetterAccepted,
    LetterAmbiguous,
    LetterDelivered,
    LetterFailed,
    LetterNotTaken,
    LetterReceived,
    LetterReleased,
    LetterSentOnPaper,
    LetterTriedAgain,
    LetterWithdrawn,
    LetterWritten,
    NoLetter,
    OnPaper,
    Queued,
    Received,
    Terms,
    Withdrawn,
    Written,
)
from eservices_core.words.identifiers import EntryId

AMBIGUOUS_MAX: Final = 12
"""Attempts without an answer, in a row: from this one on staff decide."""

ATTEMPTS_MAX: Final = 60
"""Attempts at what never left; at this one it has failed."""

GIVEN_UP: Final = "given_up"
"""Our own code: the solution could not be reached for too long."""

_CODE: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}", re.ASCII)


def _check_code(_command: object, _attribute: object, code: str) -> None:
    assert is_code(code), "a code is 1 to 64 of the characters A-Z a-z 0-9 . _ -"


def is_code(text: str) -> bool:
    """Whether a text can be a code: it is safe to log, and can hold no sentence.

    >>> is_code("memo.invalid"), is_code("tag name is not allowed")
    (True, False)
    """
    return _CODE.fullmatch(text) is not None


# --- commands ------------------------------------------------------------------------------------


@frozen
class Write:
    """Write it; `filed` if its entry is in the journal already."""

    terms: Terms
    entry: EntryId
    filed: bool


@frozen
class Release:
    """Its entry was acknowledged by the clinic's journal."""

    at: datetime


@frozen
class NoteAccepted:
    """The solution took the message."""

    at: datetime


@frozen
class NoteRefused:
    """The solution refused the message."""

    code: str = field(validator=_check_code)
    at: datetime


@frozen
class NoteNotTaken:
    """Nothing left; `next_try` is when it would be tried again."""

    at: datetime
    next_try: datetime


@frozen
class NoteAmbiguous:
    """No answer came; `next_try` is when it would be tried again."""

    next_try: datetime


@unique
class Says(Enum):
    """What a receipt says."""

    RECEIVED = "received"
    DELIVERED = "delivered"
    FAILED = "failed"


@frozen
class NoteReceipt:
    """A receipt came; `code` says why, where it says 'failed'."""

    says: Says
    code: str = field(validator=_check_code)
    at: datetime


@frozen
class TryAgain:
    """Staff have it tried again: what they do not know may have arrived, and is one message."""

    by: StaffMember
    at: datetime


@frozen
class Withdraw:
    """It is not to be sent."""

    because: Because
    by: StaffMember
    at: datetime


@frozen
class SendOnPaper:
    """Staff have sent it on paper."""

    by: StaffMember
    at: datetime


Command: TypeAlias = (
    Write
    | Release
    | NoteAccepted
    | NoteRefused
    | NoteNotTaken
    | NoteAmbiguous
    | NoteReceipt
    | TryAgain
    | Withdraw
    | SendOnPaper
)


@unique
class LetterRefusal(Enum):
    """Why not."""

    NO_LETTER = "no_letter"
    EXISTS = "exists"
    NOT_SENT = "not_sent"
    """It waits for the journal: nobody can have tried it."""
    HAS_LEFT = "has_left"
    DELIVERED = "delivered"
    HAS_FAILED = "has_failed"
    WITHDRAWN = "withdrawn"
    ON_PAPER = "on_paper"
    IS_BEING_TRIED = "is_being_tried"


Decided: TypeAlias = Outcome[tuple[Event, ...], LetterRefusal]


def decide(state: Letter, command: Command) -> Decided:
    """Answer a command with the events that follow, () where nothing changes, or a refusal."""
    if isinstance(command, Write):
        if not isinstance(state, NoLetter):
            return Failure(LetterRefusal.EXISTS)
        written = LetterWritten(command.terms, command.entry)
        released = LetterReleased(command.terms.at)
        return Success((written, released) if command.filed else (written,))
    if isinstance(state, NoLetter):
        return Failure(LetterRefusal.NO_LETTER)
    match command:
        case Release(at):
            waits = isinstance(state, AwaitingJournal)
            return Success((LetterReleased(at),) if waits else ())
        case NoteAccepted() | NoteRefused() | NoteNotTaken() | NoteAmbiguous():
            return _note_attempt(state, command)
        case NoteReceipt():
            return _note_receipt(state, command)
        case TryAgain(by, at):
            return _try_again(state, LetterTriedAgain(by, at))
        case Withdraw(because, by, at):
            return _withdraw(state, LetterWithdrawn(because, by, at))
        case SendOnPaper(by, at):
            return _send_on_paper(state, LetterSentOnPaper(by, at))
        case _:
            assert_never(command)


def _note_attempt(
    state: Written, command: NoteAccepted | NoteRefused | NoteNotTaken | NoteAmbiguous
) -> Decided:
    match state:
        case AwaitingJournal():
            return Failure(LetterRefusal.NOT_SENT)
        case Ambiguous(next_try=None) if isinstance(command, NoteNotTaken | NoteAmbiguous):
            return Success(())  # staff decide, and another attempt in vain says nothing new
        case Queued() | Ambiguous():
            return Success((_attempted(state, command),))
        case Withdrawn():
            # A worker had it in hand when it was withdrawn.
            if isinstance(command, NoteAccepted):
                return Success((LetterAccepted(command.at),))
            return _left_unknown(state, command)
        case OnPaper():
            return _left_unknown(state, command)
        case Accepted() | Received() | Delivered() | Failed():
            # Another worker's attempt at the same message, which has ended already.
            return Success(())
        case _:
            assert_never(state)


def _left_unknown(state: Withdrawn | OnPaper, command: object) -> Decided:
    news = isinstance(command, NoteAmbiguous) and not state.may_have_arrived
    return Success((LetterAmbiguous(None),) if news else ())


def _attempted(
    state: Queued | Ambiguous, command: NoteAccepted | NoteRefused | NoteNotTaken | NoteAmbiguous
) -> Event:
    attempt = state.attempts + 1
    match command:
        case NoteAccepted(at):
            return LetterAccepted(at)
        case NoteRefused(code, at):
            return LetterFailed(code, at)
        case NoteNotTaken(at, next_try):
            if isinstance(state, Ambiguous):
                return LetterNotTaken(next_try if attempt < AMBIGUOUS_MAX else None)
            if attempt >= ATTEMPTS_MAX:
                return LetterFailed(GIVEN_UP, at)
            return LetterNotTaken(next_try)
        case NoteAmbiguous(next_try):
            since = attempt if isinstance(state, Ambiguous) else 1
            return LetterAmbiguous(next_try if since < AMBIGUOUS_MAX else None)
        case _:
            assert_never(command)


def _note_receipt(state: Written, command: NoteReceipt) -> Decided:
    if isinstance(state, AwaitingJournal):
        return Failure(LetterRefusal.NOT_SENT)
    if isinstance(state, Delivered):
        return Success(())
    match command.says:
        case Says.DELIVERED:
            return Success((LetterDelivered(command.at),))
        case Says.FAILED:
            # What staff have ended otherwise cannot fail any more.
            over = isinstance(state, Failed | Withdrawn | OnPaper)
            return Success(() if over else (LetterFailed(command.code, command.at),))
        case Says.RECEIVED:
            # The first receipt of a failure stands until 'delivered' corrects it.
            over = isinstance(state, Received | Failed | OnPaper)
            return Success(() if over else (LetterReceived(command.at),))
        case _:
            assert_never(command.says)


def _try_again(state: Written, event: LetterTriedAgain) -> Decided:
    match state:
        case Ambiguous(next_try=None):
            return Success((event,))
        case AwaitingJournal() | Queued() | Ambiguous():
            return Failure(LetterRefusal.IS_BEING_TRIED)
        case Accepted() | Received():
            return Failure(LetterRefusal.HAS_LEFT)
        case Delivered() | Failed() | Withdrawn() | OnPaper():
            return Failure(_ended(state))
        case _:
            assert_never(state)


def _withdraw(state: Written, event: LetterWithdrawn) -> Decided:
    match state:
        case AwaitingJournal() | Queued() | Ambiguous():
            return Success((event,))
        case Accepted() | Received():
            return Failure(LetterRefusal.HAS_LEFT)
        case Delivered() | Failed() | Withdrawn() | OnPaper():
            return Failure(_ended(state))
        case _:
            assert_never(state)


def _send_on_paper(state: Written, event: LetterSentOnPaper) -> Decided:
    match state:
        case Delivered() | OnPaper():
            return Failure(_ended(state))
        case _:
            return Success((event,))


def _ended(state: Delivered | Failed | Withdrawn | OnPaper) -> LetterRefusal:
    match state:
        case Delivered():
            return LetterRefusal.DELIVERED
        case Failed():
            return LetterRefusal.HAS_FAILED
        case Withdrawn():
            return LetterRefusal.WITHDRAWN
        case OnPaper():
            return LetterRefusal.ON_PAPER
        case _:
            assert_never(state)
