import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from attrs import evolve

from eservices_adapters.journal.folder import FolderJournal
from eservices_core.ports.journal import Acknowledged, Answer, EntryToFile, NotFiled
from eservices_core.testing.contracts import JournalContract, JournalUnderTest
from eservices_core.testing.contracts import journal as contract
from eservices_core.testing.memory import MemoryJournal
from eservices_core.words.civil_number import CivilNumber
from eservices_core.words.identifiers import EntryId

ENTRY: EntryToFile = contract._ENTRY


class TestMemoryJournal(JournalContract):
    @pytest.fixture
    def under_test(self) -> JournalUnderTest:
        """The journal in memory, of which nothing outlives the process."""
        journal = MemoryJournal()
        return JournalUnderTest(journal, journal.of, "it is kept in memory")


class TestFolderJournal(JournalContract):
    @pytest.fixture
    def under_test(self, tmp_path: Path) -> JournalUnderTest:
        """A folder that is not there yet."""
        folder = tmp_path / "journal"
        journal = FolderJournal(folder)
        return JournalUnderTest(journal, journal.of, lambda: FolderJournal(folder))


def test_the_folder_is_its_owners_alone(tmp_path: Path) -> None:
    """D-LOG-1: numbers and texts lie where nobody else can read them, and no half file is left."""
    folder = tmp_path / "journal"
    assert isinstance(FolderJournal(folder).file(ENTRY), Acknowledged)
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert {stat.S_IMODE(file.stat().st_mode) for file in folder.iterdir()} == {0o600}
    assert not [file for file in folder.iterdir() if file.name.startswith(".")]


def test_a_disk_that_says_no_is_silence(tmp_path: Path) -> None:
    """D-MAIL-3: where the disk fails nobody knows whether the entry is there; it is asked again."""
    file = tmp_path / "a file"
    _ = file.write_text("in the way")
    assert FolderJournal(file / "journal").file(ENTRY) is NotFiled.SILENT


# --- saboteurs -----------------------------------------------------------------------------------


class _Doubles(MemoryJournal):
    """Takes every asking for an entry of its own."""

    def file(self, entry: EntryToFile, /) -> Answer:
        return super().file(evolve(entry, entry=EntryId(f"{entry.entry}-{self.asked}")))


class _Forgets(MemoryJournal):
    """Says that it has it, and has not."""

    def file(self, entry: EntryToFile, /) -> Answer:
        return Acknowledged(f"memory-{entry.entry}")


class _Trims(MemoryJournal):
    """Makes texts fit."""

    def file(self, entry: EntryToFile, /) -> Answer:
        return super().file(evolve(entry, text=entry.text.strip()[:1000]))


class _DropsFiles(MemoryJournal):
    """Keeps texts alone."""

    def file(self, entry: EntryToFile, /) -> Answer:
        return super().file(evolve(entry, files=()))


class _Copies(MemoryJournal):
    """Moves by leaving a copy."""

    def move(self, entry: EntryId, patient: CivilNumber | None, /) -> Answer:
        before = self._entries.get(entry)
        moved = super().move(entry, patient)
        if before is not None:
            again = EntryId(f"{entry}-left")
            self._entries[again] = evolve(before, entry=again)
            self._places[again] = before.patient
        return moved


class _MovesAnything(MemoryJournal):
    """Says that it has moved what it never had."""

    def move(self, entry: EntryId, patient: CivilNumber | None, /) -> Answer:
        _ = super().move(entry, patient)
        return Acknowledged("moved")


class _FilesAgain(MemoryJournal):
    """Puts what was moved back where it was first."""

    def file(self, entry: EntryToFile, /) -> Answer:
        said = super().file(entry)
        self._places[entry.entry] = entry.patient
        return said


class _OneClinic(MemoryJournal):
    """Knows no clinics."""

    def of(self, clinic: Any, patient: CivilNumber) -> tuple[EntryToFile, ...]:
        del clinic
        return tuple(entry for key, entry in self._entries.items() if self._places[key] == patient)


class _Shows(MemoryJournal):
    """Shows what it holds."""

    def __repr__(self) -> str:
        return f"{[(one.patient.reveal(), one.text) for one in self._entries.values()]}"


class _OneKind(MemoryJournal):
    """Files everything as an answer."""

    def file(self, entry: EntryToFile, /) -> Answer:
        return super().file(evolve(entry, kind=ENTRY.kind))


SABOTEURS: list[Callable[[], MemoryJournal]] = [
    _Doubles,
    _Forgets,
    _Trims,
    _DropsFiles,
    _Copies,
    _MovesAnything,
    _FilesAgain,
    _OneClinic,
    _Shows,
    _OneKind,
]


@pytest.mark.parametrize("saboteur", SABOTEURS, ids=lambda kind: kind.__name__)
def test_whoever_breaks_a_promise_is_noticed(saboteur: Callable[[], MemoryJournal]) -> None:
    """A journal that is wrong in one way breaks a promise of the contract."""
    assert _broken(saboteur)


def test_the_one_in_memory_breaks_none() -> None:
    """The journal that the saboteurs are made from keeps every promise."""
    assert _broken(MemoryJournal) == []


def _broken(kind: Callable[[], MemoryJournal]) -> list[str]:
    broken: list[str] = []
    for name in JournalContract.promises():
        for given in _parameters(name):
            journal = kind()
            under_test = JournalUnderTest(journal, journal.of, "it is kept in memory")
            try:
                getattr(JournalContract(), name)(under_test, *given)
            except pytest.skip.Exception:
                continue
            except AssertionError:
                broken.append(name)
    return broken


def _parameters(name: str) -> list[tuple[Any, ...]]:
    if name == "test_an_entry_stands_in_its_patients_journal":
        return [(text,) for text in contract._TEXTS.values()]
    if name == "test_every_kind_is_taken":
        return [(kind,) for kind in contract.EntryKind]
    return [()]
