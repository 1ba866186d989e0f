"""Budgets of guesses, as use cases spend them (D-ACC-13): whose it is, count, and settle.

The rule is `access.guesses`; every use case that compares or sends something counts here first.
"""

from eservices_core import events
from eservices_core.access import guesses, user
from eservices_core.access.guesses import Purpose
from eservices_core.outcome import Failure, Outcome, Success
from eservices_core.usecases import people
from eservices_core.usecases.refusal import Refusal
from eservices_core.usecases.refusals import refusal_of
from eservices_core.usecases.unit import Unit
from eservices_core.words.identifiers import BrowserId, UserId


def budget_in(account: UserId, browser: BrowserId) -> str:
    """Name the budget of a browser that the user is known on."""
    return f"{account}/{browser}"


def budget_of(unit: Unit, account: UserId | None, typed: str, browser: BrowserId) -> str:
    """Name the budget that a guess spends: the person's, a known browser's, or a stranger's.

    A username that nobody has gets a budget like any other, so that it slows and locks alike.
    """
    if account is None:
        return f"nobody-{unit.services.keys.fingerprint(typed)[:32]}"
    if people.knows_browser(unit, account, browser):
        return budget_in(account, browser)
    return str(account)


def count(unit: Unit, budget: str, purpose: Purpose) -> Outcome[None, Refusal]:
    """Count an act of one purpose against a budget, or refuse it (D-ACC-13)."""
    state = unit.state(events.GUESSES, budget)
    count = guesses.Count(purpose, unit.at)
    decided = guesses.decide(state, count, unit.services.access.codes)
    if isinstance(decided, Failure):
        return Failure(refusal_of(decided.failure()))
    unit.add(events.GUESSES, budget, decided.unwrap())
    return Success(None)


def count_guess(
    unit: Unit, account: UserId | None, budget: str, purpose: Purpose
) -> Outcome[None, Refusal]:
    """Count a guess; the one that reaches the limit in all locks the user (D-ACC-13).

    Only the person's own budget, which strangers spend, locks the user. A known browser locks
    nothing but itself.
    """
    counted = count(unit, budget, purpose)
    if isinstance(counted, Success) and account is not None and budget == str(account):
        limits = unit.services.access.codes
        if guesses.is_locked(unit.state(events.GUESSES, budget), limits):
            locked = user.decide(unit.state(events.USER, account), user.Lock())
            if isinstance(locked, Success):
                unit.add(events.USER, account, locked.unwrap())
    return counted


def settle(unit: Unit, budget: str) -> None:
    """Forgive what was wrong before: the guess was right."""
    limits = unit.services.access.codes
    settled = guesses.decide(unit.state(events.GUESSES, budget), guesses.Settle(), limits)
    unit.add(events.GUESSES, budget, settled.unwrap())
