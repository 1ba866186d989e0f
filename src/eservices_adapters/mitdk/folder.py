"""A folder in place of mit.dk: messages out, receipts in, and a file of who can be reached.

Whoever has an agreement with mit.dk's operator (or a supplier who has) carries what lies in `out`
to them, and lays receipts into `receipts`; for everybody else it is a trial run. Here: messages and
reach. Not here: the XML of a message (`memo_writer`), and the folder of receipts
(`receipt_folder`).

`out/UUID.xml` is written whole or not at all, readable by its owner alone, and never changed: the
same message is the same bytes, so handing it over again finds it. The reach file is TOML:

    [reach]
    "0000000000" = "can_receive"   # or exempt, closed

It holds CPR numbers; without it, digital post is silent, and a number that is not in it is unknown.
"""

import filecmp
import os
import tempfile
import tomllib
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Final, cast

from attrs import frozen

from eservices_adapters.config.files import OWNER_ONLY_FOLDER, open_regular, sync_folder
from eservices_adapters.mitdk.memo_writer import FileChanged, MemoVersion, write_memo
from eservices_adapters.mitdk.receipt_folder import ReceiptFolder
from eservices_core.ports.digital_post import Accepted, NoAnswer, Receipt, Rejected, Sent
from eservices_core.post.memo import Memo
from eservices_core.post.sending import Reach
from eservices_core.words.civil_number import CivilNumber

if TYPE_CHECKING:
    from eservices_core.ports.digital_post import DigitalPost

_REACH_BYTES_MAX: Final = 4 * 1024 * 1024
_OTHER_MESSAGE: Final = "other_message"


@frozen
class FolderPost:
    """The port `DigitalPost` over folders.

    Attributes:
        out: where messages are put; made when the first one comes.
        receipts_folder: where receipts are found, each a file that ends in `.xml`; `done` in it is
            where they go. It may be absent, and then none have come.
        reach_file: who can be reached; None, or a file that is not there, for nobody knows.
        version: the MeMo version that is written.
    """

    out: Path
    receipts_folder: Path
    reach_file: Path | None
    version: MemoVersion = MemoVersion.V1_1

    def reach(self, recipient: CivilNumber, /) -> Reach:
        """Look a person up in the file as it is now."""
        if self.reach_file is None:
            return Reach.SILENT
        try:
            with open_regular(self.reach_file) as file:
                content = file.read(_REACH_BYTES_MAX + 1)
            if len(content) > _REACH_BYTES_MAX:
                return Reach.SILENT
            table = tomllib.loads(content.decode("utf-8")).get("reach")
        except (OSError, ValueError, RecursionError):
            return Reach.SILENT  # what cannot be read says nothing about anybody
        if not isinstance(table, dict):
            return Reach.SILENT
        word = cast("dict[str, object]", table).get(recipient.reveal())
        if word is None:
            return Reach.UNKNOWN
        known = {each.value: each for each in Reach}
        return known.get(word, Reach.SILENT) if isinstance(word, str) else Reach.SILENT

    def send(self, message: Memo, /) -> Sent:
        """Put the message into the folder, once.

        NOT_NOW: nothing is in place. AMBIGUOUS: it is in place, but may not outlive a loss of
        power. Rejected, `other_message`: a file of its name has other bytes.
        """
        try:
            self.out.mkdir(OWNER_ONLY_FOLDER, exist_ok=True)
            written = self._write(message)
        except OSError:
            return NoAnswer.NOT_NOW
        except FileChanged:
            return Rejected("file_changed")
        place = self.out / f"{message.draft.uuid.lower()}.xml"
        try:
            return self._place(written, place)
        finally:
            with suppress(OSError):
                written.unlink()

    def _write(self, message: Memo) -> Path:
        handle, name = tempfile.mkstemp(dir=self.out, prefix=".letter.")
        written = Path(name)
        try:
            with os.fdopen(handle, "wb") as file:
                write_memo(message, self.version, file)
                file.flush()
                os.fsync(handle)
        except (OSError, FileChanged):
            with suppress(OSError):
                written.unlink()
            raise
        return written

    def _place(self, written: Path, place: Path) -> Sent:
        try:
            os.link(written, place)  # unlike a rename, a link never goes over a file
        except FileExistsError:
            try:
                if not filecmp.cmp(written, place, shallow=False):
                    return Rejected(_OTHER_MESSAGE)
            except OSError:
                return NoAnswer.AMBIGUOUS
        except OSError:
            return NoAnswer.NOT_NOW
        try:
            sync_folder(self.out)
        except OSError:
            return NoAnswer.AMBIGUOUS
        return Accepted()

    def receipts(self, limit: int, /) -> tuple[Receipt, ...]:
        """Give what lies in the folder and is not done, oldest first."""
        return ReceiptFolder(self.receipts_folder).receipts(limit)

    def done(self, receipt: Receipt, /) -> None:
        """Move the file away; a file of the same name that came meanwhile is another receipt."""
        ReceiptFolder(self.receipts_folder).done(receipt)


if TYPE_CHECKING:
    _: type[DigitalPost] = FolderPost
