"""Pages of documentation with generated blocks in them, and how they are kept in step.

Here, pure: what every block holds, and a page with its blocks made anew. A block stands between
`<!-- generated: NAME -->` and `<!-- end -->`, each alone on its line; the prose around it is
written by hand. Not here: reading and writing files (`__main__`).
"""

import re
from collections.abc import Mapping
from typing import Final

from attrs import frozen

from eservices_core.outcome import Failure, Outcome, Success
from eservices_core.rulebook import MACHINES, RULES, TABLES
from eservices_core.rulebook.index import Section
from eservices_core.rulebook.shown import machine_to_markdown, rules_to_markdown, table_to_markdown

_BEGINS: Final = re.compile(r"<!-- generated: (\S+) -->")
_ENDS: Final = "<!-- end -->"


@frozen
class PageFault:
    """What is wrong with the markers of a page; `line` counts from 1."""

    line: int
    what: str


@frozen
class Page:
    """A page made anew, and the names of the blocks that it shows."""

    text: str
    shows: frozenset[str]


def blocks() -> Mapping[str, str]:
    """Make every block that a page can show, by its name.

    A table goes by its own name, such as `login.two_factor`; a machine by `machine.user`; a
    section of the index by `rules.ACC`.
    """
    made = {name: table_to_markdown(table) for name, table in TABLES.items()}
    for name, machine in MACHINES.items():
        made[f"machine.{name}"] = machine_to_markdown(machine)
    for section in Section:
        rules = [rule for rule in RULES.values() if rule.section is section]
        made[f"rules.{section.name}"] = rules_to_markdown(rules)
    return made


def refresh(text: str, made: Mapping[str, str]) -> Outcome[Page, PageFault]:
    """Make a page anew: what lies between its markers is replaced by the blocks of those names."""
    lines: list[str] = []
    shows: set[str] = set()
    inside: int | None = None
    for number, line in enumerate(text.split("\n"), start=1):
        begins = _BEGINS.fullmatch(line)
        if begins is not None:
            if inside is not None:
                return Failure(PageFault(number, f"the block of line {inside} has not ended"))
            if begins[1] not in made:
                return Failure(PageFault(number, f"there is no block {begins[1]}"))
            if begins[1] in shows:
                return Failure(PageFault(number, f"the block {begins[1]} stands twice"))
            inside = number
            shows.add(begins[1])
            lines += [line, "", made[begins[1]], ""]
        elif line == _ENDS:
            if inside is None:
                return Failure(PageFault(number, "no block has begun"))
            inside = None
            lines.append(line)
        elif inside is None:
            lines.append(line)
    if inside is not None:
        return Failure(PageFault(inside, "the block never ends"))
    return Success(Page("\n".join(lines), frozenset(shows)))
