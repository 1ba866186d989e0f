"""The free times of a clinic: what its periods offer, without what is taken (S-BOOK-1, S-BOOK-2).

Here: all that `offered` offers within some days, found in one sweep, and kept packed: months of
times are a few arrays of integers, and become objects when somebody looks at them. Not here: which
times a period has (`periods`), and the reason for a single one (`offered`).
"""

from array import array
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from heapq import merge
from itertools import islice
from operator import attrgetter
from typing import Final, overload

from attrs import field, frozen

from eservices_core.booking.book import Book, Enquiry
from eservices_core.booking.bookable import OPEN, Offer, open_facts
from eservices_core.booking.offered import too_far_from
from eservices_core.booking.opening import first_start
from eservices_core.booking.periods import (
    WEEK,
    Week,
    closed_stretches,
    rotation,
    starts_on,
    template_on,
    turn_of,
)
from eservices_core.booking.wall_clock import Stretch, day_start, shown_at
from eservices_core.clinic.booking_settings import (
    DAY,
    DayPeriod,
    OwnLength,
    Practitioner,
)
from eservices_core.words.identifiers import PractitionerId, TypeId
from eservices_core.words.interval import Interval

_ONE_DAY: Final = timedelta(days=1)
_NONE: Final = (1 << 60, 1 << 60)
"""A stretch later than any other."""


@frozen(order=True)
class FreeTime:
    """A time that can be asked for.

    Attributes:
        interval: the appointment itself.
        pause: the minutes after it that are free too; a claim holds them as well.
    """

    interval: Interval
    practitioner: PractitionerId
    type: TypeId
    pause: int = 0

    @property
    def claim(self) -> Interval:
        """What a booking of it takes: the appointment and the pause after it."""
        return Interval(self.interval.start, self.interval.end + self.pause)


def _packed(starts: Iterable[int]) -> "array[int]":
    return array("q", starts)


@frozen(eq=False)
class FreeRun:
    """The free times of one type with one practitioner, packed.

    Attributes:
        own: the type, its length and its pause with this practitioner.
        starts: the first minutes of the times, in order.
    """

    practitioner: PractitionerId
    own: OwnLength
    starts: "array[int]" = field(converter=_packed, repr=False)

    def __len__(self) -> int:
        return len(self.starts)

    def __iter__(self) -> Iterator[FreeTime]:
        return map(self._at, self.starts)

    def __getitem__(self, place: int) -> FreeTime:
        return self._at(self.starts[place])

    def _at(self, start: int) -> FreeTime:
        own = self.own
        interval = Interval(start, start + own.length)
        return FreeTime(interval, self.practitioner, own.type, own.pause)

    def begins_at(self, start: int) -> bool:
        """Whether one of the times begins at an instant."""
        place = bisect_left(self.starts, start)
        return place < len(self.starts) and self.starts[place] == start

    def between(self, first: int, until: int) -> "FreeRun":
        """The times that begin from one instant up to, and not including, another."""
        least, most = bisect_left(self.starts, first), bisect_left(self.starts, until)
        return FreeRun(self.practitioner, self.own, self.starts[least:most])

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, FreeRun):
            return NotImplemented
        return (self.practitioner, self.own, self.starts) == (
            other.practitioner,
            other.own,
            other.starts,
        )

    def __hash__(self) -> int:
        return hash((self.practitioner, self.own, self.starts.tobytes()))


