"""What use cases share about conversations: sessions, finding, and looking at what was written.

Here: reading only. What an event of a conversation sets off stands in `conversation_acts`.
"""

from attrs import field, frozen

from eservices_core import events
from eservices_core.access.association import ClinicDissociated
from eservices_core.access.session import Method, Open
from eservices_core.clinic.booking_settings import Switch
from eservices_core.clinic.consultation_settings import ConsultationSettings
from eservices_core.consultation.attachments import Checked, Upload, check_all
from eservices_core.consultation.free_text import TextRefusal, why_not_text
from eservices_core.consultation.message import Urgency
from eservices_core.consultation.states import Begun, NoConversation
from eservices_core.consultation.urgency import urgency_of
from eservices_core.consultation.writing import (
    WRITING,
    Confirmed,
    MayWrite,
    Notice,
    Words,
    WriteFacts,
    away_at,
)
from eservices_core.outcome import Failure, Outcome, Success
from eservices_core.usecases import people
from eservices_core.usecases.conversation_acts import stream_of
from eservices_core.usecases.conversation_refusals import NO_SUCH_CONVERSATION
from eservices_core.usecases.refusal import FORM_OF_ANOTHER, Refusal
from eservices_core.usecases.refusals import refusal_of, refusal_of_row
from eservices_core.usecases.services import Command
from eservices_core.usecases.session_of import open_session, reaching_session, standing_session
from eservices_core.usecases.unit import Unit
from eservices_core.words.address_in_text import holds_address
from eservices_core.words.identifiers import (
    BrowserId,
    ClinicId,
    ConversationId,
    SessionId,
    UserId,
)
from eservices_core.words.lifetimes import is_within


@frozen(kw_only=True)
class PatientCommand(Command):
    """What a patient asks for from a page of a clinic.

    Attributes:
        user: the account that the page or form was made for (D-SES-1).
    """

    session: SessionId
    browser: BrowserId
    clinic: ClinicId
    user: UserId


@frozen(kw_only=True)
class WritingCommand(PatientCommand):
    """What a patient writes.

    Attributes:
        text: at most as many characters as the clinic has set.
        not_urgent: the patient has confirmed that it is not urgent (D-MAIL-5).
        sends_all_the_same: an urgent word has interrupted them, and they send it.
        notice_seen: the page has said who can see it (D-ACC-18); asked of those under 15 only.
    """

    text: str = field(repr=False)
    files: tuple[Upload, ...] = ()
    not_urgent: bool = False
    sends_all_the_same: bool = False
    notice_seen: bool = False


# --- sessions ------------------------------------------------------------------------------------


def writing_session(unit: Unit, command: PatientCommand) -> Outcome[Open, Refusal]:
    """Read a session that reaches the clinic, for the account that the form names (D-SES-1)."""
    opened = open_session(unit, command.session, command.browser)
    if isinstance(opened, Failure):
        return opened
    if opened.unwrap().user != command.user:
        return Failure(FORM_OF_ANOTHER)
    return reaching_session(unit, command.session, command.browser, command.clinic)


def reading_session(unit: Unit, command: PatientCommand) -> Outcome[Open, Refusal]:
    """Read a session in which past messages can be read: also of a clinic that was left (D-ACC-20).

    There only with MitID: a two-factor session reaches no clinic without its tick (D-ACC-11).
    """
    reached = writing_session(unit, command)
    if isinstance(reached, Success) or reached.failure() == FORM_OF_ANOTHER:
        return reached
    standing = standing_session(unit, command.session, command.browser)
    if isinstance(standing, Failure) or standing.unwrap().method is not Method.MITID:
        return reached
    if people.is_patient_of(unit, command.clinic, command.user):
        return reached
    key = people.association_key(command.clinic, command.user)
    left_at = unit.happened_at(events.ASSOCIATION, key, ClinicDissociated)
    settings = unit.find_clinic(command.clinic)
    if left_at is None or settings is None:
        return reached
    kept = is_within(left_at, unit.at, left_at + settings.keeping.conversations)
    return standing if kept else reached


