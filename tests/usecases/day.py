"""A day at two clinics, for the tests of use cases: all that people do, and looking back on it.

Here: what takes several of them, and what can be looked up afterwards. Not here: any rule.
"""

from datetime import datetime
from functools import reduce
from typing import Any, TypeVar

from attrs import evolve as with_changes

from eservices_core import events
from eservices_core.access.address import Address, Reachable
from eservices_core.access.guesses import Guesses
from eservices_core.clinic.settings import ClinicSettings, SelfSignUp
from eservices_core.clinic.staff import StaffMember
from eservices_core.outcome import Outcome
from eservices_core.ports.ledger import BySystem, Name, NameKind, Recorded
from eservices_core.ports.outbox import MailKind, MailState, OutgoingMail
from eservices_core.testing.world import World
from eservices_core.usecases.refusal import Refusal
from eservices_core.usecases.turn_fifteen import FifteenthNoted, NoteFifteenth, note_fifteenth
from eservices_core.words.civil_number import CivilNumber
from eservices_core.words.identifiers import BrowserId, ClinicId, ContentId, MailId, UserId
from tests.usecases.guardian_acts import GuardianActs
from tests.usecases.patient_acts import PatientActs
from tests.usecases.people import CAFE, HOUR, MONDAY
from tests.usecases.staff_acts import StaffActs

T = TypeVar("T")


class Day(PatientActs, GuardianActs, StaffActs):
    """Two clinics, and everybody around them."""

    def __init__(self, at: datetime = MONDAY, **settings: Any) -> None:
        super().__init__(at, **settings)

    def set_clinic(self, clinic: ClinicId, sign_up: SelfSignUp) -> None:
        """Have a clinic choose how it takes patients who sign up by themselves."""
        settings = ClinicSettings("A Clinic", "+45 00 00 00 09", sign_up)
        clinics = {**self.services.clinics, clinic: settings}
        self.services = with_changes(self.services, clinics=clinics)

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

    def birthday(self, user: UserId) -> Outcome[FifteenthNoted, Refusal]:
        """Have the service notice a 15th birthday."""
        return note_fifteenth(
            self.services, NoteFifteenth(key=self.key(), by=BySystem(), user=user)
        )

    def code_in(self, mail: OutgoingMail) -> str:
        """Read the code in a mail, delivered or not."""
        return _mailbox_with(mail).last_code(mail.to.reveal())

    def password_in(self, mail: OutgoingMail) -> str:
        """Read the temporary password in a mail, delivered or not."""
        return _mailbox_with(mail).last_password(mail.to.reveal())

    def overwrite(self, record: ContentId, text: str) -> None:
        """Damage a record in the store."""
        records: dict[ContentId, str] = vars(self.ledger)["_contents"]
        records[record] = text

    def erase(self, record: ContentId) -> None:
        """Erase a record in the store."""
        records: dict[ContentId, str] = vars(self.ledger)["_contents"]
        del records[record]

    def nothing_meanwhile(self) -> None:
        """Have nobody act any more in the middle of what others do."""
        waiting: list[object] = vars(self.ledger)["_meanwhile"]
        waiting.clear()

    # -- looking back --

    def state(self, kind: events.Kind[T, Any], key: object) -> T:
        """Fold a stream as it lies in the ledger."""
        recorded = self.ledger.history(kind.stream(key))
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

    @property
    def names(self) -> dict[Name, UserId]:
        """Say who holds which unique name."""
        held: dict[Name, UserId] = vars(self.ledger)["_names"]
        return dict(held)

    @property
    def contents(self) -> dict[ContentId, str]:
        """Give every record that can be erased."""
        records: dict[ContentId, str] = vars(self.ledger)["_contents"]
        return dict(records)

    @property
    def answers(self) -> dict[str, tuple[str, str]]:
        """Give every answer that is kept, by its key, with its fingerprint."""
        kept: dict[str, tuple[str, str]] = vars(self.ledger)["_answers"]
        return dict(kept)

    @property
    def queue(self) -> tuple[tuple[OutgoingMail | None, MailState], ...]:
        """Give every mail there ever was, and what became of it."""
        mails: dict[MailId, Any] = vars(self.ledger)["_mails"]
        return tuple((one.mail, one.state) for one in mails.values())


def _mailbox_with(mail: OutgoingMail) -> World:
    world = World(MONDAY)
    world.mailbox.arrived.append(mail)
    return world
