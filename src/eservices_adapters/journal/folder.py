"""A journal as a folder: for a clinic system that takes up files, and for looking at (D-MAIL-3).

An entry is one JSON file, `ENTRY.json`, whole or not there; its pictures and PDFs lie beside it.
Whoever takes them up leaves them: the file is what an entry is known by. It holds a CPR number and
a text, so folder and files are their owner's alone.
"""

import json
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from eservices_adapters.config.files import (
    OWNER_ONLY_FOLDER,
    sync_folder,
    write_temporary,
)
from eservices_core.journal.entry import EntryKind
from eservices_core.outcome import Failure
from eservices_core.ports.journal import (
    Acknowledged,
    Answer,
    EntryToFile,
    Journal,
    JournalFile,
    NotFiled,
)
from eservices_core.words.civil_number import CivilNumber
from eservices_core.words.identifiers import ClinicId, EntryId

_SUFFIXES: Final = {
    "application/pdf": "pdf",
    "image/png": "png",
    "image/jpeg": "jpg",
    "image/gif": "gif",
    "image/tiff": "tiff",
}


class FolderJournal:
    """Writes entries into a folder, which is made in one that must be there."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def file(self, entry: EntryToFile, /) -> Answer:
        """Write an entry, unless it is there; SILENT where the disk says no."""
        try:
            self._make_folder()
            place = self._place(entry.entry)
            if not place.exists():
                files = [
                    self._write_file(entry.entry, number, file)
                    for number, file in enumerate(entry.files, start=1)
                ]
                self._write(place, {**_written(entry), "files": files})
        except OSError:
            return NotFiled.SILENT
        return _acknowledged(entry.entry)

    def move(self, entry: EntryId, patient: CivilNumber | None, /) -> Answer:
        """Write another patient into an entry that is there, or nobody."""
        try:
            place = self._place(entry)
            if not place.exists():
                return NotFiled.REFUSED
            written = json.loads(place.read_bytes())
            self._write(place, {**written, "patient": patient.reveal() if patient else None})
        except (OSError, ValueError):
            return NotFiled.SILENT
        return _acknowledged(entry)

    def of(self, clinic: ClinicId, patient: CivilNumber) -> tuple[EntryToFile, ...]:
        """Give what stands in a patient's journal at a clinic, in the order in which it came."""
        found: list[tuple[int, EntryToFile]] = []
        for place in self._folder.glob("*.json"):
            written = json.loads(place.read_bytes())
            if (written["clinic"], written["patient"]) == (str(clinic), patient.reveal()):
                found.append((written["place"], self._read(written)))
        return tuple(entry for _, entry in sorted(found, key=lambda pair: pair[0]))

    def _place(self, entry: EntryId) -> Path:
        # Two ids that differ in case alone stay apart where the file system does not tell cases.
        return self._folder / f"{entry}.{sha256(str(entry).encode()).hexdigest()[:8]}.json"

    def _make_folder(self) -> None:
        try:
            self._folder.mkdir(OWNER_ONLY_FOLDER)
        except FileExistsError:
            return
        sync_folder(self._folder.parent)

    def _write_file(self, entry: EntryId, number: int, file: JournalFile) -> dict[str, str]:
        suffix = _SUFFIXES.get(file.media_type, "bin")
        place = self._place(entry).with_suffix(f".{number}.{suffix}")
        written = write_temporary(self._folder, f".{place.name}.", file.data)
        _ = written.rename(place)
        return {"name": place.name, "media_type": file.media_type}

    def _write(self, place: Path, entry: Mapping[str, object]) -> None:
        """Put the file in its place in one step, after all that it names."""
        counted = {"place": len(list(self._folder.glob("*.json"))), **entry}
        content = json.dumps(counted, ensure_ascii=False, indent=2).encode("utf-8", "surrogatepass")
        written = write_temporary(self._folder, f".{place.name}.", content)
        _ = written.replace(place)  # over the one that a move rewrites
        sync_folder(self._folder)

    def _read(self, written: Mapping[str, Any]) -> EntryToFile:
        number = CivilNumber.parse(written["patient"])
        assert not isinstance(number, Failure), "it was written from a number"
        return EntryToFile(
            EntryId(written["entry"]),
            ClinicId(written["clinic"]),
            number.unwrap(),
            EntryKind(written["kind"]),
            written["text"],
            tuple(
                JournalFile(file["media_type"], (self._folder / file["name"]).read_bytes())
                for file in written["files"]
            ),
        )


def _written(entry: EntryToFile) -> dict[str, object]:
    return {
        "entry": str(entry.entry),
        "clinic": str(entry.clinic),
        "patient": entry.patient.reveal(),
        "tab": "Diverse",
        "kind": entry.kind.value,
        "text": entry.text,
    }


def _acknowledged(entry: EntryId) -> Acknowledged:
    return Acknowledged(f"folder-{entry}")


if TYPE_CHECKING:
    _journal: type[Journal] = FolderJournal
