"""A second answer to a table, and the check that holds the table to it.

An oracle is a chain of ifs, written from the rulebook's text in the order in which the rules are
stated; the tables themselves have no order. It gives the whole answer. What the rows say is held to
phrases that tell them apart. Here: the shapes and the check. The oracles stand beside the tests of
their package.
"""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from attrs import frozen

from eservices_core.tables import Table
from eservices_core.texts import PUBLIC_REFUSAL, NextStep, Text

AnyTable = Table[Any, Any]


@frozen
class Expected:
    """The whole answer to one case."""

    row: str
    verdict: object
    rule: str
    step: NextStep
    since: date | None = None


Oracle = Callable[[Any], Expected]
"""Gives the answer to a case of one table."""

Oracles = tuple[tuple[AnyTable, Oracle], ...]
"""Every table of a package with its oracle."""

Phrase = tuple[str, str] | Text
"""A phrase in Danish and English, or the whole text."""


@frozen
class Said:
    """What a row's texts say; to the patient, most rows that refuse say the public refusal."""

    staff: Phrase
    patient: Phrase = PUBLIC_REFUSAL


Script = Mapping[str, Mapping[str, Said]]
"""For each table and row of a package, what its texts say."""


def check_table(table: AnyTable, oracle: Oracle, script: Script) -> None:
    """Raise AssertionError unless the table answers every case, and says, what it must."""
    said = script[table.name]
    assert [row.name for row in table.rows] == list(said), f"{table.name}: its rows"
    for row in table.rows:
        where = f"{table.name}, row {row.name}"
        assert _says(row.says.staff, said[row.name].staff), f"{where}: {row.says.staff}"
        assert _says(row.says.patient, said[row.name].patient), f"{where}: {row.says.patient}"
    for facts in table.cases():
        row, expected = table.decide(facts), oracle(facts)
        answer = Expected(row.name, row.then, row.rule, row.next_step, row.since)
        assert answer == expected, f"{table.name}: {facts}: {answer} instead of {expected}"


def _says(text: Text, phrase: Phrase) -> bool:
    if isinstance(phrase, Text):
        return text == phrase
    return phrase[0] in text.da and phrase[1] in text.en
