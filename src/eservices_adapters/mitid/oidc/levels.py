"""The levels of assurance, in every spelling that is known (NSIS).

Here: spellings. Not here: which level is enough (`eservices_core.access.mitid`, D-ACC-3).
"""

from collections.abc import Iterable
from typing import Final

from eservices_core.access.mitid import Assurance

_WORDS: Final = {
    "Low": Assurance.LOW,
    "Substantial": Assurance.SUBSTANTIAL,
    "High": Assurance.HIGH,
}
# Never compared by parts or by order: "High" sorts before "Low", and "Lowest" begins like it.
_SPELLINGS: Final = {
    spelling: level
    for word, level in _WORDS.items()
    for spelling in (
        word,
        word.lower(),
        word.upper(),
        f"https://data.gov.dk/concept/core/nsis/{word}",
        f"https://data.gov.dk/concept/core/nsis/loa/{word}",
        f"urn:grn:authn:dk:mitid:{word.lower()}",
        f"loa:{word.lower()}",
    )
}
_ORDER: Final = (Assurance.UNKNOWN, Assurance.LOW, Assurance.SUBSTANTIAL, Assurance.HIGH)


def level_of(value: object) -> Assurance:
    """Read one spelling; UNKNOWN for any that is not listed.

    >>> level_of("https://data.gov.dk/concept/core/nsis/Substantial")
    <Assurance.SUBSTANTIAL: 'substantial'>
    >>> level_of("substantial ")
    <Assurance.UNKNOWN: 'unknown'>
    """
    return _SPELLINGS.get(value, Assurance.UNKNOWN) if isinstance(value, str) else Assurance.UNKNOWN


def lowest(levels: Iterable[Assurance]) -> Assurance:
    """Give the lowest: a level is no higher than what it is made of; UNKNOWN of none."""
    return min(levels, key=_ORDER.index, default=Assurance.UNKNOWN)


def is_lower(one: Assurance, other: Assurance) -> bool:
    """Whether one level is lower than another."""
    return _ORDER.index(one) < _ORDER.index(other)


def asked_in(acr_values: str) -> Assurance:
    """Give the level that a request's acr_values ask for; SUBSTANTIAL where they name none."""
    named = [level_of(word) for word in acr_values.split(" ")]
    known = [level for level in named if level is not Assurance.UNKNOWN]
    return lowest(known) if known else Assurance.SUBSTANTIAL
