import pytest

from eservices_core.access.user import ClosedBecause
from eservices_core.usecases.why_not_login import LoginExplained, WhyNotLogin, why_not_login
from eservices_core.words.clinic_time import turns_fifteen_at
from eservices_core.words.identifiers import UserId
from tests.usecases.day import Day
from tests.usecases.people import ANNA, CHILD, DORTE, TEEN, went


def _why(day: Day, user: UserId) -> LoginExplained:
    command = WhyNotLogin(key="why", by=day.by_staff, staff=day.staff, user=user)
    return why_not_login(day.services, command).unwrap()


def test_it_names_the_row_that_the_login_itself_would_name() -> None:
    """D-BOOK-14, D-ACC-21: what staff are told is what a right password would come to now."""
    day = Day()
    user = day.without_mitid(ANNA, "anna")
    assert (_why(day, user).two_factor.rule, _why(day, user).mitid.rule) == ("S-ACC-4", "S-ACC-2")
    assert went(day.untick(user))
    row = _why(day, user).two_factor
    refused = day.type_password("anna").failure()
    assert row.then.reason is not None
    assert (row.rule, row.then.reason.value, row.says.staff) == (
        refused.rule,
        refused.reason,
        refused.says.staff,
    )


@pytest.mark.parametrize("because", ClosedBecause)
def test_it_explains_a_closed_user(because: ClosedBecause) -> None:
    """D-BOOK-14: closed by both methods."""
    day = Day()
    user = day.without_mitid(ANNA, "anna")
    assert went(day.close(user, because))
    assert (_why(day, user).two_factor.name, _why(day, user).mitid.name) == ("closed", "closed")


def test_it_explains_a_lock_a_child_and_a_birthday() -> None:
    """D-BOOK-14: each by its own row."""
    day = Day()
    user = day.without_mitid(ANNA, "anna")
    day.lock_out("anna")
    assert (_why(day, user).two_factor.rule, _why(day, user).mitid.rule) == ("D-ACC-13", "S-ACC-2")
    child = day.child(CHILD, DORTE, "barn")
    assert _why(day, child).two_factor.rule == "S-ACC-10"
    day.withdraw(child)
    assert _why(day, child).two_factor.rule == "S-ACC-9"
    teen = day.child(TEEN, DORTE, "teen")
    day.clock.set(turns_fifteen_at(TEEN.birth_date))
    assert _why(day, teen).two_factor.rule == "S-ACC-3"


def test_it_changes_nothing() -> None:
    """D-BOOK-14, D-LOG-1: asking changes nothing, and that somebody asked is noted."""
    day = Day()
    user = day.without_mitid(ANNA, "anna")
    before = (day.position(), len(day.ledger.audit()) + 1)
    _ = _why(day, user)
    assert (day.position(), len(day.ledger.audit())) == before
    assert day.ledger.audit()[-1].entry.act == "why_not_login"
