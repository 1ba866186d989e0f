"""Every promise about claims can be broken: stores that each break one, and what notices."""

from contextlib import nullcontext
from time import sleep

import pytest
from attrs import evolve as with_changes
from hypothesis import Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from eservices_core.outcome import Failure, Outcome, Success
from eservices_core.ports.claims import (
    ClaimTime,
    Held,
    MoveClaim,
    ReleaseClaim,
    StaleClaim,
    TimeIsTaken,
)
from eservices_core.ports.ledger import Change, CommitRefusal, KeyWasUsed, Stored
from eservices_core.testing.contracts import ClaimsContract, ClaimsMachine, WholeLedger
from eservices_core.testing.memory import MemoryLedger
from eservices_core.words.identifiers import BookingId, ClinicId, PractitionerId
from eservices_core.words.interval import Interval
from tests.contracts.sabotage import RUNNERS, Case, assert_noticed

_Held = dict[BookingId, Held]
_Claimed = _Held | TimeIsTaken | StaleClaim
_SPARE = BookingId("spare")


class _ComparesStarts(MemoryLedger):
    """Two times overlap if they begin together."""

    def _is_taken(self, after: _Held, wanted: Held) -> bool:
        start = wanted.interval.start
        alike = {k: one for k, one in after.items() if one.interval.start == start}
        return super()._is_taken(alike, wanted)


class _ClosesIntervals(MemoryLedger):
    """The last minute of a time is the first one of the next."""

    def _is_taken(self, after: _Held, wanted: Held) -> bool:
        wider = Interval(wanted.interval.start, wanted.interval.end + 1)
        return super()._is_taken(after, with_changes(wanted, interval=wider))


class _LooksAtEnds(MemoryLedger):
    """Only a time that begins or ends within another overlaps it."""

    def _is_taken(self, after: _Held, wanted: Held) -> bool:
        within = range(wanted.interval.start, wanted.interval.end)
        met = {
            k: one
            for k, one in after.items()
            if one.interval.start in within or one.interval.end - 1 in within
        }
        return super()._is_taken(met, wanted)


class _LooksAtTheLast(MemoryLedger):
    """Only the latest claim is compared."""

    def _is_taken(self, after: _Held, wanted: Held) -> bool:
        return super()._is_taken(dict(list(after.items())[-1:]), wanted)


class _HasOneBook(MemoryLedger):
    """A practitioner's name is enough, at whatever clinic."""

    def _is_taken(self, after: _Held, wanted: Held) -> bool:
        moved = {k: with_changes(one, clinic=wanted.clinic) for k, one in after.items()}
        return super()._is_taken(moved, wanted)


class _HasOneBookAClinic(MemoryLedger):
    """A clinic's practitioners share one book."""

    def _is_taken(self, after: _Held, wanted: Held) -> bool:
        moved = {k: with_changes(one, practitioner=wanted.practitioner) for k, one in after.items()}
        return super()._is_taken(moved, wanted)


class _GivesTimeAway(MemoryLedger):
    """The last claimer has the time."""

    def _is_taken(self, after: _Held, wanted: Held) -> bool:
        del after, wanted
        return False


class _StandsInItsWay(MemoryLedger):
    """A booking cannot move over its own time."""

    def _is_taken(self, after: _Held, wanted: Held) -> bool:
        return super()._is_taken(after, with_changes(wanted, booking=_SPARE))


class _AsksFirst(MemoryLedger):
    """Whoever has looked writes, when there was time for others."""

    def __init__(self) -> None:
        super().__init__()
        vars(self)["_lock"] = nullcontext()

    def _claimed(self, change: Change) -> _Claimed:
        held = super()._claimed(change)
        sleep(0.001)
        if isinstance(held, TimeIsTaken | StaleClaim):
            return held
        return {**self._held, **held}


