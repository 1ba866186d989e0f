"""What each refusal of the machines of staff means to people (D-STAFF-1)."""

from collections.abc import Mapping
from enum import Enum
from typing import Final, TypeAlias

from eservices_core.staffing.desk_session import StaffSessionRefusal
from eservices_core.staffing.member import MemberRefusal
from eservices_core.texts import NextStep, Text

_Meaning: TypeAlias = tuple[str, NextStep, Text | None, Text]


def _says(step: NextStep, da: str, en: str) -> _Meaning:
    return ("D-STAFF-1", step, None, Text(da, en))


MEANINGS: Final[Mapping[Enum, _Meaning]] = {
    MemberRefusal.NOT_ENROLLED: _says(
        NextStep.TRY_AGAIN,
        "Der er ingen medarbejder med det id.",
        "There is no member of staff of that id.",
    ),
    MemberRefusal.ALREADY_ENROLLED: _says(
        NextStep.GO_ON, "Medarbejderen er allerede oprettet.", "The person is enrolled already."
    ),
    MemberRefusal.HAS_LEFT: _says(
        NextStep.TRY_AGAIN,
        "Medarbejderens slutdato er nået. Opret medarbejderen igen.",
        "The person's end date has come. Enroll them again.",
    ),
    MemberRefusal.SAME_ROLE: _says(
        NextStep.GO_ON, "Medarbejderen har allerede den rolle.", "The person has that role already."
    ),
    MemberRefusal.END_IS_PAST: _says(
        NextStep.TRY_AGAIN, "Slutdatoen er passeret.", "The end date is past."
    ),
    MemberRefusal.END_BEFORE_BEGIN: _says(
        NextStep.TRY_AGAIN,
        "Slutdatoen ligger før den første dag.",
        "The end date lies before the first day.",
    ),
    MemberRefusal.NO_END: _says(
        NextStep.GO_ON, "Der er ingen slutdato at fjerne.", "There is no end date to lift."
    ),
    MemberRefusal.NOT_YET: _says(
        NextStep.TRY_AGAIN, "Slutdatoen er ikke nået.", "The end date has not come."
    ),
    StaffSessionRefusal.KEPT_OUT: _says(
        NextStep.LOG_IN,
        "Medarbejdere logger ind med to faktorer, så længe de er ansat.",
        "Members of staff log in with two factors, as long as they work here.",
    ),
    StaffSessionRefusal.ID_USED: _says(
        NextStep.LOG_IN, "Log ind igen.", "Log in again: the session's id was used before."
    ),
    StaffSessionRefusal.NOT_LOGGED_IN: _says(
        NextStep.LOG_IN, "Du er logget ud. Log ind igen.", "You are logged out. Log in again."
    ),
}
