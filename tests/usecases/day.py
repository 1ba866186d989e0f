"""A day at two clinics, for the tests of use cases: people, and what they do, over `World`.

Here: shorthand for commands, and what can be looked up afterwards. Not here: any rule.
"""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from functools import reduce
from typing import Any, Final, TypeVar

from attrs import evolve as with_changes

from eservices_core import events
from eservices_core.access.address import Address, Reachable
from eservices_core.access.custody import CivilStatus, RegisterAnswer, Relation, Relative
from eservices_core.access.guardianship import ByHandBasis
from eservices_core.access.guesses import Guesses
from eservices_core.clinic.master_card import Protection
from eservices_core.clinic.settings import ClinicSettings, SelfSignUp
from eservices_core.clinic.staff import IdentityEvidence, StaffMember
from eservices_core.outcome import Failure, Outcome
from eservices_core.ports.ledger import (
    BySystem,
    MailKind,
    Name,
    NameKind,
    OutgoingMail,
    Recorded,
    StreamId,
)
from eservices_core.testing.memory import copenhagen
from eservices_core.testing.world import CLINIC, World
from eservices_core.usecases import manage_association as association
from eservices_core.usecases.change_address import (
    AddressChanged,
    AddressIsProved,
    ChangeOwnAddress,
    ChangePatientsAddress,
    ProveAddress,
    change_own_address,
    change_patients_address,
    prove_address,
)
from eservices_core.usecases.change_number import ChangeNumber, NumberChanged, change_number
from eservices_core.usecases.change_password import (
    ChangePassword,
    PasswordChanged,
    change_password,
)
from eservices_core.usecases.create_child import ChildUser, CreateChild, create_child
from eservices_core.usecases.create_patient import CreatePatient, PatientUser, create_patient
from eservices_core.usecases.log_in_with_mitid import (
    ComeBackFromMitid,
    GoToMitid,
    MitidAnswer,
    SentToMitid,
    come_back_from_mitid,
    go_to_mitid,
)
from eservices_core.usecases.log_in_with_password import (
    PasswordAnswer,
    SendAnotherCode,
    TypePassword,
    send_another_code,
    type_password,
)
from eservices_core.usecases.no_mitid import (
    RemoveNoMitid,
    SetNoMitid,
    TickChanged,
    remove_no_mitid,
    set_no_mitid,
)
from eservices_core.usecases.refusals import Refusal
from eservices_core.usecases.send_password import PasswordSent, SendPassword, send_password
from eservices_core.usecases.session_of import LoggedIn
from eservices_core.usecases.turn_fifteen import FifteenthNoted, NoteFifteenth, note_fifteenth
from eservices_core.usecases.type_code import TypeCode, type_code
from eservices_core.usecases.unlock_user import UnlockUser, UserIsUnlocked, unlock_user
from eservices_core.usecases.use_session import SessionInUse, UseSession, use_session
from eservices_core.usecases.verify_by_hand import (
    VerificationChanged,
    VerifyByHand,
    WithdrawVerification,
    verify_by_hand,
    withdraw_verification,
)
from eservices_core.usecases.verify_guardian import (
    GuardianCameBack,
    GuardianToMitid,
    GuardianVerified,
    StateNumbers,
    guardian_came_back,
    state_numbers,
)
from eservices_core.words.civil_number import CivilNumber
from eservices_core.words.email_address import AddressOwner
from eservices_core.words.identifiers import AttemptId, BrowserId, ClinicId, SessionId, UserId
from eservices_core.words.secret import Password
from tests.access.strategies import number_of

T = TypeVar("T")

MONDAY: Final = copenhagen(2026, 11, 23, 8)
MINUTE: Final = timedelta(minutes=1)
HOUR: Final = timedelta(hours=1)
A_DAY: Final = timedelta(days=1)
TICK: Final = timedelta(microseconds=1)

ANNA: Final = World.civil_number("0709614606")
BENT: Final = World.civil_number("0709614231")
DORTE: Final = World.civil_number("1303814074")
EVA: Final = World.civil_number("2906980013")
CHILD: Final = number_of(date(2018, 5, 17))
SISTER: Final = number_of(date(2020, 8, 30))
TEEN: Final = number_of(date(2011, 11, 24), 7)
"""Turns 15 on the day after `MONDAY`."""

