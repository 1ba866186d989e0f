"""A whole clinic in memory: every use case over in-memory adapters, and the people around them.

For tests and examples of programs that use the library: `World()` gives ready `Services`, and does
by hand what the world does by itself: identify with MitID, deliver mail, read a code from it, let
time pass. Nothing here decides anything.

>>> from eservices_core.testing.memory import copenhagen
>>> world = World(copenhagen(2026, 11, 23, 8))
>>> begun = world.sign_up(world.civil_number("0709614606"), "anna@example.dk")
>>> begun.change_password
False
"""

import re
from datetime import UTC, date, datetime
from email import message_from_bytes
from email.policy import SMTP
from typing import Final

from attrs import evolve as with_changes

from eservices_core.access.mitid import Assurance, IdentityKind
from eservices_core.clinic.booking_settings import (
    AppointmentType,
    BookingSettings,
    Period,
    Practitioner,
    Switch,
    WeekTemplate,
    clock,
)
from eservices_core.clinic.consultation_settings import BlockedMedicine, ConsultationSettings
from eservices_core.clinic.master_card import MasterCard, Protection
from eservices_core.clinic.post_settings import PostSettings
from eservices_core.clinic.service import Service
from eservices_core.clinic.settings import AccessSettings, ClinicSettings, SelfSignUp
from eservices_core.clinic.staff import StaffMember
from eservices_core.ports.ledger import ByNobodyKnown, ByStaff, BySystem
from eservices_core.ports.outbox import OutgoingMail
from eservices_core.ports.world import MailTransport, MitidStart
from eservices_core.staffing.member import Role, StaffRecord
from eservices_core.testing.memory import (
    FakeClock,
    FastHasher,
    MemoryCalendar,
    MemoryDigitalPost,
    MemoryLedger,
    MemoryMailTransport,
    MemoryMasterCards,
    MemoryMitid,
    MemoryRegister,
    MemoryStaffDirectory,
    MitidPerson,
    SeededChance,
)
from eservices_core.texts import Text
from eservices_core.usecases.calendar_readings import CalendarReadings
from eservices_core.usecases.deliver_mail import MailRound, deliver_mail
from eservices_core.usecases.log_in_with_mitid import (
    ComeBackFromMitid,
    GoToMitid,
    come_back_from_mitid,
    go_to_mitid,
)
from eservices_core.usecases.services import Services
from eservices_core.usecases.session_of import LoggedIn
from eservices_core.usecases.sign_up import SignUp, sign_up
from eservices_core.usecases.staff import EnrollFirstManager, enroll_first_manager
from eservices_core.words.civil_number import CivilNumber
from eservices_core.words.email_address import EmailAddress
from eservices_core.words.identifiers import (
    AttemptId,
    BrowserId,
    ClinicId,
    PractitionerId,
    SessionId,
    StaffId,
    TypeId,
)
from eservices_core.words.keyed import Keys
from eservices_core.words.secret import PasswordAttempt
from eservices_core.words.username import Username

CLINIC: Final = ClinicId("clinic-1")
OTHER_CLINIC: Final = ClinicId("clinic-2")

PRACTITIONER: Final = PractitionerId("practitioner-1")
OTHER_PRACTITIONER: Final = PractitionerId("practitioner-2")
VISIT: Final = TypeId("visit")

_MORNING_AND_AFTERNOON: Final = WeekTemplate(
    date(2020, 1, 6),
    (
        tuple(
            Period(weekday, clock(first), clock(last))
            for weekday in range(5)
            for first, last in ((8, 12), (13, 16))
        ),
    ),
)
EVERY_WORKING_DAY: Final = BookingSettings(
    place="Testvej 1, 9999 Testby",
    opening=tuple(Period(weekday, clock(8), clock(16)) for weekday in range(5)),
    practitioners=(
        Practitioner(
            PractitionerId("practitioner-1"),
            "Doctor One",
            StaffId("staff-1"),
            types=(TypeId("visit"),),
            templates=(_MORNING_AND_AFTERNOON,),
        ),
        Practitioner(
            PractitionerId("practitioner-2"),
            "Doctor Two",
            types=(TypeId("visit"),),
            templates=(_MORNING_AND_AFTERNOON,),
        ),
    ),
    types=(AppointmentType(TypeId("visit"), Text("Konsultation", "Visit"), 20),),
)
"""Two practitioners, Monday to Friday from 8 to 12 and 13 to 16; a visit takes 20 minutes."""

