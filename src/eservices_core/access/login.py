"""Login: who may log in, by which method, and what is asked of them next.

The rulebook's S-ACC-1 to S-ACC-10 as rows, in the order of answers that D-ACC-4 sets. Two
questions: what an accepted MitID opens, and what a right username and password open. Here is only
what is decided; who counted guesses, sent codes or verified a guardian is in the neighbours.
"""

from enum import unique
from typing import Final, TypeAlias

from attrs import frozen

from eservices_core.access.facts import (
    Age,
    Guardian,
    Measure,
    NumberMatch,
    PasswordKind,
    Tick,
    UserStatus,
)
from eservices_core.access.mitid import Acceptance
from eservices_core.clinic.settings import MITID_REQUIRED_FROM
from eservices_core.tables import ALWAYS, Fact, Row, Table, any_of, but, when
from eservices_core.texts import PUBLIC_REFUSAL, NextStep, Says, Text, staff_only


@unique
class LoginDecision(Fact):
    """What a login comes to."""

    GRANTED = "granted"
    CODE_REQUIRED = "code_required"
    GUARDIAN_REQUIRED = "guardian_required"
    SIGN_UP = "sign_up"
    REFUSED = "refused"


@unique
class LoginReason(Fact):
    """Why a login is refused; for staff and the log, never for the public (D-ACC-2)."""

    BUSINESS_IDENTITY = "business_identity"
    ASSURANCE_TOO_LOW = "assurance_too_low"
    CPR_MISSING = "cpr_missing"
    NOT_FRESH = "not_fresh"
    NOT_THIS_ATTEMPT = "not_this_attempt"
    CPR_MISMATCH = "cpr_mismatch"
    NO_USER = "no_user"
    CLOSED = "closed"
    LOCKED = "locked"
    USE_MITID = "use_mitid"


@frozen
class LoginVerdict:
    """The verdict of a login row; `reason` stands exactly when the login is refused."""

    decision: LoginDecision
    reason: LoginReason | None = None

    def __attrs_post_init__(self) -> None:
        assert (self.reason is not None) == (self.decision is LoginDecision.REFUSED)


GRANTED: Final = LoginVerdict(LoginDecision.GRANTED)
CODE_REQUIRED: Final = LoginVerdict(LoginDecision.CODE_REQUIRED)
GUARDIAN_REQUIRED: Final = LoginVerdict(LoginDecision.GUARDIAN_REQUIRED)
SIGN_UP: Final = LoginVerdict(LoginDecision.SIGN_UP)


def refused(reason: LoginReason) -> LoginVerdict:
    """Make the verdict that refuses for `reason`."""
    return LoginVerdict(LoginDecision.REFUSED, reason)


@frozen
class MitidLogin:
    """Facts of a login with MitID."""

    identity: Acceptance
    number: NumberMatch
    user: UserStatus
    measure: Measure


@frozen
class TwoFactorLogin:
    """Facts of a two-factor login whose password was right."""

    user: UserStatus
    measure: Measure
    age: Age
    tick: Tick
    guardian: Guardian


LoginFacts: TypeAlias = MitidLogin | TwoFactorLogin

_ACCEPTED: Final = Acceptance.ACCEPTED
_OPEN_TO_MITID: Final = any_of(UserStatus.AWAITING_ACTIVATION, UserStatus.ACTIVE, UserStatus.LOCKED)
_OPEN_TO_PASSWORD: Final = any_of(UserStatus.AWAITING_ACTIVATION, UserStatus.ACTIVE)

_LOGGED_IN: Final = Text("Du er logget ind med MitID.", "You are logged in with MitID.")
_CODE_SENT: Final = Text(
    "Vi har sendt en engangskode til din e-mail. Skriv den her.",
    "We have sent a one-time code to your e-mail. Type it here.",
)
_GUARDIAN_FIRST: Final = Text(
    "En person med forældremyndighed skal først bekræfte sig med sit eget MitID.",
    "A person with custody must first confirm with their own MitID.",
)

