"""The closed facts that several access rules read, and how the continuous ones are folded.

Here: enums, and folds of dates and instants into bands, which carry the boundaries. Not here: facts
that one table alone reads (they stand beside it), and any rule.
"""

from datetime import date, datetime
from enum import unique

from eservices_core.clinic.settings import MITID_REQUIRED_FROM
from eservices_core.tables import Fact
from eservices_core.words.clinic_time import clinic_date, is_under_fifteen


@unique
class Measure(Fact):
    """Whether the measure of June 2023 holds at the instant that is asked about (D-ACC-1)."""

    BEFORE = "before"
    IN_FORCE = "in_force"


@unique
class Age(Fact):
    """The age band, in Copenhagen (D-ACC-5)."""

    UNDER_15 = "under_15"
    FROM_15 = "from_15"


@unique
class UserStatus(Fact):
    """Where the user's life stands (`access.user`); LOCKED as this browser meets it."""

    NONE = "none"
    AWAITING_ACTIVATION = "awaiting_activation"
    ACTIVE = "active"
    LOCKED = "locked"
    CLOSED = "closed"


@unique
class NumberMatch(Fact):
    """Whether MitID's CPR number is the account's own, or one that counts as it (D-ACC-16)."""

    OWN = "own"
    OTHER = "other"


@unique
class Tick(Fact):
    """The clinic's recorded word that this patient cannot use MitID (S-ACC-4)."""

    SET = "set"
    NOT_SET = "not_set"


@unique
class Guardian(Fact):
    """Whether a verified guardian stands behind a child's two-factor login (S-ACC-6)."""

    VERIFIED = "verified"
    NOT_VERIFIED = "not_verified"


@unique
class PasswordKind(Fact):
    """Whether the password that was right is the user's own or a temporary one (D-ACC-12)."""

    OWN = "own"
    TEMPORARY = "temporary"


def measure_at(instant: datetime, required_from: date = MITID_REQUIRED_FROM) -> Measure:
    """Fold an aware instant: the measure holds from 00:00 in Copenhagen that day (D-ACC-1)."""
    return Measure.IN_FORCE if clinic_date(instant) >= required_from else Measure.BEFORE


def age_at(birth_date: date, instant: datetime) -> Age:
    """Fold a birth date and an aware instant into the age band (D-ACC-5)."""
    return Age.UNDER_15 if is_under_fifteen(birth_date, instant) else Age.FROM_15
