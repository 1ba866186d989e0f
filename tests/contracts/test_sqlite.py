import shutil
import tempfile
from functools import partial
from pathlib import Path

import pytest
from hypothesis import settings

from eservices_adapters.store import SqliteLedger
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

pytestmark = pytest.mark.made_up("the contract's own changes and mails")

pytestmark = pytest.mark.made_up("the contract's own changes and mails")


class TestSqliteLedger(LedgerContract):
    @pytest.fixture
    def open_ledger(self, tmp_path: Path) -> OpensLedger:
        """One file; each call opens it, in any process."""
        return partial(SqliteLedger, tmp_path / "ledger.db", KEY)


class TestSqliteClaims(ClaimsContract):
    @pytest.fixture
    def open_ledger(self, tmp_path: Path) -> OpensLedger:
        """One file; each call opens it, in any process."""
        return partial(SqliteLedger, tmp_path / "ledger.db", KEY)


class TestSqliteAnswers(AnswersContract):
    @pytest.fixture
    def open_ledger(self, tmp_path: Path) -> OpensLedger:
        """One file; each call opens it."""
        return partial(SqliteLedger, tmp_path / "ledger.db", KEY)


class TestSqliteLists(ListsContract):
    @pytest.fixture
    def open_ledger(self, tmp_path: Path) -> OpensLedger:
        """One file; each call opens it."""
        return partial(SqliteLedger, tmp_path / "ledger.db", KEY)


class TestSqliteOutbox(OutboxContract):
    @pytest.fixture
    def open_ledger(self, tmp_path: Path) -> OpensLedger:
        """One file; each call opens it."""
        return partial(SqliteLedger, tmp_path / "ledger.db", KEY)


class TestSqliteArchive(ArchiveContract):
    @pytest.fixture
    def open_ledger(self, tmp_path: Path) -> OpensLedger:
        """One file; each call opens it."""
        return partial(SqliteLedger, tmp_path / "ledger.db", KEY)


class TestSqliteAuditLog(AuditLogContract):
    @pytest.fixture
    def open_ledger(self, tmp_path: Path) -> OpensLedger:
        """One file; each call opens it."""
        return partial(SqliteLedger, tmp_path / "ledger.db", KEY)


class SqliteMachine(LedgerMachine):
    def open_ledger(self) -> WholeLedger:
        """A new file for each history."""
        self.folder = tempfile.mkdtemp()
        return SqliteLedger(Path(self.folder) / "ledger.db", KEY)

    def teardown(self) -> None:
        """Take the file away with its folder."""
        super().teardown()
        shutil.rmtree(self.folder)


class SqliteClaimsMachine(ClaimsMachine):
    def open_ledger(self) -> WholeLedger:
        """A new file for each history."""
        self.folder = tempfile.mkdtemp()
        return SqliteLedger(Path(self.folder) / "ledger.db", KEY)

    def teardown(self) -> None:
        """Take the file away with its folder."""
        super().teardown()
        shutil.rmtree(self.folder)


TestSqliteClaimsMachine = SqliteClaimsMachine.TestCase
TestSqliteClaimsMachine.settings = settings(
    max_examples=max(1, settings().max_examples // 4), stateful_step_count=25
)

TestSqliteMachine = SqliteMachine.TestCase
TestSqliteMachine.settings = settings(
    max_examples=max(1, settings().max_examples // 4), stateful_step_count=25
)
