"""The contracts of the ports: what every adapter promises, as tests that its author subclasses.

    class TestMyLedger(LedgerContract):
        @pytest.fixture
        def open_ledger(self, tmp_path):
            return partial(MyLedger, tmp_path / "ledger.db")

Each contract asks for one fixture, which says what to return; what an adapter may lawfully not do
is a fixture too, strict unless it is overridden with the reason as a text, which is shown where the
promise is skipped. A test's docstring is the promise; whoever breaks it is told so, in its words.
`LedgerMachine` compares a ledger with a model, over drawn histories, `ClaimsMachine` its claims.
The kit needs the extra `testing`; a promise that is added or made stricter is named in the
changelog.
"""

from eservices_core.testing.contracts.answers import AnswersContract
from eservices_core.testing.contracts.archive import ArchiveContract
from eservices_core.testing.contracts.audit_log import AuditLogContract
from eservices_core.testing.contracts.base import Contract
from eservices_core.testing.contracts.calendar import (
    AppointmentCalendarContract,
    CalendarMachine,
    CalendarUnderTest,
)
from eservices_core.testing.contracts.claims import ClaimsContract
from eservices_core.testing.contracts.claims_machine import ClaimsMachine
from eservices_core.testing.contracts.custody_register import (
    CustodyRegisterContract,
    RegisterUnderTest,
)
from eservices_core.testing.contracts.delivery_reports import (
    DeliveryReportsContract,
    ReportsUnderTest,
)
from eservices_core.testing.contracts.digital_post import DigitalPostContract, PostUnderTest
from eservices_core.testing.contracts.journal import JournalContract, JournalUnderTest
from eservices_core.testing.contracts.ledger import LedgerContract
from eservices_core.testing.contracts.lists import ListsContract
from eservices_core.testing.contracts.machine import LedgerMachine
from eservices_core.testing.contracts.mail_transport import MailTransportContract, MailUnderTest
from eservices_core.testing.contracts.master_cards import CardsUnderTest, MasterCardsContract
from eservices_core.testing.contracts.min_log import MinLogContract
from eservices_core.testing.contracts.mitid import MitidContract, MitidUnderTest
from eservices_core.testing.contracts.outbox import OutboxContract
from eservices_core.testing.contracts.password_hasher import PasswordHasherContract
from eservices_core.testing.contracts.staff_directory import (
    DirectoryUnderTest,
    StaffDirectoryContract,
)
from eservices_core.testing.contracts.time_and_chance import ChanceContract, ClockContract
from eservices_core.testing.ledger_examples import WholeLedger

__all__ = [
    "AnswersContract",
    "AppointmentCalendarContract",
    "ArchiveContract",
    "AuditLogContract",
    "CalendarMachine",
    "CalendarUnderTest",
    "CardsUnderTest",
    "ChanceContract",
    "ClaimsContract",
    "ClaimsMachine",
    "ClockContract",
    "Contract",
    "CustodyRegisterContract",
    "DeliveryReportsContract",
    "DigitalPostContract",
    "DirectoryUnderTest",
    "JournalContract",
    "JournalUnderTest",
    "LedgerContract",
    "LedgerMachine",
    "ListsContract",
    "MailTransportContract",
    "MailUnderTest",
    "MasterCardsContract",
    "MinLogContract",
    "MitidContract",
    "MitidUnderTest",
    "OutboxContract",
    "PasswordHasherContract",
    "PostUnderTest",
    "RegisterUnderTest",
    "ReportsUnderTest",
    "StaffDirectoryContract",
    "WholeLedger",
]
