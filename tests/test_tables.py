from collections.abc import Sequence
from datetime import date
from enum import Enum, unique
from typing import Any

import attrs
import pytest
from attrs import frozen
from hypothesis import assume, given
from hypothesis import strategies as st

from eservices_core.tables import (
    ALWAYS,
    Cell,
    Cells,
    Fact,
    Row,
    Table,
    TableError,
    any_of,
    but,
    domains_of,
    when,
)
from eservices_core.texts import NextStep, Says, Text

AnyTable = Table[Any, Any]
Rows = Sequence[Row[str]]


@unique
class Weather(Fact):
    SUN = "sun"
    RAIN = "rain"
    SNOW = "snow"
    FOG = "fog"


@unique
class Day(Fact):
    WORK = "work"
    SATURDAY = "saturday"
    SUNDAY = "sunday"


@unique
class Light(Fact):
    ON = "on"
    OFF = "off"


@unique
class Planet(Fact):
    EARTH = "earth"


KINDS: tuple[type[Fact], ...] = (Weather, Day, Light, Planet)
SAYS = Says(Text("Tekst til patienten.", "A text."), Text("Tekst til klinikken.", "A text."))


@frozen
class Facts:
    weather: Weather
    day: Day


def _row(name: str, /, **cells: Fact | frozenset[Fact]) -> Row[str]:
    return Row(name, "S-ACC-1", when(**cells), name.upper(), SAYS, NextStep.GO_ON)


def _table(*rows: Row[str], facts: type[Any] = Facts) -> AnyTable:
    return Table("trial.walk", "Shall we walk?", facts, rows)


WALK = _table(
    _row("stay", weather=any_of(Weather.RAIN, Weather.FOG)),
    _row("ski", weather=Weather.SNOW),
    _row("work", weather=Weather.SUN, day=Day.WORK),
    _row("walk", weather=Weather.SUN, day=but(Day.WORK)),
)


# ---------------------------------------------------------------------------------------- cells


def test_cells_are_sets_of_members() -> None:
    """A single member, several, and all but some are sets; a fact that is not named is not read."""
    assert when(weather=Weather.SUN) == {"weather": frozenset({Weather.SUN})}
    assert when(weather=any_of(Weather.SUN, Weather.FOG), day=Day.WORK) == {
        "weather": frozenset({Weather.SUN, Weather.FOG}),
        "day": frozenset({Day.WORK}),
    }
    assert but(Weather.SUN) == frozenset({Weather.RAIN, Weather.SNOW, Weather.FOG})
    assert but(Weather.SUN, Weather.FOG) == frozenset({Weather.RAIN, Weather.SNOW})
    assert when() == {}


def test_facts_are_known_by_identity() -> None:
    """Two facts of the same spelling are two, also in a set."""

    class Lamp(Fact):
        ON = "on"

    assert len({Light.ON, Lamp.ON}) == 2
    assert hash(Light.ON) == object.__hash__(Light.ON)


def test_a_row_is_always_in_force_unless_it_says_since_when() -> None:
    """D-ACC-1: `since` is None for what held before the measure too."""
    assert _row("walk").since is ALWAYS
    assert ALWAYS is None
    assert attrs.evolve(_row("walk"), since=date(2023, 6, 1)).since == date(2023, 6, 1)


# ----------------------------------------------------------------------------------- deciding


def test_a_table_answers_every_case_with_its_row() -> None:
    """Facts in, the row that answers them out."""
    assert WALK.decide(Facts(Weather.FOG, Day.SUNDAY)) is WALK.row("stay")
    assert WALK.decide(Facts(Weather.SNOW, Day.WORK)).then == "SKI"
    assert WALK.decide(Facts(Weather.SUN, Day.WORK)).name == "work"
    assert WALK.decide(Facts(Weather.SUN, Day.SUNDAY)).name == "walk"


