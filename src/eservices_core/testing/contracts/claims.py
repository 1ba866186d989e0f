"""The claims' contract: no two claims in one book share a minute, whoever tries whatever."""

from collections.abc import Sequence
from functools import partial
from itertools import pairwise
from typing import Final

import pytest
from attrs import evolve as with_changes

from eservices_core.outcome import Failure, Outcome, Success
from eservices_core.ports.claims import ClaimTime, Held, MoveClaim, ReleaseClaim, StaleClaim
from eservices_core.ports.claims import TimeIsTaken as Taken
from eservices_core.ports.ledger import CommitRefusal, StaleStream, Stored
from eservices_core.testing import racing
from eservices_core.testing.contracts.base import LedgerFixtures
from eservices_core.testing.contracts.sharing import PROCESSES, ROUNDS, RUNNERS
from eservices_core.testing.ledger_examples import (
    CLINIC,
    DOCTOR,
    STREAM,
    OpensLedger,
    WholeLedger,
    a_claim,
    a_move,
    an_append,
    claiming,
    held,
)
from eservices_core.words.identifiers import BookingId, ClinicId, PractitionerId
from eservices_core.words.interval import Interval

A, B, C = BookingId("a"), BookingId("b"), BookingId("c")
NURSE: Final = PractitionerId("nurse-1")
ALWAYS: Final = Interval(-(10**9), 10**9)

_TOUCHING: Final = {"before": (85, 100), "after": (115, 130)}
_OVERLAPPING: Final = {
    "the same": (100, 115),
    "within": (105, 110),
    "around": (95, 120),
    "begins with it": (100, 105),
    "begins with it, longer": (100, 120),
    "ends with it": (110, 115),
    "ends with it, longer": (95, 115),
    "its first minute": (90, 101),
    "its last minute": (114, 130),
}


def _both(ledger: WholeLedger, *acts: ClaimTime | MoveClaim) -> None:
    """Look that just these are held, in every way of asking."""
    there = tuple(held(act) for act in acts)
    assert ledger.live_at(CLINIC, ALWAYS) == there
    for one in there:
        assert ledger.held_by(one.booking) == one
    for doctor in (DOCTOR, NURSE):
        of_one = tuple(one for one in there if one.practitioner == doctor)
        assert ledger.live(CLINIC, doctor, ALWAYS) == of_one


