"""Every promise about outgoing mail can be broken: stores that each break one, and what notices."""

from datetime import datetime

import pytest
from attrs import evolve as with_changes
from hypothesis import Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from eservices_core.outcome import Failure, Outcome, Success
from eservices_core.ports.ledger import (
    Change,
    CommitRefusal,
    DueMail,
    Handover,
    KeyWasUsed,
    MailState,
    Reported,
    Stored,
    WithdrawMails,
)
from eservices_core.testing.contracts import LedgerMachine, OutboxContract, WholeLedger
from eservices_core.testing.contracts.outbox import MUCH_LATER
from eservices_core.testing.ledger_examples import ANNA, STREAM
from eservices_core.testing.memory import MemoryLedger
from eservices_core.words.identifiers import MailId
from tests.contracts.sabotage import Case, assert_noticed

pytestmark = pytest.mark.leaks("a broken promise shows both sides of its assertion")


class _ForgetsKeys(MemoryLedger):
    """Every commit is a new one."""

    def _answered(self, key: str, fingerprint: str) -> Outcome[Stored | None, KeyWasUsed]:
        del key, fingerprint
        return Success(None)


class _Rewrites(MemoryLedger):
    """What became of a mail is written down, and then rewritten."""

    def rewritten(self, before: MailState, after: MailState) -> MailState:
        """Spoil what became of a mail."""
        del before
        return after

    def settle(
        self, mail: MailId, handover: Handover, at: datetime, next_try: datetime | None = None, /
    ) -> None:
        before = self.mail(mail)
        super().settle(mail, handover, at, next_try)
        self._rewrite(mail, before)

    def _withdraw(self, change: Change) -> None:
        before = {mail: kept.state for mail, kept in self._mails.items()}
        super()._withdraw(change)
        for mail, state in before.items():
            self._rewrite(mail, state)

    def _rewrite(self, mail: MailId, before: MailState | None) -> None:
        kept = self._mails.get(mail)
        if kept is not None and before is not None and kept.state != before:
            state = self.rewritten(before, kept.state)
            self._mails[mail] = with_changes(kept, state=state)


class _ForgetsAmbiguous(_Rewrites):
    """A mail that may have arrived is as good as arrived."""

    def rewritten(self, before: MailState, after: MailState) -> MailState:
        """Take no answer for a yes."""
        del before
        arrived = after.state is Handover.AMBIGUOUS
        return with_changes(after, state=Handover.HANDED_OVER) if arrived else after


class _ForgetsThatItMayHaveArrived(_Rewrites):
    """The last attempt is what counts."""

    def rewritten(self, before: MailState, after: MailState) -> MailState:
        """Take the last word for all of it."""
        last = after.state is Handover.AMBIGUOUS and before.state is not Handover.AMBIGUOUS
        return with_changes(after, may_have_arrived=last)


class _SettlesForNothing(_Rewrites):
    """What may have arrived is withdrawn as if it had never left."""

    def rewritten(self, before: MailState, after: MailState) -> MailState:
        """Say that it never left."""
        if before.settled_at is None and after.settled_at and after.state is Handover.AMBIGUOUS:
            return with_changes(after, state=Handover.WITHDRAWN)
        return after


class _HearsNothingLate(_Rewrites):
    """What has ended has ended."""

    def rewritten(self, before: MailState, after: MailState) -> MailState:
        """Keep the first end, whatever came of it."""
        return before if before.settled_at is not None else after


class _SettlesAgain(_Rewrites):
    """The last end stands."""

    def settle(
        self, mail: MailId, handover: Handover, at: datetime, next_try: datetime | None = None, /
    ) -> None:
        super().settle(mail, handover, at, next_try)
        kept = self._mails.get(mail)
        if kept is not None and kept.state.settled_at is not None:
            self._mails[mail] = with_changes(kept, state=with_changes(kept.state, settled_at=at))


class _DoesNotCount(_Rewrites):
    """Nobody knows how often a mail was tried."""

    def rewritten(self, before: MailState, after: MailState) -> MailState:
        """Begin again."""
        del before
        return with_changes(after, attempts=1)


class _BelievesTheFirst(MemoryLedger):
    """The first report stands."""

    def report(self, mail: MailId, reported: Reported, /) -> None:
        state = self.mail(mail)
        if state is not None and state.reported is None:
            super().report(mail, reported)


