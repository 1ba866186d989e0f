from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import pytest

from eservices_adapters.email.bounced import Dialect, bounce_of, lay_in
from eservices_adapters.email.maildir import MaildirTransport
from eservices_adapters.email.reports import MaildirReports
from eservices_core.correspondence.bounces import return_path
from eservices_core.ports.delivery_reports import Action, Report
from eservices_core.ports.outbox import Handover, MailKind, OutgoingMail
from eservices_core.words.email_address import EmailAddress
from eservices_core.words.identifiers import MailId, UserId
from tests.adapters.email.samples import BACK, KEYS, MAIL, OURS, SERVICE, whose

AT = datetime(2027, 3, 28, 12, tzinfo=UTC)
CONTENT = b"From: no-reply@post.example.dk\r\nTo: anna@example.com\r\n\r\nKodeord\r\n"
SENDER = partial(return_path, KEYS, SERVICE)


def _mail(name: str = str(MAIL)) -> OutgoingMail:
    to = EmailAddress.parse("anna@example.com").unwrap()
    return OutgoingMail(MailId(name), MailKind.ACTIVATION, UserId("user-1"), to, CONTENT, None)


def _lying(folder: Path) -> bytes:
    (path,) = (folder / "new").iterdir()
    return path.read_bytes()


def test_a_delivered_mail_says_where_it_came_from(tmp_path: Path) -> None:
    """D-BOOK-2: above the frozen bytes stands one line, the mail's own return path."""
    transport = MaildirTransport(tmp_path / "mailbox", SENDER)
    assert transport.hand_over(_mail()) is Handover.HANDED_OVER
    assert _lying(tmp_path / "mailbox") == f"Return-Path: <{BACK}>\r\n".encode() + CONTENT


def test_a_mail_that_lay_there_without_is_not_delivered_twice(tmp_path: Path) -> None:
    """faults: 137. The line above it does not make it another mail: nothing is written twice."""
    folder = tmp_path / "mailbox"
    assert MaildirTransport(folder).hand_over(_mail()) is Handover.HANDED_OVER
    assert MaildirTransport(folder, SENDER).hand_over(_mail()) is Handover.HANDED_OVER
    assert _lying(folder) == CONTENT


def test_an_id_that_was_not_drawn_is_not_delivered(tmp_path: Path) -> None:
    """A mail that can have no return path raises before anything lies anywhere."""
    with pytest.raises(ValueError, match="return path"):
        _ = MaildirTransport(tmp_path / "mailbox", SENDER).hand_over(_mail("mail-1"))
    assert list((tmp_path / "mailbox" / "new").iterdir()) == []
    assert list((tmp_path / "mailbox" / "tmp").iterdir()) == []


@pytest.mark.parametrize(
    ("action", "diagnostic"),
    [
        (Action.FAILED, "550 5.1.1"),
        (Action.DELAYED, "4.4.1"),
        (Action.DELIVERED, "250 2.0.0"),
        (Action.RELAYED, "250 2.0.0"),
        (Action.EXPANDED, "2.0.0"),
    ],
)
def test_from_the_mailbox_back_to_us(tmp_path: Path, action: Action, diagnostic: str) -> None:
    """D-BOOK-2: what the world says about a mail that it was given is read as it was said."""
    mailbox, bounces = tmp_path / "mailbox", tmp_path / "bounces"
    assert MaildirTransport(mailbox, SENDER).hand_over(_mail()) is Handover.HANDED_OVER
    lay_in(bounces, bounce_of(_lying(mailbox), action, at=AT), AT + timedelta(seconds=1))
    (report,) = MaildirReports(bounces, whose).waiting(10)
    assert report == Report(report.name, MAIL, action, AT + timedelta(seconds=1), diagnostic)
    assert not report.may_have_arrived


def test_exim_gives_no_reason(tmp_path: Path) -> None:
    """faults: 140. In Exim's dialect a failure is 5.0.0, and may have arrived all the same."""
    lay_in(tmp_path / "bounces", bounce_of(OURS.encode(), dialect=Dialect.EXIM), AT)
    (report,) = MaildirReports(tmp_path / "bounces", whose).waiting(10)
    assert (report.mail, report.action, report.diagnostic) == (MAIL, Action.FAILED, "5.0.0")
    assert report.may_have_arrived


def test_only_a_failure_brings_the_whole_mail_back() -> None:
    """A failure quotes the mail, anything else its header; both end all their lines alike."""
    ours = OURS.replace("\n", "\r\n").encode()
    for action in (Action.FAILED, Action.DELAYED, Action.DELIVERED):
        report = bounce_of(ours, action)
        assert b"\r" not in report
        assert (b"Log ind" in report) is (action is Action.FAILED)


@pytest.mark.parametrize("line", [f"Return-Path: <{BACK}>\n", "To: anna@example.com\n"])
def test_what_has_nowhere_to_go_does_not_come_back(line: str) -> None:
    """A mail without a return path or a recipient makes no report."""
    with pytest.raises(ValueError, match="does not come back"):
        _ = bounce_of(OURS.replace(line, "").encode())


def test_the_same_mail_gives_the_same_report() -> None:
    """Nothing in it is drawn: a story can be told twice."""
    assert bounce_of(OURS.encode()) == bounce_of(OURS.encode())
