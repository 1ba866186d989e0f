"""The chain of an audit log (D-LOG-1): what is hashed, signed, and whether it is as it was sealed.

Pure: entries and seals in, digests and findings out. Not here: when to seal (`seal_audit`), what
is purged (`purge`).

An entry's digest is the SHA-256 of a JSON array in ASCII without spaces: "audit-1", the log's
clinic (null: the service's own), position, instant (UTC, microseconds), who (the wire's JSON
object, its names sorted), act, about, rule, refused because, the stream's kind and key, purpose.
The chain is `head = SHA-256(head before + digest)`, beginning with 32 zero bytes. A later form gets
another first word; what was sealed in an earlier one is never sealed again.
"""

import json
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from enum import Enum, unique
from hashlib import sha256
from itertools import chain
from typing import Final, TypeAlias

from attrs import frozen

from eservices_core.ports.audit_log import Checkpoint, Seal, Signer
from eservices_core.ports.ledger import Audited
from eservices_core.wire import dump_actor
from eservices_core.words.identifiers import ClinicId

BEGINNING: Final = "00" * 32
"""The head of a log that nothing was sealed of."""


def digest(audited: Audited) -> str:
    """Hash one entry as it lies in its log."""
    entry = audited.entry
    stream = entry.stream
    return _hash(
        "audit-1",
        _id_of(entry.clinic),
        audited.position,
        _instant(audited.at),
        json.loads(dump_actor(audited.by)),
        entry.act,
        None if entry.about is None else entry.about.value,
        entry.rule,
        entry.refused_because,
        None if stream is None else stream.kind,
        None if stream is None else stream.key,
        entry.purpose,
    )


def head_after(head: str, digests: Iterable[str]) -> str:
    """Carry a chain on over entries."""
    for one in digests:
        head = sha256(bytes.fromhex(head) + bytes.fromhex(one)).hexdigest()
    return head


def make_seal(
    before: Seal | Checkpoint | None, entries: tuple[Audited, ...], at: datetime, signer: Signer
) -> Seal:
    """Seal the entries of one log that follow on what was sealed before; one entry at least."""
    log = entries[0].entry.clinic
    digests = tuple(map(digest, entries))
    number, count, head = _standing(before)
    unsigned = Seal(
        log=log,
        number=number + 1,
        count=count + len(entries),
        through=entries[-1].position,
        newest=max(audited.at for audited in entries),
        at=at,
        head=head_after(head, digests),
        signature=b"",
        digests=digests,
    )
    return _signed_seal(unsigned, head, signer)


def _signed_seal(seal: Seal, head_before: str, signer: Signer) -> Seal:
    return Seal(
        seal.log,
        seal.number,
        seal.count,
        seal.through,
        seal.newest,
        seal.at,
        seal.head,
        signer.sign(_sealed(seal, head_before)),
        seal.digests,
    )


def make_checkpoint(seal: Seal, at: datetime, signer: Signer) -> Checkpoint:
    """Sign away all that a seal and those before it hold."""
    unsigned = Checkpoint(seal.log, seal.number, seal.count, seal.through, seal.head, at, b"")
    return Checkpoint(
        seal.log,
        seal.number,
        seal.count,
        seal.through,
        seal.head,
        at,
        signer.sign(_purged(unsigned)),
    )


def _standing(before: Seal | Checkpoint | None) -> tuple[int, int, str]:
    return (0, 0, BEGINNING) if before is None else (before.number, before.count, before.head)


def _sealed(seal: Seal, head_before: str) -> bytes:
    spots = seal.number, seal.count, seal.through
    instants = _instant(seal.newest), _instant(seal.at)
    return _spell("seal-1", _id_of(seal.log), *spots, *instants, head_before, seal.head)


def _purged(one: Checkpoint) -> bytes:
    spots = one.number, one.count, one.through
    return _spell("checkpoint-1", _id_of(one.log), *spots, _instant(one.at), one.head)


def _id_of(log: ClinicId | None) -> str | None:
    return None if log is None else log.value


def _instant(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="microseconds")


def _spell(*parts: object) -> bytes:
    text = json.dumps(parts, ensure_ascii=True, sort_keys=True, separators=(",", ":"))
    return text.encode("ascii")


def _hash(*parts: object) -> str:
    return sha256(_spell(*parts)).hexdigest()


# --- verifying ---------------------------------------------------------------------------------


@unique
class Damage(Enum):
    """What is wrong with a log; the value says it in English."""

    CHANGED = "an entry is not what was sealed"
    MISSING = "an entry that was sealed is not there"
    INSERTED = "an entry is there that was not when this was sealed"
    SEAL_MISSING = "a seal is not there"
    SEAL_FALSE = "a seal is not what was signed"
    CHECKPOINT_FALSE = "a checkpoint is not what was signed"
    CUT_OFF = "a seal that was noted elsewhere is not in this log"


@frozen
class Unreadable:
    """Stands where a store has an entry that is no entry any more."""


@frozen
class Head:
    """What is noted of a log elsewhere, so that nobody can cut its end off unnoticed."""

    log: ClinicId | None
    number: int
    head: str


