"""Counting the statements that a ledger runs on its database. Not here: what is counted."""

import sqlite3
from collections.abc import Generator
from contextlib import contextmanager
from typing import Any, Final

from eservices_adapters.store.sqlite import SqliteLedger

_OF_THE_CONNECTION: Final = ("PRAGMA", "BEGIN", "COMMIT", "ROLLBACK")


@contextmanager
def statements_of(ledger: SqliteLedger) -> Generator[list[str], None, None]:
    """Give every statement that the ledger runs meanwhile, without pragmas and transactions."""
    run: list[str] = []

    def note(statement: str) -> None:
        if not statement.lstrip().upper().startswith(_OF_THE_CONNECTION):
            run.append(statement)

    connections: Any = ledger._engine._connections
    plain = connections._connect

    def traced() -> sqlite3.Connection:
        connection: sqlite3.Connection = plain()
        connection.set_trace_callback(note)
        return connection

    connections._close_idle()
    connections._connect = traced
    try:
        yield run
    finally:
        connections._connect = plain
        connections._close_idle()
