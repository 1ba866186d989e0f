import json
from pathlib import Path

import pytest

from tests.cli.running import Run, holds_number, run
from tests.cli.settings_files import NOW, Files, written

pytest.importorskip("icalendar", reason="calendars are read with the extra calendar")


@pytest.fixture
def files(tmp_path: Path) -> Files:
    """Anna, busy on Thursday 3 September from 8:20 to 11:10."""
    return written(tmp_path, ("20260903T062000Z", "20260903T091000Z"))


def _ask(files: Files, first: str, until: str, *more: str) -> Run:
    given = {"--calendar": files.calendar, "--settings": files.settings, "--now": NOW}
    words = [word for option in given.items() for word in option if option[0] not in more]
    return run("free-times", *words, "--from", first, "--to", until, *more)


def _times(result: Run) -> list[dict[str, str]]:
    assert (result.status, result.err) == (0, "")
    answer: list[dict[str, str]] = json.loads(result.out)
    return answer


def test_what_is_taken_is_not_offered(files: Files) -> None:
    """S-BOOK-2: of Thursday's 8 to 11:30, what the calendar leaves is offered, type by type."""
    result = _ask(files, "2026-09-03", "2026-09-04")

    assert _times(result) == [
        {
            "practitioner": "anna",
            "type": kind,
            "start": f"2026-09-03T{start}+02:00",
            "end": f"2026-09-03T{end}+02:00",
        }
        for kind, start, end in (
            ("consultation", "08:00", "08:20"),
            ("vaccination", "08:00", "08:10"),
            ("vaccination", "11:15", "11:25"),
        )
    ]
    assert "Anders" not in result.out


def test_the_last_day_is_not_in_it(files: Files) -> None:
    """`--to` is the day after the last: Thursday to Thursday has one Thursday in it."""
    week = _times(_ask(files, "2026-09-03", "2026-09-10"))

    assert {time["start"][:10] for time in week} == {"2026-09-03", "2026-09-08"}


def test_without_a_user_the_switches_count(files: Files) -> None:
    """D-BOOK-7: somebody without a user is offered nothing while the clinic's switch is off."""
    assert _times(_ask(files, "2026-09-03", "2026-09-04", "--without-user")) == []


def test_a_calendar_for_each_practitioner(files: Files) -> None:
    """D-BOOK-6: whose calendar is not given is not offered; who is unknown is refused."""
    own = f"anna={files.calendar}"
    assert len(_times(_ask(files, "2026-09-03", "2026-09-04", "--calendar", own))) == 3

    unknown = _ask(files, "2026-09-03", "2026-09-04", "--calendar", f"bo={files.calendar}")
    assert unknown.complaint == ("--calendar: names a practitioner who is not in the settings")


@pytest.mark.parametrize(
    ("option", "value", "said"),
    [
        ("--now", "2026-08-31T10:00", "--now: needs an offset"),
        ("--calendar", "gone.ics", "--calendar: a file cannot be read"),
        ("--settings", "gone.toml", "--settings: the file cannot be read"),
    ],
)
def test_bad_input_is_one_line(files: Files, option: str, value: str, said: str) -> None:
    """What is wrong is one line that names the option."""
    assert said in _ask(files, "2026-09-03", "2026-09-04", option, value).complaint


@pytest.mark.parametrize(
    ("first", "until", "said"),
    [
        ("2026-09-31", "2026-10-01", "--from: must be a date"),
        ("0709614606", "2026-10-01", "--from: must be a date"),
        ("2026-09-01", "2026-09-01", "--to: must be later than --from"),
        ("2026-09-01", "9999-12-31", "--to: must be a date"),
        ("1800-01-01", "2026-01-01", "--from: must lie between"),
    ],
)
def test_bad_days_are_one_line(files: Files, first: str, until: str, said: str) -> None:
    """A day that there is not, or a window without days, is refused by its option."""
    complaint = _ask(files, first, until).complaint

    assert said in complaint
    assert not holds_number(complaint)


def test_a_broken_calendar_offers_nothing(files: Files) -> None:
    """S-BOOK-2: of a calendar that cannot be understood, nobody knows what is free."""
    _ = Path(files.calendar).write_text("BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\n", "utf-8")

    assert _ask(files, "2026-09-03", "2026-09-04").complaint.startswith("--calendar: ")


def test_wrong_settings_are_named_by_table_and_key(files: Files) -> None:
    """The first thing that is wrong with the settings is said, and how many more there are."""
    _ = Path(files.settings).write_text("[booking]\nopen_bookings = 0\n", "utf-8")

    complaint = _ask(files, "2026-09-03", "2026-09-04").complaint
    assert complaint.startswith("--settings: the file clinic (line 1): missing")
    assert complaint.endswith("(and 1 more)")
