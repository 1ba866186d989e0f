"""The adapter over real HTTP on this machine: the port's contract, waiting and awaiting."""

import asyncio
import logging
import threading
from collections.abc import Iterator
from urllib.parse import parse_qs, urlsplit

import pytest

from eservices_adapters.clock import SystemChance, SystemClock
from eservices_adapters.mitid.oidc.adapter import AsyncOidcMitid, OidcMitid
from eservices_adapters.mitid.oidc.brokers import BROKERS
from eservices_adapters.mitid.oidc.client import OidcClient, SecretInBody, SecretInHeader
from eservices_adapters.mitid.persons import TestPerson
from eservices_adapters.stand_ins.mitid_broker import StandInBroker
from eservices_adapters.stand_ins.serving import Place, listening
from eservices_adapters.wire_http.driver import Bounds, HttpDriver
from eservices_core.access.mitid import (
    Assurance,
    IdentityKind,
    MitidFailure,
    MitidIdentity,
    Subject,
)
from eservices_core.ports.world import MitidStart
from eservices_core.testing.contracts import MitidContract, MitidUnderTest
from eservices_core.words.civil_number import CivilNumber
from eservices_core.words.identifiers import AttemptId
from eservices_core.words.secret import Secret

NUMBER = CivilNumber.parse("0709614606").unwrap()
PERSONS = (
    TestPerson("anna", NUMBER, assurance=Assurance.HIGH),
    TestPerson("at-work", NUMBER, IdentityKind.BUSINESS),
    TestPerson("numberless", None, assurance=Assurance.LOW),
)
CALLBACK = "http://localhost:8000/mitid/callback"
ATTEMPT = AttemptId("attempt-1")
DRIVER = HttpDriver(Bounds(seconds=5))


@pytest.fixture
def place() -> Iterator[Place]:
    """A broker that listens."""
    with listening() as place:
        broker = StandInBroker(
            place.url, "clinic", "s3cret/:", CALLBACK, PERSONS, SystemClock(), SystemChance()
        )
        place.answer = broker.answer
        yield place


def _broker(place: Place) -> StandInBroker:
    broker = place.answer.__self__
    assert isinstance(broker, StandInBroker)
    return broker


def _client(place: Place, *, in_body: bool = False) -> OidcClient:
    secret = Secret("s3cret/:")
    return OidcClient(
        broker=BROKERS["nets"],
        issuer=place.url,
        client_id="clinic",
        auth=SecretInBody(secret) if in_body else SecretInHeader(secret),
        callback=CALLBACK,
    )


def _mitid(place: Place, *, in_body: bool = False) -> OidcMitid:
    return OidcMitid(_client(place, in_body=in_body), DRIVER, SystemClock(), SystemChance())


class TestOidcMitid(MitidContract):
    @pytest.fixture(params=PERSONS, ids=lambda person: person.key)
    def under_test(self, request: pytest.FixtureRequest, place: Place) -> MitidUnderTest:
        """A broker over HTTP, at which one of its persons identifies."""
        person: TestPerson = request.param
        broker = _broker(place)

        def answers(key: str | None) -> dict[str, str]:
            return broker.callback(self.address, key)

        def identify(start: MitidStart) -> dict[str, str]:
            return broker.callback(start.address, person.key)

        def cancel(start: MitidStart) -> dict[str, str]:
            return broker.callback(start.address, None)

        return MitidUnderTest(
            _mitid(place),
            identify,
            cancel,
            Subject(place.url, person.subject),
            person.number,
            person.kind,
            person.assurance,
        )


def test_the_secret_may_go_in_the_body(place: Place) -> None:
    """client_secret_post: the same login, with the secret as a form's field."""
    mitid = _mitid(place, in_body=True)
    start = mitid.begun(ATTEMPT).unwrap()
    said = mitid.identity(ATTEMPT, start.memo, _broker(place).callback(start.address, "anna"))
    assert isinstance(said, MitidIdentity)


