"""Decision tables: rules as rows, proved total and unambiguous when they are built.

A table asks one question of a few closed facts. Each row names its rule, the cells that it reads,
its verdict, the date from which it is in force, and what it says to people. Building a table
walks every combination of facts: one that no row answers, or that two rows answer, stops the
import with a `TableError` that names it. So the order of rows never matters, and a changed row
cannot leave a case unanswered.

Continuous inputs (a birth date, a clock) are folded into facts before they come here. Keep a table
to a page; past that it is two questions.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from enum import Enum
from itertools import product
from typing import Any, Final, Generic, TypeVar, cast

import attrs
from attrs import field, frozen

from eservices_core.texts import NextStep, Says

V = TypeVar("V")
F = TypeVar("F", bound=attrs.AttrsInstance)


class Fact(Enum):
    """A closed fact: the base of every enum that a table may read.

    Members hash by identity: they are singletons, and the hash of `Enum` itself is slow.
    """

    __hash__ = object.__hash__


Cells = Mapping[str, frozenset[Fact]]


def when(**cells: Fact | frozenset[Fact]) -> Cells:
    """Say which facts a row reads; a fact that is not named may be anything."""
    return {
        name: cell if isinstance(cell, frozenset) else frozenset((cell,))
        for name, cell in cells.items()
    }


def any_of(*members: Fact) -> frozenset[Fact]:
    """Make a cell that several members of one fact satisfy."""
    return frozenset(members)


def but(*members: Fact) -> frozenset[Fact]:
    """Make a cell that every member of the fact but these satisfies."""
    kind = type(members[0])
    return frozenset(member for member in kind if member not in members)


@frozen(eq=False)
class Row(Generic[V]):
    """One rule of a table, and the answer when it applies.

    Attributes:
        name: what the row is called in its table, unique there.
        rule: the ID of the rule in the rulebook that it carries out.
        when: the cells it reads (see `when`).
        then: its verdict.
        since: the first day on which it is in force in Copenhagen; None if it always was.
        says: the texts for the patient and for staff.
        next_step: what the person can do now.
    """

    name: str
    rule: str
    when: Cells
    then: V
    says: Says
    next_step: NextStep
    since: date | None = None

    def applies(self, facts: attrs.AttrsInstance) -> bool:
        """Read the cells one by one. Slow and plain: what a table is compiled from."""
        return all(getattr(facts, name) in cell for name, cell in self.when.items())


class TableError(Exception):
    """A table that is incomplete, ambiguous or malformed; the message names the case."""


@frozen
class Cell:
    """The fact that made two answers differ (see `Table.deciding_cell`)."""

    fact: str
    before: Fact
    after: Fact


@frozen(eq=False)
class Table(Generic[F, V]):
    """A decision over the facts of one attrs class.

    Attributes:
        name: a dotted name, such as `login.two_factor`.
        question: what the table answers, as one sentence.
        facts: the attrs class whose fields are all `Fact` enums.
        rows: the rules; each combination of facts is answered by exactly one.
        decide: facts in, the row that answers them out.

    Raises:
        TableError: when built from rows that leave a case unanswered or answer one twice.
    """

    name: str
    question: str
    facts: type[F]
    rows: Sequence[Row[V]]
    decide: Callable[[F], Row[V]] = field(init=False, repr=False)

    def __attrs_post_init__(self) -> None:
        domains = domains_of(self.facts)
        _check_cells(self.name, self.rows, domains)
        tree = _grow(self.name, self.rows, domains, {})
        object.__setattr__(self, "decide", _compile(tree))

    def cases(self) -> Iterator[F]:
        """Give every combination of facts, once."""
        domains = domains_of(self.facts)
        for members in product(*domains.values()):
            yield self.facts(**dict(zip(domains, members, strict=True)))

    def row(self, name: str) -> Row[V]:
        """Find a row by its name; raises KeyError if there is none."""
        for row in self.rows:
            if row.name == name:
                return row
        raise KeyError(name)

    def deciding_cell(self, before: F, after: F) -> Cell | None:
        """Name the fact whose change took the answer away from the row that answered `before`.

        None where both are answered by the same row.
        """
        row = self.decide(before)
        for name, cell in row.when.items():
            if getattr(after, name) not in cell:
                return Cell(name, getattr(before, name), getattr(after, name))
        return None


Domains = Mapping[str, tuple[Fact, ...]]


def domains_of(facts: type[attrs.AttrsInstance]) -> Domains:
    """Give each field of a facts class with the members that it can have."""
    domains: dict[str, tuple[Fact, ...]] = {}
    for attribute in attrs.fields(facts):
        kind = attribute.type
        if not (isinstance(kind, type) and issubclass(kind, Fact)):
            msg = f"{facts.__name__}.{attribute.name} is not a closed fact"
            raise TableError(msg)
        domains[attribute.name] = tuple(kind)
    return domains


def _check_cells(table: str, rows: Sequence[Row[Any]], domains: Domains) -> None:
    names = [row.name for row in rows]
    for row in rows:
        where = f"{table}, row {row.name}"
        if names.count(row.name) > 1:
            msg = f"{where}: the name stands twice"
            raise TableError(msg)
        for name, cell in row.when.items():
            if name not in domains:
                msg = f"{where}: there is no fact {name}"
                raise TableError(msg)
            if not cell or not cell <= set(domains[name]):
                msg = f"{where}: the cell {name} holds what that fact cannot be"
                raise TableError(msg)


@frozen(eq=False)
class _Split:
    fact: str
    branches: Sequence[tuple[frozenset[Fact], "_Split | Row[Any]"]]


_Tree = _Split | Row[Any]


def _grow(table: str, rows: Sequence[Row[Any]], domains: Domains, case: dict[str, Fact]) -> _Tree:
    """Split on facts until one row is left in each branch; that is the proof.

    A branch without a row is a case that nobody answers; a branch with two rows of which neither
    reads a fact that is still open is a case that both answer.
    """
    if not rows:
        msg = f"{table}: no row answers {_spell(case)}"
        raise TableError(msg)
    open_facts = [name for name in domains if name not in case]
    reading = {name: sum(name in row.when for row in rows) for name in open_facts}
    if not any(reading.values()):
        if len(rows) > 1:
            both = " and ".join(row.name for row in rows)
            msg = f"{table}: {both} both answer {_spell(case)}"
            raise TableError(msg)
        return rows[0]
    fact = max(open_facts, key=lambda name: reading[name])
    branches: dict[tuple[Row[Any], ...], list[Fact]] = {}
    for member in domains[fact]:
        left = tuple(r for r in rows if fact not in r.when or member in r.when[fact])
        branches.setdefault(left, []).append(member)
    grown = [
        (frozenset(members), _grow(table, left, domains, case | {fact: members[0]}))
        for left, members in branches.items()
    ]
    if len(grown) == 1:
        return grown[0][1]
    return _Split(fact, grown)


def _spell(case: Mapping[str, Fact]) -> str:
    return ", ".join(f"{name}={member.name}" for name, member in case.items()) or "any case"


def _compile(tree: _Tree) -> Callable[[Any], Row[Any]]:
    """Turn the tree into one Python function of identity tests.

    Generated, as attrs generates its methods: a lookup through dictionaries costs four times an
    if-chain, and a login decision is asked on every page. Only names made here enter the source.
    """
    names: dict[str, object] = {}
    known: dict[int, str] = {}

    def name_of(value: object, letter: str) -> str:
        if id(value) not in known:
            known[id(value)] = f"{letter}{len(known)}"
            names[known[id(value)]] = value
        return known[id(value)]

    lines = ["def decide(facts):"]

    def write(node: _Tree, depth: int) -> None:
        pad = "    " * depth
        if isinstance(node, Row):
            lines.append(f"{pad}return {name_of(node, 'r')}")
            return
        *tested, last = sorted(node.branches, key=lambda branch: len(branch[0]))
        value = f"facts.{node.fact}"
        if sum(len(members) for members, _ in tested) > 1:
            lines.append(f"{pad}v{depth} = {value}")
            value = f"v{depth}"
        for members, child in tested:
            ordered = sorted(members, key=lambda member: member.name)
            test = " or ".join(f"{value} is {name_of(member, 'm')}" for member in ordered)
            lines.append(f"{pad}if {test}:")
            write(child, depth + 1)
        write(last[1], depth)

    write(tree, 1)
    exec("\n".join(lines), names)  # noqa: S102  the source is made above, from no input
    return cast("Callable[[Any], Row[Any]]", names["decide"])


ALWAYS: Final[None] = None
"""For `Row.since`: the rule was in force before the measure of June 2023 as well."""
