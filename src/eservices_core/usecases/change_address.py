"""Change the address that mail goes to, and prove it (D-ACC-14).

By the user in a MitID session, or by the clinic. The old address is told, two-factor sessions end
(by themselves, see `access.session`), and a code goes to the new one.
"""

import json
from datetime import datetime

from attrs import field, frozen

from eservices_core import events
from eservices_core.access import address
from eservices_core.access.address import RelativeBasis
from eservices_core.access.guesses import Purpose
from eservices_core.access.session import Method
from eservices_core.clinic.staff import IdentityEvidence, StaffMember
from eservices_core.correspondence.messages import AddressReplaced, CodeToType
from eservices_core.outcome import Failure, Outcome, Success
from eservices_core.usecases import people
from eservices_core.usecases.access_refusals import WRONG_CODE
from eservices_core.usecases.budgets import budget_in, count, settle
from eservices_core.usecases.creating import set_address
from eservices_core.usecases.perform import perform
from eservices_core.usecases.refusal import NEEDS_MITID, NO_SUCH_PATIENT, Refusal
from eservices_core.usecases.refusals import refusal_of
from eservices_core.usecases.services import Command, Services
from eservices_core.usecases.session_of import standing_session
from eservices_core.usecases.unit import Unit
from eservices_core.words.clinic_time import parse_instant
from eservices_core.words.email_address import AddressOwner, EmailAddress
from eservices_core.words.identifiers import AttemptId, BrowserId, ContentId, SessionId, UserId
from eservices_core.words.lifetimes import is_within
from eservices_core.words.secret import CODE_ENTROPY_BYTES, OneTimeCode

CODE_PURPOSE = "address"


@frozen(kw_only=True)
class ChangeOwnAddress(Command):
    """A user, logged in with MitID, changes the address."""

    session: SessionId
    browser: BrowserId
    address: EmailAddress
    owner: AddressOwner = AddressOwner.OWN


@frozen(kw_only=True)
class ChangePatientsAddress(Command):
    """Staff change the address of a patient of their clinic, having seen who asked."""

    staff: StaffMember
    user: UserId
    evidence: IdentityEvidence
    address: EmailAddress
    owner: AddressOwner = AddressOwner.OWN
    basis: RelativeBasis | None = None


@frozen
class AddressChanged:
    """It is in use; a code is on its way to prove it."""

    quarantined_until: datetime | None


def change_own_address(
    services: Services, command: ChangeOwnAddress
) -> Outcome[AddressChanged, Refusal]:
    """Change it, in a session that began with MitID (D-SES-1)."""

    def work(unit: Unit) -> Outcome[AddressChanged, Refusal]:
        opened = standing_session(unit, command.session, command.browser)
        if isinstance(opened, Failure):
            return opened
        session = opened.unwrap()
        if session.method is not Method.MITID:
            return Failure(NEEDS_MITID)
        counted = count(unit, budget_in(session.user, command.browser), Purpose.SEND_CODE)
        if isinstance(counted, Failure):
            return counted
        return _change(unit, session.user, command.address, command.owner, address.ByMitid(), None)

    return perform(services, command, AddressChanged, work)


def change_patients_address(
    services: Services, command: ChangePatientsAddress
) -> Outcome[AddressChanged, Refusal]:
    """Change it for the patient."""

    def work(unit: Unit) -> Outcome[AddressChanged, Refusal]:
        if not people.is_patient_of(unit, command.staff.clinic, command.user):
            return Failure(NO_SUCH_PATIENT)
        unit.about = command.user
        by = address.ByClinic(command.staff, command.evidence)
        return _change(unit, command.user, command.address, command.owner, by, command.basis)

    return perform(services, command, AddressChanged, work)


