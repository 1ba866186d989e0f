"""What each refusal of the booking machines means to people (D-BOOK-4, D-BOOK-7, D-ACC-21)."""

from collections.abc import Mapping
from enum import Enum
from typing import Final

from eservices_core.booking.commands import BookingRefusal
from eservices_core.booking.contact import ContactRefusal
from eservices_core.booking.guest import GuestRefusal
from eservices_core.booking.link import LinkRefusal
from eservices_core.texts import NextStep, Says, Text
from eservices_core.usecases.refusal import Meaning, Refusal


def _again(da: str, en: str) -> Meaning:
    return ("D-BOOK-7", NextStep.TRY_AGAIN, None, Text(da, en))


def _no_number(da: str, en: str) -> Meaning:
    """D-BOOK-7: it would prove nothing here, and a page that anybody can open gathers none."""
    return _again(
        f"Der må ikke stå et CPR-nummer her; der er ti cifre i {da}, der ligner et. Fødselsdatoen "
        "er nok.",
        f"No CPR number may be written here; ten digits in {en} look like one. The date of birth "
        "is enough.",
    )


MEANINGS: Final[Mapping[Enum, Meaning]] = {
    BookingRefusal.NO_BOOKING: (
        "D-BOOK-4",
        NextStep.CONTACT_CLINIC,
        None,
        Text("Der er ingen tid.", "There is no appointment."),
    ),
    BookingRefusal.EXISTS: (
        "D-BOOK-4",
        NextStep.TRY_AGAIN,
        None,
        Text("Tiden er allerede bestilt.", "The booking exists already."),
    ),
    BookingRefusal.DECLINED: (
        "D-BOOK-4",
        NextStep.CHOOSE_ANOTHER_TIME,
        None,
        Text("Klinikken har afvist tiden.", "The clinic has declined it."),
    ),
    BookingRefusal.CANCELLED: (
        "D-BOOK-4",
        NextStep.CHOOSE_ANOTHER_TIME,
        None,
        Text("Tiden er aflyst.", "It is cancelled."),
    ),
    BookingRefusal.EXPIRED: (
        "D-BOOK-5",
        NextStep.CHOOSE_ANOTHER_TIME,
        None,
        Text(
            "Anmodningen blev ikke besvaret i tide; tiden er fri igen.",
            "The request was not answered in time; the time is free again.",
        ),
    ),
    BookingRefusal.OVER: (
        "D-BOOK-4",
        NextStep.GO_ON,
        None,
        Text("Det er noteret, om patienten kom.", "It is noted whether the patient came."),
    ),
    BookingRefusal.HAS_BEGUN: (
        "D-BOOK-4",
        NextStep.CONTACT_CLINIC,
        Text("Tiden er begyndt. Ring til klinikken.", "It has begun. Call the clinic."),
        Text(
            "Tiden er begyndt; nu kan der kun noteres mødt eller udeblevet.",
            "It has begun; now only attended or no-show can be recorded.",
        ),
    ),
    BookingRefusal.NOT_BEGUN: (
        "D-BOOK-4",
        NextStep.TRY_AGAIN,
        None,
        Text("Tiden er ikke begyndt endnu.", "It has not begun yet."),
    ),
    BookingRefusal.ALREADY_APPROVED: (
        "D-BOOK-4",
        NextStep.GO_ON,
        None,
        Text(
            "Tiden er allerede godkendt; den kan aflyses eller flyttes.",
            "It is approved already; it can be cancelled or moved.",
        ),
    ),
    BookingRefusal.NOT_APPROVED: (
        "D-BOOK-4",
        NextStep.PRACTITIONER_APPROVES,
        Text("Klinikken har ikke svaret endnu.", "The clinic has not answered yet."),
        Text("Anmodningen skal godkendes først.", "The request must be approved first."),
    ),
    BookingRefusal.ALREADY_CONFIRMED: (
        "D-BOOK-4",
        NextStep.GO_ON,
        None,
        Text("Tiden er allerede bekræftet.", "It is confirmed already."),
    ),
    BookingRefusal.IN_CONFLICT: (
        "D-BOOK-6",
        NextStep.SETTLE_CONFLICT,
        Text("Klinikken ser på tiden.", "The clinic is looking at it."),
        Text(
            "Kalenderen siger noget andet: flyt den, aflys den, eller lad den stå.",
            "The calendar disagrees: move it, cancel it, or let it stand.",
        ),
    ),
    BookingRefusal.NO_CONFLICT: (
        "D-BOOK-6",
        NextStep.GO_ON,
        None,
        Text("Kalenderen er enig.", "The calendar agrees."),
    ),
    BookingRefusal.NOT_THE_NEWEST_MAIL: (
        "D-BOOK-3",
        NextStep.GO_ON,
        None,
        Text("En nyere mail gælder.", "A newer mail counts."),
    ),
    BookingRefusal.STAFF_MOVE_WHAT_IS_APPROVED: (
        "D-BOOK-4",
        NextStep.CONTACT_CLINIC,
        Text(
            "En godkendt tid flyttes af klinikken. Ring, eller afbestil og vælg en ny.",
            "The clinic moves what is approved. Call, or cancel and choose another.",
        ),
        Text("Kun klinikken flytter en godkendt tid.", "Only the clinic moves what is approved."),
    ),
    BookingRefusal.SAME_TIME: (
        "D-BOOK-4",
        NextStep.CHOOSE_ANOTHER_TIME,
        None,
        Text("Det er den tid, der allerede er bestilt.", "It is booked at that time already."),
    ),
    BookingRefusal.KNOWS_ALREADY: (
        "D-BOOK-11",
        NextStep.GO_ON,
        None,
        Text("Patienten ved det allerede.", "The patient knows already."),
    ),
    BookingRefusal.NOT_A_GUEST: (
        "D-BOOK-7",
        NextStep.GO_ON,
        None,
        Text("Tiden hører allerede til en patient.", "The booking belongs to a patient already."),
    ),
    GuestRefusal.NOT_BEGUN: _again(
        "Begynd forfra med at vælge en tid.", "Begin again by choosing a time."
    ),
    GuestRefusal.ALREADY_BEGUN: _again(
        "Bestillingen er begyndt i forvejen.", "The booking has begun already."
    ),
    GuestRefusal.USED: (
        "D-BOOK-7",
        NextStep.GO_ON,
        None,
        Text(
            "Koden er brugt, og tiden er bestilt. Se mailen.",
            "The code was used, and the time was asked for. See the mail.",
        ),
    ),
    GuestRefusal.OVER: _again(
        "Bestillingen er slut uden en tid. Begynd forfra.", "It ended without a time. Begin again."
    ),
    GuestRefusal.OTHER_BROWSER: _again(
        "Skriv koden på den side, hvor du bad om tiden.",
        "Type the code on the page where you asked for the time.",
    ),
    GuestRefusal.EXPIRED: _again(
        "Koden er udløbet. Få en ny, eller begynd forfra.",
        "The code has expired. Get a new one, or begin again.",
    ),
    GuestRefusal.NO_TRIES_LEFT: _again(
        "Koden er tastet forkert for mange gange. Begynd forfra.",
        "The code was wrong too many times. Begin again.",
    ),
    GuestRefusal.REPLACED: (
        "D-BOOK-7",
        NextStep.ENTER_CODE,
        None,
        Text("En nyere kode er sendt; brug den.", "A newer code was sent; use that."),
    ),
    LinkRefusal.TOO_MANY_TRIES: (
        "D-BOOK-7",
        NextStep.CONTACT_CLINIC,
        Text(
            "Koden er tastet forkert for mange gange. Ring til klinikken.",
            "The code was wrong too many times. Call the clinic.",
        ),
        Text(
            "For mange forkerte afbestillingskoder inden for en time; tiden står ved magt.",
            "Too many wrong cancellation codes within an hour; the appointment stands.",
        ),
    ),
    ContactRefusal.NAME: _again(
        "Skriv navnet med 1 til 100 tegn.", "Write the name, in 1 to 100 characters."
    ),
    ContactRefusal.PHONE: _again(
        "Skriv telefonnummeret med 8 cifre, eller med + og landekode.",
        "Write the phone number with 8 digits, or with + and the country's code.",
    ),
    ContactRefusal.BIRTH_DATE: _again(
        "Fødselsdatoen kan ikke passe.", "The date of birth cannot be right."
    ),
    ContactRefusal.COMMENT: _again(
        "Kommentaren har tegn, som ikke er tekst.", "The comment has characters that are no text."
    ),
    ContactRefusal.NUMBER_IN_NAME: _no_number("navnet", "the name"),
    ContactRefusal.NUMBER_IN_PHONE: _no_number("telefonnummeret", "the phone number"),
    ContactRefusal.NUMBER_IN_EMAIL: _no_number("e-mailadressen", "the e-mail address"),
    ContactRefusal.NUMBER_IN_COMMENT: _no_number("kommentaren", "the comment"),
}

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
