"""From a configuration to an adapter that speaks with the broker it names.

Here: making a registration of a section, and a look at whether the broker is there (`check`). Not
here: reading the section (`config.mitid`).
"""

import warnings
from collections.abc import Iterator
from typing import Final

from attrs import evolve
from joserfc.errors import JoseError, SecurityWarning
from joserfc.jwk import ECKey, RSAKey

from eservices_adapters.config.findings import Looked
from eservices_adapters.config.mitid import OidcBroker
from eservices_adapters.mitid.oidc import exchanges
from eservices_adapters.mitid.oidc.adapter import OidcMitid
from eservices_adapters.mitid.oidc.brokers import BROKERS, Broker
from eservices_adapters.mitid.oidc.client import (
    ClientAuth,
    OidcClient,
    PrivateKey,
    SecretInBody,
    SecretInHeader,
    prove,
)
from eservices_adapters.mitid.oidc.exchanges import Relying
from eservices_adapters.mitid.oidc.known import Known
from eservices_adapters.wire_http.driver import Bounds, HttpDriver
from eservices_core.outcome import Failure, Outcome, Success
from eservices_core.ports.world import Chance, Clock
from eservices_core.words.secret import Secret

_BOUNDS: Final = Bounds(seconds=10.0, body_bytes=1024 * 1024)
_RSA_BITS_MIN: Final = 2048
_NO_KEY: Final = (
    "[mitid] private_key_file: expected an RSA key of 2048 bits or more, or an EC key on P-256"
)


def client_of(config: OidcBroker, callback: str | None = None) -> Outcome[OidcClient, str]:
    """Make the registration that a section says, or say what is wrong with its key.

    `callback` stands in for the configured one, for trying from this machine.
    """
    auth = _auth(config)
    if auth is None:
        return Failure(_NO_KEY)
    return Success(
        OidcClient(
            broker=_profile(config),
            issuer=config.issuer,
            client_id=config.client_id,
            auth=auth,
            callback=callback or config.callback,
            acr_values=config.acr_values,
            scope=config.scope,
            max_age_seconds=config.max_age_seconds,
        )
    )


def _profile(config: OidcBroker) -> Broker:
    broker = BROKERS[config.broker]
    if config.number_claim is not None:
        broker = evolve(broker, number=config.number_claim)
    if config.level_claim is not None:
        broker = evolve(broker, levels=(config.level_claim,))
    return broker


def _auth(config: OidcBroker) -> ClientAuth | None:
    match config.client_auth:
        case "client_secret_basic":
            return SecretInHeader(Secret(config.secret))
        case "client_secret_post":
            return SecretInBody(Secret(config.secret))
        case _:
            return _private_key(config.secret)


def _private_key(pem: str) -> PrivateKey | None:
    for kind in (RSAKey, ECKey):
        try:
            with warnings.catch_warnings():
                # It warns of a short key, and takes it; that is refused below.
                warnings.simplefilter("ignore", SecurityWarning)
                key = kind.import_key(pem)
            _ = key.private_key
        except (JoseError, ValueError, TypeError):
            continue
        if not key.is_private:
            return None
        if isinstance(key, RSAKey):
            return PrivateKey(key) if key.raw_value.key_size >= _RSA_BITS_MIN else None
        return PrivateKey(key) if key.curve_name == "P-256" else None
    return None


def open_oidc(
    config: OidcBroker, clock: Clock, chance: Chance, callback: str | None = None
) -> Outcome[OidcMitid, str]:
    """Build the adapter; nothing is asked of the broker yet."""
    client = client_of(config, callback)
    if isinstance(client, Failure):
        return client
    return Success(OidcMitid(client.unwrap(), HttpDriver(_BOUNDS), clock, chance))


def check(config: OidcBroker, clock: Clock, chance: Chance) -> Iterator[Looked]:
    """Look at the broker as far as that goes without anybody identifying, one thing after another.

    Whether our secret is right only a login shows (`eservices try mitid`).
    """
    client = client_of(config)
    if isinstance(client, Failure):
        yield Looked(is_well=False, says=client.failure())
        return
    relying = Relying(client.unwrap(), Known(), clock, chance)
    driver = HttpDriver(_BOUNDS)
    metadata = driver.run(exchanges.find_metadata(relying))
    if isinstance(metadata, Failure):
        yield Looked(is_well=False, says=metadata.failure().value)
        return
    yield Looked(is_well=True, says="the broker's configuration document is its issuer's")
    proof = prove(relying.client, metadata.unwrap(), chance, relying.now())
    if isinstance(proof, Failure):
        yield Looked(is_well=False, says=proof.failure().value)
    else:
        yield Looked(is_well=True, says=f"the broker takes {config.client_auth}")
    keys = driver.run(exchanges.find_keys(relying, metadata.unwrap()))
    if isinstance(keys, Failure):
        yield Looked(is_well=False, says=keys.failure().value)
        return
    yield Looked(
        is_well=True, says=f"the broker publishes {len(keys.unwrap())} key(s) to sign with"
    )
