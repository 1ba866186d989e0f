"""A hostile broker, one mode a case: each is refused by its own name, and as early as can be."""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import Any

import pytest
from joserfc import jws, jwt
from joserfc.jwk import ECKey, OctKey, RSAKey

from eservices_adapters.mitid.oidc.reasons import Reason, failure_of
from eservices_adapters.wire_http.exchange import Response, Silence, Why
from eservices_core.access.mitid import ACCEPTABLE, Acceptance, MitidFailure, facts_of
from eservices_core.outcome import Failure, Success
from tests.adapters.mitid.oidc.parties import (
    ATTEMPT,
    CLIENT_ID,
    DISCOVERY,
    ISSUER,
    KEYS,
    NOW,
    SECRET,
    TOKEN,
    USERINFO,
    Document,
    HostileBroker,
    Mode,
    answering,
    having,
    parties,
    without,
)

SOON = int(NOW.timestamp()) + 100
OTHER_KEY = RSAKey.generate_key(2048, auto_kid=True)
EC_KEY = ECKey.generate_key("P-256", auto_kid=True)


def claims(case: str, reason: Reason, **members: Any) -> Any:
    """A case in which claims are changed."""
    return pytest.param(Mode(claims=having(**members)), reason, id=case)


def missing(case: str, reason: Reason, *names: str) -> Any:
    """A case in which claims are left out."""
    return pytest.param(Mode(claims=without(*names)), reason, id=case)


def header(**members: Any) -> Mode:
    """Sign rightly, with more in the header."""

    def signed(broker: HostileBroker, said: Document) -> str:
        head = {"alg": "RS256", "kid": broker.key.kid, "typ": "JWT", **members}
        written = _part(json.dumps({name: value for name, value in head.items() if value != ""}))
        return _sign(written, said, broker.key)

    return Mode(signed=signed)


def _part(text: str | bytes) -> str:
    content = text.encode() if isinstance(text, str) else text
    return urlsafe_b64encode(content).rstrip(b"=").decode()


def _sign(head: str, said: Document | str, key: RSAKey) -> str:
    """Sign any header over any payload, as only somebody with the key can."""
    payload = _part(said if isinstance(said, str) else json.dumps(said))
    algorithm = jws.default_registry.get_alg("RS256")
    signature = algorithm.sign(f"{head}.{payload}".encode(), key)
    return f"{head}.{payload}.{_part(signature)}"


def payload(text: str) -> Mode:
    """Sign rightly over a text that is no object, or an odd one."""
    return Mode(
        signed=lambda broker, _: _sign(
            _part(json.dumps({"alg": "RS256", "kid": broker.key.kid})), text, broker.key
        )
    )


def unsigned(head: Document, signature: str = "") -> Mode:
    """Put a signature of no key under any header."""
    return Mode(
        signed=lambda _, said: f"{_part(json.dumps(head))}.{_part(json.dumps(said))}.{signature}"
    )


def signed_with(key: Any, alg: str, **head: Any) -> Mode:
    """Sign with a key that is not the broker's."""
    return Mode(
        signed=lambda _, said: jwt.encode({"alg": alg, **head}, said, key, algorithms=[alg])
    )


def _hmac_of_the_public_key(broker: HostileBroker, said: Document) -> str:
    public = broker.key.as_pem(private=False)
    text = f"{_part(json.dumps({'alg': 'HS256', 'kid': broker.key.kid}))}.{_part(json.dumps(said))}"
    import hmac  # noqa: PLC0415  for this one forgery

    return f"{text}.{_part(hmac.digest(public, text.encode(), 'sha256'))}"


def _cut_in(_: HostileBroker, said: Document, place: slice) -> str:
    good = jwt.encode({"alg": "RS256"}, said, OTHER_KEY, algorithms=["RS256"])
    return ".".join(good.split(".")[place])


def _broken_signature(broker: HostileBroker, said: Document) -> str:
    token = jwt.encode({"alg": "RS256", "kid": broker.key.kid}, said, broker.key)
    head, body, signature = token.split(".")
    spoilt = bytearray(urlsafe_b64decode(signature + "=="))
    spoilt[7] ^= 1
    return f"{head}.{body}.{_part(bytes(spoilt))}"


