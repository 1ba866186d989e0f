"""Every table of the core, row by row: right against its oracle, and every wrong row noticed."""

from importlib import import_module
from pkgutil import walk_packages
from typing import Final

import pytest

import eservices_core
from eservices_core.tables import Table
from tests.access import oracles as access
from tests.booking import table_oracles as booking
from tests.consultation import table_oracles as consultation
from tests.post import table_oracles as post
from tests.staffing import table_oracles as staffing
from tests.tools.oracles import AnyTable, Oracle, Script, check_table
from tests.tools.row_mutation import mutants, survivors

PACKAGES: Final = (access, booking, consultation, post, staffing)
HELD: Final[tuple[tuple[AnyTable, Oracle, Script], ...]] = tuple(
    (table, oracle, package.SAID) for package in PACKAGES for table, oracle in package.ORACLES
)

every_table = pytest.mark.parametrize(
    ("table", "oracle", "script"), HELD, ids=[table.name for table, *_ in HELD]
)


@every_table
def test_the_table_agrees_with_its_oracle(table: AnyTable, oracle: Oracle, script: Script) -> None:
    """D-ACC-21, D-BOOK-14, S-MAIL-1, D-MAIL-6, S-POST-2, D-POST-2, D-STAFF-1: in every case the
    row, its verdict, rule, date, next step and texts are right.
    """  # noqa: D205  one sentence
    check_table(table, oracle, script)


@every_table
def test_no_mutant_of_a_row_survives(table: AnyTable, oracle: Oracle, script: Script) -> None:
    """Every wrong verdict, cell, date, rule ID, next step and text of every row is noticed."""
    tried = sum(1 for _ in mutants(table))
    assert tried > 15 * len(table.rows)
    assert survivors(table, lambda mutant: check_table(mutant, oracle, script)) == []


@every_table
def test_a_lenient_check_lets_mutants_survive(
    table: AnyTable, oracle: Oracle, script: Script
) -> None:
    """The tool can fail: of a check that looks away, it names the mutants that slip through."""
    del oracle, script
    found = survivors(table, lambda _: None)
    first = f"{table.name}, row {table.rows[0].name}"
    assert f"{first}: rule becomes S-ACC-0" in found
    assert f"{first}: dropped" not in found


def test_no_table_is_left_out() -> None:
    """A table that is added anywhere in the core without an oracle fails here."""
    found = {
        thing.name
        for module in walk_packages(eservices_core.__path__, "eservices_core.")
        if not module.name.endswith("__main__")
        for thing in vars(import_module(module.name)).values()
        if isinstance(thing, Table)
    }
    held = [table.name for table, *_ in HELD]
    assert found == set(held)
    assert len(held) == len(found)
