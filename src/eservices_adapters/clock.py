"""The clock and the source of chance of the machine we run on.

Here: the adapters that touch them; nothing else in the project may. Not here: what an instant
means (`words.clinic_time`), and what is made from chance (the words that take entropy).
"""

import secrets
import time
from datetime import UTC, datetime
from typing import Final

_FIRST_REST: Final = 0.004
"""Seconds."""
_DOUBLINGS_MAX: Final = 7


class SystemClock:
    """The machine's wall clock; it can be set back, so deadlines are stored instants."""

    def now(self) -> datetime:
        """Give the aware instant, in UTC."""
        return datetime.now(UTC)


class SystemPatience:
    """Sleeps: up to 4 ms after the first attempt, doubling, up to half a second.

    How much of it is drawn, so that those who met once do not meet again.
    """

    def rest(self, attempt: int, /) -> None:
        """Wait a little after an attempt."""
        longest = _FIRST_REST * (1 << min(attempt - 1, _DOUBLINGS_MAX))
        time.sleep(longest * secrets.randbelow(1000) / 1000)


class SystemChance:
    """The operating system's random source."""

    def entropy(self, count: int, /) -> bytes:
        """Give `count` bytes, fit for secrets."""
        assert count >= 0, "a count of bytes"
        return secrets.token_bytes(count)
