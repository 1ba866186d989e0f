"""`eservices worker`: all that an installation does by itself, until it is told to stop.

Here: the command, its signals and its log. Not here: the rounds (`eservices_adapters.worker`).
"""

import logging
import signal
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from threading import Event
from types import FrameType
from typing import TYPE_CHECKING, Final

import click

if TYPE_CHECKING:
    from eservices_adapters.worker import Ran

_SIGNALS: Final = (signal.SIGTERM, signal.SIGINT)


@click.command()
@click.option(
    "--config",
    required=True,
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE.toml",
    help="The installation's file.",
)
@click.option("--once", is_flag=True, help="Do every round once, and stop.")
@click.option(
    "--mails-per-minute",
    type=click.IntRange(1, 60_000),
    default=600,
    show_default=True,
    help="Hand over no more mail than this.",
)
@click.option("--heads", metavar="FILE", help="Note what heads of audit logs were sealed.")
@click.pass_context
def worker(
    ctx: click.Context, config: Path, mails_per_minute: int, heads: str | None, *, once: bool
) -> None:
    """Deliver mail and letters, follow what became of them, sync calendars, seal and purge.

    Goes on until SIGTERM or SIGINT; then what is in hand is finished, which takes a minute at most
    over SMTP, and the exit status is 0. A second signal ends it at once: nothing is lost, but a
    mail may be sent twice. What raises is logged on standard error by its type, and the other
    rounds go on. As many workers as one likes may run at the same time.

    With --once, one JSON object says what came of each round; the exit status is 1 if any raised.
    """
    from eservices_adapters.cli.audit_heads import note_heads  # noqa: PLC0415  only this command pays
    from eservices_adapters.cli.opened import open_config  # noqa: PLC0415  only this command pays
    from eservices_adapters.cli.says import say  # noqa: PLC0415  only this command pays
    from eservices_adapters.worker import Pace, Worker  # noqa: PLC0415  only this command pays

    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s")
    stop = Event()
    with open_config(config) as installation:
        works = Worker(
            installation,
            pace=Pace(mails_per_minute, at_once=once),
            on_sealed=lambda sealed: None if heads is None else note_heads(heads, sealed),
        )
        with _listening(stop):
            if not once:
                works.run(stop)
                return
            ran = works.run_once(stop)
        say({"rounds": [_told(one) for one in ran]})
        ctx.exit(int(any(one.raised for one in ran)))


@contextmanager
def _listening(stop: Event) -> Generator[None, None, None]:
    """Let the first signal ask it to stop, and the second one end it."""
    before = {number: signal.getsignal(number) for number in _SIGNALS}

    def as_before() -> None:
        for number, handler in before.items():
            _ = signal.signal(number, handler)

    def heard(_number: int, _frame: FrameType | None) -> None:
        stop.set()
        as_before()

    for number in _SIGNALS:
        _ = signal.signal(number, heard)
    try:
        yield
    finally:
        as_before()


def _told(ran: "Ran") -> dict[str, object]:
    return {"round": ran.round, "whose": ran.whose, "done": ran.done, "raised": ran.raised}
