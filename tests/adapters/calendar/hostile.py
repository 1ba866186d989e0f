"""Calendars that are written to cost as much as they can, and a process that reads them.

Run as a module, with names or with none for all, it prints for each how reading ended, the seconds,
and the most megabytes that the process has had by then.
"""

import resource
import sys
import time
from collections.abc import Callable
from typing import Final

from eservices_core.outcome import Failure
from tests.adapters.calendar.making import YEAR, a_calendar, read

_START: Final = "DTSTART:20270101T080000Z\nDTEND:20270101T081500Z"


def _event(*lines: str, uid: str = "a@example.com", start: str = _START) -> str:
    return "\n".join([f"UID:{uid}", start, *lines])


def _rule(rule: str, start: str = _START) -> Callable[[], bytes]:
    return lambda: a_calendar(_event(f"RRULE:{rule}", start=start))


def _many(count: int, *lines: str, start: str = _START) -> bytes:
    return a_calendar(*(_event(*lines, uid=f"{n}@example.com", start=start) for n in range(count)))


_EVERY_MINUTE: Final = (
    f"BYHOUR={','.join(map(str, range(24)))};BYMINUTE={','.join(map(str, range(60)))}"
)
_OLD: Final = "DTSTART:00010101T080000\nDURATION:PT15M"
_NEVER: Final = "BYMONTH=2;BYMONTHDAY=30"

