"""What staff do, by one call each, for the tests of use cases. Who does not say is of `CLINIC`."""

from datetime import date, datetime
from typing import Any

from eservices_core.access.guardianship import ByHandBasis, ByHandRelation
from eservices_core.access.user import ClosedBecause
from eservices_core.clinic.master_card import MasterCard, Protection
from eservices_core.clinic.staff import IdentityEvidence, StaffMember
from eservices_core.outcome import Outcome
from eservices_core.ports.ledger import ByStaff
from eservices_core.testing.world import CLINIC, World
from eservices_core.usecases import manage_association as association
from eservices_core.usecases.change_address import (
    AddressChanged,
    ChangePatientsAddress,
    change_patients_address,
)
from eservices_core.usecases.change_number import ChangeNumber, NumberChanged, change_number
from eservices_core.usecases.close_user import CloseUser, UserIsClosed, close_user
from eservices_core.usecases.create_patient import CreatePatient, PatientUser, create_patient
from eservices_core.usecases.no_mitid import (
    RemoveNoMitid,
    SetNoMitid,
    TickChanged,
    remove_no_mitid,
    set_no_mitid,
)
from eservices_core.usecases.refusal import Refusal
from eservices_core.usecases.send_password import PasswordSent, SendPassword, send_password
from eservices_core.usecases.unlock_user import UnlockUser, UserIsUnlocked, unlock_user
from eservices_core.usecases.verify_by_hand import (
    VerificationChanged,
    VerifyByHand,
    WithdrawVerification,
    verify_by_hand,
    withdraw_verification,
)
from eservices_core.words.civil_number import CivilNumber
from eservices_core.words.email_address import AddressOwner
from eservices_core.words.identifiers import ClinicId, UserId
from tests.usecases.people import PASSPORT


