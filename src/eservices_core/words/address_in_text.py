"""An e-mail address that somebody wrote into a text which must not hold it (S-MAIL-2, D-MAIL-2).

Here: finding it, in whatever disguise. Not here: what follows.
"""

import html
import re
import unicodedata
from collections.abc import Iterable
from typing import Final
from urllib.parse import unquote

from eservices_core.words.email_address import EmailAddress

_AT: Final = re.compile(
    r"[(\[{<]?(?:\bat\b|\balfa\b|\bsnabel-?a\b|\bhos\b)[)\]}>]?|[(\[{<]@[)\]}>]"
)
_DOT: Final = re.compile(r"[(\[{<]?(?:\bdot\b|\bpunktum\b|\bprik\b)[)\]}>]?|[(\[{<]\.[)\]}>]")
_DOTS: Final = str.maketrans({"\u3002": ".", "\uff0e": ".", "\uff61": ".", "\u2024": "."})


def holds_address(text: str, addresses: Iterable[EmailAddress]) -> bool:
    """True if one of the addresses stands in a text, written in any of the usual disguises.

    Case, line breaks, blanks and marks that nobody sees, `mailto:`, percent and HTML codes, full-
    width letters, the international form of a domain, and `(at)` and `(dot)` hide nothing. A longer
    address that ends in the clinic's is taken for it: rather that.
    """
    if not text:
        return False
    dressed = visible(html.unescape(unquote(text)))
    spelled = _DOT.sub(".", _AT.sub("@", dressed))
    bare = {"".join(dressed.split()), "".join(spelled.split())}
    sought = {form for address in addresses for form in _forms(address)}
    return any(form in each for each in bare for form in sought)


def visible(text: str) -> str:
    """Fold a text to what people see of it, in lower case."""
    folded = unicodedata.normalize("NFKC", text.translate(_DOTS)).casefold()
    seen = "".join(each for each in folded if unicodedata.category(each) != "Cf")
    return unicodedata.normalize("NFKC", seen)


def _forms(address: EmailAddress) -> tuple[str, ...]:
    """Write an address in both forms of its domain."""
    local, _, domain = address.folded.partition("@")
    labels = domain.split(".")
    unfolded = ".".join(_unicode_label(label) for label in labels)
    return address.folded, f"{local}@{unfolded}".casefold()


def _unicode_label(label: str) -> str:
    if not label.startswith("xn--"):
        return label
    return unicodedata.normalize("NFKC", label.encode("ascii").decode("idna"))
