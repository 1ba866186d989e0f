"""A journal of another system, in memory: what a test can look into, silence and break."""

from typing import TYPE_CHECKING

from eservices_core.ports.journal import Acknowledged, Answer, EntryToFile, Journal, NotFiled
from eservices_core.words.civil_number import CivilNumber
from eservices_core.words.identifiers import ClinicId, EntryId


class MemoryJournal:
    """Keeps entries by their ids, and answers as it is told to.

    Attributes:
        asked: how often anything was asked of it.
    """

    def __init__(self) -> None:
        self._entries: dict[EntryId, EntryToFile] = {}
        self._places: dict[EntryId, CivilNumber | None] = {}
        self._script: list[NotFiled | None] = []
        self.asked = 0

    def file(self, entry: EntryToFile, /) -> Answer:
        """Put an entry into the patient's journal, once for each key."""
        said = self._next()
        if said is NotFiled.REFUSED:
            return said
        _ = self._entries.setdefault(entry.entry, entry)
        _ = self._places.setdefault(entry.entry, entry.patient)
        return said or Acknowledged(f"memory-{entry.entry}")

    def move(self, entry: EntryId, patient: CivilNumber | None, /) -> Answer:
        """Move a filed entry to another patient's journal, or (None) out of everybody's."""
        said = self._next()
        if said is NotFiled.REFUSED or entry not in self._entries:
            return NotFiled.REFUSED
        self._places[entry] = patient
        return said or Acknowledged(f"memory-{entry}")

    def _next(self) -> NotFiled | None:
        self.asked += 1
        return self._script.pop(0) if self._script else None

    def script(self, *answers: NotFiled | None) -> None:
        """Have the next calls end like this; None for well.

        After SILENT the entry is there: it is the answer that is lost.
        """
        self._script.extend(answers)

    def of(self, clinic: ClinicId, patient: CivilNumber) -> tuple[EntryToFile, ...]:
        """Give what stands in a patient's journal at a clinic, in the order in which it came."""
        return tuple(
            entry
            for key, entry in self._entries.items()
            if entry.clinic == clinic and self._places[key] == patient
        )


if TYPE_CHECKING:
    _journal: type[Journal] = MemoryJournal
