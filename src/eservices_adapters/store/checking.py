"""Whether the database keeps what it has promised to keep: how it writes, and what its clock says.

Here: the settings of both engines, as they are in force on our own connections. Not here: tables
and keys, which are refused at the opening (`schema`), and queues (`looking_after`).
"""

import shutil
import stat
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from eservices_adapters.config.findings import Finding, ok, warning, wrong
from eservices_adapters.store.session import Engine, Session

_WRITES: Final = "how the database writes"
_CLOCK: Final = "the database's clock"
_DRIFT_MAX: Final = 2.0
_ROOM_MIN: Final = 1 << 30
_ROOM_AT_LEAST: Final = 100 << 20
_FULL: Final = 2
_ON: Final = ("fsync", "full_page_writes", "synchronous_commit")
_SETTINGS: Final = "SELECT name, setting FROM pg_settings WHERE name IN (?, ?, ?)"
_NOW: Final = "SELECT extract(epoch FROM clock_timestamp())"
_LINE: Final = (
    "SELECT coalesce(ssl, false), inet_server_addr() IS NULL"
    " OR inet_server_addr() <<= inet '127.0.0.0/8' OR inet_server_addr() = inet '::1'"
    " FROM pg_stat_ssl WHERE pid = pg_backend_pid()"
)
_ANYBODY_ELSE: Final = stat.S_IRWXG | stat.S_IRWXO


def check_sqlite(engine: Engine, path: Path) -> Iterator[Finding]:
    """Look at a file, how it is written to, and the room on its disk."""
    journal, synchronous = engine.read(_pragmas)
    if journal == "wal" and synchronous >= _FULL:
        yield ok(_WRITES, "ahead of itself, and through to the disk (WAL, FULL)")
    else:
        yield wrong(
            _WRITES,
            f"journal_mode {journal}, synchronous {synchronous}",
            "let no other program change the settings of the ledger's file",
        )
    yield check_mode("the ledger's file", path)
    yield check_room(path.parent)


def _pragmas(session: Session) -> tuple[str, int]:
    (journal,) = session.execute("PRAGMA journal_mode").fetchone()
    (synchronous,) = session.execute("PRAGMA synchronous").fetchone()
    return journal, synchronous


def check_mode(what: str, path: Path) -> Finding:
    """Look whether a file is its owner's alone."""
    mode = stat.S_IMODE(path.stat().st_mode)
    if mode & _ANYBODY_ELSE:
        return wrong(what, f"others may open it (mode {mode:04o})", f"chmod 600 {path.name}")
    return ok(what, f"only its owner may open it (mode {mode:04o})")


def check_room(folder: Path) -> Finding:
    """Look how much room there is on a disk."""
    free = shutil.disk_usage(folder).free
    says = f"{free / (1 << 30):.1f} GB free where {folder.name or folder} lies"
    if free < _ROOM_AT_LEAST:
        return wrong("disk", says, "make room: soon nothing can be stored")
    if free < _ROOM_MIN:
        return warning("disk", says, "make room")
    return ok("disk", says)


def check_postgres(engine: Engine) -> Iterator[Finding]:
    """Look at a server's settings, at its clock, and at the line to it."""
    found = engine.read(_of_server)
    off = [name for name in _ON if found.settings.get(name) in {None, "off", "local"}]
    if off:
        yield wrong(
            _WRITES,
            f"{', '.join(off)} not on: what was answered can be lost",
            "turn it on in postgresql.conf",
        )
    else:
        yield ok(_WRITES, "through to the disk (fsync, full_page_writes, synchronous_commit)")
    if abs(found.drift) > _DRIFT_MAX:
        way = "ahead of" if found.drift > 0 else "behind"
        says = f"{abs(found.drift):.0f} s {way} this machine's"
        yield warning(_CLOCK, says, "have both set by NTP")
    else:
        yield ok(_CLOCK, "agrees with this machine's")
    if found.private:
        yield ok("line to the database", "private, or within this machine")
    else:
        yield wrong(
            "line to the database",
            "what is stored can be read on its way",
            "add ?sslmode=verify-full to its URL",
        )


class _OfServer:
    def __init__(self, settings: dict[str, str], drift: float, *, private: bool) -> None:
        self.settings = settings
        self.drift = drift
        self.private = private


def _of_server(session: Session) -> _OfServer:
    settings: dict[str, str] = dict(session.execute(_SETTINGS, _ON).fetchall())
    before = _now()
    theirs: Any = session.execute(_NOW).fetchone()[0]
    drift = float(theirs) - (before + _now()) / 2
    ssl, local = session.execute(_LINE).fetchone() or (False, False)
    return _OfServer(settings, drift, private=bool(ssl or local))


def _now() -> float:
    return datetime.now(UTC).timestamp()  # noqa: TID251  one clock against another is the question
