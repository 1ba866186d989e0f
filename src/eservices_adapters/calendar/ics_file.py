"""Appointment calendars that are iCalendar files, which a calendar program keeps too (S-BOOK-2).

Here: the port over files, one for each practitioner: reading what has changed, and our own entries
put in whole or not at all. Not here: what the text says (`busy`), and how it is changed (`edit`).

Two processes of ours take turns at a lock beside the file. Another program knows nothing of that
lock: a file that it has changed while ours was being prepared is read again. What cannot be seen is
a change that comes between that last look and the renaming, some microseconds later; a calendar
server with versions is what closes that gap.
"""

import fcntl
import os
import time
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Final, TypeAlias, TypeVar

from attrs import field, frozen

from eservices_adapters.calendar.busy import Calendar, read_calendar
from eservices_adapters.calendar.edit import EMPTY, with_entry, without_entry
from eservices_adapters.calendar.lines import MAX_BYTES
from eservices_adapters.calendar.uids import is_host_name
from eservices_adapters.config.files import open_regular, sync_folder, write_new, write_temporary
from eservices_core.outcome import Failure, Outcome, Success
from eservices_core.ports.calendar import (
    AppointmentCalendar,
    CalendarRefused,
    CalendarUnreachable,
    Entry,
    EntryDiffers,
    Lying,
    NoSuchCalendar,
    Reading,
    Superseded,
    Withdrawn,
    WriteRefused,
    Written,
)
from eservices_core.ports.world import Clock
from eservices_core.words.identifiers import BookingId, ClinicId, PractitionerId
from eservices_core.words.interval import Interval

_PATIENCE: Final = 10.0
_PAUSE: Final = 0.01
_TRIES: Final = 20

R = TypeVar("R")

Book: TypeAlias = tuple[ClinicId, PractitionerId]


@frozen
class _Read:
    content: bytes = field(repr=False)
    outcome: Outcome[Calendar, CalendarRefused] = field(repr=False)


@frozen
class _Edit:
    """What is to become of a file; `content` is None where nothing is."""

    content: bytes | None
    written: Written