class _ReleasesNothing(MemoryLedger):
    """A released time stays taken."""

    def _claimed(self, change: Change) -> _Claimed:
        acts = tuple(act for act in change.claims if not isinstance(act, ReleaseClaim))
        return super()._claimed(with_changes(change, claims=acts))


class _MindsReleasingNothing(MemoryLedger):
    """What is not there cannot be released."""

    def _claimed(self, change: Change) -> _Claimed:
        for act in change.claims:
            if isinstance(act, ReleaseClaim) and act.booking not in self._held:
                return StaleClaim(act.booking)
        return super()._claimed(change)


class _DropsTheOldFirst(MemoryLedger):
    """A move gives the old time up, and then claims the new one."""

    def _claimed(self, change: Change) -> _Claimed:
        held = super()._claimed(change)
        if isinstance(held, TimeIsTaken):
            for act in change.claims:
                if isinstance(act, MoveClaim):
                    _ = self._held.pop(act.booking, None)
        return held


class _KeepsTheOldTime(MemoryLedger):
    """A move leaves the old time taken."""

    def _claimed(self, change: Change) -> _Claimed:
        held = super()._claimed(change)
        if isinstance(held, TimeIsTaken | StaleClaim):
            return held
        left = {
            BookingId(f"{act.booking}-before"): self._held[act.booking]
            for act in change.claims
            if isinstance(act, MoveClaim) and act.booking in self._held
        }
        return {**held, **left}


class _KeepsHalf(MemoryLedger):
    """Of a change that is refused, the acts before that are carried out."""

    def _claimed(self, change: Change) -> _Claimed:
        for act in change.claims:
            held = super()._claimed(with_changes(change, claims=(act,)))
            if isinstance(held, TimeIsTaken | StaleClaim):
                return held
            self._held = held
        return self._held


class _ReleasesFirst(MemoryLedger):
    """All that a change releases is free for all that it claims."""

    def _claimed(self, change: Change) -> _Claimed:
        acts = sorted(change.claims, key=lambda act: not isinstance(act, ReleaseClaim))
        return super()._claimed(with_changes(change, claims=tuple(acts)))


class _LooksAtWhatWas(MemoryLedger):
    """Acts in one change do not see each other."""

    def _claimed(self, change: Change) -> _Claimed:
        after = dict(self._held)
        for act in change.claims:
            held = super()._claimed(with_changes(change, claims=(act,)))
            if isinstance(held, TimeIsTaken | StaleClaim):
                return held
            after |= {act.booking: held[act.booking]} if act.booking in held else {}
        return after


class _ClaimsAnew(MemoryLedger):
    """Whoever has a time can claim another instead."""

    def _claimed(self, change: Change) -> _Claimed:
        acts = tuple(
            MoveClaim(act.booking, act.clinic, act.practitioner, act.interval)
            if isinstance(act, ClaimTime) and act.booking in self._held
            else act
            for act in change.claims
        )
        return super()._claimed(with_changes(change, claims=acts))


class _ClaimsOnce(MemoryLedger):
    """What one has cannot be claimed again."""

    def _claimed(self, change: Change) -> _Claimed:
        for act in change.claims:
            if isinstance(act, ClaimTime) and act.booking in self._held:
                return StaleClaim(act.booking)
        return super()._claimed(change)


class _MovesAnything(MemoryLedger):
    """Whoever moves has the time, wherever they were before."""

    def _claimed(self, change: Change) -> _Claimed:
        acts: list[ClaimTime | MoveClaim | ReleaseClaim] = []
        for act in change.claims:
            if isinstance(act, MoveClaim):
                claim = ClaimTime(act.booking, act.clinic, act.practitioner, act.interval)
                acts += [ReleaseClaim(act.booking), claim]
            else:
                acts.append(act)
        return super()._claimed(with_changes(change, claims=tuple(acts)))


