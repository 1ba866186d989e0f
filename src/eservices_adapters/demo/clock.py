"""A clock that the demonstration winds: time passes only when it says so."""

from datetime import date, datetime, timedelta

from eservices_core.words.clinic_time import COPENHAGEN


class WoundClock:
    """Implements Clock; begins at an instant, and stands still."""

    def __init__(self, at: datetime) -> None:
        self._at = at

    def now(self) -> datetime:
        """Give the instant at which it stands."""
        return self._at

    def set(self, year: int, month: int, day: int, hour: int, minute: int = 0) -> None:
        """Wind it to a wall-clock time in Copenhagen; never backwards."""
        at = datetime(year, month, day, hour, minute, tzinfo=COPENHAGEN)
        assert at >= self._at, "a demonstration goes forwards"
        self._at = at

    def at(self, day: date, hour: int, minute: int = 0) -> None:
        """Wind it to a wall-clock time of a day; never backwards."""
        self.set(day.year, day.month, day.day, hour, minute)

    def to(self, instant: datetime) -> None:
        """Wind it to an instant; never backwards."""
        assert instant >= self._at, "a demonstration goes forwards"
        self._at = instant.astimezone(COPENHAGEN)

    def wind(self, by: timedelta) -> None:
        """Let time pass."""
        self._at += by
