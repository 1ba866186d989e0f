"""Refusals as the outside meets them: rule, reason, next step, and a text for each side (D-ACC-21).

Tables bring their own texts in their rows. Machines refuse with bare enums; what each of those
means to people stands in the tables of this package whose names end in `refusals` or `meanings`. A
test holds that none is missing.
Here: the shape, the look-up, and what use cases themselves refuse.

Before a full login the public sees `says.patient` and nothing else: `rule`, `reason`, `next_step`
and `says.staff` differ where `says.patient` does not, and would tell people apart (D-ACC-2).
"""

from enum import Enum
from typing import Any, Final

from attrs import frozen

from eservices_core.tables import Row
from eservices_core.texts import CANNOT_VERIFY_PUBLIC, PUBLIC_REFUSAL, NextStep, Says, Text
from eservices_core.usecases import (
    access_refusals,
    booking_refusals,
    conversation_refusals,
    desk_refusals,
    post_refusals,
    settings_meanings,
    staffing_refusals,
)


@frozen
class Refusal:
    """Why a person does not get what they asked for; nothing but the audit log has changed."""

    rule: str
    reason: str
    next_step: NextStep
    says: Says


def refusal_of_row(row: Row[Any], reason: Enum) -> Refusal:
    """Make a refusal from the row of a table that decided it."""
    return Refusal(row.rule, str(reason.value), row.next_step, row.says)


def refusal_by_name(row: Row[Any]) -> Refusal:
    """Make a refusal from the row of a table whose rows are the reasons."""
    return Refusal(row.rule, row.name, row.next_step, row.says)


def refusal_of(reason: Enum) -> Refusal:
    """Make a refusal from what a machine answered; KeyError for an enum that is none."""
    rule, step, public, staff = _MEANINGS[reason]
    return Refusal(rule, str(reason.value), step, Says(public or staff, staff))