@frozen
class FreeTimes:
    """Free times of a clinic, as one value.

    They stand practitioner by practitioner, type by type, and in each by their start; a
    practitioner and type that have none are left out, so that equal times are equal values.
    """

    runs: tuple[FreeRun, ...] = ()

    def __len__(self) -> int:
        return sum(map(len, self.runs))

    def __iter__(self) -> Iterator[FreeTime]:
        for run in self.runs:
            yield from run

    @overload
    def __getitem__(self, place: int) -> FreeTime: ...
    @overload
    def __getitem__(self, place: slice) -> Sequence[FreeTime]: ...
    def __getitem__(self, place: int | slice) -> FreeTime | Sequence[FreeTime]:
        if isinstance(place, slice):
            return tuple(self[each] for each in range(*place.indices(len(self))))
        left = place + len(self) if place < 0 else place
        for run in self.runs:
            if 0 <= left < len(run):
                return run[left]
            left -= len(run)
        raise IndexError(place)

    def __contains__(self, time: object) -> bool:
        return isinstance(time, FreeTime) and any(
            run.practitioner == time.practitioner
            and run.own == OwnLength(time.type, time.interval.end - time.interval.start, time.pause)
            and run.begins_at(time.interval.start)
            for run in self.runs
        )

    def first(self, count: int) -> tuple[FreeTime, ...]:
        """The earliest times of all, in order; fewer if there are not so many."""
        assert count >= 0
        return tuple(islice(merge(*self.runs, key=attrgetter("interval.start")), count))

    def on(self, day: date) -> "FreeTimes":
        """The times that begin on a day of the clinic's."""
        return self.between(day, day + _ONE_DAY)

    def between(self, first: date, until: date) -> "FreeTimes":
        """The times that begin from a day up to, and not including, another."""
        least, most = day_start(first), day_start(until)
        return _of(run.between(least, most) for run in self.runs)

    def with_practitioner(self, practitioner: PractitionerId) -> "FreeTimes":
        """The times with one practitioner."""
        return FreeTimes(tuple(run for run in self.runs if run.practitioner == practitioner))

    def of_type(self, kind: TypeId) -> "FreeTimes":
        """The times of one type of appointment."""
        return FreeTimes(tuple(run for run in self.runs if run.own.type == kind))


def _of(runs: Iterable[FreeRun]) -> FreeTimes:
    return FreeTimes(tuple(run for run in runs if run))


# --- finding them --------------------------------------------------------------------------------


def free_times(
    enquiry: Enquiry, books: Mapping[PractitionerId, Book], first: date, until: date
) -> FreeTimes:
    """Find all times that begin from a day up to, and not including, another, and are offered.

    A practitioner without a book here has a calendar that was never read, so nothing is offered
    (D-BOOK-6). `why_not` says "offered" of these times and of no others.
    """
    settings = enquiry.settings
    soonest, too_far = first_start(settings, enquiry.now), too_far_from(settings, enquiry.now)
    if soonest >= too_far or first >= until:
        return FreeTimes()
    days = _days(max(first, shown_at(soonest)[0]), min(until, shown_at(too_far)[0] + _ONE_DAY))
    if not days:
        return FreeTimes()
    closed = closed_stretches(settings.closed)
    window = (soonest, too_far)
    runs: list[FreeRun] = []
    for who in settings.practitioners:
        book = books.get(who.practitioner, Book())
        kinds = [
            settings.length_with(who, kind)
            for kind in map(settings.type, who.types)
            if kind is not None and _is_open(enquiry, book, who, kind.type)
        ]
        if kinds:
            taken = _Taken.of(book.taken, closed, window)
            plan = _plan(who, days)
            runs += [FreeRun(who.practitioner, own, _free(own, plan, taken)) for own in kinds]
    return _of(runs)


def _is_open(enquiry: Enquiry, book: Book, who: Practitioner, kind: TypeId) -> bool:
    facts = open_facts(enquiry, book, who.practitioner, kind)
    return OPEN.decide(facts).then is Offer.OFFERED


_Day = tuple[date, int, int | None]
"""A day, its weekday, and its midnight: None where clocks change and no one number will do."""


def _days(first: date, until: date) -> list[_Day]:
    """The days from one up to another. The zone is asked once for each midnight, no more."""
    days: list[_Day] = []
    day, starts, weekday = first, day_start(first), first.weekday()
    while day < until:
        tomorrow = day + _ONE_DAY
        ends = day_start(tomorrow)
        days.append((day, weekday, starts if ends - starts == DAY else None))
        day, starts, weekday = tomorrow, ends, (weekday + 1) % WEEK
    return days


