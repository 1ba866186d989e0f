import email
import errno
import mailbox
import os
import resource
import stat
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eservices_adapters.email.maildir import MaildirTransport
from eservices_core.ports.outbox import Handover, MailKind, OutgoingMail
from eservices_core.words.email_address import EmailAddress
from eservices_core.words.identifiers import MailId, UserId

CONTENT = b"From: no-reply@eservices.example.dk\r\nTo: anna@example.dk\r\n\r\nKodeord\r\n"


def _mail(content: bytes = CONTENT, *, name: str = "mail-1") -> OutgoingMail:
    to = EmailAddress.parse("anna@example.dk").unwrap()
    return OutgoingMail(MailId(name), MailKind.ACTIVATION, UserId("user-1"), to, content, None)


def _files(folder: Path, part: str) -> list[Path]:
    return sorted((folder / part).iterdir())


def _failing(number: int) -> Callable[..., None]:
    def fail(*_: object, **__: object) -> None:
        raise OSError(number, os.strerror(number))

    return fail


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A Maildir that is not there yet."""
    return tmp_path / "mailbox"


@pytest.fixture
def transport(folder: Path) -> MaildirTransport:
    """The adapter over it."""
    return MaildirTransport(folder)


# --------------------------------------------------------------------------------- what lies there


@given(st.binary(max_size=2000), st.from_regex(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,63}", fullmatch=True))
def test_the_frozen_bytes_lie_there_and_nothing_else(content: bytes, name: str) -> None:
    """faults: 131. Whatever the bytes and the id, one file in `new` holds exactly the bytes."""
    with TemporaryDirectory() as temporary:
        folder = Path(temporary)
        handed = MaildirTransport(folder).hand_over(_mail(content, name=name))
        assert handed is Handover.HANDED_OVER
        assert [path.read_bytes() for path in _files(folder, "new")] == [content]
        assert _files(folder, "tmp") == _files(folder, "cur") == []


def test_a_mail_program_reads_it(folder: Path, transport: MaildirTransport) -> None:
    """The standard library's Maildir finds the mail, unread, with its header and its body."""
    assert transport.hand_over(_mail()) is Handover.HANDED_OVER
    (message,) = mailbox.Maildir(folder, factory=None, create=False)
    assert message.get_subdir() == "new"
    assert message["To"] == "anna@example.dk"
    assert email.message_from_bytes(bytes(message)).get_payload() == "Kodeord\n"


def test_only_the_owner_can_look(folder: Path, transport: MaildirTransport) -> None:
    """A mail holds a code, so folders have mode 0700 and files 0600, with any umask."""
    before = os.umask(0)
    try:
        assert transport.hand_over(_mail()) is Handover.HANDED_OVER
    finally:
        _ = os.umask(before)
    for part in (folder, folder / "tmp", folder / "new", folder / "cur"):
        assert stat.S_IMODE(part.stat().st_mode) == 0o700
    assert stat.S_IMODE(_files(folder, "new")[0].stat().st_mode) == 0o600


def test_the_name_tells_only_the_id(folder: Path, transport: MaildirTransport) -> None:
    """The file's name is the mail's id and a digest: no address, no flag, no host."""
    assert transport.hand_over(_mail()) is Handover.HANDED_OVER
    name, _, digest = _files(folder, "new")[0].name.partition(".")
    assert name == "mail-1"
    assert len(digest) == 16
    assert int(digest, 16) >= 0


# ------------------------------------------------------------------------------------------- again


@pytest.mark.parametrize("flags", [None, "", ":2,", ":2,RS"])
def test_the_same_mail_again_makes_no_second_file(
    folder: Path, transport: MaildirTransport, flags: str | None
) -> None:
    """faults: 137. Unread or read and flagged, the mail is found; nothing is written twice."""
    assert transport.hand_over(_mail()) is Handover.HANDED_OVER
    (first,) = _files(folder, "new")
    if flags is not None:
        first = first.rename(folder / "cur" / f"{first.name}{flags}")
    inode = first.stat().st_ino
    assert MaildirTransport(folder).hand_over(_mail()) is Handover.HANDED_OVER
    assert [*_files(folder, "new"), *_files(folder, "cur")] == [first]
    assert first.stat().st_ino == inode


