"""May this patient write now? One table (D-MAIL-5, D-MAIL-7, D-ACC-18).

Here: what is asked before a patient's message is looked at. Not here: whether the session reaches
the clinic at all (`access.session`), and the text itself (`free_text`).
"""

from datetime import datetime
from enum import unique
from typing import Final

from attrs import frozen

from eservices_core.clinic.booking_settings import Switch
from eservices_core.clinic.consultation_settings import ConsultationSettings, Holiday
from eservices_core.tables import Fact, Row, Table, any_of, when
from eservices_core.texts import NextStep, Says, Text
from eservices_core.words.clinic_time import clinic_date


@unique
class Away(Fact):
    """Whether the clinic is on holiday."""

    NO = "no"
    ANSWERS_LATER = "answers_later"
    TAKES_NOTHING = "takes_nothing"


@unique
class Confirmed(Fact):
    """Whether the patient has said that it is not urgent."""

    NOT_URGENT = "not_urgent"
    NOTHING_SAID = "nothing_said"


@unique
class Notice(Fact):
    """Whether the page has said who else may see what stands in a child's account."""

    NOT_NEEDED = "not_needed"
    SEEN = "seen"
    NOT_SEEN = "not_seen"


@unique
class Words(Fact):
    """Whether a word of the clinic's list stands in the text."""

    NONE = "none"
    FOUND = "found"
    FOUND_AND_SENT_ALL_THE_SAME = "found_and_sent_all_the_same"


@frozen
class WriteFacts:
    """What it rests on; `service` is the switch of what is asked for: writing, or renewals."""

    service: Switch
    away: Away
    confirmed: Confirmed
    notice: Notice
    words: Words


@unique
class MayWrite(Fact):
    """Whether they may."""

    YES = "yes"
    YES_ON_TOP = "yes_on_top"
    SERVICE_OFF = "service_off"
    ON_HOLIDAY = "on_holiday"
    NOT_CONFIRMED = "not_confirmed"
    NOTICE_NOT_SEEN = "notice_not_seen"
    INTERRUPTED = "interrupted"


def away_at(settings: ConsultationSettings, at: datetime) -> tuple[Away, Holiday | None]:
    """Say whether the clinic is on holiday at an aware instant, and by which."""
    day = clinic_date(at)
    now = [each for each in settings.holidays if each.first <= day < each.until]
    if not now:
        return Away.NO, None
    shut = [each for each in now if each.takes_messages is Switch.OFF]
    return (Away.TAKES_NOTHING, shut[0]) if shut else (Away.ANSWERS_LATER, now[0])


_OPEN: Final = when(service=Switch.ON, away=any_of(Away.NO, Away.ANSWERS_LATER))
_SAID: Final = when(**_OPEN, confirmed=Confirmed.NOT_URGENT)
_TOLD: Final = when(**_SAID, notice=any_of(Notice.NOT_NEEDED, Notice.SEEN))
_SENT: Final = Text("Klinikken får din besked.", "The clinic gets your message.")

