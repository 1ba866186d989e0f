import os
import signal
import subprocess
import sys
import time
import tracemalloc
from datetime import timedelta
from pathlib import Path

import pytest
from attrs import evolve

from eservices_adapters.email.bounced import lay_in
from eservices_adapters.email.reports import READ_MAX, MaildirReports
from eservices_core.ports.delivery_reports import Action, Doubt, Report
from eservices_core.testing.ledger_examples import AT
from tests.adapters.email.samples import (
    BROKE_OFF,
    DELIVERED,
    MAIL,
    NO_REPORTS,
    UNKNOWN_USER,
    postfix,
    whose,
)

EARLY, MIDDLE, LATE = AT, AT + timedelta(minutes=1), AT + timedelta(minutes=2)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A Maildir that is not there yet."""
    return tmp_path / "bounces"


@pytest.fixture
def reports(folder: Path) -> MaildirReports:
    """The adapter over it."""
    return MaildirReports(folder, whose)


def _files(folder: Path, part: str) -> list[Path]:
    return sorted((folder / part).iterdir())


def test_a_report_that_is_done_lies_where_read_mail_lies(
    folder: Path, reports: MaildirReports
) -> None:
    """Done moves the very file from `new` to `cur`, seen; nothing is deleted or rewritten."""
    lay_in(folder, UNKNOWN_USER, EARLY)
    (lying,) = _files(folder, "new")
    inode = lying.stat().st_ino
    (report,) = reports.waiting(10)
    assert [path.name for path in _files(folder, "new")] == [lying.name], "waiting is no doing"
    reports.done(report)
    (done,) = _files(folder, "cur")
    assert (done.name, done.stat().st_ino) == (f"{lying.name}:2,S", inode)
    assert done.read_bytes() == UNKNOWN_USER
    assert _files(folder, "new") == []


def test_what_is_no_report_is_put_aside(folder: Path, reports: MaildirReports) -> None:
    """faults: 129, 130. Answers and absences are kept, read by nobody, and never in the way."""
    for number, content in enumerate(NO_REPORTS.values()):
        lay_in(folder, content, EARLY + timedelta(seconds=number))
    lay_in(folder, DELIVERED, LATE)
    (report,) = reports.waiting(1)
    assert report.action is Action.DELIVERED
    assert len(_files(folder, "cur")) == len(NO_REPORTS)
    assert {path.read_bytes() for path in _files(folder, "cur")} == set(NO_REPORTS.values())


def test_the_report_tells_nothing_of_the_file(folder: Path, reports: MaildirReports) -> None:
    """A report's name is a digest: what a mail server puts into a file's name stays here."""
    lay_in(folder, UNKNOWN_USER, EARLY)
    (lying,) = _files(folder, "new")
    named = lying.rename(folder / "new" / "1806228000.anna@example.com,S=1,\udcff:2,")
    (report,) = reports.waiting(10)
    assert report == Report(report.name, MAIL, Action.FAILED, EARLY, "550 5.1.1")
    assert "anna" not in repr(report)
    reports.done(report)
    assert not named.exists()
    assert len(_files(folder, "cur")) == 1


def test_the_longest_name_can_be_done(folder: Path, reports: MaildirReports) -> None:
    """A file whose name is as long as names can be is done like any other."""
    lay_in(folder, UNKNOWN_USER, EARLY)
    _ = _files(folder, "new")[0].rename(folder / "new" / ("a" * 255))
    (report,) = reports.waiting(10)
    reports.done(report)
    assert reports.waiting(10) == ()
    assert len(_files(folder, "cur")) == 1


def test_other_things_in_the_folder_are_left_alone(folder: Path, reports: MaildirReports) -> None:
    """A folder, a pipe, a link, a hidden file: neither given nor moved nor waited for."""
    assert reports.waiting(10) == ()
    (folder / "new" / "folder").mkdir()
    os.mkfifo(folder / "new" / "pipe")
    (folder / "new" / "link").symlink_to(folder / "nowhere")
    _ = (folder / "new" / ".hidden").write_bytes(UNKNOWN_USER)
    before = _files(folder, "new")
    assert reports.waiting(10) == ()
    assert _files(folder, "new") == before


@pytest.mark.parametrize("nanoseconds", [-(2**70), -1, 0, 2**61, 2**70])
def test_a_file_of_any_time_is_given(
    folder: Path, reports: MaildirReports, monkeypatch: pytest.MonkeyPatch, nanoseconds: int
) -> None:
    """A clock that was wrong when the file was written keeps no report back."""
    lay_in(folder, UNKNOWN_USER, EARLY)
    (lying,) = reports._lying()  # some file systems have such times, others cut them off
    monkeypatch.setattr(reports, "_lying", lambda: [evolve(lying, came_ns=nanoseconds)])
    (report,) = reports.waiting(10)
    assert report.mail == MAIL
    assert 1970 <= report.reported_at.year <= 9999


def test_a_file_that_cannot_be_opened_is_somebody_s_to_look_at(
    folder: Path, reports: MaildirReports, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One file that cannot be opened is given as UNKNOWN, and the next ones are given too."""
    lay_in(folder, UNKNOWN_USER, EARLY)
    (spoilt,) = _files(folder, "new")
    lay_in(folder, DELIVERED, LATE)
    opens = os.open

    def fails(path: object, *rest: int) -> int:
        if Path(str(path)).name == spoilt.name:
            raise PermissionError(13, "Permission denied")
        return opens(str(path), *rest)

    monkeypatch.setattr(os, "open", fails)
    first, second = reports.waiting(10)
    assert (first.mail, first.action, first.doubt) == (None, Action.UNKNOWN, Doubt.UNREADABLE)
    assert second.action is Action.DELIVERED