def test_two_mails_are_two_files(folder: Path, transport: MaildirTransport) -> None:
    """Ids that differ in case or by a suffix, and other bytes under one id, are all delivered."""
    sent = [_mail(), _mail(name="MAIL-1"), _mail(name="mail-1.2"), _mail(b"other\r\n")]
    for one in sent:
        assert transport.hand_over(one) is Handover.HANDED_OVER
    folded = {path.name.lower() for path in _files(folder, "new")}
    assert len(folded) == len(sent), "also where the file system does not tell cases"


def test_workers_that_race_for_one_mail_deliver_it_once(folder: Path) -> None:
    """faults: 145. Eight at once, twenty times: one whole file, and nobody says it went wrong."""
    with ThreadPoolExecutor(8) as pool:
        for turn in range(20):
            one = _mail(CONTENT * 500, name=f"mail-{turn}")
            outcomes = set(pool.map(MaildirTransport(folder).hand_over, [one] * 8))
            assert outcomes == {Handover.HANDED_OVER}
    delivered = _files(folder, "new")
    assert len(delivered) == 20
    assert {path.read_bytes() for path in delivered} == {CONTENT * 500}


def test_what_a_killed_attempt_left_is_cleared_and_nobody_elses(
    folder: Path, transport: MaildirTransport
) -> None:
    """A stale file of this mail goes when the mail is delivered; one of another mail stays."""
    assert transport.hand_over(_mail(name="mail-2")) is Handover.HANDED_OVER
    name = _files(folder, "new")[0].name
    for left in (f"{name}.killed", "mail-3.0123.killed"):
        _ = (folder / "tmp" / left).write_bytes(b"half a ma")
    assert transport.hand_over(_mail(name="mail-2")) is Handover.HANDED_OVER
    assert [path.name for path in _files(folder, "tmp")] == ["mail-3.0123.killed"]


# ------------------------------------------------------------------------------------------ faults


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EIO, errno.EDQUOT, errno.EROFS])
@pytest.mark.parametrize("step", ["os.fsync", "tempfile.mkstemp"])
def test_a_disk_that_fails_before_the_rename_leaves_nothing(
    folder: Path,
    transport: MaildirTransport,
    monkeypatch: pytest.MonkeyPatch,
    step: str,
    number: int,
) -> None:
    """faults: 136. Full, broken or read-only: the mail waits, no part of it lies anywhere."""
    assert transport.hand_over(_mail(name="before")) is Handover.HANDED_OVER
    with monkeypatch.context() as broken:
        broken.setattr(step, _failing(number))
        assert transport.hand_over(_mail()) is Handover.WAITING
    assert len(_files(folder, "new")) == 1
    assert _files(folder, "tmp") == []
    assert transport.hand_over(_mail()) is Handover.HANDED_OVER


