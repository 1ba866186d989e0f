"""What a free text must be: said, short enough, and made of what stores and screens can hold.

Here: looking at one text (D-MAIL-7, faults: 4), and finding a clinic's e-mail address in what staff
typed, however it is dressed up (S-MAIL-2, D-MAIL-2). Not here: what the text says, and who may
write (`writing`).
"""

import html
import re
import unicodedata
from collections.abc import Iterable
from enum import Enum, unique
from typing import Final
from urllib.parse import unquote

from eservices_core.words.email_address import EmailAddress


@unique
class TextRefusal(Enum):
    """Why a text is not taken; its name says which field."""

    EMPTY = "text_empty"
    TOO_LONG = "text_too_long"
    NOT_TEXT = "text_not_text"
    """It holds control characters, or halves of characters."""
    CLINIC_ADDRESS = "clinic_address_in_text"
    CLINIC_ADDRESS_IN_NAME = "clinic_address_in_file_name"
    MEDICINE_EMPTY = "medicine_empty"
    MEDICINE_TOO_LONG = "medicine_too_long"
    MEDICINE_NOT_TEXT = "medicine_not_text"


_CONTROLS: Final = frozenset({"Cc", "Cs"})


def why_not_text(text: str, length: int) -> TextRefusal | None:
    """Say why a text is not taken; `length` is counted in characters, not in bytes.

    >>> why_not_text("Kan jeg få mit prøvesvar?", 400), why_not_text(" ", 400)
    (None, <TextRefusal.EMPTY: 'text_empty'>)
    """
    if any(each not in "\r\n\t" and unicodedata.category(each) in _CONTROLS for each in text):
        return TextRefusal.NOT_TEXT
    if not any(unicodedata.category(each)[0] not in "ZCM" for each in text):
        return TextRefusal.EMPTY
    # A line's end is one character, however a browser writes it.
    return TextRefusal.TOO_LONG if len(text.replace("\r\n", "\n")) > length else None


# --- the clinic's address ------------------------------------------------------------------------

_AT: Final = re.compile(r"[(\[{<]?(?:\bat\b|\bsnabel-?a\b|\bhos\b)[)\]}>]?|[(\[{<]@[)\]}>]")
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
    dressed = _visible(html.unescape(unquote(text)))
    spelled = _DOT.sub(".", _AT.sub("@", dressed))
    bare = {"".join(dressed.split()), "".join(spelled.split())}
    sought = {form for address in addresses for form in _forms(address)}
    return any(form in each for each in bare for form in sought)


def _visible(text: str) -> str:
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
