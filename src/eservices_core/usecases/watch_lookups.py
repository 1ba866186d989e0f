"""The manager's eye on look-ups: a monthly sample, and alarms (D-STAFF-1).

Look-ups are the audit log's entries of opened patients; nothing else is written down for it. An
alarm lies on the clinic's list until the manager closes it, and is named by its kind and the entry
that raised it, so that looking again, or two workers at once, raise it once. Whether somebody
opens their own or a colleague's record is not known here: staff are not told by their CPR number.
"""

from collections.abc import Callable
from datetime import date, datetime
from typing import Final

from attrs import frozen

from eservices_core import events
from eservices_core.clinic.desk_settings import DeskSettings
from eservices_core.clinic.staff import StaffMember
from eservices_core.outcome import Failure, Outcome, Success
from eservices_core.ports.ledger import Archive, Audited, ByStaff, BySystem
from eservices_core.staffing import alarm, watch
from eservices_core.staffing.opening import Purpose
from eservices_core.staffing.watch import Alarm, AlarmKind, Lookup
from eservices_core.usecases.perform import perform
from eservices_core.usecases.refusal import Refusal
from eservices_core.usecases.services import Command, Services
from eservices_core.usecases.settings_now import settings_now
from eservices_core.usecases.staffing_refusals import MONTH_NOT_OVER
from eservices_core.usecases.unit import Unit
from eservices_core.views.names import alarms_of
from eservices_core.words.clinic_time import start_of
from eservices_core.words.identifiers import ClinicId, ContentId, StaffId

_PAGE: Final = 1_000
_ALARMS_SHOWN: Final = 1_000
_OPENED: Final = "open_patient"


@frozen(kw_only=True)
class DrawSample(Command):
    """The manager asks for the look-ups of a month, drawn by chance.

    Attributes:
        month: any day of it.
    """

    staff: StaffMember
    month: date


@frozen(kw_only=True)
class SeeAlarms(Command):
    """The manager looks at the alarms that are open."""

    staff: StaffMember


@frozen(kw_only=True)
class CloseAlarm(Command):
    """The manager has dealt with an alarm."""

    staff: StaffMember
    kind: AlarmKind
    position: int


@frozen(kw_only=True)
class LookForAlarms(Command):
    """The service goes through a clinic's newest look-ups."""

    clinic: ClinicId


@frozen
class Sampled:
    """One look-up of a sample, by its entry in the audit log; which patient stands there."""

    position: int
    at: datetime
    staff: StaffId
    purpose: Purpose
    protected: bool


@frozen
class Sample:
    """A month's sample; `of` is how many look-ups it was drawn from."""

    of: int
    drawn: tuple[Sampled, ...]


@frozen
class AlarmsRaised:
    """How many."""

    raised: int


@frozen
class AlarmIsClosed:
    """It lies on no list any more."""


# --- the sample ----------------------------------------------------------------------------------


def draw_sample(services: Services, command: DrawSample) -> Outcome[Sample, Refusal]:
    """Draw a month's sample: the same whenever it is asked for, and nobody's to foresee."""
    clinic = command.staff.clinic
    first = command.month.replace(day=1)
    begins, ends = start_of(first), start_of(_next_month(first))

    def lot_of(lookup: Lookup) -> str:
        return services.keys.fingerprint(f"sample:{clinic}:{first}:{lookup.position}")

    def work(unit: Unit) -> Outcome[Sample, Refusal]:
        if unit.at < ends:
            return Failure(MONTH_NOT_OVER)
        unit.rule = "D-STAFF-1"
        lookups = _lookups(services.archive, clinic, begins, ends)
        drawn = watch.sample(lookups, _settings(services, clinic).sample, lot_of)
        return Success(Sample(len(lookups), tuple(_sampled(each) for each in drawn)))

    return perform(services, command, Sample, work)


def _sampled(lookup: Lookup) -> Sampled:
    return Sampled(lookup.position, lookup.at, lookup.staff, lookup.purpose, lookup.protected)


