from collections.abc import Callable, Mapping
from copy import deepcopy
from datetime import date, datetime
from typing import Any, TypeAlias

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from lxml import etree

from eservices_adapters.custody.dgcpr import VERSION, Defect, UnreadableAnswer, read_answer
from eservices_core.access.custody import (
    CUSTODY,
    CivilStatus,
    CustodyOutcome,
    RegisterAnswer,
    RegisterFailure,
    RegisterSaid,
    Relation,
    Relative,
    facts_of,
)
from eservices_core.clinic.master_card import Protection
from eservices_core.clinic.settings import Guardianship
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
WORDS = {
    "mor": Relation.MOTHER,
    "far": Relation.FATHER,
    "anden": Relation.OTHER_HOLDER,
    "vaerge": Relation.APPOINTED_GUARDIAN,
    "mor_uden": Relation.MOTHER_WITHOUT_CUSTODY,
    "far_uden": Relation.FATHER_WITHOUT_CUSTODY,
}
HOLDING = {"mor", "far", "anden", "vaerge"}
SOAP_1_1 = "http://schemas.xmlsoap.org/soap/envelope/"
SOAP_1_2 = "http://www.w3.org/2003/05/soap-envelope"
THEN = datetime(2010, 1, 1, 12, tzinfo=COPENHAGEN)


def number(text: str) -> CivilNumber:
    """A number that is one."""
    return CivilNumber.parse(text).unwrap()


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


def only(element: Xml, name: str) -> Xml:
    """The first descendant of a local name."""
    found = next(element.iter(f"{{*}}{name}"))
    assert found is not None
    return found


def verifies(said: RegisterSaid, guardian: str, child: str = CHILD) -> bool:
    """Whether the register's half is verified in 2010."""
    facts = facts_of(number(child), number(guardian), said, None, THEN, Guardianship.COUNTS)
    return CUSTODY.decide(facts).then.outcome is CustodyOutcome.VERIFIED


def enveloped(payload: Xml, soap: str) -> Xml:
    """Put a payload into an envelope, with a security header that nobody reads."""
    envelope = etree.Element(f"{{{soap}}}Envelope")
    header = etree.SubElement(envelope, f"{{{soap}}}Header")
    etree.SubElement(header, "{urn:security}Security").text = "0709614606"
    body = etree.SubElement(envelope, f"{{{soap}}}Body", {"{urn:utility}Id": "body"})
    body.append(payload)
    return envelope


@st.composite
def cpr_numbers(draw: st.DrawFn) -> str:
    """A number that the schema's pattern and the calendar allow."""
    birth = draw(st.dates(date(1900, 1, 1), date(1999, 12, 31)))
    return f"{birth:%d%m}{birth.year % 100:02}{draw(st.integers(0, 3999)):04}"


WORD = st.sampled_from(sorted(WORDS))
ANSWERS: st.SearchStrategy[dict[str, Any]] = st.fixed_dictionaries(
    {
        "number": cpr_numbers(),
        "relatives": st.lists(st.tuples(st.just("0000000000") | cpr_numbers(), WORD), max_size=6),
        "current": st.none() | cpr_numbers(),
        "prior": st.none() | st.just("0000000000") | cpr_numbers(),
        "protection": st.sampled_from(["true", "false", "1", "0"]),
        "birth": st.dates(date(1858, 1, 1), date(2057, 12, 31)).map(str),
        "code": st.sampled_from(
            ["01", "03", "05", "07", "20", "30", "50", "60", "70", "80", "90"],
        ),
        "operation": st.sampled_from(OPERATIONS),
        "dressed": st.booleans(),
    }
)


def expected(given_answer: Mapping[str, Any]) -> RegisterAnswer:
    """What an answer says, from what it was built from."""
    own = number(given_answer["number"])
    others = {
        key: number(given_answer[key])
        for key in ("current", "prior")
        if given_answer[key] not in (None, "0000000000", given_answer["number"])
    }
    successor = others.get("current")
    living = ["01", "03", "05", "07", "20", *(["60"] if successor else [])]
    return RegisterAnswer(
        version=VERSION,
        number=own,
        birth_date=date.fromisoformat(given_answer["birth"]),
        status=CivilStatus.LIVING if given_answer["code"] in living else CivilStatus.GONE,
        protection=Protection.PROTECTED
        if given_answer["protection"] in ("true", "1")
        else Protection.NONE,
        relatives=tuple(
            Relative(None if who == "0000000000" else number(who), WORDS[word])
            for who, word in given_answer["relatives"]
        ),
        other_numbers=frozenset(others.values()),
        successor=successor,
    )