def _other_last_character(broker: HostileBroker, said: Document) -> str:
    """The same signature in another spelling: 256 bytes leave 4 bits of the last character."""
    token = jwt.encode({"alg": "RS256", "kid": broker.key.kid}, said, broker.key)
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    last = alphabet.index(token[-1])
    return token[:-1] + alphabet[last ^ 1]


_ID_TOKEN = [
    claims("13 iss wrong", Reason.ISSUER_WRONG, iss="https://other.example/op"),
    claims("13 iss with a slash more", Reason.ISSUER_WRONG, iss=f"{ISSUER}/"),
    claims("13 iss an array", Reason.ISSUER_WRONG, iss=[ISSUER]),
    missing("14 iss missing", Reason.ISSUER_WRONG, "iss"),
    claims("15 aud wrong", Reason.AUDIENCE_WRONG, aud="another"),
    claims("15 aud empty", Reason.AUDIENCE_WRONG, aud=[]),
    claims("15 aud of another kind", Reason.AUDIENCE_WRONG, aud={CLIENT_ID: 1}),
    claims("15 aud with more than texts", Reason.AUDIENCE_WRONG, aud=[CLIENT_ID, 1]),
    missing("15 aud missing", Reason.AUDIENCE_WRONG, "aud"),
    claims("16 aud an array without azp", Reason.AUTHORIZED_PARTY_WRONG, aud=[CLIENT_ID, "b"]),
    claims("17 azp other", Reason.AUTHORIZED_PARTY_WRONG, azp="another"),
    missing("18 sub missing", Reason.SUBJECT_WRONG, "sub"),
    claims("19 sub empty", Reason.SUBJECT_WRONG, sub=""),
    claims("20 sub of 256 characters", Reason.SUBJECT_WRONG, sub="a" * 256),
    claims("20 sub not ASCII", Reason.SUBJECT_WRONG, sub="ånna"),
    claims("20 sub a number", Reason.SUBJECT_WRONG, sub=1),
    missing("21 iat missing", Reason.ISSUED_AT_WRONG, "iat"),
    claims("22 iat in the future", Reason.ISSUED_AT_WRONG, iat=lambda at: at + 61),
    missing("23 exp missing", Reason.EXPIRED, "exp"),
    claims("23 exp past", Reason.EXPIRED, exp=lambda at: at - 300 - 60),
    claims("24 exp a text", Reason.EXPIRED, exp=str(SOON)),
    claims("24 exp true", Reason.EXPIRED, exp=True),
    claims("25 exp 10^40", Reason.EXPIRED, exp=10**40),
    claims("25 exp 10^400", Reason.EXPIRED, exp=10**400),
    claims("26 nbf future", Reason.NOT_YET, nbf=SOON),
    claims("26 nbf a text", Reason.NOT_YET, nbf="1"),
    claims("27 nonce wrong", Reason.NONCE_WRONG, nonce="another"),
    missing("28 nonce missing", Reason.NONCE_WRONG, "nonce"),
    claims("28 nonce a list", Reason.NONCE_WRONG, nonce=lambda nonce: [nonce]),
    pytest.param(unsigned({"alg": "none"}), Reason.NOT_A_TOKEN, id="30 alg none"),
    pytest.param(unsigned({"alg": "none"}, "AA"), Reason.ALGORITHM_WRONG, id="30 none, signed"),
    pytest.param(unsigned({"alg": "nOnE"}, "AA"), Reason.ALGORITHM_WRONG, id="31 alg nOnE"),
    pytest.param(unsigned({"alg": "RS256"}), Reason.NOT_A_TOKEN, id="32 signature stripped"),
    pytest.param(
        unsigned({"alg": "RS256"}, "AAAA"), Reason.SIGNATURE_WRONG, id="33 garbage signature"
    ),
    pytest.param(Mode(signed=_broken_signature), Reason.SIGNATURE_WRONG, id="33 one bit"),
    pytest.param(Mode(signed=_other_last_character), Reason.NOT_A_TOKEN, id="33 another spelling"),
    pytest.param(
        Mode(signed=_hmac_of_the_public_key), Reason.ALGORITHM_WRONG, id="34 HS256 of the key"
    ),
    pytest.param(
        signed_with(OctKey.import_key(SECRET), "HS256"), Reason.ALGORITHM_WRONG, id="35 HS256"
    ),
    pytest.param(
        signed_with(EC_KEY, "ES256", kid=EC_KEY.kid), Reason.ALGORITHM_WRONG, id="36 ES256"
    ),
    pytest.param(
        signed_with(OTHER_KEY, "RS256", kid="another"), Reason.KEY_UNKNOWN, id="37 kid unknown"
    ),
    pytest.param(signed_with(OTHER_KEY, "RS256"), Reason.SIGNATURE_WRONG, id="37 another's key"),
    pytest.param(header(jku="https://evil.example/jwks"), Reason.HEADER_HOSTILE, id="40 jku"),
    pytest.param(header(jwk=OTHER_KEY.as_dict(private=False)), Reason.HEADER_HOSTILE, id="41 jwk"),
    pytest.param(header(x5u="https://evil.example/"), Reason.HEADER_HOSTILE, id="42 x5u"),
    pytest.param(header(x5c=["MIIB"]), Reason.HEADER_HOSTILE, id="42 x5c"),
    pytest.param(header(kid="../../etc/passwd"), Reason.KEY_UNKNOWN, id="43 kid a path"),
    pytest.param(header(kid="' OR 1=1 --"), Reason.KEY_UNKNOWN, id="43 kid SQL"),
    pytest.param(header(kid=["a"]), Reason.HEADER_UNREADABLE, id="43 kid a list"),
    pytest.param(header(crit=["x"], x=1), Reason.HEADER_HOSTILE, id="44 crit"),
    pytest.param(header(crit=["b64"], b64=False), Reason.HEADER_HOSTILE, id="44 b64"),
    pytest.param(header(typ="at+jwt"), Reason.TYPE_WRONG, id="45 typ at+jwt"),
    pytest.param(header(typ="logout+jwt"), Reason.TYPE_WRONG, id="45 typ logout+jwt"),
    pytest.param(header(alg=["RS256"]), Reason.ALGORITHM_WRONG, id="45 alg a list"),
    pytest.param(payload('{"sub":"a","sub":"b"}'), Reason.PAYLOAD_UNREADABLE, id="46 duplicates"),
    pytest.param(payload('{"sub":"a"'), Reason.PAYLOAD_UNREADABLE, id="47 truncated"),
    pytest.param(payload("[" * 9000), Reason.PAYLOAD_UNREADABLE, id="47 nested deeply"),
    pytest.param(payload('{"exp":NaN}'), Reason.PAYLOAD_UNREADABLE, id="47 NaN"),
    pytest.param(payload("[]"), Reason.PAYLOAD_UNREADABLE, id="47 an array"),
    pytest.param(
        Mode(signed=lambda _, said: "a" + _cut_in(_, said, slice(0, 2)) * 2),
        Reason.NOT_A_TOKEN,
        id="48 of more parts",
    ),
    pytest.param(Mode(signed=lambda *_: "a.b.c.d.e"), Reason.NOT_A_TOKEN, id="48 JWE"),
    pytest.param(header(cty="JWT", enc="A128GCM"), Reason.HEADER_HOSTILE, id="48 enc"),
    claims("49 at_hash wrong", Reason.ACCESS_TOKEN_HASH_WRONG, at_hash="another"),
    claims("49 at_hash null", Reason.ACCESS_TOKEN_HASH_WRONG, at_hash=None),
]


