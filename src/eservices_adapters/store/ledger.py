"""The ledger over SQL: one class for both engines.

Here: what the ports promise, piece by piece. Not here: the statements (`statements`, `audit_log`,
`claims`, `lists`, `mails`), how an engine begins and ends a transaction (`sqlite`, `postgres`), and
what the tables look like (`migrations`).
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Self

from eservices_adapters.store import audit_log, claims, lists, mails, mark, rekeying, statements
from eservices_adapters.store.at_rest import AtRest
from eservices_adapters.store.mark import MarkedEngine, MarkFile
from eservices_adapters.store.measured import MeasuredEngine, Told
from eservices_adapters.store.session import Done, Engine, Locks, Session
from eservices_core.events import StreamId
from eservices_core.outcome import Failure, Outcome, Success
from eservices_core.ports.audit_log import AuditLog, Checkpoint, Seal
from eservices_core.ports.claims import Claims, Held
from eservices_core.ports.ledger import (
    Answers,
    Archive,
    Audited,
    Change,
    CommitRefusal,
    KeyWasUsed,
    Ledger,
    Name,
    Recorded,
    Records,
    Stored,
)
from eservices_core.ports.lists import Listed, ListName, Lists
from eservices_core.ports.outbox import Handover, MailState, Outbox, Reported, TakenMail
from eservices_core.words.identifiers import (
    BookingId,
    ClinicId,
    ContentId,
    MailId,
    PractitionerId,
    UserId,
)
from eservices_core.words.interval import Interval


class SqlLedger:
    """Implements Ledger, Records, Claims, Lists, Archive, AuditLog and Outbox over an engine.

    Raises `StoreFailed` where the database does not answer: nobody knows whether the change was
    stored, so ask again under its key. `TryAgain`, which is one of those, means that it was not.
    """

    def __init__(self, engine: Engine, at_rest: AtRest) -> None:
        self._engine = engine
        self._at_rest = at_rest
        self._look: Callable[[], None] = _nobody_looks

    @property
    def engine(self) -> Engine:
        """What the statements run on: for looking after the store, never for what a port does."""
        return self._engine

    def tell(self, told: Told) -> None:
        """Tell of every change from now on; before `keep_mark`, if that is called."""
        assert self._look is _nobody_looks, "what the mark costs is no change"
        self._engine = MeasuredEngine(self._engine, told)

    def keep_mark(self, file: MarkFile) -> None:
        """Hold the store against its mark from now on, as `MarkedEngine` says.

        Raises:
            RestoredPast, SpoiltMark, OSError: as that says.
        """
        assert self._look is _nobody_looks, "a store has one mark"
        marked = MarkedEngine(self._engine, file)
        self._engine, self._look = marked, marked.look

    def look(self) -> None:
        """Hold the store against its mark, and note how far it has come; asks it, in any case.

        Raises:
            RestoredPast: it has gone back.
            StoreFailed: it does not answer.
        """
        _ = self._engine.read(mark.standing_of)
        self._look()

    def rekey(self) -> int:
        """Bring all content under the newest key (`rekeying`); says how much lay under another."""
        return rekeying.rekey(self._engine, self._at_rest)

    def close(self) -> None:
        """Close it; to use the ledger afterwards is a bug."""
        self._engine.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # --- Ledger --------------------------------------------------------------------------------

    def history(self, stream: StreamId, /) -> tuple[Recorded, ...]:
        """Give a stream's events in order."""
        return self._engine.read(lambda session: statements.history(session, stream))

    def histories(self, streams: Sequence[StreamId], /) -> Mapping[StreamId, tuple[Recorded, ...]]:
        """Give the events of many streams."""
        return self._engine.read(lambda session: statements.histories(session, streams))

    def answered(self, key: str, fingerprint: str, /) -> Outcome[Stored | None, KeyWasUsed]:
        """Give the answer that stands under a key; None if the key is new."""
        return self._engine.read(
            lambda session: statements.answer_under(session, self._at_rest, key, fingerprint)
        )

    def commit(self, change: Change, /) -> Outcome[Stored, CommitRefusal]:
        """Store all of a change, or nothing of it."""
        work = partial(_commit, self._at_rest, change)
        return self._engine.write(work, partial(_locks, change), repeatable=True)

    # --- Answers -------------------------------------------------------------------------------

    def forget_answers(self, stored_before: datetime, limit: int, /) -> int:
        """Erase the answers of changes from before an instant; say how many."""
        assert limit >= 0, "nobody forgets fewer than no answers"

        def work(session: Session) -> Done[int]:
            forgotten = statements.forget_answers(session, stored_before, limit)
            return Done(forgotten, erased=forgotten > 0)

        return self._engine.write(work)

    # --- Records -------------------------------------------------------------------------------

    def holder(self, name: Name, /) -> UserId | None:
        """Say who has a unique name now."""
        return self._engine.read(lambda session: statements.holder_of(session, name))

    def names_of(self, holder: UserId, /) -> frozenset[Name]:
        """Give all unique names that a user has now."""
        return self._engine.read(lambda session: statements.names_of(session, holder))

    def content(self, record: ContentId, /) -> str | None:
        """Read an erasable record of text; None if it was erased or never written."""
        return self._engine.read(
            lambda session: statements.content_of(session, self._at_rest, record)
        )

    def contents(self, records: Sequence[ContentId], /) -> Mapping[ContentId, str]:
        """Read many records of text; those that were erased or never written are not in it."""
        return self._engine.read(
            lambda session: statements.contents_of(session, self._at_rest, records)
        )

    def file(self, record: ContentId, /) -> bytes | None:
        """Read an erasable record of bytes; None if it was erased or never written."""
        return self._engine.read(lambda session: statements.file_of(session, self._at_rest, record))

    # --- Claims --------------------------------------------------------------------------------

    def live(
        self, clinic: ClinicId, practitioner: PractitionerId, within: Interval, /
    ) -> tuple[Held, ...]:
        """Give the claims in a practitioner's book that share a minute with `within`, by start."""
        return self._engine.read(lambda session: claims.live(session, clinic, practitioner, within))

    def live_at(self, clinic: ClinicId, within: Interval, /) -> tuple[Held, ...]:
        """Give those of all of a clinic's practitioners, by start, then by practitioner."""
        return self._engine.read(lambda session: claims.live_at(session, clinic, within))

    def held_by(self, booking: BookingId, /) -> Held | None:
        """Give a booking's claim; None where it has none."""
        return self._engine.read(lambda session: claims.held_by(session, booking))

    # --- Lists ---------------------------------------------------------------------------------

    def listed(
        self, name: ListName, limit: int, after: Listed | None = None, /
    ) -> tuple[Listed, ...]:
        """Give a page of a list in its order: at most `limit` of what lies after `after`."""
        return self._engine.read(lambda session: lists.listed(session, name, limit, after))

    def newest(
        self, name: ListName, limit: int, before: Listed | None = None, /
    ) -> tuple[Listed, ...]:
        """Give a page from a list's end: at most `limit` of what lies before `before`."""
        return self._engine.read(lambda session: lists.newest(session, name, limit, before))

    def every(
        self, limit: int, after: tuple[ListName, str] | None = None, /
    ) -> tuple[tuple[ListName, Listed], ...]:
        """Give a page of all that lies anywhere."""
        return self._engine.read(lambda session: lists.every(session, limit, after))

    def length(self, name: ListName, /) -> int:
        """Count what lies on a list."""
        return self._engine.read(lambda session: lists.length(session, name))

    def find(self, name: ListName, item: str, /) -> Listed | None:
        """Give an item of a list; None if it does not lie there."""
        return self._engine.read(lambda session: lists.find(session, name, item))

    # --- Archive -------------------------------------------------------------------------------

    def events_about(self, user: UserId, /) -> tuple[Recorded, ...]:
        """Give all events about a user, oldest first."""
        return self._engine.read(lambda session: statements.events_about(session, user))

    def streams(self, kind: str, after: str, limit: int, /) -> tuple[StreamId, ...]:
        """Give the streams of a kind by their keys, from after a key on."""
        return self._engine.read(lambda session: statements.streams(session, kind, after, limit))

    def audit_about(self, user: UserId, /) -> tuple[Audited, ...]:
        """Give the audit entries about a user, oldest first."""
        return self._engine.read(lambda session: statements.audit_about(session, user))

    def audit_of(self, stream: StreamId, /) -> tuple[Audited, ...]:
        """Give the audit entries of a stream, oldest first."""
        return self._engine.read(lambda session: statements.audit_of(session, stream))

    def mails_about(self, user: UserId, /) -> tuple[MailState, ...]:
        """Say what became of every mail about a user, oldest first."""
        return self._engine.read(lambda session: mails.mails_about(session, user))

    def mails_of(self, stream: StreamId, /) -> tuple[MailState, ...]:
        """Say what became of every mail of a stream, oldest first."""
        return self._engine.read(lambda session: mails.mails_of(session, stream))

    def mail(self, mail: MailId, /) -> MailState | None:
        """Say what became of one mail; None if there is none."""
        return self._engine.read(lambda session: mails.state_of(session, mail))

    def mail_states(self, asked: Sequence[MailId], /) -> Mapping[MailId, MailState]:
        """Say what became of many mails; those that there are not are not in it."""
        return self._engine.read(lambda session: mails.states_of(session, asked))

    # --- AuditLog ------------------------------------------------------------------------------

    def logs(self) -> tuple[ClinicId | None, ...]:
        """Name every log that has an entry, a seal or a checkpoint: the service's own first."""
        return self._engine.read(audit_log.logs)

    def audit_at(
        self, clinic: ClinicId | None, after_position: int, limit: int, /
    ) -> tuple[Audited, ...]:
        """Give a log's entries after a position, oldest first, at most `limit`."""
        assert limit >= 0, "nobody asks for fewer than no entries"
        return self._engine.read(
            lambda session: statements.audit_at(session, clinic, after_position, limit)
        )

    def seals(self, log: ClinicId | None, after_number: int, limit: int, /) -> tuple[Seal, ...]:
        """Give a log's seals after a number, oldest first, at most `limit`."""
        return self._engine.read(lambda session: audit_log.seals(session, log, after_number, limit))

    def newest_seal(self, log: ClinicId | None, /) -> Seal | None:
        """Give a log's newest seal; None if all were purged, or none was made."""
        return self._engine.read(lambda session: audit_log.newest_seal(session, log))

    def checkpoint(self, log: ClinicId | None, /) -> Checkpoint | None:
        """Say where a log was last purged to; None if never."""
        return self._engine.read(lambda session: audit_log.checkpoint(session, log))

    def add_seal(self, seal: Seal, /) -> bool:
        """Keep a seal; False, and no change, where there is one of its number, or was one."""
        return self._engine.write(lambda session: Done(audit_log.add_seal(session, seal)))

    def purge_audit(self, checkpoint: Checkpoint, /) -> int:
        """Remove a log's entries and seals up to the seal that a checkpoint names, for good."""
        return self._engine.write(partial(_purge, checkpoint))

    # --- Outbox --------------------------------------------------------------------------------

    def take(self, at: datetime, until: datetime, /) -> TakenMail | None:
        """Take the mail whose turn it is at an instant; None if none is due."""
        assert until > at, "a mail is taken for some time"
        if not self._engine.read(lambda session: mails.is_due(session, at)):
            return None

        def work(session: Session) -> Done[mails.Taken | None]:
            found = mails.take(session, at, until)
            if found is not None:
                mark.count_attempt(session)
            return Done(found)

        taken = self._engine.write(work)
        if taken is None:
            return None
        # It may leave now, and whoever restores an older state must hear of that.
        self._look()
        return mails.opened(self._at_rest, taken)

    def settle(
        self,
        mail: MailId,
        token: int,
        handover: Handover,
        at: datetime,
        next_try: datetime | None = None,
        /,
    ) -> None:
        """Note how an attempt ended, as `MailState.settled` says; nothing for an unknown mail."""
        _ = self._become(mail, lambda state: state.settled(token, handover, at, next_try))

    def hurry(self, mail: MailId, at: datetime, /) -> bool:
        """Have a mail that rests be due from an instant on; False for any other mail."""
        return self._become(mail, lambda state: state.hurried(at))

    def _become(self, mail: MailId, told: Callable[[MailState], MailState | None]) -> bool:
        def work(session: Session) -> Done[bool]:
            became = mails.become(session, mail, told)
            return Done(became.changed, erased=became.erased)

        return self._engine.write(work)

    def in_state(self, state: Handover, limit: int, /) -> tuple[MailState, ...]:
        """Give mails of a state, ended or not, oldest first, at most `limit`."""
        assert limit >= 0, "nobody asks for fewer than no mails"
        return self._engine.read(lambda session: mails.in_state(session, state, limit))

    def report(self, mail: MailId, reported: Reported, /) -> None:
        """Note what a delivery report said of a mail; nothing for an unknown mail."""

        def work(session: Session) -> Done[None]:
            mails.report(session, mail, reported)
            return Done(None)

        self._engine.write(work)

    def forget(self, settled_before: datetime, limit: int, /) -> int:
        """Forget mails that ended before an instant, oldest first, at most `limit`."""
        assert limit >= 0, "nobody forgets fewer than no mails"

        def work(session: Session) -> Done[int]:
            forgotten = mails.forget(session, settled_before, limit)
            return Done(forgotten, erased=forgotten > 0)

        return self._engine.write(work)


