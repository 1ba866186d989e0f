"""In-memory adapters of every port, which pass the same contracts as the real ones.

For tests, examples and demonstrations; needs neither pytest nor Hypothesis. None of them is for
production: nothing survives the process, the hasher is fast and the chance is known.
"""

from eservices_core.testing.memory.calendar import MemoryCalendar
from eservices_core.testing.memory.ledger import MemoryLedger, StoreUnreachable
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

__all__ = [
    "ISSUER",
    "FakeClock",
    "FastHasher",
    "MemoryCalendar",
    "MemoryDeliveryReports",
    "MemoryDigitalPost",
    "MemoryLedger",
    "MemoryMailTransport",
    "MemoryMasterCards",
    "MemoryMitid",
    "MemoryRegister",
    "MitidPerson",
    "SeededChance",
    "StoreUnreachable",
    "copenhagen",
]
