"""How a secret is spelt when it slips out: the encodings that are looked for in so many words.

Here: the twelve encodings by name, and those of them that turn one text into a few fixed ones.
Not here: the encodings of which a text has too many spellings (any character of it may be escaped,
or none); those are undone in what is searched (`unpacking`).
"""

from base64 import b64encode
from collections.abc import Iterator
from enum import Enum, unique
from typing import Final

from eservices_core.testing.leaks.sinks import Kind

SHORTEST: Final = 8
"""Bytes of the shortest spelling; a shorter text is no canary, for it stands in many others."""


@unique
class Encoding(Enum):
    """How a canary was spelt where it was found."""

    AS_IS = "as it is"
    SEPARATED = "separated or joined"
    BASE64 = "base64"
    BASE64URL = "base64url"
    QUOTED_PRINTABLE = "quoted-printable"
    URL_QUOTED = "URL-quoted"
    HEX = "hex"
    REVERSED = "reversed"
    JSON_ESCAPED = "escaped with backslashes"
    HTML_ESCAPED = "HTML-escaped"
    COMPRESSED = "compressed"
    UTF_16 = "UTF-16"


_BIRTH_DATE: Final = 6
_CODE: Final = 4
_URL_SAFE: Final = bytes.maketrans(b"+/", b"-_")


def spellings(kind: Kind, text: str) -> Iterator[tuple[bytes, Encoding]]:
    """Give the spellings of a canary, in lower case, each with its encoding.

    Letters of base64 are lowered too: the search does not tell cases, and the odds that another
    text meets one are those of meeting at least ten letters of 38.
    """
    for written, how in _written(kind, text):
        for raw in {written.encode("utf-8", "surrogatepass"), written.encode("latin-1", "ignore")}:
            if len(raw) < SHORTEST:
                continue  # Latin-1 has left most of it out
            yield raw.lower(), how
            yield raw.hex().encode(), Encoding.HEX
            for shift in range(3):
                standard = _base64(raw, shift)
                yield standard.lower(), Encoding.BASE64
                url_safe = standard.translate(_URL_SAFE)
                if url_safe != standard:
                    yield url_safe.lower(), Encoding.BASE64URL
        for turned in {written[::-1], *_halves(kind, written)} - {written}:
            yield turned.encode("utf-8", "surrogatepass").lower(), Encoding.REVERSED
        for codec in ("utf-16-le", "utf-16-be"):
            yield written.encode(codec, "surrogatepass").lower(), Encoding.UTF_16


def _written(kind: Kind, text: str) -> Iterator[tuple[str, Encoding]]:
    """Give the ways in which people write it."""
    yield text, Encoding.AS_IS
    match kind:
        case Kind.CIVIL_NUMBER:
            first, last = text[:_BIRTH_DATE], text[_BIRTH_DATE:]
            yield f"{first}-{last}", Encoding.SEPARATED
            yield f"{first} {last}", Encoding.SEPARATED
        case Kind.ONE_TIME_CODE:
            yield f"{text[:_CODE]}-{text[_CODE:]}", Encoding.SEPARATED
            yield f"{text[:_CODE]} {text[_CODE:]}", Encoding.SEPARATED
        case Kind.TEMPORARY_PASSWORD:
            yield text.replace("-", ""), Encoding.SEPARATED
            yield text.replace("-", " "), Encoding.SEPARATED
        case Kind.TEXT | Kind.PASSWORD:
            together = "".join(text.split())
            if together != text and len(together) >= SHORTEST:
                yield together, Encoding.SEPARATED
        case _:
            return


def _halves(kind: Kind, written: str) -> Iterator[str]:
    """Give the halves the wrong way round; each of them may be reversed as well."""
    middle = len(written) // 2
    for cut in {middle, _BIRTH_DATE} if kind is Kind.CIVIL_NUMBER else {middle}:
        first, last = written[:cut], written[cut:]
        yield last + first
        yield first[::-1] + last[::-1]


def _base64(raw: bytes, shift: int) -> bytes:
    """Give the letters that `raw` alone decides, wherever it begins in what was encoded."""
    encoded = b64encode(b"\0" * shift + raw)
    bits = (len(raw) + shift) * 8
    return encoded[-(-shift * 8 // 6) : bits // 6]
