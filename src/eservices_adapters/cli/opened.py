"""Opening an installation for a command: its folder's configuration, and all that it builds.

Here: what several commands share. Not here: building (`compose`).
"""

from pathlib import Path
from typing import Final

import click

from eservices_adapters.cli.says import BadInput
from eservices_adapters.compose import Installation, compose
from eservices_adapters.config.installation import read_config
from eservices_adapters.store import NewerSchema, NotALedger, OlderSchema, WrongKey
from eservices_core.outcome import Failure
from eservices_core.words.identifiers import ClinicId

FOLDER: Final = Path("eservices-demo")

folder_option = click.option(
    "--folder",
    type=click.Path(path_type=Path, file_okay=False),
    default=FOLDER,
    show_default=True,
    help="The folder of the clinic, with its eservices.toml.",
)


def open_installation(folder: Path) -> Installation:
    """Open what a folder's eservices.toml says, or say the first thing that is wrong with it."""
    config = read_config(folder / "eservices.toml")
    if isinstance(config, Failure):
        raise BadInput("--folder", str(config.failure()[0]))
    composed = compose(config.unwrap())
    if isinstance(composed, Failure):
        raise BadInput("--folder", composed.failure()[0])
    return composed.unwrap()


def open_config(file: Path) -> Installation:
    """Open what a configuration file says, or say the first thing that is wrong with it."""
    config = read_config(file)
    if isinstance(config, Failure):
        raise BadInput("--config", str(config.failure()[0]))
    try:
        composed = compose(config.unwrap())
    except (NewerSchema, NotALedger, OlderSchema, WrongKey) as error:
        raise BadInput("--config", f"the ledger cannot be opened: {type(error).__name__}") from None
    if isinstance(composed, Failure):
        raise BadInput("--config", composed.failure()[0])
    return composed.unwrap()


def clinic_named(installation: Installation, name: str | None) -> ClinicId:
    """Find the clinic that `--clinic` names; it may be left out where there is one alone."""
    clinics = installation.services.clinics
    if name is None:
        if len(clinics) > 1:
            raise BadInput("--clinic", "is missing, and there are several clinics")
        return next(iter(clinics))
    found = next((each for each in clinics if str(each) == name), None)
    if found is None:
        raise BadInput("--clinic", "there is no such clinic here")
    return found
