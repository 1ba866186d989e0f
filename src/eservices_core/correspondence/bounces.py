"""Where a bounce comes back to: for every mail an address of its own, which only we can make.

Here: the envelope sender (VERP), made from a mail's id and read back to it. Not here: what a report
says, and what it does to a booking (D-BOOK-3).

The address is `bounce+<id>.<token>@<mail domain>`. Both halves are base32 in lower case, so mail
systems may fold its case; 60 octets are left of the at sign, where RFC 5321 allows 64. One mailbox
`bounce` with subaddresses takes them all. Whoever has a mail has its address too, so a report is
evidence about that one mail and proof of nothing else.
"""

import base64
import re
from typing import Final

from eservices_core.clinic.service import Service
from eservices_core.words.identifiers import MailId
from eservices_core.words.keyed import Keys

_TOKEN_BYTES: Final = 16
_DRAWN: Final = re.compile(r"[0-9a-f]{32}")
_LOCAL_PART: Final = re.compile(r"bounce\+([a-z2-7]{26})\.[a-z2-7]{26}")
_PADDING: Final = "======"


def return_path(keys: Keys, service: Service, mail: MailId) -> str:
    """Give a mail's envelope sender, without angle brackets.

    Raises:
        ValueError: when the id was not drawn (`MailId.from_entropy`, 32 lower-case hexadecimal
            digits): any 64 characters would not fit in an address.
    """
    if _DRAWN.fullmatch(str(mail)) is None:
        raise ValueError("a mail has a return path if its id is 32 lower-case hexadecimal digits")
    token = bytes.fromhex(keys.bounce(mail))[:_TOKEN_BYTES]
    local_part = f"bounce+{_base32(bytes.fromhex(str(mail)))}.{_base32(token)}"
    return f"{local_part}@{service.mail_domain.lower()}"


def mail_of(keys: Keys, service: Service, address: str) -> MailId | None:
    """Find the mail whose return path this is, in any case of letters (faults: 141).

    None for every other text: a token that was guessed, another installation's, another domain.
    Nothing is raised.
    """
    if not address.isascii():  # some letters beyond ASCII have an ASCII lower case
        return None
    folded = address.lower()
    shape = _LOCAL_PART.fullmatch(folded.partition("@")[0])
    if shape is None:
        return None
    mail = MailId(base64.b32decode(shape[1].upper() + _PADDING).hex())
    # All of it is compared: base32 can write the same bytes in several ways, and we in one.
    return mail if keys.same(return_path(keys, service, mail), folded) else None


def _base32(data: bytes) -> str:
    return base64.b32encode(data).decode("ascii").rstrip("=").lower()
