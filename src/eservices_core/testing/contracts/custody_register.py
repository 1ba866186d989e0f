"""The contract of the custody register: an answer about the person asked about, or why none."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Final

import pytest
from attrs import frozen

from eservices_core.access.custody import RegisterAnswer, RegisterFailure
from eservices_core.ports.custody_register import CustodyRegister
from eservices_core.testing.contracts.base import Contract
from eservices_core.words.civil_number import CivilNumber

_ASKERS: Final = 8


@frozen
class RegisterUnderTest:
    """A register, what is known of it, and what can be done to it.

    Where something cannot be arranged, a text says why.

    Attributes:
        register: the adapter.
        known: what is said about somebody, all of it as the adapter gives it.
        unknown: a number that is in no register.
        changed: an earlier number, and what is said about its owner under the new one.
        silence: makes the register unreachable from now on.
        garble: makes the register answer what nobody can read from now on.
        news: makes the register say something else about `known.number` from now on; gives that.
    """

    register: CustodyRegister
    known: RegisterAnswer
    unknown: CivilNumber
    changed: tuple[CivilNumber, RegisterAnswer] | str
    silence: Callable[[], None] | str
    garble: Callable[[], None] | str
    news: Callable[[], RegisterAnswer] | str


class CustodyRegisterContract(Contract):
    """What a CustodyRegister promises; `under_test` says what to return."""

    @pytest.fixture
    def under_test(self) -> RegisterUnderTest:
        """Required: the one thing that an adapter's author writes."""
        raise NotImplementedError(
            "return a RegisterUnderTest: the adapter over a register in which one person is known"
        )

    def test_a_person_is_found(self, under_test: RegisterUnderTest) -> None:
        """What the register says about a person is given, all of it, and is about them."""
        said = under_test.register.ask(under_test.known.number)
        assert said == under_test.known
        assert isinstance(said, RegisterAnswer)
        assert said.is_about(under_test.known.number)

    def test_nobody_is_not_silence(self, under_test: RegisterUnderTest) -> None:
        """A number that nobody has is NOT_IN_REGISTER, which is not SILENT and not an error."""
        said = under_test.register.ask(under_test.unknown)
        assert said is RegisterFailure.NOT_IN_REGISTER

    def test_a_changed_number_is_followed(self, under_test: RegisterUnderTest) -> None:
        """An earlier number gives the answer about the new one, and it is about both."""
        if isinstance(under_test.changed, str):
            pytest.skip(under_test.changed)
        earlier, expected = under_test.changed
        said = under_test.register.ask(earlier)
        assert said == expected
        assert isinstance(said, RegisterAnswer)
        assert said.number != earlier
        assert said.is_about(earlier)
        assert said.is_about(said.number)

    def test_an_outage_is_silence(self, under_test: RegisterUnderTest) -> None:
        """A register that cannot be reached is SILENT about everybody, known or not."""
        if isinstance(under_test.silence, str):
            pytest.skip(under_test.silence)
        under_test.silence()
        assert under_test.register.ask(under_test.known.number) is RegisterFailure.SILENT
        assert under_test.register.ask(under_test.unknown) is RegisterFailure.SILENT

    def test_an_unreadable_answer_is_silence(self, under_test: RegisterUnderTest) -> None:
        """An answer that cannot be read is SILENT, never an error and never 'not there'."""
        if isinstance(under_test.garble, str):
            pytest.skip(under_test.garble)
        under_test.garble()
        assert under_test.register.ask(under_test.known.number) is RegisterFailure.SILENT

    def test_nothing_is_remembered(self, under_test: RegisterUnderTest) -> None:
        """What is answered is what the register says now, not what it said before."""
        if isinstance(under_test.news, str):
            pytest.skip(under_test.news)
        before = under_test.register.ask(under_test.known.number)
        news = under_test.news()
        assert under_test.register.ask(under_test.known.number) == news
        assert news != before

    def test_askers_are_kept_apart(self, under_test: RegisterUnderTest) -> None:
        """Whoever asks at the same time as others gets the answer to their own question."""
        numbers = [under_test.known.number, under_test.unknown] * _ASKERS
        with ThreadPoolExecutor(_ASKERS) as pool:
            said = list(pool.map(under_test.register.ask, numbers))
        assert said == [under_test.known, RegisterFailure.NOT_IN_REGISTER] * _ASKERS
