"""`eservices settings`: what a clinic's settings may hold, whether a file is well, what stands.

Here: the command. Not here: the file itself (`config.settings`), and changing what stands (`import
settings`).
"""

from pathlib import Path

import click

_FOLDER = Path("eservices-demo")


@click.command()
@click.option("--schema", is_flag=True, help="Write the JSON Schema of the file.")
@click.option("--check", metavar="FILE.toml", help="Read a file, and say what it holds.")
@click.option("--show", is_flag=True, help="Write what stands at a clinic, as such a file.")
@click.option("--diff", metavar="FILE.toml", help="Say which fields a file would change.")
@click.option("--clinic", metavar="ID", help="Whose, where there are several.")
@click.option(
    "--folder",
    type=click.Path(path_type=Path, file_okay=False),
    default=_FOLDER,
    show_default=True,
    help="The folder of the installation, with its eservices.toml.",
)
def settings(  # noqa: PLR0913  one for each option
    check: str | None,
    diff: str | None,
    clinic: str | None,
    folder: Path,
    *,
    schema: bool,
    show: bool,
) -> None:
    """What may a clinic's settings hold, and what do they hold now?

    With --check, the answer counts what was read; a file that is not taken is one line that names
    the first table, key and line that is wrong. --show writes a file whose first line says the
    version that stands (0: what the configuration names).
    """
    from eservices_adapters.cli.says import BadInput  # noqa: PLC0415  only this command pays

    if [schema, check is not None, show, diff is not None].count(True) != 1:
        raise BadInput("settings", "takes --schema, --check, --show or --diff, one of them")
    if schema:
        _write_schema()
    elif check is not None:
        _check(check)
    elif show:
        _show(folder, clinic)
    elif diff is not None:
        _compare(folder, clinic, diff)


def _write_schema() -> None:
    from eservices_adapters.cli.says import say  # noqa: PLC0415  only this command pays
    from eservices_adapters.config import settings as file  # noqa: PLC0415  only this command pays

    say(file.schema())


def _check(path: str) -> None:
    from eservices_adapters.cli.booking_questions import read_settings  # noqa: PLC0415  only this command pays
    from eservices_adapters.cli.says import say  # noqa: PLC0415  only this command pays

    read = read_settings(path, "--check")
    say(
        {
            "settings": "accepted",
            "practitioners": [str(each.practitioner) for each in read.booking.practitioners],
            "types": [str(each.type) for each in read.booking.types],
            "closed_periods": len(read.booking.closed),
            "consultations": read.consultation.consultations.value,
            "renewals": read.consultation.renewals.value,
            "digital_post": read.post.bought.value,
        }
    )


def _show(folder: Path, clinic: str | None) -> None:
    from eservices_adapters.cli.opened import clinic_named, open_installation  # noqa: PLC0415  only this command pays
    from eservices_adapters.config.settings_writing import write_settings  # noqa: PLC0415  only this command pays
    from eservices_core.usecases.settings_now import settings_now  # noqa: PLC0415  only this command pays

    installation = open_installation(folder)
    standing = settings_now(installation.services, clinic_named(installation, clinic))
    assert standing is not None, "the clinic was found"
    text = f"# Version {standing.version}\n\n{write_settings(standing.settings)}"
    click.echo(text.encode(), nl=False)


def _compare(folder: Path, clinic: str | None, path: str) -> None:
    from eservices_adapters.cli.booking_questions import read_settings  # noqa: PLC0415  only this command pays
    from eservices_adapters.cli.opened import clinic_named, open_installation  # noqa: PLC0415  only this command pays
    from eservices_adapters.cli.says import say  # noqa: PLC0415  only this command pays
    from eservices_core.clinic.settings_life import differences  # noqa: PLC0415  only this command pays
    from eservices_core.usecases.settings_now import settings_now  # noqa: PLC0415  only this command pays

    read = read_settings(path, "--diff")
    installation = open_installation(folder)
    standing = settings_now(installation.services, clinic_named(installation, clinic))
    assert standing is not None, "the clinic was found"
    say({"version": standing.version, "fields": list(differences(standing.settings, read))})
