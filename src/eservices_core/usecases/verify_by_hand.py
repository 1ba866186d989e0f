"""Verify a guardian by hand, and end a verification (D-ACC-10): staff, where no register can."""

from datetime import datetime

from attrs import frozen

from eservices_core import events
from eservices_core.access import guardianship
from eservices_core.access.guardianship import ByHandBasis
from eservices_core.clinic.staff import IdentityEvidence, StaffMember
from eservices_core.outcome import Failure, Outcome, Success
from eservices_core.usecases import people
from eservices_core.usecases.refusals import NO_SUCH_PATIENT, Refusal, refusal_of
from eservices_core.usecases.services import Command, Services
from eservices_core.usecases.unit import Unit, perform
from eservices_core.words.identifiers import UserId


@frozen(kw_only=True)
class VerifyByHand(Command):
    """Staff vouch for a guardian of a child of their clinic.

    Attributes:
        user: the child's user.
        basis: why by hand.
        evidence: how the guardian's identity was seen.
        until: an aware instant, at most the 15th birthday; None for the birthday itself.
    """

    staff: StaffMember
    user: UserId
    basis: ByHandBasis
    evidence: IdentityEvidence
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
    """Record it: who, on what basis, how identity was seen, until when."""

    def work(unit: Unit) -> Outcome[VerificationChanged, Refusal]:
        if not people.is_patient_of(unit, command.staff.clinic, command.user):
            return Failure(NO_SUCH_PATIENT)
        unit.about = command.user
        birthday = people.person_of(unit, command.user).turns_fifteen_at
        until = command.until or birthday
        record = guardianship.RecordByHand(
            by=command.staff,
            basis=command.basis,
            evidence=command.evidence,
            at=unit.at,
            until=until,
            turns_fifteen_at=birthday,
        )
        unit.rule = "D-ACC-10"
        return _carry_out(unit, command.user, record, until)

    return perform(services, command, VerificationChanged, work)


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
    decided = guardianship.decide(unit.state(events.GUARDIANSHIP, account), command)
    if isinstance(decided, Failure):
        return Failure(refusal_of(decided.failure()))
    unit.add(events.GUARDIANSHIP, account, decided.unwrap())
    return Success(VerificationChanged(until))
