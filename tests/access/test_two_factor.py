from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eservices_core.access import two_factor
from eservices_core.access.two_factor import (
    Attempt,
    AttemptGivenUp,
    AwaitingCode,
    CodeSent,
    CodeTried,
    CodeWasRight,
    GiveUp,
    Ground,
    NotBegun,
    Over,
    SendCode,
    Settle,
    TakeTry,
    TwoFactorRefusal,
    decide,
    evolve,
    why_no_code,
)
from eservices_core.outcome import Failure, Success
from eservices_core.words.identifiers import ContentId, UserId
from tests.access.play import Machine
from tests.access.strategies import LAPTOP, MINUTE, NOON, PHONE, TICK

ATTEMPT: Machine[Attempt, two_factor.Command, two_factor.Event, TwoFactorRefusal] = Machine(
    decide, evolve, NotBegun(), TwoFactorRefusal, two_factor.Event
)

GROUND = Ground(ContentId("password"), ContentId("address"))
KAREN, JENS = UserId("karen"), UserId("jens")
ENDS = NOON + 10 * MINUTE
SEND = SendCode(KAREN, LAPTOP, "digest-1", NOON, ENDS, GROUND, 3)
SENT = CodeSent(KAREN, LAPTOP, "digest-1", ENDS, GROUND, 3, NOON)
NONE, OVER = NotBegun(), Over()
WAITING = AwaitingCode(KAREN, LAPTOP, "digest-1", ENDS, GROUND, NOON, NOON, 3)
BURNT = AwaitingCode(KAREN, LAPTOP, "digest-1", ENDS, GROUND, NOON, NOON, 0)
TRY = TakeTry(LAPTOP, NOON)
RIGHT, WRONG = Settle("digest-1", matches=True), Settle("digest-1", matches=False)


def _waiting(tries_left: int) -> AwaitingCode:
    return AwaitingCode(KAREN, LAPTOP, "digest-1", ENDS, GROUND, NOON, NOON, tries_left)


def test_a_code_is_sent_only_after_a_right_password() -> None:
    """S-ACC-1, D-ACC-13: an attempt begins with a code for one user in one browser."""
    assert decide(NONE, SEND) == Success((SENT,))
    assert ATTEMPT.after(SEND) == WAITING
    for command in (TRY, RIGHT, WRONG, GiveUp()):
        assert decide(NONE, command) == Failure(TwoFactorRefusal.NOT_BEGUN)


def test_the_right_code_logs_in_once() -> None:
    """S-ACC-1, D-ACC-13: the right code ends the attempt; it never works twice (faults: 91)."""
    assert decide(WAITING, TRY) == Success((CodeTried(),))
    tried = ATTEMPT.play(WAITING, TRY)
    assert tried == _waiting(2)
    assert decide(tried, RIGHT) == Success((CodeWasRight(),))
    assert ATTEMPT.play(tried, RIGHT) == OVER
    for command in (SEND, TRY, RIGHT, WRONG, GiveUp()):
        assert decide(OVER, command) == Failure(TwoFactorRefusal.OVER)


def test_after_three_wrong_codes_the_right_one_is_refused() -> None:
    """D-ACC-13: at the limit the code is burnt (faults: 87)."""
    burnt = ATTEMPT.play(WAITING, TRY, WRONG, TRY, WRONG, TRY, WRONG)
    assert burnt == BURNT
    assert decide(burnt, TRY) == Failure(TwoFactorRefusal.NO_TRIES_LEFT)
    assert decide(_waiting(1), TRY) == Success((CodeTried(),))


def test_the_third_try_may_be_right() -> None:
    """D-ACC-13: a try is taken before it is compared, so the last one counts too."""
    third = ATTEMPT.play(WAITING, TRY, WRONG, TRY, WRONG, TRY)
    assert third == BURNT
    assert ATTEMPT.play(third, RIGHT) == OVER
    assert decide(third, WRONG) == Success(())


def test_sending_again_gives_no_new_tries() -> None:
    """D-ACC-13: tries are the attempt's, over all its codes (faults: 89, 93)."""
    again = SendCode(KAREN, LAPTOP, "digest-2", NOON, ENDS + MINUTE, GROUND, 99)
    once_tried = _waiting(1)
    assert decide(once_tried, again) == Success(
        (CodeSent(KAREN, LAPTOP, "digest-2", ENDS + MINUTE, GROUND, 1, NOON),)
    )
    assert ATTEMPT.play(once_tried, again) == AwaitingCode(
        KAREN, LAPTOP, "digest-2", ENDS + MINUTE, GROUND, NOON, NOON, 1
    )
    assert decide(BURNT, again) == Failure(TwoFactorRefusal.NO_TRIES_LEFT)


