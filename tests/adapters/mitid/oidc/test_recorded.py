"""Claims that real brokers sent or document: each gives the verdict that it should.

The recordings are not part of the project: see the folder's own README for where they come from.
"""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from eservices_adapters.mitid.oidc.brokers import BROKERS
from eservices_adapters.mitid.oidc.callback import reason_of
from eservices_adapters.mitid.oidc.claims import assurance_in, identity_in, merged
from eservices_adapters.mitid.oidc.discovery import read_metadata
from eservices_adapters.mitid.oidc.reasons import Reason
from eservices_core.access.mitid import (
    ACCEPTABLE,
    Acceptance,
    Assurance,
    IdentityKind,
    facts_of,
)
from eservices_core.outcome import Failure
from eservices_core.words.identifiers import AttemptId

ATTEMPT = AttemptId("attempt-1")
NETS, IDURA = BROKERS["nets"], BROKERS["idura"]
ID_TOKEN = "nets_eid_broker/id_token.payload_CAP-021_scope_openid_mitid_ssn.json"


@pytest.fixture
def mitid(shared_data: Path) -> Path:
    """The folder of recordings."""
    folder = shared_data / "mitid"
    if not folder.is_dir():
        pytest.skip("the recordings of brokers are not among the test data")
    return folder


def _read(folder: Path, name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((folder / name).read_text())
    return found


def _verdict(claims: Any, broker: str, begun: datetime) -> Acceptance:
    profile = BROKERS[broker]
    identity = identity_in(claims, profile, "https://broker.example", ATTEMPT).unwrap()
    return ACCEPTABLE.decide(facts_of(identity, ATTEMPT, begun)).then


def test_a_recorded_login_at_nets_is_accepted(mitid: Path) -> None:
    """D-ACC-3: Nets' ID token and userinfo with CPR number are an acceptable identity."""
    token = _read(mitid, ID_TOKEN)
    userinfo = _read(mitid, "nets_eid_broker/userinfo_response_CAP-021_with_cpr.json")
    claims = merged(token, userinfo, NETS).unwrap()
    identity = identity_in(claims, NETS, "https://broker.example", ATTEMPT).unwrap()
    assert (identity.kind, identity.assurance) == (IdentityKind.PRIVATE, Assurance.SUBSTANTIAL)
    assert identity.identified_at == datetime.fromtimestamp(token["auth_time"], UTC)
    assert identity.number is not None
    assert identity.number.reveal() == userinfo["dk.cpr"]
    # Nets' pre-production numbers its persons with 60 added to the day: no number to log in with.
    assert identity.number.may_log_in_with_mitid is (int(userinfo["dk.cpr"][0]) < 4)
    told = _verdict(claims, "nets", identity.identified_at)
    may = identity.number.may_log_in_with_mitid
    assert told is (Acceptance.ACCEPTED if may else Acceptance.CPR_MISSING)
    published = {**claims, "dk.cpr": "0709614606"}
    assert _verdict(published, "nets", identity.identified_at) is Acceptance.ACCEPTED


def test_a_recorded_login_without_a_number_is_told_so(mitid: Path) -> None:
    """D-ACC-3: without the scope for it, Nets gives no CPR number."""
    token = _read(mitid, ID_TOKEN)
    userinfo = _read(mitid, "nets_eid_broker/userinfo_response_CAP-020_no_cpr.json")
    claims = merged(token, userinfo, NETS).unwrap()
    begun = datetime.fromtimestamp(token["auth_time"], UTC)
    assert _verdict(claims, "nets", begun) is Acceptance.CPR_MISSING


def test_nets_document_is_read(mitid: Path) -> None:
    """The document of Nets' pre-production is one that we can use, for its own issuer alone."""
    content = (mitid / "nets_eid_broker/discovery_pp_CAP-001.abridged.json").read_bytes()
    metadata = read_metadata(content, "https://pp.netseidbroker.dk/op").unwrap()
    assert metadata.algorithms == {"RS256"}
    assert metadata.names_itself
    assert metadata.client_auth >= {"client_secret_basic", "private_key_jwt"}
    assert read_metadata(content, "https://netseidbroker.dk/op") == Failure(Reason.ISSUER_MISMATCH)


def test_nets_abort_is_a_user_who_cancelled(mitid: Path) -> None:
    """faults: 54: what Nets sends back when a user aborts is CANCELLED."""
    lines = (mitid / "nets_eid_broker/callback_user_abort_CAP-023.txt").read_text().split()
    assert reason_of(dict(line.split("=", 1) for line in lines), NETS) is Reason.CANCELLED


def test_every_code_of_nets_is_told_apart(mitid: Path) -> None:
    """faults: 54: of Nets' codes, those that say abort or consent are a user's own no."""
    codes = _read(mitid, "nets_eid_broker/error_codes_CAP-007.json")["codes"]
    told = {
        code: reason_of({"error": "access_denied", "error_description": code}, NETS)
        for code in codes
    }
    cancelled = {code for code, reason in told.items() if reason is Reason.CANCELLED}
    assert {code for code in codes if "user_abort" in code} <= cancelled
    assert all("abort" in code or code == "declined_user_consent" for code in cancelled)
    assert told["mitid_timeout"] is Reason.TIMED_OUT
    assert {*told.values()} <= {
        Reason.CANCELLED,
        Reason.TIMED_OUT,
        Reason.BROKER_FAILED,
        Reason.BROKER_REFUSED,
        Reason.NUMBER_NOT_MATCHED,
    }


def test_a_documented_login_at_idura_without_a_level_is_refused(mitid: Path) -> None:
    """faults: 51: Idura's documented payload names no level, and so is of none."""
    claims = {**_read(mitid, "idura/danish-mitid.json"), "auth_time": 1_800_000_000}
    begun = datetime.fromtimestamp(1_800_000_000, UTC)
    assert _verdict(claims, "idura", begun) is Acceptance.ASSURANCE_TOO_LOW
    whole = {**claims, "loA": "SUBSTANTIAL", "ial": "SUBSTANTIAL", "aal": "HIGH"}
    assert _verdict(whole, "idura", begun) is Acceptance.ACCEPTED


def test_a_documented_business_login_at_idura_is_one(mitid: Path) -> None:
    """S-ACC-2: Idura's MitID Erhverv is a business identity, whatever its level."""
    claims = {
        **_read(mitid, "idura/danish-mitid-erhverv.json"),
        "auth_time": 1_800_000_000,
        "loA": "HIGH",
    }
    begun = datetime.fromtimestamp(1_800_000_000, UTC)
    assert _verdict(claims, "idura", begun) is Acceptance.BUSINESS_IDENTITY


def test_a_level_is_the_lowest_that_is_claimed() -> None:
    """NSIS: identity proofed at Substantial and authenticated at Low is Low."""
    assert assurance_in({"loA": "LOW", "ial": "SUBSTANTIAL", "aal": "LOW"}, IDURA) is Assurance.LOW
    assert assurance_in({"loA": "HIGH", "aal": "LOW"}, IDURA) is Assurance.LOW
    assert assurance_in({"loA": "HIGH", "aal": "Highest"}, IDURA) is Assurance.UNKNOWN
    assert assurance_in({"ial": "HIGH"}, IDURA) is Assurance.UNKNOWN