def test_a_mail_that_is_cut_off_in_the_middle_leaves_nothing(
    folder: Path, transport: MaildirTransport
) -> None:
    """faults: 136. If the second half cannot be written, the mail waits; no half lies there."""
    whole = _mail(CONTENT * 1000)
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (len(whole.content) // 2, hard))
    try:
        assert transport.hand_over(whole) is Handover.WAITING
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert _files(folder, "new") == _files(folder, "tmp") == []
    assert transport.hand_over(whole) is Handover.HANDED_OVER


def test_a_rename_that_failed_leaves_the_mail_waiting(
    folder: Path, transport: MaildirTransport, monkeypatch: pytest.MonkeyPatch
) -> None:
    """If the rename fails and the mail is not there, it waits, and nothing is left over."""
    assert transport.hand_over(_mail(name="before")) is Handover.HANDED_OVER
    with monkeypatch.context() as broken:
        broken.setattr(Path, "rename", _failing(errno.EIO))
        assert transport.hand_over(_mail()) is Handover.WAITING
    assert len(_files(folder, "new")) == 1
    assert _files(folder, "tmp") == []


def test_a_rename_whose_answer_was_lost_counts_as_done(
    folder: Path, transport: MaildirTransport, monkeypatch: pytest.MonkeyPatch
) -> None:
    """faults: 137. If the rename says that it failed but the mail is there, it was handed over."""
    rename = Path.rename

    def renames_and_fails(path: Path, target: Path) -> None:
        _ = rename(path, target)
        raise OSError(errno.EIO, "the answer was lost")

    with monkeypatch.context() as broken:
        broken.setattr(Path, "rename", renames_and_fails)
        assert transport.hand_over(_mail()) is Handover.HANDED_OVER
    assert len(_files(folder, "new")) == 1


def test_a_rename_that_may_not_last_is_ambiguous(
    folder: Path, transport: MaildirTransport, monkeypatch: pytest.MonkeyPatch
) -> None:
    """If the folder cannot be synced the outcome is ambiguous; the next attempt finds the mail."""
    assert transport.hand_over(_mail(name="before")) is Handover.HANDED_OVER
    fsync = os.fsync

    def syncs_files_only(handle: int) -> None:
        if stat.S_ISDIR(os.fstat(handle).st_mode):
            raise OSError(errno.EIO, os.strerror(errno.EIO))
        fsync(handle)

    with monkeypatch.context() as broken:
        broken.setattr(os, "fsync", syncs_files_only)
        assert transport.hand_over(_mail()) is Handover.AMBIGUOUS
        assert transport.hand_over(_mail()) is Handover.AMBIGUOUS, "it is there, but may not last"
    assert transport.hand_over(_mail()) is Handover.HANDED_OVER
    assert len(_files(folder, "new")) == 2


def test_a_place_where_nothing_can_be_written_leaves_the_mail_waiting(tmp_path: Path) -> None:
    """No parent folder, a file in the way, a folder that is a file: the mail waits."""
    _ = (tmp_path / "file").write_bytes(b"")
    (tmp_path / "half").mkdir()
    _ = (tmp_path / "half" / "cur").write_bytes(b"")
    for place in ("missing/mailbox", "file", "file/mailbox", "half"):
        assert MaildirTransport(tmp_path / place).hand_over(_mail()) is Handover.WAITING
    assert not (tmp_path / "missing").exists(), "a disk that is not mounted is not written beside"


def test_a_read_mail_that_is_taken_away_at_once_was_still_handed_over(
    folder: Path, transport: MaildirTransport, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A reader may take a mail out of `new` before we look again; that it arrived is certain."""
    rename = Path.rename

    def renames_and_somebody_reads(path: Path, target: Path) -> Path:
        renamed = rename(path, target)
        renamed.unlink()
        return renamed

    monkeypatch.setattr(Path, "rename", renames_and_somebody_reads)
    assert transport.hand_over(_mail()) is Handover.HANDED_OVER
    assert _files(folder, "new") == []


def test_the_file_is_synced_before_it_is_named_and_the_name_after(
    transport: MaildirTransport, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A loss of power finds the whole mail or none: file, then name, then the folder's entry."""
    assert transport.hand_over(_mail(name="before")) is Handover.HANDED_OVER
    steps: list[str] = []
    fsync, rename = os.fsync, Path.rename

    def noted_fsync(handle: int) -> None:
        folder = stat.S_ISDIR(os.fstat(handle).st_mode)
        steps.append("sync folder" if folder else f"sync {os.fstat(handle).st_size} bytes")
        fsync(handle)

    def noted_rename(path: Path, target: Path) -> Path:
        steps.append("rename")
        return rename(path, target)

    monkeypatch.setattr(os, "fsync", noted_fsync)
    monkeypatch.setattr(Path, "rename", noted_rename)
    assert transport.hand_over(_mail()) is Handover.HANDED_OVER
    assert steps == [f"sync {len(CONTENT)} bytes", "rename", "sync folder"]