_Plan = Sequence[tuple[date, int | None, tuple[DayPeriod, ...]]]
"""Days that have periods, with their midnights as in `_Day`, and the periods in order."""


def _plan(who: Practitioner, days: Iterable[_Day]) -> _Plan:
    """The periods of each day that has any, as `periods_on` gives them."""
    exceptions = {each.day: tuple(sorted(each.periods)) for each in who.exceptions}
    rotations: dict[date, tuple[Week, ...]] = {}
    nothing: Week = ((),) * WEEK
    week: Week | None = None
    plan: list[tuple[date, int | None, tuple[DayPeriod, ...]]] = []
    for day, weekday, zero in days:
        if week is None or weekday == 0:
            template = template_on(who, day)
            if template is None:
                week = nothing
            else:
                begun = template.first_week
                if begun not in rotations:
                    rotations[begun] = rotation(template)
                week = rotations[begun][turn_of(template, day)]
        periods = exceptions.get(day, week[weekday]) if exceptions else week[weekday]
        if periods:
            plan.append((day, zero, periods))
    return plan


@frozen
class _Taken:
    """What no time may meet: the starts in order, and the ends in order, each by itself.

    A stretch from `c` meets none of the taken exactly if as many have ended by `c` as have begun
    before it ends. So gaps lie between the ends and the starts, place by place, and nothing has to
    be joined first.
    """

    starts: list[int]
    ends: list[int]
    closed: Sequence[Stretch]
    window: Stretch

    @classmethod
    def of(cls, taken: Iterable[Interval], closed: Sequence[Stretch], window: Stretch) -> "_Taken":
        stretches = list(taken)
        starts, ends = [each.start for each in stretches], [each.end for each in stretches]
        starts.sort()
        ends.sort()
        return cls(starts, ends, closed, window)

    def gaps(self, own: OwnLength) -> Iterator[Stretch]:
        """The stretches in which nothing is taken, in order; of some, nothing is left.

        Stretches for one type: a closed period may meet its pause, and begins later by that here;
        and the window's end is for its start, so it lies a whole time later.
        """
        soonest, too_far = self.window
        starts = [*self.starts, *(start + own.pause for start, _ in self.closed)]
        starts.append(too_far + own.length + own.pause - 1)
        ends = [*self.ends, *(end for _, end in self.closed), soonest]
        starts.sort()
        ends.sort()
        # What ends with the window's first instant began before all else, and what begins with its
        # last never ends: so the gap after `ends[n]` ends with `starts[n]`.
        return zip(ends, starts, strict=True)


def _free(own: OwnLength, plan: _Plan, taken: _Taken) -> list[int]:
    """Sweep the gaps and the starts of all periods together; both are in order."""
    every = taking = own.length + own.pause
    free: list[int] = []
    add, add_all = free.append, free.extend
    grids = _grids(own, plan)
    first, last = next(grids, _NONE)
    for gap_start, gap_end in taken.gaps(own):
        latest = gap_end - taking
        if latest < gap_start:
            continue
        while last < gap_start:
            first, last = next(grids, _NONE)
        start = first if gap_start <= first else gap_start + (first - gap_start) % every
        while last <= latest:  # the gap holds the rest of this period
            add_all(range(start, last + 1, every))
            first, last = next(grids, _NONE)
            start = first
        while start <= latest:
            add(start)
            start += every
    return free


def _grids(own: OwnLength, plan: _Plan) -> Iterator[Stretch]:
    """The first and the last start of each period, before anything is taken, in order.

    On a day when clocks change each start comes by itself, as `starts_on` finds them: one period's
    may lie before and after another's.
    """
    for day, zero, periods in plan:
        if zero is None:
            for start in starts_on(day, periods, own):
                yield start, start
            continue
        for period in periods:
            if not period.types or own.type in period.types:
                first, last = zero + period.start, zero + period.end - own.length
                if first <= last:
                    yield first, last - (last - first) % (own.length + own.pause)
