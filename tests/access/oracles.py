"""What each table of access must answer, written a second time from the rulebook's text.

Chains of ifs in the order in which the rules are stated, so that a reader can hold them beside the
rulebook; the tables themselves have no order. An oracle gives the whole answer: the row's name, the
verdict, the rule, the next step, the date from which it is in force. `SAID` holds for each row a
telling phrase of each text, so that no row can say what belongs to another.
"""

from datetime import date
from typing import Final

from eservices_core.access.association import SIGN_UP, SignUp, SignUpFacts
from eservices_core.access.custody import (
    CUSTODY,
    Answer,
    CivilStatus,
    CustodyFacts,
    CustodyOutcome,
    CustodyReason,
    CustodyVerdict,
    Maturity,
    Persons,
    Standing,
)
from eservices_core.access.facts import (
    Age,
    Guardian,
    Measure,
    NumberMatch,
    PasswordKind,
    Tick,
    UserStatus,
)
from eservices_core.access.linking import (
    LINKING,
    AccountByNumber,
    AccountBySubject,
    EarlierNumber,
    Link,
    LinkFacts,
    Succession,
)
from eservices_core.access.login import (
    MITID,
    OBLIGATION,
    TWO_FACTOR,
    LoginDecision,
    LoginReason,
    LoginVerdict,
    MitidLogin,
    Obligation,
    ObligationFacts,
    TwoFactorLogin,
)
from eservices_core.access.mitid import (
    ACCEPTABLE,
    Acceptance,
    Assurance,
    Binding,
    Freshness,
    IdentityFacts,
    IdentityKind,
    NumberGiven,
)
from eservices_core.access.session import REACH, Membership, Method, PasswordDuty, Reach, ReachFacts
from eservices_core.clinic.master_card import Protection
from eservices_core.clinic.settings import SelfSignUp
from eservices_core.texts import CANNOT_VERIFY_PUBLIC, NextStep, Text
from tests.tools.oracles import Expected, Oracles, Said, Script

MEASURE: Final = date(2023, 6, 1)


# ---------------------------------------------------------------------------------------- mitid


def acceptable(facts: IdentityFacts) -> Expected:
    """D-ACC-3, and D-ACC-4 for what comes first."""
    if facts.binding is not Binding.OURS:
        return Expected("foreign", Acceptance.NOT_THIS_ATTEMPT, "D-ACC-3", NextStep.TRY_AGAIN)
    if facts.freshness is not Freshness.FRESH:
        return Expected("stale", Acceptance.NOT_FRESH, "D-ACC-3", NextStep.TRY_AGAIN)
    if facts.kind is not IdentityKind.PRIVATE:
        return Expected(
            "business", Acceptance.BUSINESS_IDENTITY, "S-ACC-2", NextStep.USE_PRIVATE_MITID
        )
    if facts.assurance not in (Assurance.SUBSTANTIAL, Assurance.HIGH):
        return Expected("too_low", Acceptance.ASSURANCE_TOO_LOW, "D-ACC-3", NextStep.USE_MITID)
    if facts.number is not NumberGiven.GIVEN:
        return Expected("without_number", Acceptance.CPR_MISSING, "D-ACC-3", NextStep.USE_MITID)
    return Expected("accepted", Acceptance.ACCEPTED, "D-ACC-3", NextStep.GO_ON)


# ---------------------------------------------------------------------------------------- login


def _refused(row: str, reason: LoginReason, rule: str, step: NextStep) -> Expected:
    return Expected(row, LoginVerdict(LoginDecision.REFUSED, reason), rule, step)


