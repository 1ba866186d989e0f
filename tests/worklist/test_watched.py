"""The watch over one mail: every command in every state (D-MAIL-4, faults: 100)."""

from itertools import product
from typing import Final

import pytest

from eservices_core.outcome import Success
from eservices_core.words.identifiers import ClinicId, UserId
from eservices_core.worklist.watched import (
    Begin,
    Command,
    End,
    Event,
    MailWatched,
    NotWatched,
    Over,
    Watch,
    Watched,
    WatchEnded,
    decide,
    evolve,
)

ANNA, BO = UserId("anna"), UserId("bo")
TOLD: Final = (ClinicId("one"), ClinicId("two"))
BEGUN, ARRIVED, LOST = MailWatched(ANNA), WatchEnded(ANNA, ()), WatchEnded(ANNA, TOLD)

MOVES: Final[list[tuple[Watch, Command, tuple[Event, ...], Watch]]] = [
    (NotWatched(), Begin(ANNA), (BEGUN,), Watched(ANNA)),
    (NotWatched(), End(TOLD), (), NotWatched()),
    (Watched(ANNA), Begin(BO), (), Watched(ANNA)),
    (Watched(ANNA), End(), (ARRIVED,), Over()),
    (Watched(ANNA), End(TOLD), (LOST,), Over()),
    (Over(), Begin(ANNA), (), Over()),
    (Over(), End(TOLD), (), Over()),
]


@pytest.mark.parametrize(("state", "command", "events", "then"), MOVES)
def test_every_command_in_every_state(
    state: Watch, command: Command, events: tuple[Event, ...], then: Watch
) -> None:
    """D-MAIL-4: a mail is watched once, and its end is told once, to whoever hears of it."""
    assert decide(state, command) == Success(events)
    for event in events:
        state = evolve(state, event)
    assert state == then


def test_a_history_that_cannot_be_is_a_bug() -> None:
    """D-MAIL-4: an event that `decide` cannot have given in that state is an assertion."""
    possible = {(state, event) for state, _, events, _ in MOVES for event in events}
    for state, event in product((NotWatched(), Watched(ANNA), Over()), (BEGUN, ARRIVED, LOST)):
        if (state, event) not in possible:
            with pytest.raises(AssertionError):
                _ = evolve(state, event)