MITID: Final = Table(
    "login.mitid",
    "What does this MitID open?",
    MitidLogin,
    (
        Row(
            "foreign",
            "D-ACC-3",
            when(identity=Acceptance.NOT_THIS_ATTEMPT),
            refused(LoginReason.NOT_THIS_ATTEMPT),
            staff_only(
                PUBLIC_REFUSAL,
                "Svaret fra MitID hørte ikke til patientens eget forsøg. Patienten skal begynde "
                "forfra.",
                "The answer from MitID did not belong to the patient's own attempt. The patient "
                "must start again.",
            ),
            NextStep.TRY_AGAIN,
        ),
        Row(
            "stale",
            "D-ACC-3",
            when(identity=Acceptance.NOT_FRESH),
            refused(LoginReason.NOT_FRESH),
            staff_only(
                PUBLIC_REFUSAL,
                "Svaret fra MitID var for gammelt. Patienten skal identificere sig igen.",
                "The answer from MitID was too old. The patient must identify again.",
            ),
            NextStep.TRY_AGAIN,
        ),
        Row(
            "business",
            "S-ACC-2",
            when(identity=Acceptance.BUSINESS_IDENTITY),
            refused(LoginReason.BUSINESS_IDENTITY),
            staff_only(
                PUBLIC_REFUSAL,
                "Patienten brugte MitID Erhverv. Der skal logges ind med det private MitID.",
                "The patient used MitID for business. Login takes the private MitID.",
            ),
            NextStep.USE_PRIVATE_MITID,
        ),
        Row(
            "too_low",
            "D-ACC-3",
            when(identity=Acceptance.ASSURANCE_TOO_LOW),
            refused(LoginReason.ASSURANCE_TOO_LOW),
            staff_only(
                PUBLIC_REFUSAL,
                "Sikringsniveauet var under Betydelig. Patienten skal bruge MitID-app eller "
                "kodeviser.",
                "The assurance level was below Substantial. The patient must use the MitID app "
                "or a code display.",
            ),
            NextStep.USE_MITID,
        ),
        Row(
            "without_number",
            "D-ACC-3",
            when(identity=Acceptance.CPR_MISSING),
            refused(LoginReason.CPR_MISSING),
            staff_only(
                PUBLIC_REFUSAL,
                "MitID gav intet CPR-nummer. Patienten skal oplyse og bekræfte det hos MitID.",
                "MitID gave no CPR number. The patient must state and confirm it with MitID.",
            ),
            NextStep.USE_MITID,
        ),
        Row(
            "sign_up",
            "S-ACC-7",
            when(identity=_ACCEPTED, user=UserStatus.NONE),
            SIGN_UP,
            Says(
                patient=Text(
                    "Du er ikke oprettet endnu. Du kan oprette dig nu.",
                    "You do not have a user yet. You can sign up now.",
                ),
                staff=Text(
                    "Ingen bruger endnu; patienten kan selv oprette sig, bekræftet med MitID.",
                    "No user yet; the patient can sign up alone, verified by MitID.",
                ),
            ),
            NextStep.SIGN_UP,
        ),
        Row(
            "number_of_another",
            "D-ACC-3",
            when(identity=_ACCEPTED, user=but(UserStatus.NONE), number=NumberMatch.OTHER),
            refused(LoginReason.CPR_MISMATCH),
            staff_only(
                PUBLIC_REFUSAL,
                "MitID gav et andet CPR-nummer end kontoens. Et MitID åbner kun egen konto; en "
                "forælder kan ikke logge ind som barnet.",
                "MitID gave another CPR number than the account's. A MitID opens only its own "
                "account; a parent cannot log in as the child.",
            ),
            NextStep.CONTACT_CLINIC,
        ),
        Row(
            "closed",
            "D-ACC-4",
            when(identity=_ACCEPTED, user=UserStatus.CLOSED, number=NumberMatch.OWN),
            refused(LoginReason.CLOSED),
            staff_only(
                PUBLIC_REFUSAL,
                "Brugeren er lukket. Klinikken kan oprette patienten igen.",
                "The user is closed. The clinic can create the patient again.",
            ),
            NextStep.CONTACT_CLINIC,
        ),
        Row(
            "granted_before_measure",
            "S-ACC-1",
            when(
                identity=_ACCEPTED,
                user=_OPEN_TO_MITID,
                number=NumberMatch.OWN,
                measure=Measure.BEFORE,
            ),
            GRANTED,
            Says(
                _LOGGED_IN,
                Text("Logget ind med privat MitID.", "Logged in with private MitID."),
            ),
            NextStep.GO_ON,
            since=ALWAYS,
        ),
        Row(
            "granted",
            "S-ACC-2",
            when(
                identity=_ACCEPTED,
                user=_OPEN_TO_MITID,
                number=NumberMatch.OWN,
                measure=Measure.IN_FORCE,
            ),
            GRANTED,
            Says(
                _LOGGED_IN,
                Text(
                    "Logget ind med privat MitID. En spærring efter gæt gælder ikke MitID.",
                    "Logged in with private MitID. A lock earned by guessing does not bind MitID.",
                ),
            ),
            NextStep.GO_ON,
            since=MITID_REQUIRED_FROM,
        ),
    ),
)
"""D-ACC-4, its first half. Age is no column: under 15 a private MitID is enough (D-ACC-6)."""


