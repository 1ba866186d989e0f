"""Random days of mail consultation: patients, staff, a journal outside, and a clock.

Everybody does anything at any time. What must hold after every step is written here from the
rulebook, and looked up in what the ledger holds.
"""

from datetime import timedelta
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from eservices_core import events
from eservices_core.consultation.message import OffBecause, RenewalDecision
from eservices_core.consultation.states import Begun, CloseReason, waits_for_clinic
from eservices_core.events import StreamId
from eservices_core.journal import entry
from eservices_core.ports.lists import Listed
from eservices_core.ports.outbox import Handover, MailKind
from eservices_core.testing.world import CLINIC
from eservices_core.usecases.rebuild_views import rebuild_views
from eservices_core.views.names import item_of_conversation, pending_of
from eservices_core.words.identifiers import ConversationId, MessageId
from tests.usecases.mail_day import ANNA, BENT, MailDay, Writer

WHO = st.sampled_from((ANNA, BENT))
ANY = st.integers(min_value=0, max_value=1000)


class ConversationLife(RuleBasedStateMachine):
    """A clinic whose journal another system keeps, or its own."""

    def __init__(self) -> None:
        super().__init__()
        self.day = MailDay()
        self.begun: list[ConversationId] = []
        self.writers: dict[str, Writer] = {}

    def teardown(self) -> None:
        """Rebuilt from the events, every list is what was kept all along."""
        if hasattr(self, "day") and self.day is not None:
            assert list(rebuild_views(self.day.services, mend=False)) == []

    @initialize(outside=st.booleans())
    def open_the_clinic(self, *, outside: bool) -> None:
        """Two patients sign up."""
        self.writers = {
            ANNA: self.day.writer(ANNA, "anna"),
            BENT: self.day.writer(BENT, "bent"),
        }
        if outside:
            self.day.with_journal_outside()

    # -- who does what --

    @rule(who=WHO, urgent=st.booleans(), renewal=st.booleans())
    def write(self, who: str, *, urgent: bool, renewal: bool) -> None:
        """A patient writes, or asks for medicine."""
        writer, text = self.writers[who], "brystsmerter" if urgent else "Hej"
        if renewal:
            taken = self.day.asks_for(writer, text=text, sends_all_the_same=urgent)
        else:
            taken = self.day.begins(writer, text, sends_all_the_same=urgent)
        self.begun.append(taken.unwrap().conversation)

    @rule(who=WHO)
    def write_first(self, who: str) -> None:
        """Staff create an E-answer."""
        self.begun.append(self.day.writes_first(self.writers[who].user).unwrap().conversation)

    @precondition(lambda self: self.begun)
    @rule(who=WHO, which=ANY)
    def reply(self, who: str, which: int) -> None:
        """A patient replies in a conversation, or in another's."""
        _ = self.day.replies(self.writers[who], self._one(which))

    @precondition(lambda self: self.begun)
    @rule(which=ANY, decision=st.none() | st.sampled_from(RenewalDecision))
    def answer(self, which: int, decision: RenewalDecision | None) -> None:
        """Staff answer, or decide."""
        if decision is None:
            _ = self.day.staff_answer(self._one(which))
        else:
            _ = self.day.decides(self._one(which), decision)

    @precondition(lambda self: self.begun)
    @rule(who=WHO, which=ANY)
    def read(self, who: str, which: int) -> None:
        """A patient opens a conversation, or tries another's."""
        said = self.day.reads(self.writers[who], self._one(which))
        mine = self._state(self._one(which)).terms.user == self.writers[who].user
        assert (said.unwrap() is not None) if mine else said.failure().rule == "D-LOG-2"

    @precondition(lambda self: self.begun)
    @rule(which=ANY, reason=st.sampled_from((CloseReason.DEALT_WITH, CloseReason.DUPLICATE)))
    def close(self, which: int, reason: CloseReason) -> None:
        """Staff close."""
        _ = self.day.closes(self._one(which), reason)

    @precondition(lambda self: self.begun)
    @rule(which=ANY)
    def reopen(self, which: int) -> None:
        """Staff take up again."""
        _ = self.day.reopens(self._one(which))

    @precondition(lambda self: self.begun)
    @rule(which=ANY, place=ANY, because=st.none() | st.sampled_from(OffBecause))
    def keep_off(self, which: int, place: int, because: OffBecause | None) -> None:
        """Staff keep a message off, or let it back."""
        _ = self.day.keeps_off(self._one(which), self._message(which, place), because)

    @precondition(lambda self: self.begun)
    @rule(which=ANY, place=ANY, to=st.none() | WHO)
    def withdraw(self, which: int, place: int, to: str | None) -> None:
        """Staff take a message back."""
        user = self.writers[to].user if to else None
        _ = self.day.withdraws(self._one(which), self._message(which, place), user)

    @precondition(lambda self: self.begun)
    @rule(which=ANY, place=ANY)
    def the_journal_takes_one(self, which: int, place: int) -> None:
        """The outside journal acknowledges an entry, also one that it has acknowledged before."""
        if self.day.services.journal is not None:
            self.day.journal_takes(self._one(which), self._message(which, place))

    @rule(minutes=st.integers(min_value=1, max_value=20))
    def wait(self, minutes: int) -> None:
        """Time goes by; patients log in again."""
        self.day.clock.wind(timedelta(minutes=minutes))
        for number, writer in self.writers.items():
            self.writers[number] = self.day.writer_again(writer, number)

    @rule()
    def deliver(self) -> None:
        """Mail is delivered."""
        self.day.deliver()

    # -- what must hold --

    @invariant()
    def nothing_is_shown_that_the_journal_has_not(self) -> None:
        """D-MAIL-3: nor what was withdrawn, or kept off; and nobody sees another's."""
        for writer in self.writers.values():
            for shown in self.day.sees(writer).unwrap().conversations:
                state = self._state(shown.conversation)
                assert state.terms.user == writer.user
                for each in shown.messages:
                    (message,) = [m for m in state.messages if m.message == each.message]
                    assert message.off is None
                    assert message.withdrawn is None
                    assert each.is_sent or not each.is_from_clinic

    @invariant()
    def the_worklist_is_what_waits(self) -> None:
        """S-MAIL-4, D-MAIL-8: an item for each that waits for the clinic, and each breach."""
        waits = {
            str(item_of_conversation(one, self._state(one).terms.topic))
            for one in self.begun
            if waits_for_clinic(self._state(one))
        }
        breaches = {
            f"breach/{one}/{message.message}"
            for one in self.begun
            for message in self._state(one).messages
            if message.withdrawn
        }
        assert set(self.day.worklist()) == waits | breaches

    @invariant()
    def the_unread_list_is_what_is_unread(self) -> None:
        """D-MAIL-4: what the patient has not read is its own list."""
        unread = {
            str(one)
            for one in self.begun
            if any(
                each.is_from_clinic and each.is_on_site and each.read_at is None
                for each in self._state(one).messages
            )
        }
        assert set(self.day.unread()) == unread

    @invariant()
    def every_message_has_its_entry(self) -> None:
        """S-MAIL-3: of the patient, or moved by a withdrawal, and as filed as the message says."""
        for one in self.begun:
            state = self._state(one)
            for message in state.messages:
                noted = self._entry(message.entry)
                assert not isinstance(noted, entry.NoEntry)
                if message.withdrawn is None:
                    assert noted.terms.user == state.terms.user
                else:
                    assert noted.terms.user != state.terms.user
                if self.day.services.journal is None:
                    assert isinstance(noted, entry.Filed)
                    assert message.filed_at is not None

    @invariant()
    def no_mail_waits_that_says_too_much(self) -> None:
        """D-MAIL-1: a notice waits only while there is something to read."""
        unread = set(self.day.unread())
        for one in self.begun:
            for mail in self.day.ledger.mails_of(StreamId("conversation", str(one))):
                assert mail.kind is MailKind.SOMETHING_TO_READ
                assert mail.state is not Handover.WAITING or str(one) in unread

    @invariant()
    def what_the_outside_journal_lacks_is_listed(self) -> None:
        """D-MAIL-3: nobody forgets an entry that was not acknowledged."""
        if self.day.services.journal is None:
            assert self._pending() == ()

    # -- looking --

    def _pending(self) -> tuple[Listed, ...]:
        return self.day.ledger.listed(pending_of(CLINIC), 1000)

    def _one(self, which: int) -> ConversationId:
        return self.begun[which % len(self.begun)]

    def _state(self, one: ConversationId) -> Begun:
        return self.day.conversation(one)

    def _message(self, which: int, place: int) -> MessageId:
        messages = self._state(self._one(which)).messages
        return messages[place % len(messages)].message

    def _entry(self, identifier: Any) -> entry.Entry:
        state: entry.Entry = entry.NoEntry()
        for one in self.day.ledger.history(events.JOURNAL_ENTRY.stream(identifier)):
            state = entry.evolve(state, one.event)
        return state


TestConversationLife = ConversationLife.TestCase
TestConversationLife.settings = settings(max_examples=25, stateful_step_count=25, deadline=None)
