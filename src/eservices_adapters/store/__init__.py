"""The ledger on a disk: SQLite, in one file, for a clinic that runs on one machine.

Everything that the ledger's ports promise is held by the contract in `eservices_core.testing`; a
ledger on another database belongs beside this one, behind the same contract.
"""

from eservices_adapters.store.at_rest import DamagedContent, WrongKey
from eservices_adapters.store.schema import NewerSchema, NotALedger
from eservices_adapters.store.sqlite import SqliteLedger

__all__ = ["DamagedContent", "NewerSchema", "NotALedger", "SqliteLedger", "WrongKey"]
