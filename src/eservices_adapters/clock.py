"""The clock and the source of chance of the machine we run on.

Here: the two adapters that touch them; nothing else in the project may. Not here: what an instant
means (`words.clinic_time`), and what is made from chance (the words that take entropy).
"""

import secrets
from datetime import UTC, datetime


class SystemClock:
    """The machine's wall clock; it can be set back, so deadlines are stored instants."""

    def now(self) -> datetime:
        """Give the aware instant, in UTC."""
        return datetime.now(UTC)


class SystemChance:
    """The operating system's random source."""

    def entropy(self, count: int, /) -> bytes:
        """Give `count` bytes, fit for secrets."""
        assert count >= 0, "a count of bytes"
        return secrets.token_bytes(count)
