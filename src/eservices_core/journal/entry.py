"""One entry of a patient's journal, under Miscellaneous (S-MAIL-3): written, filed, moved.

An entry is written in the unit of work of what it tells of. The embedded journal has it at once; a
journal outside has it when it has acknowledged it under the entry's id, and until then nothing
counts as sent, answered or read (D-MAIL-3). No entry is ever erased by an act of staff: one in the
wrong patient's journal is moved, or set aside where nobody knows whose it is (D-MAIL-8).
"""

from datetime import datetime
from enum import Enum, unique
from typing import TypeAlias, assert_never

from attrs import evolve as with_changes
from attrs import frozen

from eservices_core.clinic.staff import StaffMember
from eservices_core.outcome import Failure, Outcome, Success
from eservices_core.words.identifiers import ClinicId, ContentId, UserId


@unique
class EntryKind(Enum):
    """What an entry tells of."""

    ENQUIRY = "enquiry"
    """The patient wrote to the clinic."""
    RENEWAL = "renewal"
    """The patient asked for a renewal of medicine."""
    ANSWER = "answer"
    """The clinic answered."""
    E_ANSWER = "e_answer"
    """The clinic wrote first (S-MAIL-5)."""
    LETTER = "letter"
    """The clinic sent a letter by digital post, or on paper instead."""
    CANCELLATION = "cancellation"
    """An appointment was cancelled."""


@frozen
class Source:
    """The machine that an entry tells of: its kind of stream, its key, and the part of it."""

    kind: str
    key: str
    part: str = ""


@frozen
class Terms:
    """What an entry is.

    Attributes:
        user: the patient in whose journal it is; None where it was set aside.
        text: the record of what was written; None where it tells of codes alone.
        files: the records of what came with it.
        at: when it was written.
    """

    clinic: ClinicId
    user: UserId | None
    kind: EntryKind
    source: Source
    text: ContentId | None
    files: tuple[ContentId, ...]
    at: datetime


# --- states --------------------------------------------------------------------------------------


@frozen
class NoEntry:
    """Nothing was written."""


@frozen
class Pending:
    """Written, and not acknowledged by the clinic's journal; `refused` if it said no last."""

    terms: Terms
    refused: bool = False


@frozen
class Filed:
    """In the journal.

    Attributes:
        reference: what the clinic's own system calls it; None in the embedded journal.
    """

    terms: Terms
    reference: str | None


@frozen
class Moving:
    """Filed, and moved: the clinic's own system has it in the old place until it has heard.

    Attributes:
        refused: it said no last.
    """

    terms: Terms
    reference: str | None
    refused: bool = False


Entry: TypeAlias = NoEntry | Pending | Filed | Moving

# --- commands and events -------------------------------------------------------------------------


@frozen
class Write:
    """Write an entry; `outside` where another system keeps the journal."""

    terms: Terms
    outside: bool


@frozen
class NoteFiled:
    """The clinic's journal has acknowledged it."""

    reference: str | None


@frozen
class NoteRefused:
    """The clinic's journal would not take it: staff are to look."""


@frozen
class Move:
    """Move it to another patient's journal, or (None) set it aside; `outside` as in `Write`."""

    user: UserId | None
    by: StaffMember
    outside: bool


Command: TypeAlias = Write | NoteFiled | NoteRefused | Move


@frozen
class EntryWritten:
    """It was written."""

    terms: Terms


@frozen
class EntryFiled:
    """It is in the journal."""

    reference: str | None


@frozen
class EntryRefused:
    """The clinic's journal would not take it."""


@frozen
class EntryMoved:
    """It stands in another patient's journal, or in nobody's; `outside`: it must hear of it."""

    user: UserId | None
    by: StaffMember
    outside: bool


Event: TypeAlias = EntryWritten | EntryFiled | EntryRefused | EntryMoved


@unique
class EntryRefusal(Enum):
    """Why not."""

    EXISTS = "exists"
    NO_ENTRY = "no_entry"
    SAME_JOURNAL = "same_journal"


Decided: TypeAlias = Outcome[tuple[Event, ...], EntryRefusal]


def decide(state: Entry, command: Command) -> Decided:
    """Answer a command with the events that follow, () where nothing changes, or a refusal."""
    match command:
        case Write(terms, outside):
            if not isinstance(state, NoEntry):
                return Failure(EntryRefusal.EXISTS)
            written = EntryWritten(terms)
            return Success((written,) if outside else (written, EntryFiled(None)))
        case NoteFiled(reference):
            return _while_pending(state, EntryFiled(reference))
        case NoteRefused():
            return _while_pending(state, EntryRefused())
        case Move(user, by, outside):
            if isinstance(state, NoEntry):
                return Failure(EntryRefusal.NO_ENTRY)
            if state.terms.user == user:
                return Failure(EntryRefusal.SAME_JOURNAL)
            return Success((EntryMoved(user, by, outside),))
        case _:
            assert_never(command)


def _while_pending(state: Entry, event: EntryFiled | EntryRefused) -> Decided:
    """What the journal answers counts once, and not after it has the entry."""
    match state:
        case NoEntry():
            return Failure(EntryRefusal.NO_ENTRY)
        case Pending(refused=refused) | Moving(refused=refused):
            heard = refused and isinstance(event, EntryRefused)
            return Success(() if heard else (event,))
        case Filed():
            return Success(())
        case _:
            assert_never(state)


def evolve(state: Entry, event: Event) -> Entry:
    """Apply an event that `decide` gave; a history that it cannot have given is a bug."""
    match event:
        case EntryWritten(terms):
            assert isinstance(state, NoEntry)
            return Pending(terms)
        case EntryFiled(reference):
            assert isinstance(state, Pending | Moving)
            # Moved, it goes on under the name that it was filed by.
            known = state.reference if isinstance(state, Moving) else reference
            return Filed(state.terms, known)
        case EntryRefused():
            assert isinstance(state, Pending | Moving)
            return with_changes(state, refused=True)
        case EntryMoved(user, _, outside):
            assert not isinstance(state, NoEntry)
            moved = with_changes(state.terms, user=user)
            if isinstance(state, Pending):
                return with_changes(state, terms=moved)
            return Moving(moved, state.reference) if outside else Filed(moved, state.reference)
        case _:
            assert_never(event)
