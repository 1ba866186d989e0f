"""What each refusal of the machine of settings means to people (D-ACC-21)."""

from collections.abc import Mapping
from enum import Enum
from typing import Final

from eservices_core.clinic.settings_life import SettingsRefusal
from eservices_core.texts import NextStep, Says, Text
from eservices_core.usecases.refusal import Meaning, Refusal

MEANINGS: Final[Mapping[Enum, Meaning]] = {
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

SETTING_HOLDS_ADDRESS: Final = Refusal(
    "D-MAIL-2",
    "setting_holds_address",
    NextStep.TRY_AGAIN,
    Says.to_staff(
        "En tekst, som patienterne læser, indeholder en e-mailadresse.",
        "A text that patients read holds an e-mail address.",
    ),
)
