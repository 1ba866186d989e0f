"""Tell a patient again that there is something to read (D-MAIL-4). By staff.

The mail goes to the address as it is now; one that still waits to the old one is stopped.
"""

from attrs import frozen

from eservices_core.clinic.staff import StaffMember
from eservices_core.consultation.conversation import is_unread
from eservices_core.outcome import Failure, Outcome, Success
from eservices_core.usecases.access_refusals import NO_ADDRESS
from eservices_core.usecases.conversation_acts import NOTICE, stream_of, tell
from eservices_core.usecases.conversation_refusals import NOTHING_UNREAD
from eservices_core.usecases.conversations import conversation_at
from eservices_core.usecases.perform import perform
from eservices_core.usecases.refusal import Refusal
from eservices_core.usecases.services import Command, Services
from eservices_core.usecases.unit import Unit
from eservices_core.words.identifiers import ConversationId


@frozen(kw_only=True)
class TellAgain(Command):
    """Staff have the notice sent again."""

    staff: StaffMember
    conversation: ConversationId


@frozen
class ToldAgain:
    """A mail is on its way."""


def tell_again(services: Services, command: TellAgain) -> Outcome[ToldAgain, Refusal]:
    """Send the notice again, if there is something unread and somebody to mail."""

    def work(unit: Unit) -> Outcome[ToldAgain, Refusal]:
        found = conversation_at(unit, command.staff.clinic, command.conversation)
        if isinstance(found, Failure):
            return found
        state = found.unwrap()
        unit.rule = "D-MAIL-4"
        if not any(is_unread(each) for each in state.messages):
            return Failure(NOTHING_UNREAD)
        unit.withdraw_mails(stream=stream_of(command.conversation), kinds=NOTICE)
        told = tell(unit, command.conversation, state)
        return Success(ToldAgain()) if told else Failure(NO_ADDRESS)

    return perform(services, command, ToldAgain, work)
