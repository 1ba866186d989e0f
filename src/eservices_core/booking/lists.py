"""Lists of bookings: a patient's own, and what lies on the clinic's desk.

Here: folds of ids, so that nobody has to search. What a booking is stands in its own stream, and
is read there.
"""

from typing import TypeAlias, assert_never

from attrs import evolve as with_changes
from attrs import frozen

from eservices_core.words.identifiers import BookingId


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
