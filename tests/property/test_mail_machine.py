"""Mail workers beside a world that goes wrong: order, loss and copies over drawn days."""

from collections import Counter
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Final

import pytest
from attrs import evolve as with_changes
from hypothesis import Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from eservices_core.events import StreamId
from eservices_core.ports.ledger import BySystem, Change
from eservices_core.ports.outbox import Handover, MailKind, MailState, OutgoingMail, WithdrawMails
from eservices_core.testing.ledger_examples import AT, a_mail
from eservices_core.testing.memory import FakeClock, MemoryLedger, SeededChance
from eservices_core.usecases.deliver_mail import HELD_FOR, MailRound, deliver_mail, deliver_next
from eservices_core.words.identifiers import MailId

pytestmark = pytest.mark.made_up("mails that say which they are")

BOOKINGS: Final = ("one", "two")
CONFIRMATION, CANCELLATION = MailKind.BOOKING_CONFIRMATION, MailKind.BOOKING_CANCELLED
ENDS: Final = (Handover.HANDED_OVER, Handover.WAITING, Handover.AMBIGUOUS, Handover.REFUSED)


class _Killed(BaseException):
    """The worker is no more."""


class _World:
    """Who mail is handed to: what becomes of it is drawn before, and what arrived is kept."""

    def __init__(self) -> None:
        self.arrived: list[OutgoingMail] = []
        self.ends = Handover.HANDED_OVER
        self.arrives = True
        self.kills = False

    def hand_over(self, mail: OutgoingMail, /) -> Handover:
        """Let it come to what was drawn."""
        handed = self.ends is Handover.HANDED_OVER
        maybe = self.arrives and (self.kills or self.ends is Handover.AMBIGUOUS)
        if maybe or (handed and not self.kills):
            self.arrived.append(mail)
        if self.kills:
            raise _Killed
        return self.ends


class MailDays(RuleBasedStateMachine):
    """Bookings are confirmed and cancelled while workers deliver, fail, and die."""

    def new_ledger(self) -> MemoryLedger:
        """Give the store that keeps the mails."""
        return MemoryLedger()

    @initialize()
    def begin(self) -> None:
        """Nothing has happened."""
        self.ledger, self.clock, self.world = self.new_ledger(), FakeClock(AT), _World()
        self.mails = MailRound(
            outbox=self.ledger,
            transport=self.world,
            clock=self.clock,
            chance=SeededChance("days"),
        )
        self.queued: list[OutgoingMail] = []
        self.arrivals_at_end: dict[MailId, int] = {}

    @rule(booking=st.sampled_from(BOOKINGS), lives=st.none() | st.integers(1, 600))
    def confirm(self, booking: str, lives: int | None) -> None:
        """A booking is confirmed."""
        self._queue(booking, CONFIRMATION, lives)

    @rule(booking=st.sampled_from(BOOKINGS), instead=st.booleans())
    def cancel(self, booking: str, instead: bool) -> None:
        """A booking is cancelled; where the confirmation has not left, it is withdrawn or not."""
        acts = (WithdrawMails(stream=StreamId("booking", booking)),) if instead else ()
        self._queue(booking, CANCELLATION, None, *acts)

    def _queue(
        self, booking: str, kind: MailKind, minutes: int | None, *acts: WithdrawMails
    ) -> None:
        name = f"{len(self.queued)}"
        mail = a_mail(name, name.encode(), StreamId("booking", booking))
        expires_at = None if minutes is None else self.clock.now() + timedelta(minutes=minutes)
        mail = with_changes(mail, kind=kind, expires_at=expires_at)
        change = Change(
            name, name, self.clock.now(), BySystem(), "", mails=(mail,), withdrawals=acts
        )
        _ = self.ledger.commit(change).unwrap()
        self.queued.append(mail)

    @rule(
        ends=st.sampled_from(ENDS),
        arrives=st.booleans(),
        kills=st.sampled_from([False, False, False, True]),
    )
    def deliver(self, ends: Handover, arrives: bool, kills: bool) -> None:
        """A worker tries a mail; how that ends is drawn, and whether the worker dies of it."""
        world = self.world
        world.ends, world.arrives, world.kills = ends, arrives, kills
        with suppress(_Killed):
            _ = deliver_next(self.mails)

    @rule(minutes=st.sampled_from([1, 5, 30, 120]))
    def wait(self, minutes: int) -> None:
        """Time passes."""
        self.clock.wind(timedelta(minutes=minutes))

    @precondition(lambda self: self.queued)
    @invariant()
    def nothing_overtakes(self) -> None:
        """faults: 147. Of a booking, no mail first arrives after a later one has."""
        for booking in BOOKINGS:
            stream = StreamId("booking", booking)
            first = [int(one.content) for one in self.world.arrived if one.stream == stream]
            assert list(dict.fromkeys(first)) == sorted(set(first)), "mails keep their order"

    @precondition(lambda self: self.queued)
    @invariant()
    def what_has_ended_has_ended(self) -> None:
        """Whatever has ended is never sent again."""
        copies = Counter(one.mail for one in self.world.arrived)
        for mail in self.queued:
            state = self.ledger.mail(mail.mail)
            assert state is not None
            if state.settled_at is not None and state.in_hand_until is None:
                before = self.arrivals_at_end.setdefault(mail.mail, copies[mail.mail])
                assert copies[mail.mail] == before, "what has ended does not arrive again"

    def teardown(self) -> None:
        """faults: 144, 146. When the world is well again, everything has ended, and truly."""
        if not hasattr(self, "world"):
            return
        self.world.ends, self.world.kills = Handover.HANDED_OVER, False
        for _ in range(2 * len(self.queued) + 2):
            self.clock.wind(HELD_FOR + timedelta(hours=1))
            _ = deliver_mail(self.mails)
        copies = Counter(one.mail for one in self.world.arrived)
        for mail in self.queued:
            state = self.ledger.mail(mail.mail)
            assert state is not None
            assert state.settled_at is not None, "every mail ends"
            arrived = copies[mail.mail]
            told = {Handover.HANDED_OVER, Handover.AMBIGUOUS} | (
                {state.state} if state.may_have_arrived or state.in_hand_until else set()
            )
            assert arrived == 0 or state.state in told, "what arrived is not said to have stayed"
            assert arrived <= 1 or state.may_have_arrived, "a copy follows what nobody knows"
            assert state.state is not Handover.HANDED_OVER or arrived, "what was handed over came"
        sent = {one.mail: one.content for one in self.world.arrived}
        assert all(sent[one.mail] == one.content for one in self.world.arrived), "identical bytes"