class _EndsWhatFailed(MemoryLedger):
    """A mail whose report says that it failed has been refused."""

    def report(self, mail: MailId, reported: Reported, /) -> None:
        super().report(mail, reported)
        if reported is Reported.FAILED:
            self.settle(mail, Handover.REFUSED, MUCH_LATER)


class _ForgetsReports(_Rewrites):
    """What a report said is forgotten when there is other news."""

    def rewritten(self, before: MailState, after: MailState) -> MailState:
        """Forget it."""
        del before
        return with_changes(after, reported=None)


class _NeverRests(MemoryLedger):
    """A mail is tried again at once."""

    def due(self, limit: int, at: datetime, /) -> tuple[DueMail, ...]:
        del at
        return super().due(limit, MUCH_LATER)


class _RestsForGood(MemoryLedger):
    """A mail that was tried rests until after its next try."""

    def due(self, limit: int, at: datetime, /) -> tuple[DueMail, ...]:
        due = super().due(1_000, at)
        late = [one for one in due if (state := self.mail(one.mail.mail)) and state.next_try == at]
        return tuple(one for one in due if one not in late)[:limit]


class _OldestFirst(MemoryLedger):
    """The oldest mail is tried first, however often that was in vain."""

    def due(self, limit: int, at: datetime, /) -> tuple[DueMail, ...]:
        places = list(self._mails)
        found = sorted(super().due(1_000, at), key=lambda one: places.index(one.mail.mail))
        return tuple(found[:limit])


class _ComparesTexts(MemoryLedger):
    """A next try is compared as it is written."""

    def due(self, limit: int, at: datetime, /) -> tuple[DueMail, ...]:
        tries = {
            mail: kept.state.next_try.isoformat() if kept.state.next_try else ""
            for mail, kept in self._mails.items()
        }
        found = super().due(limit, MUCH_LATER)
        return tuple(one for one in found if tries[one.mail.mail] <= at.isoformat())


class _TakesFromTheOutbox(MemoryLedger):
    """Whoever asks gets a mail, and nobody after them."""

    def due(self, limit: int, at: datetime, /) -> tuple[DueMail, ...]:
        taken = super().due(limit, at)
        for one in taken:
            _ = self._mails.pop(one.mail.mail)
        return taken


class _NewestMailFirst(MemoryLedger):
    """The newest mail is sent first."""

    def due(self, limit: int, at: datetime, /) -> tuple[DueMail, ...]:
        return super().due(1_000, at)[::-1][:limit]


class _ForgetsStreams(MemoryLedger):
    """A mail overtakes the others of its stream."""

    def _queue(self, change: Change) -> None:
        super()._queue(change)
        for mail in change.mails:
            self._mails[mail.mail] = with_changes(self._mails[mail.mail], stream=None)


class _HoldsUpStreams(MemoryLedger):
    """Of a stream one mail is sent."""

    def due(self, limit: int, at: datetime, /) -> tuple[DueMail, ...]:
        ended = {kept.stream for kept in self._mails.values() if kept.state.settled_at} - {None}
        return tuple(one for one in super().due(1_000, at) if one.mail.stream not in ended)[:limit]


class _ToleratesMailIds(MemoryLedger):
    """A second mail of an id takes the first one's place."""

    def _commit(self, change: Change) -> Outcome[Stored, CommitRefusal]:
        for mail in change.mails:
            _ = self._mails.pop(mail.mail, None)
        return super()._commit(change)


class _WithdrawsItsOwn(MemoryLedger):
    """A change withdraws what it brings, too."""

    def _queue(self, change: Change) -> None:
        super()._queue(change)
        super()._withdraw(change)


class _WithdrawsWhenRefused(MemoryLedger):
    """What a refused change would withdraw is withdrawn."""

    def _commit(self, change: Change) -> Outcome[Stored, CommitRefusal]:
        outcome = super()._commit(change)
        if isinstance(outcome, Failure):
            self._withdraw(change)
        return outcome


class _WithdrawsAnyKind(MemoryLedger):
    """All kinds are withdrawn."""

    def _withdraw(self, change: Change) -> None:
        acts = tuple(with_changes(act, kinds=None) for act in change.withdrawals)
        super()._withdraw(with_changes(change, withdrawals=acts))


class _WithdrawsFromAnybody(MemoryLedger):
    """Where a stream is named, it does not matter whose mail it is."""

    def _withdraw(self, change: Change) -> None:
        acts = tuple(
            with_changes(act, about=None) if act.stream is not None else act
            for act in change.withdrawals
        )
        super()._withdraw(with_changes(change, withdrawals=acts))


