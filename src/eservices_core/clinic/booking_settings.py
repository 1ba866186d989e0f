"""What a clinic chooses about its appointment book, as data with defaults (D-BOOK-10).

Times of day are whole minutes after midnight on the clinic's wall clock, so that a day can end at
24:00. Here: values, and what of them cannot be. Not here: where they are read from (a file of
settings), and what follows from them (`booking`).
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date, datetime, time, timedelta
from enum import unique
from itertools import combinations
from typing import Final, Self

from attrs import field, frozen

from eservices_core.tables import Fact
from eservices_core.texts import Text
from eservices_core.words.identifiers import PractitionerId, StaffId, TypeId

DAY: Final = 24 * 60
"""The minutes on the face of a day's clock; a day on which clocks change has more or fewer."""

LONGEST: Final = timedelta(days=731)
"""The longest notice and the farthest horizon: two years."""

FIRST_YEAR: Final = 1900
LAST_YEAR: Final = 2199
"""The years in which clinics are open and closed."""

_SUNDAY: Final = 6


@unique
class Switch(Fact):
    """Whether something is open."""

    ON = "on"
    OFF = "off"


@unique
class CommentRule(Fact):
    """Whether a request must say what it is about."""

    OPTIONAL = "optional"
    REQUIRED = "required"


@unique
class Grade(Fact):
    """What is evidence that a confirmation was received, from least to most (D-BOOK-2)."""

    HANDED_OVER = "handed_over"
    """Taken over by a server of the recipient's domain."""
    NO_BOUNCE = "no_bounce"
    """Handed over, and no bounce came within the set time."""
    REPORTED_DELIVERED = "reported_delivered"
    OPENED = "opened"
    """Opened after a login; never a tracking pixel."""


def clock(hour: int, minute: int = 0) -> int:
    """Give a time of day in minutes after midnight: `clock(8, 30)` is 510, `clock(24)` 1440."""
    assert 0 <= minute < 60 <= DAY  # noqa: PLR2004  the clock's own number
    assert 0 <= hour * 60 + minute <= DAY
    return hour * 60 + minute


@frozen(order=True)
class DayPeriod:
    """A stretch of one day on the wall clock: from `start` up to, and not including, `end`.

    Attributes:
        start: minutes after midnight, 0 to 1439.
        end: minutes after midnight, later than `start`, at most 1440.
        types: the appointment types that it is for; empty for all of them.
    """

    start: int
    end: int
    types: frozenset[TypeId] = field(default=frozenset(), order=False)

    def __attrs_post_init__(self) -> None:
        assert 0 <= self.start < self.end <= DAY, "a period has a first minute, within its day"

    def is_for(self, kind: TypeId) -> bool:
        """Whether a type of appointment may lie in it."""
        return not self.types or kind in self.types

    def meets(self, other: "DayPeriod") -> bool:
        """Whether both would put one type of appointment into one minute."""
        shared = not self.types or not other.types or self.types & other.types
        return bool(shared) and self.start < other.end and other.start < self.end


@frozen(order=True)
class Period:
    """A stretch of one weekday, week after week; as a `DayPeriod`, and `weekday` 0 is Monday."""

    weekday: int
    start: int
    end: int
    types: frozenset[TypeId] = field(default=frozenset(), order=False)

    def __attrs_post_init__(self) -> None:
        assert 0 <= self.weekday <= _SUNDAY, "a week has seven days"
        assert 0 <= self.start < self.end <= DAY, "a period has a first minute, within its day"

    @property
    def hours(self) -> DayPeriod:
        """The period without its weekday."""
        return DayPeriod(self.start, self.end, self.types)


@frozen
class WeekTemplate:
    """When a practitioner can be booked, in weeks that take turns.

    Attributes:
        first_week: the Monday from which it is in force; its first week is `weeks[0]`.
        weeks: the periods of each week of the rotation; one week for a practitioner whose weeks
            are alike.
    """

    first_week: date
    weeks: tuple[tuple[Period, ...], ...]

    def __attrs_post_init__(self) -> None:
        assert not isinstance(self.first_week, datetime), "a day has no time of day"
        assert self.first_week.weekday() == 0, "a week begins on a Monday"
        assert self.weeks, "a rotation has a week"
        for week in self.weeks:
            assert not overlapping(week), "two periods of one type are one, or apart"


@frozen
class DayException:
    """One day that goes by periods of its own instead of the template's; without any, a day off."""

    day: date
    periods: tuple[DayPeriod, ...] = ()

    def __attrs_post_init__(self) -> None:
        assert not isinstance(self.day, datetime), "a day has no time of day"
        assert not any(one.meets(other) for one, other in combinations(self.periods, 2))


