"""A folder of receipts: whoever gets them lays them in, and workers take them out (D-POST-1).

Here: files. Each is one receipt, and ends in `.xml`; what is done moves to `done`. The folder may
be absent, and then none have come. Not here: what a receipt says (`receipt_xml`), and how it came.
"""

import os
from contextlib import suppress
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Final

from attrs import frozen

from eservices_adapters.config.files import (
    OWNER_ONLY_FOLDER,
    open_regular,
    sync_folder,
    write_temporary,
)
from eservices_adapters.mitdk.receipt_xml import read_receipt
from eservices_adapters.mitdk.small_xml import MAX_BYTES
from eservices_core.outcome import Failure
from eservices_core.ports.digital_post import Doubt, Receipt

_DONE: Final = "done"


@frozen
class ReceiptFolder:
    """Receipts as files, given until they are done."""

    path: Path

    def receipts(self, limit: int, /) -> tuple[Receipt, ...]:
        """Give what is not done, oldest first, at most `limit`."""
        found: list[Receipt] = []
        for at, path in self._waiting():
            if len(found) >= limit:
                break
            content = _content_of(path)
            if content is not None:
                found.append(_receipt(path, content, at))
        return tuple(found)

    def done(self, receipt: Receipt, /) -> None:
        """Move the file away; a file of the same name that came meanwhile is another receipt."""
        for _, path in self._waiting():
            content = _content_of(path)
            if content is not None and _name_of(path, content) == receipt.name:
                folder = self.path / _DONE
                folder.mkdir(OWNER_ONLY_FOLDER, exist_ok=True)
                with suppress(FileNotFoundError):  # another worker did it
                    _ = path.rename(folder / f"{receipt.name}.xml")
                return

    def lay(self, document: bytes) -> None:
        """Keep a document that came, on the disk when this returns; the same bytes are one file.

        Whoever sends receipts sends them again until they are acknowledged, so this may have been
        done before.

        Raises:
            OSError: it may not be there.
        """
        self.path.mkdir(OWNER_ONLY_FOLDER, exist_ok=True)
        place = self.path / f"{sha256(document).hexdigest()[:32]}.xml"
        written = write_temporary(self.path, ".receipt.", document)
        try:
            # The disk's clock ticks so slowly that two receipts may have come in one tick.
            last = max((ns for ns, _, _ in self._lying()), default=0)
            came = max(written.stat().st_mtime_ns, last + 1)
            os.utime(written, ns=(came, came))
            os.link(written, place)
        except FileExistsError:
            return
        finally:
            written.unlink(missing_ok=True)
        sync_folder(self.path)

    def _lying(self) -> list[tuple[int, str, Path]]:
        with suppress(FileNotFoundError):
            paths = [path for path in self.path.iterdir() if path.suffix == ".xml"]
            came = [(_came(path), path) for path in paths]
            # In one tick of the disk's clock, the name decides.
            return sorted((ns, path.name, path) for ns, path in came if ns is not None)
        return []

    def _waiting(self) -> list[tuple[datetime, Path]]:
        return [(datetime.fromtimestamp(ns / 1e9, UTC), path) for ns, _, path in self._lying()]


def _came(path: Path) -> int | None:
    try:
        return path.stat().st_mtime_ns
    except FileNotFoundError:
        return None


def _content_of(path: Path) -> bytes | None:
    """The file, cut one byte above the bound; None where it is gone, or no file."""
    try:
        with open_regular(path) as file:
            return file.read(MAX_BYTES + 1)
    except OSError:
        return None


def _name_of(path: Path, content: bytes) -> str:
    return sha256(os.fsencode(path.name) + b"\x00" + content).hexdigest()[:32]


def _receipt(path: Path, content: bytes, came: datetime) -> Receipt:
    name = _name_of(path, content)
    read = read_receipt(content)
    if isinstance(read, Failure):
        return Receipt(name, None, None, came, doubt=Doubt.UNREADABLE)
    said = read.unwrap()
    doubt = Doubt.OTHER_STATUS if said.says is None else None
    return Receipt(name, said.letter, said.says, said.at, said.code, doubt)
