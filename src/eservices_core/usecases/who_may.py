"""Who may do which command: the one place where staff's role is asked (D-STAFF-1).

Here: which command is which kind of act, and the answer. `Unit.barred` asks it for `perform`, which
every command that changes anything goes through, and for the use cases of staff that only read. A
command of staff that is missing from `ACTS` is a bug, found by a test and by whoever carries it
out. Not here: which role may do what (`staffing.permissions`).
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from eservices_core.clinic.staff import StaffMember
from eservices_core.ports.ledger import ByStaff
from eservices_core.staffing.member import Role, StaffRecord, standing_of
from eservices_core.staffing.permissions import PERMISSIONS, Act, Permission, PermissionFacts
from eservices_core.usecases.refusal import Refusal
from eservices_core.usecases.refusals import refusal_by_name
from eservices_core.usecases.services import Command
from eservices_core.usecases.staffing_refusals import ACTS_AS_ANOTHER, NOT_AS_PATIENT

ACTS: Final[Mapping[str, Act]] = {
    # Patients and their users.
    "FindPatients": Act.SEE_PATIENT,
    "OpenPatient": Act.SEE_PATIENT,
    "ImportUser": Act.MANAGE_PATIENT,
    "WhyNotLogin": Act.SEE_PATIENT,
    "AnswerRegistration": Act.MANAGE_PATIENT,
    "AssociatePatient": Act.MANAGE_PATIENT,
    "DissociatePatient": Act.MANAGE_PATIENT,
    "CreatePatient": Act.MANAGE_PATIENT,
    "CloseUser": Act.MANAGE_PATIENT,
    "UnlockUser": Act.MANAGE_PATIENT,
    "SetNoMitid": Act.MANAGE_PATIENT,
    "RemoveNoMitid": Act.MANAGE_PATIENT,
    "SendPassword": Act.MANAGE_PATIENT,
    "ChangePatientsAddress": Act.MANAGE_PATIENT,
    "ChangeNumber": Act.MANAGE_PATIENT,
    "VerifyByHand": Act.MANAGE_PATIENT,
    "WithdrawVerification": Act.MANAGE_PATIENT,
    # The appointment book.
    "SeeDesk": Act.BOOK,
    "AskWhyNot": Act.BOOK,
    "PreviewDay": Act.BOOK,
    "BookForPatient": Act.BOOK,
    "CancelForClinic": Act.BOOK,
    "MoveForClinic": Act.BOOK,
    "CancelDay": Act.BOOK,
    "MoveDay": Act.BOOK,
    "RecordPresence": Act.BOOK,
    "LetBookingStand": Act.BOOK,
    "JoinRecord": Act.BOOK,
    "TakeOffDesk": Act.BOOK,
    "ResendConfirmation": Act.BOOK,
    "RecordPatientTold": Act.BOOK,
    "ApproveBooking": Act.APPROVE,
    "DeclineBooking": Act.APPROVE,
    "PreviewClosing": Act.BOOK,
    # The worklist and the journal.
    "SeeWorklist": Act.WORK_LIST,
    "SeeUnread": Act.WORK_LIST,
    "TakeItem": Act.WORK_LIST,
    "LetItemGo": Act.WORK_LIST,
    "CloseItem": Act.WORK_LIST,
    "ReadJournal": Act.SEE_PATIENT,
    "MoveEntry": Act.HANDLE_BREACH,
    # Mail consultation.
    "StaffWriting": Act.CORRESPOND,
    "AnswerConversation": Act.CORRESPOND,
    "AnswerRenewal": Act.CORRESPOND,
    "CreateEAnswer": Act.CORRESPOND,
    "CloseConversation": Act.CORRESPOND,
    "ReopenConversation": Act.CORRESPOND,
    "KeepConversation": Act.CORRESPOND,
    "KeepOffSite": Act.CORRESPOND,
    "TellAgain": Act.CORRESPOND,
    "SeeConversationAsStaff": Act.CORRESPOND,
    "SeeFileAsStaff": Act.CORRESPOND,
    "WithdrawMessage": Act.HANDLE_BREACH,
    # Letters.
    "SendLetter": Act.SEND_LETTER,
    "CanReceive": Act.SEND_LETTER,
    "WithdrawLetter": Act.SEND_LETTER,
    "TryLetterAgain": Act.SEND_LETTER,
    "SendLetterOnPaper": Act.SEND_LETTER,
    "SettleLetter": Act.SEND_LETTER,
    "SeeLetters": Act.SEND_LETTER,
    # The clinic itself.
    "ChangeSettings": Act.CHANGE_SETTINGS,
    "SeeStaff": Act.ADMINISTER_STAFF,
    "EnrollStaff": Act.ADMINISTER_STAFF,
    "ChangeStaffRole": Act.ADMINISTER_STAFF,
    "SetEndDate": Act.ADMINISTER_STAFF,
    "LiftEndDate": Act.ADMINISTER_STAFF,
    "DrawSample": Act.READ_AUDIT,
    "SeeAlarms": Act.READ_AUDIT,
    "CloseAlarm": Act.READ_AUDIT,
}
"""Commands of staff, by the name of their class; no two have the same name."""


def staff_key(staff: StaffMember) -> str:
    """Key of the stream of one member of staff at one clinic."""
    return f"{staff.clinic}/{staff.staff}"


def staff_of(command: Command) -> StaffMember | None:
    """Say which member of staff a command is of; None where it is nobody's."""
    staff = getattr(command, "staff", None)
    return staff if isinstance(staff, StaffMember) else None


def why_not(command: Command, record: StaffRecord | None, at: datetime) -> Refusal | None:
    """Say why a command is not carried out; None if it is.

    Staff act as themselves and by their role; and what a patient may do, staff never do.
    """
    staff = staff_of(command)
    if staff is None:
        return NOT_AS_PATIENT if isinstance(command.by, ByStaff) else None
    if command.by != ByStaff(staff):
        return ACTS_AS_ANOTHER
    name = type(command).__name__
    assert name in ACTS, f"{name} has no kind of act in usecases.who_may"
    role = record.role if record else Role.SUPPORT  # of nobody, any role
    row = PERMISSIONS.decide(PermissionFacts(standing_of(record, at), role, ACTS[name]))
    return None if row.then is Permission.MAY else refusal_by_name(row)
