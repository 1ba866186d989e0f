"""Every promise about outgoing mail can be broken: stores that each break one, and what notices."""

from datetime import datetime, timedelta
from time import sleep
from typing import Any, TypeAlias

import pytest
from attrs import evolve as with_changes
from hypothesis import Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from eservices_core.outcome import Failure, Outcome, Success
from eservices_core.ports.ledger import Change, CommitRefusal, KeyWasUsed, Stored
from eservices_core.ports.outbox import (
    Handover,
    MailState,
    OutgoingMail,
    Reported,
    TakenMail,
    WithdrawMails,
)
from eservices_core.testing.contracts import LedgerMachine, OutboxContract, WholeLedger
from eservices_core.testing.contracts.outbox import MUCH_LATER
from eservices_core.testing.ledger_examples import ANNA, HELD, STREAM, TICK
from eservices_core.testing.memory import MemoryLedger
from eservices_core.words.identifiers import MailId
from tests.contracts.sabotage import RUNNERS, Case, assert_noticed

Due: TypeAlias = tuple[OutgoingMail, MailState]

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

    def settle(self, mail: MailId, token: int, handover: Handover, *ended: Any) -> None:
        before = self.mail(mail)
        super().settle(mail, token, handover, *ended)
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

    def settle(self, mail: MailId, token: int, handover: Handover, *ended: Any) -> None:
        super().settle(mail, token, handover, *ended)
        kept = self._mails.get(mail)
        if kept is not None and kept.state.settled_at is not None:
            state = with_changes(kept.state, settled_at=ended[0])
            self._mails[mail] = with_changes(kept, state=state)


class _DoesNotCount(_Rewrites):
    """Nobody knows how often a mail was tried."""

    def rewritten(self, before: MailState, after: MailState) -> MailState:
        """Begin again."""
        del before
        return with_changes(after, attempts=1)


class _RevivesTheEnded(_Rewrites):
    """A late word that a mail waits has it tried again."""

    def settle(self, mail: MailId, token: int, handover: Handover, *ended: Any) -> None:
        super().settle(mail, token, handover, *ended)
        kept = self._mails.get(mail)
        if kept is not None and kept.state.settled_at and handover is Handover.WAITING:
            state = with_changes(kept.state, settled_at=None, next_try=ended[1])
            self._mails[mail] = with_changes(kept, state=state)


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
            taken = self.take(MUCH_LATER, MUCH_LATER + HELD)
            assert taken is not None
            self.settle(mail, taken.token, Handover.REFUSED, MUCH_LATER)


class _ForgetsReports(_Rewrites):
    """What a report said is forgotten when there is other news."""

    def rewritten(self, before: MailState, after: MailState) -> MailState:
        """Forget it."""
        del before
        return with_changes(after, reported=None)


class _NeverRests(MemoryLedger):
    """A mail is tried again at once."""

    def _due(self, at: datetime) -> Due | None:
        return super()._due(at + timedelta(days=100_000))


class _RestsForGood(MemoryLedger):
    """A mail that was tried rests until after its next try."""

    def _due(self, at: datetime) -> Due | None:
        return super()._due(at - TICK)


class _Orders(MemoryLedger):
    """What is due has its turn in another order."""

    def order(self, due: list[Due]) -> list[Due]:
        """Give another order."""
        raise NotImplementedError

    def _due(self, at: datetime) -> Due | None:
        found: list[Due] = []
        left = dict(self._mails)
        while (one := super()._due(at)) is not None:
            found.append(one)
            # What comes behind it in its stream stays behind it.
            after = with_changes(one[1], next_try=at + TICK)
            kept = self._mails[one[0].mail]
            self._mails[one[0].mail] = with_changes(kept, state=after)
        self._mails = left
        return next(iter(self.order(found)), None)


class _OldestFirst(_Orders):
    """The oldest mail is tried first, however often that was in vain."""

    def order(self, due: list[Due]) -> list[Due]:
        """Put the oldest first."""
        places = list(self._mails)
        return sorted(due, key=lambda one: places.index(one[0].mail))


