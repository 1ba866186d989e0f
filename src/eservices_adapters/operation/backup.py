"""`eservices backup`: a copy of the store that was looked at before it counts as one.

Here: what is copied, and what is only said. A PostgreSQL server has its own means, which know more
than we do; for one of those the answer is how. The key is never copied: whoever has both has all.
"""

from pathlib import Path
from typing import Final

from attrs import frozen

from eservices_adapters.config.installation import Config
from eservices_adapters.config.store import SqliteStore
from eservices_adapters.store.at_rest import AtRest
from eservices_adapters.store.copying import copy_sqlite
from eservices_core.outcome import Failure, Outcome, Success

POSTGRES: Final = (
    "would be of a PostgreSQL database, which its own means back up: pg_basebackup with archived"
    " write-ahead logs (any instant can be restored), or pg_dump --format=custom; either is"
    " encrypted content without the key, and a restored one is noticed (eservices restored)"
)
"""What is said where the store is a server's."""


@frozen
class BackedUp:
    """A backup was made.

    Attributes:
        path: where it lies; mode 0600.
        size: in bytes.
        store: which store it is of.
        change: the number of the newest change in it.
    """

    path: Path
    size: int
    store: str
    change: int


@frozen
class BackupRefused:
    """Why none was made."""

    because: str


def back_up(config: Config, destination: Path) -> Outcome[BackedUp, BackupRefused]:
    """Copy the store into a new file, or into a folder under a name of its own.

    Raises what a store raises when it is not ours to work with, and OSError.
    """
    if destination.exists():
        return Failure(BackupRefused("is there already, and is not written over"))
    if not destination.parent.is_dir():
        return Failure(BackupRefused("is in a folder that is not there"))
    where = config.store.where
    if not isinstance(where, SqliteStore):
        return Failure(BackupRefused(POSTGRES))
    if not where.path.is_file():
        return Failure(BackupRefused("would be of a store that is not there yet"))
    at_rest = AtRest(*config.store.content_keys(config.key))
    copied = copy_sqlite(where.path, destination.absolute(), at_rest)
    standing = copied.standing
    return Success(BackedUp(destination, copied.size, standing.store, standing.change))
