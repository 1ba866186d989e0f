"""What holds of every use case: idempotency (D-LOG-1), and broken stores and ports (faults: 12)."""

from importlib import import_module
from inspect import getmembers, isclass
from itertools import count
from pkgutil import iter_modules
from typing import Any, Final

import pytest
from attrs import evolve

from eservices_core import usecases
from eservices_core.access.guesses import GuessCounted
from eservices_core.clinic.settings import AccessSettings, CodeLimits
from eservices_core.outcome import Failure
from eservices_core.ports.ledger import BySystem
from eservices_core.testing.memory.ledger import StoreUnreachable
from eservices_core.testing.world import CLINIC
from eservices_core.usecases.answer_patient import StaffWriting
from eservices_core.usecases.book_by_link import SeeByLink
from eservices_core.usecases.conversations import PatientCommand, WritingCommand
from eservices_core.usecases.desk import SeeDesk
from eservices_core.usecases.end_attempts import EndAttempts
from eservices_core.usecases.find_patients import FindPatients
from eservices_core.usecases.follow_bookings import FollowBooking
from eservices_core.usecases.journal import ReadJournal
from eservices_core.usecases.leavers import NoteLeaver
from eservices_core.usecases.letters import SeeLetters
from eservices_core.usecases.log_in_with_mitid import GoToMitid, go_to_mitid
from eservices_core.usecases.name_index import ReadName
from eservices_core.usecases.own_log import SeeOwnLog
from eservices_core.usecases.perform import ATTEMPTS_MAX, TooBusy
from eservices_core.usecases.preview_closing import PreviewClosing
from eservices_core.usecases.purge import PurgeEnded
from eservices_core.usecases.refusal import KEY_REUSED
from eservices_core.usecases.see_conversations import (
    SeeConversationAsStaff,
    SeeConversations,
    SeeFile,
    SeeFileAsStaff,
)
from eservices_core.usecases.send_letter import CanReceive
from eservices_core.usecases.services import Command
from eservices_core.usecases.staff import SeeStaff
from eservices_core.usecases.staff_sessions import UseStaffSession
from eservices_core.usecases.sync_calendar import SyncBooking
from eservices_core.usecases.times import AskWhyNot, SeeOwnBookings, SeeTimes
from eservices_core.usecases.use_session import UseSession, use_session
from eservices_core.usecases.watch_lookups import LookForAlarms, SeeAlarms
from eservices_core.usecases.whole_day import CancelDay, MoveDay, PreviewDay
from eservices_core.usecases.why_not_login import WhyNotLogin
from eservices_core.usecases.worklist import SeeUnread, SeeWorklist
from eservices_core.words.identifiers import BrowserId
from eservices_core.words.secret import Password, PasswordAttempt
from tests.usecases.breaking import How, PortBroke, breaking
from tests.usecases.day import Day
from tests.usecases.every_use_case import CASES, KEY, Case, changed
from tests.usecases.looking import HARMLESS, Ended, everything, exactly, kind_of, rights
from tests.usecases.people import ANNA, CAFE, CHILD, DORTE, HOME, SECRET

each_case: Final = pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])

# --- the catalogue -------------------------------------------------------------------------------


def test_the_catalogue_holds_every_command_there_is() -> None:
    """faults: 12. A use case that is written later is missed here."""
    modules = [
        import_module(f"{usecases.__name__}.{module.name}")
        for module in iter_modules(usecases.__path__)
    ]
    commands = {
        member
        for module in modules
        for _, member in getmembers(module, isclass)
        if issubclass(member, Command) and member is not Command
    }
    reading = {
        UseSession,
        WhyNotLogin,
        SeeDesk,
        SeeTimes,
        SeeOwnBookings,
        AskWhyNot,
        PreviewClosing,
        PreviewDay,
        SeeByLink,
        SeeOwnLog,
        SeeStaff,
        SeeAlarms,
        UseStaffSession,
        CanReceive,
        SeeLetters,
        SeeConversations,
        SeeFile,
        SeeConversationAsStaff,
        SeeFileAsStaff,
        SeeWorklist,
        SeeUnread,
        ReadJournal,
        FindPatients,
    }
    shapes = {PatientCommand, WritingCommand, StaffWriting}
    by_the_service = {
        FollowBooking,
        SyncBooking,
        EndAttempts,
        NoteLeaver,
        LookForAlarms,
        PurgeEnded,
        ReadName,
    }
    of_many = {CancelDay, MoveDay}
    covered = {type(case.prepare(case.day())[1]) for case in CASES}
    assert covered == commands - shapes - reading - by_the_service - of_many