class _NewestMailFirst(_Orders):
    """The newest mail is sent first."""

    def order(self, due: list[Due]) -> list[Due]:
        """Turn it around."""
        return due[::-1]


class _ComparesTexts(MemoryLedger):
    """A next try is compared as it is written."""

    def _due(self, at: datetime) -> Due | None:
        for kept in self._mails.values():
            tried = kept.state.next_try
            if kept.mail and (tried is None or tried.isoformat() <= at.isoformat()):
                return kept.mail, kept.state
        return None


class _GivesAway(MemoryLedger):
    """Whoever asks gets a mail, whoever has it."""

    def take(self, at: datetime, until: datetime, /) -> TakenMail | None:
        taken = super().take(at, until)
        if taken is not None and taken.mail.mail.value == "mail":
            kept = self._mails[taken.mail.mail]
            state = with_changes(kept.state, next_try=None)
            self._mails[taken.mail.mail] = with_changes(kept, state=state)
        return taken


class _KeepsInMind(MemoryLedger):
    """Who has which mail is known to nobody else: a worker that dies has never begun."""

    def take(self, at: datetime, until: datetime, /) -> TakenMail | None:
        due = super()._due(at)
        taken = super().take(at, until)
        if taken is not None and due is not None:
            kept = self._mails[taken.mail.mail]
            state = with_changes(due[1], next_try=until, token=taken.token)
            self._mails[taken.mail.mail] = with_changes(kept, state=state)
        return taken


class _ForgetsWhoDied(MemoryLedger):
    """An attempt whose end nobody has told was none."""

    def take(self, at: datetime, until: datetime, /) -> TakenMail | None:
        due = super()._due(at)
        if due is not None:
            kept = self._mails[due[0].mail]
            state = with_changes(kept.state, in_hand_until=None)
            self._mails[due[0].mail] = with_changes(kept, state=state)
        return super().take(at, until)


class _SaysNoToken(_Rewrites):
    """All takings of a mail have the same token."""

    def take(self, at: datetime, until: datetime, /) -> TakenMail | None:
        taken = super().take(at, until)
        if taken is None:
            return None
        kept = self._mails[taken.mail.mail]
        self._mails[taken.mail.mail] = with_changes(kept, state=with_changes(kept.state, token=1))
        return with_changes(taken, token=1)


class _BelievesAnybody(MemoryLedger):
    """Whoever settles a mail is believed, whoever has it now."""

    def settle(self, mail: MailId, token: int, handover: Handover, *ended: Any) -> None:
        state = self.mail(mail)
        super().settle(mail, token if state is None else state.token, handover, *ended)


class _SettlesTwice(MemoryLedger):
    """A word that is repeated counts again."""

    def settle(self, mail: MailId, token: int, handover: Handover, *ended: Any) -> None:
        super().settle(mail, token, handover, *ended)
        kept = self._mails.get(mail)
        if kept is not None and kept.state.token == token:
            in_hand = with_changes(kept.state, in_hand_until=MUCH_LATER)
            self._mails[mail] = with_changes(kept, state=in_hand)


class _OnlyInTime(MemoryLedger):
    """Whoever is late is not heard."""

    def settle(self, mail: MailId, token: int, handover: Handover, *ended: Any) -> None:
        state = self.mail(mail)
        late = state is not None and state.in_hand_until and state.in_hand_until <= ended[0]
        if not late:
            super().settle(mail, token, handover, *ended)


class _HurriesAnybody(MemoryLedger):
    """Any open mail is made due, also one that is in somebody's hand."""

    def hurry(self, mail: MailId, at: datetime, /) -> bool:
        kept = self._mails.get(mail)
        if kept is None or kept.mail is None:
            return False
        state = with_changes(kept.state, next_try=at)
        self._mails[mail] = with_changes(kept, state=state)
        return True


class _HurriesNobody(MemoryLedger):
    """What rests, rests."""

    def hurry(self, mail: MailId, at: datetime, /) -> bool:
        del mail, at
        return False


