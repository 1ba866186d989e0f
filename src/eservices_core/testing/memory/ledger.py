"""A ledger in memory: all four ports of `eservices_core.ports.ledger` over a few dictionaries.

Here: what the contract promises, under one lock, and the accidents that a test wants to see (a
commit whose answer is lost, somebody else who was first). Not here: anything that lasts.
"""

from collections.abc import Callable
from datetime import datetime
from threading import Lock
from typing import TYPE_CHECKING, Final

from attrs import evolve as with_changes
from attrs import frozen

from eservices_core.outcome import Failure, Outcome, Success
from eservices_core.ports.ledger import (
    Append,
    Archive,
    Audited,
    Change,
    CommitRefusal,
    EraseContent,
    Handover,
    KeyWasUsed,
    Ledger,
    MailState,
    Name,
    NameIsTaken,
    Outbox,
    OutgoingMail,
    PutContent,
    Recorded,
    Records,
    ReleaseName,
    StaleStream,
    Stored,
    StreamId,
    TakeName,
)
from eservices_core.wire import dump_event
from eservices_core.words.identifiers import ContentId, MailId, UserId

_DUE: Final = frozenset({Handover.WAITING, Handover.AMBIGUOUS})
_KEY_LENGTH_MAX: Final = 200
_MAIL_ID: Final = "a mail id is used once"


class StoreUnreachable(Exception):  # noqa: N818  said in the words of this house
    """The store broke down; nobody knows whether the change was stored."""


@frozen
class _Mail:
    """A mail and what became of it; `mail` is None once its bytes are erased."""

    mail: OutgoingMail | None
    about: UserId
    state: MailState


