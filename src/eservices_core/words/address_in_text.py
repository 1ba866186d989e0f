"""An e-mail address that somebody wrote into a text which must not hold it (S-MAIL-2, D-MAIL-2).

Here: finding it, in whatever case of letters and however it is broken up. Not here: what follows.
"""

import re
import unicodedata
from collections.abc import Iterable
from typing import Final

from eservices_core.words.email_address import EmailAddress

_SPELLED: Final = re.compile(r"[\[({<]?(?:\bat\b|\bsnabel-?a\b|@)[\])}>]?")


def holds_address(text: str, addresses: Iterable[EmailAddress]) -> bool:
    """True if a text holds one of the addresses.

    Blanks, marks that nobody sees and full-width letters hide none, nor does 'at' for the sign.

    >>> clinic = EmailAddress.parse("klinik@example.dk").unwrap()
    >>> holds_address("Skriv til KLINIK @ example.dk", [clinic])
    True
    """
    folded = unicodedata.normalize("NFKC", text).casefold()
    seen = "".join(each for each in folded if unicodedata.category(each) != "Cf")
    plain = re.sub(r"\s+", "", _SPELLED.sub("@", seen))
    return any(address.folded.casefold() in plain for address in addresses)
