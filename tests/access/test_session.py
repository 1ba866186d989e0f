from itertools import product

import pytest

from eservices_core.access import session
from eservices_core.access.facts import Age, Guardian, Measure, Tick, UserStatus
from eservices_core.access.login import TWO_FACTOR, LoginDecision, TwoFactorLogin
from eservices_core.access.session import (
    REACH,
    Begin,
    End,
    Ended,
    Membership,
    Method,
    NotBegun,
    Open,
    PasswordDuty,
    Reach,
    ReachFacts,
    Session,
    SessionBegun,
    SessionEnded,
    SessionRefusal,
    decide,
    evolve,
    is_over,
)
from eservices_core.outcome import Failure, Success
from eservices_core.words.identifiers import UserId
from tests.access.play import Machine
from tests.access.strategies import HOUR, LAPTOP, MINUTE, NOON, PHONE, TICK

SESSION: Machine[Session, session.Command, session.Event, SessionRefusal] = Machine(
    decide, evolve, NotBegun(), SessionRefusal, session.Event
)

KAREN = UserId("karen")
ENDS_AT = NOON + HOUR
BEGIN = Begin(KAREN, Method.TWO_FACTOR, LAPTOP, NOON, ENDS_AT)
BEGUN = SessionBegun(KAREN, Method.TWO_FACTOR, LAPTOP, NOON, ENDS_AT)
OPEN = Open(KAREN, Method.TWO_FACTOR, LAPTOP, NOON, ENDS_AT)
NONE, ENDED = NotBegun(), Ended()


def _reach(
    method: Method,
    *,
    user: UserStatus = UserStatus.ACTIVE,
    duty: PasswordDuty = PasswordDuty.NONE,
    membership: Membership = Membership.ASSOCIATED,
    measure: Measure = Measure.IN_FORCE,
    age: Age = Age.FROM_15,
    tick: Tick = Tick.NOT_SET,
    guardian: Guardian = Guardian.NOT_VERIFIED,
) -> Reach:
    facts = ReachFacts(method, user, duty, membership, measure, age, tick, guardian)
    return REACH.decide(facts).then


# ------------------------------------------------------------------------------- where it reaches


def test_a_mitid_session_reaches_every_associated_clinic() -> None:
    """D-ACC-11: with MitID neither tick, age nor guardian matters, only the association."""
    for measure, age, tick, guardian in product(Measure, Age, Tick, Guardian):
        reach = _reach(Method.MITID, measure=measure, age=age, tick=tick, guardian=guardian)
        assert reach is Reach.OPEN
    elsewhere = _reach(Method.MITID, membership=Membership.NOT_ASSOCIATED)
    assert elsewhere is Reach.OTHER_CLINICS_ONLY


def test_a_two_factor_session_reaches_only_clinics_with_their_own_tick() -> None:
    """D-ACC-11: one clinic's tick opens that clinic, and no other."""
    assert _reach(Method.TWO_FACTOR, tick=Tick.SET) is Reach.OPEN
    assert _reach(Method.TWO_FACTOR, tick=Tick.NOT_SET) is Reach.OTHER_CLINICS_ONLY


def test_a_childs_session_reaches_associated_clinics_while_a_guardian_stands() -> None:
    """S-ACC-6, D-ACC-9: no tick is needed; when custody ends, the session ends with it."""
    child = Age.UNDER_15
    assert _reach(Method.TWO_FACTOR, age=child, guardian=Guardian.VERIFIED) is Reach.OPEN
    for tick in Tick:
        assert _reach(Method.TWO_FACTOR, age=child, tick=tick) is Reach.ENDED
    elsewhere = _reach(
        Method.TWO_FACTOR,
        age=child,
        guardian=Guardian.VERIFIED,
        membership=Membership.NOT_ASSOCIATED,
    )
    assert elsewhere is Reach.OTHER_CLINICS_ONLY


def test_at_fifteen_what_rested_on_the_guardian_ends() -> None:
    """D-ACC-5: the child's open session reaches no clinic any more, but for one with a tick."""
    before = _reach(Method.TWO_FACTOR, age=Age.UNDER_15, guardian=Guardian.VERIFIED)
    after = _reach(Method.TWO_FACTOR, age=Age.FROM_15, guardian=Guardian.VERIFIED)
    assert (before, after) == (Reach.OPEN, Reach.OTHER_CLINICS_ONLY)


