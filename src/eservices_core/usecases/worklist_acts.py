"""Lay something on a clinic's worklist, or take it off, within a unit of work (S-MAIL-4).

Called by whatever knows that something waits, or no longer does. Not here: what staff do with the
list (`worklist`).
"""

from enum import IntEnum, unique

from eservices_core.ports.lists import Listed, ListKind, ListName
from eservices_core.usecases.unit import Unit
from eservices_core.words.identifiers import ClinicId
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


def lay_on_worklist(unit: Unit, clinic: ClinicId, item: ItemRef, rank: Rank = Rank.USUAL) -> None:
    """Lay an item on the list, as of now; one that lies there keeps its time."""
    name = worklist_of(clinic)
    earlier = unit.services.lists.find(name, str(item))
    since = earlier.since if earlier else unit.at
    unit.put_on(name, Listed(str(item), since, rank, unit.about))


def take_off_worklist(unit: Unit, clinic: ClinicId, item: ItemRef) -> None:
    """Take an item off: it is answered, or closed."""
    unit.take_off(worklist_of(clinic), str(item))
