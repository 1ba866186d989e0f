"""The conversation machine by example: what is refused, and what a withdrawal leaves."""

from datetime import timedelta
from typing import Final

import pytest
from attrs import evolve as with_changes

from eservices_core.consultation.conversation import (
    Answer,
    Begin,
    Close,
    Command,
    ConversationRefusal,
    DecideRenewal,
    Keep,
    KeepOff,
    NoteFiled,
    NoteLeft,
    Read,
    Reopen,
    Reply,
    Withdraw,
    decide,
)
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
    evolve,
)
from eservices_core.consultation.message import (
    Decision,
    Message,
    OffBecause,
    RenewalDecision,
    Topic,
    Withdrawn,
)
from eservices_core.consultation.states import (
    Answered,
    AnswerPending,
    AwaitingClinic,
    Closed,
    CloseReason,
    Conversation,
    LeftOpen,
    NoConversation,
)
from eservices_core.outcome import Failure
from eservices_core.words.identifiers import MessageId
from tests.consultation.test_sentences import (
    ANNE,
    APPROVED,
    ASKED,
    KEPT_OFF,
    NOW,
    OTHER,
    RENEWAL,
    SAID,
    TAKEN_BACK,
    TALK,
    UNFILED,
    terms,
)

LATER: Final = NOW + timedelta(hours=1)
UNKNOWN: Final = MessageId("unknown")
DEALT: Final = CloseReason.DEALT_WITH
CLOSED: Final = Closed(TALK, (ASKED, SAID), ANNE, DEALT, NOW)
APPROVE: Final = RenewalDecision.APPROVED
WAITING: Final = AwaitingClinic(TALK, (ASKED,))
DONE: Final = Answered(TALK, (ASKED, SAID))


def after(state: Conversation, *commands: Command) -> Conversation:
    """Carry commands out, each of which must be allowed."""
    for command in commands:
        for event in decide(state, command).unwrap():
            state = evolve(state, event)
    return state


@pytest.mark.parametrize(
    ("state", "command", "why"),
    [
        (WAITING, Begin(TALK, ASKED), ConversationRefusal.EXISTS),
        (NoConversation(), Reply(ASKED), ConversationRefusal.NO_CONVERSATION),
        (CLOSED, Answer(OTHER, SAID.message), ConversationRefusal.CLOSED),
        (CLOSED, Close(ANNE, DEALT, NOW), ConversationRefusal.CLOSED),
        (WAITING, Answer(SAID, UNKNOWN), ConversationRefusal.SOMETHING_NEW),
        (
            AwaitingClinic(RENEWAL, (ASKED,)),
            Answer(SAID, ASKED.message),
            ConversationRefusal.UNDECIDED,
        ),
        (WAITING, DecideRenewal(APPROVE, SAID, ASKED.message), ConversationRefusal.NOT_A_RENEWAL),
        (
            Answered(APPROVED, (ASKED, SAID)),
            DecideRenewal(APPROVE, OTHER, SAID.message),
            ConversationRefusal.DECIDED,
        ),
        (WAITING, NoteFiled(UNKNOWN, NOW), ConversationRefusal.NO_SUCH_MESSAGE),
        (WAITING, KeepOff(UNKNOWN, ANNE, None), ConversationRefusal.NO_SUCH_MESSAGE),
        (
            AwaitingClinic(TALK, (ASKED, TAKEN_BACK)),
            KeepOff(SAID.message, ANNE, OffBecause.RISK),
            ConversationRefusal.ALREADY_WITHDRAWN,
        ),
        (WAITING, Withdraw(UNKNOWN, ANNE, NOW), ConversationRefusal.NO_SUCH_MESSAGE),
        (WAITING, Withdraw(ASKED.message, ANNE, NOW), ConversationRefusal.NOT_THE_CLINICS),
        (
            AwaitingClinic(TALK, (ASKED, TAKEN_BACK)),
            Withdraw(SAID.message, ANNE, NOW),
            ConversationRefusal.ALREADY_WITHDRAWN,
        ),
        (
            AnswerPending(TALK, (ASKED, UNFILED)),
            Close(ANNE, DEALT, NOW),
            ConversationRefusal.WAITING_FOR_JOURNAL,
        ),
        (WAITING, Reopen(ANNE), ConversationRefusal.NOT_CLOSED),
        (DONE, Keep(ANNE), ConversationRefusal.NOT_LEFT),
    ],
)
def test_each_refusal_says_why(
    state: Conversation, command: Command, why: ConversationRefusal
) -> None:
    """S-MAIL-1, D-MAIL-6, D-MAIL-8: what cannot be is refused, with its own reason."""
    assert decide(state, command) == Failure(why)


