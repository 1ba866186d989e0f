"""Carry a command out on a letter, with all that its events set off.

Here is the one place that says what an event of a letter means outside it: the queue of what is to
be handed over, the patient's list, and the clinic's worklist. Not here: what may happen
(`post.letter`).
"""

from eservices_core import events
from eservices_core.events import StreamId
from eservices_core.journal import entry
from eservices_core.outcome import Failure, Outcome, Success
from eservices_core.post import letter
from eservices_core.post.letter import Command
from eservices_core.post.states import (
    NoLetter,
    Written,
)
from eservices_core.usecases.post_refusals import NO_SUCH_LETTER
from eservices_core.usecases.refusal import Refusal
from eservices_core.usecases.refusals import refusal_of
from eservices_core.usecases.unit import Unit
from eservices_core.words.identifiers import ClinicId, LetterId


def stream_of(identifier: LetterId) -> StreamId:
    """Name a letter's stream."""
    return events.LETTER.stream(identifier)


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
    decided = letter.decide(unit.state(events.LETTER, identifier), command)
    if isinstance(decided, Failure):
        return Failure(refusal_of(decided.failure()))
    unit.add(events.LETTER, identifier, decided.unwrap())
    after = unit.state(events.LETTER, identifier)
    assert not isinstance(after, NoLetter), "what was decided was written"
    unit.about = after.terms.user
    return Success(after)


def entry_is_filed(unit: Unit, source: entry.Source) -> None:
    """Release the letter whose journal entry was acknowledged (D-MAIL-3)."""
    assert source.kind == events.LETTER.name, "the entry tells of a letter"
    released = act(unit, LetterId(source.key), letter.Release(unit.at))
    assert not isinstance(released, Failure), "a letter whose entry is filed was written"
