"""Verify a guardian (S-ACC-6, D-ACC-8): two numbers, the guardian's MitID, then the register.

Nothing but the form of the numbers is judged before MitID has come back, and every unhappy end
shows the public one page. The guardian's MitID makes no session and no known browser (D-ACC-3).
"""

import json
from collections.abc import Mapping
from datetime import date

from attrs import evolve as with_changes
from attrs import field, frozen

from eservices_core import events
from eservices_core.access import custody, guardian, guardianship, mitid
from eservices_core.access.custody import CustodyOutcome, CustodyVerdict
from eservices_core.access.mitid import MitidFailure
from eservices_core.outcome import Failure, Outcome, Success
from eservices_core.ports.ledger import ByGuardianPerson
from eservices_core.tables import Row
from eservices_core.texts import CANNOT_VERIFY_PUBLIC, Says
from eservices_core.usecases import people
from eservices_core.usecases.carry_out import change_guardianship
from eservices_core.usecases.perform import perform
from eservices_core.usecases.refusal import Refusal
from eservices_core.usecases.refusals import refusal_of, refusal_of_row
from eservices_core.usecases.services import Command, Services
from eservices_core.usecases.unit import Unit
from eservices_core.words.civil_number import CivilNumber
from eservices_core.words.clinic_time import clinic_date
from eservices_core.words.identifiers import AttemptId, BrowserId, ContentId, UserId

# --- 1: two numbers ----------------------------------------------------------------------------


@frozen(kw_only=True)
class StateNumbers(Command):
    """Somebody stated the numbers of a child and of a person with custody."""

    child: CivilNumber
    guardian: CivilNumber
    browser: BrowserId


@frozen
class GuardianToMitid:
    """Where to send the guardian's browser; `attempt` comes back with it."""

    attempt: AttemptId
    address: str = field(repr=False)


def state_numbers(services: Services, command: StateNumbers) -> Outcome[GuardianToMitid, Refusal]:
    """Begin an attempt; nothing is looked up, and nothing is told."""

    def work(unit: Unit) -> Outcome[GuardianToMitid, Refusal]:
        attempt = services.new_attempt()
        start = services.mitid.begin(attempt)
        if isinstance(start, MitidFailure):
            return Failure(_no_identity(start))
        numbers = [command.child.reveal(), command.guardian.reveal(), start.memo]
        stated = guardian.State(
            child=services.keys.number(command.child),
            guardian=services.keys.number(command.guardian),
            numbers=unit.put(json.dumps(numbers)),
            browser=command.browser,
            at=unit.at,
        )
        decided = guardian.decide(unit.state(events.GUARDIAN, attempt), stated)
        unit.add(events.GUARDIAN, attempt, decided.unwrap())
        return Success(GuardianToMitid(attempt, start.address))

    return perform(services, command, GuardianToMitid, work)


# --- 2: the guardian's MitID, then the register ------------------------------------------------


@frozen(kw_only=True)
class GuardianCameBack(Command):
    """The guardian's browser came back from MitID."""

    attempt: AttemptId
    browser: BrowserId
    callback: Mapping[str, str] = field(repr=False)


@frozen
class GuardianVerified:
    """The register confirmed it; if the child has a user, the guardian stands behind it now."""

    child_has_user: bool


@frozen
class _Step:
    """How a step ended. An unhappy end is recorded like a happy one, so it is no refusal yet."""

    unhappy: Refusal | None
    child_has_user: bool = False


def guardian_came_back(
    services: Services, command: GuardianCameBack
) -> Outcome[GuardianVerified, Refusal]:
    """Judge the identity, ask the register, and record what it says."""
    identified = _identify(services, command)
    if isinstance(identified, Failure):
        return identified
    unhappy = identified.unwrap().unhappy
    if unhappy is not None:
        return Failure(unhappy)
    return _ask(services, command, "#2")


def _identify(services: Services, command: GuardianCameBack) -> Outcome[_Step, Refusal]:
    def work(unit: Unit) -> Outcome[_Step, Refusal]:
        state = unit.state(events.GUARDIAN, command.attempt)
        if not isinstance(state, guardian.Stated):
            reason = guardian.GuardianRefusal
            begun = not isinstance(state, guardian.NotBegun)
            return Failure(refusal_of(reason.OVER if begun else reason.NOT_BEGUN))
        numbers = _numbers(unit, state.numbers)
        if numbers is None:
            return Failure(refusal_of(guardian.GuardianRefusal.OVER))
        _, _, memo = numbers
        said = services.mitid.identity(command.attempt, memo, command.callback)
        if isinstance(said, MitidFailure):
            return Failure(_no_identity(said))
        facts = mitid.facts_of(said, command.attempt, state.begun_at)
        asked = unit.state(events.CHILDREN_ASKED, state.guardian)
        identify = guardian.Identify(
            acceptance=mitid.ACCEPTABLE.decide(facts).then,
            number=services.keys.number(said.number) if said.number else None,
            browser=command.browser,
            asked_before=guardian.asked_children(asked, unit.at),
            children_max=services.access.children_per_guardian,
            at=unit.at,
        )
        decided = guardian.decide(state, identify)
        if isinstance(decided, Failure):
            return Failure(refusal_of(decided.failure()))
        (event,) = unwrapped = decided.unwrap()
        unit.add(events.GUARDIAN, command.attempt, unwrapped)
        if isinstance(event, guardian.VerificationEnded):
            unit.erase(state.numbers)
            return Success(_unhappy(unit, refusal_of(event.reason)))
        note = guardian.ChildAsked(state.child, unit.at)
        unit.add(events.CHILDREN_ASKED, state.guardian, (note,))
        return Success(_Step(None))

    return perform(services, command, _Step, work, "identify_guardian")


