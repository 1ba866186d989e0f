"""The same demo scenario as django-appointment: what each accepts that nobody can keep.

Nothing here is timed. Each row counts what came of the same acts on both sides; `goal` is what ours
has to come to. Theirs runs in a process of its own (`appointments_django`), ours in this one
(`appointments_ours`), both over SQLite in a temporary folder. All days lie ahead of the machine's
clock, which is the only one that theirs knows.
"""

import json
import socket
import sys
from collections.abc import Callable
from datetime import date, timedelta
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from subprocess import DEVNULL, PIPE
from subprocess import run as run_process
from tempfile import TemporaryDirectory
from typing import Any, Final

from attrs import frozen

from eservices_adapters.clock import SystemClock
from eservices_core.words.clinic_time import COPENHAGEN
from tests.benchmarks import appointments_ours

PEER: Final = "django-appointment"


@frozen
class Row:
    """What both sides came to: a count, and what else can be said of it."""

    what: str
    theirs: int
    ours: int
    goal: int
    theirs_said: str
    ours_said: str

    @property
    def met(self) -> bool:
        """Whether ours came to what it has to."""
        return self.ours == self.goal


@frozen
class Scenario:
    """The rows, or why there are none."""

    versions: dict[str, str]
    rows: tuple[Row, ...]
    skipped: str | None = None


def play() -> Scenario:
    """Play the scenario on both sides; skipped where the peer is not installed."""
    try:
        versions = {PEER: version(PEER), "Django": version("django")}
    except PackageNotFoundError:
        return Scenario({}, (), f"skipped: {PEER} is not installed (group bench)")
    plan = _plan()
    with TemporaryDirectory() as folder:
        theirs = _theirs(Path(folder), plan)
        ours = appointments_ours.play(Path(folder), plan)
    return Scenario(versions, _rows(plan, theirs, ours))


def _plan() -> dict[str, Any]:
    today = SystemClock().now().astimezone(COPENHAGEN).date()
    monday = today + timedelta(days=14 - today.weekday())
    names = ("in_turn", "in_parallel", "apart", "at_night", "mail_down")
    days = {name: monday + timedelta(days=place) for place, name in enumerate(names)}
    days["link"] = monday + timedelta(days=7)
    days["no_such_time"] = _clocks_go_forward(today + timedelta(days=14))
    with socket.socket() as taken:  # closed again at once: a port that nobody listens on
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
    return {
        "days": {name: day.isoformat() for name, day in days.items()},
        "apart_at": list(range(8, 16)),
        "at_night_at": "03:00",
        "no_such_time_at": "02:15",
        "closed_port": port,
    }


def _clocks_go_forward(earliest: date) -> date:
    """The first last Sunday of March from some day on, when 02:00 to 03:00 are skipped."""
    ends = (date(year, 3, 31) for year in (earliest.year, earliest.year + 1))
    sundays = (end - timedelta(days=(end.weekday() + 1) % 7) for end in ends)
    return next(sunday for sunday in sundays if sunday >= earliest)


def _theirs(folder: Path, plan: dict[str, Any]) -> dict[str, Any]:
    command = [sys.executable, "-m", "tests.benchmarks.appointments_django", str(folder)]
    done = run_process(  # noqa: S603  this interpreter, and a module of ours
        command, input=json.dumps(plan), text=True, stdout=DEVNULL, stderr=PIPE, check=False
    )
    assert done.returncode == 0, done.stderr
    came: dict[str, Any] = json.loads((folder / "came.json").read_text())
    return came


def _rows(plan: dict[str, Any], theirs: dict[str, Any], ours: dict[str, Any]) -> tuple[Row, ...]:
    def row(what: str, key: str, goal: int, said: Callable[[dict[str, Any]], str] = _said) -> Row:
        mine, other = ours[key], theirs[key]
        return Row(what, _count(other), _count(mine), goal, said(other), said(mine))

    gap = plan["days"]["no_such_time"]
    return (
        row("3 patients ask for one time, in turn: accepted", "in_turn", 1),
        row("8 patients ask for one time, in parallel: accepted", "in_parallel", 1),
        row("8 patients ask for 8 times, in parallel: accepted", "apart", 8),
        row("03:00, hours 8 to 16: accepted", "at_night", 0),
        row(f"02:15 on {gap}, skipped by the clock: accepted", "no_such_time", 0),
        row("mail server down: confirmed", "mail_down", 0, _said_of_mail),
        row("one anonymous GET of the mailed link: changed", "link", 0, _said_of_link),
    )


def _count(came: dict[str, Any]) -> int:
    """What is counted: confirmed where a side knows that, a booking where it is the same to it."""
    count: int = next(came[name] for name in ("confirmed", "changed", "booked") if name in came)
    return count


def _said(came: dict[str, Any]) -> str:
    listed = {True: "in its list of free times", False: "not in its list of free times"}
    words = [listed[came["listed"]]] if "listed" in came else []
    return "; ".join([*words, *came.get("refused", ())])


def _said_of_mail(came: dict[str, Any]) -> str:
    if "state" in came:
        return f"{came['state']}; {came['state_when_it_is_back']} when the server is back"
    thanks = "thank-you page" if came["thanks"] else "another page"
    return f"booked, {thanks} {came['page']}, {came['errors_logged']} errors in the log"


def _said_of_link(came: dict[str, Any]) -> str:
    if "shown" in came:
        return "booking shown" if came["shown"] else "nothing shown"
    return f"appointment {'moved' if came['changed'] else 'not moved'}, status {came['page']}"


def as_lines(scenario: Scenario) -> list[str]:
    """The scenario as a person reads it."""
    title = f"The same demo scenario as {PEER}"
    if scenario.skipped is not None:
        return ["", f"{title}: {scenario.skipped}"]
    versions = ", ".join(f"{name} {number}" for name, number in scenario.versions.items())
    lines = ["", f"{title} ({versions}; counted, not timed)", ""]
    lines.append(f"  {'':58} {'theirs':>6} {'ours':>6}   goal")
    for row in scenario.rows:
        said = "met" if row.met else "MISSED"
        lines.append(f"  {row.what:58} {row.theirs:>6} {row.ours:>6}   {row.goal}: {said}")
        for who, words in (("theirs", row.theirs_said), ("ours", row.ours_said)):
            lines += [f"      {who}: {words}"] if words else []
    return lines


def as_data(scenario: Scenario) -> dict[str, Any]:
    """The scenario as JSON has it."""
    return {
        "versions": scenario.versions,
        "skipped": scenario.skipped,
        "rows": [
            {
                "what": row.what,
                "theirs": {"count": row.theirs, "said": row.theirs_said},
                "ours": {"count": row.ours, "said": row.ours_said},
                "goal": row.goal,
                "met": row.met,
            }
            for row in scenario.rows
        ],
    }
