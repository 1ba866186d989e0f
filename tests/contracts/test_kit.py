"""The kit itself: what it needs, and that it says what it wants and what was broken."""

import inspect
import subprocess
import sys
from collections.abc import Callable, Iterator

import pytest

from eservices_core.testing import contracts
from eservices_core.testing.contracts import Contract

CONTRACTS = [
    value
    for value in vars(contracts).values()
    if inspect.isclass(value) and issubclass(value, Contract) and value is not Contract
]


def _loaded_by(program: str) -> set[str]:
    run = subprocess.run(  # noqa: S603  our own interpreter, running a program from this file
        [sys.executable, "-c", f"{program}\nimport sys\nprint(*sys.modules, sep='\\n')"],
        capture_output=True,
        text=True,
        check=True,
        env={"PYTHONPATH": ":".join(sys.path)},
    )
    return set(run.stdout.split())


@pytest.mark.parametrize("module", ["memory", "scenario", "ledger_examples", "racing"])
def test_examples_need_no_test_tools(module: str) -> None:
    """In-memory adapters and scenarios load neither pytest nor Hypothesis."""
    loaded = _loaded_by(f"import eservices_core.testing.{module}")
    assert f"eservices_core.testing.{module}" in loaded
    assert not loaded & {"pytest", "_pytest", "hypothesis", "eservices_core.testing.contracts"}


def test_there_are_contracts_for_twenty_ports() -> None:
    """Every port has a contract, named after it."""
    assert sorted(contract.__name__ for contract in CONTRACTS) == [
        "AnswersContract",
        "AppointmentCalendarContract",
        "ArchiveContract",
        "AuditLogContract",
        "ChanceContract",
        "ClaimsContract",
        "ClockContract",
        "CustodyRegisterContract",
        "DeliveryReportsContract",
        "DigitalPostContract",
        "JournalContract",
        "LedgerContract",
        "ListsContract",
        "MailTransportContract",
        "MasterCardsContract",
        "MinLogContract",
        "MitidContract",
        "OutboxContract",
        "PasswordHasherContract",
        "StaffDirectoryContract",
    ]


@pytest.mark.parametrize("contract", CONTRACTS)
def test_every_promise_is_a_sentence(contract: type[Contract]) -> None:
    """Each promise has a name of its own, in one sentence that fits a line or two."""
    promises = contract.promises()
    assert promises
    assert len(set(promises.values())) == len(promises)
    for sentence in promises.values():
        assert sentence[0].isupper()
        assert sentence.endswith((".", ")."))
        assert len(sentence) <= 120


def _required(contract: type[Contract]) -> Iterator[Callable[..., object]]:
    """Give the fixtures that raise where they are not overridden."""
    for name in dir(contract):
        fixture = getattr(contract, name)
        function = getattr(fixture, "__wrapped__", None) or getattr(fixture, "func", None)
        if callable(function) and "NotImplementedError" in function.__code__.co_names:
            yield function


@pytest.mark.parametrize("contract", CONTRACTS)
def test_one_fixture_is_required(contract: type[Contract]) -> None:
    """A contract asks for one fixture, and says what it should return."""
    (required,) = _required(contract)
    with pytest.raises(NotImplementedError, match=r"^return "):
        _ = required(contract())


def test_a_broken_promise_is_named() -> None:
    """Whoever breaks a promise is told so in its words."""

    class Clocks(Contract):
        def test_it_ticks(self, ticks: bool) -> None:
            """It ticks,   however long it is looked at."""
            assert ticks

    Clocks().test_it_ticks(ticks=True)
    with pytest.raises(AssertionError) as broken:
        Clocks().test_it_ticks(ticks=False)
    assert broken.value.__notes__ == ["broken promise: It ticks, however long it is looked at."]
