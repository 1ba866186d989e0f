"""What the world does to a clinic in a box, and what its worker does about it.

Here: the worker's round, a worker that is killed in the middle of one, mail that comes back, and
other people's hands in the doctor's calendar. Not here: who asks for it (`play`).
"""

from datetime import UTC, datetime
from email import message_from_bytes
from email.policy import default
from pathlib import Path

from attrs import evolve as with_changes
from attrs import frozen

from eservices_adapters.calendar.edit import without_entry
from eservices_adapters.demo.box import CLINIC, DOCTOR, Box
from eservices_adapters.demo.people import Patient
from eservices_adapters.email.bounced import bounce_of, lay_in
from eservices_core.outcome import Success
from eservices_core.ports.outbox import Handover, OutgoingMail
from eservices_core.ports.world import MailTransport
from eservices_core.usecases.bookings import stream_of
from eservices_core.usecases.deliver_mail import deliver_mail
from eservices_core.usecases.end_attempts import end_attempts
from eservices_core.usecases.follow_bookings import follow_bookings
from eservices_core.usecases.read_reports import read_reports
from eservices_core.usecases.sync_calendar import sync_calendar
from eservices_core.words.identifiers import BookingId
from eservices_core.words.interval import Interval


@frozen
class Round:
    """What came of one round of the worker.

    Attributes:
        mails: how many were handed over.
        reports: how many delivery reports were read.
        news: the bookings of which there was news.
        entries: those whose place in the doctor's calendar was looked after.
        calendar: whether that could be read.
    """

    mails: int
    reports: int
    news: tuple[BookingId, ...]
    entries: tuple[BookingId, ...]
    calendar: bool


def go_round(box: Box) -> Round:
    """Do once what the service's worker does all the time."""
    installation, services = box.installation, box.installation.services
    mails = box.deliver()
    reports = installation.reports
    read = 0 if reports is None else len(read_reports(services, reports, installation.outbox))
    news = tuple(followed.booking for followed in follow_bookings(services, CLINIC))
    synced = sync_calendar(services, CLINIC, DOCTOR)
    known = isinstance(synced, Success)
    entries = tuple(each.booking for each in synced.unwrap()) if known else ()
    _ = end_attempts(services, CLINIC)
    return Round(mails, read, news, entries, known)


class _Killed(BaseException):
    """The worker is no more; nothing that it runs may take this for an error of its own."""


@frozen(eq=False)
class _CutOff:
    """The transport of a worker that is killed when a booking's mail has left unnoted."""

    transport: MailTransport

    def hand_over(self, mail: OutgoingMail, /) -> Handover:
        ended = self.transport.hand_over(mail)
        if mail.stream is None:
            return ended
        raise _Killed


def kill_in_the_middle(box: Box) -> bool:
    """Hand a mail about a booking over without noting that; False where none waits."""
    installation = box.installation
    try:
        cut_off = _CutOff(installation.transport)
        _ = deliver_mail(with_changes(installation.mails, transport=cut_off))
    except _Killed:
        return True
    return False


def bounce(box: Box, booking: BookingId) -> bool:
    """Have the newest mail about a booking come back; False where none has left."""
    mails = box.installation.archive.mails_of(stream_of(booking))
    for mail in reversed(mails):
        for file in (box.folder / "mailbox").glob(f"*/{mail.mail}.*"):
            report = bounce_of(file.read_bytes(), at=box.clock.now())
            lay_in(box.folder / "bounces", report, box.clock.now())
            return True
    return False


def newest_mail(box: Box, person: Patient) -> tuple[str, tuple[str, ...]] | None:
    """Read a person's newest mail: its subject and lines; None where none has come."""
    files = (box.folder / "mailbox").glob("new/*")
    for file in sorted(files, key=lambda file: file.stat().st_mtime_ns, reverse=True):
        mail = message_from_bytes(file.read_bytes(), policy=default)
        if mail["To"] == person.address:
            body = mail.get_body(("plain",))
            text = str(body.get_content()) if body else ""
            return str(mail["Subject"]), tuple(text.strip().splitlines())
    return None


def write_meeting(box: Box, when: Interval) -> bool:
    """Write an appointment into the doctor's calendar, as a calendar program would."""
    file = _calendar(box)
    content = file.read_bytes()
    end = content.rfind(b"END:VCALENDAR")
    if end < 0:
        return False
    lines = (
        "BEGIN:VEVENT",
        f"UID:{box.asked_by().key}@meetings.example",
        f"DTSTAMP:{_stamp(box.clock.now())}",
        f"DTSTART:{_stamp(when.starts_at)}",
        f"DTEND:{_stamp(when.ends_at)}",
        "SUMMARY:Møde",
        "END:VEVENT",
        "",
    )
    _ = file.write_bytes(content[:end] + "\r\n".join(lines).encode() + content[end:])
    return True


def delete_entry(box: Box, booking: BookingId) -> bool:
    """Remove our entry from the doctor's calendar, as somebody does; False where there is none."""
    file = _calendar(box)
    before = file.read_bytes()
    after = without_entry(before, booking, box.installation.services.service.mail_domain)
    _ = file.write_bytes(after)
    return before != after


def _calendar(box: Box) -> Path:
    return box.folder / "calendars" / str(CLINIC) / f"{DOCTOR}.ics"


def _stamp(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y%m%dT%H%M%SZ}"
