"""Take back what went to the wrong patient (D-MAIL-8): one act, by staff.

It is off the site, its mail stops, its journal entry stands where it belongs or is set aside, and a
breach lies on top of the worklist, from whose time the law's 72 hours run.
"""

from datetime import datetime

from attrs import frozen

from eservices_core import events
from eservices_core.clinic.staff import StaffMember
from eservices_core.consultation.conversation import Withdraw
from eservices_core.consultation.states import find
from eservices_core.journal import entry
from eservices_core.outcome import Failure, Outcome, Success
from eservices_core.usecases import people
from eservices_core.usecases.conversation_acts import act
from eservices_core.usecases.conversation_refusals import NOT_THE_WRONG_PATIENT
from eservices_core.usecases.conversations import conversation_at
from eservices_core.usecases.journal_acts import move_in_journal
from eservices_core.usecases.perform import perform
from eservices_core.usecases.refusal import NO_SUCH_PATIENT, Refusal
from eservices_core.usecases.services import Command, Services
from eservices_core.usecases.unit import Unit
from eservices_core.words.identifiers import ConversationId, MessageId, UserId
from eservices_core.worklist.deadlines import BREACH_CLOCK


@frozen(kw_only=True)
class WithdrawMessage(Command):
    """Staff take it back.

    Attributes:
        belongs_to: the patient of theirs whose it is; None where nobody knows yet.
    """

    staff: StaffMember
    conversation: ConversationId
    message: MessageId
    belongs_to: UserId | None = None


@frozen
class MessageIsWithdrawn:
    """The breach lies on the worklist; it is to be reported, or not, by `report_by`."""

    report_by: datetime


def withdraw_message(
    services: Services, command: WithdrawMessage
) -> Outcome[MessageIsWithdrawn, Refusal]:
    """Take a message of the clinic's back, with all that follows."""

    def work(unit: Unit) -> Outcome[MessageIsWithdrawn, Refusal]:
        clinic = command.staff.clinic
        found = conversation_at(unit, clinic, command.conversation)
        if isinstance(found, Failure):
            return found
        to = command.belongs_to
        if to is not None and not people.is_patient_of(unit, clinic, to):
            return Failure(NO_SUCH_PATIENT)
        if to == found.unwrap().terms.user:
            return Failure(NOT_THE_WRONG_PATIENT)
        unit.rule = "D-MAIL-8"
        done = act(unit, command.conversation, Withdraw(command.message, command.staff, unit.at))
        if isinstance(done, Failure):
            return done
        message = find(done.unwrap(), command.message)
        assert message is not None, "it was withdrawn"
        stands = unit.state(events.JOURNAL_ENTRY, message.entry)
        assert not isinstance(stands, entry.NoEntry), "every message has its entry"
        if stands.terms.user != to:  # else it was moved there before
            _ = move_in_journal(unit, message.entry, to, command.staff).unwrap()
        return Success(MessageIsWithdrawn(unit.at + BREACH_CLOCK))

    return perform(services, command, MessageIsWithdrawn, work)
