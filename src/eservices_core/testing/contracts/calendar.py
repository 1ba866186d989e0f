"""The contract of appointment calendars: what is taken, and our entries among others' (S-BOOK-2).

    class TestMyCalendar(AppointmentCalendarContract):
        @pytest.fixture
        def under_test(self, tmp_path):
            return CalendarUnderTest(MyCalendar(tmp_path), ...)

`CalendarMachine` compares a calendar with a model over drawn histories. Not here: what a calendar
of a certain format says, such as recurrence; that is its adapter's to test.
"""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any, Final, TypeAlias

import pytest
from attrs import evolve as with_changes
from attrs import frozen
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from eservices_core.outcome import Failure, Outcome, Success
from eservices_core.ports.calendar import (
    AppointmentCalendar,
    Busy,
    CalendarUnreachable,
    Entry,
    EntryDiffers,
    Lying,
    NoSuchCalendar,
    Superseded,
    Withdrawn,
    WriteRefused,
    Written,
)
from eservices_core.testing.contracts.base import Contract
from eservices_core.words.identifiers import BookingId, ClinicId, PractitionerId
from eservices_core.words.interval import Interval, minute_of

Book: TypeAlias = tuple[ClinicId, PractitionerId]

FIRST: Final = minute_of(datetime(2027, 3, 28, 0, 30, tzinfo=UTC))
"""Half an hour before clocks are put forward in Denmark; all that the contract writes is after."""

_LONG: Final = Interval(FIRST - 60 * 24 * 30, FIRST + 60 * 24 * 365)
_ANNA: Final = BookingId("booking-1")
_BO: Final = BookingId("booking-2")
_WRITERS: Final = 8
_ROUNDS: Final = 5

_HOSTILE: Final = {
    "Danish": "Aftale på Ærø, Østergade 1; 2. th.",
    "a line break": "Aftale\r\nDTSTART:19700101T000000Z\nEND:VEVENT",
    "the end": "Aftale\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n",
    "separators": 'a;b,c:d\\n"e"\\',
    "controls": "\0\x01\x1b[31m\x7f\x85\u2028\u2029",
    "right to left": "\u202eelatfa\u202c",
    "beyond the plane": "🩺" * 100,
    "half a letter": "\ud800",
    "long": "å" * 5_000,
    "nothing": "",
    "JSON": '"}], {"__proto__": null}',
    "markup": "<b>Aftale</b>&amp;]]>",
}


def at(minute: int, length: int = 15) -> Interval:
    """A time of some minutes' length, this many minutes after `FIRST`."""
    return Interval(FIRST + minute, FIRST + minute + length)


@frozen
class CalendarUnderTest:
    """A calendar, and what can be done behind its back.

    Each of the hooks may be a text instead: the reason why it cannot be done.

    Attributes:
        calendar: the adapter.
        book: a practitioner whose calendar is empty.
        other_book: another practitioner, whose calendar is empty too.
        no_book: one who has no calendar.
        add_foreign: has another program enter an appointment in `book`; gives what removes it.
        remove_ours: has another program delete our entry in `book`.
        move_ours: has another program move our entry in `book`, its sequence left as it is.
        cut_off: makes the infrastructure fail from now on.
        reopen: gives another handle on the same calendars, as another worker has one.
    """

    calendar: AppointmentCalendar
    book: Book
    other_book: Book
    no_book: Book
    add_foreign: Callable[[Interval], Callable[[], None]] | str
    remove_ours: Callable[[BookingId], None] | str
    move_ours: Callable[[BookingId, Interval], None] | str
    cut_off: Callable[[], None] | str
    reopen: Callable[[], AppointmentCalendar] | str

    def read(self, within: Interval = _LONG) -> tuple[Busy, ...]:
        """Read `book`."""
        return self.calendar.read(*self.book, within).unwrap().busy

    def write(self, entry: Entry, believed: Lying | None = None) -> Outcome[Written, WriteRefused]:
        """Write into `book`."""
        return self.calendar.write(*self.book, entry, believed)

    def withdraw(self, booking: BookingId, sequence: int) -> Outcome[Withdrawn, Any]:
        """Withdraw from `book`."""
        return self.calendar.withdraw(*self.book, booking, sequence)


