"""Questions about a clinic's times: its settings, its calendars, and who asks when.

Here: reading options into the values that the rules ask for. Shared by `free-times` and `why-not`.
Not here: the answers, which those commands write.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from importlib.util import find_spec
from pathlib import Path
from typing import Final, TypeVar

from attrs import frozen

from eservices_adapters.cli.login_facts import read_instant
from eservices_adapters.cli.says import BadInput
from eservices_adapters.clock import SystemClock
from eservices_adapters.config.settings import read_settings_file
from eservices_core.booking.book import Asker, Book, Enquiry
from eservices_core.booking.wall_clock import day_start, showing
from eservices_core.clinic.booking_settings import FIRST_YEAR, LAST_YEAR, BookingSettings
from eservices_core.clinic.settings import ClinicSettings
from eservices_core.outcome import Failure
from eservices_core.ports.calendar import (
    CalendarRefused,
    CalendarTooLarge,
    CalendarUnreachable,
    NoSuchCalendar,
    Reading,
    TooManyEvents,
    TooManyInstances,
    Unreadable,
)
from eservices_core.words.clinic_time import COPENHAGEN, InstantRefusal, parse_date, parse_instant
from eservices_core.words.identifiers import ClinicId, PractitionerId, TypeId
from eservices_core.words.interval import Interval, instant_of

_CLINIC: Final = ClinicId("here")
_NOBODYS_UIDS: Final = "calendar.invalid"
"""No entry counts as ours: whatever stands in the file takes its time."""

_ONE_DAY: Final = timedelta(days=1)

Id = TypeVar("Id", PractitionerId, TypeId)


@frozen
class CalendarFiles:
    """What `--calendar` named: one file for everybody, or one for each practitioner."""

    everybody: Path | None
    of: Mapping[PractitionerId, Path]

    def file_of(self, who: PractitionerId) -> Path | None:
        """The file with a practitioner's calendar."""
        return self.of.get(who, self.everybody)


def read_settings(path: str, option: str = "--settings") -> ClinicSettings:
    """Read a clinic's file; of what is wrong, the first is said."""
    read = read_settings_file(Path(path))
    if isinstance(read, Failure):
        first, *more = read.failure()
        also = f" (and {len(more)} more)" if more else ""
        raise BadInput(option, f"{first}{also}")
    return read.unwrap()


def read_enquiry(settings: BookingSettings, now: str | None, asker: Asker) -> Enquiry:
    """Put the question together; without `--now` the machine's clock says when it is asked."""
    instant = SystemClock().now() if now is None else read_instant(now, "--now")
    return Enquiry(settings, asker, instant)


def read_calendar_files(named: Sequence[str], settings: BookingSettings) -> CalendarFiles:
    """Tell `PRACTITIONER=FILE` from a plain file, of which there is one at most."""
    known = {each.practitioner.value: each.practitioner for each in settings.practitioners}
    everybody: list[Path] = []
    of: dict[PractitionerId, Path] = {}
    for text in named:
        before, equals, after = text.partition("=")
        if equals and before in known:
            if known[before] in of:
                raise BadInput("--calendar", "names a practitioner twice")
            of[known[before]] = Path(after)
        elif equals and not Path(text).exists():
            raise BadInput("--calendar", "names a practitioner who is not in the settings")
        else:
            everybody.append(Path(text))
    if len(everybody) > 1 or (everybody and of):
        raise BadInput("--calendar", "must be one file for all, or PRACTITIONER=FILE for each")
    return CalendarFiles(everybody[0] if everybody else None, of)


def read_books(
    enquiry: Enquiry, files: CalendarFiles, first: date, until: date
) -> dict[PractitionerId, Book]:
    """Read what is taken from a day up to another, in the calendar of each practitioner."""
    within = Interval(day_start(first - _ONE_DAY), day_start(until + 2 * _ONE_DAY))
    named = {
        who.practitioner: file
        for who in enquiry.settings.practitioners
        if (file := files.file_of(who.practitioner)) is not None
    }
    books: dict[PractitionerId, Book] = {}
    for who, reading in read_calendars(named, within).items():
        busy = tuple(each.interval for each in reading.busy)
        books[who] = Book(enquiry.now, busy=busy)
    return books


