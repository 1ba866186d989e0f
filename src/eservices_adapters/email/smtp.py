"""Mails over SMTP: one attempt for one mail, and an honest word about how it ended (RFC 5321).

Here: the conversation with one server, and what each of its ends means. Not here: what a mail says
(`correspondence`), when it is tried again (the outbox's worker), and what comes back (`dsn`).

What ends before the final dot has surely not arrived. What ends without an answer after it may have
(AMBIGUOUS), and nobody can say more: servers that store a mail and lose the line are real (faults:
137). A server's 5xx about the mail is a refusal; one about us (greeting, EHLO, TLS, login) says
nothing of the mail, which waits. Nothing is said to a server that cannot prove who it is.
"""

import re
import smtplib
import socket
import ssl
from collections.abc import Callable, Generator
from contextlib import contextmanager, suppress
from functools import cached_property
from threading import Timer
from typing import IO, TYPE_CHECKING, Final

from attrs import field, frozen

from eservices_adapters.config.line import Security
from eservices_core.ports.outbox import Handover, OutgoingMail
from eservices_core.ports.world import MailTransport
from eservices_core.words.identifiers import MailId

_BARE: Final = re.compile(rb"\r(?!\n)|(?<!\r)\n")
_REPLY: Final = re.compile(rb"[0-9]{3}(?:[ -][^\n]*)?\n|[0-9]{3}\r\n", re.DOTALL)
_LEADING_DOT: Final = re.compile(rb"^\.", re.MULTILINE)
_OK: Final = range(200, 300)
_GO_ON: Final = 354
_NOT_NOW: Final = range(400, 500)
_NEVER: Final = range(500, 600)
_REPLIES_MAX: Final = 64 * 1024
"""Bytes of all that a server says in one conversation; no server has so much to say."""


@frozen(kw_only=True)
class SmtpServer:
    """Where mail is handed over.

    Attributes:
        host: its name, which its certificate must bear.
        port: from 1 to 65535.
        security: how the line is kept private.
        name: what we call ourselves in EHLO; never this machine's own name (D-MAIL-1).
        user, password: the login; None without one. Never sent over a line that is not private.
        deadline_seconds: how long one attempt takes at most, from the look-up of the name on.
        tls: what is trusted; None for the system's certificates.
    """

    host: str
    port: int
    security: Security
    name: str
    user: str | None = None
    password: str | None = field(default=None, repr=False)
    deadline_seconds: float = 60.0
    tls: ssl.SSLContext | None = None

    def __attrs_post_init__(self) -> None:
        assert self.deadline_seconds > 0
        assert (self.user is None) == (self.password is None), "a login is a user and a password"
        private = self.security is not Security.NONE
        assert self.user is None or private, "a password is sent over a private line only"
        assert (self.user or "").isascii(), "smtplib writes logins in ASCII"
        assert (self.password or "").isascii(), "smtplib writes logins in ASCII"


class _NotNow(Exception):  # noqa: N818  said in the words of this house
    """The server would not get as far as the mail."""


class SmtpTransport:
    """Hands each mail to one server, over a connection of its own.

    `return_path` gives each mail's envelope sender (VERP), to which reports of its fate come back.
    The envelope has one recipient; two patients never share one (faults: 143). Where the server
    offers DSN it is asked for reports of failure and of delivery, and to return headers alone.
    """

    def __init__(self, server: SmtpServer, return_path: Callable[[MailId], str]) -> None:
        self._server = server
        self._return_path = return_path

    def hand_over(self, mail: OutgoingMail, /) -> Handover:
        """Try once; raises nothing that a server or a network can do.

        REFUSED: the server will not have this mail, or its bytes are none that a server may take
        (a line end that is not CRLF: faults 126). WAITING: it has surely not arrived. AMBIGUOUS:
        all of it was sent, and no answer came.
        """
        if _BARE.search(mail.content):
            return Handover.REFUSED
        try:
            with _connected(self._server) as smtp:
                return self._offer(smtp, mail)
        except (OSError, smtplib.SMTPException, _NotNow):
            return Handover.WAITING

    def _offer(self, smtp: smtplib.SMTP, mail: OutgoingMail) -> Handover:
        sender, recipient = self._return_path(mail.mail), mail.to.reveal()
        reports = smtp.has_extn("dsn")
        for line in (
            f"MAIL FROM:<{sender}>" + (f" RET=HDRS ENVID={mail.mail}" if reports else ""),
            f"RCPT TO:<{recipient}>" + (" NOTIFY=SUCCESS,FAILURE" if reports else ""),
        ):
            code, _ = smtp.docmd(line)
            if code not in _OK:
                return _no(code)
        code, _ = smtp.docmd("DATA")
        if code != _GO_ON:
            return _no(code)
        return _send(smtp, mail.content)


