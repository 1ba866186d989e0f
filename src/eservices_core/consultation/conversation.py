"""The conversation machine: what may happen to a conversation in each state, and what follows.

Every command in every state is an allowed move or a refusal with a reason. Nothing here knows of
clocks, mails or journals: instants and ids come in, events go out. Whether somebody may write at
all is asked before (`writing`), and what they wrote is looked at elsewhere (`free_text`,
`attachments`).
"""

from datetime import datetime
from enum import Enum, unique
from typing import TypeAlias, assert_never

from attrs import frozen

from eservices_core.clinic.staff import StaffMember
from eservices_core.consultation.life import (
    ConversationBegun,
    ConversationClosed,
    ConversationKept,
    ConversationReopened,
    Event,
    MessageAdded,
    MessageFiled,
    MessageKeptOff,
    MessagesRead,
    MessageWithdrawn,
    PatientHasLeft,
    RenewalDecided,
)
from eservices_core.consultation.message import Message, OffBecause, RenewalDecision, Terms
from eservices_core.consultation.states import (
    Answered,
    AnswerPending,
    AwaitingClinic,
    Begun,
    Closed,
    CloseReason,
    Conversation,
    LeftOpen,
    NoConversation,
    find,
)
from eservices_core.outcome import Failure, Outcome, Success
from eservices_core.words.identifiers import MessageId

# --- commands ------------------------------------------------------------------------------------


@frozen
class Begin:
    """Write first: the patient, or staff."""

    terms: Terms
    message: Message


@frozen
class Reply:
    """The patient writes more."""

    message: Message


@frozen
class Answer:
    """Staff answer; `seen` is the newest message that they had before them."""

    message: Message
    seen: MessageId


@frozen
class DecideRenewal:
    """Staff approve or refuse a renewal, with a message."""

    decision: RenewalDecision
    message: Message
    seen: MessageId


@frozen
class NoteFiled:
    """The journal has acknowledged a message."""

    message: MessageId
    at: datetime


@frozen
class Read:
    """The patient's side opens it."""

    at: datetime


@frozen
class KeepOff:
    """Staff keep a message off the sites, or (None) let it back."""

    message: MessageId
    by: StaffMember
    because: OffBecause | None


@frozen
class Withdraw:
    """Staff take back a message that went to the wrong patient."""

    message: MessageId
    by: StaffMember
    at: datetime


@frozen
class Close:
    """Staff close it; with PATIENT_DIED, because there is nobody to answer."""

    by: StaffMember
    reason: CloseReason
    at: datetime


@frozen
class Reopen:
    """Staff take it up again."""

    by: StaffMember


@frozen
class NoteLeft:
    """The patient has left the clinic."""


@frozen
class Keep:
    """Staff keep it although the patient has left."""

    by: StaffMember


Command: TypeAlias = (
    Begin
    | Reply
    | Answer
    | DecideRenewal
    | NoteFiled
    | Read
    | KeepOff
    | Withdraw
    | Close
    | Reopen
    | NoteLeft
    | Keep
)


@unique
class ConversationRefusal(Enum):
    """Why not."""

    NO_CONVERSATION = "no_conversation"
    EXISTS = "exists"
    CLOSED = "closed"
    NOT_CLOSED = "not_closed"
    SOMETHING_NEW = "something_new"
    """The patient, or a colleague, has written meanwhile."""
    NOT_A_RENEWAL = "not_a_renewal"
    DECIDED = "decided"
    UNDECIDED = "undecided"
    """A renewal is approved or refused, not only answered."""
    NO_SUCH_MESSAGE = "no_such_message"
    NOT_THE_CLINICS = "not_the_clinics"
    ALREADY_WITHDRAWN = "already_withdrawn"
    WAITING_FOR_JOURNAL = "waiting_for_journal"
    NOT_LEFT = "not_left"


Decided: TypeAlias = Outcome[tuple[Event, ...], ConversationRefusal]

# --- what may happen -----------------------------------------------------------------------------


