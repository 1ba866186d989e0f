"""What each refusal of the machines of access means to people (D-ACC-2, D-ACC-21)."""

from collections.abc import Mapping
from enum import Enum
from typing import Final

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
from eservices_core.texts import CANNOT_VERIFY_PUBLIC, PUBLIC_REFUSAL, NextStep, Text
from eservices_core.usecases.refusal import Meaning

_LOGIN: Final = PUBLIC_REFUSAL
_CUSTODY: Final = CANNOT_VERIFY_PUBLIC
_STEP: Final = NextStep

MEANINGS: Final[Mapping[Enum, Meaning]] = {
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
}
