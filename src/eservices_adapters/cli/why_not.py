"""`eservices why-not`: why a time is offered, or is not (D-BOOK-14).

Here: the command. Not here: how its options are read (`booking_questions`).
"""

import click


@click.command("why-not")
@click.option(
    "--calendar",
    "calendars",
    required=True,
    multiple=True,
    metavar="FILE.ics",
    help="What is taken, for everybody; or PRACTITIONER=FILE.ics, once for each.",
)
@click.option("--settings", required=True, metavar="FILE.toml", help="The clinic's settings.")
@click.option("--practitioner", required=True, metavar="ID", help="As the settings have it.")
@click.option("--type", "kind", required=True, metavar="ID", help="As the settings have it.")
@click.option(
    "--at",
    required=True,
    metavar="INSTANT",
    help="2026-09-01T09:00+02:00; or without the offset, what the clinic's clock shows.",
)
@click.option("--now", metavar="INSTANT", help="When it is asked; else by the machine's clock.")
@click.option("--without-user", is_flag=True, help="As asked by somebody without a user.")
def why_not(  # noqa: PLR0913, PLR0917  one for each option
    calendars: tuple[str, ...],
    settings: str,
    practitioner: str,
    kind: str,
    at: str,
    now: str | None,
    *,
    without_user: bool,
) -> None:
    """Why is this time offered, or not?

    The answer: offered, reason, rule, next_step, and what the patient and staff are told, in
    Danish and English.
    """
    from datetime import timedelta  # noqa: PLC0415  only when it is called for

    from eservices_adapters.cli import booking_questions as ask  # noqa: PLC0415  only this command pays
    from eservices_adapters.cli.says import say, texts_of  # noqa: PLC0415  only this command pays
    from eservices_core.booking import offered as rules  # noqa: PLC0415  only this command pays
    from eservices_core.booking.book import Asked, Asker, Book  # noqa: PLC0415  only this command pays
    from eservices_core.words.identifiers import PractitionerId, TypeId  # noqa: PLC0415  only this command pays

    chosen = ask.read_settings(settings).booking
    asker = Asker.WITHOUT_USER if without_user else Asker.WITH_USER
    enquiry = ask.read_enquiry(chosen, now, asker)
    asked = Asked(
        ask.read_id(practitioner, PractitionerId, "--practitioner"),
        ask.read_id(kind, TypeId, "--type"),
        ask.read_time(at, "--at"),
    )
    files = ask.read_calendar_files(calendars, chosen)
    day = asked.at.date()
    # An appointment and its pause are a day each at most.
    books = ask.read_books(enquiry, files, day, day + timedelta(days=2))
    row = rules.why_not(enquiry, books.get(asked.practitioner, Book()), asked)
    say(
        {
            "offered": row.then is rules.Offer.OFFERED,
            "reason": row.name,
            "rule": row.rule,
            "next_step": row.next_step.value,
            "text": texts_of(row),
        }
    )
