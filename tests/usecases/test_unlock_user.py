from eservices_core import events
from eservices_core.access.guesses import GuessesForgiven
from eservices_core.access.user import Locked, UserUnlocked
from tests.usecases.day import Day
from tests.usecases.people import ANNA, CAFE, HOME, HOUR, PASSPORT, SECRET, reason, went


def test_the_clinic_opens_the_login_again_and_guessing_starts_from_nothing() -> None:
    """D-ACC-13: the lock and the guesses that made it are gone; the password is as it was."""
    day = Day()
    user = day.without_mitid(ANNA, "anna")
    day.lock_out("anna")
    assert isinstance(day.state(events.USER, user), Locked)
    assert went(day.unlock(user))
    assert day.budget(user).failures == 0
    _ = day.log_in("anna", SECRET, CAFE)


def test_it_records_who_and_how_identity_was_verified() -> None:
    """D-ACC-13: the clinic is the way out, having seen who asks."""
    day = Day()
    user = day.without_mitid(ANNA, "anna")
    day.lock_out("anna")
    assert went(day.unlock(user))
    assert UserUnlocked(day.staff, PASSPORT) in [one.event for one in day.ledger.events()]


def test_what_is_not_locked_is_not_unlocked() -> None:
    """D-ACC-13: slow is not locked: it passes by itself."""
    day = Day()
    user = day.without_mitid(ANNA, "anna")
    for _ in range(11):
        _ = day.type_password("anna", "wrong", CAFE)
    assert reason(day.unlock(user)) == ("D-ACC-13", "not_locked")
    day.clock.wind(HOUR)
    _ = day.attempt("anna", browser=CAFE)


def test_a_known_browser_that_locked_itself_is_opened_too() -> None:
    """D-ACC-13: fifty wrong guesses at home shut home alone, and the clinic opens it again."""
    day = Day()
    user = day.without_mitid(ANNA, "anna")
    for _ in range(5):
        for _ in range(10):
            _ = day.type_password("anna", "wrong", HOME)
        day.clock.wind(HOUR)
    assert reason(day.type_password("anna", SECRET, HOME)) == ("D-ACC-13", "locked")
    _ = day.attempt("anna", browser=CAFE)  # nothing else is shut
    assert went(day.unlock(user))
    _ = day.log_in("anna", SECRET, HOME)


def test_what_only_a_browser_was_unlocked_on_is_recorded_too() -> None:
    """D-ACC-13: by whom, and how identity was verified, also where the user was not locked."""
    day = Day()
    user = day.without_mitid(ANNA, "anna")
    for _ in range(5):
        for _ in range(10):
            _ = day.type_password("anna", "wrong", HOME)
        day.clock.wind(HOUR)
    position = day.position()
    assert went(day.unlock(user))
    assert [one.event for one in day.since(position)] == [GuessesForgiven(day.staff, PASSPORT)]
