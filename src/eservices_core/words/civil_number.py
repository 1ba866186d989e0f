"""The civil registration number (CPR number) and its three kinds of replacement number.

Only what the ten characters themselves say belongs here: shape, kind, birth date, sex. Not here:
what a register knows (status, the current number, the registered birth date), and age, which
needs a day (`clinic_time`). There is no clock: a birth date in the future is fine.

Sources: the CPR office's description of the number, its notice of 2007-10-01 on numbers without
check digit, and the health sector's X-eCPR and D-eCPR (rule D-ACC-16).
"""

import re
from collections.abc import Callable
from datetime import date
from enum import Enum
from typing import Final, Never, Self, final

from eservices_core.outcome import Failure, Outcome, Success
from eservices_core.words.plain_text import plain_text
from eservices_core.words.sealed import Sealed

__all__ = ["CivilNumber", "CivilNumberKind", "CivilNumberRefusal", "Sex"]


class CivilNumberKind(Enum):
    """Who issued the number, and how far it is unique (D-ACC-16)."""

    CPR = "cpr"
    """Issued by the CPR office; one person, nationally."""
    DAY60 = "day60"
    """Made by a system for its own use: 60 is added to the day."""
    X_ECPR = "x_ecpr"
    """Issued by the health sector's national service; one person, nationally."""
    D_ECPR = "d_ecpr"
    """Issued by a region or a clinic for its own use."""


class Sex(Enum):
    """The sex that the last digit carries."""

    MALE = "male"
    FEMALE = "female"


class CivilNumberRefusal(Enum):
    """Why a text is no civil number. It never holds the text."""

    NOT_TEXT = "not_text"
    WRONG_LENGTH = "wrong_length"
    """Neither ten characters, nor eleven with a hyphen after the sixth."""
    NOT_ASCII = "not_ascii"
    WRONG_CHARACTER = "wrong_character"
    """Neither ten digits, nor seven digits, two capital letters and a digit."""
    NO_SUCH_DATE = "no_such_date"
    NO_SUCH_CENTURY = "no_such_century"
    """The seventh digit of a number with letters is that of neither X-eCPR nor D-eCPR."""


# Seventh digits, first and last two-digit year, century.
_CENTURIES: Final = (
    ("0123", 0, 99, 1900),
    ("49", 0, 36, 2000),
    ("49", 37, 99, 1900),
    ("5678", 0, 57, 2000),
    ("5678", 58, 99, 1800),
)
_LETTERED_CENTURIES: Final = {
    "1": (CivilNumberKind.X_ECPR, 1900),
    "7": (CivilNumberKind.X_ECPR, 2000),
    "0": (CivilNumberKind.D_ECPR, 1900),
    "5": (CivilNumberKind.D_ECPR, 1800),
    "6": (CivilNumberKind.D_ECPR, 2000),
}
_LETTERED: Final = re.compile(r"[0-9]{7}[A-Z]{2}[0-9]")
_LENGTH: Final = 10
_MOD11_WEIGHTS: Final = (4, 3, 2, 7, 6, 5, 4, 3, 2, 1)
_DAYS_IN_MONTH: Final = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)

# Parsing looks "DDMM" up here, with and without 60 on the day; only 29 February needs the year.
_DAYS: Final = {
    f"{day + added:02}{month:02}": (month, day)
    for month, last in enumerate(_DAYS_IN_MONTH, start=1)
    for day in range(1, last + 1)
    for added in (0, 60)
}
_LEAP_DAYS: Final = frozenset({"2902", "8902"})
_YEARS: Final = {
    f"{year:02}{digit}": century + year
    for digits, first, last, century in _CENTURIES
    for digit in digits
    for year in range(first, last + 1)
}

# Built once: refusing should cost less than accepting.
_NOT_TEXT: Final = Failure(CivilNumberRefusal.NOT_TEXT)
_WRONG_LENGTH: Final = Failure(CivilNumberRefusal.WRONG_LENGTH)
_NOT_ASCII: Final = Failure(CivilNumberRefusal.NOT_ASCII)
_WRONG_CHARACTER: Final = Failure(CivilNumberRefusal.WRONG_CHARACTER)
_NO_SUCH_DATE: Final = Failure(CivilNumberRefusal.NO_SUCH_DATE)
_NO_SUCH_CENTURY: Final = Failure(CivilNumberRefusal.NO_SUCH_CENTURY)


