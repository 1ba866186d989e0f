"""Who we are to a broker, and what a request for a login says.

Here: the registration, the ways to prove who we are, and the address that a browser is sent to
(authorization code with PKCE: RFC 6749, RFC 7636). Not here: the answer (`callback`, `exchanges`).
"""

import json
from base64 import b64encode, urlsafe_b64encode
from collections.abc import Mapping
from hashlib import sha256
from typing import Final, TypeAlias
from urllib.parse import quote_plus, urlencode

from attrs import field, frozen
from joserfc import jwt
from joserfc.jwk import ECKey, RSAKey

from eservices_adapters.mitid.oidc.brokers import Broker
from eservices_adapters.mitid.oidc.discovery import Metadata
from eservices_adapters.mitid.oidc.documents import read_object, text_of
from eservices_adapters.mitid.oidc.levels import asked_in
from eservices_adapters.mitid.oidc.reasons import Reason
from eservices_core.outcome import Failure, Outcome, Success
from eservices_core.ports.world import Chance
from eservices_core.words.identifiers import AttemptId
from eservices_core.words.secret import Secret

_ENTROPY_BYTES: Final = 32
_ASSERTION_SECONDS: Final = 60
_MEMO_FIELDS: Final = ("attempt", "state", "nonce", "verifier", "begun_at")


@frozen
class SecretInHeader:
    """client_secret_basic."""

    secret: Secret
    method: str = "client_secret_basic"


@frozen
class SecretInBody:
    """client_secret_post."""

    secret: Secret
    method: str = "client_secret_post"


@frozen
class PrivateKey:
    """private_key_jwt (RFC 7523): an RSA key, or an EC key on P-256."""

    key: RSAKey | ECKey = field(repr=False, eq=False)
    method: str = "private_key_jwt"

    @property
    def algorithm(self) -> str:
        """How it signs."""
        return "RS256" if isinstance(self.key, RSAKey) else "ES256"


ClientAuth: TypeAlias = SecretInHeader | SecretInBody | PrivateKey


@frozen(kw_only=True)
class OidcClient:
    """Our registration with one broker.

    Attributes:
        broker: its profile.
        issuer: its issuer, exactly as it writes it.
        client_id: who we are.
        auth: how we prove it.
        callback: where the browser comes back to, exactly as registered.
        acr_values, scope: what is asked for; None for the profile's own.
        max_age_seconds: how long before the request the user may have identified.
    """

    broker: Broker
    issuer: str
    client_id: str
    auth: ClientAuth
    callback: str
    acr_values: str | None = None
    scope: str | None = None
    max_age_seconds: int = 0

    @property
    def asked(self) -> str:
        """What acr_values the request has; empty for none."""
        return self.broker.acr_values if self.acr_values is None else self.acr_values


@frozen
class Memo:
    """What is remembered of an attempt until the browser comes back.

    Attributes:
        attempt: whose.
        state, nonce, verifier: drawn for it alone.
        begun_at: seconds since 1970.
    """

    attempt: str
    state: str = field(repr=False)
    nonce: str = field(repr=False)
    verifier: str = field(repr=False)
    begun_at: float

    def written(self) -> str:
        """Write it as text."""
        return json.dumps({name: getattr(self, name) for name in _MEMO_FIELDS})


def read_memo(text: str) -> Memo | None:
    """Read what `written` wrote."""
    document = read_object(text)
    if document is None or set(document) != {*_MEMO_FIELDS}:
        return None
    attempt, state, nonce, verifier = (text_of(document, name) for name in _MEMO_FIELDS[:-1])
    begun_at = document["begun_at"]
    if attempt is None or state is None or nonce is None or verifier is None:
        return None
    if isinstance(begun_at, bool) or not isinstance(begun_at, int | float):
        return None
    return Memo(attempt, state, nonce, verifier, float(begun_at))


def draw_memo(attempt: AttemptId, chance: Chance, now: float) -> Memo:
    """Draw what makes an attempt its own; no two draws share any of it (ASVS 10.1.2)."""
    state, nonce, verifier = (_text(chance.entropy(_ENTROPY_BYTES)) for _ in range(3))
    return Memo(str(attempt), state, nonce, verifier, now)


def request_address(client: OidcClient, metadata: Metadata, memo: Memo) -> str:
    """Give the address to send the browser to; every login asks the user anew (`prompt=login`)."""
    challenge = _text(sha256(memo.verifier.encode("ascii")).digest())
    level = asked_in(client.asked).value
    parameters = {
        "response_type": "code",
        "client_id": client.client_id,
        "redirect_uri": client.callback,
        "scope": client.scope or client.broker.scope,
        "state": memo.state,
        "nonce": memo.nonce,
        "code_challenge": challenge,
        "code_challenge_method": "S256",
        "prompt": "login",
        "max_age": str(client.max_age_seconds),
        **{name: value.replace("LEVEL", level) for name, value in client.broker.ask.items()},
    }
    if client.asked:
        parameters["acr_values"] = client.asked
    return with_query(metadata.authorization, parameters)


def with_query(address: str, parameters: Mapping[str, str]) -> str:
    """Add parameters to an address, which may have some."""
    return f"{address}{'&' if '?' in address else '?'}{urlencode(parameters)}"


@frozen
class Proof:
    """What proves who we are: headers and form fields."""

    headers: tuple[tuple[str, str], ...] = field(repr=False)
    fields: Mapping[str, str] = field(repr=False)


def prove(
    client: OidcClient, metadata: Metadata, chance: Chance, now: float
) -> Outcome[Proof, Reason]:
    """Make the proof for one request; refused where the broker does not take it."""
    auth = client.auth
    if auth.method not in metadata.client_auth:
        return Failure(Reason.CLIENT_AUTH_NOT_OFFERED)
    match auth:
        case SecretInHeader(secret):
            # Encoded as a form's field first (RFC 6749 2.3.1): a colon in either would divide it.
            pair = f"{quote_plus(client.client_id)}:{quote_plus(secret.reveal())}"
            encoded = b64encode(pair.encode("utf-8")).decode("ascii")
            return Success(Proof((("authorization", f"Basic {encoded}"),), {}))
        case SecretInBody(secret):
            fields = {"client_id": client.client_id, "client_secret": secret.reveal()}
            return Success(Proof((), fields))
        case PrivateKey():
            kind = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
            assertion = _assertion(client, auth, chance, now)
            fields = {"client_id": client.client_id, "client_assertion_type": kind}
            return Success(Proof((), {**fields, "client_assertion": assertion}))


def _assertion(client: OidcClient, auth: PrivateKey, chance: Chance, now: float) -> str:
    """For the issuer alone: one made for any of its endpoints could be carried to another's."""
    claims = {
        "iss": client.client_id,
        "sub": client.client_id,
        "aud": client.issuer,
        "jti": _text(chance.entropy(_ENTROPY_BYTES)),
        "iat": int(now),
        "exp": int(now) + _ASSERTION_SECONDS,
    }
    header = {"alg": auth.algorithm, "kid": auth.key.thumbprint()}
    return jwt.encode(header, claims, auth.key, algorithms=[auth.algorithm])


def _text(entropy: bytes) -> str:
    return urlsafe_b64encode(entropy).rstrip(b"=").decode("ascii")
