"""Log in with two-factor, step two (S-ACC-1): the code from one's mail is typed.

A try is taken from the code, and the guess counted, in a unit of work of their own before anything
is compared (D-ACC-13). Then everything is decided again (D-ACC-15): whether two-factor is open, and
whether the password and the address that the attempt rests on are still the ones.
"""

from datetime import datetime

from attrs import field, frozen

from eservices_core import events
from eservices_core.access import address, login, two_factor, user
from eservices_core.access.address import Address
from eservices_core.access.guesses import Purpose
from eservices_core.access.login import LoginDecision
from eservices_core.access.session import Method
from eservices_core.access.two_factor import Ground
from eservices_core.outcome import Failure, Outcome, Success
from eservices_core.usecases import people
from eservices_core.usecases.access_refusals import WRONG_CODE, WRONG_PASSWORD
from eservices_core.usecases.budgets import budget_of, count_guess, settle
from eservices_core.usecases.carry_out import change_user
from eservices_core.usecases.login_steps import CODE_PURPOSE, password_record, still_open
from eservices_core.usecases.perform import perform
from eservices_core.usecases.refusal import Refusal
from eservices_core.usecases.refusals import refusal_of
from eservices_core.usecases.services import Command, Services
from eservices_core.usecases.session_of import LoggedIn, begin_session
from eservices_core.usecases.unit import Unit
from eservices_core.words.identifiers import AttemptId, BrowserId, SessionId, UserId
from eservices_core.words.secret import OneTimeCode


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
        budget = budget_of(unit, state.user, "", command.browser)
        counted = count_guess(unit, state.user, budget, Purpose.CODE)
        if isinstance(counted, Failure):
            return counted
        unit.add(events.TWO_FACTOR, command.attempt, decided.unwrap())
        return Success(_Try(state.user, budget, state.code_digest, state.expires_at, state.ground))

    return perform(services, command, _Try, work, "take_try", step="#1")


def _enter(unit: Unit, command: TypeCode, the_try: _Try) -> Outcome[LoggedIn, Refusal]:
    account = the_try.user
    still = still_open(unit, account, command.browser)
    if isinstance(still, Failure):
        return still
    in_use = people.address_of(unit, account)
    if in_use is None or in_use.record != the_try.ground.address:  # D-ACC-14: it went elsewhere
        return Failure(refusal_of(two_factor.TwoFactorRefusal.REPLACED))
    state = unit.state(events.USER, account)
    kind = user.password_kind_of(state)
    current = password_record(unit, account)
    entered = change_user(unit, account, user.EnterWithTwoFactor(unit.at))
    if isinstance(entered, Failure):
        return entered
    if the_try.ground.password != current:
        return Failure(WRONG_PASSWORD)  # the one that was right counts no more (D-ACC-12)
    _prove_address(unit, account, in_use)
    settle(unit, the_try.budget)
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
