"""What is said to a broker, as exchanges without input or output.

Here: beginning an attempt, and turning what a browser brought back into an identity: each request
is made only after everything before it was found good (faults: 13-17). Not here: sending
(`wire_http`), and what any document means (the modules beside this one).
"""

from collections.abc import Mapping
from typing import Final
from urllib.parse import urlencode

from attrs import field, frozen

from eservices_adapters.mitid.oidc import callback as callbacks
from eservices_adapters.mitid.oidc.claims import identity_in, merged, wrong_with_identity
from eservices_adapters.mitid.oidc.client import (
    Memo,
    OidcClient,
    draw_memo,
    prove,
    read_memo,
    request_address,
)
from eservices_adapters.mitid.oidc.discovery import Metadata, address_of, read_metadata
from eservices_adapters.mitid.oidc.documents import Document, read_object, text_of
from eservices_adapters.mitid.oidc.keys import Keys, read_keys
from eservices_adapters.mitid.oidc.known import Known
from eservices_adapters.mitid.oidc.levels import asked_in
from eservices_adapters.mitid.oidc.reasons import Reason
from eservices_adapters.mitid.oidc.token import (
    Expected,
    Opened,
    open_token,
    subject_in,
    wrong_with_id_token,
)
from eservices_adapters.wire_http.exchange import Exchange, Request, Response
from eservices_core.access.mitid import MitidIdentity
from eservices_core.outcome import Failure, Outcome, Success
from eservices_core.ports.world import Chance, Clock, MitidStart
from eservices_core.words.identifiers import AttemptId

_OK: Final = 200
_BAD_REQUEST: Final = 400
_UNAUTHORIZED: Final = 401
_LONGEST_ACCESS_TOKEN: Final = 8192
_JSON: Final = (("accept", "application/json"),)


@frozen
class Relying:
    """The relying party: a registration, what is known of its broker, and time and chance."""

    client: OidcClient
    known: Known
    clock: Clock
    chance: Chance

    def now(self) -> float:
        """Seconds since 1970."""
        return self.clock.now().timestamp()


def begin(relying: Relying, attempt: AttemptId) -> Exchange[Outcome[MitidStart, Reason]]:
    """Prepare an attempt; asks the broker only for what is not known of it."""
    metadata = yield from find_metadata(relying)
    if isinstance(metadata, Failure):
        return metadata
    memo = draw_memo(attempt, relying.chance, relying.now())
    address = request_address(relying.client, metadata.unwrap(), memo)
    return Success(MitidStart(address, memo.written()))


def identity(
    relying: Relying, attempt: AttemptId, memo: str, callback: Mapping[str, str]
) -> Exchange[Outcome[MitidIdentity, Reason]]:
    """Turn what a browser brought back into an identity, or say why there is none."""
    begun = read_memo(memo)
    if begun is None or begun.attempt != str(attempt):
        return Failure(Reason.MEMO_UNREADABLE)
    foreign = callbacks.is_ours(callback, begun)
    if foreign is not None:
        return Failure(foreign)
    metadata = yield from find_metadata(relying)
    if isinstance(metadata, Failure):
        return metadata
    code = callbacks.code_in(callback, metadata.unwrap(), relying.client.broker)
    if isinstance(code, Failure):
        return code
    tokens = yield from redeem(relying, metadata.unwrap(), begun, code.unwrap())
    if isinstance(tokens, Failure):
        return tokens
    opened = yield from _believe(relying, metadata.unwrap(), begun, tokens.unwrap())
    if isinstance(opened, Failure):
        return opened
    claims = yield from _all_claims(relying, metadata.unwrap(), tokens.unwrap(), opened.unwrap())
    if isinstance(claims, Failure):
        return claims
    return _identity(relying, attempt, begun, claims.unwrap())


def _identity(
    relying: Relying, attempt: AttemptId, begun: Memo, claims: Document
) -> Outcome[MitidIdentity, Reason]:
    client = relying.client
    read = identity_in(claims, client.broker, client.issuer, attempt)
    if isinstance(read, Failure):
        return read
    wrong = wrong_with_identity(
        read.unwrap(),
        asked=asked_in(client.asked),
        begun_at=begun.begun_at,
        now=relying.now(),
        max_age=client.max_age_seconds,
    )
    return read if wrong is None else Failure(wrong)


# --- what the broker publishes --------------------------------------------------------------------


def find_metadata(relying: Relying) -> Exchange[Outcome[Metadata, Reason]]:
    """Give the broker's document, as it is known or fetched."""
    known = relying.known.metadata(relying.now())
    if known is not None:
        return Success(known)
    issuer = relying.client.issuer
    body = yield from _fetch(relying, address_of(issuer), Reason.DISCOVERY_REFUSED)
    if isinstance(body, Failure):
        return body
    read = read_metadata(body.unwrap(), issuer)
    if isinstance(read, Success):
        relying.known.keep_metadata(read.unwrap(), relying.now())
    return read


def find_keys(
    relying: Relying, metadata: Metadata, *, anew: bool = False
) -> Exchange[Outcome[Keys, Reason]]:
    """Give the broker's keys, as they are known or fetched."""
    known = None if anew else relying.known.keys(relying.now())
    if known is not None:
        return Success(known)
    body = yield from _fetch(relying, metadata.keys, Reason.KEYS_REFUSED)
    if isinstance(body, Failure):
        return body
    read = read_keys(body.unwrap())
    if isinstance(read, Success):
        relying.known.keep_keys(read.unwrap(), relying.now())
    return read


def _fetch(relying: Relying, url: str, refused: Reason) -> Exchange[Outcome[bytes, Reason]]:
    answer = yield from ask(relying, Request("GET", url, _JSON))
    if isinstance(answer, Failure):
        return answer
    response = answer.unwrap()
    return Success(response.body) if response.status == _OK else Failure(refused)


