"""Guardianship, what stands: the verified guardian behind one child's two-factor login.

Here: one machine per child's user: verified by the register or by hand, renewed, ended (D-ACC-9,
D-ACC-10). Whether it stands is asked at an instant, never remembered. Not here: how a guardian is
verified (`guardian`), and that all of it ends at 15 (`login` stops reading it that day, D-ACC-5).
"""

from datetime import datetime, timedelta
from enum import Enum, unique
from typing import TypeAlias, assert_never

from attrs import evolve as with_changes
from attrs import frozen

from eservices_core.access.custody import (
    CustodyOutcome,
    CustodyReason,
    CustodyVerdict,
    Relation,
)
from eservices_core.access.facts import Guardian
from eservices_core.clinic.staff import IdentityEvidence, StaffMember
from eservices_core.outcome import Failure, Outcome, Success
from eservices_core.words.identifiers import ContentId, Pseudonym


@unique
class ByHandBasis(Enum):
    """Why staff verify by hand (D-ACC-10); closed."""

    FOSTER_CHILD = "foster_child"
    REPLACEMENT_NUMBER = "replacement_number"
    HOLDER_WITHOUT_NUMBER = "holder_without_number"
    HOLDER_WITHOUT_MITID = "holder_without_mitid"
    PROTECTED_FAMILY = "protected_family"
    PARENT_OF_15_TO_17 = "parent_of_15_to_17"


@unique
class ByHandRelation(Enum):
    """How the guardian stands to the child, by what staff have seen (D-ACC-8, D-ACC-10); closed."""

    MOTHER = "mother"
    FATHER = "father"
    OTHER_HOLDER = "other_holder"
    APPOINTED_GUARDIAN = "appointed_guardian"
    FOSTER_PARENT = "foster_parent"


# --- states ------------------------------------------------------------------------------------


@frozen
class Unverified:
    """No guardian stands behind the login."""


@frozen
class VerifiedByRegister:
    """The register said so, last at `answered_at`.

    Attributes:
        guardian: who, as a pseudonym.
        numbers: the content record with both CPR numbers, for asking again.
        version: the register's version, when it last confirmed it.
        relation: how the register then listed the guardian; None in a history without it.
        verified_at: when the guardian verified with MitID.
        answered_at: when the register last confirmed it.
    """

    guardian: Pseudonym
    numbers: ContentId
    version: str
    relation: Relation | None
    verified_at: datetime
    answered_at: datetime


@frozen
class VerifiedByHand:
    """Staff recorded it; it shows as made by hand, and ends at the 15th birthday at the latest.

    `guardian` is who, as a pseudonym; None for somebody without a CPR number.
    """

    by: StaffMember
    guardian: Pseudonym | None
    relation: ByHandRelation | None
    basis: ByHandBasis
    evidence: IdentityEvidence
    until: datetime


Guardianship: TypeAlias = Unverified | VerifiedByRegister | VerifiedByHand

# --- commands ----------------------------------------------------------------------------------


@frozen
class RecordVerified:
    """A guardian verification succeeded."""

    guardian: Pseudonym
    numbers: ContentId
    version: str
    relation: Relation | None
    at: datetime


@frozen
class RecordByHand:
    """Staff verified it themselves; `until` may not lie after `turns_fifteen_at`."""

    by: StaffMember
    guardian: Pseudonym | None
    relation: ByHandRelation
    basis: ByHandBasis
    evidence: IdentityEvidence
    at: datetime
    until: datetime
    turns_fifteen_at: datetime


@frozen
class Renew:
    """The register was asked again (D-ACC-9)."""

    verdict: CustodyVerdict
    version: str
    relation: Relation | None
    at: datetime


@frozen
class Withdraw:
    """Staff end it."""

    by: StaffMember


@frozen
class EndAtFifteen:
    """The patient has turned 15."""


Command: TypeAlias = RecordVerified | RecordByHand | Renew | Withdraw | EndAtFifteen

# --- events ------------------------------------------------------------------------------------


@frozen
class GuardianVerified:
    """Kept (D-ACC-8): who, when, relation, register version; not the answer."""

    guardian: Pseudonym
    numbers: ContentId
    version: str
    at: datetime
    relation: Relation | None = None


@frozen
class GuardianVerifiedByHand:
    """Made by hand: who, on what basis, how identity was seen, until when."""

    by: StaffMember
    basis: ByHandBasis
    evidence: IdentityEvidence
    at: datetime
    until: datetime
    guardian: Pseudonym | None = None
    relation: ByHandRelation | None = None


@frozen
class CustodyRenewed:
    """The register confirmed it again; kept is the same as of the first time."""

    at: datetime
    version: str | None = None
    relation: Relation | None = None