@pytest.mark.parametrize(("mode", "reason"), _ID_TOKEN)
def test_a_bad_id_token_is_refused_before_anything_else_is_asked(
    mode: Mode, reason: Reason
) -> None:
    """faults: 13-49: each bad ID token has its own reason, and userinfo is never called."""
    both = parties(mode)
    assert both.log_in() == Failure(reason)
    assert both.broker.asked[:3] == [DISCOVERY, TOKEN, KEYS]
    # An unknown kid alone has the keys fetched once more; nobody else is ever asked.
    assert both.broker.asked[3:] == ([KEYS] if reason is Reason.KEY_UNKNOWN else [])
    assert failure_of(reason) is MitidFailure.ANSWER_REFUSED


_USERINFO = [
    pytest.param(Mode(userinfo=having(sub="b")), Reason.USERINFO_SUBJECT_WRONG, id="58 other sub"),
    pytest.param(Mode(userinfo=without("sub")), Reason.USERINFO_SUBJECT_WRONG, id="58 no sub"),
    *[
        pytest.param(Mode(answers={USERINFO: answer}), reason, id=case)
        for case, answer, reason in (
            ("59 not JSON", answering(200, b"<html>"), Reason.USERINFO_UNREADABLE),
            ("59 an array", answering(200, b"[]"), Reason.USERINFO_UNREADABLE),
            ("60 64 MB", lambda _: Silence(Why.TOO_LARGE), Reason.NO_ANSWER),
            ("60 500", answering(500, {}), Reason.USERINFO_REFUSED),
            (
                "60 redirected",
                answering(302, b"", ("location", "https://evil.example/")),
                Reason.USERINFO_REFUSED,
            ),
        )
    ],
    pytest.param(Mode(userinfo=having(loa="low")), Reason.CLAIMS_DISAGREE, id="58 other level"),
    pytest.param(
        Mode(userinfo=having(identity_type="professional")),
        Reason.CLAIMS_DISAGREE,
        id="58 other kind",
    ),
    pytest.param(Mode(userinfo=having(**{"dk.cpr": ["0709614606"]})), Reason.NUMBER_UNREADABLE,
                 id="56 cpr an array"),
    pytest.param(Mode(userinfo=having(**{"dk.cpr": "070961460"})), Reason.NUMBER_UNREADABLE,
                 id="56 cpr of nine digits"),
    pytest.param(Mode(claims=having(idp="nemid"), userinfo=having(idp="nemid")), Reason.NOT_MITID,
                 id="52 idp not mitid"),
    pytest.param(Mode(claims=without("idp"), userinfo=without("idp")), Reason.NOT_MITID,
                 id="52 idp missing"),
    pytest.param(
        Mode(claims=having(identity_type="test"), userinfo=having(identity_type="test")),
        Reason.KIND_UNKNOWN,
        id="109 neither private nor business",
    ),
    pytest.param(Mode(claims=without("auth_time")), Reason.AUTHENTICATED_AT_MISSING,
                 id="53 auth_time missing"),
    pytest.param(Mode(claims=without("auth_time"), userinfo=having(auth_time=SOON - 100)),
                 Reason.AUTHENTICATED_AT_MISSING, id="53 auth_time where nobody signed it"),
    pytest.param(Mode(claims=having(auth_time="1")), Reason.AUTHENTICATED_AT_MISSING,
                 id="53 auth_time a text"),
    pytest.param(Mode(claims=having(auth_time=lambda at: at - 61)), Reason.AUTHENTICATED_AT_WRONG,
                 id="53 auth_time too old"),
    pytest.param(Mode(claims=having(auth_time=lambda at: at + 61)), Reason.AUTHENTICATED_AT_WRONG,
                 id="53 auth_time to come"),
]  # fmt: skip


