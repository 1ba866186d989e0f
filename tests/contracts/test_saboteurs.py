"""Every promise can be broken: adapters that each break one, and the promise that notices."""

from collections.abc import Callable
from contextlib import nullcontext
from datetime import datetime
from time import sleep

import pytest
from attrs import evolve as with_changes
from attrs import frozen
from hypothesis import Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from eservices_core.outcome import Failure, Outcome, Success
from eservices_core.ports.ledger import (
    Append,
    Audited,
    BySystem,
    Change,
    CommitRefusal,
    Handover,
    KeyWasUsed,
    MailState,
    Name,
    NameIsTaken,
    OutgoingMail,
    Recorded,
    ReleaseName,
    StaleStream,
    Stored,
    StreamId,
    TakeName,
)
from eservices_core.testing.contracts import (
    ArchiveContract,
    LedgerContract,
    LedgerMachine,
    OutboxContract,
    WholeLedger,
)
from eservices_core.testing.ledger_examples import ACTORS
from eservices_core.testing.memory import MemoryLedger
from eservices_core.words.identifiers import ContentId, MailId, UserId


class _KeepsHalf(MemoryLedger):
    """The audit entries of a refused change stay."""

    def _commit(self, change: Change) -> Outcome[Stored, CommitRefusal]:
        outcome = super()._commit(change)
        if isinstance(outcome, Failure):
            for entry in change.audit:
                self._audit.append((Audited(1, entry, change.at, change.by), entry.about))
        return outcome


class _IgnoresVersions(MemoryLedger):
    """Whoever appends is welcome."""

    def _commit(self, change: Change) -> Outcome[Stored, CommitRefusal]:
        appends = tuple(
            with_changes(append, expected=len(self._streams.get(append.stream, ())))
            for append in change.appends
        )
        return super()._commit(with_changes(change, appends=appends))


class _TakesAnyHigherVersion(MemoryLedger):
    """Only versions that were passed are stale."""

    def _commit(self, change: Change) -> Outcome[Stored, CommitRefusal]:
        appends = tuple(
            with_changes(
                append,
                expected=min(append.expected, len(self._streams.get(append.stream, ()))),
            )
            for append in change.appends
        )
        return super()._commit(with_changes(change, appends=appends))


class _SkipsEmptyAppends(MemoryLedger):
    """An append without events is not looked at."""

    def _commit(self, change: Change) -> Outcome[Stored, CommitRefusal]:
        appends = tuple(append for append in change.appends if append.events)
        return super()._commit(with_changes(change, appends=appends))


class _LooksAtNamesFirst(MemoryLedger):
    """Names are looked at before versions."""

    def _commit(self, change: Change) -> Outcome[Stored, CommitRefusal]:
        names = self._named(change)
        return Failure(names) if isinstance(names, NameIsTaken) else super()._commit(change)


class _LooksAtVersionsFirst(MemoryLedger):
    """Versions are looked at before the key."""

    def _commit(self, change: Change) -> Outcome[Stored, CommitRefusal]:
        for append in change.appends:
            if len(self._streams.get(append.stream, ())) != append.expected:
                return Failure(StaleStream(append.stream))
        return super()._commit(change)


class _UsesUpKeys(MemoryLedger):
    """A refused commit uses up its key."""

    def _commit(self, change: Change) -> Outcome[Stored, CommitRefusal]:
        outcome = super()._commit(change)
        _ = self._answers.setdefault(change.key, (change.fingerprint, change.answer))
        return outcome


class _GivesTheLastAnswer(MemoryLedger):
    """A repetition gets its own answer back."""

    def _commit(self, change: Change) -> Outcome[Stored, CommitRefusal]:
        outcome = super()._commit(change)
        if isinstance(outcome, Success) and outcome.unwrap().repeated:
            return Success(Stored(change.answer, repeated=True))
        return outcome


class _ForgetsKeys(MemoryLedger):
    """Every commit is a new one."""

    def _answered(self, key: str, fingerprint: str) -> Outcome[Stored | None, KeyWasUsed]:
        del key, fingerprint
        return Success(None)


class _NeverMindsTheCommand(MemoryLedger):
    """Whoever has the key gets its answer."""

    def _answered(self, key: str, fingerprint: str) -> Outcome[Stored | None, KeyWasUsed]:
        first, _ = self._answers.get(key, (fingerprint, ""))
        return super()._answered(key, first)


