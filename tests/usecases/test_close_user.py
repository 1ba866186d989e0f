import pytest

from eservices_core import events
from eservices_core.access.user import ClosedBecause, password_in
from eservices_core.ports.outbox import Handover
from eservices_core.usecases.close_user import UserIsClosed
from tests.usecases.day import Day
from tests.usecases.people import ANNA, CHILD, DORTE, WORK, reason, went


@pytest.mark.parametrize("because", ClosedBecause)
def test_every_session_ends_at_its_next_use(because: ClosedBecause) -> None:
    """D-ACC-20: both methods', at every clinic, at once."""
    day = Day()
    user = day.without_mitid(ANNA, "anna")
    by_code, by_mitid = day.log_in("anna").session, day.with_mitid(ANNA, WORK)
    assert day.close(user, because).unwrap() == UserIsClosed()
    assert reason(day.use(by_code)) == ("D-ACC-15", "ended")
    assert reason(day.use(by_mitid, WORK)) == ("D-ACC-15", "ended")


def test_nobody_logs_in_any_more() -> None:
    """D-ACC-4, D-ACC-20: not with the password, not with MitID, not as a child's guardian."""
    day = Day()
    child = day.child(CHILD, DORTE, "barn")
    assert went(day.close(child, ClosedBecause.DEATH))
    assert reason(day.type_password("barn")) == ("D-ACC-2", "wrong_password")
    sent = day.go()
    _, refused = day.come_back(sent.attempt, day.at_mitid(sent.address, CHILD))
    assert reason(refused) == ("D-ACC-4", "closed")
    attempt, verified = day.verify(CHILD, DORTE)
    assert verified.unwrap().child_has_user
    assert reason(day.create_child(attempt, "barn2")) == ("D-ACC-11", "already_exists")
    assert reason(day.type_password("barn")) == ("D-ACC-2", "wrong_password")


def test_a_user_is_closed_once() -> None:
    """D-ACC-20: what is over is not ended again."""
    day = Day()
    user = day.without_mitid(ANNA, "anna")
    assert went(day.close(user, ClosedBecause.BY_PATIENT))
    assert reason(day.close(user, ClosedBecause.DEATH)) == ("D-ACC-4", "closed")


@pytest.mark.parametrize("because", ClosedBecause)
def test_after_a_death_no_mail_leaves_that_still_waits(because: ClosedBecause) -> None:
    """D-ACC-20: it is withdrawn, never expired or sent; what left already has left."""
    day = Day()
    user = day.without_mitid(ANNA, "anna")
    _ = day.send_password(user).unwrap()
    day.deliver()
    _ = day.send_password(user).unwrap()
    before = len(day.mailbox.arrived)
    _ = day.close(user, because).unwrap()
    day.deliver()
    left = len(day.mailbox.arrived) - before
    dead = because is ClosedBecause.DEATH
    assert left == (0 if dead else 1)
    ended = Handover.WITHDRAWN if dead else Handover.HANDED_OVER
    assert day.ledger.mails_about(user)[-1].state is ended


@pytest.mark.parametrize("because", ClosedBecause)
def test_the_password_is_erased_with_the_user(because: ClosedBecause) -> None:
    """D-KEEP-1: a hash that counts no more does not lie there."""
    day = Day()
    user = day.without_mitid(ANNA, "anna")
    password = password_in(day.state(events.USER, user))
    assert password in day.contents
    _ = day.close(user, because).unwrap()
    assert password not in day.contents
