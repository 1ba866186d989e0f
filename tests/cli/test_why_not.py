from pathlib import Path
from typing import Any

import pytest

from tests.cli.running import Run, run
from tests.cli.settings_files import NOW, Files, written

pytest.importorskip("icalendar", reason="calendars are read with the extra calendar")


@pytest.fixture
def files(tmp_path: Path) -> Files:
    """Anna, busy on Thursday 3 September from 8:20 to 11:10."""
    return written(tmp_path, ("20260903T062000Z", "20260903T091000Z"))


def _ask(files: Files, at: str, *more: str, who: str = "anna", kind: str = "consultation") -> Run:
    return run(
        "why-not", "--calendar", files.calendar, "--settings", files.settings, "--now", NOW,
        "--practitioner", who, "--type", kind, "--at", at, *more,
    )  # fmt: skip


def _answer(*given: Any, **more: Any) -> dict[str, Any]:
    answer: dict[str, Any] = _ask(*given, **more).answer
    return answer


def test_a_free_time_is_offered(files: Files) -> None:
    """D-BOOK-14: a free time is said to be offered, by its rule."""
    answer = _answer(files, "2026-09-03T08:00+02:00")

    assert list(answer) == ["offered", "reason", "rule", "next_step", "text"]
    assert answer["offered"] is True
    assert (answer["reason"], answer["rule"]) == ("offered", "S-BOOK-1")


@pytest.mark.parametrize(
    ("at", "reason", "rule"),
    [
        ("2026-09-03T08:20+02:00", "taken_in_the_calendar", "S-BOOK-2"),
        ("2026-09-03T08:05+02:00", "between_starts", "S-BOOK-1"),
        ("2026-09-03T08:20", "taken_in_the_calendar", "S-BOOK-2"),
        ("2026-09-01T08:00+02:00", "outside_periods", "S-BOOK-1"),
        ("2026-08-31T09:00+02:00", "past", "D-BOOK-10"),
        ("2026-08-31T10:20+02:00", "inside_notice", "D-BOOK-5"),
        ("2026-12-28T08:00+01:00", "beyond_horizon", "D-BOOK-10"),
        ("2027-03-28T02:30", "no_such_time", "D-BOOK-9"),
    ],
)
def test_a_reason_is_an_answer(files: Files, at: str, reason: str, rule: str) -> None:
    """D-BOOK-14: why a time is not offered is said by its row and rule, and exit status 0."""
    answer = _answer(files, at)

    assert (answer["offered"], answer["reason"], answer["rule"]) == (False, reason, rule)
    assert set(answer["text"]) == {"patient", "staff"}


def test_who_and_what_may_be_unknown(files: Files) -> None:
    """D-BOOK-14: somebody or something the settings do not have is an answer too."""
    at = "2026-09-03T08:00+02:00"

    assert _answer(files, at, who="bo")["reason"] == "no_such_practitioner"
    assert _answer(files, at, kind="surgery")["reason"] == "type_not_offered"
    without = _answer(files, at, "--without-user")
    assert (without["reason"], without["next_step"]) == ("without_user_shut_by_clinic", "log_in")


@pytest.mark.parametrize(
    ("at", "said"),
    [
        ("2026-10-25T02:30", "--at: comes twice that night"),
        ("2026-10-32T02:30", "--at: is no time"),
        ("tomorrow", "--at: must be a time"),
        ("2199-10-25T02:30", "--at: must lie between"),
    ],
)
def test_a_time_that_cannot_be_meant_is_bad_input(files: Files, at: str, said: str) -> None:
    """D-BOOK-9: a time that comes twice needs its offset; what is no time is refused."""
    assert said in _ask(files, at).complaint


def test_bad_names_are_one_line(files: Files) -> None:
    """A name that no settings can have is refused by its option."""
    assert "--practitioner: must be 1 to 64" in _ask(files, NOW, who="Anna Holm").complaint
    assert "--type: must be 1 to 64" in _ask(files, NOW, kind="").complaint
