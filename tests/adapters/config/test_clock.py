from datetime import UTC

import pytest

from eservices_adapters import clock
from eservices_adapters.clock import SystemChance, SystemClock, SystemPatience
from eservices_core.testing.contracts import ChanceContract, ClockContract


class TestSystemClock(ClockContract):
    @pytest.fixture
    def clock(self) -> SystemClock:
        """The machine's own."""
        return SystemClock()


class TestSystemChance(ChanceContract):
    @pytest.fixture
    def chance(self) -> SystemChance:
        """The operating system's own."""
        return SystemChance()


def test_the_clock_gives_utc() -> None:
    """faults: 5. Instants come in UTC, whatever zone the machine is in."""
    assert SystemClock().now().tzinfo is UTC


def test_fewer_than_no_bytes_are_a_mistake() -> None:
    """A negative count is a bug of the caller's."""
    with pytest.raises(AssertionError):
        _ = SystemChance().entropy(-1)


def test_patience_grows_and_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    """faults: 152. A rest is drawn, grows with the attempts, and is at most half a second."""
    slept: list[float] = []
    monkeypatch.setattr(clock.time, "sleep", slept.append)
    for attempt in (1, 8, 20):
        for _ in range(200):
            SystemPatience().rest(attempt)
    first, eighth, last = slept[:200], slept[200:400], slept[400:]
    assert max(first) < 0.004 < max(eighth)
    assert max(eighth) < 0.52
    assert max(last) < 0.52
    assert len(set(eighth)) > 50
