"""What both type checkers must see in an Outcome; never run, only checked.

If a checker loses the types here, it loses them in every program that uses the library.
"""

from typing import assert_never, assert_type

from eservices_core import TWO_FACTOR, CivilNumber, Outcome, Row, TwoFactorLogin
from eservices_core.access import user
from eservices_core.access.login import LoginVerdict
from eservices_core.outcome import Failure, Success
from eservices_core.ports.ledger import Change, CommitRefusal, Ledger, Stored
from eservices_core.words.civil_number import CivilNumberRefusal


def a_match_is_exhaustive_and_exact(text: str) -> str:
    """Captures keep their types, and nothing is left over."""
    match CivilNumber.parse(text):
        case Success(number):
            _ = assert_type(number, CivilNumber)
            return repr(number)
        case Failure(reason):
            _ = assert_type(reason, CivilNumberRefusal)
            return reason.value


def an_early_return_narrows(ledger: Ledger, change: Change) -> Outcome[str, CommitRefusal]:
    """After the failure has been returned, only a success is left."""
    outcome = ledger.commit(change)
    if isinstance(outcome, Failure):
        return outcome
    _ = assert_type(outcome.unwrap(), Stored)
    return Success(outcome.unwrap().answer)


def a_decision_gives_its_row(facts: TwoFactorLogin) -> LoginVerdict:
    """The compiled function keeps the types of the table."""
    row = TWO_FACTOR.decide(facts)
    _ = assert_type(row, Row[LoginVerdict])
    return row.then


def a_state_is_a_closed_union(state: user.User) -> str:
    """A state that is forgotten is an error of the checker."""
    match state:
        case user.NoUser() | user.Closed():
            return "nobody"
        case user.AwaitingActivation() | user.Active() | user.Locked():
            return "somebody"
        case _:
            assert_never(state)
