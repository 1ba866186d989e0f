"""Who we are to the national service platform: the security header of 'Den Gode Webservice'.

Here: the header that stands in every question, and what a file must be to be put there. Not here:
how it comes about. An ID card is issued by the platform's security token service to whoever holds
a certificate of the organisation's; that exchange, its signatures and its certificate are the work
of a program of its own (a gateway, or a small job that writes the file anew before it expires). So
what is plugged in here is a `Credential`: anything that gives the header when it is asked.

The file is put into the question byte by byte: a signature in it would not stand anything else. It
is a secret while it lasts: whoever reads it can ask in the organisation's name.

Source: MedCom's 'Den Gode Webservice' 1.0.1, its schemas.
"""

import os
import stat
from datetime import UTC, datetime, timedelta
from enum import Enum, unique
from pathlib import Path
from typing import TYPE_CHECKING, Final, Protocol

from attrs import field, frozen
from lxml import etree

from eservices_adapters.config.files import open_regular
from eservices_adapters.custody.answer_xml import seen_in_the_bytes
from eservices_core.outcome import Failure, Outcome, Success

WSSE: Final = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd"
WSU: Final = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd"
SAML: Final = "urn:oasis:names:tc:SAML:2.0:assertion"

_LIMIT: Final = 64 * 1024
_ANYBODY_ELSE: Final = stat.S_IRWXG | stat.S_IRWXO
_SKEW: Final = timedelta(seconds=60)


@unique
class CredentialDefect(Enum):
    """Why there is no header; the value says what was expected."""

    UNREADABLE = "a regular file that can be read, of at most 64 KiB"
    OPEN_TO_OTHERS = "a file that only its owner can read or write (mode 0600 or 0400)"
    NOT_A_HEADER = "one wsse:Security element in UTF-8, without a DOCTYPE"
    NOT_YET_VALID = "an ID card that is valid already"
    EXPIRED = "an ID card that has not expired"


@frozen
class SecurityHeader:
    """A header, to be put into a question; it shows nothing of itself.

    Attributes:
        content: the element `wsse:Security`, in UTF-8.
        level: the level of security that the header with the message's own data names.
        expires: when its ID card expires; None where it has none, or does not say.
    """

    content: bytes = field(repr=False)
    level: int
    expires: datetime | None = None


class Credential(Protocol):
    """Gives the header of a question."""

    def header(self, at: datetime, /) -> Outcome[SecurityHeader, CredentialDefect]:
        """Give the header for a question that is asked at an aware instant; nothing is raised."""
        ...


@frozen
class NoCredential:
    """No ID card: for a stand-in, or for a gateway that puts its own in."""

    def header(self, at: datetime, /) -> Outcome[SecurityHeader, CredentialDefect]:
        """Give a header that says no more than when it was made."""
        created = at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        content = (
            f'<wsse:Security xmlns:wsse="{WSSE}" xmlns:wsu="{WSU}"><wsu:Timestamp>'
            f"<wsu:Created>{created}</wsu:Created></wsu:Timestamp></wsse:Security>"
        )
        return Success(SecurityHeader(content.encode("ascii"), level=1))


@frozen
class IdCardFile:
    """An ID card in a file, which another program writes anew before it expires.

    Attributes:
        path: a file of mode 0600 or 0400, with the element `wsse:Security` and nothing else.
        level: the level that the card has: 3 for an organisation's, 4 for an employee's.
    """

    path: Path
    level: int = 3

    def header(self, at: datetime, /) -> Outcome[SecurityHeader, CredentialDefect]:
        """Read the file afresh, and give what is in it if it is valid at that instant."""
        try:
            with open_regular(self.path) as file:
                if stat.S_IMODE(os.fstat(file.fileno()).st_mode) & _ANYBODY_ELSE:
                    return Failure(CredentialDefect.OPEN_TO_OTHERS)
                content = file.read(_LIMIT + 1)
        except OSError:
            return Failure(CredentialDefect.UNREADABLE)
        if len(content) > _LIMIT:
            return Failure(CredentialDefect.UNREADABLE)
        return read_header(content, at, self.level)


if TYPE_CHECKING:
    _: tuple[type[Credential], ...] = (NoCredential, IdCardFile)


def read_header(
    content: bytes, at: datetime, level: int
) -> Outcome[SecurityHeader, CredentialDefect]:
    """Read a header from its file's bytes; any bytes may come in, and nothing is raised."""
    element = content.removeprefix(b"\xef\xbb\xbf").strip()
    if element.startswith(b"<?xml"):  # a declaration may stand at the start of a document only
        element = element.partition(b"?>")[2].strip()
    if seen_in_the_bytes(element) is not None or not element.startswith(b"<"):
        return Failure(CredentialDefect.NOT_A_HEADER)
    parser = etree.XMLParser(
        encoding="utf-8",
        resolve_entities=False,
        load_dtd=False,
        no_network=True,
        huge_tree=False,
        recover=False,
    )
    try:
        root = etree.fromstring(element, parser)
    except etree.XMLSyntaxError:
        return Failure(CredentialDefect.NOT_A_HEADER)
    if root.tag != f"{{{WSSE}}}Security":
        return Failure(CredentialDefect.NOT_A_HEADER)
    expires: datetime | None = None
    for conditions in root.iter(f"{{{SAML}}}Conditions"):
        begins = _instant(conditions.get("NotBefore"))
        expires = _instant(conditions.get("NotOnOrAfter"))
        if begins is not None and at + _SKEW < begins:
            return Failure(CredentialDefect.NOT_YET_VALID)
        if expires is not None and expires <= at:
            return Failure(CredentialDefect.EXPIRED)
    return Success(SecurityHeader(element, level, expires))


def _instant(text: str | None) -> datetime | None:
    """An xs:dateTime; one without a zone is UTC, as the platform's are."""
    try:
        moment = datetime.fromisoformat(text or "")
    except ValueError:
        return None
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)
