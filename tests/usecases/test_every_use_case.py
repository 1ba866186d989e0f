"""What holds of every use case: idempotency (D-LOG-1), and broken stores and ports (faults: 12)."""

from collections import Counter
from collections.abc import Callable, Iterator
from importlib import import_module
from inspect import getmembers, isclass
from itertools import count
from pkgutil import iter_modules
from typing import Any, Final

import pytest
from attrs import AttrsInstance, asdict, evolve, frozen

from eservices_core import usecases
from eservices_core.access.guardian import ChildAsked, GuardianIdentified
from eservices_core.access.guardianship import CustodyRenewed, GuardianshipEnded
from eservices_core.access.guesses import GuessCounted
from eservices_core.access.two_factor import CodeTried
from eservices_core.access.user import UserLocked
from eservices_core.booking import guest, link
from eservices_core.clinic.settings import AccessSettings, CodeLimits
from eservices_core.outcome import Failure, Outcome
from eservices_core.ports.ledger import BySystem
from eservices_core.testing.memory.ledger import StoreUnreachable
from eservices_core.testing.world import CLINIC, OTHER_CLINIC
from eservices_core.usecases.answer_patient import StaffWriting
from eservices_core.usecases.book_by_link import SeeByLink
from eservices_core.usecases.conversations import PatientCommand, WritingCommand
from eservices_core.usecases.desk import SeeDesk
from eservices_core.usecases.end_attempts import EndAttempts
from eservices_core.usecases.follow_bookings import FollowBooking
from eservices_core.usecases.log_in_with_mitid import GoToMitid, go_to_mitid
from eservices_core.usecases.refusals import Refusal
from eservices_core.usecases.see_conversations import (
    SeeConversationAsStaff,
    SeeConversations,
    SeeFile,
    SeeFileAsStaff,
)
from eservices_core.usecases.services import Command, Services
from eservices_core.usecases.sync_calendar import SyncBooking
from eservices_core.usecases.times import AskWhyNot, SeeOwnBookings, SeeTimes
from eservices_core.usecases.unit import ATTEMPTS_MAX, KEY_REUSED, TooBusy
from eservices_core.usecases.use_session import UseSession, use_session
from eservices_core.usecases.whole_day import CancelDay, MoveDay, PreviewDay
from eservices_core.usecases.why_not_login import WhyNotLogin
from eservices_core.words.identifiers import BrowserId, SessionId
from eservices_core.words.secret import Password, PasswordAttempt
from tests.usecases.day import Day
from tests.usecases.every_use_case import CASES, KEY, Case, changed
from tests.usecases.people import ANNA, CAFE, CHILD, DORTE, HOME, SECRET

Ended = Outcome[Any, Refusal]

each_case: Final = pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])

HARMLESS: Final = (
    GuessCounted,
    CodeTried,
    UserLocked,
    GuardianIdentified,
    ChildAsked,
    CustodyRenewed,
    GuardianshipEnded,
    guest.CodeTried,
    link.CancelCodeTried,
)
"""What a command may have stored before its last step: nothing that opens anything."""


@frozen
class Everything:
    """All that a ledger holds, as far as two runs of one story must agree: no ids, no bytes."""

    events: dict[tuple[str, str], int]
    audit: dict[object, int]
    mails: dict[object, int]
    names: dict[object, int]
    contents: int
    answers: int


def everything(day: Day) -> Everything:
    """Count what a ledger holds."""
    ledger = day.ledger
    return Everything(
        Counter((one.stream.kind, type(one.event).__name__) for one in ledger.events()),
        Counter(
            (one.entry.act, one.entry.rule, one.entry.refused_because) for one in ledger.audit()
        ),
        Counter(state.kind for _, state in day.queue),
        Counter(name.kind for name in day.names),
        len(day.contents),
        len(day.answers),
    )


def exactly(day: Day) -> tuple[object, ...]:
    """Give all that a ledger holds, to the last byte."""
    ledger = day.ledger
    return (
        ledger.events(),
        ledger.audit(),
        day.queue,
        day.names,
        day.contents,
        day.answers,
    )


