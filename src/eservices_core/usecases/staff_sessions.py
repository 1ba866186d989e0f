"""Staff come in, are asked for at every page, and go (D-STAFF-1).

The caller has identified somebody, and says with how many factors; whether that is enough is said
here. A session of staff lies in a stream of its own kind: it opens nothing of a patient's.
"""

from attrs import frozen

from eservices_core import events
from eservices_core.clinic.staff import StaffMember
from eservices_core.outcome import Failure, Outcome, Success
from eservices_core.staffing import desk_session
from eservices_core.staffing.desk_session import ENTRY, Entry, EntryFacts, Factors
from eservices_core.staffing.member import Standing, standing_of
from eservices_core.usecases.perform import perform
from eservices_core.usecases.refusal import Refusal
from eservices_core.usecases.refusals import refusal_by_name, refusal_of
from eservices_core.usecases.services import Command, Services
from eservices_core.usecases.unit import Unit
from eservices_core.words.identifiers import ClinicId, SessionId, StaffId


@frozen(kw_only=True)
class LetStaffIn(Command):
    """Somebody has identified as a member of staff.

    Attributes:
        clinic: where they want to work.
        member: who they are there.
        factors: with how many factors they were identified.
        session: the digest of a token that their browser keeps.
    """

    clinic: ClinicId
    member: StaffId
    factors: Factors
    session: SessionId


@frozen(kw_only=True)
class UseStaffSession(Command):
    """A page of the clinic's desk is asked for."""

    session: SessionId


@frozen(kw_only=True)
class LogStaffOut(Command):
    """They go."""

    session: SessionId


@frozen
class StaffIsIn:
    """Whose session it is."""

    staff: StaffMember


@frozen
class StaffIsOut:
    """It is over."""


def let_staff_in(services: Services, command: LetStaffIn) -> Outcome[StaffIsIn, Refusal]:
    """Begin a session, or say why not."""
    staff = StaffMember(command.member, command.clinic)

    def work(unit: Unit) -> Outcome[StaffIsIn, Refusal]:
        standing = standing_of(unit.staff_record(staff), unit.at)
        row = ENTRY.decide(EntryFacts(standing, command.factors))
        if row.then is Entry.KEPT_OUT:
            return Failure(refusal_by_name(row))
        unit.rule = row.rule
        come_in = desk_session.ComeIn(staff, row.then, unit.at)
        decided = desk_session.decide(_state(unit, command.session), come_in)
        if isinstance(decided, Failure):
            return Failure(refusal_of(decided.failure()))
        unit.add(events.STAFF_SESSION, command.session, decided.unwrap())
        return Success(StaffIsIn(staff))

    return perform(services, command, StaffIsIn, work)


def use_staff_session(services: Services, command: UseStaffSession) -> Outcome[StaffIsIn, Refusal]:
    """Say who is in; nobody whose end date has come. Reads only."""
    unit = Unit(services, command)
    staff = desk_session.who_is_in(_state(unit, command.session), unit.at)
    if staff is None or standing_of(unit.staff_record(staff), unit.at) is not Standing.ACTIVE:
        return Failure(refusal_of(desk_session.StaffSessionRefusal.NOT_LOGGED_IN))
    return Success(StaffIsIn(staff))


def log_staff_out(services: Services, command: LogStaffOut) -> Outcome[StaffIsOut, Refusal]:
    """End a session; one that has ended stays so."""

    def work(unit: Unit) -> Outcome[StaffIsOut, Refusal]:
        state = _state(unit, command.session)
        decided = desk_session.decide(state, desk_session.LogOut())
        if isinstance(decided, Failure):
            return Failure(refusal_of(decided.failure()))
        unit.rule = "D-STAFF-1"
        unit.add(events.STAFF_SESSION, command.session, decided.unwrap())
        return Success(StaffIsOut())

    return perform(services, command, StaffIsOut, work)


def _state(unit: Unit, session: SessionId) -> desk_session.StaffSession:
    return unit.state(events.STAFF_SESSION, session)