def test_only_the_newest_code_counts() -> None:
    """D-ACC-13: a code that was replaced while it was compared is refused (faults: 93)."""
    resent = ATTEMPT.play(WAITING, TRY, SendCode(KAREN, LAPTOP, "digest-2", NOON, ENDS, GROUND, 3))
    assert decide(resent, RIGHT) == Failure(TwoFactorRefusal.REPLACED)
    assert decide(resent, WRONG) == Success(())
    assert decide(resent, Settle("digest-2", matches=True)) == Success((CodeWasRight(),))
    assert decide(resent, Settle("digest-2", matches=False)) == Success(())


def test_a_code_works_in_its_own_browser_only() -> None:
    """D-ACC-13: another browser can neither try the code nor have it sent (faults: 91)."""
    other = Failure(TwoFactorRefusal.OTHER_BROWSER)
    assert decide(WAITING, TakeTry(PHONE, NOON)) == other
    assert decide(WAITING, TakeTry(PHONE, ENDS)) == other
    assert decide(BURNT, TakeTry(PHONE, NOON)) == other
    assert decide(WAITING, SendCode(KAREN, PHONE, "digest-2", NOON, ENDS, GROUND, 3)) == other
    assert decide(BURNT, SendCode(JENS, PHONE, "digest-2", NOON, ENDS, GROUND, 3)) == other


def test_an_attempt_stays_with_its_user() -> None:
    """D-ACC-13: 'the password was right' holds for one user; another begins anew."""
    other = SendCode(JENS, LAPTOP, "digest-2", NOON, ENDS, GROUND, 3)
    assert decide(WAITING, other) == Failure(TwoFactorRefusal.OTHER_USER)
    assert decide(BURNT, other) == Failure(TwoFactorRefusal.OTHER_USER)


def test_a_code_ends_at_its_last_instant() -> None:
    """D-ACC-13: good until the instant before it expires (faults: 92)."""
    assert decide(WAITING, TakeTry(LAPTOP, ENDS - TICK)) == Success((CodeTried(),))
    expired = Failure(TwoFactorRefusal.EXPIRED)
    assert decide(WAITING, TakeTry(LAPTOP, ENDS)) == expired
    assert decide(WAITING, TakeTry(LAPTOP, ENDS + TICK)) == expired
    assert decide(BURNT, TakeTry(LAPTOP, ENDS)) == expired


def test_a_code_of_the_future_is_over() -> None:
    """D-ACC-106: a clock that was set back behind the sending of a code revives it no more."""
    early = NOON - MINUTE
    assert decide(WAITING, TakeTry(LAPTOP, early)) == Success((CodeTried(),)), "clocks differ"
    expired = Failure(TwoFactorRefusal.EXPIRED)
    assert decide(WAITING, TakeTry(LAPTOP, early - TICK)) == expired
    assert decide(BURNT, TakeTry(LAPTOP, early - TICK)) == expired


def _send(at: datetime, lives: timedelta = 10 * MINUTE) -> SendCode:
    return SendCode(KAREN, LAPTOP, "digest-2", at, at + lives, GROUND, 3)


def test_an_attempt_dies_of_age_however_often_a_code_is_sent() -> None:
    """D-ACC-106: half an hour after the password no code is sent, and none is good any more."""
    last = NOON + 30 * MINUTE
    again = ATTEMPT.play(WAITING, _send(NOON + 20 * MINUTE))
    assert again == AwaitingCode(
        KAREN, LAPTOP, "digest-2", last, GROUND, NOON, NOON + 20 * MINUTE, 3
    )
    late = ATTEMPT.play(again, _send(last - TICK))
    assert isinstance(late, AwaitingCode)
    assert late.expires_at == last, "not ten minutes later"
    for state in (again, late):
        assert decide(state, _send(last)) == Failure(TwoFactorRefusal.EXPIRED)
        assert decide(state, TakeTry(LAPTOP, last)) == Failure(TwoFactorRefusal.EXPIRED)
    before = _send(NOON - MINUTE - TICK)
    assert decide(WAITING, before) == Failure(TwoFactorRefusal.EXPIRED), "the clock was set back"