# --- what is read ---------------------------------------------------------------------------------


@given(ANSWERS)
def test_reads_every_answer_of_the_schema(build: Build, given_answer: dict[str, Any]) -> None:
    """D-ACC-7: An answer says what it was built from, in each of its four forms."""
    assert read(build(**given_answer)) == expected(given_answer)


@given(ANSWERS, st.sampled_from([SOAP_1_1, SOAP_1_2]))
def test_reads_an_answer_in_an_envelope(
    build: Build, given_answer: dict[str, Any], soap: str
) -> None:
    """An answer says the same in a SOAP envelope, whatever the header holds."""
    assert read(enveloped(build(**given_answer), soap)) == expected(given_answer)


@given(ANSWERS)
def test_builder_keeps_to_the_schema(
    build: Build, schema: etree.XMLSchema, given_answer: dict[str, Any]
) -> None:
    """What these tests build is what MedCom's schema allows."""
    schema.assertValid(build(**given_answer))


@pytest.mark.parametrize(("word", "relation"), WORDS.items())
def test_every_word_of_the_schema_is_known(build: Build, word: str, relation: Relation) -> None:
    """D-ACC-7: Each relation word has its meaning, and only four of the six can verify."""
    said = read(build(relatives=[(MOTHER, word)]))
    assert said.relatives == (Relative(number(MOTHER), relation),)
    assert verifies(said, MOTHER) == (word in HOLDING)


@given(st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), max_size=12))
def test_an_unknown_word_never_verifies(build: Build, word: str) -> None:
    """D-ACC-7: An entry with any other word is kept as unknown, and unknown is no."""
    _ = assume(word.strip(" ") not in WORDS and word.isprintable())
    said = read(build(relatives=[(MOTHER, word)]))
    assert said.relatives == (Relative(number(MOTHER), Relation.UNKNOWN),)
    assert not verifies(said, MOTHER)


@pytest.mark.parametrize(
    "word", ["Mor", "MOR", "mor uden", "mor\u00a0", "m\u043er", "mor_", "uden"]
)
def test_a_word_that_looks_like_another_is_unknown(build: Build, word: str) -> None:
    """D-ACC-7: Words are compared exactly; capitals, look-alikes and parts of words are unknown."""
    assert read(build(relatives=[(MOTHER, word)])).relatives[0].relation is Relation.UNKNOWN


@pytest.mark.parametrize("blank", ["0000000000", "", "  ", "\n"])
def test_a_holder_without_number_is_kept(build: Build, blank: str) -> None:
    """D-ACC-7: The number that means unknown, or none, gives a holder without number."""
    said = read(build(relatives=[(blank, "mor")]))
    assert said.relatives == (Relative(None, Relation.MOTHER),)
    assert not verifies(said, MOTHER)


def test_space_around_values_is_nothing(build: Build) -> None:
    """White space around a value does not change it."""
    spaced = build(current=OTHER, prior=MOTHER)
    plain = read(spaced)
    for leaf in spaced.iter():
        if not len(leaf):
            leaf.text = f"\r\n\t {leaf.text} "
    assert read(spaced) == plain


def test_dummies_of_a_protected_person_are_no_facts(build: Build) -> None:
    """D-ACC-19: Of a protected person the indicator is kept; name, address and doctor are not."""
    said = read(build(protection="true", operation="getPersonWithHealthCareInformationOut"))
    assert said.protection is Protection.PROTECTED
    assert "ADRESSEBESKYTTET" not in repr(said)
    assert "UKENDT" not in repr(said)
    assert said == read(build(protection="1", dressed=False))


# --- numbers that have changed, status, dates -----------------------------------------------------


def test_a_changed_number_names_its_successor(build: Build) -> None:
    """D-ACC-16: The current number is the successor, and both it and the earlier one are theirs."""
    said = read(build(code="60", current=OTHER, prior=FATHER))
    assert said.status is CivilStatus.LIVING
    assert said.successor == number(OTHER)
    assert said.other_numbers == {number(OTHER), number(FATHER)}


@pytest.mark.parametrize("current", [None, "", "0000000000", CHILD])
def test_a_changed_number_without_another_is_gone(build: Build, current: str | None) -> None:
    """D-ACC-16: A changed number whose successor the register does not give is not in use."""
    said = read(build(code="60", current=current))
    assert said.status is CivilStatus.GONE
    assert said.successor is None
    assert said.other_numbers == frozenset()