class _TellsTheOthers(MemoryLedger):
    """A refusal tells which time the other has."""

    def _commit(self, change: Change) -> Outcome[Stored, CommitRefusal]:
        outcome = super()._commit(change)
        if isinstance(outcome, Failure) and isinstance(outcome.failure(), TimeIsTaken):
            other = next(iter(self._held.values()))
            return Failure(TimeIsTaken(other.clinic, other.practitioner, other.interval))
        return outcome


class _ForgetsKeys(MemoryLedger):
    """Every commit is a new one."""

    def _answered(self, key: str, fingerprint: str) -> Outcome[Stored | None, KeyWasUsed]:
        del key, fingerprint
        return Success(None)


class _CountsFrom1970(MemoryLedger):
    """There are no minutes before the first."""

    def held_by(self, booking: BookingId, /) -> Held | None:
        held = super().held_by(booking)
        if held is None or held.interval.start >= 0:
            return held
        return with_changes(held, interval=Interval(0, max(1, held.interval.end)))


class _SeesWhatBegins(MemoryLedger):
    """Whoever looks sees what begins then."""

    def live_at(self, clinic: ClinicId, within: Interval, /) -> tuple[Held, ...]:
        found = super().live_at(clinic, within)
        return tuple(one for one in found if one.interval.start >= within.start)


class _SeesWhatTouches(MemoryLedger):
    """Whoever looks sees what begins just then too."""

    def live_at(self, clinic: ClinicId, within: Interval, /) -> tuple[Held, ...]:
        return super().live_at(clinic, Interval(within.start, within.end + 1))


class _CutsWhatIsSeen(MemoryLedger):
    """Whoever looks sees the part of a claim that they look at."""

    def live_at(self, clinic: ClinicId, within: Interval, /) -> tuple[Held, ...]:
        cut = [
            with_changes(
                one,
                interval=Interval(
                    max(one.interval.start, within.start), min(one.interval.end, within.end)
                ),
            )
            for one in super().live_at(clinic, within)
        ]
        return tuple(cut)


class _TellsInItsOwnOrder(MemoryLedger):
    """Claims come in the order in which they were made."""

    def live_at(self, clinic: ClinicId, within: Interval, /) -> tuple[Held, ...]:
        found = super().live_at(clinic, within)
        return tuple(sorted(found, key=lambda one: list(self._held).index(one.booking)))


class _IsStale(MemoryLedger):
    """What was seen once is remembered."""

    def __init__(self) -> None:
        super().__init__()
        self._seen: dict[object, tuple[Held, ...]] = {}

    def live(
        self, clinic: ClinicId, practitioner: PractitionerId, within: Interval, /
    ) -> tuple[Held, ...]:
        found = super().live(clinic, practitioner, within)
        return self._seen.setdefault((clinic, practitioner, within), found)


CLAIMS = ClaimsContract()
SAME, WITHIN, AFTER, AROUND = (100, 115), (105, 110), (115, 130), (95, 120)

