from datetime import datetime, timedelta
from itertools import count
from pathlib import Path

import pytest

from eservices_adapters.email.bounced import bounce_of, lay_in
from eservices_adapters.email.reports import MaildirReports
from eservices_core.correspondence.bounces import return_path
from eservices_core.ports.delivery_reports import Action
from eservices_core.testing.contracts import DeliveryReportsContract, ReportsUnderTest
from eservices_core.testing.ledger_examples import AT
from eservices_core.words.identifiers import MailId
from tests.adapters.email.samples import FORGED, KEYS, SERVICE, whose


class TestMaildirReports(DeliveryReportsContract):
    @pytest.fixture
    def under_test(self, tmp_path: Path) -> ReportsUnderTest:
        """A Maildir into which reports fall that a mail server could have made."""
        folder, turns = tmp_path / "bounces", count()

        def arrive(mail: MailId | None, action: Action, at: datetime) -> None:
            back_to = FORGED if mail is None else return_path(KEYS, SERVICE, mail)
            ours = f"Return-Path: <{back_to}>\r\nTo: anna@example.com\r\n\r\nA\r\n"
            lay_in(folder, bounce_of(ours.encode(), action, at=at), at)

        def lay(content: bytes) -> None:
            lay_in(folder, content, AT - timedelta(days=1) + timedelta(seconds=next(turns)))

        return ReportsUnderTest(
            MaildirReports(folder, whose), arrive, lambda: MaildirReports(folder, whose), lay
        )
