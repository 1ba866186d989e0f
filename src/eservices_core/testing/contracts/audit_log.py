"""The audit log's contract: whole logs, one seal of a number, nothing removed but a prefix."""

from attrs import evolve as with_changes

from eservices_core.ports.audit_log import Checkpoint, Seal
from eservices_core.ports.ledger import AuditEntry
from eservices_core.testing.contracts.base import LedgerFixtures
from eservices_core.testing.ledger_examples import ANNA, AT, CLINIC, WholeLedger, a_change
from eservices_core.words.identifiers import ClinicId

_OTHER = ClinicId("clinic-2")
_EVERYTHING = 1_000_000


def _fill(ledger: WholeLedger, count: int, log: ClinicId | None = CLINIC, name: str = "") -> None:
    for number in range(count):
        entry = AuditEntry(f"act-{number}", ANNA, clinic=log)
        change = with_changes(a_change(f"{log}-{name}-{number}"), audit=(entry,))
        _ = ledger.commit(change).unwrap()


def _acts(ledger: WholeLedger, log: ClinicId | None = CLINIC) -> list[str]:
    return [audited.entry.act for audited in ledger.audit_at(log, 0, _EVERYTHING)]


def _a_seal(ledger: WholeLedger, number: int, entries: int, log: ClinicId | None = CLINIC) -> Seal:
    """Make a seal over the first entries of a log; the store does not look whether it is true."""
    through = ledger.audit_at(log, 0, entries)[-1].position
    digests = (f"{number:02x}" * 32, "ab" * 32)
    return Seal(log, number, entries, through, AT, AT, "cd" * 32, b"signed", digests)


def _a_checkpoint(seal: Seal) -> Checkpoint:
    return Checkpoint(seal.log, seal.number, seal.count, seal.through, seal.head, AT, b"signed")


class AuditLogContract(LedgerFixtures):
    """What an AuditLog promises; `open_ledger` says what to return."""

    def test_an_empty_store_has_no_log(self, ledger: WholeLedger) -> None:
        """Where nothing was stored there is no log, no seal and no checkpoint."""
        assert ledger.logs() == ()
        assert ledger.audit_at(None, 0, 9) == ()
        assert ledger.seals(None, 0, 9) == ()
        assert ledger.newest_seal(None) is None
        assert ledger.checkpoint(None) is None

    def test_logs_are_kept_apart(self, ledger: WholeLedger) -> None:
        """Every clinic has its own log, and so has the service: None, which comes first."""
        for log, count in ((CLINIC, 2), (None, 3), (_OTHER, 1)):
            _fill(ledger, count, log)
        assert ledger.logs() == (None, CLINIC, _OTHER)
        for log, count in ((CLINIC, 2), (None, 3), (_OTHER, 1)):
            found = ledger.audit_at(log, 0, _EVERYTHING)
            assert {audited.entry.clinic for audited in found} == {log}
            assert len(found) == count
            assert ledger.audit_at(log, 0, 1) == found[:1]
            assert ledger.audit_at(log, found[0].position, _EVERYTHING) == found[1:]

    def test_seals_come_back(self, ledger: WholeLedger, other: WholeLedger) -> None:
        """Seals come back as they were given, in their order, page by page, on every handle."""
        _fill(ledger, 3)
        _fill(ledger, 1, None)
        seals = [_a_seal(ledger, number, number) for number in (1, 2, 3)]
        own = _a_seal(ledger, 1, 1, None)
        assert [ledger.add_seal(seal) for seal in (*seals, own)] == [True] * 4
        assert other.seals(CLINIC, 0, 9) == tuple(seals)
        assert other.seals(CLINIC, 0, 2) == tuple(seals[:2])
        assert other.seals(CLINIC, 2, 9) == (seals[2],)
        assert other.seals(None, 0, 9) == (own,)
        assert other.newest_seal(CLINIC) == seals[2]
        assert other.newest_seal(_OTHER) is None

    def test_a_number_is_sealed_once(self, ledger: WholeLedger, other: WholeLedger) -> None:
        """Of two seals of one number and log the first stands, and the second is told."""
        _fill(ledger, 2)
        first, second = _a_seal(ledger, 1, 1), _a_seal(ledger, 1, 2)
        assert ledger.add_seal(first) is True
        assert other.add_seal(second) is False
        assert other.add_seal(first) is False
        assert ledger.seals(CLINIC, 0, 9) == (first,)

    def test_a_prefix_is_purged(self, ledger: WholeLedger, other: WholeLedger) -> None:
        """D-KEEP-1: a purge removes entries and seals up to its seal, and nothing after it."""
        _fill(ledger, 4)
        _fill(ledger, 2, _OTHER)
        seals = [_a_seal(ledger, number, number) for number in (1, 2, 3)]
        assert all(ledger.add_seal(seal) for seal in seals)
        checkpoint = _a_checkpoint(seals[1])
        assert ledger.purge_audit(checkpoint) == seals[1].count
        assert _acts(other) == ["act-2", "act-3"]
        assert _acts(other, _OTHER) == ["act-0", "act-1"]
        assert len(other.audit_about(ANNA)) == len(_acts(other) + _acts(other, _OTHER))
        assert other.seals(CLINIC, 0, 9) == (seals[2],)
        assert other.checkpoint(CLINIC) == checkpoint
        assert other.checkpoint(_OTHER) is None

    def test_a_purge_is_done_once(self, ledger: WholeLedger) -> None:
        """Purging again, or to a seal that is not there, changes nothing."""
        _fill(ledger, 3)
        seal = _a_seal(ledger, 1, 1)
        assert ledger.add_seal(seal)
        wrong = with_changes(_a_checkpoint(seal), head="ef" * 32)
        assert ledger.purge_audit(wrong) == 0
        assert ledger.purge_audit(with_changes(_a_checkpoint(seal), number=2)) == 0
        assert ledger.purge_audit(with_changes(_a_checkpoint(seal), log=_OTHER)) == 0
        assert (_acts(ledger), ledger.checkpoint(CLINIC)) == (["act-0", "act-1", "act-2"], None)
        assert ledger.purge_audit(_a_checkpoint(seal)) == 1
        again = with_changes(_a_checkpoint(seal), signature=b"another")
        assert ledger.purge_audit(again) == 0
        assert ledger.checkpoint(CLINIC) == _a_checkpoint(seal)

    def test_checkpoints_follow_each_other(self, ledger: WholeLedger) -> None:
        """The newest checkpoint of a log stands; what was purged is never sealed again."""
        _fill(ledger, 2)
        seals = [_a_seal(ledger, number, number) for number in (1, 2)]
        assert all(ledger.add_seal(seal) for seal in seals)
        for seal in seals:
            assert ledger.purge_audit(_a_checkpoint(seal)) == 1
            assert ledger.checkpoint(CLINIC) == _a_checkpoint(seal)
            assert ledger.add_seal(seal) is False
        assert ledger.newest_seal(CLINIC) is None
        assert ledger.logs() == (CLINIC,)

    def test_positions_go_on(self, ledger: WholeLedger) -> None:
        """An entry after a purge lies after all that was ever there, the newest included."""
        _fill(ledger, 2)
        seal = _a_seal(ledger, 1, 2)
        assert ledger.add_seal(seal)
        assert ledger.purge_audit(_a_checkpoint(seal)) == seal.count
        _fill(ledger, 1, name="later")
        (audited,) = ledger.audit_at(CLINIC, 0, 9)
        assert audited.position > seal.through
