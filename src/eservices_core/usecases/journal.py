"""The journal as staff read it, and as another system keeps it (S-MAIL-3, D-MAIL-3, D-MAIL-8).

Here: reading, moving what stands in the wrong journal, and the worker that hands entries to the
clinic's own system, as often as it takes, under one key each. What waited for an acknowledgement
is released in the unit of work that records it. Not here: writing entries (`journal_acts`).
"""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Final

from attrs import field, frozen

from eservices_core import events
from eservices_core.clinic.staff import StaffMember
from eservices_core.journal import entry
from eservices_core.journal.entry import EntryKind
from eservices_core.outcome import Failure, Outcome, Success
from eservices_core.ports.journal import Acknowledged, Answer, EntryToFile, JournalFile, NotFiled
from eservices_core.ports.ledger import BySystem
from eservices_core.ports.lists import Listed
from eservices_core.usecases import conversation_acts, letter_acts, people
from eservices_core.usecases.desk_refusals import NO_SUCH_ENTRY
from eservices_core.usecases.journal_acts import move_in_journal
from eservices_core.usecases.looking import look_or_refuse, page_before
from eservices_core.usecases.perform import perform
from eservices_core.usecases.refusal import NO_SUCH_PATIENT, Refusal
from eservices_core.usecases.refusals import refusal_of
from eservices_core.usecases.services import Command, Services
from eservices_core.usecases.unit import Unit
from eservices_core.views.names import journal_of, pending_of
from eservices_core.words.civil_number import CivilNumber
from eservices_core.words.identifiers import ClinicId, EntryId, UserId

ENTRIES_MAX: Final = 200
_PAUSE: Final = timedelta(minutes=5)
"""How long an entry rests that the clinic's system did not take."""

_PDF: Final = b"%PDF-"
_TYPES: Final = ((_PDF, "application/pdf"), (b"\x89PNG", "image/png"), (b"\xff\xd8", "image/jpeg"))

RELEASES: Final[Mapping[str, Callable[[Unit, entry.Source], None]]] = {
    events.CONVERSATION.name: conversation_acts.entry_is_filed,
    events.LETTER.name: letter_acts.entry_is_filed,
}
"""What is released when its entry is in the journal, by the kind of stream that wrote it."""

# --- reading and moving --------------------------------------------------------------------------


@frozen(kw_only=True)
class ReadJournal(Command):
    """Staff read what the journal of a patient has of correspondence.

    Attributes:
        before: the first one of the page before; None for the newest.
    """

    staff: StaffMember
    user: UserId
    before: EntryId | None = None


@frozen
class EntryShown:
    """An entry as staff see it.

    Attributes:
        text: what was written; None where it was erased.
        files: how many files came with it.
        waits: the clinic's own journal has not acknowledged it (D-MAIL-3).
    """

    entry: EntryId
    kind: EntryKind
    at: datetime
    text: str | None
    files: int
    waits: bool


def read_journal(
    services: Services, command: ReadJournal
) -> Outcome[tuple[EntryShown, ...], Refusal]:
    """Show the newest entries of one of the clinic's patients, oldest first, at most 200."""

    def read(unit: Unit) -> Outcome[tuple[EntryShown, ...], Refusal]:
        name = journal_of(command.staff.clinic, command.user)
        listed = page_before(unit, name, command.before, ENTRIES_MAX)
        if listed is None:
            return Failure(NO_SUCH_ENTRY)
        if not listed and not people.is_patient_of(unit, command.staff.clinic, command.user):
            return Failure(NO_SUCH_PATIENT)
        unit.about = command.user
        unit.read_ahead(events.JOURNAL_ENTRY, (one.item for one in listed))
        entries = [(one, _written(unit, one)) for one in map(EntryId, (one.item for one in listed))]
        unit.read_texts_ahead(state.terms.text for _, state in entries)
        return Success(tuple(_shown(unit, one, state) for one, state in entries))

    return look_or_refuse(
        services, command, "read_journal", read, rule="S-MAIL-3", purpose="journal"
    )


def _written(unit: Unit, identifier: EntryId) -> entry.Pending | entry.Filed | entry.Moving:
    state = unit.state(events.JOURNAL_ENTRY, identifier)
    assert not isinstance(state, entry.NoEntry), "what is listed was written"
    return state


def _shown(
    unit: Unit, identifier: EntryId, state: entry.Pending | entry.Filed | entry.Moving
) -> EntryShown:
    terms = state.terms
    text = None if terms.text is None else unit.content(terms.text)
    waits = isinstance(state, entry.Pending)
    return EntryShown(identifier, terms.kind, terms.at, text, len(terms.files), waits)


@frozen(kw_only=True)
class MoveEntry(Command):
    """Staff move an entry to another patient's journal, or (None) set it aside (D-MAIL-8)."""

    staff: StaffMember
    entry: EntryId
    user: UserId | None


@frozen
class EntryIsMoved:
    """It stands where it was said."""