def test_cases_are_every_combination_once() -> None:
    """The cases are the whole product of the facts."""
    cases = [(facts.weather, facts.day) for facts in WALK.cases()]
    assert len(cases) == len(set(cases)) == 12
    assert set(cases) == {(weather, day) for weather in Weather for day in Day}


def test_a_row_is_found_by_its_name() -> None:
    """A row that is not there is a KeyError that names it."""
    assert WALK.row("ski") is WALK.rows[1]
    with pytest.raises(KeyError, match="swim"):
        _ = WALK.row("swim")


def test_a_row_applies_when_all_its_cells_do() -> None:
    """One cell that does not hold is enough for a row not to apply."""
    walk = WALK.row("walk")
    assert walk.applies(Facts(Weather.SUN, Day.SUNDAY))
    assert not walk.applies(Facts(Weather.SUN, Day.WORK))
    assert not walk.applies(Facts(Weather.RAIN, Day.SUNDAY))
    assert _row("anything").applies(Facts(Weather.RAIN, Day.SUNDAY))


def test_a_table_of_one_row_reads_nothing() -> None:
    """A row without cells answers everything, alone."""
    only = _table(_row("anything"))
    assert {only.decide(facts).name for facts in only.cases()} == {"anything"}


def test_the_domains_are_the_members_of_each_fact() -> None:
    """The facts class says which facts there are, in its order."""
    assert list(domains_of(Facts).items()) == [("weather", tuple(Weather)), ("day", tuple(Day))]


def test_the_deciding_cell_is_the_fact_that_took_the_answer_away() -> None:
    """Of what changed, the cell names what the first row had read."""
    sunday = Facts(Weather.SUN, Day.SUNDAY)
    assert WALK.deciding_cell(sunday, Facts(Weather.SUN, Day.WORK)) == Cell(
        "day", Day.SUNDAY, Day.WORK
    )
    assert WALK.deciding_cell(sunday, Facts(Weather.SNOW, Day.WORK)) == Cell(
        "weather", Weather.SUN, Weather.SNOW
    )
    assert WALK.deciding_cell(sunday, Facts(Weather.SUN, Day.SATURDAY)) is None


# -------------------------------------------------------------------------- what cannot be built


@pytest.mark.parametrize("dropped", WALK.rows, ids=lambda row: str(row.name))
def test_an_incomplete_table_fails_and_names_the_case(dropped: Row[str]) -> None:
    """A case that no row answers stops the import, and the message says which."""
    with pytest.raises(TableError, match=r"^trial\.walk: no row answers ") as caught:
        _ = _table(*(one for one in WALK.rows if one is not dropped))
    named = _case_in(str(caught.value), Facts)
    unanswered = [facts for facts in WALK.cases() if WALK.decide(facts) is dropped]
    assert any(_fits(facts, named) for facts in unanswered)


def test_an_empty_table_answers_no_case() -> None:
    """Without rows not a single case is answered."""
    with pytest.raises(TableError, match=r"^trial\.walk: no row answers any case$"):
        _ = _table()


def test_an_ambiguous_table_fails_and_names_the_case_and_both_rows() -> None:
    """A case that two rows answer stops the import, whatever the order of the rows."""
    second = _row("umbrella", weather=Weather.RAIN)
    with pytest.raises(
        TableError, match=r"^trial\.walk: stay and umbrella both answer weather=RAIN$"
    ):
        _ = _table(*WALK.rows, second)
    with pytest.raises(
        TableError, match=r"^trial\.walk: umbrella and stay both answer weather=RAIN$"
    ):
        _ = _table(second, *WALK.rows)


