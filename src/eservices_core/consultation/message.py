"""What a conversation is made of: whose it is, its messages, and a renewal's medicine.

Here: values that events hold: ids and codes. Texts, names of files and of medicines lie in records
that can be erased (D-KEEP-1). Not here: what may happen to them (`conversation`).
"""

from datetime import datetime
from enum import Enum, unique

from attrs import frozen

from eservices_core.access.session import Method
from eservices_core.clinic.staff import StaffMember
from eservices_core.tables import Fact
from eservices_core.words.identifiers import ClinicId, ContentId, EntryId, MessageId, UserId


@unique
class Topic(Fact):
    """What a conversation is about."""

    CONSULTATION = "consultation"
    RENEWAL = "renewal"
    """The patient asks for a renewal of medicine (receptfornyelse)."""
    E_ANSWER = "e_answer"
    """Staff wrote first (E-svar, S-MAIL-5)."""


@unique
class Doubt(Enum):
    """Whether staff are to look at the medicine themselves (D-MAIL-6)."""

    NONE = "none"
    MEDICINE = "medicine"
    """It was typed and not chosen, or is much like one that is not renewed."""


@unique
class RenewalDecision(Enum):
    """What the clinic said to a renewal; not what became of the prescription."""

    APPROVED = "approved"
    REFUSED = "refused"


@frozen
class Decision:
    """What the clinic said to a renewal, and in which message."""

    said: RenewalDecision
    message: MessageId


@frozen
class Renewal:
    """What a renewal asks for.

    Attributes:
        medicine: the record of its name, as it was chosen.
        decision: what the clinic said; None before that.
    """

    medicine: ContentId
    doubt: Doubt
    decision: Decision | None = None


@unique
class FileKind(Enum):
    """What a file is, by its content."""

    PDF = "application/pdf"
    JPEG = "image/jpeg"
    PNG = "image/png"
    GIF = "image/gif"


@frozen
class Attachment:
    """A file that came with a message: the record of its bytes, and that of its name."""

    data: ContentId
    name: ContentId
    kind: FileKind


@unique
class Urgency(Enum):
    """Whether a word of the clinic's own list stood in a message (D-MAIL-5)."""

    USUAL = "usual"
    WORD_FOUND = "word_found"


@frozen
class ByPatient:
    """The patient's side wrote it, by a session that had begun so (D-ACC-18)."""

    route: Method
    urgency: Urgency = Urgency.USUAL


@frozen
class ByClinic:
    """A member of staff wrote it."""

    staff: StaffMember


Author = ByPatient | ByClinic


@unique
class OffBecause(Enum):
    """Why staff keep a message off the sites (D-ACC-18)."""

    CHILDS_WISH = "childs_wish"
    """The child does not want whoever shares the account to see it."""
    ABOUT_OTHERS = "about_others"
    RISK = "risk"
    """It could harm the patient, or somebody else, to find it there."""


@frozen
class Withdrawn:
    """It went to the wrong patient (D-MAIL-8)."""

    by: StaffMember
    at: datetime


@frozen
class Message:
    """One message.

    Attributes:
        entry: its entry in the journal.
        filed_at: when the journal had it; None as long as it waits for the journal (D-MAIL-3).
        read_at: when the patient opened it; for what the clinic wrote.
        off: why it is kept off the sites; None if it is not.
        withdrawn: who took it back from the wrong patient; None if nobody did.
    """

    message: MessageId
    author: Author
    text: ContentId
    files: tuple[Attachment, ...]
    at: datetime
    entry: EntryId
    filed_at: datetime | None
    read_at: datetime | None = None
    off: OffBecause | None = None
    withdrawn: Withdrawn | None = None

    @property
    def is_from_clinic(self) -> bool:
        """True for what staff wrote."""
        return isinstance(self.author, ByClinic)

    @property
    def is_on_site(self) -> bool:
        """True if the patient's side sees it; their own words they see before the journal does."""
        if self.off is not None or self.withdrawn is not None:
            return False
        return self.filed_at is not None or not self.is_from_clinic


@frozen
class Terms:
    """Whose conversation it is, at which clinic, and what it is about."""

    user: UserId
    clinic: ClinicId
    topic: Topic
    renewal: Renewal | None = None

    def __attrs_post_init__(self) -> None:
        assert (self.topic is Topic.RENEWAL) == (self.renewal is not None), "a renewal has its own"
