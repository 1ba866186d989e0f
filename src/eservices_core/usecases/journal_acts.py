"""Write into a patient's journal, and move in it, within a unit of work (S-MAIL-3, D-MAIL-8).

Called by whatever has written or been written to. Where the journal is the embedded one the entry
is filed in the same unit of work; where another system keeps it, it waits for its acknowledgement.
Not here: handing entries to that system, and what is released by its answer (`journal`).
"""

from eservices_core import events
from eservices_core.clinic.staff import StaffMember
from eservices_core.journal import entry
from eservices_core.outcome import Failure, Outcome, Success
from eservices_core.usecases import people
from eservices_core.usecases.desk_refusals import NO_SUCH_ENTRY
from eservices_core.usecases.refusal import NO_SUCH_PATIENT, Refusal
from eservices_core.usecases.refusals import refusal_of
from eservices_core.usecases.unit import Unit
from eservices_core.words.identifiers import EntryId, UserId


def write_in_journal(unit: Unit, terms: entry.Terms) -> tuple[EntryId, bool]:
    """Write an entry; gives its id, and whether it is in the journal already."""
    assert terms.user is not None, "an entry is written in somebody's journal"
    identifier = unit.services.new_entry()
    outside = unit.services.journal is not None
    written = entry.decide(entry.NoEntry(), entry.Write(terms, outside)).unwrap()
    unit.add(events.JOURNAL_ENTRY, identifier, written)
    return identifier, not outside


def move_in_journal(
    unit: Unit, identifier: EntryId, to: UserId | None, by: StaffMember
) -> Outcome[None, Refusal]:
    """Move an entry within a unit of work; another clinic's answers as none (D-LOG-2)."""
    state = unit.state(events.JOURNAL_ENTRY, identifier)
    if isinstance(state, entry.NoEntry) or state.terms.clinic != by.clinic:
        return Failure(NO_SUCH_ENTRY)
    if to is not None and not people.is_patient_of(unit, by.clinic, to):
        return Failure(NO_SUCH_PATIENT)
    decided = entry.decide(state, entry.Move(to, by, outside=unit.services.journal is not None))
    if isinstance(decided, Failure):
        return Failure(refusal_of(decided.failure()))
    unit.add(events.JOURNAL_ENTRY, identifier, decided.unwrap())
    return Success(None)
