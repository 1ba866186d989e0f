"""`eservices try calendar`: one entry made, moved and taken away, told step by step."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from eservices_adapters.cli.says import BadInput
from eservices_adapters.cli.try_calendar import try_calendar
from eservices_adapters.clock import SystemChance
from eservices_adapters.config.setup import write_config
from eservices_adapters.stand_ins.caldav import CalDavStandIn, Manners
from eservices_core.clinic.settings import ClinicSettings
from eservices_core.words.identifiers import ClinicId
from tests.adapters.calendar.making import a_calendar
from tests.adapters.email.samples import SERVICE
from tests.cli.running import Run

LOGIN = ("eservices", "a word of the server's")
PATH = "/clinic-1/anne/"
THEIRS = a_calendar(
    "UID:x@example.com\nSUMMARY:Anders And\nDTSTART:20270301T220000Z\nDTEND:20270301T230000Z"
)


@pytest.fixture
def server() -> Iterator[CalDavStandIn]:
    """A server with Anne's calendar, which somebody else's appointment is in."""
    with CalDavStandIn([PATH], Manners(), LOGIN) as one:
        one.collections[PATH].put("theirs.ics", THEIRS)
        yield one


@pytest.fixture
def config(tmp_path: Path, server: CalDavStandIn) -> Path:
    """An installation whose calendars are on that server."""
    clinics = {ClinicId("clinic-1"): ClinicSettings("Clinic One", "+45 00 00 00 01")}
    file = write_config(tmp_path / "box", SystemChance(), service=SERVICE, clinics=clinics).unwrap()
    password = file.with_name("calendar.password")
    _ = password.write_text(LOGIN[1])
    password.chmod(0o600)
    before = 'kind = "ics_files"\npath = "calendars"'
    after = (
        f'kind = "caldav"\nurl = "{server.url("/")}{{clinic}}/{{practitioner}}/"\n'
        f'user = "{LOGIN[0]}"\npassword_file = "calendar.password"'
    )
    text = file.read_text()
    assert before in text
    _ = file.write_text(text.replace(before, after))
    return file


def _try(config: Path, *more: str, day: str = "2027-03-01", who: str = "anne") -> Run:
    args = ["--config", str(config), "--practitioner", who, "--day", day, *more]
    result = CliRunner().invoke(try_calendar, args)
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return Run(result.exit_code, result.stdout, result.stderr)


def test_every_step_is_told(config: Path, server: CalDavStandIn) -> None:
    """A calendar that works is read, and an entry is made, moved and taken away; nothing stays."""
    result = _try(config)
    assert (result.status, result.err) == (0, "")
    assert result.out.splitlines() == [
        " ok  read: 1 times are taken, 0 by us",
        " ok  make: it lies there",
        " ok  move: it lies there",
        " ok  take away: it is gone",
        "it works",
    ]
    assert server.collections[PATH].resources.keys() == {"theirs.ics"}
    assert {method for method, _ in server.asked} == {"REPORT", "PUT", "GET", "DELETE"}


def test_a_verdict_is_one_object(config: Path) -> None:
    """With --json one object says it all, and nothing of anybody's appointment."""
    answer = json.loads(_try(config, "--json").out)
    assert (answer["peer"], answer["ok"]) == ("calendar", True)
    assert [step["step"] for step in answer["steps"]] == ["read", "make", "move", "take_away"]
    assert "Anders" not in str(answer)


def test_a_server_that_takes_nothing_is_told(config: Path, server: CalDavStandIn) -> None:
    """The step that fails is the last, with the server's status and exit status 1."""
    server.manners = Manners(takes=False, refuses_with=403)
    result = _try(config)
    assert result.status == 1
    assert result.out.splitlines()[1:] == [
        " NO  reach: the calendar's server does not take our entry (403)",
        "it does not work",
    ]


def test_a_login_that_is_refused_is_told(config: Path) -> None:
    """A wrong password is told by the server's status, and never shown."""
    file = config.with_name("calendar.password")
    _ = file.write_text("another")
    result = _try(config)
    assert result.status == 1
    assert "does not let us in (401" in result.out
    assert "another" not in result.out


def test_a_day_that_is_full_is_told(config: Path, server: CalDavStandIn) -> None:
    """Where no half hour is free on that day, nothing is made."""
    whole = a_calendar("UID:y@example.com\nDTSTART;VALUE=DATE:20270301")
    server.collections[PATH].put("whole.ics", whole)
    result = _try(config)
    assert result.status == 1
    assert "no half hour is free" in result.out
    assert not [method for method, _ in server.asked if method == "PUT"]


@pytest.mark.parametrize(
    ("more", "field"),
    [
        (["--clinic", "other"], "--clinic"),
        (["--day", "tomorrow"], "--day"),
        (["--practitioner", "a b"], "--practitioner"),
    ],
)
def test_bad_input_names_its_field(config: Path, more: list[str], field: str) -> None:
    """What was typed wrong is refused by its option's name."""
    with pytest.raises(BadInput, match=field):
        _ = _try(config, *more)


def test_files_can_be_tried_too(config: Path) -> None:
    """The same steps hold for a calendar in a file."""
    text = config.read_text()
    begin, end = text.index('kind = "caldav"'), text.index("[custody]")
    _ = config.write_text(f'{text[:begin]}kind = "ics_files"\npath = "calendars"\n\n{text[end:]}')
    folder = config.parent / "calendars" / "clinic-1"
    folder.mkdir()
    _ = (folder / "anne.ics").write_bytes(THEIRS)
    assert _try(config).out.splitlines()[-1] == "it works"
    assert (folder / "anne.ics").read_bytes() == THEIRS