def read_calendars(
    files: Mapping[PractitionerId, Path], within: Interval
) -> dict[PractitionerId, Reading]:
    """Read the calendar of each practitioner, without an installation, or say what is wrong."""
    if find_spec("icalendar") is None:
        raise BadInput("--calendar", "reading it needs: pip install 'eservices-core[calendar]'")
    from eservices_adapters.calendar.ics_file import (  # noqa: PLC0415  it needs icalendar
        IcsFileCalendar,
    )

    # One name for one file: a file that everybody shares is read and parsed once.
    calendar = IcsFileCalendar(
        {(_CLINIC, who): file for who, file in files.items()}, _NOBODYS_UIDS, SystemClock()
    )
    readings: dict[PractitionerId, Reading] = {}
    for who in files:
        try:
            reading = calendar.read(_CLINIC, who, within)
        except (CalendarUnreachable, ValueError):
            raise BadInput("--calendar", "a file cannot be read") from None
        if isinstance(reading, Failure):
            raise BadInput("--calendar", _why_unreadable(reading.failure()))
        readings[who] = reading.unwrap()
    return readings


def _why_unreadable(refused: CalendarRefused) -> str:
    match refused:
        case NoSuchCalendar():
            return "is missing"
        case CalendarTooLarge(limit):
            return f"is larger than {limit >> 20} MiB"
        case TooManyEvents(limit):
            return f"has more than {limit} events"
        case TooManyInstances(limit=limit, line=line):
            return f"has an event of more than {limit} times{_at_line(line)}"
        case Unreadable(field, line):
            return f"cannot be understood: {field}{_at_line(line)}"


def _at_line(line: int | None) -> str:
    return "" if line is None else f" (line {line})"


def read_day(text: str, option: str) -> date:
    """Read a day in the years that clinics have."""
    read = parse_date(text)
    if isinstance(read, Failure):
        raise BadInput(option, "must be a date such as 2026-09-01")
    if not FIRST_YEAR < read.unwrap().year < LAST_YEAR:
        raise BadInput(option, f"must lie between the years {FIRST_YEAR} and {LAST_YEAR}")
    return read.unwrap()


def read_time(text: str, option: str) -> datetime:
    """Read an instant with its offset, or without one what the clinic's clock shows."""
    read = parse_instant(text)
    if not isinstance(read, Failure):
        at = read.unwrap()
    elif read.failure() is not InstantRefusal.WITHOUT_OFFSET:
        at = read_instant(text, option)
    else:
        at = _shown(text, option)
    if not FIRST_YEAR < at.year < LAST_YEAR:
        raise BadInput(option, f"must lie between the years {FIRST_YEAR} and {LAST_YEAR}")
    return at


def _shown(text: str, option: str) -> datetime:
    """Read what the clock shows; the same text with an offset is how its instant is read."""
    read = parse_instant(f"{text}Z")
    if isinstance(read, Failure):
        return read_instant(f"{text}Z", option)
    face = read.unwrap().replace(tzinfo=None)
    if len(showing(face.date(), face.hour * 60 + face.minute)) > 1:
        raise BadInput(option, "comes twice that night: add the offset, +02:00 or +01:00")
    return face


def read_id(text: str, kind: type[Id], option: str) -> Id:
    """Read a name as the settings have it."""
    try:
        return kind(text)
    except ValueError:
        raise BadInput(option, "must be 1 to 64 of the characters A-Z a-z 0-9 _ . -") from None


def on_the_wall(minute: int) -> str:
    """Write an instant as the clinic's clock shows it, with its offset."""
    return instant_of(minute).astimezone(COPENHAGEN).isoformat(timespec="minutes")
