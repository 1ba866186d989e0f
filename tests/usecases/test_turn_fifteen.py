from datetime import date

import pytest

from eservices_core import events
from eservices_core.access.address import NoAddress, Reachable
from eservices_core.access.guardianship import Unverified
from eservices_core.access.login import LoginDecision
from eservices_core.ports.outbox import MailKind
from eservices_core.testing.memory import copenhagen
from eservices_core.usecases.turn_fifteen import FifteenthNoted
from eservices_core.words.clinic_time import turns_fifteen_at
from eservices_core.words.email_address import AddressOwner
from tests.access.strategies import number_of
from tests.usecases.day import Day
from tests.usecases.people import A_DAY, ANNA, DORTE, HOUR, MINUTE, TEEN, TICK, reason, went

MIDNIGHT = turns_fifteen_at(TEEN.birth_date)


@pytest.mark.parametrize(
    ("owner", "told"), [(AddressOwner.OWN, True), (AddressOwner.GUARDIAN, False)]
)
def test_it_records_what_the_birthday_ended(owner: AddressOwner, told: bool) -> None:
    """D-ACC-5: the guardian is gone, a foreign address stops, the patient's own one is told."""
    day = Day()
    user = day.child(TEEN, DORTE, "teen", owner=owner)
    day.deliver()
    day.clock.set(MIDNIGHT)
    assert day.birthday(user).unwrap() == FifteenthNoted(
        guardianship_ended=True, address_stopped=not told, told=told
    )
    assert day.state(events.GUARDIANSHIP, user) == Unverified()
    assert isinstance(day.state(events.ADDRESS, user), Reachable if told else NoAddress)
    assert day.kinds("teen@example.dk")[1:] == ([MailKind.TURNED_FIFTEEN] if told else [])


def test_it_is_not_noted_before_the_day() -> None:
    """D-ACC-5, faults: 106. A moment before midnight in Copenhagen is too early."""
    day = Day(MIDNIGHT - TICK)
    user = day.child(TEEN, DORTE, "teen")
    assert reason(day.birthday(user)) == ("D-ACC-9", "nothing_to_end")
    day.clock.wind(TICK)
    assert went(day.birthday(user))


def test_noted_again_it_does_nothing() -> None:
    """D-ACC-5: once is enough, whoever runs it."""
    day = Day()
    user = day.child(TEEN, DORTE, "teen", owner=AddressOwner.OWN)
    day.clock.set(MIDNIGHT)
    assert day.birthday(user).unwrap().told
    position, mails = day.position(), day.kinds("teen@example.dk")
    nothing = FifteenthNoted(guardianship_ended=False, address_stopped=False, told=False)
    assert day.birthday(user).unwrap() == nothing
    assert (day.position(), day.kinds("teen@example.dk")) == (position, mails)


@pytest.mark.parametrize("owner", [AddressOwner.OWN, AddressOwner.SHARED])
def test_an_address_that_was_set_after_the_birthday_is_left_in_use(owner: AddressOwner) -> None:
    """D-ACC-14: what the grown patient chose does not stop, however late the birthday is noted."""
    day = Day()
    user = day.child(TEEN, DORTE, "teen")
    day.clock.set(MIDNIGHT + HOUR)
    assert went(day.patients_address(user, "new@example.dk", owner=owner))
    assert not day.birthday(user).unwrap().address_stopped
    assert isinstance(day.state(events.ADDRESS, user), Reachable)
    assert not day.birthday(user).unwrap().address_stopped


def test_an_adults_shared_address_is_no_childs() -> None:
    """D-ACC-14: at 15 a child's addresses stop; who was never a child here keeps theirs."""
    day = Day()
    day.card(ANNA)
    user = day.create_patient(ANNA, "anna", owner=AddressOwner.SHARED).unwrap().user
    assert not day.birthday(user).unwrap().address_stopped
    assert day.state(events.ADDRESS, user) != NoAddress()


def test_nothing_waits_for_it() -> None:
    """D-ACC-5: what rested on the guardian has ended at midnight, noted or not."""
    day = Day(MIDNIGHT - MINUTE)
    user = day.child(TEEN, DORTE, "teen")
    session = day.log_in("teen").session
    day.clock.wind(MINUTE)
    assert not day.stands(session)
    assert reason(day.type_password("teen")) == ("S-ACC-3", "use_mitid")
    assert reason(day.send_password(user)) == ("D-ACC-14", "no_address")
    assert day.state(events.GUARDIANSHIP, user) != Unverified(), "nobody has noted it"


@pytest.mark.parametrize(
    ("born", "first_day"),
    [
        (date(2012, 2, 29), copenhagen(2027, 3, 1)),
        (date(2012, 3, 1), copenhagen(2027, 3, 1)),
        (date(2012, 2, 28), copenhagen(2027, 2, 28)),
        (date(2012, 3, 28), copenhagen(2027, 3, 28)),
        (date(2012, 10, 31), copenhagen(2027, 10, 31)),
        (date(2012, 1, 1), copenhagen(2027, 1, 1)),
    ],
)
def test_under_15_ends_at_midnight_in_copenhagen(born: date, first_day: object) -> None:
    """D-ACC-5, faults: 106, 107. On 1 March for a leap day; the days the clocks change are days."""
    day = Day()
    _ = day.child(number_of(born), DORTE, "barn")
    assert isinstance(first_day, type(MIDNIGHT))
    day.clock.set(first_day - TICK)
    decision = day.type_password("barn").unwrap().decision
    assert decision in {LoginDecision.CODE_REQUIRED, LoginDecision.GUARDIAN_REQUIRED}
    day.clock.wind(TICK)
    assert reason(day.type_password("barn")) == ("S-ACC-3", "use_mitid")


def test_past_and_open_matters_are_the_patients() -> None:
    """D-ACC-5: the same user goes on, by the patient's own MitID, at the same clinic."""
    day = Day()
    user = day.child(TEEN, DORTE, "teen")
    day.clock.set(MIDNIGHT + A_DAY)
    assert went(day.birthday(user))
    assert day.use(day.with_mitid(TEEN)).unwrap().user == user