class _WithdrawsNothing(MemoryLedger):
    """What was queued is sent."""

    def _withdraw(self, change: Change) -> None:
        del change


OUTBOX = OutboxContract()
ANY_KIND = WithdrawMails(ANNA, kinds=frozenset()), ""

CASES = (
    Case(_ForgetsKeys, OUTBOX.test_a_repetition_sends_nothing),
    Case(_ForgetsAmbiguous, OUTBOX.test_what_may_have_arrived_says_so),
    Case(_ForgetsAmbiguous, OUTBOX.test_ambiguous_can_be_an_end),
    Case(_ForgetsThatItMayHaveArrived, OUTBOX.test_what_may_have_arrived_says_so),
    Case(_ForgetsThatItMayHaveArrived, OUTBOX.test_an_ambiguous_mail_can_end, (Handover.REFUSED,)),
    Case(_SettlesForNothing, OUTBOX.test_a_withdrawn_mail_may_have_arrived),
    Case(_SettlesForNothing, OUTBOX.test_an_ambiguous_mail_can_end, (Handover.GIVEN_UP,)),
    Case(_HearsNothingLate, OUTBOX.test_handed_over_wins, (Handover.WITHDRAWN,)),
    Case(_HearsNothingLate, OUTBOX.test_what_was_in_hand_tells_the_truth, (), 2),
    Case(
        _HearsNothingLate,
        OUTBOX.test_the_first_end_stands,
        (Handover.REFUSED, Handover.AMBIGUOUS),
    ),
    Case(_SettlesAgain, OUTBOX.test_the_first_end_stands, (Handover.REFUSED, Handover.EXPIRED)),
    Case(_DoesNotCount, OUTBOX.test_a_mail_rests, (Handover.WAITING,)),
    Case(_NeverRests, OUTBOX.test_a_mail_rests, (Handover.AMBIGUOUS,)),
    Case(_RestsForGood, OUTBOX.test_a_mail_rests, (Handover.WAITING,)),
    Case(_OldestFirst, OUTBOX.test_nobody_starves),
    Case(_ComparesTexts, OUTBOX.test_the_pause_is_in_instants),
    Case(_TakesFromTheOutbox, OUTBOX.test_asking_does_not_take),
    Case(_NewestMailFirst, OUTBOX.test_the_oldest_is_first),
    Case(_ForgetsStreams, OUTBOX.test_a_stream_s_mails_keep_their_order),
    Case(_HoldsUpStreams, OUTBOX.test_a_stream_s_mails_keep_their_order),
    Case(_ToleratesMailIds, OUTBOX.test_a_mail_id_is_used_once),
    Case(_WithdrawsItsOwn, OUTBOX.test_a_change_s_own_mails_stay),
    Case(_WithdrawsWhenRefused, OUTBOX.test_a_refused_change_withdraws_nothing),
    Case(_WithdrawsAnyKind, OUTBOX.test_only_what_fits_is_withdrawn, ANY_KIND),
    Case(
        _WithdrawsFromAnybody,
        OUTBOX.test_only_what_fits_is_withdrawn,
        (WithdrawMails(ANNA, STREAM), "ab"),
    ),
    Case(_BelievesTheFirst, OUTBOX.test_a_report_is_noted, (Handover.HANDED_OVER,)),
    Case(_EndsWhatFailed, OUTBOX.test_a_report_is_noted, (Handover.WAITING,)),
    Case(_ForgetsReports, OUTBOX.test_a_report_is_seen_and_kept, (), 2),
    Case(_WithdrawsNothing, OUTBOX.test_a_withdrawn_mail_has_ended),
)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_a_broken_promise_is_noticed(case: Case) -> None:
    """A store that breaks a promise about mail fails that promise's test, which says its name."""
    assert_noticed(case)


@pytest.mark.parametrize("saboteur", [_NewestMailFirst, _OldestFirst, _NeverRests, _ForgetsStreams])
def test_the_machine_notices(saboteur: type[MemoryLedger]) -> None:
    """The state machine notices what is due at the wrong time or in the wrong order."""

    class Machine(LedgerMachine):
        def open_ledger(self) -> WholeLedger:
            return saboteur()

    with pytest.raises(AssertionError):
        run_state_machine_as_test(Machine, settings=settings(phases=[Phase.generate]))
