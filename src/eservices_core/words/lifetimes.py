"""How long what was begun can be gone on with, by a clock that somebody may set (D-ACC-106).

Here: one question for codes, attempts and sessions: is `at` within the time of something? A clock
that shows an earlier time than the beginning was set back, and what was begun then is over: so a
set-back makes nothing live longer than twice its time. Not here: what is counted.
"""

from datetime import datetime, timedelta
from typing import Final

ATTEMPT_LIVES: Final = timedelta(minutes=30)
"""How long an attempt of any kind can be taken up again (faults: 80)."""

CLOCKS_DIFFER: Final = timedelta(seconds=60)
"""How far the clocks of two machines of one installation may be apart."""


def is_within(begun_at: datetime, at: datetime, ends_at: datetime) -> bool:
    """True from the beginning on, and until the instant before the end (faults: 92, 174)."""
    return begun_at - CLOCKS_DIFFER <= at < ends_at


def attempt_lives(begun_at: datetime, at: datetime) -> bool:
    """True while an attempt that was begun then can be gone on with."""
    return is_within(begun_at, at, begun_at + ATTEMPT_LIVES)