class IcsFileCalendar:
    """Implements AppointmentCalendar over files that must be there (see `make_calendar`).

    Each reading reads the file's bytes, and parses them only if one of them is another: times and
    sizes of files do not tell every change.
    """

    def __init__(self, files: Mapping[Book, Path], domain: str, clock: Clock) -> None:
        """Take the file of each practitioner, the right half of our UIDs, and a clock for DTSTAMP.

        Raises:
            ValueError: where `domain` is no host name in lower case.
        """
        if not is_host_name(domain):
            raise ValueError("the domain of our UIDs is no host name in lower case")
        self._files = dict(files)
        self._domain = domain
        self._clock = clock
        self._known: dict[Path, _Read] = {}

    def read(
        self, clinic: ClinicId, practitioner: PractitionerId, within: Interval, /
    ) -> Outcome[Reading, CalendarRefused]:
        """Read all that overlaps `within`, as it is now; raises CalendarUnreachable."""
        path = self._files.get((clinic, practitioner))
        if path is None:
            return Failure(NoSuchCalendar())
        with _disk():
            calendar = self._parsed(path, _content_of(path))
        return calendar if isinstance(calendar, Failure) else calendar.unwrap().read(within)

    def write(
        self,
        clinic: ClinicId,
        practitioner: PractitionerId,
        entry: Entry,
        believed: Lying | None = None,
        /,
    ) -> Outcome[Written, WriteRefused]:
        """Make one entry lie there, over what is believed; raises CalendarUnreachable."""

        def edit(content: bytes, calendar: Calendar) -> Outcome[_Edit, WriteRefused]:
            lies = calendar.lying(entry.booking)
            if lies == entry.lying:
                return Success(_Edit(None, Written.ALREADY_THERE))
            if lies is not None and lies.sequence > entry.sequence:
                return Failure(Superseded(lies))
            if lies != believed:
                return Failure(EntryDiffers(lies))
            new = with_entry(content, entry, self._domain, self._clock.now())
            return Success(_Edit(new, Written.WRITTEN))

        return self._change(clinic, practitioner, edit)

    def withdraw(
        self, clinic: ClinicId, practitioner: PractitionerId, booking: BookingId, sequence: int, /
    ) -> Outcome[Withdrawn, CalendarRefused | Superseded]:
        """Remove a booking's entry, copies and all; raises CalendarUnreachable."""

        def edit(content: bytes, calendar: Calendar) -> Outcome[_Edit, Superseded]:
            lies = calendar.lying(booking)
            if lies is not None and lies.sequence > sequence:
                return Failure(Superseded(lies))
            if lies is None:
                return Success(_Edit(None, Written.ALREADY_THERE))
            return Success(_Edit(without_entry(content, booking, self._domain), Written.WRITTEN))

        changed = self._change(clinic, practitioner, edit)
        if isinstance(changed, Failure):
            return changed
        there = changed.unwrap() is Written.WRITTEN
        return Success(Withdrawn.WITHDRAWN if there else Withdrawn.NOT_THERE)

    def _change(
        self,
        clinic: ClinicId,
        practitioner: PractitionerId,
        edit: Callable[[bytes, Calendar], Outcome[_Edit, R]],
    ) -> Outcome[Written, CalendarRefused | R]:
        named = self._files.get((clinic, practitioner))
        if named is None:
            return Failure(NoSuchCalendar())
        with _disk():
            path = named.resolve(strict=True)  # a link stays one, and is locked under one name
            with _locked(path):
                for _ in range(_TRIES):
                    done = self._try(path, edit)
                    if done is not None:
                        return done
        raise CalendarUnreachable("another program is changing the calendar all the time")

    def _try(
        self, path: Path, edit: Callable[[bytes, Calendar], Outcome[_Edit, R]]
    ) -> Outcome[Written, CalendarRefused | R] | None:
        """Change the file once; None where another program has changed it meanwhile."""
        content = _content_of(path)
        calendar = self._parsed(path, content)
        if isinstance(calendar, Failure):
            return calendar
        edited = edit(content, calendar.unwrap())
        if isinstance(edited, Failure):
            return edited
        new = edited.unwrap()
        if new.content is None:
            return Success(new.written)
        # What we write can be read again, or is not written: it may be one event too many.
        after = read_calendar(new.content, self._domain)
        if isinstance(after, Failure):
            return after
        if not _replace(path, content, new.content):
            return None
        self._known[path] = _Read(new.content, after)
        return Success(new.written)

    def _parsed(self, path: Path, content: bytes) -> Outcome[Calendar, CalendarRefused]:
        known = self._known.get(path)  # one value, so that threads never mix two files
        if known is None or known.content != content:
            known = _Read(content, read_calendar(content, self._domain))
            self._known[path] = known
        return known.outcome


def make_calendar(path: Path) -> bool:
    """Make an empty calendar, readable by its owner only; False where there is a file already.

    Raises:
        OSError: when it cannot be written.
    """
    return write_new(path, EMPTY)


# --- the disk ------------------------------------------------------------------------------------


@contextmanager
def _disk() -> Generator[None]:
    try:
        yield
    except OSError as error:
        raise CalendarUnreachable(f"the calendar's file: {error.strerror}") from error


def _content_of(path: Path) -> bytes:
    with open_regular(path) as file:
        return file.read(MAX_BYTES + 1)


@contextmanager
def _locked(path: Path) -> Generator[None]:
    """Hold the lock beside a file; it is free again when its holder ends, however that ends."""
    handle = os.open(
        path.with_name(f".{path.name}.lock"), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600
    )
    try:
        until = time.monotonic() + _PATIENCE
        while True:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() > until:
                    raise
                time.sleep(_PAUSE)
        yield
    finally:
        os.close(handle)


def _replace(path: Path, before: bytes, after: bytes) -> bool:
    """Write a file over the earlier one, which must still say `before`; False where it does not."""
    prefix = f".{path.name}.new."
    for left in path.parent.glob(f"{prefix}*"):  # of a process that was killed: the lock is ours
        left.unlink(missing_ok=True)
    status = path.stat()
    written = write_temporary(path.parent, prefix, after)
    try:
        own = written.stat()
        if (own.st_uid, own.st_gid) != (status.st_uid, status.st_gid):
            # Refused where it would shut the calendar program out of its own file.
            os.chown(written, status.st_uid, status.st_gid)
        written.chmod(status.st_mode & 0o777)
        if _content_of(path) != before:
            return False
        _ = written.replace(path)
    finally:
        with suppress(OSError):
            written.unlink(missing_ok=True)
    sync_folder(path.parent)
    return True


if TYPE_CHECKING:
    _: type[AppointmentCalendar] = IcsFileCalendar
