"""What a clinic chooses about digital post, as data with defaults (S-POST-2, D-POST-3).

Here: values, and what of them cannot be. Not here: where they are read from (a file of settings),
and what follows from them (`post`).
"""

import re
from typing import Final

from attrs import frozen

from eservices_core.clinic.booking_settings import Switch

_CVR: Final = re.compile(r"[0-9]{8}", re.ASCII)
LABEL_MAX: Final = 256


@frozen(kw_only=True)
class PostSettings:
    """What one clinic chooses about digital post; it is an add-on that has to be bought.

    Attributes:
        bought: whether the clinic has bought it.
        cvr: the clinic's own CVR number, 8 digits: the sender of its letters. Required with it.
        label: the sender as patients read it, at most 256 characters. Required with it.
        letter_bytes: the largest letter, all its files together, in bytes.
        files: how many files a letter has at most, the letter itself included.
    """

    bought: Switch = Switch.OFF
    cvr: str = ""
    label: str = ""
    letter_bytes: int = 10_000_000
    files: int = 10

    def __attrs_post_init__(self) -> None:
        assert not self.cvr or _CVR.fullmatch(self.cvr), "a CVR number has eight digits"
        assert len(self.label) <= LABEL_MAX
        assert self.bought is Switch.OFF or (self.cvr and self.label.strip()), "a sender is named"
        assert self.letter_bytes >= 1
        assert self.files >= 1
