"""Send a temporary password (S-ACC-5, S-ACC-11): Send kodeord, Tildel kodeord.

Staff start it; nobody but the patient's mailbox ever sees it, and nobody chooses it (D-ACC-12).
"""

from attrs import frozen

from eservices_core import events
from eservices_core.access import address, login, user
from eservices_core.access.facts import UserStatus
from eservices_core.access.login import LoginDecision
from eservices_core.clinic.staff import StaffMember
from eservices_core.correspondence.messages import Activation, TemporaryPasswordSent
from eservices_core.outcome import Failure, Outcome, Success
from eservices_core.usecases import people
from eservices_core.usecases.refusals import (
    ADDRESS_IN_QUARANTINE,
    NO_ADDRESS,
    NO_SUCH_PATIENT,
    Refusal,
    refusal_of,
)
from eservices_core.usecases.services import Command, Services
from eservices_core.usecases.unit import Unit, perform
from eservices_core.words.identifiers import UserId
from eservices_core.words.secret import TEMPORARY_PASSWORD_ENTROPY_BYTES, Password


@frozen(kw_only=True)
class SendPassword(Command):
    """Staff have a temporary password sent to a patient of their clinic."""

    staff: StaffMember
    user: UserId


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
        return issue_password(unit, command.user, drawn)

    return perform(services, command, PasswordSent, work)


def issue_password(unit: Unit, account: UserId, drawn: Drawn) -> Outcome[PasswordSent, Refusal]:
    """Issue a drawn password to a user to whom two-factor is open, if mail may go there now."""
    in_use = people.address_of(unit, account)
    to = people.read_address(unit, in_use.record) if in_use else None
    if in_use is None or to is None:
        return Failure(NO_ADDRESS)
    if not address.takes_temporary_password(in_use, unit.at):
        return Failure(ADDRESS_IN_QUARANTINE)
    state = unit.state(events.USER, account)
    facts = people.two_factor_facts(unit, account, on_known_browser=False)
    is_open = login.TWO_FACTOR.decide(facts).then.decision is LoginDecision.CODE_REQUIRED
    expires_at = unit.at + unit.services.access.temporary_password_lifetime
    record = unit.put(drawn.hashed)
    decided = user.decide(state, user.IssueTemporaryPassword(record, expires_at, is_open))
    if isinstance(decided, Failure):
        return Failure(refusal_of(decided.failure()))
    unit.add(events.USER, account, decided.unwrap())
    until = people.mail_stops_at(unit, account, in_use)
    if facts.user is UserStatus.AWAITING_ACTIVATION:
        unit.mail(Activation(drawn.password, expires_at), to, until)
    else:
        unit.mail(TemporaryPasswordSent(drawn.password, expires_at), to, until)
    return Success(PasswordSent())
