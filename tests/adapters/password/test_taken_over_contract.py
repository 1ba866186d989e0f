import pytest

from eservices_adapters.password.foreign import read_cost
from eservices_adapters.password.taken_over import TakenOverHashes
from eservices_core.testing.contracts import PasswordHasherContract
from eservices_core.testing.memory import FastHasher

_COST = "pbkdf2_sha256:1000:32"
_HASH = "pbkdf2_sha256$1000$saltsaltsalt$hn4DuIDKez99e3cT8i03pJwB4BhsskEip9QplOI1YSw="


class TestTakenOverHashes(PasswordHasherContract):
    @pytest.fixture
    def hasher(self) -> TakenOverHashes:
        """Over the fast hasher, taking one cost."""
        cost = read_cost(_COST)
        assert cost is not None
        return TakenOverHashes(FastHasher(), [cost])

    @pytest.fixture
    def older_hash(self) -> str:
        """One of the system before."""
        return _HASH