@pytest.mark.parametrize("code", ["1", "10", "60 60", "99", "", "00", "001", "\u0661"])
def test_an_unknown_status_is_unreadable(build: Build, code: str) -> None:
    """D-ACC-8: A status code that the schema does not have makes the answer unreadable."""
    assert unreadable(build(code=code)) == UnreadableAnswer(
        Defect.BAD_VALUE, "PersonCivilRegistrationStatusCode"
    )


@pytest.mark.parametrize("indicator", ["", "True", "FALSE", "yes", "ja", "2", "00", "true false"])
def test_protection_is_a_boolean_or_unreadable(build: Build, indicator: str) -> None:
    """D-ACC-19: An indicator that is none of true, false, 1 and 0 makes the answer unreadable."""
    assert unreadable(build(protection=indicator)) == UnreadableAnswer(
        Defect.BAD_VALUE, "PersonInformationProtectionIndicator"
    )


@pytest.mark.parametrize("zone", ["Z", "+01:00", "-14:00", "+14:00"])
def test_a_date_may_carry_a_time_zone(build: Build, zone: str) -> None:
    """A date with a time zone, as the schema allows, is the day as written."""
    assert read(build(birth=f"1998-06-29{zone}")).birth_date == date(1998, 6, 29)


def _indicate(document: Xml, text: str) -> Xml:
    (indicator,) = document.iter("{*}BirthDateUncertaintyIndicator")
    indicator.text = text
    return document


@pytest.mark.parametrize(
    ("marked", "born"),
    [
        ("true", number(CHILD).birth_date),
        ("1", number(CHILD).birth_date),
        ("false", date(1998, 1, 1)),
        ("0", date(1998, 1, 1)),
    ],
)
def test_an_uncertain_birth_date_is_not_known(build: Build, marked: str, born: date) -> None:
    """D-ACC-5: where the register marks its birth date uncertain, the number's counts."""
    said = read(_indicate(build(birth="1998-01-01"), marked))
    assert number(CHILD).birth_date != date(1998, 1, 1)
    assert said.birth_date == born


@pytest.mark.parametrize("text", ["", "yes", "TRUE", "2"])
def test_a_mark_that_says_neither_is_unreadable(build: Build, text: str) -> None:
    """D-ACC-8: nobody guesses whether a birth date is certain."""
    said = unreadable(_indicate(build(), text))
    assert said == UnreadableAnswer(Defect.BAD_VALUE, "BirthDateUncertaintyIndicator")


@pytest.mark.parametrize(
    "birth",
    [
        "",
        "1998-02-30",
        "1998-6-29",
        "29-06-1998",
        "1998-06-29T00:00:00",
        "1998-06-29+15:00",
        "1998-06-29ZZ",
        "1998-06",
        "0000-01-01",
        "-1998-06-29",
        "1998\u201306\u201329",
    ],
)
def test_a_bad_birth_date_is_unreadable(build: Build, birth: str) -> None:
    """D-ACC-8: A birth date that is no date makes the answer unreadable."""
    assert unreadable(build(birth=birth)) == UnreadableAnswer(Defect.BAD_VALUE, "BirthDate")


@pytest.mark.parametrize(
    "text",
    [
        "290698001",
        "29069800133",
        "290698-0013",
        "2906981AB3",
        "8906980013",
        "3002980013",
        "29 06980013",
        "\uff12906980013",
        "\u0662906980013",
        "CPR",
        "0000000001",
    ],
)
def test_a_malformed_number_is_unreadable(build: Build, text: str) -> None:
    """D-ACC-8: A number that is not ten digits of a CPR number makes the answer unreadable."""
    for element, name in [
        (build(number=text), "PersonCivilRegistrationIdentifier"),
        (build(current=text), "CurrentPersonCivilRegistrationIdentifier"),
        (build(prior=text), "PriorPersonCivilRegistrationIdentifier"),
        (build(relatives=[(text, "mor")]), "PersonCustodyIdentifier"),
    ]:
        assert unreadable(element) == UnreadableAnswer(Defect.BAD_VALUE, name)


@pytest.mark.parametrize("text", ["", "0000000000"])
def test_an_answer_about_nobody_is_unreadable(build: Build, text: str) -> None:
    """D-ACC-8: An answer without the number that it is about is unreadable."""
    assert unreadable(build(number=text)).element == "PersonCivilRegistrationIdentifier"


# --- other documents ------------------------------------------------------------------------------

