"""Mutants of a decision table, row by row, and which of them a check does not notice.

A mutation tool for code changes statements; a table's rules are data, which it leaves alone.
This one changes the data, in every way in which a single row could be wrong. A mutant is killed
if it cannot be built (the proof in `tables` says no) or if the check fails on it.
"""

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from typing import Any

from attrs import evolve, frozen

from eservices_core.outcome import Failure, Success
from eservices_core.tables import Fact, Row, Table
from eservices_core.texts import NextStep, Says
from eservices_core.variants import with_row, without_row

AnyTable = Table[Any, Any]
Check = Callable[[AnyTable], None]
"""Raises AssertionError if the table is wrong."""

_DAY = timedelta(days=1)
_SOME_DAY = date(2023, 6, 1)


@frozen
class Mutant:
    """A changed table, or None where the change cannot be built; `name` says what was changed."""

    name: str
    table: AnyTable | None


def mutants(table: AnyTable) -> Iterator[Mutant]:
    """Give every mutant of every row, named."""
    for row in table.rows:
        name = f"{table.name}, row {row.name}"
        match without_row(table, row.name):
            case Success(dropped):
                yield Mutant(f"{name}: dropped", dropped)
            case Failure(_):
                yield Mutant(f"{name}: dropped", None)
        for change, changed in _changed_rows(table, row):
            match with_row(table, changed):
                case Success(built):
                    yield Mutant(f"{name}: {change}", built)
                case Failure(_):
                    yield Mutant(f"{name}: {change}", None)


def survivors(table: AnyTable, check: Check) -> list[str]:
    """Name the mutants that can be built and that the check finds nothing wrong with."""
    return [
        mutant.name
        for mutant in mutants(table)
        if mutant.table is not None and _passes(check, mutant.table)
    ]


def _passes(check: Check, table: AnyTable) -> bool:
    try:
        check(table)
    except AssertionError:
        return False
    return True


def _changed_rows(table: AnyTable, row: Row[Any]) -> Iterator[tuple[str, Row[Any]]]:
    yield from _changed_cells(row)
    for verdict in _others([other.then for other in table.rows], row.then):
        yield f"verdict becomes {verdict}", evolve(row, then=verdict)
    for since in _other_dates(row.since):
        yield f"since becomes {since}", evolve(row, since=since)
    for rule in [*_others([other.rule for other in table.rows], row.rule), "S-ACC-0"]:
        yield f"rule becomes {rule}", evolve(row, rule=rule)
    for step in _others(list(NextStep), row.next_step):
        yield f"next step becomes {step.name}", evolve(row, next_step=step)
    for other in table.rows:
        if other.says.patient != row.says.patient:
            says = Says(other.says.patient, row.says.staff)
            yield f"says to patients what {other.name} says", evolve(row, says=says)
        if other.says.staff != row.says.staff:
            says = Says(row.says.patient, other.says.staff)
            yield f"says to staff what {other.name} says", evolve(row, says=says)


def _changed_cells(row: Row[Any]) -> Iterator[tuple[str, Row[Any]]]:
    for fact, cell in row.when.items():
        every: frozenset[Fact] = frozenset(type(next(iter(cell))))
        yield f"{fact} negated", evolve(row, when={**row.when, fact: every - cell})
        kept = {name: other for name, other in row.when.items() if name != fact}
        yield f"{fact} not read", evolve(row, when=kept)
        for member in sorted(every, key=lambda one: one.name):
            toggled = cell ^ {member}
            change = f"{fact} {'loses' if member in cell else 'gains'} {member.name}"
            yield change, evolve(row, when={**row.when, fact: toggled})


def _others(used: list[Any], own: object) -> list[Any]:
    """Each of the values once, without the row's own; verdicts need not be hashable."""
    kept: list[Any] = []
    for value in used:
        if value != own and value not in kept:
            kept.append(value)
    return kept


def _other_dates(since: date | None) -> tuple[date | None, ...]:
    return (_SOME_DAY,) if since is None else (since - _DAY, since + _DAY, None)
