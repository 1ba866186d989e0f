from datetime import datetime
from pathlib import Path

import pytest
from lxml import etree

from eservices_adapters.custody.dgcpr import read_answer
from eservices_core.access.custody import (
    CUSTODY,
    CustodyOutcome,
    CustodyReason,
    CustodyVerdict,
    RegisterSaid,
    facts_of,
)
from eservices_core.words.civil_number import CivilNumber
from eservices_core.words.clinic_time import COPENHAGEN

VERIFIED = CustodyVerdict(CustodyOutcome.VERIFIED)


def number(text: str) -> CivilNumber:
    """A number that is one."""
    return CivilNumber.parse(text).unwrap()


def said_in(path: Path) -> RegisterSaid:
    """What the register said in a file."""
    return read_answer(path.read_bytes()).unwrap()


def verdict(
    child: str, guardian: str, year: int, child_said: Path, guardian_said: Path | None = None
) -> CustodyVerdict:
    """What the register's half comes to at noon on New Year's Day."""
    facts = facts_of(
        number(child),
        number(guardian),
        said_in(child_said),
        said_in(guardian_said) if guardian_said else None,
        datetime(year, 1, 1, 12, tzinfo=COPENHAGEN),
    )
    return CUSTODY.decide(facts).then


@pytest.mark.parametrize("parent", ["0709614606", "0709614231"])
def test_joint_custody_verifies_both(answers: Path, parent: str) -> None:
    """D-ACC-7: With joint custody, mother and father are each verified."""
    assert verdict("2906980013", parent, 2010, answers / "child_joint_custody.xml") == VERIFIED


def test_sole_custody_verifies_the_mother(answers: Path) -> None:
    """D-ACC-7: With sole custody the holder is verified."""
    path = answers / "child_sole_mother_father_without.xml"
    assert verdict("3112970079", "1303814074", 2008, path) == VERIFIED


def test_sole_custody_refuses_the_father_in_the_list(answers: Path) -> None:
    """D-ACC-7: The father who stands in the list without custody is refused for no custody."""
    path = answers / "child_sole_mother_father_without.xml"
    assert verdict("3112970079", "0712614455", 2008, path) == CustodyVerdict(
        CustodyOutcome.REFUSED, CustodyReason.NO_CUSTODY
    )


def test_a_stranger_is_refused(answers: Path) -> None:
    """D-ACC-7: One who stands in no list is refused for no custody."""
    path = answers / "child_joint_custody.xml"
    assert verdict("2906980013", "1303814074", 2010, path) == CustodyVerdict(
        CustodyOutcome.REFUSED, CustodyReason.NO_CUSTODY
    )


def test_a_protected_child_cannot_be_verified(answers: Path) -> None:
    """D-ACC-19, faults: 110. The holder of a protected child is sent to the clinic."""
    assert verdict(
        "3101229995", "3103979995", 2025, answers / "child_protected.xml"
    ) == CustodyVerdict(CustodyOutcome.CANNOT_VERIFY, CustodyReason.PROTECTED_PERSON)


def test_a_dead_guardian_is_refused(answers: Path) -> None:
    """D-ACC-8, faults: 110. Nobody logs in as a person whom the register calls dead."""
    child, dead = answers / "child_joint_custody.xml", answers / "deceased_parent.xml"
    assert verdict("2906980013", "2311143995", 2010, child, dead) == CustodyVerdict(
        CustodyOutcome.REFUSED, CustodyReason.DEAD_OR_GONE
    )


def test_an_answer_about_another_cannot_verify(answers: Path) -> None:
    """D-ACC-8, faults: 104. The right holder of another child cannot be verified."""
    path = answers / "child_joint_custody.xml"
    assert verdict("3112970079", "0709614606", 2008, path) == CustodyVerdict(
        CustodyOutcome.CANNOT_VERIFY, CustodyReason.ANSWER_ABOUT_ANOTHER
    )


def test_a_child_of_fifteen_is_refused(answers: Path) -> None:
    """D-ACC-5: From the 15th birthday no custody counts."""
    path = answers / "child_joint_custody.xml"
    assert verdict("2906980013", "0709614606", 2014, path) == CustodyVerdict(
        CustodyOutcome.REFUSED, CustodyReason.NOT_UNDER_15
    )


def test_the_answers_keep_to_the_schema(answers: Path, schema: etree.XMLSchema) -> None:
    """The answers made for testing are what MedCom's schema allows."""
    paths = sorted(answers.glob("*.xml"))
    assert len(paths) >= 4
    for path in paths:
        schema.assertValid(etree.parse(path))