OLDER = [
    "urn:oio:medcom:cprservice:1.0.1",
    "urn:oio:medcom:cprservice:1.0.2",
    "urn:oio:medcom:cprservice:1.0.3",
    "urn:oio:medcom:cprservice:1.0.4",
    "http://rep.oio.dk/medcom.sundcom.dk/xml/schemas/2007/02/01/",
    "http://rep.oio.dk/medcom.sundcom.dk/xml/wsdl/2007/06/28/",
]


@pytest.mark.parametrize("namespace", OLDER)
@pytest.mark.parametrize("operation", OPERATIONS)
def test_another_version_cannot_answer(build: Build, namespace: str, operation: str) -> None:
    """D-ACC-8: A version that does not tell custody apart gives no answer, bare or in SOAP."""
    document = xml(build(operation=operation)).replace(VERSION.encode(), namespace.encode())
    assert read_answer(document) == Success(RegisterFailure.VERSION_CANNOT_ANSWER)
    in_soap = xml(enveloped(etree.fromstring(document), SOAP_1_1))
    assert read_answer(in_soap) == Success(RegisterFailure.VERSION_CANNOT_ANSWER)


def fault_1_1(text: str) -> Xml:
    """A fault of SOAP 1.1, as a service that meets a wrong question sends it."""
    fault = etree.Element(f"{{{SOAP_1_1}}}Fault")
    etree.SubElement(fault, "faultcode").text = "S:Client"
    etree.SubElement(fault, "faultstring").text = text
    return fault


def fault_1_2(text: str) -> Xml:
    """The same in SOAP 1.2."""
    fault = etree.Element(f"{{{SOAP_1_2}}}Fault")
    code = etree.SubElement(fault, f"{{{SOAP_1_2}}}Code")
    etree.SubElement(code, f"{{{SOAP_1_2}}}Value").text = "S:Sender"
    reason = etree.SubElement(fault, f"{{{SOAP_1_2}}}Reason")
    language = {"{http://www.w3.org/XML/1998/namespace}lang": "da"}
    etree.SubElement(reason, f"{{{SOAP_1_2}}}Text", language).text = text
    return fault


@pytest.mark.parametrize(
    ("text", "failure"),
    [
        ("Ingen data fundet", RegisterFailure.NOT_IN_REGISTER),
        (" ingen data fundet. ", RegisterFailure.NOT_IN_REGISTER),
        ("Internal Server Error.", RegisterFailure.SILENT),
        ("PersonCivilRegistrationIdentifier was not set", RegisterFailure.SILENT),
        ("", RegisterFailure.SILENT),
        ("Adgang til data: ingen data fundet", RegisterFailure.SILENT),
    ],
)
def test_a_fault_is_silence_unless_it_says_no_such_person(
    text: str, failure: RegisterFailure
) -> None:
    """D-ACC-8, faults: 104. A SOAP fault is silence, but for the one that says 'no such person'."""
    assert read_answer(xml(enveloped(fault_1_1(text), SOAP_1_1))) == Success(failure)
    assert read_answer(xml(enveloped(fault_1_2(text), SOAP_1_2))) == Success(failure)


def test_an_empty_or_crowded_envelope_is_unreadable(build: Build) -> None:
    """D-ACC-8: An envelope carries exactly one answer."""
    envelope = enveloped(build(), SOAP_1_1)
    body = only(envelope, "Body")
    body.append(build(number=OTHER))
    assert unreadable(envelope) == UnreadableAnswer(Defect.UNEXPECTED, "Body")
    for answer in list(body):
        body.remove(answer)
    assert unreadable(envelope) == UnreadableAnswer(Defect.MISSING, "Body")
    envelope.append(deepcopy(body))
    assert unreadable(envelope) == UnreadableAnswer(Defect.DOUBLED, "Body")
    for each in list(envelope):
        envelope.remove(each)
    assert unreadable(envelope) == UnreadableAnswer(Defect.MISSING, "Body")


@pytest.mark.parametrize(
    "document",
    [
        b"<a/>",
        b"<getPersonInformationOut/>",
        b'<getPersonInformationOut xmlns="urn:oio:medcom:other"/>',
        b'<getPersonInformationIn xmlns="urn:oio:medcom:cprservice:1.0.4a"/>',
        b'<PersonInformationStructure xmlns="urn:oio:medcom:cprservice:1.0.4a"/>',
        b'<Envelope xmlns="urn:not-soap"/>',
        b'<Fault xmlns="urn:not-soap"/>',
    ],
)
def test_any_other_document_is_unreadable(document: bytes) -> None:
    """D-ACC-8, faults: 169. A document that this register does not send is unreadable."""
    assert unreadable(document) == UnreadableAnswer(Defect.NOT_AN_ANSWER)
