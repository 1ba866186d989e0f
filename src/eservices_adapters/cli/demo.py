"""`eservices demo`: the clinic in a box, told as it goes.

Here: how it looks. What happens is `eservices_adapters.demo`'s.
"""

import json
import shlex
import shutil
import sys
from collections.abc import Generator
from datetime import timedelta
from pathlib import Path
from typing import Final, Protocol, assert_never, cast

import click

from eservices_adapters.cli.booking_questions import read_calendars
from eservices_adapters.cli.says import BadInput, in_both, is_terminal
from eservices_adapters.clock import SystemClock
from eservices_adapters.demo.appointments import appointments
from eservices_adapters.demo.box import DOCTOR, Box, set_up
from eservices_adapters.demo.correspondence import correspondence
from eservices_adapters.demo.morning import ENDS_ON, morning
from eservices_adapters.demo.telling import Scene, Step, Told, WentWrong
from eservices_core.outcome import Failure
from eservices_core.words.clinic_time import COPENHAGEN
from eservices_core.words.identifiers import BookingId
from eservices_core.words.interval import Interval, minute_of

_FOLDER: Final = "eservices-demo"
_AHEAD: Final = 100 * 24 * 60
"""Minutes of a calendar that the demonstration may look at: as far as times are offered."""
_FACTS: Final = "nancy.json"
_NANCY: Final = {
    "at": "2025-05-02T09:01:00+02:00",
    "method": "two_factor",
    "user": "active",
    "birth_date": "1948-12-25",
    "no_mitid": False,
    "guardian_verified": False,
}


@click.command()
@click.option(
    "--folder",
    type=click.Path(path_type=Path, file_okay=False),
    help=f"A new folder for the clinic. Default: {_FOLDER}, or that with the next free number.",
)
@click.option(
    "--calendar",
    type=click.Path(path_type=Path, dir_okay=False),
    help="An iCalendar file for the doctor's calendar (a copy); the day is then the coming Monday.",
)
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
def demo(  # click gives the last one so
    folder: Path | None,
    calendar: Path | None,
    as_json: bool,  # noqa: FBT001  a switch by nature
) -> None:
    """Set up a clinic in a folder and run some days in it, from end to end.

    The use cases, the ledger, the mailbox, the passwords and the register's answers are real; MitID
    is simulated, and the people are published test persons.
    """
    place = folder or next_free(Path(_FOLDER))
    if calendar is not None:
        check_calendar(calendar)
    box = set_up(place, calendar)
    if isinstance(box, Failure):
        raise BadInput("--folder", box.failure()[0])
    teller = _teller(as_json=as_json)
    try:
        booking = _tell(teller, _days(box.unwrap(), own_calendar=calendar is not None))
    except WentWrong as wrong:
        click.echo(f"eservices: the demonstration went wrong: {wrong}", err=True)
        sys.exit(1)
    teller.end(place, _commands(box.unwrap(), booking))


def _days(box: Box, *, own_calendar: bool) -> Generator[Told, None, BookingId]:
    yield from morning(box)
    today = SystemClock().now().astimezone(COPENHAGEN).date()
    coming = today + timedelta(days=7 - today.weekday())
    monday = coming if own_calendar else ENDS_ON
    booking = yield from appointments(box, monday)
    yield from correspondence(box, monday + timedelta(days=4))
    return booking


def _tell(teller: "_Teller", days: Generator[Told, None, BookingId]) -> BookingId:
    while True:
        try:
            teller.tell(next(days))
        except StopIteration as end:
            return cast("BookingId", end.value)


def check_calendar(calendar: Path) -> None:
    """Refuse a calendar that cannot be read, before anything is set up."""
    now = minute_of(SystemClock().now())
    _ = read_calendars({DOCTOR: calendar}, Interval(now, now + _AHEAD))


def next_free(folder: Path) -> Path:
    """Give the folder, or the first of it-2, it-3 ... that is not there."""
    place, number = folder, 1
    while place.exists():
        number += 1
        place = folder.with_name(f"{folder.name}-{number}")
    return place


def _commands(box: Box, booking: BookingId) -> tuple[str, ...]:
    """Write three commands to paste, as this process was started."""
    facts = box.folder / _FACTS
    _ = facts.write_text(json.dumps(_NANCY, indent=2) + "\n", encoding="utf-8")
    found = shutil.which("eservices")
    name = "eservices" if found else sys.argv[0]
    if sys.argv[0].endswith("__main__.py"):
        name = f"{sys.executable} -m eservices_adapters.cli"
    folder = shlex.quote(str(box.folder))
    return (
        f"{name} story gitte --folder {folder}",
        f"{name} story {booking} --folder {folder}",
        f"{name} whatif login {shlex.quote(str(facts))} --set no_mitid=true",
    )


