"""A whole login against a provider that others wrote and the OpenID Foundation certified.

It is npm's oidc-provider, installed by the test into a folder of its own, at one version. Without
Node, or without a registry to install from, the tests are skipped and say so.
"""

import json
import re
import shutil
import socket
import subprocess
from collections.abc import Iterator
from http.cookiejar import CookieJar
from pathlib import Path
from typing import IO, Any, Final
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit
from urllib.request import HTTPCookieProcessor, HTTPRedirectHandler, Request, build_opener

import pytest
from attrs import evolve
from joserfc.jwk import RSAKey

from eservices_adapters.clock import SystemChance, SystemClock
from eservices_adapters.mitid.oidc.adapter import OidcMitid
from eservices_adapters.mitid.oidc.brokers import BROKERS
from eservices_adapters.mitid.oidc.client import (
    ClientAuth,
    OidcClient,
    PrivateKey,
    SecretInBody,
    SecretInHeader,
)
from eservices_adapters.mitid.oidc.reasons import Reason
from eservices_adapters.wire_http.driver import HttpDriver
from eservices_core.access.mitid import ACCEPTABLE, Acceptance, facts_of
from eservices_core.outcome import Failure
from eservices_core.words.identifiers import AttemptId
from eservices_core.words.secret import Secret

VERSION: Final = "9.13.3"
CALLBACK: Final = "http://localhost:8000/mitid/callback"
ATTEMPT: Final = AttemptId("attempt-1")
KEY: Final = RSAKey.generate_key(2048, auto_kid=True)
SECRET: Final = Secret("s3cret: of the clinic/%")
AUTHS: Final[tuple[ClientAuth, ...]] = (
    SecretInHeader(SECRET),
    SecretInBody(SECRET),
    PrivateKey(KEY),
)


