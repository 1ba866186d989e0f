"""The connections to one SQLite file: lent to one thread at a time, and none of them ever forked.

SQLite's locks are the process's and it remembers them in memory, so a child that inherits an open
connection believes in locks that it does not have, and can lose what was committed. Closing them
and opening new ones in the child is too late; they are closed before the fork. Not here: SQL.
"""

import os
import sqlite3
from collections.abc import Callable, Generator
from contextlib import contextmanager, suppress
from threading import Condition, Lock
from typing import Final
from weakref import WeakSet

_KEPT_IDLE: Final = 8


class Connections:
    """Opens as many connections as threads are at work, and keeps a few for the next ones.

    `in_child` is called in a process that was forked, before it uses any.
    """

    def __init__(
        self, connect: Callable[[], sqlite3.Connection], in_child: Callable[[], None]
    ) -> None:
        self._connect = connect
        self._in_child = in_child
        self._gate = Condition()
        self._idle: list[sqlite3.Connection] = []
        self._lent = 0
        self._closed = False
        with _one_fork:
            _ALL.add(self)

    @contextmanager
    def lend(self) -> Generator[sqlite3.Connection, None, None]:
        """Lend a connection; one that met an exception is closed, and its transaction undone."""
        connection = self._take()
        try:
            if connection is None:
                connection = self._connect()
            yield connection
        except BaseException:
            if connection is not None:
                # Closing alone would not end the transaction while a traceback holds a cursor.
                with suppress(sqlite3.Error):
                    connection.rollback()
                connection.close()
            self._give_back(None)
            raise
        else:
            self._give_back(connection)

    def close(self) -> None:
        """Close what is idle now, and what is at work when it comes back."""
        with self._gate:
            self._closed = True
            self._close_idle()

    def _take(self) -> sqlite3.Connection | None:
        with self._gate:
            assert not self._closed, "the ledger has been closed"
            self._lent += 1
            return self._idle.pop() if self._idle else None

    def _give_back(self, connection: sqlite3.Connection | None) -> None:
        with self._gate:
            self._lent -= 1
            if connection is not None:
                self._idle.append(connection)
            if self._closed or len(self._idle) > _KEPT_IDLE:
                self._close_idle()
            self._gate.notify_all()

    def _close_idle(self) -> None:
        while self._idle:
            self._idle.pop().close()

    def before_fork(self) -> None:
        """Hold everybody back, and have nothing open."""
        _ = self._gate.acquire()
        while self._lent:
            _ = self._gate.wait()
        self._close_idle()

    def after_fork_here(self) -> None:
        """Let everybody go on."""
        self._gate.release()

    def after_fork_in_child(self) -> None:
        """Begin anew: the threads that the old gate knew are not here."""
        self._gate = Condition()
        self._in_child()


_ALL: Final[WeakSet[Connections]] = WeakSet()
_held: Final[list[Connections]] = []
_one_fork: Final = Lock()


def _before_fork() -> None:
    _ = _one_fork.acquire()
    _held.extend(_ALL)
    for connections in _held:
        connections.before_fork()


def _after_fork_here() -> None:
    for connections in _held:
        connections.after_fork_here()
    _held.clear()
    _one_fork.release()


def _after_fork_in_child() -> None:
    for connections in _held:
        connections.after_fork_in_child()
    _held.clear()
    _one_fork.release()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(
        before=_before_fork,
        after_in_parent=_after_fork_here,
        after_in_child=_after_fork_in_child,
    )
