"""What each refusal of the machine of settings means to people (D-ACC-21)."""

from collections.abc import Mapping
from enum import Enum
from typing import Final

from eservices_core.clinic.settings_life import SettingsRefusal
from eservices_core.texts import NextStep, Text

MEANINGS: Final[Mapping[Enum, tuple[str, NextStep, Text | None, Text]]] = {
    SettingsRefusal.STALE: (
        "S-SET-1",
        NextStep.TRY_AGAIN,
        None,
        Text(
            "Indstillingerne er ændret af en anden imens. Se dem igen, og ret så.",
            "Somebody else has changed the settings meanwhile. See them again, then change them.",
        ),
    ),
}