WRITING: Final = Table(
    "consultation.writing",
    "May this patient write to the clinic now?",
    WriteFacts,
    (
        Row(
            "service_off",
            "D-MAIL-7",
            when(service=Switch.OFF),
            MayWrite.SERVICE_OFF,
            Says(
                Text(
                    "Klinikken tager ikke imod det her. Ring i stedet. Det, der er skrevet, kan du "
                    "stadig læse.",
                    "The clinic does not take this here. Call instead. What has been written can "
                    "still be read.",
                ),
                Text(
                    "Tjenesten er slået fra i klinikkens indstillinger.",
                    "The service is switched off in the clinic's settings.",
                ),
            ),
            NextStep.CONTACT_CLINIC,
        ),
        Row(
            "on_holiday",
            "D-MAIL-7",
            when(service=Switch.ON, away=Away.TAKES_NOTHING),
            MayWrite.ON_HOLIDAY,
            Says(
                Text(
                    "Klinikken holder ferie og tager ikke imod beskeder nu. Ring, hvis det ikke "
                    "kan vente.",
                    "The clinic is on holiday and takes no messages now. Call if it cannot wait.",
                ),
                Text(
                    "Klinikken holder ferie, og dens indstilling tager ikke imod imens.",
                    "The clinic is on holiday, and its setting takes nothing meanwhile.",
                ),
            ),
            NextStep.CONTACT_CLINIC,
        ),
        Row(
            "not_confirmed",
            "D-MAIL-5",
            when(**_OPEN, confirmed=Confirmed.NOTHING_SAID),
            MayWrite.NOT_CONFIRMED,
            Says(
                Text(
                    "Bekræft, at det ikke haster. Haster det, så ring.",
                    "Confirm that it is not urgent. If it is, call.",
                ),
                Text(
                    "Patienten har ikke bekræftet, at det ikke haster.",
                    "The patient has not confirmed that it is not urgent.",
                ),
            ),
            NextStep.TRY_AGAIN,
        ),
        Row(
            "notice_not_seen",
            "D-ACC-18",
            when(**_SAID, notice=Notice.NOT_SEEN),
            MayWrite.NOTICE_NOT_SEEN,
            Says(
                Text(
                    "Læs først, hvem der kan se det, du skriver.",
                    "First read who can see what you write.",
                ),
                Text(
                    "Patienten er under 15, og siden har ikke vist, hvem der kan se beskeden.",
                    "The patient is under 15, and the page has not said who can see the message.",
                ),
            ),
            NextStep.TRY_AGAIN,
        ),
        Row(
            "interrupted",
            "D-MAIL-5",
            when(**_TOLD, words=Words.FOUND),
            MayWrite.INTERRUPTED,
            Says(
                Text(
                    "Det lyder, som om det kan haste. Ring til klinikken, eller send alligevel.",
                    "It sounds as if it could be urgent. Call the clinic, or send it all the same.",
                ),
                Text(
                    "Et af klinikkens ord for det, der haster, står i teksten; patienten er spurgt "
                    "én gang.",
                    "One of the clinic's words for what is urgent stands in the text; the patient "
                    "was asked once.",
                ),
            ),
            NextStep.CONTACT_CLINIC,
        ),
        Row(
            "sent_all_the_same",
            "D-MAIL-5",
            when(**_TOLD, words=Words.FOUND_AND_SENT_ALL_THE_SAME),
            MayWrite.YES_ON_TOP,
            Says(
                _SENT,
                Text(
                    "Et af klinikkens ord står i teksten: den ligger øverst.",
                    "One of the clinic's words stands in the text: it lies on top.",
                ),
            ),
            NextStep.GO_ON,
        ),
        Row(
            "answered_later",
            "D-MAIL-7",
            when(
                service=Switch.ON,
                away=Away.ANSWERS_LATER,
                confirmed=Confirmed.NOT_URGENT,
                notice=any_of(Notice.NOT_NEEDED, Notice.SEEN),
                words=Words.NONE,
            ),
            MayWrite.YES,
            Says(
                Text(
                    "Klinikken får din besked, men svarer senere end ellers.",
                    "The clinic gets your message, but answers later than usual.",
                ),
                Text("Klinikken holder ferie.", "The clinic is on holiday."),
            ),
            NextStep.GO_ON,
        ),
        Row(
            "may_write",
            "S-MAIL-1",
            when(
                service=Switch.ON,
                away=Away.NO,
                confirmed=Confirmed.NOT_URGENT,
                notice=any_of(Notice.NOT_NEEDED, Notice.SEEN),
                words=Words.NONE,
            ),
            MayWrite.YES,
            Says(_SENT, Text("Patienten kan skrive.", "The patient can write.")),
            NextStep.GO_ON,
        ),
    ),
)
