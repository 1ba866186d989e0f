"""S-MENU-1: what staff reach from one menu."""

import pytest
from attrs import evolve as with_changes

from eservices_core.clinic.booking_settings import Switch
from eservices_core.clinic.post_settings import PostSettings
from eservices_core.clinic.settings import ClinicSettings
from eservices_core.staffing.member import Role
from eservices_core.staffing.menu import ACT_OF, LABEL, Function, menu_of
from eservices_core.usecases.answer_patient import CreateEAnswer
from eservices_core.usecases.send_letter import SendLetter
from eservices_core.usecases.send_password import SendPassword
from eservices_core.usecases.who_may import ACTS

COMMANDS = {
    Function.SEND_DIGITAL_POST: SendLetter,
    Function.ASSIGN_PASSWORD: SendPassword,
    Function.CREATE_E_ANSWER: CreateEAnswer,
}
PLAIN = ClinicSettings("Clinic One", "+45 00 00 00 01")
BOUGHT = with_changes(PLAIN, post=PostSettings(bought=Switch.ON, cvr="12345678", label="One"))


@pytest.mark.parametrize("role", [Role.RECEPTION, Role.PRACTITIONER, Role.MANAGER])
def test_whoever_works_with_patients_has_the_three(role: Role) -> None:
    """S-MENU-1: send digital post, assign password, create E-answer, in this order."""
    assert menu_of(role, BOUGHT) == tuple(Function)
    assert len(Function) == 3


@pytest.mark.parametrize("role", list(Role))
def test_digital_post_is_there_where_it_was_bought(role: Role) -> None:
    """S-POST-2: without the add-on the other two are there, and nothing else changes."""
    bought = menu_of(role, BOUGHT)
    assert menu_of(role, PLAIN) == tuple(
        each for each in bought if each is not Function.SEND_DIGITAL_POST
    )


def test_support_has_none_of_them() -> None:
    """D-STAFF-1: all three are about patients."""
    assert menu_of(Role.SUPPORT, BOUGHT) == ()


@pytest.mark.parametrize("function", list(Function))
def test_a_function_is_the_act_that_its_command_is(function: Function) -> None:
    """D-STAFF-1: who is offered a function is not refused it for their role, and the reverse."""
    assert ACTS[COMMANDS[function].__name__] is ACT_OF[function]
    assert LABEL[function].da