def ask(relying: Relying, request: Request) -> Exchange[Outcome[Response, Reason]]:
    """Ask once, unless the broker is left alone; its silence is noted."""
    if relying.known.rests(relying.now()):
        return Failure(Reason.NOT_ASKED)
    answer = yield request
    if isinstance(answer, Response):
        relying.known.heard()
        return Success(answer)
    relying.known.not_heard(relying.now())
    return Failure(Reason.NO_ANSWER)


# --- the tokens -----------------------------------------------------------------------------------


@frozen
class Tokens:
    """What the token endpoint gave."""

    id_token: str = field(repr=False)
    access_token: str | None = field(repr=False)


def redeem(
    relying: Relying, metadata: Metadata, begun: Memo, code: str
) -> Exchange[Outcome[Tokens, Reason]]:
    """Redeem a code, once: it is never sent a second time, whatever came of the first."""
    proof = prove(relying.client, metadata, relying.chance, relying.now())
    if isinstance(proof, Failure):
        return proof
    fields = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": relying.client.callback,
        "code_verifier": begun.verifier,
        **proof.unwrap().fields,
    }
    form = ("content-type", "application/x-www-form-urlencoded")
    headers = (*_JSON, form, *proof.unwrap().headers)
    request = Request("POST", metadata.token, headers, urlencode(fields).encode("ascii"))
    answer = yield from ask(relying, request)
    return answer if isinstance(answer, Failure) else _read_tokens(answer.unwrap(), relying.client)


def _read_tokens(response: Response, client: OidcClient) -> Outcome[Tokens, Reason]:
    document = read_object(response.body)
    if response.status in {_BAD_REQUEST, _UNAUTHORIZED}:
        error = None if document is None else text_of(document, "error")
        ours = error in {"invalid_client", "unauthorized_client"}
        return Failure(Reason.CLIENT_REFUSED if ours else Reason.CODE_REFUSED)
    if response.status != _OK:
        return Failure(Reason.TOKEN_STATUS)
    if document is None:
        return Failure(Reason.TOKEN_UNREADABLE)
    kind = text_of(document, "token_type")
    if kind is None or kind.lower() != "bearer":
        return Failure(Reason.TOKEN_TYPE_WRONG)
    id_token, access_token = text_of(document, "id_token"), text_of(document, "access_token")
    if id_token is None:
        return Failure(Reason.ID_TOKEN_MISSING)
    if access_token is None and client.broker.userinfo:
        return Failure(Reason.ACCESS_TOKEN_MISSING)
    if access_token is not None and not _may_be_borne(access_token):
        return Failure(Reason.TOKEN_UNREADABLE)
    return Success(Tokens(id_token, access_token))


def _may_be_borne(token: str) -> bool:
    """Whether a token can stand in a header without breaking it."""
    printable = token.isascii() and token.isprintable() and " " not in token
    return printable and len(token) <= _LONGEST_ACCESS_TOKEN


def _believe(
    relying: Relying, metadata: Metadata, begun: Memo, tokens: Tokens
) -> Exchange[Outcome[Opened, Reason]]:
    """Verify the ID token; keys that were changed meanwhile are fetched once (faults: 37, 70)."""
    expected = expected_of(relying, metadata)
    opened = yield from opened_with_our_keys(relying, metadata, tokens.id_token, expected)
    if isinstance(opened, Failure):
        return opened
    wrong = wrong_with_id_token(opened.unwrap(), expected, begun.nonce, tokens.access_token)
    return opened if wrong is None else Failure(wrong)


def expected_of(relying: Relying, metadata: Metadata) -> Expected:
    """Say what a token of this broker for us must say, now."""
    client = relying.client
    return Expected(client.issuer, client.client_id, metadata.algorithms, relying.now())


def opened_with_our_keys(
    relying: Relying, metadata: Metadata, token: str, expected: Expected
) -> Exchange[Outcome[Opened, Reason]]:
    """Verify a token's signature with the keys that are known or, once, with newer ones."""
    keys = yield from find_keys(relying, metadata)
    if isinstance(keys, Failure):
        return keys
    opened = open_token(token, keys.unwrap(), expected)
    if isinstance(opened, Success) or opened.failure() is not Reason.KEY_UNKNOWN:
        return opened
    if not relying.known.may_refetch(relying.now()):
        return opened
    newer = yield from find_keys(relying, metadata, anew=True)
    return newer if isinstance(newer, Failure) else open_token(token, newer.unwrap(), expected)


def _all_claims(
    relying: Relying, metadata: Metadata, tokens: Tokens, opened: Opened
) -> Exchange[Outcome[Document, Reason]]:
    """Give the ID token's claims and, where the broker keeps some there, those of userinfo."""
    broker = relying.client.broker
    if not broker.userinfo:
        return Success(opened.claims)
    if metadata.userinfo is None or tokens.access_token is None:
        return Failure(Reason.USERINFO_REFUSED)
    bearer = ("authorization", f"Bearer {tokens.access_token}")
    answer = yield from ask(relying, Request("GET", metadata.userinfo, (*_JSON, bearer)))
    if isinstance(answer, Failure):
        return answer
    response = answer.unwrap()
    if response.status != _OK:
        return Failure(Reason.USERINFO_REFUSED)
    userinfo = read_object(response.body)
    if userinfo is None:
        return Failure(Reason.USERINFO_UNREADABLE)
    # It may speak of whomever the access token is of: only the signed subject says who logs in.
    if subject_in(userinfo) is None or userinfo["sub"] != opened.claims["sub"]:
        return Failure(Reason.USERINFO_SUBJECT_WRONG)
    return merged(opened.claims, userinfo, broker)
