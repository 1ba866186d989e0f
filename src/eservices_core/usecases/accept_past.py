"""Accept that the store has gone back: a backup was restored, or its last changes were lost.

Sessions of before end, as who has logged out meanwhile would be in again; and every audit log says
that it lacks what came after (D-KEEP-101). One unit of work for the clinic whose staff answer for
it and for the service; one for each other clinic, which learns nothing of that one. Not here:
noticing it, and the mails that waited (the store's adapter). Codes are not ended: none is good for
longer than ten minutes.
"""

from collections.abc import Iterable
from typing import Final

from attrs import frozen

from eservices_core.access import session
from eservices_core.clinic.staff import StaffMember
from eservices_core.events import StreamId
from eservices_core.outcome import Failure, Outcome, Success
from eservices_core.ports.ledger import Actor, Append, AuditEntry, ByStaff, BySystem, Change
from eservices_core.staffing import desk_session
from eservices_core.staffing.member import Standing, standing_of
from eservices_core.usecases.services import Command, Services
from eservices_core.usecases.unit import Unit
from eservices_core.words.identifiers import ClinicId

ACT: Final = "accept_past"
RULE: Final = "D-KEEP-101"


@frozen
class PastAccepted:
    """What was recorded.

    Attributes:
        sessions: how many were ended.
        logs: how many audit logs say so.
    """

    sessions: int
    logs: int


@frozen
class NobodyThere:
    """Whoever is to answer for it does not work at that clinic now."""


def accept_past(
    services: Services, staff: StaffMember, sessions: Iterable[StreamId]
) -> Outcome[PastAccepted, NobodyThere]:
    """Record that a member of staff has accepted an older state, and end what was open in it.

    Args:
        services: over the store that has gone back.
        staff: who answers for it; they must work at the clinic, as the store knows it.
        sessions: the sessions of patients and staff that are open in it.
    """
    unit = Unit(services, Command(key=ACT, by=ByStaff(staff)))
    if standing_of(unit.staff_record(staff), unit.at) is not Standing.ACTIVE:
        return Failure(NobodyThere())
    ended = sum(_end(services, stream, ByStaff(staff)) for stream in sessions)
    own = (None, staff.clinic)
    _note(services, ByStaff(staff), own)
    others = [clinic for clinic in services.clinics if clinic != staff.clinic]
    for clinic in others:
        _note(services, BySystem(), (clinic,))
    return Success(PastAccepted(ended, len(own) + len(others)))


def _note(services: Services, by: Actor, logs: Iterable[ClinicId | None]) -> None:
    entries = tuple(AuditEntry(ACT, None, RULE, clinic=clinic) for clinic in logs)
    _ = _store(services, by, audit=entries)


def _end(services: Services, stream: StreamId, by: Actor) -> bool:
    recorded = services.ledger.history(stream)
    if len(recorded) != 1:
        return False  # it has ended meanwhile
    begun = recorded[0].event
    match begun:
        case session.SessionBegun(user):
            state = session.evolve(session.NotBegun(), begun)
            ended = session.decide(state, session.End()).unwrap()
            append = Append(stream, 1, ended, user)
            entry = AuditEntry(ACT, user, RULE, stream=stream)
        case desk_session.StaffCameIn(staff):
            came_in = desk_session.evolve(desk_session.NotBegun(), begun)
            gone = desk_session.decide(came_in, desk_session.LogOut()).unwrap()
            append = Append(stream, 1, gone, None)
            entry = AuditEntry(ACT, None, RULE, stream=stream, clinic=staff.clinic)
            by = by if by == ByStaff(staff) else BySystem()
        case _:
            raise AssertionError("only sessions are ended here")
    return _store(services, by, appends=(append,), audit=(entry,))


def _store(
    services: Services,
    by: Actor,
    *,
    appends: tuple[Append, ...] = (),
    audit: tuple[AuditEntry, ...],
) -> bool:
    key = f"{ACT}-{services.chance.entropy(16).hex()}"
    change = Change(
        key=key,
        fingerprint="",
        at=services.clock.now(),
        by=by,
        answer="",
        appends=appends,
        audit=audit,
    )
    return isinstance(services.ledger.commit(change), Success)
