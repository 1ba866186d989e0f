"""How the stand-in of the custody register takes a question, and what it says to it.

Here: judging the envelope as strictly as the service does, and making answers and faults. Not here:
the line (`custody_server`), and the documents (`custody_answers`).
"""

from collections.abc import Mapping
from typing import Final

from eservices_adapters.custody.answer_xml import Element, read_skeleton
from eservices_adapters.custody.dgcpr import VERSION
from eservices_core.outcome import Failure

ACTION: Final = '"http://rep.oio.dk/medcom.sundcom.dk/xml/wsdl/2007/06/28/getPersonInformation"'
_SOAP: Final = "http://schemas.xmlsoap.org/soap/envelope/"
_DGWS: Final = "http://www.medcom.dk/dgws/2006/04/dgws-1.0.xsd"
_WSSE: Final = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd"
_SAML: Final = "urn:oasis:names:tc:SAML:2.0:assertion"
_CPR: Final = "http://rep.oio.dk/cpr.dk/xml/schemas/core/2005/03/18/"
_CONTAINERS: Final = frozenset(
    {"Envelope", "Header", "Body", "Security", "Linking", "getPersonInformationIn"}
)
_LEAVES: Final = frozenset({"SecurityLevel", "MessageID", "PersonCivilRegistrationIdentifier"})
_LEVEL_OF_A_CARD: Final = 3


def number_in(question: bytes, action: str | None, level: int) -> tuple[str | None, str | None]:
    """The number that a question asks about; or None, and the code of the fault that it gets.

    `action` is the header SOAPAction, `level` the level of security that is wanted.
    """
    skeleton = read_skeleton(question, _CONTAINERS, _LEAVES)
    if isinstance(skeleton, Failure) or action != ACTION:
        return None, "syntax_error"
    envelope = skeleton.unwrap()
    header, body = (envelope.first(f"{{{_SOAP}}}{part}") for part in ("Header", "Body"))
    if envelope.tag != f"{{{_SOAP}}}Envelope" or header is None or body is None:
        return None, "syntax_error"
    refused = _refused(header, level)
    if refused is not None:
        return None, refused
    asked = body.first(f"{{{VERSION}}}getPersonInformationIn")
    number = None if asked is None else asked.first(f"{{{_CPR}}}PersonCivilRegistrationIdentifier")
    return (None, "syntax_error") if number is None else (number.text, None)


def _refused(header: Element, wanted: int) -> str | None:
    """The code of the fault for a header that is not enough."""
    security = header.first(f"{{{_WSSE}}}Security")
    own = header.first(f"{{{_DGWS}}}Header")
    linking = None if own is None else own.first(f"{{{_DGWS}}}Linking")
    level = None if own is None else own.first(f"{{{_DGWS}}}SecurityLevel")
    if security is None or linking is None or level is None:
        return "missing_required_header"
    if linking.first(f"{{{_DGWS}}}MessageID") is None:
        return "missing_required_header"
    if wanted >= _LEVEL_OF_A_CARD and security.first(f"{{{_SAML}}}Assertion") is None:
        return "invalid_idcard"
    return "security_level_failed" if not level.text.isdigit() or int(level.text) < wanted else None


def answered(documents: Mapping[str, bytes], number: str) -> tuple[int, bytes]:
    """The status and the envelope for a number: the document about it, or that there is none."""
    document = documents.get(number)
    if document is None:
        return 500, fault(None, "Ingen data fundet for det angivne CPR-nummer")
    return 200, in_envelope(document)


def in_envelope(body: bytes) -> bytes:
    """An envelope around an element, with the header of the service's own."""
    before = (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<s:Envelope xmlns:s="{_SOAP}"><s:Header>'
        f'<d:Header xmlns:d="{_DGWS}"><d:Linking><d:MessageID>stand-in</d:MessageID></d:Linking>'
        "</d:Header></s:Header><s:Body>"
    )
    return before.encode() + body + b"</s:Body></s:Envelope>"


def fault(code: str | None, text: str = "Der opstod en fejl") -> bytes:
    """An envelope around a fault; a code stands in its detail."""
    detail = f'<detail><d:FaultCode xmlns:d="{_DGWS}">{code}</d:FaultCode></detail>' if code else ""
    said = f"<faultcode>s:Server</faultcode><faultstring>{text}</faultstring>{detail}"
    return in_envelope(f"<s:Fault>{said}</s:Fault>".encode())
