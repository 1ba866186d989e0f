"""A refusal as the outside meets it, and those that any use case may give (D-ACC-21).

Before a full login the public sees `says.patient` and nothing else: `rule`, `reason`, `next_step`
and `says.staff` differ where `says.patient` does not, and would tell people apart (D-ACC-2).
"""

from typing import Final, TypeAlias

from attrs import frozen

from eservices_core.texts import NextStep, Says, Text

Meaning: TypeAlias = tuple[str, NextStep, Text | None, Text]
"""What a machine's bare refusal means: rule, next step, the patient's text (None: as the staff's)
and the staff's."""


@frozen
class Refusal:
    """Why a person does not get what they asked for; nothing but the audit log has changed."""

    rule: str
    reason: str
    next_step: NextStep
    says: Says


NOT_LOGGED_IN: Final = Refusal(
    "D-ACC-15",
    "not_logged_in",
    NextStep.USE_MITID,
    Says(
        Text("Du er logget ud. Log ind igen.", "You are logged out. Log in again."),
        Text("Sessionen er slut.", "The session is over."),
    ),
)
NEEDS_MITID: Final = Refusal(
    "D-SES-1",
    "needs_mitid",
    NextStep.USE_MITID,
    Says(
        Text(
            "Log ind med MitID for at ændre det, eller ring til klinikken.",
            "Log in with MitID to change this, or call the clinic.",
        ),
        Text(
            "En to-faktor-session må ikke ændre adresse eller tilknytning.",
            "A two-factor session may not change address or association.",
        ),
    ),
)
UNKNOWN_CLINIC: Final = Refusal(
    "D-LOG-2",
    "unknown_clinic",
    NextStep.CONTACT_CLINIC,
    Says(
        Text("Klinikken findes ikke her.", "There is no such clinic here."),
        Text("Klinikken findes ikke her.", "There is no such clinic here."),
    ),
)
NO_SUCH_PATIENT: Final = Refusal(
    "D-LOG-2",
    "no_such_patient",
    NextStep.CONTACT_CLINIC,
    Says(
        Text("Patienten findes ikke her.", "There is no such patient here."),
        Text(
            "Klinikken har ingen bruger med det nummer.", "The clinic has no user of that number."
        ),
    ),
)
FORM_OF_ANOTHER: Final = Refusal(
    "D-SES-1",
    "form_of_another_account",
    NextStep.LOG_IN,
    Says(
        Text(
            "Siden blev åbnet for en anden bruger end den, der er logget ind nu. Intet er sendt; "
            "din tekst står her endnu.",
            "The page was opened for another user than the one who is logged in now. Nothing was "
            "sent; your text still stands here.",
        ),
        Text(
            "Formularen var lavet til en anden bruger end sessionens.",
            "The form was made for another user than the session's.",
        ),
    ),
)
KEY_REUSED: Final = Refusal(
    "D-LOG-2",
    "key_reused",
    NextStep.TRY_AGAIN,
    Says(
        Text("Prøv igen fra begyndelsen.", "Try again from the beginning."),
        Text("Nøglen er brugt til en anden handling.", "The key was used for another act."),
    ),
)
