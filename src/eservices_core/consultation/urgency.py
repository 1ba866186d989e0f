"""Urgent matters: the clinic's own words, and what stands by every free text (D-MAIL-5).

A word interrupts once, and puts the item on top. That no word was found says nothing: no text is
ever sorted down. Here: finding words, and the standing advice. Not here: what follows (`writing`).
"""

import re
import unicodedata
from collections.abc import Iterable

from eservices_core.consultation.message import Urgency
from eservices_core.texts import Text


def urgency_of(text: str, words: Iterable[str]) -> Urgency:
    """Say whether one of the words, or a word that begins with it, stands in a text.

    >>> urgency_of("Jeg har brystsmerter", ["brystsmerte"])
    <Urgency.WORD_FOUND: 'word_found'>
    """
    folded = _folded(text)
    found = any(re.search(rf"(?<!\w){re.escape(_folded(word))}", folded) for word in words)
    return Urgency.WORD_FOUND if found else Urgency.USUAL


def _folded(text: str) -> str:
    seen = "".join(each for each in text if unicodedata.category(each) != "Cf")
    return " ".join(unicodedata.normalize("NFKC", seen).casefold().split())


def advice(phone: str, out_of_hours: str) -> Text:
    """Say what to do if it is urgent; stands by every free text.

    `out_of_hours` may be empty, where the clinic has not said it.
    """
    da, en = f"Haster det, så ring til klinikken: {phone}.", f"If it is urgent, call: {phone}."
    if out_of_hours:
        da = f"{da} Uden for åbningstid: ring {out_of_hours}."
        en = f"{en} Outside opening hours, call {out_of_hours}."
    return Text(f"{da} Er det livstruende, så ring 112.", f"{en} If life is in danger, call 112.")


WHO_MAY_SEE = Text(
    "Det, du skriver, og klinikkens svar kan ses af alle, der lovligt bruger barnets bruger, også "
    "en forælder eller værge. Er der noget, de ikke må se, så ring til klinikken i stedet.",
    "What you write, and the clinic's answer, can be seen by everybody who lawfully uses the "
    "child's user, a parent or guardian too. If there is something they must not see, call the "
    "clinic instead.",
)
"""D-ACC-18: what the page says before a message in the account of somebody under 15."""
