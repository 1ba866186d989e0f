"""The ledger: our events, and all that is stored in one step with them.

A use case hands over one `Change`. All of it is stored, or none: events at the versions that were
read, unique names, content, mails, audit entries, and the answer under the caller's key. A second
change under the same key is not carried out: it gets the first answer (the same command) or a
refusal (another command), so a caller who never heard the answer can simply ask again.
"""

from datetime import datetime
from enum import Enum, unique
from typing import Protocol, TypeAlias

from attrs import field, frozen

from eservices_core.clinic.staff import StaffMember
from eservices_core.events import DomainEvent
from eservices_core.outcome import Outcome
from eservices_core.words.email_address import EmailAddress
from eservices_core.words.identifiers import ContentId, MailId, Pseudonym, UserId

# --- who did it --------------------------------------------------------------------------------


@frozen
class ByUser:
    """The patient, or whoever lawfully uses the patient's account."""

    user: UserId


@frozen
class ByGuardianPerson:
    """A guardian who has identified with MitID; no user of the service."""

    guardian: Pseudonym


@frozen
class ByStaff:
    """A member of staff."""

    staff: StaffMember


@frozen
class ByNobodyKnown:
    """Somebody at a browser, before any login."""


@frozen
class BySystem:
    """The service itself, at an appointed time."""


Actor: TypeAlias = ByUser | ByGuardianPerson | ByStaff | ByNobodyKnown | BySystem

# --- what a change holds -----------------------------------------------------------------------


@frozen
class StreamId:
    """One machine's history: its kind (see `events`) and its key; never a number or a name."""

    kind: str
    key: str


@frozen
class Append:
    """Events to add to a stream that was read at version `expected` (0: nothing yet)."""

    stream: StreamId
    expected: int
    events: tuple[DomainEvent, ...]
    about: UserId | None


@unique
class NameKind(Enum):
    """What is unique in the whole service."""

    NUMBER = "number"
    SUBJECT = "subject"
    USERNAME = "username"


@frozen
class Name:
    """A unique name, kept only as a pseudonym."""

    kind: NameKind
    key: Pseudonym


@frozen
class TakeName:
    """Give a name to a user; refused if another has it."""

    name: Name
    holder: UserId


@frozen
class ReleaseName:
    """Take a name from the user who has it."""

    name: Name
    holder: UserId


@frozen
class PutContent:
    """Write an erasable record, over an earlier one of the same id."""

    record: ContentId
    about: UserId | None
    text: str = field(repr=False)


@frozen
class EraseContent:
    """Erase a record for good."""

    record: ContentId


@unique
class MailKind(Enum):
    """What a mail is for; one kind per event that is told."""

    ACTIVATION = "activation"
    CHILD_CREATED = "child_created"
    TEMPORARY_PASSWORD = "temporary_password"
    ONE_TIME_CODE = "one_time_code"
    ADDRESS_CHANGED = "address_changed"
    MITID_LINKED = "mitid_linked"
    TURNED_FIFTEEN = "turned_fifteen"


@frozen
class OutgoingMail:
    """A mail as frozen bytes: what is sent is what was decided, however often it is tried.

    Attributes:
        mail: its id; also the local part of its Message-ID.
        kind: what it is for.
        about: the user whose mail it is.
        to: the one recipient.
        content: the whole message, RFC 5322, CRLF line ends.
        expires_at: not sent from this instant on (a dead code, a birthday); None if it keeps.
    """

    mail: MailId
    kind: MailKind
    about: UserId
    to: EmailAddress
    content: bytes = field(repr=False)
    expires_at: datetime | None


@frozen
class AuditEntry:
    """Who did what about whom, and by which rule; refusals too (D-LOG-1). Codes, never content."""

    act: str
    about: UserId | None
    rule: str | None = None
    refused_because: str | None = None