def _next_month(first: date) -> date:
    return date(first.year + first.month // 12, first.month % 12 + 1, 1)


# --- alarms --------------------------------------------------------------------------------------


def look_for_alarms(services: Services, clinic: ClinicId) -> int:
    """Raise the alarms of what is new in a clinic's log; give how many.

    A look that finds nothing new is not stored. How far the log was gone through is kept in a
    record; were it lost, alarms that are closed would be raised again, and none would be missing.
    """
    key = f"look-for-alarms-{services.chance.entropy(16).hex()}"
    command = LookForAlarms(key=key, by=BySystem(), clinic=clinic)
    if not _new_lookups(Unit(services, command), clinic):
        return 0

    def work(unit: Unit) -> Outcome[AlarmsRaised, Refusal]:
        unit.rule = "D-STAFF-1"
        fresh = _new_lookups(unit, clinic)
        if not fresh:
            return Success(AlarmsRaised(0))
        since = min(each.at for each in fresh) - watch.WINDOW
        known = _lookups(services.archive, clinic, since, None)
        new = {each.position for each in fresh}
        limit = _settings(services, clinic).alarm_lookups
        raised = [each for each in watch.alarms(known, limit) if each.lookup.position in new]
        for each in raised:
            key = _key(clinic, each.kind, each.lookup.position)
            raise_it = alarm.Raise(each.lookup.at)
            unit.add(
                events.ALARM, key, alarm.decide(unit.state(events.ALARM, key), raise_it).unwrap()
            )
        _ = unit.put(str(max(new)), _seen_record(services, clinic))
        return Success(AlarmsRaised(len(raised)))

    return perform(services, command, AlarmsRaised, work).unwrap().raised


def _new_lookups(unit: Unit, clinic: ClinicId) -> list[Lookup]:
    seen = unit.content(_seen_record(unit.services, clinic))
    entries = _entries(unit.services.archive, clinic, int(seen) if seen else 0)
    return [lookup for each in entries if (lookup := _lookup_of(each)) is not None]


def _seen_record(services: Services, clinic: ClinicId) -> ContentId:
    return ContentId(services.keys.fingerprint(f"alarms-seen:{clinic}"))


def _key(clinic: ClinicId, kind: AlarmKind, position: int) -> str:
    return f"{clinic}/{kind.value}/{position}"


def see_alarms(services: Services, command: SeeAlarms) -> Outcome[tuple[Alarm, ...], Refusal]:
    """List the open alarms, oldest first."""
    unit = Unit(services, command)
    barred = unit.barred()
    if barred is not None:
        return Failure(barred)
    clinic = command.staff.clinic
    seen: list[Alarm] = []
    for each in services.lists.listed(alarms_of(clinic), _ALARMS_SHOWN):
        kind, _, position = each.item.partition("/")
        found = services.archive.audit_at(clinic, int(position) - 1, 1)
        lookup = _lookup_of(found[0]) if found else None
        if lookup is not None and lookup.position == int(position):
            seen.append(Alarm(AlarmKind(kind), lookup))
    return Success(tuple(seen))


def close_alarm(services: Services, command: CloseAlarm) -> Outcome[AlarmIsClosed, Refusal]:
    """Take an alarm off the list, if it lies there; the audit log keeps who did, and when."""
    key = _key(command.staff.clinic, command.kind, command.position)

    def work(unit: Unit) -> Outcome[AlarmIsClosed, Refusal]:
        unit.rule = "D-STAFF-1"
        close = alarm.Close(command.staff)
        unit.add(events.ALARM, key, alarm.decide(unit.state(events.ALARM, key), close).unwrap())
        return Success(AlarmIsClosed())

    return perform(services, command, AlarmIsClosed, work)


# --- reading look-ups from the audit log ---------------------------------------------------------


def _settings(services: Services, clinic: ClinicId) -> DeskSettings:
    found = settings_now(services, clinic)
    return found.settings.desk if found else DeskSettings()


def _lookups(
    archive: Archive, clinic: ClinicId, since: datetime, until: datetime | None
) -> list[Lookup]:
    """Give the look-ups of a stretch of time, in the order of the log."""
    entries = _entries(archive, clinic, _position_before(archive, clinic, since), until)
    found = (_lookup_of(each) for each in entries if each.at >= since)
    return [each for each in found if each is not None]


def _entries(
    archive: Archive, clinic: ClinicId, after: int, until: datetime | None = None
) -> list[Audited]:
    """Read on after a position, to the end or to the first entry from `until` on."""
    entries: list[Audited] = []
    while page := archive.audit_at(clinic, after, _PAGE):
        for each in page:
            if until is not None and each.at >= until:
                return entries
            entries.append(each)
        after = page[-1].position
    return entries


def _position_before(archive: Archive, clinic: ClinicId, since: datetime) -> int:
    """Find a position with every entry from `since` on behind it, in few reads of a long log.

    Entries lie in the order of their time, as nearly as the clock that was on the wall.
    """

    def is_early(position: int) -> bool:
        following = archive.audit_at(clinic, position, 1)
        return bool(following) and following[0].at < since

    step = 1
    while is_early(step):
        step *= 2
    return _last_early(is_early, 0, step)


def _last_early(is_early: Callable[[int], bool], low: int, high: int) -> int:
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if is_early(middle) else (low, middle)
    return low


def _lookup_of(audited: Audited) -> Lookup | None:
    """Read an entry as a look-up; None if it is none, or one that was refused."""
    entry = audited.entry
    opened = entry.act == _OPENED and entry.refused_because is None
    if not (opened and entry.purpose and entry.stream and isinstance(audited.by, ByStaff)):
        return None
    return Lookup(
        audited.position,
        audited.at,
        audited.by.staff.staff,
        entry.stream.key,
        Purpose(entry.purpose),
        protected=entry.rule == "D-ACC-19",
    )