@frozen
class Broken:
    """The first bad place of a log.

    Attributes:
        place: which of the log's entries, from 1, those that were purged counted too; of a seal,
            its last one.
        position: where the ledger has it, where it has it.
    """

    log: ClinicId | None
    damage: Damage
    place: int
    position: int | None = None


@frozen
class Intact:
    """A log that is as it was sealed.

    Attributes:
        sealed: how many entries are there under a seal.
        purged: how many were there, and went under a checkpoint.
        tail: how many nobody has sealed yet: of those nothing can be said.
        head: what can be noted elsewhere; None if nothing was ever sealed.
    """

    log: ClinicId | None
    sealed: int
    purged: int
    tail: int
    head: Head | None


Finding: TypeAlias = Intact | Broken


def verify(  # noqa: PLR0913, PLR0917  a log is all of these
    log: ClinicId | None,
    checkpoint: Checkpoint | None,
    seals: Iterable[Seal],
    entries: Iterable[Audited | Unreadable],
    signer: Signer,
    noted: Iterable[Head] = (),
) -> Finding:
    """Say whether a log is as it was sealed, or where it first is not. Nothing is kept in memory.

    `seals` and `entries` are all that the store has of this log, in its order; `noted` are heads
    that this log had before. Those up to a checkpoint went with it, and are not asked for.
    """
    if checkpoint is not None and not _is_true(log, checkpoint, signer):
        return Broken(log, Damage.CHECKPOINT_FALSE, checkpoint.count)
    wanted = {head.number: head for head in noted if head.log == log}
    rest = _Rest(entries)
    before: Seal | Checkpoint | None = checkpoint
    found = rest.none_through(log, before)
    for seal in seals:
        found = found or _wrong_seal(log, seal, before, signer) or rest.compare(seal)
        if found is not None:
            return found
        head = wanted.pop(seal.number, None)
        if head is not None and head.head != seal.head:
            return Broken(log, Damage.CUT_OFF, seal.count, seal.through)
        before = seal
    if found is not None:
        return found
    number, count, head_now = _standing(before)
    purged = 0 if checkpoint is None else checkpoint.count
    gone = 0 if checkpoint is None else checkpoint.number
    if any(head.number > gone for head in wanted.values()):
        return Broken(log, Damage.CUT_OFF, count)
    now = None if before is None else Head(log, number, head_now)
    return Intact(log, sealed=count - purged, purged=purged, tail=rest.count(), head=now)


def _is_true(log: ClinicId | None, checkpoint: Checkpoint, signer: Signer) -> bool:
    signed = signer.signed(_purged(checkpoint), checkpoint.signature)
    return checkpoint.log == log and signed


def _wrong_seal(
    log: ClinicId | None, seal: Seal, before: Seal | Checkpoint | None, signer: Signer
) -> Broken | None:
    number, count, head = _standing(before)
    if seal.number > number + 1:
        return Broken(log, Damage.SEAL_MISSING, count + 1)
    signed = signer.signed(_sealed(seal, head), seal.signature)
    follows = (seal.log, seal.number, seal.count) == (log, number + 1, count + len(seal.digests))
    if not (signed and follows and seal.head == head_after(head, seal.digests)):
        return Broken(log, Damage.SEAL_FALSE, seal.count, seal.through)
    return None


class _Rest:
    """The entries that were not looked at yet."""

    def __init__(self, entries: Iterable[Audited | Unreadable]) -> None:
        self._entries: Iterator[Audited | Unreadable] = iter(entries)

    def _next(self) -> Audited | Unreadable | None:
        return next(self._entries, None)

    def _put_back(self, audited: Audited | Unreadable | None) -> None:
        if audited is not None:
            self._entries = chain((audited,), self._entries)

    def none_through(self, log: ClinicId | None, end: Seal | Checkpoint | None) -> Broken | None:
        """Find an entry that lies within what was already looked at."""
        following = self._next()
        self._put_back(following)
        if end is None or not isinstance(following, Audited) or following.position > end.through:
            return None
        return Broken(log, Damage.INSERTED, end.count, following.position)

    def compare(self, seal: Seal) -> Broken | None:
        """Find the first entry of a seal that is not what was sealed."""
        first = seal.count - len(seal.digests) + 1
        for offset, expected in enumerate(seal.digests):
            audited = self._next()
            if isinstance(audited, Unreadable):
                return Broken(seal.log, Damage.CHANGED, first + offset)
            if audited is None or digest(audited) != expected:
                damage = self._damage(audited, expected, seal.digests[offset + 1 :], seal)
                position = None if audited is None else audited.position
                return Broken(seal.log, damage, first + offset, position)
        return self.none_through(seal.log, seal)

    def _damage(
        self, audited: Audited | None, expected: str, later: tuple[str, ...], seal: Seal
    ) -> Damage:
        if audited is None or audited.position > seal.through or digest(audited) in later:
            return Damage.MISSING
        following = self._next()
        inserted = isinstance(following, Audited) and digest(following) == expected
        return Damage.INSERTED if inserted else Damage.CHANGED

    def count(self) -> int:
        """Count what is left."""
        return sum(1 for _ in self._entries)
