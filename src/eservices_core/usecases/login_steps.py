"""What the steps of a two-factor login share: whose budget, what is decided again, and the code.

Here: nothing that anybody asks for. The steps are `log_in_with_password` and `type_code`.
"""

from datetime import datetime
from typing import Final

from attrs import evolve as with_changes

from eservices_core import events
from eservices_core.access import login, two_factor, user
from eservices_core.access.guesses import Purpose
from eservices_core.access.login import LoginDecision, LoginVerdict
from eservices_core.access.two_factor import Ground
from eservices_core.correspondence.messages import CodeToType
from eservices_core.outcome import Failure, Outcome, Success
from eservices_core.tables import Row
from eservices_core.texts import PUBLIC_REFUSAL, Says
from eservices_core.usecases import people
from eservices_core.usecases.access_refusals import NO_ADDRESS
from eservices_core.usecases.budgets import count
from eservices_core.usecases.refusal import Refusal
from eservices_core.usecases.refusals import refusal_of, refusal_of_row
from eservices_core.usecases.unit import Unit
from eservices_core.words.identifiers import AttemptId, BrowserId, ContentId, UserId
from eservices_core.words.secret import CODE_ENTROPY_BYTES, OneTimeCode

CODE_PURPOSE: Final = "login"


def password_record(unit: Unit, account: UserId) -> ContentId | None:
    """Name the record of the password that counts now; None where none does."""
    return user.password_record_of(unit.state(events.USER, account), unit.at)


def decide_again(unit: Unit, account: UserId, browser: BrowserId) -> Row[LoginVerdict]:
    """Ask the login table with the facts as they are now (D-ACC-15)."""
    known = people.knows_browser(unit, account, browser)
    return login.TWO_FACTOR.decide(people.two_factor_facts(unit, account, on_known_browser=known))


def still_open(unit: Unit, account: UserId, browser: BrowserId) -> Outcome[None, Refusal]:
    """Decide again, in the middle of an attempt (D-ACC-15)."""
    row = decide_again(unit, account, browser)
    unit.rule = row.rule
    if row.then.decision is LoginDecision.CODE_REQUIRED:
        return Success(None)
    refusal = refusal_of_row(row, row.then.reason or row.then.decision)
    return Failure(with_changes(refusal, says=Says(PUBLIC_REFUSAL, refusal.says.staff)))


def send_code(  # noqa: PLR0913, PLR0917  an attempt, and what it rests on
    unit: Unit,
    account: UserId,
    budget: str,
    browser: BrowserId,
    attempt: AttemptId,
    password: ContentId,
) -> Outcome[None, Refusal]:
    """Have a new code sent for an attempt; every earlier one of it is void."""
    counted = count(unit, budget, Purpose.SEND_CODE)
    if isinstance(counted, Failure):
        return counted
    in_use = people.address_of(unit, account)
    to = people.read_address(unit, in_use.record) if in_use else None
    if in_use is None or to is None:
        return Failure(NO_ADDRESS)
    limits = unit.services.access.codes
    code = OneTimeCode.from_entropy(unit.services.chance.entropy(CODE_ENTROPY_BYTES))
    send = two_factor.SendCode(
        user=account,
        browser=browser,
        code_digest=unit.services.keys.code(attempt, CODE_PURPOSE, code),
        at=unit.at,
        expires_at=_code_expires_at(unit, account),
        ground=Ground(password, in_use.record),
        tries=limits.tries_per_code,
    )
    decided = two_factor.decide(unit.state(events.TWO_FACTOR, attempt), send)
    if isinstance(decided, Failure):
        return Failure(refusal_of(decided.failure()))
    unit.add(events.TWO_FACTOR, attempt, decided.unwrap())
    sent = unit.state(events.TWO_FACTOR, attempt)
    assert isinstance(sent, two_factor.AwaitingCode)
    until = people.mail_stops_at(unit, account, in_use)
    unit.mail(CodeToType(code, sent.expires_at), to, until)
    return Success(None)


def _code_expires_at(unit: Unit, account: UserId) -> datetime:
    """Give a code its ten minutes, but for a child none past the birthday (D-ACC-5)."""
    expires_at = unit.at + unit.services.access.codes.lifetime
    birthday = people.person_of(unit, account).turns_fifteen_at
    return min(expires_at, birthday) if unit.at < birthday else expires_at
