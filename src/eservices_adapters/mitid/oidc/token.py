"""Signed tokens: what must be there, claim by claim, before a word of one is believed.

Here: a token's three parts, its header, its signature, and the claims that every ID token has
(OpenID Connect Core 3.1.3.7, ASVS V9). Not here: fetching keys (`exchanges`), and what a broker's
own claims say of a person (`claims`).

joserfc verifies signatures. What must stand in a token is asked here, since a library checks what
it finds and is silent about what is missing.
"""

import hmac
import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from hashlib import sha256
from typing import Final, cast

from attrs import field, frozen
from joserfc import jws
from joserfc.errors import JoseError

from eservices_adapters.mitid.oidc.documents import Document, read_object, seconds_of, text_of
from eservices_adapters.mitid.oidc.keys import ALGORITHMS, Keys, key_for
from eservices_adapters.mitid.oidc.reasons import Reason
from eservices_core.outcome import Failure, Outcome, Success

SKEW_SECONDS: Final = 60
"""How far a broker's clock may be from ours (faults: 26)."""

_LONGEST_TOKEN: Final = 64 * 1024
_LONGEST_SUBJECT: Final = 255
_PARTS: Final = re.compile(r"([A-Za-z0-9_-]+)\.([A-Za-z0-9_-]+)\.([A-Za-z0-9_-]+)")
_SUBJECT: Final = re.compile(rf"[!-~](?:[ -~]{{0,{_LONGEST_SUBJECT - 2}}}[!-~])?")
# Each would have us believe a key that the token brings, or rules that it makes (faults: 40-44).
_HOSTILE: Final = frozenset({"jku", "jwk", "x5u", "x5c", "crit", "b64", "zip", "enc"})


@frozen
class Expected:
    """What an ID token must say.

    Attributes:
        issuer: of the configuration.
        client: our client_id.
        algorithms: the ways of signing that the broker offers.
        now: seconds since 1970.
        types: what the header's `typ` may be, in lower case, if it is there.
    """

    issuer: str
    client: str
    algorithms: frozenset[str]
    now: float
    types: frozenset[str] = frozenset({"jwt"})


@frozen
class Header:
    """The parts of a header that are used."""

    algorithm: str
    kid: str | None


@frozen
class Opened:
    """A token whose signature was verified, and whose claims were not yet looked at."""

    claims: Document = field(repr=False)
    header: Header


def open_token(token: str, keys: Keys, expected: Expected) -> Outcome[Opened, Reason]:
    """Verify a token's signature; KEY_UNKNOWN where newer keys may help."""
    parts = _PARTS.fullmatch(token) if len(token) <= _LONGEST_TOKEN else None
    decoded = [] if parts is None else [_decoded(part) for part in parts.groups()]
    if not decoded or None in decoded:
        return Failure(Reason.NOT_A_TOKEN)
    head, payload, _ = cast("list[bytes]", decoded)
    read = _read_header(head, expected)
    if isinstance(read, Reason):
        return Failure(read)
    key = key_for(keys, read.kid, read.algorithm)
    if isinstance(key, Reason):
        return Failure(key)
    try:
        _ = jws.deserialize_compact(token, key.key, algorithms=[read.algorithm])
    except (JoseError, ValueError):
        return Failure(Reason.SIGNATURE_WRONG)
    claims = read_object(payload)
    return Failure(Reason.PAYLOAD_UNREADABLE) if claims is None else Success(Opened(claims, read))


def _decoded(part: str) -> bytes | None:
    """Decode a part that is written in the one way that it can be.

    The last character of base64 has bits that nobody reads; a token in which they were changed is
    another text with the same signature, and is refused.
    """
    try:
        decoded = urlsafe_b64decode(part + "=" * (-len(part) % 4))
    except ValueError:
        return None
    return decoded if urlsafe_b64encode(decoded).rstrip(b"=") == part.encode("ascii") else None


def _read_header(head: bytes, expected: Expected) -> Header | Reason:
    header = read_object(head)
    if header is None:
        return Reason.HEADER_UNREADABLE
    if _HOSTILE & header.keys():
        return Reason.HEADER_HOSTILE
    algorithm = header.get("alg")
    if not isinstance(algorithm, str) or algorithm not in ALGORITHMS.keys() & expected.algorithms:
        return Reason.ALGORITHM_WRONG
    named = header.get("typ", "JWT")
    if not isinstance(named, str) or named.lower() not in expected.types:
        return Reason.TYPE_WRONG
    kid = header.get("kid")
    if kid is not None and not isinstance(kid, str):
        return Reason.HEADER_UNREADABLE
    return Header(algorithm, kid)


def wrong_with(claims: Document, expected: Expected) -> Reason | None:
    """Say what is wrong with the claims that every token for us has; None if all is well."""
    if claims.get("iss") != expected.issuer:
        return Reason.ISSUER_WRONG
    audience = claims.get("aud")
    if not _is_for(audience, expected.client):
        return Reason.AUDIENCE_WRONG
    party = claims.get("azp")
    several = isinstance(audience, list) and len(cast("list[object]", audience)) > 1
    if party != expected.client and (several or "azp" in claims):
        return Reason.AUTHORIZED_PARTY_WRONG
    issued, expires = seconds_of(claims, "iat"), seconds_of(claims, "exp")
    if issued is None or issued > expected.now + SKEW_SECONDS:
        return Reason.ISSUED_AT_WRONG
    if expires is None or expires <= expected.now - SKEW_SECONDS:
        return Reason.EXPIRED
    if "nbf" in claims:
        begins = seconds_of(claims, "nbf")
        if begins is None or begins > expected.now + SKEW_SECONDS:
            return Reason.NOT_YET
    return None


def _is_for(audience: object, client: str) -> bool:
    if isinstance(audience, list):
        named = cast("list[object]", audience)
        return client in named and all(isinstance(each, str) for each in named)
    return audience == client


def subject_in(claims: Document) -> str | None:
    """Give the subject: 1 to 255 printable ASCII characters (faults: 18-20)."""
    subject = text_of(claims, "sub")
    return subject if subject is not None and _SUBJECT.fullmatch(subject) else None


def wrong_with_id_token(
    opened: Opened, expected: Expected, nonce: str, access_token: str | None
) -> Reason | None:
    """Say what is wrong with an ID token whose signature is right; None if all is well."""
    claims = opened.claims
    wrong = wrong_with(claims, expected)
    if wrong is not None:
        return wrong
    if subject_in(claims) is None:
        return Reason.SUBJECT_WRONG
    given = text_of(claims, "nonce")
    if given is None or not same(given, nonce):
        return Reason.NONCE_WRONG
    if "at_hash" in claims and claims["at_hash"] != _hash_of(access_token):
        return Reason.ACCESS_TOKEN_HASH_WRONG
    return None


def _hash_of(access_token: str | None) -> str | None:
    """Half of the token's SHA-256, which all three algorithms stand on."""
    if access_token is None:
        return None
    digest = sha256(access_token.encode("ascii", "replace")).digest()
    return urlsafe_b64encode(digest[: len(digest) // 2]).rstrip(b"=").decode("ascii")


def same(one: str, other: str) -> bool:
    """Compare in constant time."""
    return hmac.compare_digest(
        one.encode("utf-8", "surrogatepass"), other.encode("utf-8", "surrogatepass")
    )