def _send(smtp: smtplib.SMTP, content: bytes) -> Handover:
    """Send the mail, and then the dot: until that, nothing can have arrived."""
    smtp.send(_LEADING_DOT.sub(b"..", content))
    if not content.endswith(b"\r\n"):
        smtp.send(b"\r\n")
    try:
        smtp.send(b".\r\n")
        code, _ = smtp.getreply()
    except (OSError, smtplib.SMTPException):
        return Handover.AMBIGUOUS
    if code in _OK:
        return Handover.HANDED_OVER
    # What is no reply at all answers nothing.
    return _no(code) if code in _NOT_NOW or code in _NEVER else Handover.AMBIGUOUS


def _no(code: int) -> Handover:
    return Handover.REFUSED if code in _NEVER else Handover.WAITING


# --- the line to the server ----------------------------------------------------------------------


@contextmanager
def _connected(server: SmtpServer) -> Generator[smtplib.SMTP, None, None]:
    """Greet a server, over a private line if one is asked for, and log in.

    The deadline is for all of it: a server that sends a byte now and then is cut off too.
    """
    smtp = _Conversation(server)
    cut = Timer(server.deadline_seconds, smtp.cut_off)
    cut.daemon = True
    cut.start()
    try:
        _must(smtp.connect(server.host, server.port)[0])
        _must(smtp.ehlo()[0])
        if server.security is Security.STARTTLS:
            _must(smtp.starttls(context=smtp.context)[0])
            _must(smtp.ehlo()[0])
        if server.user is not None and server.password is not None:
            _ = smtp.login(server.user, server.password)
        yield smtp
        with suppress(OSError, smtplib.SMTPException):
            _ = smtp.quit()
    finally:
        cut.cancel()
        smtp.close()


def _must(code: int) -> None:
    if code not in _OK:
        raise _NotNow


class _Conversation(smtplib.SMTP):
    """A conversation that ends in time, and in which the server cannot talk without end."""

    _host: str  # what a certificate is checked against, also after STARTTLS
    file: "IO[bytes] | _Bounded | None"

    def __init__(self, server: SmtpServer) -> None:
        super().__init__(local_hostname=server.name, timeout=server.deadline_seconds)
        self._host = server.host
        self._tls_at_once = server.security is Security.TLS
        self._is_cut_off = False
        self._trusted = server.tls

    @cached_property
    def context(self) -> ssl.SSLContext:
        """What is trusted; the system's certificates take long to read: only for a private line."""
        return self._trusted or ssl.create_default_context()

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        line = socket.create_connection((host, port), timeout)
        self.sock = line  # so that a handshake can be cut off too
        if self._is_cut_off:
            raise _NotNow
        if not self._tls_at_once:
            return line
        return self.context.wrap_socket(line, server_hostname=self._host)

    def getreply(self) -> tuple[int, bytes]:
        """Read a reply, as long as the server has not said too much."""
        if self.file is None and self.sock is not None:
            self.file = _Bounded(self.sock.makefile("rb"))
        return super().getreply()

    def cut_off(self) -> None:
        """End it, whatever it waits for."""
        self._is_cut_off = True
        line = self.sock
        if line is not None:
            with suppress(OSError):
                line.shutdown(socket.SHUT_RDWR)


class _Bounded:
    """What a server says, in whole lines that are replies, up to a limit.

    smtplib itself takes the first digits of a line that breaks off for a reply, and any length.
    """

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self._left = _REPLIES_MAX

    def readline(self, limit: int) -> bytes:
        line = self._file.readline(min(limit, self._left))
        self._left -= len(line)
        if _REPLY.fullmatch(line) is None:
            message = "the server says what is no reply, or too much"
            raise OSError(message)
        return line

    def close(self) -> None:
        self._file.close()


if TYPE_CHECKING:
    _transport: type[MailTransport] = SmtpTransport
