"""The tables of the SQLite ledger, and the steps from one version of them to the next.

Here: what a file must be before the ledger works with it. Not here: what is written into it.

A change is one row, and what it brought hangs on that row. What identifies a person (a number, an
address, a text) lies in `contents.text`, `mails.recipient`, `mails.content` and `changes.answer`
only, which are encrypted (`at_rest`) and overwritten when they are erased; all other columns hold
ids, codes and times.
"""

import os
import sqlite3
import time
from pathlib import Path
from typing import Final

from eservices_adapters.store.at_rest import WrongKey

APPLICATION_ID: Final = 0x65537663
"""`eSvc`, in the file's header: what tells a ledger from any other SQLite file."""


class NotALedger(Exception):  # noqa: N818  said in the words of this house
    """The file is there, and is something else; it was left alone."""


class NewerSchema(Exception):  # noqa: N818  said in the words of this house
    """A newer program has written the file; an older one would damage it, so it was left alone."""


# What no UNIQUE can say, and what must hold whoever writes to the table: no two claims in one book
# share a minute (D-BOOK-1).
_APART: Final = """
    BEGIN
        SELECT RAISE(ABORT, 'two claims overlap') FROM claims AS other
        WHERE other.clinic = NEW.clinic AND other.practitioner = NEW.practitioner
        AND other.ends > NEW.starts AND other.starts < NEW.ends AND other.booking <> NEW.booking;
    END
"""

# Entries of the audit log, and who did them when, stay as they were written, whoever writes to the
# tables; what a checkpoint has signed away may go. REPLACE deletes without telling, so it is
# refused as the insertion that it is (D-LOG-1).
_APPEND_ONLY: Final = (
    """
    CREATE TRIGGER audit_unchanged BEFORE UPDATE ON audit
        BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END
    """,
    """
    CREATE TRIGGER audit_replaced BEFORE INSERT ON audit
        WHEN EXISTS (SELECT 1 FROM audit WHERE position = NEW.position)
        BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END
    """,
    """
    CREATE TRIGGER audit_kept BEFORE DELETE ON audit
        WHEN NOT EXISTS (
            SELECT 1 FROM audit_checkpoints
            WHERE clinic = coalesce(OLD.clinic, '') AND through >= OLD.position
        )
        BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END
    """,
    """
    CREATE TRIGGER audit_actors_unchanged BEFORE UPDATE OF change, at, by ON changes
        BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END
    """,
    """
    CREATE TRIGGER audit_actors_kept BEFORE DELETE ON changes
        WHEN EXISTS (SELECT 1 FROM audit WHERE change = OLD.change)
        BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END
    """,
    "CREATE INDEX audit_changes ON audit (change)",
    """
    CREATE TRIGGER audit_seals_unchanged BEFORE UPDATE ON audit_seals
        BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END
    """,
    """
    CREATE TRIGGER audit_seals_kept BEFORE DELETE ON audit_seals
        WHEN NOT EXISTS (
            SELECT 1 FROM audit_checkpoints
            WHERE clinic = OLD.clinic AND number >= OLD.number
        )
        BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END
    """,
)

