"""Every promise of the audit log can be broken, and is noticed."""

import pytest

from eservices_core.ports.audit_log import Checkpoint, Seal
from eservices_core.ports.ledger import Audited
from eservices_core.testing.contracts import AuditLogContract
from eservices_core.testing.memory import MemoryLedger
from eservices_core.words.identifiers import ClinicId
from tests.contracts.sabotage import Case, assert_noticed

AUDIT = AuditLogContract()


class _MixesLogs(MemoryLedger):
    """Every clinic reads every log."""

    def audit_at(
        self, clinic: ClinicId | None, after_position: int, limit: int, /
    ) -> tuple[Audited, ...]:
        del clinic
        return tuple(one for one in self.audit() if one.position > after_position)[:limit]


class _SealsTwice(MemoryLedger):
    """The newest seal of a number wins."""

    def add_seal(self, seal: Seal, /) -> bool:
        self._seals[seal.log] = [one for one in self._seals.get(seal.log, ()) if one != seal]
        self._seals[seal.log].append(seal)
        return True


class _PurgesOneMore(MemoryLedger):
    """A purge takes an entry too many."""

    def purge_audit(self, checkpoint: Checkpoint, /) -> int:
        removed = super().purge_audit(checkpoint)
        if removed:
            _ = self._audit.pop(0)
        return removed


class _PurgesWithoutASeal(MemoryLedger):
    """Whoever asks may remove a beginning."""

    def purge_audit(self, checkpoint: Checkpoint, /) -> int:
        before = len(self._audit)
        self._audit = [one for one in self._audit if one.position > checkpoint.through]
        self._checkpoints[checkpoint.log] = checkpoint
        return before - len(self._audit)


class _CountsAnew(MemoryLedger):
    """After a purge positions begin anew."""

    def purge_audit(self, checkpoint: Checkpoint, /) -> int:
        removed = super().purge_audit(checkpoint)
        self._audited = len(self._audit)
        return removed


CASES = (
    Case(_MixesLogs, AUDIT.test_logs_are_kept_apart),
    Case(_SealsTwice, AUDIT.test_a_number_is_sealed_once, (), 2),
    Case(_PurgesOneMore, AUDIT.test_a_prefix_is_purged, (), 2),
    Case(_PurgesWithoutASeal, AUDIT.test_a_purge_is_done_once),
    Case(_CountsAnew, AUDIT.test_positions_go_on),
)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_a_broken_promise_is_noticed(case: Case) -> None:
    """A ledger that breaks a promise of its audit log fails that promise's test, by name."""
    assert_noticed(case)
