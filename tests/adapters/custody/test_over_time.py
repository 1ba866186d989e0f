"""Custody over months, with the register asked over its real protocol (D-ACC-9)."""

from collections.abc import Generator

import pytest
from attrs import evolve, frozen

from eservices_adapters.clock import SystemChance
from eservices_adapters.custody.credential import NoCredential
from eservices_adapters.custody.soap import SoapRegister
from eservices_adapters.stand_ins.custody_register import (
    Behaviour,
    CustodyRegisterStandIn,
    Registered,
)
from eservices_adapters.wire_http.driver import Bounds, HttpDriver
from eservices_core.access.login import LoginDecision
from eservices_core.words.civil_number import CivilNumber
from tests.usecases.day import Day
from tests.usecases.people import A_DAY, ANNA, BENT, CHILD, DORTE, MONDAY, TICK, reason


@frozen
class Family:
    """A day of two clinics whose register is the stand-in."""

    day: Day
    register: CustodyRegisterStandIn

    def holds(self, holder: CivilNumber, word: str) -> None:
        """From now on this one is listed for the child, and nobody else."""
        self.register.knows(Registered(CHILD, ((holder, word),)))

    @property
    def decision(self) -> LoginDecision:
        """What the child's password comes to."""
        return self.day.type_password("barn").unwrap().decision


@pytest.fixture
def family() -> Generator[Family]:
    """A child whom Dorte has verified."""
    with CustodyRegisterStandIn() as stand_in:
        day = Day(MONDAY)
        register = SoapRegister(
            stand_in.url,
            NoCredential(),
            HttpDriver(Bounds(seconds=5)),
            day.clock,
            SystemChance(),
        )
        day.services = evolve(day.services, register=register)
        stand_in.knows(*map(Registered, (ANNA, BENT, DORTE)))
        family = Family(day, stand_in)
        family.holds(DORTE, "mor")
        # `Day.child` fills the memory's register, too; nobody asks that one here.
        _ = day.child(CHILD, DORTE, "barn")
        stand_in.questions.clear()
        yield family


def test_custody_is_asked_again_after_30_days(family: Family) -> None:
    """D-ACC-9: at 30 days nobody is asked, a moment later the register is, about both."""
    family.day.clock.wind(30 * A_DAY)
    assert family.decision is LoginDecision.CODE_REQUIRED
    assert len(family.register.questions) == 0
    family.day.clock.wind(TICK)
    assert family.decision is LoginDecision.CODE_REQUIRED
    assert len(family.register.questions) == 2


def test_custody_that_has_ended_closes_two_factor(family: Family) -> None:
    """D-ACC-9, faults: 104, 105. The former holder is refused; a present one opens it again."""
    family.holds(DORTE, "mor_uden")
    family.day.clock.wind(30 * A_DAY + TICK)
    assert family.decision is LoginDecision.GUARDIAN_REQUIRED
    assert reason(family.day.verify(CHILD, DORTE)[1]) == ("D-ACC-7", "no_custody")
    family.holds(BENT, "far")
    assert family.day.verify(CHILD, BENT)[1].unwrap().child_has_user
    assert family.decision is LoginDecision.CODE_REQUIRED


@pytest.mark.parametrize(
    "behaviour",
    [
        *(Behaviour.IS_DOWN, Behaviour.HANGS_UP, Behaviour.GARBLES, Behaviour.FAILS),
        *(Behaviour.SENDS_A_DOCTYPE, Behaviour.IS_ENDLESS, Behaviour.CUTS_OFF),
    ],
)
def test_an_outage_leaves_the_last_answer_for_90_days(family: Family, behaviour: Behaviour) -> None:
    """D-ACC-8, D-ACC-9: whatever the outage, the last answer stands to the 90th day."""
    family.register.behaviour = behaviour
    family.day.clock.wind(90 * A_DAY)
    assert family.decision is LoginDecision.CODE_REQUIRED
    family.day.clock.wind(TICK)
    assert family.decision is LoginDecision.GUARDIAN_REQUIRED
    assert reason(family.day.verify(CHILD, DORTE)[1])[1] == "register_silent"
    family.register.behaviour = Behaviour.ANSWERS
    assert family.decision is LoginDecision.CODE_REQUIRED


def test_an_older_version_is_no_yes_and_no_no(family: Family) -> None:
    """D-ACC-8: a register that was put back to 1.0.3 verifies nobody, and says why to staff."""
    family.register.behaviour = Behaviour.IS_OLDER
    assert reason(family.day.verify(CHILD, DORTE)[1])[1] == "version_cannot_answer"