TestMailDays = MailDays.TestCase
TestMailDays.settings = settings(max_examples=60, stateful_step_count=40)


class _Overtakes(MemoryLedger):
    """A mail knows nothing of the others of its stream."""

    def _queue(self, change: Change) -> None:
        super()._queue(change)
        for mail in change.mails:
            kept = self._mails[mail.mail]
            self._mails[mail.mail] = with_changes(kept, stream=None)


class _ForgetsWhoDied(MemoryLedger):
    """An attempt whose end nobody has told was none."""

    def _due(self, at: datetime) -> tuple[OutgoingMail, MailState] | None:
        due = super()._due(at)
        if due is None:
            return None
        mail, state = due[0], with_changes(due[1], in_hand_until=None)
        self._mails[mail.mail] = with_changes(self._mails[mail.mail], state=state)
        return mail, state


class _LosesWhatIsInHand(MemoryLedger):
    """What somebody has taken is theirs for good."""

    def _due(self, at: datetime) -> tuple[OutgoingMail, MailState] | None:
        in_hand = {mail for mail, kept in self._mails.items() if kept.state.in_hand_until}
        whole = self._mails
        self._mails = {mail: kept for mail, kept in whole.items() if mail not in in_hand}
        found = super()._due(at)
        self._mails = whole
        return found


@pytest.mark.parametrize("saboteur", [_Overtakes, _ForgetsWhoDied, _LosesWhatIsInHand])
def test_the_days_notice(saboteur: type[MemoryLedger]) -> None:
    """A store that lets mails overtake, forgets who died, or loses what they had, is noticed."""

    class Days(MailDays):
        def new_ledger(self) -> MemoryLedger:
            return saboteur()

    with pytest.raises(AssertionError):
        run_state_machine_as_test(
            Days, settings=settings(phases=[Phase.generate], stateful_step_count=40)
        )
