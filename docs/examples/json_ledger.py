"""A complete store: everything in one JSON file, which is read and written whole under a lock.

It is as slow as it looks, since all that ever happened is read at every question; and there is
nothing in it to get wrong: `_State` is what lies there, `_refused` looks at a change, `_store`
carries it out, and `_save` makes that true in one step.
"""

import fcntl
import json
import os
from base64 import b64decode, b64encode
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from attrs import define, evolve, frozen
from cattrs import Converter

from eservices_core import EmailAddress, Failure, Outcome, Success
from eservices_core.events import DomainEvent, StreamId
from eservices_core.ports.audit_log import Checkpoint, Seal
from eservices_core.ports.claims import (  # fmt: skip
    ClaimTime,
    Held,
    MoveClaim,
    ReleaseClaim,
    StaleClaim,
    TimeIsTaken,
)
from eservices_core.ports.ledger import (
    Actor,
    Audited,
    Change,
    CommitRefusal,
    EraseContent,
    KeyWasUsed,
    Name,
    NameIsTaken,
    PutContent,
    PutFile,
    Recorded,
    ReleaseName,
    StaleStream,
    Stored,
    TakeName,
)
from eservices_core.ports.lists import Listed, ListName, PutOnList, TakeOffList
from eservices_core.ports.outbox import Handover, MailState, OutgoingMail, Reported, TakenMail
from eservices_core.wire import dump_actor, dump_event, load_actor, load_event
from eservices_core.words import identifiers
from eservices_core.words.identifiers import (
    BookingId,
    ClinicId,
    ContentId,
    MailId,
    PractitionerId,
    UserId,
)
from eservices_core.words.interval import Interval

if TYPE_CHECKING:
    from eservices_core.testing.contracts import WholeLedger


class NotALedger(Exception):  # noqa: N818  said in the words of this house
    """The file is damaged, or something else; the message holds nothing of it."""


# --- what lies in the file ---------------------------------------------------------------------


@frozen
class _Mail:
    """A mail and what became of it; `mail` is None once its bytes are erased."""

    mail: OutgoingMail | None
    about: UserId | None
    stream: StreamId | None
    state: MailState

    def became(self, state: MailState) -> "_Mail":
        """The core says what a mail's state is; a store only erases the bytes of what has ended."""
        return evolve(self, mail=self.mail if state.settled_at is None else None, state=state)


@define
class _State:
    """All of the store, as plain lists and dictionaries, oldest first; a file has all of them."""

    answers: dict[str, tuple[str, str]]
    """By key: the fingerprint, and the answer."""
    events: list[Recorded]
    names: list[tuple[Name, UserId]]
    contents: dict[ContentId, str]
    files: dict[ContentId, bytes]
    held: dict[BookingId, Held]
    lists: list[tuple[ListName, Listed]]
    mails: dict[MailId, _Mail]
    audit: list[Audited]
    audited: int
    """How many entries there ever were: the next one's position follows."""
    seals: list[Seal]
    checkpoints: list[Checkpoint]

    def history(self, stream: StreamId) -> tuple[Recorded, ...]:
        return tuple(recorded for recorded in self.events if recorded.stream == stream)

    def answered(self, change_key: str, fingerprint: str) -> Outcome[Stored | None, KeyWasUsed]:
        if change_key not in self.answers:
            return Success(None)
        first, answer = self.answers[change_key]
        return Success(Stored(answer, repeated=True)) if first == fingerprint else _KEY_WAS_USED


_KEY_WAS_USED: Failure[KeyWasUsed] = Failure(KeyWasUsed())


_Hook = Callable[[Any], object]


@cache
def _converter() -> Converter:
    """The file is made of the core's own words; `wire` knows how events and actors are written."""
    converter = Converter(forbid_extra_keys=True)
    for member in vars(identifiers).values():
        if isinstance(member, type):
            converter.register_unstructure_hook(member, str)
            converter.register_structure_hook(member, lambda value, kind: kind(value))
    hooks: tuple[tuple[Any, _Hook, _Hook], ...] = (
        (DomainEvent, dump_event, load_event),
        (Actor, dump_actor, load_actor),
        (datetime, datetime.isoformat, datetime.fromisoformat),
        (bytes, lambda raw: b64encode(raw).decode(), b64decode),
        (EmailAddress, EmailAddress.reveal, lambda text: EmailAddress.parse(text).unwrap()),
    )
    for kind, dump, load in hooks:
        converter.register_unstructure_hook(kind, dump)
        converter.register_structure_hook(kind, _reading(load))
    return converter


def _reading(load: _Hook) -> Callable[[object, object], object]:
    return lambda value, _: load(value)


