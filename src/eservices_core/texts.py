"""What a decision says to people: texts in Danish and English, and the next step.

Here: the shapes, and the closed list of next steps (D-ACC-21). Not here: the texts themselves,
which stand in the rows of the tables that say them.
"""

from enum import Enum, unique
from typing import Final

from attrs import frozen


@frozen
class Text:
    """One sentence or a few, in Danish (`da`) and English (`en`); neither is ever empty."""

    da: str
    en: str

    def __attrs_post_init__(self) -> None:
        assert self.da.strip(), "a text is said in Danish"
        assert self.en.strip(), "a text is said in English"


@frozen
class Says:
    """What a decision says to the patient's side and to staff (D-ACC-2: they differ on purpose)."""

    patient: Text
    staff: Text

    @classmethod
    def to_staff(cls, da: str, en: str) -> "Says":
        """Say what only staff ever meet: it stands for both sides."""
        return cls(Text(da, en), Text(da, en))


@unique
class NextStep(Enum):
    """What the person can do now; closed, so that every screen can offer a button for each."""

    GO_ON = "go_on"
    ENTER_CODE = "enter_code"
    CHANGE_PASSWORD = "change_password"
    USE_MITID = "use_mitid"
    USE_PRIVATE_MITID = "use_private_mitid"
    SIGN_UP = "sign_up"
    VERIFY_GUARDIAN = "verify_guardian"
    CONTACT_CLINIC = "contact_clinic"
    CLINIC_VERIFIES_IDENTITY = "clinic_verifies_identity"
    CLINIC_VERIFIES_BY_HAND = "clinic_verifies_by_hand"
    CLINIC_APPROVES = "clinic_approves"
    CLINIC_AGREES_USERNAME = "clinic_agrees_username"
    CLINIC_CHANGES_NUMBER = "clinic_changes_number"
    PRACTITIONER_APPROVES = "practitioner_approves"
    SETTLE_CONFLICT = "settle_conflict"
    TRY_AGAIN = "try_again"
    CHOOSE_ANOTHER_TIME = "choose_another_time"
    LOG_IN = "log_in"
    TAKE_ITEM_OVER = "take_item_over"
    ANSWER_ITEM = "answer_item"
    ASK_MANAGER = "ask_manager"
    ASK_COLLEAGUE = "ask_colleague"
    OPEN_PATIENT = "open_patient"
    ENROLL_MANAGER = "enroll_manager"
    STATE_PURPOSE = "state_purpose"
    STATE_REASON = "state_reason"
    SEND_ON_PAPER = "send_on_paper"
    CHOOSE_RECIPIENT = "choose_recipient"


PUBLIC_REFUSAL: Final = Text(
    da=(
        "Oplysningerne er forkerte, eller denne indgang er ikke åben for dig. Log ind med dit "
        "private MitID. Kan du ikke bruge MitID, så ring til klinikken."
    ),
    en=(
        "The details are wrong, or this way in is not open to you. Log in with your private "
        "MitID. If you cannot use MitID, call the clinic."
    ),
)
"""D-ACC-2: the one text that every refusal before a full login shows to the public."""

CANNOT_VERIFY_PUBLIC: Final = Text(
    da="Vi kunne ikke bekræfte forældremyndigheden her. Kontakt klinikken, så hjælper de videre.",
    en="We could not confirm custody here. Contact the clinic, and they will help you on.",
)
"""D-ACC-8: the one page that every unhappy end of a guardian verification shows to the public."""


def staff_only(public: Text, da: str, en: str) -> Says:
    """Say `public` to the patient's side, and the precise reason to staff."""
    return Says(patient=public, staff=Text(da, en))
