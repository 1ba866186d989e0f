"""`eservices import`: settings and users from the system that was there before.

Here: the commands. Both only say what they would do until `--apply` is given. Not here: how a file
of users is read (`user_rows`), and what is taken (`usecases.import_user`, `change_settings`).
"""

from pathlib import Path

import click

_FOLDER = Path("eservices-demo")

_folder = click.option(
    "--folder",
    type=click.Path(path_type=Path, file_okay=False),
    default=_FOLDER,
    show_default=True,
    help="The folder of the installation, with its eservices.toml.",
)
_apply = click.option("--apply", is_flag=True, help="Do it; else it is only said what would be.")


@click.group("import")
def import_() -> None:
    """Take settings or users over from the system that was there before."""


@import_.command("settings")
@click.argument("path", metavar="FILE.toml")
@click.option("--clinic", metavar="ID", help="Whose, where there are several.")
@click.option("--seen", type=int, help="The version that the file was made from; else the newest.")
@_folder
@_apply
def import_settings(
    path: str, clinic: str | None, seen: int | None, folder: Path, *, apply: bool
) -> None:
    """Make FILE.toml the settings of a clinic, as a new version.

    The answer: the version that stands, and the fields that changed. A version that was changed
    since `--seen` is refused.
    """
    from eservices_adapters.cli.booking_questions import read_settings  # noqa: PLC0415  only this command pays
    from eservices_adapters.cli.opened import clinic_named, open_installation  # noqa: PLC0415  only this command pays
    from eservices_adapters.cli.says import in_both, say  # noqa: PLC0415  only this command pays
    from eservices_core.clinic.settings_life import differences  # noqa: PLC0415  only this command pays
    from eservices_core.outcome import Failure  # noqa: PLC0415  only this command pays
    from eservices_core.ports.ledger import BySystem  # noqa: PLC0415  only this command pays
    from eservices_core.usecases import change_settings as use  # noqa: PLC0415  only this command pays
    from eservices_core.usecases.settings_now import settings_now  # noqa: PLC0415  only this command pays

    chosen = read_settings(path, "FILE.toml")
    services = (installation := open_installation(folder)).services
    whose = clinic_named(installation, clinic)
    standing = settings_now(services, whose)
    assert standing is not None, "the clinic was found"
    if not apply:
        fields = differences(standing.settings, chosen)
        say({"would_change": list(fields), "version": standing.version})
        return
    command = use.ImportSettings(
        key=f"import-{services.chance.entropy(16).hex()}",
        by=BySystem(),
        clinic=whose,
        seen=standing.version if seen is None else seen,
        settings=chosen,
    )
    done = use.import_settings(services, command)
    if isinstance(done, Failure):
        refused = done.failure()
        staff = in_both(refused.says.staff)
        say({"refused": refused.reason, "rule": refused.rule, "text": staff})
        return
    say({"version": done.unwrap().version, "fields": list(done.unwrap().fields)})


@import_.command("users")
@click.argument("path", metavar="FILE")
@click.option("--staff", required=True, metavar="ID", help="Who answers for it; it is recorded.")
@click.option("--clinic", metavar="ID", help="Whose patients, where a row names no clinic.")
@_folder
@_apply
def import_users(path: str, staff: str, clinic: str | None, folder: Path, *, apply: bool) -> None:
    """Take the users in FILE over: CSV with a header, or one JSON object a line.

    Columns: number, email, owner, basis, username, password_hash, evidence (how identity was
    verified when the tick 'No MitID' was set), no_mitid, name, clinic. One line on standard error
    for each row that is not taken, by line and field; the value is never repeated. What is here
    already is left as it is, so a run that was cut off is simply done again. Exit status 1 if any
    row was not taken.
    """
    import sys  # noqa: PLC0415  only this command pays

    from eservices_adapters.cli.import_users import run  # noqa: PLC0415  only this command pays
    from eservices_adapters.cli.opened import clinic_named, open_installation  # noqa: PLC0415  only this command pays
    from eservices_adapters.cli.says import BadInput, say  # noqa: PLC0415  only this command pays
    from eservices_core.words.identifiers import StaffId  # noqa: PLC0415  only this command pays

    installation = open_installation(folder)
    several = clinic is None and len(installation.services.clinics) > 1
    at = None if several else clinic_named(installation, clinic)
    try:
        who = StaffId(staff)
    except ValueError:
        raise BadInput("--staff", "must be 1 to 64 of the characters A-Z a-z 0-9 _ . -") from None
    report = run(installation, Path(path), who, at, apply=apply)
    for line in report.complaints:
        click.echo(f"eservices: {line}", err=True)
    say({"applied": apply, **report.counts})
    if report.refused:
        sys.exit(1)
