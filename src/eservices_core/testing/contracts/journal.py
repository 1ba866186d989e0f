"""The contract of a journal that another system keeps: each entry once, with its own patient."""

from collections.abc import Callable
from typing import Final

import pytest
from attrs import evolve as with_changes
from attrs import frozen

from eservices_core.journal.entry import EntryKind
from eservices_core.ports.journal import Acknowledged, EntryToFile, Journal, JournalFile, NotFiled
from eservices_core.testing.contracts.base import Contract
from eservices_core.words.civil_number import CivilNumber
from eservices_core.words.identifiers import ClinicId, EntryId

_ANNA: Final = CivilNumber.parse("0709614606").unwrap()
_BENT: Final = CivilNumber.parse("0709614231").unwrap()
_ENTRY: Final = EntryToFile(
    EntryId("entry-1"),
    ClinicId("clinic-1"),
    _ANNA,
    EntryKind.ANSWER,
    "A text",
    (JournalFile("application/pdf", b"%PDF-1.7 a file"),),
)
_TEXTS: Final = {
    "nothing": "",
    "letters of the world": "Æblegrød \U0001f469\u200d\u2695\ufe0f \u202eabc\u202c",
    "line ends": "a\r\nb\nc\rd\u2028e",
    "quotes": "'\"; <b>&amp;</b> {} \\ %s",
    "a long one": "0123456789" * 10_000,
}


@frozen
class JournalUnderTest:
    """A journal, and a look into it.

    Attributes:
        journal: the adapter, with nothing in it.
        of: gives what stands in a patient's journal at a clinic, in order.
        again: opens the adapter anew over the same place; a text where nothing outlives it.
    """

    journal: Journal
    of: Callable[[ClinicId, CivilNumber], tuple[EntryToFile, ...]]
    again: Callable[[], Journal] | str


class JournalContract(Contract):
    """What a Journal promises; `under_test` says what to return."""

    @pytest.fixture
    def under_test(self) -> JournalUnderTest:
        """Required: the one thing that an adapter's author writes."""
        raise NotImplementedError("return a JournalUnderTest: the adapter, and a look into it")

    @pytest.mark.parametrize("text", _TEXTS.values(), ids=_TEXTS.keys())
    def test_an_entry_stands_in_its_patients_journal(
        self, under_test: JournalUnderTest, text: str
    ) -> None:
        """An entry is acknowledged, and stands whole in that patient's journal at that clinic."""
        entry = with_changes(_ENTRY, text=text)
        assert isinstance(under_test.journal.file(entry), Acknowledged)
        assert under_test.of(entry.clinic, _ANNA) == (entry,)
        assert under_test.of(entry.clinic, _BENT) == ()
        assert under_test.of(ClinicId("clinic-2"), _ANNA) == ()

    @pytest.mark.parametrize("kind", EntryKind)
    def test_every_kind_is_taken(self, under_test: JournalUnderTest, kind: EntryKind) -> None:
        """Every kind of entry is taken, and told apart."""
        assert isinstance(under_test.journal.file(with_changes(_ENTRY, kind=kind)), Acknowledged)
        assert [entry.kind for entry in under_test.of(_ENTRY.clinic, _ANNA)] == [kind]

    def test_asked_again_it_is_one_entry(self, under_test: JournalUnderTest) -> None:
        """An entry handed over again is one entry, with the same reference."""
        first = under_test.journal.file(_ENTRY)
        assert under_test.journal.file(_ENTRY) == first
        assert under_test.of(_ENTRY.clinic, _ANNA) == (_ENTRY,)

    def test_after_a_restart_it_is_one_entry(self, under_test: JournalUnderTest) -> None:
        """What was filed before a restart is known after it."""
        if isinstance(under_test.again, str):
            pytest.skip(under_test.again)
        first = under_test.journal.file(_ENTRY)
        assert under_test.again().file(_ENTRY) == first
        assert under_test.of(_ENTRY.clinic, _ANNA) == (_ENTRY,)

    def test_entries_stand_in_their_order(self, under_test: JournalUnderTest) -> None:
        """Several entries of a patient stand in the order in which they were filed."""
        entries = [with_changes(_ENTRY, entry=EntryId(f"entry-{place}")) for place in (3, 1, 2)]
        for entry in entries:
            assert isinstance(under_test.journal.file(entry), Acknowledged)
        assert list(under_test.of(_ENTRY.clinic, _ANNA)) == entries

    def test_an_entry_is_moved_whole(self, under_test: JournalUnderTest) -> None:
        """D-MAIL-8: an entry set aside stands in no journal, even if it is filed again."""
        _ = under_test.journal.file(_ENTRY)
        for _ in range(2):  # asked again, it is where it was moved
            assert isinstance(under_test.journal.move(_ENTRY.entry, _BENT), Acknowledged)
        assert under_test.of(_ENTRY.clinic, _ANNA) == ()
        (moved,) = under_test.of(_ENTRY.clinic, _BENT)
        assert (moved.entry, moved.text, moved.files) == (
            _ENTRY.entry,
            _ENTRY.text,
            _ENTRY.files,
        )

    def test_an_entry_is_set_aside(self, under_test: JournalUnderTest) -> None:
        """D-MAIL-8: an entry that is nobody's stands in no journal, even if filed again."""
        _ = under_test.journal.file(_ENTRY)
        assert isinstance(under_test.journal.move(_ENTRY.entry, None), Acknowledged)
        assert isinstance(under_test.journal.file(_ENTRY), Acknowledged)
        assert under_test.of(_ENTRY.clinic, _ANNA) == ()

    def test_what_is_not_there_is_not_moved(self, under_test: JournalUnderTest) -> None:
        """An entry that was never filed cannot be moved."""
        assert under_test.journal.move(EntryId("never"), _BENT) is NotFiled.REFUSED

    def test_nothing_shows_what_it_holds(self, under_test: JournalUnderTest) -> None:
        """D-LOG-1: neither the adapter nor an entry shows a number or a text."""
        _ = under_test.journal.file(_ENTRY)
        shown = f"{under_test.journal!r} {_ENTRY!r}"
        assert _ANNA.reveal() not in shown
        assert _ENTRY.text not in shown
