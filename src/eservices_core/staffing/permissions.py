"""Who at a clinic may do what, on one page (D-STAFF-1).

Here: the closed list of kinds of act, and the table. Which command is which kind stands in
`usecases.who_may`. A role opens a kind of act; a rule of its own may close it again: whether
reception's approval counts is the clinic's setting (D-BOOK-11, `booking.approving`).
"""

from enum import unique
from typing import Final

from attrs import frozen

from eservices_core.staffing.member import Role, Standing
from eservices_core.tables import Fact, Row, Table, any_of, but, when
from eservices_core.texts import NextStep, Says, Text


@unique
class Act(Fact):
    """What kind of act a command of staff is; closed."""

    SEE_PATIENT = "see_patient"
    """Open a patient, or read anything that is about one."""
    MANAGE_PATIENT = "manage_patient"
    """Users, ticks, passwords, addresses, associations, verified guardians."""
    BOOK = "book"
    """Book, move, cancel and follow up appointments."""
    APPROVE = "approve"
    """Answer a patient's request for a time."""
    CORRESPOND = "correspond"
    """Read and answer enquiries and renewals, and write first."""
    SEND_LETTER = "send_letter"
    """Digital post, or paper instead."""
    WORK_LIST = "work_list"
    """See the worklist; take an item, hand it on, hand it back."""
    HANDLE_BREACH = "handle_breach"
    """Put right what went to the wrong patient (D-MAIL-8)."""
    CHANGE_SETTINGS = "change_settings"
    ADMINISTER_STAFF = "administer_staff"
    READ_AUDIT = "read_audit"
    """The monthly sample, the alarms, and the clinic's audit log."""


@frozen
class PermissionFacts:
    """What it rests on. `role` is anything where `standing` says that there is nobody."""

    standing: Standing
    role: Role
    act: Act


@unique
class Permission(Fact):
    """Whether they may."""

    MAY = "may"
    MAY_NOT = "may_not"


_MANAGERS_ACTS: Final = any_of(Act.ADMINISTER_STAFF, Act.READ_AUDIT)
_PATIENTS_ACTS: Final = but(Act.ADMINISTER_STAFF, Act.READ_AUDIT, Act.CHANGE_SETTINGS)
_OF_THE_CLINIC: Final = but(Role.SUPPORT)

_MAY: Final = Text("Det må du.", "You may do this.")


PERMISSIONS: Final = Table(
    "staff.permissions",
    "May this person do an act of this kind for the clinic?",
    PermissionFacts,
    (
        Row(
            "not_staff_here",
            "D-STAFF-1",
            when(standing=Standing.UNKNOWN),
            Permission.MAY_NOT,
            Says.to_staff("Du er ikke medarbejder her.", "You are not a member of staff here."),
            NextStep.ASK_MANAGER,
        ),
        Row(
            "not_begun",
            "D-STAFF-1",
            when(standing=Standing.NOT_BEGUN),
            Permission.MAY_NOT,
            Says.to_staff("Din ansættelse er ikke begyndt endnu.", "You have not begun here yet."),
            NextStep.ASK_MANAGER,
        ),
        Row(
            "has_left",
            "D-STAFF-1",
            when(standing=Standing.LEFT),
            Permission.MAY_NOT,
            Says.to_staff("Din slutdato er nået.", "Your end date has come."),
            NextStep.ASK_MANAGER,
        ),
        Row(
            "works_with_patients",
            "D-STAFF-1",
            when(standing=Standing.ACTIVE, role=_OF_THE_CLINIC, act=_PATIENTS_ACTS),
            Permission.MAY,
            Says.to_staff(_MAY.da, _MAY.en),
            NextStep.GO_ON,
        ),
        Row(
            "support_sees_no_patients",
            "D-STAFF-1",
            when(standing=Standing.ACTIVE, role=Role.SUPPORT, act=_PATIENTS_ACTS),
            Permission.MAY_NOT,
            Says.to_staff(
                "Support har ikke adgang til patienters oplysninger.",
                "Support has no access to patients' data.",
            ),
            NextStep.ASK_COLLEAGUE,
        ),
        Row(
            "changes_settings",
            "D-STAFF-1",
            when(
                standing=Standing.ACTIVE,
                role=any_of(Role.MANAGER, Role.SUPPORT),
                act=Act.CHANGE_SETTINGS,
            ),
            Permission.MAY,
            Says.to_staff(_MAY.da, _MAY.en),
            NextStep.GO_ON,
        ),
        Row(
            "settings_are_the_managers",
            "D-STAFF-1",
            when(
                standing=Standing.ACTIVE,
                role=any_of(Role.RECEPTION, Role.PRACTITIONER),
                act=Act.CHANGE_SETTINGS,
            ),
            Permission.MAY_NOT,
            Says.to_staff(
                "Indstillinger ændres af lederen eller support.",
                "Settings are changed by the manager or by support.",
            ),
            NextStep.ASK_MANAGER,
        ),
        Row(
            "manages",
            "D-STAFF-1",
            when(standing=Standing.ACTIVE, role=Role.MANAGER, act=_MANAGERS_ACTS),
            Permission.MAY,
            Says.to_staff(_MAY.da, _MAY.en),
            NextStep.GO_ON,
        ),
        Row(
            "managers_only",
            "D-STAFF-1",
            when(standing=Standing.ACTIVE, role=but(Role.MANAGER), act=_MANAGERS_ACTS),
            Permission.MAY_NOT,
            Says.to_staff(
                "Kun lederen må se loggen og administrere medarbejdere.",
                "Only the manager may read the log and administer staff.",
            ),
            NextStep.ASK_MANAGER,
        ),
    ),
)
