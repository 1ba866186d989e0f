"""Lay something on a clinic's worklist, or take it off, within a unit of work (S-MAIL-4).

Called by whatever knows that something waits, or no longer does. Not here: what staff do with the
list (`worklist`).
"""

from enum import IntEnum, unique

from eservices_core import events
from eservices_core.ports.lists import Listed, ListKind, ListName
from eservices_core.usecases.unit import Unit
from eservices_core.words.identifiers import ClinicId, StaffId
from eservices_core.worklist import holding
from eservices_core.worklist.items import ItemRef


@unique
class Rank(IntEnum):
    """How high an item lies."""

    URGENT = 0
    """A word of the clinic's own list stood in it (D-MAIL-5), or a clock of the law runs."""
    TROUBLE = 1
    """Something went wrong, and somebody may wait in vain."""
    USUAL = 2


def worklist_of(clinic: ClinicId) -> ListName:
    """Name a clinic's worklist."""
    return ListName(ListKind.WORKLIST, str(clinic))


def held_by(clinic: ClinicId, staff: StaffId) -> ListName:
    """Name the list of what a member of staff holds at a clinic."""
    return ListName(ListKind.HELD, f"{clinic}/{staff}")


def holding_key(clinic: ClinicId, item: ItemRef) -> str:
    """Key of the stream that says who holds an item."""
    return f"{clinic}/{item}"


def lay_on_worklist(unit: Unit, clinic: ClinicId, item: ItemRef, rank: Rank = Rank.USUAL) -> None:
    """Lay an item on the list, as of now; one that lies there keeps its time."""
    name = worklist_of(clinic)
    earlier = unit.services.lists.find(name, str(item))
    since = earlier.since if earlier else unit.at
    unit.put_on(name, Listed(str(item), since, rank, unit.about))


def take_off_worklist(unit: Unit, clinic: ClinicId, item: ItemRef) -> None:
    """Take an item off: it is answered, or closed; whoever was at it is done."""
    unit.take_off(worklist_of(clinic), str(item))
    state = unit.state(events.WORKLIST_ITEM, holding_key(clinic, item))
    if isinstance(state, holding.HeldBy):
        unit.take_off(held_by(clinic, state.staff.staff), str(item))
    ended = holding.decide(state, holding.End()).unwrap()
    unit.add(events.WORKLIST_ITEM, holding_key(clinic, item), ended)
