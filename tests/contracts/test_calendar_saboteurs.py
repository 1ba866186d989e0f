"""Every promise of a calendar can be broken: calendars that break one, and who notices."""

import time
from collections.abc import Callable
from typing import Any

import pytest
from attrs import evolve as with_changes
from attrs import frozen
from hypothesis import Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from eservices_core.outcome import Failure, Outcome, Success
from eservices_core.ports.calendar import (
    Busy,
    CalendarUnreachable,
    Entry,
    Lying,
    Reading,
    Withdrawn,
    Written,
)
from eservices_core.testing.contracts import (
    AppointmentCalendarContract,
    CalendarMachine,
    CalendarUnderTest,
)
from eservices_core.testing.contracts.calendar import at
from eservices_core.testing.memory import MemoryCalendar
from eservices_core.words.identifiers import BookingId, ClinicId, PractitionerId
from eservices_core.words.interval import Interval
from tests.adapters.calendar.making import BOOK, NOBODY, OTHER
from tests.contracts.test_calendar import in_memory

CALENDAR = AppointmentCalendarContract()
Answer = Outcome[Any, Any]


class _Closed(MemoryCalendar):
    """Takes what only touches a window for what overlaps it."""

    def read(self, clinic: ClinicId, practitioner: PractitionerId, within: Interval, /) -> Answer:
        wider = Interval(within.start - 1, within.end + 1)
        return super().read(clinic, practitioner, wider)


class _Merges(MemoryCalendar):
    """Shows overlapping times as one."""

    def read(self, clinic: ClinicId, practitioner: PractitionerId, within: Interval, /) -> Answer:
        found = super().read(clinic, practitioner, within)
        if isinstance(found, Failure):
            return found
        merged: list[Busy] = []
        for busy in found.unwrap().busy:
            if merged and merged[-1].interval.overlaps(busy.interval):
                last = merged.pop()
                end = max(last.interval.end, busy.interval.end)
                busy = with_changes(last, interval=Interval(last.interval.start, end))  # noqa: PLW2901  the loop's own
            merged.append(busy)
        return Success(Reading(tuple(merged)))


class _Cuts(MemoryCalendar):
    """Shows only what of a time lies in the window."""

    def read(self, clinic: ClinicId, practitioner: PractitionerId, within: Interval, /) -> Answer:
        found = super().read(clinic, practitioner, within)
        if isinstance(found, Failure):
            return found
        return Success(
            Reading(
                tuple(
                    with_changes(
                        busy,
                        interval=Interval(
                            max(busy.interval.start, within.start),
                            min(busy.interval.end, within.end),
                        ),
                    )
                    for busy in found.unwrap().busy
                )
            )
        )


class _Remembers(MemoryCalendar):
    """Reads once, and says it again."""

    def read(self, clinic: ClinicId, practitioner: PractitionerId, within: Interval, /) -> Answer:
        known: dict[Any, Answer] = self.__dict__.setdefault("_known", {})
        key = (clinic, practitioner, within)
        return known.setdefault(key, super().read(clinic, practitioner, within))


class _Tells(MemoryCalendar):
    """Names others' appointments as nobody's."""

    def read(self, clinic: ClinicId, practitioner: PractitionerId, within: Interval, /) -> Answer:
        found = super().read(clinic, practitioner, within)
        if isinstance(found, Failure):
            return found
        busy = (with_changes(one, reference=None) for one in found.unwrap().busy)
        return Success(Reading(tuple(busy)))


class _OneBook(MemoryCalendar):
    """Keeps all practitioners of a clinic in one calendar."""

    def _shelf(self, clinic: ClinicId, practitioner: PractitionerId) -> Answer:
        return super()._shelf(clinic, practitioner if (clinic, practitioner) == NOBODY else BOOK[1])


class _MakesOne(MemoryCalendar):
    """Shows a practitioner without a calendar as one who is free."""

    def read(self, clinic: ClinicId, practitioner: PractitionerId, within: Interval, /) -> Answer:
        found = super().read(clinic, practitioner, within)
        return Success(Reading(())) if isinstance(found, Failure) else found


class _Writes(MemoryCalendar):
    """A calendar whose writing is broken; `_before` says how."""

    def _now(self, booking: BookingId) -> Lying | None:
        ours = self._books[BOOK].ours
        return ours[booking].lying if booking in ours else None


