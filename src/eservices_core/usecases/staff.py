"""A clinic's staff: taken on, given roles, and let go, by its manager (D-STAFF-1).

A clinic without a manager has no staff that could take anybody on: its first one is enrolled by the
installation, whose command line is used by whoever has the key. A clinic that has a manager keeps
one: the last manager is given no other role and no end date (D-STAFF-102). Where the clinic's own
system keeps its staff, nobody is enrolled here. Not here: what happens at an end date by itself
(`leavers`).
"""

from datetime import datetime
from typing import Final

from attrs import field, frozen

from eservices_core import events
from eservices_core.clinic.staff import StaffMember
from eservices_core.outcome import Failure, Outcome, Success
from eservices_core.staffing import member
from eservices_core.staffing.member import Role, StaffLeft, StaffRecord, Standing, standing_of
from eservices_core.usecases.leavers import staff_left
from eservices_core.usecases.perform import perform
from eservices_core.usecases.refusal import UNKNOWN_CLINIC, Refusal
from eservices_core.usecases.refusals import refusal_of
from eservices_core.usecases.services import Command, Services
from eservices_core.usecases.staffing_refusals import (
    FIRST_MANAGER_STANDS,
    LAST_MANAGER,
    NO_STAFF_NAME,
    STAFF_KEPT_ELSEWHERE,
)
from eservices_core.usecases.unit import Unit
from eservices_core.usecases.who_may import staff_key
from eservices_core.views.names import staff_list
from eservices_core.words.identifiers import ClinicId, ContentId, StaffId

NAME_MAX: Final = 100
STAFF_MAX: Final = 10_000


@frozen(kw_only=True)
class EnrollFirstManager(Command):
    """The installation gives a clinic its first manager."""

    clinic: ClinicId
    member: StaffId
    name: str = field(repr=False)


@frozen(kw_only=True)
class EnrollStaff(Command):
    """A manager takes somebody on, or on again.

    Attributes:
        staff: the manager, and the clinic.
        member: whom.
        name: 1 to 100 characters; content.
        begins_at: from when; None for now.
    """

    staff: StaffMember
    member: StaffId
    name: str = field(repr=False)
    role: Role
    begins_at: datetime | None = None


@frozen(kw_only=True)
class ChangeStaffRole(Command):
    """A manager gives somebody another role."""

    staff: StaffMember
    member: StaffId
    role: Role


@frozen(kw_only=True)
class SetEndDate(Command):
    """A manager says when somebody leaves; None for now."""

    staff: StaffMember
    member: StaffId
    ends_at: datetime | None = None


@frozen(kw_only=True)
class LiftEndDate(Command):
    """A manager says that somebody stays after all."""

    staff: StaffMember
    member: StaffId


@frozen(kw_only=True)
class SeeStaff(Command):
    """A manager looks at who works at the clinic."""

    staff: StaffMember


@frozen
class StaffChanged:
    """Who it was about, and how they stand now."""

    member: StaffMember
    standing: Standing


@frozen
class StaffSeen:
    """One member of staff, as the manager sees them; `name` is None where it was erased."""

    member: StaffId
    name: str | None = field(repr=False)
    record: StaffRecord
    standing: Standing


def staff_name_record(services: Services, staff: StaffMember) -> ContentId:
    """Name the record that holds a member's name: a digest, as two ids do not fit in one."""
    return ContentId(services.keys.fingerprint(f"staff-name:{staff_key(staff)}"))


def enroll_first_manager(
    services: Services, command: EnrollFirstManager
) -> Outcome[StaffChanged, Refusal]:
    """Enroll a manager at a clinic that has none."""
    whom = StaffMember(command.member, command.clinic)

    def work(unit: Unit) -> Outcome[StaffChanged, Refusal]:
        if command.clinic not in services.clinics:
            return Failure(UNKNOWN_CLINIC)
        if _managers(unit, command.clinic):
            return Failure(FIRST_MANAGER_STANDS)
        enroll = member.Enroll(Role.MANAGER, unit.at, None, unit.at)
        return _enroll(unit, whom, enroll, command.name)

    return perform(services, command, StaffChanged, work)


def enroll_staff(services: Services, command: EnrollStaff) -> Outcome[StaffChanged, Refusal]:
    """Take somebody on."""
    whom = StaffMember(command.member, command.staff.clinic)

    def work(unit: Unit) -> Outcome[StaffChanged, Refusal]:
        begins_at = command.begins_at or unit.at
        enroll = member.Enroll(command.role, begins_at, command.staff, unit.at)
        return _enroll(unit, whom, enroll, command.name)

    return perform(services, command, StaffChanged, work)


