"""`eservices migrate`: an older store is brought up to date in one transaction, or left as it is.

Here: looking which schema a store has, and taking the steps that it lacks. Whoever is killed on the
way has changed nothing, and simply runs it again; of two at once one waits for the other, and finds
nothing to do. A store of a newer program, or another program's database, is never written to. Not
here: the steps (`migrations`).
"""

import sqlite3
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final, cast

from attrs import frozen
from sqlalchemy import URL, Connection, NullPool, create_engine, make_url
from sqlalchemy.exc import DatabaseError, OperationalError

from eservices_adapters.store import schema
from eservices_adapters.store.session import NotALedger, Rows, StoreFailed
from eservices_adapters.store.sqlite import APPLICATION_ID

_PATIENCE: Final = 30.0
_APPLICATION: Final = "SELECT application_id FROM pragma_application_id"
_TORN: Final = "PRAGMA foreign_key_check"
_STANDS: Final = "SELECT to_regclass('schema_version') IS NOT NULL"


@frozen
class Migrated:
    """Which schema a store had, and which it has now; the same two where nothing was to be done."""

    before: str
    after: str


def migrate_sqlite(path: Path, *, apply: bool = True) -> Migrated:
    """Bring a file up to date; without `apply`, only say what would be done.

    Raises:
        NotALedger: there is no file, or it is something else.
        NewerSchema: a newer program has written it.
        StoreFailed: it cannot be opened, or somebody else is writing to it for too long.
    """
    with _sqlite(path) as connection:
        if connection.exec_driver_sql(_APPLICATION).scalar() != APPLICATION_ID:
            raise NotALedger(f"{path} is another program's database, or an empty one")
        migrated = _migrate(connection, str(path), apply=apply)
        # A step may rebuild a table, for which references are not followed meanwhile.
        assert not connection.exec_driver_sql(_TORN).fetchall(), "a step leaves nothing torn"
        return migrated


def migrate_postgres(
    url: str | URL, *, password: str | None = None, apply: bool = True
) -> Migrated:
    """Bring a database up to date; without `apply`, only say what would be done.

    Raises:
        NotALedger: it is another program's database, or an empty one.
        NewerSchema: a newer program has written it.
        StoreFailed: nobody answers there.
    """
    from eservices_adapters.store import postgres  # noqa: PLC0415  its driver is an extra

    named = make_url(url).set(drivername="postgresql+psycopg")
    what = named.render_as_string(hide_password=True)
    if password is not None:
        named = named.set(password=password)
    del url, password  # a traceback that shows local names must not show it
    engine = create_engine(named, poolclass=NullPool, hide_parameters=True)
    try:
        with engine.begin() as connection:
            driver: Any = connection.connection.driver_connection
            postgres.PostgresSession(driver).lock(postgres.OPENING)
            if not connection.exec_driver_sql(_STANDS).scalar():
                raise NotALedger(f"{what} is another program's database, or an empty one")
            return _migrate(connection, what, apply=apply)
    except OperationalError:
        raise StoreFailed(f"{what} cannot be reached") from None
    finally:
        engine.dispose()


def _migrate(connection: Connection, what: str, *, apply: bool) -> Migrated:
    before = schema.version(_Statements(connection))
    schema.refuse_newer(before, what)
    if before != schema.HEAD and apply:
        schema.migrate(connection)
    return Migrated(before, schema.HEAD)


class _Statements:
    """As much of a session as looking takes."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def execute(self, sql: str, /) -> Rows:
        """Carry out one statement."""
        return cast("Rows", self._connection.exec_driver_sql(sql))


@contextmanager
def _sqlite(path: Path) -> Generator[Connection, None, None]:
    """Lend a connection in a transaction that keeps every other writer out; then it is closed."""
    if not path.is_file():
        raise NotALedger(f"there is no file {path}")

    def connect() -> sqlite3.Connection:
        return sqlite3.connect(
            f"{path.absolute().as_uri()}?mode=rw",
            uri=True,
            timeout=_PATIENCE,
            isolation_level=None,  # SQLite's own transactions, which tables belong to
        )

    engine = create_engine("sqlite://", creator=connect, poolclass=NullPool)
    try:
        with engine.connect() as connection:
            for pragma in ("synchronous = FULL", "secure_delete = ON", "foreign_keys = OFF"):
                _ = connection.exec_driver_sql(f"PRAGMA {pragma}")
            _ = connection.exec_driver_sql("BEGIN IMMEDIATE")
            yield connection
            connection.commit()
    except OperationalError as error:
        raise StoreFailed(str(error.orig)) from None
    except DatabaseError:
        raise NotALedger(f"{path} is no SQLite database, or a damaged one") from None
    finally:
        engine.dispose()
