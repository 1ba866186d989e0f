"""One alarm of a clinic's manager: every command in every state (D-STAFF-1)."""

from datetime import UTC, datetime
from itertools import product
from typing import Final

import pytest

from eservices_core.clinic.staff import StaffMember
from eservices_core.outcome import Success
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


@pytest.mark.parametrize(("state", "command", "events", "then"), MOVES)
def test_every_command_in_every_state(
    state: Raised, command: Command, events: tuple[Event, ...], then: Raised
) -> None:
    """D-STAFF-1: an alarm is raised once, and dealt with once."""
    assert decide(state, command) == Success(events)
    for event in events:
        state = evolve(state, event)
    assert state == then


def test_a_history_that_cannot_be_is_a_bug() -> None:
    """D-STAFF-1: an event that `decide` cannot have given in that state is an assertion."""
    possible = {(state, events[0]) for state, _, events, _ in MOVES if events}
    for state, event in product((NotRaised(), Open(), Closed()), (RAISED, CLOSED)):
        if (state, event) not in possible:
            with pytest.raises(AssertionError):
                _ = evolve(state, event)
