import pkgutil
import re
import shutil
import subprocess
import sys
import typing
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from attrs import evolve

import eservices_core
from eservices_adapters.cli.rules_check import why_homeless
from eservices_core import access, booking, consultation, journal, post, staffing, worklist
from eservices_core.access import user
from eservices_core.access.login import TWO_FACTOR, LoginReason, refused
from eservices_core.booking import life
from eservices_core.consultation import life as conversation_life
from eservices_core.outcome import Failure, Success
from eservices_core.rulebook import MACHINES, RULES, TABLES, Machine
from eservices_core.rulebook.__main__ import look_at, main
from eservices_core.rulebook.index import find_home
from eservices_core.rulebook.machines import observe
from eservices_core.rulebook.pages import PageFault, blocks, refresh
from eservices_core.rulebook.shown import (
    machine_to_markdown,
    machine_to_mermaid,
    markdown_table,
    spell_cell,
    spell_verdict,
    table_to_markdown,
)
from eservices_core.tables import Fact, Table, but
from eservices_core.texts import Says, Text
from eservices_core.variants import with_row

_WINGS = (access, booking, consultation, journal, post, staffing, worklist)
_ROOT = Path(__file__).resolve().parents[2]
_DOCS = _ROOT / "docs"
_OURS = {rule for rule in RULES if re.fullmatch(r"D-[A-Z]+-1[0-9]{2}", rule)}


def _modules(package: ModuleType) -> list[ModuleType]:
    return [
        import_module(found.name)
        for found in pkgutil.walk_packages(package.__path__, f"{package.__name__}.")
        if not found.name.endswith("__main__") and ".testing" not in found.name
    ]


class TestTheIndex:
    def test_it_holds_every_rule(self, shared_data: Path) -> None:
        """The index holds the rules of the rulebook that it was made from, in order, and ours."""
        source = (shared_data.parent / "RULEBOOK.md").read_text()
        ids = re.findall(r"^\| ([SD]-[A-Z]+-[0-9]+) \|", source, re.MULTILINE)

        assert [rule for rule in RULES if rule not in _OURS] == ids

    @pytest.mark.parametrize("rule", RULES.values(), ids=lambda rule: rule.id)
    def test_a_title_is_one_short_line(self, rule: Any) -> None:
        """A title is one line of a few words."""
        assert 5 <= len(rule.title) <= 70
        assert "\n" not in rule.title
        assert not rule.title.endswith(".")

    @pytest.mark.parametrize(
        "rule", [rule for rule in RULES.values() if rule.home], ids=lambda rule: rule.id
    )
    def test_a_home_is_there(self, rule: Any) -> None:
        """What a rule calls its home can be imported, and its module cites the rule."""
        assert isinstance(find_home(rule.home), Success)
        assert why_homeless(rule) is None

    @pytest.mark.parametrize("section", ["ACC", "BOOK", "POST"])
    def test_every_rule_of_what_is_built_has_its_home(self, section: str) -> None:
        """Every rule of ACC, BOOK and POST has its home, whatever still needs a face."""
        homeless = [
            rule.id for rule in RULES.values() if f"-{section}-" in rule.id and not rule.home
        ]

        assert homeless == []

    def test_rows_carry_rules_that_there_are(self) -> None:
        """D-ACC-21: every row of every table names a rule of the index."""
        rules = {row.rule for table in TABLES.values() for row in table.rows}

        assert rules <= set(RULES)

    def test_no_table_is_forgotten(self) -> None:
        """Every table of the core is in the rulebook."""
        found = {
            value.name: value
            for module in _modules(eservices_core)
            for value in vars(module).values()
            if isinstance(value, Table)
        }

        assert found.keys() == TABLES.keys()

    def test_no_machine_is_forgotten(self) -> None:
        """Every module of these wings that decides commands is in the rulebook."""
        found = {
            module.__name__.rpartition(".")[2]
            for package in _WINGS
            for module in _modules(package)
            if {"Command", "decide"} <= vars(module).keys()
        }

        assert found == MACHINES.keys()


def _members(union: Any) -> set[type]:
    return set(typing.get_args(union)) or {union}


def _home_of(name: str) -> tuple[ModuleType, ModuleType]:
    """The module that decides a machine's commands, and the one that has its events."""
    places = (f"{wing.__name__}.{name}" for wing in _WINGS)
    decides = import_module(next(place for place in places if find_spec(place) is not None))
    return decides, {"booking": life, "conversation": conversation_life}.get(name, decides)


