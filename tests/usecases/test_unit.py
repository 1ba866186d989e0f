"""The unit of work itself: what it claims, withdraws and rests on, and what a refusal leaves."""

from collections.abc import Callable
from datetime import timedelta
from typing import Final

import pytest
from attrs import evolve, frozen
from hypothesis import given
from hypothesis import strategies as st

from eservices_core import events
from eservices_core.access import guesses
from eservices_core.events import StreamId
from eservices_core.outcome import Failure, Outcome, Success
from eservices_core.ports.claims import Held
from eservices_core.ports.ledger import Append, AuditEntry, BySystem, Change
from eservices_core.ports.outbox import Handover, MailKind, OutgoingMail
from eservices_core.testing.ledger_examples import a_claim, a_mail, claiming, held
from eservices_core.testing.world import CLINIC, World
from eservices_core.texts import NextStep, Says, Text
from eservices_core.usecases.perform import ATTEMPTS_MAX, TooBusy, perform
from eservices_core.usecases.refusal import Refusal
from eservices_core.usecases.services import Command
from eservices_core.usecases.unit import Unit
from eservices_core.words.identifiers import BookingId, PractitionerId, UserId
from eservices_core.words.interval import Interval
from tests.usecases.people import MONDAY

DOCTOR: Final = PractitionerId("doctor-1")
ANNA: Final = UserId("anna")
STREAM: Final = StreamId("booking", "a")
_SAYS: Final = Says(Text("Tiden er taget.", "The time is taken."), Text("Taget.", "Taken."))
_OURS: Final = guesses.Purpose.PASSWORD
TAKEN: Final = Refusal("D-BOOK-1", "time_is_taken", NextStep.TRY_AGAIN, _SAYS)
TAKEN_TOO: Final = Refusal("D-BOOK-4", "new_time_is_taken", NextStep.TRY_AGAIN, _SAYS)


@frozen(kw_only=True)
class Try(Command):
    """Ask for whatever the test does."""


@frozen
class Done:
    """What was read, in words."""

    found: str


def _do(world: World, key: str, work: Callable[[Unit], object]) -> Outcome[Done, Refusal]:
    def do(unit: Unit) -> Outcome[Done, Refusal]:
        found = work(unit)
        return Failure(found) if isinstance(found, Refusal) else Success(Done(str(found)))

    return perform(world.services, Try(key=key, by=BySystem()), Done, do)


def _claim(name: str, start: int, taken: Refusal = TAKEN) -> Callable[[Unit], object]:
    def work(unit: Unit) -> str:
        unit.claim_time(BookingId(name), CLINIC, DOCTOR, Interval(start, start + 15), taken)
        return name

    return work


def _move(name: str, start: int, taken: Refusal = TAKEN_TOO) -> Callable[[Unit], object]:
    def work(unit: Unit) -> str:
        unit.move_claim(BookingId(name), CLINIC, DOCTOR, Interval(start, start + 15), taken)
        return name

    return work


def _count(world: World, key: str, stream: str, times: int = 1) -> None:
    """Have somebody else append to a budget."""
    budget = events.GUESSES.stream(stream)
    counted = guesses.GuessCounted(guesses.Purpose.CODE, MONDAY)
    append = Append(budget, len(world.ledger.history(budget)), (counted,) * times, None)
    change = Change(key, key, MONDAY, BySystem(), '"done"', (append,))
    _ = world.ledger.commit(change).unwrap()


def _guesses(unit: Unit, stream: str) -> int:
    return len(unit.state(events.GUESSES, stream).counted)


# --- claims ------------------------------------------------------------------------------------


def test_a_time_is_claimed_moved_and_released() -> None:
    """D-BOOK-1: a use case's acts on claims lie in the one change that it makes."""
    world = World(MONDAY)
    booking = BookingId("a")
    assert _do(world, "claim", _claim("a", 100)) == Success(Done("a"))
    assert world.ledger.held_by(booking) == held(a_claim("a", 100, 115, DOCTOR))
    assert _do(world, "move", _move("a", 110)) == Success(Done("a"))
    assert world.ledger.held_by(booking) == Held(booking, CLINIC, DOCTOR, Interval(110, 125))
    assert _do(world, "release", lambda unit: unit.release_claim(booking)) == Success(Done("None"))
    assert world.ledger.held_by(booking) is None


