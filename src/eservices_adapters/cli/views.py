"""`eservices views`: are the lists what the events say, and if not, make them so.

Here: the commands. Not here: what lies on which list (`eservices_core.views`). An answer holds the
kinds of lists and counts, and no item.
"""

from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from eservices_core.usecases.rebuild_views import Difference


@click.group()
def views() -> None:
    """The lists that people work from: compare them with the events, and rebuild them."""


@views.command()
@click.option("--config", required=True, metavar="FILE.toml", help="The installation's file.")
@click.option("--check", is_flag=True, help="Change nothing; only say what differs.")
@click.pass_context
def rebuild(ctx: click.Context, config: str, *, check: bool) -> None:
    """Derive every list from the events, and replace what differs; read every name anew.

    The service may go on meanwhile; a rebuild that was stopped is simply begun again. Exit status
    with --check: 0, nothing differs; 1, something does, and the answer says what, by kind of list.
    """
    from eservices_adapters.cli.opened import open_config  # noqa: PLC0415  only this command pays
    from eservices_adapters.cli.says import say  # noqa: PLC0415  only this command pays
    from eservices_core.usecases.name_index import read_names  # noqa: PLC0415  only this command pays
    from eservices_core.usecases.rebuild_views import rebuild_views  # noqa: PLC0415  only this command pays

    with open_config(Path(config)) as box:
        found = list(rebuild_views(box.services, mend=not check))
        if not check:
            for clinic in box.services.clinics:
                _ = read_names(box.services, clinic, everybody=True)
    say(
        {
            "views": "as the events say" if not found else "different" if check else "mended",
            "differences": _counted(found),
        }
    )
    ctx.exit(int(check and bool(found)))


def _counted(found: "list[Difference]") -> dict[str, dict[str, int]]:
    counted: dict[str, dict[str, int]] = {}
    for each in found:
        of_kind = counted.setdefault(each.name.kind.value, dict.fromkeys(_WAYS, 0))
        of_kind[_way_of(each)] += 1
    return counted


_WAYS = ("missing", "stray", "misplaced")


def _way_of(each: "Difference") -> str:
    if each.lies is None:
        return "missing"
    return "stray" if each.should is None else "misplaced"
