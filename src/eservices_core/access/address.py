"""Addresses: where a user's mail goes, whose address it is, and what a change of it sets off.

Here: one machine per user (D-ACC-14). An address is content kept apart; events and states hold its
record's id and its owner. It is never a key to a person. Not here: what is mailed.
"""

from datetime import datetime, timedelta
from enum import Enum, unique
from typing import TypeAlias, assert_never

from attrs import evolve as with_changes
from attrs import frozen

from eservices_core.access.facts import Age
from eservices_core.clinic.staff import IdentityEvidence, StaffMember
from eservices_core.outcome import Failure, Outcome, Success
from eservices_core.words.email_address import AddressOwner
from eservices_core.words.identifiers import ContentId


@frozen
class ByMitid:
    """The user changed it, in a session begun with MitID."""


@frozen
class ByGuardian:
    """A guardian gave it when creating the child, verified by MitID."""


@frozen
class ByClinic:
    """Staff changed it, having seen who asked."""

    by: StaffMember
    evidence: IdentityEvidence


@frozen
class ByImport:
    """It came from the system that was there before; `by` answers for the import."""

    by: StaffMember


SetBy: TypeAlias = ByMitid | ByGuardian | ByClinic | ByImport


@unique
class RelativeBasis(Enum):
    """On what basis a relative's address is used; closed."""

    PATIENT_ASKED = "patient_asked"
    POWER_OF_ATTORNEY = "power_of_attorney"
    APPOINTED_GUARDIAN = "appointed_guardian"


@frozen
class Address:
    """One address in use.

    Attributes:
        record: the content record that holds it.
        owner: whose it is.
        basis: on what basis a relative's address is used; None for other owners.
        set_at: when it came into use.
        quarantined_until: no temporary password goes there before; None if there is no wait.
        proved: whether a code that was sent there has come back.
    """

    record: ContentId
    owner: AddressOwner
    basis: RelativeBasis | None
    set_at: datetime
    quarantined_until: datetime | None
    proved: bool


@frozen
class NoAddress:
    """There is nowhere to send mail."""


@frozen
class Reachable:
    """Mail goes to `address`."""

    address: Address


Addresses: TypeAlias = NoAddress | Reachable


@frozen
class SetAddress:
    """Use this address from now on."""

    record: ContentId
    owner: AddressOwner
    by: SetBy
    at: datetime
    quarantine: timedelta
    age: Age
    basis: RelativeBasis | None = None


@frozen
class ProveAddress:
    """A code that was sent to this record came back."""

    record: ContentId


@frozen
class StopAtFifteen:
    """The patient has turned 15 (D-ACC-5): what was a child's address, and not their own, stops."""

    turned_at: datetime


Command: TypeAlias = SetAddress | ProveAddress | StopAtFifteen


@frozen
class AddressSet:
    """Mail goes here now; `replaced` is the record of the address that is told (D-ACC-14)."""

    record: ContentId
    owner: AddressOwner
    basis: RelativeBasis | None
    by: SetBy
    set_at: datetime
    quarantined_until: datetime | None
    replaced: ContentId | None


@frozen
class AddressProved:
    """Whoever reads it has typed a code from it."""

    record: ContentId


@frozen
class AddressStopped:
    """It was not the patient's own, and the patient is 15."""

    record: ContentId


Event: TypeAlias = AddressSet | AddressProved | AddressStopped


@unique
class AddressRefusal(Enum):
    """Why a command is refused; nothing has changed."""

    BASIS_MISSING = "basis_missing"
    BASIS_NOT_WANTED = "basis_not_wanted"
    ONLY_OWN_FROM_15 = "only_own_from_15"
    """D-ACC-14: from 15 a guardian's address is not used."""
    NOT_IN_USE = "not_in_use"


_Decided: TypeAlias = Outcome[tuple[Event, ...], AddressRefusal]


def decide(state: Addresses, command: Command) -> _Decided:
    """Answer a command with the events that follow, or with why it is refused."""
    match command:
        case SetAddress():
            return _set(state, command)
        case ProveAddress(record):
            if not isinstance(state, Reachable) or state.address.record != record:
                return Failure(AddressRefusal.NOT_IN_USE)
            return Success(() if state.address.proved else (AddressProved(record),))
        case StopAtFifteen(turned_at):
            if isinstance(state, Reachable) and _was_a_childs(state.address, turned_at):
                return Success((AddressStopped(state.address.record),))
            return Success(())
        case _:
            assert_never(command)


def _set(state: Addresses, command: SetAddress) -> _Decided:
    if command.owner is AddressOwner.RELATIVE and command.basis is None:
        return Failure(AddressRefusal.BASIS_MISSING)
    if command.owner is not AddressOwner.RELATIVE and command.basis is not None:
        return Failure(AddressRefusal.BASIS_NOT_WANTED)
    if command.age is Age.FROM_15 and command.owner is AddressOwner.GUARDIAN:
        return Failure(AddressRefusal.ONLY_OWN_FROM_15)
    replaced = state.address.record if isinstance(state, Reachable) else None
    wait = replaced is not None and not _seen_in_person(command.by)
    event = AddressSet(
        record=command.record,
        owner=command.owner,
        basis=command.basis,
        by=command.by,
        set_at=command.at,
        quarantined_until=command.at + command.quarantine if wait else None,
        replaced=replaced,
    )
    return Success((event,))


def _seen_in_person(by: SetBy) -> bool:
    match by:
        case ByMitid() | ByGuardian() | ByImport():
            return False
        case ByClinic(evidence=evidence):
            return evidence.seen_in_person
        case _:
            assert_never(by)


def evolve(state: Addresses, event: Event) -> Addresses:
    """Apply an event that `decide` gave; a history that it cannot have given is a bug."""
    match event:
        case AddressSet(record, owner, basis, set_at=set_at, quarantined_until=until):
            return Reachable(Address(record, owner, basis, set_at, until, proved=False))
        case AddressProved():
            assert isinstance(state, Reachable)
            return Reachable(with_changes(state.address, proved=True))
        case AddressStopped():
            assert isinstance(state, Reachable)
            return NoAddress()
        case _:
            assert_never(event)


def in_use(state: Addresses, turns_fifteen_at: datetime, at: datetime) -> Address | None:
    """Give the address that mail may go to at `at`; None where there is none.

    An address of a child's that was not their own has stopped by itself at the birthday, whether
    or not anybody has recorded that yet (D-ACC-5, D-ACC-14).
    """
    if isinstance(state, NoAddress):
        return None
    address = state.address
    stopped = at >= turns_fifteen_at and _was_a_childs(address, turns_fifteen_at)
    return None if stopped else address


def _was_a_childs(address: Address, turns_fifteen_at: datetime) -> bool:
    return address.owner is not AddressOwner.OWN and address.set_at < turns_fifteen_at


def takes_temporary_password(address: Address, at: datetime) -> bool:
    """True if a temporary password may go to this address at `at` (D-ACC-14)."""
    return address.quarantined_until is None or at >= address.quarantined_until
