"""Why a broker's answer is not taken, each by its own name; none tells anything about a person.

Here: the reasons, and what each is to the port. Not here: what a patient is told (the core).
"""

from enum import Enum, unique
from typing import Final

from eservices_core.access.mitid import MitidFailure


@unique
class Reason(Enum):
    """Why; the value is a sentence for whoever runs the installation."""

    # the broker, as a peer
    NO_ANSWER = "the broker did not answer in time"
    NOT_ASKED = "the broker has not answered for a while and is left alone for some seconds"
    DISCOVERY_REFUSED = "the broker's configuration document could not be had"
    DISCOVERY_UNREADABLE = "the broker's configuration document cannot be read"
    ISSUER_MISMATCH = "the broker's configuration document is another issuer's"
    ENDPOINT_ELSEWHERE = "the broker names an endpoint that is not on its own host, or not https"
    ALGORITHM_NOT_OFFERED = "the broker signs with none of RS256, PS256 and ES256"
    CODE_NOT_OFFERED = "the broker offers no authorization code with PKCE (S256)"
    CLIENT_AUTH_NOT_OFFERED = "the broker does not take the way in which we prove who we are"
    KEYS_REFUSED = "the broker's keys could not be had"
    KEYS_UNREADABLE = "the broker's keys cannot be read, or are none, or too many"
    KEYS_PRIVATE = "the broker publishes a key that should be secret"
    # what the browser brought back
    CALLBACK_UNREADABLE = "the browser brought back what no broker sends"
    MEMO_UNREADABLE = "nothing is known of how this attempt was begun"
    STATE_WRONG = "the answer does not belong to this attempt"
    RESPONSE_ISSUER_WRONG = "the answer came from another issuer"
    RESPONSE_ISSUER_MISSING = "the answer does not say which issuer it came from, as was promised"
    CODE_AND_ERROR = "the answer is both a success and an error"
    CODE_MISSING = "the answer is neither a success nor an error"
    CANCELLED = "the user cancelled"
    TIMED_OUT = "the user took too long, or went back and forth in the browser"
    NUMBER_NOT_MATCHED = "the CPR number that the user typed was not theirs"
    BROKER_FAILED = "the broker said that something went wrong on its side"
    BROKER_REFUSED = "the broker refused the request"
    # the token endpoint
    CLIENT_REFUSED = "the broker does not know our client_id, or not the secret or key"
    CODE_REFUSED = "the broker does not take the code"
    TOKEN_STATUS = "the token endpoint answered with an unexpected status"
    TOKEN_UNREADABLE = "the token endpoint's answer cannot be read"
    TOKEN_TYPE_WRONG = "the token endpoint gave a token of another type than Bearer"
    ID_TOKEN_MISSING = "the token endpoint gave no ID token"
    ACCESS_TOKEN_MISSING = "the token endpoint gave no access token"
    # the ID token
    NOT_A_TOKEN = "the ID token is no signed token"
    HEADER_UNREADABLE = "the ID token's header cannot be read"
    HEADER_HOSTILE = "the ID token's header names a key or an extension of its own"
    TYPE_WRONG = "the token is of another type than an ID token"
    ALGORITHM_WRONG = "the ID token is signed in a way that the broker does not offer"
    KEY_UNKNOWN = "the ID token names a key that the broker does not have"
    KEY_AMBIGUOUS = "the ID token names no key, and the broker has several"
    SIGNATURE_WRONG = "the ID token's signature is wrong"
    PAYLOAD_UNREADABLE = "the ID token's content cannot be read"
    ISSUER_WRONG = "the ID token is another issuer's"
    AUDIENCE_WRONG = "the ID token is not for us"
    AUTHORIZED_PARTY_WRONG = "the ID token was issued to somebody else"
    SUBJECT_WRONG = "the ID token names nobody, or in a way that is not allowed"
    ISSUED_AT_WRONG = "the ID token does not say when it was issued, or says a time to come"
    EXPIRED = "the ID token does not say when it expires, or has expired"
    NOT_YET = "the ID token is not valid yet"
    NONCE_WRONG = "the ID token belongs to another attempt"
    ACCESS_TOKEN_HASH_WRONG = "the ID token belongs to another access token"
    # userinfo
    USERINFO_REFUSED = "the userinfo endpoint answered with an unexpected status"
    USERINFO_UNREADABLE = "the userinfo endpoint's answer cannot be read"
    USERINFO_SUBJECT_WRONG = "the userinfo endpoint speaks of somebody else"
    # whom the claims speak of
    CLAIMS_DISAGREE = "the ID token and the userinfo endpoint do not say the same"
    NOT_MITID = "the user identified with something else than MitID"
    KIND_UNKNOWN = "it is not said whether the identity is private or for a business"
    NUMBER_UNREADABLE = "what should be a CPR number is none"
    AUTHENTICATED_AT_MISSING = "it is not said when the user identified"
    AUTHENTICATED_AT_WRONG = "the user identified too long ago, or at a time to come"
    LEVEL_LOWER_THAN_ASKED = "the assurance level is lower than what was asked for"
    # logging out
    EVENT_WRONG = "the logout token is about something else than logging out"
    NONCE_PRESENT = "the logout token has a nonce, which only an ID token may have"
    REPLAYED = "the logout token was used before"
    TOKEN_ID_MISSING = "the logout token has no id"


_FAILURES: Final = {
    Reason.CANCELLED: MitidFailure.CANCELLED,
    Reason.TIMED_OUT: MitidFailure.TIMED_OUT,
    Reason.NO_ANSWER: MitidFailure.UNAVAILABLE,
    Reason.NOT_ASKED: MitidFailure.UNAVAILABLE,
    Reason.DISCOVERY_REFUSED: MitidFailure.UNAVAILABLE,
    Reason.KEYS_REFUSED: MitidFailure.UNAVAILABLE,
    Reason.BROKER_FAILED: MitidFailure.UNAVAILABLE,
}


def failure_of(reason: Reason) -> MitidFailure:
    """Give what the port says; whatever is wrong with an answer is ANSWER_REFUSED."""
    return _FAILURES.get(reason, MitidFailure.ANSWER_REFUSED)
