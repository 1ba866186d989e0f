"""A ledger in memory: all seven ports of a store over a few dictionaries.

Here: what the contract promises, under one lock, and the accidents that a test wants to see (a
commit whose answer is lost, somebody else who was first). Not here: how claims, lists and mails are
kept (`audit_log`, `claims`, `lists`, `outbox`), and anything that lasts.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from threading import Lock
from typing import TYPE_CHECKING, Final

from eservices_core.events import StreamId
from eservices_core.outcome import Failure, Outcome, Success
from eservices_core.ports.claims import Claims, Held, StaleClaim, TimeIsTaken
from eservices_core.ports.ledger import (
    Answers,
    Append,
    Archive,
    Audited,
    Change,
    CommitRefusal,
    EraseContent,
    KeyWasUsed,
    Ledger,
    Name,
    NameIsTaken,
    PutContent,
    PutFile,
    Recorded,
    Records,
    ReleaseName,
    StaleStream,
    Stored,
    TakeName,
)
from eservices_core.ports.lists import Lists
from eservices_core.ports.outbox import Outbox
from eservices_core.testing.memory.audit_log import MemoryAuditLog
from eservices_core.testing.memory.claims import MemoryClaims
from eservices_core.testing.memory.lists import MemoryLists
from eservices_core.testing.memory.outbox import MemoryOutbox
from eservices_core.wire import dump_event
from eservices_core.words.identifiers import BookingId, ContentId, UserId

_MAIL_ID: Final = "a mail id is used once"


class StoreUnreachable(Exception):  # noqa: N818  said in the words of this house
    """The store broke down; nobody knows whether the change was stored."""


class MemoryLedger(MemoryAuditLog, MemoryClaims, MemoryLists, MemoryOutbox):
    """Implements all seven ports of a store; any threads may use it.

    >>> from eservices_core.ports.ledger import BySystem, Change
    >>> from eservices_core.testing.memory import copenhagen
    >>> ledger = MemoryLedger()
    >>> change = Change("key", "what was asked", copenhagen(2027, 3, 28), BySystem(), '"done"')
    >>> ledger.commit(change).unwrap().repeated, ledger.commit(change).unwrap().repeated
    (False, True)
    """

    def __init__(self) -> None:
        lock = Lock()
        MemoryAuditLog.__init__(self, lock)
        MemoryClaims.__init__(self, lock)
        MemoryLists.__init__(self, lock)
        MemoryOutbox.__init__(self, lock)
        self._events: list[Recorded] = []
        self._streams: dict[StreamId, list[Recorded]] = {}
        self._names: dict[Name, UserId] = {}
        self._contents: dict[ContentId, str | bytes] = {}
        self._answers: dict[str, tuple[str, str | None]] = {}
        self._stored_at: dict[str, datetime] = {}
        self._meanwhile: list[Callable[[], object]] = []
        self._accidents: list[bool] = []

    # --- Ledger --------------------------------------------------------------------------------

    def history(self, stream: StreamId, /) -> tuple[Recorded, ...]:
        """Give a stream's events in order."""
        with self._lock:
            return tuple(self._streams.get(stream, ()))

    def histories(self, streams: Sequence[StreamId], /) -> Mapping[StreamId, tuple[Recorded, ...]]:
        """Give the events of many streams."""
        with self._lock:
            return {stream: tuple(self._streams.get(stream, ())) for stream in streams}

    def answered(self, key: str, fingerprint: str, /) -> Outcome[Stored | None, KeyWasUsed]:
        """Give the answer that stands under a key; None if the key is new."""
        with self._lock:
            return self._answered(key, fingerprint)

    def commit(self, change: Change, /) -> Outcome[Stored, CommitRefusal]:
        """Store all of a change, or nothing of it."""
        for append in change.appends:
            for event in append.events:
                _ = dump_event(event)  # what cannot be written down would fail in a real store
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

    def forget_answers(self, stored_before: datetime, limit: int, /) -> int:
        """Erase the answers of changes from before an instant; say how many."""
        assert limit >= 0, "nobody forgets fewer than no answers"
        with self._lock:
            left = [key for key, (_, answer) in self._answers.items() if answer is not None]
            going = [key for key in left[:limit] if self._stored_at[key] < stored_before]
            for key in going:
                self._answers[key] = (self._answers[key][0], None)
        return len(going)

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
        held = self._claimed(change)
        if isinstance(held, TimeIsTaken | StaleClaim):
            return Failure(held)
        assert not {mail.mail for mail in change.mails} & self._mails.keys(), _MAIL_ID
        self._store(change, names, held)
        return Success(Stored(change.answer, repeated=False))

    def _answered(self, key: str, fingerprint: str) -> Outcome[Stored | None, KeyWasUsed]:
        if key not in self._answers:
            return Success(None)
        first, answer = self._answers[key]
        if first != fingerprint or answer is None:
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

    def _store(
        self, change: Change, names: dict[Name, UserId | None], held: dict[BookingId, Held]
    ) -> None:
        for append in change.appends:
            self._append(append, change)
        for name, holder in names.items():
            if holder is None:
                _ = self._names.pop(name, None)
            else:
                self._names[name] = holder
        self._held = held
        for content in change.contents:
            match content:
                case PutContent(record, text=text):
                    self._contents[record] = text
                case PutFile(record, data=data):
                    self._contents[record] = data
                case EraseContent(record):
                    _ = self._contents.pop(record, None)
        self._list(change)
        self._withdraw(change)
        self._queue(change)
        self._note(change)
        self._answers[change.key] = (change.fingerprint, change.answer)
        self._stored_at[change.key] = change.at

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

    def names_of(self, holder: UserId, /) -> frozenset[Name]:
        """Give all unique names that a user has now."""
        with self._lock:
            return frozenset(name for name, who in self._names.items() if who == holder)

    def content(self, record: ContentId, /) -> str | None:
        """Read an erasable record of text; None if it was erased or never written."""
        with self._lock:
            found = self._contents.get(record)
        return found if isinstance(found, str) else None

    def contents(self, records: Sequence[ContentId], /) -> Mapping[ContentId, str]:
        """Read many records of text."""
        with self._lock:
            found = {record: self._contents.get(record) for record in records}
        return {record: text for record, text in found.items() if isinstance(text, str)}

    def file(self, record: ContentId, /) -> bytes | None:
        """Read an erasable record of bytes; None if it was erased or never written."""
        with self._lock:
            found = self._contents.get(record)
        return found if isinstance(found, bytes) else None

    # --- Archive -------------------------------------------------------------------------------

    def events_about(self, user: UserId, /) -> tuple[Recorded, ...]:
        """Give all events about a user, oldest first."""
        return tuple(recorded for recorded in self.events() if recorded.about == user)

    def streams(self, kind: str, after: str, limit: int, /) -> tuple[StreamId, ...]:
        """Give the streams of a kind by their keys, from after a key on."""
        with self._lock:
            keys = sorted(
                stream.key
                for stream, recorded in self._streams.items()
                if recorded and stream.kind == kind and stream.key > after
            )
        return tuple(StreamId(kind, key) for key in keys[:limit])

    def audit_about(self, user: UserId, /) -> tuple[Audited, ...]:
        """Give the audit entries about a user, oldest first."""
        return tuple(audited for audited in self.audit() if audited.entry.about == user)

    def audit_of(self, stream: StreamId, /) -> tuple[Audited, ...]:
        """Give the audit entries of a stream, oldest first."""
        return tuple(audited for audited in self.audit() if audited.entry.stream == stream)

    # --- for tests -----------------------------------------------------------------------------

    def events(self) -> tuple[Recorded, ...]:
        """Give every event there is, in the order of its position."""
        with self._lock:
            return tuple(self._events)

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


if TYPE_CHECKING:
    _answers: type[Answers] = MemoryLedger
    _ledger: type[Ledger] = MemoryLedger
    _lists: type[Lists] = MemoryLedger
    _records: type[Records] = MemoryLedger
    _claims: type[Claims] = MemoryLedger
    _archive: type[Archive] = MemoryLedger
    _outbox: type[Outbox] = MemoryLedger
