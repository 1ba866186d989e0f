"""Create a child's user (S-ACC-9, S-ACC-10): Opret barn (under 15), by a verified guardian.

It takes a guardian verification that has just succeeded in the same browser, uses it up, and has
the guardian choose username and first password in that step (D-ACC-12).
"""

from attrs import field, frozen

from eservices_core import events
from eservices_core.access import address, guardian, user
from eservices_core.access.user import CreatedBy
from eservices_core.correspondence.messages import ChildCreated
from eservices_core.outcome import Failure, Outcome, Success
from eservices_core.usecases import people
from eservices_core.usecases.access_refusals import NOT_UNDER_15, NUMBER_CHANGED
from eservices_core.usecases.creating import (
    create_person,
    join_clinic,
    set_address,
    set_username,
)
from eservices_core.usecases.perform import perform
from eservices_core.usecases.refusal import Refusal
from eservices_core.usecases.refusals import refusal_of
from eservices_core.usecases.services import Command, Services
from eservices_core.usecases.unit import Unit
from eservices_core.usecases.verify_guardian import (
    Confirmed,
    confirmed_child,
    record_verified,
)
from eservices_core.words.clinic_time import is_under_fifteen
from eservices_core.words.email_address import AddressOwner, EmailAddress
from eservices_core.words.identifiers import AttemptId, BrowserId, ClinicId, UserId
from eservices_core.words.secret import Password
from eservices_core.words.username import Username


@frozen(kw_only=True)
class CreateChild(Command):
    """A guardian, just verified in this browser, creates the child's user.

    Attributes:
        attempt: the guardian verification.
        username: chosen for the child.
        password: the first password, chosen for the child.
        address: where the child's mail shall go, and `owner` whose it is.
        clinic: the clinic to be associated with; None to choose later (S-ACC-10).
    """

    attempt: AttemptId
    browser: BrowserId
    username: Username = field(repr=False)
    password: Password
    address: EmailAddress
    owner: AddressOwner
    clinic: ClinicId | None = None


@frozen
class ChildUser:
    """The child has a user, which awaits its first login."""

    user: UserId


def create_child(services: Services, command: CreateChild) -> Outcome[ChildUser, Refusal]:
    """Create the user, with the guardian standing behind it."""
    hashed = services.hasher.hash(command.password)  # slow, so outside any unit of work

    def work(unit: Unit) -> Outcome[ChildUser, Refusal]:
        state = unit.state(events.GUARDIAN, command.attempt)
        used = guardian.decide(state, guardian.UseUp(command.browser, unit.at))
        if isinstance(used, Failure):
            return Failure(refusal_of(used.failure()))
        assert isinstance(state, guardian.Verified)
        unit.add(events.GUARDIAN, command.attempt, used.unwrap())
        found = _new_child(unit, state)
        if isinstance(found, Failure):
            return found
        child = found.unwrap()
        account = services.new_user()
        unit.about = account
        named = set_username(unit, account, command.username)
        if isinstance(named, Failure):
            return named
        password = unit.put(hashed)
        create_person(unit, account, child.number, child.birth_date, CreatedBy.GUARDIAN, password)
        addressed = set_address(
            unit, account, command.address, command.owner, address.ByGuardian(), None
        )
        if isinstance(addressed, Failure):
            return addressed
        record_verified(unit, account, state)
        if command.clinic is not None:
            joined = join_clinic(unit, account, command.clinic)
            if isinstance(joined, Failure):
                return joined
        in_use = people.address_of(unit, account)
        until = people.mail_stops_at(unit, account, in_use) if in_use else None
        unit.mail(ChildCreated(clinic_chosen=command.clinic is not None), command.address, until)
        unit.rule = "S-ACC-9"
        return Success(ChildUser(account))

    return perform(services, command, ChildUser, work)


def _new_child(unit: Unit, state: guardian.Verified) -> Outcome[Confirmed, Refusal]:
    """Give the child of the verification, if it may have a user made and has none."""
    child = confirmed_child(unit, state)
    if child is None:  # it stood behind a child who has a user, and has ended since
        return Failure(refusal_of(guardian.GuardianRefusal.OVER))
    if not is_under_fifteen(child.birth_date or child.number.birth_date, unit.at):
        return Failure(NOT_UNDER_15)  # the birthday came in between (D-ACC-5)
    if child.account is not None:
        return Failure(refusal_of(user.UserRefusal.ALREADY_EXISTS))
    if people.has_earlier_number(unit, child.number):
        return Failure(NUMBER_CHANGED)
    return Success(child)
