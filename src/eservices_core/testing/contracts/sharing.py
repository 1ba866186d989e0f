"""The ledger's promises to several who use it at once: nothing stale, and of a race one winner."""

from collections.abc import Iterable
from functools import partial
from threading import Event
from typing import Final

import pytest
from attrs import evolve as with_changes

from eservices_core.events import StreamId
from eservices_core.outcome import Failure, Outcome, Success
from eservices_core.ports.claims import ReleaseClaim
from eservices_core.ports.ledger import (
    CommitRefusal,
    EraseContent,
    NameIsTaken,
    NameKind,
    ReleaseName,
    StaleStream,
    Stored,
)
from eservices_core.ports.outbox import Handover
from eservices_core.testing import racing
from eservices_core.testing.contracts.base import LedgerFixtures
from eservices_core.testing.ledger_examples import (
    OTHER_STREAM,
    STREAM,
    OpensLedger,
    WholeLedger,
    a_change,
    a_name,
    a_whole_change,
    an_append,
    parts_there,
    settle_next,
)
from eservices_core.words.identifiers import BookingId, ContentId, UserId

RUNNERS: Final = 6
"""Threads in a race."""
PROCESSES: Final = 3
"""Processes in a race."""
ROUNDS: Final = 8
"""How often a race is run."""
LAPS: Final = 12
"""How often each runner counts."""

_Outcomes = list[Outcome[Stored, CommitRefusal]]


def _assert_one_wins(runs: list[_Outcomes], ledger: WholeLedger) -> None:
    """Of the appends of each round one was stored, and the others were told to read again."""
    for round_, outcomes in enumerate(zip(*runs, strict=True)):
        stream = StreamId("guesses", f"{round_}")
        assert outcomes.count(Failure(StaleStream(stream))) == len(outcomes) - 1
        assert sum(isinstance(outcome, Success) for outcome in outcomes) == 1
        assert len(ledger.history(stream)) == 2  # noqa: PLR2004  the winner's two events


def _assert_one_holds(runs: list[_Outcomes], ledger: WholeLedger) -> None:
    """Of the takers of each name one has it, and nothing of the others' changes is there."""
    for round_, outcomes in enumerate(zip(*runs, strict=True)):
        winners = [
            runner for runner, outcome in enumerate(outcomes) if isinstance(outcome, Success)
        ]
        taken = Failure(NameIsTaken(NameKind.USERNAME))
        assert outcomes.count(taken) == len(outcomes) - len(winners)
        assert [ledger.holder(a_name(f"name-{round_}"))] == [
            UserId(f"user-{runner}") for runner in winners
        ]
        written = [
            runner
            for runner in range(len(outcomes))
            if ledger.history(StreamId("user", f"{round_}-{runner}"))
        ]
        assert written == winners


def _assert_one_effect(runs: list[_Outcomes], ledger: WholeLedger) -> None:
    """Under each key one change was carried out, and everybody was told its answer."""
    for round_, outcomes in enumerate(zip(*runs, strict=True)):
        stored = [outcome.unwrap() for outcome in outcomes]
        first = [runner for runner, one in enumerate(stored) if not one.repeated]
        written = [
            runner
            for runner in range(len(stored))
            if ledger.history(StreamId("guesses", f"{round_}-{runner}"))
        ]
        assert len(first) == 1
        assert written == first
        assert {one.answer for one in stored} == {f"answer of {first[0]}"}


def _assert_counted(runs: Iterable[int], ledger: WholeLedger, times: int) -> None:
    """The counter stands at what all runners have counted, and its versions have no gaps."""
    assert all(tries >= LAPS for tries in runs)
    counted = ledger.history(StreamId("guesses", "counter"))
    assert [recorded.version for recorded in counted] == list(range(1, times + 1))
    positions = [recorded.position for recorded in counted]
    assert positions == sorted(set(positions))


def _assert_all_worked(ledger: WholeLedger, runners: int) -> None:
    """What each runner has committed is there."""
    for runner in range(runners):
        parts = parts_there(ledger, f"{runner}")
        assert all(parts.values()), parts


class StalenessPromises(LedgerFixtures):
    """What one handle has stored, every handle sees."""

    def test_own_writes_are_seen(self, ledger: WholeLedger) -> None:
        """What was committed is seen at once by whoever committed it."""
        for name in ("a", "b", "c"):
            assert not any(parts_there(ledger, name).values())
            _ = ledger.commit(a_whole_change(name)).unwrap()
            assert all(parts_there(ledger, name).values()), parts_there(ledger, name)

    def test_others_writes_are_seen(self, ledger: WholeLedger, other: WholeLedger) -> None:
        """What was committed is seen at once through a handle that has looked before."""
        for name in ("a", "b", "c"):
            assert not any(parts_there(other, name).values())
            _ = ledger.commit(a_whole_change(name)).unwrap()
            assert all(parts_there(other, name).values()), parts_there(other, name)

    def test_others_erasures_are_seen(self, ledger: WholeLedger, other: WholeLedger) -> None:
        """What was erased, released, freed or settled is gone at once through every handle."""
        _ = ledger.commit(a_whole_change("a")).unwrap()
        assert all(parts_there(other, "a").values())
        release = ReleaseName(a_name("name-a"), UserId("user-a"))
        erase = EraseContent(ContentId("content-a"))
        free = ReleaseClaim(BookingId("booking-a"))
        change = with_changes(
            a_change("second"), names=(release,), contents=(erase,), claims=(free,)
        )
        _ = ledger.commit(change).unwrap()
        _ = settle_next(ledger, Handover.REFUSED)
        gone = {part for part, there in parts_there(other, "a").items() if not there}
        assert gone == {"name", "content", "claim", "live", "open"}

    def test_handles_take_turns(self, ledger: WholeLedger, other: WholeLedger) -> None:
        """A version that another handle has passed is stale, and the new one holds for both."""
        for version, handle in enumerate([ledger, other, other, ledger]):
            _ = handle.commit(a_change(f"key-{version}", an_append(version))).unwrap()
            for late in (ledger, other):
                stale = late.commit(a_change(f"late-{version}", an_append(version)))
                assert stale == Failure(StaleStream(STREAM))

    def test_a_closed_store_keeps_everything(
        self, handles: OpensLedger, ledger: WholeLedger
    ) -> None:
        """What was committed through a handle that has been closed is there for the next one."""
        _ = ledger.commit(a_whole_change("a")).unwrap()
        close = getattr(ledger, "close", None)
        if close is not None:
            close()
        again = handles()
        assert all(parts_there(again, "a").values()), parts_there(again, "a")


