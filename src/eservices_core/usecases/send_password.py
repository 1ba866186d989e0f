"""Send a temporary password (S-ACC-5, S-ACC-11): Send kodeord, Tildel kodeord.

Staff start it; nobody but the patient's mailbox ever sees it, and nobody chooses it (D-ACC-12).

Who signed up by MitID has no username, and a password alone opens nothing: staff agree one with the
patient and give it here, or with the tick. No mail ever holds it (D-ACC-102).
"""

from attrs import field, frozen

from eservices_core.access import address, login, user
from eservices_core.access.facts import UserStatus
from eservices_core.access.login import LoginDecision
from eservices_core.clinic.staff import StaffMember
from eservices_core.correspondence.messages import Activation, TemporaryPasswordSent
from eservices_core.outcome import Failure, Outcome, Success
from eservices_core.usecases import people
from eservices_core.usecases.access_refusals import ADDRESS_IN_QUARANTINE, NO_ADDRESS
from eservices_core.usecases.carry_out import change_user
from eservices_core.usecases.creating import set_username
from eservices_core.usecases.perform import perform
from eservices_core.usecases.refusal import NO_SUCH_PATIENT, Refusal
from eservices_core.usecases.services import Command, Services
from eservices_core.usecases.unit import Unit
from eservices_core.words.identifiers import UserId
from eservices_core.words.secret import TEMPORARY_PASSWORD_ENTROPY_BYTES, Password
from eservices_core.words.username import Username


@frozen(kw_only=True)
class SendPassword(Command):
    """Staff have a temporary password sent to a patient of their clinic.

    Attributes:
        staff: who acts, and for which clinic.
        user: whose password it is.
        username: agreed with the patient, where they have none or have forgotten it; from now on
            it is the one. None to go on with the one they have.
    """

    staff: StaffMember
    user: UserId
    username: Username | None = field(default=None, repr=False)


@frozen
class PasswordSent:
    """A mail is on its way."""


@frozen
class Drawn:
    """A temporary password, drawn and hashed outside any unit of work, for hashing is slow."""

    password: Password
    hashed: str


def draw_password(services: Services) -> Drawn:
    """Draw a temporary password."""
    entropy = services.chance.entropy(TEMPORARY_PASSWORD_ENTROPY_BYTES)
    password = Password.temporary_from_entropy(entropy)
    return Drawn(password, services.hasher.hash(password))


def send_password(services: Services, command: SendPassword) -> Outcome[PasswordSent, Refusal]:
    """Void every earlier password, and mail a temporary one."""
    drawn = draw_password(services)

    def work(unit: Unit) -> Outcome[PasswordSent, Refusal]:
        if not people.is_patient_of(unit, command.staff.clinic, command.user):
            return Failure(NO_SUCH_PATIENT)
        unit.about = command.user
        unit.rule = "S-ACC-5"
        if command.username is not None:
            named = agree_username(unit, command.user, command.username, command.staff)
            if isinstance(named, Failure):
                return named
        return issue_password(unit, command.user, drawn)

    return perform(services, command, PasswordSent, work)


def agree_username(
    unit: Unit, account: UserId, username: Username, staff: StaffMember
) -> Outcome[None, Refusal]:
    """Give a user the username that staff agreed with the patient (D-ACC-104), if it is free."""
    chosen = change_user(unit, account, user.ChooseUsername(staff))
    return chosen if isinstance(chosen, Failure) else set_username(unit, account, username)


def issue_password(unit: Unit, account: UserId, drawn: Drawn) -> Outcome[PasswordSent, Refusal]:
    """Issue a drawn password to a user to whom two-factor is open, if mail may go there now."""
    in_use = people.address_of(unit, account)
    to = people.read_address(unit, in_use.record) if in_use else None
    if in_use is None or to is None:
        return Failure(NO_ADDRESS)
    if not address.takes_temporary_password(in_use, unit.at):
        return Failure(ADDRESS_IN_QUARANTINE)
    facts = people.two_factor_facts(unit, account, on_known_browser=False)
    is_open = login.TWO_FACTOR.decide(facts).then.decision is LoginDecision.CODE_REQUIRED
    expires_at = unit.at + unit.services.access.temporary_password_lifetime
    issue = user.IssueTemporaryPassword(
        record=unit.put(drawn.hashed),
        expires_at=expires_at,
        two_factor_is_open=is_open,
        has_username=people.has_username(unit, account),
    )
    issued = change_user(unit, account, issue)
    if isinstance(issued, Failure):
        return issued
    until = people.mail_stops_at(unit, account, in_use)
    if facts.user is UserStatus.AWAITING_ACTIVATION:
        unit.mail(Activation(drawn.password, expires_at), to, until)
    else:
        unit.mail(TemporaryPasswordSent(drawn.password, expires_at), to, until)
    return Success(PasswordSent())
