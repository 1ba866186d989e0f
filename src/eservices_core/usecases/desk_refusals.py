"""What each refusal of the worklist and of the journal means to staff (D-MAIL-4, D-MAIL-8)."""

from collections.abc import Mapping
from enum import Enum
from typing import Final, TypeAlias

from eservices_core.journal.entry import EntryRefusal
from eservices_core.texts import NextStep, Text
from eservices_core.worklist.holding import HoldingRefusal

_Meaning: TypeAlias = tuple[str, NextStep, Text | None, Text]

MEANINGS: Final[Mapping[Enum, _Meaning]] = {
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
