"""Reports made up: what a mail server would send back about a mail of ours that it was given.

For demonstrations and tests, which let the world bounce a mail that lies in a Maildir. Not here:
reading a report (`dsn`), and anything that production needs.
"""

import os
from datetime import UTC, datetime
from email.parser import BytesHeaderParser
from email.utils import format_datetime, parseaddr
from enum import Enum, unique
from hashlib import sha256
from pathlib import Path
from typing import Final

from attrs import frozen

from eservices_adapters.config.files import OWNER_ONLY_FOLDER, write_temporary
from eservices_core.ports.delivery_reports import Action


@unique
class Dialect(Enum):
    """Whose way of writing reports."""

    POSTFIX = "postfix"
    EXIM = "exim"
    """Without a diagnostic, and with status 5.0.0 for whatever has failed (faults: 140)."""


@frozen
class _Words:
    subject: str
    status: str
    reply: str | None
    prose: str


_WORDS: Final = {
    Action.FAILED: _Words(
        "Undelivered Mail Returned to Sender",
        "5.1.1",
        "550 5.1.1 User unknown",
        "Your message could not be delivered. It is attached below.",
    ),
    Action.DELAYED: _Words(
        "Delayed Mail (still being retried)",
        "4.4.1",
        None,
        "Your message could not be delivered yet. It need not be sent again.",
    ),
    Action.DELIVERED: _Words(
        "Successful Mail Delivery Report",
        "2.0.0",
        "250 2.0.0 Ok",
        "Your message was delivered.",
    ),
    Action.RELAYED: _Words(
        "Successful Mail Delivery Report",
        "2.0.0",
        "250 2.0.0 Ok",
        "Your message was passed on to a server that sends no reports.",
    ),
    Action.EXPANDED: _Words(
        "Successful Mail Delivery Report", "2.0.0", None, "Your message was passed on to a list."
    ),
}


def _ends(mail: bytes) -> tuple[str, str] | None:
    """Give a mail's return path and its recipient, if it has both."""
    header = BytesHeaderParser().parsebytes(mail)
    back_to = parseaddr(str(header.get("Return-Path", "")))[1]
    recipient = parseaddr(str(header.get("To", "")))[1]
    return (back_to, recipient) if back_to and recipient else None


def bounce_of(
    mail: bytes,
    action: Action = Action.FAILED,
    *,
    at: datetime = datetime(2027, 3, 28, 12, tzinfo=UTC),
    dialect: Dialect = Dialect.POSTFIX,
) -> bytes:
    """Make the report that comes back about a mail, as it would lie in the mailbox for bounces.

    Args:
        mail: the mail as it lies in a Maildir, its `Return-Path` above it.
        action: what is said of it, not UNKNOWN.
        at: an aware instant: the report's Date.
        dialect: whose way of saying it; Exim's is for FAILED alone.

    Raises:
        ValueError: when the mail has no return path or no recipient: nothing would come back.
    """
    ends = _ends(mail)
    if ends is None:
        del mail  # a traceback may show local names
        raise ValueError("a mail without a return path and a recipient does not come back")
    back_to, recipient = ends
    boundary = f"report-{sha256(mail).hexdigest()[:32]}"
    words, date = _WORDS[action], format_datetime(at)
    exim = dialect is Dialect.EXIM
    assert not exim or action is Action.FAILED, "Exim's dialect is for FAILED alone"
    sender = "Mailer-Daemon@mx.example" if exim else "MAILER-DAEMON@mx.example"
    envelope = [f"Envelope-to: {back_to}"] if exim else []
    failed = [f"X-Failed-Recipients: {recipient}"] if exim else []
    agent = [] if exim else [f"X-Original-To: {back_to}", f"Delivered-To: {back_to}"]
    diagnostic = [f"Diagnostic-Code: smtp; {words.reply}"] if words.reply and not exim else []
    before = [
        "Return-Path: <>",
        *envelope,
        *agent,
        f"Date: {date}",
        f"From: Mail Delivery System <{sender}>",
        f"To: {back_to}",
        f"Subject: {words.subject}",
        *failed,
        "Auto-Submitted: auto-replied",
        "MIME-Version: 1.0",
        f'Content-Type: multipart/report; report-type=delivery-status; boundary="{boundary}"',
        f"Message-ID: <{boundary}@mx.example>",
        "",
        "This is a MIME-encapsulated message.",
        "",
        f"--{boundary}",
        "Content-Type: text/plain; charset=us-ascii",
        "",
        words.prose,
        "",
        f"--{boundary}",
        "Content-Type: message/delivery-status",
        "",
        "Reporting-MTA: dns; mx.example",
        f"Arrival-Date: {date}",
        "",
        f"Final-Recipient: rfc822; {recipient}",
        f"Action: {action.value}",
        f"Status: {'5.0.0' if exim else words.status}",
        *diagnostic,
        "",
        f"--{boundary}",
        f"Content-Type: {'message/rfc822' if action is Action.FAILED else 'text/rfc822-headers'}",
        "",
        "",
    ]
    quoted = mail.replace(b"\r\n", b"\n")
    if action is not Action.FAILED:
        quoted = quoted.partition(b"\n\n")[0] + b"\n"
    return "\n".join(before).encode() + quoted + f"\n--{boundary}--\n".encode()


def lay_in(folder: Path, report: bytes, at: datetime) -> None:
    """Put a report into a Maildir, as the mail server of the return path would, at an instant.

    Raises:
        OSError: when it cannot be written.
    """
    for part in (folder, *(folder / name for name in ("tmp", "new", "cur"))):
        part.mkdir(OWNER_ONLY_FOLDER, exist_ok=True)
    written = write_temporary(folder / "tmp", "report.", report)
    os.utime(written, (at.timestamp(), at.timestamp()))
    _ = written.rename(folder / "new" / written.name)
