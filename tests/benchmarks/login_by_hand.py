"""What a careful hand would write instead of the login tables: the floor of the race.

The same facts, the same verdicts, in the order of D-ACC-4: each fact read at most once, members
and verdicts as module constants, because looking one up in its enum costs more than the test.
"""

from typing import Final

from eservices_core.access.facts import Age, Guardian, Measure, NumberMatch, Tick, UserStatus
from eservices_core.access.login import (
    CODE_REQUIRED,
    GRANTED,
    GUARDIAN_REQUIRED,
    SIGN_UP,
    LoginFacts,
    LoginReason,
    LoginVerdict,
    MitidLogin,
    TwoFactorLogin,
    refused,
)
from eservices_core.access.mitid import Acceptance

ACCEPTED: Final = Acceptance.ACCEPTED
FOREIGN: Final = Acceptance.NOT_THIS_ATTEMPT
STALE: Final = Acceptance.NOT_FRESH
BUSINESS: Final = Acceptance.BUSINESS_IDENTITY
TOO_LOW: Final = Acceptance.ASSURANCE_TOO_LOW
NO_USER: Final = UserStatus.NONE
CLOSED: Final = UserStatus.CLOSED
LOCKED: Final = UserStatus.LOCKED
OTHER: Final = NumberMatch.OTHER
BEFORE: Final = Measure.BEFORE
UNDER_15: Final = Age.UNDER_15
VERIFIED: Final = Guardian.VERIFIED
TICKED: Final = Tick.SET

REFUSED_FOREIGN: Final = refused(LoginReason.NOT_THIS_ATTEMPT)
REFUSED_STALE: Final = refused(LoginReason.NOT_FRESH)
REFUSED_BUSINESS: Final = refused(LoginReason.BUSINESS_IDENTITY)
REFUSED_TOO_LOW: Final = refused(LoginReason.ASSURANCE_TOO_LOW)
REFUSED_WITHOUT_NUMBER: Final = refused(LoginReason.CPR_MISSING)
REFUSED_OTHER: Final = refused(LoginReason.CPR_MISMATCH)
REFUSED_NO_USER: Final = refused(LoginReason.NO_USER)
REFUSED_CLOSED: Final = refused(LoginReason.CLOSED)
REFUSED_LOCKED: Final = refused(LoginReason.LOCKED)
REFUSED_USE_MITID: Final = refused(LoginReason.USE_MITID)


def mitid(facts: MitidLogin) -> LoginVerdict:
    """Decide a login with MitID."""
    identity = facts.identity
    if identity is not ACCEPTED:
        if identity is FOREIGN:
            return REFUSED_FOREIGN
        if identity is STALE:
            return REFUSED_STALE
        if identity is BUSINESS:
            return REFUSED_BUSINESS
        if identity is TOO_LOW:
            return REFUSED_TOO_LOW
        return REFUSED_WITHOUT_NUMBER
    user = facts.user
    if user is NO_USER:
        return SIGN_UP
    if facts.number is OTHER:
        return REFUSED_OTHER
    if user is CLOSED:
        return REFUSED_CLOSED
    return GRANTED


def two_factor(facts: TwoFactorLogin) -> LoginVerdict:
    """Decide a two-factor login whose password was right."""
    user = facts.user
    if user is NO_USER:
        return REFUSED_NO_USER
    if user is CLOSED:
        return REFUSED_CLOSED
    if user is LOCKED:
        return REFUSED_LOCKED
    if facts.measure is BEFORE:
        return CODE_REQUIRED
    if facts.age is UNDER_15:
        return CODE_REQUIRED if facts.guardian is VERIFIED else GUARDIAN_REQUIRED
    return CODE_REQUIRED if facts.tick is TICKED else REFUSED_USE_MITID


def either(facts: LoginFacts) -> LoginVerdict:
    """Decide a login by either method."""
    if isinstance(facts, MitidLogin):
        return mitid(facts)
    return two_factor(facts)


def nothing(_facts: LoginFacts) -> None:
    """Decide nothing: what one call costs at the least."""
