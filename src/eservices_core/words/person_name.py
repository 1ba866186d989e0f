"""Names of persons, as they are looked for: by how their words begin, however they are written.

Case, accents and the several ways of writing æ, ø and å make no difference; a compound name is
found by each of its parts and as one. Nothing here keeps a name. Not here: who is found.
"""

import unicodedata
from collections.abc import Iterator
from typing import Final

from eservices_core.words.plain_text import plain_text

PREFIX_MIN: Final = 2
"""A word that is looked for has so many letters or more; fewer begin everybody's name."""
PREFIX_MAX: Final = 8
"""So many are indexed; what is typed beyond them is compared with the name itself."""
WORDS_MAX: Final = 12
"""Nobody is looked for by more words, and of a name no more are indexed."""
_LENGTH_MAX: Final = 200

_WRITTEN_AS: Final = str.maketrans(
    {
        "æ": "ae",
        "ä": "ae",
        "ø": "oe",
        "ö": "oe",
        "å": "aa",
        "œ": "oe",
        "đ": "d",
        "ð": "d",
        "þ": "th",
        "ł": "l",
        "'": "",
        "\u2019": "",
    }
)


def words_of(name: object) -> tuple[str, ...]:
    """Give the words of a name as they are compared: plain letters, in their order, once each.

    >>> words_of("Anne-Marie Ågård Sørensen")
    ('anne', 'marie', 'annemarie', 'aagaard', 'soerensen')
    >>> words_of("O'Connor, José"), words_of("AAGAARD"), words_of(None)
    (('oconnor', 'jose'), ('aagaard',), ())
    """
    text = plain_text(name)
    if text is None:
        return ()
    found: list[str] = []
    for word in unicodedata.normalize("NFC", text[:_LENGTH_MAX]).casefold().split():
        parts = list(_parts(word.translate(_WRITTEN_AS)))
        found += parts
        if len(parts) > 1:
            found.append("".join(parts))
    return tuple(dict.fromkeys(found))[:WORDS_MAX]


def _parts(word: str) -> Iterator[str]:
    part = ""
    for letter in unicodedata.normalize("NFKD", word):
        if unicodedata.combining(letter):
            continue
        if letter.isalpha():
            part += letter
        elif part:
            yield part
            part = ""
    if part:
        yield part


def prefixes_of(name: object) -> frozenset[str]:
    """Give all that a name's words begin with, from `PREFIX_MIN` to `PREFIX_MAX` letters.

    >>> sorted(prefixes_of("Bo Ib-Ea"))
    ['bo', 'ea', 'ib', 'ibe', 'ibea']
    """
    return frozenset(
        word[:length]
        for word in words_of(name)
        for length in range(PREFIX_MIN, min(len(word), PREFIX_MAX) + 1)
    )


def is_found_by(name: object, typed: object) -> bool:
    """Whether each word that was typed begins one of a name's words.

    >>> is_found_by("Anne-Marie Ågård", "aaga ann"), is_found_by("Anne Ågård", "annema")
    (True, False)
    """
    words = words_of(name)
    return all(any(word.startswith(one) for word in words) for one in typed_words(typed))


def typed_words(typed: object) -> tuple[str, ...]:
    """Give the words that somebody is looked for by; of a compound, its parts.

    >>> typed_words("Anne-Marie  s")
    ('anne', 'marie', 's')
    """
    text = plain_text(typed)
    if text is None:
        return ()
    return words_of(" ".join(_parts_typed(text)))


def _parts_typed(text: str) -> Iterator[str]:
    for word in unicodedata.normalize("NFC", text[:_LENGTH_MAX]).casefold().split():
        yield from _parts(word.translate(_WRITTEN_AS))
