"""The register's half of a guardian verification, asked with answers that lie in files.

Here: reading the two numbers, the instant and the answers; telling which answer is about whom; and
the shape of the answer. Not here: what a document of the register's means (`custody.dgcpr`), and
what follows from it (`access.custody`).
"""

from collections.abc import Sequence
from importlib.util import find_spec
from typing import Final

from eservices_adapters.cli.documents import read_document
from eservices_adapters.cli.login_facts import read_instant
from eservices_adapters.cli.says import BadInput, texts_of
from eservices_core.access.custody import (
    CUSTODY,
    RegisterAnswer,
    RegisterFailure,
    RegisterSaid,
    facts_of,
)
from eservices_core.clinic.settings import Guardianship
from eservices_core.outcome import Failure
from eservices_core.words.civil_number import CivilNumber

_ANSWERS_MAX: Final = 2


def explain_guardian(
    child_text: str,
    guardian_text: str,
    at_text: str,
    paths: Sequence[str],
    *,
    appointed_count: bool,
) -> dict[str, object]:
    """Answer the question as JSON will hold it; raises BadInput, which names the option."""
    child = _read_number(child_text, "--child")
    guardian = _read_number(guardian_text, "--guardian")
    at = read_instant(at_text, "--at")
    if len(paths) > _ANSWERS_MAX:
        raise BadInput("--answer", "at most two: one about the child, one about the guardian")
    said = [_read_answer(path) for path in paths]
    about_child, about_guardian = tell_apart(child, guardian, said)
    row = CUSTODY.decide(
        facts_of(
            child,
            guardian,
            about_child,
            about_guardian,
            at,
            Guardianship.COUNTS if appointed_count else Guardianship.DOES_NOT_COUNT,
        )
    )
    reason = row.then.reason
    return {
        "outcome": row.then.outcome.value,
        "reason": None if reason is None else reason.value,
        "rule": row.rule,
        "next_step": row.next_step.value,
        "text": texts_of(row),
    }


def tell_apart(
    child: CivilNumber, guardian: CivilNumber, said: Sequence[RegisterSaid]
) -> tuple[RegisterSaid, RegisterSaid | None]:
    """Tell which answer is about the child, and which about the guardian; one or two are given.

    An answer that names neither is taken for the child's first: then the table says that it is
    about another person. So it also says where only the guardian was asked about. What is no
    answer (silence, an old version) is about whomever no other answer is about.
    """
    left = list(said)
    about_child = _take(left, child)
    about_guardian = _take(left, guardian)
    if about_child is None and left:
        about_child = left.pop(0)
    if about_child is None:
        assert about_guardian is not None, "there is at least one answer"
        return about_guardian, None
    if about_guardian is None and left:
        about_guardian = left.pop(0)
    return about_child, about_guardian


def _take(left: list[RegisterSaid], number: CivilNumber) -> RegisterSaid | None:
    for said in left:
        if isinstance(said, RegisterAnswer) and said.is_about(number):
            left.remove(said)
            return said
    return None


def _read_number(text: str, option: str) -> CivilNumber:
    outcome = CivilNumber.parse(text)
    if isinstance(outcome, Failure):
        raise BadInput(option, f"is no CPR number ({outcome.failure().value})")
    return outcome.unwrap()


def _read_answer(path: str) -> RegisterAnswer | RegisterFailure:
    if find_spec("lxml") is None:
        raise BadInput("--answer", "reading it needs: pip install 'eservices-core[custody]'")
    from eservices_adapters.custody.dgcpr import read_answer  # noqa: PLC0415  it needs lxml

    outcome = read_answer(read_document(path, "--answer"))
    if isinstance(outcome, Failure):
        unreadable = outcome.failure()
        where = "" if unreadable.element is None else f", in {unreadable.element}"
        what = f"is no answer that can be read ({unreadable.defect.value}{where})"
        raise BadInput("--answer", what)
    return outcome.unwrap()