def login_with_mitid(facts: MitidLogin) -> Expected:
    """D-ACC-4: business, assurance, CPR missing, sign up, CPR of another, closed, else granted."""
    if facts.identity is Acceptance.NOT_THIS_ATTEMPT:
        return _refused("foreign", LoginReason.NOT_THIS_ATTEMPT, "D-ACC-3", NextStep.TRY_AGAIN)
    if facts.identity is Acceptance.NOT_FRESH:
        return _refused("stale", LoginReason.NOT_FRESH, "D-ACC-3", NextStep.TRY_AGAIN)
    if facts.identity is Acceptance.BUSINESS_IDENTITY:
        return _refused(
            "business", LoginReason.BUSINESS_IDENTITY, "S-ACC-2", NextStep.USE_PRIVATE_MITID
        )
    if facts.identity is Acceptance.ASSURANCE_TOO_LOW:
        return _refused("too_low", LoginReason.ASSURANCE_TOO_LOW, "D-ACC-3", NextStep.USE_MITID)
    if facts.identity is Acceptance.CPR_MISSING:
        return _refused("without_number", LoginReason.CPR_MISSING, "D-ACC-3", NextStep.USE_MITID)
    if facts.user is UserStatus.NONE:
        verdict = LoginVerdict(LoginDecision.SIGN_UP)
        return Expected("sign_up", verdict, "S-ACC-7", NextStep.SIGN_UP)
    if facts.number is NumberMatch.OTHER:
        return _refused(
            "number_of_another", LoginReason.CPR_MISMATCH, "D-ACC-3", NextStep.CONTACT_CLINIC
        )
    if facts.user is UserStatus.CLOSED:
        return _refused("closed", LoginReason.CLOSED, "D-ACC-4", NextStep.CONTACT_CLINIC)
    granted = LoginVerdict(LoginDecision.GRANTED)
    if facts.measure is Measure.BEFORE:
        return Expected("granted_before_measure", granted, "S-ACC-1", NextStep.GO_ON)
    return Expected("granted", granted, "S-ACC-2", NextStep.GO_ON, MEASURE)


def login_with_two_factor(facts: TwoFactorLogin) -> Expected:
    """D-ACC-4: no user, closed, locked; before the measure; under 15; from 15."""
    if facts.user is UserStatus.NONE:
        return _refused("no_user", LoginReason.NO_USER, "D-ACC-4", NextStep.USE_MITID)
    if facts.user is UserStatus.CLOSED:
        return _refused("closed", LoginReason.CLOSED, "D-ACC-4", NextStep.CONTACT_CLINIC)
    if facts.user is UserStatus.LOCKED:
        return _refused("locked", LoginReason.LOCKED, "D-ACC-13", NextStep.CLINIC_VERIFIES_IDENTITY)
    code = LoginVerdict(LoginDecision.CODE_REQUIRED)
    if facts.measure is Measure.BEFORE:
        return Expected("before_measure", code, "S-ACC-1", NextStep.ENTER_CODE)
    is_new = facts.user is UserStatus.AWAITING_ACTIVATION
    if facts.age is Age.UNDER_15:
        if facts.guardian is Guardian.VERIFIED:
            row, rule = (
                ("new_child_verified", "S-ACC-10") if is_new else ("child_verified", "S-ACC-6")
            )
            return Expected(row, code, rule, NextStep.ENTER_CODE, MEASURE)
        row, rule = (
            ("new_child_unverified", "S-ACC-9") if is_new else ("child_unverified", "S-ACC-6")
        )
        verdict = LoginVerdict(LoginDecision.GUARDIAN_REQUIRED)
        return Expected(row, verdict, rule, NextStep.VERIFY_GUARDIAN, MEASURE)
    if facts.tick is Tick.SET:
        row, rule = ("new_ticked", "S-ACC-8") if is_new else ("ticked", "S-ACC-4")
        return Expected(row, code, rule, NextStep.ENTER_CODE, MEASURE)
    verdict = LoginVerdict(LoginDecision.REFUSED, LoginReason.USE_MITID)
    return Expected("not_ticked", verdict, "S-ACC-3", NextStep.USE_MITID, MEASURE)


def obligation(facts: ObligationFacts) -> Expected:
    """D-ACC-4, D-ACC-12: a temporary password adds 'change password'."""
    if facts.decision is not LoginDecision.CODE_REQUIRED:
        return Expected("no_password_was_used", Obligation.NOTHING, "D-ACC-12", NextStep.GO_ON)
    if facts.password is PasswordKind.TEMPORARY:
        return Expected(
            "temporary", Obligation.CHANGE_PASSWORD, "D-ACC-12", NextStep.CHANGE_PASSWORD
        )
    return Expected("own_password", Obligation.NOTHING, "D-ACC-12", NextStep.GO_ON)


# -------------------------------------------------------------------------------------- custody


