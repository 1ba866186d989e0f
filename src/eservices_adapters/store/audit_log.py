"""The statements about whole audit logs and their seals (D-LOG-1).

An entry is written with its change (`statements`) and never again: the table's triggers refuse
whoever tries, and let go only what a checkpoint has signed away.
"""

from typing import Any, Final

from eservices_adapters.store.columns import instant_of, log_of, read_instant, read_log
from eservices_adapters.store.session import Session
from eservices_core.ports.audit_log import Checkpoint, Seal
from eservices_core.words.identifiers import ClinicId

_LOGS: Final = (
    "SELECT clinic FROM audit UNION SELECT clinic FROM audit_seals"
    " UNION SELECT clinic FROM audit_checkpoints ORDER BY 1"
)
_SEAL: Final = (
    "SELECT clinic, number, count, through, newest, at, head, signature, digests FROM audit_seals"
)
_SEALS: Final = f"{_SEAL} WHERE clinic = ? AND number > ? ORDER BY number LIMIT ?"
_NEWEST: Final = f"{_SEAL} WHERE clinic = ? ORDER BY number DESC LIMIT 1"
_ADD: Final = (
    "INSERT INTO audit_seals (clinic, number, count, through, newest, at, head, signature, digests)"
    " SELECT ?, ?, ?, ?, ?, ?, ?, ?, ? WHERE NOT EXISTS"
    " (SELECT 1 FROM audit_checkpoints WHERE clinic = ? AND number >= ?) ON CONFLICT DO NOTHING"
)
_CHECKPOINT: Final = (
    "SELECT clinic, number, count, through, head, at, signature FROM audit_checkpoints"
    " WHERE clinic = ?"
)
_STANDS: Final = "SELECT 1 FROM audit_seals WHERE clinic = ? AND number = ? AND head = ?"
_PUT_CHECKPOINT: Final = (
    "INSERT INTO audit_checkpoints (clinic, number, count, through, head, at, signature)"
    " VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (clinic) DO UPDATE SET number = excluded.number,"
    " count = excluded.count, through = excluded.through, head = excluded.head, at = excluded.at,"
    " signature = excluded.signature"
)
_PURGE_ENTRIES: Final = "DELETE FROM audit WHERE clinic = ? AND position <= ?"
_PURGE_SEALS: Final = "DELETE FROM audit_seals WHERE clinic = ? AND number <= ?"
_DIGEST_BYTES: Final = 32


def logs(session: Session) -> tuple[ClinicId | None, ...]:
    """Name every log that has an entry, a seal or a checkpoint: the service's own first."""
    return tuple(read_log(name) for (name,) in session.execute(_LOGS))


def seals(
    session: Session, log: ClinicId | None, after_number: int, limit: int
) -> tuple[Seal, ...]:
    """Give a log's seals after a number, oldest first, at most `limit`."""
    return tuple(map(_read_seal, session.execute(_SEALS, (log_of(log), after_number, limit))))


def newest_seal(session: Session, log: ClinicId | None) -> Seal | None:
    """Give a log's newest seal."""
    row = session.execute(_NEWEST, (log_of(log),)).fetchone()
    return None if row is None else _read_seal(row)


def checkpoint(session: Session, log: ClinicId | None) -> Checkpoint | None:
    """Say where a log was last purged to."""
    row = session.execute(_CHECKPOINT, (log_of(log),)).fetchone()
    if row is None:
        return None
    clinic, number, count, through, head, at, signature = row
    return Checkpoint(read_log(clinic), number, count, through, head, read_instant(at), signature)


def add_seal(session: Session, seal: Seal) -> bool:
    """Keep a seal, unless there is one of its number, or was one."""
    key = log_of(seal.log)
    session.lock(f"seals/{key}")
    values = (
        *(key, seal.number, seal.count, seal.through),
        *(instant_of(seal.newest), instant_of(seal.at)),
        *(seal.head, seal.signature, bytes.fromhex("".join(seal.digests))),
    )
    return session.execute(_ADD, (*values, key, seal.number)).rowcount > 0


def purge(session: Session, one: Checkpoint) -> int | None:
    """Remove what a checkpoint names; None if there is no such seal."""
    key = log_of(one.log)
    session.lock(f"seals/{key}")
    if session.execute(_STANDS, (key, one.number, one.head)).fetchone() is None:
        return None
    values = (key, one.number, one.count, one.through, one.head, instant_of(one.at), one.signature)
    _ = session.execute(_PUT_CHECKPOINT, values)
    removed = session.execute(_PURGE_ENTRIES, (key, one.through)).rowcount
    _ = session.execute(_PURGE_SEALS, (key, one.number))
    return removed


def _read_seal(row: tuple[Any, ...]) -> Seal:
    clinic, number, count, through, newest, at, head, signature, digests = row
    hexed = bytes(digests).hex()
    each = 2 * _DIGEST_BYTES
    return Seal(
        read_log(clinic),
        number,
        count,
        through,
        read_instant(newest),
        read_instant(at),
        head,
        signature,
        tuple(hexed[start : start + each] for start in range(0, len(hexed), each)),
    )