class _FoldsKeys(MemoryLedger):
    """Keys are compared without their case, as some databases do."""

    def _commit(self, change: Change) -> Outcome[Stored, CommitRefusal]:
        return super()._commit(with_changes(change, key=change.key.lower()))


class _AppendsInReverse(MemoryLedger):
    """The last event is written first."""

    def _commit(self, change: Change) -> Outcome[Stored, CommitRefusal]:
        appends = tuple(
            with_changes(append, events=append.events[::-1]) for append in change.appends
        )
        return super()._commit(with_changes(change, appends=appends))


class _ForgetsWhoDidIt(MemoryLedger):
    """Every change is the system's."""

    def _store(self, change: Change, names: dict[Name, UserId | None]) -> None:
        super()._store(with_changes(change, by=BySystem()), names)


class _ReleasesAnybodys(MemoryLedger):
    """Anybody can release a name."""

    def _named(self, change: Change) -> dict[Name, UserId | None] | NameIsTaken:
        names = tuple(
            ReleaseName(act.name, self._names.get(act.name, act.holder))
            if isinstance(act, ReleaseName)
            else act
            for act in change.names
        )
        return super()._named(with_changes(change, names=names))


class _TakesFirst(MemoryLedger):
    """All names are taken before any is released."""

    def _named(self, change: Change) -> dict[Name, UserId | None] | NameIsTaken:
        names = sorted(change.names, key=lambda act: isinstance(act, ReleaseName))
        return super()._named(with_changes(change, names=tuple(names)))


class _GivesNamesAway(MemoryLedger):
    """The last taker has the name."""

    def _named(self, change: Change) -> dict[Name, UserId | None] | NameIsTaken:
        return {act.name: act.holder if isinstance(act, TakeName) else None for act in change.names}


class _CutsTexts(MemoryLedger):
    """A text ends at its first NUL."""

    def content(self, record: ContentId, /) -> str | None:
        text = super().content(record)
        return text and text.partition("\0")[0]


class _RefusesSurrogates(MemoryLedger):
    """A text must have a UTF-8 form."""

    def commit(self, change: Change, /) -> Outcome[Stored, CommitRefusal]:
        _ = change.answer.encode()
        return super().commit(change)


class _WritesOnce(MemoryLedger):
    """What was written stays."""

    def _store(self, change: Change, names: dict[Name, UserId | None]) -> None:
        before = dict(self._contents)
        super()._store(change, names)
        self._contents.update(before)


class _ErasesLast(MemoryLedger):
    """A change's records are written, and then the erasing is done."""

    def _store(self, change: Change, names: dict[Name, UserId | None]) -> None:
        contents = sorted(change.contents, key=lambda act: not hasattr(act, "text"))
        super()._store(with_changes(change, contents=tuple(contents)), names)


class _IsStale(MemoryLedger):
    """What was read once is remembered."""

    def __init__(self) -> None:
        super().__init__()
        self._read: dict[StreamId, tuple[Recorded, ...]] = {}

    def history(self, stream: StreamId, /) -> tuple[Recorded, ...]:
        return self._read.setdefault(stream, super().history(stream))


class _HasNoLock(MemoryLedger):
    """Between looking and writing there is time for others."""

    def __init__(self) -> None:
        super().__init__()
        vars(self)["_lock"] = nullcontext()

    def _named(self, change: Change) -> dict[Name, UserId | None] | NameIsTaken:
        names = super()._named(change)
        sleep(0.001)
        return names


class _ShowsHalf(MemoryLedger):
    """Readers do not wait for writers, and writers are slow."""

    def history(self, stream: StreamId, /) -> tuple[Recorded, ...]:
        return tuple(self._streams.get(stream, ()))

    def _append(self, append: Append, change: Change) -> None:
        for event in append.events:
            super()._append(with_changes(append, events=(event,)), change)
            sleep(0.001)


class _ForgetsAmbiguous(MemoryLedger):
    """A mail that may have arrived is as good as arrived."""

    def settle(self, mail: MailId, handover: Handover, at: datetime, /) -> None:
        gone = Handover.HANDED_OVER if handover is Handover.AMBIGUOUS else handover
        super().settle(mail, gone, at)


