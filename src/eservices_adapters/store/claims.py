"""The statements about claims: which booking has which time of which practitioner (D-BOOK-1).

An act looks and writes within the transaction that stores its change, and what it looks at is
locked, so nobody can come between; the table's own guards say the same to whoever writes to it
otherwise. Claims in one book never share a minute, so the one that ends later also begins later,
and `ends` alone orders them.
"""

from collections.abc import Iterator
from typing import Any, Final

from eservices_adapters.store.session import Session
from eservices_core.ports.claims import (
    ClaimTime,
    Held,
    MoveClaim,
    ReleaseClaim,
    StaleClaim,
    TimeIsTaken,
)
from eservices_core.ports.ledger import Change
from eservices_core.words.identifiers import BookingId, ClinicId, PractitionerId
from eservices_core.words.interval import Interval

_HELD: Final = (
    "SELECT booking, clinic, practitioner, starts, ends FROM claims"
    " JOIN books ON books.book = claims.book"
)
_HELD_BY: Final = f"{_HELD} WHERE booking = ?"
_LIVE: Final = (
    f"{_HELD} WHERE clinic = ? AND practitioner = ? AND ends > ? AND starts < ? ORDER BY ends"
)
_LIVE_AT: Final = f"{_HELD} WHERE clinic = ? AND ends > ? AND starts < ?"
_BOOK: Final = "SELECT book FROM books WHERE clinic = ? AND practitioner = ?"
_OPEN_BOOK: Final = "INSERT INTO books (clinic, practitioner) VALUES (?, ?) ON CONFLICT DO NOTHING"
_TAKEN: Final = (
    "SELECT 1 FROM claims WHERE book = ? AND ends > ? AND starts < ? AND booking <> ? LIMIT 1"
)
_CLAIM: Final = "INSERT INTO claims (booking, book, starts, ends) VALUES (?, ?, ?, ?)"
_MOVE: Final = "UPDATE claims SET book = ?, starts = ?, ends = ? WHERE booking = ?"
_RELEASE: Final = "DELETE FROM claims WHERE booking = ?"


def locks(change: Change) -> Iterator[str]:
    """Name what the acts of a change must have for themselves: bookings, and books."""
    for act in change.claims:
        yield f"booking/{act.booking}"
        if not isinstance(act, ReleaseClaim):
            yield f"book/{act.clinic}/{act.practitioner}"


def refusal_of(session: Session, change: Change) -> TimeIsTaken | StaleClaim | None:
    """Carry out the acts on claims in their order, up to one that cannot be; say why it cannot."""
    for act in change.claims:
        match act:
            case ReleaseClaim(booking):
                _ = session.execute(_RELEASE, (booking.value,))
            case ClaimTime(booking, clinic, practitioner, interval):
                held = held_by(session, booking)
                if held == Held(booking, clinic, practitioner, interval):
                    continue
                if held is not None:
                    return StaleClaim(booking)
                book = _free_book(session, act)
                if book is None:
                    return TimeIsTaken(clinic, practitioner, interval)
                values = booking.value, book, interval.start, interval.end
                _ = session.execute(_CLAIM, values)
            case MoveClaim(booking, clinic, practitioner, interval):
                held = held_by(session, booking)
                if held is None or held.clinic != clinic:
                    return StaleClaim(booking)
                book = _free_book(session, act)
                if book is None:
                    return TimeIsTaken(clinic, practitioner, interval)
                place = book, interval.start, interval.end
                _ = session.execute(_MOVE, (*place, booking.value))
    return None


def _free_book(session: Session, act: ClaimTime | MoveClaim) -> int | None:
    """Give the number of the book that an act writes to; None if the time is taken there."""
    named = act.clinic.value, act.practitioner.value
    row = session.execute(_BOOK, named).fetchone()
    if row is None:
        _ = session.execute(_OPEN_BOOK, named)
        row = session.execute(_BOOK, named).fetchone()
    book: int = row[0]
    values = book, act.interval.start, act.interval.end, act.booking.value
    return None if session.execute(_TAKEN, values).fetchone() else book


def held_by(session: Session, booking: BookingId) -> Held | None:
    """Give a booking's claim."""
    row = session.execute(_HELD_BY, (booking.value,)).fetchone()
    return None if row is None else _held(row)


def live(
    session: Session, clinic: ClinicId, practitioner: PractitionerId, within: Interval
) -> tuple[Held, ...]:
    """Give the claims in a book that share a minute with `within`, by start."""
    values = (clinic.value, practitioner.value, within.start, within.end)
    return tuple(map(_held, session.execute(_LIVE, values)))


def live_at(session: Session, clinic: ClinicId, within: Interval) -> tuple[Held, ...]:
    """Give those in all books of a clinic, by start, then by practitioner."""
    found = map(_held, session.execute(_LIVE_AT, (clinic.value, within.start, within.end)))
    return tuple(sorted(found, key=lambda held: (held.interval.start, held.practitioner)))


def _held(row: tuple[Any, ...]) -> Held:
    booking, clinic, practitioner, starts, ends = row
    return Held(
        BookingId(booking), ClinicId(clinic), PractitionerId(practitioner), Interval(starts, ends)
    )
