"""In-memory adapters of every port, which pass the same contracts as the real ones.

For tests, examples and demonstrations; needs neither pytest nor Hypothesis. None of them is for
production: nothing survives the process, the hasher is fast and the chance is known.
"""

from eservices_core.testing.memory.audit_log import MemorySigner
from eservices_core.testing.memory.calendar import MemoryCalendar
from eservices_core.testing.memory.journal import MemoryJournal
from eservices_core.testing.memory.ledger import MemoryLedger, StoreUnreachable
from eservices_core.testing.memory.min_log import MemoryMinLog
from eservices_core.testing.memory.people import (
    ISSUER,
    MemoryMasterCards,
    MemoryMitid,
    MemoryRegister,
    MitidPerson,
)
from eservices_core.testing.memory.post import MemoryDigitalPost
from eservices_core.testing.memory.reports import MemoryDeliveryReports
from eservices_core.testing.memory.small import (
    FakeClock,
    FastHasher,
    MemoryMailTransport,
    SeededChance,
    copenhagen,
)
from eservices_core.testing.memory.staff import MemoryStaffDirectory

__all__ = [
    "ISSUER",
    "FakeClock",
    "FastHasher",
    "MemoryCalendar",
    "MemoryDeliveryReports",
    "MemoryDigitalPost",
    "MemoryJournal",
    "MemoryLedger",
    "MemoryMailTransport",
    "MemoryMasterCards",
    "MemoryMinLog",
    "MemoryMitid",
    "MemoryRegister",
    "MemorySigner",
    "MemoryStaffDirectory",
    "MitidPerson",
    "SeededChance",
    "StoreUnreachable",
    "copenhagen",
]
