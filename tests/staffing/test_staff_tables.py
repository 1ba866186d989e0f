"""The tables of staff, against what each must answer, written a second time as chains of ifs."""

from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any, Final

import pytest

import eservices_core.staffing
from eservices_core.clinic.master_card import Protection
from eservices_core.staffing.desk_session import ENTRY, Entry, EntryFacts, Factors
from eservices_core.staffing.member import Role, Standing
from eservices_core.staffing.opening import OPENING, Basis, Opening, OpeningFacts, Reason, reason_of
from eservices_core.staffing.permissions import PERMISSIONS, Act, Permission, PermissionFacts
from eservices_core.tables import Table
from eservices_core.texts import NextStep
from tests.access.oracles import Expected
from tests.tools.row_mutation import mutants, survivors

AnyTable = Table[Any, Any]
Oracle = Callable[[Any], Expected]

RULE: Final = "D-STAFF-1"


def permitted(facts: PermissionFacts) -> Expected:
    """D-STAFF-1: nobody but who works here; support no patients; the manager's acts the manager."""
    no, manager = Permission.MAY_NOT, NextStep.ASK_MANAGER
    strangers = {
        Standing.UNKNOWN: "not_staff_here",
        Standing.NOT_BEGUN: "not_begun",
        Standing.LEFT: "has_left",
    }
    if facts.standing in strangers:
        return Expected(strangers[facts.standing], no, RULE, manager)
    if facts.act is Act.CHANGE_SETTINGS:
        if facts.role in (Role.MANAGER, Role.SUPPORT):
            return Expected("changes_settings", Permission.MAY, RULE, NextStep.GO_ON)
        return Expected("settings_are_the_managers", no, RULE, manager)
    if facts.act in (Act.ADMINISTER_STAFF, Act.READ_AUDIT):
        if facts.role is Role.MANAGER:
            return Expected("manages", Permission.MAY, RULE, NextStep.GO_ON)
        return Expected("managers_only", no, RULE, manager)
    if facts.role is Role.SUPPORT:
        return Expected("support_sees_no_patients", no, RULE, NextStep.ASK_COLLEAGUE)
    return Expected("works_with_patients", Permission.MAY, RULE, NextStep.GO_ON)


def entered(facts: EntryFacts) -> Expected:
    """D-STAFF-1: two factors, while one works here."""
    if facts.standing is not Standing.ACTIVE:
        return Expected("not_staff_now", Entry.KEPT_OUT, RULE, NextStep.ASK_MANAGER)
    if facts.factors is Factors.ONE:
        return Expected("one_factor", Entry.KEPT_OUT, RULE, NextStep.LOG_IN)
    return Expected("let_in", Entry.LET_IN, RULE, NextStep.GO_ON)


def opened(facts: OpeningFacts) -> Expected:
    """D-STAFF-1, D-ACC-19: a purpose that holds; and of a protected person, a reason."""
    shut = Opening.NOT_OPENED
    if facts.basis is Basis.NOT_FOUND:
        return Expected("purpose_not_found", shut, RULE, NextStep.STATE_PURPOSE)
    if facts.protection is Protection.NONE:
        return Expected("opened", Opening.OPENED, RULE, NextStep.GO_ON)
    if facts.reason is Reason.MISSING:
        return Expected("reason_missing", shut, "D-ACC-19", NextStep.STATE_REASON)
    warned = Opening.OPENED_WITH_WARNING
    return Expected("opened_though_protected", warned, "D-ACC-19", NextStep.GO_ON)


ORACLES: Final[tuple[tuple[AnyTable, Oracle], ...]] = (
    (PERMISSIONS, permitted),
    (ENTRY, entered),
    (OPENING, opened),
)

SAID: Final = {
    "not_staff_here": ("ikke medarbejder her.", "not a member of staff here."),
    "not_begun": ("ikke begyndt", "not begun"),
    "has_left": ("slutdato er nået", "end date has come"),
    "works_with_patients": ("Det må du", "You may"),
    "support_sees_no_patients": ("Support har ikke adgang", "Support has no access"),
    "changes_settings": ("Det må du", "You may"),
    "settings_are_the_managers": ("af lederen eller support", "by the manager or by support"),
    "manages": ("Det må du", "You may"),
    "managers_only": ("Kun lederen", "Only the manager"),
    "let_in": ("logget ind", "logged in"),
    "one_factor": ("to faktorer", "two factors"),
    "not_staff_now": ("her i dag", "here today"),
    "opened": ("noteret i loggen", "noted in the log"),
    "opened_though_protected": ("sig dem ikke højt", "do not say them aloud"),
    "reason_missing": ("10 til 1000 tegn", "10 to 1000 characters"),
    "purpose_not_found": ("findes ikke for denne patient", "no such item or appointment"),
}
"""A telling phrase of each row, which patients' side and staff read alike."""


def check_table(table: AnyTable, oracle: Oracle) -> None:
    """Raise AssertionError unless the table answers every case, and says, what it must."""
    for row in table.rows:
        danish, english = SAID[row.name]
        for text in (row.says.staff, row.says.patient):
            assert danish in text.da
            assert english in text.en
    for facts in table.cases():
        row, expected = table.decide(facts), oracle(facts)
        assert (row.name, row.then) == (expected.row, expected.verdict), facts
        found = (row.rule, row.next_step, row.since)
        assert found == (expected.rule, expected.step, expected.since), facts


every_table = pytest.mark.parametrize(
    ("table", "oracle"), ORACLES, ids=[table.name for table, _ in ORACLES]
)


@every_table
def test_the_table_agrees_with_its_oracle(table: AnyTable, oracle: Oracle) -> None:
    """D-STAFF-1: in every case the row, its verdict, rule, next step and texts are right."""
    check_table(table, oracle)


@every_table
def test_no_mutant_of_a_row_survives(table: AnyTable, oracle: Oracle) -> None:
    """Every wrong verdict, cell, date, rule ID, next step and text of every row is noticed."""
    assert sum(1 for _ in mutants(table)) > 15 * len(table.rows)
    assert survivors(table, lambda mutant: check_table(mutant, oracle)) == []


def test_every_table_of_staffing_has_an_oracle() -> None:
    """A table that is added to staffing without an oracle fails here."""
    folder = Path(next(iter(eservices_core.staffing.__path__)))
    modules = [
        import_module(f"eservices_core.staffing.{path.stem}") for path in folder.glob("*.py")
    ]
    tables = {
        thing.name
        for module in modules
        for thing in vars(module).values()
        if isinstance(thing, Table)
    }
    assert tables == {table.name for table, _ in ORACLES}


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (None, Reason.MISSING),
        ("x" * 9, Reason.MISSING),
        (f" {'x' * 9} ", Reason.MISSING),
        ("x" * 10, Reason.GIVEN),
        ("x" * 1000, Reason.GIVEN),
        ("x" * 1001, Reason.MISSING),
    ],
)
def test_a_reason_has_10_to_1000_characters(text: str | None, reason: Reason) -> None:
    """D-ACC-19: what is shorter or longer than a sentence or two is no reason."""
    assert reason_of(text) is reason
