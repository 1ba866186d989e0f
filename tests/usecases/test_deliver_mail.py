from typing import Any

import pytest
from attrs import evolve as with_changes
from hypothesis import given
from hypothesis import strategies as st

from eservices_core.ports.ledger import BySystem, Change
from eservices_core.ports.outbox import Handover, MailKind, MailState, OutgoingMail, WithdrawMails
from eservices_core.ports.world import Chance, MailTransport
from eservices_core.testing.ledger_examples import AT, STREAM, a_mail
from eservices_core.testing.memory import (
    FakeClock,
    MemoryLedger,
    MemoryMailTransport,
    SeededChance,
)
from eservices_core.usecases.deliver_mail import (
    AMBIGUOUS_MAX,
    HELD_FOR,
    WAITING_MAX,
    MailRound,
    deliver_mail,
    deliver_next,
    pause_after,
    shortened,
)
from eservices_core.words.identifiers import MailId
from tests.usecases.day import Day
from tests.usecases.people import ANNA, BENT, HOUR, MINUTE, TICK

ANNAS = "anna@example.dk"


def _deliver(day: Day, limit: int = 100) -> list[tuple[MailKind, Handover]]:
    done = deliver_mail(day.mail_round(), limit)
    return [(one.kind, one.handover) for one in done]


def test_what_has_died_is_not_sent() -> None:
    """faults: 149. A code whose ten minutes are over does not leave any more."""
    day = Day()
    _ = day.without_mitid(ANNA, "anna")
    _ = day.attempt("anna")
    day.clock.wind(10 * MINUTE)
    assert _deliver(day) == [(MailKind.ONE_TIME_CODE, Handover.EXPIRED)]
    assert _deliver(day) == []


def test_what_is_alive_to_its_last_instant_is_sent() -> None:
    """D-ACC-13: a code is worth typing until it expires."""
    day = Day()
    _ = day.without_mitid(ANNA, "anna")
    _ = day.attempt("anna")
    day.clock.wind(10 * MINUTE - TICK)
    assert _deliver(day) == [(MailKind.ONE_TIME_CODE, Handover.HANDED_OVER)]


@pytest.mark.parametrize("first", [Handover.AMBIGUOUS, Handover.WAITING])
def test_what_may_not_have_arrived_is_sent_again_as_the_same_bytes(first: Handover) -> None:
    """faults: 137, 144. Every attempt at one mail hands over the same bytes, after a pause."""
    day = Day()
    _ = day.sign_up(ANNA, ANNAS)
    day.mailbox.script(first)
    assert _deliver(day) == [(MailKind.ONE_TIME_CODE, first)]
    assert _deliver(day) == []
    day.clock.wind(MINUTE)
    assert _deliver(day) == [(MailKind.ONE_TIME_CODE, Handover.HANDED_OVER)]
    assert _deliver(day) == []
    assert len({one.content for one in day.mailbox.tried}) == 1


def test_what_was_refused_is_over() -> None:
    """faults: 135. A refused mail is not tried again."""
    day = Day()
    _ = day.sign_up(ANNA, ANNAS)
    day.mailbox.script(Handover.REFUSED)
    assert _deliver(day) == [(MailKind.ONE_TIME_CODE, Handover.REFUSED)]
    assert _deliver(day) == []


def test_the_oldest_goes_first_and_no_more_than_asked_for() -> None:
    """faults: 147. Mails leave in the order in which they were decided."""
    day = Day()
    _ = day.sign_up(ANNA, ANNAS)
    _ = day.sign_up(BENT, "bent@example.dk")
    assert len(_deliver(day, 1)) == 1
    assert [mail.to.reveal() for mail in day.mailbox.arrived] == [ANNAS]
    assert len(_deliver(day, 1)) == 1
    assert [mail.to.reveal() for mail in day.mailbox.arrived] == [ANNAS, "bent@example.dk"]


# --- pauses, and the end of them ---------------------------------------------------------------


class _Longest:
    """Chance that takes nothing off a pause."""

    def entropy(self, count: int, /) -> bytes:
        """Give zeros."""
        return bytes(count)


