"""A signed token, as a broker's token endpoint gives it: only the very one is ever opened."""

import json
from base64 import urlsafe_b64encode
from collections.abc import Hashable
from typing import Final

from joserfc import jwt
from joserfc.jwk import RSAKey

from eservices_adapters.mitid.oidc.keys import read_keys
from eservices_adapters.mitid.oidc.token import Expected, open_token, wrong_with_id_token
from eservices_core.outcome import Failure
from tests.fuzz.target import Target

_KEY: Final = RSAKey.generate_key(2048, auto_kid=True)
_KEYS: Final = read_keys(json.dumps({"keys": [_KEY.as_dict(private=False)]}).encode()).unwrap()
_NOW: Final = 1_800_000_000
_EXPECTED: Final = Expected("https://broker.example", "clinic", frozenset({"RS256"}), _NOW)
_CLAIMS: Final = {
    "iss": "https://broker.example",
    "aud": "clinic",
    "sub": "anna",
    "nonce": "n",
    "iat": _NOW,
    "exp": _NOW + 300,
    "nbf": _NOW,
    "auth_time": _NOW,
}
_GOOD: Final = jwt.encode({"alg": "RS256", "kid": _KEY.kid}, _CLAIMS, _KEY)
_SIGNED: Final = {
    _GOOD,
    jwt.encode({"alg": "RS256"}, {**_CLAIMS, "exp": "x"}, _KEY),
}


def _seeds() -> list[bytes]:
    return [token.encode() for token in sorted(_SIGNED)]


def _attempt(content: bytes) -> Hashable:
    token = content.decode("latin-1")
    opened = open_token(token, _KEYS, _EXPECTED)
    if isinstance(opened, Failure):
        return opened.failure()
    assert token in _SIGNED, "a token that nobody signed was opened"
    return wrong_with_id_token(opened.unwrap(), _EXPECTED, "n", None)


def _header(**members: object) -> bytes:
    return urlsafe_b64encode(json.dumps(members).encode()).rstrip(b"=") + b"."


TARGET = Target(
    "mitid-token",
    _attempt,
    _seeds,
    words=(
        *(b".", b"..", b"=", b"-", b"_", b"e30", b"\n", b"\0"),
        *(_header(alg=alg) for alg in ("none", "HS256", "ES256", "PS256", "RS256")),
        _header(alg="RS256", kid="../x", jku="https://evil.example"),
    ),
)
