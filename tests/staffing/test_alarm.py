"""One alarm of a clinic's manager: every command in every state (D-STAFF-1)."""

from datetime import UTC, datetime
from typing import Final

from eservices_core.clinic.staff import StaffMember
from eservices_core.staffing.alarm import (
    AlarmClosed,
    AlarmRaised,
    Close,
    Closed,
    Command,
    Event,
    NotRaised,
    Open,
    Raise,
    Raised,
    decide,
    evolve,
)
from eservices_core.words.identifiers import ClinicId, StaffId
from tests.moves import hold_to

AT: Final = datetime(2026, 11, 23, 8, tzinfo=UTC)
ANNE: Final = StaffMember(StaffId("anne"), ClinicId("clinic"))
RAISED, CLOSED = AlarmRaised(AT), AlarmClosed(ANNE)

MOVES: Final[list[tuple[Raised, Command, tuple[Event, ...], Raised]]] = [
    (NotRaised(), Raise(AT), (RAISED,), Open()),
    (NotRaised(), Close(ANNE), (), NotRaised()),
    (Open(), Raise(AT), (), Open()),
    (Open(), Close(ANNE), (CLOSED,), Closed()),
    (Closed(), Raise(AT), (), Closed()),
    (Closed(), Close(ANNE), (), Closed()),
]


def test_every_command_in_every_state() -> None:
    """D-STAFF-1: an alarm is raised once, and dealt with once; no other history is taken."""
    hold_to(decide, evolve, MOVES)
