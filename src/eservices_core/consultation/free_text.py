"""What a free text must be: said, short enough, and made of what stores and screens can hold.

Here: looking at one text (D-MAIL-7, faults: 4), and finding a clinic's e-mail address in what staff
typed, however it is dressed up (S-MAIL-2, D-MAIL-2). Not here: what the text says, and who may
write (`writing`).
"""

import unicodedata
from enum import Enum, unique
from typing import Final


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
