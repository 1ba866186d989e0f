"""A day of mail consultation, for tests: all that patients and staff do there.

Here: acts, each with a key of its own, and looking at what came of them. Not here: any rule.
"""

from datetime import datetime
from typing import Any, Final

from attrs import evolve as with_changes
from attrs import frozen

from eservices_core import events
from eservices_core.consultation.attachments import Upload
from eservices_core.consultation.message import OffBecause, RenewalDecision
from eservices_core.consultation.renewal import Chosen, Medicine
from eservices_core.consultation.states import Begun, CloseReason, NoConversation
from eservices_core.events import StreamId
from eservices_core.journal.entry import Source
from eservices_core.outcome import Outcome
from eservices_core.ports.journal import NotFiled
from eservices_core.ports.ledger import ByNobodyKnown, ByStaff, BySystem
from eservices_core.ports.lists import Listed
from eservices_core.ports.outbox import MailKind
from eservices_core.testing.memory import copenhagen
from eservices_core.testing.world import CLINIC, World
from eservices_core.usecases import answer_patient as answering
from eservices_core.usecases import see_conversations as seeing
from eservices_core.usecases import write_to_clinic as writing
from eservices_core.usecases.ask_for_renewal import AskForRenewal, ask_for_renewal
from eservices_core.usecases.close_conversation import (
    CloseConversation,
    KeepConversation,
    ReopenConversation,
    close_conversation,
)
from eservices_core.usecases.conversation_acts import entry_is_filed
from eservices_core.usecases.keep_off_site import KeepOffSite, keep_off_site
from eservices_core.usecases.log_in_with_mitid import come_back_from_mitid
from eservices_core.usecases.manage_association import DissociatePatient, manage_association
from eservices_core.usecases.read_conversation import ReadConversation, read_conversation
from eservices_core.usecases.refusal import Refusal
from eservices_core.usecases.services import Command
from eservices_core.usecases.tell_again import TellAgain, tell_again
from eservices_core.usecases.unit import Unit
from eservices_core.usecases.withdraw_message import WithdrawMessage, withdraw_message
from eservices_core.views.names import unread_at, worklist_of
from eservices_core.words.identifiers import (
    BrowserId,
    ClinicId,
    ConversationId,
    MessageId,
    SessionId,
    UserId,
)

MONDAY: Final = copenhagen(2026, 11, 23, 8)
ANNA: Final = "0709614606"
BENT: Final = "0709614231"


@frozen
class Writer:
    """A patient with a user, logged in at home."""

    user: UserId
    session: SessionId
    browser: BrowserId
    address: str


class OutsideJournal:
    """A journal of another system's; nothing is asked of it here."""

    def file(self, entry: Any, /) -> NotFiled:
        """Stay silent."""
        del entry
        return NotFiled.SILENT

    def move(self, entry: Any, patient: Any, /) -> NotFiled:
        """Stay silent."""
        del entry, patient
        return NotFiled.SILENT


