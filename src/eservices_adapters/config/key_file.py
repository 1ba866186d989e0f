"""The installation's key, and the file that it lies in.

Here: what the file must be, reading it, and making one. Not here: what is done under the key
(`words.keyed`, and the adapters that take a derived key).
"""

import hmac
import os
import re
import stat
from enum import Enum
from pathlib import Path
from typing import Final, Self, final

from eservices_adapters.config.files import open_regular, write_new
from eservices_core.outcome import Failure, Outcome, Success
from eservices_core.ports.world import Chance
from eservices_core.words.keyed import KEY_BYTES_MIN, Keys
from eservices_core.words.sealed import Sealed

_LIMIT: Final = 4096
_ANYBODY_ELSE: Final = stat.S_IRWXG | stat.S_IRWXO
_HEX: Final = re.compile(rb"(?:[0-9A-Fa-f]{2})+")
# 32 random bytes with fewer than 16 different ones among them: far less likely than a typing error.
_DIFFERENT_BYTES_MIN: Final = 16


@final
class InstallationKey(Sealed):
    """The one secret that an installation is given; it leaves only as what is made of it."""

    __slots__ = ("_key",)
    _key: bytes

    def __new__(cls, key: bytes) -> Self:
        """Seal the key; it must have 32 bytes or more."""
        enough = len(key) >= KEY_BYTES_MIN
        made = super().__new__(cls)
        object.__setattr__(made, "_key", key)
        del key  # a traceback that shows local names must not show it
        assert enough, "an installation's key has 32 bytes or more"
        return made

    def keys(self) -> Keys:
        """The keyed hashes of the core."""
        return Keys(self._key)

    def derived(self, use: str) -> bytes:
        """32 bytes for one other use; those of two uses, and of `keys`, tell nothing of another."""
        return hmac.digest(self._key, f"derived/{use}".encode(), "sha256")


class KeyRefusal(Enum):
    """Why a file is not the installation's key; the value says what was expected."""

    UNREADABLE = "a regular file that can be read"
    OPEN_TO_OTHERS = "a file that only its owner can read or write (mode 0600 or 0400)"
    MALFORMED = "64 or more hexadecimal digits, and nothing else"
    NOT_RANDOM = "random bytes; these repeat too much"


def read_key(path: Path) -> Outcome[InstallationKey, KeyRefusal]:
    """Read the key; nothing is raised."""
    try:
        with open_regular(path) as file:
            if stat.S_IMODE(os.fstat(file.fileno()).st_mode) & _ANYBODY_ELSE:
                return Failure(KeyRefusal.OPEN_TO_OTHERS)
            digits = file.read(_LIMIT + 1).strip()
    except OSError:
        return Failure(KeyRefusal.UNREADABLE)
    if not 2 * KEY_BYTES_MIN <= len(digits) <= _LIMIT or _HEX.fullmatch(digits) is None:
        return Failure(KeyRefusal.MALFORMED)
    key = bytes.fromhex(digits.decode("ascii"))
    if len(set(key)) < _DIFFERENT_BYTES_MIN:
        return Failure(KeyRefusal.NOT_RANDOM)
    return Success(InstallationKey(key))


def create_key(path: Path, chance: Chance) -> bool:
    """Draw a key into a new file of mode 0600; False, and no change, if there is a file already.

    A key is never written over: every pseudonym in the ledger rests on it. Raises OSError.
    """
    return write_new(path, chance.entropy(KEY_BYTES_MIN).hex().encode("ascii") + b"\n")
