"""A session at the desk: every command in every state, and when it is over (D-STAFF-1)."""

from datetime import UTC, datetime, timedelta
from typing import Final

import pytest

from eservices_core.clinic.staff import StaffMember
from eservices_core.outcome import Failure, Success
from eservices_core.staffing.desk_session import (
    SESSION_LASTS,
    ComeIn,
    Command,
    Ended,
    Entry,
    Event,
    LogOut,
    NotBegun,
    Open,
    StaffCameIn,
    StaffLoggedOut,
    StaffSession,
    StaffSessionRefusal,
    decide,
    evolve,
    who_is_in,
)
from eservices_core.words.identifiers import ClinicId, StaffId

AT: Final = datetime(2026, 11, 23, 8, tzinfo=UTC)
TICK: Final = timedelta(microseconds=1)
ANNE: Final = StaffMember(StaffId("anne"), ClinicId("clinic"))
ENDS: Final = AT + SESSION_LASTS
OPEN: Final = Open(ANNE, ENDS)
LET_IN: Final = ComeIn(ANNE, Entry.LET_IN, AT)
KEPT_OUT: Final = ComeIn(ANNE, Entry.KEPT_OUT, AT)


@pytest.mark.parametrize(
    ("state", "command", "answer", "after"),
    [
        (NotBegun(), LET_IN, (StaffCameIn(ANNE, ENDS),), OPEN),
        (NotBegun(), KEPT_OUT, StaffSessionRefusal.KEPT_OUT, NotBegun()),
        (NotBegun(), LogOut(), StaffSessionRefusal.NOT_LOGGED_IN, NotBegun()),
        (OPEN, LET_IN, StaffSessionRefusal.ID_USED, OPEN),
        (OPEN, KEPT_OUT, StaffSessionRefusal.ID_USED, OPEN),
        (OPEN, LogOut(), (StaffLoggedOut(),), Ended()),
        (Ended(), LET_IN, StaffSessionRefusal.ID_USED, Ended()),
        (Ended(), KEPT_OUT, StaffSessionRefusal.ID_USED, Ended()),
        (Ended(), LogOut(), (), Ended()),
    ],
)
def test_each_command_in_each_state(
    state: StaffSession,
    command: Command,
    answer: tuple[Event, ...] | StaffSessionRefusal,
    after: StaffSession,
) -> None:
    """D-STAFF-1: an id is somebody's once, whoever is kept out is not in, and out is out."""
    refused = isinstance(answer, StaffSessionRefusal)
    assert decide(state, command) == (Failure(answer) if refused else Success(answer))
    now = state
    for event in () if refused else answer:
        now = evolve(now, event)
    assert now == after


def test_a_session_is_over_at_its_end() -> None:
    """D-STAFF-1: up to its last instant it is somebody's, and from its end on nobody's."""
    assert who_is_in(OPEN, AT) == ANNE
    assert who_is_in(OPEN, ENDS - TICK) == ANNE
    assert who_is_in(OPEN, ENDS) is None
    assert who_is_in(NotBegun(), AT) is None
    assert who_is_in(Ended(), AT) is None


@pytest.mark.parametrize(
    ("state", "event"),
    [
        (OPEN, StaffCameIn(ANNE, ENDS)),
        (Ended(), StaffCameIn(ANNE, ENDS)),
        (NotBegun(), StaffLoggedOut()),
        (Ended(), StaffLoggedOut()),
    ],
)
def test_a_history_that_cannot_be_is_a_bug(state: StaffSession, event: Event) -> None:
    """D-STAFF-1: what nobody can have decided is not applied."""
    with pytest.raises(AssertionError):
        _ = evolve(state, event)
