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

from attrs import evolve as with_changes
from attrs import field, frozen

from eservices_core.clinic.staff import StaffMember
from eservices_core.events import DomainEvent
from eservices_core.outcome import Outcome
from eservices_core.ports.claims import (
    ClaimTime,
    MoveClaim,
    ReleaseClaim,
    StaleClaim,
    TimeIsTaken,
)
from eservices_core.ports.lists import PutOnList, TakeOffList
from eservices_core.words.email_address import EmailAddress
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
class StreamId:
    """One machine's history: its kind (see `events`) and its key; never a number or a name."""

    kind: str
    key: str


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
    BOOKING_REQUESTED = "booking_requested"
    BOOKING_REQUEST_MOVED = "booking_request_moved"
    BOOKING_CONFIRMATION = "booking_confirmation"
    BOOKING_MOVED = "booking_moved"
    BOOKING_DECLINED = "booking_declined"
    BOOKING_EXPIRED = "booking_expired"
    BOOKING_CANCELLED = "booking_cancelled"
    BOOKING_CANCELLED_BY_CLINIC = "booking_cancelled_by_clinic"
    BOOKING_WITHDRAWN = "booking_withdrawn"
    BOOKING_REMINDER = "booking_reminder"
    SOMETHING_TO_READ = "something_to_read"
    REGISTRATION_ANSWERED = "registration_answered"
    TRIAL = "trial"


@frozen
class OutgoingMail:
    """A mail as frozen bytes: what is sent is what was decided, however often it is tried.

    Attributes:
        mail: its id; also the local part of its Message-ID.
        kind: what it is for.
        about: the user whose mail it is; None where there is no user (D-BOOK-7).
        to: the one recipient.
        content: the whole message, RFC 5322, CRLF line ends.
        expires_at: not sent from this instant on (a dead code, a birthday); None if it keeps.
        stream: the machine whose history it tells of; the mails of one leave in their order, each
            when those before it have ended.
    """

    mail: MailId
    kind: MailKind
    about: UserId | None
    to: EmailAddress
    content: bytes = field(repr=False)
    expires_at: datetime | None
    stream: StreamId | None = None


@frozen
class WithdrawMails:
    """Stop the mails of earlier changes that have not ended, where all that is given fits.

    They end as WITHDRAWN, or as AMBIGUOUS if they may have arrived, and their bytes are erased. A
    worker that has such a mail in hand may still send it; what it notes then is kept (`Outbox`).

    Attributes:
        about: those about this user; None for anybody's.
        stream: those of this stream; None for any. `about` or `stream` is given, or both.
        kinds: those of these kinds; None for all.
    """

    about: UserId | None = None
    stream: StreamId | None = None
    kinds: frozenset[MailKind] | None = None

    def __attrs_post_init__(self) -> None:
        assert self.about is not None or self.stream is not None, "nobody stops everybody's mail"

    def fits(self, about: UserId | None, stream: StreamId | None, kind: MailKind) -> bool:
        """Whether a mail is one of those."""
        return (
            self.about in {None, about}
            and self.stream in {None, stream}
            and (self.kinds is None or kind in self.kinds)
        )


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

    def mails_about(self, user: UserId, /) -> tuple["MailState", ...]:
        """Say what became of every mail about a user, oldest first; never what was in it."""
        ...

    def mails_of(self, stream: StreamId, /) -> tuple["MailState", ...]:
        """Say what became of every mail of a stream, oldest first; never what was in it."""
        ...

    def mail(self, mail: MailId, /) -> "MailState | None":
        """Say what became of one mail; None if there is none. Never stale."""
        ...

    def mail_states(self, mails: Sequence[MailId], /) -> Mapping[MailId, "MailState"]:
        """Say what became of many mails; those that there are not are not in it. Never stale."""
        ...


# --- the outbox --------------------------------------------------------------------------------


@unique
class Handover(Enum):
    """How an attempt to hand a mail over ended, or why there will be none."""

    WAITING = "waiting"
    HANDED_OVER = "handed_over"
    REFUSED = "refused"
    AMBIGUOUS = "ambiguous"
    """No answer came: it may have arrived. Only identical bytes may follow."""
    EXPIRED = "expired"
    """Its time was over before it was sent."""
    GIVEN_UP = "given_up"
    """It never left, however often it was tried."""
    WITHDRAWN = "withdrawn"
    """It never left: a change has stopped it."""


