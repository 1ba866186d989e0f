"""What staff leave on lists: what they hold, that they work there, and alarms (D-STAFF-1)."""

from collections.abc import Iterator

from eservices_core.ports.lists import Listed, PutOnList, TakeOffList
from eservices_core.staffing import alarm, member
from eservices_core.views.happened import Around, Happened, ListAct
from eservices_core.views.names import alarms_of, held_by, staff_list
from eservices_core.views.worklist import taken_off
from eservices_core.words.identifiers import ClinicId
from eservices_core.worklist import holding
from eservices_core.worklist.items import ItemRef


def holdings(happened: Happened, _around: Around) -> Iterator[ListAct]:
    """An item is held by one member of staff; one that they close lies nowhere any more."""
    clinic_key, _, item = happened.stream.key.partition("/")
    clinic = ClinicId(clinic_key)
    before, after = happened.before, happened.after
    if isinstance(before, holding.HeldBy):
        yield TakeOffList(held_by(clinic, before.staff.staff), item)
    if isinstance(after, holding.HeldBy):
        yield PutOnList(held_by(clinic, after.staff.staff), Listed(item, after.since))
    if isinstance(happened.event, holding.ItemClosed):
        yield from taken_off(clinic, ItemRef.parse(item))


def staff(happened: Happened, _around: Around) -> Iterator[ListAct]:
    """Whoever was enrolled stays on the clinic's list."""
    if isinstance(happened.event, member.StaffEnrolled):
        clinic, _, who = happened.stream.key.partition("/")
        yield PutOnList(staff_list(ClinicId(clinic)), Listed(who, happened.at))


def alarms(happened: Happened, _around: Around) -> Iterator[ListAct]:
    """An alarm lies on its clinic's list until the manager has dealt with it."""
    clinic, _, item = happened.stream.key.partition("/")
    name = alarms_of(ClinicId(clinic))
    match happened.event:
        case alarm.AlarmRaised(at):
            yield PutOnList(name, Listed(item, at))
        case alarm.AlarmClosed():
            yield TakeOffList(name, item)
        case _:
            pass
