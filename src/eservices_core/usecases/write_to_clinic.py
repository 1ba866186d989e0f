"""Write to the clinic (S-MAIL-1): begin a conversation, or reply in one. By a patient."""

from attrs import frozen

from eservices_core.clinic.booking_settings import Switch
from eservices_core.consultation.conversation import Begin, Reply
from eservices_core.consultation.message import ByPatient, Terms, Topic
from eservices_core.journal.entry import EntryKind
from eservices_core.outcome import Failure, Outcome, Success
from eservices_core.usecases.conversation_acts import Written, act, compose
from eservices_core.usecases.conversations import (
    WritingCommand,
    look_at_patients,
    own_conversation,
    settings_of,
    writing_session,
)
from eservices_core.usecases.perform import perform
from eservices_core.usecases.refusal import Refusal
from eservices_core.usecases.services import Services
from eservices_core.usecases.unit import Unit
from eservices_core.words.identifiers import ConversationId, MessageId


@frozen(kw_only=True)
class BeginConversation(WritingCommand):
    """A patient writes about something new."""


@frozen(kw_only=True)
class ReplyToClinic(WritingCommand):
    """A patient writes more in a conversation; one that was closed is opened again."""

    conversation: ConversationId


@frozen
class MessageTaken:
    """It is written; `sent` is false as long as it waits for the journal (D-MAIL-3)."""

    conversation: ConversationId
    message: MessageId
    sent: bool


def begin_conversation(
    services: Services, command: BeginConversation
) -> Outcome[MessageTaken, Refusal]:
    """Take a patient's first message."""
    identifier = services.new_conversation()

    def work(unit: Unit) -> Outcome[MessageTaken, Refusal]:
        found = writing_session(unit, command)
        if isinstance(found, Failure):
            return found
        return _take(unit, command, identifier, ByPatient(found.unwrap().method))

    return perform(services, command, MessageTaken, work)


def reply_to_clinic(services: Services, command: ReplyToClinic) -> Outcome[MessageTaken, Refusal]:
    """Take a patient's reply."""

    def work(unit: Unit) -> Outcome[MessageTaken, Refusal]:
        found = writing_session(unit, command)
        if isinstance(found, Failure):
            return found
        own = own_conversation(unit, command.user, command.clinic, command.conversation)
        if isinstance(own, Failure):
            return own
        return _take(unit, command, command.conversation, ByPatient(found.unwrap().method))

    return perform(services, command, MessageTaken, work)


def _take(
    unit: Unit,
    command: BeginConversation | ReplyToClinic,
    identifier: ConversationId,
    author: ByPatient,
) -> Outcome[MessageTaken, Refusal]:
    service: Switch = settings_of(unit, command.clinic).consultations
    looked = look_at_patients(unit, command, service)
    if isinstance(looked, Failure):
        return looked
    urgency, files = looked.unwrap()
    written = Written(
        clinic=command.clinic,
        user=command.user,
        conversation=identifier,
        message=unit.services.new_message(),
        author=ByPatient(author.route, urgency),
        kind=EntryKind.ENQUIRY,
        text=command.text,
        files=files,
    )
    message = compose(unit, written)
    if isinstance(command, ReplyToClinic):
        acted = act(unit, identifier, Reply(message))
    else:
        terms = Terms(command.user, command.clinic, Topic.CONSULTATION)
        acted = act(unit, identifier, Begin(terms, message))
    if isinstance(acted, Failure):
        return acted
    return Success(MessageTaken(identifier, message.message, message.filed_at is not None))