def _hook(hook: Callable[..., Any] | str) -> Callable[..., Any]:
    if isinstance(hook, str):
        pytest.skip(hook)
    return hook


def _ours(entry: Entry) -> Busy:
    return Busy(entry.interval, entry.booking, entry.sequence)


class AppointmentCalendarContract(Contract):
    """What an AppointmentCalendar promises; `under_test` says what to return."""

    @pytest.fixture
    def under_test(self) -> CalendarUnderTest:
        """Required: the one thing that an adapter's author writes."""
        raise NotImplementedError(
            "return a CalendarUnderTest: the adapter, two practitioners whose calendars are empty, "
            "and how another program changes them"
        )

    # --- reading ---------------------------------------------------------------------------------

    def test_an_empty_calendar_has_nothing(self, under_test: CalendarUnderTest) -> None:
        """Where nobody has entered anything, nothing is taken."""
        assert under_test.read() == ()

    def test_windows_are_half_open(self, under_test: CalendarUnderTest) -> None:
        """D-BOOK-1: what only touches a window is not in it; what overlaps it by a minute is."""
        entry = Entry(_ANNA, 0, at(0))
        assert under_test.write(entry) == Success(Written.WRITTEN)
        start, end = entry.interval.start, entry.interval.end
        for window in (Interval(start - 60, start), Interval(end, end + 60)):
            assert under_test.read(window) == ()
        for window in (
            Interval(start - 60, start + 1),
            Interval(end - 1, end + 60),
            Interval(start + 5, start + 6),
        ):
            assert under_test.read(window) == (_ours(entry),)

    def test_ours_are_told_from_others(self, under_test: CalendarUnderTest) -> None:
        """D-BOOK-6: somebody else's appointment on the time of ours is seen, beside ours."""
        entry = Entry(_ANNA, 3, at(0))
        assert under_test.write(entry) == Success(Written.WRITTEN)
        _ = _hook(under_test.add_foreign)(at(5))
        mine, foreign = under_test.read()
        assert mine == _ours(entry)
        assert (foreign.interval, foreign.ours, foreign.sequence) == (at(5), None, None)
        assert foreign.reference

    def test_others_come_and_go(self, under_test: CalendarUnderTest) -> None:
        """Each reading shows what is there then: nothing is remembered of what was."""
        add = _hook(under_test.add_foreign)
        remove_first = add(at(0))
        remove_second = add(at(0))
        first, second = under_test.read()
        assert first.interval == second.interval == at(0)
        assert first.reference != second.reference, "two appointments have two names"
        remove_first()
        assert len(under_test.read()) == 1
        remove_second()
        assert under_test.read() == ()

    def test_books_are_kept_apart(self, under_test: CalendarUnderTest) -> None:
        """One practitioner's calendar shows and changes nothing of another's (D-LOG-2)."""
        calendar, other = under_test.calendar, under_test.other_book
        mine, theirs = Entry(_ANNA, 0, at(0)), Entry(_ANNA, 1, at(30))
        assert under_test.write(mine) == Success(Written.WRITTEN)
        assert calendar.write(*other, theirs) == Success(Written.WRITTEN)
        assert under_test.withdraw(_ANNA, 5) == Success(Withdrawn.WITHDRAWN)
        assert under_test.read() == ()
        assert calendar.read(*other, _LONG).unwrap().busy == (_ours(theirs),)

    def test_a_practitioner_without_one_is_told(self, under_test: CalendarUnderTest) -> None:
        """Where a practitioner has no calendar, every method says NoSuchCalendar."""
        calendar, nobody = under_test.calendar, under_test.no_book
        none = Failure(NoSuchCalendar())
        assert calendar.read(*nobody, _LONG) == none
        assert calendar.write(*nobody, Entry(_ANNA, 0, at(0))) == none
        assert calendar.withdraw(*nobody, _ANNA, 0) == none

    # --- writing ---------------------------------------------------------------------------------

    @pytest.mark.parametrize("minute", [0, 15, 30, 60 * 24 * 217, 60 * 24 * 217 + 60])
    def test_an_entry_lies_where_it_was_written(
        self, under_test: CalendarUnderTest, minute: int
    ) -> None:
        """D-BOOK-9: an entry keeps its minutes, also around the hours when clocks change."""
        for length in (1, 15, 90, 60 * 24):
            booking = BookingId(f"booking-{length}")
            assert under_test.write(Entry(booking, 0, at(minute, length))) == Success(
                Written.WRITTEN
            )
        busy = {one.ours: one.interval for one in under_test.read()}
        assert busy == {
            BookingId(f"booking-{length}"): at(minute, length) for length in (1, 15, 90, 60 * 24)
        }

    def test_the_same_again_is_fine(self, under_test: CalendarUnderTest) -> None:
        """An entry that is written again is ALREADY_THERE, whatever is believed, and lies once."""
        entry = Entry(_ANNA, 2, at(0))
        assert under_test.write(entry) == Success(Written.WRITTEN)
        for believed in (None, entry.lying, Lying(0, at(30))):
            assert under_test.write(entry, believed) == Success(Written.ALREADY_THERE)
        assert under_test.read() == (_ours(entry),)

    def test_a_move_leaves_nothing_behind(self, under_test: CalendarUnderTest) -> None:
        """A later sequence over what is believed moves the entry: it lies at the new time alone."""
        first, second = Entry(_ANNA, 0, at(0)), Entry(_ANNA, 1, at(60))
        assert under_test.write(first) == Success(Written.WRITTEN)
        assert under_test.write(second, first.lying) == Success(Written.WRITTEN)
        assert under_test.read() == (_ours(second),)

    def test_an_older_one_is_refused(self, under_test: CalendarUnderTest) -> None:
        """An older sequence than what lies there is Superseded, whatever is believed of it."""
        later = Entry(_ANNA, 5, at(0))
        assert under_test.write(later) == Success(Written.WRITTEN)
        for believed in (None, later.lying, Lying(4, at(60))):
            older = Entry(_ANNA, 4, at(60))
            assert under_test.write(older, believed) == Failure(Superseded(later.lying))
        assert under_test.withdraw(_ANNA, 4) == Failure(Superseded(later.lying))
        assert under_test.read() == (_ours(later),)

    def test_belief_that_is_wrong_writes_nothing(self, under_test: CalendarUnderTest) -> None:
        """Where something else lies there than is believed, nothing is written, and it is named."""
        there = Entry(_ANNA, 0, at(0))
        assert under_test.write(there, Lying(0, at(5))) == Failure(EntryDiffers(None))
        assert under_test.read() == ()
        assert under_test.write(there) == Success(Written.WRITTEN)
        for believed in (None, Lying(0, at(5)), Lying(1, at(0))):
            for sequence in (0, 1):
                moved = Entry(_ANNA, sequence, at(60))
                assert under_test.write(moved, believed) == Failure(EntryDiffers(there.lying))
        assert under_test.read() == (_ours(there),)

    def test_a_withdrawn_entry_is_gone(self, under_test: CalendarUnderTest) -> None:
        """An entry is withdrawn at its own sequence or a later one; again, it is NOT_THERE."""
        kept = Entry(_BO, 0, at(0))
        assert under_test.write(kept) == Success(Written.WRITTEN)
        for sequence in (1, 7):
            assert under_test.write(Entry(_ANNA, 1, at(0))) == Success(Written.WRITTEN)
            assert under_test.withdraw(_ANNA, sequence) == Success(Withdrawn.WITHDRAWN)
            assert under_test.withdraw(_ANNA, sequence) == Success(Withdrawn.NOT_THERE)
        assert under_test.read() == (_ours(kept),)

    def test_overlaps_are_not_its_business(self, under_test: CalendarUnderTest) -> None:
        """D-BOOK-1: the ledger refuses overlaps; a calendar takes what it is given."""
        entries = [Entry(BookingId(f"booking-{n}"), 0, at(n)) for n in range(5)]
        for entry in entries:
            assert under_test.write(entry) == Success(Written.WRITTEN)
        assert under_test.read() == tuple(map(_ours, entries))

    @pytest.mark.parametrize("text", _HOSTILE.values(), ids=_HOSTILE.keys())
    def test_texts_are_only_texts(self, under_test: CalendarUnderTest, text: str) -> None:
        """No title and no place can break the calendar, or say anything but themselves."""
        kept = Entry(_BO, 0, at(120))
        assert under_test.write(kept) == Success(Written.WRITTEN)
        entry = Entry(_ANNA, 0, at(0), title=text, place=text)
        assert under_test.write(entry) == Success(Written.WRITTEN)
        assert under_test.write(entry) == Success(Written.ALREADY_THERE)
        assert under_test.read() == (_ours(entry), _ours(kept))
        assert under_test.withdraw(_ANNA, 0) == Success(Withdrawn.WITHDRAWN)
        assert under_test.read() == (_ours(kept),)

    @pytest.mark.parametrize("name", ["a", "A", "0", "a.b-c_d", "x" * 64])
    def test_bookings_are_told_apart(self, under_test: CalendarUnderTest, name: str) -> None:
        """Every booking's name comes back as it was, in capitals or not."""
        others = [BookingId("aA"), BookingId("Aa")]
        for booking in (*others, BookingId(name)):
            assert under_test.write(Entry(booking, 0, at(0))) == Success(Written.WRITTEN)
        assert {busy.ours for busy in under_test.read()} == {*others, BookingId(name)}

    # --- what others do --------------------------------------------------------------------------

    def test_ours_can_be_lost(self, under_test: CalendarUnderTest) -> None:
        """D-BOOK-6: what somebody deleted is not there, and is not quietly written again."""
        remove = _hook(under_test.remove_ours)
        entry, moved = Entry(_ANNA, 0, at(0)), Entry(_ANNA, 1, at(60))
        assert under_test.write(entry) == Success(Written.WRITTEN)
        remove(_ANNA)
        assert under_test.read() == ()
        assert under_test.write(moved, entry.lying) == Failure(EntryDiffers(None))
        assert under_test.read() == ()
        assert under_test.write(moved) == Success(Written.WRITTEN), "staff have decided"
        assert under_test.read() == (_ours(moved),)

    def test_ours_can_be_moved(self, under_test: CalendarUnderTest) -> None:
        """What somebody moved is shown where it lies, and is not quietly moved (faults: 165)."""
        move = _hook(under_test.move_ours)
        entry, later = Entry(_ANNA, 0, at(0)), Entry(_ANNA, 1, at(60))
        assert under_test.write(entry) == Success(Written.WRITTEN)
        move(_ANNA, at(30))
        elsewhere = Lying(0, at(30))
        (busy,) = under_test.read()
        assert (busy.ours, busy.lying) == (_ANNA, elsewhere)
        assert under_test.write(entry) == Failure(EntryDiffers(elsewhere))
        assert under_test.write(later, entry.lying) == Failure(EntryDiffers(elsewhere))
        assert under_test.write(later, elsewhere) == Success(Written.WRITTEN), "staff have decided"
        assert under_test.read() == (_ours(later),)

    def test_a_moved_one_can_be_withdrawn(self, under_test: CalendarUnderTest) -> None:
        """A booking that has ended leaves nothing behind, wherever it was moved (faults: 165)."""
        move = _hook(under_test.move_ours)
        assert under_test.write(Entry(_ANNA, 0, at(0))) == Success(Written.WRITTEN)
        move(_ANNA, at(300))
        assert under_test.withdraw(_ANNA, 1) == Success(Withdrawn.WITHDRAWN)
        assert under_test.read() == ()

    def test_others_are_left_alone(self, under_test: CalendarUnderTest) -> None:
        """Writing, moving and withdrawing ours changes nothing of anybody else's."""
        add = _hook(under_test.add_foreign)
        for minute in (0, 5, 500):
            _ = add(at(minute))
        before = under_test.read()
        first, second = Entry(_ANNA, 0, at(0)), Entry(_ANNA, 1, at(60))
        assert under_test.write(first) == Success(Written.WRITTEN)
        assert under_test.write(second, first.lying) == Success(Written.WRITTEN)
        assert [busy for busy in under_test.read() if busy.ours is None] == list(before)
        assert under_test.withdraw(_ANNA, 1) == Success(Withdrawn.WITHDRAWN)
        assert under_test.read() == before

    def test_another_worker_sees_it(self, under_test: CalendarUnderTest) -> None:
        """What one handle has written, another reads at once, and can change."""
        other = _hook(under_test.reopen)()
        first, second = Entry(_ANNA, 0, at(0)), Entry(_ANNA, 1, at(60))
        for writer, reader, entry, believed in (
            (under_test.calendar, other, first, None),
            (other, under_test.calendar, second, first.lying),
        ):
            written = writer.write(*under_test.book, entry, believed)
            assert written == Success(Written.WRITTEN)
            assert reader.read(*under_test.book, _LONG).unwrap().busy == (_ours(entry),)

    def test_broken_infrastructure_is_an_exception(self, under_test: CalendarUnderTest) -> None:
        """When nobody can look, each method raises CalendarUnreachable: nothing is made up."""
        assert under_test.write(Entry(_ANNA, 0, at(0))) == Success(Written.WRITTEN)
        _hook(under_test.cut_off)()
        with pytest.raises(CalendarUnreachable):
            _ = under_test.read()
        with pytest.raises(CalendarUnreachable):
            _ = under_test.write(Entry(_BO, 0, at(0)))
        with pytest.raises(CalendarUnreachable):
            _ = under_test.withdraw(_ANNA, 0)

    # --- at once ---------------------------------------------------------------------------------

    def test_nothing_is_lost_between_writers(self, under_test: CalendarUnderTest) -> None:
        """Writers of different bookings at once all leave their entries; none is lost or torn."""

        def write_some(writer: int) -> list[Outcome[Written, WriteRefused]]:
            entries = (
                Entry(BookingId(f"booking-{writer}-{n}"), 0, at(n * 20)) for n in range(_ROUNDS)
            )
            return [under_test.write(entry) for entry in entries]

        answers = _at_once(write_some)
        assert answers == [[Success(Written.WRITTEN)] * _ROUNDS] * _WRITERS
        found = {busy.ours for busy in under_test.read()}
        assert found == {
            BookingId(f"booking-{writer}-{n}") for writer in range(_WRITERS) for n in range(_ROUNDS)
        }

    def test_one_of_several_moves_wins(self, under_test: CalendarUnderTest) -> None:
        """Of writers that move one entry on one belief one moves it, and the others are told."""
        lies = Entry(_ANNA, 0, at(0))
        assert under_test.write(lies) == Success(Written.WRITTEN)

        def move(writer: int) -> Outcome[Written, WriteRefused]:
            return under_test.write(Entry(_ANNA, 1, at(60 + writer)), lies.lying)

        answers = _at_once(move)
        (busy,) = under_test.read()
        assert busy.lying is not None
        winner = busy.lying.interval.start - FIRST - 60
        lost = Failure(EntryDiffers(busy.lying))
        assert answers == [
            Success(Written.WRITTEN) if writer == winner else lost for writer in range(_WRITERS)
        ]


