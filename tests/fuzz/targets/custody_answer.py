"""The custody register's answer in XML: SOAP envelope, answer or fault, all of `dgcpr`."""

from collections.abc import Hashable

from lxml import etree

from eservices_adapters.custody.dgcpr import read_document
from eservices_core.access.custody import RegisterAnswer
from eservices_core.outcome import Failure
from tests.adapters.custody.conftest import build_answer
from tests.fuzz.target import Target

_SOAP = b"http://schemas.xmlsoap.org/soap/envelope/"


def _envelope(body: bytes) -> bytes:
    return b'<s:Envelope xmlns:s="%s"><s:Header/><s:Body>%s</s:Body></s:Envelope>' % (_SOAP, body)


def _seeds() -> list[bytes]:
    answers: list[bytes] = [
        etree.tostring(build_answer()),
        etree.tostring(build_answer(dressed=False)),
        etree.tostring(
            build_answer(
                relatives=[("0709614606", "mor_uden"), ("0000000000", "anden"), ("", "vaerge")],
                current="3112970079",
                prior="0712614455",
                protection="true",
                code="60",
                operation="getPersonWithHealthCareInformationAndHistoricOut",
            )
        ),
    ]
    older = answers[0].replace(b"cprservice:1.0.4a", b"cprservice:1.0.3")
    fault = _envelope(
        b"<s:Fault><faultcode>s:Server</faultcode>"
        b"<faultstring>Ingen data fundet</faultstring></s:Fault>"
    )
    return [*answers, older, _envelope(answers[1]), fault]


def _attempt(content: bytes) -> Hashable:
    outcome = read_document(content)
    if isinstance(outcome, Failure):
        return outcome.failure()
    said = outcome.unwrap().said
    if not isinstance(said, RegisterAnswer):
        return said
    relations = tuple(sorted({relative.relation.value for relative in said.relatives}))
    return (said.status.value, said.protection.value, relations)


TARGET = Target(
    "custody-answer",
    _attempt,
    _seeds,
    words=(
        *(b"<!DOCTYPE a>", b"<!ENTITY x 'y'>", b"&x;", b"&#48;", b"<!--", b"-->", b"<![CDATA["),
        *(b"]]>", b"<?x?>", b'<?xml version="1.0" encoding="utf-16"?>', b" xmlns='x'", b"<a>"),
        *(b"</a>", b"0000000000", b"mor", b"mor_uden", b"vaerge", b"90", b"true", b" a='b'"),
        *(b'<?xml version="1.1"?>', b"2026-02-30", b"+14:00", b"urn:oio:medcom:cprservice:"),
    ),
)
