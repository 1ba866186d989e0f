"""The keys that a broker signs with, as it publishes them (RFC 7517).

Here: reading a key set, and finding the one key of a token. Not here: fetching it (`exchanges`),
and what a token says (`token`).
"""

from typing import Final, TypeAlias, cast

from attrs import field, frozen
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, RSAKey
from joserfc.util import urlsafe_b64decode

from eservices_adapters.mitid.oidc.documents import Document, read_object, text_of, texts_of
from eservices_adapters.mitid.oidc.reasons import Reason
from eservices_core.outcome import Failure, Outcome, Success

PublicKey: TypeAlias = RSAKey | ECKey

ALGORITHMS: Final = {"RS256": "RSA", "PS256": "RSA", "ES256": "EC"}
"""The ways to sign that are ever taken, and the kind of key that each needs (ASVS 9.1.2)."""

_KEYS_MAX: Final = 50
_RSA_BITS: Final = range(2048, 8193)
"""Shorter keys are broken; longer ones are a way to keep us busy."""
_PRIVATE: Final = frozenset({"d", "p", "q", "dp", "dq", "qi", "oth", "k"})


@frozen
class SigningKey:
    """One public key.

    Attributes:
        kid: its name; None where it has none.
        kind: RSA or EC.
        algorithm: the only way that it signs in; None for any of its kind.
        key: the key itself.
    """

    kid: str | None
    kind: str
    algorithm: str | None
    key: PublicKey = field(repr=False, eq=False)


Keys: TypeAlias = tuple[SigningKey, ...]


def read_keys(content: bytes) -> Outcome[Keys, Reason]:
    """Read a key set; keys for other uses, or of kinds that nobody asked for, are left out.

    A set with a private or symmetric key in it is refused as a whole: whoever publishes that can
    be anybody by now (faults: 69).
    """
    document = read_object(content)
    listed = None if document is None else document.get("keys")
    if not isinstance(listed, list):
        return Failure(Reason.KEYS_UNREADABLE)
    members = cast("list[object]", listed)
    if len(members) > _KEYS_MAX or not all(isinstance(member, dict) for member in members):
        return Failure(Reason.KEYS_UNREADABLE)
    documents = cast("list[Document]", members)
    if any(_PRIVATE & member.keys() or member.get("kty") == "oct" for member in documents):
        return Failure(Reason.KEYS_PRIVATE)
    keys = tuple(key for member in documents if (key := _read_key(member)) is not None)
    return Success(keys) if keys else Failure(Reason.KEYS_UNREADABLE)


def _read_key(member: Document) -> SigningKey | None:
    kind, algorithm, kid = text_of(member, "kty"), member.get("alg"), member.get("kid")
    if member.get("use", "sig") != "sig" or kind not in {"RSA", "EC"}:
        return None
    if "key_ops" in member and "verify" not in (texts_of(member, "key_ops") or ()):
        return None
    if algorithm is not None and ALGORITHMS.get(str(algorithm)) != kind:
        return None
    if kid is not None and not isinstance(kid, str):
        return None
    key = _rsa(member) if kind == "RSA" else _ec(member)
    return None if key is None else SigningKey(kid, kind, text_of(member, "alg"), key)


def _rsa(member: Document) -> RSAKey | None:
    n, e = text_of(member, "n"), text_of(member, "e")
    if n is None or e is None or not _fits(n):
        return None
    try:
        key = RSAKey.import_key({"kty": "RSA", "n": n, "e": e})
        _ = key.public_key
    except (JoseError, ValueError, TypeError, OverflowError):
        return None
    return key


def _fits(modulus: str) -> bool:
    try:
        return int.from_bytes(urlsafe_b64decode(modulus.encode("ascii"))).bit_length() in _RSA_BITS
    except ValueError:
        return False


def _ec(member: Document) -> ECKey | None:
    x, y = text_of(member, "x"), text_of(member, "y")
    if member.get("crv") != "P-256" or x is None or y is None:
        return None
    try:
        key = ECKey.import_key({"kty": "EC", "crv": "P-256", "x": x, "y": y})
        _ = key.public_key
    except (JoseError, ValueError, TypeError, OverflowError):
        return None
    return key


def key_for(keys: Keys, kid: str | None, algorithm: str) -> SigningKey | Reason:
    """Find the key of a token: the one of its name or, where it names none, the only one."""
    usable = [
        key
        for key in keys
        if key.kind == ALGORITHMS[algorithm] and key.algorithm in {None, algorithm}
    ]
    if kid is not None:
        usable = [key for key in usable if key.kid == kid]
    match usable:
        case [key]:
            return key
        case []:
            return Reason.KEY_UNKNOWN
        case _:
            return Reason.KEY_AMBIGUOUS
