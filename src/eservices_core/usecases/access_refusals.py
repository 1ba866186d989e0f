"""What use cases of access refuse themselves (D-ACC-2, D-ACC-21); machines: `access_meanings`."""

from typing import Final

from eservices_core.texts import CANNOT_VERIFY_PUBLIC, PUBLIC_REFUSAL, NextStep, Says, Text
from eservices_core.usecases.refusal import Refusal

WRONG_PASSWORD: Final = Refusal(
    "D-ACC-2",
    "wrong_password",
    NextStep.CONTACT_CLINIC,
    Says(
        PUBLIC_REFUSAL,
        Text("Brugernavn eller adgangskode var forkert.", "The username or password was wrong."),
    ),
)
WRONG_CODE: Final = Refusal(
    "D-ACC-13",
    "wrong_code",
    NextStep.TRY_AGAIN,
    Says(PUBLIC_REFUSAL, Text("Koden var forkert.", "The code was wrong.")),
)
NO_MASTER_CARD: Final = Refusal(
    "S-ACC-8",
    "no_master_card",
    NextStep.CLINIC_VERIFIES_IDENTITY,
    Says(
        Text("Kontakt klinikken.", "Contact the clinic."),
        Text("Klinikken har intet stamkort på personen.", "The clinic has no master card here."),
    ),
)
NO_ADDRESS: Final = Refusal(
    "D-ACC-14",
    "no_address",
    NextStep.CONTACT_CLINIC,
    Says(
        PUBLIC_REFUSAL,
        Text(
            "Der er ingen e-mailadresse at sende til. Bekræft identiteten og skriv den ind.",
            "There is no e-mail address to send to. Verify identity and enter one.",
        ),
    ),
)
ADDRESS_IN_QUARANTINE: Final = Refusal(
    "D-ACC-14",
    "address_in_quarantine",
    NextStep.CLINIC_VERIFIES_IDENTITY,
    Says(
        PUBLIC_REFUSAL,
        Text(
            "Adressen er ny. I 48 timer sendes der ingen midlertidig adgangskode til den, "
            "medmindre patienten er set personligt.",
            "The address is new. For 48 hours no temporary password is sent to it, unless the "
            "patient was seen in person.",
        ),
    ),
)
USERNAME_TAKEN: Final = Refusal(
    "D-ACC-12",
    "username_taken",
    NextStep.TRY_AGAIN,
    Says(
        Text("Vælg et andet brugernavn.", "Choose another username."),
        Text("Brugernavnet er optaget.", "The username is taken."),
    ),
)
USERNAME_STANDS: Final = Refusal(
    "D-ACC-104",
    "username_stands",
    NextStep.GO_ON,
    Says(
        PUBLIC_REFUSAL,
        Text(
            "Patienten har et brugernavn og beholder det: sæt fluebenet uden. Et nyt aftales kun "
            "sammen med en ny adgangskode (Send kodeord).",
            "The patient has a username and keeps it: set the tick without one. Another is agreed "
            "only together with a new password (Send password).",
        ),
    ),
)
NUMBER_CHANGED: Final = Refusal(
    "D-ACC-105",
    "number_changed",
    NextStep.CLINIC_CHANGES_NUMBER,
    Says(
        CANNOT_VERIFY_PUBLIC,
        Text(
            "Stamkortet siger, at patienten har haft et andet CPR-nummer, og under det er der en "
            "bruger. Ret først nummeret på den bruger.",
            "The master card says that the patient has had another CPR number, and there is a "
            "user under it. Change that user's number first.",
        ),
    ),
)
NOT_UNDER_15: Final = Refusal(
    "D-ACC-5",
    "not_under_15",
    NextStep.USE_MITID,
    Says(
        CANNOT_VERIFY_PUBLIC,
        Text("Patienten er fyldt 15.", "The patient has turned 15."),
    ),
)
UNKNOWN_HASH: Final = Refusal(
    "D-ACC-12",
    "unknown_hash",
    NextStep.CONTACT_CLINIC,
    Says.to_staff(
        "Adgangskodens hash er af en art eller pris, som installationen ikke tager imod.",
        "The hash of the password is of a kind or cost that the installation does not take.",
    ),
)
PASSWORD_WITHOUT_USERNAME: Final = Refusal(
    "D-ACC-104",
    "password_without_username",
    NextStep.CLINIC_AGREES_USERNAME,
    Says.to_staff(
        "Der er en adgangskode, men intet brugernavn at bruge den med.",
        "There is a password, but no username to use it with.",
    ),
)
