"""The ledger's state machine test: drawn histories, compared with a model after every step.

    class MyMachine(LedgerMachine):
        def open_ledger(self):
            return MyLedger(...)

    TestMyMachine = MyMachine.TestCase

Here: one store, used by one after another. Not here: what several do at once (`sharing`).
"""

from datetime import UTC, datetime, timedelta
from typing import Any

from attrs import evolve as with_changes
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from eservices_core.events import StreamId
from eservices_core.outcome import Failure, Outcome, Success
from eservices_core.ports.audit_log import Checkpoint, Seal
from eservices_core.ports.claims import (
    ClaimTime,
    Held,
    MoveClaim,
    ReleaseClaim,
    StaleClaim,
    TimeIsTaken,
)
from eservices_core.ports.ledger import (
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
    StaleStream,
    Stored,
    TakeName,
)
from eservices_core.ports.lists import Listed, ListName, PutOnList, TakeOffList
from eservices_core.ports.outbox import Handover, MailState, OutgoingMail, Reported, TakenMail
from eservices_core.testing.ledger_examples import WholeLedger
from eservices_core.testing.memory.audit_log import MemorySigner
from eservices_core.testing.strategies.changes import (
    BOOKINGS,
    CLINICS,
    LISTS,
    NAMES,
    RECORDS,
    STREAMS,
    USERS,
    changes,
)
from eservices_core.testing.strategies.words import instants
from eservices_core.usecases.audit_chain import Intact, make_checkpoint, make_seal, verify
from eservices_core.words.identifiers import BookingId, ClinicId, ContentId, UserId

_EVERYTHING = 1_000_000
_EARLY, _MIDDLE, _LATE = (datetime(year, 7, 1, tzinfo=UTC) for year in (1950, 2026, 2090))


def _place_of(listed: Listed) -> tuple[int, datetime, str]:
    return listed.place


class _Model:
    """What must be in the ledger: everything as lists and dictionaries, positions left out."""

    def __init__(self) -> None:
        self.changes: dict[str, Change] = {}
        self.events: list[Recorded] = []
        self.names: dict[Name, UserId] = {}
        self.claims: dict[BookingId, Held] = {}
        self.contents: dict[ContentId, str | bytes] = {}
        self.lists: dict[ListName, dict[str, Listed]] = {}
        self.mails: list[tuple[OutgoingMail, MailState]] = []
        self.audit: list[Audited] = []
        self.seals: dict[ClinicId | None, list[Seal]] = {}
        self.checkpoints: dict[ClinicId | None, Checkpoint] = {}

    def history(self, stream: StreamId) -> list[Recorded]:
        return [recorded for recorded in self.events if recorded.stream == stream]

    def answered(self, key: str, fingerprint: str) -> Outcome[Stored | None, KeyWasUsed]:
        first = self.changes.get(key)
        if first is None:
            return Success(None)
        if first.fingerprint != fingerprint:
            return Failure(KeyWasUsed())
        return Success(Stored(first.answer, repeated=True))

    def commit(self, change: Change) -> Outcome[Stored, CommitRefusal]:
        match self.answered(change.key, change.fingerprint):
            case Failure(refusal):
                return Failure(refusal)
            case Success(Stored() as first):
                return Success(first)
            case Success():
                pass
        for append in change.appends:
            if len(self.history(append.stream)) != append.expected:
                return Failure(StaleStream(append.stream))
        names = dict(self.names)
        for act in change.names:
            if names.get(act.name, act.holder) != act.holder:
                return Failure(NameIsTaken(act.name.kind))
            if isinstance(act, TakeName):
                names[act.name] = act.holder
            else:
                _ = names.pop(act.name, None)
        claims = dict(self.claims)
        refused = [claim_or_refuse(claims, act) for act in change.claims]
        taken = next((refusal for refusal in refused if refusal is not None), None)
        if taken is not None:
            return Failure(taken)
        self.names, self.claims = names, claims
        self._store(change)
        return Success(Stored(change.answer, repeated=False))

    def _list(self, change: Change) -> None:
        for listing in change.lists:
            match listing:
                case PutOnList(name, listed):
                    self.lists.setdefault(name, {})[listed.item] = listed
                case TakeOffList(name, item):
                    _ = self.lists.get(name, {}).pop(item, None)

    def _store(self, change: Change) -> None:
        self.changes[change.key] = change
        for append in change.appends:
            self.events += [
                Recorded(0, append.stream, version, event, append.about, change.at, change.by)
                for version, event in enumerate(append.events, start=append.expected + 1)
            ]
        for content in change.contents:
            match content:
                case PutContent(record, text=text):
                    self.contents[record] = text
                case PutFile(record, data=data):
                    self.contents[record] = data
                case EraseContent(record):
                    _ = self.contents.pop(record, None)
        self._list(change)
        for act in change.withdrawals:
            for place, (mail, state) in enumerate(self.mails):
                if act.fits(mail.about, mail.stream, mail.kind) and state.settled_at is None:
                    self.mails[place] = (mail, state.withdrawn(change.at))
        self.mails += [(mail, MailState(mail.mail, mail.kind, change.at)) for mail in change.mails]
        self.audit += [Audited(0, entry, change.at, change.by) for entry in change.audit]

    def take(self, at: datetime, until: datetime) -> TakenMail | None:
        heads: dict[object, int] = {}
        for place, (mail, state) in enumerate(self.mails):
            if state.settled_at is None:
                _ = heads.setdefault(mail.stream or mail.mail, place)
        never = [place for place in heads.values() if self.mails[place][1].next_try is None]
        tried = [(self.mails[place][1].next_try, place) for place in heads.values()]
        due = sorted((then, place) for then, place in tried if then and then <= at)
        for place in (*never, *(place for _, place in due)):
            mail, before = self.mails[place]
            after = before.taken(until)
            self.mails[place] = (mail, after)
            lost = before.in_hand_until is not None
            return TakenMail(mail, after.attempts, after.token, after_lost=lost)
        return None


