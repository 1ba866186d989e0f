"""Delivery reports from an IMAP mailbox: the one that all return paths lead to (RFC 3501).

Here: which messages are given, and what marks them done. Not here: what their bytes say (`dsn`).
As in the Maildir (`reports`), what is done is seen and nothing is ever deleted: the mailbox is this
adapter's alone, and a mail program that opens a report does it for us.
"""

import imaplib
import re
import ssl
from collections.abc import Callable, Generator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from hashlib import sha256
from typing import TYPE_CHECKING, Final

from attrs import field, frozen

from eservices_adapters.config.line import Security
from eservices_adapters.email.dsn import read_report
from eservices_adapters.email.reports import READ_MAX
from eservices_core.ports.delivery_reports import DeliveryReports, Report
from eservices_core.words.identifiers import MailId

_PARTS: Final = f"(INTERNALDATE BODY.PEEK[]<0.{READ_MAX + 1}>)"
_CAME: Final = re.compile(rb'INTERNALDATE "([ 0-9]\d)-(\w{3})-(\d{4}) ([0-9:]{8} [+-]\d{4})"')
_VALIDITY: Final = re.compile(rb"\d{1,10}")


class MailboxUnreachable(Exception):  # noqa: N818  said in the words of this house
    """The server cannot be reached, or will not let us in; the message holds no login."""


@frozen(kw_only=True)
class ImapMailbox:
    """Where reports come back to.

    Attributes:
        host: the server's name, which its certificate must bear.
        port: from 1 to 65535.
        security: how the line is kept private; never not at all.
        user, password: the login.
        folder: the folder in it.
        timeout_seconds: how long one answer may take.
        tls: what is trusted; None for the system's certificates.
    """

    host: str
    user: str
    password: str = field(repr=False)
    port: int = 993
    security: Security = Security.TLS
    folder: str = "INBOX"
    timeout_seconds: float = 30.0
    tls: ssl.SSLContext | None = None

    def __attrs_post_init__(self) -> None:
        assert self.security is not Security.NONE, "a password is sent over a private line only"


class ImapReports:
    """Gives what nobody has seen until it is done; that marks it seen.

    What is no delivery report is marked seen as soon as it is looked at. Raises MailboxUnreachable.
    """

    def __init__(self, mailbox: ImapMailbox, mail_of: Callable[[str], MailId | None]) -> None:
        """Take a mailbox, and who knows our addresses."""
        self._mailbox = mailbox
        self._mail_of = mail_of

    def waiting(self, limit: int, /) -> tuple[Report, ...]:
        """Give reports that are not done, in the order in which they came, at most `limit`.

        When one came is the server's INTERNALDATE, to the second.
        """
        assert limit >= 0, "nobody asks for fewer than no reports"
        reports: list[Report] = []
        with self._opened() as (imap, validity):
            for uid in _unseen(imap):
                if len(reports) == limit:
                    break
                report = self._read(imap, validity, uid)
                if report is not None:
                    reports.append(report)
        return tuple(reports)

    def done(self, report: Report, /) -> None:
        """Never give this one again."""
        with self._opened() as (imap, validity):
            for uid in _unseen(imap):
                if _name(validity, uid) == report.name:
                    _mark_seen(imap, uid)

    def _read(self, imap: imaplib.IMAP4, validity: bytes, uid: bytes) -> Report | None:
        parts: list[bytes | tuple[bytes, bytes] | None]
        _, parts = imap.uid("FETCH", uid.decode("ascii"), _PARTS)
        described = b" ".join(part[0] if isinstance(part, tuple) else part or b"" for part in parts)
        came = _CAME.search(described)
        if came is None:  # somebody has taken it away meanwhile
            return None
        content = next((part[1] for part in parts if isinstance(part, tuple)), b"")
        said = read_report(content[:READ_MAX], self._mail_of, cut=len(content) > READ_MAX)
        if said is None:
            _mark_seen(imap, uid)
            return None
        name, at = _name(validity, uid), _instant(came)
        return Report(name, said.mail, said.action, at, said.diagnostic, said.doubt)

    @contextmanager
    def _opened(self) -> Generator[tuple[imaplib.IMAP4, bytes], None, None]:
        """Log in and open the folder; gives what its message numbers are counted from.

        A server's words may repeat what it was told, so they are not passed on.
        """
        mailbox = self._mailbox
        try:
            imap = _connected(mailbox)
        except (OSError, imaplib.IMAP4.error) as error:
            raise MailboxUnreachable(type(error).__name__) from None
        try:
            _ = imap.login(mailbox.user, mailbox.password)
            said, _count = imap.select(_quoted(mailbox.folder))
            validity = imap.response("UIDVALIDITY")[1][0]
            if said != "OK" or validity is None or not _VALIDITY.fullmatch(validity):
                raise MailboxUnreachable("the folder cannot be opened")
            yield imap, validity
        except (OSError, imaplib.IMAP4.error) as error:
            raise MailboxUnreachable(type(error).__name__) from None
        finally:
            with suppress(OSError, imaplib.IMAP4.error):
                _ = imap.logout()


def _connected(mailbox: ImapMailbox) -> imaplib.IMAP4:
    context = mailbox.tls or ssl.create_default_context()
    host, port, timeout = mailbox.host, mailbox.port, mailbox.timeout_seconds
    if mailbox.security is Security.TLS:
        return imaplib.IMAP4_SSL(host, port, ssl_context=context, timeout=timeout)
    imap = imaplib.IMAP4(host, port, timeout)
    try:
        _ = imap.starttls(context)
    except BaseException:
        imap.shutdown()
        raise
    return imap


def _unseen(imap: imaplib.IMAP4) -> list[bytes]:
    """Give the numbers of what nobody has seen, in the order in which it came."""
    _, found = imap.uid("SEARCH", "UNSEEN")
    return sorted(b" ".join(part for part in found if part).split(), key=int)


def _mark_seen(imap: imaplib.IMAP4, uid: bytes) -> None:
    _ = imap.uid("STORE", uid.decode("ascii"), "+FLAGS.SILENT", r"(\Seen)")


def _quoted(folder: str) -> str:
    escaped = folder.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _instant(came: "re.Match[bytes]") -> datetime:
    """Read an INTERNALDATE, which is a mail's date with hyphens."""
    day, month, year, rest = (part.decode("ascii") for part in came.groups())
    return parsedate_to_datetime(f"{day} {month} {year} {rest}").astimezone(UTC)


def _name(validity: bytes, uid: bytes) -> str:
    return sha256(validity + b"/" + uid).hexdigest()[:32]


if TYPE_CHECKING:
    _reports: type[DeliveryReports] = ImapReports
