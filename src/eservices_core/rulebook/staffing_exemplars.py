"""What is tried on the machines of staff; see `exemplars`."""

from datetime import UTC, datetime, timedelta
from typing import Final

from eservices_core.clinic.staff import StaffMember
from eservices_core.rulebook.machines import Machine
from eservices_core.staffing import alarm, desk_session, member
from eservices_core.staffing.member import Role
from eservices_core.words.identifiers import ClinicId, StaffId

_NOW: Final = datetime(2026, 1, 15, 12, 0, tzinfo=UTC)
_DAY: Final = timedelta(days=1)
_MANAGER: Final = StaffMember(StaffId("bo"), ClinicId("clinic"))

_MEMBER: Final = Machine(
    "member",
    "a member of staff at one clinic",
    member.NotEnrolled(),
    (
        ("Enroll", member.Enroll(Role.RECEPTION, _NOW, _MANAGER, _NOW)),
        ("Enroll, after the end", member.Enroll(Role.RECEPTION, _NOW, _MANAGER, _NOW + 2 * _DAY)),
        ("ChangeRole", member.ChangeRole(Role.MANAGER, _MANAGER, _NOW)),
        ("ChangeRole, after the end", member.ChangeRole(Role.MANAGER, _MANAGER, _NOW + 2 * _DAY)),
        ("SetEnd", member.SetEnd(_NOW + _DAY, _MANAGER, _NOW)),
        ("SetEnd, in the past", member.SetEnd(_NOW - _DAY, _MANAGER, _NOW)),
        ("SetEnd, before the first day", member.SetEnd(_NOW - _DAY, _MANAGER, _NOW - 2 * _DAY)),
        ("LiftEnd", member.LiftEnd(_MANAGER, _NOW)),
        ("NoteLeft, too early", member.NoteLeft(_NOW)),
        ("NoteLeft", member.NoteLeft(_NOW + 2 * _DAY)),
    ),
    member.decide,
    member.evolve,
)


def _come_in(entry: desk_session.Entry) -> desk_session.ComeIn:
    return desk_session.ComeIn(_MANAGER, entry, _NOW)


_DESK_SESSION: Final = Machine(
    "desk_session",
    "a session of staff at the clinic's desk",
    desk_session.NotBegun(),
    (
        ("ComeIn", _come_in(desk_session.Entry.LET_IN)),
        ("ComeIn, kept out", _come_in(desk_session.Entry.KEPT_OUT)),
        ("LogOut", desk_session.LogOut()),
    ),
    desk_session.decide,
    desk_session.evolve,
)

_ALARM: Final = Machine(
    "alarm",
    "an alarm of a clinic's manager",
    alarm.NotRaised(),
    (("Raise", alarm.Raise(_NOW)), ("Close", alarm.Close(_MANAGER))),
    alarm.decide,
    alarm.evolve,
)

STAFFING_MACHINES: Final = (_MEMBER, _DESK_SESSION, _ALARM)
