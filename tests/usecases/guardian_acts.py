"""What guardians do, and what the register knows of them, for the tests of use cases."""

from collections.abc import Mapping
from datetime import date

from eservices_core.access.custody import RegisterAnswer, Relation, Relative
from eservices_core.clinic.master_card import Protection
from eservices_core.outcome import Outcome
from eservices_core.testing.world import CLINIC, World
from eservices_core.usecases.create_child import ChildUser, CreateChild, create_child
from eservices_core.usecases.refusal import Refusal
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
from eservices_core.words.identifiers import AttemptId, BrowserId, ClinicId, UserId
from eservices_core.words.secret import Password
from tests.usecases.people import HOME, SECRET, answer


class GuardianActs(World):
    """A world whose guardians act."""

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

    def register_answers(self, asked: CivilNumber, said: RegisterAnswer) -> None:
        """Have the register answer a question about one person with another."""
        vars(self.register)["_answers"][asked] = said

    def state_numbers(
        self, child: CivilNumber, guardian: CivilNumber, browser: BrowserId = HOME
    ) -> GuardianToMitid:
        """State the numbers of a child and a guardian."""
        command = StateNumbers(
            key=self.key(), by=self.anybody, child=child, guardian=guardian, browser=browser
        )
        return state_numbers(self.services, command).unwrap()

    def guardian_back(
        self, attempt: AttemptId, callback: Mapping[str, str], browser: BrowserId = HOME
    ) -> Outcome[GuardianVerified, Refusal]:
        """Have a guardian come back from MitID."""
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
        """Have a guardian create a child's user with a verification."""
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
