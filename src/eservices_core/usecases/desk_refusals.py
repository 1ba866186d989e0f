"""What each refusal of the worklist and of the journal means to staff (D-MAIL-4, D-MAIL-8)."""

from collections.abc import Mapping
from enum import Enum
from typing import Final

from eservices_core.journal.entry import EntryRefusal
from eservices_core.texts import NextStep, Says, Text
from eservices_core.usecases.refusal import Meaning, Refusal
from eservices_core.worklist.holding import HoldingRefusal

MEANINGS: Final[Mapping[Enum, Meaning]] = {
    HoldingRefusal.HELD_BY_ANOTHER: (
        "D-MAIL-4",
        NextStep.TAKE_ITEM_OVER,
        None,
        Text("En kollega er i gang med den.", "A colleague is at it."),
    ),
    EntryRefusal.EXISTS: (
        "S-MAIL-3",
        NextStep.TRY_AGAIN,
        None,
        Text("Notatet er skrevet.", "The entry was written before."),
    ),
    EntryRefusal.NO_ENTRY: (
        "S-MAIL-3",
        NextStep.TRY_AGAIN,
        None,
        Text("Der er intet notat.", "There is no such entry."),
    ),
    EntryRefusal.SAME_JOURNAL: (
        "D-MAIL-8",
        NextStep.GO_ON,
        None,
        Text("Notatet står der allerede.", "The entry stands there already."),
    ),
}

SEARCH_TOO_SHORT: Final = Refusal(
    "D-STAFF-104",
    "search_too_short",
    NextStep.TRY_AGAIN,
    Says.to_staff(
        "Skriv mindst to bogstaver af et navn, eller et helt CPR-nummer.",
        "Type at least two letters of a name, or a whole CPR number.",
    ),
)
NO_SUCH_ITEM: Final = Refusal(
    "D-LOG-2",
    "no_such_item",
    NextStep.GO_ON,
    Says.to_staff("Den står ikke på listen.", "It does not lie on the list."),
)
ANSWERED_BY_ITS_OWN_ACT: Final = Refusal(
    "D-MAIL-4",
    "answered_by_its_own_act",
    NextStep.ANSWER_ITEM,
    Says.to_staff(
        "Den lukkes ved at besvare eller afslutte det, den står for.",
        "It is closed by answering or ending what it stands for.",
    ),
)
NO_SUCH_ENTRY: Final = Refusal(
    "D-LOG-2",
    "no_such_entry",
    NextStep.GO_ON,
    Says.to_staff(
        "Notatet findes ikke i klinikkens journal.", "The clinic's journal has no such entry."
    ),
)