class _TellsOfTheOpen(MemoryLedger):
    """Of a state, only what has not ended is told."""

    def in_state(self, state: Handover, limit: int, /) -> tuple[MailState, ...]:
        found = super().in_state(state, 1_000_000)
        return tuple(one for one in found if one.settled_at is None)[:limit]


class _RemembersWhereItWas(MemoryLedger):
    """Who has come as far as one id looks only at later ones."""

    _newest = ""

    def _due(self, at: datetime) -> Due | None:
        due = super()._due(at)
        if due is None or due[0].mail.value <= self._newest:
            return None
        self._newest = due[0].mail.value
        return due


class _TakesUnlocked(MemoryLedger):
    """Between looking and taking, another looks."""

    def take(self, at: datetime, until: datetime, /) -> TakenMail | None:
        due = super()._due(at)
        if due is None:
            return None
        sleep(0.001)
        kept = self._mails[due[0].mail]
        self._mails[due[0].mail] = with_changes(kept, state=due[1].taken(until))
        return TakenMail(due[0], due[1].attempts, due[1].token + 1)


class _ForgetsStreams(MemoryLedger):
    """A mail overtakes the others of its stream."""

    def _queue(self, change: Change) -> None:
        super()._queue(change)
        for mail in change.mails:
            self._mails[mail.mail] = with_changes(self._mails[mail.mail], stream=None)


class _HoldsUpStreams(MemoryLedger):
    """Of a stream one mail is sent."""

    def _due(self, at: datetime) -> Due | None:
        ended = {kept.stream for kept in self._mails.values() if kept.state.settled_at} - {None}
        hidden = {mail: kept for mail, kept in self._mails.items() if kept.stream in ended}
        whole = self._mails
        self._mails = {mail: kept for mail, kept in whole.items() if mail not in hidden}
        found = super()._due(at)
        self._mails = whole
        return found


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
    Case(_HearsNothingLate, OUTBOX.test_handed_over_wins, (Handover.EXPIRED,)),
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
    Case(_GivesAway, OUTBOX.test_a_mail_is_in_one_hand, (), 2),
    Case(_KeepsInMind, OUTBOX.test_to_take_is_to_begin, (), 2),
    Case(_ForgetsWhoDied, OUTBOX.test_an_attempt_without_an_end_may_have_arrived),
    Case(_SaysNoToken, OUTBOX.test_a_stale_word_decides_nothing, (Handover.WAITING,)),
    Case(_BelievesAnybody, OUTBOX.test_a_stale_word_decides_nothing, (Handover.WAITING,)),
    Case(_SettlesTwice, OUTBOX.test_a_mail_is_settled_once, (Handover.WAITING,)),
    Case(_OnlyInTime, OUTBOX.test_whoever_is_late_but_alone_still_tells),
    Case(_RevivesTheEnded, OUTBOX.test_a_stale_word_revives_nothing),
    Case(_ForgetsStreams, OUTBOX.test_what_is_in_hand_holds_up_its_stream),
    Case(_HurriesAnybody, OUTBOX.test_who_rests_can_be_hurried),
    Case(_HurriesNobody, OUTBOX.test_who_rests_can_be_hurried),
    Case(_TellsOfTheOpen, OUTBOX.test_mails_are_found_by_their_state),
    Case(_ForgetsStreams, OUTBOX.test_a_withdrawn_mail_holds_up_nobody),
    Case(_RemembersWhereItWas, OUTBOX.test_no_mail_is_passed_over, (), 2),
    Case(_TakesUnlocked, OUTBOX.test_of_many_workers_each_mail_has_one, (), RUNNERS),
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


@pytest.mark.parametrize(
    "saboteur", [_NewestMailFirst, _OldestFirst, _NeverRests, _ForgetsStreams, _ForgetsWhoDied]
)
def test_the_machine_notices(saboteur: type[MemoryLedger]) -> None:
    """The state machine notices what is due at the wrong time or in the wrong order."""

    class Machine(LedgerMachine):
        def open_ledger(self) -> WholeLedger:
            return saboteur()

    with pytest.raises(AssertionError):
        run_state_machine_as_test(Machine, settings=settings(phases=[Phase.generate]))
