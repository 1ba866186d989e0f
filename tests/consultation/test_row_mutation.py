from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

import eservices_core.consultation
from eservices_core.tables import Table
from tests.access.oracles import Expected
from tests.consultation.table_oracles import ORACLES, check_table
from tests.tools.row_mutation import mutants, survivors

AnyTable = Table[Any, Any]
Oracle = Callable[[Any], Expected]

every_table = pytest.mark.parametrize(
    ("table", "oracle"), ORACLES, ids=[table.name for table, _ in ORACLES]
)


@every_table
def test_the_table_agrees_with_its_oracle(table: AnyTable, oracle: Oracle) -> None:
    """S-MAIL-1, D-MAIL-6: in every case row, verdict, rule, next step and texts are right."""
    check_table(table, oracle)


@every_table
def test_no_mutant_of_a_row_survives(table: AnyTable, oracle: Oracle) -> None:
    """Every wrong verdict, cell, date, rule ID, next step and text of every row is noticed."""
    tried = sum(1 for _ in mutants(table))
    assert tried > 15 * len(table.rows)
    assert survivors(table, lambda mutant: check_table(mutant, oracle)) == []


@every_table
def test_a_lenient_check_lets_mutants_survive(table: AnyTable, oracle: Oracle) -> None:
    """The tool can fail: of a check that looks away, it names the mutants that slip through."""
    del oracle
    found = survivors(table, lambda _: None)
    first = f"{table.name}, row {table.rows[0].name}"
    assert f"{first}: rule becomes S-ACC-0" in found
    assert f"{first}: dropped" not in found


def test_every_table_of_consultation_has_an_oracle() -> None:
    """A table that is added to consultation without an oracle fails here."""
    folder = Path(next(iter(eservices_core.consultation.__path__)))
    modules = [
        import_module(f"eservices_core.consultation.{path.stem}") for path in folder.glob("*.py")
    ]
    tables = {
        thing.name
        for module in modules
        for thing in vars(module).values()
        if isinstance(thing, Table)
    }
    assert tables == {table.name for table, _ in ORACLES}
