"""What can be asked of a booking, and why it may be refused (D-BOOK-4).

Here: the closed unions. Which state takes which command is `booking`'s to say.
"""

from datetime import datetime, timedelta
from enum import Enum, unique
from typing import TypeAlias

from attrs import frozen

from eservices_core.booking.cancelling import Who
from eservices_core.booking.delivery import Evidence
from eservices_core.booking.life import Event
from eservices_core.booking.terms import ConflictKind, Terms
from eservices_core.clinic.booking_settings import Grade, Switch
from eservices_core.clinic.staff import StaffMember
from eservices_core.outcome import Outcome
from eservices_core.words.identifiers import MailId, PractitionerId, UserId
from eservices_core.words.interval import Interval


@frozen
class Counts:
    """What the clinic lets count as received (D-BOOK-2)."""

    wanted: Grade
    own_relay: Switch


@frozen
class Request:
    """A patient asks for a time."""

    terms: Terms
    at: datetime
    answer_by: datetime


@frozen
class BookForPatient:
    """Staff book for a patient."""

    terms: Terms
    by: StaffMember
    outside: tuple[str, ...]
    mail: MailId | None
    at: datetime


@frozen
class Approve:
    """The clinic says yes."""

    by: StaffMember
    mail: MailId | None
    at: datetime


@frozen
class Decline:
    """The clinic says no."""

    by: StaffMember
    mail: MailId | None
    at: datetime


@frozen
class Cancel:
    """Somebody cancels; `by` is the member of staff, where the clinic does."""

    who: Who
    by: StaffMember | None
    mail: MailId | None
    at: datetime
    notice: timedelta

    def __attrs_post_init__(self) -> None:
        assert (self.by is not None) == (self.who in {Who.CLINIC, Who.DEATH})


@frozen
class Move:
    """Staff give it another time, or a patient their own request (`by` None)."""

    practitioner: PractitionerId
    interval: Interval
    by: StaffMember | None
    mail: MailId | None
    at: datetime
    answer_by: datetime


@frozen
class Resend:
    """Staff send the confirmation again."""

    mail: MailId
    by: StaffMember
    at: datetime


@frozen
class NoteHandedOver:
    """A server took the mail, at `handed_over_at`."""

    mail: MailId
    handed_over_at: datetime
    at: datetime
    counts: Counts


@frozen
class NoteAmbiguous:
    """An attempt at the mail ended without an answer."""

    mail: MailId
    at: datetime


@frozen
class NoteFailed:
    """The mail was refused, it bounced, or its attempts ended."""

    mail: MailId
    may_have_arrived: bool
    at: datetime


@frozen
class NoteReported:
    """A delivery report says that the mail was delivered."""

    mail: MailId
    at: datetime
    counts: Counts


@frozen
class NoteOpened:
    """The patient opened the booking after logging in."""

    at: datetime


@frozen
class RecordTold:
    """Staff told the patient: by call, letter or slip."""

    evidence: Evidence
    by: StaffMember
    at: datetime


@frozen
class LetTimePass:
    """Look at the clock: deadlines, and silence after a mail.

    Attributes:
        mail: the id of the mail that tells of an expiry or reminds, if one follows; None where
            nobody can be mailed.
        no_bounce_window: how long silence must last to count.
        remind_staff_at: when staff are reminded of a request that still waits.
        remind_patient_before: how long before the start a patient is reminded; None for never.
    """

    at: datetime
    mail: MailId | None
    counts: Counts
    no_bounce_window: timedelta
    remind_staff_at: datetime | None
    remind_patient_before: timedelta | None = None


@frozen
class RecordAttended:
    """The patient came."""

    by: StaffMember
    at: datetime


@frozen
class RecordMissed:
    """The patient did not come."""

    by: StaffMember
    at: datetime


@frozen
class Seen:
    """How the clinic's calendar disagrees."""

    kind: ConflictKind
    reference: str


@frozen
class NoteCalendar:
    """The clinic's calendar was read; None if it agrees."""

    seen: Seen | None
    at: datetime


@frozen
class SettleConflict:
    """Staff let the booking stand, whatever the calendar has."""

    by: StaffMember
    at: datetime


@frozen
class NoteInCalendar:
    """The clinic's calendar was told of the time, or (None) that there is none."""

    written: Interval | None


@frozen
class Join:
    """Staff know whose booking without a user it is."""

    user: UserId
    by: StaffMember


Command: TypeAlias = (
    Request
    | BookForPatient
    | Approve
    | Decline
    | Cancel
    | Move
    | Resend
    | NoteHandedOver
    | NoteAmbiguous
    | NoteFailed
    | NoteReported
    | NoteOpened
    | RecordTold
    | LetTimePass
    | RecordAttended
    | RecordMissed
    | NoteCalendar
    | SettleConflict
    | NoteInCalendar
    | Join
)


@unique
class BookingRefusal(Enum):
    """Why nothing happens."""

    NO_BOOKING = "no_booking"
    EXISTS = "exists"
    DECLINED = "declined"
    CANCELLED = "cancelled"
    EXPIRED = "expired"
    OVER = "over"
    """Attended or missed."""
    HAS_BEGUN = "has_begun"
    """From its first minute on it takes only attended or no-show."""
    NOT_BEGUN = "not_begun"
    ALREADY_APPROVED = "already_approved"
    NOT_APPROVED = "not_approved"
    ALREADY_CONFIRMED = "already_confirmed"
    IN_CONFLICT = "in_conflict"
    NO_CONFLICT = "no_conflict"
    NOT_THE_NEWEST_MAIL = "not_the_newest_mail"
    STAFF_MOVE_WHAT_IS_APPROVED = "staff_move_what_is_approved"
    SAME_TIME = "same_time"
    KNOWS_ALREADY = "knows_already"
    NOT_A_GUEST = "not_a_guest"


Decided: TypeAlias = Outcome[tuple[Event, ...], BookingRefusal]
