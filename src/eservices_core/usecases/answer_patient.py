"""Answer a patient (S-MAIL-4, S-MAIL-5): a consultation, a renewal, or first (E-answer). By staff.

The patient is told that there is something to read when the journal has it (D-MAIL-3).
"""

from typing import Final

from attrs import field, frozen

from eservices_core import events
from eservices_core.access.user import Closed as ClosedUser
from eservices_core.clinic.staff import StaffMember
from eservices_core.consultation.attachments import Upload, may_hold_address
from eservices_core.consultation.conversation import Answer, Begin, DecideRenewal
from eservices_core.consultation.message import ByClinic, Message, RenewalDecision, Terms, Topic
from eservices_core.journal.entry import EntryKind
from eservices_core.outcome import Failure, Outcome, Success
from eservices_core.usecases import people
from eservices_core.usecases.conversation_acts import Written, act, compose, reader_of
from eservices_core.usecases.conversation_refusals import NOBODY_READS
from eservices_core.usecases.conversations import conversation_at, look_at_staffs, settings_of
from eservices_core.usecases.perform import perform
from eservices_core.usecases.refusal import NO_SUCH_PATIENT, Refusal
from eservices_core.usecases.services import Command, Services
from eservices_core.usecases.unit import Unit
from eservices_core.words.identifiers import ConversationId, MessageId, UserId


@frozen(kw_only=True)
class StaffWriting(Command):
    """What staff write.

    Attributes:
        text: at most as many characters as the clinic has set; without the clinic's e-mail address.
    """

    staff: StaffMember
    text: str = field(repr=False)
    files: tuple[Upload, ...] = ()


@frozen(kw_only=True)
class AnswerConversation(StaffWriting):
    """Staff answer.

    Attributes:
        seen: the newest message that they had before them; refused if more was written since.
    """

    conversation: ConversationId
    seen: MessageId


@frozen(kw_only=True)
class AnswerRenewal(StaffWriting):
    """Staff approve or refuse a renewal, and say why; `seen` as in an answer."""

    conversation: ConversationId
    seen: MessageId
    decision: RenewalDecision


@frozen(kw_only=True)
class CreateEAnswer(StaffWriting):
    """Staff write to a patient of theirs who has not written (Opret E-svar)."""

    user: UserId


@frozen
class PatientAnswered:
    """It is written.

    Attributes:
        released: the journal has it, so the patient does; else it waits for the journal.
        mailed: a mail tells the patient, now or then.
        address_in_file: an e-mail address of the clinic seems to stand in a file (D-MAIL-2).
    """

    conversation: ConversationId
    message: MessageId
    released: bool
    mailed: bool
    address_in_file: bool


_HEADINGS: Final = {RenewalDecision.APPROVED: "Godkendt", RenewalDecision.REFUSED: "Afslået"}
"""What the journal has above the answer to a renewal."""


def answer_conversation(
    services: Services, command: AnswerConversation
) -> Outcome[PatientAnswered, Refusal]:
    """Answer a conversation."""

    def work(unit: Unit) -> Outcome[PatientAnswered, Refusal]:
        found = conversation_at(unit, command.staff.clinic, command.conversation)
        if isinstance(found, Failure):
            return found
        unit.rule = "S-MAIL-4"
        return _write(unit, command, command.conversation, found.unwrap().terms.user)

    return perform(services, command, PatientAnswered, work)


def answer_renewal(services: Services, command: AnswerRenewal) -> Outcome[PatientAnswered, Refusal]:
    """Approve or refuse a renewal; approving says nothing of the prescription (D-MAIL-6)."""

    def work(unit: Unit) -> Outcome[PatientAnswered, Refusal]:
        found = conversation_at(unit, command.staff.clinic, command.conversation)
        if isinstance(found, Failure):
            return found
        unit.rule = "D-MAIL-6"
        return _write(unit, command, command.conversation, found.unwrap().terms.user)

    return perform(services, command, PatientAnswered, work)


def create_e_answer(
    services: Services, command: CreateEAnswer
) -> Outcome[PatientAnswered, Refusal]:
    """Write first."""
    identifier = services.new_conversation()

    def work(unit: Unit) -> Outcome[PatientAnswered, Refusal]:
        if not people.is_patient_of(unit, command.staff.clinic, command.user):
            return Failure(NO_SUCH_PATIENT)
        unit.rule = "S-MAIL-5"
        return _write(unit, command, identifier, command.user)

    return perform(services, command, PatientAnswered, work)


def _write(
    unit: Unit,
    command: AnswerConversation | AnswerRenewal | CreateEAnswer,
    identifier: ConversationId,
    user: UserId,
) -> Outcome[PatientAnswered, Refusal]:
    clinic = command.staff.clinic
    unit.about = user
    if isinstance(unit.state(events.USER, user), ClosedUser):
        return Failure(NOBODY_READS)
    looked = look_at_staffs(unit, clinic, command.text, command.files)
    if isinstance(looked, Failure):
        return looked
    is_first = isinstance(command, CreateEAnswer)
    written = Written(
        clinic=clinic,
        user=user,
        conversation=identifier,
        message=unit.services.new_message(),
        author=ByClinic(command.staff),
        kind=EntryKind.E_ANSWER if is_first else EntryKind.ANSWER,
        text=command.text,
        files=looked.unwrap(),
        heading=_HEADINGS[command.decision] if isinstance(command, AnswerRenewal) else "",
    )
    message = compose(unit, written)
    acted = act(unit, identifier, _command(command, user, message))
    if isinstance(acted, Failure):
        return acted
    addresses = settings_of(unit, clinic).addresses
    return Success(
        PatientAnswered(
            identifier,
            message.message,
            released=message.filed_at is not None,
            mailed=reader_of(unit, user) is not None,
            address_in_file=any(may_hold_address(each, addresses) for each in looked.unwrap()),
        )
    )


def _command(
    command: AnswerConversation | AnswerRenewal | CreateEAnswer, user: UserId, message: Message
) -> Answer | Begin | DecideRenewal:
    match command:
        case AnswerRenewal(seen=seen, decision=decision):
            return DecideRenewal(decision, message, seen)
        case AnswerConversation(seen=seen):
            return Answer(message, seen)
        case CreateEAnswer():
            return Begin(Terms(user, command.staff.clinic, Topic.E_ANSWER), message)