def custody(facts: CustodyFacts) -> Expected:  # noqa: C901  the list of D-ACC-8
    """D-ACC-7, D-ACC-8, D-ACC-19: every unhappy end, and the one happy one."""
    by_hand, clinic = NextStep.CLINIC_VERIFIES_BY_HAND, NextStep.CONTACT_CLINIC

    def no(row: str, reason: CustodyReason, rule: str, step: NextStep) -> Expected:
        return Expected(row, CustodyVerdict(CustodyOutcome.REFUSED, reason), rule, step)

    def unsure(row: str, reason: CustodyReason, rule: str, step: NextStep = by_hand) -> Expected:
        return Expected(row, CustodyVerdict(CustodyOutcome.CANNOT_VERIFY, reason), rule, step)

    if facts.persons is Persons.SAME:
        return no("same_person", CustodyReason.SAME_PERSON, "D-ACC-8", NextStep.TRY_AGAIN)
    if facts.age is Age.FROM_15:
        return no("not_under_15", CustodyReason.NOT_UNDER_15, "D-ACC-5", NextStep.USE_MITID)
    if facts.answer is Answer.SILENT:
        return unsure(
            "register_silent", CustodyReason.REGISTER_SILENT, "D-ACC-8", NextStep.TRY_AGAIN
        )
    if facts.answer is Answer.OLD_VERSION:
        return unsure("old_version", CustodyReason.VERSION_CANNOT_ANSWER, "D-ACC-8")
    if facts.answer is Answer.ABOUT_ANOTHER:
        return unsure("about_another", CustodyReason.ANSWER_ABOUT_ANOTHER, "D-ACC-8")
    if facts.answer is Answer.NOT_IN_REGISTER:
        return unsure("not_in_register", CustodyReason.NOT_IN_REGISTER, "D-ACC-10")
    if facts.protection is Protection.PROTECTED:
        return unsure("protected", CustodyReason.PROTECTED_PERSON, "D-ACC-19")
    if facts.child is CivilStatus.GONE:
        return no("child_gone", CustodyReason.DEAD_OR_GONE, "D-ACC-8", clinic)
    if facts.guardian is CivilStatus.GONE:
        return no("guardian_gone", CustodyReason.DEAD_OR_GONE, "D-ACC-8", clinic)
    if facts.standing in (Standing.NONE, Standing.APPOINTED_DOES_NOT_COUNT):
        return no("no_custody", CustodyReason.NO_CUSTODY, "D-ACC-7", clinic)
    if facts.standing is Standing.PERHAPS_UNNUMBERED:
        return unsure("holder_without_number", CustodyReason.HOLDER_WITHOUT_NUMBER, "D-ACC-7")
    if facts.maturity is Maturity.UNDER_15:
        return no("holder_under_15", CustodyReason.GUARDIAN_MINOR, "D-ACC-8", clinic)
    if facts.maturity is Maturity.FROM_15_TO_17:
        return unsure("holder_from_15_to_17", CustodyReason.GUARDIAN_MINOR, "D-ACC-7")
    verified = CustodyVerdict(CustodyOutcome.VERIFIED)
    return Expected("verified", verified, "S-ACC-9", NextStep.GO_ON)


# -------------------------------------------------------------------------------------- linking


def linking(facts: LinkFacts) -> Expected:
    """D-ACC-16: whose account it is, and a changed number."""
    clinic = NextStep.CONTACT_CLINIC
    if facts.by_number is AccountByNumber.ONE:
        if facts.by_subject is AccountBySubject.ANOTHER:
            return Expected("two_accounts", Link.REFUSE, "D-ACC-16", clinic)
        if facts.by_subject is AccountBySubject.SAME:
            return Expected("known", Link.KNOWN, "D-ACC-16", NextStep.GO_ON)
        return Expected("new_subject", Link.LINK_SUBJECT, "D-ACC-16", NextStep.GO_ON)
    if facts.by_subject is AccountBySubject.NONE:
        if facts.earlier is EarlierNumber.HELD:
            changes = NextStep.CLINIC_CHANGES_NUMBER
            return Expected("number_changed", Link.NUMBER_CHANGED, "D-ACC-105", changes)
        return Expected("nobody", Link.NO_ACCOUNT, "S-ACC-7", NextStep.SIGN_UP)
    if facts.succession is Succession.CONFIRMED:
        return Expected("successor", Link.MOVE_NUMBER, "D-ACC-16", NextStep.GO_ON)
    return Expected("changed_without_word", Link.REFUSE, "D-ACC-16", clinic)


# ---------------------------------------------------------------------------------- association


def sign_up(facts: SignUpFacts) -> Expected:
    """D-ACC-17: closed, open, or open with the clinic's approval."""
    if facts.setting is SelfSignUp.CLOSED:
        return Expected("closed", SignUp.REFUSED, "D-ACC-17", NextStep.CONTACT_CLINIC)
    if facts.setting is SelfSignUp.OPEN:
        return Expected("open", SignUp.ASSOCIATED, "D-ACC-17", NextStep.GO_ON)
    return Expected("with_approval", SignUp.AWAITS_APPROVAL, "D-ACC-17", NextStep.CLINIC_APPROVES)


