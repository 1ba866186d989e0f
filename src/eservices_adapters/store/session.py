"""What the statements are given, and what both engines promise: one session, one way to write.

Here: the seam between the statements and the engines, and the exceptions of both. Not here: SQL.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import Any, Final, Generic, Protocol, TypeVar

from attrs import frozen

T = TypeVar("T")


class NotALedger(Exception):  # noqa: N818  said in the words of this house
    """The database is there, and is something else; it was left alone."""


class NewerSchema(Exception):  # noqa: N818  said in the words of this house
    """A newer program has written it; an older one would damage it, so it was left alone."""


class OlderSchema(Exception):  # noqa: N818  said in the words of this house
    """An older program has written it; `eservices migrate` brings it up to date."""


class StoreFailed(Exception):  # noqa: N818  said in the words of this house
    """The database did not answer, or said no; its message holds no value that was stored.

    Nobody knows whether what was asked was done: ask again under the same key.
    """


class TryAgain(StoreFailed):
    """Others were in the way, again and again; nothing was stored."""


MAIL_ID: Final = "a mail id is used once"
"""The one uniqueness that a change breaks only by its caller's fault."""


class Rows(Protocol):
    """What a statement gives back."""

    @property
    def rowcount(self) -> int:
        """How many rows were written."""
        ...

    def fetchone(self) -> Any:  # noqa: ANN401  a row of whatever was asked for
        """Give the next row; None at the end."""
        ...

    def fetchall(self) -> list[Any]:
        """Give the rows that are left."""
        ...

    def __iter__(self) -> Iterator[Any]:
        """Give row after row."""
        ...


class Session(Protocol):
    """One connection, in a transaction where it is to write.

    Attributes:
        row_lock: ends a SELECT from `mails` whose rows are about to be written.
        skip_locked: ends one that leaves out what another session has locked so.
        keeps_log: what is erased must leave a log that is ours to empty (`Done.erased`).
    """

    row_lock: str
    skip_locked: str
    keeps_log: bool

    def execute(self, sql: str, values: Sequence[object] = (), /) -> Rows:
        """Carry out one statement; its placeholders are `?`."""
        ...

    def put(self, row: str, sql: str, values: Sequence[object], /) -> None:
        """Carry out a statement that writes one row, before the next one or together with others.

        `row` names what it writes; statements about one row stay in their order.
        """
        ...

    def lock(self, *names: str) -> None:
        """Keep other sessions that name one of these waiting until this transaction has ended."""
        ...

    def next_change(self) -> int:
        """Give the number of the change that is about to be stored."""
        ...


@frozen
class Done(Generic[T]):
    """What came of a piece of work: its answer, and whether what it wrote is to stay.

    Attributes:
        erased: something was overwritten or erased, and must be gone from wherever it lay.
    """

    answer: T
    keep: bool = True
    erased: bool = False


@frozen
class Locks:
    """What a piece of work must have for itself, and what it must only find unchanged."""

    alone: frozenset[str] = frozenset()
    shared: frozenset[str] = frozenset()


class Observer(Protocol):
    """Is told how an engine is doing, in numbers."""

    def shared(self, pieces: int, /) -> None:
        """So many pieces of work are carried out under one COMMIT."""
        ...

    def again(self, *, lost: bool) -> None:
        """A piece of work is begun again: a connection was lost, or others were in the way."""
        ...


class Nobody:
    """Implements Observer, and looks at nothing."""

    def shared(self, pieces: int, /) -> None:
        """Nobody counts."""

    def again(self, *, lost: bool) -> None:
        """Nobody counts."""


class Engine(Protocol):
    """A database that the statements run on.

    Attributes:
        observer: who is told how it is doing.
    """

    observer: Observer

    def read(self, work: Callable[[Session], T], /) -> T:
        """Have a piece of work read what has been committed; it may be begun again.

        Raises:
            StoreFailed: the database does not answer.
        """
        ...

    def write(
        self,
        work: Callable[[Session], Done[T]],
        locks: Callable[[], Locks] = ...,
        *,
        repeatable: bool = ...,
    ) -> T:
        """Carry a piece of work out in a transaction, whole or not at all.

        It is begun again where others were in the way. Its own exceptions undo it. `repeatable`
        work finds out by itself whether it was done before, so it is also begun again where the
        answer to a COMMIT was lost.

        Raises:
            TryAgain: others were in the way for too long; nothing was stored.
            StoreFailed: nobody knows whether it was stored.
        """
        ...

    def close(self) -> None:
        """Close every connection; to use the engine afterwards is a bug."""
        ...
