"""The people, browsers and instants of the tests of use cases, and how their outcomes are read.

Here: names to write examples with. Not here: what anybody does (`day`).
"""

from datetime import date, timedelta
from typing import Any, Final

from eservices_core.access.custody import CivilStatus, RegisterAnswer, Relative
from eservices_core.clinic.master_card import Protection
from eservices_core.clinic.staff import IdentityEvidence
from eservices_core.outcome import Failure, Outcome
from eservices_core.testing.memory import copenhagen
from eservices_core.testing.world import World
from eservices_core.usecases.refusal import Refusal
from eservices_core.words.civil_number import CivilNumber
from tests.access.strategies import number_of

MONDAY: Final = copenhagen(2026, 11, 23, 8)
MINUTE: Final = timedelta(minutes=1)
HOUR: Final = timedelta(hours=1)
A_DAY: Final = timedelta(days=1)
TICK: Final = timedelta(microseconds=1)

ANNA: Final = World.civil_number("0709614606")
BENT: Final = World.civil_number("0709614231")
DORTE: Final = World.civil_number("1303814074")
EVA: Final = World.civil_number("2906980013")
CHILD: Final = number_of(date(2018, 5, 17))
SISTER: Final = number_of(date(2020, 8, 30))
TEEN: Final = number_of(date(2011, 11, 24), 7)
"""Turns 15 on the day after `MONDAY`."""

HOME: Final = World.browser("home")
WORK: Final = World.browser("work")
CAFE: Final = World.browser("cafe")

PASSPORT: Final = IdentityEvidence.PASSPORT
CALLED_BACK: Final = IdentityEvidence.CALLED_BACK
SECRET: Final = "korrekt hest batteri"
"""The password that people choose here."""


def answer(
    number: CivilNumber,
    relatives: tuple[Relative, ...] = (),
    *,
    born: date | None = None,
    protection: Protection = Protection.NONE,
    status: CivilStatus = CivilStatus.LIVING,
) -> RegisterAnswer:
    """Make what the register says about a person."""
    birth_date = born or number.birth_date
    return RegisterAnswer("9.0", number, birth_date, status, protection, relatives)


def reason(outcome: Outcome[Any, Refusal]) -> tuple[str, str]:
    """Give the rule and the reason of a refusal."""
    refusal = outcome.failure()
    return refusal.rule, refusal.reason


def went(outcome: Outcome[Any, Refusal]) -> bool:
    """True if it went through."""
    return not isinstance(outcome, Failure)