def meaning_of(rule: str, reason: str) -> Says | None:
    """Find what a refusal of a use case or a machine said, by its rule and reason."""
    for refusal in _NAMED:
        if (refusal.rule, refusal.reason) == (rule, reason):
            return refusal.says
    for member, (of_rule, _, public, staff) in _MEANINGS.items():
        if (of_rule, str(member.value)) == (rule, reason):
            return Says(public or staff, staff)
    return None


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
NOT_LOGGED_IN: Final = Refusal(
    "D-ACC-15",
    "not_logged_in",
    NextStep.USE_MITID,
    Says(
        Text("Du er logget ud. Log ind igen.", "You are logged out. Log in again."),
        Text("Sessionen er slut.", "The session is over."),
    ),
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
NO_SUCH_BOOKING: Final = Refusal(
    "D-LOG-2",
    "no_such_booking",
    NextStep.CONTACT_CLINIC,
    Says(
        Text("Vi kender ikke den tid.", "We do not know that appointment."),
        Text("Klinikken har ingen sådan tid.", "The clinic has no such booking."),
    ),
)
TIME_IS_TAKEN: Final = Refusal(
    "D-BOOK-1",
    "taken",
    NextStep.CHOOSE_ANOTHER_TIME,
    Says(
        Text("Tiden er lige blevet taget. Vælg en anden.", "It was just taken. Choose another."),
        Text("En anden booking har tiden.", "Another booking has the time."),
    ),
)
COMMENT_TOO_LONG: Final = Refusal(
    "D-BOOK-10",
    "comment_too_long",
    NextStep.TRY_AGAIN,
    Says(
        Text("Kommentaren er for lang.", "The comment is too long."),
        Text("Kommentaren er for lang.", "The comment is too long."),
    ),
)
WRONG_BOOKING_CODE: Final = Refusal(
    "D-BOOK-7",
    "wrong_booking_code",
    NextStep.ENTER_CODE,
    Says(
        Text("Koden var forkert. Prøv igen.", "The code was wrong. Try again."),
        Text("Koden var forkert.", "The code was wrong."),
    ),
)
WRONG_CANCEL_CODE: Final = Refusal(
    "D-BOOK-7",
    "wrong_cancel_code",
    NextStep.ENTER_CODE,
    Says(
        Text(
            "Koden var forkert. Den står i mailen om tiden.",
            "The code was wrong. It is in the mail about the appointment.",
        ),
        Text("Afbestillingskoden var forkert.", "The cancellation code was wrong."),
    ),
)
LINK_LEADS_NOWHERE: Final = Refusal(
    "D-BOOK-7",
    "link_leads_nowhere",
    NextStep.CONTACT_CLINIC,
    Says(
        Text(
            "Linket fører ikke til en tid. Log ind for at se dine tider, eller ring til klinikken.",
            "The link leads to no appointment. Log in to see yours, or call the clinic.",
        ),
        Text(
            "Ingen tid uden bruger svarer til linket; er den lagt til en patient, gælder linket "
            "ikke mere.",
            "No booking without a user answers to the link; one that joined a patient's record has "
            "none.",
        ),
    ),
)
TOO_MANY_CODES: Final = Refusal(
    "D-BOOK-7",
    "too_many_codes",
    NextStep.CONTACT_CLINIC,
    Says(
        Text(
            "Der er sendt for mange koder herfra eller til adressen. Vent en time, log ind, eller "
            "ring til klinikken.",
            "Too many codes were sent from here or to the address. Wait an hour, log in, or call "
            "the clinic.",
        ),
        Text(
            "For mange koder til én adresse eller fra ét netværk inden for en time.",
            "Too many codes to one address or from one network within an hour.",
        ),
    ),
)
TOO_MANY_OPEN_HERE: Final = Refusal(
    "D-BOOK-7",
    "too_many_open_here",
    NextStep.CONTACT_CLINIC,
    Says(
        Text(
            "Der er bestilt mange tider uden bruger herfra. Log ind, eller ring til klinikken.",
            "Many appointments were booked without a user from here. Log in, or call the clinic.",
        ),
        Text(
            "Netværket har nået grænsen for åbne bestillinger uden bruger.",
            "The network has reached the limit of open bookings without a user.",
        ),
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

SEARCH_TOO_SHORT: Final = Refusal(
    "D-STAFF-104",
    "search_too_short",
    NextStep.TRY_AGAIN,
    Says.to_staff(
        "Skriv mindst to bogstaver af et navn, eller et helt CPR-nummer.",
        "Type at least two letters of a name, or a whole CPR number.",
    ),
)

NO_SUCH_ITEM: Final = Refusal(
    "D-LOG-2",
    "no_such_item",
    NextStep.GO_ON,
    Says.to_staff("Den står ikke på listen.", "It does not lie on the list."),
)
ANSWERED_BY_ITS_OWN_ACT: Final = Refusal(
    "D-MAIL-4",
    "answered_by_its_own_act",
    NextStep.ANSWER_ITEM,
    Says.to_staff(
        "Den lukkes ved at besvare eller afslutte det, den står for.",
        "It is closed by answering or ending what it stands for.",
    ),
)
NO_SUCH_ENTRY: Final = Refusal(
    "D-LOG-2",
    "no_such_entry",
    NextStep.GO_ON,
    Says.to_staff(
        "Notatet findes ikke i klinikkens journal.", "The clinic's journal has no such entry."
    ),
)
NOT_AS_PATIENT: Final = Refusal(
    "D-STAFF-1",
    "staff_are_no_patients",
    NextStep.OPEN_PATIENT,
    Says(
        Text(
            "Ingen kan se eller handle som en patient. Åbn patienten i stedet.",
            "Nobody can look or act as a patient. Open the patient instead.",
        ),
        Text(
            "Ingen kan se eller handle som en patient. Åbn patienten i stedet.",
            "Nobody can look or act as a patient. Open the patient instead.",
        ),
    ),
)
ACTS_AS_ANOTHER: Final = Refusal(
    "D-STAFF-1",
    "acts_as_another",
    NextStep.LOG_IN,
    Says(
        Text("Log ind som dig selv.", "Log in as yourself."),
        Text("Log ind som dig selv.", "Log in as yourself."),
    ),
)
LAST_MANAGER: Final = Refusal(
    "D-STAFF-1",
    "last_manager",
    NextStep.ENROLL_MANAGER,
    Says(
        Text(
            "Klinikken skal have en leder. Gør en anden til leder først.",
            "The clinic must have a manager. Make somebody else one first.",
        ),
        Text(
            "Klinikken skal have en leder. Gør en anden til leder først.",
            "The clinic must have a manager. Make somebody else one first.",
        ),
    ),
)
FIRST_MANAGER_STANDS: Final = Refusal(
    "D-STAFF-1",
    "first_manager_stands",
    NextStep.ASK_MANAGER,
    Says(
        Text(
            "Klinikken har en leder, som opretter medarbejdere.",
            "The clinic has a manager, who enrolls staff.",
        ),
        Text(
            "Klinikken har en leder, som opretter medarbejdere.",
            "The clinic has a manager, who enrolls staff.",
        ),
    ),
)
NO_STAFF_NAME: Final = Refusal(
    "D-STAFF-1",
    "no_staff_name",
    NextStep.TRY_AGAIN,
    Says(
        Text(
            "Skriv medarbejderens navn med 1 til 100 tegn.",
            "Write the name of the member of staff, in 1 to 100 characters.",
        ),
        Text(
            "Skriv medarbejderens navn med 1 til 100 tegn.",
            "Write the name of the member of staff, in 1 to 100 characters.",
        ),
    ),
)
STAFF_KEPT_ELSEWHERE: Final = Refusal(
    "D-STAFF-1",
    "staff_kept_elsewhere",
    NextStep.ASK_MANAGER,
    Says(
        Text(
            "Medarbejdere oprettes i klinikkens eget system.",
            "Staff are enrolled in the clinic's own system.",
        ),
        Text(
            "Medarbejdere oprettes i klinikkens eget system.",
            "Staff are enrolled in the clinic's own system.",
        ),
    ),
)
MONTH_NOT_OVER: Final = Refusal(
    "D-STAFF-1",
    "month_not_over",
    NextStep.TRY_AGAIN,
    Says(
        Text("Måneden er ikke slut endnu.", "The month is not over yet."),
        Text("Måneden er ikke slut endnu.", "The month is not over yet."),
    ),
)
_HOLDS_ADDRESS: Final = Text(
    "En tekst, som patienterne læser, indeholder en e-mailadresse.",
    "A text that patients read holds an e-mail address.",
)
SETTING_HOLDS_ADDRESS: Final = Refusal(
    "D-MAIL-2",
    "setting_holds_address",
    NextStep.TRY_AGAIN,
    Says(_HOLDS_ADDRESS, _HOLDS_ADDRESS),
)
_UNKNOWN_HASH: Final = Text(
    "Adgangskodens hash er af en art eller pris, som installationen ikke tager imod.",
    "The hash of the password is of a kind or cost that the installation does not take.",
)
UNKNOWN_HASH: Final = Refusal(
    "D-ACC-12", "unknown_hash", NextStep.CONTACT_CLINIC, Says(_UNKNOWN_HASH, _UNKNOWN_HASH)
)
_NO_USERNAME: Final = Text(
    "Der er en adgangskode, men intet brugernavn at bruge den med.",
    "There is a password, but no username to use it with.",
)
PASSWORD_WITHOUT_USERNAME: Final = Refusal(
    "D-ACC-104",
    "password_without_username",
    NextStep.CLINIC_AGREES_USERNAME,
    Says(_NO_USERNAME, _NO_USERNAME),
)
NO_SUCH_LETTER: Final = Refusal(
    "D-LOG-2",
    "no_such_letter",
    NextStep.CONTACT_CLINIC,
    Says(
        Text("Der er intet sådant brev.", "There is no such letter."),
        Text("Der er intet sådant brev.", "There is no such letter."),
    ),
)
NO_SUCH_CONVERSATION: Final = Refusal(
    "D-LOG-2",
    "no_such_conversation",
    NextStep.CONTACT_CLINIC,
    Says(
        Text("Vi kender ikke den samtale.", "We do not know that conversation."),
        Text("Klinikken har ingen sådan samtale.", "The clinic has no such conversation."),
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
NOTHING_UNREAD: Final = Refusal(
    "D-MAIL-4",
    "nothing_unread",
    NextStep.GO_ON,
    Says(
        Text("Patienten har læst det hele.", "The patient has read all of it."),
        Text("Patienten har læst det hele.", "The patient has read all of it."),
    ),
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

_MEANINGS: Final = {
    **access_refusals.MEANINGS,
    **booking_refusals.MEANINGS,
    **desk_refusals.MEANINGS,
    **staffing_refusals.MEANINGS,
    **settings_meanings.MEANINGS,
    **post_refusals.MEANINGS,
    **conversation_refusals.MEANINGS,
}

_NAMED: Final = (
    WRONG_PASSWORD,
    WRONG_CODE,
    NOT_LOGGED_IN,
    NO_MASTER_CARD,
    NO_ADDRESS,
    ADDRESS_IN_QUARANTINE,
    USERNAME_TAKEN,
    USERNAME_STANDS,
    NUMBER_CHANGED,
    NOT_UNDER_15,
    NEEDS_MITID,
    UNKNOWN_CLINIC,
    NO_SUCH_PATIENT,
    SEARCH_TOO_SHORT,
    NO_SUCH_ITEM,
    ANSWERED_BY_ITS_OWN_ACT,
    NO_SUCH_ENTRY,
    NO_SUCH_BOOKING,
    TIME_IS_TAKEN,
    COMMENT_TOO_LONG,
    WRONG_BOOKING_CODE,
    WRONG_CANCEL_CODE,
    LINK_LEADS_NOWHERE,
    TOO_MANY_CODES,
    TOO_MANY_OPEN_HERE,
    NOT_AS_PATIENT,
    ACTS_AS_ANOTHER,
    LAST_MANAGER,
    FIRST_MANAGER_STANDS,
    NO_STAFF_NAME,
    STAFF_KEPT_ELSEWHERE,
    MONTH_NOT_OVER,
    SETTING_HOLDS_ADDRESS,
    UNKNOWN_HASH,
    PASSWORD_WITHOUT_USERNAME,
    NO_SUCH_LETTER,
    NO_SUCH_CONVERSATION,
    FORM_OF_ANOTHER,
    NOTHING_UNREAD,
    NOBODY_READS,
    NOT_THE_WRONG_PATIENT,
)