@each_case
def test_a_day_is_prepared_alike_every_time(case: Case) -> None:
    """Two days are the same to the last byte, so that one can break where the other did not."""
    day, other = case.day(), case.day()
    assert case.prepare(day)[1] == case.prepare(other)[1]
    assert exactly(day) == exactly(other)


# --- idempotency ---------------------------------------------------------------------------------


@each_case
def test_asked_again_under_its_key_it_gives_the_first_answer_and_does_nothing(case: Case) -> None:
    """faults: 10. A click that came twice has one effect, and both hear the same."""
    day, do, command = case.begin()
    first = do(day.services, command)
    after = exactly(day)
    open_ones = rights(day)
    day.clock.wind(day.services.access.codes.lifetime * 7)
    assert do(day.services, command) == first
    assert exactly(day) == after
    assert rights(day) <= open_ones


@each_case
def test_another_command_under_its_key_is_refused(case: Case) -> None:
    """faults: 10. A key that was used for something else does nothing at all."""
    day, do, command = case.begin()
    command = evolve(command, key=KEY)
    _ = do(day.services, command)
    after = exactly(day)
    going = GoToMitid(key=KEY, by=day.anybody, browser=BrowserId("another"))
    assert go_to_mitid(day.services, going) == Failure(KEY_REUSED)
    other = changed(command, by=BySystem() if command.by != BySystem() else day.anybody)
    assert do(day.services, other) == Failure(KEY_REUSED)
    assert exactly(day) == after


SECRETS: Final[list[tuple[str, str, object]]] = [
    ("type_a_right_password", "password", PasswordAttempt("another one")),
    ("type_a_right_password", "username", "another.one"),
    ("type_a_right_code", "code", "AAAA-AAAA"),
    ("change_the_password", "new", Password("another one")),
    ("change_the_password", "old", PasswordAttempt("another one")),
    ("prove_an_address", "code", "AAAA-AAAA"),
    ("change_ones_own_address", "address", Day.address("another@example.dk")),
    ("change_a_patients_address", "address", Day.address("another@example.dk")),
    ("log_in_with_mitid", "callback", {"state": "another", "code": "another"}),
    ("state_two_numbers", "child", DORTE),
    ("state_two_numbers", "guardian", CHILD),
    ("create_a_child", "password", Password("another one")),
    ("create_a_child", "username", Day.username("another")),
    ("create_a_patient", "number", DORTE),
    ("create_a_patient", "username", Day.username("another")),
    ("change_a_number", "new", DORTE),
]


@pytest.mark.parametrize(("name", "field", "value"), SECRETS)
def test_another_secret_under_its_key_is_another_command(
    name: str, field: str, value: object
) -> None:
    """faults: 10. What a repr masks is told apart all the same: no guess rides on an old answer."""
    day, do, command = next(case for case in CASES if case.name == name).begin()
    _ = do(day.services, command)
    after = exactly(day)
    assert do(day.services, changed(command, **{field: value})) == Failure(KEY_REUSED)
    assert exactly(day) == after


@each_case
@pytest.mark.parametrize("step", ["#1", "#2"])
def test_a_key_that_looks_like_a_step_is_refused_if_it_was_one(case: Case, step: str) -> None:
    """faults: 10. A caller's key may hold anything printable, also what a step of another's has."""
    day, do, command = case.begin()
    command = evolve(command, key=KEY)
    _ = do(day.services, command)
    taken = f"{KEY}{step}" in day.answers
    said = do(day.services, evolve(command, key=f"{KEY}{step}"))
    assert isinstance(said, Failure) or not taken, "never the answer of the step"


@each_case
@pytest.mark.parametrize("length", [1, 127, 128])
def test_a_key_may_be_as_long_as_it_says(case: Case, length: int) -> None:
    """A key has 1 to 128 characters, and every use case takes them all."""
    day, do, command = case.begin()
    other, _, same = case.begin()
    said = do(day.services, evolve(command, key="k" * length))
    assert kind_of(said) == kind_of(do(other.services, same))


@pytest.mark.parametrize("key", ["", "x" * 129, "nøgle", "line\nbreak", "tab\t", None, 7])
def test_what_is_no_key_makes_no_command(key: Any) -> None:
    """A key that a store could not keep is refused where it is made."""
    with pytest.raises(ValueError, match="key takes") as caught:
        _ = GoToMitid(key=key, by=Day().anybody, browser=HOME)
    assert not str(key) or str(key) not in str(caught.value), "the message does not repeat it"


# --- others who are first ------------------------------------------------------------------------


