"""`eservices import` and `settings --show`, over an installation in a folder."""

import csv
import io
import json
from pathlib import Path

import pytest

from eservices_adapters.demo.box import set_up
from eservices_adapters.demo.people import ADULTS
from tests.adapters.config.settings_example import EXAMPLE
from tests.cli.running import Run, holds_number, run

pytest.importorskip("argon2", reason="passwords are hashed with the extra password")

ADULT = ADULTS[0]
HASH = "pbkdf2_sha256$1000$saltsaltsalt$hn4DuIDKez99e3cT8i03pJwB4BhsskEip9QplOI1YSw="
ROW = {
    "number": ADULT.number.reveal(),
    "email": "patient@example.dk",
    "owner": "own",
    "username": "patient.one",
    "password_hash": HASH,
    "no_mitid": "yes",
    "evidence": "passport",
    "name": ADULT.name,
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A clinic in a folder, which takes the hashes of the system before."""
    place = tmp_path / "clinic"
    _ = set_up(place).unwrap()
    config = place / "eservices.toml"
    taken = '\n[passwords]\ntakes_over = ["pbkdf2_sha256:1000:32"]\n'
    _ = config.write_text(config.read_text("utf-8") + taken, "utf-8")
    return place


def _csv(*rows: dict[str, str]) -> str:
    written = io.StringIO()
    writer = csv.DictWriter(written, fieldnames=list(rows[0]))
    writer.writeheader()
    writer.writerows(rows)
    return written.getvalue()


def _users(folder: Path, text: str, *more: str) -> Run:
    path = folder.parent / "users"
    _ = path.write_text(text, "utf-8")
    return run("import", "users", str(path), "--staff", "sofie", "--folder", str(folder), *more)


# --- settings ------------------------------------------------------------------------------------


@pytest.mark.leaks("the manager is shown which addresses are the clinic's own")
def test_settings_are_shown_compared_and_imported(folder: Path) -> None:
    """S-SET-1: what is shown can be changed and imported; the version then is the next."""
    at = ("--folder", str(folder))
    shown = run("settings", "--show", *at)
    assert shown.out.startswith("# Version 0\n\n[clinic]\n")
    path = folder.parent / "new.toml"
    _ = path.write_text(shown.out, "utf-8")
    assert run("settings", "--diff", str(path), *at).answer == {"version": 0, "fields": []}

    _ = path.write_text(EXAMPLE, "utf-8")
    tried = run("import", "settings", str(path), *at).answer
    assert tried["version"] == 0
    assert {"name", "booking.types"} <= set(tried["would_change"])
    done = run("import", "settings", str(path), "--apply", *at).answer
    assert done == {"version": 1, "fields": tried["would_change"]}
    assert run("import", "settings", str(path), "--apply", *at).answer["fields"] == []
    assert run("settings", "--show", *at).out.startswith("# Version 1\n")
    _ = path.write_text(EXAMPLE.replace("length = 600", "length = 700"), "utf-8")
    refused = run("import", "settings", str(path), "--apply", "--seen", "0", *at).answer
    assert (refused["rule"], refused["refused"]) == ("S-SET-1", "stale")


def test_a_clinic_that_is_not_here_is_refused(folder: Path) -> None:
    """Bad input is one line that names the option."""
    said = run("settings", "--show", "--folder", str(folder), "--clinic", "x").complaint
    assert said == "--clinic: there is no such clinic here"


# --- users ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("written", ["csv", "json"])
def test_users_are_taken_over_once(folder: Path, written: str) -> None:
    """S-ACC-4: without --apply nothing is done; twice, nothing more."""
    text = _csv(ROW) if written == "csv" else f"{json.dumps({**ROW, 'no_mitid': True})}\n"
    nothing = {"new": 0, "joined": 0, "already_here": 0, "refused": 0, "names_differ": 0}
    assert _users(folder, text).answer == {"applied": False, **nothing, "new": 1}
    assert _users(folder, text, "--apply").answer == {"applied": True, **nothing, "new": 1}
    again = _users(folder, text, "--apply").answer
    assert again == {"applied": True, **nothing, "already_here": 1}
    story = run("story", "patient.one", "--folder", str(folder), "--json").out
    assert "association.tick_set" in story
    assert ROW["number"] not in story


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"number": "0000000000"}, "line 2, number: must be a CPR number of ten characters"),
        ({"number": ""}, "line 2, number: is missing"),
        ({"email": "nobody"}, "line 2, email: must be one bare e-mail address"),
        ({"owner": "mother"}, "line 2, owner: must be own, guardian, relative or shared"),
        ({"username": "a b"}, "line 2, username: must be 3 to 64 of the characters"),
        ({"password_hash": "secret"}, "line 2, password_hash: The hash of the password is of a"),
        ({"no_mitid": "perhaps"}, "line 2, no_mitid: must be yes or no"),
        ({"evidence": ""}, "line 2, evidence: is missing, and no_mitid is set; must be passport"),
        ({"evidence": "said_so"}, "line 2, evidence: must be passport, driving_licence"),
        ({"number": "0709614150"}, "line 2, number: The clinic has no master card here."),
        ({"name": "Somebody Else"}, "line 2, name: is not the master card's; see that it is"),
    ],
)
def test_what_is_wrong_is_named_by_line_and_field(
    folder: Path, changes: dict[str, str], said: str
) -> None:
    """D-LOG-1: one line for each row that is not taken; no number, hash or address is repeated."""
    done = _users(folder, _csv({**ROW, **changes}))
    (line,) = done.err.splitlines()
    assert line.startswith(f"eservices: {said}")
    assert done.status == (0 if "name" in changes else 1)
    values = [value for value in changes.values() if len(value) > 4]
    assert not any(value in done.err + done.out for value in values)
    assert not holds_number(done.err + done.out)


def test_a_file_that_is_none_is_refused(folder: Path) -> None:
    """A row too long or too short, a field nobody knows, and what is no JSON are said by line."""
    assert "line 2, row: must have as many as the header" in _users(folder, "number,email\n1\n").err
    assert "has a field that is unknown" in _users(folder, "number,cpr\n1,2\n").err
    assert "line 2, row: must be one JSON object" in _users(folder, "{}\n{\n").err
    missing = run("import", "users", "no.csv", "--staff", "s", "--folder", str(folder)).complaint
    assert missing.startswith("FILE: cannot be read")


def test_a_person_stands_once_in_a_file(folder: Path) -> None:
    """Two rows of one person, or of one username, are one too many."""
    other = {**ROW, "number": ADULTS[1].number.reveal(), "name": ADULTS[1].name}
    done = _users(folder, _csv(ROW, ROW, other))
    assert done.err.splitlines() == [
        "eservices: line 3, number: stands further up in the file",
        "eservices: line 4, username: stands further up in the file",
    ]
