"""Changing an input: a handful of small hurts, drawn from one seeded source of chance.

Here: the hurts. Not here: which input is hurt, and what is learnt from it (`engine`).
"""

import re

# The same seed must give the same inputs in every run, and a million of them in minutes: neither
# the Chance port nor Hypothesis is for that.
from random import Random  # noqa: TID251  reproducible, and nobody's secret

from tests.fuzz.target import Target

_TELLING = (
    *(b"\x00", b"\x7f", b"\x80", b"\xff", b"\xc3", b"\xef\xbb\xbf", b"\xff\xfe", b"\r\n", b"\n"),
    *(b"0", b"-1", b"9" * 40, b"<", b">", b"&", b'"', b"%", b"\\", b"/../", b"\xf0\x9f\x92\xa9"),
)
_MOST_HURTS = 6
_LONG = 64
_LONGEST = 256 * 1024
_TOKEN = re.compile(rb"[A-Za-z0-9_]+")


def mutate(chance: Random, corpus: list[bytes], target: Target) -> bytes:
    """Give one of the corpus, hurt in one to six places, and no longer than the target allows.

    Mostly few: one hurt in a well-formed input comes further than six.
    """
    content = chance.choice(corpus)
    for _ in range(min(chance.randint(1, _MOST_HURTS) for _ in range(3))):
        # Cut each time: two long stutters in a row would be more than all that may be held.
        content = _hurt(chance, content, corpus, target.words)[: target.most]
    return content


def _hurt(  # noqa: C901  one line for each hurt
    chance: Random, content: bytes, corpus: list[bytes], words: tuple[bytes, ...]
) -> bytes:
    start, end = _range(chance, content)
    before, piece, after = content[:start], content[start:end], content[end:]
    match chance.randrange(16):
        case 0:  # a bit
            return before + _flipped(chance, content[start : start + 1]) + content[start + 1 :]
        case 1:  # any byte
            return before + bytes((chance.randrange(256),)) + content[start + 1 :]
        case 2:
            return before + after
        case 3:  # a stutter, now and then a long one
            times = 2 ** chance.randrange(10) if chance.randrange(8) == 0 else 2
            return before + piece * min(times, _LONGEST // max(len(piece), 1) + 1) + after
        case 4 | 5 if words:
            return (
                before + chance.choice(words) + (after if chance.random() < 0.5 else piece + after)
            )
        case 6:
            return (
                before
                + chance.choice(_TELLING)
                + (after if chance.random() < 0.5 else piece + after)
            )
        case 7:  # the rest of another
            other = chance.choice(corpus)
            return before + other[chance.randrange(len(other) + 1) :]
        case 8:  # a piece of another
            other = chance.choice(corpus)
            first, last = _range(chance, other)
            return before + other[first:last] + after
        case 9:  # the end is missing
            return before
        case 10:  # two pieces change places
            return after + piece + before if chance.randrange(4) == 0 else before + after + piece
        case _:  # a word in the place of another: what is well-formed often stays so
            return _reworded(chance, content, corpus, words)


def _reworded(
    chance: Random, content: bytes, corpus: list[bytes], words: tuple[bytes, ...]
) -> bytes:
    places = [match.span() for match in _TOKEN.finditer(content)]
    if not places:
        return content
    start, end = chance.choice(places)
    if words and chance.randrange(3) == 0:
        word = chance.choice(words)
    else:
        others = _TOKEN.findall(content if chance.randrange(2) else chance.choice(corpus))
        word = chance.choice(others or [b""])
    return content[:start] + word + content[end:]


def _range(chance: Random, content: bytes) -> tuple[int, int]:
    """A piece, mostly a short one."""
    start = chance.randrange(len(content) + 1)
    length = (
        chance.randrange(_LONG) if chance.random() < 0.9 else chance.randrange(len(content) + 1)
    )
    return start, min(len(content), start + length)


def _flipped(chance: Random, byte: bytes) -> bytes:
    return bytes((byte[0] ^ (1 << chance.randrange(8)),)) if byte else b""
