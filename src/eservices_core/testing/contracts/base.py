"""What the contracts share: promises that name themselves when broken, and how a ledger is opened.

Not here: any promise.
"""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from functools import wraps
from typing import Any

import pytest

from eservices_core.testing.ledger_examples import OpensLedger, WholeLedger


class Contract:
    """A set of promises: each test in a subclass is one, and its docstring says it.

    Where one is broken, the failure carries the sentence as a note.
    """

    def __init_subclass__(cls) -> None:
        """Give each new promise its name."""
        super().__init_subclass__()
        for name, test in list(vars(cls).items()):
            if name.startswith("test_") and callable(test):
                setattr(cls, name, _named(test))

    @classmethod
    def promises(cls) -> dict[str, str]:
        """Give all promises: the test's name and its sentence."""
        found = (name for name in dir(cls) if name.startswith("test_"))
        return {name: _sentence(getattr(cls, name)) for name in found}


def _named(test: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(test)
    def run(*args: Any, **kwargs: Any) -> Any:  # noqa: ANN401  whatever the test takes and gives
        try:
            return test(*args, **kwargs)
        except (Exception, pytest.fail.Exception) as error:
            error.add_note(f"broken promise: {_sentence(test)}")
            raise

    return run


def _sentence(test: Callable[..., Any]) -> str:
    return " ".join((test.__doc__ or test.__name__).split())


class LedgerFixtures(Contract):
    """What the contracts of a ledger's ports are run with."""

    @pytest.fixture
    def open_ledger(self) -> OpensLedger:
        """Required: the one thing that an adapter's author writes."""
        raise NotImplementedError(
            "return a function that opens one store, empty at first: each call gives a handle on "
            "that same store; if other processes can open it, one that can be pickled, such as "
            "partial(MyLedger, tmp_path / 'ledger.db')"
        )

    @pytest.fixture
    def only_this_process(self) -> str | None:
        """Capability: why no other process can open the store; None where one can."""
        return None

    @pytest.fixture
    def handles(self, open_ledger: OpensLedger) -> Iterator[OpensLedger]:
        """Open handles that are closed afterwards, where there is anything to close."""
        with ExitStack() as stack:

            def one_more() -> WholeLedger:
                handle = open_ledger()
                close = getattr(handle, "close", None)
                if close is not None:
                    _ = stack.callback(close)
                return handle

            yield one_more

    @pytest.fixture
    def ledger(self, handles: OpensLedger) -> WholeLedger:
        """Give a handle on the store."""
        return handles()

    @pytest.fixture
    def other(self, ledger: WholeLedger, handles: OpensLedger) -> WholeLedger:
        """Give a second handle on the same store, opened after the first."""
        del ledger
        return handles()
