"""What each table of staff must answer, written a second time as chains of ifs."""

from typing import Final

from eservices_core.clinic.master_card import Protection
from eservices_core.staffing.desk_session import ENTRY, Entry, EntryFacts, Factors
from eservices_core.staffing.member import Role, Standing
from eservices_core.staffing.opening import OPENING, Basis, Opening, OpeningFacts, Reason
from eservices_core.staffing.permissions import PERMISSIONS, Act, Permission, PermissionFacts
from eservices_core.texts import NextStep
from tests.tools.oracles import Expected, Oracles, Said, Script

RULE: Final = "D-STAFF-1"


def permitted(facts: PermissionFacts) -> Expected:
    """D-STAFF-1: nobody but who works here; support no patients; the manager's acts the manager."""
    no, manager = Permission.MAY_NOT, NextStep.ASK_MANAGER
    strangers = {
        Standing.UNKNOWN: "not_staff_here",
        Standing.NOT_BEGUN: "not_begun",
        Standing.LEFT: "has_left",
    }
    if facts.standing in strangers:
        return Expected(strangers[facts.standing], no, RULE, manager)
    if facts.act is Act.CHANGE_SETTINGS:
        if facts.role in (Role.MANAGER, Role.SUPPORT):
            return Expected("changes_settings", Permission.MAY, RULE, NextStep.GO_ON)
        return Expected("settings_are_the_managers", no, RULE, manager)
    if facts.act in (Act.ADMINISTER_STAFF, Act.READ_AUDIT):
        if facts.role is Role.MANAGER:
            return Expected("manages", Permission.MAY, RULE, NextStep.GO_ON)
        return Expected("managers_only", no, RULE, manager)
    if facts.role is Role.SUPPORT:
        return Expected("support_sees_no_patients", no, RULE, NextStep.ASK_COLLEAGUE)
    return Expected("works_with_patients", Permission.MAY, RULE, NextStep.GO_ON)


def entered(facts: EntryFacts) -> Expected:
    """D-STAFF-1: two factors, while one works here."""
    if facts.standing is not Standing.ACTIVE:
        return Expected("not_staff_now", Entry.KEPT_OUT, RULE, NextStep.ASK_MANAGER)
    if facts.factors is Factors.ONE:
        return Expected("one_factor", Entry.KEPT_OUT, RULE, NextStep.LOG_IN)
    return Expected("let_in", Entry.LET_IN, RULE, NextStep.GO_ON)


def opened(facts: OpeningFacts) -> Expected:
    """D-STAFF-1, D-ACC-19: a purpose that holds; and of a protected person, a reason."""
    shut = Opening.NOT_OPENED
    if facts.basis is Basis.NOT_FOUND:
        return Expected("purpose_not_found", shut, RULE, NextStep.STATE_PURPOSE)
    if facts.protection is Protection.NONE:
        return Expected("opened", Opening.OPENED, RULE, NextStep.GO_ON)
    if facts.reason is Reason.MISSING:
        return Expected("reason_missing", shut, "D-ACC-19", NextStep.STATE_REASON)
    warned = Opening.OPENED_WITH_WARNING
    return Expected("opened_though_protected", warned, "D-ACC-19", NextStep.GO_ON)


ORACLES: Final[Oracles] = (
    (PERMISSIONS, permitted),
    (ENTRY, entered),
    (OPENING, opened),
)
"""Every table of staff with its oracle."""


def _both(da: str, en: str) -> Said:
    return Said((da, en), (da, en))


SAID: Final[Script] = {
    "staff.permissions": {
        "not_staff_here": _both("ikke medarbejder her.", "not a member of staff here."),
        "not_begun": _both("ikke begyndt", "not begun"),
        "has_left": _both("slutdato er nået", "end date has come"),
        "works_with_patients": _both("Det må du", "You may"),
        "support_sees_no_patients": _both("Support har ikke adgang", "Support has no access"),
        "changes_settings": _both("Det må du", "You may"),
        "settings_are_the_managers": _both(
            "af lederen eller support", "by the manager or by support"
        ),
        "manages": _both("Det må du", "You may"),
        "managers_only": _both("Kun lederen", "Only the manager"),
    },
    "staff.entry": {
        "let_in": _both("logget ind", "logged in"),
        "one_factor": _both("to faktorer", "two factors"),
        "not_staff_now": _both("her i dag", "here today"),
    },
    "staff.opening": {
        "opened": _both("noteret i loggen", "noted in the log"),
        "opened_though_protected": _both("sig dem ikke højt", "do not say them aloud"),
        "reason_missing": _both("10 til 1000 tegn", "10 to 1000 characters"),
        "purpose_not_found": _both("findes ikke for denne patient", "no such item or appointment"),
    },
}
"""For each table and row a telling phrase, which the patient's side and staff read alike."""
