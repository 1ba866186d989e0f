"""Log in with two-factor, step one (S-ACC-1): a username and password, and then a code is sent.

Every guess is counted in a unit of work of its own before it is compared (D-ACC-13), every step
decides again whether two-factor is open (D-ACC-15), and every refusal looks and costs the same to
whoever typed it (D-ACC-2): one hash is computed whoever it was and whatever is refused.
"""

from attrs import field, frozen

from eservices_core import events
from eservices_core.access import guardianship, two_factor
from eservices_core.access.guesses import Purpose
from eservices_core.access.login import LoginDecision
from eservices_core.outcome import Failure, Outcome, Success
from eservices_core.ports.ledger import Name, NameKind
from eservices_core.usecases import people
from eservices_core.usecases.access_refusals import WRONG_PASSWORD
from eservices_core.usecases.budgets import budget_of, count_guess
from eservices_core.usecases.login_steps import decide_again, password_record, send_code, still_open
from eservices_core.usecases.perform import perform
from eservices_core.usecases.refusal import Refusal
from eservices_core.usecases.refusals import refusal_of, refusal_of_row
from eservices_core.usecases.services import Command, Services
from eservices_core.usecases.unit import Unit
from eservices_core.usecases.verify_guardian import renew_before
from eservices_core.words.identifiers import AttemptId, BrowserId, ContentId, UserId
from eservices_core.words.secret import Password, PasswordAttempt
from eservices_core.words.username import Username


@frozen(kw_only=True)
class TypePassword(Command):
    """Somebody typed a username and a password.

    Attributes:
        username: as typed; anything.
        password: as typed.
        browser: where.
    """

    username: str = field(repr=False)
    password: PasswordAttempt
    browser: BrowserId


@frozen
class PasswordAnswer:
    """CODE_REQUIRED: a code is on its way, for `attempt`. GUARDIAN_REQUIRED: a guardian first."""

    decision: LoginDecision
    attempt: AttemptId | None = None


@frozen
class _Counted:
    """A guess that may be compared: whose, with which record, under which budget."""

    user: UserId | None
    budget: str
    password: ContentId | None


def type_password(services: Services, command: TypePassword) -> Outcome[PasswordAnswer, Refusal]:
    """Count, compare, decide, and have a code sent."""
    counted = _count_password(services, command)
    record = None if isinstance(counted, Failure) else counted.unwrap().password
    stored = None if record is None else services.records.content(record)
    right = services.hasher.verify(stored, command.password)
    if isinstance(counted, Failure):
        return counted
    guess = counted.unwrap()
    if right and guess.user is not None:
        _renew_if_due(services, command, guess.user)

    def work(unit: Unit) -> Outcome[PasswordAnswer, Refusal]:
        unit.about = guess.user
        if guess.user is None or not right:
            return Failure(WRONG_PASSWORD)
        if guess.password != password_record(unit, guess.user):
            return Failure(WRONG_PASSWORD)  # it was replaced while it was compared
        answer = _after_password(unit, guess.user, guess.budget, command.browser)
        # Only then: hashing for a login that is refused would tell that the password was right.
        if isinstance(answer, Success) and record is not None and stored is not None:
            _rehash_if_outdated(unit, record, stored, command.password)
        return answer

    return perform(services, command, PasswordAnswer, work)


def _renew_if_due(services: Services, command: TypePassword, account: UserId) -> None:
    """Have an old answer of the register asked again before it is relied on (D-ACC-9).

    What comes of it is recorded by that use case, and read afterwards like everything else.
    """
    unit = Unit(services, command)
    state = unit.state(events.GUARDIANSHIP, account)
    due = guardianship.is_due(state, unit.at, services.access.custody_is_fresh_for)
    if due and people.is_child(unit, account):
        _ = renew_before(services, command, account)


def _count_password(services: Services, command: TypePassword) -> Outcome[_Counted, Refusal]:
    def work(unit: Unit) -> Outcome[_Counted, Refusal]:
        account = _user_of(unit, command.username)
        unit.about, unit.rule = account, "D-ACC-13"
        budget = budget_of(unit, account, command.username, command.browser)
        counted = count_guess(unit, account, budget, Purpose.PASSWORD)
        if isinstance(counted, Failure):
            return counted
        record = None if account is None else password_record(unit, account)
        return Success(_Counted(account, budget, record))

    return perform(services, command, _Counted, work, "count_password", step="#1")


def _user_of(unit: Unit, typed: str) -> UserId | None:
    username = Username.parse(typed)
    if isinstance(username, Failure):
        return None
    key = unit.services.keys.username(username.unwrap())
    return unit.holder(Name(NameKind.USERNAME, key))


def _rehash_if_outdated(unit: Unit, record: ContentId, stored: str, typed: PasswordAttempt) -> None:
    password = Password.parse(typed.reveal())
    if isinstance(password, Success) and unit.services.hasher.is_outdated(stored):
        _ = unit.put(unit.services.hasher.hash(password.unwrap()), record)


def _after_password(
    unit: Unit, account: UserId, budget: str, browser: BrowserId
) -> Outcome[PasswordAnswer, Refusal]:
    row = decide_again(unit, account, browser)
    unit.rule = row.rule
    if row.then.reason is not None:
        return Failure(refusal_of_row(row, row.then.reason))
    if row.then.decision is LoginDecision.GUARDIAN_REQUIRED:
        return Success(PasswordAnswer(LoginDecision.GUARDIAN_REQUIRED))
    attempt = unit.services.new_attempt()
    password = password_record(unit, account)
    assert password is not None, "the one that was right"
    sent = send_code(unit, account, budget, browser, attempt, password)
    if isinstance(sent, Failure):
        return sent
    return Success(PasswordAnswer(LoginDecision.CODE_REQUIRED, attempt))


# --- another code for the same attempt ---------------------------------------------------------


@frozen(kw_only=True)
class SendAnotherCode(Command):
    """The code did not come; only the newest one counts."""

    attempt: AttemptId
    browser: BrowserId


def send_another_code(
    services: Services, command: SendAnotherCode
) -> Outcome[PasswordAnswer, Refusal]:
    """Send a new code in the same attempt; the tries that are gone stay gone."""

    def work(unit: Unit) -> Outcome[PasswordAnswer, Refusal]:
        state = unit.state(events.TWO_FACTOR, command.attempt)
        if not isinstance(state, two_factor.AwaitingCode):
            reason = two_factor.why_no_code(state, command.browser, unit.at)
            return Failure(refusal_of(reason or two_factor.TwoFactorRefusal.OVER))
        unit.about = state.user
        still = still_open(unit, state.user, command.browser)
        if isinstance(still, Failure):
            return still
        password = state.ground.password
        if password != password_record(unit, state.user):
            return Failure(WRONG_PASSWORD)  # the one that was right counts no more (D-ACC-12)
        budget = budget_of(unit, state.user, "", command.browser)
        sent = send_code(unit, state.user, budget, command.browser, command.attempt, password)
        if isinstance(sent, Failure):
            return sent
        return Success(PasswordAnswer(LoginDecision.CODE_REQUIRED, command.attempt))

    return perform(services, command, PasswordAnswer, work)
