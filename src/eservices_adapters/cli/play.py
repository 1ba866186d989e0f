"""`eservices play`: the terminal becomes reception, on a clock that is wound.

Here: where lines come from, and how answers look. What happens is `eservices_adapters.demo`'s.
"""

import json
import sys
from collections.abc import Iterator
from datetime import date, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any, BinaryIO, Final

import click

from eservices_adapters.cli.demo import check_calendar, next_free
from eservices_adapters.cli.says import BadInput, in_both, is_terminal
from eservices_adapters.clock import SystemClock
from eservices_adapters.demo.box import set_up
from eservices_adapters.demo.morning import ENDS_ON
from eservices_adapters.demo.play import Play
from eservices_adapters.demo.play_lines import LINE_MAX, NotUnderstood
from eservices_adapters.demo.play_told import Answer
from eservices_core.outcome import Failure
from eservices_core.words.clinic_time import clinic_date

_FOLDER: Final = "eservices-play"
_BYTES_MAX: Final = 4 * LINE_MAX
"""More bytes than any line has that is understood."""
_INDENT: Final = " " * 17


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
def play(folder: Path | None, calendar: Path | None, as_json: bool) -> None:  # noqa: FBT001  click gives it so
    """Play reception in a new clinic: lines from standard input, until it ends or says `quit`.

    Patients ask, the doctor answers, mail comes back, the worker is killed: each as you say, on a
    clock that stands still until you wind it. Type `help` for all that is understood; for example:

    \b
      times              the free times
      ask max 3          Max asks for the third
      approve it         the doctor says yes
      bounce it          the mail comes back
      desk               what waits for you
      call it            you call Max
      +10 min            time passes

    Every answer names its rule. A line that is not understood changes nothing, and the exit status
    is 0.
    """  # noqa: D301  click reads the backspace: leave these lines as they are
    if calendar is not None:
        check_calendar(calendar)
    place = folder or next_free(Path(_FOLDER))
    box = set_up(place, calendar)
    if isinstance(box, Failure):
        raise BadInput("--folder", box.failure()[0])
    game = Play(box.unwrap(), ENDS_ON if calendar is None else _coming_monday())
    stdin = _stdin()
    prompts = not as_json and stdin.isatty() and is_terminal()
    if prompts:
        click.echo(f"A new clinic lies in {place}. Type 'help', or 'times'.")
    while not game.ended:
        if prompts:
            click.secho(f"{game.box.clock.now():%a %H:%M} > ", nl=False, bold=True)
        line = next(_lines(stdin), None)
        if line is None:
            break
        told = game.play(line)
        for answer in told if isinstance(told, tuple) else (told,):
            if as_json:
                _say_json(answer)
            else:
                _say(answer, colour=is_terminal())


def _stdin() -> BinaryIO:
    stdin: Any = sys.stdin  # None, where somebody has closed it
    return BytesIO() if stdin is None else stdin.buffer


def _coming_monday() -> date:
    today = clinic_date(SystemClock().now())
    return today + timedelta(days=7 - today.weekday())


def _lines(stdin: BinaryIO) -> Iterator[str]:
    """Give line by line; of one that is too long no more is kept than shows that it is."""
    while raw := stdin.readline(_BYTES_MAX + 1):
        rest = raw
        while not rest.endswith(b"\n") and len(rest) > _BYTES_MAX:
            rest = stdin.readline(_BYTES_MAX + 1)
        yield raw.decode("utf-8", errors="replace")


def _say_json(answer: Answer | NotUnderstood) -> None:
    if isinstance(answer, NotUnderstood):
        value: dict[str, object] = {"not_understood": answer.what}
    else:
        says = answer.says
        value = {
            "at": answer.at.isoformat(),
            "rule": answer.rule or None,
            "number": answer.number,
            "what": answer.what,
            "reason": answer.reason,
            "next_step": answer.next_step.value if answer.next_step else None,
            "text": says and {"patient": in_both(says.patient), "staff": in_both(says.staff)},
            "more": list(answer.more),
        }
    click.echo(json.dumps(value, ensure_ascii=False).encode())


def _say(answer: Answer | NotUnderstood, *, colour: bool) -> None:
    def styled(text: str, **style: str | bool) -> str:
        return click.style(text, fg=style.get("fg"), dim=bool(style.get("dim"))) if colour else text

    if isinstance(answer, NotUnderstood):
        click.echo(styled(f"?  {answer.what}", fg="yellow").encode())
        return
    number = "" if answer.number is None else f"[{answer.number}] "
    reason = f" ({answer.reason})" if answer.reason else ""
    rule = styled(f"{answer.rule:<9}", fg="cyan")
    what = styled(f"{answer.what}{reason}", fg="red" if answer.reason else "green")
    lines = [f"{answer.at:%H:%M}  {rule} {number}{what}"]
    if answer.says is not None:
        lines.append(f"{_INDENT}{styled('patient:', dim=True)} {answer.says.patient.da}")
        lines.append(f"{_INDENT}{styled('staff:  ', dim=True)} {answer.says.staff.en}")
    lines += [f"{_INDENT}{line}".rstrip() for line in answer.more]
    click.echo("\n".join(lines).encode())
