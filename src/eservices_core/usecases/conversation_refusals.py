"""What each refusal of mail consultation means to people (D-MAIL-2 to D-MAIL-8, D-ACC-21)."""

from collections.abc import Mapping
from enum import Enum
from typing import Final

from eservices_core.consultation.attachments import AttachmentRefusal
from eservices_core.consultation.conversation import ConversationRefusal
from eservices_core.consultation.free_text import TextRefusal
from eservices_core.texts import NextStep, Says, Text
from eservices_core.usecases.refusal import Meaning, Refusal


def _means(rule: str, da: str, en: str, step: NextStep = NextStep.TRY_AGAIN) -> Meaning:
    return (rule, step, None, Text(da, en))


_CALL: Final = NextStep.CONTACT_CLINIC
_GO_ON: Final = NextStep.GO_ON

_OF_CONVERSATIONS: Final[Mapping[Enum, Meaning]] = {
    ConversationRefusal.NO_CONVERSATION: _means(
        "S-MAIL-1", "Der er ingen samtale.", "There is no conversation.", _CALL
    ),
    ConversationRefusal.EXISTS: _means(
        "S-MAIL-1", "Samtalen er allerede begyndt.", "The conversation has begun already.", _GO_ON
    ),
    ConversationRefusal.CLOSED: _means(
        "D-MAIL-4",
        "Samtalen er afsluttet. Åbn den igen for at svare.",
        "The conversation is closed. Open it again to answer.",
    ),
    ConversationRefusal.NOT_CLOSED: _means(
        "D-MAIL-4", "Samtalen er ikke afsluttet.", "The conversation is not closed.", _GO_ON
    ),
    ConversationRefusal.SOMETHING_NEW: _means(
        "D-MAIL-4",
        "Der er skrevet mere imens. Læs det, før du svarer; din tekst står her endnu.",
        "More was written meanwhile. Read it before you answer; your text still stands here.",
    ),
    ConversationRefusal.NOT_A_RENEWAL: _means(
        "D-MAIL-6", "Samtalen beder ikke om medicin.", "The conversation asks for no medicine."
    ),
    ConversationRefusal.DECIDED: _means(
        "D-MAIL-6", "Fornyelsen er besvaret.", "The renewal is decided already.", _GO_ON
    ),
    ConversationRefusal.UNDECIDED: _means(
        "D-MAIL-6",
        "Godkend eller afslå fornyelsen; et svar alene er ikke nok.",
        "Approve or refuse the renewal; an answer alone is not enough.",
    ),
    ConversationRefusal.NO_SUCH_MESSAGE: _means(
        "D-LOG-2", "Der er ingen sådan besked.", "There is no such message.", _CALL
    ),
    ConversationRefusal.NOT_THE_CLINICS: _means(
        "D-MAIL-8",
        "Beskeden er patientens egen. Hold den uden for siderne i stedet.",
        "The message is the patient's own. Keep it off the sites instead.",
    ),
    ConversationRefusal.ALREADY_WITHDRAWN: _means(
        "D-MAIL-8", "Beskeden er trukket tilbage.", "The message has been taken back.", _GO_ON
    ),
    ConversationRefusal.WAITING_FOR_JOURNAL: _means(
        "D-MAIL-3",
        "Svaret venter på journalen. Vent, eller ret fejlen der.",
        "The answer is waiting for the journal. Wait, or put that right.",
    ),
    ConversationRefusal.NOT_LEFT: _means(
        "D-ACC-20", "Patienten har ikke forladt klinikken.", "The patient has not left.", _GO_ON
    ),
}

