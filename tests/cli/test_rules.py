import json
from pathlib import Path
from typing import Any

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from eservices_adapters.cli import rules_check
from eservices_adapters.cli.rules_check import check_rules, rules_named_in, why_homeless
from eservices_adapters.cli.rules_shown import spell_case
from eservices_core.access.facts import Measure
from eservices_core.access.login import TWO_FACTOR
from eservices_core.outcome import Failure
from eservices_core.rulebook import RULES, TABLES
from eservices_core.rulebook.index import Rule
from eservices_core.tables import Row
from eservices_core.variants import with_row, without_row
from tests.cli.running import answered_or_complained, holds_number, run


def _try(*args: str) -> Any:
    return run("rules", *args, "--try").answer["changes"]


class TestShown:
    def test_the_whole_rulebook(self) -> None:
        """Every rule and every table of the code stands in the list."""
        answer = run("rules").answer

        assert [rule["id"] for rule in answer["rules"]] == list(RULES)
        assert [table["table"] for table in answer["tables"]] == list(TABLES)
        assert all(rule["home"] or rule["open"] for rule in answer["rules"])

    def test_one_rule(self) -> None:
        """D-ACC-21: a rule is shown with its home and its rows: cells, verdict and texts."""
        answer = run("rules", "S-ACC-3").answer
        (row,) = answer["rows"]

        assert answer["home"] == "eservices_core.access.login:TWO_FACTOR"
        assert row["table"] == "login.two_factor"
        assert row["cells"] == {
            "user": ["awaiting_activation", "active"],
            "measure": ["in_force"],
            "age": ["from_15"],
            "tick": ["not_set"],
        }
        assert row["verdict"] == "refused:use_mitid"
        assert row["in_force_from"] == "2023-06-01"
        assert row["text"]["staff"]["en"].startswith("From 15, without the tick")

    @pytest.mark.parametrize("name", TABLES)
    def test_one_table(self, name: str) -> None:
        """A table is shown with its question, its facts and all its rows."""
        answer = run("rules", name).answer

        assert answer["question"] == TABLES[name].question
        assert [row["row"] for row in answer["rows"]] == [row.name for row in TABLES[name].rows]

    def test_a_rule_that_is_planned(self) -> None:
        """A rule of a part that is not built yet says where it will live."""
        answer = run("rules", "S-SITE-1").answer

        assert (answer["home"], answer["rows"]) == (None, [])
        assert answer["open"] == [{"part": "portal", "what": "all of it"}]

    @pytest.mark.parametrize(
        "args",
        [
            (),
            ("S-ACC-6",),
            ("login.mitid",),
            ("--check",),
            ("login.two_factor", "--try"),
            ("--try", "--verdict", "not_ticked=code_required"),
        ],
    )
    def test_a_table_for_a_person(self, args: tuple[str, ...]) -> None:
        """With --table the same is drawn, and nothing of it is JSON."""
        result = run("rules", *args, "--table")

        assert result.err == ""
        assert "│" in result.out
        assert '{"' not in result.out

    @pytest.mark.parametrize(
        ("name", "complaint"),
        [
            ("S-ACC-99", "rule or table: there is no such rule or table"),
            ("login.twofactor", "login.twofactor: there is no such rule or table; did you mean"),
            ("0709614606", "rule or table: there is no such rule or table"),
            ("", "rule or table: there is no such rule or table"),
        ],
    )
    def test_an_unknown_name(self, name: str, complaint: str) -> None:
        """An unknown ID is bad input, and so it is when something is to be tried on it."""
        for args in (("rules", name), ("rules", name, "--try")):
            assert run(*args).complaint.startswith(complaint)


