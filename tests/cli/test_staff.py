"""`eservices staff`: a clinic's people, over a configuration (D-STAFF-1)."""

from pathlib import Path
from typing import Any

import pytest

from eservices_adapters.demo.box import CLINIC, set_up
from tests.cli.running import Run, run

pytest.importorskip("argon2", reason="an installation hashes passwords with the extra password")
pytest.importorskip("icalendar", reason="an installation reads calendars with the extra calendar")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A clinic with a doctor, who is its manager, and a reception."""
    _ = set_up(tmp_path / "clinic").unwrap()
    return tmp_path / "clinic"


def _staff(folder: Path, command: str, *more: str, by: str | None = "sofie") -> Run:
    acting = () if by is None else ("--by", by)
    config = str(folder / "eservices.toml")
    return run("staff", command, "--config", config, "--clinic", str(CLINIC), *acting, *more)


def _listed(folder: Path) -> dict[str, Any]:
    return {each["id"]: each for each in _staff(folder, "list").answer["staff"]}


def test_somebody_is_taken_on_given_a_role_and_let_go(folder: Path) -> None:
    """D-STAFF-1: enrolled, made support, gone; each seen in the list."""
    assert set(_listed(folder)) == {"sofie", "reception"}
    enrolled = _staff(folder, "enroll", "mia", "--name", "Mia Ærø").answer
    assert enrolled == {"staff": "mia", "standing": "active"}
    assert _listed(folder)["mia"]["name"] == "Mia Ærø"
    _ = _staff(folder, "role", "mia", "support").answer
    assert _listed(folder)["mia"]["role"] == "support"
    later = _staff(folder, "leave", "mia", "--at", "2090-01-01T00:00+01:00").answer
    assert later["standing"] == "active"
    assert _listed(folder)["mia"]["ends_at"] == "2090-01-01T00:00:00+01:00"
    assert _staff(folder, "leave", "mia").answer["standing"] == "left"
    assert _listed(folder)["mia"]["standing"] == "left"


@pytest.mark.parametrize(
    ("given", "by", "refused"),
    [
        (("list",), "reception", "managers_only"),
        (("list",), "nobody", "not_staff_here"),
        (("leave", "sofie"), "sofie", "last_manager"),
        (("role", "sofie", "reception"), "sofie", "last_manager"),
        (("role", "nobody", "reception"), "sofie", "not_enrolled"),
        (("enroll", "mia", "--name", "Mia", "--first"), None, "first_manager_stands"),
    ],
)
def test_a_refusal_is_an_answer(
    folder: Path, given: tuple[str, ...], by: str | None, refused: str
) -> None:
    """D-STAFF-1: who may not is told why, by the rule, and the exit status is 0."""
    answer = _staff(folder, *given, by=by).answer
    assert (answer["refused"], answer["rule"]) == (refused, "D-STAFF-1")


@pytest.mark.parametrize(
    ("given", "by", "complaint"),
    [
        (("enroll", "mia", "--name", "Mia"), None, "staff enroll: takes --by or --first"),
        (("enroll", "a b", "--name", "Mia"), "sofie", "ID: must be"),
        (("leave", "mia", "--at", "tomorrow"), "sofie", "--at: must be an instant"),
        (("role", "mia", "king"), "sofie", "ROLE: must be reception"),
    ],
)
def test_bad_input_is_one_line(
    folder: Path, given: tuple[str, ...], by: str | None, complaint: str
) -> None:
    """Bad input is one line that names the field, and exit status 2."""
    assert _staff(folder, *given, by=by).complaint.startswith(complaint)
