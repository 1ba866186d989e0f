"""How something is laid on a clinic's worklist and taken off it again (S-MAIL-4).

Here: what every view that knows of something waiting does alike. Not here: what waits.
"""

from collections.abc import Iterator

from eservices_core.ports.lists import Listed, PutOnList, TakeOffList
from eservices_core.views.happened import Around, Happened, ListAct
from eservices_core.views.names import Rank, worklist_of
from eservices_core.words.identifiers import ClinicId, UserId
from eservices_core.worklist.items import ItemRef


def laid(  # noqa: PLR0913, PLR0917  where, what and for whom
    happened: Happened,
    around: Around,
    clinic: ClinicId,
    item: ItemRef,
    about: UserId | None,
    rank: Rank = Rank.USUAL,
) -> Iterator[ListAct]:
    """Lay an item on the list, as of now; one that lies there keeps its time."""
    name = worklist_of(clinic)
    earlier = around.lying(name, str(item))
    since = earlier.since if earlier else happened.at
    yield PutOnList(name, Listed(str(item), since, rank, about))


def taken_off(clinic: ClinicId, item: ItemRef) -> Iterator[ListAct]:
    """Take an item off: it is answered, or closed."""
    yield TakeOffList(worklist_of(clinic), str(item))
