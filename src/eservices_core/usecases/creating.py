"""What the three ways of creating a user share: the person, the username, address and clinic."""

from datetime import date

from eservices_core import events
from eservices_core.access import address, association, user
from eservices_core.access.facts import age_at
from eservices_core.access.user import CreatedBy
from eservices_core.outcome import Failure, Outcome, Success
from eservices_core.ports.ledger import Name, NameKind
from eservices_core.usecases import people
from eservices_core.usecases.access_refusals import USERNAME_TAKEN
from eservices_core.usecases.refusal import UNKNOWN_CLINIC, Refusal
from eservices_core.usecases.refusals import refusal_of
from eservices_core.usecases.unit import Unit
from eservices_core.words.civil_number import CivilNumber
from eservices_core.words.email_address import AddressOwner, EmailAddress
from eservices_core.words.identifiers import ClinicId, ContentId, UserId
from eservices_core.words.username import Username


def create_person(  # noqa: PLR0913, PLR0917  whom a user stands for is said in one breath
    unit: Unit,
    account: UserId,
    number: CivilNumber,
    registered_birth_date: date | None,
    by: CreatedBy,
    password: ContentId | None,
    clinic: ClinicId | None = None,
) -> None:
    """Create a user who is not there, or was closed, for a person whose number no other has.

    `clinic` is whose number it is, where it is not unique in the country (D-ACC-16).
    """
    created = user.decide(unit.state(events.USER, account), user.Create(by, password))
    unit.add(events.USER, account, created.unwrap())
    unit.take(people.number_name(unit.services.keys, number, clinic), account)
    born = registered_birth_date if registered_birth_date != number.birth_date else None
    _ = unit.put(people.write_person(number, born), people.person_record(account))


def leave_number(unit: Unit, account: UserId, clinic: ClinicId | None) -> None:
    """Let go of the number that an account goes by, for another of the same person (D-ACC-16)."""
    old = people.person_of(unit, account).number
    unit.release(people.number_name(unit.services.keys, old, clinic), account)


def set_username(unit: Unit, account: UserId, username: Username) -> Outcome[None, Refusal]:
    """Give a user a username that nobody has, in the place of one that they had."""
    name = _username_name(unit, username)
    if unit.holder(name) not in {None, account}:
        return Failure(USERNAME_TAKEN)
    before = unit.content(people.username_record(account))
    if before is not None and before != str(username):
        unit.release(_username_name(unit, Username(before)), account)
    unit.take(name, account)
    _ = unit.put(str(username), people.username_record(account))
    return Success(None)


def _username_name(unit: Unit, username: Username) -> Name:
    return Name(NameKind.USERNAME, unit.services.keys.username(username))


def set_address(  # noqa: PLR0913, PLR0917  all of D-ACC-14 is asked at once
    unit: Unit,
    account: UserId,
    to: EmailAddress,
    owner: AddressOwner,
    by: address.SetBy,
    basis: address.RelativeBasis | None,
) -> Outcome[address.AddressSet, Refusal]:
    """Use an address from now on, and erase the one that it replaces; gives what happened."""
    command = address.SetAddress(
        record=unit.put(to.reveal()),
        owner=owner,
        by=by,
        at=unit.at,
        quarantine=unit.services.access.address_quarantine,
        age=age_at(people.person_of(unit, account).birth_date, unit.at),
        basis=basis,
    )
    decided = address.decide(unit.state(events.ADDRESS, account), command)
    if isinstance(decided, Failure):
        return Failure(refusal_of(decided.failure()))
    unit.add(events.ADDRESS, account, decided.unwrap())
    (event,) = decided.unwrap()
    assert isinstance(event, address.AddressSet)
    if event.replaced is not None:
        unit.erase(event.replaced)  # D-KEEP-1: nothing is sent there again
    return Success(event)


def join_clinic(unit: Unit, account: UserId, clinic: ClinicId) -> Outcome[None, Refusal]:
    """Have a patient ask to be associated; the clinic's setting decides (D-ACC-17)."""
    settings = unit.find_clinic(clinic)
    if settings is None:
        return Failure(UNKNOWN_CLINIC)
    return associate(unit, account, clinic, association.AskToJoin(settings.self_sign_up))


def associate(
    unit: Unit, account: UserId, clinic: ClinicId, command: association.Command
) -> Outcome[None, Refusal]:
    """Carry out a command on the association of a user and a clinic."""
    key = people.association_key(clinic, account)
    decided = association.decide(unit.state(events.ASSOCIATION, key), command)
    if isinstance(decided, Failure):
        return Failure(refusal_of(decided.failure()))
    unit.add(events.ASSOCIATION, key, decided.unwrap())
    if clinic not in unit.state(events.CLINICS, account):
        unit.add(events.CLINICS, account, (association.ClinicListed(clinic),))
    return Success(None)
