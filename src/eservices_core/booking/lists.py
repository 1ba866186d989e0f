"""Lists of bookings: a patient's own, and what lies on the clinic's desk.

Here: folds of ids, so that nobody has to search. What a booking is stands in its own stream, and
is read there.
"""

from typing import TypeAlias, assert_never

from attrs import evolve as with_changes
from attrs import frozen

from eservices_core.booking.terms import Guest, OfUser, OnCard, Patient
from eservices_core.words.clinic_time import clinic_date
from eservices_core.words.identifiers import BookingId, ClinicId
from eservices_core.words.interval import Interval


@frozen
class PatientBookings:
    """A patient's bookings at one clinic, in the order in which they were made.

    Attributes:
        open: those that have not ended; the clinic's limit counts them (D-BOOK-10).
        ended: those that have.
    """

    open: tuple[BookingId, ...] = ()
    ended: tuple[BookingId, ...] = ()


@frozen
class BookingListed:
    """A booking was made."""

    booking: BookingId


@frozen
class BookingEnded:
    """A booking has come to its end, whichever."""

    booking: BookingId


PatientEvent: TypeAlias = BookingListed | BookingEnded


def list_booking(state: PatientBookings, event: PatientEvent) -> PatientBookings:
    """Fold a patient's list."""
    match event:
        case BookingListed(booking):
            return with_changes(state, open=(*state.open, booking))
        case BookingEnded(booking):
            assert booking in state.open
            still = tuple(each for each in state.open if each != booking)
            return PatientBookings(still, (*state.ended, booking))
        case _:
            assert_never(event)


@frozen
class LaidOnDesk:
    """A booking that has ended needs somebody's eyes: cancelled late, or the patient not told."""

    booking: BookingId


@frozen
class TakenOffDesk:
    """Somebody has seen to it."""

    booking: BookingId


DeskEvent: TypeAlias = LaidOnDesk | TakenOffDesk


def lay(state: tuple[BookingId, ...], event: DeskEvent) -> tuple[BookingId, ...]:
    """Fold what has ended and lies on a clinic's desk; live bookings are found by their claims."""
    match event:
        case LaidOnDesk(booking):
            return (*state, booking)
        case TakenOffDesk(booking):
            return tuple(each for each in state if each != booking)
        case _:
            assert_never(event)


# --- keys ------------------------------------------------------------------------------------


def patient_key(clinic: ClinicId, patient: Patient) -> str:
    """Key of the stream of one patient's bookings at one clinic."""
    match patient:
        case OfUser(user):
            return f"{clinic}/user/{user}"
        case OnCard(person):
            return f"{clinic}/card/{person}"
        case Guest(address):
            return f"{clinic}/guest/{address}"


def desk_key(clinic: ClinicId, interval: Interval) -> str:
    """Key of the stream of a clinic's desk, one for each week of appointments."""
    year, week, _ = clinic_date(interval.starts_at).isocalendar()
    return f"{clinic}/{year}-{week:02}"
