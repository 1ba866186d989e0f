"""Is the process alive, and can it do its work: what a container's supervisor asks again and again.

Here: two answers without a web server; who has one serves them. `live` says nothing of the store,
as restarting a process mends no database. Neither tells anybody what is in the store.
"""

from collections.abc import Callable
from enum import Enum, unique
from threading import Thread
from typing import Final

from attrs import frozen

from eservices_adapters.store import RestoredPast, SqlLedger, StoreFailed

BOUND: Final = 3.0
"""Seconds within which the store must have answered."""


@unique
class Readiness(Enum):
    """Why a process can or cannot do its work; a code from a closed list."""

    READY = "ready"
    NO_ANSWER = "store_does_not_answer"
    WENT_BACK = "store_went_back"
    BROKEN = "broken"


@frozen
class Health:
    """An answer: whether it is well, and the code that says why not."""

    well: bool
    code: str

    @property
    def http_status(self) -> int:
        """Give the status that a web server answers with."""
        return 200 if self.well else 503


def live() -> Health:
    """Say that the process runs: it has answered."""
    return Health(well=True, code="live")


def ready(ledger: SqlLedger, bound: float = BOUND) -> Health:
    """Say whether the store answers in time, and has not gone back behind its mark.

    Schema and keys were looked at when it was opened, and nobody changes them under an open store.
    """
    found: list[Readiness] = []
    # A database that hangs hangs whoever asks it: the one that waits must be another thread.
    asking = Thread(target=lambda: found.append(_ask(ledger.look)), daemon=True)
    asking.start()
    asking.join(bound)
    answer = found[0] if found else Readiness.NO_ANSWER
    return Health(answer is Readiness.READY, answer.value)


def _ask(look: Callable[[], None]) -> Readiness:
    try:
        look()
    except RestoredPast:
        return Readiness.WENT_BACK
    except StoreFailed:
        return Readiness.NO_ANSWER
    except Exception:  # noqa: BLE001  what is broken is not ready, and the log of others says why
        return Readiness.BROKEN
    return Readiness.READY
