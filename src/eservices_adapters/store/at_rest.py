"""Content at rest: what people wrote, and whom mails go to, lies encrypted in the file (D-KEEP-1).

Here: one cell's bytes in, what is stored out, and back. Not here: which cells (`statements`,
`mails`), and where the key comes from (the configuration).

A cell is AES-256-GCM: one byte that says so, four that name the key, a nonce of twelve, then the
ciphertext with its tag. The place (table, column, record) is authenticated along with it, so that a
cell that somebody has put elsewhere is not read there. Nonces are random: one key is good for 2^32
cells (NIST SP 800-38D, 8.3), which a clinic does not write in a century.
"""

import hashlib
import os
from typing import Final, Self, final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from eservices_core.words.sealed import Sealed

KEY_BYTES: Final = 32
_FORM: Final = b"\x01"
_KEY_ID_BYTES: Final = 4
_NONCE_BYTES: Final = 12
_HEADER_BYTES: Final = len(_FORM) + _KEY_ID_BYTES + _NONCE_BYTES


class WrongKey(Exception):  # noqa: N818  said in the words of this house
    """The file was written under another key; nothing in it can be read, so it was left alone."""


class DamagedContent(Exception):  # noqa: N818  said in the words of this house
    """A cell is not what was written there: damaged, changed, or put there from elsewhere."""


@final
class AtRest(Sealed):
    """Encrypts cells under one key, and reads those of earlier ones; never shown, never pickled.

    >>> at_rest = AtRest(bytes(range(32)))
    >>> at_rest.open("mails/a", at_rest.seal("mails/a", b"text"))
    b'text'
    """

    __slots__ = ("_ciphers", "key_id")
    _ciphers: dict[bytes, AESGCM]
    key_id: bytes
    """Names the key that cells are written under, in each of them, and tells nothing of it."""

    def __new__(cls, key: bytes, *earlier: bytes) -> Self:
        """Take a key of 32 bytes, and those that cells may still lie under."""
        right = all(len(one) == KEY_BYTES for one in (key, *earlier))
        made = super().__new__(cls)
        object.__setattr__(made, "key_id", _named(key))
        if right:
            ciphers = {_named(one): AESGCM(one) for one in (key, *earlier)}
            object.__setattr__(made, "_ciphers", ciphers)
        del key, earlier  # a traceback that shows local names must not show them
        assert right, "content at rest takes keys of 32 bytes"
        return made

    @property
    def known(self) -> frozenset[bytes]:
        """Names the keys that cells can be read under."""
        return frozenset(self._ciphers)

    def seal(self, place: str, data: bytes) -> bytes:
        """Encrypt a cell for one place; twice the same never looks the same."""
        # Never the Chance port: a chance that is seeded anew would use a nonce twice, which gives
        # the plain texts away.
        nonce = os.urandom(_NONCE_BYTES)  # noqa: TID251  as said above
        sealed = self._ciphers[self.key_id].encrypt(nonce, data, _bound(self.key_id, place))
        return _FORM + self.key_id + nonce + sealed

    def open(self, place: str, cell: bytes) -> bytes:
        """Decrypt a cell.

        Raises:
            WrongKey: another key has written it.
            DamagedContent: it is not what was written at this place; neither is in the message.
        """
        if cell[:1] != _FORM or len(cell) < _HEADER_BYTES:
            raise DamagedContent("a cell is not in a form that this program knows")
        key_id = cell[1 : 1 + _KEY_ID_BYTES]
        cipher = self._ciphers.get(key_id)
        if cipher is None:
            raise WrongKey("a cell was written under another key")
        nonce = cell[1 + _KEY_ID_BYTES : _HEADER_BYTES]
        try:
            return cipher.decrypt(nonce, cell[_HEADER_BYTES:], _bound(key_id, place))
        except InvalidTag:
            raise DamagedContent("a cell is not what was written there") from None

    def is_current(self, cell: bytes) -> bool:
        """Whether a cell was written under the key that is written under now."""
        return cell[1 : 1 + _KEY_ID_BYTES] == self.key_id


def _named(key: bytes) -> bytes:
    return hashlib.sha256(b"key-id\x00" + key).digest()[:_KEY_ID_BYTES]


def _bound(key_id: bytes, place: str) -> bytes:
    return _FORM + key_id + place.encode()
