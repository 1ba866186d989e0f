"""The audit logs of the ledger in memory, their seals, and a signer that nobody should trust.

Not here: the lock under which a change is stored as one (`ledger`).
"""

import hmac
from threading import Lock
from typing import TYPE_CHECKING

from eservices_core.ports.audit_log import AuditLog, Checkpoint, Seal, Signer
from eservices_core.ports.ledger import Audited, Change
from eservices_core.words.identifiers import ClinicId


class MemoryAuditLog:
    """Implements AuditLog; the part of `MemoryLedger` that keeps who did what."""

    def __init__(self, lock: Lock) -> None:
        self._lock = lock
        self._audit: list[Audited] = []
        self._audited = 0
        self._seals: dict[ClinicId | None, list[Seal]] = {}
        self._checkpoints: dict[ClinicId | None, Checkpoint] = {}

    def logs(self) -> tuple[ClinicId | None, ...]:
        """Name every log that has an entry, a seal or a checkpoint: the service's own first."""
        with self._lock:
            entries = {audited.entry.clinic for audited in self._audit}
            sealed = {log for log, seals in self._seals.items() if seals}
            found = entries | sealed | self._checkpoints.keys()
        return tuple(sorted(found, key=lambda log: "" if log is None else log.value))

    def audit_at(
        self, clinic: ClinicId | None, after_position: int, limit: int, /
    ) -> tuple[Audited, ...]:
        """Give a log's entries after a position, oldest first, at most `limit`."""
        assert limit >= 0, "nobody asks for fewer than no entries"
        later = (audited for audited in self.audit() if audited.position > after_position)
        return tuple(audited for audited in later if audited.entry.clinic == clinic)[:limit]

    def seals(self, log: ClinicId | None, after_number: int, limit: int, /) -> tuple[Seal, ...]:
        """Give a log's seals after a number, oldest first, at most `limit`."""
        with self._lock:
            found = [seal for seal in self._seals.get(log, ()) if seal.number > after_number]
        return tuple(found[:limit])

    def newest_seal(self, log: ClinicId | None, /) -> Seal | None:
        """Give a log's newest seal; None if all were purged, or none was made."""
        with self._lock:
            found = self._seals.get(log)
            return found[-1] if found else None

    def checkpoint(self, log: ClinicId | None, /) -> Checkpoint | None:
        """Say where a log was last purged to; None if never."""
        with self._lock:
            return self._checkpoints.get(log)

    def add_seal(self, seal: Seal, /) -> bool:
        """Keep a seal; False, and no change, where there is one of its number, or was one."""
        with self._lock:
            found = self._seals.setdefault(seal.log, [])
            purged = self._checkpoints.get(seal.log)
            gone = purged is not None and purged.number >= seal.number
            if gone or any(one.number == seal.number for one in found):
                return False
            found.append(seal)
            found.sort(key=lambda one: one.number)
            return True

    def purge_audit(self, checkpoint: Checkpoint, /) -> int:
        """Remove a log's entries and seals up to the seal that a checkpoint names, for good."""
        log, before = checkpoint.log, len(self._audit)
        with self._lock:
            found = self._seals.get(log, [])
            named = checkpoint.number, checkpoint.head
            if named not in {(one.number, one.head) for one in found}:
                return 0
            self._checkpoints[log] = checkpoint
            self._seals[log] = [one for one in found if one.number > checkpoint.number]
            self._audit = [
                audited
                for audited in self._audit
                if audited.entry.clinic != log or audited.position > checkpoint.through
            ]
            return before - len(self._audit)

    def audit(self) -> tuple[Audited, ...]:
        """Give every audit entry there is, oldest first; for tests."""
        with self._lock:
            return tuple(self._audit)

    def _note(self, change: Change) -> None:
        for entry in change.audit:
            self._audited += 1
            self._audit.append(Audited(self._audited, entry, change.at, change.by))


class MemorySigner:
    """NOT FOR PRODUCTION: signs with a keyed hash, so whoever can verify can also sign."""

    def __init__(self, key: bytes = b"a key for tests, known to everybody") -> None:
        self._key = key

    def sign(self, message: bytes, /) -> bytes:
        """Sign a message."""
        return hmac.digest(self._key, message, "sha256")

    def signed(self, message: bytes, signature: bytes, /) -> bool:
        """Say whether a message was signed so."""
        return hmac.compare_digest(self.sign(message), signature)


if TYPE_CHECKING:
    _audit_log: type[AuditLog] = MemoryAuditLog
    _signer: type[Signer] = MemorySigner
