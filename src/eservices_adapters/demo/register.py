"""The demonstration's custody register: a folder of answers, as the stand-in writes them.

Only for making up a register in a folder; real answers come from the register itself.
"""

from pathlib import Path

from eservices_adapters.demo.people import ADULTS, CUSTODY, Patient
from eservices_adapters.stand_ins.custody_answers import Registered, answer_about


def write_register(folder: Path) -> None:
    """Write an answer for everybody in the demonstration, in files that no name gives away."""
    for place, person in enumerate((*ADULTS, *CUSTODY), start=1):
        _ = (folder / f"answer-{place}.xml").write_bytes(_answer(person))


def _answer(person: Patient) -> bytes:
    holders = tuple((holder.number, relation) for holder, relation in CUSTODY.get(person, ()))
    return answer_about(Registered(person.number, holders))
