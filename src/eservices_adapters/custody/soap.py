"""The custody register itself: MedCom's 'Det Gode CPR Opslag', asked over SOAP.

Here: the question, what came of it on the wire, and the port over both. Not here: reading an answer
(`dgcpr`), the security header (`credential`), following a changed number (`following`), and the
network, with its deadline and bounds (`wire_http`).

One question is one POST of a SOAP 1.1 envelope: the headers of 'Den Gode Webservice', and the
number in the body. What comes back is an answer, or a fault with status 500; any other status is
somebody else's word (a proxy's, a gateway's) and never the register's, so a 404 is not 'no such
person'. Whatever is no answer has a `Trouble` of its own, for whoever looks into it; through the
port all of them are SILENT, which is an answer of its own and never 'no custody' (D-ACC-8).

An answer about another person than the one asked about goes to the core as it came: it is matched
on the number there.

Sources: MedCom's schemas and service description; the national service platform's clients in
public. Rules: D-ACC-7, D-ACC-8, D-ACC-16.
"""

import re
from enum import Enum, unique
from typing import TYPE_CHECKING, Final, TypeAlias

from attrs import field, frozen

from eservices_adapters.custody.answer_xml import UnreadableAnswer
from eservices_adapters.custody.credential import Credential, CredentialDefect, SecurityHeader
from eservices_adapters.custody.dgcpr import VERSION, read_answer
from eservices_adapters.custody.following import followed
from eservices_adapters.wire_http.driver import HttpDriver
from eservices_adapters.wire_http.exchange import Answer, Exchange, Request, Silence, Why
from eservices_core.access.custody import RegisterAnswer, RegisterFailure, RegisterSaid
from eservices_core.outcome import Failure
from eservices_core.ports.world import Chance, Clock
from eservices_core.words.civil_number import CivilNumber, CivilNumberKind

if TYPE_CHECKING:
    from eservices_core.ports.custody_register import CustodyRegister

OPERATION: Final = "getPersonInformation"
SOAP_ACTION: Final = f"http://rep.oio.dk/medcom.sundcom.dk/xml/wsdl/2007/06/28/{OPERATION}"
"""As the service description of 1.0.2 has it, and clients of 1.0.4 in public send it."""
SOAP: Final = "http://schemas.xmlsoap.org/soap/envelope/"
DGWS: Final = "http://www.medcom.dk/dgws/2006/04/dgws-1.0.xsd"
CPR: Final = "http://rep.oio.dk/cpr.dk/xml/schemas/core/2005/03/18/"

_OK: Final = 200
_FAULT: Final = 500
_MESSAGE_ID_BYTES: Final = 16
_HEADERS: Final = (("content-type", "text/xml; charset=utf-8"), ("accept", "text/xml"))
_FAULT_CODE: Final = re.compile(rb"<(?:[A-Za-z0-9_.-]+:)?FaultCode[^<>]*>\s*([a-z_]{1,64})\s*</")


@unique
class FaultCode(Enum):
    """What a fault of 'Den Gode Webservice' says of itself; OTHER is any word that is none."""

    SYNTAX_ERROR = "syntax_error"
    MISSING_REQUIRED_HEADER = "missing_required_header"
    SECURITY_LEVEL_FAILED = "security_level_failed"
    INVALID_USERNAME_PASSWORD = "invalid_username_password"
    INVALID_SIGNATURE = "invalid_signature"
    INVALID_IDCARD = "invalid_idcard"
    INVALID_CERTIFICATE = "invalid_certificate"
    EXPIRED_IDCARD = "expired_idcard"
    NOT_AUTHORIZED = "not_authorized"
    ILLEGAL_HTTP_METHOD = "illegal_http_method"
    NONREPUDIATION_NOT_SUPPORTED = "nonrepudiation_not_supported"
    PROCESSING_PROBLEM = "processing_problem"
    GATEWAY_HAS_NO_ID_CARD = "sosigw_no_valid_idcard_in_cache"
    GATEWAY_WANTS_AN_ID_CARD = "sosigw_no_valid_idcard_in_request"
    GATEWAY_WANTS_A_SIGNATURE = "sosigw_awaiting_signing"
    GATEWAY_DENIES = "sosigw_access_denied"
    OTHER = "other"


@frozen
class Status:
    """An HTTP status that the register does not answer with."""

    code: int


Trouble: TypeAlias = Why | Status | FaultCode | UnreadableAnswer | CredentialDefect
"""Why a question has no answer; none of them holds anything that the peer wrote."""