def _no_identity(failure: MitidFailure) -> Refusal:
    """Say why MitID gave nothing; what was wrong with an answer is for staff (D-ACC-8)."""
    refusal = refusal_of(failure)
    if failure is MitidFailure.ANSWER_REFUSED:
        return with_changes(refusal, says=Says(CANNOT_VERIFY_PUBLIC, refusal.says.staff))
    return refusal


def _numbers(unit: Unit, record: ContentId) -> tuple[CivilNumber, CivilNumber, str] | None:
    """Read the numbers behind an attempt or a guardianship; None once they are erased.

    They are erased with what rests on them, which may happen between two reads.
    """
    text = unit.content(record)
    if text is None:
        return None
    child, holder, memo = json.loads(text)
    return CivilNumber.parse(child).unwrap(), CivilNumber.parse(holder).unwrap(), str(memo)


@frozen(kw_only=True)
class AskRegisterAgain(Command):
    """The register was silent; the guardian, who is identified, tries again."""

    attempt: AttemptId
    browser: BrowserId


def ask_register_again(
    services: Services, command: AskRegisterAgain
) -> Outcome[GuardianVerified, Refusal]:
    """Ask the register about both, and record its verdict on a child who has a user."""
    return _ask(services, command)


def _ask(
    services: Services, command: GuardianCameBack | AskRegisterAgain, step: str = ""
) -> Outcome[GuardianVerified, Refusal]:
    def work(unit: Unit) -> Outcome[_Step, Refusal]:
        state = unit.state(events.GUARDIAN, command.attempt)
        if not isinstance(state, guardian.Identified) or state.browser != command.browser:
            return Failure(refusal_of(_why_not_asked(state)))
        numbers = _numbers(unit, state.numbers)
        if numbers is None:
            return Failure(refusal_of(guardian.GuardianRefusal.OVER))
        said = ask_register(unit, numbers[0], numbers[1])
        unit.rule = said.row.rule
        judge = guardian.Judge(said.row.then, said.version, said.relation, unit.at)
        decided = guardian.decide(state, judge)
        if isinstance(decided, Failure):
            return Failure(refusal_of(decided.failure()))
        unit.about = said.account
        unit.add(events.GUARDIAN, command.attempt, decided.unwrap())
        after = unit.state(events.GUARDIAN, command.attempt)
        if said.row.then.reason is not None:
            if isinstance(after, guardian.Unhappy):  # and not where the register was silent
                unit.erase(state.numbers)
            return Success(_unhappy(unit, refusal_of_row(said.row, said.row.then.reason)))
        assert isinstance(after, guardian.Verified)
        if said.account is not None:
            record_verified(unit, said.account, after)
        return Success(_Step(None, child_has_user=said.account is not None))

    judged = perform(services, command, _Step, work, "ask_register_again", step=step)
    if isinstance(judged, Failure):
        return judged
    ended = judged.unwrap()
    if ended.unhappy is not None:
        return Failure(ended.unhappy)
    return Success(GuardianVerified(ended.child_has_user))


def _unhappy(unit: Unit, refusal: Refusal) -> _Step:
    unit.rule, unit.because = refusal.rule, refusal.reason
    return _Step(refusal)


def _why_not_asked(state: guardian.Attempt) -> guardian.GuardianRefusal:
    match state:
        case guardian.NotBegun():
            return guardian.GuardianRefusal.NOT_BEGUN
        case guardian.Stated():
            return guardian.GuardianRefusal.NOT_IDENTIFIED
        case guardian.Identified():
            return guardian.GuardianRefusal.OTHER_BROWSER
        case guardian.Verified() | guardian.UsedUp() | guardian.Unhappy():
            return guardian.GuardianRefusal.OVER


# --- what renewal and the creation of a child share --------------------------------------------


@frozen
class Asked:
    """What the register's answer comes to.

    Attributes:
        row: the verdict's row.
        version: the register's version.
        relation: how the register lists the guardian; None where it does not.
        account: the child's user, whichever of the child's numbers they go by.
    """

    row: Row[CustodyVerdict]
    version: str
    relation: custody.Relation | None
    account: UserId | None


