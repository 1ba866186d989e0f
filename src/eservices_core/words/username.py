"""The username of a two-factor user.

Only which texts are usernames belongs here; that it is free is for whoever holds the users.
"""

import re
from enum import Enum
from typing import Final, final

from attrs import frozen

from eservices_core.outcome import Failure, Outcome, Success
from eservices_core.words.civil_number import CivilNumber
from eservices_core.words.plain_text import plain_text

__all__ = ["Username", "UsernameRefusal"]


class UsernameRefusal(Enum):
    """Why a text is no username. It never holds the text."""

    NOT_TEXT = "not_text"
    TOO_SHORT = "too_short"
    """Fewer than 3 characters."""
    TOO_LONG = "too_long"
    """More than 64 characters."""
    WRONG_CHARACTER = "wrong_character"
    """Something else than ASCII letters, digits and `. _ - @ +`."""
    HOLDS_CIVIL_NUMBER = "holds_civil_number"
    """A username is shown and logged; a civil number must be neither (D-LOG-1)."""


_SHORTEST: Final = 3
_LONGEST: Final = 64
_CHARACTERS: Final = re.compile(r"[A-Za-z0-9._@+-]*")
_PUNCTUATION: Final = re.compile(r"[._@+-]")
_CIVIL_NUMBER_LENGTH: Final = 10


def _refusal(text: str) -> UsernameRefusal | None:
    """Why the text is no username, in any case of letters."""
    if len(text) < _SHORTEST:
        return UsernameRefusal.TOO_SHORT
    if len(text) > _LONGEST:
        return UsernameRefusal.TOO_LONG
    if _CHARACTERS.fullmatch(text) is None:
        return UsernameRefusal.WRONG_CHARACTER
    if _holds_civil_number(text):
        return UsernameRefusal.HOLDS_CIVIL_NUMBER
    return None


def _holds_civil_number(text: str) -> bool:
    """Whether ten neighbouring letters and digits, punctuation left out, are a civil number."""
    plain = _PUNCTUATION.sub("", text).upper()
    starts = range(len(plain) - _CIVIL_NUMBER_LENGTH + 1)
    windows = (plain[start : start + _CIVIL_NUMBER_LENGTH] for start in starts)
    return any(isinstance(CivilNumber.parse(window), Success) for window in windows)


@final
@frozen(init=False, repr=False)
class Username:
    """3 to 64 lower-case ASCII letters, digits and `. _ - @ +`; it holds no civil number.

    Folding to lower case makes two spellings one user; what is not ASCII is refused, so no
    homoglyph can stand for another (faults: 121). It is not a secret: `str` gives it.

    >>> str(Username.parse("Anna.Andersen").unwrap())
    'anna.andersen'
    >>> Username.parse("anna-070961.4606").failure()
    <UsernameRefusal.HOLDS_CIVIL_NUMBER: 'holds_civil_number'>
    """

    _text: str

    def __init__(self, text: str) -> None:
        given = plain_text(text) or ""
        admitted = given == given.lower() and _refusal(given) is None
        object.__setattr__(self, "_text", given if admitted else "")
        del text, given  # it may hold a civil number, and a traceback may show local names
        if not admitted:
            raise AssertionError("a Username is made from the lower-case text of one")

    @staticmethod
    def parse(text: object) -> Outcome["Username", UsernameRefusal]:
        """Read a username in any case of letters, with nothing around it; nothing is raised."""
        written = plain_text(text)
        if written is None:
            return Failure(UsernameRefusal.NOT_TEXT)
        refusal = _refusal(written)
        if refusal is not None:
            return Failure(refusal)
        return Success(Username(written.lower()))

    def __str__(self) -> str:
        return self._text

    def __repr__(self) -> str:
        return f"Username({self._text!r})"
