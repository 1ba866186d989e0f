"""`eservices rules --try`: what a change of the rules would do, before anybody makes it.

Here: reading the changes, making them on a scratch copy of a table, and comparing the answers of
both over every case. The rules themselves are never touched.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from enum import Enum
from itertools import product
from typing import Any, Final, TypeAlias, get_args

import attrs
from attrs import frozen

from eservices_adapters.cli.rules_shown import spell_case
from eservices_adapters.cli.says import BadInput, not_known
from eservices_core.outcome import Failure, Outcome, Success
from eservices_core.rulebook import RULES, TABLES
from eservices_core.rulebook.shown import ANY, spell_verdict
from eservices_core.tables import Row, Table, TableError, domains_of
from eservices_core.variants import Gap, without_row

_SHOWN_MAX: Final = 5

_AnyTable: TypeAlias = Table[Any, Any]
_Changed: TypeAlias = Outcome[_AnyTable, Gap]


@frozen(eq=False)
class _Place:
    """A row, and the table that it stands in."""

    table: _AnyTable
    row: Row[Any]


def try_changes(
    name: str | None, drops: Sequence[str], cells: Sequence[str], verdicts: Sequence[str]
) -> dict[str, object]:
    """Try the changes together; where there are none, leave out each row in turn.

    `name` narrows it down to one table, or to the rows that carry out one rule.
    """
    places = _places(name)
    if not (drops or cells or verdicts):
        tried = [
            _effect(
                place.table, [f"drop {place.row.name}"], without_row(place.table, place.row.name)
            )
            for place in places
        ]
        return {"changes": tried}
    scratch = _Scratch(places)
    for text in drops:
        scratch.drop(text)
    for text in cells:
        scratch.set_cell(text)
    for text in verdicts:
        scratch.set_verdict(text)
    return {"changes": scratch.effects()}


def _places(name: str | None) -> list[_Place]:
    if name is not None and name not in RULES and name not in TABLES:
        raise not_known("rule or table", name, [*RULES, *TABLES])
    places = [
        _Place(table, row)
        for table in TABLES.values()
        for row in table.rows
        if name is None or name in {table.name, row.rule}
    ]
    if not places:
        raise BadInput("ID", "no row of a table carries out this rule")
    return places


class _Scratch:
    """Rows under change, by table; a row that is left out is None."""

    def __init__(self, places: Iterable[_Place]) -> None:
        self._places = tuple(places)
        self._rows: dict[str, dict[str, Row[Any] | None]] = {}
        self._said: dict[str, list[str]] = {}

    def drop(self, text: str) -> None:
        """`ROW`: leave it out."""
        place = self._find(text, "--drop")
        self._change(place, f"drop {place.row.name}", lambda _: None)

    def set_cell(self, text: str) -> None:
        """`ROW.CELL=VALUE[,VALUE]`: let it read something else, `-` for anything."""
        where, equals, values = text.partition("=")
        row_name, dot, cell = where.rpartition(".")
        if not (equals and dot):
            raise BadInput("--set", "must be ROW.CELL=VALUE[,VALUE]")
        place = self._find(row_name, "--set")
        domains = domains_of(place.table.facts)
        if cell not in domains:
            raise BadInput("--set", str(not_known("cell", cell, domains)))
        members = {str(member.value): member for member in domains[cell]}
        wanted = [] if values == ANY else values.split(",")
        for value in wanted:
            if value not in members:
                raise BadInput(f"--set {cell}", str(not_known("value", value, members)))
        read = frozenset(members[value] for value in wanted)

        def changed(row: Row[Any]) -> Row[Any]:
            others = {fact: taken for fact, taken in row.when.items() if fact != cell}
            return attrs.evolve(row, when={**others, cell: read} if read else others)

        said = f"set {place.row.name}.{cell} to {', '.join(wanted) or 'anything'}"
        self._change(place, said, changed)

    def set_verdict(self, text: str) -> None:
        """`ROW=VERDICT`: let it answer something else."""
        row_name, equals, spelled = text.partition("=")
        if not equals:
            raise BadInput("--verdict", "must be ROW=VERDICT")
        place = self._find(row_name, "--verdict")
        possible = verdicts_like(place.row.then)
        if spelled not in possible:
            raise BadInput("--verdict", str(not_known("verdict", spelled, possible)))
        verdict = possible[spelled]
        said = f"let {place.row.name} answer {spelled}"
        self._change(place, said, lambda row: attrs.evolve(row, then=verdict))

    def effects(self) -> list[dict[str, object]]:
        """Say for each changed table what became of it."""
        return [
            _effect(TABLES[name], said, self._rebuilt(TABLES[name]))
            for name, said in self._said.items()
        ]

    def _find(self, name: str, option: str) -> _Place:
        """Find a row by its name, or by `table/row` where several tables have one of that name."""
        table, _, row = name.rpartition("/")
        found = [
            place
            for place in self._places
            if place.row.name == row and table in {"", place.table.name}
        ]
        if not found:
            names = [place.row.name for place in self._places]
            raise BadInput(option, str(not_known("row", row, names)))
        if len(found) > 1:
            spelled = " or ".join(f"{place.table.name}/{place.row.name}" for place in found)
            raise BadInput(option, f"which one: {spelled}?")
        return found[0]

    def _change(
        self, place: _Place, said: str, change: Callable[[Row[Any]], Row[Any] | None]
    ) -> None:
        rows = self._rows.setdefault(place.table.name, {row.name: row for row in place.table.rows})
        row = rows[place.row.name]
        rows[place.row.name] = None if row is None else change(row)
        self._said.setdefault(place.table.name, []).append(said)

    def _rebuilt(self, table: _AnyTable) -> _Changed:
        """Build all changes of a table at once: one alone may leave the gap that another fills."""
        rows = tuple(row for row in self._rows[table.name].values() if row is not None)
        try:
            return Success(Table(table.name, table.question, table.facts, rows))
        except TableError as error:
            return Failure(Gap(str(error)))


def verdicts_like(verdict: object) -> Mapping[str, object]:
    """Give every verdict of this one's kind, an enum or a class of enums, by its spelling."""
    kind = type(verdict)
    if issubclass(kind, Enum):
        return {spell_verdict(member): member for member in kind}
    assert attrs.has(kind), "a verdict is an enum, or an attrs class of them"
    options = [_options_of(attribute.type) for attribute in attrs.fields(kind)]
    possible: dict[str, object] = {}
    for values in product(*options):
        try:
            one: object = kind(*values)
        except AssertionError:  # the class itself knows which of its values go together
            continue
        possible[spell_verdict(one)] = one
    return possible