@frozen
class ClosedPeriod:
    """A time in which the clinic takes no new requests: a holiday, an afternoon away.

    On the night when clocks go back, it closes from the first time that the clock shows `start`
    to the last time that it shows `until`.

    Attributes:
        start: the first moment, on the wall clock: without an offset, on a whole minute.
        until: the first moment after it, in the same way.
        text: what patients are told of it, if anything.
    """

    start: datetime
    until: datetime
    text: Text | None = None

    def __attrs_post_init__(self) -> None:
        for moment in (self.start, self.until):
            assert moment.tzinfo is None, "the wall clock shows no offset"
            assert moment.second == moment.microsecond == 0, "a period has whole minutes"
        assert self.start < self.until, "a period has a first minute"
        assert self.start.year >= FIRST_YEAR
        assert self.until.year <= LAST_YEAR + 1

    @classmethod
    def of_days(cls, first: date, until: date, text: Text | None = None) -> Self:
        """Close whole days, from `first` up to, and not including, `until`."""
        start, end = datetime.combine(first, time.min), datetime.combine(until, time.min)
        return cls(start, end, text)


@frozen
class AppointmentType:
    """A type of appointment that patients can ask for.

    Attributes:
        type: its name for programs, unique at its clinic.
        name: its name for people.
        length: whole minutes, at most a day.
        pause: whole minutes after it in which nothing else begins.
        without_user: whether it can be asked for without a user (D-BOOK-7); three switches must
            agree, and this is the one that a clinic sets with each type in mind.
        comment: whether a request for it must say what it is about.
    """

    type: TypeId
    name: Text
    length: int
    pause: int = 0
    without_user: Switch = Switch.OFF
    comment: CommentRule = CommentRule.OPTIONAL

    def __attrs_post_init__(self) -> None:
        assert 0 < self.length <= DAY
        assert 0 <= self.pause <= DAY


@frozen
class OwnLength:
    """How long a type of appointment is with one practitioner, in place of the type's own."""

    type: TypeId
    length: int
    pause: int = 0

    def __attrs_post_init__(self) -> None:
        assert 0 < self.length <= DAY
        assert 0 <= self.pause <= DAY


@frozen
class Practitioner:
    """Somebody who has an appointment book at the clinic.

    Attributes:
        practitioner: unique at the clinic.
        name: as patients know them.
        staff: who they are among the staff; who approves in their own book (D-BOOK-11).
        types: the types of appointment that can be booked with them.
        booking: whether new requests are taken for them.
        without_user: whether those may come without a user (D-BOOK-7).
        comment: whether a request must say what it is about.
        lengths: types that are longer or shorter with them.
        templates: when they can be booked; the last that has begun is in force.
        exceptions: days that go by periods of their own.
    """

    practitioner: PractitionerId
    name: str
    staff: StaffId | None = None
    types: tuple[TypeId, ...] = ()
    booking: Switch = Switch.ON
    without_user: Switch = Switch.ON
    comment: CommentRule = CommentRule.OPTIONAL
    lengths: tuple[OwnLength, ...] = ()
    templates: tuple[WeekTemplate, ...] = ()
    exceptions: tuple[DayException, ...] = ()

    def __attrs_post_init__(self) -> None:
        offered = set(self.types)
        assert len(offered) == len(self.types), "a type stands once"
        assert not twice(own.type for own in self.lengths)
        assert {own.type for own in self.lengths} <= offered
        assert not twice(template.first_week for template in self.templates)
        assert not twice(exception.day for exception in self.exceptions)
        assert self._named_in_periods() <= offered, "a period is for types that are offered"

    def _named_in_periods(self) -> set[TypeId]:
        weekly = [p.types for template in self.templates for week in template.weeks for p in week]
        daily = [p.types for exception in self.exceptions for p in exception.periods]
        return set[TypeId]().union(*weekly, *daily)


_NOTICE: Final = timedelta(hours=4)
_HORIZON: Final = timedelta(days=90)
_REMIND_STAFF: Final = timedelta(hours=4)
_REMIND_PATIENT: Final = timedelta(hours=24)


