"""Trying a calendar out: one entry is made, moved and taken away, and each is looked at.

Here: the steps, over any calendar that keeps the port's promises; and the shorter look for
whoever asks whether all is well. Not here: telling anybody (`cli`).
"""

from collections.abc import Iterable, Iterator
from typing import Final, TypeAlias, assert_never

from attrs import evolve, frozen

from eservices_core.outcome import Failure, Outcome
from eservices_core.ports.calendar import (
    AppointmentCalendar,
    Busy,
    CalendarTooLarge,
    CalendarUnreachable,
    Entry,
    EntryDiffers,
    NoSuchCalendar,
    Superseded,
    TooManyEvents,
    TooManyInstances,
    Unreadable,
    WriteRefused,
)
from eservices_core.words.identifiers import BookingId, ClinicId, PractitionerId
from eservices_core.words.interval import Interval

Named: TypeAlias = tuple[ClinicId, PractitionerId]

LENGTH: Final = 15
"""Minutes of the entry that is made."""


@frozen
class Finding:
    """One thing that was done or looked at, and how it ended, in a line without secrets."""

    name: str
    is_well: bool
    says: str


def try_out(
    calendar: AppointmentCalendar, whose: Named, day: Interval, booking: BookingId
) -> Iterator[Finding]:
    """Read what is taken on a day; make an entry on a free time, move it and take it away.

    It stops at the first thing that does not go well; what was made by then is taken away.
    """
    made = False
    try:
        reading = calendar.read(*whose, day)
        if isinstance(reading, Failure):
            yield Finding("read", is_well=False, says=told(reading.failure()))
            return
        busy = reading.unwrap().busy
        ours = sum(each.ours is not None for each in busy)
        yield Finding("read", is_well=True, says=f"{len(busy)} times are taken, {ours} by us")
        free = _free(busy, day)
        if free is None:
            yield Finding("make", is_well=False, says="no half hour is free on that day")
            return
        first = Entry(booking, 0, Interval(free.start, free.start + LENGTH))
        second = evolve(first, sequence=1, interval=Interval(free.end - LENGTH, free.end))
        made = True
        step = _seen("make", calendar, whose, first, calendar.write(*whose, first))
        yield step
        if not step.is_well:
            return
        moved = calendar.write(*whose, second, first.lying)
        step = _seen("move", calendar, whose, second, moved)
        yield step
        if not step.is_well:
            return
        yield _withdrawn(calendar, whose, second)
        made = False
    except CalendarUnreachable as error:
        yield Finding("reach", is_well=False, says=str(error))
    finally:
        if made:
            _clear_away(calendar, whose, booking)


def check(
    calendar: AppointmentCalendar, everybody: Iterable[Named], day: Interval
) -> Iterator[Finding]:
    """Look whether each practitioner's calendar can be read now; nothing is changed."""
    for whose in everybody:
        name = f"calendar of {whose[0]}/{whose[1]}"
        try:
            reading = calendar.read(*whose, day)
        except CalendarUnreachable as error:
            yield Finding(name, is_well=False, says=str(error))
            continue
        if isinstance(reading, Failure):
            yield Finding(name, is_well=False, says=told(reading.failure()))
        else:
            yield Finding(name, is_well=True, says="can be read")


def told(refused: WriteRefused) -> str:
    """Say a refusal in a line that holds nothing of anybody's appointments."""
    match refused:
        case NoSuchCalendar():
            return "nobody has said where this practitioner's calendar is"
        case CalendarTooLarge(limit):
            return f"it has more than {limit} bytes"
        case TooManyEvents(limit):
            return f"it has more than {limit} events"
        case TooManyInstances(limit=limit):
            return f"an event repeats more than {limit} times, or costs too much to unfold"
        case Unreadable(field):
            return f"what it says of {field} cannot be understood"
        case Superseded():
            return "a later entry of that name lies there"
        case EntryDiffers(None):
            return "the entry is gone"
        case EntryDiffers():
            return "the entry is not where it was put"
        case _:
            assert_never(refused)


# --- the steps -----------------------------------------------------------------------------------


def _free(busy: Iterable[Busy], day: Interval) -> Interval | None:
    """The last half hour of the day that nobody has taken."""
    for end in range(day.end, day.start + 2 * LENGTH - 1, -LENGTH):
        wanted = Interval(end - 2 * LENGTH, end)
        if not any(each.interval.overlaps(wanted) for each in busy):
            return wanted
    return None


def _seen(
    name: str,
    calendar: AppointmentCalendar,
    whose: Named,
    entry: Entry,
    written: Outcome[object, WriteRefused],
) -> Finding:
    if isinstance(written, Failure):
        return Finding(name, is_well=False, says=told(written.failure()))
    lying = calendar.read(*whose, entry.interval)
    if isinstance(lying, Failure):
        return Finding(name, is_well=False, says=told(lying.failure()))
    is_there = lying.unwrap().lying(entry.booking) == (entry.lying,)
    says = "it lies there" if is_there else "it was taken, and does not lie there"
    return Finding(name, is_there, says)


def _withdrawn(calendar: AppointmentCalendar, whose: Named, entry: Entry) -> Finding:
    gone = calendar.withdraw(*whose, entry.booking, entry.sequence)
    if isinstance(gone, Failure):
        return Finding("take away", is_well=False, says=told(gone.failure()))
    left = calendar.read(*whose, entry.interval)
    if isinstance(left, Failure):
        return Finding("take away", is_well=False, says=told(left.failure()))
    is_gone = not left.unwrap().lying(entry.booking)
    return Finding("take away", is_gone, "it is gone" if is_gone else "it lies there still")


def _clear_away(calendar: AppointmentCalendar, whose: Named, booking: BookingId) -> None:
    """Take away what may lie there; where that fails, the line that said why has been said."""
    try:
        _ = calendar.withdraw(*whose, booking, 1)
    except CalendarUnreachable:
        return
