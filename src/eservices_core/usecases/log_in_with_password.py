"""Log in with two-factor (S-ACC-1): a username and password, then a code from one's mail.

Every guess is counted in a unit of work of its own before it is compared (D-ACC-13), every step
decides again whether two-factor is open (D-ACC-15), and every refusal looks and costs the same to
whoever typed it (D-ACC-2): one hash is computed whoever it was and whatever is refused.
"""

from datetime import datetime
from typing import Final

from attrs import evolve as with_changes
from attrs import field, frozen

from eservices_core import events
from eservices_core.access import address, guardianship, guesses, login, two_factor, user
from eservices_core.access.address import Address
from eservices_core.access.guesses import Purpose
from eservices_core.access.login import LoginDecision, LoginVerdict
from eservices_core.access.session import Method
from eservices_core.access.two_factor import Ground
from eservices_core.correspondence.messages import CodeToType
from eservices_core.outcome import Failure, Outcome, Success
from eservices_core.ports.ledger import Name, NameKind
from eservices_core.tables import Row
from eservices_core.texts import PUBLIC_REFUSAL, Says
from eservices_core.usecases import people
from eservices_core.usecases.refusals import (
    NO_ADDRESS,
    WRONG_CODE,
    WRONG_PASSWORD,
    Refusal,
    refusal_of,
    refusal_of_row,
)
from eservices_core.usecases.services import Command, Services
from eservices_core.usecases.session_of import LoggedIn, begin_session
from eservices_core.usecases.unit import Unit, perform
from eservices_core.usecases.verify_guardian import renew_before
from eservices_core.words.identifiers import AttemptId, BrowserId, ContentId, SessionId, UserId
from eservices_core.words.secret import CODE_ENTROPY_BYTES, OneTimeCode, Password, PasswordAttempt
from eservices_core.words.username import Username

CODE_PURPOSE: Final = "login"

# --- step 1: the password ----------------------------------------------------------------------


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
        if guess.password != _password_record(unit, guess.user):
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
        budget = _budget(unit, account, command.username, command.browser)
        counted = _count_guess(unit, account, budget, Purpose.PASSWORD)
        if isinstance(counted, Failure):
            return counted
        record = None if account is None else _password_record(unit, account)
        return Success(_Counted(account, budget, record))

    return perform(services, command, _Counted, work, "count_password", step="#1")


def _user_of(unit: Unit, typed: str) -> UserId | None:
    username = Username.parse(typed)
    if isinstance(username, Failure):
        return None
    key = unit.services.keys.username(username.unwrap())
    return unit.holder(Name(NameKind.USERNAME, key))


def _password_record(unit: Unit, account: UserId) -> ContentId | None:
    return user.password_record_of(unit.state(events.USER, account), unit.at)


def _budget(unit: Unit, account: UserId | None, typed: str, browser: BrowserId) -> str:
    """Name the budget that a guess spends: the person's, a known browser's, or a stranger's.

    A username that nobody has gets a budget like any other, so that it slows and locks alike.
    """
    if account is None:
        return f"nobody-{unit.services.keys.fingerprint(typed)[:32]}"
    if people.knows_browser(unit, account, browser):
        return f"{account}/{browser}"
    return str(account)


def _count(unit: Unit, budget: str, purpose: Purpose) -> Outcome[None, Refusal]:
    state = unit.state(events.GUESSES, budget)
    count = guesses.Count(purpose, unit.at)
    decided = guesses.decide(state, count, unit.services.access.codes)
    if isinstance(decided, Failure):
        return Failure(refusal_of(decided.failure()))
    unit.add(events.GUESSES, budget, decided.unwrap())
    return Success(None)


def _count_guess(
    unit: Unit, account: UserId | None, budget: str, purpose: Purpose
) -> Outcome[None, Refusal]:
    """Count a guess; the one that reaches the limit in all locks the user (D-ACC-13).

    Only the person's own budget, which strangers spend, locks the user. A known browser locks
    nothing but itself.
    """
    counted = _count(unit, budget, purpose)
    if isinstance(counted, Success) and account is not None and budget == str(account):
        limits = unit.services.access.codes
        if guesses.is_locked(unit.state(events.GUESSES, budget), limits):
            locked = user.decide(unit.state(events.USER, account), user.Lock())
            if isinstance(locked, Success):
                unit.add(events.USER, account, locked.unwrap())
    return counted


