"""`eservices try post`: one real exchange with the configured digital post, told step by step.

Here: the command. Not here: digital post (`mitdk`).
"""

from datetime import datetime
from functools import partial
from io import BytesIO
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
from eservices_adapters.compose import open_post
from eservices_adapters.config.installation import Config
from eservices_core.outcome import Failure
from eservices_core.ports.digital_post import Accepted, DigitalPost, NoAnswer, Rejected
from eservices_core.post.letter import Says
from eservices_core.post.memo import Document, Draft, File, IdType, Memo, Recipient, Sender, checked
from eservices_core.post.sending import Reach
from eservices_core.words.civil_number import CivilNumber
from eservices_core.words.identifiers import LetterId

_TEXT: Final = "Dette brev er en prøve. Der er intet sket, og du skal ikke gøre noget.\n".encode()
_LOOK_SECONDS: Final = 0.2
_MANY: Final = 1_000


@click.command("post")
@config_option
@click.option("--clinic", metavar="ID", help="Who sends; may be left out where there is one alone.")
@click.option("--ask-only", is_flag=True, help="Ask whether the recipient can receive; no letter.")
@wait_option
@json_option
def try_post(config: Path, clinic: str | None, ask_only: bool, wait: float, as_json: bool) -> int:  # noqa: FBT001  click's own way of giving switches
    """Try digital post: can this person receive, does a letter leave, do receipts come back?

    The recipient's CPR number is read from standard input, one line. THE LETTER IS REAL: it says
    that it is a trial, and goes to that person's digital mailbox. The same message is handed over
    twice, which must be one letter. The number is never shown.

    The exit status is 1 where a step did not go well.
    """
    installation = configured(config)
    chosen = installation.post
    if chosen is None:
        raise BadInput("--config", "[post] is missing")
    sender = _sender(installation, clinic)
    recipient = _recipient(asked_line("a CPR number"))
    trial = Trial("post", as_json=as_json)
    trial.note("recipient", "******-****")
    clock, chance = SystemClock(), SystemChance()
    opened = open_post(chosen, clock, chance)
    if isinstance(opened, Failure):
        _ = trial.step("open", opened.failure(), is_well=False)
        return trial.end()
    post = opened.unwrap()
    reach = post.reach(recipient)
    if trial.step("ask", reach.value, is_well=reach is Reach.CAN_RECEIVE) and not ask_only:
        letter = LetterId.from_entropy(chance.entropy(16))
        trial.note("letter", str(letter))
        if _hand_over(trial, post, _message(letter, clock.now(), sender, recipient)):
            _follow(trial, post, letter, wait)
    return trial.end()


def _sender(config: Config, named: str | None) -> Sender:
    clinics = {str(clinic): settings for clinic, settings in config.clinics.items()}
    if named is None and len(clinics) > 1:
        raise BadInput("--clinic", "is missing, and there are several clinics")
    settings = next(iter(clinics.values())) if named is None else clinics.get(named)
    if settings is None:
        raise BadInput("--clinic", "there is no such clinic here")
    if not settings.post.cvr or not settings.post.label:
        raise BadInput("--clinic", "has no cvr and label in [post] of its settings")
    return Sender(settings.post.cvr, settings.post.label)


def _recipient(line: str) -> CivilNumber:
    number = CivilNumber.parse(line)
    if isinstance(number, Failure):
        raise BadInput("standard input", "must be one line, a CPR number")
    return number.unwrap()


def _message(letter: LetterId, at: datetime, sender: Sender, recipient: CivilNumber) -> Memo:
    file = File("prøve.txt", "text/plain", len(_TEXT), partial(BytesIO, _TEXT))
    draft = Draft(
        uuid=str(letter),
        created_at=at,
        label="Prøve",
        sender=sender,
        recipient=Recipient(IdType.CPR, recipient.reveal()),
        main=Document((file,)),
    )
    looked = checked(draft)
    if isinstance(looked, Failure):
        raise BadInput("standard input", "must be a CPR number that the CPR office issued")
    return looked.unwrap()


def _hand_over(trial: Trial, post: DigitalPost, message: Memo) -> bool:
    """Hand it over twice: the second time must be the same one."""
    for name in ("hand_over", "hand_over_again"):
        sent = post.send(message)
        match sent:
            case Accepted():
                _ = trial.step(name, "accepted")
            case Rejected(code):
                return trial.step(name, f"rejected ({code})", is_well=False)
            case NoAnswer():
                return trial.step(name, sent.value, is_well=False)
            case _:
                assert_never(sent)
    return True


def _follow(trial: Trial, post: DigitalPost, letter: LetterId, seconds: float) -> None:
    """Wait for its receipts; those of others are left as they are."""
    ends_at, heard = monotonic() + seconds, set[Says]()
    while True:
        for receipt in post.receipts(_MANY):
            if receipt.letter == letter:
                post.done(receipt)
                if receipt.says is not None and receipt.says not in heard:
                    heard.add(receipt.says)
                    well = receipt.says is not Says.FAILED
                    code = "" if well else f" ({receipt.code})"
                    _ = trial.step("receipt", f"{receipt.says.value}{code}", is_well=well)
        if heard & {Says.DELIVERED, Says.FAILED}:
            return
        if monotonic() >= ends_at:
            _ = trial.step("receipt", "no word of its delivery in time", is_well=False)
            return
        sleep(_LOOK_SECONDS)
