"""Log in with MitID (S-ACC-2, S-ACC-7): go there from a browser, and come back to it."""

import json
from collections.abc import Mapping
from typing import Final

from attrs import field, frozen

from eservices_core import events
from eservices_core.access import linking, login, mitid, mitid_attempt, user
from eservices_core.access.custody import RegisterAnswer
from eservices_core.access.facts import Measure, NumberMatch, UserStatus, measure_at
from eservices_core.access.linking import (
    AccountByNumber,
    AccountBySubject,
    EarlierNumber,
    Link,
    Succession,
)
from eservices_core.access.login import LoginDecision, LoginReason, MitidLogin
from eservices_core.access.mitid import Acceptance, MitidFailure, MitidIdentity
from eservices_core.access.session import Method
from eservices_core.correspondence.messages import MitidLinked
from eservices_core.outcome import Failure, Outcome, Success
from eservices_core.ports.ledger import Name, NameKind
from eservices_core.usecases import people
from eservices_core.usecases.carry_out import change_user
from eservices_core.usecases.change_number import move_number
from eservices_core.usecases.perform import perform
from eservices_core.usecases.refusal import Refusal
from eservices_core.usecases.refusals import refusal_of, refusal_of_row
from eservices_core.usecases.services import Command, Services
from eservices_core.usecases.session_of import begin_session
from eservices_core.usecases.unit import Unit
from eservices_core.words.civil_number import CivilNumber
from eservices_core.words.identifiers import AttemptId, BrowserId, SessionId, UserId

ACT: Final = "log_in_with_mitid"


@frozen(kw_only=True)
class GoToMitid(Command):
    """A browser asks to log in with MitID."""

    browser: BrowserId


@frozen
class SentToMitid:
    """Where to send the browser; `attempt` comes back with it."""

    attempt: AttemptId
    address: str = field(repr=False)


@frozen(kw_only=True)
class ComeBackFromMitid(Command):
    """The browser came back.

    Attributes:
        attempt: as given when it left.
        browser: the browser that came.
        session: the id (a digest) of the session to begin, drawn by the caller.
        callback: the query parameters it brought.
    """

    attempt: AttemptId
    browser: BrowserId
    session: SessionId
    callback: Mapping[str, str] = field(repr=False)


@frozen
class MitidAnswer:
    """GRANTED: the session has begun. SIGN_UP: nobody has the number; `sign_up` takes it on."""

    decision: LoginDecision
    user: UserId | None = None


def go_to_mitid(services: Services, command: GoToMitid) -> Outcome[SentToMitid, Refusal]:
    """Begin an attempt; while MitID does not answer, there is none (faults: 81)."""

    def work(unit: Unit) -> Outcome[SentToMitid, Refusal]:
        attempt = services.new_attempt()
        start = services.mitid.begin(attempt)
        if isinstance(start, MitidFailure):
            return Failure(refusal_of(start))
        begin = mitid_attempt.Begin(command.browser, unit.put(start.memo), unit.at)
        decided = mitid_attempt.decide(unit.state(events.MITID_ATTEMPT, attempt), begin)
        unit.add(events.MITID_ATTEMPT, attempt, decided.unwrap())
        return Success(SentToMitid(attempt, start.address))

    return perform(services, command, SentToMitid, work)


def come_back_from_mitid(
    services: Services, command: ComeBackFromMitid
) -> Outcome[MitidAnswer, Refusal]:
    """Read MitID's answer, and decide the login (D-ACC-3, D-ACC-4)."""

    def work(unit: Unit) -> Outcome[MitidAnswer, Refusal]:
        read = _read_identity(unit, command)
        if isinstance(read, Failure):
            return read
        identity, number = read.unwrap()
        found = _account(unit, identity, number)
        if isinstance(found, Failure):
            return found
        account = found.unwrap()
        if account is None:
            return _offer_sign_up(unit, command, identity, number)
        _answered(unit, command)
        return _enter(unit, command, account)

    return perform(services, command, MitidAnswer, work, ACT)


def _read_identity(
    unit: Unit, command: ComeBackFromMitid
) -> Outcome[tuple[MitidIdentity, CivilNumber], Refusal]:
    """Have the answer read, and refuse an identity that is not acceptable."""
    state = unit.state(events.MITID_ATTEMPT, command.attempt)
    decided = mitid_attempt.decide(state, mitid_attempt.Answer(command.browser, unit.at))
    if isinstance(decided, Failure):
        return Failure(refusal_of(decided.failure()))
    assert isinstance(state, mitid_attempt.AtMitid)
    memo = unit.content(state.memo)
    if memo is None:  # answered in another tab, between the two reads
        return Failure(refusal_of(mitid_attempt.AttemptRefusal.OVER))
    said = unit.services.mitid.identity(command.attempt, memo, command.callback)
    if isinstance(said, MitidFailure):
        return Failure(refusal_of(said))
    facts = mitid.facts_of(said, command.attempt, state.begun_at)
    acceptance = mitid.ACCEPTABLE.decide(facts).then
    if acceptance is not Acceptance.ACCEPTED:
        row = login.MITID.decide(
            MitidLogin(acceptance, NumberMatch.OWN, UserStatus.NONE, _measure(unit))
        )
        return Failure(refusal_of_row(row, row.then.reason or LoginReason.CPR_MISMATCH))
    assert said.number is not None
    unit.erase(state.memo)
    return Success((said, said.number))


