"""The claims of the ledger in memory: a dictionary, and the look at all of it that each act takes.

Not here: the lock under which a change is stored as one (`ledger`).
"""

from threading import Lock
from typing import TYPE_CHECKING

from eservices_core.ports.claims import (
    Claims,
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


class MemoryClaims:
    """Implements Claims; the part of `MemoryLedger` that keeps times."""

    def __init__(self, lock: Lock) -> None:
        self._lock = lock
        self._held: dict[BookingId, Held] = {}

    def live(
        self, clinic: ClinicId, practitioner: PractitionerId, within: Interval, /
    ) -> tuple[Held, ...]:
        """Give the claims in a practitioner's book that share a minute with `within`, by start."""
        found = self.live_at(clinic, within)
        return tuple(held for held in found if held.practitioner == practitioner)

    def live_at(self, clinic: ClinicId, within: Interval, /) -> tuple[Held, ...]:
        """Give those of all of a clinic's practitioners, by start, then by practitioner."""
        with self._lock:
            every = list(self._held.values())
        found = [held for held in every if held.clinic == clinic and held.interval.overlaps(within)]
        return tuple(sorted(found, key=lambda held: (held.interval.start, held.practitioner)))

    def held_by(self, booking: BookingId, /) -> Held | None:
        """Give a booking's claim; None where it has none."""
        with self._lock:
            return self._held.get(booking)

    def _claimed(self, change: Change) -> dict[BookingId, Held] | TimeIsTaken | StaleClaim:
        """Who has which time after a change; nothing is changed yet."""
        if not change.claims:
            return self._held
        after = dict(self._held)
        for act in change.claims:
            held = after.get(act.booking)
            if isinstance(act, ReleaseClaim):
                _ = after.pop(act.booking, None)
                continue
            wanted = Held(act.booking, act.clinic, act.practitioner, act.interval)
            if _is_stale(act, held, wanted):
                return StaleClaim(act.booking)
            if self._is_taken(after, wanted):
                return TimeIsTaken(act.clinic, act.practitioner, act.interval)
            after[act.booking] = wanted
        return after

    def _is_taken(self, after: dict[BookingId, Held], wanted: Held) -> bool:
        return any(
            other.booking != wanted.booking
            and (other.clinic, other.practitioner) == (wanted.clinic, wanted.practitioner)
            and other.interval.overlaps(wanted.interval)
            for other in after.values()
        )


def _is_stale(act: ClaimTime | MoveClaim, held: Held | None, wanted: Held) -> bool:
    match act:
        case ClaimTime():
            return held is not None and held != wanted
        case MoveClaim():
            return held is None or held.clinic != act.clinic


if TYPE_CHECKING:
    _claims: type[Claims] = MemoryClaims
