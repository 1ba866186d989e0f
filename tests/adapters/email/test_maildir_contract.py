import errno
import os
import stat
import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest

from eservices_adapters.email.maildir import MaildirTransport
from eservices_core.ports.outbox import Handover, OutgoingMail
from eservices_core.testing.contracts import MailTransportContract, MailUnderTest

pytestmark = pytest.mark.made_up("the contract's own changes and mails")


class NotingTransport:
    """The adapter, and the envelope of each mail, of which a Maildir keeps nothing."""

    def __init__(self, folder: Path) -> None:
        self._transport = MaildirTransport(folder)
        self._folder = folder
        self._envelopes: dict[str, str] = {}

    def hand_over(self, mail: OutgoingMail, /) -> Handover:
        """Note the recipient, and hand over."""
        self._envelopes[str(mail.mail)] = mail.to.reveal()
        return self._transport.hand_over(mail)

    def arrived(self) -> list[tuple[str, bytes]]:
        """What lies in the Maildir, unread, in the order of the envelopes."""
        new = self._folder / "new"
        found = list(new.iterdir()) if new.is_dir() else []
        order = list(self._envelopes)
        found.sort(key=lambda path: order.index(path.name.rpartition(".")[0]))
        return [
            (self._envelopes[path.name.rpartition(".")[0]], path.read_bytes()) for path in found
        ]


class TestMaildirTransport(MailTransportContract):
    @pytest.fixture
    def under_test(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> MailUnderTest:
        """A Maildir on a disk that fails once when it is asked to."""
        transport = NotingTransport(tmp_path / "mailbox")
        once: dict[Handover, Callable[[], None]] = {
            Handover.WAITING: lambda: _fail_to_write_once(monkeypatch),
            Handover.AMBIGUOUS: lambda: _fail_to_sync_once(monkeypatch, tmp_path / "mailbox/new"),
        }

        def arrange(handover: Handover) -> None:
            if handover not in once:
                pytest.skip("a Maildir takes every mail: nothing can be REFUSED")
            once[handover]()

        return MailUnderTest(transport, transport.arrived, arrange)


def _fail_to_write_once(monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object, **__: object) -> None:
        monkeypatch.undo()
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(tempfile, "mkstemp", full)


def _fail_to_sync_once(monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    """Fail when the folder that has the mail is synced: the first one with a file in it."""
    fsync = os.fsync

    def broken(handle: int) -> None:
        if stat.S_ISDIR(os.fstat(handle).st_mode) and any(folder.glob("*")):
            monkeypatch.undo()
            raise OSError(errno.EIO, os.strerror(errno.EIO))
        fsync(handle)

    monkeypatch.setattr(os, "fsync", broken)
