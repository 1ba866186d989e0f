"""Mails into a Maildir: a folder of files, as mail programs and mail servers read it.

Here: writing one frozen mail, whole or not at all, once. Not here: reading mail, and SMTP. Above
the mail stands its envelope sender as `Return-Path`, as whoever delivers a mail writes it, so that
a bounce can be made from what lies there (`bounced`); below it are the bytes that were decided, and
no other. They keep their CRLF line ends, although a Maildir is mostly written with LF: identical
bytes are what the ledger promises of every attempt, and what a signature or a later look at the
evidence needs; readers take both.
"""

import os
from collections.abc import Callable
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from typing import Final

from eservices_adapters.config.files import OWNER_ONLY_FOLDER, sync_folder, write_temporary
from eservices_core.ports.outbox import Handover, OutgoingMail
from eservices_core.words.identifiers import MailId

_DIGEST_LENGTH: Final = 16


class MaildirTransport:
    """Delivers every mail, whoever it is to, into one Maildir of its owner's alone.

    The file's name is made from the mail's id and its bytes, so handing the same mail over again
    finds it, whoever did it before and however that ended. It is found until somebody takes it out
    of the Maildir (reading moves it to `cur`, where it is found).
    """

    def __init__(self, folder: Path, return_path: Callable[[MailId], str] | None = None) -> None:
        """Take a folder; it is made, in a folder that must be there, when the first mail comes.

        `return_path` gives each mail's envelope sender; without it none is written.
        """
        self._folder = folder
        self._return_path = return_path

    def hand_over(self, mail: OutgoingMail, /) -> Handover:
        """Try once; raises nothing that the disk can do.

        HANDED_OVER: the file is whole, in place and synced. WAITING: nothing is in place.
        AMBIGUOUS: it is, or was, in place, but may not outlive a loss of power, or nobody can look.
        Never REFUSED: every address is taken.
        """
        # With the id in the digest too, two ids that differ in case alone stay apart where the
        # file system does not tell cases.
        digest = sha256(f"{mail.mail}\n".encode() + mail.content).hexdigest()
        name = f"{mail.mail}.{digest[:_DIGEST_LENGTH]}"
        try:
            self._make_folders()
            if self._place_of(name) is not None:
                return self._settle(name, renamed=False)
            written = write_temporary(
                self._folder / "tmp", f"{name}.", self._envelope(mail) + mail.content
            )
        except OSError:
            return Handover.WAITING
        renamed = False
        with suppress(OSError):
            _ = written.rename(self._folder / "new" / name)
            renamed = True
        return self._settle(name, renamed=renamed)

    def _envelope(self, mail: OutgoingMail) -> bytes:
        if self._return_path is None:
            return b""
        return f"Return-Path: <{self._return_path(mail.mail)}>\r\n".encode("ascii")

    def _make_folders(self) -> None:
        for folder in (self._folder, *(self._folder / part for part in ("tmp", "new", "cur"))):
            try:
                folder.mkdir(OWNER_ONLY_FOLDER)
            except FileExistsError:
                continue
            sync_folder(folder.parent)

    def _place_of(self, name: str) -> Path | None:
        """Find the folder that holds the mail; `new` first, for mails move from there to `cur`."""
        new = self._folder / "new"
        with suppress(FileNotFoundError):
            _ = os.lstat(new / name)
            return new
        cur = self._folder / "cur"
        with os.scandir(cur) as entries:  # a reader has added its flags: "name:2,S"
            read = any(entry.name == name or entry.name.startswith(f"{name}:") for entry in entries)
        return cur if read else None

    def _settle(self, name: str, *, renamed: bool) -> Handover:
        """Say how it ended by where the file is now, and make that last.

        A rename that failed may still have been done, by a file server whose answer was lost; one
        that went well counts even if a reader has taken the mail away since.
        """
        try:
            place = self._place_of(name)
            if place is not None:
                sync_folder(place)
        except OSError:
            return Handover.AMBIGUOUS
        self._sweep(name)
        delivered = renamed or place is not None
        return Handover.HANDED_OVER if delivered else Handover.WAITING

    def _sweep(self, name: str) -> None:
        """Remove what attempts at this mail have left in `tmp`, of this process or a killed one.

        An attempt of another process that is swept away in mid-air fails to rename and looks where
        the mail is, so it ends well or is tried again.
        """
        with suppress(OSError):
            for left in (self._folder / "tmp").glob(f"{name}.*"):
                left.unlink(missing_ok=True)
