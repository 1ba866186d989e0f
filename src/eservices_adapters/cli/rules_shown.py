"""What `eservices rules` shows: rules, tables and findings, as JSON or as tables for a person.

Here: the shape of the answers, and one way of drawing any of them. Not here: the rulebook itself
(`eservices_core.rulebook`).
"""

from collections.abc import Iterable, Mapping, Sequence
from textwrap import indent
from typing import Any, Final, Literal, cast

import attrs

from eservices_adapters.cli.says import is_terminal, not_known, say, texts_of
from eservices_core.rulebook import MACHINES, RULES, TABLES, Rule, rows_of
from eservices_core.rulebook.shown import spell_verdict
from eservices_core.tables import Row, Table, domains_of

_EMPTY: Final = "-"
_COLUMNS_MAX: Final = 4
"""What fits across a terminal; a line with more is drawn as a card of its own."""


# --- as JSON -------------------------------------------------------------------------------------


def describe(name: str | None) -> dict[str, object]:
    """Describe the whole rulebook, or the rule or table of that name."""
    if name is None:
        return _describe_all()
    if name in RULES:
        rule = RULES[name]
        rows = [_describe_row(table, row) for table, row in rows_of(name)]
        return {**_describe_rule(rule), "rows": rows}
    if name in TABLES:
        return _describe_table(TABLES[name])
    raise not_known("rule or table", name, [*RULES, *TABLES])


def _describe_all() -> dict[str, object]:
    return {
        "rules": [_describe_rule(rule) for rule in RULES.values()],
        "tables": [
            {"table": table.name, "question": table.question, "rows": len(table.rows)}
            for table in TABLES.values()
        ],
        "machines": [
            {"machine": machine.name, "what": machine.what} for machine in MACHINES.values()
        ],
    }


def _describe_rule(rule: Rule) -> dict[str, object]:
    return {
        "id": rule.id,
        "title": rule.title,
        "home": rule.home,
        "open": [{"part": later.part.value, "what": later.what} for later in rule.later],
    }


def _describe_table(table: Table[Any, Any]) -> dict[str, object]:
    return {
        "table": table.name,
        "question": table.question,
        "facts": {
            name: [member.value for member in members]
            for name, members in domains_of(table.facts).items()
        },
        "rows": [_describe_row(table, row) for row in table.rows],
    }


def _describe_row(table: Table[Any, Any], row: Row[Any]) -> dict[str, object]:
    return {
        "table": table.name,
        "row": row.name,
        "rule": row.rule,
        "cells": spell_cells(table, row),
        "verdict": spell_verdict(row.then),
        "in_force_from": None if row.since is None else row.since.isoformat(),
        "next_step": row.next_step.value,
        "text": texts_of(row),
    }


def spell_cells(table: Table[Any, Any], row: Row[Any]) -> dict[str, list[object]]:
    """Give the cells that a row reads, each with the members that it takes."""
    return {
        name: [member.value for member in members if member in row.when[name]]
        for name, members in domains_of(table.facts).items()
        if name in row.when
    }


def spell_case(case: attrs.AttrsInstance) -> dict[str, object]:
    """Give the facts of one case."""
    return {field.name: getattr(case, field.name).value for field in attrs.fields(type(case))}


# --- for a person --------------------------------------------------------------------------------


def show(answer: Mapping[str, object], form: Literal["json", "table"] | None) -> None:
    """Say an answer in the form that was asked for, else the one that suits the reader."""
    if form == "json" or (form is None and not is_terminal()):
        say(answer)
    else:
        _draw(answer)


def _draw(answer: Mapping[str, object]) -> None:
    """Draw any answer: single values first, then each list as a table of its own."""
    from rich.console import Console  # noqa: PLC0415  costs as much to load as all the rest
    from rich.table import Table as Drawn  # noqa: PLC0415  as above
    from rich.text import Text  # noqa: PLC0415  as above

    console = Console(highlight=False)
    for name, value in answer.items():
        if not _is_table(value):
            console.print(Text.assemble((f"{_spoken(name)}: ", "bold"), _flat(value)))
    for name, value in answer.items():
        if not _is_table(value):
            continue
        lines = [line if isinstance(line, Mapping) else {name: line} for line in _lines(value)]
        if len(lines[0]) > _COLUMNS_MAX:
            for line in lines:
                card = Drawn(show_header=False, show_lines=True)
                for key, cell in line.items():
                    card.add_row(Text(_spoken(key), "bold"), Text(_flat(cell)))
                console.print(card)
            continue
        drawn = Drawn(title=_spoken(name), title_justify="left", show_lines=True)
        for column in lines[0]:
            drawn.add_column(_spoken(column), overflow="fold")
        for line in lines:
            drawn.add_row(*(Text(_flat(cell)) for cell in line.values()))
        console.print(drawn)


def _is_table(value: object) -> bool:
    return isinstance(value, list) and bool(cast("list[object]", value))


def _lines(value: object) -> Sequence[Mapping[str, object] | str]:
    return cast("Sequence[Mapping[str, object] | str]", value)


def _spoken(name: str) -> str:
    return name.replace("_", " ")


def _flat(value: object) -> str:
    """Write any JSON value so that it fits into one cell."""
    if value is None or value in ([], {}):
        return _EMPTY
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Mapping):
        members = cast("Mapping[str, object]", value)
        return "\n".join(_named(_spoken(name), member) for name, member in members.items())
    if isinstance(value, list):
        items = list(cast("Iterable[object]", value))
        between = "\n" if any(isinstance(item, Mapping) for item in items) else ", "
        return between.join(_flat(item) for item in items)
    return str(value)


def _named(name: str, value: object) -> str:
    text = _flat(value)
    if isinstance(value, Mapping) or "\n" in text:
        return f"{name}:\n{indent(text, '  ')}"
    return f"{name}: {text}"
