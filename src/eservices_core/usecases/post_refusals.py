"""What each refusal of a letter means to people (S-POST-1, D-POST-1 to D-POST-3, D-ACC-21).

Patients never write a letter, so all of it is staff's to read.
"""

from collections.abc import Mapping
from enum import Enum
from typing import Final

from eservices_core.post.content import ContentRefusal
from eservices_core.post.letter import LetterRefusal
from eservices_core.texts import NextStep, Says, Text
from eservices_core.usecases.refusal import Meaning, Refusal


def _letter(step: NextStep, da: str, en: str) -> Meaning:
    return ("D-POST-1", step, None, Text(da, en))


def _memo(da: str, en: str) -> Meaning:
    return ("D-POST-3", NextStep.TRY_AGAIN, None, Text(da, en))


def _address(da: str, en: str) -> Meaning:
    return (
        "D-MAIL-2",
        NextStep.TRY_AGAIN,
        None,
        Text(
            f"Klinikkens e-mailadresse står i {da}; den får patienter ikke.",
            f"The clinic's e-mail address stands in {en}; patients do not get it.",
        ),
    )


MEANINGS: Final[Mapping[Enum, Meaning]] = {
    LetterRefusal.NO_LETTER: _letter(
        NextStep.CONTACT_CLINIC, "Der er intet brev.", "There is no letter."
    ),
    LetterRefusal.EXISTS: _letter(
        NextStep.TRY_AGAIN, "Brevet er allerede skrevet.", "The letter exists already."
    ),
    LetterRefusal.NOT_SENT: _letter(
        NextStep.TRY_AGAIN,
        "Brevet venter på journalen og er ikke sendt.",
        "The letter waits for the journal, and was not sent.",
    ),
    LetterRefusal.HAS_LEFT: _letter(
        NextStep.SEND_ON_PAPER,
        "Brevet er taget imod af digital post og kan ikke kaldes tilbage.",
        "Digital post has taken the letter; it cannot be called back.",
    ),
    LetterRefusal.DELIVERED: _letter(
        NextStep.GO_ON, "Brevet er afleveret.", "The letter was delivered."
    ),
    LetterRefusal.HAS_FAILED: _letter(
        NextStep.SEND_ON_PAPER,
        "Brevet kunne ikke sendes: skriv et nyt, eller send det på papir.",
        "The letter could not be sent: write a new one, or send it on paper.",
    ),
    LetterRefusal.WITHDRAWN: _letter(
        NextStep.GO_ON, "Brevet er trukket tilbage.", "The letter was withdrawn."
    ),
    LetterRefusal.ON_PAPER: _letter(
        NextStep.GO_ON, "Brevet er sendt på papir.", "The letter was sent on paper."
    ),
    LetterRefusal.IS_BEING_TRIED: _letter(
        NextStep.GO_ON,
        "Brevet prøves af sig selv, til det lykkes eller forsøgene ender.",
        "The letter is tried by itself until it goes, or its attempts end.",
    ),
    ContentRefusal.EMPTY: _memo(
        "Brevet har hverken tekst eller fil.", "The letter has neither text nor file."
    ),
    ContentRefusal.TITLE_UNFIT: _memo(
        "Titlen er tom, for lang (256 tegn) eller har tegn, som digital post ikke kan vise.",
        "The title is empty, too long (256 characters), or has characters that digital post cannot "
        "show.",
    ),
    ContentRefusal.TEXT_UNFIT: _memo(
        "Teksten har tegn, som digital post ikke kan vise.",
        "The text has characters that digital post cannot show.",
    ),
    ContentRefusal.FILE_NAME_UNFIT: _memo(
        "Et filnavn er tomt, for langt, ender ikke på .pdf eller har tegn, som digital post "
        "afviser.",
        "A file name is empty, too long, does not end in .pdf, or has characters that digital post "
        "refuses.",
    ),
    ContentRefusal.NOT_A_PDF: _memo(
        "En fil er ikke en PDF, hvad den end hedder.", "A file is no PDF, whatever its name."
    ),
    ContentRefusal.TOO_LARGE: _memo(
        "Brevet er større, end klinikkens indstilling tillader.",
        "The letter is larger than the clinic's setting allows.",
    ),
    ContentRefusal.TOO_MANY_FILES: _memo(
        "Brevet har flere filer, end klinikkens indstilling tillader.",
        "The letter has more files than the clinic's setting allows.",
    ),
    ContentRefusal.ADDRESS_IN_TITLE: _address("titlen", "the title"),
    ContentRefusal.ADDRESS_IN_TEXT: _address("teksten", "the text"),
    ContentRefusal.ADDRESS_IN_FILE_NAME: _address("et filnavn", "a file name"),
}

NO_SUCH_LETTER: Final = Refusal(
    "D-LOG-2",
    "no_such_letter",
    NextStep.CONTACT_CLINIC,
    Says(
        Text("Der er intet sådant brev.", "There is no such letter."),
        Text("Der er intet sådant brev.", "There is no such letter."),
    ),
)
