import asyncio
from collections.abc import Generator
from datetime import datetime, timedelta
from pathlib import Path
from time import monotonic

import pytest
from attrs import evolve
from lxml import etree

from eservices_adapters.clock import SystemChance
from eservices_adapters.custody.answer_xml import Defect, UnreadableAnswer
from eservices_adapters.custody.credential import (
    SAML,
    WSSE,
    CredentialDefect,
    IdCardFile,
    NoCredential,
)
from eservices_adapters.custody.dgcpr import read_answer
from eservices_adapters.custody.soap import (
    SOAP_ACTION,
    FaultCode,
    SoapRegister,
    Status,
    Told,
    Trouble,
    read_told,
)
from eservices_adapters.stand_ins.custody_answers import answer_about
from eservices_adapters.stand_ins.custody_register import (
    Behaviour,
    CustodyRegisterStandIn,
    Registered,
    documents_in,
)
from eservices_adapters.wire_http.driver import Bounds, HttpDriver
from eservices_adapters.wire_http.exchange import Response, Silence, Why
from eservices_core.access.custody import RegisterAnswer, RegisterFailure, Relation
from eservices_core.testing.contracts import CustodyRegisterContract, RegisterUnderTest
from eservices_core.testing.memory import FakeClock
from eservices_core.words.civil_number import CivilNumber
from eservices_core.words.clinic_time import COPENHAGEN


def number(text: str) -> CivilNumber:
    """A number that is one."""
    return CivilNumber.parse(text).unwrap()


CHILD, MOTHER, FATHER = number("2906980013"), number("0709614606"), number("0709614231")
EARLIER, CURRENT, UNKNOWN = number("0712614455"), number("3112970079"), number("1303814074")
THEN = datetime(2010, 1, 4, 12, tzinfo=COPENHAGEN)
SECOND = Bounds(seconds=1.0)
QUICK = Bounds(seconds=0.4)
IS_A_CHILD = Registered(CHILD, ((MOTHER, "mor"), (FATHER, "far_uden")))
CARD = f"""<?xml version="1.0" encoding="UTF-8"?>
<wsse:Security xmlns:wsse="{WSSE}" xmlns:saml="{SAML}"><saml:Assertion id="IDCard">
<saml:Conditions NotBefore="2010-01-04T06:00:00Z" NotOnOrAfter="2010-01-05T06:00:00Z"/>
<saml:NameID>Lægehuset &amp; søn</saml:NameID></saml:Assertion></wsse:Security>
"""


@pytest.fixture
def stand_in() -> Generator[CustodyRegisterStandIn]:
    """A register that knows a child, and somebody whose number has been changed."""
    with CustodyRegisterStandIn() as listening:
        listening.knows(
            IS_A_CHILD,
            Registered(MOTHER),
            Registered(EARLIER, status="60", current=CURRENT),
            Registered(CURRENT, ((MOTHER, "anden"),)),
        )
        yield listening


def register_at(
    stand_in: CustodyRegisterStandIn, bounds: Bounds = SECOND, card: Path | None = None
) -> SoapRegister:
    """The adapter over a stand-in."""
    credential = NoCredential() if card is None else IdCardFile(card)
    return SoapRegister(
        stand_in.url, credential, HttpDriver(bounds), FakeClock(THEN), SystemChance()
    )


def told_by(stand_in: CustodyRegisterStandIn, bounds: Bounds = QUICK) -> Told:
    """What comes of one question about the child."""
    register = register_at(stand_in, bounds)
    return register.driver.run(register.asking_once(CHILD))


# --- the contract ---------------------------------------------------------------------------------


class TestSoapRegister(CustodyRegisterContract):
    @pytest.fixture
    def under_test(self, stand_in: CustodyRegisterStandIn) -> RegisterUnderTest:
        """The register over the stand-in's line."""

        def news() -> RegisterAnswer:
            stand_in.knows(evolve(IS_A_CHILD, relatives=((MOTHER, "mor_uden"),)))
            return said_in(stand_in.documents[CHILD.reveal()])

        def behave(behaviour: Behaviour) -> None:
            stand_in.behaviour = behaviour

        current = said_in(stand_in.documents[CURRENT.reveal()])
        return RegisterUnderTest(
            register=register_at(stand_in, Bounds(seconds=5)),
            known=said_in(stand_in.documents[CHILD.reveal()]),
            unknown=UNKNOWN,
            changed=(
                EARLIER,
                evolve(current, other_numbers=frozenset({EARLIER}), successor=CURRENT),
            ),
            silence=lambda: behave(Behaviour.HANGS_UP),
            garble=lambda: behave(Behaviour.GARBLES),
            news=news,
        )


def said_in(document: bytes) -> RegisterAnswer:
    """The answer in a document."""
    said = read_answer(document).unwrap()
    assert isinstance(said, RegisterAnswer)
    return said


