"""Ed25519 (RFC 8032) under a key that is derived from the installation's.

Whoever has the public key can verify, and cannot sign: a log can be looked at by an auditor who is
given no secret.
"""

from typing import TYPE_CHECKING, Final, Self, final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from eservices_core.ports.audit_log import Signer
from eservices_core.words.sealed import Sealed

SEED_BYTES: Final = 32


@final
class Ed25519Signer(Sealed):
    """Implements Signer; never shown, never pickled."""

    __slots__ = ("_private", "_public")
    _private: Ed25519PrivateKey
    _public: Ed25519PublicKey

    def __new__(cls, seed: bytes) -> Self:
        """Take a seed of 32 bytes."""
        right = len(seed) == SEED_BYTES
        made = super().__new__(cls)
        if right:
            private = Ed25519PrivateKey.from_private_bytes(seed)
            object.__setattr__(made, "_private", private)
            object.__setattr__(made, "_public", private.public_key())
        del seed  # a traceback that shows local names must not show it
        assert right, "an Ed25519 key is made of 32 bytes"
        return made

    def public_key(self) -> bytes:
        """Give what others verify with: 32 bytes."""
        return self._public.public_bytes_raw()

    def sign(self, message: bytes, /) -> bytes:
        """Sign a message."""
        return self._private.sign(message)

    def signed(self, message: bytes, signature: bytes, /) -> bool:
        """Say whether a message was signed so."""
        return _signed(self._public, message, signature)


class Ed25519Verifier:
    """Says what the holder of the private key has signed; `public_key` is 32 bytes."""

    def __init__(self, public_key: bytes) -> None:
        self._public = Ed25519PublicKey.from_public_bytes(public_key)

    def sign(self, message: bytes, /) -> bytes:
        """Refuse: a public key signs nothing."""
        del message
        raise AssertionError("who only verifies does not sign")

    def signed(self, message: bytes, signature: bytes, /) -> bool:
        """Say whether a message was signed so."""
        return _signed(self._public, message, signature)


def _signed(public: Ed25519PublicKey, message: bytes, signature: bytes) -> bool:
    try:
        public.verify(signature, message)
    except InvalidSignature:
        return False
    return True


if TYPE_CHECKING:
    _signer: type[Signer] = Ed25519Signer
    _verifier: type[Signer] = Ed25519Verifier
