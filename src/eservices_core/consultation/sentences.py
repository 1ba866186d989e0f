"""One sentence for every state of a conversation and every reader, in Danish and English.

Here: what it is, and who must act. Nothing is called sent or answered before the journal has it
(D-MAIL-3), and no renewal is called ready (D-MAIL-6). Not here: what was written.
"""

from typing import Final, assert_never

from attrs import frozen

from eservices_core.booking.sentences import Acts, Reader
from eservices_core.consultation.message import (
    ByPatient,
    Doubt,
    RenewalDecision,
    Topic,
    Urgency,
)
from eservices_core.consultation.renewal import APPROVED, REFUSED
from eservices_core.consultation.states import (
    Answered,
    AnswerPending,
    AwaitingClinic,
    Begun,
    Closed,
    CloseReason,
    Conversation,
    LeftOpen,
    NoConversation,
)
from eservices_core.texts import Text


@frozen
class Sentence:
    """What a reader is told, and who must act now."""

    text: Text
    acts: Acts


def sentence(state: Conversation, reader: Reader) -> Sentence:
    """Say what a conversation is to a reader."""
    match state:
        case NoConversation():
            return Sentence(Text("Der er ingen samtale.", "There is no conversation."), Acts.NOBODY)
        case AwaitingClinic() | AnswerPending() | Answered() | LeftOpen() | Closed():
            return _to_patient(state) if reader is Reader.PATIENT else _to_staff(state)
        case _:
            assert_never(state)


# --- the patient ---------------------------------------------------------------------------------


def _to_patient(state: Begun) -> Sentence:
    match state:
        case AwaitingClinic() | AnswerPending():
            waiting = any(
                each.filed_at is None for each in state.messages if not each.is_from_clinic
            )
            return Sentence(
                _ON_ITS_WAY if waiting else _WITH_CLINIC[state.terms.topic], Acts.CLINIC
            )
        case Answered() | LeftOpen():
            return Sentence(_answered(state), Acts.NOBODY)
        case Closed(reason=reason):
            return Sentence(_CLOSED_TO_PATIENT[reason], Acts.NOBODY)
        case _:
            assert_never(state)


def _answered(state: Answered | LeftOpen) -> Text:
    renewal = state.terms.renewal
    if not any(each.is_on_site for each in state.messages if each.is_from_clinic):
        return Text(
            "Klinikken har set på det. Ring, hvis du har spørgsmål.",
            "The clinic has looked at it. Call if you have questions.",
        )
    decided = renewal.decision if renewal else None
    shown = {each.message for each in state.messages if each.is_on_site}
    if decided is not None and decided.message in shown:
        return APPROVED if decided.said is RenewalDecision.APPROVED else REFUSED
    if state.terms.topic is Topic.E_ANSWER:
        return Text("Klinikken har skrevet til dig.", "The clinic has written to you.")
    return Text("Klinikken har svaret.", "The clinic has answered.")


_ON_ITS_WAY: Final = Text(
    "Din besked er på vej til klinikken. Den er ikke sendt endnu.",
    "Your message is on its way to the clinic. It is not sent yet.",
)
_WITH_CLINIC: Final = {
    Topic.CONSULTATION: Text(
        "Klinikken har din besked og svarer dig her.",
        "The clinic has your message and answers you here.",
    ),
    Topic.RENEWAL: Text(
        "Klinikken har din anmodning om medicin og svarer dig her. Løber medicinen ud, så ring.",
        "The clinic has your request for medicine and answers you here. If it runs out, call.",
    ),
    Topic.E_ANSWER: Text(
        "Klinikken arbejder på samtalen og svarer dig her.",
        "The clinic is at work on the conversation and answers you here.",
    ),
}
_ENDED: Final = Text(
    "Klinikken har afsluttet samtalen. Er der mere, så skriv igen.",
    "The clinic has ended the conversation. If there is more, write again.",
)
_CLOSED_TO_PATIENT: Final = {
    CloseReason.DEALT_WITH: Text(
        "Klinikken har klaret det med dig på anden måde og afsluttet samtalen.",
        "The clinic has dealt with it in another way and ended the conversation.",
    ),
    CloseReason.NO_ANSWER_NEEDED: _ENDED,
    CloseReason.DUPLICATE: Text(
        "Du har skrevet om det samme i en anden samtale; klinikken svarer dér.",
        "You have written about the same in another conversation; the clinic answers there.",
    ),
    CloseReason.PATIENT_LEFT: Text(
        "Samtalen er afsluttet, fordi du ikke længere er tilknyttet klinikken.",
        "The conversation is ended, because you are no longer with the clinic.",
    ),
    CloseReason.PATIENT_DIED: Text("Samtalen er afsluttet.", "The conversation is ended."),
    CloseReason.WITHDRAWN: Text(
        "Klinikken har trukket det tilbage: det var ikke til dig.",
        "The clinic has taken it back: it was not for you.",
    ),
}

