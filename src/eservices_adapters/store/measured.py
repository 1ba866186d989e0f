"""An engine that tells what came of every change, and how long it took."""

import time
from collections.abc import Callable
from typing import Any, Final, Protocol, TypeVar, cast

from eservices_adapters.store.session import (
    Done,
    Engine,
    Locks,
    Observer,
    Session,
    StoreFailed,
    TryAgain,
)
from eservices_core.outcome import Failure, Outcome, Success
from eservices_core.ports.claims import StaleClaim, TimeIsTaken
from eservices_core.ports.ledger import KeyWasUsed, NameIsTaken, StaleStream, Stored

T = TypeVar("T")

_REFUSED: Final[dict[type, str]] = {
    StaleStream: "stale_stream",
    NameIsTaken: "name_is_taken",
    TimeIsTaken: "time_is_taken",
    StaleClaim: "stale_claim",
    KeyWasUsed: "key_was_used",
}


class Told(Observer, Protocol):
    """Is told of every change, by a code from a closed list."""

    def wrote(self, change: str, seconds: float, /) -> None:
        """A change came to something, after so many seconds."""
        ...


class MeasuredEngine:
    """Implements Engine over another one. Only changes are told of; what workers note is not."""

    def __init__(self, engine: Engine, told: Told) -> None:
        engine.observer = told
        self.observer: Observer = told
        self._engine = engine
        self._told = told

    def read(self, work: Callable[[Session], T], /) -> T:
        """Have a piece of work read what has been committed."""
        return self._engine.read(work)

    def write(
        self,
        work: Callable[[Session], Done[T]],
        locks: Callable[[], Locks] = Locks,
        *,
        repeatable: bool = False,
    ) -> T:
        """Carry a piece of work out in a transaction, and tell what came of it."""
        began = time.monotonic()
        code: str | None = "raised"
        try:
            answer = self._engine.write(work, locks, repeatable=repeatable)
            code = _code_of(answer)
        except TryAgain:
            code = "try_again"
            raise
        except StoreFailed:
            code = "store_failed"
            raise
        finally:
            if code is not None:
                self._told.wrote(code, time.monotonic() - began)
        return answer

    def close(self) -> None:
        """Close it."""
        self._engine.close()


def _code_of(answer: Any) -> str | None:  # noqa: ANN401  whatever a piece of work gives
    """Say what came of a change; None where it was none."""
    if not isinstance(answer, Success | Failure):
        return None
    outcome = cast("Outcome[object, object]", answer)
    if isinstance(outcome, Failure):
        return _REFUSED.get(type(outcome.failure()), "other")
    stored = outcome.unwrap()
    if not isinstance(stored, Stored):
        return None
    return "repeated" if stored.repeated else "stored"
