"""Carry a command out on a letter, with all that its events set off.

Here is the one place that says what an event of a letter means outside it: the queue of what is to
be handed over, the patient's list, and the clinic's worklist. Not here: what may happen
(`post.letter`).
"""

from attrs import frozen

from eservices_core import events
from eservices_core.journal import entry
from eservices_core.outcome import Failure, Outcome, Success
from eservices_core.ports.ledger import StreamId
from eservices_core.ports.lists import Listed, ListKind, ListName
from eservices_core.post import letter
from eservices_core.post.letter import Command
from eservices_core.post.states import (
    Accepted,
    Ambiguous,
    Believed,
    Delivered,
    Failed,
    Letter,
    NoLetter,
    Queued,
    Received,
    Written,
)
from eservices_core.usecases.keeping_acts import Ended, EndedKind, ends_now
from eservices_core.usecases.refusals import NO_SUCH_LETTER, Refusal, refusal_of
from eservices_core.usecases.unit import Unit
from eservices_core.usecases.worklist_acts import Rank, lay_on_worklist, take_off_worklist
from eservices_core.words.identifiers import ClinicId, LetterId, UserId
from eservices_core.worklist.items import ItemKind, ItemRef


def letters_of(clinic: ClinicId, user: UserId) -> ListName:
    """Name the list of a patient's letters at a clinic."""
    return ListName(ListKind.LETTERS, f"{clinic}/{user}")


def queue_of(clinic: ClinicId) -> ListName:
    """Name the list of a clinic's letters that are to be handed over; `since` is the next try."""
    return ListName(ListKind.POST_QUEUED, str(clinic))


def stream_of(identifier: LetterId) -> StreamId:
    """Name a letter's stream."""
    return StreamId(events.LETTER.name, str(identifier))


def item_of(identifier: LetterId) -> ItemRef:
    """Name a letter on the worklist."""
    return ItemRef(ItemKind.LETTER, str(identifier))


def letter_at(unit: Unit, clinic: ClinicId, identifier: LetterId) -> Outcome[Written, Refusal]:
    """Find a clinic's letter; another clinic's answers as none (D-LOG-2)."""
    state = unit.state(events.LETTER, identifier)
    if isinstance(state, NoLetter) or state.terms.clinic != clinic:
        return Failure(NO_SUCH_LETTER)
    unit.stream = stream_of(identifier)
    unit.about = state.terms.user
    return Success(state)


def act(unit: Unit, identifier: LetterId, command: Command) -> Outcome[Written, Refusal]:
    """Carry a command out on a letter, with all that its events set off; give what it is then."""
    unit.stream = stream_of(identifier)
    before = unit.state(events.LETTER, identifier)
    decided = letter.decide(before, command)
    if isinstance(decided, Failure):
        return Failure(refusal_of(decided.failure()))
    unit.add(events.LETTER, identifier, decided.unwrap())
    after = unit.state(events.LETTER, identifier)
    assert not isinstance(after, NoLetter), "what was decided was written"
    unit.about = after.terms.user
    if isinstance(before, NoLetter):
        listed = Listed(str(identifier), after.terms.at, about=after.terms.user)
        unit.put_on(letters_of(after.terms.clinic, after.terms.user), listed)
    if decided.unwrap():
        # Noted again at each receipt: the last word stands, and receipts come late (D-POST-1).
        ends_now(unit, after.terms.clinic, Ended(EndedKind.LETTER, str(identifier)))
        _queue(unit, identifier, after)
        _lay_on_worklist(unit, identifier, before, after)
    return Success(after)


def entry_is_filed(unit: Unit, source: entry.Source) -> None:
    """Release the letter whose journal entry was acknowledged (D-MAIL-3)."""
    assert source.kind == events.LETTER.name, "the entry tells of a letter"
    released = act(unit, LetterId(source.key), letter.Release(unit.at))
    assert not isinstance(released, Failure), "a letter whose entry is filed was written"


def _queue(unit: Unit, identifier: LetterId, state: Written) -> None:
    queue = queue_of(state.terms.clinic)
    match state:
        case Queued(terms, _, next_try):
            unit.put_on(queue, Listed(str(identifier), next_try, about=terms.user))
        case Ambiguous(terms, _, next_try) if next_try is not None:
            unit.put_on(queue, Listed(str(identifier), next_try, about=terms.user))
        case _:
            unit.take_off(queue, str(identifier))


@frozen
class _Trouble:
    """Why staff have to look: it failed, nobody knows, or what they were told was wrong."""

    failed: bool = False
    unknown: bool = False
    corrects: Believed | None = None


def _trouble(state: Letter) -> _Trouble:
    match state:
        case Failed():
            return _Trouble(failed=True)
        case Ambiguous(next_try=None):
            return _Trouble(unknown=True)
        case Accepted(corrects=corrects) | Received(corrects=corrects):
            return _Trouble(corrects=corrects)
        case Delivered(corrects=corrects):
            return _Trouble(corrects=corrects)
        case _:
            return _Trouble()


def _lay_on_worklist(unit: Unit, identifier: LetterId, before: Letter, after: Written) -> None:
    trouble = _trouble(after)
    if trouble == _trouble(before):
        return  # staff know, or have taken it off
    if trouble == _Trouble():
        take_off_worklist(unit, after.terms.clinic, item_of(identifier))
    else:
        lay_on_worklist(unit, after.terms.clinic, item_of(identifier), Rank.TROUBLE)