def move_entry(services: Services, command: MoveEntry) -> Outcome[EntryIsMoved, Refusal]:
    """Move an entry; nothing of it is erased."""

    def work(unit: Unit) -> Outcome[EntryIsMoved, Refusal]:
        unit.rule = "D-MAIL-8"
        stood = unit.state(events.JOURNAL_ENTRY, command.entry)
        moved = move_in_journal(unit, command.entry, command.user, command.staff)
        if isinstance(moved, Failure):
            return moved
        assert not isinstance(stood, entry.NoEntry), "what was moved was written"
        unit.about = stood.terms.user or command.user
        return Success(EntryIsMoved())

    return perform(services, command, EntryIsMoved, work)


# --- the clinic's own system ---------------------------------------------------------------------


@frozen(kw_only=True)
class RecordAnswer(Command):
    """The clinic's journal has answered about an entry."""

    entry: EntryId
    filed: bool
    reference: str | None = field(repr=False)


@frozen
class AnswerIsRecorded:
    """What was released or laid on the worklist followed in the same step."""


def file_entries(services: Services, clinic: ClinicId, limit: int = 100) -> int:
    """Hand a clinic's waiting entries to its journal, once round; gives how many it has now.

    No transaction is open while the other system is asked. One that is silent is asked again later
    under the same key; one that refuses is the clinic's to look at, and is asked again too.
    """
    journal = services.journal
    if journal is None:
        return 0
    filed = 0
    look = RecordAnswer(
        key="look", by=BySystem(), entry=EntryId("look"), filed=False, reference=None
    )
    looking = Unit(services, look)
    for listed in services.lists.listed(pending_of(clinic), limit):
        if listed.since > looking.at:
            continue
        identifier = EntryId(listed.item)
        state = looking.state(events.JOURNAL_ENTRY, identifier)
        assert not isinstance(state, entry.NoEntry), "what waits was written"
        if not isinstance(state, entry.Pending):
            answer: Answer = journal.move(identifier, _number_of(looking, state.terms.user))
        elif (number := _number_of(looking, state.terms.user)) is None:
            answer = _NOBODYS  # set aside before anybody filed it: there is nothing to hand over
        else:
            answer = journal.file(_to_file(looking, identifier, state.terms, number))
        if answer is NotFiled.SILENT:
            continue
        key = f"journal-{services.chance.entropy(16).hex()}"
        reference = answer.reference or None if isinstance(answer, Acknowledged) else None
        said = RecordAnswer(
            key=key,
            by=BySystem(),
            entry=identifier,
            filed=isinstance(answer, Acknowledged),
            reference=reference,
        )
        filed += isinstance(record_answer(services, said), Success) and said.filed
    return filed


_NOBODYS: Final = Acknowledged("")


def record_answer(services: Services, command: RecordAnswer) -> Outcome[AnswerIsRecorded, Refusal]:
    """Record what the clinic's journal has answered, and release what waited for it."""

    def work(unit: Unit) -> Outcome[AnswerIsRecorded, Refusal]:
        before = unit.state(events.JOURNAL_ENTRY, command.entry)
        note = entry.NoteFiled(command.reference) if command.filed else entry.NoteRefused()
        decided = entry.decide(before, note)
        if isinstance(decided, Failure):
            return Failure(refusal_of(decided.failure()))
        assert not isinstance(before, entry.NoEntry), "the machine refuses what was not written"
        unit.rule, unit.about = "D-MAIL-3", before.terms.user
        unit.add(events.JOURNAL_ENTRY, command.entry, decided.unwrap())
        if not isinstance(before, entry.Filed):
            _follow(unit, command, before)
        return Success(AnswerIsRecorded())

    return perform(services, command, AnswerIsRecorded, work)


def _follow(unit: Unit, command: RecordAnswer, before: entry.Pending | entry.Moving) -> None:
    if not command.filed:
        # Asked again, it waits anew; when it is tried next is no event.
        again = Listed(str(command.entry), unit.at + _PAUSE, about=before.terms.user)
        unit.put_on(pending_of(before.terms.clinic), again)
    elif isinstance(before, entry.Pending):
        release = RELEASES.get(before.terms.source.kind)
        if release is not None:
            release(unit, before.terms.source)


def _to_file(
    unit: Unit, identifier: EntryId, terms: entry.Terms, number: CivilNumber
) -> EntryToFile:
    text = "" if terms.text is None else unit.content(terms.text) or ""
    files = tuple(
        JournalFile(_type_of(data), data)
        for record in terms.files
        if (data := unit.file(record)) is not None
    )
    return EntryToFile(identifier, terms.clinic, number, terms.kind, text, files)


def _number_of(unit: Unit, user: UserId | None) -> CivilNumber | None:
    if user is None or not people.is_known(unit, user):
        return None
    return people.person_of(unit, user).number


def _type_of(data: bytes) -> str:
    """Say what bytes are that were let in by their content (D-MAIL-7)."""
    found = (kind for start, kind in _TYPES if data.startswith(start))
    return next(found, "application/octet-stream")
