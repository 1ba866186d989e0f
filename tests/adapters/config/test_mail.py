"""[mail] and [mail.reports]: each way out and back, and what is refused, by section and key."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eservices_adapters.config.line import Security
from eservices_adapters.config.mail import (
    ImapReports,
    Mail,
    MaildirMail,
    MaildirReports,
    Server,
    SmtpMail,
    read_mail,
)
from eservices_adapters.config.places import Places
from eservices_adapters.config.refusal import ConfigRefusal
from eservices_adapters.config.table import parse_text

SECRET = "correct horse battery staple"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """An installation's folder, with a password in it that only its owner can read."""
    file = tmp_path / "relay.password"
    _ = file.write_text(f"{SECRET}\n")
    file.chmod(0o600)
    return tmp_path


def _read(folder: Path, text: str) -> tuple[Mail | None, list[str]]:
    refusals: list[ConfigRefusal] = []
    root = parse_text(text, refusals).unwrap()
    mail = read_mail(root, Places(folder))
    return mail, [str(refusal) for refusal in refusals]


SMTP = '[mail]\nkind = "smtp"\nhost = "relay.example.dk"\n'
LOGIN = 'user = "clinic"\npassword_file = "relay.password"\n'
IMAP = f'{SMTP}[mail.reports]\nkind = "imap"\nhost = "mail.example.dk"\n'


def test_a_relay_is_reached_over_a_private_line(folder: Path) -> None:
    """Without a word about it, the line to a relay is TLS from its first byte."""
    mail, refusals = _read(folder, SMTP + LOGIN)
    server = Server(
        host="relay.example.dk", port=465, security=Security.TLS, user="clinic", password=SECRET
    )
    assert (mail, refusals) == (Mail(SmtpMail(server), None), [])


def test_starttls_and_another_port_can_be_asked_for(folder: Path) -> None:
    """STARTTLS has its own usual port, and any port can be named."""
    mail, _ = _read(folder, f'{SMTP}security = "starttls"\n')
    assert mail is not None
    assert isinstance(mail.out, SmtpMail)
    assert mail.out.server.port == 587
    mail, _ = _read(folder, f"{SMTP}port = 2525\n")
    assert mail is not None
    assert isinstance(mail.out, SmtpMail)
    assert mail.out.server.port == 2525


def test_a_mailbox_of_reports_has_a_folder_and_a_login(folder: Path) -> None:
    """Reports come back to a folder of an IMAP mailbox, INBOX where no other is named."""
    mail, refusals = _read(folder, IMAP + LOGIN)
    assert mail is not None, refusals
    assert isinstance(mail.reports, ImapReports)
    assert (mail.reports.folder, mail.reports.server.port) == ("INBOX", 993)


def test_folders_stay_what_they_were(folder: Path) -> None:
    """A Maildir each way needs no server."""
    text = (
        '[mail]\nkind = "maildir"\npath = "out"\n[mail.reports]\nkind = "maildir"\npath = "back"\n'
    )
    mail, _ = _read(folder, text)
    assert mail == Mail(MaildirMail(folder / "out"), MaildirReports(folder / "back"))


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ('[mail]\nkind = "pigeon"\n', '[mail] kind: expected "maildir" or "smtp"'),
        ('[mail]\nkind = "smtp"\n', "[mail] host: missing"),
        (f"{SMTP}port = 0\n", "[mail] port: expected a whole number from 1 to 65535"),
        (f'{SMTP}security = "none"\n', "[mail] security: expected"),
        (f'{SMTP}user = "clinic"\n', "[mail] password_file: a login is a user and"),
        (f'{SMTP}password_file = "relay.password"\n', "[mail] password_file: a login is"),
        (f'{SMTP}user = "a"\npassword_file = "none"\n', "[mail] password_file: expected the path"),
        (f'{SMTP}password = "{SECRET}"\n', "[mail] password: unknown"),
        (IMAP, "[mail.reports] user: missing"),
        (f'{IMAP}{LOGIN}security = "none"\n', "[mail.reports] security: expected"),
        (f'{SMTP}[mail.reports]\nkind = "pop3"\n', "[mail.reports] kind: expected"),
    ],
)
def test_what_is_wrong_is_named(folder: Path, text: str, line: str) -> None:
    """Each thing that is wrong is one line with its section and key; no line holds a password."""
    _, refusals = _read(folder, text)
    assert any(said.startswith(line) for said in refusals), refusals
    assert not any(SECRET in said for said in refusals)


@pytest.mark.parametrize("mode", [0o644, 0o640, 0o602])
def test_a_password_that_others_can_read_is_refused(folder: Path, mode: int) -> None:
    """D-LOG-1: a file that anybody else can read or write holds no password."""
    (folder / "relay.password").chmod(mode)
    mail, refusals = _read(folder, SMTP + LOGIN)
    assert mail is None
    assert any("only its owner can read" in said for said in refusals)


@pytest.mark.parametrize("content", ["", "\n", "two\nlines\n", "æøå\n", "a\x00b\n", "x" * 1025])
def test_what_is_no_line_of_ascii_is_no_password(folder: Path, content: str) -> None:
    """A password file holds one line of printable ASCII, as logins carry no more."""
    (folder / "relay.password").write_text(content, encoding="utf-8")
    mail, _ = _read(folder, SMTP + LOGIN)
    assert mail is None


def test_a_server_on_this_machine_needs_no_privacy(folder: Path) -> None:
    """A relay on the loopback interface may be spoken to in the open, without a login."""
    mail, refusals = _read(folder, '[mail]\nkind = "smtp"\nhost = "localhost"\nsecurity = "none"\n')
    assert refusals == []
    assert mail is not None
    assert isinstance(mail.out, SmtpMail)
    assert mail.out.server.port == 25


@given(st.text(min_size=1, max_size=40))
def test_no_repr_shows_a_password(password: str) -> None:
    """D-LOG-1: whatever the password, nothing that was read shows it."""
    server = Server(host="h", port=1, security=Security.TLS, user="u", password=f"{password}###")
    assert "###" not in repr(Mail(SmtpMail(server), ImapReports(server, "INBOX")))
