"""Claims: which time of which practitioner is spoken for, by which booking (D-BOOK-1).

Acts on claims are part of the ledger's one `Change`, so a booking and its time are stored together
or not at all; the store refuses what overlaps, and nobody asks first and writes afterwards. Here:
those acts, their refusals, and reading. Not here: which times may be offered (`booking`).

A booking has one claim at most. A practitioner's book is named by the clinic and the practitioner
together; two claims in one book never share a minute, and may touch.
"""

from typing import Protocol

from attrs import frozen

from eservices_core.words.identifiers import BookingId, ClinicId, PractitionerId
from eservices_core.words.interval import Interval


@frozen
class ClaimTime:
    """Claim a time for a booking that has none.

    `TimeIsTaken` if another booking has any minute of it. To claim exactly what the booking has
    changes nothing; where it has another time, that is a `StaleClaim`.
    """

    booking: BookingId
    clinic: ClinicId
    practitioner: PractitionerId
    interval: Interval


@frozen
class MoveClaim:
    """Exchange a booking's time for another in one step, at this practitioner or one beside them.

    The new time may overlap the old one. Refused (`TimeIsTaken`), it leaves the old one as it was
    (D-BOOK-4). Where the booking has no time at this clinic, that is a `StaleClaim`.
    """

    booking: BookingId
    clinic: ClinicId
    practitioner: PractitionerId
    interval: Interval


@frozen
class ReleaseClaim:
    """Free a booking's time; changes nothing where it has none."""

    booking: BookingId


@frozen
class TimeIsTaken:
    """Another booking has some of the time that was asked for, which is `interval`."""

    clinic: ClinicId
    practitioner: PractitionerId
    interval: Interval


@frozen
class StaleClaim:
    """The booking has another claim than the caller believed; read again, decide again."""

    booking: BookingId


@frozen
class Held:
    """A live claim."""

    booking: BookingId
    clinic: ClinicId
    practitioner: PractitionerId
    interval: Interval


class Claims(Protocol):
    """Reads the claims that changes have left. Never stale, and never a promise of what is free."""

    def live(
        self, clinic: ClinicId, practitioner: PractitionerId, within: Interval, /
    ) -> tuple[Held, ...]:
        """Give the claims in a practitioner's book that share a minute with `within`, by start."""
        ...

    def live_at(self, clinic: ClinicId, within: Interval, /) -> tuple[Held, ...]:
        """Give those of all of a clinic's practitioners, by start, then by practitioner."""
        ...

    def held_by(self, booking: BookingId, /) -> Held | None:
        """Give a booking's claim; None where it has none."""
        ...
