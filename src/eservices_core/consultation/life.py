"""The life of a conversation: its events, and how one state follows from another.

Here: what has happened, and `evolve`. Which command leads where, and what is refused, is
`conversation`'s to say.
"""

from collections.abc import Callable
from datetime import datetime
from typing import TypeAlias, assert_never

from attrs import evolve as with_changes
from attrs import frozen

from eservices_core.clinic.staff import StaffMember
from eservices_core.consultation.message import (
    Decision,
    Message,
    OffBecause,
    RenewalDecision,
    Terms,
    Withdrawn,
)
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
)
from eservices_core.words.identifiers import MessageId

# --- events ------------------------------------------------------------------------------------


@frozen
class ConversationBegun:
    """Somebody wrote first."""

    terms: Terms
    message: Message


@frozen
class MessageAdded:
    """Somebody wrote more; to a closed conversation, it opens it again."""

    message: Message


@frozen
class RenewalDecided:
    """The clinic approved or refused a renewal, with a message."""

    decision: RenewalDecision
    message: Message


@frozen
class MessageFiled:
    """A message stands in the journal: it counts as sent from now on (D-MAIL-3)."""

    message: MessageId
    at: datetime


@frozen
class MessagesRead:
    """The patient's side opened what the clinic wrote."""

    messages: tuple[MessageId, ...]
    at: datetime


@frozen
class MessageKeptOff:
    """Staff keep a message off the sites, or (None) let it back (D-ACC-18)."""

    message: MessageId
    by: StaffMember
    because: OffBecause | None


@frozen
class MessageWithdrawn:
    """It had gone to the wrong patient (D-MAIL-8)."""

    message: MessageId
    by: StaffMember
    at: datetime


@frozen
class ConversationClosed:
    """Staff closed it."""

    by: StaffMember
    reason: CloseReason
    at: datetime


@frozen
class ConversationReopened:
    """Staff took it up again."""

    by: StaffMember


@frozen
class PatientHasLeft:
    """The patient is no longer with the clinic: staff keep it or end it."""


@frozen
class ConversationKept:
    """Staff keep it although the patient has left."""

    by: StaffMember


Event: TypeAlias = (
    ConversationBegun
    | MessageAdded
    | RenewalDecided
    | MessageFiled
    | MessagesRead
    | MessageKeptOff
    | MessageWithdrawn
    | ConversationClosed
    | ConversationReopened
    | PatientHasLeft
    | ConversationKept
)

# --- evolve --------------------------------------------------------------------------------------


def standing(
    terms: Terms, messages: tuple[Message, ...]
) -> AwaitingClinic | AnswerPending | Answered:
    """Say whose turn it is, by who had the last word that was not taken back."""
    words = [each for each in messages if each.withdrawn is None]
    last = words[-1] if words else None
    if last is None or not last.is_from_clinic:
        return AwaitingClinic(terms, messages)
    if any(each.filed_at is None for each in words if each.is_from_clinic):
        return AnswerPending(terms, messages)
    return Answered(terms, messages)


def evolve(state: Conversation, event: Event) -> Conversation:  # noqa: C901  one each
    """Apply an event that `decide` gave; a history that it cannot have given is a bug."""
    if isinstance(event, ConversationBegun):
        assert isinstance(state, NoConversation)
        return standing(event.terms, (event.message,))
    assert not isinstance(state, NoConversation), "it was begun"
    match event:
        case MessageAdded(message):
            return standing(state.terms, (*state.messages, message))
        case RenewalDecided(decision, message):
            decided = Decision(decision, message.message)
            return standing(_decided(state.terms, decided), (*state.messages, message))
        case MessageFiled(message, at):
            return _again(_with(state, (message,), lambda one: with_changes(one, filed_at=at)))
        case MessagesRead(messages, at):
            return _with(state, messages, lambda one: with_changes(one, read_at=at))
        case MessageKeptOff(message, _, because):
            return _with(state, (message,), lambda one: with_changes(one, off=because))
        case MessageWithdrawn(message, by, at):
            return _after_withdrawal(state, message, Withdrawn(by, at))
        case ConversationClosed(by, reason, at):
            return Closed(state.terms, state.messages, by, reason, at)
        case ConversationReopened() if isinstance(state, Closed):
            return AwaitingClinic(state.terms, state.messages)
        case ConversationKept() if isinstance(state, LeftOpen):
            return Answered(state.terms, state.messages)
        case PatientHasLeft() if isinstance(state, Answered):
            return LeftOpen(state.terms, state.messages)
        case ConversationReopened() | PatientHasLeft() | ConversationKept():
            raise AssertionError(state)
        case _:
            assert_never(event)


def _with(
    state: Begun, messages: tuple[MessageId, ...], change: Callable[[Message], Message]
) -> Begun:
    return with_changes(
        state,
        messages=tuple(
            change(each) if each.message in messages else each for each in state.messages
        ),
    )


def _again(state: Begun) -> Begun:
    """Say whose turn it is once the journal has answered; what was closed or laid out stays so."""
    if isinstance(state, AnswerPending):
        return standing(state.terms, state.messages)
    return state


def _after_withdrawal(state: Begun, message: MessageId, withdrawn: Withdrawn) -> Begun:
    after = _with(state, (message,), lambda one: with_changes(one, withdrawn=withdrawn))
    renewal = after.terms.renewal
    if renewal and renewal.decision and renewal.decision.message == message:
        # What was decided with it is undecided again.
        after = with_changes(after, terms=_decided(after.terms, None))
    if isinstance(after, Closed):
        return after
    if all(each.withdrawn for each in after.messages):
        return Closed(
            after.terms, after.messages, withdrawn.by, CloseReason.WITHDRAWN, withdrawn.at
        )
    # Whoever was answered by it waits again.
    now = standing(after.terms, after.messages)
    if isinstance(state, LeftOpen) and isinstance(now, Answered):
        return LeftOpen(now.terms, now.messages)
    return now


def _decided(terms: Terms, decision: Decision | None) -> Terms:
    if terms.renewal is None:
        return terms
    return with_changes(terms, renewal=with_changes(terms.renewal, decision=decision))
