"""What is tried on the machine of a conversation; see `exemplars`.

One conversation is a renewal, which staff answer with a decision; that of a consultation is drawn
from the same machine, without one. Messages have fixed ids, so that the walk comes to an end.
"""

from datetime import UTC, datetime
from typing import Final

from attrs import evolve as with_changes

from eservices_core.access.session import Method
from eservices_core.clinic.staff import StaffMember
from eservices_core.consultation import conversation, life
from eservices_core.consultation.conversation import (
    Answer,
    Begin,
    Close,
    DecideRenewal,
    Keep,
    KeepOff,
    NoteFiled,
    NoteLeft,
    Read,
    Reopen,
    Reply,
    Withdraw,
)
from eservices_core.consultation.message import (
    ByClinic,
    ByPatient,
    Doubt,
    Message,
    OffBecause,
    Renewal,
    RenewalDecision,
    Terms,
    Topic,
)
from eservices_core.consultation.states import CloseReason, NoConversation
from eservices_core.rulebook.machines import Machine
from eservices_core.words.identifiers import (
    ClinicId,
    ContentId,
    EntryId,
    MessageId,
    StaffId,
    UserId,
)

_NOW: Final = datetime(2026, 1, 15, 12, 0, tzinfo=UTC)
_CLINIC: Final = ClinicId("clinic")
_ANNE: Final = StaffMember(StaffId("anne"), _CLINIC)
_RECORD: Final = ContentId("record")
_USER: Final = UserId("user")
_CONSULTATION: Final = Terms(_USER, _CLINIC, Topic.CONSULTATION)
_RENEWAL: Final = Terms(_USER, _CLINIC, Topic.RENEWAL, Renewal(_RECORD, Doubt.NONE))

_ENQUIRY: Final = Message(
    MessageId("enquiry"), ByPatient(Method.MITID), _RECORD, (), _NOW, EntryId("1"), _NOW
)
_REPLY: Final = with_changes(_ENQUIRY, message=MessageId("reply"))
_ANSWER: Final = Message(
    MessageId("answer"), ByClinic(_ANNE), _RECORD, (), _NOW, EntryId("2"), None
)
_FILED: Final = with_changes(_ANSWER, message=MessageId("filed"), filed_at=_NOW)

_MACHINE: Final = Machine(
    "conversation",
    "a conversation between a patient and a clinic",
    NoConversation(),
    (
        ("Begin", Begin(_CONSULTATION, _ENQUIRY)),
        ("Begin, a renewal", Begin(_RENEWAL, _ENQUIRY)),
        ("Reply", Reply(_REPLY)),
        ("Answer", Answer(_FILED, _ENQUIRY.message)),
        ("Answer, journal outside", Answer(_ANSWER, _ENQUIRY.message)),
        ("Answer, once more", Answer(_ANSWER, _FILED.message)),
        ("DecideRenewal", DecideRenewal(RenewalDecision.APPROVED, _FILED, _ENQUIRY.message)),
        (
            "DecideRenewal, journal outside",
            DecideRenewal(RenewalDecision.REFUSED, _ANSWER, _ENQUIRY.message),
        ),
        ("NoteFiled", NoteFiled(_ANSWER.message, _NOW)),
        ("Read", Read(_NOW)),
        ("KeepOff", KeepOff(_FILED.message, _ANNE, OffBecause.RISK)),
        ("KeepOff, let back", KeepOff(_FILED.message, _ANNE, None)),
        ("Withdraw", Withdraw(_ANSWER.message, _ANNE, _NOW)),
        ("Withdraw, the patient's", Withdraw(_ENQUIRY.message, _ANNE, _NOW)),
        ("Close", Close(_ANNE, CloseReason.DEALT_WITH, _NOW)),
        ("Close, the patient died", Close(_ANNE, CloseReason.PATIENT_DIED, _NOW)),
        ("Reopen", Reopen(_ANNE)),
        ("NoteLeft", NoteLeft()),
        ("Keep", Keep(_ANNE)),
    ),
    conversation.decide,
    life.evolve,
)

CONVERSATION_MACHINES: Final = (_MACHINE,)
"""The machine of mail consultation."""
