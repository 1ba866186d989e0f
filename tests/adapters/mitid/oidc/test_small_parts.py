"""The parts of the relying party alone: spellings, documents, tokens, memos, proofs, callbacks."""

import json
from base64 import b64decode
from hashlib import sha256
from typing import Any
from urllib.parse import parse_qs, unquote_plus, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st
from joserfc import jwt
from joserfc.jwk import ECKey, RSAKey

from eservices_adapters.mitid.oidc.brokers import BROKERS
from eservices_adapters.mitid.oidc.claims import identity_in
from eservices_adapters.mitid.oidc.client import (
    Memo,
    PrivateKey,
    SecretInBody,
    SecretInHeader,
    prove,
    read_memo,
)
from eservices_adapters.mitid.oidc.discovery import address_of, read_metadata
from eservices_adapters.mitid.oidc.documents import read_object, seconds_of
from eservices_adapters.mitid.oidc.keys import read_keys
from eservices_adapters.mitid.oidc.levels import asked_in, level_of, lowest
from eservices_adapters.mitid.oidc.reasons import Reason, failure_of
from eservices_adapters.mitid.oidc.token import Expected, open_token
from eservices_core.access.mitid import Assurance, MitidFailure
from eservices_core.outcome import Failure, Outcome
from eservices_core.testing.memory import SeededChance
from eservices_core.words.identifiers import AttemptId
from eservices_core.words.secret import Secret
from tests.adapters.mitid.oidc.parties import CALLBACK, CLIENT_ID, ISSUER, NOW, SECRET, parties

RSA = RSAKey.generate_key(2048, auto_kid=True)
AT = int(NOW.timestamp())

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner),
    max_leaves=8,
)


# ------------------------------------------------------------------------------------------- levels


@pytest.mark.parametrize(
    "written",
    [
        "{}",
        "https://data.gov.dk/concept/core/nsis/{}",
        "https://data.gov.dk/concept/core/nsis/loa/{}",
    ],
)
def test_every_known_spelling_is_read(written: str) -> None:
    """NSIS: each broker's and each authority's spelling of a level is that level."""
    for word in ("Low", "Substantial", "High"):
        assert level_of(written.format(word)).value == word.lower()
        assert level_of(word.upper()).value == level_of(word.lower()).value == word.lower()
        assert level_of(f"urn:grn:authn:dk:mitid:{word.lower()}").value == word.lower()


@given(
    st.text() | st.sampled_from(["Substantial", "HIGH"]).map(lambda word: f"{word} ") | json_values
)
def test_any_other_spelling_is_unknown(value: Any) -> None:
    """NSIS: what is not listed is of no level, however alike it looks."""
    known = {
        *("Low", "Substantial", "High", "low", "substantial", "high"),
        *("LOW", "SUBSTANTIAL", "HIGH"),
    }
    if not isinstance(value, str) or value not in known:
        assert level_of(value) is Assurance.UNKNOWN


@pytest.mark.parametrize(
    "value",
    ["highest", "Høj", "4", 3, "loa", "https://data.gov.dk/concept/core/nsis/", "SubStantial"],
)
def test_what_only_looks_like_a_level_is_none(value: object) -> None:
    """NSIS: parts, other languages, older schemes' numbers and other cases are not levels."""
    assert level_of(value) is Assurance.UNKNOWN


def test_levels_are_ordered_by_meaning() -> None:
    """NSIS: the lowest counts; the alphabet would have it otherwise."""
    assert lowest([Assurance.HIGH, Assurance.LOW, Assurance.SUBSTANTIAL]) is Assurance.LOW
    assert lowest([Assurance.LOW, Assurance.UNKNOWN]) is Assurance.UNKNOWN
    assert lowest([]) is Assurance.UNKNOWN
    assert asked_in("idp:mitid loa:high") is Assurance.HIGH
    assert asked_in("") is asked_in("idp:mitid") is Assurance.SUBSTANTIAL


# ---------------------------------------------------------------------------------------- documents


@given(st.dictionaries(st.text(), json_values))
def test_what_is_written_is_read(document: dict[str, Any]) -> None:
    """Every object that JSON can write is read as it was, but for numbers that JSON has not."""
    written = json.dumps(document)
    read = read_object(written)
    odd = any(word in written for word in ("NaN", "Infinity"))
    assert odd or read == json.loads(written)


@given(st.binary() | st.text())
def test_any_bytes_are_an_object_or_nothing(content: bytes | str) -> None:
    """Nothing is raised over any bytes or text."""
    assert read_object(content) is None or isinstance(read_object(content), dict)


@given(json_values)
def test_a_time_is_a_number_between_1970_and_3000(value: Any) -> None:
    """faults: 24, 25: a text, a truth, an infinity and a number too large are no times."""
    seconds = seconds_of({"exp": value}, "exp")
    if seconds is not None:
        assert type(value) in {int, float}
        assert 0 < seconds < 32_503_680_000


# ------------------------------------------------------------------------------------------- tokens