class _Worker:
    """Whoever delivers, by a clock that is wound."""

    def __init__(self, *mails: OutgoingMail) -> None:
        self.ledger = MemoryLedger()
        self.clock = FakeClock(AT)
        self.mailbox = MemoryMailTransport()
        self.chance: Chance = _Longest()
        self.queue(*mails)

    def queue(self, *mails: OutgoingMail) -> None:
        """Have a change bring mails."""
        key = mails[0].mail.value
        change = Change(key, key, AT, BySystem(), '"done"', mails=mails)
        _ = self.ledger.commit(change).unwrap()

    def round(self, transport: MailTransport | None = None, limit: int = 100) -> list[str]:
        """Deliver once round, and say whose turn it was, and how it ended."""
        done = deliver_mail(self.mails(transport), limit)
        return [f"{one.mail} {one.handover.value}" for one in done]

    def mails(self, transport: MailTransport | None = None) -> MailRound:
        """Give what delivering needs."""
        return MailRound(
            outbox=self.ledger,
            transport=transport or self.mailbox,
            clock=self.clock,
            chance=self.chance,
        )

    def state(self, name: str) -> MailState:
        """Say what became of a mail."""
        state = self.ledger.mail(MailId(name))
        assert state is not None
        return state


class _Always:
    """A transport whose every attempt ends alike."""

    def __init__(self, handover: Handover) -> None:
        self.handover = handover

    def hand_over(self, mail: OutgoingMail, /) -> Handover:
        """End so."""
        del mail
        return self.handover


class _BreaksAt:
    """A transport that breaks at one mail, and is well otherwise."""

    def __init__(self, name: str) -> None:
        self.name = MailId(name)

    def hand_over(self, mail: OutgoingMail, /) -> Handover:
        """Break, or hand over."""
        if mail.mail == self.name:
            raise OSError("no way to send it")
        return Handover.HANDED_OVER


def test_a_pause_doubles_up_to_an_hour() -> None:
    """A mail rests 1, 2, 4, 8, 16, 32 and then 60 minutes between attempts."""
    minutes = [pause_after(attempts) / MINUTE for attempts in range(1, 10)]
    assert minutes == [1, 2, 4, 8, 16, 32, 60, 60, 60]
    assert pause_after(10**9) == HOUR


@given(drawn=st.binary(min_size=2, max_size=2), attempts=st.integers(1, 20))
def test_a_pause_is_shortened_by_chance(drawn: bytes, attempts: int) -> None:
    """faults: 133. Up to a quarter is taken off a pause, so that what failed together parts."""

    class Drawn:
        def entropy(self, count: int, /) -> bytes:
            assert count == len(drawn)
            return drawn

    pause = pause_after(attempts)
    assert 0.75 * pause < shortened(pause, Drawn()) <= pause


def test_what_failed_together_is_not_tried_together() -> None:
    """faults: 133. A hundred mails that failed at one instant come due at a hundred others."""
    worker = _Worker(*(a_mail(f"mail-{number}") for number in range(100)))
    worker.chance = SeededChance("pauses")
    _ = worker.round(_Always(Handover.WAITING))
    tries = {worker.state(f"mail-{number}").next_try for number in range(100)}
    assert len(tries) > 95


@pytest.mark.parametrize(
    ("handover", "end", "attempts"),
    [
        (Handover.AMBIGUOUS, Handover.AMBIGUOUS, AMBIGUOUS_MAX),
        (Handover.WAITING, Handover.GIVEN_UP, WAITING_MAX),
    ],
)
def test_attempts_come_to_an_end(handover: Handover, end: Handover, attempts: int) -> None:
    """D-BOOK-3: a mail is tried so often and no more, and then ends as what it came to."""
    worker = _Worker(a_mail("mail"))
    for attempt in range(1, attempts + 1):
        last = attempt == attempts
        assert worker.round(_Always(handover)) == [f"mail {(end if last else handover).value}"]
        assert worker.state("mail").attempts == attempt
        assert worker.round(_Always(handover)) == []
        worker.clock.wind(pause_after(attempt))
    state = worker.state("mail")
    assert state.state is end
    assert state.settled_at is not None
    assert state.may_have_arrived is (end is Handover.AMBIGUOUS)
    hours = (state.settled_at - AT) / HOUR
    assert round(hours) == (6 if end is Handover.AMBIGUOUS else 136)


