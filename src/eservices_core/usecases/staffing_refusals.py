"""What each refusal of the machines of staff means to people (D-STAFF-1)."""

from collections.abc import Mapping
from enum import Enum
from typing import Final

from eservices_core.staffing.desk_session import StaffSessionRefusal
from eservices_core.staffing.member import MemberRefusal
from eservices_core.texts import NextStep, Says, Text
from eservices_core.usecases.refusal import Meaning, Refusal


def _says(step: NextStep, da: str, en: str) -> Meaning:
    return ("D-STAFF-1", step, None, Text(da, en))


MEANINGS: Final[Mapping[Enum, Meaning]] = {
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

NOT_AS_PATIENT: Final = Refusal(
    "D-STAFF-1",
    "staff_are_no_patients",
    NextStep.OPEN_PATIENT,
    Says.to_staff(
        "Ingen kan se eller handle som en patient. Åbn patienten i stedet.",
        "Nobody can look or act as a patient. Open the patient instead.",
    ),
)
ACTS_AS_ANOTHER: Final = Refusal(
    "D-STAFF-1",
    "acts_as_another",
    NextStep.LOG_IN,
    Says.to_staff("Log ind som dig selv.", "Log in as yourself."),
)
LAST_MANAGER: Final = Refusal(
    "D-STAFF-1",
    "last_manager",
    NextStep.ENROLL_MANAGER,
    Says.to_staff(
        "Klinikken skal have en leder. Gør en anden til leder først.",
        "The clinic must have a manager. Make somebody else one first.",
    ),
)
FIRST_MANAGER_STANDS: Final = Refusal(
    "D-STAFF-1",
    "first_manager_stands",
    NextStep.ASK_MANAGER,
    Says.to_staff(
        "Klinikken har en leder, som opretter medarbejdere.",
        "The clinic has a manager, who enrolls staff.",
    ),
)
NO_STAFF_NAME: Final = Refusal(
    "D-STAFF-1",
    "no_staff_name",
    NextStep.TRY_AGAIN,
    Says.to_staff(
        "Skriv medarbejderens navn med 1 til 100 tegn.",
        "Write the name of the member of staff, in 1 to 100 characters.",
    ),
)
STAFF_KEPT_ELSEWHERE: Final = Refusal(
    "D-STAFF-1",
    "staff_kept_elsewhere",
    NextStep.ASK_MANAGER,
    Says.to_staff(
        "Medarbejdere oprettes i klinikkens eget system.",
        "Staff are enrolled in the clinic's own system.",
    ),
)
MONTH_NOT_OVER: Final = Refusal(
    "D-STAFF-1",
    "month_not_over",
    NextStep.TRY_AGAIN,
    Says.to_staff("Måneden er ikke slut endnu.", "The month is not over yet."),
)