def claim_or_refuse(
    claims: dict[BookingId, Held], act: ClaimTime | MoveClaim | ReleaseClaim
) -> TimeIsTaken | StaleClaim | None:
    """Carry out an act on a model's claims, minute by minute, or say why it cannot be."""
    if isinstance(act, ReleaseClaim):
        _ = claims.pop(act.booking, None)
        return None
    wanted = Held(act.booking, act.clinic, act.practitioner, act.interval)
    before = claims.get(act.booking)
    if isinstance(act, ClaimTime) and before not in {None, wanted}:
        return StaleClaim(act.booking)
    if isinstance(act, MoveClaim) and (before is None or before.clinic != act.clinic):
        return StaleClaim(act.booking)
    minutes = set(range(act.interval.start, act.interval.end))
    for one in claims.values():
        same_book = (one.clinic, one.practitioner) == (act.clinic, act.practitioner)
        others = one.booking != act.booking and same_book
        if others and minutes & set(range(one.interval.start, one.interval.end)):
            return TimeIsTaken(act.clinic, act.practitioner, act.interval)
    claims[act.booking] = wanted
    return None


def _without_position(found: tuple[Any, ...]) -> list[Any]:
    positions = [one.position for one in found]
    assert positions == sorted(set(positions)), "positions rise"
    return [with_changes(one, position=0) for one in found]


