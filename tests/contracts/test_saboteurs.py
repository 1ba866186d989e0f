"""Every promise can be broken: ledgers that each break one, and the promise that notices."""

from collections.abc import Mapping, Sequence
from contextlib import nullcontext
from time import sleep

import pytest
from attrs import evolve as with_changes
from hypothesis import Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from eservices_core.events import StreamId
from eservices_core.outcome import Failure, Outcome, Success
from eservices_core.ports.claims import Held, StaleClaim, TimeIsTaken
from eservices_core.ports.ledger import (
    Append,
    Audited,
    BySystem,
    Change,
    CommitRefusal,
    KeyWasUsed,
    Name,
    NameIsTaken,
    Recorded,
    ReleaseName,
    StaleStream,
    Stored,
    TakeName,
)
from eservices_core.ports.outbox import MailState
from eservices_core.testing.contracts import (
    ArchiveContract,
    LedgerContract,
    LedgerMachine,
    OutboxContract,
    WholeLedger,
)
from eservices_core.testing.ledger_examples import ACTORS
from eservices_core.testing.memory import MemoryLedger
from eservices_core.words.identifiers import BookingId, ContentId, MailId, UserId
from tests.contracts.sabotage import Case, assert_noticed

pytestmark = pytest.mark.leaks("a broken promise shows both sides of its assertion")


class _KeepsHalf(MemoryLedger):
    """The audit entries of a refused change stay."""

    def _commit(self, change: Change) -> Outcome[Stored, CommitRefusal]:
        outcome = super()._commit(change)
        if isinstance(outcome, Failure):
            for entry in change.audit:
                self._audit.append(Audited(1, entry, change.at, change.by))
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


class _LooksAtClaimsFirst(MemoryLedger):
    """Claims are looked at before names."""

    def _commit(self, change: Change) -> Outcome[Stored, CommitRefusal]:
        held = self._claimed(change)
        stale = isinstance(held, TimeIsTaken | StaleClaim)
        return Failure(held) if stale else super()._commit(change)


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

    def _store(
        self, change: Change, names: dict[Name, UserId | None], held: dict[BookingId, Held]
    ) -> None:
        super()._store(with_changes(change, by=BySystem()), names, held)


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


class _ForgetsEarlierNames(MemoryLedger):
    """Of a user's names only one is found."""

    def names_of(self, holder: UserId, /) -> frozenset[Name]:
        return frozenset(sorted(super().names_of(holder), key=repr)[:1])


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

    def _store(
        self, change: Change, names: dict[Name, UserId | None], held: dict[BookingId, Held]
    ) -> None:
        before = dict(self._contents)
        super()._store(change, names, held)
        self._contents.update(before)


class _ErasesLast(MemoryLedger):
    """A change's records are written, and then the erasing is done."""

    def _store(
        self, change: Change, names: dict[Name, UserId | None], held: dict[BookingId, Held]
    ) -> None:
        contents = sorted(change.contents, key=lambda act: not hasattr(act, "text"))
        super()._store(with_changes(change, contents=tuple(contents)), names, held)


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


class _TellsOfEveryStream(MemoryLedger):
    """What is of no stream, or of one that is written alike, is of every stream."""

    def audit_of(self, stream: StreamId, /) -> tuple[Audited, ...]:
        names = {stream.key.lower()}
        return tuple(
            one
            for one in self.audit()
            if one.entry.stream is None or one.entry.stream.key.lower() in names
        )


class _TellsOfMailsLate(MemoryLedger):
    """What became of a mail is told as it was when somebody asked first."""

    def __init__(self) -> None:
        super().__init__()
        self._told: dict[MailId, MailState | None] = {}

    def mail(self, mail: MailId, /) -> MailState | None:
        return self._told.setdefault(mail, super().mail(mail))


class _ReadsManyOfOneKind(MemoryLedger):
    """Many at once are asked for by the first one's kind."""

    def histories(self, streams: Sequence[StreamId], /) -> Mapping[StreamId, tuple[Recorded, ...]]:
        found = super().histories(streams)
        return {one: found[one] if one.kind == streams[0].kind else () for one in streams}


class _LeavesOutTheEmpty(MemoryLedger):
    """A stream that nobody has begun is not in the answer."""

    def histories(self, streams: Sequence[StreamId], /) -> Mapping[StreamId, tuple[Recorded, ...]]:
        return {one: found for one, found in super().histories(streams).items() if found}


class _ReadsSoMany(MemoryLedger):
    """What is asked for beyond a number is not read."""

    def contents(self, records: Sequence[ContentId], /) -> Mapping[ContentId, str]:
        return super().contents(records[:500])


class _RemembersMany(MemoryLedger):
    """What was read once with others is remembered."""

    def __init__(self) -> None:
        super().__init__()
        self._many: dict[StreamId, tuple[Recorded, ...]] = {}

    def histories(self, streams: Sequence[StreamId], /) -> Mapping[StreamId, tuple[Recorded, ...]]:
        return {
            one: self._many.setdefault(one, found)
            for one, found in super().histories(streams).items()
        }


class _ReadsFilesAsTexts(MemoryLedger):
    """A file is read as a text."""

    def contents(self, records: Sequence[ContentId], /) -> Mapping[ContentId, str]:
        files = {one: f"{self.file(one)!r}" for one in records if self.file(one) is not None}
        return {**super().contents(records), **files}


class _KnowsMailsByHeart(MemoryLedger):
    """Many mails at once all wait."""

    def mail_states(self, mails: Sequence[MailId], /) -> Mapping[MailId, MailState]:
        found = super().mail_states(mails)
        return {one: MailState(one, state.kind, state.queued_at) for one, state in found.items()}