# --- what goes wrong on the way -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("behaviour", "trouble"),
    [
        (Behaviour.IS_SILENT, Why.TOO_LATE),
        (Behaviour.DRIPS, Why.TOO_LATE),
        (Behaviour.HANGS_UP, Why.UNREADABLE),
        (Behaviour.CUTS_OFF, Why.UNREADABLE),
        (Behaviour.IS_ENDLESS, Why.TOO_LARGE),
        (Behaviour.IS_DOWN, Status(503)),
        (Behaviour.IS_NOT_FOUND, Status(404)),
        (Behaviour.HAS_MOVED, Status(307)),
        (Behaviour.REFUSES, FaultCode.NOT_AUTHORIZED),
        (Behaviour.FAILS, FaultCode.OTHER),
        (Behaviour.GARBLES, UnreadableAnswer(Defect.NOT_XML)),
        (Behaviour.SENDS_A_DOCTYPE, UnreadableAnswer(Defect.DOCTYPE)),
    ],
)
def test_an_outage_is_an_answer_of_its_own(
    stand_in: CustodyRegisterStandIn, behaviour: Behaviour, trouble: Trouble
) -> None:
    """D-ACC-8, faults: 104. Whatever goes wrong is SILENT within its time, and has a name."""
    stand_in.behaviour = behaviour
    begun = monotonic()
    assert told_by(stand_in) == Told(RegisterFailure.SILENT, trouble)
    assert monotonic() - begun < 5
    assert register_at(stand_in, QUICK).ask(UNKNOWN) is RegisterFailure.SILENT


def test_every_behaviour_has_been_met() -> None:
    """The table of outages leaves out none but the three that are answers."""
    marks = test_an_outage_is_an_answer_of_its_own.pytestmark
    met = {case[0] for case in marks[0].args[1]}
    answers = {Behaviour.ANSWERS, Behaviour.IS_OLDER, Behaviour.ANSWERS_ABOUT_ANOTHER}
    assert met == {*Behaviour} - answers


def test_nobody_there_is_silence() -> None:
    """faults: 104. A register that does not listen is SILENT."""
    with CustodyRegisterStandIn() as gone:
        pass
    assert told_by(gone) == Told(RegisterFailure.SILENT, Why.UNREACHABLE)


def test_an_older_version_cannot_answer(stand_in: CustodyRegisterStandIn) -> None:
    """D-ACC-8: An answer in a version that does not tell custody is no answer."""
    stand_in.behaviour = Behaviour.IS_OLDER
    assert register_at(stand_in).ask(CHILD) is RegisterFailure.VERSION_CANNOT_ANSWER


def test_an_answer_about_another_is_not_made_the_askeds(stand_in: CustodyRegisterStandIn) -> None:
    """D-ACC-8, faults: 104. An answer about somebody else is never about the one asked about."""
    stand_in.behaviour = Behaviour.ANSWERS_ABOUT_ANOTHER
    said = register_at(stand_in).ask(CHILD)
    assert isinstance(said, RegisterAnswer)
    assert not said.is_about(CHILD)


def test_a_successor_that_is_somebody_else_is_not_followed_into(
    stand_in: CustodyRegisterStandIn,
) -> None:
    """D-ACC-16: If the answer about the new number is about another, so is the whole answer."""
    stand_in.documents[CURRENT.reveal()] = stand_in.documents[MOTHER.reveal()]
    said = register_at(stand_in).ask(EARLIER)
    assert isinstance(said, RegisterAnswer)
    assert not said.is_about(EARLIER)


def test_a_number_changed_twice_is_doubt(stand_in: CustodyRegisterStandIn) -> None:
    """D-ACC-16: A changed number is followed once: two questions, and no third."""
    stand_in.knows(Registered(CURRENT, status="60", current=CHILD))
    assert register_at(stand_in).ask(EARLIER) is RegisterFailure.SILENT
    assert len(stand_in.questions) == 2


def test_a_replacement_number_is_not_sent(stand_in: CustodyRegisterStandIn) -> None:
    """D-ACC-16: A number that somebody made up for their own use is asked of no register."""
    assert register_at(stand_in).ask(number("6906980013")) is RegisterFailure.NOT_IN_REGISTER
    assert stand_in.questions == []


@pytest.mark.parametrize("status", [200, 500])
def test_a_fault_may_come_with_either_status(status: int) -> None:
    """A fault that knows nobody is NOT_IN_REGISTER, with 500 as SOAP has it or with 200."""
    body = (
        b'<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body><s:Fault>'
        b"<faultcode>s:Server</faultcode><faultstring>Ingen data fundet</faultstring>"
        b"<detail>intet</detail></s:Fault></s:Body></s:Envelope>"
    )
    assert read_told(Response(status, (), body)) == Told(RegisterFailure.NOT_IN_REGISTER)


