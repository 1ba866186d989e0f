from collections.abc import Iterable
from datetime import timedelta
from pathlib import Path

import pytest

from eservices_adapters.clock import SystemChance
from eservices_adapters.custody.credential import NoCredential
from eservices_adapters.custody.extract import ExtractRegister
from eservices_adapters.custody.folder import FolderRegister
from eservices_adapters.custody.soap import SoapRegister
from eservices_adapters.stand_ins.custody_answers import Registered, answer_about
from eservices_adapters.stand_ins.custody_register import Behaviour, CustodyRegisterStandIn
from eservices_adapters.wire_http.driver import Bounds, HttpDriver
from eservices_core.access.custody import CUSTODY, CustodyReason, CustodyVerdict, facts_of
from eservices_core.ports.custody_register import CustodyRegister
from eservices_core.testing.memory import FakeClock
from eservices_core.words.civil_number import CivilNumber, Sex
from eservices_core.words.clinic_time import clinic_date
from tests.adapters.custody import extracts as x
from tests.adapters.custody.cases import CASES, Case

LONG_ENOUGH = Bounds(seconds=10)
SHORT = Bounds(seconds=0.3)
NEVER_COME = {Behaviour.IS_SILENT, Behaviour.DRIPS}
TYPES = {"mor": "0003", "far": "0004", "anden": "0005"}


def verdict_of(register: CustodyRegister, case: Case) -> CustodyVerdict:
    """Ask about both, and decide."""
    facts = facts_of(
        case.child,
        case.guardian,
        register.ask(case.child),
        register.ask(case.guardian),
        case.at,
        case.guardianship,
    )
    return CUSTODY.decide(facts).then


@pytest.mark.parametrize("name", CASES)
def test_by_the_service(name: str) -> None:
    """D-ACC-7, D-ACC-8; faults: 104, 106, 107, 110. The verdict over the real protocol."""
    case = CASES[name]
    with CustodyRegisterStandIn(behaviour=case.behaviour) as stand_in:
        stand_in.knows(*case.people)
        driver = HttpDriver(SHORT if case.behaviour in NEVER_COME else LONG_ENOUGH)
        register = SoapRegister(
            stand_in.url, NoCredential(), driver, FakeClock(case.at), SystemChance()
        )
        assert verdict_of(register, case) == case.verdict


OF_THE_REGISTER = [name for name, case in CASES.items() if case.behaviour is Behaviour.ANSWERS]


@pytest.mark.parametrize("name", OF_THE_REGISTER)
def test_by_a_folder_of_answers(name: str, tmp_path: Path) -> None:
    """D-ACC-7, -8: The same answers in a folder come to the same verdict."""
    case = CASES[name]
    for place, person in enumerate(case.people):
        _ = (tmp_path / f"{place}.xml").write_bytes(answer_about(person))
    assert verdict_of(FolderRegister(tmp_path), case) == case.verdict


@pytest.mark.parametrize("name", [name for name in OF_THE_REGISTER if CASES[name].in_extract])
def test_by_an_extract(name: str, tmp_path: Path) -> None:
    """D-ACC-7, -8: The same people in an extract of the CPR office's come to the same verdict."""
    case = CASES[name]
    path = tmp_path / "extract.txt"
    records = [line for person in case.people for line in lines_of(person)]
    produced = clinic_date(case.at).strftime("%Y%m%d")
    nobody = x.custody("2906980013", "0003")  # so that it is a file with custody in it
    _ = path.write_bytes(x.extract([*records, nobody], produced=produced))
    register = ExtractRegister(path, FakeClock(case.at), timedelta(days=8))
    assert verdict_of(register, case) == case.verdict


def lines_of(person: Registered) -> Iterable[str]:
    """A person as the extract has them."""
    number = person.number.reveal()
    yield x.person(
        number,
        status=person.status,
        born=(person.born or person.number.birth_date).isoformat(),
        successor=revealed(person.current),
    )
    if person.is_protected:
        yield x.protection(number, "0001", "2020-01-01")
    parents = [
        (relative, word[:3])
        for relative, word in person.relatives
        if word.removesuffix("_uden") in {"mor", "far"}
    ]
    if parents:
        mother = [relative for relative, word in parents if word == "mor"]
        father = [relative for relative, word in parents if word == "far"] or mother[1:]
        yield x.parents(number, *(revealed(next(iter(each), None)) for each in (mother, father)))
    for relative, word in person.relatives:
        if word == "vaerge":
            yield x.guardianship(number, revealed(relative))
        elif not word.endswith("_uden"):
            holder = "" if word in {"mor", "far"} else revealed(relative)
            yield x.custody(number, TYPES.get(word, "0009"), holder)


def revealed(number: CivilNumber | None) -> str:
    """A number's text, or none."""
    return "" if number is None else number.reveal()


def test_the_table_is_wide_enough() -> None:
    """There are more than 60 cases, each reason is in one, and types fit the parents' sex."""
    assert len(CASES) > 60
    assert {case.verdict.reason for case in CASES.values()} == {None, *CustodyReason}
    assert sum(CASES[name].in_extract for name in OF_THE_REGISTER) > 50
    words = {"mor": Sex.FEMALE, "far": Sex.MALE}
    for case in CASES.values():
        for person in case.people:
            for relative, word in person.relatives:
                if relative is not None and word in words and case.in_extract:
                    assert relative.sex is words[word]
