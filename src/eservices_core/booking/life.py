"""The life of a booking: its events, and how one state follows from another.

Here: what has happened, and `evolve`. Which command leads where, and what is refused, is
`booking`'s to say; what a booking can be stands in `states`.
"""

from datetime import datetime
from typing import TypeAlias, assert_never

from attrs import evolve as with_changes
from attrs import frozen

from eservices_core.booking.cancelling import Cancellation
from eservices_core.booking.delivery import (
    Ambiguous,
    HandedOver,
    NobodyToMail,
    Proof,
    Queued,
    Way,
    mail_of,
)
from eservices_core.booking.states import (
    Approval,
    Approved,
    Attended,
    AwaitingDelivery,
    Booking,
    Cancelled,
    Confirmed,
    Declined,
    Expired,
    Live,
    Missed,
    NoBooking,
    Requested,
    Told,
    Undelivered,
    Unhappy,
)
from eservices_core.booking.terms import Conflict, ConflictKind, OfUser, Terms
from eservices_core.clinic.staff import StaffMember
from eservices_core.words.identifiers import MailId, PractitionerId, UserId
from eservices_core.words.interval import Interval

# --- events ------------------------------------------------------------------------------------


@frozen
class TimeRequested:
    """A patient asked for a time, and holds it."""

    terms: Terms
    at: datetime
    answer_by: datetime


@frozen
class BookedByStaff:
    """Staff booked for a patient; no second approval is needed (D-BOOK-11).

    Attributes:
        outside: the names of the rows of `bookable`, `offered` and `asking` that staff stepped
            outside of.
    """

    terms: Terms
    by: StaffMember
    outside: tuple[str, ...]
    mail: MailId | None
    at: datetime


@frozen
class BookingApproved:
    """The clinic said yes; the confirmation is on its way, where anybody can be mailed."""

    by: StaffMember
    mail: MailId | None
    at: datetime


@frozen
class BookingDeclined:
    """The clinic said no."""

    by: StaffMember
    mail: MailId | None


@frozen
class BookingMoved:
    """It has another time; the old one is free.

    Attributes:
        by: the member of staff who moved it; None if the patient moved their own request.
        answer_by: the new deadline of a request; None for what was approved.
        mail: the confirmation of the new time; None for a request, or where nobody can be mailed.
    """

    practitioner: PractitionerId
    interval: Interval
    by: StaffMember | None
    answer_by: datetime | None
    mail: MailId | None


@frozen
class ConfirmationResent:
    """Staff sent the confirmation again, to the address as it is now."""

    mail: MailId
    by: StaffMember


@frozen
class ConfirmationHandedOver:
    """A server took it."""

    mail: MailId
    at: datetime


@frozen
class ConfirmationAmbiguous:
    """An attempt ended without an answer."""

    mail: MailId


@frozen
class ConfirmationFailed:
    """It was refused, it bounced, or its attempts ended."""

    mail: MailId
    may_have_arrived: bool


@frozen
class BookingConfirmed:
    """The patient has received it."""

    proof: Proof


@frozen
class PatientTold:
    """The patient knows that it has ended."""

    proof: Proof


@frozen
class BookingCancelled:
    """It was withdrawn or cancelled."""

    how: Cancellation
    by: StaffMember | None
    mail: MailId | None


@frozen
class BookingExpired:
    """Nobody answered in time."""

    mail: MailId | None


@frozen
class StaffReminded:
    """Staff were reminded of a request."""


@frozen
class PatientReminded:
    """The patient is reminded of the appointment."""

    mail: MailId


@frozen
class PatientAttended:
    """The patient came."""

    by: StaffMember


@frozen
class PatientMissed:
    """The patient did not come."""

    by: StaffMember


@frozen
class ConflictFound:
    """The calendar disagrees (D-BOOK-6)."""

    kind: ConflictKind
    reference: str
    at: datetime


@frozen
class ConflictGone:
    """The calendar agrees again by itself."""


@frozen
class ConflictSettled:
    """Staff let the booking stand."""

    by: StaffMember


@frozen
class CalendarBroughtUpToDate:
    """The clinic's calendar has the booking at `written`, or (None) no longer has it."""

    written: Interval | None


@frozen
class GuestJoined:
    """Staff found whose booking it is; it is that user's from now on (D-BOOK-7)."""

    user: UserId
    by: StaffMember


Event: TypeAlias = (
    TimeRequested
    | BookedByStaff
    | BookingApproved
    | BookingDeclined
    | BookingMoved
    | ConfirmationResent
    | ConfirmationHandedOver
    | ConfirmationAmbiguous
    | ConfirmationFailed
    | BookingConfirmed
    | PatientTold
    | BookingCancelled
    | BookingExpired
    | StaffReminded
    | PatientReminded
    | PatientAttended
    | PatientMissed
    | ConflictFound
    | ConflictGone
    | ConflictSettled
    | CalendarBroughtUpToDate
    | GuestJoined
)

# --- how the one follows from the other ----------------------------------------------------------