# --- three ways of telling ---------------------------------------------------------------------


class _Teller(Protocol):
    def tell(self, told: Told) -> None:
        """Tell a scene or a step."""
        ...

    def end(self, folder: Path, commands: tuple[str, ...]) -> None:
        """Say where it all lies, and how to look closer."""
        ...


def _teller(*, as_json: bool) -> _Teller:
    if as_json:
        return _AsJson()
    return _Rich() if is_terminal() else _Plain()


class _AsJson:
    """One object a line: `scene`, or a step, and last `folder` with the commands in `next`."""

    def tell(self, told: Told) -> None:
        match told:
            case Scene(at, title):
                self._say({"at": at.isoformat(), "scene": title})
            case Step():
                says = told.says
                step: dict[str, object] = {
                    "at": told.at.isoformat(),
                    "who": told.who,
                    "does": told.does,
                    "outcome": told.outcome,
                    "rule": told.rule,
                    "reason": told.reason,
                    "next_step": told.next_step.value if told.next_step else None,
                    "text": says
                    and {"patient": in_both(says.patient), "staff": in_both(says.staff)},
                }
                self._say(step)
            case _:
                assert_never(told)

    def end(self, folder: Path, commands: tuple[str, ...]) -> None:
        self._say({"folder": str(folder), "next": list(commands)})

    def _say(self, value: dict[str, object]) -> None:
        click.echo(json.dumps(value, ensure_ascii=False).encode())


class _Plain:
    """Lines without colour, for a file or a pipe."""

    def tell(self, told: Told) -> None:
        match told:
            case Scene(at, title):
                self._say(f"\n{title}  ({at:%Y-%m-%d %H:%M})")
            case Step():
                self._say(f"  {told.at:%H:%M}  {told.rule:<9} {told.who} {told.does}")
                reason = f" ({told.reason})" if told.reason else ""
                self._say(f"         {'':<9} -> {told.outcome}{reason}")
                if told.says is not None:
                    self._say(f"         {'':<9}    patient: {told.says.patient.da}")
                    self._say(f"         {'':<9}    staff:   {told.says.staff.en}")
            case _:
                assert_never(told)

    def end(self, folder: Path, commands: tuple[str, ...]) -> None:
        self._say(f"\nThe clinic lies in {folder}. Look closer:")
        for command in commands:
            self._say(f"  {command}")

    def _say(self, line: str) -> None:
        click.echo(line.encode())


class _Rich:
    """Colour and wrapping, for a terminal."""

    def __init__(self) -> None:
        from rich.console import Console  # noqa: PLC0415  only a terminal pays for it

        self._console = Console(highlight=False)

    def tell(self, told: Told) -> None:
        from rich.markup import escape  # noqa: PLC0415  only this command pays
        from rich.padding import Padding  # noqa: PLC0415  only this command pays

        match told:
            case Scene(at, title):
                self._console.print()
                self._console.rule(f"[bold]{escape(title)}[/]  [dim]{at:%Y-%m-%d %H:%M}[/]")
            case Step():
                colour = "red" if told.reason else "green"
                self._console.print(
                    f"[dim]{told.at:%H:%M}[/] [cyan]{told.rule:<9}[/] "
                    f"[bold]{escape(told.who)}[/] {escape(told.does)} [dim]→[/] "
                    f"[{colour}]{escape(told.outcome)}[/]"
                    + (f" [dim]({escape(told.reason)})[/]" if told.reason else "")
                )
                if told.says is not None:
                    patient = f"[dim]patient[/] {escape(told.says.patient.da)}"
                    staff = f"[dim]staff  [/] {escape(told.says.staff.en)}"
                    self._console.print(Padding(patient, (0, 0, 0, 16)))
                    self._console.print(Padding(staff, (0, 0, 0, 16)))
            case _:
                assert_never(told)

    def end(self, folder: Path, commands: tuple[str, ...]) -> None:
        self._console.print(f"\nThe clinic lies in [bold]{folder}[/]. Look closer:")
        for command in commands:
            self._console.print(f"  {command}", style="bold", soft_wrap=True, markup=False)