def _enroll(
    unit: Unit, whom: StaffMember, enroll: member.Enroll, name: str
) -> Outcome[StaffChanged, Refusal]:
    name = name.strip()
    if not (0 < len(name) <= NAME_MAX and name.isprintable()):
        return Failure(NO_STAFF_NAME)
    done = _act(unit, whom, enroll)
    if not isinstance(done, Failure):
        _ = unit.put(name, staff_name_record(unit.services, whom))
    return done


def change_staff_role(
    services: Services, command: ChangeStaffRole
) -> Outcome[StaffChanged, Refusal]:
    """Give another role; a clinic keeps a manager."""
    whom = StaffMember(command.member, command.staff.clinic)

    def work(unit: Unit) -> Outcome[StaffChanged, Refusal]:
        if command.role is not Role.MANAGER and _is_last_manager(unit, whom):
            return Failure(LAST_MANAGER)
        return _act(unit, whom, member.ChangeRole(command.role, command.staff, unit.at))

    return perform(services, command, StaffChanged, work)


def set_end_date(services: Services, command: SetEndDate) -> Outcome[StaffChanged, Refusal]:
    """Set when somebody leaves; at once, it is noted at once, and what they hold is handed back."""
    whom = StaffMember(command.member, command.staff.clinic)

    def work(unit: Unit) -> Outcome[StaffChanged, Refusal]:
        if _is_last_manager(unit, whom):
            return Failure(LAST_MANAGER)
        ends_at = command.ends_at or unit.at
        done = _act(unit, whom, member.SetEnd(ends_at, command.staff, unit.at))
        if isinstance(done, Failure) or ends_at > unit.at:
            return done
        return _act(unit, whom, member.NoteLeft(unit.at))

    return perform(services, command, StaffChanged, work)


def lift_end_date(services: Services, command: LiftEndDate) -> Outcome[StaffChanged, Refusal]:
    """Have somebody stay."""
    whom = StaffMember(command.member, command.staff.clinic)

    def work(unit: Unit) -> Outcome[StaffChanged, Refusal]:
        return _act(unit, whom, member.LiftEnd(command.staff, unit.at))

    return perform(services, command, StaffChanged, work)


def _act(unit: Unit, whom: StaffMember, command: member.Command) -> Outcome[StaffChanged, Refusal]:
    if unit.services.staff_directory is not None:
        return Failure(STAFF_KEPT_ELSEWHERE)
    key = staff_key(whom)
    decided = member.decide(unit.state(events.STAFF, key), command)
    if isinstance(decided, Failure):
        return Failure(refusal_of(decided.failure()))
    unit.rule = "D-STAFF-1"
    added = decided.unwrap()
    unit.add(events.STAFF, key, added)
    if any(isinstance(event, StaffLeft) for event in added):
        staff_left(unit, whom)
    return Success(StaffChanged(whom, standing_of(unit.staff_record(whom), unit.at)))


def see_staff(services: Services, command: SeeStaff) -> Outcome[tuple[StaffSeen, ...], Refusal]:
    """List all who ever worked at the clinic, in the order in which they came."""
    unit = Unit(services, command)
    barred = unit.barred()
    if barred is not None:
        return Failure(barred)
    if services.staff_directory is not None:
        return Failure(STAFF_KEPT_ELSEWHERE)
    seen: list[StaffSeen] = []
    everybody = _everybody(unit, command.staff.clinic)
    unit.read_texts_ahead(staff_name_record(services, whom) for whom in everybody)
    for whom in everybody:
        record = unit.staff_record(whom)
        assert record is not None, "who is listed was enrolled"
        name = unit.content(staff_name_record(services, whom))
        seen.append(StaffSeen(whom.staff, name, record, standing_of(record, unit.at)))
    return Success(tuple(seen))


def _everybody(unit: Unit, clinic: ClinicId) -> list[StaffMember]:
    listed = unit.services.lists.listed(staff_list(clinic), STAFF_MAX)
    everybody = [StaffMember(StaffId(each.item), clinic) for each in listed]
    unit.read_ahead(events.STAFF, map(staff_key, everybody))
    return everybody


def _managers(unit: Unit, clinic: ClinicId) -> list[StaffMember]:
    """Give those who are managers now and whose end is not known.

    Each one's stream is read by this unit, so it holds only if nobody's role or end has changed.
    """
    states = {who: unit.state(events.STAFF, staff_key(who)) for who in _everybody(unit, clinic)}
    return [
        who
        for who, state in states.items()
        if isinstance(state, member.Enrolled)
        and state.role is Role.MANAGER
        and state.begins_at <= unit.at
    ]


def _is_last_manager(unit: Unit, whom: StaffMember) -> bool:
    return _managers(unit, whom.clinic) == [whom]