@pytest.fixture(scope="module")
def issuer(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The provider, listening on this machine."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node is None or npm is None:
        pytest.skip("Node is not here, which oidc-provider runs on")
    folder = tmp_path_factory.mktemp("provider")
    install = [npm, "install", "--no-audit", "--no-fund", "--ignore-scripts"]
    try:
        _ = subprocess.run(  # noqa: S603  npm, with our own arguments
            [*install, "--prefix", str(folder), f"oidc-provider@{VERSION}"],
            cwd=folder,
            check=True,
            capture_output=True,
            timeout=180,
        )
    except (subprocess.CalledProcessError, subprocess.TimeoutExpired):
        pytest.skip(f"oidc-provider {VERSION} cannot be installed from here")
    script = Path(__file__).with_name("provider.mjs")
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    keys = json.dumps({"keys": [KEY.as_dict(private=False)]})
    with (folder / "log").open("wb") as log:
        running = subprocess.Popen(  # noqa: S603  node, with our own arguments
            [node, str(script), str(port), CALLBACK, keys],
            cwd=folder,
            stdout=subprocess.PIPE,
            stderr=log,
        )
    assert running.stdout is not None
    with running, running.stdout as said:
        try:
            assert b"listening" in said.readline(), (folder / "log").read_text()
            yield f"http://localhost:{port}"
        finally:
            running.terminate()


class _Stays(HTTPRedirectHandler):
    def redirect_request(self, *_: object) -> None:
        """Follow nothing: the last redirect is to a site that is not there."""


class Browser:
    """A person at a browser: fills in the provider's forms until it sends them back to us."""

    def __init__(self) -> None:
        self._opener = build_opener(HTTPCookieProcessor(CookieJar()), _Stays())

    def identify(self, address: str) -> dict[str, str]:
        """Log in, consent, and come back."""
        form: dict[str, str] | None = None
        for _ in range(20):
            status, where, page = self._ask(address, form)
            if status in {302, 303}:
                address, form = urljoin(address, where), None
                if address.startswith(CALLBACK):
                    return dict(parse_qsl(urlsplit(address).query))
                continue
            prompt = re.search(r'name="prompt" value="(\w+)"', page)
            action = re.search(r'action="([^"]+)"', page)
            assert prompt is not None, page[:2000]
            assert action is not None, page[:2000]
            address = urljoin(address, action[1])
            form = {"prompt": prompt[1], "login": "anna", "password": "any"}
        raise AssertionError("the provider never sends anybody back")

    def _ask(self, address: str, form: dict[str, str] | None) -> tuple[int, str, str]:
        body = None if form is None else urlencode(form).encode()
        request = Request(address, body)  # noqa: S310  the provider that was started here
        try:
            answer: IO[bytes] | Any = self._opener.open(request)
        except OSError as redirect:  # urllib raises what it may not follow
            answer = redirect
        with answer:
            return answer.status, answer.headers.get("location", ""), answer.read().decode()


def _mitid(issuer: str, auth: ClientAuth, client_id: str | None = None) -> OidcMitid:
    broker = evolve(BROKERS["generic"], levels=("loa",), scope="openid mitid")
    client = OidcClient(
        broker=broker,
        issuer=issuer,
        client_id=client_id or f"clinic-{auth.method}",
        auth=auth,
        callback=CALLBACK,
    )
    return OidcMitid(client, HttpDriver(), SystemClock(), SystemChance())


@pytest.mark.parametrize("auth", AUTHS, ids=lambda auth: auth.method)
def test_a_whole_login(issuer: str, auth: ClientAuth) -> None:
    """Discovery, PKCE, the code, the ID token's signature, userinfo: accepted, in each way."""
    mitid, begun_at = _mitid(issuer, auth), SystemClock().now()
    start = mitid.begun(ATTEMPT).unwrap()
    identity = mitid.identified(ATTEMPT, start.memo, Browser().identify(start.address)).unwrap()
    assert identity.subject.issuer == issuer
    assert identity.subject.subject == "anna"
    assert identity.number is not None
    verdict = ACCEPTABLE.decide(facts_of(identity, ATTEMPT, begun_at)).then
    assert verdict is Acceptance.ACCEPTED


def test_a_second_login_asks_anew(issuer: str) -> None:
    """D-ACC-3: with the provider's own session still there, the same browser is asked again."""
    mitid, browser = _mitid(issuer, AUTHS[0]), Browser()
    for _ in range(2):
        start = mitid.begun(ATTEMPT).unwrap()
        asked = browser.identify(start.address)
        assert mitid.identified(ATTEMPT, start.memo, asked).unwrap().subject.subject == "anna"


def test_a_code_of_another_attempt_is_refused(issuer: str) -> None:
    """faults: 79: a code that was begun with another verifier is refused by the provider."""
    mitid = _mitid(issuer, AUTHS[0])
    first, second = mitid.begun(ATTEMPT).unwrap(), mitid.begun(ATTEMPT).unwrap()
    stolen = Browser().identify(first.address)
    state = dict(parse_qsl(urlsplit(second.address).query))["state"]
    injected = {**stolen, "state": state}
    assert mitid.identified(ATTEMPT, second.memo, injected) == Failure(Reason.CODE_REFUSED)


def test_a_code_serves_once(issuer: str) -> None:
    """faults: 78: a callback that is brought back twice is refused the second time."""
    mitid = _mitid(issuer, AUTHS[0])
    start = mitid.begun(ATTEMPT).unwrap()
    callback = Browser().identify(start.address)
    assert mitid.identified(ATTEMPT, start.memo, callback).unwrap().subject.subject == "anna"
    assert mitid.identified(ATTEMPT, start.memo, callback) == Failure(Reason.CODE_REFUSED)


def test_a_wrong_secret_is_told_as_that(issuer: str) -> None:
    """The provider's refusal of who we are is told apart from its refusal of a code."""
    mitid = _mitid(issuer, SecretInHeader(Secret("another")))
    start = mitid.begun(ATTEMPT).unwrap()
    callback = Browser().identify(start.address)
    assert mitid.identified(ATTEMPT, start.memo, callback) == Failure(Reason.CLIENT_REFUSED)


def test_its_own_logout_is_found(issuer: str) -> None:
    """RP-Initiated Logout 1.0: the provider says where a session ends."""
    address = _mitid(issuer, AUTHS[0]).logout_address("http://localhost:8000/") or ""
    assert address.startswith(f"{issuer}/session/end?")
