"""The life of one entry of a patient's journal (S-MAIL-3, D-MAIL-3, D-MAIL-8)."""

from datetime import UTC, datetime
from functools import reduce
from typing import Final

import pytest
from attrs import evolve as with_changes
from hypothesis import given
from hypothesis import strategies as st

from eservices_core.clinic.staff import StaffMember
from eservices_core.journal import entry
from eservices_core.journal.entry import (
    EntryRefusal,
    Filed,
    Move,
    Moving,
    NoEntry,
    NoteFiled,
    NoteRefused,
    Pending,
    Write,
)
from eservices_core.outcome import Failure, Success
from eservices_core.words.identifiers import ClinicId, ContentId, StaffId, UserId

STAFF: Final = StaffMember(StaffId("staff-1"), ClinicId("clinic-1"))
TERMS: Final = entry.Terms(
    ClinicId("clinic-1"),
    UserId("anna"),
    entry.EntryKind.ANSWER,
    entry.Source("conversation", "conversation-1", "message-1"),
    ContentId("text"),
    (ContentId("file"),),
    datetime(2027, 3, 1, 9, tzinfo=UTC),
)
COMMANDS: Final[st.SearchStrategy[entry.Command]] = st.one_of(
    st.builds(Write, st.just(TERMS), st.booleans()),
    st.builds(NoteFiled, st.sampled_from([None, "a", "b"])),
    st.just(NoteRefused()),
    st.builds(Move, st.sampled_from([None, UserId("anna"), UserId("bo")]), st.just(STAFF)),
)
TO_NOBODY = Move(None, STAFF, outside=False)
OUTSIDE: Final = Write(TERMS, outside=True)


def _live(*commands: entry.Command) -> list[entry.Entry]:
    """Give every state on the way; a refusal changes nothing."""
    states: list[entry.Entry] = [NoEntry()]
    for command in commands:
        decided = entry.decide(states[-1], command)
        happened = decided.unwrap() if isinstance(decided, Success) else ()
        states.append(reduce(entry.evolve, happened, states[-1]))
    return states


LIVES: Final = st.lists(COMMANDS, max_size=12).map(lambda commands: _live(*commands))


@given(LIVES)
def test_no_act_erases_an_entry(states: list[entry.Entry]) -> None:
    """D-MAIL-8: once written an entry stays, and only whose journal it is in can change."""
    written = [state.terms for state in states if not isinstance(state, NoEntry)]
    assert [type(state) for state in states[: len(states) - len(written)]] == [NoEntry] * (
        len(states) - len(written)
    )
    assert {with_changes(terms, user=None) for terms in written} <= {with_changes(TERMS, user=None)}


@given(LIVES)
def test_what_is_filed_stays_filed(states: list[entry.Entry]) -> None:
    """D-MAIL-3: an acknowledgement counts once; nothing that is said later takes it back."""
    filed = [state for state in states if isinstance(state, Filed | Moving)]
    assert states[len(states) - len(filed) :] == filed
    assert len({state.reference for state in filed}) <= 1


@given(LIVES, COMMANDS)
def test_the_same_word_twice_changes_nothing(
    states: list[entry.Entry], command: entry.Command
) -> None:
    """D-MAIL-3: a command that comes twice has the effect of one."""
    state = states[-1]
    decided = entry.decide(state, command)
    if isinstance(decided, Success):
        after = reduce(entry.evolve, decided.unwrap(), state)
        again = entry.decide(after, command)
        assert isinstance(again, Failure) or again == Success(())


def test_the_embedded_journal_has_it_at_once() -> None:
    """S-MAIL-3: without a journal outside an entry is filed as it is written."""
    assert _live(Write(TERMS, outside=False))[-1] == Filed(TERMS, None)


def test_a_journal_outside_has_it_when_it_says_so() -> None:
    """D-MAIL-3: with a journal outside an entry is pending until it is acknowledged."""
    assert _live(OUTSIDE, NoteFiled("journal-7")) == [
        NoEntry(),
        Pending(TERMS),
        Filed(TERMS, "journal-7"),
    ]


def test_a_refused_entry_can_still_be_filed() -> None:
    """D-MAIL-3: after a no the entry still waits, and a later yes files it."""
    states = _live(OUTSIDE, NoteRefused(), NoteFiled("journal-7"))
    assert states[2:] == [Pending(TERMS, refused=True), Filed(TERMS, "journal-7")]


def test_the_clinic_s_system_hears_of_a_move() -> None:
    """D-MAIL-8: an entry that another system has filed is moving until that system has heard."""
    to_bo = Move(UserId("bo"), STAFF, outside=True)
    states = _live(OUTSIDE, NoteFiled("journal-7"), to_bo, NoteRefused(), NoteFiled(None))
    moved = with_changes(TERMS, user=UserId("bo"))
    assert states[3:] == [
        Moving(moved, "journal-7"),
        Moving(moved, "journal-7", refused=True),
        Filed(moved, "journal-7"),
    ]
    pending = _live(OUTSIDE, to_bo)
    assert pending[-1] == Pending(moved)


def test_what_the_journal_says_again_is_no_news() -> None:
    """D-MAIL-3: a second no changes nothing, nor does anything after a yes."""
    refused, filed = Pending(TERMS, refused=True), Filed(TERMS, "journal-7")
    assert entry.decide(Pending(TERMS), NoteRefused()) == Success((entry.EntryRefused(),))
    assert entry.decide(refused, NoteRefused()) == Success(())
    assert entry.decide(refused, NoteFiled("a")) == Success((entry.EntryFiled("a"),))
    for said in (NoteRefused(), NoteFiled("a"), NoteFiled("journal-7")):
        assert entry.decide(filed, said) == Success(())


@pytest.mark.parametrize("user", [UserId("bo"), None])
@pytest.mark.parametrize("before", [(OUTSIDE,), (OUTSIDE, NoteFiled("journal-7"))])
def test_an_entry_is_moved(user: UserId | None, before: tuple[entry.Command, ...]) -> None:
    """D-MAIL-8: an entry in the wrong patient's journal is moved, or set aside, filed or not."""
    was, moved = _live(*before, Move(user, STAFF, outside=False))[-2:]
    assert not isinstance(was, NoEntry)
    move = Move(user, STAFF, outside=False)
    assert entry.decide(was, move) == Success((entry.EntryMoved(user, STAFF, outside=False),))
    assert moved == with_changes(was, terms=with_changes(TERMS, user=user))


@pytest.mark.parametrize("command", [NoteFiled("a"), NoteRefused(), TO_NOBODY])
def test_nothing_is_said_of_no_entry(command: entry.Command) -> None:
    """D-MAIL-3: what was never written is not filed, refused or moved."""
    assert entry.decide(NoEntry(), command) == Failure(EntryRefusal.NO_ENTRY)


def test_an_entry_is_written_once() -> None:
    """D-MAIL-3: nothing is written over an entry."""
    assert entry.decide(Pending(TERMS), OUTSIDE) == Failure(EntryRefusal.EXISTS)


def test_an_entry_is_not_moved_to_where_it_is() -> None:
    """D-MAIL-8: moving an entry into the journal that it stands in is refused."""
    refused = Failure(EntryRefusal.SAME_JOURNAL)
    assert entry.decide(Filed(TERMS, None), Move(UserId("anna"), STAFF, outside=False)) == refused