_OPEN: Final = frozenset({Handover.WAITING, Handover.AMBIGUOUS})
_NO_ATTEMPT: Final = frozenset({Handover.EXPIRED, Handover.WITHDRAWN})


@unique
class Reported(Enum):
    """What a delivery report has said of a mail that was handed over (D-BOOK-2)."""

    FAILED = "failed"
    BROKE_OFF = "broke_off"
    """Failed, by servers that lost contact: it may have arrived all the same (faults: 142)."""
    DELIVERED = "delivered"


@frozen
class MailState:
    """What became of a mail.

    Attributes:
        state: how the last attempt ended, or why there is none any more.
        settled_at: when it ended for good; None as long as there may be another attempt.
        attempts: how often it was tried; an attempt that is under way does not count yet.
        may_have_arrived: an attempt had no answer, whatever came of the others: of a mail that was
            refused afterwards it cannot be said either that nobody has it (D-BOOK-3).
        next_try: not tried before; None if at once, or not any more.
        reported: the newest delivery report's word; None before the first.
        token: the number of the newest taking; 0 if nobody has ever taken it.
        in_hand_until: an attempt has begun and nobody has said how it ended; from this instant on
            nobody will. Also after a mail was withdrawn: it may then have left all the same.
    """

    mail: MailId
    kind: MailKind
    queued_at: datetime
    state: Handover = Handover.WAITING
    settled_at: datetime | None = None
    attempts: int = 0
    may_have_arrived: bool = False
    next_try: datetime | None = None
    reported: Reported | None = None
    token: int = 0
    in_hand_until: datetime | None = None

    def taken(self, until: datetime) -> "MailState":
        """Give the state after somebody took it, to try it before `until`.

        If it was in somebody's hand, nobody knows how that attempt ended: it counts, and the mail
        may have arrived (faults: 144, 145).
        """
        assert self.settled_at is None, "what has ended is not taken"
        assert until.utcoffset() is not None, "an instant carries its offset"
        lost = self.in_hand_until is not None
        may_have_arrived = self.may_have_arrived or lost
        return with_changes(
            self,
            state=_truly(self.state, may_have_arrived=may_have_arrived),
            attempts=self.attempts + lost,
            may_have_arrived=may_have_arrived,
            next_try=until,
            token=self.token + 1,
            in_hand_until=until,
        )

    def settled(
        self, token: int, handover: Handover, at: datetime, next_try: datetime | None = None
    ) -> "MailState":
        """Give the state after whoever took it has said how the attempt ended.

        What may have arrived never becomes what never left: as long as it may be tried again, after
        it was given up, and when it is withdrawn, it is AMBIGUOUS. After an end, only an attempt
        that somebody had in hand still counts, if it can have reached anybody: that it was handed
        over wins over every other end, and one without an answer is remembered. Whoever holds it no
        more (it was taken anew, or settled before) neither ends nor schedules anything, but for
        what cannot be undone: it was handed over, or may have been (faults: 145).
        """
        assert at.utcoffset() is not None, "an instant carries its offset"
        assert next_try is None or next_try.utcoffset() is not None, "an instant carries its offset"
        assert next_try is None or handover in _OPEN, "what has ended is not tried again"
        assert next_try is not None or handover is not Handover.WAITING, "what waits is tried again"
        assert handover is not Handover.WITHDRAWN, "a change withdraws, nobody else"
        held = self.in_hand_until is not None and token == self.token
        if not held:
            return self._late(handover, at, attempts=self.attempts)
        if self.settled_at is not None:
            counts = handover in {Handover.HANDED_OVER, Handover.AMBIGUOUS}
            told = self._late(handover, at, attempts=self.attempts + counts)
            return with_changes(told, in_hand_until=None)
        may_have_arrived = self.may_have_arrived or handover is Handover.AMBIGUOUS
        return with_changes(
            self,
            state=_truly(handover, may_have_arrived=may_have_arrived),
            settled_at=at if next_try is None else None,
            attempts=self.attempts + (handover not in _NO_ATTEMPT),
            may_have_arrived=may_have_arrived,
            next_try=next_try,
            in_hand_until=None,
        )

    def withdrawn(self, at: datetime) -> "MailState":
        """Give the state after a change has stopped it; whoever has it in hand may still tell."""
        assert self.settled_at is None, "what has ended is not withdrawn"
        state = _truly(Handover.WITHDRAWN, may_have_arrived=self.may_have_arrived)
        return with_changes(self, state=state, settled_at=at, next_try=None)

    def hurried(self, at: datetime) -> "MailState | None":
        """Give the state if it is to be tried from an instant on; None if it does not rest."""
        rests = self.settled_at is None and self.in_hand_until is None
        if not rests or self.next_try is None or self.next_try <= at:
            return None
        return with_changes(self, next_try=at)

    def _late(self, handover: Handover, at: datetime, attempts: int) -> "MailState":
        """What an attempt proves, and no more: it is over, or somebody else's turn."""
        if self.state is Handover.HANDED_OVER:
            return with_changes(self, attempts=attempts)
        match handover:
            case Handover.HANDED_OVER:
                return with_changes(
                    self, state=handover, settled_at=at, attempts=attempts, next_try=None
                )
            case Handover.AMBIGUOUS:
                state = _truly(self.state, may_have_arrived=True)
                return with_changes(self, state=state, attempts=attempts, may_have_arrived=True)
            case _:
                return self


