"""Whom a broker's claims speak of, in our words.

Here: a broker's profile applied to an ID token and a userinfo answer. Not here: whether that
identity is acceptable (`eservices_core.access.mitid`).
"""

from collections.abc import Mapping
from datetime import UTC, datetime

from eservices_adapters.mitid.oidc.brokers import Broker
from eservices_adapters.mitid.oidc.documents import Document, seconds_of, text_of
from eservices_adapters.mitid.oidc.levels import is_lower, level_of, lowest
from eservices_adapters.mitid.oidc.reasons import Reason
from eservices_adapters.mitid.oidc.token import SKEW_SECONDS, subject_in
from eservices_core.access.mitid import Assurance, IdentityKind, MitidIdentity, Subject
from eservices_core.outcome import Failure, Outcome, Success
from eservices_core.words.civil_number import CivilNumber
from eservices_core.words.clinic_time import parse_instant
from eservices_core.words.identifiers import AttemptId


def merged(id_token: Document, userinfo: Document, broker: Broker) -> Outcome[Document, Reason]:
    """Put both answers together; of what is read here, nothing may be said in two ways."""
    used = {broker.number, *broker.levels, *broker.must_be, *broker.business}
    used |= set() if broker.private is None else {broker.private[0]}
    for name in used & id_token.keys() & userinfo.keys():
        if id_token[name] != userinfo[name]:
            return Failure(Reason.CLAIMS_DISAGREE)
    # What both have is the ID token's, and when the user identified is never userinfo's to say: the
    # ID token alone is signed.
    unsigned = {name: userinfo[name] for name in userinfo.keys() - {*broker.identified_at}}
    return Success({**unsigned, **id_token})


def identity_in(
    claims: Document, broker: Broker, issuer: str, attempt: AttemptId
) -> Outcome[MitidIdentity, Reason]:
    """Read the identity; what is not there, or not understood, is refused or counts for least."""
    subject = subject_in(claims)
    if subject is None:
        return Failure(Reason.SUBJECT_WRONG)
    kind = _kind(claims, broker)
    if isinstance(kind, Reason):
        return Failure(kind)
    number = _number(claims, broker)
    if isinstance(number, Reason):
        return Failure(number)
    at = _identified_at(claims, broker)
    if at is None:
        return Failure(Reason.AUTHENTICATED_AT_MISSING)
    return Success(
        MitidIdentity(
            attempt=attempt,
            subject=Subject(issuer, subject),
            kind=kind,
            assurance=assurance_in(claims, broker),
            number=number,
            identified_at=at,
        )
    )


def _kind(claims: Document, broker: Broker) -> IdentityKind | Reason:
    if not all(_says(claims, name, values) for name, values in broker.must_be.items()):
        return Reason.NOT_MITID
    if any(_marks(claims, broker.business)):
        return IdentityKind.BUSINESS
    if broker.private is not None and not _says(claims, *broker.private):
        return Reason.KIND_UNKNOWN
    return IdentityKind.PRIVATE


def _marks(claims: Document, marks: Mapping[str, frozenset[str]]) -> list[str]:
    return [
        name
        for name, values in marks.items()
        if name in claims and (not values or _is_one_of(claims[name], values))
    ]


def _says(claims: Document, name: str, values: frozenset[str]) -> bool:
    return _is_one_of(claims.get(name), values)


def _is_one_of(value: object, values: frozenset[str]) -> bool:
    return isinstance(value, str) and value in values


def assurance_in(claims: Document, broker: Broker) -> Assurance:
    """Give the level: the lowest of all that is claimed, and UNKNOWN without the first claim."""
    if broker.levels[0] not in claims:
        return Assurance.UNKNOWN
    return lowest(level_of(claims[name]) for name in broker.levels if name in claims)


def _number(claims: Document, broker: Broker) -> CivilNumber | Reason | None:
    """The CPR number; None where no claim holds one, which the core refuses by its own name."""
    if broker.number not in claims:
        return None
    number = CivilNumber.parse(claims[broker.number])
    return Reason.NUMBER_UNREADABLE if isinstance(number, Failure) else number.unwrap()


def _identified_at(claims: Document, broker: Broker) -> datetime | None:
    named = next((name for name in broker.identified_at if name in claims), None)
    if named is None:
        return None
    seconds = seconds_of(claims, named)
    if seconds is not None:
        return datetime.fromtimestamp(seconds, UTC)
    written = text_of(claims, named)
    instant = None if written is None else parse_instant(written)
    return None if instant is None or isinstance(instant, Failure) else instant.unwrap()


def wrong_with_identity(
    identity: MitidIdentity, *, asked: Assurance, begun_at: float, now: float, max_age: int
) -> Reason | None:
    """Say whether it is what was asked for: new enough, and of the level (faults: 50, 53)."""
    at = identity.identified_at.timestamp()
    if at > now + SKEW_SECONDS or at < begun_at - max_age - SKEW_SECONDS:
        return Reason.AUTHENTICATED_AT_WRONG
    if asked is Assurance.HIGH and is_lower(identity.assurance, asked):
        return Reason.LEVEL_LOWER_THAN_ASKED
    return None
