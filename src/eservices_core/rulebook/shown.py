"""How tables, machines and the index are shown: as words, as Markdown, as Mermaid.

Here: pure functions from what the code says to text. Not here: which page shows what (`pages`).
"""

from collections.abc import Iterable, Sequence
from enum import Enum
from typing import Any, Final

import attrs

from eservices_core.rulebook.index import Rule
from eservices_core.rulebook.machines import Machine, Moved, Nothing, Observed, Refused, observe
from eservices_core.tables import Domains, Fact, Row, Table, domains_of
from eservices_core.texts import Text

ANY: Final = "-"
"""What stands in a cell that the row does not read."""


def spell_cell(cell: frozenset[Fact] | None, domain: Sequence[Fact]) -> str:
    """Spell what a row reads of one fact: its members, or the one that it excludes."""
    if cell is None:
        return ANY
    left_out = [member for member in domain if member not in cell]
    if len(left_out) == 1 and len(cell) > 1:
        return f"not {left_out[0].value}"
    return ", ".join(str(member.value) for member in domain if member in cell)


def spell_verdict(verdict: object) -> str:
    """Spell a verdict: `granted`, or with its reason `refused:use_mitid`."""
    if isinstance(verdict, Enum):
        return str(verdict.value)
    kind = type(verdict)
    assert attrs.has(kind), "a verdict is an enum, or an attrs class of them"
    parts = (getattr(verdict, attribute.name) for attribute in attrs.fields(kind))
    return ":".join(str(part.value) for part in parts if isinstance(part, Enum))


# --- Markdown ------------------------------------------------------------------------------------


def _escaped(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")


def markdown_table(head: Sequence[str], body: Iterable[Sequence[str]]) -> str:
    """Write a Markdown table."""
    lines = [head, ["---"] * len(head), *body]
    return "\n".join(f"| {' | '.join(_escaped(cell) for cell in line)} |" for line in lines)


def _both(text: Text) -> str:
    return f"{text.en}<br>*{text.da}*"


def _markdown_row(row: Row[Any], domains: Domains) -> list[str]:
    return [
        f"`{row.name}`",
        row.rule,
        *(spell_cell(row.when.get(name), domain) for name, domain in domains.items()),
        f"**{spell_verdict(row.then)}**",
        "always" if row.since is None else f"from {row.since.isoformat()}",
        row.next_step.value,
        _both(row.says.staff),
    ]


def table_to_markdown(table: Table[Any, Any]) -> str:
    """Show a table: one line per row, one column per fact, and what staff are told.

    What the public is told is not shown: for every refusal it is the same (D-ACC-2).
    """
    domains = domains_of(table.facts)
    head = ["row", "rule", *domains, "verdict", "in force", "next step", "staff are told"]
    body = (_markdown_row(row, domains) for row in table.rows)
    return f"**{table.question}**\n\n{markdown_table(head, body)}"


def machine_to_mermaid(machine: Machine) -> str:
    """Draw the moves of a machine, as they were observed, as a Mermaid state diagram."""
    return _mermaid(observe(machine))


def _mermaid(observed: Observed) -> str:
    arrows: dict[tuple[str, str], dict[str, None]] = {}
    for (state, command), answers in observed.answers.items():
        for answer in answers:
            if isinstance(answer, Moved):
                arrows.setdefault((state, answer.to), {})[_short(command)] = None
    lines = ["stateDiagram-v2", f"    [*] --> {observed.states[0]}"]
    for (before, after), commands in arrows.items():
        lines.append(f"    {before} --> {after}: {', '.join(commands)}")
    return "\n".join(lines)


def _short(command: str) -> str:
    """Leave out what tells exemplars of one command apart: the diagram shows commands."""
    return command.partition(",")[0]


def machine_to_markdown(machine: Machine) -> str:
    """Show a machine: its diagram, and what each command comes to in each state."""
    observed = observe(machine)
    head = ["command", *(f"in {state}" for state in observed.states)]
    body = (
        [
            command,
            *(
                " or ".join(_spell_answer(answer) for answer in observed.answers[state, command])
                for state in observed.states
            ),
        ]
        for command, _ in machine.commands
    )
    diagram = f"```mermaid\n{_mermaid(observed)}\n```"
    return f"The life of {machine.what}:\n\n{diagram}\n\n{markdown_table(head, body)}"


def _spell_answer(answer: Moved | Nothing | Refused) -> str:
    match answer:
        case Moved(to):
            return f"**{to}**"
        case Nothing():
            return "nothing to do"
        case Refused(reason):
            return reason


def rules_to_markdown(rules: Iterable[Rule]) -> str:
    """Show a part of the index: one line per rule, its home, and what of it is still open."""
    body = (
        [
            rule.id,
            rule.title,
            ANY if rule.home is None else f"`{rule.home.removeprefix('eservices_core.')}`",
            "; ".join(f"{later.part.value}: {later.what}" for later in rule.later) or ANY,
        ]
        for rule in rules
    )
    return markdown_table(("rule", "what it is about", "home in the core", "still open"), body)
