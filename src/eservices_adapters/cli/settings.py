"""`eservices settings`: what a clinic's file of settings may hold, and whether one is well.

Here: the command. Not here: the file itself (`config.booking`).
"""

import click


@click.command()
@click.option("--schema", is_flag=True, help="Write the JSON Schema of the file.")
@click.option("--check", "path", metavar="FILE.toml", help="Read a file, and say what it holds.")
def settings(path: str | None, *, schema: bool) -> None:
    """What may a clinic's settings of its appointment book hold?

    With --check, the answer counts what was read; a file that is not taken is one line that names
    the first table and key that is wrong.
    """
    from eservices_adapters.cli.booking_questions import read_settings  # noqa: PLC0415  only this command pays
    from eservices_adapters.cli.says import BadInput, say  # noqa: PLC0415  only this command pays
    from eservices_adapters.config import booking  # noqa: PLC0415  only this command pays

    if schema == (path is not None):
        raise BadInput("settings", "takes --schema or --check, one of them")
    if path is None:
        say(booking.schema())
        return
    read = read_settings(path, "--check")
    say(
        {
            "settings": "accepted",
            "practitioners": [str(each.practitioner) for each in read.practitioners],
            "types": [str(each.type) for each in read.types],
            "closed_periods": len(read.closed),
        }
    )
