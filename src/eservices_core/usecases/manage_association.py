"""Manage the association of a clinic and a user (S-ACC-11, D-ACC-17): staff's acts and the wish."""

from typing import TypeAlias

from attrs import frozen

from eservices_core.access import association
from eservices_core.access.session import Method
from eservices_core.booking.terms import OfUser
from eservices_core.clinic.staff import StaffMember
from eservices_core.correspondence.consultation_mails import RegistrationAnswered
from eservices_core.outcome import Failure, Outcome, Success
from eservices_core.usecases import people
from eservices_core.usecases.bookings import mailbox_of
from eservices_core.usecases.creating import associate, join_clinic
from eservices_core.usecases.leaving import list_conversations_for_staff, list_for_staff
from eservices_core.usecases.perform import perform
from eservices_core.usecases.refusal import NEEDS_MITID, NO_SUCH_PATIENT, Refusal
from eservices_core.usecases.services import Command, Services
from eservices_core.usecases.session_of import standing_session
from eservices_core.usecases.unit import Unit
from eservices_core.words.civil_number import CivilNumber
from eservices_core.words.identifiers import BrowserId, ClinicId, SessionId, UserId


@frozen(kw_only=True)
class AnswerRegistration(Command):
    """Staff take a patient who signed up, or do not."""

    staff: StaffMember
    user: UserId
    approve: bool


@frozen(kw_only=True)
class AssociatePatient(Command):
    """Staff associate the user of a number on a master card of theirs."""

    staff: StaffMember
    number: CivilNumber


@frozen(kw_only=True)
class DissociatePatient(Command):
    """Staff end the association, and with it the tick."""

    staff: StaffMember
    user: UserId


@frozen(kw_only=True)
class ChooseClinic(Command):
    """A logged-in patient asks to be associated with a clinic (S-ACC-10)."""

    session: SessionId
    browser: BrowserId
    clinic: ClinicId


StaffAct: TypeAlias = AnswerRegistration | AssociatePatient | DissociatePatient


@frozen
class AssociationChanged:
    """It is as was asked for, as far as the clinic's settings let it be."""

    user: UserId


def manage_association(
    services: Services, command: StaffAct
) -> Outcome[AssociationChanged, Refusal]:
    """Carry out what staff ask."""

    def work(unit: Unit) -> Outcome[AssociationChanged, Refusal]:
        account = _account(unit, command)
        if account is None:
            return Failure(NO_SUCH_PATIENT)
        unit.about = account
        changed = associate(unit, account, command.staff.clinic, _step(command))
        if isinstance(changed, Failure):
            return changed
        if isinstance(command, DissociatePatient):
            list_for_staff(unit, command.staff.clinic, account)
            list_conversations_for_staff(unit, command.staff.clinic, account)
        if isinstance(command, AnswerRegistration):
            _tell_answer(unit, command)
        unit.rule = "S-ACC-11"
        return Success(AssociationChanged(account))

    return perform(services, command, AssociationChanged, work)


def _tell_answer(unit: Unit, command: AnswerRegistration) -> None:
    """Tell a patient who signed up what the clinic said (S-MAIL-4)."""
    clinic = unit.settings(command.staff.clinic)
    mailbox = mailbox_of(unit, OfUser(command.user))
    if mailbox is not None:
        told = RegistrationAnswered(clinic.name, clinic.phone, command.approve)
        unit.mail(told, mailbox.address, mailbox.until)


def _account(unit: Unit, command: StaffAct) -> UserId | None:
    if isinstance(command, AssociatePatient):
        if people.card_of(unit, command.staff.clinic, command.number) is None:
            return None
        # Under the number that the card calls an earlier one, until staff have changed it.
        return people.user_of_number(
            unit, command.number, command.staff.clinic
        ) or people.user_of_earlier_number(unit, command.number, command.staff.clinic)
    here = people.association_of(unit, command.staff.clinic, command.user)
    return None if isinstance(here, association.NotAssociated) else command.user


def _step(command: StaffAct) -> association.Command:
    match command:
        case AnswerRegistration(approve=True):
            return association.Approve(command.staff)
        case AnswerRegistration():
            return association.Decline(command.staff)
        case AssociatePatient():
            return association.Associate(command.staff)
        case DissociatePatient():
            return association.Dissociate(command.staff)


def choose_clinic(
    services: Services, command: ChooseClinic
) -> Outcome[AssociationChanged, Refusal]:
    """Ask to be associated; a two-factor session may only choose the first clinic (D-SES-1)."""

    def work(unit: Unit) -> Outcome[AssociationChanged, Refusal]:
        opened = standing_session(unit, command.session, command.browser)
        if isinstance(opened, Failure):
            return opened
        session = opened.unwrap()
        has_clinic = any(people.associated_clinics(unit, session.user))
        if session.method is Method.TWO_FACTOR and has_clinic:
            return Failure(NEEDS_MITID)
        joined = join_clinic(unit, session.user, command.clinic)
        if isinstance(joined, Failure):
            return joined
        unit.rule = "D-ACC-17"
        return Success(AssociationChanged(session.user))

    return perform(services, command, AssociationChanged, work)
