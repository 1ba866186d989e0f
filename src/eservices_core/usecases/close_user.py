"""Close a user: by the patient, by the clinic, or by death (D-ACC-20).

Sessions end by themselves (`access.session`). After a death no mail and no letter leaves that still
waits, times are free again, and conversations are closed.
"""

from attrs import frozen

from eservices_core.access import user
from eservices_core.access.user import ClosedBecause
from eservices_core.clinic.staff import StaffMember
from eservices_core.outcome import Failure, Outcome, Success
from eservices_core.usecases import people
from eservices_core.usecases.carry_out import change_user
from eservices_core.usecases.leaving import end_conversations, release_times
from eservices_core.usecases.letters import withdraw_for_death
from eservices_core.usecases.perform import perform
from eservices_core.usecases.refusal import NO_SUCH_PATIENT, Refusal
from eservices_core.usecases.services import Command, Services
from eservices_core.usecases.unit import Unit
from eservices_core.words.identifiers import UserId


@frozen(kw_only=True)
class CloseUser(Command):
    """Staff close the user of a patient of their clinic."""

    staff: StaffMember
    user: UserId
    because: ClosedBecause


@frozen
class UserIsClosed:
    """Nobody logs in any more."""


def close_user(services: Services, command: CloseUser) -> Outcome[UserIsClosed, Refusal]:
    """Close it; every session ends at its next use."""

    def work(unit: Unit) -> Outcome[UserIsClosed, Refusal]:
        if not people.is_patient_of(unit, command.staff.clinic, command.user):
            return Failure(NO_SUCH_PATIENT)
        unit.about = command.user
        closed = change_user(unit, command.user, user.Close(command.because))
        if isinstance(closed, Failure):
            return closed
        if command.because is ClosedBecause.DEATH:
            unit.withdraw_mails(about=command.user)
            release_times(unit, command.user, command.staff)
            withdraw_for_death(unit, command.user, command.staff)
            end_conversations(unit, command.user, command.staff)
        unit.rule = "D-ACC-20"
        return Success(UserIsClosed())

    return perform(services, command, UserIsClosed, work)
