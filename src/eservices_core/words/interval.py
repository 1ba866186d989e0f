"""A stretch of time, as the appointment book knows it: whole minutes, half open.

Here: the value and its arithmetic, and instants to and from it. Not here: the clinic's wall clock
(`clinic_time`), and what a stretch of time is used for (`booking`).
"""

from datetime import UTC, datetime, timedelta
from enum import Enum, unique
from typing import Final, Self

from attrs import frozen

from eservices_core.outcome import Failure, Outcome, Success

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MINUTE: Final = timedelta(minutes=1)


@unique
class IntervalRefusal(Enum):
    """Why two instants are no interval."""

    EMPTY = "empty"
    """It ends where it begins, or before."""
    NOT_WHOLE_MINUTES = "not_whole_minutes"


def minute_of(instant: datetime) -> int:
    """The minute that an aware instant lies in, counted from 1970-01-01T00:00Z."""
    assert instant.utcoffset() is not None, "an instant carries its offset"
    return (instant - _EPOCH) // _MINUTE


def minute_from(instant: datetime) -> int:
    """The first whole minute at or after an aware instant."""
    assert instant.utcoffset() is not None, "an instant carries its offset"
    return -((_EPOCH - instant) // _MINUTE)


def instant_of(minute: int) -> datetime:
    """The aware instant, in UTC, at which a minute begins."""
    return _EPOCH + timedelta(minutes=minute)


@frozen(order=True)
class Interval:
    """The minutes from `start` up to, and not including, `end` (D-BOOK-1: half open).

    Two that only touch do not overlap. Minutes are counted from 1970-01-01T00:00Z, so an interval
    means the same on the days when clocks change.

    Attributes:
        start: the first minute of it.
        end: the first minute after it; later than `start`.
    """

    start: int
    end: int

    def __attrs_post_init__(self) -> None:
        assert self.start < self.end, "an interval has a first minute"

    @classmethod
    def between(cls, starts_at: datetime, ends_at: datetime) -> Outcome[Self, IntervalRefusal]:
        """Make one of two aware instants on whole minutes."""
        start, end = minute_of(starts_at), minute_of(ends_at)
        if (start, end) != (minute_from(starts_at), minute_from(ends_at)):
            return Failure(IntervalRefusal.NOT_WHOLE_MINUTES)
        return Success(cls(start, end)) if start < end else Failure(IntervalRefusal.EMPTY)

    @classmethod
    def around(cls, starts_at: datetime, ends_at: datetime) -> Self | None:
        """Make the least one that holds two aware instants; None where nothing lies between."""
        start, end = minute_of(starts_at), minute_from(ends_at)
        return cls(start, end) if starts_at < ends_at else None

    @property
    def starts_at(self) -> datetime:
        """Its first instant, in UTC."""
        return instant_of(self.start)

    @property
    def ends_at(self) -> datetime:
        """The first instant after it, in UTC."""
        return instant_of(self.end)

    @property
    def length(self) -> timedelta:
        """How long it lasts."""
        return timedelta(minutes=self.end - self.start)

    def overlaps(self, other: "Interval") -> bool:
        """Whether any minute lies in both."""
        return self.start < other.end and other.start < self.end
