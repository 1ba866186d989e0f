"""The contracts of clock and chance."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Final

import pytest

from eservices_core.ports.world import Chance, Clock
from eservices_core.testing.contracts.base import Contract

_DRAWS: Final = 4_000
_THREADS: Final = 8


class ClockContract(Contract):
    """What a Clock promises; `clock` says what to return."""

    @pytest.fixture
    def clock(self) -> Clock:
        """Required: the one thing that an adapter's author writes."""
        raise NotImplementedError("return a clock")

    @pytest.fixture
    def not_the_time(self) -> str | None:
        """Capability: why the clock does not show the time of this machine; None if it does."""
        return None

    def test_an_instant_carries_its_offset(self, clock: Clock) -> None:
        """Every instant says how far it is from UTC."""
        assert clock.now().utcoffset() is not None

    def test_it_does_not_run_backwards(self, clock: Clock) -> None:
        """Asked again and again, it never gives an earlier instant while nobody sets it."""
        instants = [clock.now() for _ in range(1_000)]
        assert instants == sorted(instants)

    def test_it_shows_the_time(self, clock: Clock, not_the_time: str | None) -> None:
        """It agrees with this machine's clock."""
        if not_the_time is not None:
            pytest.skip(not_the_time)
        machine = datetime.now(UTC)  # noqa: TID251  what the clock is compared with
        assert abs(clock.now() - machine) < timedelta(seconds=10)


class ChanceContract(Contract):
    """What a Chance promises; `chance` says what to return."""

    @pytest.fixture
    def chance(self) -> Chance:
        """Required: the one thing that an adapter's author writes."""
        raise NotImplementedError("return a source of chance")

    @pytest.mark.parametrize("count", [0, 1, 8, 12, 16, 31, 32, 33, 64, 1_000])
    def test_it_gives_as_many_as_asked_for(self, chance: Chance, count: int) -> None:
        """It gives exactly as many bytes as were asked for."""
        entropy = chance.entropy(count)
        assert type(entropy) is bytes
        assert len(entropy) == count

    def test_it_does_not_repeat_itself(self, chance: Chance) -> None:
        """No 16 bytes come twice."""
        drawn = {chance.entropy(16) for _ in range(_DRAWS)}
        assert len(drawn) == _DRAWS

    def test_it_does_not_repeat_itself_to_others(self, chance: Chance) -> None:
        """No 16 bytes come twice, whoever asks at the same time."""
        with ThreadPoolExecutor(_THREADS) as pool:
            drawn = set(pool.map(chance.entropy, [16] * _DRAWS))
        assert len(drawn) == _DRAWS

    def test_every_byte_is_as_likely(self, chance: Chance) -> None:
        """Every byte comes about as often as any other, at every place of what is drawn."""
        drawn = [chance.entropy(16) for _ in range(_DRAWS)]
        for place in range(16):
            counts = Counter(entropy[place] for entropy in drawn)
            expected = _DRAWS / 256
            chi_squared = sum((counts[byte] - expected) ** 2 / expected for byte in range(256))
            # 255 degrees of freedom: by chance alone, beyond 400 once in 100 million times.
            assert chi_squared < 400  # noqa: PLR2004  said by the line itself