@pytest.mark.parametrize("status", [100, 201, 204, 302, 401, 403, 404, 502, 999])
def test_only_the_register_says_not_there(status: int) -> None:
    """faults: 104. Under any other status not even a good answer is the register's."""
    body = answer_about(IS_A_CHILD)
    expected = Told(RegisterFailure.SILENT, Status(status))
    assert read_told(Response(status, (), body)) == expected


def test_an_answer_under_500_is_no_answer() -> None:
    """A status that says 'I failed' is believed, whatever the body says."""
    expected = Told(RegisterFailure.SILENT, Status(500))
    assert read_told(Response(500, (), answer_about(IS_A_CHILD))) == expected
    assert read_told(Response(500, (), b"<html/>")) == expected


@pytest.mark.parametrize("why", Why)
def test_every_silence_is_told(why: Why) -> None:
    """What the line says of a silence is what is told of it."""
    assert read_told(Silence(why)) == Told(RegisterFailure.SILENT, why)


# --- the question ---------------------------------------------------------------------------------


def test_the_question_keeps_to_the_schema(
    stand_in: CustodyRegisterStandIn, schema: etree.XMLSchema
) -> None:
    """The body of the question is what MedCom's schema of 1.0.4a says."""
    _ = register_at(stand_in).ask(CHILD)
    envelope = etree.fromstring(stand_in.questions[0])
    body = envelope.find("{http://schemas.xmlsoap.org/soap/envelope/}Body")
    assert body is not None
    schema.assertValid(etree.ElementTree(body[0]))
    assert body[0][0].text == CHILD.reveal()


def test_the_header_keeps_to_the_schema(
    stand_in: CustodyRegisterStandIn, shared_data: Path
) -> None:
    """The message's own header is what the schema of 'Den Gode Webservice' says."""
    path = shared_data / "custody" / "dgcpr_schemas" / "dgws" / "medcom.xsd"
    if not path.is_file():
        pytest.skip("the schemas of 'Den Gode Webservice' are not here: custody/dgcpr_schemas")
    _ = register_at(stand_in).ask(CHILD)
    envelope = etree.fromstring(stand_in.questions[0])
    own = envelope.find(".//{http://www.medcom.dk/dgws/2006/04/dgws-1.0.xsd}Header")
    assert own is not None
    etree.XMLSchema(etree.parse(path)).assertValid(etree.ElementTree(own))


def test_every_message_has_an_identity_of_its_own(stand_in: CustodyRegisterStandIn) -> None:
    """Two questions about the same number are two messages."""
    register = register_at(stand_in)
    assert register.ask(CHILD) == register.ask(CHILD)
    first, second = stand_in.questions
    assert first != second
    assert len(first) == len(second)


def test_the_number_stands_in_the_body_alone() -> None:
    """D-LOG-1: Neither the address nor a header nor a repr of the question holds the number."""
    register = register_at(CustodyRegisterStandIn())
    request = next(register.asking(CHILD))
    assert request.method == "POST"
    assert CHILD.reveal() not in request.url
    assert CHILD.reveal() not in str(request.headers)
    assert CHILD.reveal() not in repr(request)
    assert ("soapaction", f'"{SOAP_ACTION}"') in request.headers
    assert request.body is not None
    assert request.body.count(CHILD.reveal().encode()) == 1


def test_it_can_be_awaited(stand_in: CustodyRegisterStandIn) -> None:
    """The same exchange is driven by asyncio, with the same answers."""
    register = register_at(stand_in)

    async def both() -> list[object]:
        asked = (register.driver.run_async(register.asking(each)) for each in (CHILD, EARLIER))
        return list(await asyncio.gather(*asked))

    assert asyncio.run(both()) == [register.ask(CHILD), register.ask(EARLIER)]


# --- the credential -------------------------------------------------------------------------------


@pytest.fixture
def card(tmp_path: Path) -> Path:
    """An ID card that is valid at the instant of the tests."""
    path = tmp_path / "id-card.xml"
    _ = path.write_text(CARD, encoding="utf-8")
    path.chmod(0o600)
    return path


def test_a_card_is_sent_as_it_is(stand_in: CustodyRegisterStandIn, card: Path) -> None:
    """The header in the file is put into the question byte by byte, without its declaration."""
    stand_in.level = 3
    assert isinstance(register_at(stand_in, card=card).ask(CHILD), RegisterAnswer)
    sent = stand_in.questions[0]
    assert CARD.partition("?>")[2].strip().encode() in sent
    assert sent.count(b"<?xml") == 1
    assert etree.fromstring(sent) is not None


