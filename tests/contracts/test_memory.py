import pytest
from attrs import evolve as with_changes
from hypothesis import settings

from eservices_core.access.custody import (
    CivilStatus,
    RegisterAnswer,
    RegisterFailure,
    Relation,
    Relative,
)
from eservices_core.access.mitid import Subject
from eservices_core.clinic.master_card import MasterCard, Protection
from eservices_core.testing.contracts import (
    AnswersContract,
    ArchiveContract,
    AuditLogContract,
    CardsUnderTest,
    ChanceContract,
    ClaimsContract,
    ClaimsMachine,
    ClockContract,
    CustodyRegisterContract,
    LedgerContract,
    LedgerMachine,
    ListsContract,
    MailTransportContract,
    MailUnderTest,
    MasterCardsContract,
    MitidContract,
    MitidUnderTest,
    OutboxContract,
    PasswordHasherContract,
    RegisterUnderTest,
    WholeLedger,
)
from eservices_core.testing.contracts.base import LedgerFixtures
from eservices_core.testing.contracts.password_hasher import PASSWORD
from eservices_core.testing.ledger_examples import OpensLedger
from eservices_core.testing.memory import (
    ISSUER,
    FakeClock,
    FastHasher,
    MemoryLedger,
    MemoryMailTransport,
    MemoryMasterCards,
    MemoryMitid,
    MemoryRegister,
    MitidPerson,
    SeededChance,
    copenhagen,
)
from eservices_core.words.civil_number import CivilNumber
from eservices_core.words.identifiers import ClinicId

pytestmark = pytest.mark.made_up("the contract's own changes and mails")

ANNA = CivilNumber.parse("0709614606").unwrap()
CHILD = CivilNumber.parse("1303814074").unwrap()
EARLIER = CivilNumber.parse("2906980013").unwrap()
STRANGER = CivilNumber.parse("0709614231").unwrap()
NOW = copenhagen(2027, 3, 28, 12)


class InMemory(LedgerFixtures):
    @pytest.fixture
    def open_ledger(self) -> OpensLedger:
        """One ledger, whose only handle is itself."""
        ledger = MemoryLedger()
        return lambda: ledger

    @pytest.fixture
    def only_this_process(self) -> str | None:
        """The capability that memory lacks."""
        return "what lies in memory is its process's own"


class TestMemoryLedger(InMemory, LedgerContract):
    pass


class TestMemoryClaims(InMemory, ClaimsContract):
    pass


class TestMemoryAnswers(InMemory, AnswersContract):
    pass


class TestMemoryLists(InMemory, ListsContract):
    pass


class TestMemoryOutbox(InMemory, OutboxContract):
    pass


class TestMemoryAuditLog(InMemory, AuditLogContract):
    """The audit log's contract over memory."""


class TestMemoryArchive(InMemory, ArchiveContract):
    pass


class MemoryMachine(LedgerMachine):
    def open_ledger(self) -> WholeLedger:
        """A new ledger for each history."""
        return MemoryLedger()


TestMemoryMachine = MemoryMachine.TestCase
TestMemoryMachine.settings = settings(
    max_examples=max(1, settings().max_examples // 2), stateful_step_count=25
)


class MemoryClaimsMachine(ClaimsMachine):
    def open_ledger(self) -> WholeLedger:
        """A new ledger for each history."""
        return MemoryLedger()


TestMemoryClaimsMachine = MemoryClaimsMachine.TestCase
TestMemoryClaimsMachine.settings = settings(stateful_step_count=30)


class TestMemoryMasterCards(MasterCardsContract):
    @pytest.fixture
    def under_test(self) -> CardsUnderTest:
        """One clinic with three kinds of card, and a stranger at another."""
        clinic, other_clinic = ClinicId("clinic-1"), ClinicId("clinic-2")
        replacement = CivilNumber.parse("0203291WQ3").unwrap()
        known = (
            MasterCard(ANNA, "Anna Æ. Ørsted-Å"),
            MasterCard(CHILD, "Bo", NOW.date(), Protection.PROTECTED),
            MasterCard(replacement, "Cleo"),
        )
        cards = MemoryMasterCards((clinic, card) for card in known)
        cards.put(other_clinic, MasterCard(EARLIER, "Dorte"))
        return CardsUnderTest(cards, clinic, known, other_clinic, STRANGER)


KNOWN = RegisterAnswer(
    version="memory",
    number=CHILD,
    birth_date=CHILD.birth_date,
    status=CivilStatus.LIVING,
    protection=Protection.NONE,
    relatives=(Relative(ANNA, Relation.MOTHER), Relative(None, Relation.UNKNOWN)),
)


class TestMemoryRegister(CustodyRegisterContract):
    @pytest.fixture
    def under_test(self) -> RegisterUnderTest:
        """A child, who had another number before."""
        register = MemoryRegister([KNOWN, with_changes(KNOWN, number=EARLIER, successor=CHILD)])

        def tell_news() -> RegisterAnswer:
            news = with_changes(KNOWN, status=CivilStatus.GONE)
            register.put(news)
            return news

        return RegisterUnderTest(
            register,
            KNOWN,
            unknown=STRANGER,
            changed=(EARLIER, with_changes(KNOWN, other_numbers=frozenset({EARLIER}))),
            silence=lambda: register.fail(RegisterFailure.SILENT),
            garble="what lies in memory is never garbled",
            news=tell_news,
        )


class TestMemoryMitid(MitidContract):
    @pytest.fixture
    def under_test(self) -> MitidUnderTest:
        """One person, who identifies by a call."""
        mitid = MemoryMitid(FakeClock(NOW))
        person = MitidPerson("anna", ANNA)
        return MitidUnderTest(
            mitid,
            identify=lambda start: mitid.identify(start, person),
            cancel=mitid.give_up,
            subject=Subject(ISSUER, "anna"),
            number=ANNA,
        )


class TestMemoryMailTransport(MailTransportContract):
    @pytest.fixture
    def under_test(self) -> MailUnderTest:
        """A transport that keeps what arrives."""
        transport = MemoryMailTransport()
        return MailUnderTest(
            transport,
            arrived=lambda: [(mail.to.reveal(), mail.content) for mail in transport.arrived],
            arrange=transport.script,
        )


class TestFastHasher(PasswordHasherContract):
    @pytest.fixture
    def hasher(self) -> FastHasher:
        """Today's hasher."""
        return FastHasher(cost=2)

    @pytest.fixture
    def takes_no_time(self) -> str | None:
        """The capability that it lacks."""
        return "it counts comparisons instead of taking time over them"

    @pytest.fixture
    def older_hash(self) -> str:
        """What it made when its cost was lower."""
        return FastHasher(cost=1).hash(PASSWORD)


class TestFakeClock(ClockContract):
    @pytest.fixture
    def clock(self) -> FakeClock:
        """A clock in 2027."""
        return FakeClock(NOW)

    @pytest.fixture
    def not_the_time(self) -> str | None:
        """The capability that it lacks."""
        return "it stands where it was set"


class TestSeededChance(ChanceContract):
    @pytest.fixture
    def chance(self) -> SeededChance:
        """One seed."""
        return SeededChance("a seed")
