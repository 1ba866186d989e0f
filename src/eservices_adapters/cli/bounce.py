"""`eservices bounce`: what a mail that came back says, and about which of ours.

Here: the command. Not here: how a report is read (`email.dsn`), and what it does to a booking.
"""

from functools import partial
from pathlib import Path

import click

from eservices_adapters.cli.documents import STDIN, open_file, open_stdin
from eservices_adapters.cli.says import BadInput, say
from eservices_adapters.config.installation import Config, read_config
from eservices_adapters.email.dsn import read_report
from eservices_adapters.email.reports import READ_MAX
from eservices_core.correspondence.bounces import mail_of
from eservices_core.outcome import Failure
from eservices_core.words.identifiers import MailId


@click.group()
def bounce() -> None:
    """Look at mails that came back."""


@bounce.command()
@click.argument("file", metavar="FILE")
@click.option(
    "--config",
    type=click.Path(path_type=Path, dir_okay=False),
    help="The installation whose mail it is; without it, no mail can be told to be ours.",
)
def classify(file: str, config: Path | None) -> None:
    """Say what a delivery report says.

    FILE (or - for standard input) is one mail, as it came. One JSON object: report (false: it is no
    delivery report); action (failed, delayed, delivered, relayed, expanded, or unknown: somebody
    has to look); diagnostic, digits alone; mail, the id of ours that it came back for; doubt, why
    one of them is not known. Nothing of what the mail says is printed, and nothing is changed.
    """
    whose = _whose(config)
    source = open_stdin() if file == STDIN else open_file(file, "FILE")
    try:
        with source:
            content = source.read(READ_MAX + 1)
    except OSError as error:
        raise BadInput("FILE", f"cannot be read ({(error.strerror or '').lower()})") from None
    said = read_report(content[:READ_MAX], whose, cut=len(content) > READ_MAX)
    say(
        {
            "report": said is not None,
            "action": said.action.value if said else None,
            "diagnostic": said.diagnostic if said else None,
            "mail": str(said.mail) if said and said.mail else None,
            "doubt": said.doubt.value if said and said.doubt else None,
        }
    )


def _whose(config: Path | None) -> "partial[MailId | None]":
    if config is None:
        return partial(_nobodys)
    read = read_config(config)
    if isinstance(read, Failure):
        raise BadInput("--config", str(read.failure()[0]))
    installation: Config = read.unwrap()
    return partial(mail_of, installation.key.keys(), installation.service)


def _nobodys(_address: str) -> MailId | None:
    return None