def _rehash_if_outdated(unit: Unit, record: ContentId, stored: str, typed: PasswordAttempt) -> None:
    password = Password.parse(typed.reveal())
    if isinstance(password, Success) and unit.services.hasher.is_outdated(stored):
        _ = unit.put(unit.services.hasher.hash(password.unwrap()), record)


def _after_password(
    unit: Unit, account: UserId, budget: str, browser: BrowserId
) -> Outcome[PasswordAnswer, Refusal]:
    row = _decide(unit, account, browser)
    unit.rule = row.rule
    if row.then.reason is not None:
        return Failure(refusal_of_row(row, row.then.reason))
    if row.then.decision is LoginDecision.GUARDIAN_REQUIRED:
        return Success(PasswordAnswer(LoginDecision.GUARDIAN_REQUIRED))
    attempt = unit.services.new_attempt()
    password = _password_record(unit, account)
    assert password is not None, "the one that was right"
    sent = _send_code(unit, account, budget, browser, attempt, password)
    if isinstance(sent, Failure):
        return sent
    return Success(PasswordAnswer(LoginDecision.CODE_REQUIRED, attempt))


def _decide(unit: Unit, account: UserId, browser: BrowserId) -> Row[LoginVerdict]:
    known = people.knows_browser(unit, account, browser)
    return login.TWO_FACTOR.decide(people.two_factor_facts(unit, account, on_known_browser=known))


def _still_open(unit: Unit, account: UserId, browser: BrowserId) -> Outcome[None, Refusal]:
    """Decide again, in the middle of an attempt (D-ACC-15)."""
    row = _decide(unit, account, browser)
    unit.rule = row.rule
    if row.then.decision is LoginDecision.CODE_REQUIRED:
        return Success(None)
    refusal = refusal_of_row(row, row.then.reason or row.then.decision)
    return Failure(with_changes(refusal, says=Says(PUBLIC_REFUSAL, refusal.says.staff)))


def _send_code(  # noqa: PLR0913, PLR0917  an attempt, and what it rests on
    unit: Unit,
    account: UserId,
    budget: str,
    browser: BrowserId,
    attempt: AttemptId,
    password: ContentId,
) -> Outcome[None, Refusal]:
    counted = _count(unit, budget, Purpose.SEND_CODE)
    if isinstance(counted, Failure):
        return counted
    in_use = people.address_of(unit, account)
    to = people.read_address(unit, in_use.record) if in_use else None
    if in_use is None or to is None:
        return Failure(NO_ADDRESS)
    limits = unit.services.access.codes
    code = OneTimeCode.from_entropy(unit.services.chance.entropy(CODE_ENTROPY_BYTES))
    expires_at = _code_expires_at(unit, account)
    send = two_factor.SendCode(
        user=account,
        browser=browser,
        code_digest=unit.services.keys.code(attempt, CODE_PURPOSE, code),
        expires_at=expires_at,
        ground=Ground(password, in_use.record),
        tries=limits.tries_per_code,
    )
    decided = two_factor.decide(unit.state(events.TWO_FACTOR, attempt), send)
    if isinstance(decided, Failure):
        return Failure(refusal_of(decided.failure()))
    unit.add(events.TWO_FACTOR, attempt, decided.unwrap())
    until = people.mail_stops_at(unit, account, in_use)
    unit.mail(CodeToType(code, expires_at), to, until)
    return Success(None)


def _code_expires_at(unit: Unit, account: UserId) -> datetime:
    """Give a code its ten minutes, but for a child none past the birthday (D-ACC-5)."""
    expires_at = unit.at + unit.services.access.codes.lifetime
    birthday = people.person_of(unit, account).turns_fifteen_at
    return min(expires_at, birthday) if unit.at < birthday else expires_at


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
        still_open = _still_open(unit, state.user, command.browser)
        if isinstance(still_open, Failure):
            return still_open
        password = state.ground.password
        if password != _password_record(unit, state.user):
            return Failure(WRONG_PASSWORD)  # the one that was right counts no more (D-ACC-12)
        budget = _budget(unit, state.user, "", command.browser)
        sent = _send_code(unit, state.user, budget, command.browser, command.attempt, password)
        if isinstance(sent, Failure):
            return sent
        return Success(PasswordAnswer(LoginDecision.CODE_REQUIRED, command.attempt))

    return perform(services, command, PasswordAnswer, work)


# --- step 2: the code --------------------------------------------------------------------------


@frozen(kw_only=True)
class TypeCode(Command):
    """Somebody typed a code.

    Attributes:
        attempt: the attempt it is typed into.
        code: as typed; anything.
        browser: where.
        session: the id (a digest) of the session to begin.
    """

    attempt: AttemptId
    code: str = field(repr=False)
    browser: BrowserId
    session: SessionId