def _options_of(kind: object) -> list[Enum | None]:
    """Give what a field of a verdict can be: members of its enum, and None where it may be."""
    options: list[Enum | None] = []
    for one in get_args(kind) or (kind,):
        if isinstance(one, type) and issubclass(one, Enum):
            options += list(one)
        else:
            options.append(None)
    return options


def _effect(table: _AnyTable, said: Sequence[str], outcome: _Changed) -> dict[str, object]:
    if isinstance(outcome, Failure):
        return {
            "table": table.name,
            "change": list(said),
            "gap": outcome.failure().message,
            "answered_otherwise": None,
        }
    changed = outcome.unwrap()
    cases = list(table.cases())
    differing = [
        {"case": spell_case(case), "before": _answer(table, case), "after": _answer(changed, case)}
        for case in cases
        if _answer(table, case) != _answer(changed, case)
    ]
    return {
        "table": table.name,
        "change": list(said),
        "gap": None,
        "answered_otherwise": {
            "count": len(differing),
            "of": len(cases),
            "first": differing[:_SHOWN_MAX],
        },
    }


def _answer(table: _AnyTable, case: Any) -> dict[str, object]:  # noqa: ANN401  a case of that table
    row = table.decide(case)
    return {"row": row.name, "verdict": spell_verdict(row.then)}