def test_a_taken_time_is_answered_as_the_use_case_says() -> None:
    """D-BOOK-1: whose time is taken gets the answer for just that time, stored under the key."""
    world = World(MONDAY)
    _ = _do(world, "first", _claim("a", 100)).unwrap()
    done: list[str] = []

    def work(unit: Unit) -> None:
        done.append("once")
        unit.stream = STREAM
        unit.about = ANNA
        _ = _claim("b", 200)(unit)
        _ = _claim("c", 101, TAKEN_TOO)(unit)

    assert _do(world, "second", work) == Failure(TAKEN_TOO)
    assert done == ["once"], "it is not decided again"
    assert world.ledger.held_by(BookingId("b")) is None
    assert world.ledger.audit_of(STREAM)[-1].entry == AuditEntry(
        "try", ANNA, "D-BOOK-4", "new_time_is_taken", STREAM
    )
    assert _do(world, "second", work) == Failure(TAKEN_TOO)
    assert done == ["once"], "a repetition gets the first answer"


def test_a_refused_move_keeps_the_old_time() -> None:
    """D-BOOK-4: a booking whose new time is taken has the old one, and the answer for the move."""
    world = World(MONDAY)
    _ = _do(world, "first", _claim("a", 100)).unwrap()
    _ = _do(world, "second", _claim("b", 200)).unwrap()
    assert _do(world, "third", _move("b", 114)) == Failure(TAKEN_TOO)
    assert world.ledger.held_by(BookingId("b")) == held(a_claim("b", 200, 215, DOCTOR))


def test_whoever_is_first_meanwhile_has_the_time() -> None:
    """D-BOOK-1: a time that was free when it was looked at is refused by the store."""
    world = World(MONDAY)

    def work(unit: Unit) -> str:
        free = world.ledger.live(CLINIC, DOCTOR, Interval(0, 1000)) == ()
        return f"{_claim('a', 100)(unit)}, free: {free}"

    world.ledger.meanwhile(lambda: world.ledger.commit(claiming("b", a_claim("b", 90, 101))))
    assert _do(world, "key", work) == Failure(TAKEN)


def test_a_stale_claim_is_decided_again() -> None:
    """Whoever moves what was released meanwhile reads again, and is not told that it is taken."""
    world = World(MONDAY)
    _ = _do(world, "first", _claim("a", 100)).unwrap()

    def work(unit: Unit) -> str:
        booking = BookingId("a")
        if world.ledger.held_by(booking) is None:
            return "gone"
        _ = _move("a", 200)(unit)
        return "moved"

    world.ledger.meanwhile(
        lambda: _do(world, "release", lambda unit: unit.release_claim(BookingId("a")))
    )
    assert _do(world, "second", work) == Success(Done("gone"))
    assert world.ledger.held_by(BookingId("a")) is None


# --- what a decision rests on ------------------------------------------------------------------


def test_a_stale_read_of_another_stream_is_decided_again() -> None:
    """A decision rests on all that it has read: also on a stream that it adds nothing to."""
    world = World(MONDAY)

    def work(unit: Unit) -> int:
        read = _guesses(unit, "read")
        counted = guesses.GuessCounted(guesses.Purpose.CODE, unit.at)
        unit.add(events.GUESSES, "written", [counted])
        return read

    world.ledger.meanwhile(lambda: _count(world, "theirs", "read"))
    assert _do(world, "ours", work) == Success(Done("1"))
    assert len(world.ledger.history(StreamId("guesses", "written"))) == 1