def test_without_a_card_a_strict_register_refuses(stand_in: CustodyRegisterStandIn) -> None:
    """A register that wants an ID card says so, and that is told."""
    stand_in.level = 3
    assert told_by(stand_in) == Told(RegisterFailure.SILENT, FaultCode.INVALID_IDCARD)


GOOD_CARD = CARD.encode()
BAD_CARDS = {
    "a card of more than 64 KiB": (b" " * 70_000, CredentialDefect.UNREADABLE),
    "nothing": (b"", CredentialDefect.NOT_A_HEADER),
    "two cards": (GOOD_CARD * 2, CredentialDefect.NOT_A_HEADER),
    "another element": (b"<a/>", CredentialDefect.NOT_A_HEADER),
    "half a card": (GOOD_CARD[:-30], CredentialDefect.NOT_A_HEADER),
    "UTF-16": (CARD.encode("utf-16"), CredentialDefect.NOT_A_HEADER),
    "Latin-1": (CARD.encode("latin-1"), CredentialDefect.NOT_A_HEADER),
    "a doctype": (b"<!DOCTYPE a>" + GOOD_CARD, CredentialDefect.NOT_A_HEADER),
    "tomorrow's": (
        GOOD_CARD.replace(b"2010-01-04T06", b"2010-01-04T12"),
        CredentialDefect.NOT_YET_VALID,
    ),
    "yesterday's": (
        GOOD_CARD.replace(b"2010-01-05T06", b"2010-01-04T11"),
        CredentialDefect.EXPIRED,
    ),
}


@pytest.mark.parametrize("name", BAD_CARDS)
def test_a_bad_card_is_not_sent(stand_in: CustodyRegisterStandIn, card: Path, name: str) -> None:
    """Without a header that is valid now nothing is asked, and why is told."""
    content, defect = BAD_CARDS[name]
    _ = card.write_bytes(content)
    register = register_at(stand_in, card=card)
    told = register.driver.run(register.asking_once(CHILD))
    assert told == Told(RegisterFailure.SILENT, defect)
    assert stand_in.questions == []


def test_a_card_that_others_can_read_is_not_sent(card: Path) -> None:
    """A secret that is open to others is refused, and so is one that is not there."""
    card.chmod(0o640)
    assert IdCardFile(card).header(THEN).failure() is CredentialDefect.OPEN_TO_OTHERS
    card.unlink()
    assert IdCardFile(card).header(THEN).failure() is CredentialDefect.UNREADABLE


def test_a_card_is_read_afresh(stand_in: CustodyRegisterStandIn, card: Path) -> None:
    """A new card is used from the next question on, without a restart."""
    register = register_at(stand_in, card=card)
    _ = card.rename(card.with_suffix(".old"))
    assert register.ask(CHILD) is RegisterFailure.SILENT
    _ = card.with_suffix(".old").rename(card)
    assert isinstance(register.ask(CHILD), RegisterAnswer)


def test_a_card_shows_nothing_of_itself(card: Path) -> None:
    """D-LOG-1: No repr of a header holds what is in it."""
    header = IdCardFile(card).header(THEN).unwrap()
    assert "Assertion" not in repr(header)
    assert header.expires is not None
    assert header.expires - THEN == timedelta(hours=19)


# --- the stand-in itself --------------------------------------------------------------------------


def test_the_stand_ins_answers_keep_to_the_schema(schema: etree.XMLSchema) -> None:
    """What the stand-in answers is what MedCom's schema allows, protected persons' dummies too."""
    people = [
        IS_A_CHILD,
        Registered(CHILD, ((None, "anden"), (MOTHER, "vaerge")), is_protected=True),
        Registered(EARLIER, status="60", current=CURRENT, prior=MOTHER),
    ]
    for person in people:
        schema.assertValid(etree.ElementTree(etree.fromstring(answer_about(person))))


def test_dummies_are_never_facts(stand_in: CustodyRegisterStandIn) -> None:
    """D-ACC-19: Of a protected person's dummy values none comes back."""
    stand_in.knows(evolve(IS_A_CHILD, is_protected=True))
    assert b"ADRESSEBESKYTTET" in stand_in.documents[CHILD.reveal()]
    said = register_at(stand_in).ask(CHILD)
    assert isinstance(said, RegisterAnswer)
    assert said.protection.value == "protected"
    assert "BESKYTTET" not in repr(said)
    assert said.relatives[0].relation is Relation.MOTHER


def test_a_folder_of_answers_can_be_served(answers: Path) -> None:
    """The answers made for testing are served, each by the number that it is about."""
    documents = documents_in(answers)
    with CustodyRegisterStandIn(documents) as serving:
        register = register_at(serving)
        told = [register.ask(number(each)) for each in documents]
    assert len(told) >= 4
    assert all(isinstance(said, RegisterAnswer) for said in told)
