"""The statements about claims: which booking has which time of which practitioner (D-BOOK-1).

An act looks and writes within the transaction that stores its change, so nobody can come between;
the table's triggers say the same to whoever writes to it otherwise. Claims in one book never share
a minute, so the one that ends later also begins later, and `ends` alone orders them.
"""

import sqlite3
from typing import Any, Final

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

_HELD: Final = "SELECT booking, clinic, practitioner, starts, ends FROM claims"
_HELD_BY: Final = f"{_HELD} WHERE booking = ?"
_OVERLAPPING: Final = "clinic = ? AND practitioner = ? AND ends > ? AND starts < ?"
_LIVE: Final = f"{_HELD} WHERE {_OVERLAPPING} ORDER BY ends"
_LIVE_AT: Final = f"{_HELD} WHERE clinic = ? AND ends > ? AND starts < ?"
_TAKEN: Final = f"{_HELD} WHERE {_OVERLAPPING} AND booking <> ? LIMIT 1"
_CLAIM: Final = (
    "INSERT INTO claims (booking, clinic, practitioner, starts, ends) VALUES (?, ?, ?, ?, ?)"
)
_MOVE: Final = "UPDATE claims SET practitioner = ?, starts = ?, ends = ? WHERE booking = ?"
_RELEASE: Final = "DELETE FROM claims WHERE booking = ?"


def refusal_of(connection: sqlite3.Connection, change: Change) -> TimeIsTaken | StaleClaim | None:
    """Carry out the acts on claims in their order, up to one that cannot be; say why it cannot."""
    for act in change.claims:
        held = held_by(connection, act.booking)
        match act:
            case ReleaseClaim(booking):
                _ = connection.execute(_RELEASE, (booking.value,))
            case ClaimTime(booking, clinic, practitioner, interval):
                if held == Held(booking, clinic, practitioner, interval):
                    continue
                if held is not None:
                    return StaleClaim(booking)
                if _is_taken(connection, act):
                    return TimeIsTaken(clinic, practitioner, interval)
                book = booking.value, clinic.value, practitioner.value
                _ = connection.execute(_CLAIM, (*book, interval.start, interval.end))
            case MoveClaim(booking, clinic, practitioner, interval):
                if held is None or held.clinic != clinic:
                    return StaleClaim(booking)
                if _is_taken(connection, act):
                    return TimeIsTaken(clinic, practitioner, interval)
                place = practitioner.value, interval.start, interval.end
                _ = connection.execute(_MOVE, (*place, booking.value))
    return None


def _is_taken(connection: sqlite3.Connection, act: ClaimTime | MoveClaim) -> bool:
    book = act.clinic.value, act.practitioner.value
    values = (*book, act.interval.start, act.interval.end, act.booking.value)
    return connection.execute(_TAKEN, values).fetchone() is not None


def held_by(connection: sqlite3.Connection, booking: BookingId) -> Held | None:
    """Give a booking's claim."""
    row = connection.execute(_HELD_BY, (booking.value,)).fetchone()
    return None if row is None else _held(row)


def live(
    connection: sqlite3.Connection, clinic: ClinicId, practitioner: PractitionerId, within: Interval
) -> tuple[Held, ...]:
    """Give the claims in a book that share a minute with `within`, by start."""
    values = (clinic.value, practitioner.value, within.start, within.end)
    return tuple(map(_held, connection.execute(_LIVE, values)))


def live_at(connection: sqlite3.Connection, clinic: ClinicId, within: Interval) -> tuple[Held, ...]:
    """Give those in all books of a clinic, by start, then by practitioner."""
    found = map(_held, connection.execute(_LIVE_AT, (clinic.value, within.start, within.end)))
    return tuple(sorted(found, key=lambda held: (held.interval.start, held.practitioner)))


def _held(row: tuple[Any, ...]) -> Held:
    booking, clinic, practitioner, starts, ends = row
    return Held(
        BookingId(booking), ClinicId(clinic), PractitionerId(practitioner), Interval(starts, ends)
    )
