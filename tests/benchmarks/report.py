"""How a run is shown: the interpreter and the versions, then each race with its goals."""

import os
import platform
import sys
import sysconfig
from collections.abc import Sequence
from importlib.metadata import version
from statistics import median
from typing import Any, Final

from attrs import frozen

from tests.benchmarks import appointments
from tests.benchmarks.imports import Loaded
from tests.benchmarks.racing import Goal, Race, Verdict

LIBRARIES: Final = (
    "attrs",
    "cattrs",
    "returns",
    "tzdata",
    "rule-engine",
    "cedarpy",
    "casbin",
    "python-stdnum",
    "portion",
    "intervaltree",
    "eventsourcing",
    "sqlalchemy",
    "psycopg",
)


@frozen
class Run:
    """All that a run found out."""

    races: Sequence[Race]
    loaded: Sequence[Loaded]
    scenario: appointments.Scenario

    @property
    def missed(self) -> list[str]:
        """Name every goal that was missed."""
        judged = [verdict for race in self.races for verdict in race.verdicts]
        return [
            *(verdict.goal.name for verdict in judged if verdict.met is False),
            *(f"{one.statement}: no adapter's library" for one in self.loaded if one.of_adapters),
            *(row.what for row in self.scenario.rows if not row.met),
        ]


def environment() -> dict[str, Any]:
    """Say what the figures depend on."""
    flags = str(sysconfig.get_config_var("CONFIG_ARGS") or "")
    return {
        "python": f"{platform.python_implementation()} {platform.python_version()}",
        "compiler": platform.python_compiler(),
        "configured_with_optimizations": "--enable-optimizations" in flags,
        "system": f"{platform.system()} {platform.machine()}",
        "cores": os.cpu_count(),
        "versions": {name: version(name) for name in LIBRARIES},
    }


def as_data(run: Run) -> dict[str, Any]:
    """The run as JSON has it."""
    return {
        "environment": environment(),
        "races": [_race_as_data(race) for race in run.races],
        "loaded": [
            {
                "statement": loaded.statement,
                "libraries": loaded.libraries,
                "of_adapters": loaded.of_adapters,
            }
            for loaded in run.loaded
        ],
        "scenario": appointments.as_data(run.scenario),
        "missed": run.missed,
    }


def _race_as_data(race: Race) -> dict[str, Any]:
    return {
        "title": race.title,
        "unit": race.unit,
        "contestants": {
            name: {"median": median(figures), "min": min(figures), "rounds": len(figures)}
            for name, figures in race.figures.items()
        },
        "ratios": [
            {
                "name": verdict.goal.name,
                "of": verdict.goal.above,
                "to": verdict.goal.below,
                "median": verdict.ratio,
                "quartiles": [verdict.low, verdict.high],
                "at_most": verdict.goal.at_most,
                "at_least": verdict.goal.at_least,
                "met": verdict.met,
            }
            for verdict in race.verdicts
        ],
    }


def as_text(run: Run) -> str:
    """The run as a person reads it."""
    surroundings = environment()
    optimised = "with" if surroundings["configured_with_optimizations"] else "without"
    versions = ", ".join(f"{name} {number}" for name, number in surroundings["versions"].items())
    interpreter = f"{surroundings['python']}, configured {optimised} --enable-optimizations"
    machine = f"{surroundings['system']}, {surroundings['cores']} cores"
    lines = [f"{interpreter} ({surroundings['compiler']}), {machine}", versions]
    for race in run.races:
        rounds = len(next(iter(race.figures.values())))
        lines += ["", f"{race.title}; {rounds} rounds", ""]
        lines += [f"  {'':44} {'median':>10} {'min':>10}"]
        lines += [
            f"  {name:44} {_figure(median(figures)):>10} {_figure(min(figures)):>10} {race.unit}"
            for name, figures in race.figures.items()
        ]
        lines += ["", f"  {'ratio':44} {'median':>10} {'quartiles':>15}   goal"]
        lines += [_verdict_line(verdict) for verdict in race.verdicts]
    lines += ["", "Loaded beside the standard library", ""]
    for loaded in run.loaded:
        met = f"MISSED: {' '.join(loaded.of_adapters)}" if loaded.of_adapters else "met"
        lines.append(f"  {loaded.statement:44} no adapter's library: {met}")
        lines.append(f"      {', '.join(loaded.libraries) or 'nothing'}")
    lines += appointments.as_lines(run.scenario)
    lines += ["", f"Missed: {'; '.join(run.missed)}" if run.missed else "All goals are met."]
    return "\n".join(lines)


def _verdict_line(verdict: Verdict) -> str:
    spread = f"{_figure(verdict.low)}-{_figure(verdict.high)}"
    said = {True: "met", False: "MISSED", None: ""}[verdict.met]
    line = f"  {verdict.goal.name:44} {_figure(verdict.ratio):>10} {spread:>15}"
    return f"{line}   {_bound(verdict.goal)} {said}".rstrip()


def _bound(goal: Goal) -> str:
    if goal.at_most is not None:
        return f"at most {goal.at_most:g}:"
    if goal.at_least is not None:
        return f"at least {goal.at_least:g}:"
    return "none, for comparison"


def _figure(number: float) -> str:
    for least, places in ((100, 0), (10, 1)):
        if number >= least:
            return f"{number:,.{places}f}"
    return f"{number:.2f}"


def announce(line: str) -> None:
    """Say on the error output what is going on."""
    _ = sys.stderr.write(f"{line}\n")
