"""Refusals as the outside meets them: rule, reason, next step, and a text for each side (D-ACC-21).

Tables bring their own texts in their rows. Machines refuse with bare enums; here is the one place
that says what each of those means to people. A test holds that none is missing.

Before a full login the public sees `says.patient` and nothing else: `rule`, `reason`, `next_step`
and `says.staff` differ where `says.patient` does not, and would tell people apart (D-ACC-2).
"""

from enum import Enum
from typing import Any, Final

from attrs import frozen

from eservices_core.access.address import AddressRefusal
from eservices_core.access.association import AssociationRefusal
from eservices_core.access.guardian import GuardianReason, GuardianRefusal
from eservices_core.access.guardianship import GuardianshipRefusal
from eservices_core.access.guesses import GuessRefusal
from eservices_core.access.mitid import MitidFailure
from eservices_core.access.mitid_attempt import AttemptRefusal
from eservices_core.access.session import SessionRefusal
from eservices_core.access.two_factor import TwoFactorRefusal
from eservices_core.access.user import UserRefusal
from eservices_core.tables import Row
from eservices_core.texts import CANNOT_VERIFY_PUBLIC, PUBLIC_REFUSAL, NextStep, Says, Text
from eservices_core.usecases import booking_refusals


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

_Meaning = tuple[str, NextStep, Text | None, Text]

_LOGIN: Final = PUBLIC_REFUSAL
_CUSTODY: Final = CANNOT_VERIFY_PUBLIC
_STEP: Final = NextStep

