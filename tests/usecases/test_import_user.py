"""S-ACC-4: a user of the system before goes on with their username and password."""

from attrs import evolve as with_changes

from eservices_core.access.login import LoginDecision
from eservices_core.outcome import Failure, Success
from eservices_core.ports.ledger import ByStaff
from eservices_core.testing.world import OTHER_CLINIC
from eservices_core.usecases.import_user import (
    ImportUser,
    TakenOver,
    UserImported,
    import_user,
    try_import,
)
from eservices_core.words.secret import Password
from tests.usecases.day import Day
from tests.usecases.people import ANNA, BENT, CHILD, PASSPORT, SECRET
from tests.usecases.settings_cases import TakesOne
from tests.usecases.test_every_use_case import exactly


class TakesAll:
    """`ForeignHashes` that takes every hash."""

    def takes(self, stored: str, /) -> bool:
        """True for any."""
        return bool(stored)


def _command(day: Day, **changes: object) -> ImportUser:
    command = ImportUser(
        key=day.key(),
        by=day.by_staff,
        staff=day.staff,
        number=ANNA,
        address=day.address("anna@example.dk"),
        username=day.username("anna"),
        password=day.hasher.hash(Password(SECRET)),
        tick=PASSPORT,
    )
    return with_changes(command, **changes)


def test_who_was_taken_over_logs_in_as_before() -> None:
    """S-ACC-4: username and password are the old ones, and the tick opens two-factor."""
    day = Day()
    day.card(ANNA)
    imported = import_user(day.services, _command(day), TakesAll()).unwrap()
    assert imported.what is TakenOver.NEW
    assert day.type_password("anna", SECRET).unwrap().decision is LoginDecision.CODE_REQUIRED
    assert day.log_in("anna").user == imported.user


def test_without_the_tick_nobody_logs_in_with_a_password() -> None:
    """S-ACC-3, D-ACC-11: a password that came along opens nothing without staff's word."""
    day = Day()
    day.card(ANNA)
    _ = import_user(day.services, _command(day, tick=None), TakesAll()).unwrap()
    assert isinstance(day.type_password("anna", SECRET), Failure)
    assert not any("TickSet" in type(one.event).__name__ for one in day.ledger.events())


def test_a_hash_that_is_outdated_is_replaced_at_the_first_right_password() -> None:
    """D-ACC-12: a wrong password changes nothing; a right one leaves a hash of our own cost."""
    day = Day()
    day.card(ANNA)
    command = _command(day)
    _ = import_user(day.services, command, TakesAll()).unwrap()
    day.hasher.cost = 2
    _ = day.type_password("anna", "a wrong one")
    assert command.password in day.contents.values()
    _ = day.type_password("anna", SECRET).unwrap()
    assert command.password not in day.contents.values()


def test_twice_changes_nothing() -> None:
    """Who is here already is left as they are, and nothing is stored."""
    day = Day()
    day.card(ANNA)
    first = import_user(day.services, _command(day), TakesAll()).unwrap()
    before = exactly(day)
    again = _command(day, username=day.username("another"), tick=None)
    assert import_user(day.services, again, TakesAll()) == Success(
        UserImported(first.user, TakenOver.ALREADY_HERE)
    )
    assert exactly(day) == before


def test_another_clinic_joins_the_same_user() -> None:
    """D-ACC-11: one user per number; the second clinic's tick is its own word."""
    day = Day()
    day.card(ANNA)
    day.card(ANNA, clinic=OTHER_CLINIC)
    first = import_user(day.services, _command(day), TakesAll()).unwrap()
    second = _command(
        day, staff=day.other_staff, username=day.username("other"), by=ByStaff(day.other_staff)
    )
    joined = import_user(day.services, second, TakesAll()).unwrap()
    assert joined == UserImported(first.user, TakenOver.JOINED)
    assert isinstance(day.type_password("other", SECRET), Failure)
    session = day.log_in("anna").session
    assert session is not None


def test_what_is_not_well_is_refused_and_nothing_is_half_done() -> None:
    """One reason for each thing that is wrong; the ledger holds no user, name or content of it."""
    day = Day()
    for number in (ANNA, BENT, CHILD):
        day.card(number)
    _ = day.patient(BENT, "bent")
    wrong = {
        "no_master_card": _command(day, staff=day.other_staff, by=ByStaff(day.other_staff)),
        "username_taken": _command(day, username=day.username("bent")),
        "username_missing": _command(day, username=None, password=None),
        "password_without_username": _command(day, username=None, tick=None),
        "unknown_hash": _command(day, password="no hash"),
    }
    names, contents, events = day.names, dict(day.contents), day.ledger.events()
    for reason, command in wrong.items():
        foreign = TakesOne() if reason == "unknown_hash" else TakesAll()
        assert import_user(day.services, command, foreign).failure().reason == reason
    assert (day.names, dict(day.contents), day.ledger.events()) == (names, contents, events)


def test_a_dry_run_says_the_same_and_stores_nothing() -> None:
    """Every answer of `try_import` is the one that `import_user` gives then."""
    day = Day()
    day.card(ANNA)
    before = exactly(day)
    tried = try_import(day.services, _command(day), TakesAll()).unwrap()
    assert exactly(day) == before
    assert import_user(day.services, _command(day), TakesAll()).unwrap().what is tried.what
    refused = _command(day, number=BENT)
    assert isinstance(try_import(day.services, refused, TakesAll()), Failure)
