"""Look at conversations: the patient at their own, staff at those of their clinic.

A patient's look changes nothing; that something was read is an act (`read_conversation`). Staff's
look is in the audit log, with the patient it was about (D-LOG-1). What is kept off the sites, was
withdrawn, or waits for the journal, patients do not see. Erased texts are None (D-KEEP-1).
"""

from collections.abc import Sequence
from datetime import datetime

from attrs import field, frozen

from eservices_core import events
from eservices_core.booking.sentences import Reader
from eservices_core.clinic.staff import StaffMember
from eservices_core.consultation.message import (
    Attachment,
    FileKind,
    Message,
    OffBecause,
    RenewalDecision,
    Topic,
    Withdrawn,
)
from eservices_core.consultation.sentences import Sentence, sentence
from eservices_core.consultation.states import Begun, NoConversation, find
from eservices_core.consultation.urgency import WHO_MAY_SEE, advice
from eservices_core.consultation.writing import away_at
from eservices_core.outcome import Failure, Outcome, Success
from eservices_core.texts import Text
from eservices_core.usecases import people
from eservices_core.usecases.conversation_refusals import NO_SUCH_CONVERSATION
from eservices_core.usecases.conversations import (
    PatientCommand,
    conversation_at,
    own_conversation,
    reading_session,
    settings_of,
)
from eservices_core.usecases.looking import page_before
from eservices_core.usecases.perform import perform
from eservices_core.usecases.refusal import Refusal
from eservices_core.usecases.services import Command, Services
from eservices_core.usecases.unit import Unit
from eservices_core.views.names import conversations_of
from eservices_core.words.identifiers import ConversationId, MessageId

PAGE: int = 50
"""How many conversations are shown at a time; the newest first."""


@frozen
class ShownFile:
    """A file as a page names it; its bytes are asked for by its place (`see_file`)."""

    kind: FileKind
    name: str | None = field(repr=False)


@frozen
class ShownMessage:
    """One message as a reader sees it.

    Attributes:
        is_sent: the journal has it.
        off, withdrawn: for staff; patients do not see such messages.
    """

    message: MessageId
    is_from_clinic: bool
    text: str | None = field(repr=False)
    files: tuple[ShownFile, ...]
    at: datetime
    is_sent: bool
    read_at: datetime | None
    off: OffBecause | None
    withdrawn: Withdrawn | None


@frozen
class ShownConversation:
    """One conversation as a reader sees it, the oldest message first."""

    conversation: ConversationId
    topic: Topic
    medicine: str | None = field(repr=False)
    decision: RenewalDecision | None
    sentence: Sentence
    messages: tuple[ShownMessage, ...]


@frozen
class Consultations:
    """A patient's page at a clinic: what stands by the text, and the conversations.

    Attributes:
        advice: what to do if it is urgent (D-MAIL-5).
        holiday: what the clinic says while it is away.
        who_may_see: said before a message in the account of somebody under 15 (D-ACC-18).
        length: the longest message, in characters.
        more: what the next page is asked for `before`; None where there is no more.
    """

    advice: Text
    holiday: Text | None
    who_may_see: Text | None
    length: int
    conversations: tuple[ShownConversation, ...]
    more: ConversationId | None = None


@frozen(kw_only=True)
class SeeConversations(PatientCommand):
    """A patient looks at their conversations with a clinic, the newest first.

    Attributes:
        before: the last one of the page before; None for the first page.
    """

    before: ConversationId | None = None


@frozen(kw_only=True)
class SeeFile(PatientCommand):
    """A patient opens a file of a message, counted from 0."""

    conversation: ConversationId
    message: MessageId
    place: int


@frozen(kw_only=True)
class SeeConversationAsStaff(Command):
    """Staff open a conversation."""

    staff: StaffMember
    conversation: ConversationId


@frozen(kw_only=True)
class SeeFileAsStaff(Command):
    """Staff open a file of a message, counted from 0."""

    staff: StaffMember
    conversation: ConversationId
    message: MessageId
    place: int


@frozen
class Looked:
    """It is in the audit log."""


@frozen
class FileShown:
    """A file, by its content (D-MAIL-7)."""

    kind: FileKind
    name: str | None = field(repr=False)
    data: bytes = field(repr=False)


