"""Verify a guardian by hand, and end a verification (D-ACC-10): staff, where no register can."""

from datetime import datetime

from attrs import frozen

from eservices_core.access import guardianship
from eservices_core.access.guardianship import ByHandBasis, ByHandRelation
from eservices_core.clinic.staff import IdentityEvidence, StaffMember
from eservices_core.outcome import Failure, Outcome, Success
from eservices_core.usecases import people
from eservices_core.usecases.carry_out import change_guardianship
from eservices_core.usecases.perform import perform
from eservices_core.usecases.refusal import NO_SUCH_PATIENT, Refusal
from eservices_core.usecases.services import Command, Services
from eservices_core.usecases.unit import Unit
from eservices_core.words.civil_number import CivilNumber
from eservices_core.words.identifiers import Pseudonym, UserId


@frozen(kw_only=True)
class VerifyByHand(Command):
    """Staff vouch for a guardian of a child of their clinic.

    Attributes:
        user: the child's user.
        relation: how the guardian stands to the child, by what staff have seen.
        guardian: the guardian's number; None for somebody without one.
        basis: why by hand.
        evidence: how the guardian's identity was seen.
        until: an aware instant, at most the 15th birthday; None for the birthday itself.
    """

    staff: StaffMember
    user: UserId
    relation: ByHandRelation
    basis: ByHandBasis
    evidence: IdentityEvidence
    guardian: CivilNumber | None = None
    until: datetime | None = None


@frozen(kw_only=True)
class WithdrawVerification(Command):
    """Staff end the verification of a child of their clinic."""

    staff: StaffMember
    user: UserId


@frozen
class VerificationChanged:
    """It stands until then; None if it stands no more."""

    until: datetime | None


def verify_by_hand(
    services: Services, command: VerifyByHand
) -> Outcome[VerificationChanged, Refusal]:
    """Record it: who, how related, on what basis, how identity was seen, until when."""

    def work(unit: Unit) -> Outcome[VerificationChanged, Refusal]:
        if not people.is_patient_of(unit, command.staff.clinic, command.user):
            return Failure(NO_SUCH_PATIENT)
        unit.about = command.user
        birthday = people.person_of(unit, command.user).turns_fifteen_at
        until = command.until or birthday
        record = guardianship.RecordByHand(
            by=command.staff,
            guardian=_pseudonym(unit, command),
            relation=command.relation,
            basis=command.basis,
            evidence=command.evidence,
            at=unit.at,
            until=until,
            turns_fifteen_at=birthday,
        )
        unit.rule = "D-ACC-10"
        return _carry_out(unit, command.user, record, until)

    return perform(services, command, VerificationChanged, work)


def _pseudonym(unit: Unit, command: VerifyByHand) -> Pseudonym | None:
    if command.guardian is None:
        return None
    return people.number_name(unit.services.keys, command.guardian, command.staff.clinic).key


def withdraw_verification(
    services: Services, command: WithdrawVerification
) -> Outcome[VerificationChanged, Refusal]:
    """End it."""

    def work(unit: Unit) -> Outcome[VerificationChanged, Refusal]:
        if not people.is_patient_of(unit, command.staff.clinic, command.user):
            return Failure(NO_SUCH_PATIENT)
        unit.about = command.user
        return _carry_out(unit, command.user, guardianship.Withdraw(command.staff), None)

    return perform(services, command, VerificationChanged, work)


def _carry_out(
    unit: Unit, account: UserId, command: guardianship.Command, until: datetime | None
) -> Outcome[VerificationChanged, Refusal]:
    changed = change_guardianship(unit, account, command)
    if isinstance(changed, Failure):
        return changed
    return Success(VerificationChanged(until))
