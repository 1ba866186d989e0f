"""The outbox's contract, of mails in somebody's hand: whose they are, for how long, who may tell.

Not here: whose turn it is, and how mails end (`outbox`).
"""

from typing import Final

import pytest
from attrs import evolve as with_changes

from eservices_core.ports.outbox import Handover, MailState, TakenMail
from eservices_core.testing import racing
from eservices_core.testing.contracts.base import LedgerFixtures
from eservices_core.testing.ledger_examples import (
    AT,
    HELD,
    LATER,
    STREAM,
    TICK,
    OpensLedger,
    WholeLedger,
    a_change,
    a_mail,
    settle_next,
    take_all,
)
from eservices_core.words.identifiers import MailId

MAIL: Final = MailId("mail")
LET_GO: Final = AT + HELD
"""When a mail that was taken at AT is anybody's again."""
WORDS: Final = tuple(one for one in Handover if one is not Handover.WITHDRAWN)
RUNNERS: Final = 6
"""Threads in a race."""
PROCESSES: Final = 3
"""Processes in a race."""
_RACED: Final = tuple(f"mail-{number:02}" for number in range(24))


def _queue(ledger: WholeLedger, *names: str) -> None:
    mails = tuple(map(a_mail, names))
    _ = ledger.commit(with_changes(a_change(f"queue-{names[0]}"), mails=mails)).unwrap()


def _told(ledger: WholeLedger, mail: MailId = MAIL) -> MailState:
    state = ledger.mail(mail)
    assert state is not None
    return state


def _assert_each_taken_once(runs: list[list[str]]) -> None:
    assert sorted(name for run in runs for name in run) == list(_RACED)


