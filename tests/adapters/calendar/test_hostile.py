import subprocess
import sys

import pytest

from tests.adapters.calendar.hostile import CALENDARS
from tests.adapters.calendar.running import WITH_SOURCES

# Of those that take the longest, one; `python -m tests.adapters.calendar.hostile` reads them all.
HEAVY = ("20,000 that never match",)
ALIKE = ("20,000", "10 MB of busy", "a million UIDs", "10 MB of alarms")
LIGHT = tuple(name for name in CALENDARS if not name.startswith(ALIKE))
REFUSED = {
    "TooManyInstances": (
        "secondly", "secondly, long ago", "secondly, counted", "minutely, until the end",
        "every minute, daily", "every minute, yearly", "every second", "chosen of many",
        "counted from year 1", "never, daily, counted", "never, secondly",
        "20,000 that never match", "a million added", "a million added, one by one",
        "five thousand added, often", "a hundred rules", "10 MB of folded dates",
    ),
    "Unreadable": (
        "interval 0", "interval of 5000 digits", "rule of a megabyte", "a long event",
        "a duration beyond time", "nested",
    ),
    "TooManyEvents": ("20,001 events",),
    "CalendarTooLarge": ("11 MB",),
}  # fmt: skip
WHY = {name: why for why, names in REFUSED.items() for name in names}
SECONDS, MEGABYTES = 20.0, 700  # of a slow, shared machine; a good one has 3 and 400


@pytest.fixture(scope="module")
def ended() -> dict[str, tuple[str, float, int]]:
    """How reading each of them ended, in a process that is killed if it does not."""
    command = [sys.executable, "-m", "tests.adapters.calendar.hostile", *LIGHT, *HEAVY]
    run = subprocess.run(  # noqa: S603  our own script
        command, env=WITH_SOURCES, capture_output=True, check=True, text=True, timeout=240
    )
    rows = (line.split("|") for line in run.stdout.splitlines())
    return {name: (said, float(seconds), int(size)) for name, said, seconds, size in rows}


@pytest.mark.parametrize("name", [*LIGHT, *HEAVY])
def test_it_ends_soon_and_in_little_memory(
    ended: dict[str, tuple[str, float, int]], name: str
) -> None:
    """Whatever a calendar says, it is read or refused in seconds; a refusal names its reason."""
    said, seconds, megabytes = ended[name]
    assert said == WHY[name] if name in WHY else said.isdecimal()
    assert seconds < SECONDS
    assert megabytes < MEGABYTES