@frozen
class _Try:
    """A try that was taken: whose, against which digest, under which budget."""

    user: UserId
    budget: str
    code_digest: str = field(repr=False)
    expires_at: datetime
    ground: Ground


def type_code(services: Services, command: TypeCode) -> Outcome[LoggedIn, Refusal]:
    """Take a try, compare, decide again, and begin the session."""
    taken = _take_try(services, command)
    if isinstance(taken, Failure):
        return taken
    the_try = taken.unwrap()
    typed = OneTimeCode.parse(command.code)
    matches = isinstance(typed, Success) and services.keys.same(
        services.keys.code(command.attempt, CODE_PURPOSE, typed.unwrap()), the_try.code_digest
    )

    def work(unit: Unit) -> Outcome[LoggedIn, Refusal]:
        unit.about = the_try.user
        settle = two_factor.Settle(the_try.code_digest, matches)
        decided = two_factor.decide(unit.state(events.TWO_FACTOR, command.attempt), settle)
        if isinstance(decided, Failure):
            return Failure(refusal_of(decided.failure()))
        if not matches:
            return Failure(WRONG_CODE)
        if unit.at >= the_try.expires_at:  # the try was taken in time, and asked about again late
            return Failure(refusal_of(two_factor.TwoFactorRefusal.EXPIRED))
        unit.add(events.TWO_FACTOR, command.attempt, decided.unwrap())
        return _enter(unit, command, the_try)

    return perform(services, command, LoggedIn, work)


def _take_try(services: Services, command: TypeCode) -> Outcome[_Try, Refusal]:
    def work(unit: Unit) -> Outcome[_Try, Refusal]:
        state = unit.state(events.TWO_FACTOR, command.attempt)
        decided = two_factor.decide(state, two_factor.TakeTry(command.browser, unit.at))
        if isinstance(decided, Failure):
            return Failure(refusal_of(decided.failure()))
        assert isinstance(state, two_factor.AwaitingCode)
        unit.about, unit.rule = state.user, "D-ACC-13"
        budget = _budget(unit, state.user, "", command.browser)
        counted = _count_guess(unit, state.user, budget, Purpose.CODE)
        if isinstance(counted, Failure):
            return counted
        unit.add(events.TWO_FACTOR, command.attempt, decided.unwrap())
        return Success(_Try(state.user, budget, state.code_digest, state.expires_at, state.ground))

    return perform(services, command, _Try, work, "take_try", step="#1")


def _enter(unit: Unit, command: TypeCode, the_try: _Try) -> Outcome[LoggedIn, Refusal]:
    account = the_try.user
    still_open = _still_open(unit, account, command.browser)
    if isinstance(still_open, Failure):
        return still_open
    in_use = people.address_of(unit, account)
    if in_use is None or in_use.record != the_try.ground.address:  # D-ACC-14: it went elsewhere
        return Failure(refusal_of(two_factor.TwoFactorRefusal.REPLACED))
    state = unit.state(events.USER, account)
    kind = user.password_kind_of(state)
    entered = user.decide(state, user.EnterWithTwoFactor(unit.at))
    if isinstance(entered, Failure):
        return Failure(refusal_of(entered.failure()))
    if the_try.ground.password != _password_record(unit, account):
        return Failure(WRONG_PASSWORD)  # the one that was right counts no more (D-ACC-12)
    unit.add(events.USER, account, entered.unwrap())
    _prove_address(unit, account, in_use)
    settled = guesses.decide(
        unit.state(events.GUESSES, the_try.budget), guesses.Settle(), unit.services.access.codes
    )
    unit.add(events.GUESSES, the_try.budget, settled.unwrap())
    begun = begin_session(unit, account, command.session, command.browser, Method.TWO_FACTOR)
    if isinstance(begun, Failure):
        return begun
    duty = login.OBLIGATION.decide(login.ObligationFacts(LoginDecision.CODE_REQUIRED, kind))
    change = duty.then is login.Obligation.CHANGE_PASSWORD
    return Success(LoggedIn(account, command.session, begun.unwrap(), change))


def _prove_address(unit: Unit, account: UserId, in_use: Address) -> None:
    """Note that whoever typed the code reads the mail that goes to the address in use."""
    state = unit.state(events.ADDRESS, account)
    proved = address.decide(state, address.ProveAddress(in_use.record))
    unit.add(events.ADDRESS, account, proved.unwrap())
