"""The claims of a broker, of every profile: an identity, or why not."""

import json
from collections.abc import Hashable
from typing import Final

from eservices_adapters.mitid.oidc.brokers import BROKERS
from eservices_adapters.mitid.oidc.claims import identity_in
from eservices_adapters.mitid.oidc.documents import read_object
from eservices_core.outcome import Failure
from eservices_core.words.identifiers import AttemptId
from tests.fuzz.target import Target

_LEVEL: Final = "https://data.gov.dk/concept/core/nsis/Substantial"
_NETS: Final = {
    "sub": "anna",
    "auth_time": 1_800_000_000,
    "idp": "mitid",
    "identity_type": "private",
    "loa": _LEVEL,
    "ial": _LEVEL,
    "aal": _LEVEL,
    "acr": _LEVEL,
    "dk.cpr": "0709614606",
}
_IDURA: Final = {
    "sub": "{anna}",
    "auth_time": 1_800_000_000,
    "identityscheme": "dkmitid",
    "loA": "HIGH",
    "cprNumberIdentifier": "0709614606",
}
_SIGNICAT: Final = {
    "sub": "anna",
    "auth_time": 1_800_000_000,
    "nin": "0709614606",
    "nin_type": "PERSON",
    "mitid_loa": "SUBSTANTIAL",
    "acr": "substantial",
}


def _seeds() -> list[bytes]:
    return [json.dumps(claims).encode() for claims in (_NETS, _IDURA, _SIGNICAT)]


def _attempt(content: bytes) -> Hashable:
    claims = read_object(content)
    if claims is None:
        return "no object"
    said: list[Hashable] = []
    for broker in BROKERS.values():
        read = identity_in(claims, broker, "https://broker.example", AttemptId("a"))
        if isinstance(read, Failure):
            said.append(read.failure().name)
        else:
            identity = read.unwrap()
            said.append(f"{identity.kind.name} {identity.assurance.name} {identity.number is None}")
    return tuple(said)


TARGET = Target(
    "mitid-claims",
    _attempt,
    _seeds,
    words=(
        *(b'"auth_time"', b'"employee":"true",', b'"idp"', b'"mitid_erhverv"', b'"professional"'),
        *(b"null", b"true", b"[]", b"{}", b"1e400", b"-1", b'"Low"', b'"HIGH"', b'"070961-4606"'),
        *(b'"2.5.4.10":1,', b'"authenticationinstant":"2027-01-01T00:00:00Z",', b"9" * 30),
    ),
)
