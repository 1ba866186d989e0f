"""[mitid]: which MitID there is, and what we are to its broker.

Here: the section, and the file that a secret or a key lies in. Not here: speaking with any broker
(`mitid`), and how a file of one line is kept (`password_file`).
"""

import os
import re
import stat
from pathlib import Path
from typing import Final

from attrs import field, frozen

from eservices_adapters.config.files import open_regular
from eservices_adapters.config.password_file import password_file
from eservices_adapters.config.places import Places
from eservices_adapters.config.shapes import BOOLEAN, ORIGIN, integer, is_public
from eservices_adapters.config.table import Shape, Table
from eservices_core.clinic.service import Service
from eservices_core.words.plain_text import plain_text

BROKERS: Final = ("nets", "idura", "signicat", "generic")
CALLBACK_PATH: Final = "/mitid/callback"
"""Where a browser comes back to, under public_url; this is what is registered with the broker."""
SIMULATED_IN_PUBLIC: Final = (
    "is simulated, and public_url is public: anybody could log in as anybody; if nobody real is in "
    "it, say demo = true"
)
BROKER_OF_NOBODY: Final = (
    "is on this machine or kept for examples, and public_url is public: anybody could log in as "
    "anybody; if nobody real is in it, say demo = true"
)
_KINDS: Final = ("simulated", "oidc")
_WAYS: Final = ("client_secret_basic", "client_secret_post")
_PRIVATE_KEY_JWT: Final = "private_key_jwt"
_LONGEST_AGE: Final = 3600
_KEY_MAX: Final = 16 * 1024
_ANYBODY_ELSE: Final = stat.S_IRWXG | stat.S_IRWXO
_ISSUER: Final = re.compile(r"(https?://[^/]+)(?:/[A-Za-z0-9._~-]+)*/?")
_WORDS: Final = re.compile(r"[!#-\[\]-~]+(?: [!#-\[\]-~]+)*")


@frozen
class SimulatedMitidPersons:
    """[mitid] kind = "simulated": the persons of this file can identify.

    Anybody can say that they are any of them: so the origin must be one that is nobody's on the
    internet (a loopback host, or a domain kept for examples), or the file must say `demo = true`.
    """

    persons: Path


@frozen(kw_only=True)
class OidcBroker:
    """[mitid] kind = "oidc": a broker that speaks OpenID Connect.

    Attributes:
        broker: the profile, of `BROKERS`.
        issuer: exactly as the broker writes it.
        client_id: who we are.
        client_auth: how we prove it: client_secret_basic, client_secret_post or private_key_jwt.
        secret: the client secret, or the private key in PEM; was read from a file.
        callback: where a browser comes back to.
        acr_values, scope: what is asked for; None for the profile's own.
        max_age_seconds: how long before a login the user may have identified.
        number_claim, level_claim: where they are; None for the profile's own.
    """

    broker: str
    issuer: str
    client_id: str
    client_auth: str
    secret: str = field(repr=False)
    callback: str
    acr_values: str | None
    scope: str | None
    max_age_seconds: int
    number_claim: str | None
    level_claim: str | None


def read_mitid(
    root: Table, places: Places, service: Service | None
) -> SimulatedMitidPersons | OidcBroker | None:
    """Read [mitid]; what anybody could log in with is refused where real patients could come."""
    section = root.table("mitid", required=True)
    kind = section.required("kind", _either(*_KINDS))
    demo = section.optional("demo", BOOLEAN, default=False)
    public = service is not None and not demo and is_public(service.public_url)
    found: SimulatedMitidPersons | OidcBroker | None = None
    if kind == "oidc":
        found = _read_broker(section, places, service)
        if found is not None and public and not _is_somebodys(found.issuer):
            section.refuse("issuer", BROKER_OF_NOBODY)
    else:
        persons = section.required("persons", places.file())
        found = None if persons is None else SimulatedMitidPersons(persons)
        if kind is not None and public:
            section.refuse("kind", SIMULATED_IN_PUBLIC)
    section.refuse_unknown()
    return found