def _truly(word: Handover, *, may_have_arrived: bool) -> Handover:
    never_left = word in {Handover.WAITING, Handover.GIVEN_UP, Handover.WITHDRAWN}
    return Handover.AMBIGUOUS if never_left and may_have_arrived else word


@frozen
class TakenMail:
    """A mail in a worker's hand, to be tried now.

    Attributes:
        mail: what is sent.
        attempts: how often it was tried before, those among them whose end nobody knows.
        token: what to settle it with; at each taking of the same mail it is higher.
        after_lost: the attempt before this one had no end: whoever made it is gone, or very slow.
    """

    mail: OutgoingMail
    attempts: int
    token: int
    after_lost: bool = False


class Outbox(Protocol):
    """The mails that changes have left to be sent.

    A worker takes a mail, tries it, and settles it. To take one is to begin: it is noted before
    anything is sent, so a worker that dies leaves a mail that may have arrived, never one that is
    lost. A mail that is withdrawn may be in somebody's hand. All attempts have the same bytes.
    """

    def take(self, at: datetime, until: datetime, /) -> TakenMail | None:
        """Take the mail whose turn it is at an instant; None if none is due.

        Nobody else gets it before `until`, which is later than `at`, unless it is settled; then it
        is due again. Those that were never tried come first, oldest first; then those whose next
        try was due first, and of these the oldest. A mail of a stream waits until the earlier mails
        of that stream have ended. The taking is stored before this returns (`MailState.taken`).
        """
        ...

    def settle(
        self,
        mail: MailId,
        token: int,
        handover: Handover,
        at: datetime,
        next_try: datetime | None = None,
        /,
    ) -> None:
        """Note how an attempt ended, as `MailState.settled` says; nothing for an unknown mail.

        With `next_try` it is tried again, not before then: always after WAITING, and after
        AMBIGUOUS unless that was the last try. Without, it has ended, and its bytes are erased.
        """
        ...

    def hurry(self, mail: MailId, at: datetime, /) -> bool:
        """Have a mail that rests be due from an instant on; False for any other mail."""
        ...

    def in_state(self, state: Handover, limit: int, /) -> tuple[MailState, ...]:
        """Give mails of a state, ended or not, oldest first, at most `limit`."""
        ...

    def report(self, mail: MailId, reported: Reported, /) -> None:
        """Note what a delivery report said of a mail; nothing for an unknown mail.

        The newest word stands; reports come late, twice and in any order.
        """
        ...

    def forget(self, settled_before: datetime, limit: int, /) -> int:
        """Forget mails that ended before an instant, oldest first, at most `limit`; say how many.

        Nothing is known of them afterwards, as of a mail that never was (D-KEEP-1).
        """
        ...
