"""Bookings for the tests of the machine: a few fixed values, and a state of each class."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from attrs import evolve as with_changes

from eservices_core.booking.booking import decide
from eservices_core.booking.cancelling import Cancellation
from eservices_core.booking.commands import BookingRefusal, Command, Counts
from eservices_core.booking.delivery import (
    Ambiguous,
    Evidence,
    HandedOver,
    NobodyToMail,
    Proof,
    Queued,
    Way,
)
from eservices_core.booking.life import Event, evolve
from eservices_core.booking.states import (
    Approval,
    Attended,
    AwaitingDelivery,
    Booking,
    Cancelled,
    Confirmed,
    Declined,
    Expired,
    Missed,
    NoBooking,
    Requested,
    Told,
    Undelivered,
)
from eservices_core.booking.terms import Guest, OfUser, Terms
from eservices_core.clinic.booking_settings import Grade, Switch
from eservices_core.clinic.staff import StaffMember
from eservices_core.outcome import Failure
from eservices_core.words.identifiers import (
    ClinicId,
    ContentId,
    MailId,
    PractitionerId,
    Pseudonym,
    StaffId,
    TypeId,
    UserId,
)
from eservices_core.words.interval import Interval, minute_of

TICK: Final = timedelta(microseconds=1)
MINUTE: Final = timedelta(minutes=1)
HOUR: Final = timedelta(hours=1)
DAY: Final = timedelta(days=1)

CLINIC: Final = ClinicId("clinic")
PRACTITIONER: Final = PractitionerId("practitioner-mette")
OTHER: Final = PractitionerId("practitioner-ole")
TYPE: Final = TypeId("type-hiv-test")
COMMENT: Final = ContentId("comment-record")
ANNE: Final = StaffMember(StaffId("staff-anne"), CLINIC)
BO: Final = StaffMember(StaffId("staff-bo"), CLINIC)

START: Final = datetime(2026, 11, 30, 8, 20, tzinfo=UTC)
"""A Monday, 9.20 in Copenhagen."""
END: Final = START + 20 * MINUTE
ASKED: Final = START - 7 * DAY
DEADLINE: Final = START - 5 * DAY
NOW: Final = START - 6 * DAY
"""After the request, before the deadline."""
WINDOW: Final = 30 * MINUTE
NOTICE: Final = 2 * DAY

TIME: Final = Interval(minute_of(START), minute_of(END))
NEXT_DAY: Final = Interval(TIME.start + 24 * 60, TIME.end + 24 * 60)
M1, M2, M3 = MailId("mail-1"), MailId("mail-2"), MailId("mail-3")

TERMS: Final = Terms(OfUser(UserId("user")), CLINIC, PRACTITIONER, TYPE, TIME, COMMENT)
GUEST: Final = Guest(Pseudonym("address"), ContentId("contact"))
APPROVAL: Final = Approval(ANNE, PRACTITIONER, NOW)

NO_BOUNCE: Final = Counts(Grade.NO_BOUNCE, Switch.OFF)
HANDED: Final = Counts(Grade.HANDED_OVER, Switch.OFF)
REPORTED: Final = Counts(Grade.REPORTED_DELIVERED, Switch.OFF)
OPENED_ONLY: Final = Counts(Grade.OPENED, Switch.OFF)

SILENT: Final = Proof(Evidence.NO_BOUNCE, NOW)
OPENED: Final = Proof(Evidence.OPENED, NOW)
CALLED: Final = Proof(Evidence.CALL, NOW, BO)


def awaiting(way: Way) -> AwaitingDelivery:
    """An approved booking whose confirmation is underway."""
    return AwaitingDelivery(TERMS, APPROVAL, way)


STATES: Final[dict[str, Booking]] = {
    "none": NoBooking(),
    "requested": Requested(TERMS, ASKED, DEADLINE, reminded=False),
    "nobody_to_mail": awaiting(NobodyToMail()),
    "queued": awaiting(Queued(M1)),
    "handed_over": awaiting(HandedOver(M1, NOW)),
    "ambiguous": awaiting(Ambiguous(M1)),
    "undelivered": Undelivered(TERMS, APPROVAL, M1, may_have_arrived=False),
    "confirmed": Confirmed(TERMS, APPROVAL, SILENT, M1),
    "declined": Declined(TERMS, ANNE, Told(M1)),
    "cancelled": Cancelled(TERMS, Cancellation.BY_CLINIC, ANNE, Told(M1)),
    "expired": Expired(TERMS, Told(M1)),
    "attended": Attended(TERMS),
    "missed": Missed(TERMS),
}
"""A state of each class, and of each way that a confirmation can be on."""


def with_terms(state: Any, **changes: Any) -> Any:
    """The same state with other terms."""
    return with_changes(state, terms=with_changes(state.terms, **changes))


def fold(state: Booking, events: Iterable[Event]) -> Booking:
    """What a booking is after some events."""
    for event in events:
        state = evolve(state, event)
    return state


def after(state: Booking, *commands: Command) -> Booking:
    """What a booking is after commands that are all allowed."""
    for command in commands:
        state = fold(state, decide(state, command).unwrap())
    return state


def refusal(state: Booking, command: Command) -> BookingRefusal | None:
    """Why a command is refused; None if it is not."""
    outcome = decide(state, command)
    return outcome.failure() if isinstance(outcome, Failure) else None