def _read_broker(section: Table, places: Places, service: Service | None) -> OidcBroker | None:
    broker = section.required("broker", _either(*BROKERS))
    issuer = section.required("issuer", ISSUER)
    client_id = section.required("client_id", _WORD)
    way = section.optional("client_auth", _either(*_WAYS, _PRIVATE_KEY_JWT), None)
    secret = section.optional("client_secret_file", password_file(places), None)
    key = section.optional("private_key_file", _key_file(places), None)
    acr_values = section.optional("acr_values", _SPACED, None)
    scope = section.optional("scope", _SPACED, None)
    max_age = section.optional("max_age_seconds", integer(0, _LONGEST_AGE), 0)
    number_claim = section.optional("number_claim", _WORD, None)
    level_claim = section.optional("level_claim", _WORD, None)
    if scope is not None and "openid" not in scope.split(" "):
        section.refuse("scope", "expected openid among its words")
    if broker == "generic" and acr_values is None and "acr_values" not in section:
        section.refuse("acr_values", "missing; a generic broker is not known to ask for any level")
    named = [name for name in ("client_secret_file", "private_key_file") if name in section]
    if len(named) != 1:
        section.refuse("client_secret_file", "expected this or private_key_file, and not both")
        return None
    chosen = way or (_WAYS[0] if named == ["client_secret_file"] else _PRIVATE_KEY_JWT)
    if (chosen == _PRIVATE_KEY_JWT) != (named == ["private_key_file"]):
        section.refuse("client_auth", f"is another way than with {named[0]}")
    proof = secret or key
    if broker is None or issuer is None or client_id is None or proof is None or service is None:
        return None
    return OidcBroker(
        broker=broker,
        issuer=issuer,
        client_id=client_id,
        client_auth=chosen,
        secret=proof,
        callback=f"{service.public_url}{CALLBACK_PATH}",
        acr_values=acr_values,
        scope=scope,
        max_age_seconds=max_age,
        number_claim=number_claim,
        level_claim=level_claim,
    )


def _is_somebodys(issuer: str) -> bool:
    found = _ISSUER.fullmatch(issuer)
    origin = None if found is None else ORIGIN.parse(found[1])
    return origin is not None and is_public(origin)


def _issuer(value: object) -> str | None:
    """An issuer is compared letter by letter, so its host is written as it is read."""
    written = plain_text(value) or ""
    found = _ISSUER.fullmatch(written)
    return written if found is not None and ORIGIN.parse(found[1]) == found[1] else None


def _spaced(value: object) -> str | None:
    written = plain_text(value) or ""
    return written if len(written) <= _KEY_MAX and _WORDS.fullmatch(written) else None


def _word(value: object) -> str | None:
    written = _spaced(value)
    return None if written is None or " " in written else written


ISSUER: Final = Shape(
    "an https address without a query, or an http one on a loopback host, as the broker writes it",
    _issuer,
)
_SPACED: Final = Shape("words in ASCII, one blank between each", _spaced)
_WORD: Final = Shape("one word in ASCII", _word)


def _either(*words: str) -> Shape[str]:
    def parse(value: object) -> str | None:
        return next((word for word in words if word == value), None)

    return Shape(" or ".join(f'"{word}"' for word in words), parse)


def _key_file(places: Places) -> Shape[str]:
    """A private key in PEM, in a file that only its owner can read."""

    def parse(value: object) -> str | None:
        written = plain_text(value)
        path = None if written is None else places.file().parse(written)
        return None if path is None else _pem(path)

    return Shape("the path of a private key in PEM, which only its owner can read", parse)


def _pem(path: Path) -> str | None:
    try:
        with open_regular(path) as file:
            if stat.S_IMODE(os.fstat(file.fileno()).st_mode) & _ANYBODY_ELSE:
                return None
            content = file.read(_KEY_MAX + 1)
    except OSError:
        return None
    is_key = len(content) <= _KEY_MAX and content.isascii() and b"PRIVATE KEY-----" in content
    return content.decode("ascii") if is_key else None