TWO_FACTOR: Final = Table(
    "login.two_factor",
    "The password was right: is two-factor open to this user?",
    TwoFactorLogin,
    (
        Row(
            "no_user",
            "D-ACC-4",
            when(user=UserStatus.NONE),
            refused(LoginReason.NO_USER),
            staff_only(
                PUBLIC_REFUSAL,
                "Der er ingen bruger. Med MitID kan patienten oprette sig selv; uden MitID "
                "opretter klinikken, og for et barn under 15 en med forældremyndighed.",
                "There is no user. With MitID the patient signs up alone; without it the clinic "
                "creates the user, and for a child under 15 a person with custody does.",
            ),
            NextStep.USE_MITID,
        ),
        Row(
            "closed",
            "D-ACC-4",
            when(user=UserStatus.CLOSED),
            refused(LoginReason.CLOSED),
            staff_only(
                PUBLIC_REFUSAL,
                "Brugeren er lukket. Klinikken kan oprette patienten igen.",
                "The user is closed. The clinic can create the patient again.",
            ),
            NextStep.CONTACT_CLINIC,
        ),
        Row(
            "locked",
            "D-ACC-13",
            when(user=UserStatus.LOCKED),
            refused(LoginReason.LOCKED),
            staff_only(
                PUBLIC_REFUSAL,
                "Login er spærret efter for mange gæt. Klinikken låser op, når den har "
                "bekræftet patientens identitet. MitID virker stadig.",
                "The login is locked after too many guesses. The clinic unlocks it once it has "
                "verified the patient's identity. MitID still works.",
            ),
            NextStep.CLINIC_VERIFIES_IDENTITY,
        ),
        Row(
            "before_measure",
            "S-ACC-1",
            when(user=_OPEN_TO_PASSWORD, measure=Measure.BEFORE),
            CODE_REQUIRED,
            Says(
                _CODE_SENT,
                Text(
                    "Før kravet om MitID var to-faktor åben for alle brugere.",
                    "Before MitID was required, two-factor was open to every user.",
                ),
            ),
            NextStep.ENTER_CODE,
            since=ALWAYS,
        ),
        Row(
            "child_verified",
            "S-ACC-6",
            when(
                user=UserStatus.ACTIVE,
                measure=Measure.IN_FORCE,
                age=Age.UNDER_15,
                guardian=Guardian.VERIFIED,
            ),
            CODE_REQUIRED,
            Says(
                _CODE_SENT,
                Text(
                    "Under 15 med bekræftet forælder eller værge: to-faktor uden flueben.",
                    "Under 15 with a verified guardian: two-factor, and no tick is needed.",
                ),
            ),
            NextStep.ENTER_CODE,
            since=MITID_REQUIRED_FROM,
        ),
        Row(
            "new_child_verified",
            "S-ACC-10",
            when(
                user=UserStatus.AWAITING_ACTIVATION,
                measure=Measure.IN_FORCE,
                age=Age.UNDER_15,
                guardian=Guardian.VERIFIED,
            ),
            CODE_REQUIRED,
            Says(
                _CODE_SENT,
                Text(
                    "Barnet er oprettet af en bekræftet forælder eller værge og kan logge ind.",
                    "The child was created by a verified guardian, and can log in.",
                ),
            ),
            NextStep.ENTER_CODE,
            since=MITID_REQUIRED_FROM,
        ),
        Row(
            "child_unverified",
            "S-ACC-6",
            when(
                user=UserStatus.ACTIVE,
                measure=Measure.IN_FORCE,
                age=Age.UNDER_15,
                guardian=Guardian.NOT_VERIFIED,
            ),
            GUARDIAN_REQUIRED,
            Says(
                _GUARDIAN_FIRST,
                Text(
                    "Under 15: CPR-nummer på barnet og på en med forældremyndighed, og den "
                    "voksnes eget MitID. Fluebenet erstatter det ikke.",
                    "Under 15: CPR numbers of the child and of a person with custody, and that "
                    "person's own MitID. The tick does not replace it.",
                ),
            ),
            NextStep.VERIFY_GUARDIAN,
            since=MITID_REQUIRED_FROM,
        ),
        Row(
            "new_child_unverified",
            "S-ACC-9",
            when(
                user=UserStatus.AWAITING_ACTIVATION,
                measure=Measure.IN_FORCE,
                age=Age.UNDER_15,
                guardian=Guardian.NOT_VERIFIED,
            ),
            GUARDIAN_REQUIRED,
            Says(
                _GUARDIAN_FIRST,
                Text(
                    "Ny patient under 15: en med forældremyndighed skal bekræfte sig med MitID.",
                    "New patient under 15: a person with custody must confirm with MitID.",
                ),
            ),
            NextStep.VERIFY_GUARDIAN,
            since=MITID_REQUIRED_FROM,
        ),
        Row(
            "ticked",
            "S-ACC-4",
            when(
                user=UserStatus.ACTIVE,
                measure=Measure.IN_FORCE,
                age=Age.FROM_15,
                tick=Tick.SET,
            ),
            CODE_REQUIRED,
            Says(
                _CODE_SENT,
                Text(
                    "Klinikken har sat flueben ved 'Intet MitID': to-faktor er åben.",
                    "The clinic has set the tick 'No MitID': two-factor is open.",
                ),
            ),
            NextStep.ENTER_CODE,
            since=MITID_REQUIRED_FROM,
        ),
        Row(
            "new_ticked",
            "S-ACC-8",
            when(
                user=UserStatus.AWAITING_ACTIVATION,
                measure=Measure.IN_FORCE,
                age=Age.FROM_15,
                tick=Tick.SET,
            ),
            CODE_REQUIRED,
            Says(
                _CODE_SENT,
                Text(
                    "Oprettet af klinikken med flueben: første login aktiverer brugeren.",
                    "Created by the clinic with the tick: the first login activates the user.",
                ),
            ),
            NextStep.ENTER_CODE,
            since=MITID_REQUIRED_FROM,
        ),
        Row(
            "not_ticked",
            "S-ACC-3",
            when(
                user=_OPEN_TO_PASSWORD,
                measure=Measure.IN_FORCE,
                age=Age.FROM_15,
                tick=Tick.NOT_SET,
            ),
            refused(LoginReason.USE_MITID),
            staff_only(
                PUBLIC_REFUSAL,
                "Fra 15 år uden flueben skal der bruges MitID. Kan patienten ikke, så bekræft "
                "identiteten og sæt flueben ved 'Intet MitID' på stamkortet.",
                "From 15, without the tick, MitID is required. If the patient cannot use it, "
                "verify identity and set the tick 'No MitID' on the master card.",
            ),
            NextStep.USE_MITID,
            since=MITID_REQUIRED_FROM,
        ),
    ),
)
"""D-ACC-4, its second half: asked only when the password was right."""