HOME: Final = World.browser("home")
WORK: Final = World.browser("work")
CAFE: Final = World.browser("cafe")

PASSPORT: Final = IdentityEvidence.PASSPORT
CALLED_BACK: Final = IdentityEvidence.CALLED_BACK
SECRET: Final = "korrekt hest batteri"
"""The password that people choose here."""


class Day(World):
    """A world in which people act by one call each; who does not say where is at home."""

    def __init__(self, at: datetime = MONDAY, **settings: Any) -> None:
        super().__init__(at, **settings)

    def set_clinic(self, clinic: ClinicId, sign_up: SelfSignUp) -> None:
        """Have a clinic choose how it takes patients who sign up by themselves."""
        settings = ClinicSettings("A Clinic", "+45 00 00 00 09", sign_up)
        clinics = {**self.services.clinics, clinic: settings}
        self.services = with_changes(self.services, clinics=clinics)

    # -- at MitID --

    def go(self, browser: BrowserId = HOME) -> SentToMitid:
        going = GoToMitid(key=self.key(), by=self.anybody, browser=browser)
        return go_to_mitid(self.services, going).unwrap()

    def come_back(
        self,
        attempt: AttemptId,
        callback: Mapping[str, str],
        browser: BrowserId = HOME,
        session: SessionId | None = None,
    ) -> tuple[SessionId, Outcome[MitidAnswer, Refusal]]:
        command = ComeBackFromMitid(
            key=self.key(),
            by=self.anybody,
            attempt=attempt,
            browser=browser,
            session=session or self.session(),
            callback=callback,
        )
        return command.session, come_back_from_mitid(self.services, command)

    def with_mitid(self, number: CivilNumber, browser: BrowserId = HOME) -> SessionId:
        """Log in with MitID, as somebody who has a user."""
        sent = self.go(browser)
        session, answer = self.come_back(sent.attempt, self.at_mitid(sent.address, number), browser)
        assert answer.unwrap().user is not None, "somebody who has a user"
        return session

    # -- with two-factor --

    def patient(
        self,
        number: CivilNumber,
        name: str,
        *,
        staff: StaffMember | None = None,
        evidence: IdentityEvidence = PASSPORT,
        owner: AddressOwner = AddressOwner.OWN,
        born: date | None = None,
    ) -> UserId:
        """Have the clinic create a patient whose username and address begin with a name."""
        staff = staff or self.staff
        self.card(number, clinic=staff.clinic, born=born)
        return self.create_patient(number, name, staff, evidence, owner).unwrap().user

    def create_patient(
        self,
        number: CivilNumber,
        name: str,
        staff: StaffMember | None = None,
        evidence: IdentityEvidence = PASSPORT,
        owner: AddressOwner = AddressOwner.OWN,
    ) -> Outcome[PatientUser, Refusal]:
        command = CreatePatient(
            key=self.key(),
            by=self.by_staff,
            staff=staff or self.staff,
            number=number,
            username=self.username(name),
            address=self.address(f"{name}@example.dk"),
            evidence=evidence,
            owner=owner,
        )
        return create_patient(self.services, command)

    def tick(self, user: UserId, staff: StaffMember | None = None) -> Outcome[TickChanged, Refusal]:
        command = SetNoMitid(
            key=self.key(),
            by=self.by_staff,
            staff=staff or self.staff,
            user=user,
            evidence=PASSPORT,
        )
        return set_no_mitid(self.services, command)

    def untick(
        self, user: UserId, staff: StaffMember | None = None
    ) -> Outcome[TickChanged, Refusal]:
        command = RemoveNoMitid(
            key=self.key(),
            by=self.by_staff,
            staff=staff or self.staff,
            user=user,
            evidence=PASSPORT,
        )
        return remove_no_mitid(self.services, command)

    def send_password(
        self, user: UserId, staff: StaffMember | None = None
    ) -> Outcome[PasswordSent, Refusal]:
        command = SendPassword(
            key=self.key(), by=self.by_staff, staff=staff or self.staff, user=user
        )
        return send_password(self.services, command)

    def type_password(
        self, name: str, password: str = SECRET, browser: BrowserId = HOME, key: str = ""
    ) -> Outcome[PasswordAnswer, Refusal]:
        command = TypePassword(
            key=key or self.key(),
            by=self.anybody,
            username=name,
            password=self.typed(password),
            browser=browser,
        )
        return type_password(self.services, command)

    def attempt(self, name: str, password: str = SECRET, browser: BrowserId = HOME) -> AttemptId:
        """Type a right username and password; a code is on its way."""
        attempt = self.type_password(name, password, browser).unwrap().attempt
        assert attempt is not None, "two-factor is open"
        return attempt

    def another_code(
        self, attempt: AttemptId, browser: BrowserId = HOME
    ) -> Outcome[PasswordAnswer, Refusal]:
        command = SendAnotherCode(key=self.key(), by=self.anybody, attempt=attempt, browser=browser)
        return send_another_code(self.services, command)

    def type_code(
        self,
        attempt: AttemptId,
        code: str,
        browser: BrowserId = HOME,
        session: SessionId | None = None,
        key: str = "",
    ) -> Outcome[LoggedIn, Refusal]:
        command = TypeCode(
            key=key or self.key(),
            by=self.anybody,
            attempt=attempt,
            code=code,
            browser=browser,
            session=session or self.session(),
        )
        return type_code(self.services, command)

    def log_in(
        self,
        name: str,
        password: str = SECRET,
        browser: BrowserId = HOME,
        address: str | None = None,
    ) -> LoggedIn:
        """Log in with two-factor all the way, the code read at `address`."""
        attempt = self.attempt(name, password, browser)
        code = self.last_code(address or f"{name}@example.dk")
        return self.type_code(attempt, code, browser).unwrap()

    def choose_password(
        self,
        session: SessionId,
        new: str = SECRET,
        browser: BrowserId = HOME,
        old: str | None = None,
    ) -> Outcome[PasswordChanged, Refusal]:
        command = ChangePassword(
            key=self.key(),
            by=self.anybody,
            session=session,
            browser=browser,
            old=None if old is None else self.typed(old),
            new=Password.parse(new).unwrap(),
        )
        return change_password(self.services, command)

    def without_mitid(
        self, number: CivilNumber, name: str, *, staff: StaffMember | None = None
    ) -> UserId:
        """Make a patient who logs in with two-factor, is known at home, and is logged out."""
        user = self.patient(number, name, staff=staff)
        _ = self.tick(user, staff).unwrap()
        password = self.last_password(f"{name}@example.dk")
        session = self.log_in(name, password).session
        _ = self.choose_password(session).unwrap()
        self.clock.wind(2 * HOUR)
        return user

    def lock_out(self, name: str) -> None:
        """Have strangers guess until the login locks."""
        for _ in range(12):
            for guess in range(10):
                _ = self.type_password(name, f"wrong {guess}", CAFE)
            self.clock.wind(HOUR)

    # -- children and guardians --

    def family(
        self,
        child: CivilNumber,
        *holders: CivilNumber,
        relation: Relation = Relation.MOTHER,
        born: date | None = None,
        ends: date | None = None,
        protection: Protection = Protection.NONE,
    ) -> None:
        """Have the register know a child and the adults who stand on its list."""
        listed = tuple(Relative(holder, relation, ends=ends) for holder in holders)
        self.register.put(answer(child, listed, born=born, protection=protection))
        for holder in holders:
            self.register.put(answer(holder))

    def state_numbers(
        self, child: CivilNumber, guardian: CivilNumber, browser: BrowserId = HOME
    ) -> GuardianToMitid:
        command = StateNumbers(
            key=self.key(), by=self.anybody, child=child, guardian=guardian, browser=browser
        )
        return state_numbers(self.services, command).unwrap()

    def guardian_back(
        self, attempt: AttemptId, callback: Mapping[str, str], browser: BrowserId = HOME
    ) -> Outcome[GuardianVerified, Refusal]:
        command = GuardianCameBack(
            key=self.key(),
            by=self.anybody,
            attempt=attempt,
            browser=browser,
            callback=callback,
        )
        return guardian_came_back(self.services, command)

    def verify(
        self, child: CivilNumber, guardian: CivilNumber, browser: BrowserId = HOME
    ) -> tuple[AttemptId, Outcome[GuardianVerified, Refusal]]:
        """Have a guardian verify: two numbers, their own MitID, then the register."""
        sent = self.state_numbers(child, guardian, browser)
        callback = self.at_mitid(sent.address, guardian)
        return sent.attempt, self.guardian_back(sent.attempt, callback, browser)

    def create_child(
        self,
        attempt: AttemptId,
        name: str,
        *,
        owner: AddressOwner = AddressOwner.GUARDIAN,
        clinic: ClinicId | None = CLINIC,
        browser: BrowserId = HOME,
    ) -> Outcome[ChildUser, Refusal]:
        command = CreateChild(
            key=self.key(),
            by=self.anybody,
            attempt=attempt,
            browser=browser,
            username=self.username(name),
            password=Password.parse(SECRET).unwrap(),
            address=self.address(f"{name}@example.dk"),
            owner=owner,
            clinic=clinic,
        )
        return create_child(self.services, command)

    def child(
        self,
        number: CivilNumber,
        guardian: CivilNumber,
        name: str,
        *,
        owner: AddressOwner = AddressOwner.GUARDIAN,
        clinic: ClinicId | None = CLINIC,
    ) -> UserId:
        """Have a guardian with custody create a child's user."""
        self.family(number, guardian)
        attempt, verified = self.verify(number, guardian)
        _ = verified.unwrap()
        created = self.create_child(attempt, name, owner=owner, clinic=clinic)
        return created.unwrap().user

    def by_hand(
        self, user: UserId, until: datetime | None = None, staff: StaffMember | None = None
    ) -> Outcome[VerificationChanged, Refusal]:
        command = VerifyByHand(
            key=self.key(),
            by=self.by_staff,
            staff=staff or self.staff,
            user=user,
            basis=ByHandBasis.FOSTER_CHILD,
            evidence=PASSPORT,
            until=until,
        )
        return verify_by_hand(self.services, command)

    def withdraw(self, user: UserId) -> None:
        """Have the clinic end a verification."""
        command = WithdrawVerification(
            key=self.key(), by=self.by_staff, staff=self.staff, user=user
        )
        _ = withdraw_verification(self.services, command).unwrap()

    def birthday(self, user: UserId) -> Outcome[FifteenthNoted, Refusal]:
        return note_fifteenth(
            self.services, NoteFifteenth(key=self.key(), by=BySystem(), user=user)
        )

    # -- with the clinic --

    def associate(
        self, number: CivilNumber, staff: StaffMember | None = None
    ) -> Outcome[association.AssociationChanged, Refusal]:
        return association.manage_association(
            self.services,
            association.AssociatePatient(
                key=self.key(), by=self.by_staff, staff=staff or self.staff, number=number
            ),
        )

    def dissociate(
        self, user: UserId, staff: StaffMember | None = None
    ) -> Outcome[association.AssociationChanged, Refusal]:
        return association.manage_association(
            self.services,
            association.DissociatePatient(
                key=self.key(), by=self.by_staff, staff=staff or self.staff, user=user
            ),
        )

    def answer_registration(
        self, user: UserId, *, approve: bool
    ) -> Outcome[association.AssociationChanged, Refusal]:
        return association.manage_association(
            self.services,
            association.AnswerRegistration(
                key=self.key(), by=self.by_staff, staff=self.staff, user=user, approve=approve
            ),
        )

    def choose_clinic(
        self, session: SessionId, clinic: ClinicId, browser: BrowserId = HOME
    ) -> Outcome[association.AssociationChanged, Refusal]:
        return association.choose_clinic(
            self.services,
            association.ChooseClinic(
                key=self.key(), by=self.anybody, session=session, browser=browser, clinic=clinic
            ),
        )

    def unlock(
        self, user: UserId, staff: StaffMember | None = None
    ) -> Outcome[UserIsUnlocked, Refusal]:
        command = UnlockUser(
            key=self.key(),
            by=self.by_staff,
            staff=staff or self.staff,
            user=user,
            evidence=PASSPORT,
        )
        return unlock_user(self.services, command)

    def move_number(
        self, old: CivilNumber, new: CivilNumber, staff: StaffMember | None = None
    ) -> Outcome[NumberChanged, Refusal]:
        command = ChangeNumber(
            key=self.key(),
            by=self.by_staff,
            staff=staff or self.staff,
            old=old,
            new=new,
            evidence=PASSPORT,
        )
        return change_number(self.services, command)

    # -- addresses --

    def own_address(
        self,
        session: SessionId,
        address: str,
        browser: BrowserId = HOME,
        owner: AddressOwner = AddressOwner.OWN,
    ) -> Outcome[AddressChanged, Refusal]:
        command = ChangeOwnAddress(
            key=self.key(),
            by=self.anybody,
            session=session,
            browser=browser,
            address=self.address(address),
            owner=owner,
        )
        return change_own_address(self.services, command)

    def patients_address(  # noqa: PLR0917  all that can differ
        self,
        user: UserId,
        address: str,
        evidence: IdentityEvidence = PASSPORT,
        owner: AddressOwner = AddressOwner.OWN,
        staff: StaffMember | None = None,
        basis: Any = None,
    ) -> Outcome[AddressChanged, Refusal]:
        command = ChangePatientsAddress(
            key=self.key(),
            by=self.by_staff,
            staff=staff or self.staff,
            user=user,
            evidence=evidence,
            address=self.address(address),
            owner=owner,
            basis=basis,
        )
        return change_patients_address(self.services, command)

    def prove(
        self, session: SessionId, code: str, browser: BrowserId = HOME
    ) -> Outcome[AddressIsProved, Refusal]:
        command = ProveAddress(
            key=self.key(), by=self.anybody, session=session, browser=browser, code=code
        )
        return prove_address(self.services, command)

    # -- sessions --

    def use(
        self, session: SessionId, browser: BrowserId = HOME, clinic: ClinicId = CLINIC
    ) -> Outcome[SessionInUse, Refusal]:
        command = UseSession(
            key="use", by=self.anybody, session=session, browser=browser, clinic=clinic
        )
        return use_session(self.services, command)

    def stands(
        self, session: SessionId, browser: BrowserId = HOME, clinic: ClinicId = CLINIC
    ) -> bool:
        return not isinstance(self.use(session, browser, clinic), Failure)

    # -- looking back --

    def state(self, kind: events.Kind[T, Any], key: object) -> T:
        """Fold a stream as it lies in the ledger."""
        recorded = self.ledger.history(StreamId(kind.name, str(key)))
        return reduce(kind.evolve, (one.event for one in recorded), kind.initial)

    def budget(self, user: UserId, browser: BrowserId | None = None) -> Guesses:
        """Fold the budget of a person, or of a browser that they are known on."""
        return self.state(events.GUESSES, user if browser is None else f"{user}/{browser}")

    def address_of(self, user: UserId) -> Address:
        """Give the address that a user has."""
        addresses = self.state(events.ADDRESS, user)
        assert isinstance(addresses, Reachable), "the user has an address"
        return addresses.address

    def user_of(self, number: CivilNumber) -> UserId:
        """Find the user of a number that is unique in the country."""
        name = Name(NameKind.NUMBER, self.services.keys.number(number))
        holder = self.ledger.holder(name)
        assert holder is not None, "somebody has the number"
        return holder

    def mails(self, address: str) -> tuple[OutgoingMail, ...]:
        """Deliver, and give all that arrived at an address."""
        self.deliver()
        return self.mailbox.to(self.address(address))

    def kinds(self, address: str) -> list[MailKind]:
        """Deliver, and say what arrived at an address."""
        return [mail.kind for mail in self.mails(address)]

    def since(self, position: int) -> list[Recorded]:
        """Give the events after a position in the ledger."""
        return [one for one in self.ledger.events() if one.position > position]

    def position(self) -> int:
        """Give the position of the newest event."""
        return len(self.ledger.events())


def answer(
    number: CivilNumber,
    relatives: tuple[Relative, ...] = (),
    *,
    born: date | None = None,
    protection: Protection = Protection.NONE,
    status: CivilStatus = CivilStatus.LIVING,
) -> RegisterAnswer:
    """Make what the register says about a person."""
    birth_date = born or number.birth_date
    return RegisterAnswer("9.0", number, birth_date, status, protection, relatives)


def reason(outcome: Outcome[Any, Refusal]) -> tuple[str, str]:
    """Give the rule and the reason of a refusal."""
    refusal = outcome.failure()
    return refusal.rule, refusal.reason
