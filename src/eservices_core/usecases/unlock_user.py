"""Unlock a login that guessing has locked (D-ACC-13): the clinic is the way out."""

from attrs import frozen

from eservices_core import events
from eservices_core.access import guesses, user
from eservices_core.clinic.staff import IdentityEvidence, StaffMember
from eservices_core.outcome import Failure, Outcome, Success
from eservices_core.usecases import people
from eservices_core.usecases.perform import perform
from eservices_core.usecases.refusal import NO_SUCH_PATIENT, Refusal
from eservices_core.usecases.refusals import refusal_of
from eservices_core.usecases.services import Command, Services
from eservices_core.usecases.unit import Unit
from eservices_core.words.identifiers import UserId


@frozen(kw_only=True)
class UnlockUser(Command):
    """Staff have verified who a patient of their clinic is, and open the login again."""

    staff: StaffMember
    user: UserId
    evidence: IdentityEvidence


@frozen
class UserIsUnlocked:
    """Guessing starts from nothing."""


def unlock_user(services: Services, command: UnlockUser) -> Outcome[UserIsUnlocked, Refusal]:
    """Unlock, and forgive the guesses that were counted."""

    def work(unit: Unit) -> Outcome[UserIsUnlocked, Refusal]:
        if not people.is_patient_of(unit, command.staff.clinic, command.user):
            return Failure(NO_SUCH_PATIENT)
        unit.about = command.user
        unlock = user.Unlock(command.staff, command.evidence)
        decided = user.decide(unit.state(events.USER, command.user), unlock)
        forgive = guesses.Forgive(command.staff, command.evidence)
        budgets = _locked_budgets(unit, command.user)
        if isinstance(decided, Success):
            unit.add(events.USER, command.user, decided.unwrap())
            budgets |= {str(command.user)}
        elif decided.failure() is not user.UserRefusal.NOT_LOCKED or not budgets:
            return Failure(refusal_of(decided.failure()))
        for budget in sorted(budgets):
            state, limits = unit.state(events.GUESSES, budget), unit.services.access.codes
            forgiven = guesses.decide(state, forgive, limits).unwrap()
            unit.add(events.GUESSES, budget, forgiven)
        unit.rule = "D-ACC-13"
        return Success(UserIsUnlocked())

    return perform(services, command, UserIsUnlocked, work)


def _locked_budgets(unit: Unit, account: UserId) -> set[str]:
    """Name the budgets that guessing has used up: the person's, and each known browser's own."""
    known = unit.state(events.BROWSERS, account)
    budgets = {str(account), *(f"{account}/{one.browser}" for one in known)}
    limits = unit.services.access.codes
    return {one for one in budgets if guesses.is_locked(unit.state(events.GUESSES, one), limits)}