class _OneByOne(LedgerFixtures):
    """What acts on claims come to, one after another."""

    def test_nothing_is_claimed_at_first(self, ledger: WholeLedger) -> None:
        """In an empty store all time is free."""
        assert ledger.live(CLINIC, DOCTOR, ALWAYS) == ()
        assert ledger.live_at(CLINIC, ALWAYS) == ()
        assert ledger.held_by(A) is None

    @pytest.mark.parametrize("start", [-1_000_000_000, -15, -7, 0, 29_000_000, 2_000_000_000])
    def test_a_claim_is_held(self, ledger: WholeLedger, start: int) -> None:
        """A claimed time is its booking's, to the minute, whenever it is."""
        claim = a_claim("a", start, start + 15)
        assert isinstance(ledger.commit(claiming("key", claim)), Success)
        assert ledger.live(CLINIC, DOCTOR, claim.interval) == (held(claim),)
        assert ledger.live_at(CLINIC, claim.interval) == (held(claim),)
        assert ledger.held_by(A) == held(claim)

    @pytest.mark.parametrize("minutes", _TOUCHING.values(), ids=_TOUCHING.keys())
    def test_touching_times_are_apart(self, ledger: WholeLedger, minutes: tuple[int, int]) -> None:
        """Where one time ends another can begin: the last minute is not part of it (D-BOOK-1)."""
        first, second = a_claim("a", 100, 115), a_claim("b", *minutes)
        _ = ledger.commit(claiming("first", first)).unwrap()
        _ = ledger.commit(claiming("second", second)).unwrap()
        _both(ledger, *sorted((first, second), key=lambda one: one.interval))

    @pytest.mark.parametrize("minutes", _OVERLAPPING.values(), ids=_OVERLAPPING.keys())
    def test_overlapping_times_are_refused(
        self, ledger: WholeLedger, minutes: tuple[int, int]
    ) -> None:
        """A claim that shares a minute with another is refused, as it was asked (D-BOOK-1)."""
        first, second = a_claim("a", 100, 115), a_claim("b", *minutes)
        _ = ledger.commit(claiming("first", first)).unwrap()
        refused = ledger.commit(claiming("second", second))
        assert refused == Failure(Taken(CLINIC, DOCTOR, second.interval))
        _both(ledger, first)
        assert ledger.held_by(B) is None

    def test_one_of_many_is_enough(self, ledger: WholeLedger) -> None:
        """In a full book a claim is refused for any one that it meets, and fits into any gap."""
        day = [a_claim(f"{start}", start, start + 15) for start in range(0, 600, 20)]
        _ = ledger.commit(claiming("day", *day)).unwrap()
        for start in range(0, 600, 20):
            long = a_claim("a", start + 14, start + 20)
            refused = Failure(Taken(CLINIC, DOCTOR, long.interval))
            assert ledger.commit(claiming("long", long)) == refused
            over = a_claim("a", start - 1_000, start + 1)
            refused = Failure(Taken(CLINIC, DOCTOR, over.interval))
            assert ledger.commit(claiming("over", over)) == refused
        gaps = [a_claim(f"gap-{start}", start + 15, start + 20) for start in range(0, 600, 20)]
        _ = ledger.commit(claiming("gaps", *gaps)).unwrap()

    def test_books_are_kept_apart(self, ledger: WholeLedger) -> None:
        """Clinic and practitioner together name a book, and both are compared exactly."""
        books = [("c", "p"), ("c", "P"), ("C", "p"), ("c", "p."), ("cp", "p"), ("p", "c")]
        claims = [
            ClaimTime(BookingId(f"{n}"), ClinicId(c), PractitionerId(p), Interval(0, 15))
            for n, (c, p) in enumerate(books)
        ]
        _ = ledger.commit(claiming("key", *claims)).unwrap()
        for claim in claims:
            assert ledger.live(claim.clinic, claim.practitioner, ALWAYS) == (held(claim),)
        assert {one.booking.value for one in ledger.live_at(ClinicId("c"), ALWAYS)} == set("013")

    # --- moving and releasing ------------------------------------------------------------------

    @pytest.mark.parametrize(
        "minutes",
        [*_OVERLAPPING.values(), *_TOUCHING.values(), (0, 15)],
        ids=[*_OVERLAPPING.keys(), *_TOUCHING.keys(), "far away"],
    )
    def test_a_booking_moves_over_its_own_time(
        self, ledger: WholeLedger, minutes: tuple[int, int]
    ) -> None:
        """A booking can move to any free time, its own old minutes among it (D-BOOK-4)."""
        _ = ledger.commit(claiming("first", a_claim("a", 100, 115))).unwrap()
        move = a_move("a", *minutes)
        _ = ledger.commit(claiming("second", move)).unwrap()
        _both(ledger, move)

    def test_a_move_frees_the_old_time(self, ledger: WholeLedger) -> None:
        """What a booking has moved from is free, at a practitioner that it has left too."""
        _ = ledger.commit(claiming("first", a_claim("a", 100, 115))).unwrap()
        move, claim = a_move("a", 100, 115, NURSE), a_claim("b", 100, 115)
        _ = ledger.commit(claiming("second", move)).unwrap()
        _ = ledger.commit(claiming("third", claim)).unwrap()
        _both(ledger, claim, move)

    @pytest.mark.parametrize("minutes", _OVERLAPPING.values(), ids=_OVERLAPPING.keys())
    def test_a_refused_move_leaves_the_old_time(
        self, ledger: WholeLedger, minutes: tuple[int, int]
    ) -> None:
        """A booking that cannot move keeps its time, against everybody (D-BOOK-4)."""
        old, there = a_claim("a", 200, 215), a_claim("b", 100, 115)
        _ = ledger.commit(claiming("first", old, there)).unwrap()
        move = a_move("a", *minutes)
        refused = Failure(Taken(CLINIC, DOCTOR, move.interval))
        assert ledger.commit(claiming("second", move)) == refused
        _both(ledger, there, old)
        again = a_claim("c", 214, 229)
        refused = Failure(Taken(CLINIC, DOCTOR, again.interval))
        assert ledger.commit(claiming("third", again)) == refused

    def test_a_released_time_is_free(self, ledger: WholeLedger) -> None:
        """What was released is nobody's, and anybody's to claim, that booking's too."""
        claim, other = a_claim("a", 100, 115), a_claim("b", 101, 114)
        _ = ledger.commit(claiming("first", claim)).unwrap()
        _ = ledger.commit(claiming("second", ReleaseClaim(A))).unwrap()
        _both(ledger)
        assert ledger.held_by(A) is None
        _ = ledger.commit(claiming("third", other)).unwrap()
        _ = ledger.commit(claiming("fourth", a_claim("a", 0, 15))).unwrap()
        _both(ledger, a_claim("a", 0, 15), other)

    # --- what the caller believed --------------------------------------------------------------

    def test_releasing_nothing_is_well(self, ledger: WholeLedger) -> None:
        """To release the claim of a booking that has none changes nothing, and is no refusal."""
        claim = a_claim("a", 100, 115)
        _ = ledger.commit(claiming("first", claim)).unwrap()
        assert isinstance(ledger.commit(claiming("second", ReleaseClaim(B))), Success)
        _both(ledger, claim)

    def test_one_can_claim_what_one_has(self, ledger: WholeLedger) -> None:
        """To claim just what the booking has changes nothing, and is no refusal."""
        claim = a_claim("a", 100, 115)
        _ = ledger.commit(claiming("first", claim)).unwrap()
        assert isinstance(ledger.commit(claiming("second", claim)), Success)
        _both(ledger, claim)

    @pytest.mark.parametrize("minutes", [(0, 15), (100, 116), (300, 315)])
    def test_a_booking_has_one_claim(self, ledger: WholeLedger, minutes: tuple[int, int]) -> None:
        """A booking that has a time cannot claim another, free or taken: its claim is stale."""
        mine, taken = a_claim("a", 100, 115), a_claim("b", 300, 315)
        _ = ledger.commit(claiming("first", mine, taken)).unwrap()
        for claim in (a_claim("a", *minutes), a_claim("a", *minutes, NURSE)):
            assert ledger.commit(claiming("second", claim)) == Failure(StaleClaim(A))
        _both(ledger, mine, taken)

    @pytest.mark.parametrize("minutes", [(0, 15), (300, 315)])
    def test_nothing_cannot_move(self, ledger: WholeLedger, minutes: tuple[int, int]) -> None:
        """A booking that has no time cannot move, to free time or taken: its claim is stale."""
        taken = a_claim("b", 300, 315)
        _ = ledger.commit(claiming("first", taken)).unwrap()
        refused = ledger.commit(claiming("second", a_move("a", *minutes)))
        assert refused == Failure(StaleClaim(A))
        _both(ledger, taken)

    def test_a_booking_stays_at_its_clinic(self, ledger: WholeLedger) -> None:
        """A booking of one clinic cannot move to another: its claim there is stale."""
        claim, elsewhere = a_claim("a", 100, 115), ClinicId("clinic-2")
        _ = ledger.commit(claiming("first", claim)).unwrap()
        move = MoveClaim(A, elsewhere, DOCTOR, Interval(0, 15))
        assert ledger.commit(claiming("second", move)) == Failure(StaleClaim(A))
        _both(ledger, claim)
        assert ledger.live_at(elsewhere, ALWAYS) == ()

    # --- within one change ---------------------------------------------------------------------

    def test_acts_happen_in_their_order(self, ledger: WholeLedger) -> None:
        """Released first, a time can be claimed in the same change; and not the other way."""
        release, claim = ReleaseClaim(A), a_claim("b", 100, 115)
        _ = ledger.commit(claiming("first", a_claim("a", 100, 115))).unwrap()
        refused = Failure(Taken(CLINIC, DOCTOR, claim.interval))
        assert ledger.commit(claiming("second", claim, release)) == refused
        _both(ledger, a_claim("a", 100, 115))
        _ = ledger.commit(claiming("third", release, claim)).unwrap()
        _both(ledger, claim)
        _ = ledger.commit(claiming("fourth", a_move("b", 0, 15), a_claim("a", 100, 115))).unwrap()
        _both(ledger, a_move("b", 0, 15), a_claim("a", 100, 115))

    def test_two_cannot_overlap_in_one_change(self, ledger: WholeLedger) -> None:
        """Of two in one change that share a minute the second is refused, and neither is there."""
        second = a_claim("b", 114, 130)
        refused = ledger.commit(claiming("key", a_claim("a", 100, 115), second))
        assert refused == Failure(Taken(CLINIC, DOCTOR, second.interval))
        _both(ledger)

    def test_a_refused_change_leaves_claims_alone(self, ledger: WholeLedger) -> None:
        """A change that is refused, for whatever, has claimed, moved and released nothing."""
        there = a_claim("a", 0, 15), a_claim("b", 100, 115)
        _ = ledger.commit(claiming("first", *there)).unwrap()
        acts = a_move("a", 15, 30), ReleaseClaim(B), a_claim("c", 100, 115)
        stale = with_changes(claiming("stale", *acts), appends=(an_append(7),))
        assert ledger.commit(stale) == Failure(StaleStream(STREAM))
        taken = claiming("taken", *acts, a_claim("d", 20, 25))
        assert ledger.commit(taken) == Failure(Taken(CLINIC, DOCTOR, Interval(20, 25)))
        _both(ledger, *there)
        _ = ledger.commit(claiming("taken", *acts)).unwrap()
        _both(ledger, a_move("a", 15, 30), a_claim("c", 100, 115))

    def test_a_repetition_claims_nothing(self, ledger: WholeLedger) -> None:
        """A change that is repeated under its key does not claim again what was released since."""
        change = claiming("first", a_claim("a", 100, 115))
        _ = ledger.commit(change).unwrap()
        _ = ledger.commit(claiming("second", ReleaseClaim(A))).unwrap()
        assert ledger.commit(change).unwrap().repeated
        _both(ledger)

    # --- reading -------------------------------------------------------------------------------

    def test_a_look_is_half_open_too(self, ledger: WholeLedger) -> None:
        """Whoever looks sees the claims that share a minute with what they look at, each whole."""
        claims = [a_claim("c", 130, 145), a_claim("a", 100, 115), a_claim("b", 115, 130)]
        _ = ledger.commit(claiming("key", *claims)).unwrap()
        looks = {
            (0, 100): "",
            (0, 101): "a",
            (100, 115): "a",
            (114, 116): "ab",
            (115, 130): "b",
            (120, 121): "b",
            (129, 131): "bc",
            (99, 146): "abc",
            (144, 300): "c",
            (145, 300): "",
        }
        whole = {claim.booking.value: held(claim) for claim in claims}
        for minutes, names in looks.items():
            expected = tuple(whole[name] for name in names)
            assert ledger.live(CLINIC, DOCTOR, Interval(*minutes)) == expected
            assert ledger.live_at(CLINIC, Interval(*minutes)) == expected

    def test_a_clinic_s_claims_are_in_order(self, ledger: WholeLedger) -> None:
        """A clinic's claims come by start, and at one minute by practitioner."""
        doctors = [PractitionerId(name) for name in ("d", "b", "a", "c")]
        claims = [
            a_claim(f"{doctor}-{start}", start, start + 10 + place, doctor)
            for place, doctor in enumerate(doctors)
            for start in (40, 0, 20)
        ]
        _ = ledger.commit(claiming("key", *claims)).unwrap()
        found = ledger.live_at(CLINIC, ALWAYS)
        order = [(one.interval.start, one.practitioner.value) for one in found]
        assert order == [(start, name) for start in (0, 20, 40) for name in "abcd"]
        assert set(found) == {held(claim) for claim in claims}

    # --- staleness -----------------------------------------------------------------------------

    def test_others_claims_are_seen(self, ledger: WholeLedger, other: WholeLedger) -> None:
        """What was claimed, moved or released through one handle is so at once through another."""
        claim, move = a_claim("a", 100, 115), a_move("a", 200, 215)
        _both(other)
        for key, act in (("claim", claim), ("move", move)):
            _ = ledger.commit(claiming(key, act)).unwrap()
            _both(other, act)
        _ = ledger.commit(claiming("release", ReleaseClaim(A))).unwrap()
        _both(other)
        _ = ledger.commit(claiming("again", claim)).unwrap()
        refused = Failure(Taken(CLINIC, DOCTOR, Interval(101, 102)))
        assert other.commit(claiming("b", a_claim("b", 101, 102))) == refused

    def test_claims_are_kept(self, handles: OpensLedger, ledger: WholeLedger) -> None:
        """What was claimed is held against whoever opens the store next."""
        claim = a_claim("a", 100, 115)
        _ = ledger.commit(claiming("first", claim)).unwrap()
        again = handles()
        _both(again, claim)
        refused = Failure(Taken(CLINIC, DOCTOR, Interval(101, 102)))
        assert again.commit(claiming("b", a_claim("b", 101, 102))) == refused


