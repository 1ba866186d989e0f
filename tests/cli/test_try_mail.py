"""`eservices try mail`: a real mail into a mailbox, and a report that comes back."""

from collections.abc import Callable
from pathlib import Path

import pytest
from attrs import define

from eservices_adapters.cli import root, try_mail
from eservices_adapters.email.bounced import bounce_of, lay_in
from eservices_core.ports.delivery_reports import Action
from tests.adapters.config.test_read_config import KEY, ONE, TOML, TWO
from tests.adapters.email.smtp_sink import Fault, Sink, serve
from tests.adapters.mitdk.solution import NOW
from tests.cli.running import Run, run

ADDRESS = "anna@example.com"
REPORTS = '[mail.reports]\nkind = "maildir"\npath = "reports"\n'


@define
class Here:
    """An installation; `answers` are the reports that a mail server sends, one each time."""

    folder: Path
    answers: list[Action]

    def tries(self, *more: str, address: str = ADDRESS) -> Run:
        """Run the command."""
        config = str(self.folder / "eservices.toml")
        return run("try-mail", "--config", config, *more, stdin=f"{address}\n")

    def says(self, text: str) -> None:
        """Write the configuration."""
        _ = (self.folder / "eservices.toml").write_text(text)

    def tick(self, _seconds: float) -> None:
        """Let the mail server send the next report, in place of a wait."""
        if self.answers:
            (path,) = (self.folder / "mailbox" / "new").iterdir()
            report = bounce_of(path.read_bytes(), self.answers.pop(0))
            lay_in(self.folder / "reports", report, NOW)


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Here:
    """An installation with a mailbox, whose reports come back into another."""
    monkeypatch.setattr(root, "_COMMANDS", {"try-mail": "eservices_adapters.cli.try_mail:try_mail"})
    (tmp_path / "register").mkdir()
    for name in ("persons.toml", "cards.toml"):
        _ = (tmp_path / name).write_text("")
    for name, text in (("one.toml", ONE), ("two.toml", TWO)):
        _ = (tmp_path / name).write_text(text, "utf-8")
    _ = (tmp_path / "installation.key").write_text(f"{KEY}\n")
    (tmp_path / "installation.key").chmod(0o600)
    here = Here(tmp_path, [])
    monkeypatch.setattr(try_mail, "sleep", here.tick)
    here.says(TOML + REPORTS)
    return here


def test_a_mail_leaves_and_its_report_comes_back(here: Here) -> None:
    """D-BOOK-2: handed over, delayed, delivered; and whoever reads it sees that it is a trial."""
    here.answers = [Action.DELAYED, Action.DELIVERED]
    verdict = here.tries("--json").answer
    assert (verdict["peer"], verdict["ok"]) == ("mail", True)
    assert [(step["step"], step["says"]) for step in verdict["steps"]] == [
        ("hand_over", "handed_over"),
        ("report", "delayed (4.4.1)"),
        ("report", "delivered (250 2.0.0)"),
    ]
    (mail,) = (here.folder / "mailbox" / "new").iterdir()
    content = mail.read_bytes()
    assert f"Message-ID: <{verdict['mail']}@mail.example.dk>".encode() in content
    assert b"A trial" in content
    assert b"Return-Path: <bounce+" in content


def test_a_person_reads_each_step(here: Here) -> None:
    """D-LOG-1: a line for each step, and the address in none of them."""
    here.answers = [Action.DELIVERED]
    done = here.tries()
    assert done.status == 0
    assert "ok  hand over: handed_over\n" in done.out
    assert done.out.endswith("it works\n")
    assert ADDRESS not in done.out + done.err


def test_a_mail_that_comes_back_is_a_failure(here: Here) -> None:
    """D-BOOK-3: the code is told, and the status is 1."""
    here.answers = [Action.FAILED]
    done = here.tries("--json")
    assert (done.status, done.answer["ok"]) == (1, False)
    assert done.answer["steps"][-1] == {"step": "report", "ok": False, "says": "failed (550 5.1.1)"}


def test_no_news_is_no_failure(here: Here) -> None:
    """D-BOOK-2: many servers report only what went wrong, so silence is told and is well."""
    verdict = here.tries("--json", "--wait", "0").answer
    assert verdict["ok"]
    assert verdict["steps"][-1]["says"] == "none has come in time"
    here.says(TOML)
    assert "nobody collects them" in here.tries("--json").answer["steps"][-1]["says"]


def test_reports_of_other_mails_are_left_alone(here: Here) -> None:
    """D-BOOK-2: a report that a worker waits for is not taken from it."""
    here.answers = [Action.DELIVERED]
    assert here.tries("--json").answer["ok"]
    (mail,) = (here.folder / "mailbox" / "new").iterdir()
    lay_in(here.folder / "reports", bounce_of(mail.read_bytes(), Action.FAILED), NOW)
    mail.unlink()
    here.answers = [Action.DELIVERED]
    assert here.tries("--json").answer["ok"]
    assert len(list((here.folder / "reports" / "new").iterdir())) == 1


def test_a_mailbox_that_cannot_be_read_is_named(
    here: Here, monkeypatch: pytest.MonkeyPatch
) -> None:
    """D-LOG-1: what went wrong is told by its kind alone."""

    class _Broken:
        def waiting(self, _limit: int) -> None:
            raise OSError(5, f"{ADDRESS} cannot be read")

    opened: Callable[[object], _Broken] = lambda _: _Broken()  # noqa: E731  a stand-in of one line
    monkeypatch.setattr(try_mail, "open_reports", opened)
    done = here.tries("--json")
    assert done.status == 1
    assert done.answer["steps"][-1]["says"] == "cannot be read (OSError)"


def test_a_server_is_tried_for_real(here: Here) -> None:
    """D-MAIL-1: over SMTP too, and a server's no is told as it is."""
    sink = Sink()
    end = serve(sink)
    section = f'[mail]\nkind = "smtp"\nhost = "127.0.0.1"\nport = {sink.port}\nsecurity = "none"\n'
    try:
        here.says(TOML.replace('[mail]\nkind = "maildir"\npath = "mailbox"\n', section))
        assert here.tries("--json").answer["steps"][0]["says"] == "handed_over"
        assert len(sink.arrived) == 1
        sink.faults.append(Fault("rcpt", "550 5.1.1 no such user"))
        done = here.tries("--json")
    finally:
        end()
    assert done.status == 1
    assert done.answer["steps"] == [{"step": "hand_over", "ok": False, "says": "refused"}]


@pytest.mark.parametrize("address", ["", "no address", "a@b@example.com", f"{'a' * 500}@x.dk"])
def test_bad_input_is_one_line(here: Here, address: str) -> None:
    """D-LOG-1: what was typed is not repeated."""
    said = here.tries(address=address).complaint
    assert said == "standard input: must be one line, an e-mail address"