def _nobody_looks() -> None:
    """A store without a mark is not held against any."""


def _commit(
    at_rest: AtRest, change: Change, session: Session
) -> Done[Outcome[Stored, CommitRefusal]]:
    before = statements.before(session, at_rest, change)
    if isinstance(before, Failure):
        return Done(Failure(before.failure()), keep=False)
    first = before.unwrap()
    if first is not None:
        return Done(Success(first), keep=False)
    erased = statements.store(session, at_rest, change)
    return Done(Success(Stored(change.answer, repeated=False)), erased=erased)


def _locks(change: Change) -> Locks:
    """What the checks of a change look at; what they only look at, others may too."""
    written = {f"stream/{one.stream.kind}/{one.stream.key}" for one in change.appends if one.events}
    read = {f"stream/{one.stream.kind}/{one.stream.key}" for one in change.appends}
    names = {f"name/{act.name.kind.value}/{act.name.key.value}" for act in change.names}
    alone = {f"key/{change.key}", *written, *names, *claims.locks(change), *mails.locks(change)}
    return Locks(frozenset(alone), frozenset(read - written))


def _purge(checkpoint: Checkpoint, session: Session) -> Done[int]:
    removed = audit_log.purge(session, checkpoint)
    return Done(removed or 0, erased=removed is not None)


if TYPE_CHECKING:
    _ledger: type[Ledger] = SqlLedger
    _answers: type[Answers] = SqlLedger
    _records: type[Records] = SqlLedger
    _claims: type[Claims] = SqlLedger
    _lists: type[Lists] = SqlLedger
    _archive: type[Archive] = SqlLedger
    _audit_log: type[AuditLog] = SqlLedger
    _outbox: type[Outbox] = SqlLedger
