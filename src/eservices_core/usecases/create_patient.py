"""Create a patient's user (S-ACC-8): Opret patient, by the clinic that has verified identity."""

from attrs import field, frozen

from eservices_core import events
from eservices_core.access import address, association, user
from eservices_core.access.address import RelativeBasis
from eservices_core.access.user import CreatedBy
from eservices_core.clinic.staff import IdentityEvidence, StaffMember
from eservices_core.outcome import Failure, Outcome, Success
from eservices_core.usecases import people
from eservices_core.usecases.access_refusals import NO_MASTER_CARD, NUMBER_CHANGED
from eservices_core.usecases.creating import (
    associate,
    create_person,
    leave_number,
    set_address,
    set_username,
)
from eservices_core.usecases.perform import perform
from eservices_core.usecases.refusal import Refusal
from eservices_core.usecases.refusals import refusal_of
from eservices_core.usecases.services import Command, Services
from eservices_core.usecases.unit import Unit
from eservices_core.words.civil_number import CivilNumber
from eservices_core.words.email_address import AddressOwner, EmailAddress
from eservices_core.words.identifiers import UserId
from eservices_core.words.username import Username


@frozen(kw_only=True)
class CreatePatient(Command):
    """Staff create the user of a person on their master card.

    Attributes:
        staff: who acts, and for which clinic.
        number: whose user it will be.
        username: what the patient will log in with.
        address: where the mail goes, `owner` whose it is, `basis` for a relative's.
        evidence: how identity was verified.
    """

    staff: StaffMember
    number: CivilNumber
    username: Username = field(repr=False)
    address: EmailAddress
    evidence: IdentityEvidence
    owner: AddressOwner = AddressOwner.OWN
    basis: RelativeBasis | None = None


@frozen
class PatientUser:
    """The user exists, and is associated with the clinic."""

    user: UserId


def create_patient(services: Services, command: CreatePatient) -> Outcome[PatientUser, Refusal]:
    """Create and associate; the activation mail follows when the tick is set.

    A user who was closed is created again under the same id: one user per number (D-ACC-11).
    """

    def work(unit: Unit) -> Outcome[PatientUser, Refusal]:
        clinic = command.staff.clinic
        card = people.card_of(unit, clinic, command.number)
        if card is None:
            return Failure(NO_MASTER_CARD)
        found = _account_for(unit, command)
        if isinstance(found, Failure):
            return found
        account = unit.about = found.unwrap()
        named = set_username(unit, account, command.username)
        if isinstance(named, Failure):
            return named
        create_person(
            unit, account, command.number, card.birth_date, CreatedBy.CLINIC, None, clinic
        )
        by = address.ByClinic(command.staff, command.evidence)
        addressed = set_address(unit, account, command.address, command.owner, by, command.basis)
        if isinstance(addressed, Failure):
            return addressed
        if not people.is_patient_of(unit, clinic, account):
            joined = associate(unit, account, clinic, association.Associate(command.staff))
            if isinstance(joined, Failure):
                return joined
        unit.rule = "S-ACC-8"
        return Success(PatientUser(account))

    return perform(services, command, PatientUser, work)


def _account_for(unit: Unit, command: CreatePatient) -> Outcome[UserId, Refusal]:
    """Give a new user's id, or the id of the person's closed user, by an earlier number too."""
    clinic = command.staff.clinic
    held = people.user_of_number(unit, command.number, clinic)
    if held is not None:
        if _is_closed(unit, held):
            return Success(held)
        return Failure(refusal_of(user.UserRefusal.ALREADY_EXISTS))
    earlier = people.user_of_earlier_number(unit, command.number, clinic)
    if earlier is None:
        return Success(unit.services.new_user())
    if not _is_closed(unit, earlier):
        return Failure(NUMBER_CHANGED)
    leave_number(unit, earlier, clinic)
    return Success(earlier)


def _is_closed(unit: Unit, account: UserId) -> bool:
    return isinstance(unit.state(events.USER, account), user.Closed)