def test_two_rows_that_read_nothing_are_ambiguous() -> None:
    """Two rows for everything are two answers to any case."""
    with pytest.raises(TableError, match="one and two both answer any case"):
        _ = _table(_row("one"), _row("two"))


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (_row("ski", weather=Weather.SNOW), "row ski: the name stands twice"),
        (_row("swim", water=Light.ON), "row swim: there is no fact water"),
        (_row("swim", day=Light.ON), "row swim: the cell day holds what that fact cannot be"),
        (
            _row("swim", day=frozenset({Day.WORK, Light.ON})),
            "row swim: the cell day holds what that fact cannot be",
        ),
        (
            _row("swim", day=frozenset()),
            "row swim: the cell day holds what that fact cannot be",
        ),
    ],
)
def test_a_malformed_row_is_refused_by_name(wrong: Row[str], said: str) -> None:
    """A name twice, an unknown fact, a member of another fact, an empty cell: each is named."""
    with pytest.raises(TableError) as caught:
        _ = _table(*WALK.rows, wrong)
    assert str(caught.value) == f"trial.walk, {said}"


def test_facts_that_are_not_closed_are_refused() -> None:
    """A table reads facts only; a field of any other type is named."""

    class Open(Enum):
        YES = "yes"

    kinds: tuple[Any, ...] = (bool, str, Open, "Weather", list[Weather], None)
    for kind in kinds:
        loose = attrs.make_class(
            "Loose", {"weather": attrs.field(type=Weather), "warm": attrs.field(type=kind)}
        )
        with pytest.raises(TableError, match=r"^Loose\.warm is not a closed fact$"):
            _ = _table(_row("anything"), facts=loose)


# ---------------------------------------------------------------------------------- random tables


@st.composite
def facts_classes(draw: st.DrawFn) -> type[Any]:
    """Classes of up to four facts."""
    kinds = draw(st.lists(st.sampled_from(KINDS), max_size=4))
    fields = {f"fact{i}": attrs.field(type=kind) for i, kind in enumerate(kinds)}
    return attrs.make_class("Drawn", fields, frozen=True)


@st.composite
def cells_of(draw: st.DrawFn, facts: type[Any]) -> Cells:
    """Any cells that a row over these facts can have."""
    cells: dict[str, frozenset[Fact]] = {}
    for name, members in domains_of(facts).items():
        if draw(st.booleans()):
            cells[name] = frozenset(draw(st.sets(st.sampled_from(members), min_size=1)))
    return cells


def _drawn_row(number: int, cells: Cells) -> Row[str]:
    return attrs.evolve(_row(f"row{number}"), when=cells, then=f"verdict {number}")


@st.composite
def partitions(draw: st.DrawFn, facts: type[Any]) -> Rows:
    """Rows that are total and unambiguous by construction: everything, split again and again."""
    parts: list[dict[str, frozenset[Fact]]] = [
        {name: frozenset(members) for name, members in domains_of(facts).items()}
    ]
    for _ in range(draw(st.integers(0, 8))):
        part = draw(st.sampled_from(parts))
        wide = sorted(name for name, members in part.items() if len(members) > 1)
        if not wide:
            continue
        name = draw(st.sampled_from(wide))
        ordered = sorted(part[name], key=lambda member: member.name)
        left = frozenset(draw(st.sets(st.sampled_from(ordered), min_size=1)))
        if left == part[name]:
            continue
        parts.remove(part)
        parts += [part | {name: left}, part | {name: part[name] - left}]
    domains = domains_of(facts)
    rows = [
        _drawn_row(
            number,
            {
                name: members
                for name, members in part.items()
                if members != frozenset(domains[name]) or draw(st.booleans())
            },
        )
        for number, part in enumerate(parts)
    ]
    return draw(st.permutations(rows))


@given(st.data())
def test_the_compiled_decision_agrees_with_reading_the_cells(data: st.DataObject) -> None:
    """For any total table, `decide` gives the one row that applies, in every case."""
    facts_class = data.draw(facts_classes())
    made = _table(*data.draw(partitions(facts_class)), facts=facts_class)
    for facts in made.cases():
        assert [one for one in made.rows if one.applies(facts)] == [made.decide(facts)]


