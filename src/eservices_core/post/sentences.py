"""One sentence for every state of a letter and every reader (D-POST-1): what it is, who must act.

Nothing here calls a letter delivered before a receipt has said so. Patients read only what may lie
in a mailbox, and never why something failed.
"""

from enum import Enum, unique
from typing import Final, assert_never

from attrs import frozen

from eservices_core.post.states import (
    Accepted,
    Ambiguous,
    AwaitingJournal,
    Because,
    Believed,
    Delivered,
    Failed,
    Letter,
    NoLetter,
    OnPaper,
    Queued,
    Received,
    Withdrawn,
)
from eservices_core.texts import Text


@unique
class Reader(Enum):
    """Who reads it."""

    PATIENT = "patient"
    STAFF = "staff"


@unique
class Acts(Enum):
    """Who must do something now."""

    NOBODY = "nobody"
    CLINIC = "clinic"
    SERVICE = "service"


@frozen
class Sentence:
    """What a reader is told."""

    text: Text
    acts: Acts


_NOTHING: Final = Text("Der er intet brev.", "There is no letter.")
_ON_ITS_WAY: Final = Text(
    "Klinikken sender dig et brev i din digitale postkasse.",
    "The clinic is sending a letter to your digital mailbox.",
)


def sentence(state: Letter, reader: Reader) -> Sentence:
    """Say what a letter is to a reader."""
    said = _to_staff(state)
    return said if reader is Reader.STAFF else Sentence(_to_patient(state), said.acts)


def _to_patient(state: Letter) -> Text:
    match state:
        case NoLetter() | Withdrawn():
            return _NOTHING
        case AwaitingJournal() | Queued() | Accepted() | Received():
            return _ON_ITS_WAY
        case Ambiguous() | Failed():
            return Text(
                "Klinikken har skrevet et brev til dig og ser på, hvordan du får det.",
                "The clinic has written a letter to you, and is looking at how you get it.",
            )
        case Delivered():
            return Text(
                "Brevet ligger i den digitale postkasse.", "The letter lies in the digital mailbox."
            )
        case OnPaper():
            return Text("Klinikken har sendt brevet på papir.", "The letter was sent on paper.")
        case _:
            assert_never(state)


def _to_staff(state: Letter) -> Sentence:  # noqa: C901  one sentence for each state reads best in one place
    match state:
        case NoLetter():
            return Sentence(_NOTHING, Acts.NOBODY)
        case AwaitingJournal():
            return _service("Venter på journalen.", "Waiting for the journal.")
        case Queued(attempts=0):
            return _service("I kø til digital post.", "Queued for digital post.")
        case Queued():
            return _service(
                "Digital post kan ikke nås; brevet prøves igen.",
                "Digital post cannot be reached; the letter is tried again.",
            )
        case Ambiguous(next_try=None):
            return _clinic(
                "Digital post svarede ikke; brevet kan være nået frem. Prøv igen (det er det samme "
                "brev), send det på papir, eller træk det tilbage.",
                "Digital post gave no answer; the letter may have arrived. Try again (it is the "
                "same letter), send it on paper, or withdraw it.",
            )
        case Ambiguous():
            return _service(
                "Digital post svarede ikke; brevet kan være nået frem og prøves igen.",
                "Digital post gave no answer; the letter may have arrived, and is tried again.",
            )
        case Accepted(corrects=corrects):
            return _corrected(
                corrects,
                "Taget imod af digital post, ikke afleveret endnu.",
                "Accepted by digital post, not delivered yet.",
            )
        case Received(corrects=corrects):
            return _corrected(
                corrects,
                "Modtaget af digital post, ikke afleveret endnu.",
                "Received by digital post, not delivered yet.",
            )
        case Delivered(corrects=corrects):
            return _corrected(
                corrects,
                "Afleveret i modtagerens digitale postkasse.",
                "Delivered to the recipient's digital mailbox.",
            )
        case Failed(may_have_arrived=True):
            return _clinic(
                "Digital post afviste brevet; et forsøg uden svar kan være nået frem. Send det på "
                "papir, eller skriv et nyt.",
                "Digital post refused the letter; an attempt without an answer may have arrived. "
                "Send it on paper, or write a new one.",
            )
        case Failed():
            return _clinic(
                "Brevet kunne ikke sendes. Send det på papir, eller skriv et nyt.",
                "The letter could not be sent. Send it on paper, or write a new one.",
            )
        case Withdrawn():
            return _withdrawn(state)
        case OnPaper(may_have_arrived=True):
            return _nobody(
                "Sendt på papir; det kan også være nået frem digitalt.",
                "Sent on paper; it may have arrived digitally too.",
            )
        case OnPaper():
            return _nobody("Sendt på papir.", "Sent on paper.")
        case _:
            assert_never(state)


def _withdrawn(state: Withdrawn) -> Sentence:
    dead = state.because is Because.DEATH
    why = (
        Text("Trukket tilbage: patienten er død", "Withdrawn: the patient has died")
        if dead
        else Text("Trukket tilbage", "Withdrawn")
    )
    if state.may_have_arrived:
        return _nobody(
            f"{why.da}; det kan være nået frem inden.", f"{why.en}; it may have arrived before."
        )
    return _nobody(f"{why.da}.", f"{why.en}.")


_BELIEVED: Final = {
    Believed.FAILED: Text("Det var meldt fejlet.", "It had been reported as failed."),
    Believed.WITHDRAWN: Text("Det var trukket tilbage.", "It had been withdrawn."),
    Believed.ON_PAPER: Text("Det er også sendt på papir.", "It was sent on paper too."),
}


def _corrected(corrects: Believed | None, da: str, en: str) -> Sentence:
    if corrects is None:
        return Sentence(Text(da, en), Acts.NOBODY)
    earlier = _BELIEVED[corrects]
    return Sentence(Text(f"{da} {earlier.da}", f"{en} {earlier.en}"), Acts.CLINIC)


def _service(da: str, en: str) -> Sentence:
    return Sentence(Text(da, en), Acts.SERVICE)


def _clinic(da: str, en: str) -> Sentence:
    return Sentence(Text(da, en), Acts.CLINIC)


def _nobody(da: str, en: str) -> Sentence:
    return Sentence(Text(da, en), Acts.NOBODY)
