"""What a booking can be: its states, as closed unions with their data.

A request claims its time at once. An approved booking is 'approved, awaiting delivery' until there
is proof that the confirmation was received; only then is it confirmed (S-BOOK-4, D-BOOK-3).
"""

from datetime import datetime
from typing import TypeAlias

from attrs import frozen

from eservices_core.booking.cancelling import Cancellation
from eservices_core.booking.delivery import Proof, Way
from eservices_core.booking.terms import Terms
from eservices_core.clinic.staff import StaffMember
from eservices_core.words.identifiers import MailId, PractitionerId


@frozen
class NoBooking:
    """Nobody has asked for anything."""


@frozen
class Requested:
    """A patient asks; the clinic has to answer (D-BOOK-5).

    Attributes:
        answer_by: when it expires, if the clinic has not answered.
        reminded: whether staff have been reminded.
    """

    terms: Terms
    requested_at: datetime
    answer_by: datetime
    reminded: bool


@frozen
class Approval:
    """Who approved, and when; for the practitioner whose book it was then (D-BOOK-11)."""

    by: StaffMember
    practitioner: PractitionerId
    at: datetime


@frozen
class AwaitingDelivery:
    """Approved; nothing proves yet that the patient knows (D-BOOK-3)."""

    terms: Terms
    approval: Approval
    way: Way


@frozen
class Undelivered:
    """Approved, and the confirmation did not arrive: staff resend, call, or release.

    Attributes:
        mail: the mail that failed.
        may_have_arrived: an attempt ended without an answer before it failed.
    """

    terms: Terms
    approval: Approval
    mail: MailId
    may_have_arrived: bool


@frozen
class Confirmed:
    """Approved, and received.

    Attributes:
        mail: the newest mail with this time in it; None where the patient was told otherwise.
        patient_reminded: whether the reminder before the appointment has been sent.
    """

    terms: Terms
    approval: Approval
    proof: Proof
    mail: MailId | None
    patient_reminded: bool = False


@frozen
class Told:
    """What the patient was sent about the end of it, and the proof that they know."""

    mail: MailId | None
    proof: Proof | None = None


@frozen
class Declined:
    """The clinic said no. Final."""

    terms: Terms
    by: StaffMember
    told: Told


@frozen
class Cancelled:
    """Withdrawn or cancelled. Final.

    Attributes:
        how: what the cancellation was (see `cancelling`).
        by: the member of staff who cancelled; None if it was the patient's side.
    """

    terms: Terms
    how: Cancellation
    by: StaffMember | None
    told: Told


@frozen
class Expired:
    """The clinic did not answer in time. Final."""

    terms: Terms
    told: Told


@frozen
class Attended:
    """The patient came. Final."""

    terms: Terms


@frozen
class Missed:
    """The patient did not come. Final."""

    terms: Terms


Approved: TypeAlias = AwaitingDelivery | Undelivered | Confirmed
Live: TypeAlias = Requested | Approved
Unhappy: TypeAlias = Declined | Cancelled | Expired
Ended: TypeAlias = Unhappy | Attended | Missed
Begun: TypeAlias = Live | Ended
Booking: TypeAlias = NoBooking | Begun