@pytest.mark.parametrize(
    ("state", "command"),
    [
        (WAITING, Reply(ASKED)),
        (DONE, Answer(SAID, ASKED.message)),
        (DONE, NoteFiled(SAID.message, LATER)),
        (DONE, KeepOff(SAID.message, ANNE, None)),
        (Answered(TALK, (ASKED, KEPT_OFF)), KeepOff(SAID.message, ANNE, OffBecause.RISK)),
        (Answered(TALK, (ASKED, KEPT_OFF)), Read(LATER)),
        (Answered(TALK, (ASKED, with_changes(SAID, read_at=NOW))), Read(LATER)),
        (AnswerPending(TALK, (ASKED, UNFILED)), Read(LATER)),
        (WAITING, NoteLeft()),
    ],
)
def test_what_is_so_already_changes_nothing(state: Conversation, command: Command) -> None:
    """faults: 182. What comes again, and what there is nothing of, is no event."""
    assert decide(state, command).unwrap() == ()


@pytest.mark.parametrize(
    ("state", "command", "event"),
    [
        (NoConversation(), Begin(TALK, ASKED), ConversationBegun(TALK, ASKED)),
        (WAITING, Reply(OTHER), MessageAdded(OTHER)),
        (WAITING, Answer(SAID, ASKED.message), MessageAdded(SAID)),
        (
            AwaitingClinic(RENEWAL, (ASKED,)),
            DecideRenewal(APPROVE, SAID, ASKED.message),
            RenewalDecided(APPROVE, SAID),
        ),
        (
            AnswerPending(TALK, (ASKED, UNFILED)),
            NoteFiled(SAID.message, LATER),
            MessageFiled(SAID.message, LATER),
        ),
        (
            Answered(TALK, (ASKED, SAID, OTHER)),
            Read(LATER),
            MessagesRead((SAID.message, OTHER.message), LATER),
        ),
        (
            DONE,
            KeepOff(SAID.message, ANNE, OffBecause.RISK),
            MessageKeptOff(SAID.message, ANNE, OffBecause.RISK),
        ),
        (
            Answered(TALK, (ASKED, KEPT_OFF)),
            KeepOff(SAID.message, ANNE, None),
            MessageKeptOff(SAID.message, ANNE, None),
        ),
        (
            DONE,
            Withdraw(SAID.message, ANNE, LATER),
            MessageWithdrawn(SAID.message, ANNE, LATER),
        ),
        (DONE, Close(ANNE, DEALT, LATER), ConversationClosed(ANNE, DEALT, LATER)),
        (CLOSED, Reopen(ANNE), ConversationReopened(ANNE)),
        (DONE, NoteLeft(), PatientHasLeft()),
        (LeftOpen(TALK, (ASKED, SAID)), Keep(ANNE), ConversationKept(ANNE)),
    ],
)
def test_each_act_is_told_as_it_was(state: Conversation, command: Command, event: Event) -> None:
    """D-MAIL-3, D-MAIL-4: one event, with what was done, by whom, and when."""
    assert decide(state, command).unwrap() == (event,)