def ask_register(unit: Unit, child: CivilNumber, holder: CivilNumber) -> Asked:
    """Ask the register about both."""
    register = unit.services.register
    about_child = register.ask(child)
    about_holder = register.ask(holder)
    facts = custody.facts_of(
        child, holder, about_child, about_holder, unit.at, unit.services.access.guardianship
    )
    account = _user_of_any(unit, child, about_child)
    row = custody.CUSTODY.decide(facts)
    if not isinstance(about_child, custody.RegisterAnswer):
        return Asked(row, "none", None, account)
    if account is not None and about_child.is_about(child):
        note_birth_date(unit, account, about_child)
    holders = custody.numbers_of(holder, about_holder)
    relation = custody.relation_of(holders, about_child.relatives, clinic_date(unit.at))
    return Asked(row, about_child.version, relation, account)


def _user_of_any(
    unit: Unit, child: CivilNumber, about_child: custody.RegisterSaid
) -> UserId | None:
    """Find the user of a number, or of another that the register calls the same child's."""
    account = people.user_of_number(unit, child)
    if account is not None:
        return account
    others = sorted(
        custody.numbers_of(child, about_child) - {child}, key=lambda number: number.reveal()
    )
    holders = (people.user_of_number(unit, other) for other in others)
    return next((holder for holder in holders if holder is not None), None)


def note_birth_date(unit: Unit, account: UserId, answer: custody.RegisterAnswer) -> None:
    """Keep the register's birth date where it is not the number's (D-ACC-5)."""
    known = people.person_of(unit, account)
    if known.birth_date != answer.birth_date:
        unit.about = account
        record = people.person_record(account)
        _ = unit.put(people.write_person(known.number, answer.birth_date), record)


@frozen
class Confirmed:
    """The child of a confirmed verification.

    Attributes:
        number: as the guardian stated it.
        birth_date: what the register gave; None where it is silent now.
        account: the user that goes by any of the child's numbers.
    """

    number: CivilNumber
    birth_date: date | None
    account: UserId | None


def confirmed_child(unit: Unit, state: guardian.Verified) -> Confirmed | None:
    """Give the child of a confirmed verification; None if its numbers are erased already."""
    numbers = _numbers(unit, state.numbers)
    if numbers is None:
        return None
    child = numbers[0]
    said = unit.services.register.ask(child)
    account = _user_of_any(unit, child, said)
    if isinstance(said, custody.RegisterAnswer) and said.is_about(child):
        return Confirmed(child, said.birth_date, account)
    return Confirmed(child, None, account)


def record_verified(unit: Unit, account: UserId, verified: guardian.Verified) -> None:
    """Let a verified guardian stand behind a child's user.

    D-ACC-8: kept is who, when, relation and register version.
    """
    record = guardianship.RecordVerified(
        guardian=verified.guardian,
        numbers=verified.numbers,
        version=verified.version,
        relation=verified.relation,
        at=unit.at,
    )
    _ = change_guardianship(unit, account, record).unwrap()


def by_guardian(unit: Unit, holder: CivilNumber) -> ByGuardianPerson:
    """Name a guardian as the one who acts."""
    return ByGuardianPerson(unit.services.keys.number(holder))


# --- renewal -----------------------------------------------------------------------------------


@frozen(kw_only=True)
class RenewCustody(Command):
    """The last answer is old, and somebody wants to rely on it (D-ACC-9)."""

    user: UserId


@frozen
class Renewal:
    """What a renewal came to: None if nothing was due."""

    outcome: CustodyOutcome | None


def renew_custody(services: Services, command: RenewCustody) -> Outcome[Renewal, Refusal]:
    """Ask the register again where its last answer is older than the settings allow."""
    return _renew(services, command, command.user)


def renew_before(
    services: Services, command: Command, account: UserId
) -> Outcome[Renewal, Refusal]:
    """Renew as a step of another command, which is about to rely on it."""
    return _renew(services, command, account, "#2")


def _renew(
    services: Services, command: Command, account: UserId, step: str = ""
) -> Outcome[Renewal, Refusal]:
    def work(unit: Unit) -> Outcome[Renewal, Refusal]:
        unit.about = account
        state = unit.state(events.GUARDIANSHIP, account)
        due = guardianship.is_due(state, unit.at, services.access.custody_is_fresh_for)
        if not due:
            return Success(Renewal(None))
        assert isinstance(state, guardianship.VerifiedByRegister)
        numbers = _numbers(unit, state.numbers)
        if numbers is None:  # it was replaced between the two reads, or erased for good
            return Success(Renewal(None))
        # From 15 nothing rests on it, and nobody asks a register about them (D-ACC-5).
        if not people.is_child(unit, account):
            return Success(Renewal(None))
        said = ask_register(unit, numbers[0], numbers[1])
        verdict = said.row.then
        unit.rule = said.row.rule
        if verdict.reason is not None:  # staff are told why it ended, or that nobody answered
            unit.because = verdict.reason.value
        renew = guardianship.Renew(verdict, said.version, said.relation, unit.at)
        _ = change_guardianship(unit, account, renew).unwrap()
        return Success(Renewal(verdict.outcome))

    return perform(services, command, Renewal, work, "renew_custody", step=step)
