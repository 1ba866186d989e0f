"""`eservices try custody` against the stand-in and an extract, over an installation's file."""

from collections.abc import Generator
from pathlib import Path
from typing import Any

import pytest
from attrs import frozen

from eservices_adapters.cli import root
from eservices_adapters.stand_ins.custody_register import (
    Behaviour,
    CustodyRegisterStandIn,
    Registered,
)
from eservices_core.words.civil_number import CivilNumber
from tests.adapters.config.test_read_config import KEY, ONE, TOML, TWO
from tests.adapters.custody import extracts as x
from tests.adapters.custody.cases import ANNA, BENT, CHILD, DORTE, NEW
from tests.cli.running import Run, holds_number, run

OF_THE_CHILD = (
    "urn:oio:medcom:cprservice:1.0.4a: living; listed: mother (******-****), "
    "father_without_custody (******-****), other_holder (without a number)"
)
FOLDER = '[custody]\nkind = "folder"\npath = "register"\n'


@frozen
class Here:
    """An installation, and the stand-in that it names."""

    folder: Path
    register: CustodyRegisterStandIn

    def tries(self, *lines: tuple[CivilNumber, ...], more: tuple[str, ...] = ()) -> Run:
        """Ask about the numbers, one or two a line."""
        typed = "".join(" ".join(each.reveal() for each in line) + "\n" for line in lines)
        return self.given(typed, more)

    def given(self, typed: str | bytes, more: tuple[str, ...] = ()) -> Run:
        """Run the command with anything on standard input."""
        config = str(self.folder / "eservices.toml")
        return run("try-custody", "--config", config, *more, stdin=typed)

    def steps(self, *lines: tuple[CivilNumber, ...]) -> Any:
        """Run it for the steps of its verdict."""
        return self.tries(*lines, more=("--json",)).answer["steps"]

    def chooses(self, section: str) -> None:
        """Have another section [custody]."""
        assert FOLDER in TOML
        _ = (self.folder / "eservices.toml").write_text(TOML.replace(FOLDER, section))


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Generator[Here]:
    """An installation over a stand-in that knows a family."""
    where = "eservices_adapters.cli.try_custody:try_custody"
    monkeypatch.setattr(root, "_COMMANDS", {"try-custody": where})
    (tmp_path / "register").mkdir()
    for name in ("persons.toml", "cards.toml"):
        _ = (tmp_path / name).write_text("")
    for name, text in (("one.toml", ONE), ("two.toml", TWO)):
        _ = (tmp_path / name).write_text(text, "utf-8")
    _ = (tmp_path / "installation.key").write_text(f"{KEY}\n")
    (tmp_path / "installation.key").chmod(0o600)
    with CustodyRegisterStandIn() as register:
        register.knows(
            Registered(CHILD, ((ANNA, "mor"), (BENT, "far_uden"), (None, "anden"))),
            Registered(ANNA),
            Registered(BENT, status="60", current=NEW),
            Registered(NEW, prior=BENT, is_protected=True),
        )
        installed = Here(tmp_path, register)
        installed.chooses(f'[custody]\nkind = "dgcpr"\nurl = "{register.url}"\ndeadline = "1 s"\n')
        yield installed


def test_it_tells_a_person_step_by_step(here: Here) -> None:
    """S-ACC-9: the line is looked at, each number is asked about, the verdict is told."""
    done = here.tries((CHILD, ANNA))
    assert done.status == 0, done
    assert done.out.splitlines() == [
        "     kind: dgcpr",
        " ok  look: the register answers",
        f" ok  line 1: {OF_THE_CHILD}",
        " ok  line 1: urn:oio:medcom:cprservice:1.0.4a: living; listed: nobody",
        " ok  verdict 1: verified (S-ACC-9)",
        "it works",
    ]


def test_the_verdict_is_one_object(here: Here) -> None:
    """D-ACC-7: for programs each line's answers and verdict stand in one object."""
    verdict = here.tries((CHILD,), (CHILD, NEW), (DORTE,), more=("--json",)).answer
    assert (verdict["peer"], verdict["ok"], verdict["kind"]) == ("custody", True, "dgcpr")
    assert [(step["step"], step["says"]) for step in verdict["steps"]] == [
        ("look", "the register answers"),
        ("line_1", OF_THE_CHILD),
        ("line_2", OF_THE_CHILD),
        ("line_2", "urn:oio:medcom:cprservice:1.0.4a: living, protected; listed: nobody"),
        ("verdict_2", "cannot_verify, protected_person (D-ACC-19)"),
        ("line_3", "is in no register"),
    ]


