"""Logout tokens: a good one ends exactly what it names, and no other ends anything (faults: 82)."""

from typing import Any

import pytest

from eservices_adapters.mitid.oidc.logout import LoggedOut, SeenIds, logged_out
from eservices_adapters.mitid.oidc.reasons import Reason
from eservices_adapters.wire_http.exchange import run
from eservices_core.outcome import Failure, Outcome, Success
from tests.adapters.mitid.oidc import test_hostile as hostile
from tests.adapters.mitid.oidc.parties import (
    CLIENT_ID,
    ISSUER,
    KEYS,
    NOW,
    Mode,
    Parties,
    having,
    parties,
    without,
)

AT = int(NOW.timestamp())
EVENT = "http://schemas.openid.net/event/backchannel-logout"
CLAIMS = {
    "iss": ISSUER,
    "aud": CLIENT_ID,
    "iat": AT,
    "exp": AT + 120,
    "jti": "one",
    "sub": "simulated-anna",
    "sid": "session-1",
    "events": {EVENT: {}},
}


def _read(both: Parties, seen: SeenIds | None = None) -> Outcome[LoggedOut, Reason]:
    token = both.broker.signed(CLAIMS)
    return run(logged_out(both.relying, token, seen or SeenIds()), both.send)


@pytest.mark.parametrize(
    ("mode", "said"),
    [
        (Mode(), LoggedOut("simulated-anna", "session-1")),
        (hostile.header(typ="logout+jwt"), LoggedOut("simulated-anna", "session-1")),
        (Mode(claims=without("sid")), LoggedOut("simulated-anna", None)),
        (Mode(claims=without("sub")), LoggedOut(None, "session-1")),
    ],
    ids=range(4),
)
def test_a_good_token_names_whose_session_is_over(mode: Mode, said: LoggedOut) -> None:
    """faults: 82: a logout token names a session, or a subject with all of theirs."""
    assert _read(parties(mode)) == Success(said)


@pytest.mark.parametrize(
    ("mode", "reason"),
    [
        (hostile.unsigned({"alg": "none"}), Reason.NOT_A_TOKEN),
        (hostile.unsigned({"alg": "none"}, "AA"), Reason.ALGORITHM_WRONG),
        (Mode(signed=hostile._broken_signature), Reason.SIGNATURE_WRONG),
        (hostile.header(typ="at+jwt"), Reason.TYPE_WRONG),
        (Mode(claims=having(iss="https://other.example")), Reason.ISSUER_WRONG),
        (Mode(claims=having(aud="another")), Reason.AUDIENCE_WRONG),
        (Mode(claims=without("iat")), Reason.ISSUED_AT_WRONG),
        (Mode(claims=having(exp=AT - 61)), Reason.EXPIRED),
        (Mode(claims=without("exp")), Reason.EXPIRED),
        (Mode(claims=without("events")), Reason.EVENT_WRONG),
        (Mode(claims=having(events={})), Reason.EVENT_WRONG),
        (Mode(claims=having(events={EVENT: True})), Reason.EVENT_WRONG),
        (Mode(claims=having(events=[EVENT])), Reason.EVENT_WRONG),
        (Mode(claims=having(nonce="a")), Reason.NONCE_PRESENT),
        (Mode(claims=without("sub", "sid")), Reason.SUBJECT_WRONG),
        (Mode(claims=having(sub=1)), Reason.SUBJECT_WRONG),
        (Mode(claims=having(sid=["session-1"])), Reason.SUBJECT_WRONG),
        (Mode(claims=without("jti")), Reason.TOKEN_ID_MISSING),
        (Mode(claims=having(jti="a" * 256)), Reason.TOKEN_ID_MISSING),
    ],
    ids=range(19),
)
def test_any_other_ends_nothing(mode: Mode, reason: Reason) -> None:
    """faults: 82: whoever posts something else here ends nobody's session."""
    assert _read(parties(mode)) == Failure(reason)


def test_a_token_serves_once() -> None:
    """faults: 82: a token that was seen is refused, and one that was refused is not used up."""
    both, seen = parties(Mode(claims=having(nonce="a"))), SeenIds()
    assert _read(both, seen) == Failure(Reason.NONCE_PRESENT)
    both.broker.mode = Mode()
    assert isinstance(_read(both, seen), Success)
    assert _read(both, seen) == Failure(Reason.REPLAYED)


def test_ids_are_not_kept_for_ever() -> None:
    """The store of used ids has a bound, and forgets its oldest first."""
    seen = SeenIds()
    assert all(seen.is_new(str(number)) for number in range(10_001))
    assert not seen.is_new("10000")
    assert seen.is_new("0")


def test_made_up_keys_are_not_asked_for_again_and_again() -> None:
    """faults: 37: strangers who post tokens with unknown keys make one request a minute."""
    both = parties(hostile.signed_with(hostile.OTHER_KEY, "RS256", kid="made-up"))
    for _ in range(10):
        assert _read(both) == Failure(Reason.KEY_UNKNOWN)
    assert both.broker.asked.count(KEYS) == 2


def test_an_id_token_is_no_logout_token() -> None:
    """faults: 82: an ID token, which has a nonce and no event, ends nothing."""
    claims: dict[str, Any] = {**CLAIMS, "nonce": "a", "auth_time": AT}
    both = parties(Mode(claims=lambda _: {n: v for n, v in claims.items() if n != "events"}))
    assert _read(both) == Failure(Reason.EVENT_WRONG)
