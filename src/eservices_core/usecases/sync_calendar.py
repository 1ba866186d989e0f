"""Bring a practitioner's calendar and the book together (S-BOOK-2, S-BOOK-7, D-BOOK-6).

Once round, by whoever runs it. Our entries are written, moved and withdrawn; an appointment on a
claimed time, and an entry of ours that somebody removed or moved, become a conflict that staff
settle. Like `follow_bookings` it looks at what is so, so nothing is lost by being killed.
"""

import hashlib
from collections.abc import Iterator
from datetime import timedelta
from typing import Final

from attrs import frozen

from eservices_core import events
from eservices_core.booking import booking
from eservices_core.booking.commands import Command as BookingCommand
from eservices_core.booking.commands import NoteCalendar, NoteInCalendar, Seen
from eservices_core.booking.states import Attended, Ended, Live, Missed, NoBooking
from eservices_core.booking.terms import ConflictKind, Terms
from eservices_core.correspondence.icalendar import TITLE
from eservices_core.outcome import Failure, Outcome, Success
from eservices_core.ports.calendar import (
    CalendarRefused,
    CalendarUnreachable,
    Entry,
    Lying,
    Reading,
)
from eservices_core.ports.ledger import BySystem
from eservices_core.usecases.booking_acts import act
from eservices_core.usecases.bookings import LIVE_AHEAD, settings_of, window_of
from eservices_core.usecases.perform import perform
from eservices_core.usecases.refusal import Refusal
from eservices_core.usecases.services import Command, Services
from eservices_core.usecases.settings_now import settings_now
from eservices_core.usecases.unit import Unit
from eservices_core.words.identifiers import BookingId, ClinicId, PractitionerId
from eservices_core.words.interval import Interval, minute_of

_LOOK_BACK: Final = timedelta(hours=1)


@frozen(kw_only=True)
class SyncBooking(Command):
    """The service compares one booking with the calendar."""

    booking: BookingId


@frozen
class Synced:
    """What was done to one booking's place in the calendar."""

    booking: BookingId


@frozen
class NotSynced:
    """The calendar could not be read; times are offered as long as the last reading is fresh."""

    why: CalendarRefused | CalendarUnreachable


def sync_calendar(
    services: Services, clinic: ClinicId, practitioner: PractitionerId
) -> Outcome[tuple[Synced, ...], NotSynced]:
    """Compare a practitioner's calendar with the book; give the bookings that had news."""
    now = services.clock.now()
    first = minute_of(now - _LOOK_BACK)
    held = services.claims.live(clinic, practitioner, Interval(first, minute_of(now + LIVE_AHEAD)))
    # No farther than there is something to compare: a calendar is slow to unfold for years.
    standing = settings_now(services, clinic)
    assert standing is not None, "a worker goes round the clinics that are here"
    offered = window_of(standing.settings.booking, now).end
    within = Interval(first, max(offered, *(each.interval.end for each in held), offered))
    known = services.calendar.read(clinic, practitioner, within, now)
    if known.why_not_newer is not None or known.reading is None:
        assert known.why_not_newer is not None
        return Failure(NotSynced(known.why_not_newer))
    reading = known.reading
    ours = {busy.ours for busy in reading.busy if busy.ours is not None}
    synced: list[Synced] = []
    for identifier in sorted({each.booking for each in held} | ours):
        try:
            news = _sync(services, (clinic, practitioner), identifier, reading)
        except CalendarUnreachable as unreachable:
            return Failure(NotSynced(unreachable))
        synced += [Synced(identifier)] if news else []
    return Success(tuple(synced))


