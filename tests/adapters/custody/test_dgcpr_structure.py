from collections.abc import Callable
from copy import deepcopy
from datetime import datetime
from typing import Any, TypeAlias

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from eservices_adapters.custody.dgcpr import VERSION, Defect, UnreadableAnswer, read_answer
from eservices_core.access.custody import (
    CUSTODY,
    CustodyOutcome,
    RegisterAnswer,
    RegisterSaid,
    Relation,
    facts_of,
)
from eservices_core.outcome import Failure, Success
from eservices_core.words.civil_number import CivilNumber
from eservices_core.words.clinic_time import COPENHAGEN

Xml: TypeAlias = Any  # lxml's class of elements has no public name
Build: TypeAlias = Callable[..., Xml]

CHILD, MOTHER, FATHER = "2906980013", "0709614606", "0709614231"
OTHER = "1303814074"
OPERATIONS = [
    "getPersonInformationOut",
    "getPersonInformationWithHistoricOut",
    "getPersonWithHealthCareInformationOut",
    "getPersonWithHealthCareInformationAndHistoricOut",
]


def xml(element: Xml) -> bytes:
    """The bytes of a document."""
    return etree.tostring(element, xml_declaration=True, encoding="UTF-8")


def read(element: Xml) -> RegisterAnswer:
    """The answer that must be there."""
    said = read_answer(xml(element)).unwrap()
    assert isinstance(said, RegisterAnswer)
    return said


def unreadable(document: Xml | bytes) -> UnreadableAnswer:
    """Why the document cannot be read, as it must not be."""
    outcome = read_answer(document if isinstance(document, bytes) else xml(document))
    assert isinstance(outcome, Failure)
    return outcome.failure()


def verifies(said: RegisterSaid, guardian: str) -> bool:
    """Whether the register's half is verified at noon on New Year's Day of 2010."""
    child, stated = (CivilNumber.parse(text).unwrap() for text in (CHILD, guardian))
    facts = facts_of(child, stated, said, None, datetime(2010, 1, 1, 12, tzinfo=COPENHAGEN))
    return CUSTODY.decide(facts).then.outcome is CustodyOutcome.VERIFIED


# --- structure ------------------------------------------------------------------------------------

# Whose children are looked at, and what in them may be left out or repeated.
READ_INTO = {
    *OPERATIONS,
    "PersonWithHealthCareInformationStructure",
    "PersonInformationStructure",
    "RegularCPRPerson",
    "SimpleCPRPerson",
    "PersonBirthDateStructure",
    "PersonCivilRegistrationStatusStructure",
    "PersonCustodyStructure",
}
OPTIONAL = {
    "CurrentPersonCivilRegistrationIdentifier",
    "PriorPersonCivilRegistrationIdentifier",
    "PersonNameStructure",
    "PersonNameForAddressingName",
    "PersonSpouseStructure",
    "FrontierInformationStructure",
}
REPEATED = {"PersonCustodyStructure", "PersonWardStructure"}


def name_of(element: Xml) -> str:
    """The local name."""
    return etree.QName(element).localname


def looked_at(root: Xml) -> list[tuple[Xml, Xml]]:
    """Every element whose place is looked at, with its parent."""
    return [
        (parent, child)
        for parent in root.iter()
        if name_of(parent) in READ_INTO
        for child in parent
    ]


@pytest.fixture(params=OPERATIONS)
def full(request: pytest.FixtureRequest, build: Build) -> Xml:
    """An answer with everything in it, in each of the four forms."""
    return build(operation=request.param, current=OTHER, prior=FATHER, code="60")


def every_place(root: Xml) -> range:
    """As many numbers as there are elements whose place is looked at."""
    return range(len(looked_at(root)))


