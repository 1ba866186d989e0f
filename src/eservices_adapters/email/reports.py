"""Delivery reports from a Maildir: the mailbox that all return paths lead to.

Here: which files are given, and where they go when they are done. Not here: what their bytes say
(`dsn`). The mailbox is this adapter's alone: a mail program that opens it moves what it sees from
`new` to `cur`, and that is how we know what is done. Nothing is ever deleted.
"""

import os
import stat
from collections.abc import Callable
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Final

from attrs import frozen

from eservices_adapters.config.files import OWNER_ONLY_FOLDER, open_regular, sync_folder
from eservices_adapters.email.dsn import Said, read_report
from eservices_core.ports.delivery_reports import Action, DeliveryReports, Doubt, Report
from eservices_core.words.identifiers import MailId

READ_MAX: Final = 1024 * 1024
"""So many bytes are read. The part for machines stands before the mail that it quotes."""

_SEEN: Final = ":2,S"
_FILE_NAME_MAX: Final = 200
_LAST_MOMENT: Final = datetime(9999, 12, 31, tzinfo=UTC).timestamp()


@frozen
class _Lying:
    came_ns: int
    file: str


class MaildirReports:
    """Gives what lies in `new` until it is done; that moves it to `cur`, at once or not at all.

    What is no delivery report is moved there unread by anybody, as soon as it is seen.
    """

    def __init__(self, folder: Path, mail_of: Callable[[str], MailId | None]) -> None:
        """Take a folder, which is made in one that must be there, and who knows our addresses."""
        self._folder = folder
        self._mail_of = mail_of
        self._files: dict[str, str] = {}

    def waiting(self, limit: int, /) -> tuple[Report, ...]:
        """Give reports that are not done, in the order in which they came, at most `limit`.

        When one came is when its file was last written. Raises OSError when the folder cannot be
        read; a file that cannot be is given as UNKNOWN.
        """
        assert limit >= 0, "nobody asks for fewer than no reports"
        self._make_folders()
        files: dict[str, str] = {}
        reports: list[Report] = []
        for lying in self._lying():
            if len(reports) == limit:
                break
            try:
                said = self._read(lying.file)
            except FileNotFoundError:  # another worker was faster
                continue
            if said is None:
                self._put_aside(lying.file)
                continue
            name = _name(lying.file)
            files[name] = lying.file
            reports.append(
                Report(name, said.mail, said.action, _instant(lying), said.diagnostic, said.doubt)
            )
        self._files = files
        return tuple(reports)

    def done(self, report: Report, /) -> None:
        """Never give this one again; raises OSError when it cannot be moved.

        After a loss of power it may be given once more.
        """
        file = self._files.get(report.name)
        if file is None:  # it was given to somebody else, or before a restart
            self._make_folders()
            file = next((one.file for one in self._lying() if _name(one.file) == report.name), None)
        if file is not None:
            self._put_aside(file)

    def _make_folders(self) -> None:
        for folder in (self._folder, *(self._folder / part for part in ("tmp", "new", "cur"))):
            try:
                folder.mkdir(OWNER_ONLY_FOLDER)
            except FileExistsError:
                continue
            sync_folder(folder.parent)

    def _lying(self) -> list[_Lying]:
        """List the regular files of `new`, oldest first."""
        found: list[_Lying] = []
        with os.scandir(self._folder / "new") as entries:
            for entry in entries:
                try:
                    status = entry.stat(follow_symlinks=False)
                except FileNotFoundError:
                    continue
                if stat.S_ISREG(status.st_mode) and not entry.name.startswith("."):
                    found.append(_Lying(status.st_mtime_ns, entry.name))
        return sorted(found, key=lambda one: (one.came_ns, one.file))

    def _read(self, file: str) -> Said | None:
        try:
            with open_regular(self._folder / "new" / file) as opened:
                content = opened.read(READ_MAX)
                cut = bool(opened.read(1))
        except FileNotFoundError:
            raise
        except OSError:
            return Said(None, Action.UNKNOWN, "", Doubt.UNREADABLE)
        return read_report(content, self._mail_of, cut=cut)

    def _put_aside(self, file: str) -> None:
        seen = f"{file.partition(':')[0][:_FILE_NAME_MAX]}{_SEEN}"
        try:
            _ = (self._folder / "new" / file).rename(self._folder / "cur" / seen)
        except FileNotFoundError:
            return
        for part in ("cur", "new"):
            sync_folder(self._folder / part)


def _name(file: str) -> str:
    return sha256(os.fsencode(file)).hexdigest()[:32]


def _instant(lying: _Lying) -> datetime:
    seconds = min(max(lying.came_ns / 1_000_000_000, 0), _LAST_MOMENT)
    return datetime.fromtimestamp(seconds, UTC)


if TYPE_CHECKING:
    _reports: type[DeliveryReports] = MaildirReports
