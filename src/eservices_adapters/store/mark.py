"""How far a store has come, noted outside of it, so that an older state of it is noticed.

A backup that was restored, a disk image, a standby that lacks the last commits: the database itself
cannot tell, as it is as it once was. So a small file elsewhere, signed under the installation's
key, says which store it is and how far it had come (faults: 154, 157). Here: that file, what of a
store is held against it, and when. Not here: what happens when an older state is accepted (`past`).

The file is written at the opening and the closing, before a write if the last look is a second
ago, and after every attempt at a mail; a worker looks once a minute. A tail that was lost within
that second is not noticed; what was said to the world by mail always is.
"""

import hmac
import json
import logging
import time
from collections.abc import Callable
from enum import Enum, unique
from pathlib import Path
from threading import Lock
from typing import Any, Final, TypeVar

from attrs import asdict, frozen

from eservices_adapters.config.files import read_bounded, write_whole
from eservices_adapters.store.session import Done, Engine, Locks, Observer, Session, StoreFailed
from eservices_core.outcome import Failure

T = TypeVar("T")

LOG: Final = logging.getLogger(__name__)

LOOKS_EVERY: Final = 1.0
"""Seconds after which a write looks again."""

_LIMIT: Final = 4096
_STANDING: Final = (
    "SELECT id, generation, (SELECT coalesce(max(change), 0) FROM changes), handed FROM store"
)
_COUNT: Final = "UPDATE store SET handed = handed + 1"


class RestoredPast(StoreFailed):
    """The store is in an older state than was seen here; nothing was stored.

    `eservices restored` says what to do.
    """


class AnotherStore(RestoredPast):
    """The store is not the one that was here: another installation's, or a new one."""


class SpoiltMark(Exception):  # noqa: N818  said in the words of this house
    """The file of the mark is not as this installation has written it."""


@frozen
class Standing:
    """How far a store has come.

    Attributes:
        store: its name, drawn when it was begun.
        generation: how often an older state of it was accepted.
        change: the number of its newest change.
        handed: how many attempts at mails it has noted.
    """

    store: str
    generation: int
    change: int
    handed: int


@unique
class Lapse(Enum):
    """What is wrong with a store, held against its mark."""

    OLDER = "an older state of the store than was seen here"
    ANOTHER = "another store than the one that was here"


def lapse_of(noted: Standing, found: Standing) -> Lapse | None:
    """Say whether a store has gone back behind what was noted of it.

    >>> lapse_of(Standing("a", 0, 7, 2), Standing("a", 0, 6, 2))
    <Lapse.OLDER: 'an older state of the store than was seen here'>
    """
    if noted.store != found.store:
        return Lapse.ANOTHER
    if noted.generation != found.generation:
        return Lapse.OLDER if found.generation < noted.generation else None
    gone_back = found.change < noted.change or found.handed < noted.handed
    return Lapse.OLDER if gone_back else None


def standing_of(session: Session) -> Standing:
    """Say how far a store has come."""
    return Standing(*session.execute(_STANDING).fetchone())


def count_attempt(session: Session) -> None:
    """Note that a mail may have left."""
    _ = session.execute(_COUNT)


class MarkFile:
    """The file; `key` signs it, for this one use."""

    def __init__(self, path: Path, key: bytes) -> None:
        self.path = path
        self._signed = _Signing(key)

    def read(self) -> Standing | None:
        """Give what was noted last; None if there is no file.

        Raises:
            SpoiltMark: it is damaged, or another installation's.
        """
        if not self.path.exists():
            return None
        content = read_bounded(self.path, _LIMIT)
        if isinstance(content, Failure):
            raise SpoiltMark(content.failure().problem)
        try:
            told: dict[str, Any] = json.loads(content.unwrap())
            signature = bytes.fromhex(told.pop("signature"))
            standing = Standing(**told)
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
            raise SpoiltMark("it is not in its form") from None
        if not hmac.compare_digest(signature, self._signed.of(standing)):
            raise SpoiltMark("it was not written by this installation")
        return standing

    def write(self, standing: Standing) -> None:
        """Note how far the store has come, whatever was noted before; raises OSError."""
        told = {**asdict(standing), "signature": self._signed.of(standing).hex()}
        write_whole(self.path, json.dumps(told).encode())


class _Signing:
    """Keeps the key where no traceback shows it."""

    __slots__ = ("of",)

    def __init__(self, key: bytes) -> None:
        mac = hmac.new(key, b"store-mark\x00", "sha256")
        del key

        def of(standing: Standing) -> bytes:
            one = mac.copy()
            one.update(json.dumps(asdict(standing), sort_keys=True).encode())
            return one.digest()

        self.of = of


class MarkedEngine:
    """Implements Engine over another one, whose store it holds against a mark.

    Raises:
        RestoredPast: the store is in an older state, or another one; so does every write from
            then on, until a state that is not older is there.
        SpoiltMark: the file cannot be believed.
        OSError: the file cannot be written, at the opening. Later that only lets it grow old.
    """

    def __init__(
        self,
        engine: Engine,
        mark: MarkFile,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self.observer: Observer = engine.observer
        self._engine = engine
        self._mark = mark
        self._now = now
        self._lock = Lock()
        self._looked_at = now()
        self._noted = self._look(mark.read())

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
        """Carry a piece of work out in a transaction, whole or not at all."""
        if self._now() - self._looked_at >= LOOKS_EVERY:
            self.look()
        return self._engine.write(work, locks, repeatable=repeatable)

    def look(self) -> None:
        """Hold the store against its mark, and note how far it has come.

        Raises:
            RestoredPast: as above.
        """
        with self._lock:
            try:
                self._noted = self._look(_further(self._noted, self._mark.read()))
            except (OSError, SpoiltMark) as error:
                LOG.warning("the mark of the store could not be kept: %s", type(error).__name__)
            self._looked_at = self._now()

    def close(self) -> None:
        """Note how far the store has come, and close it."""
        try:
            self.look()
        except StoreFailed as error:
            LOG.warning("the mark of the store could not be kept: %s", type(error).__name__)
        self._engine.close()

    def _look(self, noted: Standing | None) -> Standing:
        found = self._engine.read(standing_of)
        lapse = None if noted is None else lapse_of(noted, found)
        match lapse:
            case Lapse.OLDER:
                raise RestoredPast(Lapse.OLDER.value)
            case Lapse.ANOTHER:
                raise AnotherStore(Lapse.ANOTHER.value)
            case None:
                if noted != found:
                    self._mark.write(found)
                return found


def _further(one: Standing, other: Standing | None) -> Standing:
    """Of what this process and the file know, what is further; several processes share the file."""
    if other is None or other.store != one.store:
        return one
    if one.generation != other.generation:
        return max(one, other, key=lambda each: each.generation)
    return Standing(
        one.store, one.generation, max(one.change, other.change), max(one.handed, other.handed)
    )
