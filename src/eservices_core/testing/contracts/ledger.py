"""The ledger's contract: all of its promises in one class, for one fixture."""

from eservices_core.testing.contracts.bulk import BulkPromises
from eservices_core.testing.contracts.commits import CommitPromises
from eservices_core.testing.contracts.records import ContentPromises, NamePromises
from eservices_core.testing.contracts.sharing import RacePromises, StalenessPromises


class LedgerContract(
    CommitPromises, NamePromises, ContentPromises, BulkPromises, StalenessPromises, RacePromises
):
    """What a Ledger and its Records promise; `open_ledger` says what to return."""