class HoldingContract(LedgerFixtures):
    """What an Outbox promises of mails that were taken; a part of `OutboxContract`."""

    def test_a_mail_is_in_one_hand(self, ledger: WholeLedger, other: WholeLedger) -> None:
        """What one worker has taken, no other gets before its time is over (faults: 145)."""
        _queue(ledger, "mail")
        taken = ledger.take(AT, LET_GO)
        assert taken == TakenMail(a_mail("mail"), 0, 1)
        for handle in (ledger, other):
            assert handle.take(AT, LET_GO) is None
            assert handle.take(LET_GO - TICK, LET_GO) is None
        assert other.take(LET_GO, LET_GO + HELD) == TakenMail(a_mail("mail"), 1, 2, after_lost=True)

    def test_to_take_is_to_begin(self, ledger: WholeLedger, other: WholeLedger) -> None:
        """That an attempt has begun is stored before anything is sent, and seen by all."""
        _queue(ledger, "mail")
        _ = ledger.take(AT, LET_GO)
        state = _told(other)
        assert (state.in_hand_until, state.next_try, state.token) == (LET_GO, LET_GO, 1)
        assert (state.state, state.attempts) == (Handover.WAITING, 0)
        assert not state.may_have_arrived

    def test_an_attempt_without_an_end_may_have_arrived(self, ledger: WholeLedger) -> None:
        """A mail whose worker died is tried again, and counts as ambiguous (faults: 144)."""
        _queue(ledger, "mail")
        for lost in range(1, 4):
            at = AT + (lost - 1) * HELD
            assert ledger.take(at, at + HELD) is not None
            assert _told(ledger).attempts == lost - 1
        state = _told(ledger)
        assert (state.state, state.may_have_arrived) == (Handover.AMBIGUOUS, True)
        (taken,) = take_all(ledger, AT + 3 * HELD)
        assert taken == TakenMail(a_mail("mail"), 3, 4, after_lost=True)
        ledger.settle(MAIL, 4, Handover.REFUSED, AT + 3 * HELD)
        assert _told(ledger).may_have_arrived, "what was refused last may have arrived before"
        assert _told(ledger).attempts == 4  # noqa: PLR2004  three lost, one refused

    def test_a_settled_mail_was_not_lost(self, ledger: WholeLedger) -> None:
        """An attempt whose end was told is no lost one, however late the next one begins."""
        _queue(ledger, "mail")
        _ = settle_next(ledger, Handover.WAITING, AT, LATER)
        taken = ledger.take(LET_GO + HELD, LET_GO + 2 * HELD)
        assert taken == TakenMail(a_mail("mail"), 1, 2)
        assert not _told(ledger).may_have_arrived

    def test_whoever_is_late_but_alone_still_tells(self, ledger: WholeLedger) -> None:
        """A worker whose time is over still settles its mail, as long as nobody else took it."""
        _queue(ledger, "mail")
        taken = ledger.take(AT, LATER)
        assert taken is not None
        ledger.settle(MAIL, taken.token, Handover.WAITING, LET_GO, LET_GO + HELD)
        state = _told(ledger)
        assert (state.state, state.attempts, state.next_try) == (
            Handover.WAITING,
            1,
            LET_GO + HELD,
        )
        assert state.in_hand_until is None

    @pytest.mark.parametrize("handover", WORDS)
    def test_a_stale_word_decides_nothing(self, ledger: WholeLedger, handover: Handover) -> None:
        """Whoever has lost a mail to another only adds what cannot be undone (faults: 145)."""
        _queue(ledger, "mail")
        slow, quick = ledger.take(AT, LATER), ledger.take(LATER, LET_GO)
        assert slow is not None
        assert quick is not None
        assert quick.token > slow.token
        before = _told(ledger)
        next_try = LATER + TICK if handover in {Handover.WAITING, Handover.AMBIGUOUS} else None
        ledger.settle(MAIL, slow.token, handover, LATER, next_try)
        expected = before
        if handover is Handover.HANDED_OVER:
            expected = with_changes(before, state=handover, settled_at=LATER, next_try=None)
        assert _told(ledger) == expected
        assert take_all(ledger, LET_GO - TICK) == []
        ledger.settle(MAIL, quick.token, Handover.HANDED_OVER, LET_GO)
        after = _told(ledger)
        assert after.state is Handover.HANDED_OVER
        assert (after.attempts, after.in_hand_until) == (2, None), "both attempts count"
        assert after.settled_at == (LATER if handover is Handover.HANDED_OVER else LET_GO)

    @pytest.mark.parametrize("handover", WORDS)
    def test_a_mail_is_settled_once(self, ledger: WholeLedger, handover: Handover) -> None:
        """A word that is said twice counts once: who never heard that it was noted repeats it."""
        _queue(ledger, "mail")
        again = LATER if handover in {Handover.WAITING, Handover.AMBIGUOUS} else None
        taken = settle_next(ledger, handover, AT, again)
        before = _told(ledger)
        ledger.settle(MAIL, taken.token, handover, AT, again)
        assert _told(ledger) == before

    def test_a_stale_word_revives_nothing(self, ledger: WholeLedger) -> None:
        """What has ended in another's hand is not tried again because of an older attempt."""
        _queue(ledger, "mail")
        slow, quick = ledger.take(AT, LATER), ledger.take(LATER, LET_GO)
        assert slow is not None
        assert quick is not None
        ledger.settle(MAIL, quick.token, Handover.REFUSED, LATER)
        before = _told(ledger)
        ledger.settle(MAIL, slow.token, Handover.WAITING, LATER, LATER)
        ledger.settle(MAIL, slow.token, Handover.AMBIGUOUS, LATER, LATER)
        assert _told(ledger) == before
        assert take_all(ledger, LET_GO + HELD) == []

    def test_what_is_in_hand_holds_up_its_stream(self, ledger: WholeLedger) -> None:
        """The next mail of a stream waits while one is in somebody's hand (faults: 147)."""
        mails = tuple(a_mail(name, stream=STREAM) for name in ("first", "second"))
        _ = ledger.commit(with_changes(a_change("key"), mails=mails)).unwrap()
        first = ledger.take(AT, LET_GO)
        assert first is not None
        assert take_all(ledger, LET_GO - TICK) == []
        (again,) = take_all(ledger, LET_GO)
        assert again.mail == mails[0], "not even the lost one is overtaken"
        ledger.settle(first.mail.mail, first.token, Handover.HANDED_OVER, LET_GO)
        assert [one.mail for one in take_all(ledger, LET_GO)] == [mails[1]]

    def test_who_rests_can_be_hurried(self, ledger: WholeLedger) -> None:
        """A mail that rests can be made due earlier; one in hand, due or ended cannot."""
        _queue(ledger, "mail")
        assert ledger.hurry(MAIL, AT) is False
        taken = ledger.take(AT, LET_GO)
        assert taken is not None
        assert ledger.hurry(MAIL, AT) is False
        ledger.settle(MAIL, taken.token, Handover.AMBIGUOUS, AT, LET_GO)
        resting = _told(ledger)
        assert ledger.hurry(MAIL, LATER) is True
        assert _told(ledger) == with_changes(resting, next_try=LATER)
        assert ledger.hurry(MAIL, LATER) is False, "it is due already"
        assert ledger.take(LATER - TICK, LATER) is None
        assert settle_next(ledger, Handover.REFUSED, LATER) == TakenMail(a_mail("mail"), 1, 2)
        assert ledger.hurry(MAIL, LET_GO) is False
        assert take_all(ledger, LET_GO) == []

    @pytest.fixture
    def workers(self, handles: OpensLedger) -> list[WholeLedger]:
        """Give each worker a handle."""
        return [handles() for _ in range(RUNNERS)]

    def test_of_many_workers_each_mail_has_one(self, workers: list[WholeLedger]) -> None:
        """Threads that take mails at once never get the same one (faults: 145)."""
        _queue(workers[0], *_RACED)
        _assert_each_taken_once(racing.in_threads(workers, racing.take_mails))

    def test_of_many_processes_each_mail_has_one(
        self, ledger: WholeLedger, open_ledger: OpensLedger, only_this_process: str | None
    ) -> None:
        """Processes that take mails at once never get the same one (faults: 145)."""
        if only_this_process is not None:
            pytest.skip(only_this_process)
        _queue(ledger, *_RACED)
        _assert_each_taken_once(racing.in_processes(open_ledger, racing.take_mails, PROCESSES))
