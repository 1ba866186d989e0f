"""[mitid]: a simulated one or a broker, and what is refused, by section and key."""

from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from joserfc.jwk import ECKey, RSAKey

from eservices_adapters.clock import SystemChance, SystemClock
from eservices_adapters.config.mitid import BROKERS, OidcBroker, SimulatedMitidPersons, read_mitid
from eservices_adapters.config.places import Places
from eservices_adapters.config.refusal import ConfigRefusal
from eservices_adapters.config.table import parse_text
from eservices_adapters.mitid.oidc import brokers
from eservices_adapters.mitid.oidc.client import PrivateKey, SecretInBody, SecretInHeader
from eservices_adapters.mitid.oidc.opening import client_of, open_oidc
from eservices_core.clinic.service import Service
from eservices_core.outcome import Failure
from eservices_core.words.email_address import EmailAddress

SECRET = "correct horse battery staple"
SERVICE = Service(
    "https://eservices.example.dk",
    "eservices.example.dk",
    EmailAddress.parse("no-reply@eservices.example.dk").unwrap(),
)
NETS = (
    '[mitid]\nkind = "oidc"\nbroker = "nets"\nissuer = "https://pp.netseidbroker.dk/op"\n'
    'client_id = "clinic"\n'
)
WITH_SECRET = f'{NETS}client_secret_file = "secret"\n'
WITH_KEY = f'{NETS}private_key_file = "key.pem"\n'


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """An installation's folder, with a secret and a key that only their owner can read."""
    pem = RSAKey.generate_key(2048).as_pem(private=True)
    for name, content in (("secret", f"{SECRET}\n".encode()), ("key.pem", pem)):
        file = tmp_path / name
        _ = file.write_bytes(content)
        file.chmod(0o600)
    _ = (tmp_path / "persons.toml").write_text("")
    return tmp_path


def _read(
    folder: Path, text: str, service: Service = SERVICE
) -> tuple[SimulatedMitidPersons | OidcBroker | None, list[str]]:
    refusals: list[ConfigRefusal] = []
    root = parse_text(text, refusals).unwrap()
    mitid = read_mitid(root, Places(folder), service)
    return mitid, [str(refusal) for refusal in refusals]


def _broker(folder: Path, text: str) -> OidcBroker:
    mitid, refusals = _read(folder, text)
    assert isinstance(mitid, OidcBroker), refusals
    assert refusals == []
    return mitid


def test_a_broker_needs_five_lines(folder: Path) -> None:
    """Kind, broker, issuer, client and secret: the rest is the broker's profile."""
    mitid = _broker(folder, WITH_SECRET)
    assert mitid.callback == "https://eservices.example.dk/mitid/callback"
    assert (mitid.client_auth, mitid.secret) == ("client_secret_basic", SECRET)
    assert (mitid.max_age_seconds, mitid.scope, mitid.acr_values) == (0, None, None)
    assert SECRET not in repr(mitid)


def test_each_way_of_proving_who_we_are(folder: Path) -> None:
    """A secret goes in the header unless the body is asked for; a key signs."""
    in_body = _broker(folder, f'{WITH_SECRET}client_auth = "client_secret_post"\n')
    found = [
        client_of(mitid).unwrap().auth
        for mitid in (_broker(folder, WITH_SECRET), in_body, _broker(folder, WITH_KEY))
    ]
    assert [type(auth) for auth in found] == [SecretInHeader, SecretInBody, PrivateKey]


def test_what_a_generic_broker_calls_things_can_be_said(folder: Path) -> None:
    """Scope, level and claims of a broker without a profile are named in the configuration."""
    text = WITH_SECRET.replace('"nets"', '"generic"') + (
        'scope = "openid person"\nacr_values = "substantial"\nmax_age_seconds = 60\n'
        'number_claim = "person.cpr"\nlevel_claim = "person.loa"\n'
    )
    client = client_of(_broker(folder, text)).unwrap()
    assert (client.broker.number, client.broker.levels) == ("person.cpr", ("person.loa",))
    assert (client.scope, client.asked, client.max_age_seconds) == (
        *("openid person", "substantial"),
        60,
    )