@each_case
def test_the_same_command_twice_at_once_has_one_effect(case: Case) -> None:
    """faults: 10, 78. Two threads with one key: both hear the same, and it was done once."""
    alone, do, command = case.begin()
    _ = do(alone.services, command)
    day, _, _ = case.begin()
    inner: list[Ended] = []
    day.ledger.meanwhile(lambda: inner.append(do(day.services, command)))
    outer = do(day.services, command)
    assert inner == [outer]
    assert everything(day) == everything(alone)


@each_case
def test_whoever_is_first_the_other_decides_anew(case: Case) -> None:
    """faults: 178. The same wish under two keys: the second is decided from what the first left."""
    after, do, command = case.begin()
    second = evolve(command, key="the-other-key")
    _ = do(after.services, command)
    expected = do(after.services, second)
    day, _, _ = case.begin()
    day.ledger.meanwhile(lambda: do(day.services, command))
    assert kind_of(do(day.services, second)) == kind_of(expected)
    seen, should = everything(day), everything(after)
    assert (seen.events, seen.mails, seen.names) == (should.events, should.mails, should.names)


# --- a store that breaks -------------------------------------------------------------------------


def _commits(case: Case) -> int:
    day, do, command = case.begin()
    before = len(day.answers)
    _ = do(day.services, command)
    return len(day.answers) - before


def _break_commit(day: Day, place: int, *, stored: bool) -> None:
    for _ in range(place):
        day.ledger.meanwhile(lambda: None)
    day.ledger.meanwhile(lambda: day.ledger.break_next_commit(stored=stored))


@each_case
@pytest.mark.parametrize("stored", [False, True], ids=["before storing", "after storing"])
def test_a_commit_that_breaks_can_be_asked_again(case: Case, stored: bool) -> None:
    """faults: 151. Each commit of it broken once: asked again, it has one effect.

    Until then nobody has more rights than before, unless the whole of it was stored.
    """
    alone, do, command = case.begin()
    expected = do(alone.services, command)
    commits = _commits(case)
    assert commits >= 1
    for place in range(commits):
        day, do, command = case.begin()
        before, position = rights(day), day.position()
        _break_commit(day, place, stored=stored)
        with pytest.raises(StoreUnreachable):
            _ = do(day.services, command)
        if not (stored and place == commits - 1):
            assert rights(day) <= before
            added = [one.event for one in day.since(position)]
            assert all(isinstance(event, HARMLESS) for event in added), added
        assert kind_of(do(day.services, command)) == kind_of(expected)
        assert everything(day) == everything(alone)
        assert do(day.services, command) == do(day.services, command)


# --- ports that raise, and others who are first ---------------------------------------------------
def test_a_session_is_used_only_when_all_that_it_rests_on_could_be_asked() -> None:
    """faults: 12. Any port that raises while a session is used comes through, and opens nothing."""
    day = Day()
    session = day.sign_up(ANNA, "anna@example.dk").session
    command = UseSession(key="u", by=day.anybody, session=session, browser=HOME, clinic=CLINIC)
    before = exactly(day)
    place = 0
    while True:
        try:
            _ = use_session(breaking(day.services, How.RAISES, count(), place), command).unwrap()
        except PortBroke:
            place += 1
        else:
            break
    assert place > 3
    assert exactly(day) == before


def test_a_key_taken_between_looking_and_storing_is_refused() -> None:
    """faults: 10. The store has the last word on a key."""
    day = Day()
    command = GoToMitid(key=KEY, by=day.anybody, browser=HOME)
    other = GoToMitid(key=KEY, by=day.anybody, browser=BrowserId("another"))
    day.ledger.meanwhile(lambda: go_to_mitid(day.services, other))
    assert go_to_mitid(day.services, command) == Failure(KEY_REUSED)


def test_who_is_never_first_gives_up_and_nothing_is_stored() -> None:
    """faults: 152. After twenty times it says that it is busy; asked again, it goes through."""
    day = Day()
    _ = day.without_mitid(ANNA, "anna")
    position = day.position()
    for _ in range(ATTEMPTS_MAX):
        # Somebody else's guess goes into the same budget, and its own commit takes its turn.
        day.ledger.meanwhile(lambda: day.type_password("anna", "wrong", CAFE))
        day.ledger.meanwhile(lambda: None)
        day.ledger.meanwhile(lambda: None)
    budgets = AccessSettings(codes=CodeLimits(guesses_per_hour=100, failures_in_all=100))
    day.services = evolve(day.services, access=budgets)
    with pytest.raises(TooBusy):
        _ = day.type_password("anna", SECRET, CAFE, key=KEY)
    assert not [key for key in day.answers if key.startswith(KEY)]
    assert {type(one.event) for one in day.since(position)} == {GuessCounted}
    assert day.type_password("anna", SECRET, CAFE, key=KEY).unwrap().attempt is not None