@frozen
class Change:
    """One unit of work.

    Attributes:
        key: the caller's idempotency key, 1 to 200 printable ASCII characters.
        fingerprint: what was asked, as a digest.
        at: when, an aware instant.
        by: who asked.
        answer: what the caller is told, as JSON; also what a repetition is told.
    """

    key: str
    fingerprint: str
    at: datetime
    by: Actor
    answer: str = field(repr=False)
    appends: tuple[Append, ...] = ()
    names: tuple[TakeName | ReleaseName, ...] = ()
    contents: tuple[PutContent | EraseContent, ...] = ()
    mails: tuple[OutgoingMail, ...] = ()
    audit: tuple[AuditEntry, ...] = ()


# --- what comes back ---------------------------------------------------------------------------


@frozen
class Recorded:
    """An event as it lies in the ledger.

    Attributes:
        position: its place among all events; later ones are higher, with or without gaps.
        stream: where it lies.
        version: its place in its stream, from 1.
    """

    position: int
    stream: StreamId
    version: int
    event: DomainEvent
    about: UserId | None
    at: datetime
    by: Actor


@frozen
class Stored:
    """The answer that stands under the key; `repeated` if it was there before."""

    answer: str = field(repr=False)
    repeated: bool


@frozen
class StaleStream:
    """Somebody else was first; read again, decide again."""

    stream: StreamId


@frozen
class NameIsTaken:
    """Another user has the name; read again, decide again."""

    kind: NameKind


@frozen
class KeyWasUsed:
    """The key belongs to another command."""


CommitRefusal: TypeAlias = StaleStream | NameIsTaken | KeyWasUsed


class Ledger(Protocol):
    """Stores changes, and gives back what was stored."""

    def history(self, stream: StreamId, /) -> tuple[Recorded, ...]:
        """Give a stream's events in order; () for one that nobody has begun. Never stale."""
        ...

    def answered(self, key: str, fingerprint: str, /) -> Outcome[Stored | None, KeyWasUsed]:
        """Give the answer that stands under a key; None if the key is new."""
        ...

    def commit(self, change: Change, /) -> Outcome[Stored, CommitRefusal]:
        """Store all of a change, or nothing of it.

        A key that was used is looked at first, then versions, then names. Success means that it
        is durable. An exception means that nobody knows: ask again under the same key.
        """
        ...


class Records(Protocol):
    """Finds what a change has named or written."""

    def holder(self, name: Name, /) -> UserId | None:
        """Say who has a unique name now."""
        ...

    def content(self, record: ContentId, /) -> str | None:
        """Read an erasable record; None if it was erased or never written."""
        ...


@frozen
class Audited:
    """An audit entry as it lies in the ledger."""

    position: int
    entry: AuditEntry
    at: datetime
    by: Actor


class Archive(Protocol):
    """Looks back, for stories and for the patient's own export."""

    def events_about(self, user: UserId, /) -> tuple[Recorded, ...]:
        """Give all events about a user, oldest first."""
        ...

    def audit_about(self, user: UserId, /) -> tuple[Audited, ...]:
        """Give the audit entries about a user, oldest first."""
        ...

    def mails_about(self, user: UserId, /) -> tuple["MailState", ...]:
        """Say what became of every mail about a user, oldest first; never what was in it."""
        ...


# --- the outbox --------------------------------------------------------------------------------


@unique
class Handover(Enum):
    """How an attempt to hand a mail over ended."""

    WAITING = "waiting"
    HANDED_OVER = "handed_over"
    REFUSED = "refused"
    AMBIGUOUS = "ambiguous"
    """No answer came: it may have arrived. Only identical bytes may follow."""
    EXPIRED = "expired"


@frozen
class MailState:
    """What became of a mail."""

    mail: MailId
    kind: MailKind
    queued_at: datetime
    state: Handover
    settled_at: datetime | None


class Outbox(Protocol):
    """The mails that changes have left to be sent."""

    def due(self, limit: int, /) -> tuple[OutgoingMail, ...]:
        """Give waiting and ambiguous mails, oldest first, at most `limit`."""
        ...

    def settle(self, mail: MailId, handover: Handover, at: datetime, /) -> None:
        """Note how an attempt ended; the bytes of one that has ended for good are erased.

        HANDED_OVER, REFUSED and EXPIRED end it for good. An unknown or ended mail is left as it is.
        """
        ...
