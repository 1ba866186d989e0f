import os
import subprocess
import sys
from pathlib import Path

from eservices_adapters.email.maildir import MaildirTransport
from eservices_core.ports.outbox import Handover, MailKind, OutgoingMail
from eservices_core.words.email_address import EmailAddress
from eservices_core.words.identifiers import MailId, UserId

VICTIM = Path(__file__).with_name("victim.py")
# Where the two packages were found by this process, they are found by the one that dies.
WITH_SOURCES = {**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
MAILS, SIZE = 60, 30_000  # as the victim has them


def _mail(number: int, size: int) -> OutgoingMail:
    return OutgoingMail(
        MailId(f"mail-{number}"),
        MailKind.ACTIVATION,
        UserId("user-1"),
        EmailAddress.parse("anna@example.dk").unwrap(),
        f"Mail {number}\r\n".encode() * size,
        None,
    )


def _contents(folder: Path) -> list[bytes]:
    return [path.read_bytes() for path in folder.iterdir()] if folder.is_dir() else []


def test_a_delivery_killed_at_any_line_leaves_the_whole_mail_or_none(tmp_path: Path) -> None:
    """faults: 144. Killed anywhere, `new` holds the whole mail or none; tried again, just one."""
    finished = subprocess.run(  # noqa: S603  our own script
        [sys.executable, VICTIM, "lines", tmp_path],
        env=WITH_SOURCES, capture_output=True, check=True, text=True, timeout=120,
    )  # fmt: skip
    died = int(finished.stdout)
    assert died > 40, "as many lines as the adapter has, at least"
    whole = _mail(1, 1000)
    seen: set[str] = set()
    for line in range(died):
        folder = tmp_path / str(line)
        left = _contents(folder / "new")
        assert left in ([], [whole.content]), f"killed at line {line}"
        seen.add(f"{len(left)} in new, {len(_contents(folder / 'tmp'))} in tmp")

        assert MaildirTransport(folder).hand_over(whole) is Handover.HANDED_OVER
        assert _contents(folder / "new") == [whole.content]
        assert _contents(folder / "tmp") == [], "what the killed one left is cleared away"
    assert seen == {"0 in new, 0 in tmp", "0 in new, 1 in tmp", "1 in new, 0 in tmp"}


def test_a_worker_killed_again_and_again_delivers_each_mail_once(tmp_path: Path) -> None:
    """faults: 144. After five kills and a run to the end, each mail lies there once, and whole."""
    folder = tmp_path / "mailbox"
    for kill_after in (1, 9, 20, 33, 47, MAILS):
        with subprocess.Popen(  # noqa: S603  our own script
            [sys.executable, VICTIM, "mails", folder],
            env=WITH_SOURCES, stdout=subprocess.PIPE, text=True,
        ) as worker:  # fmt: skip
            assert worker.stdout is not None
            for number, line in enumerate(worker.stdout, start=1):
                assert line.split()[1] == "handed_over"
                if number == kill_after < MAILS:
                    break  # now it is in the middle of the next one
            worker.kill()
        for path in (folder / "new").iterdir():
            number = int(path.name.split(".")[0].removeprefix("mail-"))
            assert path.read_bytes() == _mail(number, SIZE).content
    assert len(_contents(folder / "new")) == MAILS
    assert _contents(folder / "tmp") == []