# --- races -------------------------------------------------------------------------------------

_Outcomes = Sequence[Outcome[Stored, CommitRefusal]]


def assert_apart(found: tuple[Held, ...]) -> None:
    """Look that no two claims in one book, given in their order, share a minute."""
    for one, after in pairwise(found):
        assert one.interval.end <= after.interval.start


def assert_one_claims(runs: Sequence[_Outcomes], ledger: WholeLedger) -> None:
    """Look that of each round's claims, which all meet, one is held and the others were refused."""
    assert_apart(ledger.live(CLINIC, DOCTOR, ALWAYS))
    for round_, outcomes in enumerate(zip(*runs, strict=True)):
        contested = Interval(round_ * racing.ROOM, round_ * racing.ROOM + racing.ROOM // 2)
        (holder,) = ledger.live(CLINIC, DOCTOR, contested)
        winners = [n for n, outcome in enumerate(outcomes) if isinstance(outcome, Success)]
        assert [holder.booking.value] == [f"{round_}-{runner}" for runner in winners]
        for outcome in outcomes:
            assert isinstance(outcome, Success) or isinstance(outcome.failure(), Taken)


class _AtOnce(LedgerFixtures):
    """What acts on claims come to when several are at it."""

    @pytest.fixture(params=["one handle", "a handle each"])
    def runners(self, request: pytest.FixtureRequest, handles: OpensLedger) -> list[WholeLedger]:
        """Give each thread its handle."""
        if request.param == "one handle":
            return [handles()] * RUNNERS
        return [handles() for _ in range(RUNNERS)]

    @pytest.fixture
    def processes(self, only_this_process: str | None, open_ledger: OpensLedger) -> OpensLedger:
        """Give what other processes open the store with."""
        if only_this_process is not None:
            pytest.skip(only_this_process)
        return open_ledger

    def test_one_claim_wins(self, runners: list[WholeLedger]) -> None:
        """Of threads that claim one time one has it, and each of the others is told so."""
        lap = partial(racing.claim_each_time, rounds=ROUNDS)
        assert_one_claims(racing.in_threads(runners, lap), runners[0])

    def test_one_overlapping_claim_wins(self, runners: list[WholeLedger]) -> None:
        """Of threads whose times begin one after another and all meet, one has its time."""
        lap = partial(racing.claim_each_time, rounds=ROUNDS, apart=4)
        assert_one_claims(racing.in_threads(runners, lap), runners[0])

    def test_one_move_wins(self, runners: list[WholeLedger]) -> None:
        """Of threads that move to one time one gets there, and the others keep what they had."""
        lap = partial(racing.move_to_each_time, rounds=ROUNDS, apart=4)
        assert_one_claims(racing.in_threads(runners, lap), runners[0])

    def test_one_claim_wins_over_processes(
        self, processes: OpensLedger, ledger: WholeLedger
    ) -> None:
        """Of processes that claim one time one has it, and each of the others is told so."""
        lap = partial(racing.claim_each_time, rounds=ROUNDS)
        assert_one_claims(racing.in_processes(processes, lap, PROCESSES), ledger)

    def test_one_move_wins_over_processes(
        self, processes: OpensLedger, ledger: WholeLedger
    ) -> None:
        """Of processes that move to times that meet one gets there; the others keep theirs."""
        lap = partial(racing.move_to_each_time, rounds=ROUNDS, apart=4)
        assert_one_claims(racing.in_processes(processes, lap, PROCESSES), ledger)


class ClaimsContract(_OneByOne, _AtOnce):
    """What Claims, and acts on claims in a change, promise; `open_ledger` says what to return."""
