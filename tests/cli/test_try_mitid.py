"""`eservices try mitid` against the stand-in, over the configuration that an installation has."""

from collections.abc import Callable, Generator
from pathlib import Path
from threading import Thread
from typing import Any
from urllib.parse import urlencode
from urllib.request import urlopen

import pytest
from attrs import frozen

from eservices_adapters.cli import root, try_mitid
from eservices_adapters.clock import SystemChance, SystemClock
from eservices_adapters.mitid.oidc.awaiting import awaiting, parameters_of
from eservices_adapters.stand_ins.mitid_broker import StandInBroker, some_persons
from eservices_adapters.stand_ins.serving import listening
from tests.adapters.config.test_read_config import KEY, ONE, TOML, TWO
from tests.cli.running import Run, holds_number, run

Browser = Callable[[str], dict[str, Any]]


@frozen
class Here:
    """An installation, the stand-in that it names, and the one who sits at the browser."""

    folder: Path
    broker: StandInBroker
    patch: pytest.MonkeyPatch

    def tries(self, *more: str, browser: Browser | None) -> Run:
        """Run the command, with somebody who opens the address that is shown."""
        with awaiting(0) as free:
            port = free.address.split(":")[2].split("/")[0]
        self.broker.redirect_uri = f"http://localhost:{port}/mitid/callback"

        def go(address: str) -> None:
            assert browser is not None
            query = urlencode(browser(address), doseq=True)
            with urlopen(f"{self.broker.redirect_uri}?{query}"):  # noqa: S310  our own listener
                pass

        def show(address: str) -> None:
            if browser is not None:
                Thread(target=go, args=(address,)).start()

        self.patch.setattr(try_mitid, "show", show)
        config = str(self.folder / "eservices.toml")
        return run("try-mitid", "--config", config, "--port", port, "--wait", "2", *more)

    def as_(self, person: str | None) -> Browser:
        """Somebody who identifies as a person, or cancels."""
        return lambda address: self.broker.callback(address, person)


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Generator[Here, None, None]:
    """An installation over a stand-in."""
    where = "eservices_adapters.cli.try_mitid:try_mitid"
    monkeypatch.setattr(root, "_COMMANDS", {"try-mitid": where})
    (tmp_path / "register").mkdir()
    for name, text in (("cards.toml", ""), ("one.toml", ONE), ("two.toml", TWO)):
        _ = (tmp_path / name).write_text(text, "utf-8")
    for name, text in (("installation.key", KEY), ("secret", "stand-in")):
        path = tmp_path / name
        _ = path.write_text(f"{text}\n")
        path.chmod(0o600)
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
        assert simulated in TOML
        _ = (tmp_path / "eservices.toml").write_text(TOML.replace(simulated, section))
        yield Here(tmp_path, broker, monkeypatch)


def test_an_accepted_identity_is_shown_masked(here: Here) -> None:
    """D-ACC-3, D-LOG-1: who identifies is accepted, and no number is shown."""
    done = here.tries(browser=here.as_("private"))
    assert done.status == 0, done
    assert "number: ******-****" in done.out
    assert "verdict: accepted" in done.out
    assert done.out.endswith("it works\n")
    assert not holds_number(done.out + done.err)


@pytest.mark.parametrize(
    ("person", "verdict", "rule"),
    [
        ("business", "business_identity", "S-ACC-2"),
        ("low-assurance", "assurance_too_low", "D-ACC-3"),
        ("without-number", "cpr_missing", "D-ACC-3"),
    ],
)
def test_an_identity_that_is_not_acceptable_is_told_why(
    here: Here, person: str, verdict: str, rule: str
) -> None:
    """D-ACC-3: the verdict has its rule and its reason, in one object."""
    done = here.tries("--json", browser=here.as_(person))
    assert done.status == 1, done
    assert (done.answer["verdict"], done.answer["rule"]) == (verdict, rule)
    assert done.answer["ok"] is False


def test_cancelling_is_told_as_that(here: Here) -> None:
    """faults: 54: somebody who cancels is told so, and it is no error of the broker's."""
    done = here.tries("--json", browser=here.as_(None))
    assert (done.status, done.answer["reason"]) == (1, "cancelled")


def test_an_answer_of_two_codes_is_none(here: Here) -> None:
    """faults: 74: a parameter that stands twice spoils the whole answer."""

    def twice(address: str) -> dict[str, Any]:
        brought = here.broker.callback(address, "private")
        return {**brought, "code": [brought["code"], "another"]}

    done = here.tries("--json", browser=twice)
    assert (done.status, done.answer["reason"]) == (1, "state_wrong")


def test_nobody_comes_back(here: Here) -> None:
    """The wait ends, and says so."""
    done = here.tries("--json", "--wait", "0.1", browser=None)
    assert done.status == 1
    assert done.answer["steps"][-1] == {
        "step": "browser",
        "ok": False,
        "says": "nobody came back in time",
    }


def test_a_wrong_secret_is_told_as_that(here: Here) -> None:
    """The broker's 'invalid_client' is told apart from a bad code; the secret is not shown."""
    here.broker.secret = "another"
    done = here.tries("--json", browser=here.as_("private"))
    assert (done.status, done.answer["reason"]) == (1, "client_refused")
    assert "stand-in" not in done.out + done.err


def test_a_broker_that_is_not_there_ends_it_at_once(here: Here) -> None:
    """faults: 81: without a broker's document nobody is sent anywhere."""
    toml = here.folder / "eservices.toml"
    with listening() as gone:
        pass
    _ = toml.write_text(toml.read_text().replace(here.broker.issuer, gone.url))
    done = here.tries("--json", browser=None)
    assert done.status == 1
    assert [step["step"] for step in done.answer["steps"]] == ["broker"]


def test_a_simulated_mitid_has_no_broker_to_try(here: Here) -> None:
    """An installation without a broker is told so, by setting."""
    toml = here.folder / "eservices.toml"
    _ = (here.folder / "persons.toml").write_text("")
    before, _, _ = toml.read_text().partition('kind = "oidc"')
    _, _, after = toml.read_text().partition('client_secret_file = "secret"\n')
    _ = toml.write_text(f'{before}kind = "simulated"\npersons = "persons.toml"\n{after}')
    done = here.tries(browser=None)
    assert done.status == 2
    assert "[mitid] kind" in done.err


def test_the_listener_takes_its_own_path_alone() -> None:
    """Whatever else asks this machine is told that there is nothing."""
    with awaiting(0) as awaited:
        base = awaited.address.removesuffix("/mitid/callback")
        with pytest.raises(OSError, match="404"):
            _ = urlopen(f"{base}/favicon.ico")  # noqa: S310  our own listener
        with urlopen(f"{awaited.address}?code=a&state=b") as answer:  # noqa: S310  as above
            assert answer.headers["referrer-policy"] == "no-referrer"
        assert awaited.wait(1) == {"code": "a", "state": "b"}
        assert awaited.wait(0) is None


@pytest.mark.parametrize(
    ("query", "parameters"),
    [
        ("code=a&state=b", {"code": "a", "state": "b"}),
        ("code=&state=%C3%A6", {"code": "", "state": "æ"}),
        ("code=a&code=b", {}),
        ("&".join(f"a{n}=b" for n in range(41)), {}),
        ("", {}),
    ],
)
def test_parameters_are_read_strictly(query: str, parameters: dict[str, str]) -> None:
    """faults: 8: no parameter counts twice."""
    assert parameters_of(query) == parameters
