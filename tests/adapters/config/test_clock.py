from datetime import UTC

import pytest

from eservices_adapters.clock import SystemChance, SystemClock
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
