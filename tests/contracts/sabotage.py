"""What the tests of saboteurs share: a store that breaks one promise, and the promise it breaks."""

from collections.abc import Callable

import pytest
from attrs import frozen

from eservices_core.testing.memory import MemoryLedger

RUNNERS = 6


@frozen
class Case:
    """A saboteur, the promise that it breaks, and what that promise's test is given."""

    saboteur: type[MemoryLedger]
    promise: Callable[..., object]
    more: tuple[object, ...] = ()
    handles: int = 1

    def __str__(self) -> str:
        return f"{self.saboteur.__name__[1:]}-{self.promise.__name__}"

    def keep(self, ledger: MemoryLedger) -> None:
        """Run the promise's test; six handles are a race's, which come in a list."""
        handles = [[ledger] * RUNNERS] if self.handles == RUNNERS else [ledger] * self.handles
        _ = self.promise(*handles, *self.more)


def assert_noticed(case: Case) -> None:
    """Look that the right ledger keeps the promise, and the saboteur fails its test by name."""
    case.keep(MemoryLedger())
    with pytest.raises(BaseException) as broken:  # noqa: PT011  however it breaks
        case.keep(case.saboteur())
    assert [note for note in broken.value.__notes__ if note.startswith("broken promise: ")]
