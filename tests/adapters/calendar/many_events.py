"""A calendar of five thousand appointments: two years of a practitioner's days."""

from collections.abc import Iterator

from eservices_adapters.stand_ins.caldav import Collection
from tests.adapters.calendar.making import a_calendar

MANY = 5_000


def event(number: int, minute: int = 0) -> bytes:
    """One of them, as a calendar program writes it; `minute` moves it."""
    day, place = divmod(number, 10)
    month, of_month = divmod(day, 28)
    year, of_year = divmod(month, 12)
    when = f"{2026 + year}{of_year + 1:02}{of_month + 1:02}T{8 + place:02}"
    return a_calendar(
        f"UID:{number:05}@example.com\nDTSTAMP:20260101T000000Z\nSUMMARY:Appointment {number}\n"
        f"DTSTART;TZID=Europe/Copenhagen:{when}{minute:02}00\n"
        f"DTEND;TZID=Europe/Copenhagen:{when}{minute + 20:02}00\nCLASS:PRIVATE\n"
        "X-MICROSOFT-CDO-BUSYSTATUS:BUSY\nBEGIN:VALARM\nACTION:DISPLAY\nTRIGGER:-PT15M\nEND:VALARM"
    )


def fill(collection: Collection) -> None:
    """Put them all into a collection."""
    for name, content in _all():
        collection.put(name, content)


def _all() -> Iterator[tuple[str, bytes]]:
    return ((f"{number:05}.ics", event(number)) for number in range(MANY))