class MemoryLedger:
    """Implements Ledger, Records, Archive and Outbox; safe to use from several threads.

    >>> from eservices_core.ports.ledger import BySystem, Change
    >>> from eservices_core.testing.memory import copenhagen
    >>> ledger = MemoryLedger()
    >>> change = Change("key", "what was asked", copenhagen(2027, 3, 28), BySystem(), '"done"')
    >>> ledger.commit(change).unwrap().repeated, ledger.commit(change).unwrap().repeated
    (False, True)
    """

    def __init__(self) -> None:
        self._lock = Lock()
        self._events: list[Recorded] = []
        self._streams: dict[StreamId, list[Recorded]] = {}
        self._names: dict[Name, UserId] = {}
        self._contents: dict[ContentId, str] = {}
        self._mails: dict[MailId, _Mail] = {}
        self._audit: list[tuple[Audited, UserId | None]] = []
        self._answers: dict[str, tuple[str, str]] = {}
        self._meanwhile: list[Callable[[], object]] = []
        self._accidents: list[bool] = []

    # --- Ledger --------------------------------------------------------------------------------

    def history(self, stream: StreamId, /) -> tuple[Recorded, ...]:
        """Give a stream's events in order."""
        with self._lock:
            return tuple(self._streams.get(stream, ()))

    def answered(self, key: str, fingerprint: str, /) -> Outcome[Stored | None, KeyWasUsed]:
        """Give the answer that stands under a key; None if the key is new."""
        with self._lock:
            return self._answered(key, fingerprint)

    def commit(self, change: Change, /) -> Outcome[Stored, CommitRefusal]:
        """Store all of a change, or nothing of it."""
        _check(change)
        if self._meanwhile:
            _ = self._meanwhile.pop(0)()
        accident = self._accidents.pop(0) if self._accidents else None
        if accident is False:
            raise StoreUnreachable
        with self._lock:
            outcome = self._commit(change)
        if accident is True:
            raise StoreUnreachable
        return outcome

    def _commit(self, change: Change) -> Outcome[Stored, CommitRefusal]:
        before = self._answered(change.key, change.fingerprint)
        if isinstance(before, Failure):
            return before
        first = before.unwrap()
        if first is not None:
            return Success(first)
        for append in change.appends:
            if len(self._streams.get(append.stream, ())) != append.expected:
                return Failure(StaleStream(append.stream))
        names = self._named(change)
        if isinstance(names, NameIsTaken):
            return Failure(names)
        assert not {mail.mail for mail in change.mails} & self._mails.keys(), _MAIL_ID
        self._store(change, names)
        return Success(Stored(change.answer, repeated=False))

    def _answered(self, key: str, fingerprint: str) -> Outcome[Stored | None, KeyWasUsed]:
        if key not in self._answers:
            return Success(None)
        first, answer = self._answers[key]
        if first != fingerprint:
            return Failure(KeyWasUsed())
        return Success(Stored(answer, repeated=True))

    def _named(self, change: Change) -> dict[Name, UserId | None] | NameIsTaken:
        """Who has the names of a change after it; nothing is changed yet."""
        after: dict[Name, UserId | None] = {}
        for act in change.names:
            holder = after[act.name] if act.name in after else self._names.get(act.name)
            if holder not in (None, act.holder):
                return NameIsTaken(act.name.kind)
            match act:
                case TakeName():
                    after[act.name] = act.holder
                case ReleaseName():
                    after[act.name] = None
        return after

    def _store(self, change: Change, names: dict[Name, UserId | None]) -> None:
        for append in change.appends:
            self._append(append, change)
        for name, holder in names.items():
            if holder is None:
                _ = self._names.pop(name, None)
            else:
                self._names[name] = holder
        for content in change.contents:
            match content:
                case PutContent(record, text=text):
                    self._contents[record] = text
                case EraseContent(record):
                    _ = self._contents.pop(record, None)
        for mail in change.mails:
            state = MailState(mail.mail, mail.kind, change.at, Handover.WAITING, None)
            self._mails[mail.mail] = _Mail(mail, mail.about, state)
        for entry in change.audit:
            audited = Audited(len(self._audit) + 1, entry, change.at, change.by)
            self._audit.append((audited, entry.about))
        self._answers[change.key] = (change.fingerprint, change.answer)

    def _append(self, append: Append, change: Change) -> None:
        stream = self._streams.setdefault(append.stream, [])
        for event in append.events:
            recorded = Recorded(
                position=len(self._events) + 1,
                stream=append.stream,
                version=len(stream) + 1,
                event=event,
                about=append.about,
                at=change.at,
                by=change.by,
            )
            stream.append(recorded)
            self._events.append(recorded)

    # --- Records -------------------------------------------------------------------------------

    def holder(self, name: Name, /) -> UserId | None:
        """Say who has a unique name now."""
        with self._lock:
            return self._names.get(name)

    def content(self, record: ContentId, /) -> str | None:
        """Read an erasable record; None if it was erased or never written."""
        with self._lock:
            return self._contents.get(record)

    # --- Archive -------------------------------------------------------------------------------

    def events_about(self, user: UserId, /) -> tuple[Recorded, ...]:
        """Give all events about a user, oldest first."""
        return tuple(recorded for recorded in self.events() if recorded.about == user)

    def audit_about(self, user: UserId, /) -> tuple[Audited, ...]:
        """Give the audit entries about a user, oldest first."""
        return tuple(audited for audited in self.audit() if audited.entry.about == user)

    def mails_about(self, user: UserId, /) -> tuple[MailState, ...]:
        """Say what became of every mail about a user, oldest first."""
        with self._lock:
            return tuple(mail.state for mail in self._mails.values() if mail.about == user)

    # --- Outbox --------------------------------------------------------------------------------

    def due(self, limit: int, /) -> tuple[OutgoingMail, ...]:
        """Give waiting and ambiguous mails, oldest first, at most `limit`."""
        assert limit >= 0, "nobody asks for fewer than no mails"
        with self._lock:
            waiting = [mail.mail for mail in self._mails.values() if mail.mail is not None]
        return tuple(waiting[:limit])

    def settle(self, mail: MailId, handover: Handover, at: datetime, /) -> None:
        """Note how an attempt ended; the bytes of one that has ended for good are erased."""
        assert at.utcoffset() is not None, "an instant carries its offset"
        with self._lock:
            kept = self._mails.get(mail)
            # What may have arrived still may have, though a later attempt never left.
            if kept is None or kept.mail is None or handover is Handover.WAITING:
                return
            if handover in _DUE:
                state = with_changes(kept.state, state=handover)
                self._mails[mail] = with_changes(kept, state=state)
            else:
                state = with_changes(kept.state, state=handover, settled_at=at)
                self._mails[mail] = _Mail(None, kept.about, state)

    # --- for tests -----------------------------------------------------------------------------

    def events(self) -> tuple[Recorded, ...]:
        """Give every event there is, in the order of its position."""
        with self._lock:
            return tuple(self._events)

    def audit(self) -> tuple[Audited, ...]:
        """Give every audit entry there is, oldest first."""
        with self._lock:
            return tuple(audited for audited, _ in self._audit)

    def meanwhile(self, act: Callable[[], object]) -> None:
        """Do `act` once, just before the next commit: somebody else is first.

        Called again, it adds an act for the commit after that; an act that commits itself takes
        part in the count.
        """
        self._meanwhile.append(act)

    def break_next_commit(self, *, stored: bool) -> None:
        """Have the next commit raise StoreUnreachable, after it was stored or before (faults: 151).

        Called again, it breaks the commit after that too.
        """
        self._accidents.append(stored)


def _check(change: Change) -> None:
    """Hold the caller to what a `Change` is; what fails here is a bug of theirs."""
    key = change.key
    assert 1 <= len(key) <= _KEY_LENGTH_MAX, "a key has 1 to 200 characters"
    assert key.isascii(), "a key is printable ASCII"
    assert key.isprintable(), "a key is printable ASCII"
    assert change.at.utcoffset() is not None, "an instant carries its offset"
    streams = [append.stream for append in change.appends]
    assert len(streams) == len(set(streams)), "a change appends to a stream once"
    assert len({mail.mail for mail in change.mails}) == len(change.mails), _MAIL_ID
    for append in change.appends:
        assert append.expected >= 0, "a version is never negative"
        for event in append.events:
            _ = dump_event(event)  # what cannot be written down would fail in a real store


if TYPE_CHECKING:
    _ledger: type[Ledger] = MemoryLedger
    _records: type[Records] = MemoryLedger
    _archive: type[Archive] = MemoryLedger
    _outbox: type[Outbox] = MemoryLedger
