from datetime import timedelta
from functools import partial

import pytest

from eservices_core.access import guesses, user
from eservices_core.clinic.settings import CodeLimits
from eservices_core.events import GUESSES, USER
from eservices_core.testing.memory import copenhagen
from eservices_core.testing.scenario import given

CREATED = user.UserCreated(user.CreatedBy.CLINIC, None)
AT = copenhagen(2027, 3, 28)


def test_a_story_goes_on() -> None:
    """What a command comes to is what is given for the next one."""
    waiting = given(CREATED).of(USER)
    locked = waiting.when(user.Lock(), user.decide).then(user.UserLocked())
    again = locked.when(user.Lock(), user.decide).then()
    _ = again.when(user.Create(user.CreatedBy.CLINIC), user.decide).then_refused(
        user.UserRefusal.ALREADY_EXISTS
    )
    assert isinstance(locked.state, user.Locked)
    assert locked.state.was == waiting.state


def test_the_rest_of_decide_is_bound_first() -> None:
    """A `decide` that takes more than state and command is bound with it (D-ACC-13)."""
    limits = CodeLimits(guesses_per_hour=3)
    decide = partial(guesses.decide, limits=limits)
    counted = [guesses.GuessCounted(guesses.Purpose.CODE, AT)] * 3
    too_often = guesses.Count(guesses.Purpose.CODE, AT + timedelta(minutes=59))
    in_time = guesses.Count(guesses.Purpose.CODE, AT + timedelta(minutes=61))
    case = given(*counted).of(GUESSES)
    _ = case.when(too_often, decide).then_refused(guesses.GuessRefusal.TOO_OFTEN)
    _ = case.when(in_time, decide).then(guesses.GuessCounted(in_time.purpose, in_time.at))


def test_other_events_are_an_error_that_reads() -> None:
    """A story that goes another way is told with what was given, expected and found."""
    decided = given(CREATED).of(USER).when(user.EnterWithMitid(), user.decide)
    with pytest.raises(AssertionError) as found:
        _ = decided.then(user.UserActivated(), user.TemporaryPasswordVoided())
    assert str(found.value).splitlines() == [
        "user:",
        "  given     UserCreated(by=<CreatedBy.CLINIC: 'clinic'>, password=None)",
        "  when      EnterWithMitid()",
        "  then      UserActivated()",
        "            TemporaryPasswordVoided()",
        "  but       UserActivated()",
    ]


@pytest.mark.parametrize("reason", [user.UserRefusal.CLOSED, user.UserRefusal.NO_USER])
def test_another_refusal_is_an_error(reason: user.UserRefusal) -> None:
    """A refusal for another reason, or none at all, is an error."""
    with pytest.raises(AssertionError, match=f"refused: {reason}"):
        _ = given(CREATED).of(USER).when(user.Lock(), user.decide).then_refused(reason)


def test_a_refusal_is_not_nothing() -> None:
    """A refusal is told apart from a success without events."""
    with pytest.raises(AssertionError, match=r"but +refused: UserRefusal\.NO_USER"):
        _ = given().of(USER).when(user.Lock(), user.decide).then()


def test_what_cannot_be_given_is_an_error() -> None:
    """A history that the machine cannot have is noticed before anything is decided."""
    with pytest.raises(AssertionError):
        _ = given(user.UserActivated()).of(USER)
