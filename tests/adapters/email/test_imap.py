"""Delivery reports from IMAP, over a real server (pymap, in a process of its own)."""

import imaplib
import socket
import ssl
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import count

import pytest
import trustme
from attrs import evolve, frozen

from eservices_adapters.config.findings import Level
from eservices_adapters.config.line import Security
from eservices_adapters.email.bounced import bounce_of
from eservices_adapters.email.checking import check_imap
from eservices_adapters.email.imap import ImapMailbox, ImapReports, MailboxUnreachable
from eservices_core.correspondence.bounces import return_path
from eservices_core.ports.delivery_reports import Action
from eservices_core.testing.contracts import DeliveryReportsContract, ReportsUnderTest
from eservices_core.testing.ledger_examples import AT
from eservices_core.words.identifiers import MailId
from tests.adapters.email.samples import ANSWER, FORGED, KEYS, SERVICE, UNKNOWN_USER, whose

PASSWORD = "correct horse"
_FOLDERS = count()


@frozen
class Server:
    """A server that runs, and what its clients trust."""

    port: int
    tls: ssl.SSLContext

    def mailbox(self, folder: str = "INBOX") -> ImapMailbox:
        """Name a folder of its one mailbox."""
        return ImapMailbox(
            host="localhost",
            port=self.port,
            user="bounce",
            password=PASSWORD,
            security=Security.STARTTLS,
            folder=folder,
            tls=self.tls,
        )

    def opened(self) -> imaplib.IMAP4:
        """Log in, as a mail program does."""
        imap = imaplib.IMAP4("localhost", self.port, 10)
        _ = imap.starttls(self.tls)
        _ = imap.login("bounce", PASSWORD)
        return imap


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """An IMAP server on the loopback interface, with one mailbox."""
    folder = tmp_path_factory.mktemp("imap")
    authority = trustme.CA()
    certificate = authority.issue_cert("localhost")
    certificate.private_key_pem.write_to_path(str(folder / "key.pem"))
    certificate.cert_chain_pems[0].write_to_path(str(folder / "cert.pem"))
    with socket.create_server(("127.0.0.1", 0)) as free:
        port: int = free.getsockname()[1]
    process = subprocess.Popen(  # noqa: S603  our own interpreter, and a module of the tests'
        [
            sys.executable,
            "-c",
            "from pymap.main import main; main()",
            *("--host", "127.0.0.1", "--port", str(port)),
            *("--cert", str(folder / "cert.pem"), "--key", str(folder / "key.pem")),
            *("--no-service", "admin", "--no-service", "managesieve"),
            *("dict", "--demo-user", "bounce", "--demo-password", PASSWORD),
        ],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    tls = ssl.create_default_context(cadata=authority.cert_pem.bytes().decode())
    running = Server(port, tls)
    for _ in range(200):
        try:
            _ = running.opened().logout()
        except OSError:
            assert process.poll() is None, "the server has ended"
            time.sleep(0.05)
        else:
            break
    yield running
    process.terminate()
    _ = process.wait(10)


@pytest.fixture
def folder(server: Server) -> str:
    """An empty folder of its own for each test."""
    name = f'reports {next(_FOLDERS)} "odd" \\ name'
    imap = server.opened()
    _ = imap.create(_quoted(name))
    _ = imap.logout()
    return name


def _quoted(name: str) -> str:
    escaped = name.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _lay(server: Server, folder: str, content: bytes, at: datetime = AT) -> None:
    imap = server.opened()
    try:
        said, _ = imap.append(_quoted(folder), "", imaplib.Time2Internaldate(at), content)
    except imaplib.IMAP4.abort:
        said = "BAD"
    finally:
        imap.shutdown()
    if said != "OK":
        pytest.skip("pymap itself does not take such a mail")


class TestImapReports(DeliveryReportsContract):
    @pytest.fixture
    def under_test(self, server: Server, folder: str) -> ReportsUnderTest:
        """A folder into which reports fall that a mail server could have made."""

        def arrive(mail: MailId | None, action: Action, at: datetime) -> None:
            back_to = FORGED if mail is None else return_path(KEYS, SERVICE, mail)
            ours = f"Return-Path: <{back_to}>\r\nTo: anna@example.com\r\n\r\nA\r\n"
            _lay(server, folder, bounce_of(ours.encode(), action, at=at), at)

        mailbox = server.mailbox(folder)
        return ReportsUnderTest(
            ImapReports(mailbox, whose),
            arrive,
            lambda: ImapReports(mailbox, whose),
            lambda content: _lay(server, folder, content),
            keeps=timedelta(seconds=1),
        )


def test_what_is_no_report_is_seen_and_kept(server: Server, folder: str) -> None:
    """faults: 130. A person's answer is marked seen, never given, and never deleted."""
    _lay(server, folder, ANSWER)
    assert ImapReports(server.mailbox(folder), whose).waiting(10) == ()
    imap = server.opened()
    _ = imap.select(_quoted(folder), readonly=True)
    assert imap.uid("SEARCH", "SEEN")[1] == [b"101"]
    _ = imap.logout()


@pytest.mark.parametrize(
    "wrong",
    [{"password": "wrong"}, {"folder": "nowhere"}, {"port": 1}, {"tls": None}, {"user": "nobody"}],
    ids=lambda wrong: next(iter(wrong)),
)
def test_a_mailbox_that_cannot_be_opened_is_said_to_be_so(
    server: Server, folder: str, wrong: dict[str, object]
) -> None:
    """faults: 133. A wrong login, folder, port or certificate raises one thing, without secrets."""
    _lay(server, folder, UNKNOWN_USER)
    mailbox = evolve(server.mailbox(folder), **wrong)
    with pytest.raises(MailboxUnreachable) as caught:
        _ = ImapReports(mailbox, whose).waiting(10)
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__ or caught.value.__context__ is None
    shown = f"{caught.value} {mailbox!r}"
    assert PASSWORD not in shown
    assert "wrong" not in str(caught.value)


def test_a_mailbox_is_opened_over_a_private_line_alone(server: Server) -> None:
    """D-LOG-1: a password is never sent in the open, and no repr holds it."""
    with pytest.raises(AssertionError, match="private line"):
        _ = evolve(server.mailbox(), security=Security.NONE)
    assert PASSWORD not in repr(server.mailbox())


def test_the_line_to_the_mailbox_is_looked_at_without_logging_in(server: Server) -> None:
    """The mailbox's certificate is read over STARTTLS; a port without it is wrong."""
    now = datetime(2027, 1, 4, tzinfo=UTC)
    assert check_imap(server.mailbox(), now, server.tls).level is not Level.WRONG
    stranger = ssl.create_default_context()
    assert check_imap(server.mailbox(), now, stranger).level is Level.WRONG