class _ForgetsThatItMayHaveArrived(MemoryLedger):
    """A later attempt in vain makes an ambiguous mail one that waits."""

    def settle(self, mail: MailId, handover: Handover, at: datetime, /) -> None:
        super().settle(mail, handover, at)
        kept = self._mails.get(mail)
        if handover is Handover.WAITING and kept is not None and kept.mail is not None:
            self._mails[mail] = with_changes(kept, state=with_changes(kept.state, state=handover))


class _SettlesAgain(MemoryLedger):
    """The last end stands."""

    def settle(self, mail: MailId, handover: Handover, at: datetime, /) -> None:
        super().settle(mail, handover, at)
        kept = self._mails.get(mail)
        if kept is not None and kept.state.settled_at is not None:
            self._mails[mail] = with_changes(kept, state=with_changes(kept.state, settled_at=at))


class _TakesFromTheOutbox(MemoryLedger):
    """Whoever asks gets a mail, and nobody after them."""

    def due(self, limit: int, /) -> tuple[OutgoingMail, ...]:
        taken = super().due(limit)
        for mail in taken:
            _ = self._mails.pop(mail.mail)
        return taken


class _NewestMailFirst(MemoryLedger):
    """The newest mail is sent first."""

    def due(self, limit: int, /) -> tuple[OutgoingMail, ...]:
        return super().due(1_000)[::-1][:limit]


class _ToleratesMailIds(MemoryLedger):
    """A second mail of an id takes the first one's place."""

    def _commit(self, change: Change) -> Outcome[Stored, CommitRefusal]:
        for mail in change.mails:
            _ = self._mails.pop(mail.mail, None)
        return super()._commit(change)


class _TellsOfOthers(MemoryLedger):
    """What is about nobody is about everybody."""

    def events_about(self, user: UserId, /) -> tuple[Recorded, ...]:
        return tuple(one for one in self.events() if one.about in {user, None})


class _TellsNewestFirst(MemoryLedger):
    """The newest entry is told first."""

    def audit_about(self, user: UserId, /) -> tuple[Audited, ...]:
        return super().audit_about(user)[::-1]

    def mails_about(self, user: UserId, /) -> tuple[MailState, ...]:
        return super().mails_about(user)[::-1]


LEDGER, OUTBOX, ARCHIVE = LedgerContract(), OutboxContract(), ArchiveContract()
SPOILT = "a version that is too low"


@frozen
class _Case:
    """A saboteur, the promise that it breaks, and what that promise's test is given."""

    saboteur: type[MemoryLedger]
    promise: Callable[..., object]
    more: tuple[object, ...] = ()
    handles: int = 1

    def __str__(self) -> str:
        return f"{self.saboteur.__name__[1:]}-{self.promise.__name__}"

    def keep(self, ledger: MemoryLedger) -> None:
        """Run the promise's test; six handles are a race's, which come in a list."""
        _ = self.promise(
            *([[ledger] * 6] if self.handles == 6 else [ledger] * self.handles), *self.more
        )


