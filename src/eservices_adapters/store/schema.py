"""Which tables a store has: it is begun when it is empty, and refused when it is not of today.

Here: the version that this program works with, and Alembic's part. Not here: the tables
(`migrations`), and how a database is opened (`sqlite`, `postgres`).
"""

from functools import cache
from secrets import token_hex  # noqa: TID251  as said where it is used
from typing import TYPE_CHECKING, Final, Protocol

from eservices_adapters.store.at_rest import AtRest, WrongKey
from eservices_adapters.store.session import NewerSchema, OlderSchema, Rows, Session

if TYPE_CHECKING:
    from sqlalchemy import Connection

HEAD: Final = "0001"
"""The newest revision; the tests hold it against `migrations`."""

SCRIPTS: Final = "eservices_adapters.store:migrations"
"""Where the revisions lie, as Alembic names it."""

_VERSION: Final = "SELECT version_num FROM schema_version"
_STAMP: Final = "INSERT INTO schema_version (version_num) VALUES (?)"
_KEY_IDS: Final = "SELECT key_id FROM at_rest"
_ADD_KEY: Final = "INSERT INTO at_rest (key_id) VALUES (?)"
_NAME: Final = (
    "INSERT INTO store (id, generation, handed)"
    " SELECT ?, 0, 0 WHERE NOT EXISTS (SELECT 1 FROM store)"
)
_NAME_BYTES: Final = 16


class Executes(Protocol):
    """Carries out statements; a session does, and more."""

    def execute(self, sql: str, /) -> Rows:
        """Carry out one statement."""
        ...


def migrate(connection: "Connection", to: str | None = None) -> None:
    """Bring a database's tables to a revision (None: today's), in the caller's transaction."""
    # Alembic takes a fifth of a second to import, and hardly ever has anything to do.
    from alembic import command  # noqa: PLC0415  as said above
    from alembic.config import Config  # noqa: PLC0415  as above

    config = Config()
    config.set_main_option("script_location", SCRIPTS)
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    command.upgrade(config, to or HEAD)


@cache
def sqlite_statements() -> tuple[str, ...]:
    """What makes today's tables on SQLite: what the migrations have made in memory.

    So that beginning a file does not take a walk through every revision.
    """
    from sqlalchemy import create_engine  # noqa: PLC0415  as slow as Alembic

    engine = create_engine("sqlite://")
    with engine.begin() as connection:
        migrate(connection)
        made = connection.exec_driver_sql("SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL")
        statements = tuple(
            sql for (sql,) in made.fetchall() if not sql.startswith("CREATE TABLE sqlite_")
        )
    engine.dispose()
    return statements


def stamp(session: Session) -> None:
    """Note that today's tables were made without a walk through the revisions."""
    _ = session.execute(_STAMP, (HEAD,))


def check(session: Session, what: str) -> None:
    """Refuse a store that is not of today.

    Raises:
        OlderSchema, NewerSchema: as they say.
    """
    found = version(session)
    refuse_newer(found, what)
    if found != HEAD:
        raise OlderSchema(
            f"{what} has schema {found}, and this program {HEAD}: run eservices migrate"
        )


def version(session: Executes) -> str:
    """Say which schema a store has."""
    found: str = session.execute(_VERSION).fetchone()[0]
    return found


def refuse_newer(found: str, what: str) -> None:
    """Refuse a schema that comes after ours, or that is none of ours.

    Raises:
        NewerSchema: as it says.
    """
    if found != HEAD and not (found.isdigit() and found < HEAD):
        raise NewerSchema(
            f"{what} has schema {found}, and this program knows {HEAD}: use a newer one"
        )


def check_keys(session: Session, at_rest: AtRest, what: str) -> bool:
    """Refuse a store that was written under a key that is not here; True if a new one begins.

    Raises:
        WrongKey: as it says.
    """
    there = {bytes(key_id) for (key_id,) in session.execute(_KEY_IDS).fetchall()}
    if there - at_rest.known:
        raise WrongKey(f"{what} was written under another key")
    return at_rest.key_id not in there


def add_key(session: Session, at_rest: AtRest) -> None:
    """Note that cells may lie under the current key from now on; a new store gets its name."""
    # Never the Chance port: a chance that is seeded anew would give two stores one name.
    _ = session.execute(_NAME, (token_hex(_NAME_BYTES),))
    _ = session.execute(f"{_ADD_KEY} ON CONFLICT DO NOTHING", (at_rest.key_id,))