@pytest.mark.parametrize(("mode", "reason"), _USERINFO)
def test_bad_claims_are_refused(mode: Mode, reason: Reason) -> None:
    """faults: 52-60: what userinfo or the claims get wrong is refused by its own name."""
    both = parties(mode)
    assert both.log_in() == Failure(reason)
    assert both.broker.asked == [DISCOVERY, TOKEN, KEYS, USERINFO]


@pytest.mark.parametrize(
    ("person", "verdict"),
    [
        ("anna", Acceptance.ACCEPTED),
        ("at-work", Acceptance.BUSINESS_IDENTITY),
        ("low", Acceptance.ASSURANCE_TOO_LOW),
        ("odd", Acceptance.ASSURANCE_TOO_LOW),
        ("numberless", Acceptance.CPR_MISSING),
    ],
)
def test_who_identified_is_judged_by_the_core(person: str, verdict: Acceptance) -> None:
    """D-ACC-3, faults: 50, 51, 55, 109: a right answer about a wrong identity is the core's."""
    identity = parties().log_in(person).unwrap()
    assert ACCEPTABLE.decide(facts_of(identity, ATTEMPT, NOW)).then is verdict


def test_an_identity_without_a_level_is_of_none() -> None:
    """faults: 51: a missing level is not taken for any, whatever else is claimed."""
    levels = ("loa", "acr")
    both = parties(Mode(claims=without(*levels), userinfo=without(*levels)))
    identity = both.log_in().unwrap()
    verdict = ACCEPTABLE.decide(facts_of(identity, ATTEMPT, NOW)).then
    assert verdict is Acceptance.ASSURANCE_TOO_LOW


def test_a_level_that_was_asked_for_must_come() -> None:
    """faults: 50: where High was asked for, Substantial is refused."""
    both = parties(acr_values="urn:grn:authn:dk:mitid:high")
    assert both.log_in() == Failure(Reason.LEVEL_LOWER_THAN_ASKED)