def test_a_history_from_before_the_time_was_recorded_is_read() -> None:
    """D-ACC-13: a code whose sending has no time was sent ten minutes before its end."""
    old = CodeSent(KAREN, LAPTOP, "digest-1", ENDS, GROUND, 3)
    assert ATTEMPT.given(old) == WAITING


@given(st.lists(st.tuples(st.sampled_from(["send", "try"]), st.integers(-40, 40)), max_size=12))
def test_no_code_is_compared_outside_its_time_whatever_the_clock_does(
    steps: list[tuple[str, int]],
) -> None:
    """D-ACC-106, faults: 92, 174. A set-back makes no code live longer than twice its time."""
    state: Attempt = NONE
    shown = NOON
    begun_at = sent_at = NOON
    for what, minutes in steps:
        shown += minutes * MINUTE
        command = _send(shown) if what == "send" else TakeTry(LAPTOP, shown)
        outcome = decide(state, command)
        if isinstance(outcome, Failure):
            continue
        if isinstance(state, NotBegun):
            begun_at = shown
        if what == "send":
            sent_at = shown
        state = ATTEMPT.play(state, command)
        assert begun_at - MINUTE <= shown < begun_at + 30 * MINUTE
        assert sent_at - MINUTE <= shown < sent_at + 10 * MINUTE


def test_why_a_code_would_not_be_compared() -> None:
    """D-ACC-13: the question has the same answer as taking a try."""
    assert why_no_code(NONE, LAPTOP, NOON) is TwoFactorRefusal.NOT_BEGUN
    assert why_no_code(OVER, LAPTOP, NOON) is TwoFactorRefusal.OVER
    assert why_no_code(WAITING, LAPTOP, NOON) is None
    assert why_no_code(WAITING, PHONE, NOON) is TwoFactorRefusal.OTHER_BROWSER
    assert why_no_code(WAITING, LAPTOP, ENDS) is TwoFactorRefusal.EXPIRED
    assert why_no_code(BURNT, LAPTOP, NOON) is TwoFactorRefusal.NO_TRIES_LEFT


def test_an_attempt_is_given_up_for_good() -> None:
    """D-ACC-15: when two-factor is no longer open, the attempt ends without a login."""
    for state in (WAITING, BURNT):
        assert decide(state, GiveUp()) == Success((AttemptGivenUp(),))
        assert ATTEMPT.play(state, GiveUp()) == OVER


def test_every_reachable_state_answers_every_command() -> None:
    """D-ACC-15: each command is allowed or refused with a reason, in every state, never raised."""
    commands: list[two_factor.Command] = [
        SEND,
        SendCode(KAREN, LAPTOP, "digest-2", NOON, ENDS, GROUND, 3),
        SendCode(JENS, PHONE, "digest-1", NOON, NOON, GROUND, 1),
        TRY,
        TakeTry(PHONE, NOON - MINUTE),
        TakeTry(LAPTOP, ENDS),
        RIGHT,
        WRONG,
        Settle("digest-2", matches=True),
        GiveUp(),
    ]
    reached = ATTEMPT.reachable(commands)
    assert {NONE, OVER, BURNT, WAITING} <= reached
    tries = [state.tries_left for state in reached if isinstance(state, AwaitingCode)]
    assert min(tries) == 0
    assert max(tries) == 3


def test_a_history_that_cannot_be_is_a_bug() -> None:
    """D-ACC-13: an event that `decide` cannot have given in that state is an assertion."""
    impossible: list[tuple[Attempt, two_factor.Event]] = [
        (OVER, SENT),
        (BURNT, CodeTried()),
        *((state, CodeTried()) for state in (NONE, OVER)),
        *((state, CodeWasRight()) for state in (NONE, OVER)),
        *((state, AttemptGivenUp()) for state in (NONE, OVER)),
    ]
    for state, event in impossible:
        with pytest.raises(AssertionError):
            _ = evolve(state, event)


def test_digests_are_not_shown() -> None:
    """D-ACC-13: neither state, command nor event shows the digest of a code when printed."""
    for shown in (SEND, SENT, WAITING, RIGHT):
        assert "digest-1" not in repr(shown)
