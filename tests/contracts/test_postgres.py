from collections.abc import Generator
from functools import partial

import pytest
from hypothesis import settings

from eservices_core.testing.contracts import (
    AnswersContract,
    ArchiveContract,
    AuditLogContract,
    ClaimsContract,
    ClaimsMachine,
    LedgerContract,
    LedgerMachine,
    ListsContract,
    OutboxContract,
    WholeLedger,
)
from eservices_core.testing.ledger_examples import KEY, OpensLedger
from tests.postgres import PostgresServer, open_postgres

pytestmark = pytest.mark.made_up("the contract's own changes and mails")

_SERVERS: list[PostgresServer] = []


class _OverPostgres:
    @pytest.fixture
    def open_ledger(self, postgres: PostgresServer) -> Generator[OpensLedger, None, None]:
        """One database; each call opens it, in any process."""
        url = postgres.new_ledger()
        yield partial(open_postgres, url, KEY)
        postgres.drop(url)


class TestPostgresLedger(_OverPostgres, LedgerContract):
    pass


class TestPostgresClaims(_OverPostgres, ClaimsContract):
    pass


class TestPostgresAnswers(_OverPostgres, AnswersContract):
    pass


class TestPostgresLists(_OverPostgres, ListsContract):
    pass


class TestPostgresOutbox(_OverPostgres, OutboxContract):
    pass


class TestPostgresArchive(_OverPostgres, ArchiveContract):
    pass


class TestPostgresAuditLog(_OverPostgres, AuditLogContract):
    pass


class _NewDatabases:
    def open_ledger(self) -> WholeLedger:
        """A new database for each history."""
        self.url = _SERVERS[0].new_ledger()
        return open_postgres(self.url, KEY)

    def teardown(self) -> None:
        """Take the database away."""
        super().teardown()
        _SERVERS[0].drop(self.url)


@pytest.fixture(autouse=True, scope="module")
def _for_machines(postgres: PostgresServer) -> None:
    """Machines are given no fixtures."""
    _SERVERS[:] = [postgres]


class PostgresMachine(_NewDatabases, LedgerMachine):
    pass


class PostgresClaimsMachine(_NewDatabases, ClaimsMachine):
    pass


_FEW = settings(max_examples=max(1, settings().max_examples // 8), stateful_step_count=25)
TestPostgresMachine = PostgresMachine.TestCase
TestPostgresMachine.settings = _FEW
TestPostgresClaimsMachine = PostgresClaimsMachine.TestCase
TestPostgresClaimsMachine.settings = _FEW
