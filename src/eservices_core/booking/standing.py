"""Whether a booking still takes acts, and why not (D-BOOK-4)."""

from datetime import datetime
from typing import assert_never

from eservices_core.booking.commands import BookingRefusal
from eservices_core.booking.states import (
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
    Undelivered,
)
from eservices_core.outcome import Failure, Outcome, Success


def why_not_live(state: Booking, at: datetime) -> BookingRefusal | None:
    """Say why a booking takes no more acts at `at`; None if it does.

    A request whose deadline has passed has expired, whether or not a worker has noted it.
    """
    match state:
        case NoBooking():
            return BookingRefusal.NO_BOOKING
        case Declined():
            return BookingRefusal.DECLINED
        case Cancelled():
            return BookingRefusal.CANCELLED
        case Expired():
            return BookingRefusal.EXPIRED
        case Attended() | Missed():
            return BookingRefusal.OVER
        case Requested(answer_by=answer_by) if at >= answer_by:
            return BookingRefusal.EXPIRED
        case Requested() | AwaitingDelivery() | Undelivered() | Confirmed():
            begun = at >= state.terms.interval.starts_at
            return BookingRefusal.HAS_BEGUN if begun else None
        case _:
            assert_never(state)


def living(state: Booking, at: datetime) -> Outcome[Live, BookingRefusal]:
    """Give the booking if it takes acts at `at`, or why it does not."""
    refusal = why_not_live(state, at)
    if refusal is not None:
        return Failure(refusal)
    assert isinstance(state, Live)
    return Success(state)
