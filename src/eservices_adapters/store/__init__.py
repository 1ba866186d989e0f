"""The ledger in a database: SQLite in one file, or PostgreSQL where one machine is not enough.

`PostgresLedger` lies in `store.postgres`, as its driver is an extra of its own. Everything that the
ledger's ports promise is held by the contract in `eservices_core.testing`.
"""

from eservices_adapters.store.at_rest import DamagedContent, WrongKey
from eservices_adapters.store.ledger import SqlLedger
from eservices_adapters.store.mark import AnotherStore, MarkFile, RestoredPast, SpoiltMark
from eservices_adapters.store.session import (
    NewerSchema,
    NotALedger,
    OlderSchema,
    StoreFailed,
    TryAgain,
)
from eservices_adapters.store.sqlite import SqliteLedger

__all__ = [
    "AnotherStore",
    "DamagedContent",
    "MarkFile",
    "NewerSchema",
    "NotALedger",
    "OlderSchema",
    "RestoredPast",
    "SpoiltMark",
    "SqlLedger",
    "SqliteLedger",
    "StoreFailed",
    "TryAgain",
    "WrongKey",
]
