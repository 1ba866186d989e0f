"""`eservices free-times`: which times a clinic offers.

Here: the command. Not here: how its options are read (`booking_questions`).
"""

import click


@click.command("free-times")
@click.option(
    "--calendar",
    "calendars",
    required=True,
    multiple=True,
    metavar="FILE.ics",
    help="What is taken, for everybody; or PRACTITIONER=FILE.ics, once for each.",
)
@click.option("--settings", required=True, metavar="FILE.toml", help="The clinic's settings.")
@click.option("--from", "first", required=True, metavar="DATE", help="The first day.")
@click.option("--to", "until", required=True, metavar="DATE", help="The day after the last.")
@click.option("--now", metavar="INSTANT", help="When it is asked; else by the machine's clock.")
@click.option("--without-user", is_flag=True, help="As offered to somebody without a user.")
def free_times(  # noqa: PLR0913  one for each option
    calendars: tuple[str, ...],
    settings: str,
    first: str,
    until: str,
    now: str | None,
    *,
    without_user: bool,
) -> None:
    """Which times are offered?

    The answer is a JSON array: practitioner, type, start and end of each time, as the clinic's
    clock shows them, with the offset. What the settings hold: eservices settings --schema.
    """
    import json  # noqa: PLC0415  only when it is called for

    from eservices_adapters.cli import booking_questions as ask  # noqa: PLC0415  only this command pays
    from eservices_adapters.cli.says import BadInput, is_terminal  # noqa: PLC0415  only this command pays
    from eservices_core.booking import free_times as rules  # noqa: PLC0415  only this command pays
    from eservices_core.booking.book import Asker  # noqa: PLC0415  only this command pays

    chosen = ask.read_settings(settings).booking
    asker = Asker.WITHOUT_USER if without_user else Asker.WITH_USER
    enquiry = ask.read_enquiry(chosen, now, asker)
    begin, end = ask.read_day(first, "--from"), ask.read_day(until, "--to")
    if begin >= end:
        raise BadInput("--to", "must be later than --from")
    files = ask.read_calendar_files(calendars, chosen)
    books = ask.read_books(enquiry, files, begin, end)
    answer = [
        {
            "practitioner": str(time.practitioner),
            "type": str(time.type),
            "start": ask.on_the_wall(time.interval.start),
            "end": ask.on_the_wall(time.interval.end),
        }
        for time in rules.free_times(enquiry, books, begin, end)
    ]
    text = json.dumps(answer, ensure_ascii=False, indent=2 if is_terminal() else None)
    click.echo(text.encode())
