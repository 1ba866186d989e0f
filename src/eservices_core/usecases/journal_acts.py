"""Write into a patient's journal, and move in it, within a unit of work (S-MAIL-3, D-MAIL-8).

Called by whatever has written or been written to. Where the journal is the embedded one the entry
is filed in the same unit of work; where another system keeps it, it waits for its acknowledgement.
Not here: handing entries to that system, and what is released by its answer (`journal`).
"""

from eservices_core import events
from eservices_core.clinic.staff import StaffMember
from eservices_core.journal import entry
from eservices_core.outcome import Failure, Outcome, Success
from eservices_core.ports.lists import Listed, ListKind, ListName
from eservices_core.usecases import people
from eservices_core.usecases.keeping_acts import Ended, EndedKind, ends_now
from eservices_core.usecases.refusals import NO_SUCH_ENTRY, NO_SUCH_PATIENT, Refusal, refusal_of
from eservices_core.usecases.unit import Unit
from eservices_core.words.identifiers import ClinicId, EntryId, UserId


def journal_of(clinic: ClinicId, user: UserId) -> ListName:
    """Name the list of the entries of a patient's journal at a clinic."""
    return ListName(ListKind.JOURNAL, f"{clinic}/{user}")


def pending_of(clinic: ClinicId) -> ListName:
    """Name the list of a clinic's entries that nobody has acknowledged."""
    return ListName(ListKind.JOURNAL_PENDING, str(clinic))


def write_in_journal(unit: Unit, terms: entry.Terms) -> tuple[EntryId, bool]:
    """Write an entry; gives its id, and whether it is in the journal already."""
    assert terms.user is not None, "an entry is written in somebody's journal"
    identifier = unit.services.new_entry()
    outside = unit.services.journal is not None
    written = entry.decide(entry.NoEntry(), entry.Write(terms, outside)).unwrap()
    unit.add(events.JOURNAL_ENTRY, identifier, written)
    listed = Listed(str(identifier), terms.at, about=terms.user)
    unit.put_on(journal_of(terms.clinic, terms.user), listed)
    ends_now(unit, terms.clinic, Ended(EndedKind.JOURNAL_ENTRY, str(identifier)), at=terms.at)
    if outside:
        unit.put_on(pending_of(terms.clinic), listed)
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
    decided = entry.decide(state, entry.Move(to, by))
    if isinstance(decided, Failure):
        return Failure(refusal_of(decided.failure()))
    unit.add(events.JOURNAL_ENTRY, identifier, decided.unwrap())
    terms = state.terms
    if terms.user is not None:
        unit.take_off(journal_of(terms.clinic, terms.user), str(identifier))
    if to is not None:
        unit.put_on(journal_of(terms.clinic, to), Listed(str(identifier), terms.at, about=to))
    if unit.services.journal is not None:
        # The other system has it in the old place until the worker has told it.
        unit.put_on(pending_of(terms.clinic), Listed(str(identifier), unit.at, about=to))
    return Success(None)
