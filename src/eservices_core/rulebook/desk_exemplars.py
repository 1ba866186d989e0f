"""What is tried on the machines of the worklist and of the journal, for their diagrams."""

from datetime import datetime
from typing import Final

from eservices_core.clinic.staff import StaffMember
from eservices_core.journal import entry
from eservices_core.rulebook.machines import Machine
from eservices_core.words.clinic_time import COPENHAGEN
from eservices_core.words.identifiers import ClinicId, ContentId, StaffId, UserId
from eservices_core.worklist import holding, watched

_NOW: Final = datetime(2026, 11, 23, 8, tzinfo=COPENHAGEN)
_CLINIC: Final = ClinicId("clinic-1")
_ONE: Final = StaffMember(StaffId("staff-1"), _CLINIC)
_OTHER: Final = StaffMember(StaffId("staff-2"), _CLINIC)
_TERMS: Final = entry.Terms(
    _CLINIC,
    UserId("user-1"),
    entry.EntryKind.ANSWER,
    entry.Source("conversation", "conversation-1", "message-1"),
    ContentId("record-1"),
    (),
    _NOW,
)

_ENTRY: Final = Machine(
    "entry",
    "an entry of a patient's journal",
    entry.NoEntry(),
    (
        ("Write", entry.Write(_TERMS, outside=False)),
        ("Write, another system keeps the journal", entry.Write(_TERMS, outside=True)),
        ("NoteFiled", entry.NoteFiled("reference-1")),
        ("NoteRefused", entry.NoteRefused()),
        ("Move", entry.Move(UserId("user-2"), _ONE, outside=False)),
        ("Move, to nobody", entry.Move(None, _ONE, outside=False)),
        (
            "Move, another system keeps the journal",
            entry.Move(UserId("user-3"), _ONE, outside=True),
        ),
    ),
    entry.decide,
    entry.evolve,
)
_HOLDING: Final = Machine(
    "holding",
    "an item of the worklist, and who is at it",
    holding.Free(),
    (
        ("Take", holding.Take(_ONE, _NOW)),
        ("Take, by another", holding.Take(_OTHER, _NOW)),
        ("TakeOver", holding.TakeOver(_ONE, _NOW)),
        ("TakeOver, by another", holding.TakeOver(_OTHER, _NOW)),
        ("LetGo", holding.LetGo(_ONE)),
        ("LetGo, by another", holding.LetGo(_OTHER)),
        ("Close", holding.Close(_ONE, holding.CloseReason.HANDLED, _NOW)),
        ("Close, by another", holding.Close(_OTHER, holding.CloseReason.HANDLED, _NOW)),
        ("End", holding.End()),
    ),
    holding.decide,
    holding.evolve,
)

_WATCHED: Final = Machine(
    "watched",
    "the watch over a mail whose loss nobody else would notice",
    watched.NotWatched(),
    (
        ("Begin", watched.Begin(UserId("user-1"))),
        ("End", watched.End()),
        ("End, it did not arrive", watched.End((_CLINIC,))),
    ),
    watched.decide,
    watched.evolve,
)

DESK_MACHINES: Final = (_ENTRY, _HOLDING, _WATCHED)