def rights(day: Day) -> set[tuple[str, str, str]]:
    """Say which sessions reach which clinics, in whatever browser."""
    open_ones: set[tuple[str, str, str]] = set()
    for one in day.ledger.events():
        if one.stream.kind == "session":
            session = SessionId(one.stream.key)
            for browser in ("browser-home", "browser-work", "browser-cafe"):
                for clinic in (CLINIC, OTHER_CLINIC):
                    if day.stands(session, BrowserId(browser), clinic):
                        open_ones.add((str(session), browser, str(clinic)))
    return open_ones


def _kind_of(said: Ended) -> object:
    """Tell two answers apart that differ in more than the ids that were drawn for them."""
    if isinstance(said, Failure):
        return said.failure()
    answer: AttrsInstance = said.unwrap()
    return type(answer).__name__, [one for one in asdict(answer).values() if isinstance(one, bool)]


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
        PreviewDay,
        SeeByLink,
        SeeConversations,
        SeeFile,
        SeeConversationAsStaff,
        SeeFileAsStaff,
    }
    shapes = {PatientCommand, WritingCommand, StaffWriting}
    by_the_service = {FollowBooking, SyncBooking, EndAttempts}
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
    assert _kind_of(said) == _kind_of(do(other.services, same))


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
    assert _kind_of(do(day.services, second)) == _kind_of(expected)
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
def test_a_commit_that_breaks_can_be_asked_again(case: Case, stored: bool) -> None:  # noqa: FBT001
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
        assert _kind_of(do(day.services, command)) == _kind_of(expected)
        assert everything(day) == everything(alone)
        assert do(day.services, command) == do(day.services, command)


# --- ports that raise ----------------------------------------------------------------------------

PORTS: Final = (
    "ledger",
    "records",
    "lists",
    "register",
    "mitid",
    "master_cards",
    "hasher",
    "clock",
    "chance",
)


class PortBroke(Exception):  # noqa: N818  said in the words of this house
    """Any exception that any port may raise."""


class Breaking:
    """A port whose calls are counted, and one of which raises."""

    def __init__(self, port: Any, calls: Iterator[int], breaks_at: int) -> None:
        self._port, self._calls, self._breaks_at = port, calls, breaks_at

    def __getattr__(self, name: str) -> Callable[..., Any]:
        method = getattr(self._port, name)

        def call(*given: Any) -> Any:
            if next(self._calls) == self._breaks_at:
                raise PortBroke
            return method(*given)

        return call


@each_case
def test_a_port_that_raises_leaves_nothing_half_done(case: Case) -> None:
    """faults: 12. Every call of every port raises once: it comes through, and nothing is half done.

    No mail, no name, no session, nothing that opens anything; asked again, it has one effect.
    """
    untouched, _, _ = case.begin()
    alone, do, command = case.begin()
    expected = do(alone.services, command)
    place = 0
    while True:
        day, do, command = case.begin()
        try:
            _ = do(_breaking(day, place), command)
        except PortBroke:
            place += 1
        else:
            break
        added = [one.event for one in day.since(untouched.position())]
        assert all(isinstance(event, HARMLESS) for event in added), added
        assert len(day.queue) == len(untouched.queue)
        assert day.names == untouched.names
        assert rights(day) <= rights(untouched)
        assert _kind_of(do(day.services, command)) == _kind_of(expected)
        assert everything(day) == everything(alone)
    assert place > 3, "a use case looks at the clock and at the store, at least"


def _breaking(day: Day, breaks_at: int) -> Services:
    """Give services of which one call raises, counted over all ports."""
    calls = count()
    ports: dict[str, Any] = {
        port: Breaking(getattr(day.services, port), calls, breaks_at) for port in PORTS
    }
    return evolve(day.services, **ports)


def test_a_session_is_used_only_when_all_that_it_rests_on_could_be_asked() -> None:
    """faults: 12. Any port that raises while a session is used comes through, and opens nothing."""
    day = Day()
    session = day.sign_up(ANNA, "anna@example.dk").session
    command = UseSession(key="u", by=day.anybody, session=session, browser=HOME, clinic=CLINIC)
    before = exactly(day)
    place = 0
    while True:
        try:
            _ = use_session(_breaking(day, place), command).unwrap()
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
