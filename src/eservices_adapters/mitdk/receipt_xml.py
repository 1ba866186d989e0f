"""A receipt as it comes: PKO_PostStatus, alone or inside the envelope it is pushed in.

Here: bytes in, what they say out, or that they cannot be read. Nothing outside the document is
looked at: no DTD, no entity, no network; a document is small (faults: 168). In the envelope's trap
the payload's `Base64` stands in another namespace than the envelope around it.

The interface is the public senders' (SF1461); it stands in for mit.dk's, which is not public, as
the one receipt format for MeMo that is published.
"""

import base64
import binascii
import re
from datetime import datetime
from typing import Final

from attrs import frozen
from lxml import etree

from eservices_core.outcome import Failure, Outcome, Success
from eservices_core.ports.digital_post import NO_CODE
from eservices_core.post.letter import Says, is_code
from eservices_core.words.clinic_time import parse_instant
from eservices_core.words.identifiers import LetterId

MAX_BYTES: Final = 64 * 1024

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
    root = _parse(document)
    if root is not None and root.tag == _ENVELOPE:
        payload = _payload(root)
        root = None if payload is None else _parse(payload)
    if root is None or root.tag != f"{_STATUS}PKO_PostStatus":
        return Failure(Unreadable())
    status = _status(root)
    return Failure(Unreadable()) if status is None else Success(status)


def _parse(document: bytes) -> etree._Element | None:  # pyright: ignore[reportPrivateUsage]  lxml's only name for it
    if len(document) > MAX_BYTES or b"<!" in document.replace(b"<!--", b""):
        return None
    try:
        _ = document.decode("utf-8")
        # A parser of its own for each document: nothing of one is left for the next.
        parser = etree.XMLParser(
            encoding="utf-8",
            resolve_entities=False,
            load_dtd=False,
            dtd_validation=False,
            no_network=True,
            huge_tree=False,
            recover=False,
        )
        return etree.fromstring(document, parser)
    except (UnicodeDecodeError, ValueError, etree.XMLSyntaxError):
        return None  # the parser's message may quote the document, so it ends here


def _payload(root: etree._Element) -> bytes | None:  # pyright: ignore[reportPrivateUsage]  lxml's only name for it
    element = root
    for tag in _PATH:
        found = element.findall(tag)
        if len(found) != 1:
            return None
        element = found[0]
    text = _text(element)
    try:
        return base64.b64decode("".join((text or "").split()), validate=True)
    except (binascii.Error, ValueError):
        return None


def _text(element: etree._Element | None) -> str | None:  # pyright: ignore[reportPrivateUsage]  lxml's only name for it
    """A leaf's text; None where it holds anything else, a comment too."""
    if element is None or len(element):
        return None
    return (element.text or "").strip()


def _status(root: etree._Element) -> PostStatus | None:  # pyright: ignore[reportPrivateUsage]  lxml's only name for it
    names = [child.tag for child in root]
    if len(set(names)) != len(names):
        return None  # readers do not agree on which of two counts
    uuid = _text(root.find(f"{_STATUS}MessageUUID"))
    word = _text(root.find(f"{_STATUS}TransaktionsStatusKode"))
    at = parse_instant(_text(root.find(f"{_STATUS}TransaktionsDatoTid")))
    if uuid is None or not _UUID.fullmatch(uuid) or not word or isinstance(at, Failure):
        return None
    code = _text(root.find(f"{_STATUS}FejlDetaljer/{_STATUS}FejlKode")) or NO_CODE
    return PostStatus(
        LetterId(uuid.lower()),
        _WORDS.get(word),
        at.unwrap(),
        code if is_code(code) else "other",
    )