# Each step is carried out once, whole, in the order of the list; a step is never edited after a
# release, and there has been none yet. The uniqueness of (kind, key, version) is what keeps two
# writers apart should anything else ever fail to; that of (kind, key) in `names` likewise.
_STEPS: Final = (
    (
        "CREATE TABLE at_rest (key_id BLOB NOT NULL PRIMARY KEY) STRICT, WITHOUT ROWID",
        """
        CREATE TABLE changes (
            change INTEGER PRIMARY KEY AUTOINCREMENT,
            key TEXT NOT NULL UNIQUE,
            fingerprint TEXT NOT NULL,
            at TEXT NOT NULL,
            by TEXT NOT NULL,
            answer BLOB NOT NULL
        ) STRICT
        """,
        """
        CREATE TABLE events (
            position INTEGER PRIMARY KEY AUTOINCREMENT,
            kind TEXT NOT NULL,
            key TEXT NOT NULL,
            version INTEGER NOT NULL CHECK (version > 0),
            event TEXT NOT NULL,
            about TEXT,
            change INTEGER NOT NULL REFERENCES changes,
            UNIQUE (kind, key, version)
        ) STRICT
        """,
        "CREATE INDEX events_about ON events (about, position) WHERE about IS NOT NULL",
        """
        CREATE TABLE names (
            kind TEXT NOT NULL,
            key TEXT NOT NULL,
            holder TEXT NOT NULL,
            PRIMARY KEY (kind, key)
        ) STRICT, WITHOUT ROWID
        """,
        """
        CREATE TABLE contents (
            record TEXT NOT NULL PRIMARY KEY,
            about TEXT,
            text BLOB NOT NULL,
            is_file INTEGER NOT NULL CHECK (is_file IN (0, 1))
        ) STRICT
        """,
        "CREATE INDEX contents_about ON contents (about) WHERE about IS NOT NULL",
        """
        CREATE TABLE mails (
            place INTEGER PRIMARY KEY AUTOINCREMENT,
            mail TEXT NOT NULL UNIQUE,
            kind TEXT NOT NULL,
            about TEXT,
            stream_kind TEXT,
            stream_key TEXT,
            recipient BLOB,
            content BLOB,
            expires_at TEXT,
            state TEXT NOT NULL DEFAULT 'waiting',
            settled_at TEXT,
            attempts INTEGER NOT NULL DEFAULT 0,
            may_have_arrived INTEGER NOT NULL DEFAULT 0,
            next_try TEXT NOT NULL DEFAULT '',
            reported TEXT,
            token INTEGER NOT NULL DEFAULT 0,
            in_hand_until TEXT,
            is_first INTEGER NOT NULL,
            change INTEGER NOT NULL REFERENCES changes,
            CHECK ((stream_kind IS NULL) = (stream_key IS NULL)),
            CHECK ((settled_at IS NULL) = (recipient IS NOT NULL)),
            CHECK ((settled_at IS NULL) = (content IS NOT NULL))
        ) STRICT
        """,
        """
        CREATE INDEX mails_due ON mails (next_try, place)
            WHERE settled_at IS NULL AND is_first = 1
        """,
        "CREATE INDEX mails_in_state ON mails (state, place)",
        "CREATE INDEX mails_ended ON mails (settled_at, place) WHERE settled_at IS NOT NULL",
        "CREATE INDEX mails_about ON mails (about, place) WHERE about IS NOT NULL",
        """
        CREATE INDEX mails_of ON mails (stream_kind, stream_key, place)
            WHERE stream_kind IS NOT NULL
        """,
        """
        CREATE TABLE audit (
            position INTEGER PRIMARY KEY AUTOINCREMENT,
            act TEXT NOT NULL,
            about TEXT,
            rule TEXT,
            refused_because TEXT,
            stream_kind TEXT,
            stream_key TEXT,
            clinic TEXT,
            purpose TEXT,
            change INTEGER NOT NULL REFERENCES changes,
            CHECK ((stream_kind IS NULL) = (stream_key IS NULL))
        ) STRICT
        """,
        "CREATE INDEX audit_about ON audit (about, position) WHERE about IS NOT NULL",
        """
        CREATE INDEX audit_of ON audit (stream_kind, stream_key, position)
            WHERE stream_kind IS NOT NULL
        """,
        "CREATE INDEX audit_at ON audit (clinic, position)",
        """
        CREATE TABLE audit_seals (
            clinic TEXT NOT NULL,
            number INTEGER NOT NULL CHECK (number > 0),
            count INTEGER NOT NULL,
            through INTEGER NOT NULL,
            newest TEXT NOT NULL,
            at TEXT NOT NULL,
            head TEXT NOT NULL,
            signature BLOB NOT NULL,
            digests BLOB NOT NULL,
            PRIMARY KEY (clinic, number)
        ) STRICT, WITHOUT ROWID
        """,
        """
        CREATE TABLE audit_checkpoints (
            clinic TEXT NOT NULL PRIMARY KEY,
            number INTEGER NOT NULL,
            count INTEGER NOT NULL,
            through INTEGER NOT NULL,
            head TEXT NOT NULL,
            at TEXT NOT NULL,
            signature BLOB NOT NULL
        ) STRICT, WITHOUT ROWID
        """,
        """
        CREATE TABLE claims (
            booking TEXT NOT NULL PRIMARY KEY,
            clinic TEXT NOT NULL,
            practitioner TEXT NOT NULL,
            starts INTEGER NOT NULL,
            ends INTEGER NOT NULL,
            CHECK (starts < ends)
        ) STRICT, WITHOUT ROWID
        """,
        "CREATE INDEX claims_of ON claims (clinic, practitioner, ends, starts)",
        "CREATE INDEX claims_at ON claims (clinic, ends, starts)",
        """
        CREATE TABLE lists (
            kind TEXT NOT NULL,
            key TEXT NOT NULL,
            item TEXT NOT NULL,
            since TEXT NOT NULL,
            rank INTEGER NOT NULL,
            about TEXT,
            PRIMARY KEY (kind, key, item)
        ) STRICT, WITHOUT ROWID
        """,
        "CREATE INDEX lists_in_order ON lists (kind, key, rank, since, item)",
        *_APPEND_ONLY,
        f"CREATE TRIGGER claims_made AFTER INSERT ON claims {_APART}",
        f"CREATE TRIGGER claims_moved AFTER UPDATE ON claims {_APART}",
    ),
)
VERSION: Final = len(_STEPS)

