"""`eservices stand-ins`: every stand-in at once, and an installation that is connected to them.

Here: the command. Not here: the stand-ins (`eservices_adapters.stand_ins.together`).
"""

import shlex
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from eservices_adapters.cli.documents import open_stdin
from eservices_adapters.cli.says import BadInput, say
from eservices_core.outcome import Failure

if TYPE_CHECKING:
    from eservices_adapters.stand_ins.together import StandIns

_PORT: Final = click.IntRange(0, 65_535)
_LINE: Final = 4_096


@click.command("stand-ins")
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
@click.option("--mitid-port", type=_PORT, default=0, help="The broker's; 0: any that is free.")
@click.option("--custody-port", type=_PORT, default=0, help="The custody register's; as above.")
@click.option("--post-port", type=_PORT, default=0, help="Digital post's; as above.")
@click.option("--calendar-port", type=_PORT, default=0, help="The calendar server's; as above.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object when they listen.")
def stand_ins(  # noqa: PLR0913  one for each option
    folder: Path,
    mitid_port: int,
    custody_port: int,
    post_port: int,
    calendar_port: int,
    *,
    as_json: bool,
) -> None:
    """Start stand-ins for MitID, the custody register, digital post and calendars.

    FOLDER is one that `eservices demo` has made; one that is empty or not there is set up in the
    same way. FOLDER/connected.toml is then the same installation, with real protocols to these
    stand-ins in place of files. They listen on this machine alone, and prove nothing of the peers
    that they stand in for.

    They run until interrupted, or until standard input ends.
    """
    try:
        from eservices_adapters.stand_ins.together import Ports, stand_ins_for  # noqa: PLC0415  see below
    except ModuleNotFoundError:
        raise BadInput("stand-ins", "need the extras mitid, custody, post and caldav") from None

    folder = folder.absolute()
    _make(folder)
    ports = Ports(mitid=mitid_port, custody=custody_port, post=post_port, calendar=calendar_port)
    ready = stand_ins_for(folder, ports)
    if isinstance(ready, Failure):
        raise BadInput("FOLDER", ready.failure()[0])
    with ExitStack() as until_the_end:
        try:
            running = until_the_end.enter_context(ready.unwrap())
        except OSError as error:
            why = (error.strerror or "no reason").lower()
            raise BadInput("stand-ins", f"cannot be started ({why})") from None
        _tell(running, as_json=as_json)
        while open_stdin().readline(_LINE):
            pass


def _make(folder: Path) -> None:
    """Set up a clinic in a folder that is empty or not there."""
    from eservices_adapters.config.setup import CONFIG_FILE  # noqa: PLC0415  as above
    from eservices_adapters.demo.box import set_up  # noqa: PLC0415  as above

    if (folder / CONFIG_FILE).exists():
        return
    if folder.exists() and any(folder.iterdir()):
        raise BadInput("FOLDER", f"has something in it, and no {CONFIG_FILE}")
    box = set_up(folder)
    if isinstance(box, Failure):
        raise BadInput("FOLDER", box.failure()[0])
    with box.unwrap().installation:
        pass


def _tell(running: "StandIns", *, as_json: bool) -> None:
    command = f"eservices try mitid --config {shlex.quote(str(running.config))}"
    if as_json:
        say({"config": str(running.config), **running.addresses, "next": command})
    else:
        for name, address in running.addresses.items():
            click.echo(f"{name:<8}  {address}")
        click.echo(f"\nThe installation that is connected to them: {running.config}")
        click.echo(f"Try one: {command}\nThey run until interrupted (Ctrl-C).")