_TOKEN_ENDPOINT = [
    ("61 500", answering(500, {}), Reason.TOKEN_STATUS),
    ("61 503 HTML", answering(503, b"<html>"), Reason.TOKEN_STATUS),
    ("62 HTML", answering(200, b"<html>"), Reason.TOKEN_UNREADABLE),
    ("62 duplicates", answering(200, b'{"a":1,"a":2}'), Reason.TOKEN_UNREADABLE),
    ("63 64 MB", lambda _: Silence(Why.TOO_LARGE), Reason.NO_ANSWER),
    ("63 120 s silence", lambda _: Silence(Why.TOO_LATE), Reason.NO_ANSWER),
    ("63 cut off", lambda _: Silence(Why.CUT_OFF), Reason.NO_ANSWER),
    (
        "64 307 to another host",
        answering(307, b"", ("location", "https://evil.example/token")),
        Reason.TOKEN_STATUS,
    ),
    (
        "65 no id_token",
        answering(200, {"access_token": "a", "token_type": "Bearer"}),
        Reason.ID_TOKEN_MISSING,
    ),
    (
        "65 token_type mac",
        answering(200, {"access_token": "a", "token_type": "mac", "id_token": "a"}),
        Reason.TOKEN_TYPE_WRONG,
    ),
    (
        "65 no token_type",
        answering(200, {"access_token": "a", "id_token": "a"}),
        Reason.TOKEN_TYPE_WRONG,
    ),
    (
        "65 no access_token",
        answering(200, {"token_type": "bearer", "id_token": "a"}),
        Reason.ACCESS_TOKEN_MISSING,
    ),
    (
        "65 an access_token that breaks a header",
        answering(200, {"access_token": "a\r\nb", "token_type": "bearer", "id_token": "a"}),
        Reason.TOKEN_UNREADABLE,
    ),
    ("65 invalid_grant", answering(400, {"error": "invalid_grant"}), Reason.CODE_REFUSED),
    ("65 invalid_client", answering(401, {"error": "invalid_client"}), Reason.CLIENT_REFUSED),
    ("65 400 of no JSON", answering(400, b"no"), Reason.CODE_REFUSED),
]


@pytest.mark.parametrize(
    ("answer", "reason"),
    [case[1:] for case in _TOKEN_ENDPOINT],
    ids=[c[0] for c in _TOKEN_ENDPOINT],
)
def test_a_bad_token_endpoint_is_asked_once(answer: Any, reason: Reason) -> None:
    """faults: 61-65: the secret and the code go to the token endpoint, once, and nowhere else."""
    both = parties(Mode(answers={TOKEN: answer}))
    assert both.log_in() == Failure(reason)
    assert both.broker.asked == [DISCOVERY, TOKEN]
    secretive = [request for request in both.sent if "authorization" in dict(request.headers)]
    assert [request.url for request in secretive] == [f"{ISSUER}{TOKEN}"]


_DISCOVERY = [
    ("66 another issuer", having(issuer="https://other.example/op"), Reason.ISSUER_MISMATCH),
    ("66 a slash more", having(issuer=f"{ISSUER}/"), Reason.ISSUER_MISMATCH),
    ("66 no issuer", without("issuer"), Reason.ISSUER_MISMATCH),
    *[
        (f"67 {name} {case}", having(**{name: address}), Reason.ENDPOINT_ELSEWHERE)
        for name in (
            "authorization_endpoint",
            "token_endpoint",
            "jwks_uri",
            "userinfo_endpoint",
            "end_session_endpoint",
        )
        for case, address in (
            ("elsewhere", "https://evil.example/"),
            ("not https", "http://broker.example/op"),
            ("with a user", "https://broker.example@evil.example/"),
            ("on another port", "https://broker.example:8443/op"),
        )
    ],
    ("67 a number", having(userinfo_endpoint=1), Reason.ENDPOINT_ELSEWHERE),
    ("67 none to redeem at", without("token_endpoint"), Reason.DISCOVERY_UNREADABLE),
    ("67 no keys", without("jwks_uri"), Reason.DISCOVERY_UNREADABLE),
    ("67 no code", having(response_types_supported=["id_token"]), Reason.CODE_NOT_OFFERED),
    ("67 plain PKCE", having(code_challenge_methods_supported=["plain"]), Reason.CODE_NOT_OFFERED),
    (
        "67 only HS256 and none",
        having(id_token_signing_alg_values_supported=["HS256", "none"]),
        Reason.ALGORITHM_NOT_OFFERED,
    ),
]  # fmt: skip