CASES = (
    Case(_ComparesStarts, CLAIMS.test_overlapping_times_are_refused, (WITHIN,)),
    Case(_ComparesStarts, CLAIMS.test_one_overlapping_claim_wins, (), RUNNERS),
    Case(_ClosesIntervals, CLAIMS.test_touching_times_are_apart, ((85, 100),)),
    Case(_LooksAtEnds, CLAIMS.test_overlapping_times_are_refused, (WITHIN,)),
    Case(_LooksAtTheLast, CLAIMS.test_one_of_many_is_enough),
    Case(_HasOneBook, CLAIMS.test_books_are_kept_apart),
    Case(_HasOneBookAClinic, CLAIMS.test_books_are_kept_apart),
    Case(_HasOneBookAClinic, CLAIMS.test_a_clinic_s_claims_are_in_order),
    Case(_GivesTimeAway, CLAIMS.test_overlapping_times_are_refused, (SAME,)),
    Case(_GivesTimeAway, CLAIMS.test_one_claim_wins, (), RUNNERS),
    Case(_StandsInItsWay, CLAIMS.test_a_booking_moves_over_its_own_time, (WITHIN,)),
    Case(_AsksFirst, CLAIMS.test_one_claim_wins, (), RUNNERS),
    Case(_AsksFirst, CLAIMS.test_one_overlapping_claim_wins, (), RUNNERS),
    Case(_AsksFirst, CLAIMS.test_one_move_wins, (), RUNNERS),
    Case(_ReleasesNothing, CLAIMS.test_a_released_time_is_free),
    Case(_MindsReleasingNothing, CLAIMS.test_releasing_nothing_is_well),
    Case(_DropsTheOldFirst, CLAIMS.test_a_refused_move_leaves_the_old_time, (WITHIN,)),
    Case(_DropsTheOldFirst, CLAIMS.test_one_move_wins, (), RUNNERS),
    Case(_KeepsTheOldTime, CLAIMS.test_a_move_frees_the_old_time),
    Case(_KeepsHalf, CLAIMS.test_a_refused_change_leaves_claims_alone),
    Case(_KeepsHalf, CLAIMS.test_two_cannot_overlap_in_one_change),
    Case(_ReleasesFirst, CLAIMS.test_acts_happen_in_their_order),
    Case(_LooksAtWhatWas, CLAIMS.test_two_cannot_overlap_in_one_change),
    Case(_LooksAtWhatWas, CLAIMS.test_acts_happen_in_their_order),
    Case(_ClaimsAnew, CLAIMS.test_a_booking_has_one_claim, ((0, 15),)),
    Case(_ClaimsOnce, CLAIMS.test_one_can_claim_what_one_has),
    Case(_MovesAnything, CLAIMS.test_nothing_cannot_move, ((0, 15),)),
    Case(_MovesAnything, CLAIMS.test_a_booking_stays_at_its_clinic),
    Case(_TellsTheOthers, CLAIMS.test_overlapping_times_are_refused, (AROUND,)),
    Case(_ForgetsKeys, CLAIMS.test_a_repetition_claims_nothing),
    Case(_CountsFrom1970, CLAIMS.test_a_claim_is_held, (-7,)),
    Case(_SeesWhatBegins, CLAIMS.test_a_look_is_half_open_too),
    Case(_SeesWhatTouches, CLAIMS.test_a_look_is_half_open_too),
    Case(_CutsWhatIsSeen, CLAIMS.test_a_look_is_half_open_too),
    Case(_TellsInItsOwnOrder, CLAIMS.test_a_clinic_s_claims_are_in_order),
    Case(_IsStale, CLAIMS.test_others_claims_are_seen, (), 2),
)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_a_broken_promise_is_noticed(case: Case) -> None:
    """A store that breaks a promise about claims fails its test, which says its name (D-BOOK-1)."""
    assert_noticed(case)


@pytest.mark.parametrize(
    "saboteur",
    [
        _ComparesStarts,
        _ClosesIntervals,
        _LooksAtEnds,
        _LooksAtTheLast,
        _HasOneBook,
        _HasOneBookAClinic,
        _StandsInItsWay,
        _ReleasesNothing,
        _DropsTheOldFirst,
        _KeepsTheOldTime,
        _KeepsHalf,
        _ReleasesFirst,
        _LooksAtWhatWas,
        _ClaimsAnew,
        _ClaimsOnce,
        _MovesAnything,
        _SeesWhatBegins,
        _CutsWhatIsSeen,
        _TellsInItsOwnOrder,
    ],
)
def test_the_machine_notices(saboteur: type[MemoryLedger]) -> None:
    """The state machine of claims alone notices what can be noticed by one after another."""

    class Machine(ClaimsMachine):
        def open_ledger(self) -> WholeLedger:
            return saboteur()

    with pytest.raises(AssertionError):
        run_state_machine_as_test(Machine, settings=settings(phases=[Phase.generate]))