def test_a_missing_element_is_unreadable(full: Xml) -> None:
    """D-ACC-8: Without any one element that must be there the answer is unreadable, and named."""
    missed: set[str] = set()
    for place in every_place(full):
        broken = deepcopy(full)
        parent, child = looked_at(broken)[place]
        name = name_of(child)
        parent.remove(child)
        if name in OPTIONAL | REPEATED:
            _ = read(broken)
        else:
            assert unreadable(broken) == UnreadableAnswer(Defect.MISSING, name)
            missed.add(name)
    assert len(missed) >= 13


def test_a_doubled_element_is_unreadable(full: Xml) -> None:
    """D-ACC-8: With any one single element twice the answer is unreadable, and named."""
    for place in every_place(full):
        broken = deepcopy(full)
        _, child = looked_at(broken)[place]
        child.addnext(deepcopy(child))
        if name_of(child) in REPEATED:
            _ = read(broken)
        else:
            assert unreadable(broken) == UnreadableAnswer(Defect.DOUBLED, name_of(child))


def test_another_order_is_unreadable(full: Xml) -> None:
    """D-ACC-8: Two neighbours in the order that the schema forbids make the answer unreadable."""
    for place in every_place(full):
        broken = deepcopy(full)
        parent, child = looked_at(broken)[place]
        after = child.getnext()
        if after is None or name_of(after) == name_of(child):
            continue
        after.addnext(child)
        assert unreadable(broken) == UnreadableAnswer(Defect.OUT_OF_ORDER, name_of(parent))


def test_a_wrong_namespace_is_unreadable(full: Xml) -> None:
    """D-ACC-8, faults: 169. An element of the right name in another namespace is unexpected."""
    for place in every_place(full):
        broken = deepcopy(full)
        parent, child = looked_at(broken)[place]
        child.tag = f"{{urn:other}}{name_of(child)}"
        assert unreadable(broken) == UnreadableAnswer(Defect.UNEXPECTED, name_of(parent))


def test_an_element_too_many_is_unreadable(full: Xml) -> None:
    """D-ACC-8, faults: 169. An unknown element is refused; the error names only its parent."""
    for place in every_place(full):
        broken = deepcopy(full)
        parent, child = looked_at(broken)[place]
        child.addprevious(etree.Element("{urn:x}p0709614606"))
        assert unreadable(broken) == UnreadableAnswer(Defect.UNEXPECTED, name_of(parent))


def test_an_attribute_is_unreadable(full: Xml) -> None:
    """D-ACC-8: The schema has no attributes; one that might change a meaning is refused."""
    nil = "{http://www.w3.org/2001/XMLSchema-instance}nil"
    for attribute in ("ended", nil):
        for place in every_place(full):
            broken = deepcopy(full)
            _, child = looked_at(broken)[place]
            child.set(attribute, "true")
            assert unreadable(broken) == UnreadableAnswer(Defect.UNEXPECTED, name_of(child))


def test_a_schema_location_is_harmless(build: Build) -> None:
    """The attributes with which XML names its schema are nobody's business."""
    answer = build()
    answer.set("{http://www.w3.org/2001/XMLSchema-instance}schemaLocation", f"{VERSION} file:///x")
    assert read(answer) == read(build())


def test_text_between_elements_is_unreadable(full: Xml) -> None:
    """D-ACC-8: Text where the schema has none makes the answer unreadable."""
    for place in every_place(full):
        broken = deepcopy(full)
        parent, child = looked_at(broken)[place]
        child.tail = "0709614606"
        assert unreadable(broken) == UnreadableAnswer(Defect.UNEXPECTED, name_of(parent))


@pytest.mark.parametrize(
    "content",
    [
        b"mor<!-- x -->_uden",
        b"mor<!--_uden-->",
        b"mor<?x y?>",
        b"mor<x/>_uden",
        b"<x>mor</x>",
        b"mor<![CDATA[]]><!---->",
    ],
)
def test_a_leaf_holds_text_alone(build: Build, content: bytes) -> None:
    """D-ACC-7: A comment, an instruction or an element inside a word is refused, never skipped."""
    document = xml(build(relatives=[(MOTHER, "WORD")])).replace(b"WORD", content)
    assert unreadable(document) == UnreadableAnswer(Defect.UNEXPECTED, "PersonCustodyRelation")