@pytest.mark.parametrize(
    ("change", "reason"), [case[1:] for case in _DISCOVERY], ids=[case[0] for case in _DISCOVERY]
)
def test_a_bad_configuration_document_begins_nothing(change: Any, reason: Reason) -> None:
    """faults: 66, 67: no browser is sent anywhere on the word of a document that is not right."""
    both = parties(Mode(metadata=change))
    assert both.begin() == Failure(reason)
    assert both.broker.asked == [DISCOVERY]


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (lambda _: Silence(Why.TOO_LARGE), Reason.NO_ANSWER),
        (answering(404, b""), Reason.DISCOVERY_REFUSED),
        (answering(302, b"", ("location", "https://evil.example")), Reason.DISCOVERY_REFUSED),
        (answering(200, b"\xff"), Reason.DISCOVERY_UNREADABLE),
    ],
    ids=["68 64 MB", "68 404", "68 redirected", "68 not UTF-8"],
)
def test_a_document_that_cannot_be_had_makes_mitid_unavailable(answer: Any, reason: Reason) -> None:
    """faults: 68, 81: without its document, a broker is not there."""
    both = parties(Mode(answers={DISCOVERY: answer}))
    assert both.begin() == Failure(reason)


_KEYS = [
    ("69 empty", having(keys=[]), Reason.KEYS_UNREADABLE),
    ("69 none", without("keys"), Reason.KEYS_UNREADABLE),
    ("69 10,000", having(keys=lambda keys: keys * 10_000), Reason.KEYS_UNREADABLE),
    ("69 no objects", having(keys=["a"]), Reason.KEYS_UNREADABLE),
    (
        "69 a private key",
        having(keys=lambda keys: [*keys, OTHER_KEY.as_dict(private=True)]),
        Reason.KEYS_PRIVATE,
    ),
    (
        "69 a symmetric key",
        having(keys=lambda keys: [*keys, {"kty": "oct", "k": "c2VjcmV0"}]),
        Reason.KEYS_PRIVATE,
    ),
    (
        "69 only for encryption",
        having(keys=lambda keys: [{**keys[0], "use": "enc"}]),
        Reason.KEYS_UNREADABLE,
    ),
    (
        "69 of 1024 bits",
        having(keys=[{"kty": "RSA", "n": _part(b"\xff" * 128), "e": "AQAB"}]),
        Reason.KEYS_UNREADABLE,
    ),
    (
        "69 of 100,000 bits",
        having(keys=[{"kty": "RSA", "n": _part(b"\xff" * 12_500), "e": "AQAB"}]),
        Reason.KEYS_UNREADABLE,
    ),
    ("69 off the curve", having(keys=[{"kty": "EC", "crv": "P-256", "x": "AQ", "y": "AQ"}]),
     Reason.KEYS_UNREADABLE),
    (
        "39 kid absent with many",
        having(keys=lambda keys: [*keys, {**OTHER_KEY.as_dict(private=False), "kid": "b"}]),
        Reason.KEY_AMBIGUOUS,
    ),
]  # fmt: skip


@pytest.mark.parametrize(
    ("change", "reason"), [case[1:] for case in _KEYS], ids=[case[0] for case in _KEYS]
)
def test_bad_keys_verify_nothing(change: Any, reason: Reason) -> None:
    """faults: 39, 69: a key set that is not right, or leaves open which key, verifies no token."""
    nameless = header(kid="").signed if reason is Reason.KEY_AMBIGUOUS else None
    both = parties(Mode(key_set=change, signed=nameless))
    assert both.log_in() == Failure(reason)
    assert USERINFO not in both.broker.asked


# ---------------------------------------------------------------------- what a browser brings back


def _changed(**changes: Any) -> Any:
    return lambda callback: {
        name: value for name, value in {**callback, **changes}.items() if value is not None
    }