def test_a_changed_number_is_told(here: Here) -> None:
    """D-ACC-16: that a number has been changed is told, and the new number is not."""
    (_, step) = here.steps((BENT,))
    assert step["says"].endswith("living, protected, the number has been changed; listed: nobody")


def test_no_number_is_shown(here: Here) -> None:
    """D-LOG-1: neither what was typed nor what was answered comes back."""
    for more in ((), ("--json",)):
        done = here.tries((CHILD, ANNA), (BENT,), more=more)
        assert not holds_number(done.out + done.err)


@pytest.mark.parametrize(
    ("behaviour", "says"),
    [
        (Behaviour.IS_SILENT, "no answer: too_late"),
        (Behaviour.IS_DOWN, "no answer: status 503"),
        (Behaviour.REFUSES, "no answer: fault not_authorized"),
        (Behaviour.FAILS, "no answer: fault other"),
        (Behaviour.SENDS_A_DOCTYPE, "no answer: cannot be read (doctype)"),
        (Behaviour.IS_OLDER, "answered in a version that does not tell who holds custody"),
        (Behaviour.ANSWERS_ABOUT_ANOTHER, "the answer is about somebody else"),
    ],
)
def test_what_goes_wrong_is_named(here: Here, behaviour: Behaviour, says: str) -> None:
    """D-ACC-8: each way to get no answer is told by its own name, with the status 1."""
    here.register.behaviour = behaviour
    done = here.tries((CHILD,), more=("--json",))
    assert done.status == 1
    assert done.answer["steps"][-1] == {"step": "line_1", "ok": False, "says": says}


def test_a_card_that_is_missing_is_named(here: Here) -> None:
    """Nothing is asked without an ID card that can be used, and both steps say why."""
    here.chooses(
        f'[custody]\nkind = "dgcpr"\nurl = "{here.register.url}"\nid_card_file = "card.xml"\n'
    )
    look, answers, line = here.steps((CHILD,))
    assert (look["ok"], answers["ok"], line["ok"]) == (False, True, False)
    assert line["says"].startswith("no answer: the ID card: expected a regular file")
    assert here.register.questions == []


def test_a_number_changed_twice_is_no_answer(here: Here) -> None:
    """D-ACC-16: doubt is told as what it is, though the line is well."""
    here.register.knows(Registered(NEW, status="60", current=CHILD))
    assert here.steps((BENT,))[-1]["says"] == "no answer: an answer that nobody can rely on"


def test_an_extract_is_tried_too(here: Here) -> None:
    """docs/decisions/0042: an extract says how old it is, and answers like the service."""
    here.chooses('[custody]\nkind = "extract"\npath = "extract.txt"\nstands_for = "35 days"\n')
    records = [
        x.person(CHILD.reveal()),
        x.parents(CHILD.reveal(), ANNA.reveal(), BENT.reveal()),
        x.custody(CHILD.reveal(), "0003"),
    ]
    _ = (here.folder / "extract.txt").write_bytes(x.extract(records, produced="20200101"))
    look, line = here.steps((CHILD,))
    assert not look["ok"]
    assert look["says"].startswith("the extract is whole, and ")
    assert line["says"] == "no answer: an answer that nobody can rely on"


@pytest.mark.parametrize(
    "typed",
    ["", "\n \n", "290698-001x\n", "2906980013 0709614606 0709614231\n", "1\n" * 21, b"\xff\n"],
    ids=["nothing", "blanks", "no number", "three in a line", "too many", "no text"],
)
def test_what_is_typed_wrong_is_never_repeated(here: Here, typed: str | bytes) -> None:
    """D-LOG-1: bad input is one line that holds nothing of it."""
    complaint = here.given(typed).complaint
    assert complaint == "standard input: must be 1 to 20 lines of one or two CPR numbers"
    assert here.register.questions == []