def test_a_file_that_another_worker_took_is_passed_over(
    folder: Path, reports: MaildirReports, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file that goes between listing and opening is done; the others are given."""
    lay_in(folder, UNKNOWN_USER, EARLY)
    (taken,) = _files(folder, "new")
    lay_in(folder, DELIVERED, LATE)
    opens = os.open

    def too_late(path: object, *rest: int) -> int:
        if Path(str(path)).name == taken.name:
            taken.unlink()
        return opens(str(path), *rest)

    monkeypatch.setattr(os, "open", too_late)
    (report,) = reports.waiting(10)
    assert report.action is Action.DELIVERED


def test_a_place_that_cannot_be_reached_raises(tmp_path: Path) -> None:
    """No parent folder is broken infrastructure: nobody takes it for 'nothing has come back'."""
    with pytest.raises(OSError, match="missing"):
        _ = MaildirReports(tmp_path / "missing" / "bounces", whose).waiting(10)


@pytest.mark.parametrize("early", [True, False], ids=["status early", "status late"])
def test_fifty_mebibytes_are_not_read(
    folder: Path,
    reports: MaildirReports,
    early: bool,
) -> None:
    """faults: 140. Of 50 MB a mebibyte is read; the status counts if it stands in that."""
    text = b"x" * 70 + b"\n"
    filler = text * (50_000_000 // len(text))
    head, marker, tail = BROKE_OFF.partition(b"Content-Description: Delivery report")
    content = BROKE_OFF + filler if early else head + filler + b"--4F1A" + marker + tail
    lay_in(folder, content, EARLY)
    tracemalloc.start()
    began = time.process_time()
    (report,) = reports.waiting(10)
    took = time.process_time() - began
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert took < 2
    assert peak < 12 * READ_MAX
    assert report.mail == MAIL
    assert (report.action, report.doubt) == (
        (Action.FAILED, None) if early else (Action.UNKNOWN, Doubt.TOO_LARGE)
    )


_WORKER = """
import sys
from pathlib import Path
from eservices_adapters.email.reports import MaildirReports
from tests.adapters.email.samples import whose
reports = MaildirReports(Path(sys.argv[1]), whose)
for report in reports.waiting(1_000):
    reports.done(report)
    print(report.name, flush=True)
"""


def test_a_worker_may_be_killed_at_any_moment(folder: Path) -> None:
    """faults: 144. Killed in the middle, none is lost: each lies whole in `new` or in `cur`."""
    contents = {postfix(f"Action: failed\nStatus: 5.1.{number}") for number in range(60)}
    for number, content in enumerate(sorted(contents)):
        lay_in(folder, content, EARLY + timedelta(seconds=number))
    for turn in range(3):
        worker = subprocess.Popen(  # noqa: S603  our own interpreter, running a program from this file
            [sys.executable, "-c", _WORKER, str(folder)],
            stdout=subprocess.PIPE,
            env={"PYTHONPATH": ":".join([*sys.path, str(Path.cwd())])},
        )
        assert worker.stdout is not None
        said = [worker.stdout.readline() for _ in range(5 + turn)]
        worker.send_signal(signal.SIGKILL)
        said += worker.stdout.read().splitlines(keepends=True)
        worker.stdout.close()
        assert worker.wait() in {-signal.SIGKILL, 0}
        new, cur = _files(folder, "new"), _files(folder, "cur")
        assert {path.read_bytes() for path in (*new, *cur)} == contents
        assert len(new) + len(cur) == len(contents)
        names = {report.name for report in MaildirReports(folder, whose).waiting(1_000)}
        assert len(names) == len(new)
        assert not {line.decode().strip() for line in said if line.endswith(b"\n")} & names


def test_a_full_mailbox_is_worked_through(folder: Path, reports: MaildirReports) -> None:
    """Two thousand are given and done by hundreds, oldest first, without a second for each."""
    for number in range(2_000):
        path = folder / "new" / f"{number:04}"
        if number == 0:
            assert reports.waiting(1) == ()
        _ = path.write_bytes(UNKNOWN_USER)
        os.utime(path, (number, number))
    began = time.process_time()
    given = reports.waiting(100)
    for report in given:
        reports.done(report)
    assert time.process_time() - began < 5
    assert [report.reported_at.timestamp() for report in given] == list(range(100))
    assert len(_files(folder, "new")) == 1_900
