"""Whether the lines to the mail servers are private, and for how long their certificates hold.

Here: a connection, a handshake, a goodbye; nobody logs in, and nothing is sent. Not here: what is
sent over such a line (`smtp`, `imap`).
"""

import imaplib
import smtplib
import socket
import ssl
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from typing import Any, Final, Protocol, cast

from eservices_adapters.config.findings import Finding, ok, warning, wrong
from eservices_adapters.config.line import Security

EXPIRES_SOON: Final = timedelta(days=21)
_PATIENCE: Final = 10.0


class Server(Protocol):
    """Where a server is, and how the line to it is kept private."""

    @property
    def host(self) -> str:
        """The name, which its certificate must bear."""
        ...

    @property
    def port(self) -> int:
        """From 1 to 65535."""
        ...

    @property
    def security(self) -> Security:
        """How."""
        ...


def check_smtp(server: Server, now: datetime, tls: ssl.SSLContext | None = None) -> Finding:
    """Look at the line to the server that mails are handed to; `tls` is what is trusted."""
    return _check("mail server", "[mail]", server, now, _upgraded_smtp, tls)


def check_imap(server: Server, now: datetime, tls: ssl.SSLContext | None = None) -> Finding:
    """Look at the line to the mailbox that delivery reports come back to."""
    return _check("mailbox of reports", "[mail.reports]", server, now, _upgraded_imap, tls)


def _check(  # noqa: PLR0913, PLR0917  the two lines differ in this much
    what: str,
    section: str,
    server: Server,
    now: datetime,
    upgraded: "Callable[[Server, ssl.SSLContext], Any]",
    tls: ssl.SSLContext | None,
) -> Finding:
    context = tls or ssl.create_default_context()
    where = f"{server.host}:{server.port}"
    try:
        if server.security is Security.NONE:
            socket.create_connection((server.host, server.port), _PATIENCE).close()
            return ok(what, f"{where} answers; the line is not private, as {section} says")
        opened = _at_once if server.security is Security.TLS else upgraded
        with opened(server, context) as line:
            certificate = cast("Mapping[str, Any]", line.getpeercert())
    except ssl.SSLCertVerificationError:
        return wrong(
            what,
            f"{where} has no certificate for that name that this machine trusts",
            f"see that {section} host is the name in the server's certificate",
        )
    except (OSError, smtplib.SMTPException, imaplib.IMAP4.error) as error:
        return wrong(
            what,
            f"{where} gives no private line ({type(error).__name__})",
            f"see that the server runs, and that {section} port and security are right",
        )
    return _of_certificate(what, where, certificate, now)


def _of_certificate(
    what: str, where: str, certificate: Mapping[str, Any], now: datetime
) -> Finding:
    until = datetime.fromtimestamp(ssl.cert_time_to_seconds(certificate["notAfter"]), UTC)
    says = f"{where} proves its name; the certificate holds until {until:%Y-%m-%d}"
    if until - now < EXPIRES_SOON:
        return warning(what, says, "have the server's certificate renewed")
    return ok(what, says)


@contextmanager
def _at_once(server: Server, context: ssl.SSLContext) -> Generator[ssl.SSLSocket, None, None]:
    with (
        socket.create_connection((server.host, server.port), _PATIENCE) as line,
        context.wrap_socket(line, server_hostname=server.host) as private,
    ):
        yield private


@contextmanager
def _upgraded_smtp(server: Server, context: ssl.SSLContext) -> Generator[Any, None, None]:
    with smtplib.SMTP(server.host, server.port, timeout=_PATIENCE) as smtp:
        _ = smtp.starttls(context=context)
        yield smtp.sock


@contextmanager
def _upgraded_imap(server: Server, context: ssl.SSLContext) -> Generator[Any, None, None]:
    imap = imaplib.IMAP4(server.host, server.port, _PATIENCE)
    try:
        _ = imap.starttls(context)
        yield imap.sock
    finally:
        with suppress(OSError, imaplib.IMAP4.error):
            _ = imap.logout()
