"""`eservices demo` and `story`: some days over the real adapters, and a look back at it."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from eservices_adapters.demo.people import ADULTS, CUSTODY
from eservices_core.rulebook import RULES


def _run(*arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(  # noqa: S603  our own interpreter and module
        [sys.executable, "-m", "eservices_adapters.cli", *arguments],
        cwd=cwd,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
        stdin=subprocess.DEVNULL,
    )


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[dict[str, Any]]]:
    """A demonstration that has run, as JSON."""
    cwd = tmp_path_factory.mktemp("demo")
    done = _run("demo", "--json", cwd=cwd)
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    return cwd, [json.loads(line) for line in done.stdout.splitlines()]


Told = tuple[Path, list[dict[str, Any]]]


def _steps(told: Told) -> list[dict[str, Any]]:
    return [line for line in told[1] if "who" in line]


def test_every_step_names_a_rule_of_the_rulebook(told: Told) -> None:
    """D-ACC-21: every step names the rule that decided it, and every refusal says both texts."""
    rules = set(RULES)
    assert _steps(told)
    for step in _steps(told):
        assert step["rule"] in rules, step
        if step["outcome"] == "refused":
            assert step["reason"]
            for side in ("patient", "staff"):
                assert step["text"][side]["da"]
                assert step["text"][side]["en"]


@pytest.mark.parametrize(
    ("who", "outcome", "rule"),
    [
        ("Max", "logged in", "S-ACC-2"),
        ("Nancy", "refused", "S-ACC-3"),
        ("Reception", "tick set", "S-ACC-4"),
        ("Nancy", "logged in; must choose a password", "S-ACC-4"),
        ("Anders", "refused", "D-ACC-7"),
        ("Kirsten", "custody confirmed", "S-ACC-9"),
        ("Gitte", "logged in", "S-ACC-6"),
        ("Kirsten", "created", "S-ACC-9"),
        ("Aya", "logged in", "S-ACC-10"),
        ("Gitte", "refused", "D-ACC-15"),
        ("The service", "told", "D-ACC-5"),
    ],
)
def test_the_morning_holds_what_it_promises(told: Told, who: str, outcome: str, rule: str) -> None:
    """The demonstration shows each way in, each refusal, and the birthday, by the rule named."""
    assert (who, outcome, rule) in {(s["who"], s["outcome"], s["rule"]) for s in _steps(told)}


@pytest.mark.parametrize(
    ("who", "outcome", "rule"),
    [
        ("Max and Anders", "one gets it", "D-BOOK-1"),
        ("Reception", "1", "S-BOOK-3"),
        ("The service", "approved, not confirmed", "D-BOOK-3"),
        ("The service", "confirmed", "D-BOOK-2"),
        ("The service", "undelivered", "D-BOOK-3"),
        ("Reception", "confirmed", "D-BOOK-2"),
        ("Reception", "approved, not confirmed", "D-BOOK-11"),
        ("Tove", "code mailed", "D-BOOK-7"),
        ("The service", "expired", "D-BOOK-5"),
        ("Reception", "3 on the call list", "D-BOOK-11"),
        ("Reception", "1 on the call list", "D-BOOK-2"),
        ("The service", "3 entries", "S-BOOK-2"),
        ("Anders", "refused", "D-MAIL-5"),
        ("Max", "refused", "D-MAIL-6"),
        ("Reception", "3 wait", "S-MAIL-4"),
        ("Reception", "held", "D-MAIL-4"),
        ("Reception", "refused", "D-MAIL-2"),
        ("Reception", "in the journal, and released", "S-MAIL-4"),
        ("Max", "read", "D-MAIL-4"),
        ("Reception", "E-answer created", "S-MAIL-5"),
        ("The service", "1 accepted", "D-POST-1"),
        ("Reception", "2 wait", "S-MAIL-4"),
    ],
)
def test_the_days_hold_what_they_promise(told: Told, who: str, outcome: str, rule: str) -> None:
    """The demonstration shows what becomes of bookings and of enquiries, by the rule named."""
    assert (who, outcome, rule) in {(s["who"], s["outcome"], s["rule"]) for s in _steps(told)}


def test_of_two_who_race_one_is_refused(told: Told) -> None:
    """D-BOOK-1: of Max and Anders, who really ask at once, one is told that the time is taken."""
    refused = [step for step in _steps(told) if step["rule"] == "D-BOOK-1" and step["reason"]]
    assert len(refused) == 1
    assert refused[0]["who"] in {"Max", "Anders"}
    assert refused[0]["reason"] in {"taken", "taken_by_a_booking"}


def test_a_bookings_story_says_what_each_side_reads(told: Told) -> None:
    """D-BOOK-13: a booking's story tells events, mails and acts, and a sentence for each side."""
    booking = told[1][-1]["next"][1].split()[-3]
    done = _run("story", booking, "--json", cwd=told[0])
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert {line["kind"] for line in lines} == {"act", "event", "mail"}
    events = [line for line in lines if line["kind"] == "event"]
    assert events[0]["what"] == "booking.requested"
    assert "ikke bekræftet" in events[0]["reads"]["patient"]["da"]
    confirmed = next(line for line in events if line["what"] == "booking.confirmed")
    assert confirmed["reads"]["patient"]["en"].endswith("is confirmed.")
    assert "13:00-13:15" in _run("story", booking, cwd=told[0]).stdout