class _Overwrites(_Writes):
    """Goes over whatever lies there."""

    def write(
        self, clinic: ClinicId, practitioner: PractitionerId, entry: Entry,
        believed: Lying | None = None, /,
    ) -> Answer:  # fmt: skip
        del believed
        return super().write(clinic, practitioner, entry, self._now(entry.booking))


class _TakesOlder(_Writes):
    """Does not look at sequences."""

    def write(
        self, clinic: ClinicId, practitioner: PractitionerId, entry: Entry,
        believed: Lying | None = None, /,
    ) -> Answer:  # fmt: skip
        if believed is not None and believed == self._now(entry.booking) != entry.lying:
            self._books[BOOK].ours[entry.booking] = entry
            return Success(Written.WRITTEN)
        return super().write(clinic, practitioner, entry, believed)


class _Insists(_Writes):
    """Writes again what somebody has deleted."""

    def write(
        self, clinic: ClinicId, practitioner: PractitionerId, entry: Entry,
        believed: Lying | None = None, /,
    ) -> Answer:  # fmt: skip
        gone = self._now(entry.booking) is None
        return super().write(clinic, practitioner, entry, None if gone else believed)


class _Doubles(_Writes):
    """Says WRITTEN of what lay there."""

    def write(
        self, clinic: ClinicId, practitioner: PractitionerId, entry: Entry,
        believed: Lying | None = None, /,
    ) -> Answer:  # fmt: skip
        answer = super().write(clinic, practitioner, entry, believed)
        return Success(Written.WRITTEN) if isinstance(answer, Success) else answer


class _Leaves(_Writes):
    """Leaves an entry behind at the time that it was moved from."""

    def write(
        self, clinic: ClinicId, practitioner: PractitionerId, entry: Entry,
        believed: Lying | None = None, /,
    ) -> Answer:  # fmt: skip
        answer = super().write(clinic, practitioner, entry, believed)
        if believed is not None and answer == Success(Written.WRITTEN):
            _ = self.add_foreign((clinic, practitioner), believed.interval)
        return answer


class _TripsOverText(_Writes):
    """Ends a calendar where a title says so."""

    def write(
        self, clinic: ClinicId, practitioner: PractitionerId, entry: Entry,
        believed: Lying | None = None, /,
    ) -> Answer:  # fmt: skip
        answer = super().write(clinic, practitioner, entry, believed)
        if "END:VEVENT" in entry.title:
            self._books[BOOK].ours.pop(BookingId("booking-2"), None)
        return answer


class _Refuses(_Writes):
    """Refuses overlaps."""

    def write(
        self, clinic: ClinicId, practitioner: PractitionerId, entry: Entry,
        believed: Lying | None = None, /,
    ) -> Answer:  # fmt: skip
        found = super().read(clinic, practitioner, entry.interval)
        if isinstance(found, Success) and any(b.ours != entry.booking for b in found.unwrap().busy):
            raise CalendarUnreachable("taken")
        return super().write(clinic, practitioner, entry, believed)


class _Folds(_Writes):
    """Does not tell capitals in a booking's name."""

    def write(
        self, clinic: ClinicId, practitioner: PractitionerId, entry: Entry,
        believed: Lying | None = None, /,
    ) -> Answer:  # fmt: skip
        folded = with_changes(entry, booking=BookingId(str(entry.booking).lower()))
        return super().write(clinic, practitioner, folded, believed)


class _Loses(_Writes):
    """Reads everything, and some time later writes it back."""

    def write(
        self, clinic: ClinicId, practitioner: PractitionerId, entry: Entry,
        believed: Lying | None = None, /,
    ) -> Answer:  # fmt: skip
        before = dict(self._books[BOOK].ours)
        time.sleep(0.002)
        answer = super().write(clinic, practitioner, entry, believed)
        if answer == Success(Written.WRITTEN):
            self._books[BOOK].ours = {**before, entry.booking: entry}
        return answer


class _WithdrawsAll(MemoryCalendar):
    """Withdraws whatever sequence it is."""

    def withdraw(
        self, clinic: ClinicId, practitioner: PractitionerId, booking: BookingId, sequence: int, /
    ) -> Answer:
        return super().withdraw(clinic, practitioner, booking, sequence + 1_000)


class _CannotFind(MemoryCalendar):
    """Says NOT_THERE of what somebody has moved, and leaves it."""

    def withdraw(
        self, clinic: ClinicId, practitioner: PractitionerId, booking: BookingId, sequence: int, /
    ) -> Answer:
        entry = self._books[clinic, practitioner].ours.get(booking)
        if entry is not None and entry.interval == at(300):
            return Success(Withdrawn.NOT_THERE)
        return super().withdraw(clinic, practitioner, booking, sequence)