@given(moments=st.lists(st.sampled_from(["read", "written", "neither"]), max_size=6))
def test_what_is_stored_was_decided_on_what_lay_there(moments: list[str]) -> None:
    """Whatever others do between reading and storing: what was stored rests on the newest reads."""
    world = World(MONDAY)
    pending = list(enumerate(moments))

    def work(unit: Unit) -> tuple[int, int]:
        seen = _guesses(unit, "read"), _guesses(unit, "written")
        if pending:
            number, stream = pending.pop(0)
            _count(world, f"theirs-{number}", stream)
        counted = guesses.GuessCounted(_OURS, unit.at)
        unit.add(events.GUESSES, "written", [counted])
        return seen

    told = _do(world, "ours", work)
    written = world.ledger.history(StreamId("guesses", "written"))
    (ours,) = (one for one in written if getattr(one.event, "purpose", None) is _OURS)
    read = world.ledger.history(StreamId("guesses", "read"))
    before = sum(one.position < ours.position for one in read)
    assert told == Success(Done(str((before, ours.version - 1))))


def test_a_refusal_rests_on_nothing() -> None:
    """What was only read by a use case that refuses does not have it begin again."""
    world = World(MONDAY)
    tries: list[int] = []

    def work(unit: Unit) -> Refusal:
        tries.append(_guesses(unit, "read"))
        return TAKEN

    world.ledger.meanwhile(lambda: _count(world, "theirs", "read"))
    assert _do(world, "ours", work) == Failure(TAKEN)
    assert tries == [0]


def test_who_is_never_first_is_told_so() -> None:
    """A unit whose reads never hold gives up, and has stored nothing."""
    world = World(MONDAY)
    tries: list[int] = []

    def work(unit: Unit) -> int:
        tries.append(_guesses(unit, "read"))
        _count(world, f"theirs-{len(tries)}", "read")
        return 0

    with pytest.raises(TooBusy):
        _ = _do(world, "ours", work)
    assert len(tries) == ATTEMPTS_MAX
    assert [audited.entry for audited in world.ledger.audit()] == []


def test_between_attempts_some_time_passes() -> None:
    """faults: 152. Who was not first lets time pass before the next attempt, more each time."""
    rested: list[int] = []

    class Patient:
        def rest(self, attempt: int, /) -> None:
            rested.append(attempt)

    world = World(MONDAY)
    world.services = evolve(world.services, patience=Patient())

    def work(unit: Unit) -> int:
        _ = _guesses(unit, "read")
        if len(rested) < 3:
            _count(world, f"theirs-{len(rested)}", "read")
        return 0

    _ = _do(world, "ours", work)
    assert rested == [1, 2, 3]


# --- mails and audit ---------------------------------------------------------------------------


def _queue(world: World, key: str, *mails: OutgoingMail) -> None:
    change = Change(key, key, MONDAY, BySystem(), '"done"', mails=mails)
    _ = world.ledger.commit(change).unwrap()


def test_queued_mail_is_withdrawn() -> None:
    """D-ACC-20: earlier mails are stopped in the change that makes them untrue."""
    world = World(MONDAY)
    _queue(world, "first", a_mail("about"), a_mail("of", stream=STREAM), a_mail("kept"))

    def work(unit: Unit) -> None:
        unit.withdraw_mails(stream=STREAM)
        unit.withdraw_mails(about=ANNA, kinds=frozenset({MailKind.ONE_TIME_CODE}))

    _ = _do(world, "second", work).unwrap()
    states = {state.mail.value: state.state for state in world.ledger.mails_about(ANNA)}
    assert states == {
        "about": Handover.WAITING,
        "of": Handover.WITHDRAWN,
        "kept": Handover.WAITING,
    }


def test_an_act_is_found_by_its_stream() -> None:
    """D-LOG-1: an audit entry lies with the machine that it tells of, refusals too."""
    world = World(MONDAY)

    def name(unit: Unit) -> None:
        unit.stream = STREAM

    def refuse(unit: Unit) -> Refusal:
        unit.stream = STREAM
        return TAKEN

    world.clock.wind(timedelta(minutes=1))
    _ = _do(world, "first", name).unwrap()
    _ = _do(world, "second", refuse)
    assert [one.entry.refused_because for one in world.ledger.audit_of(STREAM)] == [
        None,
        "time_is_taken",
    ]