@frozen
class Told:
    """What came of one question.

    Attributes:
        said: what the register said, as the port gives it.
        trouble: what went wrong, exactly where `said` is SILENT.
    """

    said: RegisterSaid
    trouble: Trouble | None = None

    def __attrs_post_init__(self) -> None:
        assert (self.trouble is not None) == (self.said is RegisterFailure.SILENT)


@frozen
class SoapRegister:
    """The port `CustodyRegister` over the service itself.

    Attributes:
        url: where it is.
        credential: who asks.
        driver: carries a question out, with everything that it takes to follow a changed number,
            within one deadline.
        clock: tells the time, for the header.
        chance: gives each message an identity.
    """

    url: str
    credential: Credential
    driver: HttpDriver = field(repr=False)
    clock: Clock
    chance: Chance

    def ask(self, number: CivilNumber, /) -> RegisterSaid:
        """Ask about a person (D-ACC-7); a changed number is followed once (D-ACC-16)."""
        return self.driver.run(self.asking(number))

    def asking(self, number: CivilNumber) -> Exchange[RegisterSaid]:
        """The exchange by itself, for whoever awaits it."""
        question = followed(number)
        try:
            wanted = next(question)
            while True:
                told = yield from self.asking_once(wanted)
                wanted = question.send(told.said)
        except StopIteration as done:
            said: RegisterSaid = done.value
            return said

    def asking_once(self, number: CivilNumber) -> Exchange[Told]:
        """Ask about one number, and follow nothing; what went wrong is told.

        A replacement number is in no register, and is not sent to one (D-ACC-16).
        """
        if number.kind is not CivilNumberKind.CPR:
            return Told(RegisterFailure.NOT_IN_REGISTER)
        header = self.credential.header(self.clock.now())
        if isinstance(header, Failure):
            return _silent(header.failure())
        message_id = self.chance.entropy(_MESSAGE_ID_BYTES).hex()
        answer = yield Request(
            "POST",
            self.url,
            (*_HEADERS, ("soapaction", f'"{SOAP_ACTION}"')),
            envelope(number, header.unwrap(), message_id),
        )
        return read_told(answer)


if TYPE_CHECKING:
    _: type[CustodyRegister] = SoapRegister


def envelope(number: CivilNumber, header: SecurityHeader, message_id: str) -> bytes:
    """The question: a SOAP 1.1 envelope in UTF-8, with the security header as it was given."""
    before = (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<soap:Envelope xmlns:soap="{SOAP}"><soap:Header>'
    )
    after = (
        f'<dgws:Header xmlns:dgws="{DGWS}"><dgws:SecurityLevel>{header.level}</dgws:SecurityLevel>'
        f"<dgws:Linking><dgws:MessageID>{message_id}</dgws:MessageID></dgws:Linking>"
        "<dgws:RequireNonRepudiationReceipt>no</dgws:RequireNonRepudiationReceipt></dgws:Header>"
        f'</soap:Header><soap:Body><m:{OPERATION}In xmlns:m="{VERSION}">'
        f'<c:PersonCivilRegistrationIdentifier xmlns:c="{CPR}">{number.reveal()}'
        f"</c:PersonCivilRegistrationIdentifier></m:{OPERATION}In></soap:Body></soap:Envelope>"
    )
    return before.encode("ascii") + header.content + after.encode("ascii")


def read_told(answer: Answer) -> Told:
    """Read what came back; any status and any bytes may, and nothing is raised."""
    if isinstance(answer, Silence):
        return _silent(answer.why)
    if answer.status not in {_OK, _FAULT}:
        return _silent(Status(answer.status))
    read = read_answer(answer.body)
    if isinstance(read, Failure):
        unreadable = read.failure()
        return _silent(Status(_FAULT) if answer.status == _FAULT else unreadable)
    said = read.unwrap()
    if said is RegisterFailure.SILENT:
        return _silent(_fault_code(answer.body))
    if isinstance(said, RegisterAnswer) and answer.status == _FAULT:
        return _silent(Status(_FAULT))
    return Told(said)


def _silent(trouble: Trouble) -> Told:
    return Told(RegisterFailure.SILENT, trouble)


def _fault_code(body: bytes) -> FaultCode:
    """The code in a fault's detail, if it is one that we know; the first that stands there."""
    found = _FAULT_CODE.search(body)
    word = found[1].decode("ascii") if found else FaultCode.OTHER.value
    return next((code for code in FaultCode if code.value == word), FaultCode.OTHER)