def test_a_conversation_that_was_all_withdrawn_is_closed() -> None:
    """D-MAIL-8: by whoever withdrew it, at that instant, with that reason."""
    state = Answered(terms(Topic.E_ANSWER), (SAID,))
    gone = with_changes(SAID, withdrawn=Withdrawn(ANNE, LATER))
    assert after(state, Withdraw(SAID.message, ANNE, LATER)) == Closed(
        terms(Topic.E_ANSWER), (gone,), ANNE, CloseReason.WITHDRAWN, LATER
    )


def test_whom_a_withdrawn_message_answered_waits_again() -> None:
    """D-MAIL-8: also where what it decided is decided no more."""
    gone = with_changes(SAID, withdrawn=Withdrawn(ANNE, LATER))
    withdraw = Withdraw(SAID.message, ANNE, LATER)
    assert after(DONE, withdraw) == AwaitingClinic(TALK, (ASKED, gone))
    decided = Answered(APPROVED, (ASKED, SAID))
    assert after(decided, withdraw) == AwaitingClinic(RENEWAL, (ASKED, gone))
    assert after(LeftOpen(TALK, (ASKED, SAID)), withdraw) == AwaitingClinic(TALK, (ASKED, gone))
    assert after(CLOSED, withdraw) == with_changes(CLOSED, messages=(ASKED, gone))


def test_what_answers_beside_a_withdrawn_message_still_answers() -> None:
    """D-MAIL-8, D-ACC-20: it stays answered, or left open where the patient has left."""
    gone = with_changes(SAID, withdrawn=Withdrawn(ANNE, LATER))
    withdraw = Withdraw(SAID.message, ANNE, LATER)
    messages: tuple[Message, ...] = (ASKED, SAID, OTHER)
    left: tuple[Message, ...] = (ASKED, gone, OTHER)
    assert after(Answered(TALK, messages), withdraw) == Answered(TALK, left)
    assert after(LeftOpen(TALK, messages), withdraw) == LeftOpen(TALK, left)


def test_what_is_closed_says_by_whom_why_and_when() -> None:
    """D-MAIL-4: and is open again, as it was, when staff take it up."""
    closed = Closed(TALK, (ASKED,), ANNE, DEALT, LATER)
    assert after(WAITING, Close(ANNE, DEALT, LATER)) == closed
    assert after(closed, Reopen(ANNE)) == WAITING
    assert after(closed, Reply(OTHER)) == after(WAITING, Reply(OTHER))
    died = with_changes(closed, reason=CloseReason.PATIENT_DIED, messages=(ASKED, UNFILED))
    pending = AnswerPending(TALK, (ASKED, UNFILED))
    assert after(pending, Close(ANNE, CloseReason.PATIENT_DIED, LATER)) == died


@pytest.mark.parametrize(
    ("state", "event"),
    [
        (WAITING, ConversationBegun(TALK, ASKED)),
        (NoConversation(), MessageAdded(ASKED)),
        (WAITING, ConversationReopened(ANNE)),
        (WAITING, PatientHasLeft()),
        (DONE, ConversationKept(ANNE)),
    ],
)
def test_a_history_that_cannot_be_is_a_bug(state: Conversation, event: Event) -> None:
    """D-MAIL-4: what nobody can have decided is not applied."""
    with pytest.raises(AssertionError):
        _ = evolve(state, event)


def test_a_decision_stands_in_its_message() -> None:
    """D-MAIL-6: the clinic's word, with the message that says it, from the journal on."""
    state = after(AwaitingClinic(RENEWAL, (ASKED,)), DecideRenewal(APPROVE, UNFILED, ASKED.message))
    assert state == AnswerPending(APPROVED, (ASKED, UNFILED))
    assert state.terms.renewal is not None
    assert state.terms.renewal.decision == Decision(APPROVE, SAID.message)
    filed = with_changes(UNFILED, filed_at=LATER)
    assert after(state, NoteFiled(SAID.message, LATER)) == Answered(APPROVED, (ASKED, filed))