CASES = (
    _Case(_KeepsHalf, LEDGER.test_a_refused_change_leaves_nothing, (SPOILT,)),
    _Case(_KeepsHalf, ARCHIVE.test_a_refused_commit_is_not_audited),
    _Case(_IgnoresVersions, LEDGER.test_another_version_is_refused, (1,)),
    _Case(_IgnoresVersions, LEDGER.test_the_stale_stream_is_named),
    _Case(_TakesAnyHigherVersion, LEDGER.test_another_version_is_refused, (3,)),
    _Case(_SkipsEmptyAppends, LEDGER.test_an_append_without_events_checks_its_version),
    _Case(_LooksAtNamesFirst, LEDGER.test_versions_are_looked_at_before_the_names),
    _Case(_LooksAtVersionsFirst, LEDGER.test_the_key_is_looked_at_before_the_versions),
    _Case(_LooksAtVersionsFirst, LEDGER.test_a_repetition_gets_the_first_answer),
    _Case(_UsesUpKeys, LEDGER.test_a_refused_change_can_be_made_good, (SPOILT,)),
    _Case(_GivesTheLastAnswer, LEDGER.test_a_repetition_gets_the_first_answer),
    _Case(_ForgetsKeys, LEDGER.test_a_repetition_gets_the_first_answer),
    _Case(_ForgetsKeys, OUTBOX.test_a_repetition_sends_nothing),
    _Case(_NeverMindsTheCommand, LEDGER.test_another_command_under_the_key_is_refused),
    _Case(_NeverMindsTheCommand, LEDGER.test_an_answer_can_be_asked_for),
    _Case(_FoldsKeys, LEDGER.test_keys_are_compared_exactly),
    _Case(_AppendsInReverse, LEDGER.test_events_keep_their_order),
    _Case(_ForgetsWhoDidIt, LEDGER.test_an_event_keeps_what_surrounds_it, (ACTORS[0],)),
    _Case(_ForgetsWhoDidIt, ARCHIVE.test_an_entry_keeps_who_and_when),
    _Case(_ReleasesAnybodys, LEDGER.test_nobody_releases_another_s_name),
    _Case(_TakesFirst, LEDGER.test_a_name_can_move_in_one_change),
    _Case(_GivesNamesAway, LEDGER.test_a_name_has_one_holder),
    _Case(_GivesNamesAway, LEDGER.test_two_cannot_take_a_name_in_one_change),
    _Case(_CutsTexts, LEDGER.test_a_text_comes_back_exactly, ("a\0b",)),
    _Case(_RefusesSurrogates, LEDGER.test_a_text_comes_back_exactly, ("\ud800",)),
    _Case(_WritesOnce, LEDGER.test_a_record_is_overwritten),
    _Case(_WritesOnce, LEDGER.test_an_erased_record_is_none),
    _Case(_ErasesLast, LEDGER.test_writes_happen_in_their_order),
    _Case(_IsStale, LEDGER.test_own_writes_are_seen),
    _Case(_IsStale, LEDGER.test_others_writes_are_seen, (), 2),
    _Case(_IsStale, LEDGER.test_no_count_is_lost, (), 6),
    _Case(_HasNoLock, LEDGER.test_one_append_wins, (), 6),
    _Case(_HasNoLock, LEDGER.test_one_taker_wins, (), 6),
    _Case(_HasNoLock, LEDGER.test_one_key_has_one_effect, (), 6),
    _Case(_ShowsHalf, LEDGER.test_nobody_sees_half_a_change, (), 2),
    _Case(_ForgetsAmbiguous, OUTBOX.test_what_may_have_arrived_says_so),
    _Case(_ForgetsThatItMayHaveArrived, OUTBOX.test_what_may_have_arrived_says_so),
    _Case(_SettlesAgain, OUTBOX.test_the_first_end_stands, (Handover.REFUSED, Handover.EXPIRED)),
    _Case(_TakesFromTheOutbox, OUTBOX.test_asking_does_not_take),
    _Case(_NewestMailFirst, OUTBOX.test_the_oldest_is_first),
    _Case(_ToleratesMailIds, OUTBOX.test_a_mail_id_is_used_once),
    _Case(_TellsOfOthers, ARCHIVE.test_users_are_kept_apart),
    _Case(_TellsNewestFirst, ARCHIVE.test_entries_keep_their_order),
    _Case(_TellsNewestFirst, ARCHIVE.test_mails_keep_their_order),
)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_a_broken_promise_is_noticed(case: _Case) -> None:
    """A ledger that breaks a promise fails that promise's test, which says its name."""
    case.keep(MemoryLedger())
    with pytest.raises(BaseException) as broken:  # noqa: PT011  however it breaks
        case.keep(case.saboteur())
    assert [note for note in broken.value.__notes__ if note.startswith("broken promise: ")]


@pytest.mark.parametrize(
    "saboteur",
    [
        _KeepsHalf,
        _LooksAtVersionsFirst,
        _NewestMailFirst,
        _RefusesSurrogates,
        _WritesOnce,
    ],
)
def test_the_machine_notices(saboteur: type[MemoryLedger]) -> None:
    """The state machine alone notices what can be noticed by one after another."""

    class Machine(LedgerMachine):
        def open_ledger(self) -> WholeLedger:
            return saboteur()

    with pytest.raises((AssertionError, UnicodeError)):
        run_state_machine_as_test(Machine, settings=settings(phases=[Phase.generate]))
