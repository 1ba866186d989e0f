"""The audit log as something that is kept, sealed and, when its time is over, shortened (D-LOG-1).

Entries come with changes (`ledger.Change`), and nothing here adds, changes or removes a single one.
Here: reading whole logs, the seals beside them, and the one way to remove: a prefix, with a signed
checkpoint in its place. Not here: what is hashed and signed (`usecases.audit_chain`).

Every clinic has a log of its own, and so has the service; None stands for that one.
"""

from datetime import datetime
from typing import Protocol

from attrs import field, frozen

from eservices_core.ports.ledger import Audited
from eservices_core.words.identifiers import ClinicId


@frozen
class Seal:
    """What was signed of a log in one step: its entries after the seal before, in their order.

    Attributes:
        log: whose log; None for the service's own.
        number: the seal's place in its log, from 1.
        count: how many entries the log had had with it, those purged since included.
        through: the position of its last entry.
        newest: the latest instant of its entries; clocks are set back, so not always the last's.
        at: when it was made.
        head: the chain's value after its last entry, as hex.
        signature: under the installation's key.
        digests: one for each of its entries, as hex: so that damage is found where it is.
    """

    log: ClinicId | None
    number: int
    count: int
    through: int
    newest: datetime
    at: datetime
    head: str
    signature: bytes = field(repr=False)
    digests: tuple[str, ...] = field(repr=False)


@frozen
class Checkpoint:
    """What stands where a log's beginning was purged; the rest verifies from its `head`.

    Attributes:
        number, count, through, head: those of the last seal that went.
        at: when it was purged.
        signature: under the installation's key; nobody else can shorten a log unnoticed.
    """

    log: ClinicId | None
    number: int
    count: int
    through: int
    head: str
    at: datetime
    signature: bytes = field(repr=False)


class AuditLog(Protocol):
    """Whole logs, and their seals. An entry that can be read never gets one before it."""

    def logs(self) -> tuple[ClinicId | None, ...]:
        """Name every log that has an entry, a seal or a checkpoint: the service's own first."""
        ...

    def audit_at(
        self, clinic: ClinicId | None, after_position: int, limit: int, /
    ) -> tuple[Audited, ...]:
        """Give a log's entries after a position, oldest first, at most `limit`."""
        ...

    def seals(self, log: ClinicId | None, after_number: int, limit: int, /) -> tuple[Seal, ...]:
        """Give a log's seals after a number, oldest first, at most `limit`."""
        ...

    def newest_seal(self, log: ClinicId | None, /) -> Seal | None:
        """Give a log's newest seal; None if all were purged, or none was made. Never stale."""
        ...

    def checkpoint(self, log: ClinicId | None, /) -> Checkpoint | None:
        """Say where a log was last purged to; None if never. Never stale."""
        ...

    def add_seal(self, seal: Seal, /) -> bool:
        """Keep a seal; False, and no change, where there is one of its number, or was one."""
        ...

    def purge_audit(self, checkpoint: Checkpoint, /) -> int:
        """Remove a log's entries and seals up to the seal that a checkpoint names, for good.

        Gives the number of entries removed. Where there is no such seal of that head, be it that
        somebody has purged it already, nothing is changed and the number is 0.
        """
        ...


class Signer(Protocol):
    """Signs seals, and says whether a signature is the installation's."""

    def sign(self, message: bytes, /) -> bytes:
        """Sign a message."""
        ...

    def signed(self, message: bytes, signature: bytes, /) -> bool:
        """Say whether a message was signed so; False for anything else, nothing is raised."""
        ...
