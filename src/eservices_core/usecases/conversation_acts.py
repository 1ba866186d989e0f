"""Carry a command out on a conversation, with all that its events set off.

Here is the one place that says what an event of a conversation means outside it: the patient's
list, the clinic's worklist, what is unread, and the mail. Every message is written in the journal
in the same unit of work (S-MAIL-3); what the clinic wrote is shown and told when the journal has it
(D-MAIL-3). Not here: what may happen (`consultation`).
"""

from typing import Final

from attrs import field, frozen

from eservices_core import events
from eservices_core.access.user import Closed as ClosedUser
from eservices_core.booking.terms import OfUser
from eservices_core.consultation import conversation
from eservices_core.consultation.attachments import Checked
from eservices_core.consultation.conversation import Command, NoteFiled
from eservices_core.consultation.message import Attachment, Author, Message
from eservices_core.consultation.states import (
    Begun,
    Closed,
    CloseReason,
    Conversation,
    NoConversation,
)
from eservices_core.correspondence.consultation_mails import SomethingToRead
from eservices_core.events import StreamId
from eservices_core.journal import entry
from eservices_core.outcome import Failure, Outcome, Success
from eservices_core.ports.outbox import MailKind
from eservices_core.usecases.bookings import Mailbox, mailbox_of
from eservices_core.usecases.journal_acts import write_in_journal
from eservices_core.usecases.refusal import Refusal
from eservices_core.usecases.refusals import refusal_of
from eservices_core.usecases.unit import Unit
from eservices_core.views.correspondence import unread_in
from eservices_core.words.identifiers import ClinicId, ConversationId, MessageId, UserId

NOTICE: Final = frozenset({MailKind.SOMETHING_TO_READ})


def stream_of(identifier: ConversationId) -> StreamId:
    """Name a conversation's stream."""
    return events.CONVERSATION.stream(identifier)


# --- writing a message ---------------------------------------------------------------------------


@frozen(kw_only=True)
class Written:
    """What somebody wrote, looked at and found good.

    Attributes:
        kind: what the journal calls it.
        heading: what the journal has above the text: the medicine, or what was decided.
    """

    clinic: ClinicId
    user: UserId
    conversation: ConversationId
    message: MessageId
    author: Author
    kind: entry.EntryKind
    text: str = field(repr=False)
    files: tuple[Checked, ...] = ()
    heading: str = field(default="", repr=False)


def compose(unit: Unit, written: Written) -> Message:
    """Put the content into records, and write the entry in the journal.

    The journal has records of its own: what is on the site and what is in the journal are kept for
    periods of their own, and one of them is moved where the other is withdrawn (D-KEEP-1).
    """
    unit.about = written.user
    noted = f"{written.heading}\n\n{written.text}" if written.heading else written.text
    source = entry.Source(events.CONVERSATION.name, str(written.conversation), str(written.message))
    terms = entry.Terms(
        written.clinic,
        written.user,
        written.kind,
        source,
        unit.put(noted),
        tuple(unit.put_file(each.data) for each in written.files),
        unit.at,
    )
    identifier, filed_now = write_in_journal(unit, terms)
    return Message(
        written.message,
        written.author,
        unit.put(written.text),
        tuple(
            Attachment(unit.put_file(each.data), unit.put(each.name), each.kind)
            for each in written.files
        ),
        unit.at,
        identifier,
        unit.at if filed_now else None,
    )


# --- acting --------------------------------------------------------------------------------------


def act(unit: Unit, identifier: ConversationId, command: Command) -> Outcome[Begun, Refusal]:
    """Carry a command out on a conversation, with all that follows; give what it is then."""
    before = unit.state(events.CONVERSATION, identifier)
    decided = conversation.decide(before, command)
    if isinstance(decided, Failure):
        return Failure(refusal_of(decided.failure()))
    unit.add(events.CONVERSATION, identifier, decided.unwrap())
    after = unit.state(events.CONVERSATION, identifier)
    assert not isinstance(after, NoConversation), "nothing ends what was begun"
    unit.about = after.terms.user
    unit.stream = stream_of(identifier)
    if decided.unwrap():
        _tell(unit, identifier, before, after)
    return Success(after)


def entry_is_filed(unit: Unit, source: entry.Source) -> None:
    """Release the message whose entry the journal has acknowledged: it is shown and told now."""
    identifier = ConversationId(source.key)
    stream, about = unit.stream, unit.about
    released = act(unit, identifier, NoteFiled(MessageId(source.part), unit.at))
    assert not isinstance(released, Failure), "an entry tells of a message that there is"
    unit.stream, unit.about = stream or unit.stream, about or unit.about


def _tell(unit: Unit, identifier: ConversationId, before: Conversation, after: Begun) -> None:
    was, now = unread_in(before), unread_in(after)
    died = isinstance(after, Closed) and after.reason is CloseReason.PATIENT_DIED
    if was - now or died:
        # A mail that still waits would say that there is something which is no longer there.
        unit.withdraw_mails(stream=stream_of(identifier), kinds=NOTICE)
    if died or not now or now == was:
        return
    _ = tell(unit, identifier, after)


def reader_of(unit: Unit, user: UserId) -> Mailbox | None:
    """Say where a patient is told that there is something to read; None where nobody can be."""
    if isinstance(unit.state(events.USER, user), ClosedUser):
        return None
    return mailbox_of(unit, OfUser(user))


def tell(unit: Unit, identifier: ConversationId, state: Begun) -> bool:
    """Mail that there is something to read; says whether there was anybody to mail."""
    mailbox = reader_of(unit, state.terms.user)
    if mailbox is None:
        return False
    unit.mail(SomethingToRead(), mailbox.address, mailbox.until, stream=stream_of(identifier))
    return True
