"""Who holds an item of the worklist: every command in every state (D-MAIL-4)."""

from datetime import UTC, datetime, timedelta
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eservices_core.clinic.staff import StaffMember
from eservices_core.outcome import Failure, Success
from eservices_core.words.identifiers import ClinicId, StaffId
from eservices_core.worklist.holding import (
    Close,
    CloseReason,
    Command,
    End,
    Event,
    Free,
    HeldBy,
    Holding,
    HoldingEnded,
    HoldingRefusal,
    ItemClosed,
    ItemLetGo,
    ItemTaken,
    ItemTakenOver,
    LetGo,
    Take,
    TakeOver,
    decide,
    evolve,
)

AT: Final = datetime(2026, 11, 23, 8, tzinfo=UTC)
NOW: Final = AT + timedelta(minutes=5)
CLINIC: Final = ClinicId("clinic")
ANNE, BO = StaffMember(StaffId("anne"), CLINIC), StaffMember(StaffId("bo"), CLINIC)
FREE, HELD = Free(), HeldBy(ANNE, AT)
HANDLED: Final = CloseReason.HANDLED
TAKEN: Final = HoldingRefusal.HELD_BY_ANOTHER

ANSWERS: Final[list[tuple[Holding, Command, tuple[Event, ...] | HoldingRefusal, Holding]]] = [
    (FREE, Take(BO, NOW), (ItemTaken(BO, NOW),), HeldBy(BO, NOW)),
    (FREE, TakeOver(BO, NOW), (ItemTaken(BO, NOW),), HeldBy(BO, NOW)),
    (FREE, LetGo(BO), (), FREE),
    (FREE, End(), (), FREE),
    (FREE, Close(BO, HANDLED, NOW), (ItemClosed(BO, HANDLED, NOW),), FREE),
    (HELD, Take(ANNE, NOW), (), HELD),
    (HELD, Take(BO, NOW), TAKEN, HELD),
    (HELD, TakeOver(ANNE, NOW), (), HELD),
    (HELD, TakeOver(BO, NOW), (ItemTakenOver(BO, ANNE.staff, NOW),), HeldBy(BO, NOW)),
    (HELD, LetGo(ANNE), (ItemLetGo(ANNE),), FREE),
    (HELD, LetGo(BO), TAKEN, HELD),
    (HELD, End(), (HoldingEnded(),), FREE),
    (HELD, Close(ANNE, HANDLED, NOW), (ItemClosed(ANNE, HANDLED, NOW),), FREE),
    (HELD, Close(BO, HANDLED, NOW), TAKEN, HELD),
]


@pytest.mark.parametrize(("state", "command", "answer", "after"), ANSWERS)
def test_each_command_in_each_state(
    state: Holding, command: Command, answer: tuple[Event, ...] | HoldingRefusal, after: Holding
) -> None:
    """D-MAIL-4: one member of staff at a time; another's is taken over, and nothing else."""
    decided = decide(state, command)
    refused = isinstance(answer, HoldingRefusal)
    assert decided == (Failure(answer) if refused else Success(answer))
    now = state
    for event in () if refused else answer:
        now = evolve(now, event)
    assert now == after


@given(st.lists(st.sampled_from([command for _, command, *_ in ANSWERS]), max_size=10))
def test_whoever_took_it_last_holds_it(commands: list[Command]) -> None:
    """D-MAIL-4: whatever came before, it is held by whoever took it, until it is let go or ends."""
    state: Holding = Free()
    for command in commands:
        decided = decide(state, command)
        before = state
        for event in decided.unwrap() if isinstance(decided, Success) else ():
            state = evolve(state, event)
        if isinstance(decided, Failure):
            assert state == before
        elif isinstance(command, Take | TakeOver):
            assert isinstance(state, HeldBy)
            assert state.staff == command.by
        else:
            assert state == Free()


@pytest.mark.parametrize(
    ("state", "event"),
    [
        (HELD, ItemTaken(BO, NOW)),
        (FREE, ItemTakenOver(BO, ANNE.staff, NOW)),
        (FREE, ItemLetGo(ANNE)),
        (FREE, HoldingEnded()),
    ],
)
def test_a_history_that_cannot_be_is_a_bug(state: Holding, event: Event) -> None:
    """D-MAIL-4: what nobody can have decided is not applied."""
    with pytest.raises(AssertionError):
        _ = evolve(state, event)