@unique
class Obligation(Fact):
    """What must be done before anything else, once a login has gone through."""

    NOTHING = "nothing"
    CHANGE_PASSWORD = "change_password"


@frozen
class ObligationFacts:
    """Facts of what a login brings with it."""

    decision: LoginDecision
    password: PasswordKind


OBLIGATION: Final = Table(
    "login.obligation",
    "What must be done before anything else?",
    ObligationFacts,
    (
        Row(
            "temporary",
            "D-ACC-12",
            when(decision=LoginDecision.CODE_REQUIRED, password=PasswordKind.TEMPORARY),
            Obligation.CHANGE_PASSWORD,
            Says(
                Text("Vælg en ny adgangskode.", "Choose a new password."),
                Text(
                    "En midlertidig adgangskode skal skiftes, før andet kan gøres.",
                    "A temporary password must be changed before anything else is done.",
                ),
            ),
            NextStep.CHANGE_PASSWORD,
        ),
        Row(
            "own_password",
            "D-ACC-12",
            when(decision=LoginDecision.CODE_REQUIRED, password=PasswordKind.OWN),
            Obligation.NOTHING,
            Says(Text("Intet.", "Nothing."), Text("Intet.", "Nothing.")),
            NextStep.GO_ON,
        ),
        Row(
            "no_password_was_used",
            "D-ACC-12",
            when(decision=but(LoginDecision.CODE_REQUIRED)),
            Obligation.NOTHING,
            Says(Text("Intet.", "Nothing."), Text("Intet.", "Nothing.")),
            NextStep.GO_ON,
        ),
    ),
)
"""D-ACC-4, its last sentence."""


def decide(facts: LoginFacts) -> Row[LoginVerdict]:
    """Decide a login, by either method; the row says the rule, the verdict and the texts."""
    if isinstance(facts, MitidLogin):
        return MITID.decide(facts)
    return TWO_FACTOR.decide(facts)
