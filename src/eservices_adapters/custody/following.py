"""A question to a register, with a changed number followed once (D-ACC-16).

Here: which numbers are asked about, and what the two answers come to. Not here: how one question is
answered (`folder`, `extract`, `soap`), and what the answer means for a guardian (`access.custody`).

The question is a generator: it yields a number, is sent what the register says about it, and
returns what it comes to. So every register follows in the same way, waiting or not.
"""

from collections.abc import Callable, Generator
from typing import TypeAlias

from attrs import evolve

from eservices_core.access.custody import RegisterAnswer, RegisterFailure, RegisterSaid
from eservices_core.words.civil_number import CivilNumber

Question: TypeAlias = Generator[CivilNumber, RegisterSaid, RegisterSaid]


def followed(number: CivilNumber) -> Question:
    """Ask about a number, and about the one that replaced it.

    The answer holds the facts under the current number, and is about the number asked. An old
    record alone, which names its successor but not the successor's facts, is no answer, and a
    number that has been changed twice is doubt: SILENT. An answer about somebody else is given as
    it came, so that nobody takes it for an answer about the one asked about (D-ACC-8).
    """
    said = yield number
    if not isinstance(said, RegisterAnswer) or not said.is_about(number):
        return said
    if said.successor is None:
        return _as_asked(number, said)
    current = yield said.successor
    if not isinstance(current, RegisterAnswer) or not current.is_about(said.successor):
        return current
    if current.successor is not None:
        return RegisterFailure.SILENT
    earlier = {said.number, *said.other_numbers}
    merged = evolve(current, other_numbers=current.other_numbers | earlier)
    return _as_asked(number, merged)


def drive(question: Question, about: Callable[[CivilNumber], RegisterSaid]) -> RegisterSaid:
    """Answer each number that a question yields, until it returns."""
    try:
        number = next(question)
        while True:
            number = question.send(about(number))
    except StopIteration as done:
        said: RegisterSaid = done.value
        return said


def _as_asked(number: CivilNumber, answer: RegisterAnswer) -> RegisterAnswer:
    """The answer to a question about `number`, which may be an earlier number of the person."""
    others = answer.other_numbers - {answer.number}
    successor = answer.number if number != answer.number else None
    return evolve(answer, other_numbers=others, successor=successor)
