"""An installation with a broker: from its file to a session, over SQLite and real HTTP."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from attrs import evolve, frozen

from eservices_adapters.clock import SystemChance, SystemClock
from eservices_adapters.compose import Installation, compose
from eservices_adapters.config import OidcBroker, read_config
from eservices_adapters.mitid.oidc.adapter import OidcMitid
from eservices_adapters.mitid.oidc.opening import check
from eservices_adapters.stand_ins.mitid_broker import StandInBroker, some_persons
from eservices_adapters.stand_ins.serving import listening
from eservices_core.access.login import LoginDecision
from eservices_core.outcome import Failure, Outcome
from eservices_core.ports.ledger import ByNobodyKnown
from eservices_core.usecases.log_in_with_mitid import (
    ComeBackFromMitid,
    GoToMitid,
    MitidAnswer,
    come_back_from_mitid,
    go_to_mitid,
)
from eservices_core.usecases.refusal import Refusal
from eservices_core.words.identifiers import BrowserId, SessionId
from tests.adapters.config.test_read_config import KEY, ONE, TOML, TWO

HOME = BrowserId("browser-1")


@frozen
class Here:
    """An installation, its broker, and how somebody logs in."""

    installation: Installation
    config: OidcBroker
    broker: StandInBroker

    def logs_in(self, person: str | None) -> Outcome[MitidAnswer, Refusal]:
        """Go to MitID as somebody, and come back."""
        services, chance = self.installation.services, SystemChance()

        def key() -> str:
            return chance.entropy(16).hex()

        sent = go_to_mitid(services, GoToMitid(key=key(), by=ANYBODY, browser=HOME)).unwrap()
        back = ComeBackFromMitid(
            key=key(),
            by=ANYBODY,
            attempt=sent.attempt,
            browser=HOME,
            session=SessionId(key()),
            callback=self.broker.callback(sent.address, person),
        )
        return come_back_from_mitid(services, back)


ANYBODY = ByNobodyKnown()


@pytest.fixture
def here(tmp_path: Path) -> Iterator[Here]:
    """An installation whose file names a broker on this machine."""
    (tmp_path / "register").mkdir()
    for name, text in (("cards.toml", ""), ("one.toml", ONE), ("two.toml", TWO)):
        _ = (tmp_path / name).write_text(text, "utf-8")
    for name, text in (("installation.key", KEY), ("secret", "stand-in")):
        _ = (tmp_path / name).write_text(f"{text}\n")
        (tmp_path / name).chmod(0o600)
    with listening() as place:
        broker = StandInBroker(
            *(place.url, "eservices", "stand-in", "", some_persons()),
            SystemClock(),
            SystemChance(),
        )
        place.answer = broker.answer
        section = (
            f'[mitid]\nkind = "oidc"\nbroker = "nets"\nissuer = "{place.url}"\n'
            'client_id = "eservices"\nclient_secret_file = "secret"\n'
        )
        simulated = '[mitid]\nkind = "simulated"\npersons = "persons.toml"\n'
        file = tmp_path / "eservices.toml"
        _ = file.write_text(TOML.replace(simulated, section))
        config = read_config(file).unwrap()
        assert isinstance(config.mitid, OidcBroker)
        broker.redirect_uri = config.mitid.callback
        with compose(config).unwrap() as installation:
            yield Here(installation, config.mitid, broker)


def test_somebody_new_may_sign_up(here: Here) -> None:
    """S-ACC-7, D-ACC-3: an identity from the broker is accepted, and nobody has the number yet."""
    assert isinstance(here.installation.services.mitid, OidcMitid)
    assert here.installation.simulated_mitid is None
    assert here.logs_in("private").unwrap().decision is LoginDecision.SIGN_UP


@pytest.mark.parametrize(
    ("person", "rule"),
    [
        ("business", "S-ACC-2"),
        ("low-assurance", "D-ACC-3"),
        ("without-number", "D-ACC-3"),
        (None, "D-ACC-3"),
    ],
)
def test_nobody_else_gets_in(here: Here, person: str | None, rule: str) -> None:
    """D-ACC-3, D-ACC-4: business, low assurance, no number, cancelled: each by its rule."""
    said = here.logs_in(person)
    assert isinstance(said, Failure)
    assert said.failure().rule == rule


def test_a_broker_is_looked_at_without_anybody_identifying(here: Here) -> None:
    """Document, client authentication and keys are each told; a wrong issuer is told as that."""
    found = list(check(here.config, SystemClock(), SystemChance()))
    assert [each.is_well for each in found] == [True, True, True]
    other = evolve(here.config, issuer=here.config.issuer.replace("localhost", "127.0.0.1"))
    (wrong,) = check(other, SystemClock(), SystemChance())
    assert not wrong.is_well
    assert "another issuer" in wrong.says


def test_the_stand_in_is_a_command() -> None:
    """`python -m …mitid_broker` says where it listens, and ends with its standard input."""
    done = subprocess.run(
        [sys.executable, "-m", "eservices_adapters.stand_ins.mitid_broker", "--port", "0"],
        input="",
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    assert done.stdout.startswith("A simulated broker listens; its issuer is http://localhost:")
