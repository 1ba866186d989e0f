"""Ledgers for tests that open one in several processes: each is named by a URL."""

from typing import Any

from eservices_adapters.store import SqliteLedger
from eservices_core.testing.ledger_examples import KEY
from tests.postgres import open_postgres

_SQLITE = "sqlite:///"


def open_ledger(url: str) -> Any:
    """Open the ledger that a URL names: `sqlite:///` and a path, or a PostgreSQL database."""
    if url.startswith(_SQLITE):
        return SqliteLedger(url.removeprefix(_SQLITE), KEY)
    return open_postgres(url, KEY)