def _measure(unit: Unit) -> Measure:
    return measure_at(unit.at, unit.services.access.mitid_required_from)


def _account(
    unit: Unit, identity: MitidIdentity, number: CivilNumber
) -> Outcome[UserId | None, Refusal]:
    """Find whose account it is; link a new subject, follow a changed number (D-ACC-16)."""
    subject = subject_name(unit, identity)
    by_number = people.user_of_number(unit, number)
    by_subject = unit.holder(subject)
    succession, earlier = Succession.NOT_CONFIRMED, EarlierNumber.NOT_HELD
    if by_number is None and by_subject is not None:
        unit.about = by_subject
        succession = _succession(unit, by_subject, number)
    elif by_number is None and people.has_earlier_number(unit, number):
        earlier = EarlierNumber.HELD
    row = linking.LINKING.decide(
        linking.LinkFacts(
            by_number=AccountByNumber.NONE if by_number is None else AccountByNumber.ONE,
            by_subject=_by_subject(by_number, by_subject),
            succession=succession,
            earlier=earlier,
        )
    )
    unit.rule = row.rule
    match row.then:
        case Link.NO_ACCOUNT:
            return Success(None)
        case Link.NUMBER_CHANGED:
            return Failure(refusal_of_row(row, row.then))
        case Link.REFUSE:
            unit.about = by_number or by_subject
            return Failure(refusal_of_row(row, LoginReason.CPR_MISMATCH))
        case Link.KNOWN:
            unit.about = by_number
        case Link.LINK_SUBJECT:
            unit.about = by_number
            assert by_number is not None
            unit.take(subject, by_number)
            _tell_of_link(unit, by_number)
        case Link.MOVE_NUMBER:
            assert by_subject is not None
            moved = move_number(unit, by_subject, number, user.MoveNumber(None, None))
            if isinstance(moved, Failure):
                return moved
    return Success(unit.about)


def subject_name(unit: Unit, identity: MitidIdentity) -> Name:
    """Name a broker's (issuer, subject)."""
    subject = identity.subject
    return Name(NameKind.SUBJECT, unit.services.keys.subject(subject.issuer, subject.subject))


def _by_subject(by_number: UserId | None, by_subject: UserId | None) -> AccountBySubject:
    if by_subject is None:
        return AccountBySubject.NONE
    return AccountBySubject.SAME if by_subject == by_number else AccountBySubject.ANOTHER


def _succession(unit: Unit, account: UserId, new: CivilNumber) -> Succession:
    """Ask the cards of the user's own clinics, and the register, whether the number follows on."""
    old = people.person_of(unit, account).number
    for clinic in people.associated_clinics(unit, account):
        card = people.card_of(unit, clinic, new)
        if card is not None and old in card.former_numbers:
            return Succession.CONFIRMED
    said = unit.services.register.ask(old)
    if not isinstance(said, RegisterAnswer) or not said.is_about(old):
        return Succession.NOT_CONFIRMED
    # A register that follows a changed number answers under the new one.
    confirmed = new in {said.successor, said.number}
    return Succession.CONFIRMED if confirmed else Succession.NOT_CONFIRMED


def _tell_of_link(unit: Unit, account: UserId) -> None:
    address = people.address_of(unit, account)
    to = people.read_address(unit, address.record) if address else None
    if address is not None and to is not None:
        unit.mail(MitidLinked(), to, people.mail_stops_at(unit, account, address))


def _offer_sign_up(
    unit: Unit, command: ComeBackFromMitid, identity: MitidIdentity, number: CivilNumber
) -> Outcome[MitidAnswer, Refusal]:
    subject = identity.subject
    record = unit.put(json.dumps([number.reveal(), subject.issuer, subject.subject]))
    state = unit.state(events.MITID_ATTEMPT, command.attempt)
    decided = mitid_attempt.decide(state, mitid_attempt.OfferSignUp(record))
    unit.add(events.MITID_ATTEMPT, command.attempt, decided.unwrap())
    return Success(MitidAnswer(LoginDecision.SIGN_UP))


def _answered(unit: Unit, command: ComeBackFromMitid) -> None:
    state = unit.state(events.MITID_ATTEMPT, command.attempt)
    decided = mitid_attempt.decide(state, mitid_attempt.Answer(command.browser, unit.at))
    unit.add(events.MITID_ATTEMPT, command.attempt, decided.unwrap())


def _enter(
    unit: Unit, command: ComeBackFromMitid, account: UserId
) -> Outcome[MitidAnswer, Refusal]:
    state = unit.state(events.USER, account)
    facts = MitidLogin(Acceptance.ACCEPTED, NumberMatch.OWN, user.status_of(state), _measure(unit))
    row = login.MITID.decide(facts)
    unit.rule = row.rule
    if row.then.reason is not None:
        return Failure(refusal_of_row(row, row.then.reason))
    entered = change_user(unit, account, user.EnterWithMitid())
    if isinstance(entered, Failure):
        return entered
    begun = begin_session(unit, account, command.session, command.browser, Method.MITID)
    if isinstance(begun, Failure):
        return begun
    return Success(MitidAnswer(LoginDecision.GRANTED, account))