# --- the rules of a change ---------------------------------------------------------------------


def _refused(state: _State, change: Change) -> CommitRefusal | None:
    """Look at versions, then names, then claims; the names and claims of `state` are exchanged.

    What is refused is simply not saved, so nothing has to be undone.
    """
    for append in change.appends:
        if len(state.history(append.stream)) != append.expected:
            return StaleStream(append.stream)
    return _refused_name(state, change) or _refused_claim(state, change)


def _refused_name(state: _State, change: Change) -> NameIsTaken | None:
    holders = dict(state.names)
    for act in change.names:
        if holders.get(act.name, act.holder) != act.holder:
            return NameIsTaken(act.name.kind)
        match act:
            case TakeName(name, holder):
                holders[name] = holder
            case ReleaseName(name):
                _ = holders.pop(name, None)
    state.names = list(holders.items())
    return None


def _refused_claim(state: _State, change: Change) -> TimeIsTaken | StaleClaim | None:
    for act in change.claims:
        before = state.held.get(act.booking)
        if isinstance(act, ReleaseClaim):
            _ = state.held.pop(act.booking, None)
            continue
        wanted = Held(act.booking, act.clinic, act.practitioner, act.interval)
        if _is_stale(act, before, wanted):
            return StaleClaim(act.booking)
        if any(_meet(wanted, other) for other in state.held.values()):
            return TimeIsTaken(act.clinic, act.practitioner, act.interval)
        state.held[act.booking] = wanted
    return None


def _is_stale(act: ClaimTime | MoveClaim, before: Held | None, wanted: Held) -> bool:
    match act:
        case ClaimTime():
            return before is not None and before != wanted
        case MoveClaim():
            return before is None or before.clinic != act.clinic


def _meet(one: Held, other: Held) -> bool:
    same_book = (one.clinic, one.practitioner) == (other.clinic, other.practitioner)
    return same_book and one.booking != other.booking and one.interval.overlaps(other.interval)


def _store(state: _State, change: Change) -> None:
    """Carry out the rest of a change that nothing stands against: the one place that does."""
    at, by = change.at, change.by
    for append in change.appends:
        for version, event in enumerate(append.events, start=append.expected + 1):
            place = len(state.events) + 1
            state.events.append(
                Recorded(place, append.stream, version, event, append.about, at, by)
            )
    for content in change.contents:
        match content:
            case PutContent(record, text=text):
                _erase(state, record)
                state.contents[record] = text
            case PutFile(record, data=data):
                _erase(state, record)
                state.files[record] = data
            case EraseContent(record):
                _erase(state, record)
    _post(state, change)
    _list(state, change)
    for entry in change.audit:
        state.audited += 1
        state.audit.append(Audited(state.audited, entry, at, by))
    state.answers[change.key] = (change.fingerprint, change.answer)


def _erase(state: _State, record: ContentId) -> None:
    _ = state.contents.pop(record, None), state.files.pop(record, None)


def _post(state: _State, change: Change) -> None:
    """Withdraw mails of earlier changes, then queue this change's own, which stay."""
    for act in change.withdrawals:
        for name, kept in state.mails.items():
            if kept.mail and act.fits(kept.about, kept.stream, kept.state.kind):
                state.mails[name] = kept.became(kept.state.withdrawn(change.at))
    for mail in change.mails:
        assert mail.mail not in state.mails, "a mail id is used once"
        waiting = MailState(mail.mail, mail.kind, change.at)
        state.mails[mail.mail] = _Mail(mail, mail.about, mail.stream, waiting)


def _list(state: _State, change: Change) -> None:
    lists = {(name, listed.item): listed for name, listed in state.lists}
    for act in change.lists:
        match act:
            case PutOnList(name, listed):
                lists[name, listed.item] = listed
            case TakeOffList(name, item):
                _ = lists.pop((name, item), None)
    state.lists = [(name, listed) for (name, _), listed in lists.items()]


def _place_of(listed: Listed) -> tuple[int, datetime, str]:
    return listed.place


# --- the store ---------------------------------------------------------------------------------


