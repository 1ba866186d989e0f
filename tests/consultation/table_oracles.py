"""What each table of mail consultation must answer, written a second time from the rulebook."""

from typing import Final

from eservices_core.clinic.booking_settings import Switch
from eservices_core.consultation.renewal import RENEWAL, Blocked, Chosen, RenewalFacts, Renewing
from eservices_core.consultation.writing import (
    WRITING,
    Away,
    Confirmed,
    MayWrite,
    Notice,
    Words,
    WriteFacts,
)
from eservices_core.texts import NextStep
from tests.tools.oracles import Expected, Oracles, Said, Script

_CALL, _AGAIN, _ON = NextStep.CONTACT_CLINIC, NextStep.TRY_AGAIN, NextStep.GO_ON


def writing(facts: WriteFacts) -> Expected:
    """D-MAIL-7, D-MAIL-5, D-ACC-18: the service, the holiday, what was said, then the words."""
    if facts.service is Switch.OFF:
        return Expected("service_off", MayWrite.SERVICE_OFF, "D-MAIL-7", _CALL)
    if facts.away is Away.TAKES_NOTHING:
        return Expected("on_holiday", MayWrite.ON_HOLIDAY, "D-MAIL-7", _CALL)
    if facts.confirmed is Confirmed.NOTHING_SAID:
        return Expected("not_confirmed", MayWrite.NOT_CONFIRMED, "D-MAIL-5", _AGAIN)
    if facts.notice is Notice.NOT_SEEN:
        return Expected("notice_not_seen", MayWrite.NOTICE_NOT_SEEN, "D-ACC-18", _AGAIN)
    if facts.words is Words.FOUND:
        return Expected("interrupted", MayWrite.INTERRUPTED, "D-MAIL-5", _CALL)
    if facts.words is Words.FOUND_AND_SENT_ALL_THE_SAME:
        return Expected("sent_all_the_same", MayWrite.YES_ON_TOP, "D-MAIL-5", _ON)
    if facts.away is Away.ANSWERS_LATER:
        return Expected("answered_later", MayWrite.YES, "D-MAIL-7", _ON)
    return Expected("may_write", MayWrite.YES, "S-MAIL-1", _ON)


def renewal(facts: RenewalFacts) -> Expected:
    """D-MAIL-6: the list matches what was chosen; doubt goes to staff."""
    if facts.chosen is Chosen.TYPED:
        return Expected("typed", Renewing.TO_STAFF_IN_DOUBT, "D-MAIL-6", _ON)
    if facts.blocked is Blocked.EXACTLY:
        return Expected("blocked", Renewing.NEEDS_CONSULTATION, "D-MAIL-6", _CALL)
    if facts.blocked is Blocked.MAYBE:
        return Expected("maybe_blocked", Renewing.TO_STAFF_IN_DOUBT, "D-MAIL-6", _ON)
    return Expected("not_blocked", Renewing.TO_STAFF, "S-MAIL-1", _ON)


ORACLES: Final[Oracles] = (
    (WRITING, writing),
    (RENEWAL, renewal),
)

_SENT: Final = ("Klinikken får din besked.", "The clinic gets your message.")
_ASKED: Final = ("Løber medicinen ud, før", "runs out before you are answered")

SAID: Final[Script] = {
    "consultation.writing": {
        "service_off": Said(
            ("slået fra i klinikkens", "switched off in the clinic's"),
            ("Ring i stedet", "Call instead"),
        ),
        "on_holiday": Said(
            ("indstilling tager ikke", "setting takes nothing"),
            ("holder ferie og", "takes no messages"),
        ),
        "not_confirmed": Said(
            ("har ikke bekræftet", "has not confirmed"), ("Bekræft, at det", "Confirm that it")
        ),
        "notice_not_seen": Said(
            ("under 15, og siden", "under 15, and the page"), ("hvem der kan se", "who can see")
        ),
        "interrupted": Said(
            ("er spurgt én gang", "was asked once"), ("send alligevel", "send it all the same")
        ),
        "sent_all_the_same": Said(("ligger øverst", "lies on top"), _SENT),
        "answered_later": Said(
            ("Klinikken holder ferie.", "The clinic is on holiday."),
            ("svarer senere end ellers", "answers later than usual"),
        ),
        "may_write": Said(("Patienten kan skrive", "The patient can write"), _SENT),
    },
    "consultation.renewal": {
        "blocked": Said(
            ("liste over det, der ikke", "list of what is not"),
            ("Løber medicinen ud forinden", "runs out before that"),
        ),
        "maybe_blocked": Said(("ligner en på", "much like one on"), _ASKED),
        "typed": Said(("skrevet medicinens navn selv", "typed the medicine's name"), _ASKED),
        "not_blocked": Said(("står ikke på", "is not on the clinic's list"), _ASKED),
    },
}
"""For each table and row, a telling phrase of each text."""
