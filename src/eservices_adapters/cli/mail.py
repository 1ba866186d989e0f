"""`eservices mail`: what waits to be sent, and what did not arrive; never to whom, nor what.

Here: the commands. Not here: sending (`eservices worker`), and what staff do about a lost mail,
which lies on their worklist (`usecases.follow_mails`).
"""

from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

if TYPE_CHECKING:
    from datetime import datetime

    from eservices_core.ports.outbox import MailState

_TROUBLE: Final = ("ambiguous", "refused", "given_up")
_STATES: Final = ("waiting", *_TROUBLE, "handed_over", "expired", "withdrawn")
_LIMIT: Final = 100

_config = click.option(
    "--config",
    required=True,
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE.toml",
    help="The installation's file.",
)


@click.group()
def mail() -> None:
    """The mail that waits, and the mail that did not arrive."""


@mail.command("list")
@_config
@click.option(
    "--state",
    "states",
    multiple=True,
    type=click.Choice(_STATES),
    help="Which; may be given several times. Without it: what waits or went wrong.",
)
@click.option(
    "--limit",
    type=click.IntRange(1, 10_000),
    default=_LIMIT,
    show_default=True,
    help="At most so many of each state.",
)
def list_(config: Path, states: tuple[str, ...], limit: int) -> None:
    """List mails by what became of them, the oldest first.

    One JSON object: mails, each with its id, kind, state, age in seconds, attempts, whether it is
    over, whether it may have arrived all the same, when it is tried next, and what a delivery
    report has said. No address and no content: of those that are over, nobody has them any more.
    """
    from eservices_adapters.cli.opened import open_config  # noqa: PLC0415  only this command pays
    from eservices_adapters.cli.says import say  # noqa: PLC0415  only this command pays
    from eservices_core.ports.outbox import Handover  # noqa: PLC0415  only this command pays

    with open_config(config) as installation:
        now = installation.services.clock.now()
        found = [
            _told(one, now)
            for state in states or ("waiting", *_TROUBLE)
            for one in installation.outbox.in_state(Handover(state), limit)
        ]
    say({"mails": found})


@mail.command()
@_config
@click.argument("mail_id", metavar="ID")
def retry(config: Path, mail_id: str) -> None:
    """Have a mail that rests between two attempts be tried in the next round.

    What is over cannot be sent again: its bytes are erased, and whether it is still right to send
    it is for staff to decide, who write or tell anew from their desk.
    """
    from eservices_adapters.cli.opened import open_config  # noqa: PLC0415  only this command pays
    from eservices_adapters.cli.says import BadInput, say  # noqa: PLC0415  only this command pays
    from eservices_core.words.identifiers import MailId  # noqa: PLC0415  only this command pays

    try:
        identifier = MailId(mail_id)
    except (AssertionError, ValueError):
        raise BadInput("ID", "is no mail's id") from None
    with open_config(config) as installation:
        hurried = installation.outbox.hurry(identifier, installation.services.clock.now())
        state = installation.archive.mail(identifier)
    if state is None:
        raise BadInput("ID", "there is no such mail")
    why = None
    if not hurried:
        why = "over" if state.settled_at else "in_hand" if state.in_hand_until else "due"
    say({"retried": hurried, "because": why})


def _told(state: "MailState", now: "datetime") -> dict[str, object]:
    return {
        "mail": str(state.mail),
        "kind": state.kind.value,
        "state": state.state.value,
        "age": round((now - state.queued_at).total_seconds()),
        "attempts": state.attempts,
        "over": state.settled_at is not None,
        "may_have_arrived": state.may_have_arrived,
        "next_try": state.next_try.isoformat() if state.next_try else None,
        "reported": state.reported.value if state.reported else None,
    }