class JsonLedger:
    """Implements Ledger, Records, Claims, Lists, Archive, AuditLog and Outbox over one file.

    Any number of threads and processes of one machine may use it: the lock is the file system's,
    and whoever opens the lock file anew, as each call does, waits for everybody else. An OSError
    means that nobody knows whether the change was stored: ask again under its key.
    """

    def __init__(self, file: Path) -> None:
        self._file = file

    # --- Ledger ---

    def history(self, stream: StreamId, /) -> tuple[Recorded, ...]:
        """Give a stream's events in order."""
        with self._locked() as state:
            return state.history(stream)

    def histories(self, streams: Sequence[StreamId], /) -> Mapping[StreamId, tuple[Recorded, ...]]:
        """Give the events of many streams."""
        with self._locked() as state:
            return {stream: state.history(stream) for stream in streams}

    def answered(self, key: str, fingerprint: str, /) -> Outcome[Stored | None, KeyWasUsed]:
        """Give the answer that stands under a key; None if the key is new."""
        with self._locked() as state:
            return state.answered(key, fingerprint)

    def commit(self, change: Change, /) -> Outcome[Stored, CommitRefusal]:
        """Store all of a change, or nothing of it."""
        with self._locked() as state:
            before = state.answered(change.key, change.fingerprint)
            if isinstance(before, Failure):
                return before
            first = before.unwrap()
            if first is not None:
                return Success(first)
            refusal = _refused(state, change)
            if refusal is not None:
                return Failure(refusal)
            _store(state, change)
            self._save(state)
            return Success(Stored(change.answer, repeated=False))

    # --- Records ---

    def holder(self, name: Name, /) -> UserId | None:
        """Say who has a unique name now."""
        with self._locked() as state:
            return dict(state.names).get(name)

    def names_of(self, holder: UserId, /) -> frozenset[Name]:
        """Give all unique names that a user has now."""
        with self._locked() as state:
            return frozenset(name for name, who in state.names if who == holder)

    def content(self, record: ContentId, /) -> str | None:
        """Read an erasable record; None if it was erased or never written."""
        with self._locked() as state:
            return state.contents.get(record)

    def contents(self, records: Sequence[ContentId], /) -> Mapping[ContentId, str]:
        """Read many records; those that were erased or never written are not in it."""
        with self._locked() as state:
            return {one: state.contents[one] for one in records if one in state.contents}

    def file(self, record: ContentId, /) -> bytes | None:
        """Read an erasable file; None if it was erased or never written."""
        with self._locked() as state:
            return state.files.get(record)

    # --- Claims ---

    def live(
        self, clinic: ClinicId, practitioner: PractitionerId, within: Interval, /
    ) -> tuple[Held, ...]:
        """Give the claims in a practitioner's book that share a minute with `within`."""
        found = self.live_at(clinic, within)
        return tuple(held for held in found if held.practitioner == practitioner)

    def live_at(self, clinic: ClinicId, within: Interval, /) -> tuple[Held, ...]:
        """Give those of all of a clinic's practitioners, by start, then by practitioner."""
        with self._locked() as state:
            ours = (held for held in state.held.values() if held.clinic == clinic)
            found = [held for held in ours if held.interval.overlaps(within)]
        return tuple(sorted(found, key=lambda held: (held.interval.start, held.practitioner)))

    def held_by(self, booking: BookingId, /) -> Held | None:
        """Give a booking's claim; None where it has none."""
        with self._locked() as state:
            return state.held.get(booking)

    # --- Lists ---

    def listed(
        self, name: ListName, limit: int, after: Listed | None = None, /
    ) -> tuple[Listed, ...]:
        """Give a page of a list in its order: at most `limit` of what lies after `after`."""
        with self._locked() as state:
            lies = sorted((one for of, one in state.lists if of == name), key=_place_of)
        return tuple(one for one in lies if after is None or one.place > after.place)[:limit]

    def newest(
        self, name: ListName, limit: int, before: Listed | None = None, /
    ) -> tuple[Listed, ...]:
        """Give a page from a list's end: at most `limit` of what lies before `before`."""
        with self._locked() as state:
            lies = sorted((one for of, one in state.lists if of == name), key=_place_of)[::-1]
        return tuple(one for one in lies if before is None or one.place < before.place)[:limit]

    def length(self, name: ListName, /) -> int:
        """Count what lies on a list."""
        with self._locked() as state:
            return sum(of == name for of, _ in state.lists)

    def find(self, name: ListName, item: str, /) -> Listed | None:
        """Give an item of a list; None if it does not lie there."""
        with self._locked() as state:
            found = (one for of, one in state.lists if (of, one.item) == (name, item))
            return next(found, None)

    def every(
        self, limit: int, after: tuple[ListName, str] | None = None, /
    ) -> tuple[tuple[ListName, Listed], ...]:
        """Give a page of all that lies anywhere."""
        with self._locked() as state:
            rows = sorted(state.lists, key=lambda row: (row[0], row[1].item))
        return tuple(row for row in rows if not after or (row[0], row[1].item) > after)[:limit]

    # --- Archive ---

    def events_about(self, user: UserId, /) -> tuple[Recorded, ...]:
        """Give all events about a user, oldest first."""
        with self._locked() as state:
            return tuple(recorded for recorded in state.events if recorded.about == user)

    def streams(self, kind: str, after: str, limit: int, /) -> tuple[StreamId, ...]:
        """Give the streams of a kind by their keys, from after a key on."""
        with self._locked() as state:
            keys = {one.stream.key for one in state.events if one.stream.kind == kind}
        return tuple(StreamId(kind, key) for key in sorted(keys) if key > after)[:limit]

    def audit_about(self, user: UserId, /) -> tuple[Audited, ...]:
        """Give the audit entries about a user, oldest first."""
        with self._locked() as state:
            return tuple(audited for audited in state.audit if audited.entry.about == user)

    def audit_of(self, stream: StreamId, /) -> tuple[Audited, ...]:
        """Give the audit entries of a stream, oldest first."""
        with self._locked() as state:
            return tuple(audited for audited in state.audit if audited.entry.stream == stream)

    def audit_at(
        self, clinic: ClinicId | None, after_position: int, limit: int, /
    ) -> tuple[Audited, ...]:
        """Give a log's entries after a position, oldest first, at most `limit`."""
        with self._locked() as state:
            log = (audited for audited in state.audit if audited.entry.clinic == clinic)
            return tuple(audited for audited in log if audited.position > after_position)[:limit]

    def mails_about(self, user: UserId, /) -> tuple[MailState, ...]:
        """Say what became of every mail about a user, oldest first."""
        with self._locked() as state:
            return tuple(kept.state for kept in state.mails.values() if kept.about == user)

    def mails_of(self, stream: StreamId, /) -> tuple[MailState, ...]:
        """Say what became of every mail of a stream, oldest first."""
        with self._locked() as state:
            return tuple(kept.state for kept in state.mails.values() if kept.stream == stream)

    def mail(self, mail: MailId, /) -> MailState | None:
        """Say what became of one mail; None if there is none."""
        with self._locked() as state:
            return state.mails[mail].state if mail in state.mails else None

    def mail_states(self, mails: Sequence[MailId], /) -> Mapping[MailId, MailState]:
        """Say what became of many mails; those that there are not are not in it."""
        with self._locked() as state:
            return {one: state.mails[one].state for one in mails if one in state.mails}

    # --- AuditLog ---

    def logs(self) -> tuple[ClinicId | None, ...]:
        """Name every log that has an entry, a seal or a checkpoint: the service's own first."""
        with self._locked() as state:
            found = {audited.entry.clinic for audited in state.audit}
            found |= {one.log for one in (*state.seals, *state.checkpoints)}
        return tuple(sorted(found, key=lambda log: "" if log is None else str(log)))

    def seals(self, log: ClinicId | None, after_number: int, limit: int, /) -> tuple[Seal, ...]:
        """Give a log's seals after a number, oldest first, at most `limit`."""
        with self._locked() as state:
            found = [one for one in state.seals if one.log == log and one.number > after_number]
        return tuple(sorted(found, key=lambda one: one.number)[:limit])

    def newest_seal(self, log: ClinicId | None, /) -> Seal | None:
        """Give a log's newest seal; None if all were purged, or none was made."""
        with self._locked() as state:
            ours = (one for one in state.seals if one.log == log)
            return max(ours, key=lambda one: one.number, default=None)

    def checkpoint(self, log: ClinicId | None, /) -> Checkpoint | None:
        """Say where a log was last purged to; None if never."""
        with self._locked() as state:
            return next((one for one in state.checkpoints if one.log == log), None)

    def add_seal(self, seal: Seal, /) -> bool:
        """Keep a seal; False, and no change, where there is one of its number, or was one."""
        with self._locked() as state:
            kept = any((one.log, one.number) == (seal.log, seal.number) for one in state.seals)
            purged = any(
                one.log == seal.log and one.number >= seal.number for one in state.checkpoints
            )
            if kept or purged:
                return False
            state.seals.append(seal)
            self._save(state)
            return True

    def purge_audit(self, checkpoint: Checkpoint, /) -> int:
        """Remove a log's entries and seals up to the seal that a checkpoint names, for good."""
        log, last = checkpoint.log, (checkpoint.log, checkpoint.number, checkpoint.head)
        with self._locked() as state:
            if last not in {(one.log, one.number, one.head) for one in state.seals}:
                return 0
            before = len(state.audit)
            state.audit = [
                audited
                for audited in state.audit
                if audited.entry.clinic != log or audited.position > checkpoint.through
            ]
            state.seals = [
                one for one in state.seals if one.log != log or one.number > checkpoint.number
            ]
            others = (one for one in state.checkpoints if one.log != log)
            state.checkpoints = [*others, checkpoint]
            self._save(state)
            return before - len(state.audit)

    # --- Outbox ---

    def take(self, at: datetime, until: datetime, /) -> TakenMail | None:
        """Take the mail whose turn it is: never tried, oldest first; then by its next try."""
        with self._locked() as state:
            heads: dict[object, tuple[OutgoingMail, MailState]] = {}
            for kept in state.mails.values():
                if kept.mail:  # of each stream, only the first waits for nothing
                    _ = heads.setdefault(
                        kept.mail.stream or kept.mail.mail, (kept.mail, kept.state)
                    )
            never = [one for one in heads.values() if one[1].next_try is None]
            tried = [(became.next_try, mail, became) for mail, became in heads.values()]
            again = [(then, mail, became) for then, mail, became in tried if then and then <= at]
            again.sort(key=lambda one: one[0])
            every = (*never, *((mail, became) for _, mail, became in again))
            if not every:
                return None
            mail, before = every[0]
            after = before.taken(until)
            state.mails[mail.mail] = state.mails[mail.mail].became(after)
            self._save(state)
        lost = before.in_hand_until is not None
        return TakenMail(mail, after.attempts, after.token, after_lost=lost)

    def settle(
        self,
        mail: MailId,
        token: int,
        handover: Handover,
        at: datetime,
        next_try: datetime | None = None,
        /,
    ) -> None:
        """Note how an attempt ended; nothing for an unknown mail."""
        with self._locked() as state:
            if mail in state.mails:
                kept = state.mails[mail]
                state.mails[mail] = kept.became(kept.state.settled(token, handover, at, next_try))
                self._save(state)

    def hurry(self, mail: MailId, at: datetime, /) -> bool:
        """Have a mail that rests be due from an instant on; False for any other mail."""
        with self._locked() as state:
            kept = state.mails.get(mail)
            hurried = kept.state.hurried(at) if kept else None
            if kept is None or hurried is None:
                return False
            state.mails[mail] = kept.became(hurried)
            self._save(state)
        return True

    def in_state(self, state: Handover, limit: int, /) -> tuple[MailState, ...]:
        """Give mails of a state, oldest first, at most `limit`."""
        with self._locked() as lies:
            found = (kept.state for kept in lies.mails.values() if kept.state.state is state)
            return tuple(found)[:limit]

    def report(self, mail: MailId, reported: Reported, /) -> None:
        """Note what a delivery report said of a mail; nothing for an unknown mail."""
        with self._locked() as state:
            if mail in state.mails:
                kept = state.mails[mail]
                state.mails[mail] = evolve(kept, state=evolve(kept.state, reported=reported))
                self._save(state)

    def forget(self, settled_before: datetime, limit: int, /) -> int:
        """Forget mails that ended before an instant, oldest first, at most `limit`."""
        with self._locked() as state:
            ended = [(kept.state.settled_at, name) for name, kept in state.mails.items()]
            gone = sorted(
                ((at, name) for at, name in ended if at and at < settled_before),
                key=lambda one: one[0],
            )[:limit]
            for _, name in gone:
                del state.mails[name]
            self._save(state)
        return len(gone)

    # --- the file ---

    @contextmanager
    def _locked(self) -> Generator[_State]:
        """One at a time, of all threads and processes, each with what lies there now."""
        with self._file.with_suffix(".lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield self._load()

    def _load(self) -> _State:
        if not self._file.exists():
            return _State({}, [], [], {}, {}, {}, [], {}, [], 0, [], [])
        try:
            return _converter().structure(json.loads(self._file.read_bytes()), _State)
        except Exception:  # noqa: BLE001, S110  whatever it is, its message may hold what lies there
            pass
        raise NotALedger

    def _save(self, state: _State) -> None:
        """Make it true in one step: whoever looks, or begins after a crash, sees old or new."""
        written = self._file.with_suffix(".new")
        owner_only = os.open(written, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with open(owner_only, "w", encoding="ascii") as new:  # noqa: PTH123  of a descriptor
            json.dump(_converter().unstructure(state), new)
            new.flush()
            os.fsync(new.fileno())  # the bytes are on the disk before the name points at them
        _ = written.replace(self._file)
        folder = os.open(self._file.parent, os.O_RDONLY)
        try:
            os.fsync(folder)  # and the name before anybody is told
        finally:
            os.close(folder)


if TYPE_CHECKING:
    _: type[WholeLedger] = JsonLedger
