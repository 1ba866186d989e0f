"""`eservices bounce`: what a mail that came back says, and about which of ours.

Here: the commands. Not here: how a report is read (`email.dsn`), and what it does to a booking.
"""

from functools import partial
from pathlib import Path
from typing import Final

import click

from eservices_adapters.cli.documents import STDIN, open_file, open_stdin
from eservices_adapters.cli.opened import open_config
from eservices_adapters.cli.says import BadInput, say
from eservices_adapters.config.installation import Config, read_config
from eservices_adapters.email.dsn import read_report
from eservices_adapters.email.one_report import OneReport
from eservices_adapters.email.reports import READ_MAX
from eservices_core.correspondence.bounces import mail_of
from eservices_core.outcome import Failure
from eservices_core.usecases.read_reports import (
    DOUBTFUL_MAX,
    doubtful_reports,
    read_reports,
    report_is_seen,
)
from eservices_core.words.identifiers import MailId

_TRY_AGAIN: Final = 75  # EX_TEMPFAIL of sysexits.h, which mail servers know


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
    content = _content(file)
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


_config = click.option(
    "--config",
    required=True,
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE.toml",
    help="The installation whose mail it is.",
)


@bounce.command()
@_config
@click.pass_context
def read(ctx: click.Context, config: Path) -> None:
    """Take a mail that came back from standard input, and note what it says.

    For a mail server that pipes what comes to the return paths into a program. One JSON object, as
    of `classify`. What is no delivery report is taken, and nobody is answered. Exit status 75 asks
    the mail server to try again later: the ledger could not be written.
    """
    content = _content(STDIN)
    try:
        with open_config(config) as installation:
            services = installation.services
            came = OneReport(content, installation.mail_of, services.clock.now())
            reports = read_reports(services, came, installation.outbox)
    except BadInput:
        raise
    except Exception as error:  # noqa: BLE001  whatever a store can raise; a mail is not lost by it
        click.echo(f"eservices: the report could not be noted: {type(error).__name__}", err=True)
        ctx.exit(_TRY_AGAIN)
    report = next(iter(reports), None)
    say(
        {
            "report": report is not None,
            "action": report.action.value if report else None,
            "diagnostic": report.diagnostic if report else None,
            "mail": str(report.mail) if report and report.mail else None,
            "doubt": report.doubt.value if report and report.doubt else None,
        }
    )


@bounce.command("list")
@_config
@click.option(
    "--limit",
    type=click.IntRange(1, DOUBTFUL_MAX),
    default=100,
    show_default=True,
    help="How many.",
)
def list_(config: Path, limit: int) -> None:
    """List the reports that somebody has to look at, oldest first.

    One JSON object: reports, each with its name, the mail of ours that it came back for (null: it
    came to no return path of ours), what it says, what is missing, and when it came. The report
    itself lies where it came to.
    """
    with open_config(config) as installation:
        found = doubtful_reports(installation.services, limit)
    say(
        {
            "reports": [
                {
                    "name": one.name,
                    "mail": str(one.mail) if one.mail else None,
                    "action": one.action.value,
                    "doubt": one.doubt.value,
                    "at": one.reported_at.isoformat(),
                }
                for one in found
            ]
        }
    )


@bounce.command()
@_config
@click.argument("name", metavar="NAME")
def seen(config: Path, name: str) -> None:
    """Take a report off that list: somebody has looked."""
    with open_config(config) as installation:
        if not report_is_seen(installation.services, name):
            raise BadInput("NAME", "there is no such report on the list")
    say({"seen": True})


def _content(file: str) -> bytes:
    source = open_stdin() if file == STDIN else open_file(file, "FILE")
    try:
        with source:
            return source.read(READ_MAX + 1)
    except OSError as error:
        raise BadInput("FILE", f"cannot be read ({(error.strerror or '').lower()})") from None


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