# -------------------------------------------------------------------------------------- session


def reach(facts: ReachFacts) -> Expected:
    """D-ACC-11, D-ACC-15: what a session reaches at one clinic, now."""
    if facts.user in (UserStatus.NONE, UserStatus.CLOSED):
        return Expected("user_ended", Reach.ENDED, "D-ACC-15", NextStep.CONTACT_CLINIC)
    if facts.duty is PasswordDuty.CHANGE_FIRST:
        return Expected(
            "password_first", Reach.PASSWORD_FIRST, "D-ACC-12", NextStep.CHANGE_PASSWORD
        )
    if facts.membership is Membership.NOT_ASSOCIATED:
        return Expected(
            "not_associated", Reach.OTHER_CLINICS_ONLY, "D-ACC-11", NextStep.CONTACT_CLINIC
        )
    if facts.method is Method.MITID:
        return Expected("mitid", Reach.OPEN, "D-ACC-11", NextStep.GO_ON)
    if facts.measure is Measure.BEFORE:
        return Expected("before_measure", Reach.OPEN, "S-ACC-1", NextStep.GO_ON)
    if facts.age is Age.UNDER_15:
        if facts.guardian is Guardian.VERIFIED:
            return Expected("child", Reach.OPEN, "S-ACC-6", NextStep.GO_ON, MEASURE)
        return Expected(
            "child_without_guardian", Reach.ENDED, "D-ACC-9", NextStep.VERIFY_GUARDIAN, MEASURE
        )
    if facts.tick is Tick.SET:
        return Expected("own_tick", Reach.OPEN, "D-ACC-11", NextStep.GO_ON, MEASURE)
    return Expected(
        "no_tick_here", Reach.OTHER_CLINICS_ONLY, "D-ACC-11", NextStep.USE_MITID, MEASURE
    )


ORACLES: Final[Oracles] = (
    (ACCEPTABLE, acceptable),
    (MITID, login_with_mitid),
    (TWO_FACTOR, login_with_two_factor),
    (OBLIGATION, obligation),
    (CUSTODY, custody),
    (LINKING, linking),
    (SIGN_UP, sign_up),
    (REACH, reach),
)
"""Every table of access with its oracle."""


# ------------------------------------------------------------------------------------ the texts


def _custody(staff_da: str, staff_en: str) -> Said:
    return Said((staff_da, staff_en), CANNOT_VERIFY_PUBLIC)


_CODE = ("engangskode til din e-mail", "one-time code to your e-mail")
_IN = ("logget ind med MitID", "logged in with MitID")
_KNOWN = ("identificeret med MitID", "identified with MitID")
_GUARDIAN = ("sit eget MitID", "their own MitID")
_HERE = ("Du er logget ind", "You are logged in")
_OUT = ("Du er logget ud", "You are logged out")
_NOTHING = ("Intet", "Nothing")