def test_a_login_can_be_awaited(place: Place) -> None:
    """The same exchanges, awaited: twenty logins at once on one event loop."""
    mitid = AsyncOidcMitid(_client(place), DRIVER, SystemClock(), SystemChance())

    async def log_in(attempt: AttemptId) -> MitidIdentity | MitidFailure:
        start = await mitid.begin(attempt)
        assert isinstance(start, MitidStart)
        callback = _broker(place).callback(start.address, "anna")
        return await mitid.identity(attempt, start.memo, callback)

    async def all_of_them() -> list[MitidIdentity | MitidFailure]:
        return await asyncio.gather(*(log_in(AttemptId(f"attempt-{n}")) for n in range(20)))

    said = asyncio.run(all_of_them())
    assert [str(each.attempt) for each in said if isinstance(each, MitidIdentity)] == [
        f"attempt-{n}" for n in range(20)
    ]


def test_threads_share_an_adapter(place: Place) -> None:
    """Eight threads log in through one adapter, each as themselves."""
    mitid, said = _mitid(place), dict[int, MitidIdentity | MitidFailure]()

    def log_in(number: int) -> None:
        attempt = AttemptId(f"attempt-{number}")
        start = mitid.begun(attempt).unwrap()
        callback = _broker(place).callback(start.address, "anna")
        said[number] = mitid.identity(attempt, start.memo, callback)

    threads = [threading.Thread(target=log_in, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert all(isinstance(each, MitidIdentity) for each in said.values())
    assert len(said) == 8


def test_a_broker_that_is_not_there_is_unavailable() -> None:
    """faults: 81: nobody listens: MitID is unavailable, to begin with and to come back to."""
    with listening() as place:
        pass
    mitid = _mitid(place)
    assert mitid.begin(ATTEMPT) is MitidFailure.UNAVAILABLE
    assert mitid.logout_address("http://localhost:8000/") is None


def test_logging_out_ends_the_brokers_session_too(place: Place) -> None:
    """RP-Initiated Logout 1.0: the address names us, where to go, and the token if there is one."""
    mitid = _mitid(place)
    address = mitid.logout_address("http://localhost:8000/out", "token") or ""
    assert address.startswith(f"{place.url}/connect/endsession?")
    assert parse_qs(urlsplit(address).query) == {
        "client_id": ["clinic"],
        "post_logout_redirect_uri": ["http://localhost:8000/out"],
        "id_token_hint": ["token"],
    }
    assert "id_token_hint" not in (mitid.logout_address("http://localhost:8000/out") or "")


def test_why_is_told_to_the_log_and_nothing_else(
    place: Place, caplog: pytest.LogCaptureFixture
) -> None:
    """D-LOG-1: the log has the reason by name; no code, state, token or number of the attempt."""
    mitid = _mitid(place)
    with caplog.at_level(logging.DEBUG):
        start = mitid.begun(ATTEMPT).unwrap()
        callback = _broker(place).callback(start.address, "anna")
        assert isinstance(mitid.identity(ATTEMPT, start.memo, callback), MitidIdentity)
        assert mitid.identity(ATTEMPT, start.memo, callback) is MitidFailure.ANSWER_REFUSED
    assert "CODE_REFUSED" in caplog.text
    for secret in (*callback.values(), start.memo, NUMBER.reveal(), "s3cret"):
        assert secret == place.url or secret not in caplog.text


def test_nothing_shows_a_secret(place: Place) -> None:
    """D-LOG-1: no representation of a registration, a start or an identity tells what is secret."""
    mitid = _mitid(place)
    start = mitid.begun(ATTEMPT).unwrap()
    said = mitid.identity(ATTEMPT, start.memo, _broker(place).callback(start.address, "anna"))
    shown = f"{_client(place)!r}{mitid!r}{start!r}{said!r}"
    for secret in ("s3cret", start.memo, NUMBER.reveal()):
        assert secret not in shown
