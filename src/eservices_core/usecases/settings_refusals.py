"""What changing settings and taking users over refuse, beside what machines do (D-ACC-21)."""

from typing import Final

from eservices_core.texts import NextStep, Says, Text
from eservices_core.usecases.refusals import Refusal

_HOLDS_ADDRESS: Final = Text(
    "Feltet {field} indeholder en e-mailadresse, og patienterne læser det. Skriv telefonnummeret i "
    "stedet.",
    "The field {field} holds an e-mail address, and patients read it. Write the phone number "
    "instead.",
)


def holds_address(field: str) -> Refusal:
    """Refuse a text that patients read and that holds an e-mail address (D-MAIL-2)."""
    said = Text(_HOLDS_ADDRESS.da.format(field=field), _HOLDS_ADDRESS.en.format(field=field))
    return Refusal("D-MAIL-2", "setting_holds_address", NextStep.TRY_AGAIN, Says(said, said))


UNKNOWN_HASH: Final = Refusal(
    "D-ACC-12",
    "unknown_hash",
    NextStep.CONTACT_CLINIC,
    Says(
        Text("Kontakt klinikken.", "Contact the clinic."),
        Text(
            "Adgangskodens hash er af en art eller pris, som installationen ikke tager imod.",
            "The hash of the password is of a kind or cost that the installation does not take.",
        ),
    ),
)
PASSWORD_WITHOUT_USERNAME: Final = Refusal(
    "D-ACC-104",
    "password_without_username",
    NextStep.CLINIC_AGREES_USERNAME,
    Says(
        Text("Kontakt klinikken.", "Contact the clinic."),
        Text(
            "Der er en adgangskode, men intet brugernavn at bruge den med.",
            "There is a password, but no username to use it with.",
        ),
    ),
)
