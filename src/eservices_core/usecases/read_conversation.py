"""Open a conversation (D-MAIL-4): by the patient, who has read it then. An act, and no mere look.

A page that is fetched changes nothing; the act is a POST. Not here: what stands in it
(`see_conversations`).
"""

from attrs import frozen

from eservices_core.consultation.conversation import Read
from eservices_core.outcome import Failure, Outcome, Success
from eservices_core.usecases.conversation_acts import act
from eservices_core.usecases.conversations import (
    PatientCommand,
    own_conversation,
    reading_session,
)
from eservices_core.usecases.perform import perform
from eservices_core.usecases.refusal import Refusal
from eservices_core.usecases.services import Services
from eservices_core.usecases.unit import Unit
from eservices_core.words.identifiers import ConversationId


@frozen(kw_only=True)
class ReadConversation(PatientCommand):
    """A patient opens a conversation of theirs."""

    conversation: ConversationId


@frozen
class ConversationIsRead:
    """All that the clinic wrote in it, and the sites show, counts as read."""


def read_conversation(
    services: Services, command: ReadConversation
) -> Outcome[ConversationIsRead, Refusal]:
    """Note that the patient's side has read what is there now."""

    def work(unit: Unit) -> Outcome[ConversationIsRead, Refusal]:
        found = reading_session(unit, command)
        if isinstance(found, Failure):
            return found
        own = own_conversation(unit, command.user, command.clinic, command.conversation)
        if isinstance(own, Failure):
            return own
        unit.rule = "D-MAIL-4"
        read = act(unit, command.conversation, Read(unit.at))
        return read if isinstance(read, Failure) else Success(ConversationIsRead())

    return perform(services, command, ConversationIsRead, work)