SAID: Final[Script] = {
    "mitid.acceptable": {
        "foreign": Said(("denne browser begyndte", "this browser began")),
        "stale": Said(("for gammelt", "too old")),
        "business": Said(("MitID Erhverv", "MitID for business")),
        "too_low": Said(("under Betydelig", "below Substantial")),
        "without_number": Said(("intet CPR-nummer", "no CPR number")),
        "accepted": Said(("privat MitID", "private MitID"), _KNOWN),
    },
    "login.mitid": {
        "foreign": Said(("patientens eget forsøg", "patient's own attempt")),
        "stale": Said(("for gammelt", "too old")),
        "business": Said(("MitID Erhverv", "MitID for business")),
        "too_low": Said(("under Betydelig", "below Substantial")),
        "without_number": Said(("intet CPR-nummer", "no CPR number")),
        "sign_up": Said(("selv oprette sig", "sign up alone"), ("oprette dig nu", "sign up now")),
        "number_of_another": Said(("kan ikke logge ind som barnet", "cannot log in as the child")),
        "closed": Said(("Brugeren er lukket", "The user is closed")),
        "granted_before_measure": Said(
            Text("Logget ind med privat MitID.", "Logged in with private MitID."), _IN
        ),
        "granted": Said(("En spærring efter gæt", "A lock earned by guessing"), _IN),
    },
    "login.two_factor": {
        "no_user": Said(("Der er ingen bruger", "There is no user")),
        "closed": Said(("Brugeren er lukket", "The user is closed")),
        "locked": Said(("for mange gæt", "too many guesses")),
        "before_measure": Said(("Før kravet om MitID", "Before MitID was required"), _CODE),
        "child_verified": Said(("to-faktor uden flueben", "no tick is needed"), _CODE),
        "new_child_verified": Said(("Barnet er oprettet af", "The child was created by"), _CODE),
        "child_unverified": Said(
            ("Fluebenet erstatter det ikke", "tick does not replace"), _GUARDIAN
        ),
        "new_child_unverified": Said(("Ny patient under 15", "New patient under 15"), _GUARDIAN),
        "ticked": Said(("to-faktor er åben", "two-factor is open"), _CODE),
        "new_ticked": Said(("første login aktiverer", "first login activates"), _CODE),
        "not_ticked": Said(("Fra 15 år uden flueben", "From 15, without the tick")),
    },
    "login.obligation": {
        "temporary": Said(
            ("midlertidig adgangskode skal skiftes", "temporary password must be changed"),
            ("Vælg en ny adgangskode", "Choose a new password"),
        ),
        "own_password": Said(_NOTHING, _NOTHING),
        "no_password_was_used": Said(_NOTHING, _NOTHING),
    },
    "custody.verdict": {
        "same_person": _custody("er det samme", "are the same"),
        "not_under_15": _custody("fyldt 15", "turned 15"),
        "register_silent": _custody("svarede ikke", "did not answer"),
        "old_version": _custody("i en version", "in a version"),
        "about_another": _custody("en anden person", "another person"),
        "not_in_register": _custody("står ikke i registeret", "is not in the register"),
        "protected": _custody("adressebeskyttelse", "protected name or address"),
        "child_gone": _custody("Barnets CPR-nummer er ikke", "child's CPR number is not"),
        "guardian_gone": _custody("Den voksnes CPR-nummer er ikke", "guardian's CPR number is not"),
        "no_custody": _custody("At være forælder er ikke nok", "Being a parent is not enough"),
        "holder_without_number": _custody("uden CPR-nummer", "without a CPR number"),
        "holder_from_15_to_17": _custody("15 til 17 år", "is 15 to 17"),
        "holder_under_15": _custody("selv under 15", "under 15 themselves"),
        "verified": Said(
            ("Registeret bekræfter", "The register confirms"),
            ("Forældremyndigheden er bekræftet", "Custody is confirmed"),
        ),
    },
    "linking.account": {
        "nobody": Said(
            ("Ingen konto har nummeret", "No account holds the number"),
            ("ikke oprettet endnu", "do not have a user yet"),
        ),
        "number_changed": Said(("retter først nummeret", "changes that user's number first")),
        "known": Said(("Kendt MitID", "A known MitID"), _KNOWN),
        "new_subject": Said(("Et nyt MitID", "A new MitID"), _KNOWN),
        "successor": Said(("nyt CPR-nummer", "new CPR number"), _KNOWN),
        "changed_without_word": Said(("hverken register eller stamkort", "neither register nor")),
        "two_accounts": Said(("lægges aldrig sammen", "never merged")),
    },
    "association.sign_up": {
        "open": Said(
            ("tager selv-oprettelse", "takes self sign-up"), ("nu tilknyttet", "now associated")
        ),
        "with_approval": Said(
            ("venter på svar", "awaits your answer"), ("skal godkende dig", "must approve you")
        ),
        "closed": Said(("slået fra", "switched off"), ("Ring til klinikken", "Call the clinic")),
    },
    "session.reach": {
        "user_ended": Said(("Brugeren er lukket", "The user is closed"), _OUT),
        "password_first": Said(
            ("er brugt og ikke skiftet", "was used and not changed"),
            ("Vælg først en ny adgangskode", "Choose a new password first"),
        ),
        "not_associated": Said(
            ("Ingen tilknytning", "No association"), ("ikke tilknyttet", "not with this clinic")
        ),
        "mitid": Said(("Session med MitID", "session with MitID"), _HERE),
        "before_measure": Said(("før kravet", "before the measure"), _HERE),
        "child": Said(("Barn med bekræftet forælder", "child with a guardian"), _HERE),
        "child_without_guardian": Said(("er ophørt", "has ended"), _OUT),
        "own_tick": Said(("eget flueben står", "own tick stands"), _HERE),
        "no_tick_here": Said(("rækker kun til klinikker", "reaches only clinics"), _OUT),
    },
}
"""For each table and row, what its texts say."""
