"""What every use case is given: the ports, the keys and the settings, in one frozen value."""

from collections.abc import Mapping
from typing import Any, Final

from attrs import field, frozen

from eservices_core.clinic.service import Service
from eservices_core.clinic.settings import AccessSettings, ClinicSettings
from eservices_core.ports.claims import Claims
from eservices_core.ports.custody_register import CustodyRegister
from eservices_core.ports.digital_post import DigitalPost
from eservices_core.ports.journal import Journal
from eservices_core.ports.ledger import Actor, Archive, Ledger, Records
from eservices_core.ports.lists import Lists
from eservices_core.ports.staff import StaffDirectory
from eservices_core.ports.world import (
    Chance,
    Clock,
    MasterCards,
    Mitid,
    PasswordHasher,
    Patience,
)
from eservices_core.usecases.calendar_readings import CalendarReadings
from eservices_core.words.identifiers import (
    AttemptId,
    BookingId,
    ClinicId,
    ContentId,
    ConversationId,
    EntryId,
    LetterId,
    MailId,
    MessageId,
    UserId,
)
from eservices_core.words.keyed import Keys


class AtOnce:
    """The patience of tests and of a single process: nobody waits."""

    def rest(self, attempt: int, /) -> None:
        """Begin again at once."""


@frozen(kw_only=True)
class Services:
    """The world, as the use cases know it. Built by a composition root, or by a test.

    `journal` is the clinic's own, where another system keeps it; None for the embedded one. So is
    `staff_directory`; None where the ledger holds who works there.
    `clinics` is what each clinic starts from; what stands now, a unit of work asks `Unit.settings`.
    `patience` is what passes between two attempts at a unit of work that others were in the way of.
    `post` is the way to digital mailboxes; None where the installation has none.
    """

    ledger: Ledger
    records: Records
    archive: Archive
    claims: Claims
    lists: Lists
    journal: Journal | None = None
    staff_directory: StaffDirectory | None = None
    post: DigitalPost | None = None
    calendar: CalendarReadings
    register: CustodyRegister
    mitid: Mitid
    master_cards: MasterCards
    hasher: PasswordHasher
    clock: Clock
    chance: Chance
    patience: Patience = field(factory=AtOnce)
    keys: Keys
    service: Service
    access: AccessSettings
    clinics: Mapping[ClinicId, ClinicSettings]

    def new_user(self) -> UserId:
        """Draw an id."""
        return UserId.from_entropy(self.chance.entropy(16))

    def new_attempt(self) -> AttemptId:
        """Draw an id."""
        return AttemptId.from_entropy(self.chance.entropy(16))

    def new_content(self) -> ContentId:
        """Draw an id."""
        return ContentId.from_entropy(self.chance.entropy(16))

    def new_booking(self) -> BookingId:
        """Draw an id."""
        return BookingId.from_entropy(self.chance.entropy(16))

    def new_conversation(self) -> ConversationId:
        """Draw an id."""
        return ConversationId.from_entropy(self.chance.entropy(16))

    def new_message(self) -> MessageId:
        """Draw an id."""
        return MessageId.from_entropy(self.chance.entropy(16))

    def new_letter(self) -> LetterId:
        """Draw an id."""
        return LetterId.from_entropy(self.chance.entropy(16))

    def new_entry(self) -> EntryId:
        """Draw an id."""
        return EntryId.from_entropy(self.chance.entropy(16))

    def new_mail(self) -> MailId:
        """Draw an id."""
        return MailId.from_entropy(self.chance.entropy(16))


KEY_MAX: Final = 128


def _check_key(_command: object, _attribute: object, key: Any) -> None:  # noqa: ANN401  unchecked
    if not (isinstance(key, str) and key.isascii() and key.isprintable() and key):
        msg = "key takes printable ASCII characters, one or more"
        raise ValueError(msg)
    if len(key) > KEY_MAX:
        msg = f"key takes at most {KEY_MAX} characters"
        raise ValueError(msg)


@frozen(kw_only=True)
class Command:
    """What a caller asks for.

    Attributes:
        key: the caller's idempotency key, 1 to 128 printable ASCII characters: asking again under
            it gives the first answer, and does nothing twice.
        by: who asks.
    """

    key: str = field(validator=_check_key)
    by: Actor
