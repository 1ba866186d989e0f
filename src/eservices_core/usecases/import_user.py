"""Take one user over from the system that was there before (S-ACC-4: they go on as they were).

A clinic's patient keeps the username and the password. The tick is taken over as what it was, a
word of staff with the evidence that was recorded then: without evidence there is none (D-ACC-11).
One unit of work for each user; one who is here already is left as they are, so an import that was
killed, or is done twice, goes on where it was. Not here: reading a file, which is an adapter's.
"""

from enum import Enum, unique

from attrs import field, frozen

from eservices_core import events
from eservices_core.access import address, association, user
from eservices_core.access.address import RelativeBasis
from eservices_core.access.user import CreatedBy
from eservices_core.clinic.staff import IdentityEvidence, StaffMember
from eservices_core.outcome import Failure, Outcome, Success
from eservices_core.ports.foreign_hashes import ForeignHashes
from eservices_core.usecases import people
from eservices_core.usecases.access_refusals import (
    NO_MASTER_CARD,
    NUMBER_CHANGED,
    PASSWORD_WITHOUT_USERNAME,
    UNKNOWN_HASH,
)
from eservices_core.usecases.creating import (
    associate,
    create_person,
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
class ImportUser(Command):
    """One user of the system before.

    Attributes:
        staff: who answers for the import, and the clinic whose patient it is.
        number: whose user it is.
        address: where the mail goes, `owner` whose it is, `basis` for a relative's.
        username: what they logged in with; None for who used MitID alone.
        password: the hash of their password, as the other system kept it; None for none.
        tick: how staff verified identity when they set the tick; None where it is not set.
    """

    staff: StaffMember
    number: CivilNumber
    address: EmailAddress
    owner: AddressOwner = AddressOwner.OWN
    basis: RelativeBasis | None = None
    username: Username | None = field(default=None, repr=False)
    password: str | None = field(default=None, repr=False)
    tick: IdentityEvidence | None = None


@unique
class TakenOver(Enum):
    """What came of it."""

    NEW = "new"
    """The user was not here, and is now."""
    JOINED = "joined"
    """The user was here by another clinic; this one was added, and nothing else changed."""
    ALREADY_HERE = "already_here"
    """Nothing changed."""


@frozen
class UserImported:
    """What came of one user."""

    user: UserId
    what: TakenOver


def import_user(
    services: Services, command: ImportUser, foreign: ForeignHashes
) -> Outcome[UserImported, Refusal]:
    """Take a user over; one who is here already is left as they are, and nothing is stored."""
    here = _already_here(Unit(services, command), command)
    # A key that was used gets the answer that stands under it, or its refusal.
    if here is not None and services.ledger.answered(command.key, "") == Success(None):
        return Success(UserImported(here, TakenOver.ALREADY_HERE))

    def work(unit: Unit) -> Outcome[UserImported, Refusal]:
        return _import(unit, command, foreign)

    return perform(services, command, UserImported, work)


def try_import(
    services: Services, command: ImportUser, foreign: ForeignHashes
) -> Outcome[UserImported, Refusal]:
    """Say what `import_user` would answer now, and store nothing."""
    unit = Unit(services, command)
    here = _already_here(unit, command)
    if here is not None:
        return Success(UserImported(here, TakenOver.ALREADY_HERE))
    return _import(unit, command, foreign)


def _already_here(unit: Unit, command: ImportUser) -> UserId | None:
    account = people.user_of_number(unit, command.number, command.staff.clinic)
    if account is None or not people.is_patient_of(unit, command.staff.clinic, account):
        return None
    return account


def _import(
    unit: Unit, command: ImportUser, foreign: ForeignHashes
) -> Outcome[UserImported, Refusal]:
    unit.rule = "S-ACC-4"
    clinic = command.staff.clinic
    here = _already_here(unit, command)
    if here is not None:
        unit.about = here
        return Success(UserImported(here, TakenOver.ALREADY_HERE))
    refusal = _why_not(unit, command, foreign)
    if refusal is not None:
        return Failure(refusal)
    account = people.user_of_number(unit, command.number, clinic)
    if account is not None:
        unit.about = account
        if isinstance(unit.state(events.USER, account), user.Closed):
            return Failure(refusal_of(user.UserRefusal.CLOSED))
        joined = _join(unit, account, command)
        if isinstance(joined, Failure):
            return joined
        return Success(UserImported(account, TakenOver.JOINED))
    account = unit.about = unit.services.new_user()
    created = _create(unit, account, command)
    return (
        created if isinstance(created, Failure) else Success(UserImported(account, TakenOver.NEW))
    )


def _why_not(unit: Unit, command: ImportUser, foreign: ForeignHashes) -> Refusal | None:
    clinic = command.staff.clinic
    if people.card_of(unit, clinic, command.number) is None:
        return NO_MASTER_CARD
    if people.user_of_earlier_number(unit, command.number, clinic) is not None:
        return NUMBER_CHANGED
    if command.username is None and command.tick is not None:
        return refusal_of(user.UserRefusal.USERNAME_MISSING)
    if command.username is None and command.password is not None:
        return PASSWORD_WITHOUT_USERNAME
    if command.password is not None and not foreign.takes(command.password):
        return UNKNOWN_HASH
    return None


def _create(unit: Unit, account: UserId, command: ImportUser) -> Outcome[None, Refusal]:
    if command.username is not None:
        named = set_username(unit, account, command.username)
        if isinstance(named, Failure):
            return named
    card = people.card_of(unit, command.staff.clinic, command.number)
    assert card is not None, "it was looked for"
    born, clinic = card.birth_date, command.staff.clinic
    create_person(unit, account, command.number, born, CreatedBy.CLINIC, None, clinic)
    if command.password is not None:
        record = unit.put(command.password)
        chosen = user.decide(unit.state(events.USER, account), user.ChoosePassword(record))
        unit.add(events.USER, account, chosen.unwrap())
    by = address.ByImport(command.staff)
    addressed = set_address(unit, account, command.address, command.owner, by, command.basis)
    if isinstance(addressed, Failure):
        return addressed
    return _join(unit, account, command)


def _join(unit: Unit, account: UserId, command: ImportUser) -> Outcome[None, Refusal]:
    if not people.is_patient_of(unit, command.staff.clinic, account):
        joined = associate(
            unit, account, command.staff.clinic, association.Associate(command.staff)
        )
        if isinstance(joined, Failure):
            return joined
    if command.tick is None:
        return Success(None)
    if not people.has_username(unit, account):
        return Failure(refusal_of(user.UserRefusal.USERNAME_MISSING))
    tick = association.SetTick(command.staff, command.tick, unit.at)
    return associate(unit, account, command.staff.clinic, tick)