class StaffActs(World):
    """A world whose staff act."""

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

    def protect(self, number: CivilNumber) -> None:
        """Have name and address protected on the master card at `CLINIC` (D-ACC-19)."""
        self.card(number, protection=Protection.PROTECTED)

    def create_patient(
        self,
        number: CivilNumber,
        name: str,
        staff: StaffMember | None = None,
        evidence: IdentityEvidence = PASSPORT,
        owner: AddressOwner = AddressOwner.OWN,
    ) -> Outcome[PatientUser, Refusal]:
        """Have the clinic create a patient of its master card."""
        command = CreatePatient(
            key=self.key(),
            by=ByStaff(staff or self.staff),
            staff=staff or self.staff,
            number=number,
            username=self.username(name),
            address=self.address(f"{name}@example.dk"),
            evidence=evidence,
            owner=owner,
        )
        return create_patient(self.services, command)

    def close(
        self, user: UserId, because: ClosedBecause, staff: StaffMember | None = None
    ) -> Outcome[UserIsClosed, Refusal]:
        """Have the clinic close a user."""
        command = CloseUser(
            key=self.key(),
            by=ByStaff(staff or self.staff),
            staff=staff or self.staff,
            user=user,
            because=because,
        )
        return close_user(self.services, command)

    def tick(
        self, user: UserId, staff: StaffMember | None = None, username: str | None = None
    ) -> Outcome[TickChanged, Refusal]:
        """Have the clinic set the tick, with a username that it agreed where there is none."""
        command = SetNoMitid(
            key=self.key(),
            by=ByStaff(staff or self.staff),
            staff=staff or self.staff,
            user=user,
            evidence=PASSPORT,
            username=None if username is None else self.username(username),
        )
        return set_no_mitid(self.services, command)

    def untick(
        self, user: UserId, staff: StaffMember | None = None
    ) -> Outcome[TickChanged, Refusal]:
        """Have the clinic remove the tick."""
        command = RemoveNoMitid(
            key=self.key(),
            by=ByStaff(staff or self.staff),
            staff=staff or self.staff,
            user=user,
            evidence=PASSPORT,
        )
        return remove_no_mitid(self.services, command)

    def send_password(
        self, user: UserId, staff: StaffMember | None = None, username: str | None = None
    ) -> Outcome[PasswordSent, Refusal]:
        """Have the clinic send a temporary password, with a username if it agreed one."""
        command = SendPassword(
            key=self.key(),
            by=ByStaff(staff or self.staff),
            staff=staff or self.staff,
            user=user,
            username=None if username is None else self.username(username),
        )
        return send_password(self.services, command)

    def by_hand(
        self, user: UserId, until: datetime | None = None, staff: StaffMember | None = None
    ) -> Outcome[VerificationChanged, Refusal]:
        """Have the clinic verify a guardian by hand."""
        command = VerifyByHand(
            key=self.key(),
            by=ByStaff(staff or self.staff),
            staff=staff or self.staff,
            user=user,
            relation=ByHandRelation.FOSTER_PARENT,
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

    def associate(
        self, number: CivilNumber, staff: StaffMember | None = None
    ) -> Outcome[association.AssociationChanged, Refusal]:
        """Have the clinic associate who stands on its card."""
        return association.manage_association(
            self.services,
            association.AssociatePatient(
                key=self.key(),
                by=ByStaff(staff or self.staff),
                staff=staff or self.staff,
                number=number,
            ),
        )

    def dissociate(
        self, user: UserId, staff: StaffMember | None = None
    ) -> Outcome[association.AssociationChanged, Refusal]:
        """Have the clinic end an association."""
        return association.manage_association(
            self.services,
            association.DissociatePatient(
                key=self.key(),
                by=ByStaff(staff or self.staff),
                staff=staff or self.staff,
                user=user,
            ),
        )

    def answer_registration(
        self, user: UserId, *, approve: bool
    ) -> Outcome[association.AssociationChanged, Refusal]:
        """Have the clinic answer a registration."""
        return association.manage_association(
            self.services,
            association.AnswerRegistration(
                key=self.key(), by=self.by_staff, staff=self.staff, user=user, approve=approve
            ),
        )

    def unlock(
        self, user: UserId, staff: StaffMember | None = None
    ) -> Outcome[UserIsUnlocked, Refusal]:
        """Have the clinic unlock a login."""
        command = UnlockUser(
            key=self.key(),
            by=ByStaff(staff or self.staff),
            staff=staff or self.staff,
            user=user,
            evidence=PASSPORT,
        )
        return unlock_user(self.services, command)

    def move_number(
        self, old: CivilNumber, new: CivilNumber, staff: StaffMember | None = None
    ) -> Outcome[NumberChanged, Refusal]:
        """Have the clinic move a user to another number."""
        command = ChangeNumber(
            key=self.key(),
            by=ByStaff(staff or self.staff),
            staff=staff or self.staff,
            old=old,
            new=new,
            evidence=PASSPORT,
        )
        return change_number(self.services, command)

    def patients_address(  # noqa: PLR0917  all that can differ
        self,
        user: UserId,
        address: str,
        evidence: IdentityEvidence = PASSPORT,
        owner: AddressOwner = AddressOwner.OWN,
        staff: StaffMember | None = None,
        basis: Any = None,
    ) -> Outcome[AddressChanged, Refusal]:
        """Have the clinic change a patient's address."""
        command = ChangePatientsAddress(
            key=self.key(),
            by=ByStaff(staff or self.staff),
            staff=staff or self.staff,
            user=user,
            evidence=evidence,
            address=self.address(address),
            owner=owner,
            basis=basis,
        )
        return change_patients_address(self.services, command)

    def renumbered(
        self, number: CivilNumber, *former: CivilNumber, clinic: ClinicId = CLINIC
    ) -> None:
        """Have a clinic's card say that a person goes by a new number now."""
        card = MasterCard(number, "A Test Person", former_numbers=former)
        self.cards.put(clinic, card)
