"""The staff's menu: three functions at one place (S-MENU-1).

Here: which functions there are, what kind of act each is, and who is offered which. A function that
somebody may not use is not offered, and is refused all the same when it is asked for. Not here:
the functions themselves (`usecases.send_letter`, `usecases.send_password`,
`usecases.answer_patient`).
"""

from collections.abc import Mapping
from enum import Enum, unique
from types import MappingProxyType
from typing import Final

from eservices_core.clinic.booking_settings import Switch
from eservices_core.clinic.settings import ClinicSettings
from eservices_core.staffing.member import Role, Standing
from eservices_core.staffing.permissions import PERMISSIONS, Act, Permission, PermissionFacts
from eservices_core.texts import Text


@unique
class Function(Enum):
    """One of the three."""

    SEND_DIGITAL_POST = "send_digital_post"
    ASSIGN_PASSWORD = "assign_password"
    CREATE_E_ANSWER = "create_e_answer"


ACT_OF: Final[Mapping[Function, Act]] = MappingProxyType(
    {
        Function.SEND_DIGITAL_POST: Act.SEND_LETTER,
        Function.ASSIGN_PASSWORD: Act.MANAGE_PATIENT,
        Function.CREATE_E_ANSWER: Act.CORRESPOND,
    }
)
LABEL: Final[Mapping[Function, Text]] = MappingProxyType(
    {
        Function.SEND_DIGITAL_POST: Text("Send digital post", "Send digital post"),
        Function.ASSIGN_PASSWORD: Text("Tildel adgangskode", "Assign password"),
        Function.CREATE_E_ANSWER: Text("Opret e-svar", "Create E-answer"),
    }
)


def menu_of(role: Role, settings: ClinicSettings) -> tuple[Function, ...]:
    """Give what the menu of somebody who works at a clinic offers, in its order.

    Digital post is there where the clinic has bought it (S-POST-2); the rest is the role's.
    """
    return tuple(
        function
        for function in Function
        if _may(role, ACT_OF[function])
        and (function is not Function.SEND_DIGITAL_POST or settings.post.bought is Switch.ON)
    )


def _may(role: Role, act: Act) -> bool:
    facts = PermissionFacts(standing=Standing.ACTIVE, role=role, act=act)
    return PERMISSIONS.decide(facts).then is Permission.MAY
