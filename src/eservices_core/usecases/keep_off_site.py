"""Keep a message off the sites, with a reason, or let it back (D-ACC-18). By staff."""

from attrs import frozen

from eservices_core.clinic.staff import StaffMember
from eservices_core.consultation.conversation import KeepOff
from eservices_core.consultation.message import OffBecause
from eservices_core.outcome import Failure, Outcome, Success
from eservices_core.usecases.conversation_acts import act
from eservices_core.usecases.conversations import conversation_at
from eservices_core.usecases.perform import perform
from eservices_core.usecases.refusal import Refusal
from eservices_core.usecases.services import Command, Services
from eservices_core.usecases.unit import Unit
from eservices_core.words.identifiers import ConversationId, MessageId


@frozen(kw_only=True)
class KeepOffSite(Command):
    """Staff keep it off; with no reason any more (None) it comes back."""

    staff: StaffMember
    conversation: ConversationId
    message: MessageId
    because: OffBecause | None


@frozen
class SiteChanged:
    """The sites show it no more, or again; the journal has it as before."""


def keep_off_site(services: Services, command: KeepOffSite) -> Outcome[SiteChanged, Refusal]:
    """Keep a message off the sites, whoever wrote it."""

    def work(unit: Unit) -> Outcome[SiteChanged, Refusal]:
        found = conversation_at(unit, command.staff.clinic, command.conversation)
        if isinstance(found, Failure):
            return found
        unit.rule = "D-ACC-18"
        kept = act(
            unit, command.conversation, KeepOff(command.message, command.staff, command.because)
        )
        return kept if isinstance(kept, Failure) else Success(SiteChanged())

    return perform(services, command, SiteChanged, work)