_CALLBACKS = [
    ("71 iss wrong", _changed(iss="https://other.example/op"), Reason.RESPONSE_ISSUER_WRONG),
    ("72 iss missing although promised", _changed(iss=None), Reason.RESPONSE_ISSUER_MISSING),
    ("73 state wrong", _changed(state="another"), Reason.STATE_WRONG),
    ("73 state missing", _changed(state=None), Reason.STATE_WRONG),
    ("74 two codes", _changed(code=["a", "b"]), Reason.CALLBACK_UNREADABLE),
    ("74 no code", _changed(code=None), Reason.CODE_MISSING),
    ("75 code and error", _changed(error="access_denied"), Reason.CODE_AND_ERROR),
    ("75 an error of HTML", _changed(code=None, error="<b>"), Reason.BROKER_REFUSED),
    ("75 an error not ASCII", _changed(code=None, error="ø"), Reason.CALLBACK_UNREADABLE),
    ("76 the answer of another issuer", _changed(iss="https://a.example"),
     Reason.RESPONSE_ISSUER_WRONG),
]  # fmt: skip


@pytest.mark.parametrize(
    ("change", "reason"), [case[1:] for case in _CALLBACKS], ids=[case[0] for case in _CALLBACKS]
)
def test_a_bad_callback_redeems_nothing(change: Any, reason: Reason) -> None:
    """faults: 71-76: the code of an answer that is not right is never sent anywhere."""
    both = parties()
    start = both.begin().unwrap()
    callback = both.broker.callback(start.address, "anna")
    assert both.come_back(start, change(callback)) == Failure(reason)
    assert both.broker.asked == [DISCOVERY]


@pytest.mark.parametrize(
    ("error", "described", "reason"),
    [
        ("access_denied", "mitid_user_aborted", Reason.CANCELLED),
        ("access_denied", "user_aborted", Reason.CANCELLED),
        ("access_denied", "mitid_core_client_error_user_abort", Reason.CANCELLED),
        ("access_denied", "declined_user_consent", Reason.CANCELLED),
        ("access_denied", "", Reason.CANCELLED),
        ("access_denied", "mitid_timeout", Reason.TIMED_OUT),
        ("access_denied", "user_navigation_error_empty_state", Reason.TIMED_OUT),
        ("access_denied", "mitid_internal_error", Reason.BROKER_FAILED),
        ("server_error", "", Reason.BROKER_FAILED),
        ("temporarily_unavailable", "x", Reason.BROKER_FAILED),
        ("access_denied", "mitid_cpr_match_failed", Reason.NUMBER_NOT_MATCHED),
        ("access_denied", "0709614606", Reason.BROKER_REFUSED),
        ("invalid_request", "", Reason.BROKER_REFUSED),
        ("login_required", "", Reason.BROKER_REFUSED),
        ("", "", Reason.BROKER_REFUSED),
    ],
)
def test_cancelling_is_told_apart_from_failing(error: str, described: str, reason: Reason) -> None:
    """faults: 54: a user who cancelled, who waited too long, a broker that failed: each is told."""
    both = parties()
    start = both.begin().unwrap()
    state = both.broker.callback(start.address, None)["state"]
    callback = {"error": error, "error_description": described, "state": state}
    assert both.come_back(start, callback) == Failure(reason)
    assert both.broker.asked == [DISCOVERY]


def test_an_answer_serves_once() -> None:
    """faults: 29, 78, 79: neither a replay nor another attempt gets anything from a code."""
    both = parties()
    first, second = both.begin().unwrap(), both.begin().unwrap()
    callback = both.broker.callback(first.address, "anna")
    assert both.come_back(second, callback) == Failure(Reason.STATE_WRONG)
    stolen = {**callback, "state": both.broker.callback(second.address, None)["state"]}
    assert both.come_back(second, stolen) == Failure(Reason.CODE_REFUSED)
    again = both.broker.callback(first.address, "anna")
    assert isinstance(both.come_back(first, again), Success)
    assert both.come_back(first, again) == Failure(Reason.CODE_REFUSED)


# ---------------------------------------------------------------------------------------- accepted