class TestMachines:
    @pytest.mark.parametrize("name", MACHINES)
    def test_nothing_of_a_machine_is_left_out(self, name: str) -> None:
        """The walk tries every command, reaches every state and sees every event there is."""
        machine = MACHINES[name]
        decides, evolves = _home_of(name)
        observed = observe(machine)
        states = _members(typing.get_type_hints(decides.decide)["state"])

        assert {type(command) for _, command in machine.commands} == _members(decides.Command)
        assert {type(state) for state in observed.reached} == states
        assert {type(event) for event in observed.events} == _members(evolves.Event)

    @pytest.mark.parametrize("machine", MACHINES.values(), ids=lambda machine: machine.name)
    def test_every_cell_is_filled(self, machine: Machine) -> None:
        """Every command has at least one answer in every state, and its own name."""
        observed = observe(machine)
        names = [name for name, _ in machine.commands]

        assert len(set(names)) == len(names)
        assert set(observed.answers) == {(s, n) for s in observed.states for n in names}

    def test_a_diagram_is_what_was_observed(self) -> None:
        """S-ACC-4: the tick's diagram has the moves that the machine makes, and no others."""
        assert machine_to_mermaid(MACHINES["association"]).splitlines() == [
            "stateDiagram-v2",
            "    [*] --> NotAssociated",
            "    NotAssociated --> Associated: AskToJoin, Associate",
            "    NotAssociated --> AwaitingApproval: AskToJoin",
            "    Associated --> AssociatedWithTick: SetTick",
            "    Associated --> NotAssociated: Dissociate, Forget",
            "    AwaitingApproval --> Associated: Approve, Associate",
            "    AwaitingApproval --> NotAssociated: Decline, Forget",
            "    AssociatedWithTick --> Associated: RemoveTick",
            "    AssociatedWithTick --> NotAssociated: Dissociate, Forget",
        ]

    def test_a_changed_machine_has_another_diagram(self) -> None:
        """A machine that decides otherwise is drawn otherwise."""
        machine = MACHINES["user"]

        def decide(state: Any, command: Any) -> Any:
            if isinstance(command, user.Lock):
                return Failure(user.UserRefusal.NO_USER)
            return user.decide(state, command)

        changed = evolve(machine, decide=decide)

        assert "Locked" in machine_to_mermaid(machine)
        assert "Locked" not in machine_to_mermaid(changed)
        assert machine_to_markdown(changed) != machine_to_markdown(machine)


class _Colour(Fact):
    RED = "red"
    GREEN = "green"
    BLUE = "blue"


class TestHowItIsShown:
    def test_cells(self) -> None:
        """A cell shows its members, the one that it excludes, or that it may be anything."""
        colours = tuple(_Colour)

        assert spell_cell(None, colours) == "-"
        assert spell_cell(frozenset({_Colour.RED}), colours) == "red"
        assert spell_cell(but(_Colour.RED), colours) == "not red"
        assert spell_cell(frozenset(colours), colours) == "red, green, blue"

    def test_verdicts(self) -> None:
        """A verdict is spelled with its reason, where it has one."""
        assert spell_verdict(_Colour.RED) == "red"
        assert spell_verdict(refused(LoginReason.LOCKED)) == "refused:locked"

    def test_bars_and_line_ends_do_not_break_a_table(self) -> None:
        """What stands in a cell stays in it."""
        drawn = markdown_table(["a"], [["x | y\nz"]])

        assert drawn.splitlines() == ["| a |", "| --- |", "| x \\| y z |"]

    @pytest.mark.parametrize("table", TABLES.values(), ids=lambda table: table.name)
    def test_a_table_shows_all_that_staff_are_told(self, table: Any) -> None:
        """D-ACC-21: a table shows for each row its rule, verdict, step and both staff texts."""
        lines = table_to_markdown(table).splitlines()
        assert len(lines) == len(table.rows) + 4
        for row, line in zip(table.rows, lines[4:], strict=True):
            assert line.startswith(f"| `{row.name}` | {row.rule} |")
            assert f"**{spell_verdict(row.then)}**" in line
            assert f"| {row.next_step.value} |" in line
            assert row.says.staff.da in line
            assert row.says.staff.en in line


