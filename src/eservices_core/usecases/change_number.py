"""Move a user from a replacement number to a real one (D-ACC-16): an act of staff."""

from attrs import frozen

from eservices_core.access import user
from eservices_core.access.user import UserRefusal
from eservices_core.clinic.staff import IdentityEvidence, StaffMember
from eservices_core.outcome import Failure, Outcome, Success
from eservices_core.usecases import people
from eservices_core.usecases.access_refusals import NO_MASTER_CARD
from eservices_core.usecases.carry_out import change_user
from eservices_core.usecases.creating import leave_number
from eservices_core.usecases.perform import perform
from eservices_core.usecases.refusal import NO_SUCH_PATIENT, Refusal
from eservices_core.usecases.refusals import refusal_of
from eservices_core.usecases.services import Command, Services
from eservices_core.usecases.unit import Unit
from eservices_core.words.civil_number import CivilNumber
from eservices_core.words.identifiers import ClinicId, UserId


@frozen(kw_only=True)
class ChangeNumber(Command):
    """Staff move a patient's user to the number that now stands on their master card."""

    staff: StaffMember
    old: CivilNumber
    new: CivilNumber
    evidence: IdentityEvidence


@frozen
class NumberChanged:
    """The account goes along."""

    user: UserId


def change_number(services: Services, command: ChangeNumber) -> Outcome[NumberChanged, Refusal]:
    """Release the old number, take the new one; two accounts are never merged."""

    def work(unit: Unit) -> Outcome[NumberChanged, Refusal]:
        clinic = command.staff.clinic
        account = people.user_of_number(unit, command.old, clinic)
        if account is None or not people.is_patient_of(unit, clinic, account):
            return Failure(NO_SUCH_PATIENT)
        unit.about = account
        if people.card_of(unit, clinic, command.new) is None:
            return Failure(NO_MASTER_CARD)
        if people.user_of_number(unit, command.new, clinic) is not None:
            return Failure(refusal_of(UserRefusal.ALREADY_EXISTS))
        move = user.MoveNumber(command.staff, command.evidence)
        moved = move_number(unit, account, command.new, move, clinic)
        if isinstance(moved, Failure):
            return moved
        unit.rule = "D-ACC-16"
        return Success(NumberChanged(account))

    return perform(services, command, NumberChanged, work)


def move_number(
    unit: Unit,
    account: UserId,
    number: CivilNumber,
    move: user.MoveNumber,
    clinic: ClinicId | None = None,
) -> Outcome[None, Refusal]:
    """Let an account go along with its person's new number (D-ACC-16).

    `clinic` is whose number the old or new one is, where it is not unique in the country.
    """
    moved = change_user(unit, account, move)
    if isinstance(moved, Failure):
        return moved
    old = people.person_of(unit, account)
    leave_number(unit, account, clinic)
    unit.take(people.number_name(unit.services.keys, number, clinic), account)
    registered = old.birth_date if old.birth_date != old.number.birth_date else None
    _ = unit.put(people.write_person(number, registered), people.person_record(account))
    return Success(None)