@given(st.data())
def test_the_deciding_cell_is_one_that_the_first_row_read(data: st.DataObject) -> None:
    """There is a deciding cell exactly where the answer changed, and it is a changed fact."""
    facts_class = data.draw(facts_classes())
    made = _table(*data.draw(partitions(facts_class)), facts=facts_class)
    cases = list(made.cases())
    before, after = data.draw(st.sampled_from(cases)), data.draw(st.sampled_from(cases))
    first = made.decide(before)
    cell = made.deciding_cell(before, after)
    assert (cell is None) == (made.decide(after) is first)
    if cell is not None:
        assert getattr(before, cell.fact) is cell.before
        assert getattr(after, cell.fact) is cell.after
        assert cell.before in first.when[cell.fact]
        assert cell.after not in first.when[cell.fact]


@given(st.data())
def test_a_table_is_built_exactly_when_every_case_has_one_row(data: st.DataObject) -> None:
    """Of any rows, the proof takes those that answer each case once; else it names a true case."""
    facts_class = data.draw(facts_classes())
    drawn = data.draw(st.lists(cells_of(facts_class), max_size=5))
    rows = [_drawn_row(number, cells) for number, cells in enumerate(drawn)]
    _check_proof(facts_class, rows)


@given(st.data())
def test_a_total_table_with_one_cell_changed_is_refused(data: st.DataObject) -> None:
    """One row dropped, doubled, or read more widely or narrowly leaves a case with none or two."""
    facts_class = data.draw(facts_classes())
    rows = list(data.draw(partitions(facts_class)))
    at = data.draw(st.integers(0, len(rows) - 1))
    changed = data.draw(st.sampled_from([[], [rows[at], attrs.evolve(rows[at], name="again")]]))
    with pytest.raises(TableError):
        _ = _table(*rows[:at], *changed, *rows[at + 1 :], facts=facts_class)
    cells = data.draw(cells_of(facts_class))
    _ = assume(not _same_cells(rows[at].when, cells, facts_class))
    rows[at] = _drawn_row(99, cells)
    with pytest.raises(TableError):
        _ = _table(*rows, facts=facts_class)
    _check_proof(facts_class, rows)


def _same_cells(one: Cells, other: Cells, facts_class: type[Any]) -> bool:
    domains = {name: frozenset(members) for name, members in domains_of(facts_class).items()}
    return {**domains, **one} == {**domains, **other}


def _build(facts_class: type[Any], rows: Rows) -> AnyTable | str:
    try:
        return _table(*rows, facts=facts_class)
    except TableError as error:
        return str(error)


def _check_proof(facts_class: type[Any], rows: Rows) -> None:
    cases = list(_table(_row("anything"), facts=facts_class).cases())
    answers = {facts: [one for one in rows if one.applies(facts)] for facts in cases}
    built = _build(facts_class, rows)
    if not isinstance(built, str):
        assert all(found == [built.decide(facts)] for facts, found in answers.items())
        return
    named = _case_in(built, facts_class)
    meant = [answers[facts] for facts in cases if _fits(facts, named)]
    assert meant, built
    if "no row answers" in built:
        assert not any(meant), built
        return
    both = built.removeprefix("trial.walk: ").split(" both answer ")[0].split(" and ")
    assert len(both) > 1
    assert all([one.name for one in found] == both for found in meant), built


def _case_in(message: str, facts_class: type[Any]) -> dict[str, Fact]:
    """Read the case that a TableError names."""
    case = message.rpartition("answers " if "no row answers" in message else "answer ")[2]
    if case == "any case":
        return {}
    domains = domains_of(facts_class)
    named: dict[str, Fact] = {}
    for part in case.split(", "):
        name, _, member = part.partition("=")
        named[name] = next(one for one in domains[name] if one.name == member)
    return named


def _fits(facts: Any, named: dict[str, Fact]) -> bool:
    return all(getattr(facts, name) is member for name, member in named.items())
