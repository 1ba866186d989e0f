"""`eservices try calendar`: one entry made, moved and taken away in a practitioner's calendar.

Here: the command. Not here: the steps (`eservices_adapters.calendar.trying`).
"""

from collections.abc import Iterable
from datetime import timedelta
from pathlib import Path

import click

from eservices_adapters.cli.says import BadInput
from eservices_adapters.cli.trying import Trial, config_option, configured, json_option
from eservices_adapters.clock import SystemChance, SystemClock
from eservices_core.booking.wall_clock import day_start
from eservices_core.words.identifiers import BookingId, ClinicId, PractitionerId
from eservices_core.words.interval import Interval


@click.command("calendar")
@config_option
@click.option("--clinic", metavar="ID", help="Whose; may be left out where there is one alone.")
@click.option("--practitioner", required=True, metavar="ID", help="Whose calendar.")
@click.option("--day", required=True, metavar="DATE", help="The day on which it is tried.")
@json_option
@click.pass_context
def try_calendar(  # noqa: PLR0913  one for each option
    ctx: click.Context,
    config: Path,
    clinic: str | None,
    practitioner: str,
    day: str,
    *,
    as_json: bool,
) -> None:
    """Try a calendar: can it be read, and does it take an entry, a move and a withdrawal?

    THE ENTRY IS REAL, for a moment: a quarter of an hour, on the last half hour of that day that is
    free. It names nobody. Nobody else's appointment is shown or changed.

    The exit status is 1 where a step did not go well.
    """
    from eservices_adapters.calendar.trying import try_out  # noqa: PLC0415  it needs icalendar
    from eservices_adapters.cli.booking_questions import read_day  # noqa: PLC0415  only this command pays
    from eservices_adapters.compose import open_calendar  # noqa: PLC0415  only this command pays

    installation = configured(config)
    if installation.calendar is None:
        raise BadInput("--config", "[calendar] is missing")
    whose = (_clinic(clinic, installation.clinics), _practitioner(practitioner))
    first = read_day(day, "--day")
    within = Interval(day_start(first), day_start(first + timedelta(days=1)))
    chance = SystemChance()
    domain = installation.service.mail_domain
    calendar = open_calendar(installation.calendar, [whose], domain, SystemClock(), chance)
    booking = BookingId(f"try-{chance.entropy(16).hex()}")
    trial = Trial("calendar", as_json=as_json)
    for found in try_out(calendar, whose, within, booking):
        if not trial.step(found.name.replace(" ", "_"), found.says, is_well=found.is_well):
            break
    ctx.exit(trial.end())


def _clinic(named: str | None, clinics: Iterable[ClinicId]) -> ClinicId:
    known = list(clinics)
    if named is None and len(known) == 1:
        return known[0]
    if named is None:
        raise BadInput("--clinic", "is missing, and there are several clinics")
    found = next((each for each in known if str(each) == named), None)
    if found is None:
        raise BadInput("--clinic", "there is no such clinic here")
    return found


def _practitioner(named: str) -> PractitionerId:
    try:
        return PractitionerId(named)
    except ValueError:
        raise BadInput("--practitioner", "must be 1 to 64 of A-Z a-z 0-9 _ . -") from None