def evolve(state: Booking, event: Event) -> Booking:  # noqa: C901  one event each
    """Apply an event that `booking.decide` gave; a history that it cannot have given is a bug."""
    match event:
        case TimeRequested(terms, at, answer_by):
            assert isinstance(state, NoBooking)
            return Requested(terms, at, answer_by, reminded=False)
        case BookedByStaff(terms, by, _, mail, at):
            assert isinstance(state, NoBooking)
            return AwaitingDelivery(terms, Approval(by, terms.practitioner, at), _way(mail))
        case BookingApproved(by, mail, at):
            assert isinstance(state, Requested)
            approval = Approval(by, state.terms.practitioner, at)
            return AwaitingDelivery(state.terms, approval, _way(mail))
        case BookingMoved():
            return _moved(state, event)
        case ConfirmationResent(mail):
            assert isinstance(state, AwaitingDelivery | Undelivered)
            return AwaitingDelivery(state.terms, state.approval, Queued(mail))
        case ConfirmationHandedOver(mail, at):
            assert isinstance(state, AwaitingDelivery)
            return with_changes(state, way=HandedOver(mail, at))
        case ConfirmationAmbiguous(mail):
            assert isinstance(state, AwaitingDelivery)
            return with_changes(state, way=Ambiguous(mail))
        case ConfirmationFailed(mail, may_have_arrived):
            assert isinstance(state, AwaitingDelivery | Confirmed)
            return Undelivered(state.terms, state.approval, mail, may_have_arrived)
        case BookingConfirmed(proof):
            return _confirmed(state, proof)
        case StaffReminded():
            assert isinstance(state, Requested)
            return with_changes(state, reminded=True)
        case PatientReminded():
            assert isinstance(state, Confirmed)
            return with_changes(state, patient_reminded=True)
        case (
            ConflictFound()
            | ConflictGone()
            | ConflictSettled()
            | CalendarBroughtUpToDate()
            | GuestJoined()
        ):
            assert not isinstance(state, NoBooking)
            return with_changes(state, terms=_noted(state.terms, event))
        case _:
            return _ended(state, event)


def _ended(
    state: Booking,
    event: BookingDeclined
    | BookingCancelled
    | BookingExpired
    | PatientTold
    | PatientAttended
    | PatientMissed,
) -> Booking:
    match event:
        case PatientTold(proof):
            assert isinstance(state, Unhappy)
            return with_changes(state, told=with_changes(state.told, proof=proof))
        case BookingDeclined(by, mail):
            assert isinstance(state, Requested)
            return Declined(_last(state.terms), by, Told(mail))
        case BookingExpired(mail):
            assert isinstance(state, Requested)
            return Expired(_last(state.terms), Told(mail))
        case BookingCancelled(how, by, mail):
            assert isinstance(state, Live)
            return Cancelled(_last(state.terms), how, by, Told(mail))
        case PatientAttended():
            assert isinstance(state, Approved)
            return Attended(_unsettled(state.terms))
        case PatientMissed():
            assert isinstance(state, Approved)
            return Missed(_unsettled(state.terms))
        case _:
            assert_never(event)


def _last(terms: Terms) -> Terms:
    """The terms of what has ended: calendars must hear of it, and no conflict is left."""
    return with_changes(_unsettled(terms), sequence=terms.sequence + 1)


def _unsettled(terms: Terms) -> Terms:
    """The terms without what the calendar disagreed on: nobody can settle it any more."""
    return with_changes(terms, conflict=None)


def _way(mail: MailId | None) -> Way:
    return NobodyToMail() if mail is None else Queued(mail)


def _confirmed(state: Booking, proof: Proof) -> Confirmed:
    assert isinstance(state, AwaitingDelivery | Undelivered)
    mail = state.mail if isinstance(state, Undelivered) else mail_of(state.way)
    return Confirmed(state.terms, state.approval, proof, mail)


def _moved(state: Booking, event: BookingMoved) -> Booking:
    assert isinstance(state, Live)
    same_calendar = event.practitioner == state.terms.practitioner
    terms = with_changes(
        state.terms,
        practitioner=event.practitioner,
        interval=event.interval,
        sequence=state.terms.sequence + 1,
        conflict=None,
        kept=None,
        # Another practitioner's calendar has not heard of it.
        written=state.terms.written if same_calendar else None,
    )
    if isinstance(state, Requested):
        assert event.answer_by is not None
        return with_changes(state, terms=terms, answer_by=event.answer_by, reminded=False)
    return AwaitingDelivery(terms, state.approval, _way(event.mail))


def _noted(
    terms: Terms,
    event: ConflictFound | ConflictGone | ConflictSettled | CalendarBroughtUpToDate | GuestJoined,
) -> Terms:
    match event:
        case ConflictFound(kind, reference, at):
            return with_changes(terms, conflict=Conflict(kind, reference, at))
        case ConflictGone():
            return with_changes(terms, conflict=None)
        case ConflictSettled():
            assert terms.conflict is not None
            if terms.conflict.kind is ConflictKind.CLASH:
                return with_changes(terms, conflict=None, kept=terms.conflict.reference)
            # What was lost or changed there is written again, as the booking has it; when that is
            # lost too, it is news (D-BOOK-6).
            return with_changes(terms, conflict=None, written=None)
        case CalendarBroughtUpToDate(written):
            return with_changes(terms, written=written)
        case GuestJoined(user):
            return with_changes(terms, patient=OfUser(user))
        case _:
            assert_never(event)