_PAUSE: Final = 0.01
_WHAT_IT_IS: Final = (
    "SELECT application_id, user_version, (SELECT count(*) FROM sqlite_schema)"
    " FROM pragma_application_id, pragma_user_version"
)


def make_file(path: Path) -> None:
    """Make an empty file that only its owner can read, unless there is one.

    SQLite gives its two companions the same permissions. A file that is there is not even opened:
    closing it again would take away the locks of every connection that this process has on it.
    """
    try:
        os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))
    except FileExistsError:
        return


def prepare(connection: sqlite3.Connection, path: Path, patience: float, key_id: bytes) -> None:
    """Bring the file to this program's schema, whoever else is doing the same.

    A new file is for the key that is given; every other one must have been written under it.

    Raises:
        NotALedger: the file is something else.
        NewerSchema: the file is a newer program's.
        WrongKey: the file was written under another key.
    """
    if _check(connection, path) < VERSION:
        _bring_up(connection, path, patience, key_id)
    if connection.execute("SELECT key_id FROM at_rest").fetchall() != [(key_id,)]:
        raise WrongKey(f"{path} was written under another key")


def _bring_up(connection: sqlite3.Connection, path: Path, patience: float, key_id: bytes) -> None:
    _write_ahead(connection, patience)
    _ = connection.execute("BEGIN IMMEDIATE")
    found = _check(connection, path)
    for step in _STEPS[found:]:
        for statement in step:
            _ = connection.execute(statement)
    if found == 0:
        _ = connection.execute("INSERT INTO at_rest (key_id) VALUES (?)", (key_id,))
    _ = connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
    _ = connection.execute(f"PRAGMA user_version = {VERSION}")
    _ = connection.execute("COMMIT")


def _check(connection: sqlite3.Connection, path: Path) -> int:
    """Give the version that the file has, 0 for an empty one."""
    version: int
    # One statement, as between two of them somebody else may have made the tables.
    application, version, objects = connection.execute(_WHAT_IT_IS).fetchone()
    if (application, version, objects) == (0, 0, 0):
        return 0
    if application != APPLICATION_ID:
        raise NotALedger(f"{path} is another program's database")
    if version > VERSION:
        raise NewerSchema(
            f"{path} has schema {version}, and this program knows {VERSION}: use a newer one"
        )
    return version


def _write_ahead(connection: sqlite3.Connection, patience: float) -> None:
    """Switch to the write-ahead log, for good; here SQLite does not wait by itself."""
    until = time.monotonic() + patience
    while True:
        try:
            mode = connection.execute("PRAGMA journal_mode = WAL").fetchone()[0]
        except sqlite3.OperationalError:
            if time.monotonic() > until:
                raise
            time.sleep(_PAUSE)
        else:
            assert mode == "wal", "a ledger lies in a file, on a disk of this machine"
            return
