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
    """Encrypts and decrypts cells under one key; never shown, never pickled.

    >>> at_rest = AtRest(bytes(range(32)))
    >>> at_rest.open("mails/a", at_rest.seal("mails/a", b"text"))
    b'text'
    """

    __slots__ = ("_cipher", "key_id")
    _cipher: AESGCM
    key_id: bytes
    """Names the key in every cell, and tells nothing of it."""

    def __new__(cls, key: bytes) -> Self:
        """Take a key of 32 bytes."""
        right = len(key) == KEY_BYTES
        made = super().__new__(cls)
        named = hashlib.sha256(b"key-id\x00" + key).digest()[:_KEY_ID_BYTES]
        object.__setattr__(made, "key_id", named)
        if right:
            object.__setattr__(made, "_cipher", AESGCM(key))
        del key  # a traceback that shows local names must not show it
        assert right, "content at rest takes a key of 32 bytes"
        return made

    def seal(self, place: str, data: bytes) -> bytes:
        """Encrypt a cell for one place; twice the same never looks the same."""
        # Never the Chance port: a chance that is seeded anew would use a nonce twice, which gives
        # the plain texts away.
        nonce = os.urandom(_NONCE_BYTES)  # noqa: TID251
        sealed = self._cipher.encrypt(nonce, data, self._bound(place))
        return _FORM + self.key_id + nonce + sealed

    def open(self, place: str, cell: bytes) -> bytes:
        """Decrypt a cell.

        Raises:
            WrongKey: another key has written it.
            DamagedContent: it is not what was written at this place; neither is in the message.
        """
        if cell[:1] != _FORM or len(cell) < _HEADER_BYTES:
            raise DamagedContent("a cell is not in a form that this program knows")
        if cell[1 : 1 + _KEY_ID_BYTES] != self.key_id:
            raise WrongKey("a cell was written under another key")
        nonce = cell[1 + _KEY_ID_BYTES : _HEADER_BYTES]
        try:
            return self._cipher.decrypt(nonce, cell[_HEADER_BYTES:], self._bound(place))
        except InvalidTag:
            raise DamagedContent("a cell is not what was written there") from None

    def _bound(self, place: str) -> bytes:
        return _FORM + self.key_id + place.encode()
