from datetime import timedelta

import pytest

from eservices_core.access import mitid_attempt
from eservices_core.access.mitid_attempt import (
    Answer,
    AtMitid,
    Attempt,
    AttemptRefusal,
    Begin,
    CameBackFromMitid,
    MaySignUp,
    NotBegun,
    OfferSignUp,
    Over,
    SentToMitid,
    SignUpOffered,
    SignUpTaken,
    TakeSignUp,
    decide,
    evolve,
)
from eservices_core.outcome import Failure, Success
from eservices_core.words.lifetimes import ATTEMPT_LIVES
from tests.access.play import Machine
from tests.access.strategies import FIRST, LAPTOP, MINUTE, NOON, PHONE, SECOND_RECORD, TICK

ATTEMPT: Machine[Attempt, mitid_attempt.Command, mitid_attempt.Event, AttemptRefusal] = Machine(
    decide, evolve, NotBegun(), AttemptRefusal, mitid_attempt.Event
)

LATE = NOON + 30 * MINUTE
BEGIN, ANSWER = Begin(LAPTOP, FIRST, NOON), Answer(LAPTOP, NOON)
OFFER, TAKE = OfferSignUp(SECOND_RECORD), TakeSignUp(LAPTOP, NOON)
NONE, OVER = NotBegun(), Over()
AWAY = AtMitid(LAPTOP, FIRST, NOON)
OFFERED = MaySignUp(LAPTOP, SECOND_RECORD, NOON)
STATES: tuple[Attempt, ...] = (NONE, AWAY, OFFERED, OVER)

R = AttemptRefusal
ANSWERS: list[tuple[mitid_attempt.Command, tuple[mitid_attempt.Event | AttemptRefusal, ...]]] = [
    # command, then the answer in each of: not begun, at MitID, may sign up, over
    (BEGIN, (SentToMitid(LAPTOP, FIRST, NOON), *(R.ALREADY_BEGUN,) * 3)),
    (ANSWER, (R.NOT_BEGUN, CameBackFromMitid(), R.OVER, R.OVER)),
    (OFFER, (R.NOT_BEGUN, SignUpOffered(SECOND_RECORD), R.OVER, R.OVER)),
    (TAKE, (R.NOT_BEGUN, R.NOT_ANSWERED, SignUpTaken(), R.OVER)),
]


def test_every_command_in_every_state() -> None:
    """D-ACC-3: an attempt is begun once and answered once (faults: 78)."""
    for command, answers in ANSWERS:
        for state, answer in zip(STATES, answers, strict=True):
            refused = isinstance(answer, AttemptRefusal)
            expected = Failure(answer) if refused else Success((answer,))
            assert decide(state, command) == expected, f"{command} in {state}"
    assert ATTEMPT.reachable([command for command, _ in ANSWERS]) == set(STATES)


def test_a_login_and_a_sign_up() -> None:
    """S-ACC-2, S-ACC-7: the answer uses the attempt up; a sign-up goes on in the same browser."""
    assert ATTEMPT.after(BEGIN) == AWAY
    assert ATTEMPT.after(BEGIN, ANSWER) == OVER
    assert ATTEMPT.after(BEGIN, OFFER) == OFFERED
    assert ATTEMPT.after(BEGIN, OFFER, TAKE) == OVER


def test_another_browser_gets_nothing() -> None:
    """D-ACC-3: an answer that was brought to another browser is not looked at (faults: 77)."""
    other = Failure(AttemptRefusal.OTHER_BROWSER)
    for at in (NOON, LATE):
        assert decide(AWAY, Answer(PHONE, at)) == other
        assert decide(OFFERED, TakeSignUp(PHONE, at)) == other


def test_an_attempt_lives_half_an_hour() -> None:
    """D-ACC-3: good until the instant before (faults: 80)."""
    assert timedelta(minutes=30) == ATTEMPT_LIVES
    expired = Failure(AttemptRefusal.EXPIRED)
    assert isinstance(decide(AWAY, Answer(LAPTOP, LATE - TICK)), Success)
    assert isinstance(decide(OFFERED, TakeSignUp(LAPTOP, LATE - TICK)), Success)
    for at in (LATE, LATE + TICK):
        assert decide(AWAY, Answer(LAPTOP, at)) == expired
        assert decide(OFFERED, TakeSignUp(LAPTOP, at)) == expired


def test_an_attempt_of_the_future_is_over() -> None:
    """D-ACC-106: a clock that was set back behind its beginning revives no attempt (faults: 92)."""
    early = NOON - MINUTE
    expired = Failure(AttemptRefusal.EXPIRED)
    for state, command in ((AWAY, Answer), (OFFERED, TakeSignUp)):
        assert isinstance(decide(state, command(LAPTOP, early)), Success), "clocks differ"
        assert decide(state, command(LAPTOP, early - TICK)) == expired


def test_a_history_that_cannot_be_is_a_bug() -> None:
    """D-ACC-3: an event that `decide` cannot have given in that state is an assertion."""
    possible: list[tuple[mitid_attempt.Event, Attempt]] = [
        (SentToMitid(LAPTOP, FIRST, NOON), NONE),
        (CameBackFromMitid(), AWAY),
        (SignUpOffered(SECOND_RECORD), AWAY),
        (SignUpTaken(), OFFERED),
    ]
    for event, possible_in in possible:
        for state in STATES:
            if state == possible_in:
                assert evolve(state, event) in STATES
            else:
                with pytest.raises(AssertionError):
                    _ = evolve(state, event)
