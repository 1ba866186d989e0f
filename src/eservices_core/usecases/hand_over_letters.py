"""Hand over the letters that wait (D-POST-1): once round, by whoever runs it.

A letter is tried outside any unit of work, and what came of it is recorded afterwards; a worker
that is killed in between has tried the same message, and another one tries it again. The pause
between two attempts grows. What gets no answer goes to staff when its attempts end. Receipts are
read here too: recorded first, done with afterwards.
"""

from datetime import datetime
from typing import Final, assert_never

from attrs import field, frozen

from eservices_core import events
from eservices_core.access.user import Closed, ClosedBecause
from eservices_core.outcome import Failure, Outcome, Success
from eservices_core.ports.digital_post import (
    Accepted,
    DigitalPost,
    NoAnswer,
    Receipt,
    Rejected,
    Sent,
)
from eservices_core.ports.ledger import BySystem
from eservices_core.post import letter
from eservices_core.post.content import Stamp, draft_of
from eservices_core.post.memo import Memo, checked
from eservices_core.post.states import Ambiguous, Because, NoLetter, Queued, Terms, Written
from eservices_core.usecases import people
from eservices_core.usecases.deliver_mail import pause_after
from eservices_core.usecases.letter_acts import act, letter_at
from eservices_core.usecases.perform import perform
from eservices_core.usecases.post_refusals import NO_SUCH_LETTER
from eservices_core.usecases.refusal import Refusal
from eservices_core.usecases.services import Command, Services
from eservices_core.usecases.unit import Unit
from eservices_core.views.names import queue_of
from eservices_core.words.identifiers import LetterId

ERASED: Final = "erased"
"""Our own code: what was in it was erased before it could leave."""
UNFIT: Final = "unfit"
"""Our own code: its record makes no message any more."""


@frozen(kw_only=True)
class RecordAttempt(Command):
    """The service has tried a letter; `sent` is how that ended."""

    letter: LetterId
    sent: Sent


@frozen(kw_only=True)
class RecordReceipt(Command):
    """The service has read a receipt."""

    receipt: Receipt


@frozen
class LetterFollowed:
    """It is recorded."""


@frozen
class HandedOver:
    """How one attempt ended.

    Attributes:
        raised: what the transport raised instead of an answer, to be logged by whoever runs this.
    """

    letter: LetterId
    sent: Sent
    raised: Exception | None = field(default=None, repr=False)


def hand_over_letters(
    services: Services, post: DigitalPost, limit: int = 100
) -> tuple[HandedOver, ...]:
    """Try every letter of every clinic that is due now once, at most `limit` of each."""
    done: list[HandedOver] = []
    for clinic in services.clinics:
        now = services.clock.now()
        for listed in services.lists.listed(queue_of(clinic), limit):
            if listed.since > now:
                break  # the list lies in the order of the next try
            tried = _try(services, post, LetterId(listed.item))
            done += [] if tried is None else [tried]
    return tuple(done)


def read_receipts(services: Services, post: DigitalPost, limit: int = 100) -> tuple[Receipt, ...]:
    """Take every waiting receipt once, oldest first; give what was read, for people to look at.

    Those that say nothing, and those about letters that are none of ours, are among them.
    """
    read = post.receipts(limit)
    for receipt in read:
        if receipt.says is not None:
            command = RecordReceipt(key=f"receipt-{receipt.name}", by=BySystem(), receipt=receipt)
            # Also one that was refused is done with: nobody can use it.
            _ = record_receipt(services, command)
        post.done(receipt)
    return read


def _try(services: Services, post: DigitalPost, identifier: LetterId) -> HandedOver | None:
    key = f"hand-over-{services.chance.entropy(16).hex()}"
    unit = Unit(services, RecordAttempt(key=key, by=BySystem(), letter=identifier, sent=_NO))
    state = unit.state(events.LETTER, identifier)
    if not isinstance(state, Queued | Ambiguous):
        return None  # somebody was first
    raised: Exception | None = None
    sent: Sent
    message = _message(unit, identifier, state.terms)
    if isinstance(message, Rejected):
        sent = message
    elif _is_dead(unit, state.terms):
        sent = NoAnswer.NOT_NOW  # recording it withdraws the letter
    else:
        try:
            sent = post.send(message)
        except Exception as error:  # noqa: BLE001  whatever a transport can raise
            # It may have left before that.
            sent, raised = NoAnswer.AMBIGUOUS, error
    command = RecordAttempt(key=key, by=BySystem(), letter=identifier, sent=sent)
    _ = record_attempt(services, command)
    return HandedOver(identifier, sent, raised)


