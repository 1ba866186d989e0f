"""A copy of a SQLite ledger, made while others write to it, and looked at before it counts.

SQLite's own backup reads what was committed, through the write-ahead log; the bare file would lack
it. Whoever writes meanwhile waits for nothing, and what they store is in the copy or not, whole.
"""

import os
import sqlite3
import tempfile
from collections.abc import Generator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Final

from attrs import frozen

from eservices_adapters.config.files import sync_folder
from eservices_adapters.store import schema
from eservices_adapters.store.at_rest import AtRest
from eservices_adapters.store.mark import Standing, standing_of
from eservices_adapters.store.session import StoreFailed
from eservices_adapters.store.sqlite import SqliteSession

_PAGES: Final = 1000


class DamagedCopy(StoreFailed):
    """The copy is not a whole ledger, and was taken away; so the ledger itself may be torn."""


@frozen
class Copied:
    """A copy that was looked at: how far the store had come in it, and its size in bytes."""

    standing: Standing
    size: int


def copy_sqlite(path: Path, destination: Path, at_rest: AtRest) -> Copied:
    """Copy a ledger into a file that is not there yet, readable by its owner alone.

    The copy gets its name when all of it was verified and is on the disk: tables, integrity, keys.

    Raises:
        FileExistsError: the destination is there; it is never written over.
        DamagedCopy, WrongKey, OlderSchema, NewerSchema: as they say.
        OSError: it cannot be written.
    """
    handle, name = tempfile.mkstemp(dir=destination.parent, prefix=f".{destination.name}.")
    os.close(handle)
    unfinished = Path(name)
    try:
        standing = _copy(path, unfinished, at_rest)
        size = _sync(unfinished)
        os.link(unfinished, destination)  # unlike a rename, a link never goes over a file
    except sqlite3.Error as error:
        raise StoreFailed(str(error)) from None
    finally:
        unfinished.unlink()
        for beside in ("-journal", "-wal", "-shm"):
            with suppress(FileNotFoundError):
                Path(f"{name}{beside}").unlink()
    sync_folder(destination.parent)
    return Copied(standing, size)


def _copy(path: Path, to: Path, at_rest: AtRest) -> Standing:
    with (
        closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as source,
        closing(sqlite3.connect(to, isolation_level=None)) as copy,
    ):
        source.backup(copy, pages=_PAGES)
        # One file that needs no other beside it, wherever somebody takes it.
        _ = copy.execute("PRAGMA journal_mode = DELETE").fetchone()
    with _read_only(to) as session:
        if session.execute("PRAGMA integrity_check").fetchall() != [("ok",)]:
            raise DamagedCopy("the copy is damaged")
        if session.execute("PRAGMA foreign_key_check").fetchall():
            raise DamagedCopy("the copy is torn")
        schema.check(session, "the copy")
        _ = schema.check_keys(session, at_rest, "the copy")
        return standing_of(session)


@contextmanager
def _read_only(path: Path) -> Generator[SqliteSession, None, None]:
    with closing(sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)) as connection:
        yield SqliteSession(connection)


def _sync(path: Path) -> int:
    handle = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(handle)
        return os.fstat(handle).st_size
    finally:
        os.close(handle)