def see_conversations(
    services: Services, command: SeeConversations
) -> Outcome[Consultations, Refusal]:
    """Show a patient's page, also where the service is off: what was written stays readable."""
    unit = Unit(services, command)
    found = reading_session(unit, command)
    if isinstance(found, Failure):
        return found
    settings, clinic = settings_of(unit, command.clinic), unit.settings(command.clinic)
    name = conversations_of(command.clinic, command.user)
    listed = page_before(unit, name, command.before, PAGE)
    if listed is None:
        return Failure(NO_SUCH_CONVERSATION)
    page = [ConversationId(each.item) for each in reversed(listed)]
    _read_ahead(unit, page)
    shown = [_shown(unit, each, Reader.PATIENT) for each in page]
    holiday = away_at(settings, unit.at)[1]
    return Success(
        Consultations(
            advice(clinic.phone, settings.out_of_hours),
            holiday.text if holiday else None,
            WHO_MAY_SEE if people.is_child(unit, command.user) else None,
            settings.length,
            tuple(each for each in shown if each.messages),
            page[-1] if len(page) == PAGE else None,
        )
    )


def _read_ahead(unit: Unit, page: Sequence[ConversationId]) -> None:
    """Read a page's conversations and what stands in them, in a number of queries of its own."""
    unit.read_ahead(events.CONVERSATION, page)
    begun = [_begun(unit, each) for each in page]
    messages = [message for each in begun for message in each.messages]
    unit.read_texts_ahead(
        (
            *(each.terms.renewal.medicine for each in begun if each.terms.renewal),
            *(each.text for each in messages),
            *(file.name for each in messages for file in each.files),
        )
    )


def see_file(services: Services, command: SeeFile) -> Outcome[FileShown, Refusal]:
    """Show a file of a message that the sites show."""
    unit = Unit(services, command)
    found = reading_session(unit, command)
    if isinstance(found, Failure):
        return found
    own = own_conversation(unit, command.user, command.clinic, command.conversation)
    if isinstance(own, Failure):
        return own
    message = find(own.unwrap(), command.message)
    if message is None or not message.is_on_site:
        return Failure(NO_SUCH_CONVERSATION)
    return _file(unit, message, command.place)


def see_conversation_as_staff(
    services: Services, command: SeeConversationAsStaff
) -> Outcome[ShownConversation, Refusal]:
    """Show all of a conversation to staff, and note that they have looked."""
    looked = _look(services, command)
    if isinstance(looked, Failure):
        return looked
    return Success(_shown(Unit(services, command), command.conversation, Reader.STAFF))


def see_file_as_staff(services: Services, command: SeeFileAsStaff) -> Outcome[FileShown, Refusal]:
    """Show a file to staff, and note that they have looked."""
    looked = _look(services, command)
    if isinstance(looked, Failure):
        return looked
    unit = Unit(services, command)
    message = find(_begun(unit, command.conversation), command.message)
    return Failure(NO_SUCH_CONVERSATION) if message is None else _file(unit, message, command.place)


def _look(
    services: Services, command: SeeConversationAsStaff | SeeFileAsStaff
) -> Outcome[Looked, Refusal]:
    def work(unit: Unit) -> Outcome[Looked, Refusal]:
        found = conversation_at(unit, command.staff.clinic, command.conversation)
        if isinstance(found, Failure):
            return found
        unit.rule = "D-LOG-1"
        return Success(Looked())

    return perform(services, command, Looked, work)


def _begun(unit: Unit, identifier: ConversationId) -> Begun:
    state = unit.state(events.CONVERSATION, identifier)
    assert not isinstance(state, NoConversation), "what is listed was begun"
    return state


def _shown(unit: Unit, identifier: ConversationId, reader: Reader) -> ShownConversation:
    state = _begun(unit, identifier)
    terms = state.terms
    renewal = terms.renewal
    seen = [each for each in state.messages if reader is Reader.STAFF or each.is_on_site]
    decided = renewal.decision if renewal else None
    visible = decided is not None and any(each.message == decided.message for each in seen)
    return ShownConversation(
        identifier,
        terms.topic,
        unit.content(renewal.medicine) if renewal and state.messages[0] in seen else None,
        decided.said if decided and visible else None,
        sentence(state, reader),
        tuple(_message(unit, each) for each in seen),
    )


def _message(unit: Unit, message: Message) -> ShownMessage:
    return ShownMessage(
        message.message,
        message.is_from_clinic,
        unit.content(message.text),
        tuple(ShownFile(each.kind, unit.content(each.name)) for each in message.files),
        message.at,
        message.filed_at is not None,
        message.read_at,
        message.off,
        message.withdrawn,
    )


def _file(unit: Unit, message: Message, place: int) -> Outcome[FileShown, Refusal]:
    attached: Attachment | None = message.files[place] if 0 <= place < len(message.files) else None
    data = unit.file(attached.data) if attached else None
    if attached is None or data is None:
        return Failure(NO_SUCH_CONVERSATION)
    return Success(FileShown(attached.kind, unit.content(attached.name), data))