def _at_once(lap: Callable[[int], Any]) -> list[Any]:
    with ThreadPoolExecutor(_WRITERS) as pool:
        return list(pool.map(lap, range(_WRITERS)))


# --- drawn histories -----------------------------------------------------------------------------

_BOOKINGS: Final = st.sampled_from([_ANNA, _BO, BookingId("booking-3")])
_TIMES: Final = st.builds(at, st.integers(0, 40).map(lambda n: n * 5), st.sampled_from([5, 15, 60]))
_SEQUENCES: Final = st.integers(0, 4)


class CalendarMachine(RuleBasedStateMachine):
    """Writes, moves, withdraws and changes behind the back; the calendar does as the model does.

    class MyMachine(CalendarMachine):
        def open_calendar(self):
            return CalendarUnderTest(...)

    TestMyMachine = MyMachine.TestCase
    """

    def __init__(self) -> None:
        super().__init__()
        self.under_test = self.open_calendar()
        self.ours: dict[BookingId, Lying] = {}
        self.foreign: list[tuple[Interval, Callable[[], None]]] = []

    def open_calendar(self) -> CalendarUnderTest:
        """Required: give a calendar with nothing in it; what a hook cannot do is not drawn."""
        raise NotImplementedError("return a CalendarUnderTest whose calendars are empty")

    def _written(self, entry: Entry, believed: Lying | None) -> Outcome[Written, WriteRefused]:
        lies = self.ours.get(entry.booking)
        if lies == entry.lying:
            return Success(Written.ALREADY_THERE)
        if lies is not None and lies.sequence > entry.sequence:
            return Failure(Superseded(lies))
        if lies != believed:
            return Failure(EntryDiffers(lies))
        self.ours[entry.booking] = entry.lying
        return Success(Written.WRITTEN)

    @rule(booking=_BOOKINGS, sequence=_SEQUENCES, interval=_TIMES, believes=st.integers(0, 3))
    def write(self, booking: BookingId, sequence: int, interval: Interval, believes: int) -> None:
        """An entry is written over what lies there, or on a belief that may be wrong."""
        entry = Entry(booking, sequence, interval)
        believed = self.ours.get(booking) if believes else None
        if believes == 1:
            lies = self.ours.get(booking, entry.lying)
            believed = with_changes(lies, sequence=lies.sequence + 1)
        answer = self.under_test.write(entry, believed)
        assert answer == self._written(entry, believed), "writing answers as the model"

    @precondition(lambda self: self.ours)
    @rule(data=st.data())
    def repeat(self, data: st.DataObject) -> None:
        """What lies there is written again."""
        booking = data.draw(st.sampled_from(sorted(self.ours)))
        lies = self.ours[booking]
        again = self.under_test.write(Entry(booking, lies.sequence, lies.interval))
        assert again == Success(Written.ALREADY_THERE)

    @rule(booking=_BOOKINGS, sequence=_SEQUENCES)
    def withdraw(self, booking: BookingId, sequence: int) -> None:
        """An entry is withdrawn, or not there, or later than that."""
        lies = self.ours.get(booking)
        answer = self.under_test.withdraw(booking, sequence)
        if lies is None:
            assert answer == Success(Withdrawn.NOT_THERE)
        elif lies.sequence > sequence:
            assert answer == Failure(Superseded(lies))
        else:
            assert answer == Success(Withdrawn.WITHDRAWN)
            del self.ours[booking]

    @precondition(lambda self: not isinstance(self.under_test.add_foreign, str))
    @rule(interval=_TIMES)
    def add_foreign(self, interval: Interval) -> None:
        """Somebody enters an appointment."""
        self.foreign.append((interval, _hook(self.under_test.add_foreign)(interval)))

    @precondition(lambda self: self.foreign)
    @rule(data=st.data())
    def remove_foreign(self, data: st.DataObject) -> None:
        """Somebody removes it."""
        place = data.draw(st.integers(0, len(self.foreign) - 1))
        _, remove = self.foreign.pop(place)
        remove()

    @precondition(lambda self: self.ours and not isinstance(self.under_test.remove_ours, str))
    @rule(data=st.data())
    def remove_ours(self, data: st.DataObject) -> None:
        """Somebody deletes an entry of ours."""
        booking = data.draw(st.sampled_from(sorted(self.ours)))
        _hook(self.under_test.remove_ours)(booking)
        del self.ours[booking]

    @precondition(lambda self: self.ours and not isinstance(self.under_test.move_ours, str))
    @rule(data=st.data(), interval=_TIMES)
    def move_ours(self, data: st.DataObject, interval: Interval) -> None:
        """Somebody moves an entry of ours."""
        booking = data.draw(st.sampled_from(sorted(self.ours)))
        _hook(self.under_test.move_ours)(booking, interval)
        self.ours[booking] = with_changes(self.ours[booking], interval=interval)

    @rule(window=_TIMES)
    def read_a_window(self, window: Interval) -> None:
        """A window shows what overlaps it."""
        _assert_same(self.under_test.read(window), self._busy(window))

    @invariant()
    def all_is_there(self) -> None:
        """A long window shows everything."""
        _assert_same(self.under_test.read(), self._busy(_LONG))

    def _busy(self, window: Interval) -> list[tuple[Interval, BookingId | None, int | None]]:
        ours = [(lies.interval, name, lies.sequence) for name, lies in self.ours.items()]
        every = [*ours, *((interval, None, None) for interval, _ in self.foreign)]
        return [one for one in every if one[0].overlaps(window)]


def _assert_same(
    found: Sequence[Busy], wanted: list[tuple[Interval, BookingId | None, int | None]]
) -> None:
    assert [busy.interval for busy in found] == sorted(busy.interval for busy in found)
    shown = [(busy.interval, busy.ours, busy.sequence) for busy in found]
    assert sorted(shown, key=str) == sorted(wanted, key=str), "what is taken is as in the model"
    assert all((busy.ours is None) == (busy.reference is not None) for busy in found)