CALENDARS: Final[dict[str, Callable[[], bytes]]] = {
    # rules that match too often
    "secondly": _rule("FREQ=SECONDLY"),
    "secondly, long ago": _rule("FREQ=SECONDLY", _OLD),
    "secondly, counted": _rule("FREQ=SECONDLY;COUNT=1000000000", _OLD),
    "minutely, until the end": _rule("FREQ=MINUTELY;UNTIL=99991231T235959Z"),
    "every minute, daily": _rule(f"FREQ=DAILY;{_EVERY_MINUTE}"),
    "every minute, yearly": _rule(f"FREQ=YEARLY;BYDAY=MO,TU,WE,TH,FR,SA,SU;{_EVERY_MINUTE}"),
    "every second": _rule(
        f"FREQ=YEARLY;BYDAY=MO;{_EVERY_MINUTE};BYSECOND={','.join(map(str, range(60)))}"
    ),
    "chosen of many": _rule(f"FREQ=YEARLY;BYMONTHDAY=1,2,3;{_EVERY_MINUTE};BYSETPOS=-1"),
    "counted from year 1": _rule("FREQ=DAILY;COUNT=1000000000", _OLD),
    # rules that never match
    "never, yearly": _rule(f"FREQ=YEARLY;{_NEVER}"),
    "never, daily": _rule(f"FREQ=DAILY;{_NEVER}", _OLD),
    "never, daily, counted": _rule(f"FREQ=DAILY;COUNT=5;{_NEVER}", _OLD),
    "never, secondly": _rule(f"FREQ=SECONDLY;{_NEVER}"),
    "never, chosen": _rule("FREQ=MONTHLY;BYDAY=1MO;BYSETPOS=2"),
    "never, minute": _rule("FREQ=HOURLY;INTERVAL=24;BYHOUR=9", _OLD),
    "no week 53": _rule("FREQ=YEARLY;INTERVAL=1000;BYWEEKNO=53"),
    # numbers at the edges
    "interval 0": _rule("FREQ=DAILY;INTERVAL=0"),
    "interval huge": _rule("FREQ=YEARLY;INTERVAL=999999999"),
    "interval of 5000 digits": _rule(f"FREQ=DAILY;INTERVAL={'9' * 5000}"),
    "rule of a megabyte": _rule(f"FREQ=YEARLY;BYMONTHDAY={'1,' * 500_000}1"),
    "year 1": _rule("FREQ=YEARLY", _OLD),
    "year 9999": _rule("FREQ=YEARLY", "DTSTART:99991231T230000\nDURATION:P1D"),
    "a long event": lambda: a_calendar(_event("RRULE:FREQ=DAILY", start=_OLD + "0000000")),
    "a thousand years, daily": _rule("FREQ=DAILY", "DTSTART:20200101\nDURATION:P365000D"),
    "a duration beyond time": _rule("FREQ=DAILY", "DTSTART:20270101\nDURATION:P99999999999D"),
    # much of everything
    "20,000 events": lambda: _many(20_000),
    "20,001 events": lambda: _many(20_001),
    "20,000 weekly": lambda: _many(20_000, "RRULE:FREQ=WEEKLY"),
    "20,000 daily, counted": lambda: _many(20_000, "RRULE:FREQ=DAILY;COUNT=400"),
    "20,000 that never match": lambda: _many(20_000, f"RRULE:FREQ=DAILY;{_NEVER}", start=_OLD),
    "20,000 of one UID": lambda: a_calendar(*[_event("RRULE:FREQ=WEEKLY;COUNT=2")] * 20_000),
    "20,000 moved": lambda: a_calendar(
        _event("RRULE:FREQ=DAILY"), *[_event("RECURRENCE-ID:20270105T080000Z")] * 19_999
    ),
    "a million added": lambda: a_calendar(_event("RDATE:" + "20270101T080000Z," * 600_000)),
    "a million added, one by one": lambda: a_calendar(
        _event(*["RDATE:20270101T080000Z"] * 400_000)
    ),
    "five thousand added, often": lambda: _many(100, "EXDATE:" + "20270101T080000Z," * 5_000),
    "a hundred rules": lambda: a_calendar(_event(*["RRULE:FREQ=WEEKLY"] * 100)),
    "a million UIDs": lambda: a_calendar(_event(*["UID:a"] * 1_400_000)),
    "10 MB of short lines": lambda: a_calendar(_event(*["A:"] * 2_400_000)),
    "10 MB of one line": lambda: a_calendar(_event("DESCRIPTION:" + "a" * 10_000_000)),
    "10 MB of folds": lambda: a_calendar(_event("DESCRIPTION:FOLDS")).replace(
        b"FOLDS", b"\r\n " * 3_300_000
    ),
    "10 MB of folded dates": lambda: a_calendar(_event("EXDATE:DATES")).replace(
        b"DATES", b"20270101T080000Z,\r\n " * 500_000
    ),
    "10 MB of alarms": lambda: a_calendar(_event(*["BEGIN:VALARM", "END:VALARM"] * 370_000)),
    "10 MB of busy": lambda: (
        b"BEGIN:VCALENDAR\nBEGIN:VFREEBUSY\n"
        + b"FREEBUSY:20270101T080000Z/PT15M\n" * 300_000
        + b"END:VFREEBUSY\nEND:VCALENDAR\n"
    ),
    "11 MB": lambda: b"A" * (11 * 1024 * 1024),
    "nested": lambda: b"BEGIN:VCALENDAR\n" + b"BEGIN:A\n" * 1_000_000,
    "zones": lambda: a_calendar(
        *(_event(uid=f"{n}", start=f"DTSTART;TZID=Zone/{n}:20270101T080000") for n in range(20_000))
    ),
    "parameters": lambda: a_calendar(_event(start=f"DTSTART{';A=b' * 2_000_000}:20270101T080000Z")),
    "a UID with parameters": lambda: a_calendar(f"UID{';A=' * 3_000_000}:a\n{_START}"),
}


def main(names: list[str]) -> None:
    """Read some, and say how each ended."""
    for name in names or CALENDARS:
        content = CALENDARS[name]()
        began = time.perf_counter()
        outcome = read(content, YEAR)
        seconds = time.perf_counter() - began
        megabytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
        if isinstance(outcome, Failure):
            said = type(outcome.failure()).__name__
        else:
            said = str(len(outcome.unwrap().busy))
        print(f"{name}|{said}|{seconds:.3f}|{megabytes}", flush=True)  # noqa: T201  the answer


if __name__ == "__main__":
    main(sys.argv[1:])
