"""The answer to 'may this user log in?' as JSON, and the cell by which two answers differ.

Here: the shape of answers. Shared by `explain login` and `whatif login`. Not here: how the question
is read (`login_facts`).
"""

from typing import Any

from eservices_adapters.cli.login_facts import LoginQuestion
from eservices_adapters.cli.says import texts_of
from eservices_core.access.login import (
    MITID,
    OBLIGATION,
    TWO_FACTOR,
    MitidLogin,
    Obligation,
    TwoFactorLogin,
)
from eservices_core.access.mitid import ACCEPTABLE
from eservices_core.access.session import Method
from eservices_core.tables import Cell


def answer_to(question: LoginQuestion) -> dict[str, object]:
    """Give the answer as JSON will hold it."""
    row = question.row
    obligation = OBLIGATION.decide(question.obligation).then
    reason = row.then.reason
    return {
        "decision": row.then.decision.value,
        "reason": None if reason is None else reason.value,
        "obligations": [] if obligation is Obligation.NOTHING else [obligation.value],
        "rule": row.rule,
        "next_step": row.next_step.value,
        "text": texts_of(row),
    }


def deciding_cell(before: LoginQuestion, after: LoginQuestion) -> dict[str, object] | None:
    """Name the table, and the fact in it, that took the answer away from the row of `before`.

    None where the same rows answer both.
    """
    match before.login, after.login:
        case MitidLogin() as one, MitidLogin() as other:
            cell = MITID.deciding_cell(one, other)
            if cell is not None and cell.fact == "identity":
                assert before.identity is not None
                assert after.identity is not None
                deeper = ACCEPTABLE.deciding_cell(before.identity, after.identity)
                return _cell_in(ACCEPTABLE.name, deeper)
            found = _cell_in(MITID.name, cell)
        case TwoFactorLogin() as one, TwoFactorLogin() as other:
            found = _cell_in(TWO_FACTOR.name, TWO_FACTOR.deciding_cell(one, other))
        case _:
            return {
                "table": "login",
                "fact": "method",
                "before": _method_of(before).value,
                "after": _method_of(after).value,
            }
    if found is not None:
        return found
    return _cell_in(OBLIGATION.name, OBLIGATION.deciding_cell(before.obligation, after.obligation))


def _cell_in(table: str, cell: Cell | None) -> dict[str, Any] | None:
    if cell is None:
        return None
    return {
        "table": table,
        "fact": cell.fact,
        "before": cell.before.value,
        "after": cell.after.value,
    }


def _method_of(question: LoginQuestion) -> Method:
    return Method.MITID if isinstance(question.login, MitidLogin) else Method.TWO_FACTOR
