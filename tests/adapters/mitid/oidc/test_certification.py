"""The OpenID Foundation's certification modules for relying parties, Basic and Config.

Each test has a module's name and asks what that module asks (the conformance suite's plans
oidcc-client-basic-certification-test-plan and oidcc-client-config-certification-test-plan). The
suite itself, a Java service, was not run.
"""

from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from eservices_adapters.mitid.oidc.reasons import Reason
from eservices_adapters.wire_http.exchange import Request
from eservices_core.outcome import Failure, Success
from tests.adapters.mitid.oidc import test_hostile as hostile
from tests.adapters.mitid.oidc.parties import (
    DISCOVERY,
    ISSUER,
    KEYS,
    NUMBER,
    TOKEN,
    USERINFO,
    Mode,
    Parties,
    having,
    parties,
    without,
)

BASIC = (
    "oidcc-client-test",
    "oidcc-client-test-nonce-invalid",
    "oidcc-client-test-scope-userinfo-claims",
    "oidcc-client-test-client-secret-basic",
    "oidcc-client-test-idtoken-sig-none",
    "oidcc-client-test-idtoken-sig-rs256",
    "oidcc-client-test-invalid-iss",
    "oidcc-client-test-missing-sub",
    "oidcc-client-test-invalid-aud",
    "oidcc-client-test-missing-iat",
    "oidcc-client-test-kid-absent-single-jwks",
    "oidcc-client-test-kid-absent-multiple-jwks",
    "oidcc-client-test-invalid-sig-rs256",
    "oidcc-client-test-userinfo-invalid-sub",
)
CONFIG = (
    "oidcc-client-test-discovery-openid-config",
    "oidcc-client-test-discovery-jwks-uri-keys",
    "oidcc-client-test-discovery-issuer-mismatch",
    "oidcc-client-test-idtoken-sig-none",
    "oidcc-client-test-signing-key-rotation-just-before-signing",
    "oidcc-client-test-signing-key-rotation",
)

_REFUSED: dict[str, tuple[Mode, Reason]] = {
    "oidcc-client-test-nonce-invalid": (Mode(claims=having(nonce="other")), Reason.NONCE_WRONG),
    "oidcc-client-test-idtoken-sig-none": (
        hostile.unsigned({"alg": "none"}),
        Reason.NOT_A_TOKEN,
    ),
    "oidcc-client-test-invalid-iss": (
        Mode(claims=having(iss=f"{ISSUER}invalid")),
        Reason.ISSUER_WRONG,
    ),
    "oidcc-client-test-missing-sub": (Mode(claims=without("sub")), Reason.SUBJECT_WRONG),
    "oidcc-client-test-invalid-aud": (Mode(claims=having(aud="other")), Reason.AUDIENCE_WRONG),
    "oidcc-client-test-missing-iat": (Mode(claims=without("iat")), Reason.ISSUED_AT_WRONG),
    "oidcc-client-test-kid-absent-multiple-jwks": (
        Mode(
            signed=hostile.header(kid="").signed,
            key_set=having(keys=lambda keys: [*keys, *(_other_key() for _ in range(2))]),
        ),
        Reason.KEY_AMBIGUOUS,
    ),
    "oidcc-client-test-invalid-sig-rs256": (
        Mode(signed=hostile._broken_signature),
        Reason.SIGNATURE_WRONG,
    ),
    "oidcc-client-test-userinfo-invalid-sub": (
        Mode(userinfo=having(sub="other")),
        Reason.USERINFO_SUBJECT_WRONG,
    ),
    "oidcc-client-test-discovery-issuer-mismatch": (
        Mode(metadata=having(issuer="https://other.example")),
        Reason.ISSUER_MISMATCH,
    ),
}


def _other_key() -> dict[str, Any]:
    return {**hostile.OTHER_KEY.as_dict(private=False), "kid": "other"}


@pytest.mark.parametrize("module", _REFUSED)
def test_modules_in_which_the_login_must_fail(module: str) -> None:
    """The login ends with the reason that the module is about, and no identity."""
    mode, reason = _REFUSED[module]
    assert parties(mode).log_in() == Failure(reason)


def _whole_login(**asked: Any) -> Parties:
    both = parties(**asked)
    identity = both.log_in().unwrap()
    assert identity.number == NUMBER
    return both


def _sent(both: Parties, path: str) -> Request:
    (request,) = [each for each in both.sent if urlsplit(each.url).path.endswith(path)]
    return request


def test_oidcc_client_test() -> None:
    """oidcc-client-test: authorization code, token, ID token, userinfo: a login succeeds."""
    assert _whole_login().broker.asked == [DISCOVERY, TOKEN, KEYS, USERINFO]


def test_scope_userinfo_claims() -> None:
    """oidcc-client-test-scope-userinfo-claims: scopes are asked for, and userinfo is read."""
    both = parties()
    start = both.begin().unwrap()
    query = parse_qs(urlsplit(start.address).query)
    assert query["scope"] == ["openid mitid ssn"]
    assert _whole_login().broker.asked[-1] == USERINFO


def test_client_secret_basic() -> None:
    """oidcc-client-test-client-secret-basic: the secret goes in the header, and not in the body."""
    request = _sent(_whole_login(), TOKEN)
    assert dict(request.headers)["authorization"].startswith("Basic ")
    assert b"client_secret" not in (request.body or b"")


def test_idtoken_sig_rs256() -> None:
    """oidcc-client-test-idtoken-sig-rs256: a token signed with RS256 is taken."""
    assert isinstance(parties().log_in(), Success)


def test_kid_absent_single_jwks() -> None:
    """oidcc-client-test-kid-absent-single-jwks: without a kid, the only key is the one."""
    assert isinstance(parties(hostile.header(kid="")).log_in(), Success)


def test_discovery_openid_config() -> None:
    """oidcc-client-test-discovery-openid-config: endpoints are those of the document."""
    both = parties()
    assert both.begin().unwrap().address.startswith(f"{ISSUER}/connect/authorize?")
    assert both.broker.asked == [DISCOVERY]


def test_discovery_jwks_uri_keys() -> None:
    """oidcc-client-test-discovery-jwks-uri-keys: keys are fetched from where the document says."""
    assert KEYS in _whole_login().broker.asked


def test_signing_key_rotation_just_before_signing() -> None:
    """oidcc-client-test-signing-key-rotation-just-before-signing: the new key is fetched."""
    both = _whole_login()
    start = both.begin().unwrap()
    callback = both.broker.callback(start.address, "anna")
    both.broker.rotate()
    assert isinstance(both.come_back(start, callback), Success)


def test_signing_key_rotation() -> None:
    """oidcc-client-test-signing-key-rotation: a second login, under a new key, succeeds."""
    both = _whole_login()
    both.broker.rotate()
    assert isinstance(both.log_in(), Success)


def test_every_module_has_its_test() -> None:
    """All fourteen Basic and six Config modules are named by a test of this file."""
    named = {*_REFUSED} | {
        str(test.__doc__).split(":", maxsplit=1)[0]
        for name, test in globals().items()
        if name.startswith("test_")
    }
    assert {*BASIC, *CONFIG} <= named
    assert (len(BASIC), len(CONFIG)) == (14, 6)
