"""What is tried on the machine of a letter; see `exemplars`."""

from datetime import UTC, datetime, timedelta
from typing import Final

from eservices_core.clinic.staff import StaffMember
from eservices_core.post import letter, states
from eservices_core.rulebook.machines import Machine
from eservices_core.words.identifiers import ClinicId, ContentId, EntryId, StaffId, UserId

_NOW: Final = datetime(2026, 1, 15, 12, 0, tzinfo=UTC)
_NEXT: Final = _NOW + timedelta(minutes=1)
_ANNE: Final = StaffMember(StaffId("anne"), ClinicId("clinic"))
_TERMS: Final = states.Terms(
    ClinicId("clinic"),
    UserId("user"),
    states.To.PATIENT,
    ContentId("recipient"),
    ContentId("content"),
    (),
    _ANNE,
    _NOW,
)
_ENTRY: Final = EntryId("entry")


def _receipt(says: letter.Says) -> letter.NoteReceipt:
    return letter.NoteReceipt(says, "code", _NOW)


def _standing(state: states.Letter) -> str:
    """Name a letter; one without an answer also by whose turn it is."""
    ended = isinstance(state, states.Ambiguous) and state.next_try is None
    return "AmbiguousForStaff" if ended else type(state).__name__


_LETTER: Final = Machine(
    "letter",
    "a letter by digital post, which is one message",
    states.NoLetter(),
    (
        ("Write", letter.Write(_TERMS, _ENTRY, filed=True)),
        ("Write, the journal is outside", letter.Write(_TERMS, _ENTRY, filed=False)),
        ("Release", letter.Release(_NOW)),
        ("NoteAccepted", letter.NoteAccepted(_NOW)),
        ("NoteRefused", letter.NoteRefused("code", _NOW)),
        ("NoteNotTaken", letter.NoteNotTaken(_NOW, _NEXT)),
        ("NoteAmbiguous", letter.NoteAmbiguous(_NEXT)),
        ("NoteReceipt, received", _receipt(letter.Says.RECEIVED)),
        ("NoteReceipt, delivered", _receipt(letter.Says.DELIVERED)),
        ("NoteReceipt, failed", _receipt(letter.Says.FAILED)),
        ("TryAgain", letter.TryAgain(_ANNE, _NOW)),
        ("Withdraw", letter.Withdraw(states.Because.STAFF, _ANNE, _NOW)),
        ("SendOnPaper", letter.SendOnPaper(_ANNE, _NOW)),
    ),
    letter.decide,
    states.evolve,
    _standing,
)

POST_MACHINES: Final = (_LETTER,)
"""The machines of digital post."""
