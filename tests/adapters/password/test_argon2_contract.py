import argon2
import pytest

from eservices_adapters.password.argon2 import Argon2Hasher
from eservices_core.testing.contracts import PasswordHasherContract


@pytest.fixture(scope="module")
def one_hasher() -> Argon2Hasher:
    """The hasher as it is in production; it keeps nothing between two calls."""
    return Argon2Hasher()


class TestArgon2Hasher(PasswordHasherContract):
    @pytest.fixture
    def hasher(self, one_hasher: Argon2Hasher) -> Argon2Hasher:
        """The same one each time: building it hashes once, to compare nobody with."""
        return one_hasher

    @pytest.fixture
    def older_hash(self) -> str:
        """One by the library's default of before 21.2, when a pass was cheaper."""
        parameters = argon2.profiles.PRE_21_2
        return argon2.PasswordHasher.from_parameters(parameters).hash("korrekt hest batteri")