class RacePromises(LedgerFixtures):
    """What happens at the same time happens in some order."""

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

    def test_all_can_open_it_at_once(self, handles: OpensLedger) -> None:
        """Threads that open a new store at once get the same one, and all can work with it."""

        def begin(opens: OpensLedger, runner: int) -> bool:
            return racing.commit_whole(opens(), runner)

        assert racing.in_threads([handles] * RUNNERS, begin) == [False] * RUNNERS
        _assert_all_worked(handles(), RUNNERS)

    def test_one_append_wins(self, runners: list[WholeLedger]) -> None:
        """Of threads that append at one version one wins, and the others are told StaleStream."""
        lap = partial(racing.append_at_each_version, rounds=ROUNDS)
        _assert_one_wins(racing.in_threads(runners, lap), runners[0])

    def test_one_taker_wins(self, runners: list[WholeLedger]) -> None:
        """Of threads that take one name one has it, and the others are told NameIsTaken."""
        lap = partial(racing.take_each_name, rounds=ROUNDS)
        _assert_one_holds(racing.in_threads(runners, lap), runners[0])

    def test_one_key_has_one_effect(self, runners: list[WholeLedger]) -> None:
        """Of threads under one key one has an effect, and all are told its answer."""
        lap = partial(racing.use_each_key, rounds=ROUNDS)
        _assert_one_effect(racing.in_threads(runners, lap), runners[0])

    def test_no_count_is_lost(self, runners: list[WholeLedger]) -> None:
        """Threads that read, count and begin again when stale lose no count."""
        runs = racing.in_threads(runners, partial(racing.count_up, times=LAPS))
        _assert_counted(runs, runners[0], RUNNERS * LAPS)

    def test_nobody_sees_half_a_change(self, ledger: WholeLedger, other: WholeLedger) -> None:
        """Whoever reads during commits sees whole changes, and the earlier ones first."""
        over = Event()

        def write(handle: WholeLedger) -> None:
            try:
                for version in range(0, 4 * LAPS, 2):
                    appends = an_append(version, 2), an_append(version, 2, OTHER_STREAM)
                    _ = handle.commit(a_change(f"key-{version}", *appends)).unwrap()
            finally:
                over.set()

        def read(handle: WholeLedger) -> None:
            while not over.is_set():
                second = len(handle.history(OTHER_STREAM))
                first = len(handle.history(STREAM))
                assert first % 2 == second % 2 == 0
                assert first >= second, "what was committed by then is there"

        laps = write, read
        _ = racing.in_threads([ledger, other], lambda handle, runner: laps[runner](handle))

    def test_all_can_open_it_at_once_over_processes(
        self, processes: OpensLedger, handles: OpensLedger
    ) -> None:
        """Processes that open a new store at once get the same one, and all can work with it."""
        repeated = racing.in_processes(processes, racing.commit_whole, PROCESSES)
        assert repeated == [False] * PROCESSES
        _assert_all_worked(handles(), PROCESSES)

    def test_one_append_wins_over_processes(
        self, processes: OpensLedger, ledger: WholeLedger
    ) -> None:
        """Of processes that append at one version one wins; the others are told StaleStream."""
        lap = partial(racing.append_at_each_version, rounds=ROUNDS)
        _assert_one_wins(racing.in_processes(processes, lap, PROCESSES), ledger)

    def test_one_taker_wins_over_processes(
        self, processes: OpensLedger, ledger: WholeLedger
    ) -> None:
        """Of processes that take one name one has it, and the others are told NameIsTaken."""
        lap = partial(racing.take_each_name, rounds=ROUNDS)
        _assert_one_holds(racing.in_processes(processes, lap, PROCESSES), ledger)

    def test_one_key_has_one_effect_over_processes(
        self, processes: OpensLedger, ledger: WholeLedger
    ) -> None:
        """Of processes under one key one has an effect, and all are told its answer."""
        lap = partial(racing.use_each_key, rounds=ROUNDS)
        _assert_one_effect(racing.in_processes(processes, lap, PROCESSES), ledger)

    def test_no_count_is_lost_over_processes(
        self, processes: OpensLedger, ledger: WholeLedger
    ) -> None:
        """Processes that read, count and begin again when stale lose no count."""
        runs = racing.in_processes(processes, partial(racing.count_up, times=LAPS), PROCESSES)
        _assert_counted(runs, ledger, PROCESSES * LAPS)
