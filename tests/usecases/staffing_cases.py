"""The use cases of a clinic's staff, ready to be carried out; see `every_use_case`."""

from collections.abc import Callable
from datetime import date
from typing import Any, Final

from attrs import evolve

from eservices_core.outcome import Outcome
from eservices_core.ports.ledger import BySystem
from eservices_core.staffing.desk_session import Factors
from eservices_core.staffing.member import Role
from eservices_core.staffing.opening import Purpose
from eservices_core.staffing.watch import AlarmKind
from eservices_core.testing.world import CLINIC
from eservices_core.usecases import staff, staff_sessions, watch_lookups
from eservices_core.usecases.open_patient import OpenPatient, open_patient
from eservices_core.usecases.refusal import Refusal
from eservices_core.usecases.services import Command, Services
from eservices_core.words.identifiers import StaffId
from tests.usecases.booking_cases import KEY
from tests.usecases.day import Day
from tests.usecases.people import A_DAY, ANNA

Prepared = tuple[Callable[[Services, Any], Outcome[Any, Refusal]], Command]
MIA: Final = StaffId("mia")


def taken_on(day: Day, role: Role = Role.RECEPTION) -> None:
    """Have the clinic keep its staff in the ledger, and take Mia on."""
    day.keep_staff_in_ledger()
    command = staff.EnrollStaff(
        key=day.key(), by=day.by_staff, staff=day.staff, member=MIA, name="Mia Test", role=role
    )
    _ = staff.enroll_staff(day.services, command).unwrap()


def _first_manager(day: Day) -> Prepared:
    day.services = evolve(day.services, staff_directory=None)
    return staff.enroll_first_manager, staff.EnrollFirstManager(
        key=KEY, by=BySystem(), clinic=CLINIC, member=MIA, name="Mia Test"
    )


def _enroll(day: Day) -> Prepared:
    day.keep_staff_in_ledger()
    return staff.enroll_staff, staff.EnrollStaff(
        key=KEY,
        by=day.by_staff,
        staff=day.staff,
        member=MIA,
        name="Mia Test",
        role=Role.RECEPTION,
    )


def _change_role(day: Day) -> Prepared:
    taken_on(day)
    return staff.change_staff_role, staff.ChangeStaffRole(
        key=KEY, by=day.by_staff, staff=day.staff, member=MIA, role=Role.MANAGER
    )


def _set_end(day: Day) -> Prepared:
    taken_on(day)
    return staff.set_end_date, staff.SetEndDate(
        key=KEY, by=day.by_staff, staff=day.staff, member=MIA
    )


def _lift_end(day: Day) -> Prepared:
    taken_on(day)
    command = staff.SetEndDate(
        key=day.key(),
        by=day.by_staff,
        staff=day.staff,
        member=MIA,
        ends_at=day.clock.now() + A_DAY,
    )
    _ = staff.set_end_date(day.services, command).unwrap()
    return staff.lift_end_date, staff.LiftEndDate(
        key=KEY, by=day.by_staff, staff=day.staff, member=MIA
    )


def _come_in(day: Day) -> Prepared:
    return staff_sessions.let_staff_in, staff_sessions.LetStaffIn(
        key=KEY,
        by=day.anybody,
        clinic=CLINIC,
        member=day.staff.staff,
        factors=Factors.TWO,
        session=day.session(),
    )


def _go(day: Day) -> Prepared:
    session = day.session()
    command = staff_sessions.LetStaffIn(
        key=day.key(),
        by=day.anybody,
        clinic=CLINIC,
        member=day.staff.staff,
        factors=Factors.TWO,
        session=session,
    )
    _ = staff_sessions.let_staff_in(day.services, command).unwrap()
    return staff_sessions.log_staff_out, staff_sessions.LogStaffOut(
        key=KEY, by=day.anybody, session=session
    )


def opening(day: Day, purpose: Purpose = Purpose.CALL, **more: Any) -> OpenPatient:
    """Make the command that opens Anna."""
    return OpenPatient(
        key=day.key(), by=day.by_staff, staff=day.staff, number=ANNA, purpose=purpose, **more
    )


def _open(day: Day) -> Prepared:
    _ = day.patient(ANNA, "anna")
    return open_patient, opening(day)


def _open_a_protected_patient(day: Day) -> Prepared:
    _ = day.patient(ANNA, "anna")
    day.protect(ANNA)
    return open_patient, opening(day, reason="Asks for a certificate at the desk.")


def _draw_a_sample(day: Day) -> Prepared:
    _ = day.patient(ANNA, "anna")
    _ = open_patient(day.services, opening(day)).unwrap()
    day.clock.wind(40 * A_DAY)
    return watch_lookups.draw_sample, watch_lookups.DrawSample(
        key=KEY, by=day.by_staff, staff=day.staff, month=date(2026, 11, 1)
    )


def _close_an_alarm(day: Day) -> Prepared:
    do, command = _open_a_protected_patient(day)
    _ = do(day.services, command).unwrap()
    assert watch_lookups.look_for_alarms(day.services, CLINIC) == 1
    look = watch_lookups.SeeAlarms(key=day.key(), by=day.by_staff, staff=day.staff)
    (alarm,) = watch_lookups.see_alarms(day.services, look).unwrap()
    return watch_lookups.close_alarm, watch_lookups.CloseAlarm(
        key=KEY,
        by=day.by_staff,
        staff=day.staff,
        kind=AlarmKind.PROTECTED,
        position=alarm.lookup.position,
    )


STAFFING: Final = (
    _first_manager,
    _enroll,
    _change_role,
    _set_end,
    _lift_end,
    _come_in,
    _go,
    _open,
    _open_a_protected_patient,
    _draw_a_sample,
    _close_an_alarm,
)