_OF_TEXTS: Final[Mapping[Enum, Meaning]] = {
    TextRefusal.EMPTY: _means("D-MAIL-7", "Teksten er tom.", "The text is empty."),
    TextRefusal.TOO_LONG: _means("D-MAIL-7", "Teksten er for lang.", "The text is too long."),
    TextRefusal.NOT_TEXT: _means(
        "D-MAIL-7",
        "Der er tegn i teksten, som ikke kan gemmes.",
        "The text holds characters that cannot be kept.",
    ),
    TextRefusal.CLINIC_ADDRESS: _means(
        "D-MAIL-2",
        "Klinikkens e-mailadresse står i feltet Tekst. Slet den; patienten må ikke få den.",
        "The clinic's e-mail address stands in the field Text. Delete it; no patient gets it.",
    ),
    TextRefusal.CLINIC_ADDRESS_IN_NAME: _means(
        "D-MAIL-2",
        "Klinikkens e-mailadresse står i feltet Filnavn. Giv filen et andet navn.",
        "The clinic's e-mail address stands in the field File name. Give the file another name.",
    ),
    TextRefusal.MEDICINE_EMPTY: _means(
        "D-MAIL-6",
        "Vælg en medicin, eller skriv dens navn.",
        "Choose a medicine, or type its name.",
    ),
    TextRefusal.MEDICINE_TOO_LONG: _means(
        "D-MAIL-6", "Medicinens navn er for langt.", "The medicine's name is too long."
    ),
    TextRefusal.MEDICINE_NOT_TEXT: _means(
        "D-MAIL-6",
        "Der er tegn i medicinens navn, som ikke kan gemmes.",
        "The medicine's name holds characters that cannot be kept.",
    ),
}

_OF_FILES: Final[Mapping[Enum, Meaning]] = {
    AttachmentRefusal.TOO_MANY: _means(
        "D-MAIL-7", "Der er for mange filer.", "There are too many files."
    ),
    AttachmentRefusal.TOO_LARGE: _means("D-MAIL-7", "En fil er for stor.", "A file is too large."),
    AttachmentRefusal.NOT_A_PICTURE_OR_PDF: _means(
        "D-MAIL-7",
        "Kun billeder (JPEG, PNG, GIF) og PDF kan sendes.",
        "Only pictures (JPEG, PNG, GIF) and PDF can be sent.",
    ),
    AttachmentRefusal.BROKEN: _means(
        "D-MAIL-7",
        "En fil er gået i stykker. Prøv at gemme den igen.",
        "A file is broken. Try to save it again.",
    ),
    AttachmentRefusal.TWO_IN_ONE: _means(
        "D-MAIL-7",
        "En fil har en anden fil gemt i sig og kan ikke sendes.",
        "A file has another one hidden in it and cannot be sent.",
    ),
    AttachmentRefusal.ACTIVE: _means(
        "D-MAIL-7",
        "En PDF indeholder et program eller andre filer. Gem den som en almindelig PDF.",
        "A PDF holds a program or other files. Save it as a plain PDF.",
    ),
}

MEANINGS: Final[Mapping[Enum, Meaning]] = {**_OF_CONVERSATIONS, **_OF_TEXTS, **_OF_FILES}

NO_SUCH_CONVERSATION: Final = Refusal(
    "D-LOG-2",
    "no_such_conversation",
    NextStep.CONTACT_CLINIC,
    Says(
        Text("Vi kender ikke den samtale.", "We do not know that conversation."),
        Text("Klinikken har ingen sådan samtale.", "The clinic has no such conversation."),
    ),
)
NOTHING_UNREAD: Final = Refusal(
    "D-MAIL-4",
    "nothing_unread",
    NextStep.GO_ON,
    Says.to_staff("Patienten har læst det hele.", "The patient has read all of it."),
)
NOT_THE_WRONG_PATIENT: Final = Refusal(
    "D-MAIL-8",
    "not_the_wrong_patient",
    NextStep.TRY_AGAIN,
    Says(
        Text("Beskeden er sendt til rette patient.", "The message went to the right patient."),
        Text(
            "Den patient, beskeden skulle tilhøre, er den, som har fået den.",
            "The patient whose message it is said to be is the one who got it.",
        ),
    ),
)
NOBODY_READS: Final = Refusal(
    "D-ACC-20",
    "nobody_reads",
    NextStep.CONTACT_CLINIC,
    Says(
        Text("Brugeren er lukket.", "The user is closed."),
        Text(
            "Brugeren er lukket, så ingen kan læse det. Brug brev eller telefon.",
            "The user is closed, so nobody can read it. Use a letter or the telephone.",
        ),
    ),
)