def test_a_temporary_password_is_changed_before_anything_else() -> None:
    """D-ACC-12: until then the session does nothing, by whichever method it began."""
    for method, membership, tick in product(Method, Membership, Tick):
        duty = PasswordDuty.CHANGE_FIRST
        reach = _reach(method, duty=duty, membership=membership, tick=tick)
        assert reach is Reach.PASSWORD_FIRST


def test_a_closed_user_has_no_session() -> None:
    """D-ACC-15, D-ACC-20: death or closing ends every session at once, whatever else holds."""
    for facts in REACH.cases():
        ended = facts.user in (UserStatus.NONE, UserStatus.CLOSED)
        if ended:
            assert REACH.decide(facts).then is Reach.ENDED


def test_a_session_is_open_only_where_a_login_would_be() -> None:
    """D-ACC-15: at every use two-factor is decided again, as the login itself would be."""
    for facts in REACH.cases():
        if facts.method is Method.MITID or REACH.decide(facts).then is not Reach.OPEN:
            continue
        # A lock by guessing shuts the way in; who is in already is not thrown out by strangers.
        user = UserStatus.ACTIVE if facts.user is UserStatus.LOCKED else facts.user
        login = TwoFactorLogin(user, facts.measure, facts.age, facts.tick, facts.guardian)
        assert TWO_FACTOR.decide(login).then.decision is LoginDecision.CODE_REQUIRED
        assert facts.membership is Membership.ASSOCIATED


# ------------------------------------------------------------------------------------- its life


def test_every_command_in_every_state() -> None:
    """D-ACC-15: a session begins once and ends once, and says who, how, where and until when."""
    assert decide(NONE, BEGIN) == Success((BEGUN,))
    assert decide(OPEN, BEGIN) == Failure(SessionRefusal.ALREADY_BEGUN)
    assert decide(ENDED, BEGIN) == Failure(SessionRefusal.ALREADY_BEGUN)
    assert decide(NONE, End()) == Failure(SessionRefusal.NOT_OPEN)
    assert decide(OPEN, End()) == Success((SessionEnded(),))
    assert decide(ENDED, End()) == Failure(SessionRefusal.NOT_OPEN)
    assert SESSION.after(BEGIN) == OPEN
    assert SESSION.after(BEGIN, End()) == ENDED
    other = Begin(UserId("jens"), Method.MITID, PHONE, NOON - HOUR, NOON)
    assert SESSION.after(other) == Open(UserId("jens"), Method.MITID, PHONE, NOON - HOUR, NOON)
    assert SESSION.reachable([BEGIN, End()]) == {NONE, OPEN, ENDED}


def test_a_session_is_over_when_its_longest_time_is_up() -> None:
    """D-ACC-15: open until the instant before `ends_at`; never begun or ended is over."""
    for changed_at in (None, NOON - HOUR):
        assert not is_over(OPEN, NOON, changed_at)
        assert not is_over(OPEN, ENDS_AT - TICK, changed_at)
        assert is_over(OPEN, ENDS_AT, changed_at)
        assert is_over(OPEN, ENDS_AT + TICK, changed_at)
        assert is_over(NONE, NOON, changed_at)
        assert is_over(ENDED, NOON, changed_at)


def test_a_session_of_the_future_is_over() -> None:
    """D-ACC-106: a clock that was set back behind its beginning revives no session (faults: 92)."""
    begun_at = OPEN.begun_at
    assert not is_over(OPEN, begun_at - MINUTE, None), "clocks differ"
    assert is_over(OPEN, begun_at - MINUTE - TICK, None)


def test_a_changed_address_ends_two_factor_sessions_begun_before() -> None:
    """D-ACC-14: what was begun before the change is over; MitID sessions go on."""
    later = NOON + TICK
    for method, over in ((Method.TWO_FACTOR, True), (Method.MITID, False)):
        begun = Open(KAREN, method, LAPTOP, NOON, ENDS_AT)
        assert is_over(begun, later, later) is over
        assert is_over(begun, later, NOON) is False
        assert is_over(begun, later, NOON - TICK) is False
        assert is_over(begun, ENDS_AT, later) is True


def test_a_history_that_cannot_be_is_a_bug() -> None:
    """D-ACC-15: beginning twice, or ending what is not open, is an assertion."""
    impossible: list[tuple[Session, session.Event]] = [
        (OPEN, BEGUN),
        (ENDED, BEGUN),
        (NONE, SessionEnded()),
        (ENDED, SessionEnded()),
    ]
    for state, event in impossible:
        with pytest.raises(AssertionError):
            _ = evolve(state, event)