class MailDay(World):
    """Two clinics that take messages, on the morning of `MONDAY`."""

    def __init__(self, at: datetime = MONDAY, **settings: Any) -> None:
        super().__init__(at, **settings)

    def with_journal_outside(self) -> None:
        """Have another system keep the journal."""
        self.services = with_changes(self.services, journal=OutsideJournal())

    def set_consultation(self, **changes: Any) -> None:
        """Have the clinic choose otherwise."""
        clinic = self.services.clinics[CLINIC]
        chosen = with_changes(clinic, consultation=with_changes(clinic.consultation, **changes))
        clinics = {**self.services.clinics, CLINIC: chosen}
        self.services = with_changes(self.services, clinics=clinics)

    # -- patients --

    def writer(self, number: str = ANNA, name: str = "anna") -> Writer:
        """Have a patient sign up with MitID."""
        browser = BrowserId(f"browser-{name}")
        address = f"{name}@example.dk"
        begun = self.sign_up(self.civil_number(number), address, browser=browser)
        return Writer(begun.user, begun.session, browser, address)

    def writer_again(self, who: Writer, number: str = ANNA) -> Writer:
        """Have a patient log in again."""
        back, _ = self.go_and_come_back(self.civil_number(number), who.browser)
        _ = come_back_from_mitid(self.services, back).unwrap()
        return with_changes(who, session=back.session)

    def form(self, who: Writer, **more: Any) -> dict[str, Any]:
        """Fill in what every form of a patient's holds."""
        filled: dict[str, Any] = {
            "key": self.key(),
            "by": ByNobodyKnown(),
            "session": who.session,
            "browser": who.browser,
            "clinic": CLINIC,
            "user": who.user,
        }
        return filled | more

    def begins(
        self, who: Writer, text: str = "Kan jeg få mit prøvesvar?", **more: Any
    ) -> Outcome[writing.MessageTaken, Refusal]:
        """Write about something new."""
        form = self.form(who, text=text, not_urgent=True) | more
        return writing.begin_conversation(self.services, writing.BeginConversation(**form))

    def replies(
        self, who: Writer, conversation: ConversationId, text: str = "Tak.", **more: Any
    ) -> Outcome[writing.MessageTaken, Refusal]:
        """Write more."""
        form = self.form(who, text=text, not_urgent=True, conversation=conversation) | more
        return writing.reply_to_clinic(self.services, writing.ReplyToClinic(**form))

    def asks_for(
        self,
        who: Writer,
        name: str = "Amlodipin",
        chosen: Chosen = Chosen.FROM_LIST,
        text: str = "",
        **more: Any,
    ) -> Outcome[writing.MessageTaken, Refusal]:
        """Ask for medicine."""
        medicine = Medicine(name, chosen)
        form = self.form(who, text=text, not_urgent=True, medicine=medicine) | more
        return ask_for_renewal(self.services, AskForRenewal(**form))

    def reads(
        self, who: Writer, conversation: ConversationId, **more: Any
    ) -> Outcome[Any, Refusal]:
        """Open a conversation."""
        form = self.form(who, conversation=conversation) | more
        return read_conversation(self.services, ReadConversation(**form))

    def sees(self, who: Writer, **more: Any) -> Outcome[seeing.Consultations, Refusal]:
        """Look at the page."""
        form = self.form(who) | more
        return seeing.see_conversations(self.services, seeing.SeeConversations(**form))

    def texts(self, who: Writer) -> list[str | None]:
        """Give all that a patient sees written."""
        shown = self.sees(who).unwrap().conversations
        return [each.text for one in shown for each in one.messages]

    # -- staff --

    def act(self, **more: Any) -> dict[str, Any]:
        """Fill in what every act of staff's holds."""
        filled: dict[str, Any] = {
            "key": self.key(),
            "by": ByStaff(self.staff),
            "staff": self.staff,
        }
        return filled | more

    def last(self, conversation: ConversationId) -> MessageId:
        """Give the newest message of a conversation."""
        return self.conversation(conversation).messages[-1].message

    def staff_answer(
        self, conversation: ConversationId, text: str = "Prøven er fin.", **more: Any
    ) -> Outcome[answering.PatientAnswered, Refusal]:
        """Answer, with all of it seen."""
        seen = self.last(conversation)
        form = self.act(text=text, conversation=conversation, seen=seen) | more
        return answering.answer_conversation(self.services, answering.AnswerConversation(**form))

    def decides(
        self,
        conversation: ConversationId,
        decision: RenewalDecision = RenewalDecision.APPROVED,
        text: str = "Det er i orden.",
        **more: Any,
    ) -> Outcome[answering.PatientAnswered, Refusal]:
        """Approve or refuse a renewal."""
        seen = self.last(conversation)
        form = self.act(text=text, conversation=conversation, seen=seen, decision=decision) | more
        return answering.answer_renewal(self.services, answering.AnswerRenewal(**form))

    def writes_first(
        self, user: UserId, text: str = "Vi har fået dit svar.", files: tuple[Upload, ...] = ()
    ) -> Outcome[answering.PatientAnswered, Refusal]:
        """Create an E-answer."""
        form = self.act(user=user, text=text, files=files)
        return answering.create_e_answer(self.services, answering.CreateEAnswer(**form))

    def closes(
        self, conversation: ConversationId, reason: CloseReason = CloseReason.DEALT_WITH
    ) -> Outcome[Any, Refusal]:
        """Close a conversation."""
        form = self.act(conversation=conversation, reason=reason)
        return close_conversation(self.services, CloseConversation(**form))

    def reopens(self, conversation: ConversationId) -> Outcome[Any, Refusal]:
        """Take a conversation up again."""
        form = self.act(conversation=conversation)
        return close_conversation(self.services, ReopenConversation(**form))

    def keeps(self, conversation: ConversationId) -> Outcome[Any, Refusal]:
        """Keep a conversation whose patient has left."""
        form = self.act(conversation=conversation)
        return close_conversation(self.services, KeepConversation(**form))

    def keeps_off(
        self,
        conversation: ConversationId,
        message: MessageId,
        because: OffBecause | None = OffBecause.RISK,
    ) -> Outcome[Any, Refusal]:
        """Keep a message off the sites."""
        form = self.act(conversation=conversation, message=message, because=because)
        return keep_off_site(self.services, KeepOffSite(**form))

    def withdraws(
        self, conversation: ConversationId, message: MessageId, to: UserId | None = None
    ) -> Outcome[Any, Refusal]:
        """Take back what went to the wrong patient."""
        form = self.act(conversation=conversation, message=message, belongs_to=to)
        return withdraw_message(self.services, WithdrawMessage(**form))

    def tells_again(self, conversation: ConversationId) -> Outcome[Any, Refusal]:
        """Have the notice sent again."""
        return tell_again(self.services, TellAgain(**self.act(conversation=conversation)))

    def sees_as_staff(
        self, conversation: ConversationId, **more: Any
    ) -> Outcome[seeing.ShownConversation, Refusal]:
        """Open a conversation."""
        command = seeing.SeeConversationAsStaff(**(self.act(conversation=conversation) | more))
        return seeing.see_conversation_as_staff(self.services, command)

    def lets_go(self, user: UserId) -> None:
        """End the association."""
        _ = manage_association(self.services, DissociatePatient(**self.act(user=user))).unwrap()

    # -- the outside journal --

    def journal_takes(self, conversation: ConversationId, message: MessageId) -> None:
        """Have the outside journal acknowledge a message's entry."""
        unit = Unit(self.services, Command(key=self.key(), by=BySystem()))
        entry_is_filed(unit, Source("conversation", str(conversation), str(message)))
        _ = self.ledger.commit(unit.change("journal", "-", "{}")).unwrap()

    # -- looking --

    def conversation(self, identifier: ConversationId) -> Begun:
        """Fold a conversation."""
        state: Any = NoConversation()
        for one in self.ledger.history(StreamId("conversation", str(identifier))):
            state = events.CONVERSATION.evolve(state, one.event)
        assert not isinstance(state, NoConversation)
        return state

    def worklist(self, clinic: ClinicId = CLINIC) -> list[str]:
        """Give the keys of what waits for a clinic, the topmost first."""
        return [each.item for each in self.worklisted(clinic)]

    def worklisted(self, clinic: ClinicId = CLINIC) -> tuple[Listed, ...]:
        """Give what waits for a clinic."""
        return self.ledger.listed(worklist_of(clinic), 100)

    def unread(self) -> list[str]:
        """Give the conversations that the clinic's patients have not read."""
        return [each.item for each in self.ledger.listed(unread_at(CLINIC), 100)]

    def told(self, address: str) -> list[MailKind]:
        """Deliver, and say what arrived at an address about conversations."""
        self.deliver()
        ours = {MailKind.SOMETHING_TO_READ, MailKind.REGISTRATION_ANSWERED}
        return [mail.kind for mail in self.mailbox.to(self.address(address)) if mail.kind in ours]