def _open(token: str) -> Outcome[Any, Reason]:
    keys = read_keys(json.dumps({"keys": [RSA.as_dict(private=False)]}).encode()).unwrap()
    return open_token(token, keys, Expected(ISSUER, CLIENT_ID, frozenset({"RS256"}), AT))


TOKEN = jwt.encode({"alg": "RS256", "kid": RSA.kid}, {"sub": "anna", "exp": AT}, RSA)
OTHER = jwt.encode({"alg": "RS256", "kid": RSA.kid}, {"sub": "bo", "exp": AT}, RSA)
_CHARACTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"


def test_every_change_of_one_character_is_refused() -> None:
    """ASVS 9.1.1: no character of a token can be changed, left out, doubled or moved."""
    assert not isinstance(_open(TOKEN), Failure)
    for place, character in enumerate(TOKEN):
        before, after = TOKEN[:place], TOKEN[place + 1 :]
        other = _CHARACTERS[(_CHARACTERS.find(character) + 1) % 64]
        changed = {f"{before}{other}{after}", f"{before}{after}", f"{before}{character * 2}{after}"}
        changed |= {f"{before}.{after}", f"{before}={after}", f"{before}\n{after}"}
        for token in changed - {TOKEN}:
            assert isinstance(_open(token), Failure), place


def test_parts_of_two_tokens_make_none() -> None:
    """ASVS 9.1.1: a signature is good for its own header and payload alone."""
    for one, other in ((TOKEN, OTHER), (OTHER, TOKEN)):
        head, payload, _ = one.split(".")
        assert _open(f"{head}.{payload}.{other.split('.')[2]}") == Failure(Reason.SIGNATURE_WRONG)


@given(st.text() | st.text(_CHARACTERS + ".", max_size=200))
def test_any_text_is_judged(text: str) -> None:
    """faults: 45-48: any text is refused without an error."""
    assert isinstance(_open(text), Failure)


@given(st.dictionaries(st.sampled_from(["alg", "kid", "typ", "crit", "jwk"]), json_values))
def test_any_header_is_judged(header: dict[str, Any]) -> None:
    """faults: 30-48: any header over a payload that nobody signed is refused without an error."""
    from base64 import urlsafe_b64encode  # noqa: PLC0415  said here only

    head = urlsafe_b64encode(json.dumps(header).encode()).rstrip(b"=").decode()
    assert isinstance(_open(f"{head}.{TOKEN.partition('.')[2]}"), Failure)


@given(
    st.dictionaries(
        st.sampled_from(
            sorted(
                {"sub", "auth_time", "authenticationinstant"}.union(
                    *({b.number, *b.levels, *b.must_be, *b.business} for b in BROKERS.values())
                )
            )
        ),
        json_values,
    )
)
def test_any_claims_are_judged(claims: dict[str, Any]) -> None:
    """Any claims give an identity or a reason, at every broker, and nothing is raised."""
    for broker in BROKERS.values():
        said = identity_in(claims, broker, ISSUER, AttemptId("a"))
        assert isinstance(said, Failure) or said.unwrap().subject.subject == claims["sub"]


# ------------------------------------------------------------------------------------- who we are


@given(st.text(min_size=1), st.text(min_size=1), st.floats(1, 10**10))
def test_a_memo_is_read_as_it_was_written(state: str, nonce: str, at: float) -> None:
    """What is kept of an attempt comes back as it was, and shows no secret."""
    memo = Memo("attempt-1", f"S{state}", f"N{nonce}", "verifier", at)
    assert read_memo(memo.written()) == memo
    assert "verifier" not in repr(memo)


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"attempt":1}', "null"])
def test_no_other_text_is_a_memo(text: str) -> None:
    """A memo of another adapter, or of an older one, is none."""
    assert read_memo(text) is None


def test_a_request_asks_for_all_that_is_needed() -> None:
    """RFC 7636, ASVS 10.1.2: S256 of a verifier that stays here, and a state and nonce."""
    both = parties(max_age_seconds=60)
    start = both.begin().unwrap()
    memo = read_memo(start.memo)
    assert memo is not None
    asked = {name: values[0] for name, values in parse_qs(urlsplit(start.address).query).items()}
    from base64 import urlsafe_b64encode  # noqa: PLC0415  said here only

    digest = urlsafe_b64encode(sha256(memo.verifier.encode()).digest()).rstrip(b"=").decode()
    assert asked == {
        "response_type": "code",
        "client_id": CLIENT_ID,
        "redirect_uri": CALLBACK,
        "scope": "openid mitid ssn",
        "state": memo.state,
        "nonce": memo.nonce,
        "code_challenge": digest,
        "code_challenge_method": "S256",
        "prompt": "login",
        "max_age": "60",
        "idp_values": "mitid",
        "idp_params": '{"mitid":{"loa_value":"substantial"}}',
    }
    assert memo.verifier not in start.address
    assert len({memo.state, memo.nonce, memo.verifier}) == 3