def _sync(
    services: Services,
    of: tuple[ClinicId, PractitionerId],
    identifier: BookingId,
    reading: Reading,
) -> bool:
    key = f"sync-{services.chance.entropy(16).hex()}"
    command = SyncBooking(key=key, by=BySystem(), booking=identifier)
    look = Unit(services, command)
    state = look.state(events.BOOKING, identifier)
    if isinstance(state, NoBooking) or state.terms.clinic != of[0]:
        return False
    told = _bring_up_to_date(look, of, identifier, reading)
    news = (*told, *_disagreements(look, of, identifier, reading))
    if not any(_changes(look, identifier, each) for each in news):
        return bool(told)

    def work(unit: Unit) -> Outcome[Synced, Refusal]:
        unit.rule = "D-BOOK-6"
        for each in news:
            if _changes(unit, identifier, each):
                acted = act(unit, identifier, each)
                if isinstance(acted, Failure):
                    return acted
        return Success(Synced(identifier))

    return isinstance(perform(services, command, Synced, work), Success)


def _changes(unit: Unit, identifier: BookingId, command: BookingCommand) -> bool:
    decided = booking.decide(unit.state(events.BOOKING, identifier), command)
    return isinstance(decided, Success) and bool(decided.unwrap())


def _bring_up_to_date(
    unit: Unit, of: tuple[ClinicId, PractitionerId], identifier: BookingId, reading: Reading
) -> tuple[NoteInCalendar, ...]:
    """Write or withdraw our entry, where the calendar has not heard of the booking as it is."""
    state = unit.state(events.BOOKING, identifier)
    assert not isinstance(state, NoBooking)
    clinic, practitioner = of
    terms, lying = state.terms, reading.lying(identifier)
    calendar = unit.services.calendar.calendar
    here = terms.practitioner == practitioner
    if isinstance(state, Live) and here:
        if not _to_write(terms, lying):
            return ()
        believed = lying[0] if lying else None
        sequence = max(terms.sequence, believed.sequence + 1 if believed else 0)
        place = unit.settings(clinic).name, settings_of(unit, clinic).place
        entry = Entry(identifier, sequence, terms.interval, TITLE, ", ".join(filter(None, place)))
        written = calendar.write(clinic, practitioner, entry, believed)
        # Somebody was faster: the next round reads what they did.
        return () if isinstance(written, Failure) else (NoteInCalendar(terms.interval),)
    if lying and not (here and isinstance(state, Attended | Missed)):
        highest = max(each.sequence for each in lying)
        gone = calendar.withdraw(clinic, practitioner, identifier, highest)
        if isinstance(gone, Success) and here:
            return (NoteInCalendar(None),)
    return ()


def _to_write(terms: Terms, lying: tuple[Lying, ...]) -> bool:
    """Whether the calendar has yet to hear of the time; where it has, a difference is others'."""
    if any(each.interval == terms.interval for each in lying):
        return False
    return terms.written != terms.interval


def _disagreements(
    unit: Unit, of: tuple[ClinicId, PractitionerId], identifier: BookingId, reading: Reading
) -> Iterator[BookingCommand]:
    state = unit.state(events.BOOKING, identifier)
    if isinstance(state, NoBooking | Ended) or state.terms.practitioner != of[1]:
        return
    terms, lying = state.terms, reading.lying(identifier)
    if any(each.interval == terms.interval for each in lying):
        yield NoteInCalendar(terms.interval)
    yield NoteCalendar(_seen(terms, lying, reading), unit.at)


def _seen(terms: Terms, lying: tuple[Lying, ...], reading: Reading) -> Seen | None:
    """What the calendar disagrees on; our own entry first."""
    told = terms.written == terms.interval
    if told and not lying:
        return Seen(ConflictKind.LOST, _reference("lost", terms.interval))
    if told and all(each.interval != terms.interval for each in lying):
        return Seen(ConflictKind.CHANGED, _reference("changed", lying[0].interval))
    for busy in reading.busy:
        if busy.ours is None and busy.interval.overlaps(terms.interval):
            return Seen(ConflictKind.CLASH, _reference(str(busy.reference), busy.interval))
    return None


def _reference(name: str, interval: Interval) -> str:
    """Name what was found without a word that people wrote."""
    text = f"{name} {interval.start} {interval.end}"
    return hashlib.sha256(text.encode()).hexdigest()[:32]