class _Clears(MemoryCalendar):
    """Clears the time of a withdrawn entry, whoever else is there."""

    def withdraw(
        self, clinic: ClinicId, practitioner: PractitionerId, booking: BookingId, sequence: int, /
    ) -> Answer:
        answer = super().withdraw(clinic, practitioner, booking, sequence)
        self._books[clinic, practitioner].foreign.clear()
        return answer


class _MakesUp(MemoryCalendar):
    """Shows an empty calendar when it cannot look."""

    def read(self, clinic: ClinicId, practitioner: PractitionerId, within: Interval, /) -> Answer:
        try:
            return super().read(clinic, practitioner, within)
        except CalendarUnreachable:
            return Success(Reading(()))


@frozen
class _Case:
    saboteur: type[MemoryCalendar]
    promise: Callable[..., None]
    more: tuple[Any, ...] = ()

    def __str__(self) -> str:
        return self.saboteur.__name__

    def made(self, calendar: type[MemoryCalendar]) -> CalendarUnderTest:
        return in_memory(calendar([BOOK, OTHER]))


CASES = (
    _Case(_Closed, CALENDAR.test_windows_are_half_open),
    _Case(_Cuts, CALENDAR.test_windows_are_half_open),
    _Case(_Merges, CALENDAR.test_ours_are_told_from_others),
    _Case(_Tells, CALENDAR.test_ours_are_told_from_others),
    _Case(_Remembers, CALENDAR.test_others_come_and_go),
    _Case(_OneBook, CALENDAR.test_books_are_kept_apart),
    _Case(_MakesOne, CALENDAR.test_a_practitioner_without_one_is_told),
    _Case(_Doubles, CALENDAR.test_the_same_again_is_fine),
    _Case(_Leaves, CALENDAR.test_a_move_leaves_nothing_behind),
    _Case(_TakesOlder, CALENDAR.test_an_older_one_is_refused),
    _Case(_Overwrites, CALENDAR.test_belief_that_is_wrong_writes_nothing),
    _Case(_Overwrites, CALENDAR.test_ours_can_be_moved),
    _Case(_Insists, CALENDAR.test_ours_can_be_lost),
    _Case(_WithdrawsAll, CALENDAR.test_an_older_one_is_refused),
    _Case(_CannotFind, CALENDAR.test_a_moved_one_can_be_withdrawn),
    _Case(_Clears, CALENDAR.test_others_are_left_alone),
    _Case(_Refuses, CALENDAR.test_overlaps_are_not_its_business),
    _Case(_TripsOverText, CALENDAR.test_texts_are_only_texts, ("END:VEVENT",)),
    _Case(_Folds, CALENDAR.test_bookings_are_told_apart, ("A",)),
    _Case(_Loses, CALENDAR.test_nothing_is_lost_between_writers),
    _Case(_Overwrites, CALENDAR.test_one_of_several_moves_wins),
    _Case(_MakesUp, CALENDAR.test_broken_infrastructure_is_an_exception),
)


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case}-{case.promise.__name__}")
def test_a_broken_promise_is_noticed(case: _Case) -> None:
    """A calendar that breaks a promise fails that promise's test, which says its name."""
    case.promise(case.made(MemoryCalendar), *case.more)
    with pytest.raises(BaseException) as broken:  # noqa: PT011  however it breaks
        case.promise(case.made(case.saboteur), *case.more)
    assert [note for note in broken.value.__notes__ if note.startswith("broken promise: ")]


SEEN_BY_THE_MACHINE = (
    _Closed, _Cuts, _Merges, _Tells, _Remembers, _Doubles, _Leaves, _TakesOlder, _Overwrites,
    _Insists, _WithdrawsAll, _Clears,
)  # fmt: skip


@pytest.mark.parametrize("saboteur", SEEN_BY_THE_MACHINE)
def test_the_machine_notices(saboteur: type[MemoryCalendar]) -> None:
    """A drawn history shows what is wrong with a calendar, also where no example was written."""

    class Machine(CalendarMachine):
        def open_calendar(self) -> CalendarUnderTest:
            return in_memory(saboteur([BOOK, OTHER]))

    quick = settings(max_examples=100, phases=[Phase.generate], database=None)
    with pytest.raises(AssertionError):
        run_state_machine_as_test(Machine, settings=quick)