@frozen(kw_only=True)
class BookingSettings:
    """What one clinic chooses about its appointment book.

    Attributes:
        place: the clinic's street address; it stands in the iCalendar of a confirmation.
        booking: whether new requests are taken at all; closing stops nothing else.
        opening: when the clinic is open, for counting notice and deadlines; no types in it. A
            clinic without opening hours counts every minute.
        practitioners: who can be booked.
        types: what for.
        closed: when not, for the whole clinic.
        earliest_notice: how long before its start a time is offered last, and a request expires,
            counted in opening hours (D-BOOK-5).
        horizon: how far ahead times are offered, in elapsed time.
        open_bookings: how many bookings a patient may have that lie ahead.
        cancellation_notice: how long before its start a confirmed booking is cancelled in time.
        received_when: the least that counts as received (D-BOOK-2).
        no_bounce_window: how long no bounce must have come for `Grade.NO_BOUNCE`.
        own_relay: whether mail goes through a relay of one's own, whose taking over says nothing
            yet of the recipient's domain (D-BOOK-2).
        calendar_stale_after: how old the last reading of a calendar may be (D-BOOK-6).
        without_user: whether requests may come without a user (D-BOOK-7).
        reception_approves: whether reception may approve for the practitioner (D-BOOK-11).
        comment: whether a request must say what it is about.
        remind_staff_after: how long a request waits before staff are reminded, in opening hours.
        remind_patient_before: how long before its start a booking is remembered; None for never.
        text: what the clinic tells patients above its times, if anything.
    """

    place: str = ""
    booking: Switch = Switch.ON
    opening: tuple[Period, ...] = ()
    practitioners: tuple[Practitioner, ...] = ()
    types: tuple[AppointmentType, ...] = ()
    closed: tuple[ClosedPeriod, ...] = ()
    earliest_notice: timedelta = _NOTICE
    horizon: timedelta = _HORIZON
    open_bookings: int = 2
    cancellation_notice: timedelta = timedelta(hours=48)
    received_when: Grade = Grade.NO_BOUNCE
    no_bounce_window: timedelta = timedelta(minutes=30)
    own_relay: Switch = Switch.OFF
    calendar_stale_after: timedelta = timedelta(minutes=15)
    without_user: Switch = Switch.OFF
    reception_approves: Switch = Switch.OFF
    comment: CommentRule = CommentRule.OPTIONAL
    remind_staff_after: timedelta = _REMIND_STAFF
    remind_patient_before: timedelta | None = _REMIND_PATIENT
    text: Text | None = None

    def __attrs_post_init__(self) -> None:
        known = {kind.type for kind in self.types}
        assert len(known) == len(self.types), "a type stands once"
        assert not twice(each.practitioner for each in self.practitioners)
        assert all(known.issuperset(who.types) for who in self.practitioners)
        assert all(not period.types for period in self.opening), "opening hours are for everybody"
        assert not overlapping(self.opening), "opening hours that overlap are one"
        assert self.open_bookings >= 1
        for never_negative in (self.earliest_notice, self.cancellation_notice):
            assert never_negative >= timedelta(0)
        for positive in (self.horizon, self.no_bounce_window, self.calendar_stale_after):
            assert positive > timedelta(0)
        assert self.earliest_notice % timedelta(minutes=1) == timedelta(0)
        assert max(self.earliest_notice, self.horizon) <= LONGEST

    def practitioner(self, who: PractitionerId) -> Practitioner | None:
        """Find a practitioner; None if the clinic has no such."""
        return next((each for each in self.practitioners if each.practitioner == who), None)

    def type(self, kind: TypeId) -> AppointmentType | None:
        """Find a type of appointment; None if the clinic has no such."""
        return next((each for each in self.types if each.type == kind), None)

    def length_with(self, who: Practitioner, kind: AppointmentType) -> OwnLength:
        """Say how long a type of appointment is with a practitioner, and the pause after it."""
        own = (each for each in who.lengths if each.type == kind.type)
        return next(own, OwnLength(kind.type, kind.length, kind.pause))

    def comment_on(self, who: Practitioner, kind: AppointmentType) -> CommentRule:
        """Say whether a request must say what it is about; required if anybody requires it."""
        asked = (self.comment, who.comment, kind.comment)
        return CommentRule.REQUIRED if CommentRule.REQUIRED in asked else CommentRule.OPTIONAL


def overlapping(periods: Sequence[Period]) -> bool:
    """Whether two periods would put one type of appointment into one minute."""
    return any(
        one.weekday == other.weekday and one.hours.meets(other.hours)
        for one, other in combinations(periods, 2)
    )


def twice(things: Iterable[object]) -> bool:
    """Whether something stands twice."""
    return any(count > 1 for count in Counter(things).values())
