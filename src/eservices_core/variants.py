"""Changed copies of a table, for trying a change of the rules before it is made.

Here: a row left out, and a row put in another's place; the copy is proved like any table, so the
answer is a table that decides, or why there can be none. Not here: what the change would do to real
cases, which whoever asks finds out by deciding them with both tables.
"""

from typing import Any

from attrs import frozen

from eservices_core.outcome import Failure, Outcome, Success
from eservices_core.tables import Row, Table, TableError


@frozen
class Gap:
    """Why the changed table cannot be: `message` names the table and the case or row in question.

    The message is the `TableError`'s: a case that no row answers, a case that two rows answer, or a
    cell that reads what is not there. It holds names of facts, never data about a person.
    """

    message: str


def without_row(table: Table[Any, Any], name: str) -> Outcome[Table[Any, Any], Gap]:
    """Leave the row of that name out.

    A table without waste cannot do without any of its rows; the gap then names a case that the row
    alone answered.
    """
    left = tuple(row for row in table.rows if row.name != name)
    if len(left) == len(table.rows):
        return _unknown(table, name)
    return _built(table, left)


def with_row(table: Table[Any, Any], row: Row[Any]) -> Outcome[Table[Any, Any], Gap]:
    """Put a row in the place of the one that has its name."""
    if all(row.name != old.name for old in table.rows):
        return _unknown(table, row.name)
    return _built(table, tuple(row if row.name == old.name else old for old in table.rows))


def _unknown(table: Table[Any, Any], name: str) -> Failure[Gap]:
    return Failure(Gap(f"{table.name}: there is no row {name}"))


def _built(table: Table[Any, Any], rows: tuple[Row[Any], ...]) -> Outcome[Table[Any, Any], Gap]:
    try:
        return Success(Table(table.name, table.question, table.facts, rows))
    except TableError as error:
        return Failure(Gap(str(error)))