# --- finding -------------------------------------------------------------------------------------


def settings_of(unit: Unit, clinic: ClinicId) -> ConsultationSettings:
    """Give a clinic's settings; one that has set nothing takes nothing."""
    found = unit.find_clinic(clinic)
    return found.consultation if found else ConsultationSettings()


def conversation_at(
    unit: Unit, clinic: ClinicId, identifier: ConversationId
) -> Outcome[Begun, Refusal]:
    """Find a clinic's conversation; another clinic's answers as none (D-LOG-2)."""
    state = unit.state(events.CONVERSATION, identifier)
    if isinstance(state, NoConversation) or state.terms.clinic != clinic:
        return Failure(NO_SUCH_CONVERSATION)
    unit.stream = stream_of(identifier)
    unit.about = state.terms.user
    return Success(state)


def own_conversation(
    unit: Unit, user: UserId, clinic: ClinicId, identifier: ConversationId
) -> Outcome[Begun, Refusal]:
    """Find a user's own conversation; anybody else's answers as none."""
    state = unit.state(events.CONVERSATION, identifier)
    if isinstance(state, NoConversation) or state.terms.user != user:
        return Failure(NO_SUCH_CONVERSATION)
    return conversation_at(unit, clinic, identifier)


# --- looking at what was written -----------------------------------------------------------------


def look_at_patients(
    unit: Unit, command: WritingCommand, service: Switch
) -> Outcome[tuple[Urgency, tuple[Checked, ...]], Refusal]:
    """May this patient write this now? Gives its urgency, and its files as they are kept."""
    settings = settings_of(unit, command.clinic)
    urgency = urgency_of(command.text, settings.urgent_words)
    words = Words.NONE
    if urgency is Urgency.WORD_FOUND:
        sent = command.sends_all_the_same
        words = Words.FOUND_AND_SENT_ALL_THE_SAME if sent else Words.FOUND
    notice = Notice.NOT_NEEDED
    if people.is_child(unit, command.user):
        notice = Notice.SEEN if command.notice_seen else Notice.NOT_SEEN
    row = WRITING.decide(
        WriteFacts(
            service=service,
            away=away_at(settings, unit.at)[0],
            confirmed=Confirmed.NOT_URGENT if command.not_urgent else Confirmed.NOTHING_SAID,
            notice=notice,
            words=words,
        )
    )
    unit.rule = row.rule
    if row.then not in {MayWrite.YES, MayWrite.YES_ON_TOP}:
        return Failure(refusal_of_row(row, row.then))
    refused = why_not_text(command.text, settings.length)
    if refused is not None:
        return Failure(refusal_of(refused))
    checked = check_all(command.files, settings.patient_files, settings.file_bytes)
    if isinstance(checked, Failure):
        return Failure(refusal_of(checked.failure()))
    return Success((urgency, checked.unwrap()))


def look_at_staffs(
    unit: Unit, clinic: ClinicId, text: str, files: tuple[Upload, ...]
) -> Outcome[tuple[Checked, ...], Refusal]:
    """May staff send this? No e-mail address of the clinic's is in it (D-MAIL-2)."""
    settings = settings_of(unit, clinic)
    refused = why_not_text(text, settings.length)
    if refused is None and holds_address(text, settings.addresses):
        refused = TextRefusal.CLINIC_ADDRESS
    if refused is None and any(holds_address(each.name, settings.addresses) for each in files):
        refused = TextRefusal.CLINIC_ADDRESS_IN_NAME
    if refused is not None:
        return Failure(refusal_of(refused))
    checked = check_all(files, settings.clinic_files, settings.file_bytes)
    return Failure(refusal_of(checked.failure())) if isinstance(checked, Failure) else checked
