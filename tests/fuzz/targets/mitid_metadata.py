"""A broker's configuration document."""

import json
from collections.abc import Hashable
from typing import Final

from eservices_adapters.mitid.oidc.discovery import read_metadata
from eservices_adapters.wire_http.addresses import origin_of
from eservices_core.outcome import Failure
from tests.fuzz.target import Target

_ISSUER: Final = "https://broker.example/op"


def _seeds() -> list[bytes]:
    names = ("authorization_endpoint", "token_endpoint", "jwks_uri", "userinfo_endpoint")
    whole: dict[str, object] = {
        "issuer": _ISSUER,
        **{name: f"{_ISSUER}/{name}" for name in names},
        "response_types_supported": ["code"],
        "id_token_signing_alg_values_supported": ["RS256"],
        "code_challenge_methods_supported": ["S256"],
        "token_endpoint_auth_methods_supported": ["client_secret_basic"],
        "authorization_response_iss_parameter_supported": True,
    }
    return [json.dumps(whole).encode(), json.dumps({"issuer": _ISSUER}).encode()]


def _attempt(content: bytes) -> Hashable:
    read = read_metadata(content, _ISSUER)
    if isinstance(read, Failure):
        return read.failure()
    metadata = read.unwrap()
    for address in (metadata.authorization, metadata.token, metadata.keys):
        assert origin_of(address) == "https://broker.example:443"
    return metadata.userinfo is None, metadata.algorithms, metadata.names_itself


TARGET = Target(
    "mitid-metadata",
    _attempt,
    _seeds,
    words=(
        *(b'"issuer"', b"https://", b"http://localhost", b"@evil.example", b":8443", b"#", b"\\u"),
        *(b"null", b"true", b"[]", b"{}", b"1e999", b"NaN", b'"RS256"', b'"none"', b'":"', b'","'),
    ),
)