_LONG_AGO: Final = datetime(2000, 1, 1, tzinfo=UTC)
DIGITAL_POST: Final = PostSettings(bought=Switch.ON, cvr="12345678", label="Clinic One")
"""The add-on, bought; no company has that number, for its check digit is wrong."""
TAKES_MESSAGES: Final = ConsultationSettings(
    consultations=Switch.ON,
    renewals=Switch.ON,
    out_of_hours="+45 00 00 00 18",
    urgent_words=("brystsmerte",),
    blocked=(
        BlockedMedicine("Tramadol"),
        BlockedMedicine("Zopiclon", Text("Sovemedicin fornyes ikke.", "No sleeping pills.")),
    ),
    addresses=(EmailAddress.parse("klinik@clinic-one.example").unwrap(),),
)
"""Consultations and renewals are open; one word is urgent, and two medicines are blocked."""

_CODE: Final = re.compile(r"(?:Koden er|The code is)\s+([A-Z2-9]{4}-[A-Z2-9]{4})")
_PASSWORD: Final = re.compile(r"(?:temporary\s+password)\s+(?:is\s+)?(\S+?)(?:\.\s|\s)")


class World:
    """Services over memory, and what surrounds them.

    Attributes:
        services: what every use case is given.
        ledger, register, mitid, cards, mailbox, post, calendar, clock, chance, hasher, directory:
            the adapters under it.
        booking: the booking settings of both clinics; `EVERY_WORKING_DAY` unless others are given.
        consultation: their settings of mail consultation; `TAKES_MESSAGES` unless others are given.
        staff: the manager of `CLINIC`; `other_staff` that of `OTHER_CLINIC`. Others are enrolled
            with `enroll`.
    """

    def __init__(  # noqa: PLR0913  each is one way in which a world can differ
        self,
        at: datetime,
        *,
        seed: str = "",
        access: AccessSettings | None = None,
        self_sign_up: SelfSignUp = SelfSignUp.OPEN,
        booking: BookingSettings | None = None,
        consultation: ConsultationSettings | None = None,
    ) -> None:
        self.clock = FakeClock(at)
        self.chance = SeededChance(seed)
        self.ledger = MemoryLedger()
        self.register = MemoryRegister()
        self.mitid = MemoryMitid(self.clock)
        self.cards = MemoryMasterCards()
        self.mailbox = MemoryMailTransport()
        self.post = MemoryDigitalPost()
        self.hasher = FastHasher()
        self.directory = MemoryStaffDirectory()
        self.booking = booking or EVERY_WORKING_DAY
        self.consultation = consultation or TAKES_MESSAGES
        self.calendar = MemoryCalendar(
            (clinic, who.practitioner)
            for clinic in (CLINIC, OTHER_CLINIC)
            for who in self.booking.practitioners
        )
        self.staff = StaffMember(StaffId("staff-1"), CLINIC)
        self.other_staff = StaffMember(StaffId("staff-2"), OTHER_CLINIC)
        self.by_staff = ByStaff(self.staff)
        self.anybody = ByNobodyKnown()
        self._keys = 0
        settings = ClinicSettings(
            "Clinic One",
            "+45 00 00 00 01",
            self_sign_up,
            self.booking,
            self.consultation,
            post=DIGITAL_POST,
        )
        self.services = Services(
            ledger=self.ledger,
            records=self.ledger,
            archive=self.ledger,
            claims=self.ledger,
            lists=self.ledger,
            post=self.post,
            calendar=CalendarReadings(self.calendar),
            register=self.register,
            mitid=self.mitid,
            master_cards=self.cards,
            hasher=self.hasher,
            clock=self.clock,
            chance=self.chance,
            keys=Keys(b"a key for tests, known to everybody"),
            service=Service(
                "https://e-services.example",
                "mail.e-services.example",
                self.address("no-reply@mail.e-services.example"),
            ),
            access=access or AccessSettings(),
            clinics={CLINIC: settings, OTHER_CLINIC: settings},
            staff_directory=self.directory,
        )
        for manager in (self.staff, self.other_staff):
            self.directory.put(manager, StaffRecord(Role.MANAGER, _LONG_AGO))

    # -- words --

    @staticmethod
    def civil_number(text: str) -> CivilNumber:
        """Make a CPR number of a text that is one."""
        return CivilNumber.parse(text).unwrap()

    @staticmethod
    def address(text: str) -> EmailAddress:
        """Make an address of a text that is one."""
        return EmailAddress.parse(text).unwrap()

    @staticmethod
    def username(text: str) -> Username:
        """Make a username of a text that is one."""
        return Username.parse(text).unwrap()

    @staticmethod
    def typed(text: str) -> PasswordAttempt:
        """Make a typed password."""
        return PasswordAttempt.parse(text).unwrap()

    def key(self) -> str:
        """Give an idempotency key that was not given before."""
        self._keys += 1
        return f"key-{self._keys}"

    def session(self) -> SessionId:
        """Draw a session id, as a portal does: the digest of a token that the browser keeps."""
        return SessionId.from_entropy(self.chance.entropy(16))

    @staticmethod
    def browser(name: str = "home") -> BrowserId:
        """Name a browser."""
        return BrowserId(f"browser-{name}")

    # -- people --

    def enroll(
        self, name: str, role: Role = Role.RECEPTION, clinic: ClinicId = CLINIC
    ) -> StaffMember:
        """Have somebody work at a clinic, for years."""
        staff = StaffMember(StaffId(name), clinic)
        self.directory.put(staff, StaffRecord(role, _LONG_AGO))
        return staff

    def keep_staff_in_ledger(self) -> None:
        """Have the clinics keep their staff here: both managers are enrolled, nobody else is."""
        self.services = with_changes(self.services, staff_directory=None)
        for manager in (self.staff, self.other_staff):
            first = EnrollFirstManager(
                key=f"manager-of-{manager.clinic}",
                by=BySystem(),
                clinic=manager.clinic,
                member=manager.staff,
                name="A Manager",
            )
            _ = enroll_first_manager(self.services, first).unwrap()

    def card(
        self,
        number: CivilNumber,
        *,
        clinic: ClinicId = CLINIC,
        born: date | None = None,
        protection: Protection = Protection.NONE,
    ) -> None:
        """Give a person a master card at a clinic."""
        self.cards.put(clinic, MasterCard(number, "A Test Person", born, protection))

    def at_mitid(  # noqa: PLR0913  each is one way in which a person can differ
        self,
        address: str,
        number: CivilNumber | None,
        *,
        subject: str | None = None,
        kind: IdentityKind = IdentityKind.PRIVATE,
        assurance: Assurance = Assurance.SUBSTANTIAL,
        at: datetime | None = None,
    ) -> dict[str, str]:
        """Have somebody identify at MitID; gives what their browser brings back."""
        name = subject or (number.reveal() if number else "nobody")
        person = MitidPerson(f"subject-{name}", number, kind, assurance)
        return self.mitid.identify(MitidStart(address, ""), person, at)

    def go_and_come_back(
        self, number: CivilNumber, browser: BrowserId | None = None
    ) -> tuple[ComeBackFromMitid, AttemptId]:
        """Go to MitID and identify; gives the command that the browser's return makes."""
        browser = browser or self.browser()
        going = GoToMitid(key=self.key(), by=self.anybody, browser=browser)
        sent = go_to_mitid(self.services, going).unwrap()
        callback = self.at_mitid(sent.address, number)
        command = ComeBackFromMitid(
            key=self.key(),
            by=self.anybody,
            attempt=sent.attempt,
            browser=browser,
            session=self.session(),
            callback=callback,
        )
        return command, sent.attempt

    def sign_up(
        self,
        number: CivilNumber,
        address: str,
        clinic: ClinicId | None = CLINIC,
        browser: BrowserId | None = None,
    ) -> LoggedIn:
        """Have a person sign up alone, all the way."""
        browser = browser or self.browser()
        back, attempt = self.go_and_come_back(number, browser)
        _ = come_back_from_mitid(self.services, back).unwrap()
        command = SignUp(
            key=self.key(),
            by=self.anybody,
            attempt=attempt,
            browser=browser,
            session=self.session(),
            address=self.address(address),
            clinic=clinic,
        )
        return sign_up(self.services, command).unwrap()

    # -- mail --

    def deliver(self) -> None:
        """Deliver all mail that waits."""
        _ = deliver_mail(self.mail_round())

    def mail_round(self, transport: MailTransport | None = None) -> MailRound:
        """Give what delivering mail needs; the transport is the mailbox, or another one."""
        return MailRound(
            outbox=self.ledger,
            transport=transport or self.mailbox,
            clock=self.clock,
            chance=SeededChance("pauses"),
        )

    def last_mail(self, address: str) -> OutgoingMail:
        """Deliver, and give the newest mail that arrived at an address."""
        self.deliver()
        return self.mailbox.to(self.address(address))[-1]

    def last_code(self, address: str) -> str:
        """Deliver, and read the code from the newest mail at an address."""
        return _found(_CODE, self.last_mail(address))

    def last_password(self, address: str) -> str:
        """Deliver, and read the temporary password from the newest mail at an address."""
        return _found(_PASSWORD, self.last_mail(address))


def _found(pattern: re.Pattern[str], mail: OutgoingMail) -> str:

    body = message_from_bytes(mail.content, policy=SMTP).get_body(("plain",))
    assert body is not None, "every mail has a plain text"
    match = pattern.search(" ".join(str(body.get_content()).split()))
    assert match is not None, "the mail holds what it is for"
    return match.group(1)
