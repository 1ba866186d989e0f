"""Ledgers for tests that open one in several processes: each is named by a URL."""

from eservices_adapters.store import SqliteLedger
from eservices_core.testing.ledger_examples import KEY

_SQLITE = "sqlite:///"


def open_ledger(url: str) -> SqliteLedger:
    """Open the ledger that a URL names: `sqlite:///` and a path."""
    assert url.startswith(_SQLITE), "the one kind of ledger that there is"
    return SqliteLedger(url.removeprefix(_SQLITE), KEY)
