"""A complete calendar: one JSON file for each practitioner, in a folder that others write to too.

A file holds `ours`, by booking: sequence, start and end; and `theirs`, by a name that says nothing:
start and end. Times are minutes since 1970-01-01T00:00Z. No text of ours is kept.
"""

import fcntl
import json
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from eservices_core import Failure, Outcome, Success
from eservices_core.ports.calendar import (
    Busy,
    CalendarRefused,
    CalendarUnreachable,
    Entry,
    EntryDiffers,
    Lying,
    NoSuchCalendar,
    Reading,
    Superseded,
    Unreadable,
    Withdrawn,
    WriteRefused,
    Written,
)
from eservices_core.words.identifiers import BookingId, ClinicId, PractitionerId
from eservices_core.words.interval import Interval

if TYPE_CHECKING:
    from eservices_core.ports.calendar import AppointmentCalendar


class JsonCalendar:
    """Implements AppointmentCalendar; reads the file at every question, so it is never stale."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def read(
        self, clinic: ClinicId, practitioner: PractitionerId, within: Interval, /
    ) -> Outcome[Reading, CalendarRefused]:
        """Read all that overlaps `within`."""
        with self._locked():
            busy = self._load(clinic, practitioner)
        if isinstance(busy, Failure):
            return busy
        taken = [one for one in busy.unwrap() if one.interval.overlaps(within)]
        return Success(Reading(tuple(sorted(taken, key=lambda one: one.interval))))

    def write(
        self,
        clinic: ClinicId,
        practitioner: PractitionerId,
        entry: Entry,
        believed: Lying | None = None,
        /,
    ) -> Outcome[Written, WriteRefused]:
        """Make one entry lie there; what lies there now decides, in the port's order."""
        with self._locked():
            busy = self._load(clinic, practitioner)
            if isinstance(busy, Failure):
                return busy
            lies = next((one.lying for one in busy.unwrap() if one.ours == entry.booking), None)
            if lies == entry.lying:
                return Success(Written.ALREADY_THERE)
            if lies is not None and lies.sequence > entry.sequence:
                return Failure(Superseded(lies))
            if lies != believed:
                return Failure(EntryDiffers(lies))
            rest = [one for one in busy.unwrap() if one.ours != entry.booking]
            new = Busy(entry.interval, entry.booking, entry.sequence)
            self._save(clinic, practitioner, [*rest, new])
            return Success(Written.WRITTEN)

    def withdraw(
        self, clinic: ClinicId, practitioner: PractitionerId, booking: BookingId, sequence: int, /
    ) -> Outcome[Withdrawn, CalendarRefused | Superseded]:
        """Remove a booking's entry."""
        with self._locked():
            busy = self._load(clinic, practitioner)
            if isinstance(busy, Failure):
                return busy
            lies = next((one.lying for one in busy.unwrap() if one.ours == booking), None)
            if lies is None:
                return Success(Withdrawn.NOT_THERE)
            if lies.sequence > sequence:
                return Failure(Superseded(lies))
            rest = [one for one in busy.unwrap() if one.ours != booking]
            self._save(clinic, practitioner, rest)
            return Success(Withdrawn.WITHDRAWN)

    @contextmanager
    def _locked(self) -> Generator[None]:
        """One at a time, of all processes; what the disk cannot do is CalendarUnreachable."""
        try:
            with (self._folder / "lock").open("w") as lock:
                fcntl.flock(lock, fcntl.LOCK_EX)
                yield
        except OSError as error:
            raise CalendarUnreachable(error.strerror) from error

    def _file(self, clinic: ClinicId, practitioner: PractitionerId) -> Path:
        return self._folder / f"{clinic}+{practitioner}.json"

    def _load(
        self, clinic: ClinicId, practitioner: PractitionerId
    ) -> Outcome[list[Busy], CalendarRefused]:
        file = self._file(clinic, practitioner)
        if not file.exists():
            return Failure(NoSuchCalendar())
        try:
            held = json.loads(file.read_bytes())
            ours = [
                Busy(Interval(start, end), BookingId(name), sequence)
                for name, (sequence, start, end) in held["ours"].items()
            ]
            theirs = [
                Busy(Interval(start, end), reference=name)
                for name, (start, end) in held["theirs"].items()
            ]
        except (ValueError, LookupError, TypeError, AttributeError, AssertionError):
            return Failure(Unreadable("the file"))
        return Success(ours + theirs)

    def _save(self, clinic: ClinicId, practitioner: PractitionerId, busy: list[Busy]) -> None:
        times = [(one, one.interval.start, one.interval.end) for one in busy]
        held = {
            "ours": {str(one.ours): [one.sequence, *at] for one, *at in times if one.ours},
            "theirs": {one.reference: at for one, *at in times if not one.ours},
        }
        file = self._file(clinic, practitioner)
        written = file.with_suffix(".new")
        _ = written.write_text(json.dumps(held))
        _ = written.replace(file)  # whoever reads it sees the old one or the new


if TYPE_CHECKING:
    _: type[AppointmentCalendar] = JsonCalendar