@pytest.mark.parametrize(
    ("content", "relation"),
    [
        (b"mor<![CDATA[_uden]]>", Relation.MOTHER_WITHOUT_CUSTODY),
        (b"<![CDATA[ mor ]]>", Relation.MOTHER),
        (b"mor&#95;uden", Relation.MOTHER_WITHOUT_CUSTODY),
        (b"m&#x6f;r", Relation.MOTHER),
        (b"mor&amp;", Relation.UNKNOWN),
    ],
)
def test_text_is_all_of_the_text(build: Build, content: bytes, relation: Relation) -> None:
    """D-ACC-7: Sections and character references are text like any other."""
    document = xml(build(relatives=[(MOTHER, "WORD")])).replace(b"WORD", content)
    said = read_answer(document).unwrap()
    assert isinstance(said, RegisterAnswer)
    assert said.relatives[0].relation is relation


def test_comments_elsewhere_are_harmless(build: Build) -> None:
    """Comments and instructions between elements are skipped."""
    answer = build()
    for parent, child in looked_at(answer):
        del parent
        child.addprevious(etree.Comment("x"))
        child.addprevious(etree.ProcessingInstruction("xml-stylesheet", 'href="http://x.example"'))
    assert read(answer) == read(build())


# --- broken bytes ---------------------------------------------------------------------------------


@st.composite
def edits(draw: st.DrawFn) -> list[tuple[float, int, bytes]]:
    """Up to four edits: where, in parts of the length; how many bytes go; what comes instead.

    At most four bytes go at a time, so that no edit takes the five of `_uden` away: a document
    without them is another valid answer.
    """
    piece = st.binary(max_size=3) | st.sampled_from(
        [b"<", b">", b"&", b"</", b"/>", b"<!--", b"-->", b"mor", b"far", b" ", b"_", b"\xff", b"0"]
    )
    edit = st.tuples(st.floats(0, 1), st.integers(0, 4), piece)
    return draw(st.lists(edit, min_size=1, max_size=4))


@given(edits(), st.none() | st.floats(0, 1))
def test_broken_bytes_never_verify_who_has_no_custody(
    build: Build, broken: list[tuple[float, int, bytes]], cut: float | None
) -> None:
    """D-ACC-7, faults: 169. A damaged answer never gives custody to a parent who has none."""
    document = xml(build(relatives=[(MOTHER, "mor"), (FATHER, "far_uden")]))
    for where, gone, instead in broken:
        start = int(where * len(document))
        document = document[:start] + instead + document[start + gone :]
    if cut is not None:
        document = document[: int(cut * len(document))]
    outcome = read_answer(document)
    if isinstance(outcome, Success):
        assert not verifies(outcome.unwrap(), FATHER)


def test_every_cut_is_unreadable(build: Build) -> None:
    """D-ACC-8, faults: 104. An answer that was cut anywhere is unreadable."""
    document = xml(build(dressed=False))
    for end in range(len(document)):
        assert isinstance(read_answer(document[:end]), Failure)


@given(st.binary(max_size=200))
def test_any_bytes_at_all_are_read_or_refused(document: bytes) -> None:
    """faults: 169. Bytes that are no answer are refused; nothing is raised."""
    assert isinstance(read_answer(document), Failure)


def test_a_refusal_shows_no_content(build: Build) -> None:
    """D-LOG-1: Neither the refusal nor the answer shows a number or a name in its repr."""
    for broken in (
        build(number="0709614606x"),
        build(birth="0709614606"),
        build(code="0709614606"),
        build(protection="0709614606"),
        build(relatives=[("0709614606x", "mor")]),
    ):
        assert "0709614606" not in repr(read_answer(xml(broken)))
    assert "0709614606" not in repr(read_answer(xml(build(current=OTHER, prior=FATHER))))