def test_what_may_have_arrived_is_not_given_up_as_what_never_left() -> None:
    """D-BOOK-3: after one attempt without an answer, a mail whose attempts end is ambiguous."""
    worker = _Worker(a_mail("mail"))
    _ = worker.round(_Always(Handover.AMBIGUOUS))
    for attempt in range(1, WAITING_MAX):
        worker.clock.wind(pause_after(attempt))
        _ = worker.round(_Always(Handover.WAITING))
    state = worker.state("mail")
    assert (state.state, state.attempts) == (Handover.AMBIGUOUS, WAITING_MAX)
    assert state.settled_at == worker.clock.now()


def test_refused_after_ambiguous_is_told_apart() -> None:
    """faults: 142. A mail that is refused after an attempt without an answer may have arrived."""
    worker = _Worker(a_mail("mail"), a_mail("other"))
    worker.mailbox.script(Handover.AMBIGUOUS, Handover.REFUSED, Handover.REFUSED)
    _ = worker.round()
    worker.clock.wind(MINUTE)
    _ = worker.round()
    states = [worker.state(name) for name in ("mail", "other")]
    assert [state.state for state in states] == [Handover.REFUSED] * 2
    assert [state.may_have_arrived for state in states] == [True, False]


def test_a_mail_does_not_rest_beyond_its_time() -> None:
    """faults: 149. What expires while it rests has ended then, and holds up nobody any longer."""
    expires_at = AT + 2 * MINUTE + TICK
    code = with_changes(a_mail("code", stream=STREAM), expires_at=expires_at)
    worker = _Worker(code, a_mail("after", stream=STREAM))
    _ = worker.round(_Always(Handover.WAITING))
    worker.clock.wind(MINUTE)
    _ = worker.round(_Always(Handover.WAITING))
    assert worker.state("code").next_try == expires_at
    worker.clock.set(expires_at)
    assert worker.round() == ["code expired", "after handed_over"]


# --- holding up nobody -------------------------------------------------------------------------


@pytest.mark.parametrize("handover", [Handover.WAITING, Handover.AMBIGUOUS])
def test_a_hundred_bad_mails_do_not_hold_up_a_good_one(handover: Handover) -> None:
    """faults: 146. However many mails are tried in vain, a new one leaves in the next round."""
    worker = _Worker(*(a_mail(f"bad-{number}") for number in range(100)))
    for attempt in range(1, 10):
        assert len(worker.round(_Always(handover))) == 100
        worker.clock.wind(pause_after(attempt))
    worker.queue(a_mail("good"))
    assert worker.round(limit=1) == ["good handed_over"]


def test_a_transport_that_breaks_at_one_mail_sends_the_others() -> None:
    """faults: 12, 146. What raised may have left: it is ambiguous, told, and tried again."""
    worker = _Worker(a_mail("a"), a_mail("poison"), a_mail("b"))
    done = deliver_mail(worker.mails(_BreaksAt("poison")))
    ends = {one.mail.value: one.handover for one in done}
    assert ends == {
        "a": Handover.HANDED_OVER,
        "poison": Handover.AMBIGUOUS,
        "b": Handover.HANDED_OVER,
    }
    raised = {one.mail.value: one.raised for one in done}
    assert isinstance(raised.pop("poison"), OSError)
    assert raised == {"a": None, "b": None}
    assert "no way" not in repr(done), "what a transport says is for whoever logs it"
    worker.clock.wind(MINUTE)
    assert worker.round() == ["poison handed_over"]


def test_whoever_is_asked_to_stop_stops() -> None:
    """An interruption is no attempt that ended: it goes on to whoever runs the round."""

    class Interrupted:
        def hand_over(self, mail: OutgoingMail, /) -> Handover:
            raise KeyboardInterrupt(mail.mail.value)

    worker = _Worker(a_mail("mail"))
    with pytest.raises(KeyboardInterrupt):
        _ = worker.round(Interrupted())
    assert worker.round() == []
    worker.clock.wind(HELD_FOR)
    assert worker.round() == ["mail handed_over"]
    assert worker.state("mail").may_have_arrived, "nobody knows how far the first attempt came"


class _Unheard(MemoryLedger):
    """A store that fails at some words about mails, before or after it has noted them."""

    fails = 0
    notes = True

    def settle(self, mail: MailId, token: int, handover: Handover, *ended: Any) -> None:
        self.fails -= 1
        if self.fails < 0 or self.notes:
            super().settle(mail, token, handover, *ended)
        if self.fails >= 0:
            raise OSError("no answer")


