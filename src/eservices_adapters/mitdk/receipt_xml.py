"""A receipt as it comes: PKO_PostStatus, alone or inside the envelope it is pushed in.

Here: bytes in, what they say out, or that they cannot be read. In the envelope's trap the payload's
`Base64` stands in another namespace than the envelope around it. Not here: what of XML is taken at
all (`small_xml`).

No signature is looked for, so none can be wrapped (faults: 173): an element that is not where a
receipt has it is not read, and whoever may lay a receipt is the transport's to know.

The interface is the public senders' (SF1461); it stands in for mit.dk's, which is not public, as
the one receipt format for MeMo that is published.
"""

import base64
import binascii
import re
from datetime import datetime
from typing import Final

from attrs import frozen

from eservices_adapters.mitdk.small_xml import Element, only, parse, text_of
from eservices_core.outcome import Failure, Outcome, Success
from eservices_core.ports.digital_post import NO_CODE
from eservices_core.post.letter import Says, is_code
from eservices_core.words.clinic_time import parse_instant
from eservices_core.words.identifiers import LetterId

_STATUS: Final = "{http://serviceplatformen.dk/xml/print/PKO_PostStatus/1/types}"
_ENVELOPE: Final = "{urn:oio:sts:1.0.0}ModtagBeskedInput"
_MESSAGE: Final = "{urn:oio:besked:kuvert:1.0}"
_PAYLOAD: Final = "{urn:besked:kuvert:1.0}Base64"
_PATH: Final = (f"{_MESSAGE}Haendelsesbesked", f"{_MESSAGE}Beskeddata", _PAYLOAD)
_UUID: Final = re.compile(
    r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", re.IGNORECASE
)
_WORDS: Final = {
    "Modtaget Digital Post": Says.RECEIVED,
    "Afleveret Digital Post": Says.DELIVERED,
    "Fejlet": Says.FAILED,
}


@frozen
class PostStatus:
    """What a receipt says; `says` is None for a stage that no letter of ours has."""

    letter: LetterId
    says: Says | None
    at: datetime
    code: str


@frozen
class Unreadable:
    """It is no receipt, or not one that can be trusted; nothing of it is repeated."""


def read_receipt(document: bytes) -> Outcome[PostStatus, Unreadable]:
    """Read a receipt, out of its envelope if it is in one."""
    root = parse(document)
    if root is not None and root.tag == _ENVELOPE:
        payload = _payload(root)
        root = None if payload is None else parse(payload)
    if root is None or root.tag != f"{_STATUS}PKO_PostStatus":
        return Failure(Unreadable())
    status = _status(root)
    return Failure(Unreadable()) if status is None else Success(status)


def _payload(root: Element) -> bytes | None:
    element = only(root, *_PATH)
    try:
        return base64.b64decode("".join((text_of(element) or "").split()), validate=True)
    except (binascii.Error, ValueError):
        return None


def _status(root: Element) -> PostStatus | None:
    names = [child.tag for child in root]
    if len(set(names)) != len(names):
        return None  # readers do not agree on which of two counts
    uuid = text_of(root.find(f"{_STATUS}MessageUUID"))
    word = text_of(root.find(f"{_STATUS}TransaktionsStatusKode"))
    at = parse_instant(text_of(root.find(f"{_STATUS}TransaktionsDatoTid")))
    if uuid is None or not _UUID.fullmatch(uuid) or not word or isinstance(at, Failure):
        return None
    code = text_of(root.find(f"{_STATUS}FejlDetaljer/{_STATUS}FejlKode")) or NO_CODE
    return PostStatus(
        LetterId(uuid.lower()),
        _WORDS.get(word),
        at.unwrap(),
        code if is_code(code) else "other",
    )
