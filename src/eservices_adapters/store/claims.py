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
# The book's number, when the next claim begins of those that end later, and what the booking has
# now. As no two overlap, that one alone can be in the way: none of those behind it is looked at.
_LOOK: Final = (
    "SELECT asked.book, (SELECT starts FROM claims WHERE book = asked.book AND ends > ?"
    " AND booking <> ? ORDER BY ends LIMIT 1), held.book, held.starts, held.ends, books.clinic"
    " FROM (SELECT (SELECT book FROM books WHERE clinic = ? AND practitioner = ?) AS book) AS asked"
    " LEFT JOIN claims AS held ON held.booking = ? LEFT JOIN books ON books.book = held.book"
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
        if isinstance(act, ReleaseClaim):
            _ = session.execute(_RELEASE, (act.booking.value,))
            continue
        wanted = (act.interval.start, act.interval.end)
        named = act.booking.value, act.clinic.value, act.practitioner.value
        looked = (act.interval.start, *named)
        row = session.execute(_LOOK, (*looked, act.booking.value)).fetchone()
        book, next_begins, *held, at_clinic = row
        match act:
            case ClaimTime() if held == [book, *wanted]:
                continue
            case ClaimTime() if at_clinic is not None:
                return StaleClaim(act.booking)
            case MoveClaim() if at_clinic != act.clinic.value:
                return StaleClaim(act.booking)
            case _ if next_begins is not None and next_begins < act.interval.end:
                return TimeIsTaken(act.clinic, act.practitioner, act.interval)
            case ClaimTime():
                book = _open_book(session, act) if book is None else book
                session.put(f"claim/{act.booking}", _CLAIM, (act.booking.value, book, *wanted))
            case MoveClaim():
                book = _open_book(session, act) if book is None else book
                session.put(f"claim/{act.booking}", _MOVE, (book, *wanted, act.booking.value))
    return None


def _open_book(session: Session, act: ClaimTime | MoveClaim) -> int:
    named = act.clinic.value, act.practitioner.value
    _ = session.execute(_OPEN_BOOK, named)
    book: int = session.execute(_BOOK, named).fetchone()[0]
    return book


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
