"""A broker's word that somebody has logged out there (OpenID Connect Back-Channel Logout 1.0).

Here: whose session a logout token ends, if it is one. Not here: ending it: a site that takes such
tokens keeps which session came from which login.
"""

from typing import Final, cast

from attrs import define, evolve, field, frozen

from eservices_adapters.mitid.oidc.documents import Document, text_of
from eservices_adapters.mitid.oidc.exchanges import (
    Relying,
    expected_of,
    find_metadata,
    opened_with_our_keys,
)
from eservices_adapters.mitid.oidc.reasons import Reason
from eservices_adapters.mitid.oidc.token import Opened, subject_in, wrong_with
from eservices_adapters.wire_http.exchange import Exchange
from eservices_core.outcome import Failure, Outcome, Success

_EVENT: Final = "http://schemas.openid.net/event/backchannel-logout"
_TYPES: Final = frozenset({"jwt", "logout+jwt"})
_IDS_MAX: Final = 10_000
_LONGEST_ID: Final = 255


@frozen
class LoggedOut:
    """Whose sessions are over: those of the broker's session, or all of the subject's.

    Attributes:
        subject: the broker's name for the person; None where only a session is named.
        session: the broker's session (`sid` of the ID token); None for all of the subject's.
    """

    subject: str | None = field(repr=False)
    session: str | None = field(repr=False)


@define
class SeenIds:
    """The ids of tokens that were used; the oldest are forgotten, long after they expired."""

    _ids: dict[str, None] = field(factory=dict[str, None], repr=False)

    def is_new(self, token_id: str) -> bool:
        """Note an id; False where it was noted before."""
        if token_id in self._ids:
            return False
        self._ids[token_id] = None
        if len(self._ids) > _IDS_MAX:
            del self._ids[next(iter(self._ids))]
        return True


def logged_out(relying: Relying, token: str, seen: SeenIds) -> Exchange[Outcome[LoggedOut, Reason]]:
    """Read a logout token, which anybody may post here, or say why it is none (faults: 82)."""
    metadata = yield from find_metadata(relying)
    if isinstance(metadata, Failure):
        return metadata
    expected = evolve(expected_of(relying, metadata.unwrap()), types=_TYPES)
    opened = yield from opened_with_our_keys(relying, metadata.unwrap(), token, expected)
    if isinstance(opened, Failure):
        return opened
    wrong = wrong_with(opened.unwrap().claims, expected)
    return _read(opened.unwrap(), seen) if wrong is None else Failure(wrong)


def _read(opened: Opened, seen: SeenIds) -> Outcome[LoggedOut, Reason]:
    claims = opened.claims
    if not _says_logged_out(claims.get("events")):
        return Failure(Reason.EVENT_WRONG)
    if "nonce" in claims:
        return Failure(Reason.NONCE_PRESENT)
    subject, session = subject_in(claims), text_of(claims, "sid")
    if ("sub" in claims and subject is None) or ("sid" in claims and session is None):
        return Failure(Reason.SUBJECT_WRONG)
    if subject is None and session is None:
        return Failure(Reason.SUBJECT_WRONG)
    token_id = text_of(claims, "jti")
    if token_id is None or len(token_id) > _LONGEST_ID:
        return Failure(Reason.TOKEN_ID_MISSING)
    if not seen.is_new(token_id):
        return Failure(Reason.REPLAYED)
    return Success(LoggedOut(subject, session))


def _says_logged_out(events: object) -> bool:
    if not isinstance(events, dict):
        return False
    return isinstance(cast("Document", events).get(_EVENT), dict)