@pytest.mark.parametrize(
    "mode",
    [
        Mode(),
        Mode(claims=having(aud=[CLIENT_ID])),
        Mode(claims=having(aud=[CLIENT_ID, "b"], azp=CLIENT_ID)),
        Mode(claims=having(azp=CLIENT_ID)),
        Mode(claims=having(iat=lambda at: at + 30, nbf=lambda at: at + 30)),
        Mode(claims=having(exp=lambda at: at - 300 - 30)),
        Mode(claims=having(exp=lambda at: at + 0.5)),
        Mode(claims=without("nbf", "at_hash")),
        Mode(claims=having(**{"something.else": [1, {"a": None}]})),
        header(kid=""),
        header(typ=""),
        header(typ="jwt", cty="x"),
        Mode(
            key_set=having(keys=lambda keys: [*keys, {"kty": "OKP", "crv": "Ed25519", "x": "AQ"}])
        ),
        Mode(metadata=without("code_challenge_methods_supported", "response_types_supported")),
        Mode(metadata=without("authorization_response_iss_parameter_supported")),
        Mode(metadata=without("end_session_endpoint")),
    ],
    ids=range(16),
)
def test_what_a_good_broker_may_do_is_taken(mode: Mode) -> None:
    """faults: 26, 38: all that the standard leaves to a broker, and 30 s of skew, are accepted."""
    both = parties(mode)
    assert isinstance(both.log_in(), Success)
    assert both.broker.asked == [DISCOVERY, TOKEN, KEYS, USERINFO]


# ----------------------------------------------------------------------------- over several logins


def test_what_is_known_is_not_asked_again() -> None:
    """faults: 66-69: document and keys serve an hour, and are then fetched anew."""
    both = parties()
    for _ in range(3):
        assert isinstance(both.log_in(), Success)
    assert both.broker.asked.count(DISCOVERY) == both.broker.asked.count(KEYS) == 1
    both.clock.wind(_hours(1))
    assert isinstance(both.log_in(), Success)
    assert both.broker.asked.count(DISCOVERY) == both.broker.asked.count(KEYS) == 2


def test_keys_that_were_changed_are_fetched_once() -> None:
    """faults: 37, 70: a new kid has the keys fetched once more; a made-up one not more often."""
    both = parties()
    assert isinstance(both.log_in(), Success)
    both.broker.rotate()
    assert isinstance(both.log_in(), Success)
    assert both.broker.asked.count(KEYS) == 2
    both.broker.mode = signed_with(OTHER_KEY, "RS256", kid="made-up")
    for _ in range(5):
        assert both.log_in() == Failure(Reason.KEY_UNKNOWN)
    assert both.broker.asked.count(KEYS) == 2
    both.clock.wind(_seconds(60))
    assert both.log_in() == Failure(Reason.KEY_UNKNOWN)
    assert both.broker.asked.count(KEYS) == 3


def test_a_broker_that_is_silent_is_left_alone_for_a_while() -> None:
    """faults: 81: after three silences nothing is asked for some seconds, and then once."""
    both = parties(Mode(answers={DISCOVERY: lambda _: Silence(Why.UNREACHABLE)}))
    said = [both.begin().failure() for _ in range(6)]
    assert said == [Reason.NO_ANSWER] * 3 + [Reason.NOT_ASKED] * 3
    assert {failure_of(reason) for reason in said} == {MitidFailure.UNAVAILABLE}
    assert len(both.sent) == 3
    both.clock.wind(_seconds(20))
    assert both.begin() == Failure(Reason.NO_ANSWER)
    assert both.begin() == Failure(Reason.NOT_ASKED)
    both.broker.mode = Mode()
    both.clock.wind(_seconds(20))
    assert isinstance(both.log_in(), Success)


@pytest.mark.parametrize("endpoint", [DISCOVERY, TOKEN, KEYS, USERINFO])
def test_a_broker_may_go_silent_anywhere(endpoint: str) -> None:
    """faults: 81: wherever the answer stops coming, the user is told that MitID does not answer."""
    both = parties(Mode(answers={endpoint: lambda _: Silence(Why.TOO_LATE)}))
    assert both.log_in() == Failure(Reason.NO_ANSWER)
    assert failure_of(Reason.NO_ANSWER) is MitidFailure.UNAVAILABLE


def test_every_answer_of_the_broker_may_be_any_status() -> None:
    """No status but the right one is ever read as a success."""
    for endpoint in (DISCOVERY, TOKEN, KEYS, USERINFO):
        for status in (100, 201, 204, 206, 304, 403, 418, 599):
            both = parties(
                Mode(
                    answers={endpoint: lambda said, status=status: Response(status, (), said.body)}
                )
            )
            assert isinstance(both.log_in(), Failure)


def _hours(hours: int) -> Any:
    return _seconds(hours * 3600)


def _seconds(seconds: int) -> Any:
    from datetime import timedelta  # noqa: PLC0415  said here only

    return timedelta(seconds=seconds)
