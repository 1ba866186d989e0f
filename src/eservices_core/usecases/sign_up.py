"""Sign up alone, verified by MitID (S-ACC-7, D-ACC-17); the second half of a first MitID login."""

import json
from typing import Final

from attrs import frozen

from eservices_core import events
from eservices_core.access import address, linking, mitid_attempt, user
from eservices_core.access.session import Method
from eservices_core.access.user import CreatedBy
from eservices_core.outcome import Failure, Outcome, Success
from eservices_core.ports.ledger import Name, NameKind
from eservices_core.usecases import people
from eservices_core.usecases.change_address import send_proof
from eservices_core.usecases.creating import create_person, join_clinic, set_address
from eservices_core.usecases.perform import perform
from eservices_core.usecases.refusal import Refusal
from eservices_core.usecases.refusals import refusal_of, refusal_of_row
from eservices_core.usecases.services import Command, Services
from eservices_core.usecases.session_of import LoggedIn, begin_session
from eservices_core.usecases.unit import Unit
from eservices_core.words.civil_number import CivilNumber
from eservices_core.words.email_address import AddressOwner, EmailAddress
from eservices_core.words.identifiers import AttemptId, BrowserId, ClinicId, SessionId

ACT: Final = "sign_up"


@frozen(kw_only=True)
class SignUp(Command):
    """A person whom MitID has verified, and who has no user, asks for one.

    Attributes:
        attempt: the MitID attempt that offered it.
        browser: the browser of that attempt.
        session: the id (a digest) of the session to begin.
        address: where mail shall go.
        owner: whose address it is.
        clinic: the clinic to be associated with; None to choose later.
    """

    attempt: AttemptId
    browser: BrowserId
    session: SessionId
    address: EmailAddress
    owner: AddressOwner = AddressOwner.OWN
    clinic: ClinicId | None = None


def sign_up(services: Services, command: SignUp) -> Outcome[LoggedIn, Refusal]:
    """Create the user, already active, and begin the session."""

    def work(unit: Unit) -> Outcome[LoggedIn, Refusal]:
        taken = _take_offer(unit, command)
        if isinstance(taken, Failure):
            return taken
        number, subject = taken.unwrap()
        if people.user_of_number(unit, number) is not None:
            return Failure(refusal_of(user.UserRefusal.ALREADY_EXISTS))
        if people.has_earlier_number(unit, number):  # the card was written in between
            row = linking.LINKING.decide(linking.SIGN_UP_UNDER_A_NEW_NUMBER)
            return Failure(refusal_of_row(row, row.then))
        account = services.new_user()
        unit.about = account
        create_person(unit, account, number, None, CreatedBy.PATIENT, None)
        unit.take(subject, account)
        entered = user.decide(unit.state(events.USER, account), user.EnterWithMitid())
        unit.add(events.USER, account, entered.unwrap())
        addressed = set_address(
            unit, account, command.address, command.owner, address.ByMitid(), None
        )
        if isinstance(addressed, Failure):
            return addressed
        send_proof(unit, account, addressed.unwrap().record, command.address)
        if command.clinic is not None:
            joined = join_clinic(unit, account, command.clinic)
            if isinstance(joined, Failure):
                return joined
        begun = begin_session(unit, account, command.session, command.browser, Method.MITID)
        if isinstance(begun, Failure):
            return begun
        unit.rule = "S-ACC-7"
        return Success(LoggedIn(account, command.session, begun.unwrap()))

    return perform(services, command, LoggedIn, work, ACT)


def _take_offer(unit: Unit, command: SignUp) -> Outcome[tuple[CivilNumber, Name], Refusal]:
    state = unit.state(events.MITID_ATTEMPT, command.attempt)
    decided = mitid_attempt.decide(state, mitid_attempt.TakeSignUp(command.browser, unit.at))
    if isinstance(decided, Failure):
        return Failure(refusal_of(decided.failure()))
    assert isinstance(state, mitid_attempt.MaySignUp)
    text = unit.content(state.identity)
    if text is None:  # taken in another tab, between the two reads
        return Failure(refusal_of(mitid_attempt.AttemptRefusal.OVER))
    number, issuer, subject = json.loads(text)
    unit.erase(state.identity)
    unit.add(events.MITID_ATTEMPT, command.attempt, decided.unwrap())
    name = Name(NameKind.SUBJECT, unit.services.keys.subject(issuer, subject))
    return Success((CivilNumber.parse(number).unwrap(), name))