def test_a_calendar_of_ones_own(tmp_path: Path) -> None:
    """S-BOOK-2: what is taken in the calendar that is given is not offered by the demonstration."""
    calendar = tmp_path / "mine.ics"
    every_day = (
        "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nUID:lunch@example.dk\r\nDTSTART:20200106T130000\r\n"
        "DTEND:20200106T131500\r\nRRULE:FREQ=DAILY\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
    )
    _ = calendar.write_bytes(every_day.encode())
    done = _run("demo", "--json", "--calendar", str(calendar), cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    steps = [json.loads(line) for line in done.stdout.splitlines() if '"who"' in line]
    both = next(step for step in steps if step["who"] == "Max and Anders")
    assert both["does"].endswith("at 13:20")
    assert calendar.read_bytes() == every_day.encode()


def test_it_ends_with_three_commands_that_run(told: Told) -> None:
    """The three commands at the end can be pasted as they stand."""
    cwd, lines = told
    commands = lines[-1]["next"]
    assert len(commands) == 3
    for command in commands:
        done = subprocess.run(  # noqa: S602  a command that the demonstration printed, as a person pastes it
            command, shell=True, cwd=cwd, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
        assert done.stdout


def test_a_story_tells_events_acts_sentences_and_mails(told: Told) -> None:
    """A story holds every kind of line, in the order of time, and the sentences of its refusals."""
    done = _run("story", "gitte", "--json", cwd=told[0])
    lines = [json.loads(line) for line in done.stdout.splitlines()]

    assert {line["kind"] for line in lines} == {"act", "event", "mail"}
    assert [line["at"] for line in lines] == sorted(line["at"] for line in lines)
    refused = [line for line in lines if line.get("refused_because")]
    assert {line["rule"] for line in refused} == {"D-ACC-7", "S-ACC-3"}
    assert all(line["text"]["patient"]["da"] and line["text"]["staff"]["en"] for line in refused)
    assert {line["what"] for line in lines if line["kind"] == "mail"} >= {
        "one_time_code",
        "turned_fifteen",
    }
    assert "2025-05-05T00:00:00+02:00" in {line["at"] for line in lines}


def test_a_story_says_how_the_guardian_stands_to_the_child(told: Told) -> None:
    """D-ACC-8: who, when, relation and register version stand in the child's story."""
    done = _run("story", "gitte", "--json", cwd=told[0])
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    verified = [line for line in lines if line["what"] == "guardianship.verified"]
    assert verified
    for line in verified:
        assert line["facts"]["relation"] in {"mother", "father", "other_holder"}
        assert {"guardian", "at", "version"} <= line["facts"].keys()
    assert "relation=" in _run("story", "gitte", cwd=told[0]).stdout


def test_no_number_leaves_the_places_where_it_belongs(told: Told) -> None:
    """D-LOG-1: no CPR number stands in what is told, in a story, in a mail or in a file's name."""
    cwd, lines = told
    numbers = [person.number.reveal() for person in (*ADULTS, *CUSTODY)]
    folder = cwd / lines[-1]["folder"]
    texts = [json.dumps(lines), _run("story", "gitte", cwd=cwd).stdout]
    texts += [file.read_text("utf-8") for file in (folder / "mailbox" / "new").iterdir()]
    texts += [str(file) for file in folder.rglob("*")]
    assert len(texts) > 10
    for text in texts:
        for number in numbers:
            assert number not in text
            assert f"{number[:6]}-{number[6:]}" not in text


def test_a_second_demonstration_takes_a_folder_of_its_own(told: Told) -> None:
    """What lies there is left alone: without a folder named, the next free one is taken."""
    done = _run("demo", cwd=told[0])
    assert done.returncode == 0
    assert "eservices-demo-2" in done.stdout
    assert done.stdout.isprintable() is False  # lines, but no colours
    assert "\x1b" not in done.stdout


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (("story", "nobody"), "PATIENT: is nobody's username, nor the id"),
        (("story", "0505109990"), "PATIENT: is nobody's username, nor the id"),
        (("story", "x y"), "PATIENT: must be a username or a user's id"),
        (("story", "gitte", "--folder", "none"), "--folder: "),
        (("demo", "--folder", "eservices-demo"), "--folder: "),
        (("demo", "--calendar", "none.ics"), "--calendar: "),
        (("demo", "--calendar", "eservices-demo/eservices.toml"), "--calendar: "),
    ],
)
def test_bad_input_is_one_line(told: Told, arguments: tuple[str, ...], line: str) -> None:
    """Bad input is one line on standard error that names the field, and exit status 2."""
    done = _run(*arguments, cwd=told[0])
    assert done.returncode == 2
    assert done.stdout == ""
    assert done.stderr.startswith(f"eservices: {line}")
    assert done.stderr.count("\n") == 1
    assert "0505109990" not in done.stderr
