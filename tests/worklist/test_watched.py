"""The watch over one mail: every command in every state (D-MAIL-4, faults: 100)."""

from typing import Final

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
from tests.moves import hold_to

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


def test_every_command_in_every_state() -> None:
    """D-MAIL-4: a mail is watched once, and its end is told once, to whoever hears of it."""
    hold_to(decide, evolve, MOVES)
