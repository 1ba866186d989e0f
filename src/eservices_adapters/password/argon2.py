"""Argon2id by argon2-cffi, at the library's default cost (D-ACC-12).

Here: hashing, comparing, and keeping at most so many at once, for each takes 64 MiB. Not here:
running off an event loop; the calls block, about a tenth of a second each, and wait their turn.
"""

import re
from enum import Enum, auto
from threading import BoundedSemaphore
from typing import Final

import argon2
from argon2.exceptions import HashingError, VerificationError, VerifyMismatchError
from argon2.low_level import error_to_str
from attrs import frozen

from eservices_core.words.secret import Password, PasswordAttempt

# As argon2-cffi writes them: nothing else is handed to the C library, which stops at a NUL and
# takes any cost that it is told.
_ENCODED: Final = re.compile(
    r"\$argon2id\$v=19\$m=([1-9][0-9]{0,7}),t=([1-9][0-9]{0,3}),p=([1-9][0-9]{0,2})"
    r"\$([A-Za-z0-9+/]{11,86})\$([A-Za-z0-9+/]{16,171})"
)
_DEARER_AT_MOST: Final = 4
"""How many times our cost a stored hash may ask for; a corrupt one must not take all memory."""
_MEMORY_AT_LEAST: Final = 64 * 1024
_PASSES_AT_LEAST: Final = 3
# ARGON2_MEMORY_ALLOCATION_ERROR and ARGON2_THREAD_FAIL: the machine's fault, not the hash's.
_CANNOT_WORK: Final = frozenset({error_to_str(-22), error_to_str(-33)})


class PasswordHasherBroken(Exception):  # noqa: N818  said in the words of this house
    """The hasher could not work, as when memory is short; no password is in it or behind it."""


class _Compared(Enum):
    SAME = auto()
    OTHER = auto()
    UNREADABLE = auto()
    BROKEN = auto()


@frozen
class _Cost:
    """What a stored hash says of how it was made; memory in KiB, salt and digest in characters."""

    memory: int
    passes: int
    lanes: int
    salt: int
    digest: int

    def is_bearable_beside(self, other: "_Cost") -> bool:
        """Whether it asks for no more than a few times the other's memory, time and threads."""
        return (
            self.memory <= _DEARER_AT_MOST * other.memory
            and self.passes <= _DEARER_AT_MOST * other.passes
            and self.lanes <= _DEARER_AT_MOST * other.lanes
        )

    def is_below(self, other: "_Cost") -> bool:
        """Whether it is lower than the other in anything that makes guessing dear."""
        return (
            self.memory < other.memory
            or self.passes < other.passes
            or self.salt < other.salt
            or self.digest < other.digest
        )


class Argon2Hasher:
    """A `PasswordHasher` at the library's defaults, which no installation can lower."""

    def __init__(self, concurrency: int = 2) -> None:
        """Take how many may hash at once; each of them takes about 64 MiB."""
        assert concurrency >= 1, "one at once, at least"
        self._slots = BoundedSemaphore(concurrency)
        self._hasher = argon2.PasswordHasher()
        # Made now: made when first needed, it would make the first unknown user take twice as long.
        self._dummy = self._hasher.hash("compared with what is typed for nobody")
        today = _cost_of(self._dummy)
        assert today is not None, "the library writes Argon2id, version 19"
        assert today.memory >= max(_MEMORY_AT_LEAST, argon2.DEFAULT_MEMORY_COST)
        assert today.passes >= max(_PASSES_AT_LEAST, argon2.DEFAULT_TIME_COST)
        self._today = today

    def hash(self, password: Password, /) -> str:
        """Make a salted hash; raises PasswordHasherBroken."""
        try:
            with self._slots:
                return self._hasher.hash(password.reveal())
        except (HashingError, MemoryError):
            pass
        # Raised out here, so that it has no context: the frames behind it hold the password.
        raise PasswordHasherBroken

    def verify(self, stored: str | None, typed: PasswordAttempt, /) -> bool:
        """Compare; with None, or what is no hash of ours, work as long and say no (D-ACC-2).

        Raises:
            PasswordHasherBroken: when nothing could be compared, as when memory is short.
        """
        compared = _Compared.UNREADABLE
        if stored is not None and self._is_ours(stored):
            compared = self._compare(stored, typed)
        if compared is _Compared.UNREADABLE:
            answer = self._compare(self._dummy, typed)
            compared = answer if answer is _Compared.BROKEN else _Compared.OTHER
        if compared is _Compared.BROKEN:
            raise PasswordHasherBroken
        return compared is _Compared.SAME

    def is_outdated(self, stored: str, /) -> bool:
        """True if the hash was made at a lower cost than today's, or is no hash of ours."""
        cost = _cost_of(stored)
        return cost is None or cost.is_below(self._today)

    def _is_ours(self, stored: str) -> bool:
        cost = _cost_of(stored)
        return cost is not None and cost.is_bearable_beside(self._today)

    def _compare(self, stored: str, typed: PasswordAttempt) -> _Compared:
        """Compare, as a value: an exception would carry frames that hold what was typed."""
        try:
            with self._slots:
                _ = self._hasher.verify(stored, typed.reveal())
        except VerifyMismatchError:
            return _Compared.OTHER
        except MemoryError:
            return _Compared.BROKEN
        except VerificationError as error:
            return _Compared.BROKEN if str(error) in _CANNOT_WORK else _Compared.UNREADABLE
        return _Compared.SAME


def _cost_of(stored: str) -> _Cost | None:
    found = _ENCODED.fullmatch(stored)
    if found is None:
        return None
    memory, passes, lanes, salt, digest = found.groups()
    return _Cost(int(memory), int(passes), int(lanes), len(salt), len(digest))
