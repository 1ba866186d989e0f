"""Staff whose end date has come: noted, and what they hold handed back (D-STAFF-1).

Nothing they could do depends on this: from the instant of the end date on, every act and session of
theirs is refused. What is left is what others wait for. Here: the worker's look, and the one place
where a leaver's things are handed back. Not here: setting the date (`staff`).
"""

from typing import Final

from attrs import frozen

from eservices_core import events
from eservices_core.clinic.staff import StaffMember
from eservices_core.outcome import Outcome, Success
from eservices_core.ports.ledger import BySystem
from eservices_core.ports.lists import ListKind, ListName
from eservices_core.staffing.member import Leaving, NoteLeft, decide
from eservices_core.usecases.perform import perform
from eservices_core.usecases.refusal import Refusal
from eservices_core.usecases.services import Command, Services
from eservices_core.usecases.unit import Unit
from eservices_core.usecases.who_may import staff_key
from eservices_core.usecases.worklist import hand_back
from eservices_core.words.identifiers import ClinicId, StaffId

_PAGE: Final = 1_000


@frozen(kw_only=True)
class NoteLeaver(Command):
    """The service notes that somebody's end date has come."""

    clinic: ClinicId
    member: StaffId


@frozen
class LeaverNoted:
    """Who has left."""

    member: StaffMember


def note_leavers(services: Services, clinic: ClinicId) -> int:
    """Note all whose end date has come; give how many. A look that finds nobody is not stored."""
    noted = 0
    after = None
    name = ListName(ListKind.STAFF, str(clinic))
    while page := services.lists.listed(name, _PAGE, after):
        noted += sum(_note(services, StaffMember(StaffId(each.item), clinic)) for each in page)
        after = page[-1]
    return noted


def _note(services: Services, whom: StaffMember) -> bool:
    key = f"leaver-{services.chance.entropy(16).hex()}"
    command = NoteLeaver(key=key, by=BySystem(), clinic=whom.clinic, member=whom.staff)
    if not _has_left(Unit(services, command), whom):
        return False

    def work(unit: Unit) -> Outcome[LeaverNoted, Refusal]:
        # Somebody else may have been first: a second worker, or the manager.
        if _has_left(unit, whom):
            unit.rule = "D-STAFF-1"
            state = unit.state(events.STAFF, staff_key(whom))
            unit.add(events.STAFF, staff_key(whom), decide(state, NoteLeft(unit.at)).unwrap())
            staff_left(unit, whom)
        return Success(LeaverNoted(whom))

    return isinstance(perform(services, command, LeaverNoted, work), Success)


def _has_left(unit: Unit, whom: StaffMember) -> bool:
    state = unit.state(events.STAFF, staff_key(whom))
    return isinstance(state, Leaving) and unit.at >= state.ends_at


def staff_left(unit: Unit, staff: StaffMember) -> None:
    """Hand back what a leaver holds, in the unit of work that notes that they have left.

    Called once for each leaving.
    """
    hand_back(unit, staff)