def decide(state: Conversation, command: Command) -> Decided:  # noqa: C901  one each
    """Answer a command with the events that follow, () where nothing changes, or a refusal."""
    if isinstance(command, Begin):
        if not isinstance(state, NoConversation):
            return Failure(ConversationRefusal.EXISTS)
        return Success((ConversationBegun(command.terms, command.message),))
    if isinstance(state, NoConversation):
        return Failure(ConversationRefusal.NO_CONVERSATION)
    match command:
        case Reply(message):
            known = find(state, message.message)
            return Success(() if known else (MessageAdded(message),))
        case Answer() | DecideRenewal():
            return _answer(state, command)
        case NoteFiled(message, at):
            return _note_filed(state, message, at)
        case Read(at):
            unread = tuple(each.message for each in state.messages if is_unread(each))
            return Success((MessagesRead(unread, at),) if unread else ())
        case KeepOff(message, by, because):
            return _keep_off(state, message, by, because)
        case Withdraw(message, by, at):
            return _withdraw(state, message, by, at)
        case Close(by, reason, at):
            return _close(state, by, reason, at)
        case Reopen(by):
            if not isinstance(state, Closed):
                return Failure(ConversationRefusal.NOT_CLOSED)
            return Success((ConversationReopened(by),))
        case NoteLeft():
            return Success((PatientHasLeft(),) if isinstance(state, Answered) else ())
        case Keep(by):
            if not isinstance(state, LeftOpen):
                return Failure(ConversationRefusal.NOT_LEFT)
            return Success((ConversationKept(by),))
        case _:
            assert_never(command)


def is_unread(message: Message) -> bool:
    """True if the clinic wrote it, the sites show it, and the patient's side has not opened it."""
    return message.is_from_clinic and message.is_on_site and message.read_at is None


def _answer(state: Begun, command: Answer | DecideRenewal) -> Decided:
    match state:
        case Closed():
            return Failure(ConversationRefusal.CLOSED)
        case AwaitingClinic() | AnswerPending() | Answered() | LeftOpen():
            pass
        case _:
            assert_never(state)
    if find(state, command.message.message) is not None:
        return Success(())
    if state.messages[-1].message != command.seen:
        return Failure(ConversationRefusal.SOMETHING_NEW)
    renewal = state.terms.renewal
    match command:
        case Answer(message):
            undecided = renewal is not None and renewal.decision is None
            if undecided:
                return Failure(ConversationRefusal.UNDECIDED)
            return Success((MessageAdded(message),))
        case DecideRenewal(decision, message):
            if renewal is None:
                return Failure(ConversationRefusal.NOT_A_RENEWAL)
            if renewal.decision is not None:
                return Failure(ConversationRefusal.DECIDED)
            return Success((RenewalDecided(decision, message),))
        case _:
            assert_never(command)


def _note_filed(state: Begun, identifier: MessageId, at: datetime) -> Decided:
    message = find(state, identifier)
    if message is None:
        return Failure(ConversationRefusal.NO_SUCH_MESSAGE)
    return Success((MessageFiled(identifier, at),) if message.filed_at is None else ())


def _keep_off(
    state: Begun, identifier: MessageId, by: StaffMember, because: OffBecause | None
) -> Decided:
    message = find(state, identifier)
    if message is None:
        return Failure(ConversationRefusal.NO_SUCH_MESSAGE)
    if message.withdrawn is not None:
        return Failure(ConversationRefusal.ALREADY_WITHDRAWN)
    kept = MessageKeptOff(identifier, by, because)
    return Success((kept,) if message.off is not because else ())


def _withdraw(state: Begun, identifier: MessageId, by: StaffMember, at: datetime) -> Decided:
    message = find(state, identifier)
    if message is None:
        return Failure(ConversationRefusal.NO_SUCH_MESSAGE)
    if not message.is_from_clinic:
        return Failure(ConversationRefusal.NOT_THE_CLINICS)
    if message.withdrawn is not None:
        return Failure(ConversationRefusal.ALREADY_WITHDRAWN)
    return Success((MessageWithdrawn(identifier, by, at),))


def _close(state: Begun, by: StaffMember, reason: CloseReason, at: datetime) -> Decided:
    closed = ConversationClosed(by, reason, at)
    match state:
        case Closed():
            return Failure(ConversationRefusal.CLOSED)
        case AnswerPending() if reason is not CloseReason.PATIENT_DIED:
            return Failure(ConversationRefusal.WAITING_FOR_JOURNAL)
        case AwaitingClinic() | AnswerPending() | Answered() | LeftOpen():
            return Success((closed,))
        case _:
            assert_never(state)
