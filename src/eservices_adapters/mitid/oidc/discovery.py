"""What a broker says of itself: its configuration document (OpenID Connect Discovery 1.0).

Here: reading one, and what in it is refused. Not here: fetching it (`exchanges`).
"""

from typing import Final

from attrs import frozen

from eservices_adapters.mitid.oidc.documents import Document, read_object, text_of, texts_of
from eservices_adapters.mitid.oidc.keys import ALGORITHMS
from eservices_adapters.mitid.oidc.reasons import Reason
from eservices_adapters.wire_http.addresses import origin_of
from eservices_core.outcome import Failure, Outcome, Success

_DEFAULT_ALGORITHMS: Final = ("RS256",)
_DEFAULT_METHODS: Final = ("client_secret_basic",)
_REQUIRED: Final = ("authorization_endpoint", "token_endpoint", "jwks_uri")
_OPTIONAL: Final = ("userinfo_endpoint", "end_session_endpoint")


@frozen
class Metadata:
    """What is used of a configuration document.

    Attributes:
        issuer: exactly as configured.
        authorization, token, keys: the endpoints, all on the issuer's own host.
        userinfo, end_session: likewise; None where there is none.
        algorithms: the ways of signing ID tokens that it offers, of those that are ever taken.
        client_auth: the ways of proving who we are that it takes.
        names_itself: whether it promises `iss` in every answer (RFC 9207).
    """

    issuer: str
    authorization: str
    token: str
    keys: str
    userinfo: str | None
    end_session: str | None
    algorithms: frozenset[str]
    client_auth: frozenset[str]
    names_itself: bool


def address_of(issuer: str) -> str:
    """Say where an issuer's configuration document is."""
    return f"{issuer.removesuffix('/')}/.well-known/openid-configuration"


def read_metadata(content: bytes, issuer: str) -> Outcome[Metadata, Reason]:
    """Read a configuration document; the issuer must be the very one (ASVS 10.5.3).

    An endpoint on another host is refused (faults: 67): the document would then decide where our
    secret goes. No Danish broker has one.
    """
    document = read_object(content)
    if document is None:
        return Failure(Reason.DISCOVERY_UNREADABLE)
    if document.get("issuer") != issuer:
        return Failure(Reason.ISSUER_MISMATCH)
    if any(text_of(document, name) is None for name in _REQUIRED):
        return Failure(Reason.DISCOVERY_UNREADABLE)
    named = [document[name] for name in (*_REQUIRED, *_OPTIONAL) if name in document]
    ours = origin_of(issuer)
    if not all(isinstance(each, str) and origin_of(each) == ours for each in named):
        return Failure(Reason.ENDPOINT_ELSEWHERE)
    if not _offers(document, "response_types_supported", "code") or not _offers(
        document, "code_challenge_methods_supported", "S256"
    ):
        return Failure(Reason.CODE_NOT_OFFERED)
    offered = _listed(document, "id_token_signing_alg_values_supported", _DEFAULT_ALGORITHMS)
    algorithms = frozenset(offered).intersection(ALGORITHMS)
    if not algorithms:
        return Failure(Reason.ALGORITHM_NOT_OFFERED)
    methods = _listed(document, "token_endpoint_auth_methods_supported", _DEFAULT_METHODS)
    return Success(
        Metadata(
            issuer=issuer,
            authorization=str(document["authorization_endpoint"]),
            token=str(document["token_endpoint"]),
            keys=str(document["jwks_uri"]),
            userinfo=text_of(document, "userinfo_endpoint"),
            end_session=text_of(document, "end_session_endpoint"),
            algorithms=algorithms,
            client_auth=frozenset(methods),
            names_itself=document.get("authorization_response_iss_parameter_supported") is True,
        )
    )


def _offers(document: Document, name: str, what: str) -> bool:
    """Whether something is offered, or at least nothing is said about it."""
    return name not in document or what in (texts_of(document, name) or ())


def _listed(document: Document, name: str, default: tuple[str, ...]) -> tuple[str, ...]:
    return default if name not in document else texts_of(document, name) or ()
