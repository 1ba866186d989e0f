"""What a clinic chooses about its e-services, and an installation about access (S-SET-1).

Here: values. Not here: where they are read from (an installation's configuration, later the
administration module), and what follows from them (the rules).
"""

from datetime import date, timedelta
from enum import unique
from typing import Final

from attrs import field, frozen

from eservices_core.clinic.booking_settings import BookingSettings
from eservices_core.clinic.consultation_settings import ConsultationSettings
from eservices_core.clinic.desk_settings import DeskSettings
from eservices_core.clinic.keeping_settings import KeepingSettings
from eservices_core.clinic.post_settings import PostSettings
from eservices_core.tables import Fact

MITID_REQUIRED_FROM: Final = date(2023, 6, 1)
"""D-ACC-1: the measure of June 2023 holds from this day, 00:00 in Copenhagen."""


@unique
class SelfSignUp(Fact):
    """How a clinic takes patients who sign up by themselves (D-ACC-17)."""

    CLOSED = "closed"
    OPEN = "open"
    WITH_APPROVAL = "with_approval"


@unique
class Guardianship(Fact):
    """Whether an appointed guardian counts as one with custody (D-ACC-7)."""

    COUNTS = "counts"
    DOES_NOT_COUNT = "does_not_count"


FAILURES_MAX: Final = 100
"""NIST SP 800-63B: no account stands more failures in a row than this."""

CODE_LIVES_MAX: Final = timedelta(minutes=10)
"""D-ACC-13: no one-time code lives longer."""

LIMIT_MAX: Final = FAILURES_MAX
"""No limit on what is counted is higher: so much of it, and no more, has to be remembered."""


@frozen
class CodeLimits:
    """How one-time codes live, and how often anybody may guess (D-ACC-13; defaults D-ACC-103).

    Attributes:
        lifetime: how long a code can be used; at most ten minutes.
        tries_per_code: wrong codes before that code is burnt.
        guesses_per_hour: comparisons per person, purpose and budget within any hour.
        failures_in_all: wrong guesses in a row, of any purpose, before the login locks.
        codes_per_hour: one-time codes sent per person and budget within any hour.
    """

    lifetime: timedelta = field(default=timedelta(minutes=10))
    tries_per_code: int = 3
    guesses_per_hour: int = 10
    failures_in_all: int = 50
    codes_per_hour: int = 6

    def __attrs_post_init__(self) -> None:
        assert timedelta(0) < self.lifetime <= CODE_LIVES_MAX
        assert (
            1
            <= self.tries_per_code
            <= self.guesses_per_hour
            <= self.failures_in_all
            <= FAILURES_MAX
        )
        assert 1 <= self.codes_per_hour <= LIMIT_MAX


@frozen
class AccessSettings:
    """What the service as a whole chooses about access.

    Attributes:
        mitid_required_from: the first day of the measure of June 2023 (D-ACC-1).
        codes: the limits of D-ACC-13.
        temporary_password_lifetime: how long a temporary password can be used (D-ACC-12).
        custody_is_fresh_for: how old the register's last answer may be before it is asked again.
        custody_stands_for: how long that answer stands while the register is silent (D-ACC-9).
        children_per_guardian: different children that one guardian may ask about in 24 hours.
        address_quarantine: how long no temporary password goes to a new address (D-ACC-14).
        mitid_session: the longest session begun with MitID.
        two_factor_session: the longest session begun with two-factor; never the longer (D-SES-1).
        guardianship: whether an appointed guardian counts (D-ACC-7).
    """

    mitid_required_from: date = MITID_REQUIRED_FROM
    codes: CodeLimits = field(factory=CodeLimits)
    temporary_password_lifetime: timedelta = timedelta(days=7)
    custody_is_fresh_for: timedelta = timedelta(days=30)
    custody_stands_for: timedelta = timedelta(days=90)
    children_per_guardian: int = 5
    address_quarantine: timedelta = timedelta(hours=48)
    mitid_session: timedelta = timedelta(minutes=60)
    two_factor_session: timedelta = timedelta(minutes=30)
    guardianship: Guardianship = Guardianship.COUNTS

    def __attrs_post_init__(self) -> None:
        assert 1 <= self.children_per_guardian <= LIMIT_MAX
        assert self.custody_is_fresh_for <= self.custody_stands_for
        assert self.two_factor_session <= self.mitid_session


@frozen
class ClinicSettings:
    """All that one clinic chooses about its e-services: one value, and no second place (S-SET-1).

    Attributes:
        name: the clinic's name, as patients know it.
        phone: the number that patients call.
        self_sign_up: how it takes patients who sign up by themselves (D-ACC-17).
        booking: its appointment book (D-BOOK-10); as it comes, it offers nothing.
        consultation: its mail consultation (D-MAIL-7).
        post: its digital post (S-POST-2).
        keeping: for how long what has ended is kept (D-KEEP-1).
        desk: its worklist and its eye on look-ups (D-MAIL-4, D-STAFF-1).
    """

    name: str
    phone: str
    self_sign_up: SelfSignUp = SelfSignUp.WITH_APPROVAL
    booking: BookingSettings = field(factory=BookingSettings)
    consultation: ConsultationSettings = field(factory=ConsultationSettings)
    post: PostSettings = field(factory=PostSettings)
    keeping: KeepingSettings = field(factory=KeepingSettings)
    desk: DeskSettings = field(factory=DeskSettings)
