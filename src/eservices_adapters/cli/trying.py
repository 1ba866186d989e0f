"""What the commands of `eservices try` share: steps that are told as they are taken, one verdict.

Here: telling. Not here: any peer (`try_post`, `try_mail`). Nothing that was typed is repeated, and
nothing that a peer says but its codes (D-LOG-1).
"""

from pathlib import Path
from typing import Final, final

import click
from attrs import frozen

from eservices_adapters.cli.documents import open_stdin
from eservices_adapters.cli.says import BadInput, say
from eservices_adapters.config.installation import Config, read_config
from eservices_core.outcome import Failure

_LINE_MAX: Final = 400

config_option = click.option(
    "--config",
    required=True,
    type=click.Path(path_type=Path, dir_okay=False),
    help="The installation's file, eservices.toml.",
)
json_option = click.option(
    "--json", "as_json", is_flag=True, help="One JSON object at the end, and nothing before it."
)
wait_option = click.option(
    "--wait",
    type=click.FloatRange(0, 3_600),
    default=30.0,
    show_default=True,
    help="Seconds to wait for what comes back.",
)


@frozen
class Step:
    """One thing that was done, and how it ended: words of ours and codes, nothing else."""

    name: str
    is_well: bool
    says: str


@final
class Trial:
    """A trial of one peer: its steps so far."""

    def __init__(self, peer: str, *, as_json: bool) -> None:
        """Begin; with `as_json` nothing is told before the end."""
        self._peer, self._as_json = peer, as_json
        self._steps: list[Step] = []
        self._told: dict[str, object] = {}

    def step(self, name: str, says: str, *, is_well: bool = True) -> bool:
        """Tell a step; gives back whether it went well."""
        self._steps.append(Step(name, is_well, says))
        if not self._as_json:
            mark = "ok" if is_well else "NO"
            click.echo(f"{mark:>3}  {name.replace('_', ' ')}: {says}")
        return is_well

    def note(self, name: str, value: str) -> None:
        """Add what the verdict holds beside its steps."""
        self._told[name] = value
        if not self._as_json:
            click.echo(f"     {name}: {value}")

    def end(self) -> int:
        """Tell the verdict; gives the exit status, 1 where a step did not go well."""
        is_well = all(step.is_well for step in self._steps)
        if self._as_json:
            steps = [
                {"step": step.name, "ok": step.is_well, "says": step.says} for step in self._steps
            ]
            say({"peer": self._peer, "ok": is_well, **self._told, "steps": steps})
        else:
            click.echo("it works" if is_well else "it does not work")
        return 0 if is_well else 1


def configured(path: Path) -> Config:
    """Read the configuration, or say the first thing that is wrong with it."""
    read = read_config(path)
    if isinstance(read, Failure):
        raise BadInput("--config", str(read.failure()[0]))
    return read.unwrap()


def asked_line(what: str) -> str:
    """Ask for one line of standard input: an argument would stand in lists of processes."""
    line = open_stdin().readline(_LINE_MAX + 1)
    try:
        text = line.decode("utf-8").strip()
    except UnicodeDecodeError:
        text = ""
    if not text or len(line) > _LINE_MAX:
        raise BadInput("standard input", f"must be one line, {what}")
    return text
