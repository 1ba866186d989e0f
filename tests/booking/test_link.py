"""What the link of a booking without a user shows, and how tries at its code are counted."""

from datetime import datetime, timedelta
from typing import Final

import pytest

from eservices_core.booking import link
from eservices_core.booking.link import Stands
from eservices_core.outcome import Failure, Success
from tests.booking.bookings import DEADLINE, NOW, START, STATES

LIVE: Final = ("nobody_to_mail", "queued", "handed_over", "ambiguous", "undelivered", "confirmed")
BEFORE: Final = START - timedelta(microseconds=1)


@pytest.mark.parametrize(
    ("name", "at", "shown"),
    [
        ("requested", NOW, Stands.ASKED_FOR),
        ("requested", DEADLINE, Stands.DOES_NOT_STAND),
        *((name, at, Stands.STANDS) for name in LIVE for at in (NOW, BEFORE)),
        *((name, START, Stands.HAS_BEGUN) for name in LIVE),
        *((name, NOW, Stands.HAS_BEGUN) for name in ("attended", "missed")),
        *((name, NOW, Stands.DOES_NOT_STAND) for name in ("declined", "cancelled", "expired")),
    ],
)
def test_a_link_shows_whether_a_booking_stands(name: str, at: datetime, shown: Stands) -> None:
    """D-BOOK-7, D-BOOK-8: asked for, standing, begun or none of it; and nothing more is told."""
    state = STATES[name]
    assert name != "none"
    assert link.stands(state, at) is shown


def test_an_hour_old_is_no_try_of_this_hour() -> None:
    """D-BOOK-7: five within the hour; at the hour's end there is room again, and not before."""
    full = link.Tries((NOW,) * link.TRIES_PER_HOUR)
    just_before = NOW + link.WINDOW - timedelta(microseconds=1)
    too_many = Failure(link.LinkRefusal.TOO_MANY_TRIES)
    assert link.decide(full, link.TakeTry(just_before)) == too_many
    last = link.TakeTry(NOW + link.WINDOW)
    assert link.decide(full, last) == Success((link.CancelCodeTried(last.at),))
