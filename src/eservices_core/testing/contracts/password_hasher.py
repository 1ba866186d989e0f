"""The contract of password hashing: salted, exact, and as slow for nobody as for somebody."""

from time import perf_counter
from typing import Final

import pytest

from eservices_core.ports.world import PasswordHasher
from eservices_core.testing.contracts.base import Contract
from eservices_core.words.secret import Password, PasswordAttempt

PASSWORD: Final = Password("korrekt hest batteri")
RIGHT: Final = PasswordAttempt("korrekt hest batteri")

_PASSWORDS: Final = {
    "8 characters": "12345678",
    "256 characters": "æ" * 256,
    "blanks around": "  korrekt hest  ",
    "emoji": "👩‍⚕️👩‍⚕️👩‍⚕️👩‍⚕️",
    "controls": "\x01\x7f\r\n\t\x85\u2028 ",
    "composed": "Å" * 8,
    "decomposed": "A\u030a" * 8,
}
_WRONG: Final = {
    "nothing": "",
    "another case": "Korrekt hest batteri",
    "a blank more": "korrekt hest batteri ",
    "a character less": "korrekt hest batter",
    "a NUL and more": "korrekt hest batteri\0x",
    "a long one": "korrekt hest batteri" * 51,
}


class PasswordHasherContract(Contract):
    """What a PasswordHasher promises; `hasher` says what to return."""

    @pytest.fixture
    def hasher(self) -> PasswordHasher:
        """Required: the one thing that an adapter's author writes."""
        raise NotImplementedError("return a password hasher at the cost that it has in production")

    @pytest.fixture
    def takes_no_time(self) -> str | None:
        """Capability: why comparing takes no time that could tell anything; None if it does."""
        return None

    @pytest.fixture
    def older_hash(self) -> str:
        """Capability: a hash of any password at a lower cost than today's, if there is any."""
        pytest.skip("no hash of a lower cost was given")

    @pytest.mark.parametrize("text", _PASSWORDS.values(), ids=_PASSWORDS.keys())
    def test_the_right_password_is_right(self, hasher: PasswordHasher, text: str) -> None:
        """Every password that can be chosen can be typed (D-ACC-12)."""
        stored = hasher.hash(Password(text))
        assert hasher.verify(stored, PasswordAttempt(text)) is True

    @pytest.mark.parametrize("text", _WRONG.values(), ids=_WRONG.keys())
    def test_a_wrong_password_is_wrong(self, hasher: PasswordHasher, text: str) -> None:
        """What differs in any character is wrong, and only wrong: nothing is raised."""
        stored = hasher.hash(PASSWORD)
        assert hasher.verify(stored, PasswordAttempt(text)) is False

    def test_nothing_is_cut_off(self, hasher: PasswordHasher) -> None:
        """Passwords that differ in their last character only are two, however long."""
        for length in (55, 56, 72, 73, 128, 255):
            stored = hasher.hash(Password("a" * length + "b"))
            assert hasher.verify(stored, PasswordAttempt("a" * length + "c")) is False
            assert hasher.verify(stored, PasswordAttempt("a" * length)) is False

    def test_nothing_is_normalised(self, hasher: PasswordHasher) -> None:
        """Two ways of writing one letter are two passwords (D-ACC-12)."""
        stored = hasher.hash(Password("Å" * 8))
        assert hasher.verify(stored, PasswordAttempt("A\u030a" * 8)) is False

    def test_two_hashes_differ(self, hasher: PasswordHasher) -> None:
        """Two hashes of one password differ, and both hold."""
        first, second = hasher.hash(PASSWORD), hasher.hash(PASSWORD)
        assert first != second
        assert hasher.verify(first, RIGHT)
        assert hasher.verify(second, RIGHT)

    def test_a_hash_does_not_show_its_password(self, hasher: PasswordHasher) -> None:
        """A hash is ASCII text of one line in which the password does not stand."""
        stored = hasher.hash(PASSWORD)
        assert stored.isascii()
        assert stored.isprintable()
        assert "korrekt" not in stored

    def test_nobody_has_no_password(self, hasher: PasswordHasher) -> None:
        """Compared with None, every attempt is wrong."""
        for text in ("", "korrekt hest batteri", "\0" * 1024):
            assert hasher.verify(None, PasswordAttempt(text)) is False

    def test_nobody_takes_as_long(self, hasher: PasswordHasher, takes_no_time: str | None) -> None:
        """Comparing with None takes as long as with a real hash, give or take (D-ACC-2)."""
        if takes_no_time is not None:
            pytest.skip(takes_no_time)
        stored = hasher.hash(PASSWORD)
        wrong = PasswordAttempt("forkert hest")
        _ = hasher.verify(None, wrong)  # whatever is made once is made by now
        # By turns, and the shortest of each: what else the machine does only ever adds to it.
        pairs = [
            (self._seconds(hasher, None, wrong), self._seconds(hasher, stored, wrong))
            for _ in range(7)
        ]
        nobody, real = (min(times) for times in zip(*pairs, strict=True))
        assert 1 / 2 < nobody / real < 2  # noqa: PLR2004  half as long, twice as long

    @staticmethod
    def _seconds(hasher: PasswordHasher, stored: str | None, typed: PasswordAttempt) -> float:
        began = perf_counter()
        _ = hasher.verify(stored, typed)
        return perf_counter() - began

    def test_a_new_hash_is_not_outdated(self, hasher: PasswordHasher) -> None:
        """A hash that was made now is not outdated."""
        assert hasher.is_outdated(hasher.hash(PASSWORD)) is False

    def test_an_older_hash_is_outdated(self, hasher: PasswordHasher, older_hash: str) -> None:
        """A hash of a lower cost than today's is outdated."""
        assert hasher.is_outdated(older_hash) is True
