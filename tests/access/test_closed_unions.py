from collections.abc import Callable
from functools import partial
from typing import Any, Final, cast

import pytest

from eservices_core.access import (
    address,
    association,
    guardian,
    guardianship,
    guesses,
    mitid_attempt,
    session,
    two_factor,
    user,
)
from eservices_core.access.facts import Age
from eservices_core.access.mitid import Acceptance
from eservices_core.clinic.settings import CodeLimits, SelfSignUp
from eservices_core.words.email_address import AddressOwner
from tests.access.strategies import (
    ANNA,
    DAY,
    FIRST,
    LAPTOP,
    MOTHER,
    NOON,
    PASSPORT,
)


class Stranger:
    """What belongs to no union."""

    def __repr__(self) -> str:
        return "a stranger"


STRANGER: Final = cast("Any", Stranger())
MACHINES: dict[str, tuple[Callable[..., object], Callable[..., object], Any]] = {
    "user": (user.decide, user.evolve, user.NoUser()),
    "association": (association.decide, association.evolve, association.NotAssociated()),
    "session": (session.decide, session.evolve, session.NotBegun()),
    "guesses": (
        partial(guesses.decide, limits=CodeLimits()),
        guesses.evolve,
        guesses.NO_GUESSES,
    ),
    "two_factor": (two_factor.decide, two_factor.evolve, two_factor.NotBegun()),
    "mitid_attempt": (mitid_attempt.decide, mitid_attempt.evolve, mitid_attempt.NotBegun()),
    "guardian": (guardian.decide, guardian.evolve, guardian.NotBegun()),
    "guardianship": (guardianship.decide, guardianship.evolve, guardianship.Unverified()),
    "address": (address.decide, address.evolve, address.NoAddress()),
}


@pytest.mark.parametrize("name", MACHINES)
def test_a_command_or_event_outside_the_union_is_a_bug(name: str) -> None:
    """D-ACC-15: it is an assertion that names it, never taken for nothing to do."""
    decide, evolve, state = MACHINES[name]
    with pytest.raises(AssertionError, match="a stranger"):
        _ = decide(state, STRANGER)
    with pytest.raises(AssertionError, match="a stranger"):
        _ = evolve(state, STRANGER)


QUESTIONS: dict[str, Callable[[], object]] = {
    "user_create": lambda: user.decide(STRANGER, user.Create(user.CreatedBy.CLINIC)),
    "user_lock": lambda: user.decide(STRANGER, user.Lock()),
    "user_unlock": lambda: user.decide(STRANGER, user.Unlock(ANNA, PASSPORT)),
    "user_enter": lambda: user.decide(user.Active(STRANGER), user.EnterWithTwoFactor(NOON)),
    "user_status": lambda: user.status_of(STRANGER),
    "join": lambda: association.decide(STRANGER, association.AskToJoin(SelfSignUp.OPEN)),
    "associate": lambda: association.decide(STRANGER, association.Associate(ANNA)),
    "dissociate": lambda: association.decide(STRANGER, association.Dissociate(ANNA)),
    "tick": lambda: association.decide(STRANGER, association.SetTick(ANNA, PASSPORT, NOON)),
    "untick": lambda: association.decide(STRANGER, association.RemoveTick(ANNA, PASSPORT)),
    "send": lambda: two_factor.decide(
        STRANGER, two_factor.SendCode(STRANGER, LAPTOP, "digest", NOON, NOON, STRANGER, 3)
    ),
    "try": lambda: two_factor.why_no_code(STRANGER, LAPTOP, NOON),
    "settle": lambda: two_factor.decide(STRANGER, two_factor.Settle("digest", matches=True)),
    "give_up": lambda: two_factor.decide(STRANGER, two_factor.GiveUp()),
    "identify": lambda: guardian.decide(
        STRANGER, guardian.Identify(Acceptance.ACCEPTED, MOTHER, LAPTOP, frozenset(), 5, NOON)
    ),
    "judge": lambda: guardian.decide(STRANGER, guardian.Judge(STRANGER, "v", None, NOON)),
    "use_up": lambda: guardian.decide(STRANGER, guardian.UseUp(LAPTOP, NOON)),
    "stands": lambda: guardianship.stands(STRANGER, NOON, DAY),
    "set_address": lambda: address.decide(
        address.Reachable(address.Address(FIRST, AddressOwner.OWN, None, NOON, None, proved=True)),
        address.SetAddress(FIRST, AddressOwner.OWN, STRANGER, NOON, DAY, Age.FROM_15),
    ),
}


@pytest.mark.parametrize("question", QUESTIONS)
def test_a_state_outside_the_union_is_a_bug(question: str) -> None:
    """D-ACC-15: whatever is asked of it, it is an assertion that names it."""
    with pytest.raises(AssertionError, match="a stranger"):
        _ = QUESTIONS[question]()
