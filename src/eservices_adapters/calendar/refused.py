"""Why a calendar is not taken, as one line for people; nothing that others wrote is repeated."""

from typing import assert_never

from eservices_core.ports.calendar import (
    CalendarRefused,
    CalendarTooLarge,
    NoSuchCalendar,
    TooManyEvents,
    TooManyInstances,
    Unreadable,
)


def in_words(refused: CalendarRefused) -> str:
    """Say it, with the line where there is one."""
    match refused:
        case NoSuchCalendar():
            return "is no calendar of that practitioner"
        case CalendarTooLarge(limit):
            return f"has more than {limit:,} bytes"
        case TooManyEvents(limit):
            return f"has more than {limit:,} events"
        case TooManyInstances(_, limit, line):
            return f"has an event{_at(line)} that takes more than {limit:,} times, or much work"
        case Unreadable(field, line):
            return f"cannot be understood{_at(line)}: {field}"
        case _:
            assert_never(refused)


def _at(line: int | None) -> str:
    return "" if line is None else f" in line {line}"