@unique
class EndedBecause(Enum):
    """Why no guardian stands behind the login any more."""

    CUSTODY_ENDED = "custody_ended"
    """The register says no now; staff are told."""
    CANNOT_BE_CONFIRMED = "cannot_be_confirmed"
    """The register cannot say yes any more (protected, moved, another version); staff are told."""
    WITHDRAWN_BY_CLINIC = "withdrawn_by_clinic"
    TURNED_FIFTEEN = "turned_fifteen"


@frozen
class GuardianshipEnded:
    """Two-factor is shut until a present holder verifies."""

    because: EndedBecause


Event: TypeAlias = GuardianVerified | GuardianVerifiedByHand | CustodyRenewed | GuardianshipEnded


@unique
class GuardianshipRefusal(Enum):
    """Why a command is refused; nothing has changed."""

    PAST_FIFTEEN = "past_fifteen"
    ENDS_BEFORE_IT_BEGINS = "ends_before_it_begins"
    NOT_BY_REGISTER = "not_by_register"
    NOTHING_TO_END = "nothing_to_end"


_Decided: TypeAlias = Outcome[tuple[Event, ...], GuardianshipRefusal]


def decide(state: Guardianship, command: Command) -> _Decided:
    """Answer a command with the events that follow, or with why it is refused."""
    match command:
        case RecordVerified(guardian, numbers, version, relation, at):
            return Success((GuardianVerified(guardian, numbers, version, at, relation),))
        case RecordByHand():
            return _by_hand(command)
        case Renew():
            if not isinstance(state, VerifiedByRegister):
                return Failure(GuardianshipRefusal.NOT_BY_REGISTER)
            return Success(_renewed(command))
        case Withdraw():
            return _end(state, EndedBecause.WITHDRAWN_BY_CLINIC)
        case EndAtFifteen():
            return _end(state, EndedBecause.TURNED_FIFTEEN)
        case _:
            assert_never(command)


def _by_hand(command: RecordByHand) -> _Decided:
    if command.at >= command.turns_fifteen_at or command.until > command.turns_fifteen_at:
        return Failure(GuardianshipRefusal.PAST_FIFTEEN)
    if command.until <= command.at:
        return Failure(GuardianshipRefusal.ENDS_BEFORE_IT_BEGINS)
    return Success(
        (
            GuardianVerifiedByHand(
                by=command.by,
                basis=command.basis,
                evidence=command.evidence,
                at=command.at,
                until=command.until,
                guardian=command.guardian,
                relation=command.relation,
            ),
        )
    )


def _renewed(command: Renew) -> tuple[Event, ...]:
    match command.verdict.outcome:
        case CustodyOutcome.VERIFIED:
            return (CustodyRenewed(command.at, command.version, command.relation),)
        case CustodyOutcome.REFUSED:
            return (GuardianshipEnded(EndedBecause.CUSTODY_ENDED),)
        case CustodyOutcome.CANNOT_VERIFY:
            if command.verdict.reason is CustodyReason.REGISTER_SILENT:
                return ()
            return (GuardianshipEnded(EndedBecause.CANNOT_BE_CONFIRMED),)


def _end(state: Guardianship, because: EndedBecause) -> _Decided:
    if isinstance(state, Unverified):
        return Failure(GuardianshipRefusal.NOTHING_TO_END)
    return Success((GuardianshipEnded(because),))


def evolve(state: Guardianship, event: Event) -> Guardianship:
    """Apply an event that `decide` gave; a history that it cannot have given is a bug."""
    match event:
        case GuardianVerified(guardian, numbers, version, at, relation):
            return VerifiedByRegister(guardian, numbers, version, relation, at, at)
        case GuardianVerifiedByHand(by, basis, evidence, _, until, guardian, relation):
            return VerifiedByHand(by, guardian, relation, basis, evidence, until)
        case CustodyRenewed(at, version, relation):
            assert isinstance(state, VerifiedByRegister)
            return with_changes(
                state,
                version=version or state.version,
                relation=relation or state.relation,
                answered_at=at,
            )
        case GuardianshipEnded():
            assert not isinstance(state, Unverified)
            return Unverified()
        case _:
            assert_never(event)


# --- what others ask of it ---------------------------------------------------------------------


def numbers_in(state: Guardianship) -> ContentId | None:
    """Name the record that the register is asked again with; None where it is not asked."""
    return state.numbers if isinstance(state, VerifiedByRegister) else None


def is_due(state: Guardianship, at: datetime, fresh_for: timedelta) -> bool:
    """True if the register must be asked again before this is relied on (D-ACC-9)."""
    return isinstance(state, VerifiedByRegister) and at - state.answered_at > fresh_for


def stands(state: Guardianship, at: datetime, stands_for: timedelta) -> Guardian:
    """Fold for the login table: an answer stands `stands_for`, a hand-made one until its end."""
    match state:
        case Unverified():
            standing = False
        case VerifiedByRegister(answered_at=answered_at):
            standing = at - answered_at <= stands_for
        case VerifiedByHand(until=until):
            standing = at < until
        case _:
            assert_never(state)
    return Guardian.VERIFIED if standing else Guardian.NOT_VERIFIED