class _FindsFoldedStreams(MemoryLedger):
    """Keys are sorted as people sort them."""

    def streams(self, kind: str, after: str, limit: int, /) -> tuple[StreamId, ...]:
        found = super().streams(kind, after, 1000)
        return tuple(sorted(found, key=lambda one: one.key.lower())[:limit])


LEDGER, OUTBOX, ARCHIVE = LedgerContract(), OutboxContract(), ArchiveContract()
SPOILT = "a version that is too low"
BULK = StreamId("user", "a")


CASES = (
    Case(_KeepsHalf, LEDGER.test_a_refused_change_leaves_nothing, (SPOILT,)),
    Case(_KeepsHalf, ARCHIVE.test_a_refused_commit_is_not_audited),
    Case(_IgnoresVersions, LEDGER.test_another_version_is_refused, (1,)),
    Case(_IgnoresVersions, LEDGER.test_the_stale_stream_is_named),
    Case(_TakesAnyHigherVersion, LEDGER.test_another_version_is_refused, (3,)),
    Case(_SkipsEmptyAppends, LEDGER.test_an_append_without_events_checks_its_version),
    Case(_LooksAtNamesFirst, LEDGER.test_versions_are_looked_at_before_the_names),
    Case(_LooksAtClaimsFirst, LEDGER.test_names_are_looked_at_before_the_claims),
    Case(_LooksAtVersionsFirst, LEDGER.test_the_key_is_looked_at_before_the_versions),
    Case(_LooksAtVersionsFirst, LEDGER.test_a_repetition_gets_the_first_answer),
    Case(_UsesUpKeys, LEDGER.test_a_refused_change_can_be_made_good, (SPOILT,)),
    Case(_GivesTheLastAnswer, LEDGER.test_a_repetition_gets_the_first_answer),
    Case(_ForgetsKeys, LEDGER.test_a_repetition_gets_the_first_answer),
    Case(_ForgetsKeys, OUTBOX.test_a_repetition_sends_nothing),
    Case(_NeverMindsTheCommand, LEDGER.test_another_command_under_the_key_is_refused),
    Case(_NeverMindsTheCommand, LEDGER.test_an_answer_can_be_asked_for),
    Case(_FoldsKeys, LEDGER.test_keys_are_compared_exactly),
    Case(_AppendsInReverse, LEDGER.test_events_keep_their_order),
    Case(_ForgetsWhoDidIt, LEDGER.test_an_event_keeps_what_surrounds_it, (ACTORS[0],)),
    Case(_ForgetsWhoDidIt, ARCHIVE.test_an_entry_keeps_who_and_when),
    Case(_ReleasesAnybodys, LEDGER.test_nobody_releases_another_s_name),
    Case(_TakesFirst, LEDGER.test_a_name_can_move_in_one_change),
    Case(_GivesNamesAway, LEDGER.test_a_name_has_one_holder),
    Case(_GivesNamesAway, LEDGER.test_two_cannot_take_a_name_in_one_change),
    Case(_ForgetsEarlierNames, LEDGER.test_all_of_a_user_s_names_are_found),
    Case(_CutsTexts, LEDGER.test_a_text_comes_back_exactly, ("a\0b",)),
    Case(_RefusesSurrogates, LEDGER.test_a_text_comes_back_exactly, ("\ud800",)),
    Case(_WritesOnce, LEDGER.test_a_record_is_overwritten),
    Case(_WritesOnce, LEDGER.test_an_erased_record_is_none),
    Case(_ErasesLast, LEDGER.test_writes_happen_in_their_order),
    Case(_IsStale, LEDGER.test_own_writes_are_seen),
    Case(_IsStale, LEDGER.test_others_writes_are_seen, (), 2),
    Case(_IsStale, LEDGER.test_no_count_is_lost, (), 6),
    Case(_HasNoLock, LEDGER.test_one_append_wins, (), 6),
    Case(_HasNoLock, LEDGER.test_one_taker_wins, (), 6),
    Case(_HasNoLock, LEDGER.test_one_key_has_one_effect, (), 6),
    Case(_ShowsHalf, LEDGER.test_nobody_sees_half_a_change, (), 2),
    Case(_ReadsManyOfOneKind, LEDGER.test_each_history_is_as_if_read_alone, (BULK,)),
    Case(_LeavesOutTheEmpty, LEDGER.test_a_stream_without_events_is_there_and_empty),
    Case(_ReadsSoMany, LEDGER.test_any_number_can_be_asked_for),
    Case(_RemembersMany, LEDGER.test_histories_are_never_stale, (), 2),
    Case(_ReadsFilesAsTexts, LEDGER.test_texts_are_read_together),
    Case(_KnowsMailsByHeart, LEDGER.test_mails_are_asked_for_together),
    Case(_FindsFoldedStreams, LEDGER.test_streams_are_found_by_their_kind),
    Case(_TellsOfOthers, ARCHIVE.test_users_are_kept_apart),
    Case(_TellsNewestFirst, ARCHIVE.test_entries_keep_their_order),
    Case(_TellsNewestFirst, ARCHIVE.test_mails_keep_their_order),
    Case(_TellsOfEveryStream, ARCHIVE.test_a_stream_s_mails_and_entries_are_found),
    Case(_TellsOfMailsLate, ARCHIVE.test_one_mail_can_be_asked_for, (), 2),
)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_a_broken_promise_is_noticed(case: Case) -> None:
    """A ledger that breaks a promise fails that promise's test, which says its name."""
    assert_noticed(case)


@pytest.mark.parametrize(
    "saboteur",
    [
        _KeepsHalf,
        _LooksAtVersionsFirst,
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
