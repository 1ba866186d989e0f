"""A CPR number that somebody wrote into a text which must not hold one.

Here: finding it, however it is spaced. Not here: what follows (D-BOOK-7: a page that anybody can
open must not gather numbers, nor become a place to try them out).
"""

import re
import unicodedata
from typing import Final

from eservices_core.outcome import Success
from eservices_core.words.civil_number import CivilNumber

_LENGTH: Final = 10
# Digits, and what people put between them: blanks, hyphens and dashes, full stops, and the like.
_BETWEEN: Final = "[\\s._:/,\u00b7\u2010-\u2015\u2212()-]"
_DIGITS: Final = re.compile(rf"\d+(?:{_BETWEEN}{{1,3}}\d+)*")
_GROUP: Final = re.compile(r"\d+")


def holds_civil_number(text: str) -> bool:
    """True if ten digits in a text are a CPR number, or one with 60 added to the day.

    The digits may be grouped in any way, in any script, and stand inside a longer run. Groups that
    only happen to meet, such as a phone number and an hour, may be taken for one: rather that.

    >>> holds_civil_number("mit nummer er 070961 - 4606"), holds_civil_number("ring 20 30 40 50")
    (True, False)
    """
    # Full-width and raised digits become plain ones; marks that nobody sees split no number.
    folded = "".join(
        each for each in unicodedata.normalize("NFKC", text) if unicodedata.category(each) != "Cf"
    )
    return any(_in_groups(_plain(found)) for found in _DIGITS.findall(folded))


def _plain(digits: str) -> list[str]:
    return [
        "".join(str(unicodedata.decimal(each)) for each in group)
        for group in _GROUP.findall(digits)
    ]


def _in_groups(groups: list[str]) -> bool:
    return any(_is_number(each) for each in _joined(groups)) or any(
        _is_number(group[first : first + _LENGTH])
        for group in groups
        for first in range(len(group) - _LENGTH + 1)
    )


def _joined(groups: list[str]) -> list[str]:
    """Give what neighbours come to, from the beginning of one group to the end of another."""
    joined: list[str] = []
    for first in range(len(groups)):
        together = ""
        for group in groups[first : first + _LENGTH]:
            together += group
            joined.append(together)
    return joined


def _is_number(digits: str) -> bool:
    return len(digits) == _LENGTH and isinstance(CivilNumber.parse(digits), Success)
