"""[mail]: how mail leaves, and where delivery reports come back to.

Here: the sections. Not here: the files that passwords lie in (`password_file`), and speaking with
any server (`email`).
"""

from pathlib import Path
from typing import Final

from attrs import field, frozen

from eservices_adapters.config.line import Security
from eservices_adapters.config.password_file import password_file
from eservices_adapters.config.places import Places
from eservices_adapters.config.shapes import integer, one_of, one_of_words, text
from eservices_adapters.config.table import Table

_LAST_PORT: Final = 65_535
_PORTS: Final = {Security.TLS: (465, 993), Security.STARTTLS: (587, 143), Security.NONE: (25, 143)}
_LOOPBACK: Final = frozenset({"localhost", "127.0.0.1", "::1"})
_NAME: Final = text(253)
_USER: Final = text(320)


@frozen
class MaildirMail:
    """[mail] kind = "maildir": mails are put into this folder."""

    path: Path


@frozen(kw_only=True)
class Server:
    """A mail server, and how it is logged in to; the password was read from a file."""

    host: str
    port: int
    security: Security
    user: str | None
    password: str | None = field(repr=False)


@frozen
class SmtpMail:
    """[mail] kind = "smtp": mails are handed to this server."""

    server: Server


@frozen
class MaildirReports:
    """[mail.reports] kind = "maildir": reports come back into this folder."""

    path: Path


@frozen
class ImapReports:
    """[mail.reports] kind = "imap": reports come back into a folder of this mailbox."""

    server: Server
    folder: str


@frozen
class Mail:
    """How mail leaves, and where its reports come back to; None where nobody collects them."""

    out: MaildirMail | SmtpMail
    reports: MaildirReports | ImapReports | None


def read_mail(root: Table, places: Places) -> Mail | None:
    """Read [mail] and [mail.reports]; None if anything needed was refused."""
    section = root.table("mail", required=True)
    kind = section.required("kind", one_of_words("maildir", "smtp"))
    out: MaildirMail | SmtpMail | None = None
    if kind == "maildir":
        path = section.required("path", places.new_folder())
        out = None if path is None else MaildirMail(path)
    elif kind == "smtp":
        server = _read_server(section, places, which=0)
        out = None if server is None else SmtpMail(server)
    reports = _read_reports(section, places) if "reports" in section else None
    section.refuse_unknown()
    return None if out is None else Mail(out, reports)


def _read_reports(section: Table, places: Places) -> MaildirReports | ImapReports | None:
    reports = section.table("reports", required=False)
    kind = reports.required("kind", one_of_words("maildir", "imap"))
    found: MaildirReports | ImapReports | None = None
    if kind == "maildir":
        path = reports.required("path", places.new_folder())
        found = None if path is None else MaildirReports(path)
    elif kind == "imap":
        server = _read_server(reports, places, which=1)
        folder = reports.optional("folder", _NAME, "INBOX")
        if server is not None and (server.user is None or server.security is Security.NONE):
            reports.refuse("user", "missing; a mailbox is opened with a login, over a private line")
        elif server is not None:
            found = ImapReports(server, folder)
    reports.refuse_unknown()
    return found


def _read_server(section: Table, places: Places, which: int) -> Server | None:
    host = section.required("host", _NAME)
    security = section.optional("security", one_of(Security), Security.TLS)
    port = section.optional("port", integer(1, _LAST_PORT), _PORTS[security][which])
    user = section.optional("user", _USER, None)
    password = section.optional("password_file", password_file(places), None)
    if (user is None) != (password is None):
        section.refuse("password_file", "a login is a user and a password_file, or neither")
        return None
    if host is None:
        return None
    if security is Security.NONE and (user is not None or host not in _LOOPBACK):
        section.refuse("security", 'expected "tls" or "starttls"; "none" is for this machine alone')
        return None
    return Server(host=host, port=port, security=security, user=user, password=password)
