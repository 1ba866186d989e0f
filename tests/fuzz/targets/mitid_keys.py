"""A broker's key set."""

import json
from collections.abc import Hashable

from joserfc.jwk import ECKey, RSAKey

from eservices_adapters.mitid.oidc.keys import key_for, read_keys
from eservices_adapters.mitid.oidc.reasons import Reason
from eservices_core.outcome import Failure
from tests.fuzz.target import Target


def _seeds() -> list[bytes]:
    rsa = RSAKey.generate_key(2048, auto_kid=True).as_dict(private=False)
    ec = ECKey.generate_key("P-256", auto_kid=True).as_dict(private=False)
    return [
        json.dumps({"keys": keys}).encode()
        for keys in ([rsa], [ec], [rsa, ec], [{**rsa, "use": "enc", "alg": "RS256"}])
    ]


def _attempt(content: bytes) -> Hashable:
    read = read_keys(content)
    if isinstance(read, Failure):
        return read.failure()
    found = key_for(read.unwrap(), None, "RS256")
    return found if isinstance(found, Reason) else found.kind


TARGET = Target(
    "mitid-keys",
    _attempt,
    _seeds,
    words=(
        *(b'"keys"', b'"kty"', b'"RSA"', b'"EC"', b'"oct"', b'"use"', b'"sig"', b'"enc"', b'"alg"'),
        *(b'"n"', b'"e"', b'"d"', b'"x"', b'"y"', b'"crv"', b'"P-256"', b'"AQAB"', b"A" * 400),
        *(b"[]", b"{}", b"null", b"1", b'""', b'"key_ops":["verify"],'),
    ),
)
