"""`eservices try custody`: real questions to the configured custody register, told step by step.

Here: the command. Not here: the registers (`custody`), and what an answer means (`access.custody`).
No number that was read or answered is told, only how those who are listed are related.
"""

from pathlib import Path
from typing import Final, assert_never

import click

from eservices_adapters.cli.documents import open_stdin
from eservices_adapters.cli.says import BadInput
from eservices_adapters.cli.trying import Trial, config_option, configured, json_option
from eservices_adapters.clock import SystemChance, SystemClock
from eservices_adapters.config.custody import Custody, DgcprCustody, ExtractCustody, FolderCustody
from eservices_adapters.custody.answer_xml import UnreadableAnswer
from eservices_adapters.custody.credential import CredentialDefect
from eservices_adapters.custody.following import drive, followed
from eservices_adapters.custody.opening import check, open_register
from eservices_adapters.custody.soap import FaultCode, SoapRegister, Status, Trouble
from eservices_adapters.wire_http.exchange import Why
from eservices_core.access.custody import (
    CUSTODY,
    RegisterAnswer,
    RegisterFailure,
    RegisterSaid,
    Relative,
    facts_of,
)
from eservices_core.clinic.master_card import Protection
from eservices_core.clinic.settings import Guardianship
from eservices_core.outcome import Failure
from eservices_core.ports.custody_register import CustodyRegister
from eservices_core.ports.world import Clock
from eservices_core.words.civil_number import CivilNumber

_LINES_MAX: Final = 20
_LINE_BYTES_MAX: Final = 100
_PAIR: Final = 2


@click.command("custody")
@config_option
@json_option
def try_custody(config: Path, as_json: bool) -> int:  # noqa: FBT001  click's own way of giving switches
    """Try the custody register: does it answer, and what does it say?

    Standard input holds at most 20 lines: one CPR number, or a child's and a guardian's with a
    blank between them; then the verdict is told, too. THE QUESTIONS ARE REAL, and the register
    keeps who asked. No number is shown, neither one that was read nor one that was answered.

    The exit status is 1 where a question got no answer. That a number is in no register is one.
    """
    installation = configured(config)
    lines = _read_lines()
    trial = Trial("custody", as_json=as_json)
    trial.note("kind", _kind_of(installation.custody))
    clock = SystemClock()
    for found in check(installation.custody, clock):
        _ = trial.step("look", found.says, is_well=found.is_well)
    opened = open_register(installation.custody, clock, SystemChance())
    if isinstance(opened, Failure):
        _ = trial.step("open", opened.failure(), is_well=False)
        return trial.end()
    for place, numbers in enumerate(lines, start=1):
        said = [_ask(trial, opened.unwrap(), f"line_{place}", number) for number in numbers]
        if len(numbers) == _PAIR:
            _tell_verdict(trial, place, numbers, said, installation.access.guardianship, clock)
    return trial.end()


def _kind_of(chosen: Custody) -> str:
    match chosen:
        case FolderCustody():
            return "folder"
        case ExtractCustody():
            return "extract"
        case DgcprCustody():
            return "dgcpr"
        case _:
            assert_never(chosen)


def _read_lines() -> list[tuple[CivilNumber, ...]]:
    """Read standard input: an argument would stand in lists of processes."""
    content = open_stdin().read(_LINES_MAX * _LINE_BYTES_MAX + 1)
    lines = [line.split() for line in content.decode("ascii", "replace").splitlines()]
    read = [tuple(_number(word) for word in words) for words in lines if words]
    if not 1 <= len(read) <= _LINES_MAX or any(len(numbers) > _PAIR for numbers in read):
        raise _bad_input()
    return read


def _number(word: str) -> CivilNumber:
    number = CivilNumber.parse(word)
    if isinstance(number, Failure):
        raise _bad_input()
    return number.unwrap()


def _bad_input() -> BadInput:
    return BadInput("standard input", "must be 1 to 20 lines of one or two CPR numbers")


# --- asking and telling ---------------------------------------------------------------------------


def _ask(trial: Trial, register: CustodyRegister, name: str, number: CivilNumber) -> RegisterSaid:
    """Ask, and tell what came of it; over the line, every trouble by its name."""
    troubles: list[Trouble] = []

    def about(asked: CivilNumber) -> RegisterSaid:
        assert isinstance(register, SoapRegister), "only the service is asked step by step"
        told = register.driver.run(register.asking_once(asked))
        troubles.extend([] if told.trouble is None else [told.trouble])
        return told.said

    if isinstance(register, SoapRegister):
        said = drive(followed(number), about)
    else:
        said = register.ask(number)
    match said:
        case RegisterAnswer():
            about_them = said.is_about(number)
            _ = trial.step(name, _told(said, number), is_well=about_them)
        case RegisterFailure.NOT_IN_REGISTER:
            _ = trial.step(name, "is in no register")
        case RegisterFailure.VERSION_CANNOT_ANSWER:
            what = "answered in a version that does not tell who holds custody"
            _ = trial.step(name, what, is_well=False)
        case RegisterFailure.SILENT:
            why = "; ".join(map(_words_of, troubles)) or "an answer that nobody can rely on"
            _ = trial.step(name, f"no answer: {why}", is_well=False)
        case _:
            assert_never(said)
    return said


def _told(answer: RegisterAnswer, number: CivilNumber) -> str:
    if not answer.is_about(number):
        return "the answer is about somebody else"
    changed = ", the number has been changed" if answer.successor is not None else ""
    protected = ", protected" if answer.protection is Protection.PROTECTED else ""
    listed = ", ".join(map(_relation_of, answer.relatives)) or "nobody"
    return f"{answer.version}: {answer.status.value}{protected}{changed}; listed: {listed}"


def _relation_of(relative: Relative) -> str:
    number = "without a number" if relative.number is None else "******-****"
    return f"{relative.relation.value} ({number})"


def _words_of(trouble: Trouble) -> str:
    """A trouble, in words of ours."""
    match trouble:
        case Why():
            return trouble.value
        case Status(code):
            return f"status {code}"
        case FaultCode():
            return f"fault {trouble.value}"
        case UnreadableAnswer(defect, element):
            return f"cannot be read ({defect.value}{'' if element is None else f', in {element}'})"
        case CredentialDefect():
            return f"the ID card: expected {trouble.value}"
        case _:
            assert_never(trouble)


def _tell_verdict(  # noqa: PLR0913, PLR0917  who, whom, and what was said of each
    trial: Trial,
    place: int,
    numbers: tuple[CivilNumber, ...],
    said: list[RegisterSaid],
    guardianship: Guardianship,
    clock: Clock,
) -> None:
    (child, guardian), (of_child, of_guardian) = numbers, said
    facts = facts_of(child, guardian, of_child, of_guardian, clock.now(), guardianship)
    row = CUSTODY.decide(facts)
    reason = "" if row.then.reason is None else f", {row.then.reason.value}"
    _ = trial.step(f"verdict_{place}", f"{row.then.outcome.value}{reason} ({row.rule})")
