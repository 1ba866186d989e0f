"""A complete calendar: one JSON file for each practitioner, a list of `Busy`; others write it."""

import fcntl
import json
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from cattrs import BaseValidationError, structure, unstructure

from eservices_core import Failure, Outcome, Success
from eservices_core.ports import calendar as port
from eservices_core.ports.calendar import Busy, CalendarRefused, Lying, Withdrawn, Written
from eservices_core.words.identifiers import BookingId, ClinicId, PractitionerId
from eservices_core.words.interval import Interval


class JsonCalendar:
    """Implements AppointmentCalendar; reads the file at every question, so it is never stale."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def read(
        self, clinic: ClinicId, practitioner: PractitionerId, within: Interval, /
    ) -> Outcome[port.Reading, CalendarRefused]:
        """Read all that overlaps `within`."""
        with self._held(clinic, practitioner) as held:
            if isinstance(held, Failure):
                return held
            taken = [one for one in held.unwrap().values() if one.interval.overlaps(within)]
            return Success(port.Reading(tuple(sorted(taken, key=lambda one: one.interval))))

    def write(
        self, clinic: ClinicId, practitioner: PractitionerId, entry: port.Entry,
        believed: Lying | None = None, /,
    ) -> Outcome[Written, port.WriteRefused]:  # fmt: skip
        """Make one entry lie there; what lies there now decides, in the port's order."""
        with self._held(clinic, practitioner) as held:
            if isinstance(held, Failure):
                return held
            found = held.unwrap().get(str(entry.booking))
            lies = None if found is None else found.lying
            if lies == entry.lying:
                return Success(Written.ALREADY_THERE)
            if lies is not None and lies.sequence > entry.sequence:
                return Failure(port.Superseded(lies))
            if lies != believed:
                return Failure(port.EntryDiffers(lies))
            held.unwrap()[str(entry.booking)] = Busy(entry.interval, entry.booking, entry.sequence)
            return Success(Written.WRITTEN)

    def withdraw(
        self, clinic: ClinicId, practitioner: PractitionerId, booking: BookingId, sequence: int, /
    ) -> Outcome[Withdrawn, CalendarRefused | port.Superseded]:
        """Remove a booking's entry."""
        with self._held(clinic, practitioner) as held:
            if isinstance(held, Failure):
                return held
            found = held.unwrap().get(str(booking))
            if found is None or found.lying is None:
                return Success(Withdrawn.NOT_THERE)
            if found.lying.sequence > sequence:
                return Failure(port.Superseded(found.lying))
            del held.unwrap()[str(booking)]
            return Success(Withdrawn.WITHDRAWN)

    @contextmanager
    def _held(
        self, clinic: ClinicId, practitioner: PractitionerId
    ) -> Generator[Outcome[dict[str, Busy], CalendarRefused]]:
        """Lock the folder, load a file, save it; what the disk cannot do is CalendarUnreachable."""
        file = self._folder / f"{clinic}+{practitioner}.json"
        try:
            with (self._folder / "lock").open("w") as lock:
                fcntl.flock(lock, fcntl.LOCK_EX)  # one at a time, of all processes
                held = _load(file)
                yield held
                if not isinstance(held, Failure):
                    written = file.with_suffix(".new")
                    _ = written.write_text(json.dumps(unstructure([*held.unwrap().values()])))
                    _ = written.replace(file)  # whoever reads it sees the old one or the new
        except OSError as error:
            raise port.CalendarUnreachable(error.strerror) from error


def _load(file: Path) -> Outcome[dict[str, Busy], CalendarRefused]:
    if not file.exists():
        return Failure(port.NoSuchCalendar())
    try:
        busy = structure(json.loads(file.read_bytes()), list[Busy])
    except (ValueError, TypeError, BaseValidationError):
        return Failure(port.Unreadable("the file"))
    return Success({str(one.ours or one.reference): one for one in busy})


if TYPE_CHECKING:
    _: type[port.AppointmentCalendar] = JsonCalendar