_NO: Final = NoAnswer.NOT_NOW


def _is_dead(unit: Unit, terms: Terms) -> bool:
    state = unit.state(events.USER, terms.user)
    return isinstance(state, Closed) and state.because is ClosedBecause.DEATH


def _message(unit: Unit, identifier: LetterId, terms: Terms) -> Memo | Rejected:
    """Make the message of the letter's records; it is the same one at every attempt."""
    record, number = unit.content(terms.content), unit.content(terms.recipient)
    files = [unit.file(file) for file in terms.files]
    kept = [data for data in files if data is not None]
    if record is None or number is None or len(kept) < len(files):
        return Rejected(ERASED)
    stamp = Stamp(identifier, terms.at, people.read_person(number).number)
    looked = checked(draft_of(stamp, record, kept))
    return Rejected(UNFIT) if isinstance(looked, Failure) else looked.unwrap()


def record_attempt(services: Services, command: RecordAttempt) -> Outcome[LetterFollowed, Refusal]:
    """Record how an attempt at a letter ended; a dead patient's is withdrawn (D-ACC-20)."""

    def work(unit: Unit) -> Outcome[LetterFollowed, Refusal]:
        found = _found(unit, command.letter)
        if isinstance(found, Failure):
            return found
        state = found.unwrap()
        unit.rule = "D-POST-1"
        if _is_dead(unit, state.terms) and command.sent is NoAnswer.NOT_NOW:
            unit.rule = "D-ACC-20"
            withdraw = letter.Withdraw(Because.DEATH, state.terms.by, unit.at)
            done = act(unit, command.letter, withdraw)
        else:
            done = act(unit, command.letter, _noted(command.sent, state, unit.at))
        return done if isinstance(done, Failure) else Success(LetterFollowed())

    return perform(services, command, LetterFollowed, work)


def record_receipt(services: Services, command: RecordReceipt) -> Outcome[LetterFollowed, Refusal]:
    """Record what a receipt says of a letter."""

    def work(unit: Unit) -> Outcome[LetterFollowed, Refusal]:
        receipt = command.receipt
        if receipt.letter is None or receipt.says is None:
            return Failure(NO_SUCH_LETTER)
        found = _found(unit, receipt.letter)
        if isinstance(found, Failure):
            return found
        unit.rule = "D-POST-1"
        noted = letter.NoteReceipt(receipt.says, receipt.code, receipt.at)
        done = act(unit, receipt.letter, noted)
        return done if isinstance(done, Failure) else Success(LetterFollowed())

    return perform(services, command, LetterFollowed, work)


def _found(unit: Unit, identifier: LetterId) -> Outcome[Written, Refusal]:
    """Find a letter of any clinic: what the world says of one names no clinic."""
    state = unit.state(events.LETTER, identifier)
    if isinstance(state, NoLetter):
        return Failure(NO_SUCH_LETTER)
    return letter_at(unit, state.terms.clinic, identifier)


def _noted(sent: Sent, state: Written, at: datetime) -> letter.Command:
    match sent:
        case Accepted():
            return letter.NoteAccepted(at)
        case Rejected(code):
            return letter.NoteRefused(code, at)
        case NoAnswer.NOT_NOW:
            return letter.NoteNotTaken(at, at + pause_after(_attempts(state) + 1))
        case NoAnswer.AMBIGUOUS:
            return letter.NoteAmbiguous(at + pause_after(_attempts(state) + 1))
        case _:
            assert_never(sent)


def _attempts(state: Written) -> int:
    return state.attempts if isinstance(state, Queued | Ambiguous) else 0