class TestThePages:
    def test_they_are_as_the_code_has_them(self) -> None:
        """Every generated block in docs is what the code makes now, and none is missing."""
        pages = look_at(_DOCS)

        assert pages.faults == ()
        assert [str(path.relative_to(_ROOT)) for path, _, _ in pages.stale] == []

    def test_a_changed_row_is_noticed(self) -> None:
        """S-ACC-3: a row with another verdict, cell, rule, date or text makes its page stale."""
        page = (_DOCS / "rulebook" / "access.md").read_text()
        row = TWO_FACTOR.row("not_ticked")
        says = Says(row.says.patient, Text("Noget andet.", row.says.staff.en))
        changes = [
            evolve(row, then=refused(LoginReason.LOCKED)),
            evolve(row, rule="D-ACC-4"),
            evolve(row, since=None),
            evolve(row, says=says),
        ]
        made = blocks()

        assert refresh(page, made).unwrap().text == page
        for changed in changes:
            table = with_row(TWO_FACTOR, changed).unwrap()
            changed_blocks = {**made, TWO_FACTOR.name: table_to_markdown(table)}

            assert refresh(page, changed_blocks).unwrap().text != page

    def test_checking_and_writing(self, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        """--check shows what is stale and fails; --write brings it up to date, prose untouched."""
        docs = tmp_path / "docs"
        _ = shutil.copytree(_DOCS, docs)
        page = docs / "rulebook" / "access.md"
        whole = page.read_text()

        assert main(["--check", str(docs)]) == 0
        _ = page.write_text(whole.replace("refused:use_mitid", "granted"))
        assert main(["--check", str(docs)]) == 1
        assert "+| `not_ticked` | S-ACC-3 |" in capsys.readouterr().out
        assert page.read_text() != whole
        assert main(["--write", str(docs)]) == 0
        assert page.read_text() == whole

    def test_a_page_that_is_gone_is_noticed(
        self, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        """A table that no page shows fails the check, and writing cannot help."""
        docs = tmp_path / "docs"
        _ = shutil.copytree(_DOCS, docs)
        (docs / "rulebook" / "access.md").unlink()

        assert main(["--check", str(docs)]) == 1
        assert main(["--write", str(docs)]) == 1
        assert "no page shows login.two_factor" in capsys.readouterr().err

    @pytest.mark.parametrize(
        ("text", "fault"),
        [
            ("<!-- generated: a -->\n", PageFault(1, "the block never ends")),
            ("x\n<!-- end -->\n", PageFault(2, "no block has begun")),
            ("<!-- generated: b -->\n<!-- end -->", PageFault(1, "there is no block b")),
            (
                "<!-- generated: a -->\n<!-- generated: a -->\n<!-- end -->",
                PageFault(2, "the block of line 1 has not ended"),
            ),
            (
                "<!-- generated: a -->\n<!-- end -->\n<!-- generated: a -->\n<!-- end -->",
                PageFault(3, "the block a stands twice"),
            ),
        ],
    )
    def test_markers_that_do_not_fit(self, text: str, fault: PageFault) -> None:
        """Markers that do not fit are a fault that names the line."""
        assert refresh(text, {"a": "A"}) == Failure(fault)

    def test_prose_is_left_alone(self) -> None:
        """What stands outside the markers is kept to the letter, line ends too."""
        page = refresh("a \n\n<!-- generated: a -->\nold\n<!-- end -->\n\nz", {"a": "new"}).unwrap()

        assert page.text == "a \n\n<!-- generated: a -->\n\nnew\n\n<!-- end -->\n\nz"
        assert page.shows == {"a"}

    def test_as_a_process(self) -> None:
        """`python -m eservices_core.rulebook --check docs` is what the project's checks run."""
        done = subprocess.run(  # noqa: S603  our own interpreter and module
            [sys.executable, "-m", "eservices_core.rulebook", "--check", str(_DOCS)],
            capture_output=True,
            text=True,
            check=False,
        )

        assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def _glossary() -> list[tuple[str, str, str]]:
    lines = (_DOCS / "glossary.md").read_text().splitlines()
    rows = [
        tuple(cell.strip() for cell in line.strip("|").split("|")) for line in lines if "|" in line
    ]
    return [(row[0], row[1], row[2]) for row in rows if row[0] not in {"Danish", "---"}]


class TestTheGlossary:
    @pytest.mark.parametrize("entry", _glossary(), ids=lambda entry: entry[0])
    def test_every_name_is_there(self, entry: tuple[str, str, str]) -> None:
        """Every word has a Danish and an English form, and its name in the code is there."""
        danish, english, name = entry

        assert danish
        assert english
        if name == "-":
            return
        found = re.fullmatch(r"`([a-z_.]+:[A-Za-z_]+)`", name)
        assert found is not None, name
        assert isinstance(find_home(f"eservices_core.{found[1]}"), Success), name

    def test_no_word_stands_twice(self) -> None:
        """A Danish word has one line."""
        words = [danish for danish, _, _ in _glossary()]

        assert len(words) > 30
        assert len(words) == len(set(words))
