"""Close a conversation with a reason, take it up again, or keep a left one. By staff."""

from typing import TypeAlias

from attrs import frozen

from eservices_core.clinic.staff import StaffMember
from eservices_core.consultation.conversation import Close, Keep, Reopen
from eservices_core.consultation.states import CloseReason
from eservices_core.outcome import Failure, Outcome, Success
from eservices_core.usecases.conversation_acts import act
from eservices_core.usecases.conversations import conversation_at
from eservices_core.usecases.perform import perform
from eservices_core.usecases.refusal import Refusal
from eservices_core.usecases.services import Command, Services
from eservices_core.usecases.unit import Unit
from eservices_core.words.identifiers import ConversationId

_OF_STAFF = frozenset(CloseReason) - {CloseReason.WITHDRAWN}


@frozen(kw_only=True)
class CloseConversation(Command):
    """Staff close it (D-MAIL-4).

    Raises:
        ValueError: where `reason` is none that staff give.
    """

    staff: StaffMember
    conversation: ConversationId
    reason: CloseReason

    def __attrs_post_init__(self) -> None:
        if self.reason not in _OF_STAFF:
            msg = "withdrawn is what withdrawing does"
            raise ValueError(msg)


@frozen(kw_only=True)
class ReopenConversation(Command):
    """Staff take it up again."""

    staff: StaffMember
    conversation: ConversationId


@frozen(kw_only=True)
class KeepConversation(Command):
    """Staff keep a conversation although the patient has left (D-ACC-20)."""

    staff: StaffMember
    conversation: ConversationId


Closing: TypeAlias = CloseConversation | ReopenConversation | KeepConversation


@frozen
class ConversationChanged:
    """It is as staff asked for."""


def close_conversation(
    services: Services, command: Closing
) -> Outcome[ConversationChanged, Refusal]:
    """Carry out what staff ask."""

    def work(unit: Unit) -> Outcome[ConversationChanged, Refusal]:
        found = conversation_at(unit, command.staff.clinic, command.conversation)
        if isinstance(found, Failure):
            return found
        unit.rule = "D-ACC-20" if isinstance(command, KeepConversation) else "D-MAIL-4"
        done = act(unit, command.conversation, _step(unit, command))
        return done if isinstance(done, Failure) else Success(ConversationChanged())

    return perform(services, command, ConversationChanged, work)


def _step(unit: Unit, command: Closing) -> Close | Reopen | Keep:
    match command:
        case CloseConversation(reason=reason):
            return Close(command.staff, reason, unit.at)
        case ReopenConversation():
            return Reopen(command.staff)
        case KeepConversation():
            return Keep(command.staff)
