"""Seals the audit logs, and verifies them: workers and an operator's question (D-LOG-1).

A round seals what is there, log by log. A round that was killed has sealed some of it, and the next
goes on; of two rounds at once one adds a seal and the other sees that and goes on from there.
Nothing here changes an entry.
"""

from collections.abc import Iterable, Iterator
from datetime import UTC
from itertools import takewhile
from typing import Final

from eservices_core.ports.audit_log import AuditLog, Seal, Signer
from eservices_core.ports.ledger import Audited
from eservices_core.ports.world import Clock
from eservices_core.usecases.audit_chain import (
    Broken,
    Damage,
    Finding,
    Head,
    Intact,
    Unreadable,
    make_seal,
    verify,
)
from eservices_core.wire import UnreadableWire
from eservices_core.words.identifiers import ClinicId

SEALED_AT_ONCE: Final = 500
"""The most entries under one seal."""
_PAGE: Final = 500
_SEAL_PAGE: Final = 20
_BEFORE_ALL: Final = -(2**63)  # whoever writes past the ports can give an entry any position
_UNREADABLE: Final = (UnreadableWire, ValueError)


def seal_audit(audit_log: AuditLog, signer: Signer, clock: Clock) -> tuple[Head, ...]:
    """Seal all entries that no seal holds yet; gives the new head of every log that got a seal.

    The heads are worth noting on another machine: against one that was noted, nobody can cut a
    log's end off unnoticed (`verify_audit`).
    """
    heads = (_seal(audit_log, log, signer, clock) for log in audit_log.logs())
    return tuple(head for head in heads if head is not None)


def _seal(audit_log: AuditLog, log: ClinicId | None, signer: Signer, clock: Clock) -> Head | None:
    head: Head | None = None
    while True:
        before = audit_log.newest_seal(log) or audit_log.checkpoint(log)
        through = 0 if before is None else before.through
        entries = audit_log.audit_at(log, through, SEALED_AT_ONCE)
        if not entries:
            return head
        seal = make_seal(before, _of_one_day(entries), clock.now(), signer)
        if audit_log.add_seal(seal):
            head = Head(log, seal.number, seal.head)


def _of_one_day(entries: tuple[Audited, ...]) -> tuple[Audited, ...]:
    """As a purge removes whole seals, none holds entries of two days: nothing old waits for new."""
    day = entries[0].at.astimezone(UTC).date()
    return tuple(takewhile(lambda audited: audited.at.astimezone(UTC).date() == day, entries))


def verify_audit(
    audit_log: AuditLog, signer: Signer, noted: Iterable[Head] = ()
) -> tuple[Finding, ...]:
    """Say of every log whether it is as it was sealed; never what is in it.

    A log of which only a noted head is left is looked at too.
    """
    noted = tuple(noted)
    there = audit_log.logs()
    gone = {head.log for head in noted} - set(there)
    logs = (*there, *sorted(gone, key=lambda log: "" if log is None else log.value))
    return tuple(_verify(audit_log, log, signer, noted) for log in logs)


def _verify(
    audit_log: AuditLog, log: ClinicId | None, signer: Signer, noted: tuple[Head, ...]
) -> Finding:
    while True:
        checkpoint = audit_log.checkpoint(log)
        seals, entries = _seals(audit_log, log), _entries(audit_log, log)
        try:
            finding = verify(log, checkpoint, seals, entries, signer, noted)
        except _UNREADABLE:  # entries that are unreadable come as such: it is a seal
            finding = Broken(log, Damage.SEAL_FALSE, 0)
        # A purge amid it takes away what was to be looked at next: look again.
        if isinstance(finding, Intact) or audit_log.checkpoint(log) == checkpoint:
            return finding


def _seals(audit_log: AuditLog, log: ClinicId | None) -> Iterator[Seal]:
    page = audit_log.seals(log, 0, _SEAL_PAGE)
    while page:
        yield from page
        page = audit_log.seals(log, page[-1].number, _SEAL_PAGE)


def _entries(audit_log: AuditLog, log: ClinicId | None) -> Iterator[Audited | Unreadable]:
    """Read a log from its very beginning; at an entry that cannot be read, say so and stop."""
    after, limit = _BEFORE_ALL, _PAGE
    while True:
        try:
            page = audit_log.audit_at(log, after, limit)
        except _UNREADABLE:
            if limit == 1:
                yield Unreadable()
                return
            limit = 1  # of the page that holds it, those before it are still looked at
            continue
        if not page:
            return
        yield from page
        after = page[-1].position
