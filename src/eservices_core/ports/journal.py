"""The clinic's journal, where another system keeps it (D-MAIL-3).

Without one the embedded journal counts: entries lie in the ledger, filed in the unit of work that
writes them. Here: handing an entry over. Not here: what an entry is (`journal.entry`).
"""

from enum import Enum, unique
from typing import Protocol, TypeAlias

from attrs import field, frozen

from eservices_core.journal.entry import EntryKind
from eservices_core.words.civil_number import CivilNumber
from eservices_core.words.identifiers import ClinicId, EntryId


@frozen
class JournalFile:
    """A picture or a PDF that goes into the journal."""

    media_type: str
    data: bytes = field(repr=False)


@frozen
class EntryToFile:
    """An entry as the clinic's system is to keep it, under Miscellaneous (Diverse).

    `entry` is the key: the same entry handed over twice is one entry there.
    """

    entry: EntryId
    clinic: ClinicId
    patient: CivilNumber
    kind: EntryKind
    text: str = field(repr=False)
    files: tuple[JournalFile, ...] = ()


@frozen
class Acknowledged:
    """It is in the journal; `reference` is what that system calls it."""

    reference: str


@unique
class NotFiled(Enum):
    """Why it is not in the journal, as far as anybody knows."""

    REFUSED = "refused"
    """The system will not take it: no such patient there, or something is wrong with it."""
    SILENT = "silent"
    """No answer came; it may be there. Ask again, with the same key."""


Answer: TypeAlias = Acknowledged | NotFiled


class Journal(Protocol):
    """A journal that another system keeps."""

    def file(self, entry: EntryToFile, /) -> Answer:
        """Put an entry into the patient's journal, once for each key, however often it is asked."""
        ...

    def move(self, entry: EntryId, patient: CivilNumber | None, /) -> Answer:
        """Move a filed entry to another patient's journal, or (None) out of everybody's."""
        ...
