"""`eservices keys`: a new key for content, and bringing what is there under it.

Here: the commands. Not here: what a key file is (`config.key_file`), and the work (`store`).
"""

from pathlib import Path

import click


@click.group()
def keys() -> None:
    """Change the key that content lies encrypted under.

    Make a new key file, name it first in [store] content_keys, restart every program, then rekey.
    After that the earlier file may go from the list. The installation's own key stays.
    """


@keys.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
def new(file: Path) -> None:
    """Draw a key into FILE, which must not be there yet."""
    from eservices_adapters.cli.says import BadInput, say  # noqa: PLC0415  only this command pays
    from eservices_adapters.clock import SystemChance  # noqa: PLC0415  only this command pays
    from eservices_adapters.config.key_file import create_key  # noqa: PLC0415  as above

    if not file.parent.is_dir():
        raise BadInput("FILE", "is to lie in a folder that is there")
    if not create_key(file, SystemChance()):
        raise BadInput("FILE", "is there already; a key is never written over")
    say({"key_file": str(file), "next": "name it first in [store] content_keys"})


@keys.command()
@click.option("--config", required=True, metavar="FILE.toml", help="The installation's file.")
def rekey(config: str) -> None:
    """Bring all content under the newest key; it can be stopped and begun again."""
    from eservices_adapters.cli.opened import open_config  # noqa: PLC0415  only this command pays
    from eservices_adapters.cli.says import say  # noqa: PLC0415  only this command pays

    with open_config(Path(config)) as installation:
        say({"rekeyed": installation.ledger.rekey()})
