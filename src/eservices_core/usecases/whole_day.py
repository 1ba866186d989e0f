"""A practitioner's whole day, or a part of it (D-BOOK-10, D-BOOK-11): preview, cancel, move.

Staff see what lies there, and act on what they have seen: a booking that came in between is named
and left alone. Each booking is a unit of work of its own, under a key of its own; so one that was
cut off half-way is simply asked for again, and nobody gets two mails.
"""

from collections.abc import Callable
from datetime import datetime, timedelta

from attrs import frozen

from eservices_core import events
from eservices_core.booking.sentences import Reader, sentence
from eservices_core.booking.states import Begun, Live
from eservices_core.booking.terms import OfUser
from eservices_core.clinic.staff import StaffMember
from eservices_core.outcome import Failure, Outcome, Success
from eservices_core.texts import Text
from eservices_core.usecases.bookings import booking_at, stream_of
from eservices_core.usecases.cancel_booking import (
    BookingIsCancelled,
    CancelForClinic,
    cancel_for_clinic,
)
from eservices_core.usecases.looking import Seen, look
from eservices_core.usecases.move_booking import Moved, MoveForClinic, move_for_clinic
from eservices_core.usecases.refusal import Refusal
from eservices_core.usecases.services import Command, Services
from eservices_core.usecases.unit import Unit
from eservices_core.words.clinic_time import COPENHAGEN
from eservices_core.words.identifiers import BookingId, PractitionerId, UserId
from eservices_core.words.interval import Interval


@frozen(kw_only=True)
class PreviewDay(Command):
    """Staff look at what lies in a practitioner's book; who saw it is noted."""

    staff: StaffMember
    practitioner: PractitionerId
    within: Interval


@frozen
class Lies:
    """One booking that lies there."""

    booking: BookingId
    interval: Interval
    sentence: Text


@frozen(kw_only=True)
class CancelDay(Command):
    """Staff cancel what they have seen.

    Attributes:
        seen: the bookings of the preview; no others are touched.
    """

    staff: StaffMember
    practitioner: PractitionerId
    within: Interval
    seen: tuple[BookingId, ...]


@frozen(kw_only=True)
class MoveDay(Command):
    """Staff move what they have seen to the same wall times of another day, or practitioner.

    Attributes:
        seen: the bookings of the preview; no others are touched.
        days: by how many days; may be 0 where the practitioner is another.
    """

    staff: StaffMember
    practitioner: PractitionerId
    within: Interval
    seen: tuple[BookingId, ...]
    to: PractitionerId
    days: int


@frozen
class DayDone:
    """What came of it.

    Attributes:
        done: the bookings that were cancelled or moved.
        refused: those that were not, and why.
        not_seen: live bookings that were not in the preview; nothing was done to them.
    """

    done: tuple[BookingId, ...]
    refused: tuple[tuple[BookingId, Refusal], ...] = ()
    not_seen: tuple[BookingId, ...] = ()


def preview_day(services: Services, command: PreviewDay) -> Outcome[tuple[Lies, ...], Refusal]:
    """List the live bookings that begin within a time, by their start."""

    def read(unit: Unit) -> list[tuple[BookingId, Begun, Lies]]:
        live = _live(unit, command.staff, command.practitioner, command.within)
        return [
            (
                identifier,
                state,
                Lies(
                    identifier,
                    state.terms.interval,
                    sentence(state, Reader.STAFF, unit.at).text,
                ),
            )
            for identifier, state in live
        ]

    found = look(services, command, "preview_day", read, _seen, rule="D-BOOK-11", purpose="desk")
    if isinstance(found, Failure):
        return found
    return Success(tuple(lies for _, _, lies in found.unwrap()))


def _seen(found: list[tuple[BookingId, Begun, Lies]]) -> list[Seen]:
    return [Seen(_user_of(state), stream_of(identifier)) for identifier, state, _ in found]


def _user_of(state: Begun) -> UserId | None:
    patient = state.terms.patient
    return patient.user if isinstance(patient, OfUser) else None


def cancel_day(services: Services, command: CancelDay) -> DayDone:
    """Cancel all that was seen, with one mail each."""

    def one(identifier: BookingId) -> Outcome[BookingIsCancelled, Refusal]:
        return cancel_for_clinic(
            services,
            CancelForClinic(
                key=command.key, by=command.by, staff=command.staff, booking=identifier
            ),
            step=f":{identifier}",
        )

    return _each(services, command, one)


def move_day(services: Services, command: MoveDay) -> DayDone:
    """Move all that was seen; one for which there is no room stays where it is, and is named."""

    def one(identifier: BookingId) -> Outcome[Moved, Refusal]:
        state = booking_at(Unit(services, command), command.staff.clinic, identifier)
        if isinstance(state, Failure):
            return state
        starts_at = state.unwrap().terms.interval.starts_at
        return move_for_clinic(
            services,
            MoveForClinic(
                key=command.key,
                by=command.by,
                staff=command.staff,
                booking=identifier,
                practitioner=command.to,
                at=_same_time(starts_at, command.days),
                outside=True,
            ),
            step=f":{identifier}",
        )

    return _each(services, command, one)


def _same_time(instant: datetime, days: int) -> datetime:
    """The same time on the clock, some days later; what no clock shows is refused by the move."""
    shown = instant.astimezone(COPENHAGEN).replace(tzinfo=None)
    return shown + timedelta(days=days)


def _each(
    services: Services,
    command: CancelDay | MoveDay,
    one: Callable[[BookingId], Outcome[object, Refusal]],
) -> DayDone:
    live = _live(Unit(services, command), command.staff, command.practitioner, command.within)
    done: list[BookingId] = []
    refused: list[tuple[BookingId, Refusal]] = []
    for identifier in command.seen:
        outcome = one(identifier)
        if isinstance(outcome, Failure):
            refused.append((identifier, outcome.failure()))
        else:
            done.append(identifier)
    not_seen = tuple(each for each, _ in live if each not in command.seen)
    return DayDone(tuple(done), tuple(refused), not_seen)


def _live(
    unit: Unit, staff: StaffMember, practitioner: PractitionerId, within: Interval
) -> list[tuple[BookingId, Begun]]:
    found: list[tuple[BookingId, Begun]] = []
    live = unit.services.claims.live(staff.clinic, practitioner, within)
    unit.read_ahead(events.BOOKING, (held.booking for held in live))
    for held in live:
        state = booking_at(unit, staff.clinic, held.booking)
        if not isinstance(state, Failure) and isinstance(state.unwrap(), Live):
            found.append((held.booking, state.unwrap()))
    return found