def _change(  # noqa: PLR0913, PLR0917  all of D-ACC-14 is asked at once
    unit: Unit,
    account: UserId,
    to: EmailAddress,
    owner: AddressOwner,
    by: address.SetBy,
    basis: RelativeBasis | None,
) -> Outcome[AddressChanged, Refusal]:
    before = people.address_of(unit, account)
    told = people.read_address(unit, before.record) if before else None
    changed = set_address(unit, account, to, owner, by, basis)
    if isinstance(changed, Failure):
        return changed
    event = changed.unwrap()
    if before is not None and told is not None:
        unit.mail(AddressReplaced(), told, people.mail_stops_at(unit, account, before))
    send_proof(unit, account, event.record, to)
    unit.rule = "D-ACC-14"
    return Success(AddressChanged(event.quarantined_until))


# --- proving it --------------------------------------------------------------------------------


def proof_record(account: UserId) -> ContentId:
    """Name the record of the code that an address is proved by."""
    return ContentId(f"proof-{account}")


def send_proof(unit: Unit, account: UserId, record: ContentId, to: EmailAddress) -> None:
    """Send a code to the address in use, whose record this is; the newest one counts."""
    code = OneTimeCode.from_entropy(unit.services.chance.entropy(CODE_ENTROPY_BYTES))
    digest = unit.services.keys.code(AttemptId(str(record)), CODE_PURPOSE, code)
    expires_at = unit.at + unit.services.access.codes.lifetime
    proof = [str(record), digest, unit.at.isoformat(), expires_at.isoformat()]
    _ = unit.put(json.dumps(proof), proof_record(account))
    in_use = people.address_of(unit, account)
    until = people.mail_stops_at(unit, account, in_use) if in_use else None
    unit.mail(CodeToType(code, expires_at), to, until)


@frozen(kw_only=True)
class ProveAddress(Command):
    """A logged-in user types the code that came to the address in use."""

    session: SessionId
    browser: BrowserId
    code: str = field(repr=False)


@frozen
class AddressIsProved:
    """Whoever uses the account reads what is sent there."""


@frozen
class _Counted:
    user: UserId
    budget: str


def prove_address(services: Services, command: ProveAddress) -> Outcome[AddressIsProved, Refusal]:
    """Count the guess in a unit of its own, compare, and note that it came back."""
    counted = _count_guess(services, command)
    if isinstance(counted, Failure):
        return counted
    account, budget = counted.unwrap().user, counted.unwrap().budget

    def work(unit: Unit) -> Outcome[AddressIsProved, Refusal]:
        unit.about = account
        record = _proved_record(unit, account, command.code)
        if record is None:
            return Failure(WRONG_CODE)
        state = unit.state(events.ADDRESS, account)
        decided = address.decide(state, address.ProveAddress(record))
        if isinstance(decided, Failure):
            return Failure(refusal_of(decided.failure()))
        unit.add(events.ADDRESS, account, decided.unwrap())
        unit.erase(proof_record(account))
        settle(unit, budget)
        unit.rule = "D-ACC-14"
        return Success(AddressIsProved())

    return perform(services, command, AddressIsProved, work)


def _count_guess(services: Services, command: ProveAddress) -> Outcome[_Counted, Refusal]:
    def work(unit: Unit) -> Outcome[_Counted, Refusal]:
        opened = standing_session(unit, command.session, command.browser)
        if isinstance(opened, Failure):
            return opened
        account = opened.unwrap().user
        unit.rule = "D-ACC-13"
        budget = budget_in(account, command.browser)
        counted = count(unit, budget, Purpose.PROVE_ADDRESS)
        return counted if isinstance(counted, Failure) else Success(_Counted(account, budget))

    return perform(services, command, _Counted, work, "count_address_code", step="#1")


def _proved_record(unit: Unit, account: UserId, typed: str) -> ContentId | None:
    """Give the record whose code was typed, in time; None if it was not."""
    text = unit.content(proof_record(account))
    code = OneTimeCode.parse(typed)
    if text is None or isinstance(code, Failure):
        return None
    record, digest, sent, expires = json.loads(text)
    in_time = is_within(parse_instant(sent).unwrap(), unit.at, parse_instant(expires).unwrap())
    keys = unit.services.keys
    right = keys.same(keys.code(AttemptId(record), CODE_PURPOSE, code.unwrap()), digest)
    return ContentId(record) if right and in_time else None
