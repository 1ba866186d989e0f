"""The security header that goes into a question: the file of an ID card, as bytes."""

from collections.abc import Hashable
from datetime import UTC, datetime

from eservices_adapters.custody.credential import SAML, WSSE, read_header
from eservices_core.outcome import Failure
from tests.fuzz.target import Target

_NOW = datetime(2026, 11, 29, 12, tzinfo=UTC)
_CARD = f"""<?xml version="1.0" encoding="UTF-8"?>
<wsse:Security xmlns:wsse="{WSSE}" xmlns:saml="{SAML}"><saml:Assertion id="IDCard">
<saml:Conditions NotBefore="2026-11-29T06:00:00Z" NotOnOrAfter="2026-11-30T06:00:00+01:00"/>
<saml:NameID>Lægehuset &amp; søn</saml:NameID></saml:Assertion></wsse:Security>
""".encode()


def _attempt(content: bytes) -> Hashable:
    outcome = read_header(content, _NOW, 3)
    if isinstance(outcome, Failure):
        return outcome.failure()
    return ("expires", outcome.unwrap().expires is not None)


TARGET = Target(
    "custody-card",
    _attempt,
    lambda: [_CARD, _CARD.partition(b"?>")[2], _CARD.replace(b"-30T06", b"-29T06")],
    words=(
        *(b"<!DOCTYPE a>", b"&x;", b"&#48;", b"<!--", b"-->", b"<![CDATA[", b"]]>", b"<?x?>"),
        *(b" NotOnOrAfter=''", b"9999-12-31T23:59:59.999999-14:00", b"0001-01-01T00:00:00+14:00"),
        *(b"24:00", b"2026-11-29", b"2026-W48-7", b"Z", b"+25:00", b"<saml:Conditions/>"),
    ),
)