# --- staff ---------------------------------------------------------------------------------------


def _to_staff(state: Begun) -> Sentence:
    match state:
        case AwaitingClinic():
            return Sentence(_join(_WAITS[state.terms.topic], *_marks(state)), Acts.CLINIC)
        case AnswerPending():
            return Sentence(_join(_PENDING, *_marks(state)), Acts.SERVICE)
        case LeftOpen():
            return Sentence(
                Text(
                    "Patienten har forladt klinikken: behold samtalen, eller afslut den.",
                    "The patient has left the clinic: keep the conversation, or end it.",
                ),
                Acts.CLINIC,
            )
        case Answered():
            return Sentence(_join(_SAID[_said(state)]), Acts.NOBODY)
        case Closed(reason=reason):
            return Sentence(_CLOSED_TO_STAFF[reason], Acts.NOBODY)
        case _:
            assert_never(state)


def _marks(state: AwaitingClinic | AnswerPending) -> list[Text]:
    marks: list[Text] = []
    renewal = state.terms.renewal
    if renewal is not None and renewal.doubt is Doubt.MEDICINE and renewal.decision is None:
        marks.append(
            Text(
                "Se selv efter, hvilken medicin det er.",
                "Look for yourselves which medicine it is.",
            )
        )
    if is_urgent(state):
        marks.append(
            Text(
                "Et af klinikkens ord for det, der haster, står i teksten.",
                "One of the clinic's words for what is urgent stands in the text.",
            )
        )
    if any(each.filed_at is None for each in state.messages if not each.is_from_clinic):
        marks.append(
            Text(
                "Patientens besked venter på journalen.",
                "The patient's message is waiting for the journal.",
            )
        )
    return marks


def is_urgent(state: Begun) -> bool:
    """True if an urgent word stands in what the patient wrote since the clinic's last word."""
    for each in reversed(state.messages):
        if isinstance(each.author, ByPatient):
            if each.author.urgency is Urgency.WORD_FOUND:
                return True
        elif each.withdrawn is None and each.filed_at is not None:
            return False
    return False


def _said(state: Answered) -> RenewalDecision | None:
    renewal = state.terms.renewal
    return renewal.decision.said if renewal and renewal.decision else None


_WAITS: Final = {
    Topic.CONSULTATION: Text(
        "Patienten har skrevet: svar eller afslut.", "The patient has written: answer or close."
    ),
    Topic.RENEWAL: Text(
        "Patienten beder om medicin: godkend eller afslå.",
        "The patient asks for medicine: approve or refuse.",
    ),
    Topic.E_ANSWER: Text(
        "Samtalen venter på klinikken: svar eller afslut.",
        "The conversation waits for the clinic: answer or close.",
    ),
}
_PENDING: Final = Text(
    "Svaret venter på journalen; patienten har ikke fået det.",
    "The answer is waiting for the journal; the patient does not have it.",
)
_SAID: Final = {
    None: Text("Besvaret.", "Answered."),
    RenewalDecision.APPROVED: Text(
        "Godkendt. Recepten skal stadig sendes fra klinikkens eget system.",
        "Approved. The prescription is still to be sent from the clinic's own system.",
    ),
    RenewalDecision.REFUSED: Text("Afslået, med begrundelse.", "Refused, with the reason why."),
}
_CLOSED_TO_STAFF: Final = {
    CloseReason.DEALT_WITH: Text(
        "Afsluttet: klaret på anden måde.", "Closed: dealt with elsewhere."
    ),
    CloseReason.NO_ANSWER_NEEDED: Text(
        "Afsluttet: kræver ikke svar.", "Closed: no answer is needed."
    ),
    CloseReason.DUPLICATE: Text("Afsluttet: skrevet to gange.", "Closed: written twice."),
    CloseReason.PATIENT_LEFT: Text(
        "Afsluttet: patienten har forladt klinikken.", "Closed: the patient has left the clinic."
    ),
    CloseReason.PATIENT_DIED: Text("Afsluttet: patienten er død.", "Closed: the patient has died."),
    CloseReason.WITHDRAWN: Text(
        "Trukket tilbage: sendt til en forkert patient.",
        "Taken back: it was sent to the wrong patient.",
    ),
}


def _join(*parts: Text) -> Text:
    return Text(" ".join(part.da for part in parts), " ".join(part.en for part in parts))