@final
class CivilNumber(Sealed):
    """A civil number of any kind: ten characters, masked wherever it is shown (D-LOG-1).

    Equal, and hashed, by its ten characters. Made by `parse` alone.

    >>> number = CivilNumber.parse("070961-4606").unwrap()
    >>> number
    CivilNumber(******-****)
    >>> number.kind, number.birth_date, number.sex
    (<CivilNumberKind.CPR: 'cpr'>, datetime.date(1961, 9, 7), <Sex.FEMALE: 'female'>)
    >>> number.reveal()
    '0709614606'
    """

    __slots__ = ("_characters",)
    _characters: str

    def __new__(cls, *refused: Never) -> Self:
        """Refuse: what `parse` has not read is no civil number."""
        del refused  # a traceback that shows local names must not show it
        raise AssertionError("a CivilNumber is made by CivilNumber.parse alone")

    @staticmethod
    def parse(text: object) -> Outcome["CivilNumber", CivilNumberRefusal]:
        """Read `DDMMYYNNNN` or `DDMMYY-NNNN`, in ASCII, with nothing around it.

        Modulus 11 never refuses (D-ACC-16). Anything may come in; nothing is raised.
        """
        if type(text) is not str:
            characters = plain_text(text)
            if characters is None:
                return _NOT_TEXT
            text = characters
        length = len(text)
        if length == _LENGTH + 1 and text[6] == "-":
            text = text[:6] + text[7:]
        elif length != _LENGTH:
            return _WRONG_LENGTH
        if not text.isascii():
            return _NOT_ASCII
        if not text.isdigit():
            refusal = _refuse_lettered(text)
            if refusal is not None:
                return refusal
        else:
            day = text[:4]
            if day not in _DAYS or (day in _LEAP_DAYS and not _is_leap(_YEARS[text[4:7]])):
                return _NO_SUCH_DATE
        number = _allocate(CivilNumber)
        _set_characters(number, text)
        return Success(number)

    def reveal(self) -> str:
        """The ten characters, without hyphen: for the few places that must have them."""
        return self._characters

    @property
    def kind(self) -> CivilNumberKind:
        """The kind that the characters show."""
        characters = self._characters
        if not characters.isdigit():
            return _LETTERED_CENTURIES[characters[6]][0]
        return CivilNumberKind.CPR if characters[0] < "6" else CivilNumberKind.DAY60

    @property
    def birth_date(self) -> date:
        """The birth date in the number; the register's, where known, goes before it (D-ACC-5)."""
        characters = self._characters
        month, day = _DAYS[characters[:4]]
        year = _YEARS[characters[4:7]] if characters.isdigit() else _lettered_year(characters)
        return date(year, month, day)

    @property
    def sex(self) -> Sex:
        """Male when the last digit is odd."""
        return Sex.MALE if int(self._characters[9]) % 2 else Sex.FEMALE

    @property
    def mod11(self) -> bool | None:
        """Whether the check digit fits; `None` for replacement numbers, where it means nothing.

        A hint about typing errors only: numbers issued since 2007 may lack it (D-ACC-16).
        """
        if self.kind is not CivilNumberKind.CPR:
            return None
        digits = map(int, self._characters)
        return sum(w * d for w, d in zip(_MOD11_WEIGHTS, digits, strict=True)) % 11 == 0

    @property
    def may_log_in_with_mitid(self) -> bool:
        """False for every replacement number: MitID does not know them (D-ACC-16)."""
        return self.kind is CivilNumberKind.CPR

    @property
    def unique_nationally(self) -> bool:
        """Whether the number means one person everywhere; else it is one clinic's (D-ACC-16)."""
        return self.kind in (CivilNumberKind.CPR, CivilNumberKind.X_ECPR)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, CivilNumber):
            return NotImplemented
        return self._characters == other._characters

    def __hash__(self) -> int:
        return hash(self._characters)

    def __repr__(self) -> str:
        return "CivilNumber(******-****)"


# The class is sealed against `__new__` and assignment; parsing goes past both, cheaply.
_allocate: Final = object.__new__
_set_characters: Final[Callable[[CivilNumber, str], None]] = vars(CivilNumber)[
    "_characters"
].__set__


def _refuse_lettered(text: str) -> Failure[CivilNumberRefusal] | None:
    """Why ten ASCII characters that are not all digits make no X-eCPR or D-eCPR, if so."""
    if _LETTERED.fullmatch(text) is None:
        return _WRONG_CHARACTER
    if text[6] not in _LETTERED_CENTURIES:
        return _NO_SUCH_CENTURY
    day = text[:4]
    if day not in _DAYS or text[0] >= "6":
        return _NO_SUCH_DATE
    if day in _LEAP_DAYS and not _is_leap(_lettered_year(text)):
        return _NO_SUCH_DATE
    return None


def _lettered_year(characters: str) -> int:
    return _LETTERED_CENTURIES[characters[6]][1] + int(characters[4:6])


def _is_leap(year: int) -> bool:
    return year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