_MEANINGS: Final[dict[Enum, _Meaning]] = {
    # A public text of None means that staff and public read the same.
    UserRefusal.ALREADY_EXISTS: (
        "D-ACC-11",
        _STEP.USE_MITID,
        None,
        Text("Der er allerede en bruger.", "There is a user already."),
    ),
    UserRefusal.NO_USER: (
        "D-ACC-4",
        _STEP.CONTACT_CLINIC,
        _LOGIN,
        Text("Der er ingen bruger.", "There is no user."),
    ),
    UserRefusal.CLOSED: (
        "D-ACC-4",
        _STEP.CONTACT_CLINIC,
        _LOGIN,
        Text("Brugeren er lukket.", "The user is closed."),
    ),
    UserRefusal.LOCKED: (
        "D-ACC-13",
        _STEP.CLINIC_VERIFIES_IDENTITY,
        _LOGIN,
        Text("Login er spærret; lås op først.", "The login is locked; unlock it first."),
    ),
    UserRefusal.NOT_LOCKED: (
        "D-ACC-13",
        _STEP.GO_ON,
        None,
        Text("Login er ikke spærret.", "The login is not locked."),
    ),
    UserRefusal.TWO_FACTOR_NOT_OPEN: (
        "D-ACC-12",
        _STEP.CLINIC_VERIFIES_IDENTITY,
        _LOGIN,
        Text(
            "To-faktor er ikke åben for patienten: sæt først fluebenet, eller få en forælder "
            "bekræftet.",
            "Two-factor is not open to the patient: set the tick first, or have a guardian "
            "verified.",
        ),
    ),
    UserRefusal.USERNAME_MISSING: (
        "D-ACC-104",
        _STEP.CLINIC_AGREES_USERNAME,
        _LOGIN,
        Text(
            "Patienten har intet brugernavn, for de er oprettet med MitID. Aftal et med patienten, "
            "og skriv det her.",
            "The patient has no username, for they signed up by MitID. Agree one with the patient, "
            "and enter it here.",
        ),
    ),
    UserRefusal.NO_PASSWORD: (
        "D-ACC-12",
        _STEP.CONTACT_CLINIC,
        _LOGIN,
        Text("Der er ingen adgangskode at bruge.", "There is no password to use."),
    ),
    UserRefusal.PASSWORD_EXPIRED: (
        "D-ACC-12",
        _STEP.CONTACT_CLINIC,
        _LOGIN,
        Text("Den midlertidige adgangskode er udløbet.", "The temporary password has expired."),
    ),
    UserRefusal.CHILD_CREATED_WITHOUT_PASSWORD: (
        "D-ACC-12",
        _STEP.TRY_AGAIN,
        None,
        Text(
            "En forælder vælger barnets første adgangskode; ingen andre gør.",
            "A guardian chooses a child's first password; nobody else does.",
        ),
    ),
    AssociationRefusal.SIGN_UP_CLOSED: (
        "D-ACC-17",
        _STEP.CONTACT_CLINIC,
        None,
        Text("Klinikken opretter selv sine patienter.", "The clinic creates its patients itself."),
    ),
    AssociationRefusal.ALREADY_ASSOCIATED: (
        "S-ACC-11",
        _STEP.GO_ON,
        None,
        Text("Patienten er allerede tilknyttet.", "The patient is associated already."),
    ),
    AssociationRefusal.ALREADY_ASKED: (
        "D-ACC-17",
        _STEP.CLINIC_APPROVES,
        None,
        Text("Tilmeldingen venter på klinikken.", "The registration awaits the clinic."),
    ),
    AssociationRefusal.NOT_ASKED: (
        "D-ACC-17",
        _STEP.GO_ON,
        None,
        Text("Der er ingen tilmelding at svare på.", "There is no registration to answer."),
    ),
    AssociationRefusal.NOT_ASSOCIATED: (
        "S-ACC-11",
        _STEP.CONTACT_CLINIC,
        None,
        Text("Patienten er ikke tilknyttet klinikken.", "The patient is not with the clinic."),
    ),
    AssociationRefusal.TICK_STANDS: (
        "S-ACC-4",
        _STEP.GO_ON,
        None,
        Text("Fluebenet er sat i forvejen.", "The tick stands already."),
    ),
    AssociationRefusal.NO_TICK: (
        "D-ACC-11",
        _STEP.GO_ON,
        None,
        Text("Der er intet flueben at fjerne.", "There is no tick to remove."),
    ),
    SessionRefusal.ALREADY_BEGUN: (
        "D-ACC-15",
        _STEP.TRY_AGAIN,
        _LOGIN,
        Text("Sessionen findes i forvejen.", "The session exists already."),
    ),
    SessionRefusal.NOT_OPEN: (
        "D-ACC-15",
        _STEP.USE_MITID,
        None,
        Text("Sessionen er slut.", "The session is over."),
    ),
    GuessRefusal.TOO_OFTEN: (
        "D-ACC-13",
        _STEP.TRY_AGAIN,
        _LOGIN,
        Text(
            "For mange forsøg inden for en time; der bliver plads igen.",
            "Too many tries within an hour; there will be room again.",
        ),
    ),
    GuessRefusal.LOCKED: (
        "D-ACC-13",
        _STEP.CLINIC_VERIFIES_IDENTITY,
        _LOGIN,
        Text(
            "Login er spærret efter for mange gæt. Klinikken låser op.",
            "The login is locked after too many guesses. The clinic unlocks it.",
        ),
    ),
    TwoFactorRefusal.NOT_BEGUN: (
        "D-ACC-13",
        _STEP.TRY_AGAIN,
        _LOGIN,
        Text("Forsøget er ikke begyndt.", "The attempt has not begun."),
    ),
    TwoFactorRefusal.OVER: (
        "D-ACC-13",
        _STEP.TRY_AGAIN,
        _LOGIN,
        Text("Forsøget er slut; begynd forfra.", "The attempt is over; begin again."),
    ),
    TwoFactorRefusal.OTHER_BROWSER: (
        "D-ACC-13",
        _STEP.TRY_AGAIN,
        _LOGIN,
        Text("Forsøget hører til en anden browser.", "The attempt belongs to another browser."),
    ),
    TwoFactorRefusal.OTHER_USER: (
        "D-ACC-13",
        _STEP.TRY_AGAIN,
        _LOGIN,
        Text("Forsøget hører til en anden bruger.", "The attempt belongs to another user."),
    ),
    TwoFactorRefusal.EXPIRED: (
        "D-ACC-13",
        _STEP.TRY_AGAIN,
        _LOGIN,
        Text("Koden er udløbet.", "The code has expired."),
    ),
    TwoFactorRefusal.NO_TRIES_LEFT: (
        "D-ACC-13",
        _STEP.TRY_AGAIN,
        _LOGIN,
        Text("Koden er brændt; begynd forfra.", "The code is burnt; begin again."),
    ),
    TwoFactorRefusal.REPLACED: (
        "D-ACC-13",
        _STEP.ENTER_CODE,
        _LOGIN,
        Text("En nyere kode er sendt.", "A newer code was sent."),
    ),
    AttemptRefusal.ALREADY_BEGUN: (
        "D-ACC-3",
        _STEP.TRY_AGAIN,
        _LOGIN,
        Text("Forsøget er begyndt i forvejen.", "The attempt has begun already."),
    ),
    AttemptRefusal.NOT_BEGUN: (
        "D-ACC-3",
        _STEP.TRY_AGAIN,
        _LOGIN,
        Text("Ingen browser begyndte forsøget.", "No browser began the attempt."),
    ),
    AttemptRefusal.NOT_ANSWERED: (
        "D-ACC-3",
        _STEP.USE_MITID,
        _LOGIN,
        Text("MitID har ikke svaret endnu.", "MitID has not answered yet."),
    ),
    AttemptRefusal.OVER: (
        "D-ACC-3",
        _STEP.TRY_AGAIN,
        _LOGIN,
        Text("MitID har svaret én gang.", "MitID has answered once."),
    ),
    AttemptRefusal.OTHER_BROWSER: (
        "D-ACC-3",
        _STEP.TRY_AGAIN,
        _LOGIN,
        Text("En anden browser begyndte forsøget.", "Another browser began the attempt."),
    ),
    AttemptRefusal.EXPIRED: (
        "D-ACC-3",
        _STEP.TRY_AGAIN,
        _LOGIN,
        Text("Forsøget er for gammelt.", "The attempt is too old."),
    ),
    MitidFailure.CANCELLED: (
        "D-ACC-3",
        _STEP.TRY_AGAIN,
        Text("Du afbrød MitID. Prøv igen.", "You cancelled MitID. Try again."),
        Text("Patienten afbrød hos MitID.", "The patient cancelled at MitID."),
    ),
    MitidFailure.TIMED_OUT: (
        "D-ACC-3",
        _STEP.TRY_AGAIN,
        Text("MitID tog for lang tid. Prøv igen.", "MitID took too long. Try again."),
        Text("Tiden løb ud hos MitID.", "Time ran out at MitID."),
    ),
    MitidFailure.UNAVAILABLE: (
        "D-ACC-3",
        _STEP.TRY_AGAIN,
        Text("MitID svarer ikke. Prøv igen.", "MitID does not answer. Try again."),
        Text("MitID svarede ikke.", "MitID did not answer."),
    ),
    MitidFailure.ANSWER_REFUSED: (
        "D-ACC-3",
        _STEP.TRY_AGAIN,
        _LOGIN,
        Text("MitID's svar kunne ikke godtages.", "MitID's answer could not be accepted."),
    ),
    GuardianReason.MALFORMED_CPR: (
        "D-ACC-8",
        _STEP.TRY_AGAIN,
        _CUSTODY,
        Text("Et CPR-nummer er skrevet forkert.", "A CPR number is malformed."),
    ),
    GuardianReason.IDENTITY_NOT_ACCEPTABLE: (
        "D-ACC-3",
        _STEP.USE_PRIVATE_MITID,
        _CUSTODY,
        Text("Den voksnes MitID kunne ikke godtages.", "The guardian's MitID was not acceptable."),
    ),
    GuardianReason.IDENTITY_NOT_THE_STATED_ONE: (
        "D-ACC-8",
        _STEP.TRY_AGAIN,
        _CUSTODY,
        Text(
            "MitID gav et andet CPR-nummer end det, der var skrevet.",
            "MitID gave another CPR number than the stated one.",
        ),
    ),
    GuardianReason.TOO_MANY_CHILDREN: (
        "D-ACC-8",
        _STEP.CLINIC_VERIFIES_BY_HAND,
        _CUSTODY,
        Text(
            "Der er spurgt om fem forskellige børn på et døgn: herefter kun ved klinikken.",
            "Five different children were asked about in a day: from here only the clinic.",
        ),
    ),
    GuardianRefusal.ALREADY_BEGUN: (
        "D-ACC-8",
        _STEP.TRY_AGAIN,
        _CUSTODY,
        Text("Bekræftelsen er begyndt i forvejen.", "The verification has begun already."),
    ),
    GuardianRefusal.NOT_BEGUN: (
        "D-ACC-8",
        _STEP.TRY_AGAIN,
        _CUSTODY,
        Text("Bekræftelsen er ikke begyndt.", "The verification has not begun."),
    ),
    GuardianRefusal.OTHER_BROWSER: (
        "D-ACC-8",
        _STEP.TRY_AGAIN,
        _CUSTODY,
        Text("Bekræftelsen hører til en anden browser.", "It belongs to another browser."),
    ),
    GuardianRefusal.EXPIRED: (
        "D-ACC-8",
        _STEP.TRY_AGAIN,
        _CUSTODY,
        Text("Bekræftelsen er for gammel; begynd forfra.", "It is too old; begin again."),
    ),
    GuardianRefusal.NOT_IDENTIFIED: (
        "D-ACC-8",
        _STEP.USE_MITID,
        _CUSTODY,
        Text("Den voksne mangler at bruge MitID.", "The guardian has yet to use MitID."),
    ),
    GuardianRefusal.NOT_VERIFIED: (
        "D-ACC-8",
        _STEP.VERIFY_GUARDIAN,
        _CUSTODY,
        Text("Forælderen er ikke bekræftet endnu.", "The guardian is not verified yet."),
    ),
    GuardianRefusal.OVER: (
        "D-ACC-8",
        _STEP.TRY_AGAIN,
        _CUSTODY,
        Text("Bekræftelsen er slut; begynd forfra.", "It is over; begin again."),
    ),
    GuardianshipRefusal.PAST_FIFTEEN: (
        "D-ACC-10",
        _STEP.USE_MITID,
        None,
        Text(
            "En bekræftelse kan højst gælde til 15-årsdagen.",
            "A verification is good until the 15th birthday at most.",
        ),
    ),
    GuardianshipRefusal.ENDS_BEFORE_IT_BEGINS: (
        "D-ACC-10",
        _STEP.TRY_AGAIN,
        None,
        Text("Slutdagen ligger ikke efter i dag.", "It would end before it begins."),
    ),
    GuardianshipRefusal.NOT_BY_REGISTER: (
        "D-ACC-9",
        _STEP.CLINIC_VERIFIES_BY_HAND,
        None,
        Text("Der er intet registersvar at forny.", "There is no register answer to renew."),
    ),
    GuardianshipRefusal.NOTHING_TO_END: (
        "D-ACC-9",
        _STEP.GO_ON,
        None,
        Text("Ingen bekræftelse gælder.", "No verification stands."),
    ),
    AddressRefusal.BASIS_MISSING: (
        "D-ACC-14",
        _STEP.TRY_AGAIN,
        None,
        Text(
            "En pårørendes adresse kræver et noteret grundlag.",
            "A relative's address needs a recorded basis.",
        ),
    ),
    AddressRefusal.BASIS_NOT_WANTED: (
        "D-ACC-14",
        _STEP.TRY_AGAIN,
        None,
        Text(
            "Grundlag noteres kun for en pårørendes adresse.",
            "A basis is recorded only for a relative's address.",
        ),
    ),
    AddressRefusal.ONLY_OWN_FROM_15: (
        "D-ACC-14",
        _STEP.CONTACT_CLINIC,
        None,
        Text(
            "Fra 15 år bruges en forælders adresse ikke.",
            "From 15 a guardian's address is not used.",
        ),
    ),
    AddressRefusal.NOT_IN_USE: (
        "D-ACC-14",
        _STEP.TRY_AGAIN,
        None,
        Text("Adressen er ikke i brug.", "The address is not in use."),
    ),
    **booking_refusals.MEANINGS,
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
    NO_SUCH_BOOKING,
    TIME_IS_TAKEN,
    COMMENT_TOO_LONG,
    WRONG_BOOKING_CODE,
    WRONG_CANCEL_CODE,
    LINK_LEADS_NOWHERE,
    TOO_MANY_CODES,
    TOO_MANY_OPEN_HERE,
)
