"""`eservices try mail`: one real mail through the configured transport, and what comes back.

Here: the command. Not here: mail (`email`).
"""

from pathlib import Path
from time import monotonic, sleep
from typing import Final, assert_never

import click

from eservices_adapters.cli.says import BadInput
from eservices_adapters.cli.trying import (
    Trial,
    asked_line,
    config_option,
    configured,
    json_option,
    wait_option,
)
from eservices_adapters.clock import SystemChance, SystemClock
from eservices_adapters.compose import open_reports, open_transport
from eservices_core.correspondence import messages
from eservices_core.outcome import Failure
from eservices_core.ports.delivery_reports import Action, DeliveryReports
from eservices_core.ports.outbox import Handover
from eservices_core.words.email_address import EmailAddress
from eservices_core.words.identifiers import MailId

_LOOK_SECONDS: Final = 0.2
_MANY: Final = 1_000


@click.command("mail")
@config_option
@wait_option
@json_option
def try_mail(config: Path, wait: float, as_json: bool) -> int:  # noqa: FBT001  click's own way of giving switches
    """Try mail: does one leave, and does a delivery report come back?

    The address is read from standard input, one line. THE MAIL IS REAL: it says that it is a trial.
    Where [mail.reports] says that reports are collected, they are waited for; an answer that never
    comes is told and is no failure, for many servers report only what went wrong.

    The exit status is 1 where a step did not go well.
    """
    installation = configured(config)
    address = EmailAddress.parse(asked_line("an e-mail address"))
    if isinstance(address, Failure):
        raise BadInput("standard input", "must be one line, an e-mail address")
    trial = Trial("mail", as_json=as_json)
    chosen = MailId.from_entropy(SystemChance().entropy(16))
    trial.note("mail", str(chosen))
    mail = messages.render(
        messages.Trial(),
        installation.service,
        mail=chosen,
        about=None,
        stream=None,
        to=address.unwrap(),
        at=SystemClock().now(),
    )
    ended = open_transport(installation).hand_over(mail)
    if trial.step("hand_over", ended.value, is_well=ended is Handover.HANDED_OVER):
        reports = open_reports(installation)
        if reports is None:
            _ = trial.step("report", "nobody collects them: [mail.reports] is missing")
        else:
            _follow(trial, reports, chosen, wait)
    return trial.end()


def _follow(trial: Trial, reports: DeliveryReports, mail: MailId, seconds: float) -> None:
    """Wait for what is said of this mail; reports of others are left as they are."""
    ends_at = monotonic() + seconds
    while True:
        try:
            waiting = reports.waiting(_MANY)
        except Exception as error:  # noqa: BLE001  whatever a mailbox can raise; it is named
            _ = trial.step("report", f"cannot be read ({type(error).__name__})", is_well=False)
            return
        for report in waiting:
            if report.mail == mail:
                reports.done(report)
                if _told(trial, report.action, report.diagnostic):
                    return
        if monotonic() >= ends_at:
            _ = trial.step("report", "none has come in time")
            return
        sleep(_LOOK_SECONDS)


def _told(trial: Trial, action: Action, diagnostic: str) -> bool:
    """Tell a report; True if it is the last word."""
    says = f"{action.value} ({diagnostic})" if diagnostic else action.value
    match action:
        case Action.FAILED | Action.UNKNOWN:
            _ = trial.step("report", says, is_well=False)
            return True
        case Action.DELAYED:
            _ = trial.step("report", says)
            return False
        case Action.DELIVERED | Action.RELAYED | Action.EXPANDED:
            _ = trial.step("report", says)
            return True
        case _:
            assert_never(action)