def test_profiles_are_named_in_one_way() -> None:
    """What a configuration may name is what there is a profile of."""
    assert set(BROKERS) == set(brokers.BROKERS)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ('[mitid]\nkind = "nemid"\n', '[mitid] kind: expected "simulated" or "oidc"'),
        ('[mitid]\nkind = "oidc"\n', "[mitid] broker: missing"),
        (WITH_SECRET.replace('"nets"', '"criipto"'), '[mitid] broker: expected "nets" or'),
        (NETS, "[mitid] client_secret_file: expected this or private_key_file"),
        (f"{WITH_SECRET}private_key_file = 'key.pem'\n", "[mitid] client_secret_file: expected"),
        (f'{NETS}client_secret = "{SECRET}"\n', "[mitid] client_secret: unknown"),
        (f'{WITH_KEY}client_auth = "client_secret_post"\n', "[mitid] client_auth: is another way"),
        (f'{WITH_SECRET}client_auth = "private_key_jwt"\n', "[mitid] client_auth: is another way"),
        (f'{WITH_SECRET}client_auth = "none"\n', "[mitid] client_auth: expected"),
        (f'{WITH_SECRET}scope = "mitid"\n', "[mitid] scope: expected openid"),
        (f'{WITH_SECRET}scope = "openid  mitid"\n', "[mitid] scope: expected words"),
        (f"{WITH_SECRET}max_age_seconds = -1\n", "[mitid] max_age_seconds: expected"),
        (f'{WITH_SECRET}persons = "persons.toml"\n', "[mitid] persons: unknown"),
        (WITH_SECRET.replace('"nets"', '"generic"'), "[mitid] acr_values: missing"),
        *[
            (WITH_SECRET.replace("https://pp.netseidbroker.dk/op", issuer), "[mitid] issuer: expe")
            for issuer in (
                *("http://pp.netseidbroker.dk/op", "pp.netseidbroker.dk", "https://PP.example.dk"),
                *("https://pp.netseidbroker.dk/op?a=b", "https://a@b.example.dk/", "https://a b/"),
            )
        ],
        (
            WITH_SECRET.replace("https://pp.netseidbroker.dk/op", "http://localhost:8400"),
            "[mitid] issuer: is on this machine",
        ),
        ('[mitid]\nkind = "simulated"\npersons = "persons.toml"\n', "[mitid] kind: is simulated"),
    ],
)
def test_what_is_wrong_is_named(folder: Path, text: str, line: str) -> None:
    """Each thing that is wrong is one line with its key; no line holds a secret."""
    _, refusals = _read(folder, text)
    assert any(said.startswith(line) for said in refusals), refusals
    assert not any(SECRET in said for said in refusals)


def test_a_stand_in_is_for_nobody_real(folder: Path) -> None:
    """D-ACC-3: a broker on this machine stands behind a public site only in a demonstration."""
    text = WITH_SECRET.replace("https://pp.netseidbroker.dk/op", "http://localhost:8400")
    mitid, refusals = _read(folder, f"{text}demo = true\n")
    assert isinstance(mitid, OidcBroker)
    assert refusals == []


@pytest.mark.parametrize("name", ["secret", "key.pem"])
@pytest.mark.parametrize("mode", [0o644, 0o640, 0o602])
def test_a_secret_that_others_can_read_is_refused(folder: Path, name: str, mode: int) -> None:
    """D-LOG-1: a file that anybody else can read or write holds no secret."""
    (folder / name).chmod(mode)
    mitid, refusals = _read(folder, WITH_SECRET if name == "secret" else WITH_KEY)
    assert mitid is None
    assert any("only its owner can read" in said for said in refusals)


def _short_key() -> bytes:
    """An RSA key of 1024 bits, which the library that signs would not make."""
    key = rsa.generate_private_key(65_537, 1024)  # noqa: S505  that is what must be refused
    pem, pkcs8 = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8
    return key.private_bytes(pem, pkcs8, serialization.NoEncryption())


@pytest.mark.parametrize(
    "pem",
    [
        RSAKey.generate_key(2048).as_pem(private=False),
        _short_key(),
        ECKey.generate_key("P-384").as_pem(private=True),
        b"-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n",
    ],
    ids=["public", "short", "another curve", "garbage"],
)
def test_a_key_that_is_not_fit_is_refused(folder: Path, pem: bytes) -> None:
    """A public key, a short one, one on another curve and none at all are refused at the start."""
    _ = (folder / "key.pem").write_bytes(pem)
    mitid, refusals = _read(folder, WITH_KEY)
    if mitid is None:
        assert refusals
        return
    assert isinstance(mitid, OidcBroker)
    opened = open_oidc(mitid, SystemClock(), SystemChance())
    assert isinstance(opened, Failure)
    assert opened.failure().startswith("[mitid] private_key_file: expected")
