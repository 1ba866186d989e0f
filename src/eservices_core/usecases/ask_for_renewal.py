"""Ask for a renewal of medicine (S-MAIL-1, D-MAIL-6): by a patient, who names what was chosen."""

from typing import Final

from attrs import evolve as with_changes
from attrs import field, frozen

from eservices_core.consultation.conversation import Begin
from eservices_core.consultation.free_text import TextRefusal, why_not_text
from eservices_core.consultation.message import ByPatient, Doubt, Renewal, Terms, Topic
from eservices_core.consultation.renewal import (
    RENEWAL,
    RUNS_OUT,
    Medicine,
    RenewalFacts,
    Renewing,
    blocked_by,
)
from eservices_core.journal.entry import EntryKind
from eservices_core.outcome import Failure, Outcome, Success
from eservices_core.texts import Says, Text
from eservices_core.usecases.conversation_acts import Written, act, compose
from eservices_core.usecases.conversations import (
    WritingCommand,
    look_at_patients,
    settings_of,
    writing_session,
)
from eservices_core.usecases.perform import perform
from eservices_core.usecases.refusal import Refusal
from eservices_core.usecases.refusals import refusal_of, refusal_of_row
from eservices_core.usecases.services import Services
from eservices_core.usecases.unit import Unit
from eservices_core.usecases.write_to_clinic import MessageTaken

MEDICINE_MAX: Final = 200
"""The longest name of a medicine, in characters."""

_NAMELESS: Final = {
    TextRefusal.EMPTY: TextRefusal.MEDICINE_EMPTY,
    TextRefusal.TOO_LONG: TextRefusal.MEDICINE_TOO_LONG,
    TextRefusal.NOT_TEXT: TextRefusal.MEDICINE_NOT_TEXT,
}


@frozen(kw_only=True)
class AskForRenewal(WritingCommand):
    """A patient asks; `text` may be empty here."""

    medicine: Medicine = field(repr=False)


def ask_for_renewal(services: Services, command: AskForRenewal) -> Outcome[MessageTaken, Refusal]:
    """Take a request, unless the clinic renews that medicine at a consultation only."""
    identifier = services.new_conversation()

    def work(unit: Unit) -> Outcome[MessageTaken, Refusal]:
        found = writing_session(unit, command)
        if isinstance(found, Failure):
            return found
        settings = settings_of(unit, command.clinic)
        name = command.medicine.name
        # Nothing more has to be said than which medicine; the journal has its name as a heading.
        saying = command if command.text.strip() else with_changes(command, text=name)
        looked = look_at_patients(unit, saying, settings.renewals)
        if isinstance(looked, Failure):
            return looked
        doubt = _look_at_medicine(unit, command)
        if isinstance(doubt, Failure):
            return doubt
        urgency, files = looked.unwrap()
        terms = Terms(
            command.user,
            command.clinic,
            Topic.RENEWAL,
            Renewal(unit.put(name), doubt.unwrap()),
        )
        written = Written(
            clinic=command.clinic,
            user=command.user,
            conversation=identifier,
            message=services.new_message(),
            author=ByPatient(found.unwrap().method, urgency),
            kind=EntryKind.RENEWAL,
            text=saying.text,
            files=files,
            heading=name,
        )
        message = compose(unit, written)
        acted = act(unit, identifier, Begin(terms, message))
        if isinstance(acted, Failure):
            return acted
        return Success(MessageTaken(identifier, message.message, message.filed_at is not None))

    return perform(services, command, MessageTaken, work)


def _look_at_medicine(unit: Unit, command: AskForRenewal) -> Outcome[Doubt, Refusal]:
    medicine = command.medicine
    nameless = why_not_text(medicine.name, MEDICINE_MAX)
    if nameless is not None:
        return Failure(refusal_of(_NAMELESS[nameless]))
    blocked, by = blocked_by(medicine, settings_of(unit, command.clinic).blocked)
    row = RENEWAL.decide(RenewalFacts(medicine.chosen, blocked))
    unit.rule = row.rule
    match row.then:
        case Renewing.TO_STAFF:
            return Success(Doubt.NONE)
        case Renewing.TO_STAFF_IN_DOUBT:
            return Success(Doubt.MEDICINE)
        case Renewing.NEEDS_CONSULTATION:
            refusal = refusal_of_row(row, row.then)
            if by is None or by.why is None:
                return Failure(refusal)
            # The clinic's own words say why; what to do if it runs out is always said.
            why = Text(f"{by.why.da} {RUNS_OUT.da}", f"{by.why.en} {RUNS_OUT.en}")
            return Failure(with_changes(refusal, says=Says(why, refusal.says.staff)))