@pytest.mark.parametrize(
    ("broker", "acr_values", "asked"),
    [
        ("idura", None, ["urn:grn:authn:dk:mitid:substantial"]),
        ("signicat", None, ["idp:mitid loa:substantial"]),
        ("generic", "high", ["high"]),
        ("nets", None, None),
    ],
)
def test_a_level_is_asked_for_in_the_brokers_way(
    broker: str, acr_values: str | None, asked: list[str] | None
) -> None:
    """Each broker is asked for Substantial in its own words, unless the installation says more."""
    start = parties(broker=broker, acr_values=acr_values).begin().unwrap()
    assert parse_qs(urlsplit(start.address).query).get("acr_values") == asked


def test_nets_is_asked_for_the_level_that_is_wanted() -> None:
    """Nets takes the level in idp_params, and not in acr_values."""
    start = parties(acr_values="urn:grn:authn:dk:mitid:high").begin().unwrap()
    (asked,) = parse_qs(urlsplit(start.address).query)["idp_params"]
    assert json.loads(asked) == {"mitid": {"loa_value": "high"}}


METADATA = read_metadata(
    json.dumps(
        {
            "issuer": ISSUER,
            **{
                name: f"{ISSUER}/{name}"
                for name in ("authorization_endpoint", "token_endpoint", "jwks_uri")
            },
            "token_endpoint_auth_methods_supported": [
                *("client_secret_basic", "client_secret_post", "private_key_jwt"),
            ],
        }
    ).encode(),
    ISSUER,
).unwrap()


def _proof(auth: Any) -> Any:
    client = parties(auth=auth).relying.client
    return prove(client, METADATA, SeededChance("proof"), AT).unwrap()


def test_a_secret_in_the_header_is_encoded_first() -> None:
    """RFC 6749 2.3.1: id and secret are form-encoded, so that a colon in one divides nothing."""
    ((_, value),) = _proof(SecretInHeader(Secret(SECRET))).headers
    name, _, secret = b64decode(value.removeprefix("Basic ")).decode().partition(":")
    assert (unquote_plus(name), unquote_plus(secret)) == (CLIENT_ID, SECRET)
    assert ":" not in secret


def test_a_secret_in_the_body_is_nowhere_else() -> None:
    """client_secret_post: no header."""
    proof = _proof(SecretInBody(Secret(SECRET)))
    assert (proof.headers, proof.fields["client_secret"]) == ((), SECRET)
    assert SECRET not in repr(proof)


@pytest.mark.parametrize("key", [RSA, ECKey.generate_key("P-256", auto_kid=True)])
def test_a_signed_proof_is_for_the_issuer_alone(key: Any) -> None:
    """RFC 7523: we say so ourselves, to the issuer, for a minute, once."""
    fields = _proof(PrivateKey(key)).fields
    assertion = jwt.decode(fields["client_assertion"], key, algorithms=["RS256", "ES256"])
    claims = assertion.claims
    assert (claims["iss"], claims["sub"], claims["aud"]) == (CLIENT_ID, CLIENT_ID, ISSUER)
    assert (claims["iat"], claims["exp"]) == (AT, AT + 60)
    assert claims["jti"]
    assert assertion.header["kid"] == key.thumbprint()


def test_a_proof_that_the_broker_does_not_take_is_not_made() -> None:
    """A secret is not sent in a way that the broker does not offer."""
    both = parties(auth=PrivateKey(RSA))
    assert both.log_in() == Failure(Reason.CLIENT_AUTH_NOT_OFFERED)
    assert both.broker.asked == ["/.well-known/openid-configuration"]


def test_where_a_document_is() -> None:
    """OpenID Connect Discovery 4: after the issuer's path, with one slash."""
    assert (
        address_of("https://a.example/op")
        == "https://a.example/op/.well-known/openid-configuration"
    )
    assert address_of("https://a.example/") == "https://a.example/.well-known/openid-configuration"


# ------------------------------------------------------------------------------------------ reasons


def test_every_reason_is_one_of_the_ports_failures() -> None:
    """Whatever is wrong with an answer is refused; silence and the user's own no are told apart."""
    told = {failure: [r for r in Reason if failure_of(r) is failure] for failure in MitidFailure}
    assert told[MitidFailure.CANCELLED] == [Reason.CANCELLED]
    assert told[MitidFailure.TIMED_OUT] == [Reason.TIMED_OUT]
    assert Reason.NO_ANSWER in told[MitidFailure.UNAVAILABLE]
    assert len(told[MitidFailure.ANSWER_REFUSED]) > 40


@given(
    st.dictionaries(
        st.sampled_from(["code", "state", "iss", "error", "error_description", "x"]),
        st.text(st.characters(exclude_categories=())) | json_values,
    )
)
def test_any_callback_is_judged(callback: dict[str, Any]) -> None:
    """faults: 71-75: whatever a browser brings is refused without an error, and redeems nothing."""
    both = parties()
    start = both.begin().unwrap()
    memo = read_memo(start.memo)
    assert memo is not None
    for brought in (callback, {**callback, "state": memo.state}):
        said = both.come_back(start, brought)
        assert isinstance(said, Failure)