@pytest.mark.parametrize("notes", [True, False])
def test_an_end_that_nobody_heard_is_said_again(notes: bool) -> None:
    """faults: 151. Where the store does not answer, the end is told again, and counts once."""
    worker = _Worker(a_mail("mail"))
    change = Change("key", "", AT, BySystem(), "", mails=(a_mail("mail"),))
    unheard = _Unheard()
    _ = unheard.commit(change).unwrap()
    unheard.fails, unheard.notes = 2, notes
    done = deliver_mail(with_changes(worker.mails(), outbox=unheard))
    assert [one.handover for one in done] == [Handover.HANDED_OVER]
    state = unheard.mail(MailId("mail"))
    assert state is not None
    assert (state.state, state.attempts, state.may_have_arrived) == (Handover.HANDED_OVER, 1, False)


def test_a_store_that_stays_silent_is_told_of() -> None:
    """faults: 151. Where no end can be noted it is raised, and the attempt counts as lost."""
    worker = _Worker(a_mail("mail"))
    unheard = _Unheard()
    change = Change("key", "", AT, BySystem(), "", mails=(a_mail("mail"),))
    _ = unheard.commit(change).unwrap()
    unheard.fails, unheard.notes = 3, False
    mails = with_changes(worker.mails(), outbox=unheard)
    with pytest.raises(OSError, match="no answer"):
        _ = deliver_mail(mails)
    worker.clock.wind(HELD_FOR)
    assert [one.handover for one in deliver_mail(mails)] == [Handover.HANDED_OVER]
    state = unheard.mail(MailId("mail"))
    assert state is not None
    assert (state.attempts, state.may_have_arrived) == (2, True)


def test_a_mail_that_kills_its_workers_comes_to_an_end() -> None:
    """faults: 146. What has been begun twelve times and never ended is not tried a thirteenth."""
    worker = _Worker(a_mail("poison"), a_mail("good"))

    class Deadly:
        def hand_over(self, mail: OutgoingMail, /) -> Handover:
            if mail.mail.value == "poison":
                raise KeyboardInterrupt
            return Handover.HANDED_OVER

    for _ in range(AMBIGUOUS_MAX):
        with pytest.raises(KeyboardInterrupt):
            _ = worker.round(Deadly())
        worker.clock.wind(HELD_FOR)
        _ = deliver_next(worker.mails(Deadly()), worker.clock.now() - HELD_FOR)
    assert worker.round(Deadly()) == ["poison given_up"]
    assert worker.state("poison").state is Handover.AMBIGUOUS
    assert worker.state("good").state is Handover.HANDED_OVER


# --- one stream's mails ------------------------------------------------------------------------


def test_a_stream_s_mails_leave_in_their_order_in_one_round() -> None:
    """faults: 147. A mail follows in the same round when those before it in its stream ended."""
    mails = [a_mail(name, stream=STREAM) for name in ("first", "second", "third")]
    worker = _Worker(*mails, a_mail("other"))
    assert worker.round(limit=3) == ["first handed_over", "second handed_over", "third handed_over"]
    assert worker.round() == ["other handed_over"]


def test_a_later_mail_of_a_stream_waits_for_an_ambiguous_one() -> None:
    """faults: 147. A cancellation does not overtake a confirmation whose fate is open."""
    worker = _Worker(a_mail("confirmation", stream=STREAM), a_mail("cancellation", stream=STREAM))
    assert worker.round(_Always(Handover.AMBIGUOUS)) == ["confirmation ambiguous"]
    assert worker.round() == []
    worker.clock.wind(MINUTE)
    assert worker.round() == ["confirmation handed_over", "cancellation handed_over"]


def test_what_is_withdrawn_in_a_worker_s_hand_tells_the_truth() -> None:
    """A mail that is withdrawn while it is being sent is what came of it: handed over."""
    worker = _Worker(a_mail("mail"))

    class Slow:
        def hand_over(self, mail: OutgoingMail, /) -> Handover:
            withdrawing = Change(
                "withdraw", "", AT, BySystem(), "", withdrawals=(WithdrawMails(mail.about),)
            )
            _ = worker.ledger.commit(withdrawing).unwrap()
            assert worker.state("mail").state is Handover.WITHDRAWN
            return Handover.HANDED_OVER

    assert worker.round(Slow()) == ["mail handed_over"]
    assert worker.state("mail").state is Handover.HANDED_OVER
