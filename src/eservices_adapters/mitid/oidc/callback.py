"""What a browser brings back from a broker (RFC 6749 4.1.2, RFC 9207).

Here: query parameters to a code, or to why there is none. Not here: what the code is good for
(`exchanges`).
"""

from collections.abc import Mapping
from typing import Final

from eservices_adapters.mitid.oidc.brokers import Broker
from eservices_adapters.mitid.oidc.client import Memo
from eservices_adapters.mitid.oidc.discovery import Metadata
from eservices_adapters.mitid.oidc.reasons import Reason
from eservices_adapters.mitid.oidc.token import same
from eservices_core.outcome import Failure, Outcome, Success
from eservices_core.words.plain_text import plain_text

_LONGEST_VALUE: Final = 8192
_PARAMETERS_MAX: Final = 40
_BROKEN: Final = frozenset({"server_error", "temporarily_unavailable"})


def is_ours(callback: Mapping[str, str], memo: Memo) -> Reason | None:
    """Whether it answers this attempt: before that, not a word of it is looked at (ASVS 10.1.2)."""
    if len(callback) > _PARAMETERS_MAX:
        return Reason.CALLBACK_UNREADABLE
    if any(not _is_plain(value) for value in callback.values()):
        return Reason.CALLBACK_UNREADABLE
    return None if same(callback.get("state", ""), memo.state) else Reason.STATE_WRONG


def _is_plain(value: object) -> bool:
    text = plain_text(value)
    return text is not None and len(text) <= _LONGEST_VALUE and text.isascii()


def code_in(
    callback: Mapping[str, str], metadata: Metadata, broker: Broker
) -> Outcome[str, Reason]:
    """Give the code of an answer that is ours, or why there is none.

    An error need not name its issuer though the broker promises it: Nets' does not (recorded). All
    that it can do is to end the attempt.
    """
    issuer = callback.get("iss")
    if issuer is not None and issuer != metadata.issuer:
        return Failure(Reason.RESPONSE_ISSUER_WRONG)
    code = callback.get("code")
    if "error" in callback:
        if code is not None:
            return Failure(Reason.CODE_AND_ERROR)
        return Failure(reason_of(callback, broker))
    if not code:
        return Failure(Reason.CODE_MISSING)
    if issuer is None and metadata.names_itself:
        return Failure(Reason.RESPONSE_ISSUER_MISSING)
    return Success(code)


def reason_of(callback: Mapping[str, str], broker: Broker) -> Reason:
    """Tell a user who cancelled from a broker that failed, and both from a refusal (faults: 54)."""
    error, described = callback.get("error", ""), callback.get("error_description", "")
    for words, reason in (
        (broker.cancelled, Reason.CANCELLED),
        (broker.timed_out, Reason.TIMED_OUT),
        (broker.failed, Reason.BROKER_FAILED),
        (broker.not_matched, Reason.NUMBER_NOT_MATCHED),
    ):
        if described in words:
            return reason
    if error in _BROKEN:
        return Reason.BROKER_FAILED
    # The standard's word for a user who said no; some brokers use it for whatever went wrong.
    no = error == "access_denied" and not (broker.describes_all and described)
    return Reason.CANCELLED if no else Reason.BROKER_REFUSED
