"""The ledger: our events, and all that is stored in one step with them.

A use case hands over one `Change`. All of it is stored, or none: events at the versions that were
read, unique names, claims on time, content, mails, audit entries, and the answer under the caller's
key. A second change under the same key is not carried out: it gets the first answer (the same
command) or a refusal (another command), so whoever never heard the answer can simply ask again.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from enum import Enum, unique
from typing import Final, Protocol, TypeAlias

from attrs import field, frozen

from eservices_core.clinic.staff import StaffMember
from eservices_core.events import DomainEvent, StreamId
from eservices_core.outcome import Outcome
from eservices_core.ports.claims import (
    ClaimTime,
    MoveClaim,
    ReleaseClaim,
    StaleClaim,
    TimeIsTaken,
)
from eservices_core.ports.lists import PutOnList, TakeOffList
from eservices_core.ports.outbox import MailState, OutgoingMail, WithdrawMails
from eservices_core.words.identifiers import ClinicId, ContentId, MailId, Pseudonym, UserId

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
class Append:
    """Events to add to a stream that was read at version `expected` (0: nothing yet).

    Without events it only holds the stream to that version: what was decided rests on it.
    """

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
class PutFile:
    """Write an erasable record of bytes (a picture, a PDF), over an earlier one of the same id."""

    record: ContentId
    about: UserId | None
    data: bytes = field(repr=False)


@frozen
class EraseContent:
    """Erase a record for good, text or bytes."""

    record: ContentId


@frozen
class AuditEntry:
    """Who did what about whom, and by which rule; refusals too (D-LOG-1). Codes, never content.

    `about` is the user, where there is one, and `stream` the machine, where the act is one's.
    `clinic` is the clinic whose log it belongs to (None: the service's own), and `purpose` a code
    that says what for, where somebody has looked at or changed a patient's data.
    """

    act: str
    about: UserId | None
    rule: str | None = None
    refused_because: str | None = None
    stream: StreamId | None = None
    clinic: ClinicId | None = None
    purpose: str | None = None


_KEY_LENGTH_MAX: Final = 200


@frozen
class Change:
    """One unit of work. What it may not hold is the caller's bug, and an assertion.

    Attributes:
        key: the caller's idempotency key, 1 to 200 printable ASCII characters.
        fingerprint: what was asked, as a digest.
        at: when, an aware instant.
        by: who asked.
        answer: what the caller is told, as JSON; also what a repetition is told.
        appends: at most one to each stream, also to those that were only read.
        claims: carried out in their order; each sees what those before it have done.
        mails: each with an id that no other mail ever has.
        withdrawals: of mails of earlier changes; this change's own stay.
        lists: acts on lists, carried out in their order; none is ever refused.
    """

    key: str
    fingerprint: str
    at: datetime
    by: Actor
    answer: str = field(repr=False)
    appends: tuple[Append, ...] = ()
    names: tuple[TakeName | ReleaseName, ...] = ()
    contents: tuple[PutContent | PutFile | EraseContent, ...] = ()
    mails: tuple[OutgoingMail, ...] = ()
    audit: tuple[AuditEntry, ...] = ()
    claims: tuple[ClaimTime | MoveClaim | ReleaseClaim, ...] = ()
    withdrawals: tuple[WithdrawMails, ...] = ()
    lists: tuple[PutOnList | TakeOffList, ...] = ()

    def __attrs_post_init__(self) -> None:
        assert 1 <= len(self.key) <= _KEY_LENGTH_MAX, "a key has 1 to 200 characters"
        assert self.key.isascii(), "a key is printable ASCII"
        assert self.key.isprintable(), "a key is printable ASCII"
        assert self.at.utcoffset() is not None, "an instant carries its offset"
        streams = {append.stream for append in self.appends}
        assert len(streams) == len(self.appends), "a change appends to a stream once"
        assert all(append.expected >= 0 for append in self.appends), "a version is never negative"
        assert len({mail.mail for mail in self.mails}) == len(self.mails), "a mail id is used once"


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


CommitRefusal: TypeAlias = StaleStream | NameIsTaken | TimeIsTaken | StaleClaim | KeyWasUsed


class Ledger(Protocol):
    """Stores changes, and gives back what was stored."""

    def history(self, stream: StreamId, /) -> tuple[Recorded, ...]:
        """Give a stream's events in order; () for one that nobody has begun. Never stale."""
        ...

    def histories(self, streams: Sequence[StreamId], /) -> Mapping[StreamId, tuple[Recorded, ...]]:
        """Give the events of many streams, each as `history` does; all that were asked are in it.

        In a number of queries that does not grow with what has happened. Each stream is as it is
        now; of two of them, one may be read a moment after the other.
        """
        ...

    def answered(self, key: str, fingerprint: str, /) -> Outcome[Stored | None, KeyWasUsed]:
        """Give the answer that stands under a key; None if the key is new.

        A key whose answer was erased since was used (`Answers`).
        """
        ...

    def commit(self, change: Change, /) -> Outcome[Stored, CommitRefusal]:
        """Store all of a change, or nothing of it.

        A key that was used is looked at first, then versions, then names, then claims. Success
        means that it is durable. An exception means that nobody knows: ask again under that key.
        """
        ...


class Answers(Protocol):
    """The answers that stand under callers' keys, which are kept for a time (D-KEEP-1)."""

    def forget_answers(self, stored_before: datetime, limit: int, /) -> int:
        """Erase the answers of changes from before an instant; say how many.

        Only the first `limit` that are left are looked at, in the order in which they were stored.
        The keys stay used: whoever asks under one again is told KeyWasUsed, and nothing is done.
        """
        ...


class Records(Protocol):
    """Finds what a change has named or written."""

    def holder(self, name: Name, /) -> UserId | None:
        """Say who has a unique name now."""
        ...

    def names_of(self, holder: UserId, /) -> frozenset[Name]:
        """Give all unique names that a user has now."""
        ...

    def content(self, record: ContentId, /) -> str | None:
        """Read an erasable record of text; None if it was erased or never written."""
        ...

    def contents(self, records: Sequence[ContentId], /) -> Mapping[ContentId, str]:
        """Read many records of text; those that were erased or never written are not in it."""
        ...

    def file(self, record: ContentId, /) -> bytes | None:
        """Read an erasable record of bytes; None if it was erased or never written."""
        ...


@frozen
class Audited:
    """An audit entry as it lies in the ledger."""

    position: int
    entry: AuditEntry
    at: datetime
    by: Actor


class Archive(Protocol):
    """Looks back: for stories, for the patient's own export, and at what became of a mail."""

    def events_about(self, user: UserId, /) -> tuple[Recorded, ...]:
        """Give all events about a user, oldest first."""
        ...

    def streams(self, kind: str, after: str, limit: int, /) -> tuple[StreamId, ...]:
        """Give the streams of a kind by their keys, in the order of ASCII, from after a key on.

        "" is before every key. A stream is there from its first event on.
        """
        ...

    def audit_about(self, user: UserId, /) -> tuple[Audited, ...]:
        """Give the audit entries about a user, oldest first."""
        ...

    def audit_of(self, stream: StreamId, /) -> tuple[Audited, ...]:
        """Give the audit entries of a stream, oldest first."""
        ...

    def audit_at(
        self, clinic: ClinicId | None, after_position: int, limit: int, /
    ) -> tuple[Audited, ...]:
        """Give a log's entries after a position, oldest first, at most `limit`.

        Every clinic has a log; None is the service's own.
        """
        ...

    def mails_about(self, user: UserId, /) -> tuple[MailState, ...]:
        """Say what became of every mail about a user, oldest first; never what was in it."""
        ...

    def mails_of(self, stream: StreamId, /) -> tuple[MailState, ...]:
        """Say what became of every mail of a stream, oldest first; never what was in it."""
        ...

    def mail(self, mail: MailId, /) -> MailState | None:
        """Say what became of one mail; None if there is none. Never stale."""
        ...

    def mail_states(self, mails: Sequence[MailId], /) -> Mapping[MailId, MailState]:
        """Say what became of many mails; those that there are not are not in it. Never stale."""
        ...