class TestChecked:
    def test_every_rule_that_is_built_has_a_home(self) -> None:
        """Every home can be imported, and its module cites the rule that lives there."""
        assert {rule.id: why_homeless(rule) for rule in RULES.values() if why_homeless(rule)} == {}

    def test_a_home_that_is_not_there(self) -> None:
        """A home that cannot be imported, or that does not cite its rule, is found."""
        rule = RULES["S-ACC-3"]
        homes = {
            "eservices_core.access.login:NOTHING": "there is nothing of that name",
            "eservices_core.nowhere:MITID": "there is nothing of that name",
            "eservices_core.texts:Text": "its module does not cite the rule",
        }

        assert {home: why_homeless(evolve(rule, home=home)) for home in homes} == homes

    def test_a_rule_is_cited_by_its_whole_id(self) -> None:
        """D-ACC-1 is not cited by a module that cites D-ACC-16."""
        rule = Rule("D-ACC-1", "made up", "eservices_core.access.linking:LINKING")

        assert why_homeless(rule) == "its module does not cite the rule"

    def test_tests_name_rules_in_docstrings(self, tmp_path: Path) -> None:
        """A test names a rule in a docstring of its own, its class or its module, nowhere else."""
        _ = (tmp_path / "test_it.py").write_text(
            '"""D-ACC-1: the module."""\n'
            'class TestIt:\n    """S-ACC-2, S-ACC-3: the class."""\n'
            '    async def test(self):\n        """D-ACC-16: the function."""\n'
            '        x = "S-ACC-9"  # S-ACC-8\n'
        )
        _ = (tmp_path / "notes.md").write_text("S-ACC-7")

        assert rules_named_in(tmp_path) == {"D-ACC-1", "S-ACC-2", "S-ACC-3", "D-ACC-16"}

    def test_a_rule_without_a_test_is_found(self, tmp_path: Path) -> None:
        """With a folder of no tests every built rule lacks one, and the exit status is 1."""
        result = run("rules", "--check", "--tests", str(tmp_path))
        built = [rule.id for rule in RULES.values() if rule.home is not None]

        assert result.status == 1
        assert result.answer["without_test"] == built
        assert result.answer["ok"] is False

    def test_planned_rules_are_open_and_not_missing(self, tmp_path: Path) -> None:
        """With a test for each built rule nothing is missing; what is planned is listed as open."""
        ids = ", ".join(rule.id for rule in RULES.values() if rule.home is not None)
        _ = (tmp_path / "test_all.py").write_text(f'"""{ids}"""\n')
        result = run("rules", "--check", "--tests", str(tmp_path))

        assert (result.status, result.answer["ok"]) == (0, True)
        planned = {"id": "S-SITE-1", "part": "portal", "what": "all of it"}
        assert planned in result.answer["open"]

    def test_without_a_folder_tests_are_not_looked_at(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Where there is no ./tests, tests are reported as not looked at, and none is missing."""
        monkeypatch.chdir(tmp_path)
        result = run("rules", "--check")

        assert (result.status, result.answer["tests_looked_at"]) == (0, False)
        assert result.answer["without_test"] == []

    def test_a_home_that_is_lost_fails_the_check(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """A rule whose home is gone makes the check fail, tests or no tests."""
        lost = evolve(RULES["S-ACC-3"], home="eservices_core.access.login:GONE")
        monkeypatch.setattr(rules_check, "RULES", {**RULES, lost.id: lost})
        findings: Any = check_rules(None)

        assert findings["ok"] is False
        assert [one["id"] for one in findings["without_home"]] == ["S-ACC-3"]

    @pytest.mark.parametrize(
        ("args", "complaint"),
        [
            (("--check", "--tests", "0709614606"), "--tests: must be a folder"),
            (("--check", "--tests", "\0"), "--tests: must be a folder"),
            (("--tests", "."), "--tests: goes with --check"),
            (("--check", "--try"), "--check: looks at every rule"),
            (("S-ACC-1", "--check"), "--check: looks at every rule"),
        ],
    )
    def test_bad_input(self, args: tuple[str, ...], complaint: str) -> None:
        """What does not go together is one line that names the option."""
        line = run("rules", *args).complaint

        assert line.startswith(complaint)
        assert not holds_number(line)

    @pytest.mark.parametrize("source", ["def (", "x = '\0'", "\ud800"])
    def test_a_file_that_is_no_python(self, source: str, tmp_path: Path) -> None:
        """A test file that cannot be read is one line, not a traceback."""
        _ = (tmp_path / "test_it.py").write_bytes(source.encode("utf-8", "surrogatepass"))
        line = run("rules", "--check", "--tests", str(tmp_path)).complaint

        assert line == "--tests: holds a file that cannot be read as Python"


class TestTried:
    def test_each_row_in_turn(self) -> None:
        """Without a change, every row of every table is left out once; none can be spared."""
        changes = _try()

        assert len(changes) == sum(len(table.rows) for table in TABLES.values())
        for change, (table, row) in zip(
            changes, [(t, r) for t in TABLES.values() for r in t.rows], strict=True
        ):
            assert change["change"] == [f"drop {row.name}"]
            assert change["gap"] == without_row(table, row.name).failure().message
            assert change["answered_otherwise"] is None

    def test_the_rows_of_one_rule(self) -> None:
        """With an ID, only the rows that carry out that rule are left out."""
        changes = _try("S-ACC-10")

        assert [(change["table"], change["change"]) for change in changes] == [
            ("login.two_factor", ["drop new_child_verified"])
        ]

    def test_a_row_left_out(self) -> None:
        """S-ACC-3: without its row nobody answers who is 15 and has no tick."""
        (change,) = _try("login.two_factor", "--drop", "not_ticked")

        assert change["gap"].startswith("login.two_factor: no row answers ")
        assert "tick=NOT_SET" in change["gap"]

    def test_a_cell_that_reads_too_much(self) -> None:
        """S-ACC-3: if its row read the tick no more, some cases would have two answers."""
        (change,) = _try("--set", "not_ticked.tick=-")

        assert "both answer" in change["gap"]

    def test_a_cell_that_reads_too_little(self) -> None:
        """S-ACC-3: if its row read one status only, the other would have no answer."""
        (change,) = _try("--set", "not_ticked.user=active")

        assert "no row answers" in change["gap"]
        assert "AWAITING_ACTIVATION" in change["gap"]

    def test_a_verdict_that_changes_cases(self) -> None:
        """S-ACC-3: let it answer otherwise, and its cases are counted, the first of them shown."""
        (change,) = _try("--verdict", "not_ticked=code_required")
        row = TWO_FACTOR.row("not_ticked")
        its_own = [case for case in TWO_FACTOR.cases() if TWO_FACTOR.decide(case) is row]

        assert change["gap"] is None
        assert change["answered_otherwise"]["count"] == len(its_own)
        assert change["answered_otherwise"]["of"] == len(list(TWO_FACTOR.cases()))
        assert change["answered_otherwise"]["first"][0] == {
            "case": spell_case(its_own[0]),
            "before": {"row": "not_ticked", "verdict": "refused:use_mitid"},
            "after": {"row": "not_ticked", "verdict": "code_required"},
        }

    def test_changes_are_made_together(self) -> None:
        """Of two changes one may fill the gap that the other leaves."""
        (change,) = _try(
            "--drop",
            "login.two_factor/locked",
            "--set",
            "login.two_factor/closed.user=closed,locked",
        )

        assert change["gap"] is None
        assert change["change"] == ["drop locked", "set closed.user to closed, locked"]
        assert {one["after"]["row"] for one in change["answered_otherwise"]["first"]} == {"closed"}

    def test_a_change_to_what_stands_changes_nothing(self) -> None:
        """The cell as it is, set anew, leaves every answer as it was."""
        (change,) = _try("--set", "not_ticked.tick=not_set")

        assert change["answered_otherwise"] == {"count": 0, "of": 80, "first": []}

    def test_the_rules_themselves_are_not_touched(self) -> None:
        """After any trying the tables answer as before."""
        before = {name: [row.then for row in table.rows] for name, table in TABLES.items()}
        _ = _try("--verdict", "not_ticked=code_required")

        assert {name: [r.then for r in table.rows] for name, table in TABLES.items()} == before
        assert run("rules", "S-ACC-3").answer["rows"][0]["verdict"] == "refused:use_mitid"

    @pytest.mark.parametrize("table", TABLES.values(), ids=lambda table: table.name)
    def test_it_agrees_with_the_variants(self, table: Any) -> None:
        """A row that reads one fact no more comes to what the variant of the table comes to."""
        for row in table.rows:
            for fact in row.when:
                (change,) = _try(table.name, "--set", f"{row.name}.{fact}=-")
                wider: Row[Any] = evolve(
                    row, when={name: cell for name, cell in row.when.items() if name != fact}
                )
                outcome = with_row(table, wider)

                if isinstance(outcome, Failure):
                    assert change["gap"] == outcome.failure().message
                else:
                    assert change["gap"] is None

    @pytest.mark.parametrize(
        ("args", "complaint"),
        [
            (("--drop", "locked"), "--drop: goes with --try"),
            (("--set", "locked.user=none"), "--set: goes with --try"),
            (("--verdict", "locked=granted"), "--verdict: goes with --try"),
            (("--try", "--drop", "lockd"), "--drop: lockd: there is no such row; did you mean"),
            (("--try", "--drop", "closed"), "--drop: which one: login.mitid/closed or login.two_f"),
            (("--try", "--drop", "0709614606"), "--drop: row: there is no such row"),
            (("--try", "--set", "locked.user"), "--set: must be ROW.CELL=VALUE[,VALUE]"),
            (("--try", "--set", "locked=x"), "--set: must be ROW.CELL=VALUE[,VALUE]"),
            (("--try", "--set", "locked.usr=x"), "--set: usr: there is no such cell; did you mean"),
            (("--try", "--set", "locked.user=actve"), "--set user: actve: there is no such value"),
            (("--try", "--set", "locked.user="), "--set user: value: there is no such value"),
            (("--try", "--set", "locked.user=none,"), "--set user: value: there is no such value"),
            (("--try", "--verdict", "locked"), "--verdict: must be ROW=VERDICT"),
            (("--try", "--verdict", "locked=granted:locked"), "--verdict: verdict: there is no su"),
            (("--try", "--verdict", "locked=refused"), "--verdict: refused: there is no such verd"),
            (("D-ACC-1", "--try"), "ID: no row of a table carries out this rule"),
            (("S-ACC-3", "--try", "--drop", "locked"), "--drop: locked: there is no such row"),
        ],
    )
    def test_bad_input(self, args: tuple[str, ...], complaint: str) -> None:
        """A change that cannot be read is one line that names the option and what it knows."""
        line = run("rules", *args).complaint

        assert line.startswith(complaint)
        assert not holds_number(line)

    @given(st.sampled_from(["--drop", "--set", "--verdict"]), st.text(max_size=30))
    def test_any_change(self, option: str, change: str) -> None:
        """Whatever is to be tried, the end is an answer or one line without a number."""
        result = run("rules", "--try", option, change)

        answered_or_complained(result)
        assert not holds_number(result.err)


def test_a_case_is_spelled_by_its_facts() -> None:
    """A case is told as the facts that it is made of."""
    case = next(iter(TWO_FACTOR.cases()))

    assert spell_case(case)["measure"] in {measure.value for measure in Measure}
    assert json.dumps(spell_case(case))