class LedgerMachine(RuleBasedStateMachine):
    """Commits, repeats and settles what Hypothesis draws; the ledger must do as the model does."""

    def __init__(self) -> None:
        super().__init__()
        self.ledger = self.open_ledger()
        self.model = _Model()
        self.signer = MemorySigner()

    def open_ledger(self) -> WholeLedger:
        """Required: give an empty ledger; its `close`, where it has one, is called at the end."""
        raise NotImplementedError("return a fresh, empty ledger")

    def teardown(self) -> None:
        """Close the ledger."""
        close = getattr(self.ledger, "close", None)
        if close is not None:
            close()

    @rule(change=changes(), aims=st.lists(st.sampled_from([0, 0, 0, 0, -1, 1]), min_size=2))
    def commit(self, change: Change, aims: list[int]) -> None:
        """A change is stored, repeated or refused as in the model; most aim well."""
        appends = tuple(
            with_changes(append, expected=max(0, len(self.model.history(append.stream)) + aim))
            for append, aim in zip(change.appends, aims, strict=False)
        )
        aimed = with_changes(change, appends=appends)
        assert self.ledger.commit(aimed) == self.model.commit(aimed), "commits answer as the model"

    @precondition(lambda self: self.model.changes)
    @rule(data=st.data())
    def repeat(self, data: st.DataObject) -> None:
        """A change that was stored gets its first answer, and nothing more happens."""
        change = data.draw(st.sampled_from(list(self.model.changes.values())))
        again = Success(Stored(change.answer, repeated=True))
        assert self.ledger.commit(change) == again, "a repetition gets the first answer"
        assert self.ledger.answered(change.key, change.fingerprint) == again
        assert self.ledger.answered(change.key, "another command") == Failure(KeyWasUsed())

    @rule(at=instants(), minutes=st.integers(1, 100_000))
    def take(self, at: datetime, minutes: int) -> None:
        """A worker takes the model's mail, or nothing, as the model does."""
        until = at + timedelta(minutes=minutes)
        assert self.ledger.take(at, until) == self.model.take(at, until), "takes the model's mail"

    @rule(at=st.sampled_from([_EARLY, _MIDDLE, _LATE]))
    def take_every_one(self, at: datetime) -> None:
        """A worker takes all that is due, in the model's order."""
        until = at + timedelta(days=1)
        while (expected := self.model.take(at, until)) is not None:
            assert self.ledger.take(at, until) == expected, "takes the model's mails"
        assert self.ledger.take(at, until) is None, "takes no more than the model's mails"

    @precondition(lambda self: self.model.mails)
    @rule(
        data=st.data(),
        handover=st.sampled_from([one for one in Handover if one is not Handover.WITHDRAWN]),
        at=instants(),
        behind=st.sampled_from([0, 0, 0, 1, 2]),
    )
    def settle(self, data: st.DataObject, handover: Handover, at: datetime, behind: int) -> None:
        """An attempt ends: the newest one, or one whose mail somebody else has taken since."""
        place = data.draw(st.integers(min_value=0, max_value=len(self.model.mails) - 1))
        again = {Handover.WAITING: instants(), Handover.AMBIGUOUS: st.none() | instants()}
        next_try = data.draw(again.get(handover, st.none()))
        mail, state = self.model.mails[place]
        token = max(state.token - behind, 1)
        self.ledger.settle(mail.mail, token, handover, at, next_try)
        self.model.mails[place] = (mail, state.settled(token, handover, at, next_try))

    @precondition(lambda self: self.model.mails)
    @rule(data=st.data(), at=instants())
    def hurry(self, data: st.DataObject, at: datetime) -> None:
        """Somebody would have a mail tried now."""
        place = data.draw(st.integers(min_value=0, max_value=len(self.model.mails) - 1))
        mail, state = self.model.mails[place]
        hurried = state.hurried(at)
        assert self.ledger.hurry(mail.mail, at) is (hurried is not None), "only who rests hurries"
        self.model.mails[place] = (mail, hurried or state)

    @rule(before=instants(), limit=st.integers(0, 3))
    def forget(self, before: datetime, limit: int) -> None:
        """Mails that ended are forgotten, the oldest ends first."""
        ended = [
            (state.settled_at, place)
            for place, (_, state) in enumerate(self.model.mails)
            if state.settled_at is not None and state.settled_at < before
        ]
        going = {place for _, place in sorted(ended)[:limit]}
        assert self.ledger.forget(before, limit) == len(going), "as many are forgotten"
        self.model.mails = [one for place, one in enumerate(self.model.mails) if place not in going]

    @precondition(lambda self: self.model.mails)
    @rule(data=st.data(), reported=st.sampled_from(Reported))
    def report(self, data: st.DataObject, reported: Reported) -> None:
        """A delivery report comes, for a mail in whatever state."""
        place = data.draw(st.integers(min_value=0, max_value=len(self.model.mails) - 1))
        mail, state = self.model.mails[place]
        self.ledger.report(mail.mail, reported)
        self.model.mails[place] = (mail, with_changes(state, reported=reported))

    @rule(log=st.sampled_from((None, *CLINICS)), limit=st.integers(1, 3), at=instants())
    def seal(self, log: ClinicId | None, limit: int, at: datetime) -> None:
        """Some more of a log is sealed; the same number is never sealed twice."""
        before = self.ledger.newest_seal(log) or self.ledger.checkpoint(log)
        entries = self.ledger.audit_at(log, 0 if before is None else before.through, limit)
        if entries:
            seal = make_seal(before, entries, at, self.signer)
            assert self.ledger.add_seal(seal) is True, "a new number is sealed"
            assert self.ledger.add_seal(seal) is False, "a number is sealed once"
            self.model.seals.setdefault(log, []).append(seal)

    @rule(log=st.sampled_from((None, *CLINICS)), data=st.data(), at=instants())
    def purge(self, log: ClinicId | None, data: st.DataObject, at: datetime) -> None:
        """The beginning of a log is purged, up to one of its seals."""
        seals = self.model.seals.get(log)
        if seals:
            last = data.draw(st.integers(0, len(seals) - 1))
            checkpoint = make_checkpoint(seals[last], at, self.signer)
            going = sum(len(seal.digests) for seal in seals[: last + 1])
            assert self.ledger.purge_audit(checkpoint) == going, "a purge counts what went"
            self.model.seals[log] = seals[last + 1 :]
            self.model.checkpoints[log] = checkpoint
            mine = [one for one in self.model.audit if one.entry.clinic == log]
            for one in mine[:going]:
                index = next(i for i, kept in enumerate(self.model.audit) if kept is one)
                del self.model.audit[index]

    @invariant()
    def histories_agree(self) -> None:
        """Every stream holds the model's events."""
        for stream in STREAMS:
            found = _without_position(self.ledger.history(stream))
            assert found == self.model.history(stream), "histories are the model's"

    @invariant()
    def records_agree(self) -> None:
        """Every name and record is the model's."""
        for name in NAMES:
            assert self.ledger.holder(name) == self.model.names.get(name), "names are the model's"
        for record in RECORDS:
            content = self.model.contents.get(record)
            text, data = self.ledger.content(record), self.ledger.file(record)
            assert text is None or data is None, "a record is text or bytes, never both"
            assert (data if text is None else text) == content, "contents are the model's"
        for booking in BOOKINGS:
            claim = self.model.claims.get(booking)
            assert self.ledger.held_by(booking) == claim, "claims are the model's"

    @invariant()
    def lists_agree(self) -> None:
        """Every list has the model's items, in order, page by page."""
        for name in LISTS:
            every = tuple(sorted(self.model.lists.get(name, {}).values(), key=_place_of))
            assert self.ledger.length(name) == len(every), "lists are as long as the model's"
            assert self.ledger.listed(name, _EVERYTHING) == every, "lists are the model's"
            last = None
            for one in every:
                assert self.ledger.listed(name, 1, last) == (one,), "pages follow each other"
                assert self.ledger.find(name, one.item) == one, "each item is the model's"
                last = one
            assert self.ledger.listed(name, 1, last) == (), "a list ends"
            assert self.ledger.newest(name, _EVERYTHING) == every[::-1], "and can be turned"
        everything = {(name, one.item) for name, one in self.ledger.every(_EVERYTHING)}
        assert everything == {
            (name, item) for name, lies in self.model.lists.items() for item in lies
        }

    @invariant()
    def archives_agree(self) -> None:
        """What is told about every user is the model's."""
        for user in USERS:
            events = [recorded for recorded in self.model.events if recorded.about == user]
            audit = [audited for audited in self.model.audit if audited.entry.about == user]
            mails = tuple(state for mail, state in self.model.mails if mail.about == user)
            assert _without_position(self.ledger.events_about(user)) == events
            assert _without_position(self.ledger.audit_about(user)) == audit
            assert self.ledger.mails_about(user) == mails, "mails are the model's"
        for stream in STREAMS:
            audit = [audited for audited in self.model.audit if audited.entry.stream == stream]
            mails = tuple(state for mail, state in self.model.mails if mail.stream == stream)
            assert _without_position(self.ledger.audit_of(stream)) == audit
            assert self.ledger.mails_of(stream) == mails, "mails of a stream are the model's"
        for clinic in (None, *CLINICS):
            audit = [audited for audited in self.model.audit if audited.entry.clinic == clinic]
            found = self.ledger.audit_at(clinic, 0, _EVERYTHING)
            assert _without_position(found) == audit, "a clinic's entries are the model's"
            assert self.ledger.audit_at(clinic, 0, 1) == found[:1], "pages are as long as asked"
            seals = tuple(self.model.seals.get(clinic, ()))
            assert self.ledger.seals(clinic, 0, _EVERYTHING) == seals, "seals are the model's"
            assert self.ledger.newest_seal(clinic) == (seals[-1] if seals else None)
            assert self.ledger.checkpoint(clinic) == self.model.checkpoints.get(clinic)
            finding = verify(clinic, self.model.checkpoints.get(clinic), seals, found, self.signer)
            assert isinstance(finding, Intact), "a log that only grew and was purged verifies"
            for place, one in enumerate(found[-3:], start=max(0, len(found) - 3)):
                after = self.ledger.audit_at(clinic, one.position, _EVERYTHING)
                assert after == found[place + 1 :], "pages follow each other"
        for mail, state in self.model.mails[-3:]:
            assert self.ledger.mail(mail.mail) == state, "each mail is the model's"

    @invariant()
    def outboxes_agree(self) -> None:
        """The mails in every state are the model's."""
        for word in Handover:
            every = tuple(state for _, state in self.model.mails if state.state is word)
            assert self.ledger.in_state(word, _EVERYTHING) == every, "states are the model's"
            assert self.ledger.in_state(word, 1) == every[:1], "as many as asked for"
