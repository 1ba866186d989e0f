"""Send a patient a letter (S-POST-1, S-MENU-1): asked before it is written, kept in the journal.

By staff of a clinic that has bought digital post (S-POST-2). A letter about someone under 15 names
its recipient by staff's choice. It leaves when its journal entry has been acknowledged (D-MAIL-3);
handing it over is `hand_over_letters`'. One that goes on paper is recorded here too.
"""

from enum import Enum, unique

from attrs import evolve as with_changes
from attrs import field, frozen

from eservices_core import events
from eservices_core.access.facts import age_at
from eservices_core.access.user import Closed, ClosedBecause
from eservices_core.clinic.booking_settings import Switch
from eservices_core.clinic.settings import ClinicSettings
from eservices_core.clinic.staff import StaffMember
from eservices_core.journal.entry import EntryKind, Source
from eservices_core.journal.entry import Terms as EntryTerms
from eservices_core.outcome import Failure, Outcome, Success
from eservices_core.post import letter, sending
from eservices_core.post.content import Content, Stamp, journal_text, warns, why_unfit, write_record
from eservices_core.post.sending import SENDING, Addressee, Life, Reach, Sending, Transport
from eservices_core.post.states import Terms, To
from eservices_core.tables import Row
from eservices_core.texts import NextStep, Text
from eservices_core.usecases import people
from eservices_core.usecases.journal_acts import write_in_journal
from eservices_core.usecases.letter_acts import act
from eservices_core.usecases.looking import look_or_refuse
from eservices_core.usecases.perform import perform
from eservices_core.usecases.refusal import NO_SUCH_PATIENT, Refusal
from eservices_core.usecases.refusals import refusal_by_name, refusal_of
from eservices_core.usecases.services import Command, Services
from eservices_core.usecases.unit import Unit
from eservices_core.words.civil_number import CivilNumber
from eservices_core.words.identifiers import ClinicId, EntryId, LetterId, UserId


@unique
class Way(Enum):
    """How it goes."""

    DIGITAL = "digital"
    PAPER = "paper"
    """Staff print and post it; it is kept as any other letter."""


@frozen(kw_only=True)
class SendLetter(Command):
    """Staff send a letter about a patient of their clinic.

    Attributes:
        recipient: whom staff chose, the patient too; None for the patient, from 15 years on.
    """

    staff: StaffMember
    user: UserId
    content: Content
    recipient: CivilNumber | None = None
    way: Way = Way.DIGITAL


@frozen
class LetterIsWritten:
    """It is on its way, or recorded.

    Attributes:
        waits_for_journal: it leaves when the clinic's journal has acknowledged its entry.
        warns: the places of files in which the clinic's e-mail address was found (D-MAIL-2).
    """

    letter: LetterId
    waits_for_journal: bool
    warns: tuple[int, ...]


@frozen(kw_only=True)
class CanReceive(Command):
    """Staff ask, before they write, whether a letter would reach its recipient (D-POST-2)."""

    staff: StaffMember
    user: UserId
    recipient: CivilNumber | None = field(default=None)


@frozen
class Prospect:
    """What would become of a letter; `paper` says whether paper is the way on."""

    verdict: Sending
    rule: str
    reason: str
    next_step: NextStep
    text: Text

    @property
    def paper(self) -> bool:
        """Whether staff are to print it."""
        return self.next_step is NextStep.SEND_ON_PAPER


def can_receive(services: Services, command: CanReceive) -> Outcome[Prospect, Refusal]:
    """Say whether a letter would reach its recipient, and by which rule; changes nothing."""

    def read(unit: Unit) -> Outcome[Prospect, Refusal]:
        found = _decided(unit, command.staff.clinic, command.user, command.recipient)
        if isinstance(found, Failure):
            return found
        row = found.unwrap()
        return Success(Prospect(row.then, row.rule, row.name, row.next_step, row.says.staff))

    return look_or_refuse(services, command, "can_receive", read, rule="D-POST-2", purpose="letter")


def send_letter(services: Services, command: SendLetter) -> Outcome[LetterIsWritten, Refusal]:
    """Write a letter, and let it leave."""

    def work(unit: Unit) -> Outcome[LetterIsWritten, Refusal]:
        found = _decided(unit, command.staff.clinic, command.user, command.recipient)
        if isinstance(found, Failure):
            return found
        row = found.unwrap()
        if not _may_go(row, command.way):
            return Failure(refusal_by_name(row))
        unit.rule = row.rule if command.way is Way.DIGITAL else "D-POST-2"
        return _write(unit, command)

    return perform(services, command, LetterIsWritten, work)


def _may_go(row: Row[Sending], way: Way) -> bool:
    if way is Way.DIGITAL:
        return row.then is Sending.SEND
    # Paper needs no mailbox, and waits for no solution's answer.
    return row.then is not Sending.NO or row.name == "silent"


def _write(unit: Unit, command: SendLetter) -> Outcome[LetterIsWritten, Refusal]:
    settings = unit.settings(command.staff.clinic)
    content = _in_our_lines(command.content)
    person = people.person_of(unit, command.user)
    recipient = command.recipient or person.number
    identifier = unit.services.new_letter()
    unfit = why_unfit(content, settings, Stamp(identifier, unit.at, recipient))
    if unfit is not None:
        return Failure(refusal_of(unfit))
    terms = Terms(
        clinic=command.staff.clinic,
        user=command.user,
        to=To.PATIENT if recipient == person.number else To.CHOSEN,
        recipient=unit.put(people.write_person(recipient, None)),
        content=unit.put(write_record(content, settings.post)),
        files=tuple(unit.put_file(file.data) for file in content.files),
        by=command.staff,
        at=unit.at,
    )
    entry, filed = _keep(unit, identifier, terms, content)
    written = act(unit, identifier, letter.Write(terms, entry, filed))
    if isinstance(written, Failure):
        return written
    if command.way is Way.PAPER:
        on_paper = act(unit, identifier, letter.SendOnPaper(command.staff, unit.at))
        if isinstance(on_paper, Failure):
            return on_paper
    return Success(LetterIsWritten(identifier, not filed, warns(content, settings)))


def _keep(unit: Unit, identifier: LetterId, terms: Terms, content: Content) -> tuple[EntryId, bool]:
    """Write the letter's entry (S-MAIL-3); what the journal keeps is its own, and outlives ours."""
    entry = EntryTerms(
        clinic=terms.clinic,
        user=terms.user,
        kind=EntryKind.LETTER,
        source=Source(events.LETTER.name, str(identifier)),
        text=unit.put(journal_text(content)),
        files=tuple(unit.put_file(file.data) for file in content.files),
        at=unit.at,
    )
    return write_in_journal(unit, entry)


def _in_our_lines(content: Content) -> Content:
    """Browsers end lines in two characters, or in another one."""
    if content.text is None:
        return content
    text = content.text.replace("\r\n", "\n").replace("\r", "\n")
    return with_changes(content, text=text)


# --- the facts -----------------------------------------------------------------------------------


def _decided(
    unit: Unit, clinic: ClinicId, user: UserId, chosen: CivilNumber | None
) -> Outcome[Row[Sending], Refusal]:
    """Ask the table; digital post is asked last, and only if all else is well."""
    settings = unit.find_clinic(clinic)
    bought = _bought(settings)
    transport = Transport.NONE if unit.services.post is None else Transport.READY
    facts = sending.SendFacts(
        bought, transport, Life.ALIVE, Addressee.PATIENT, sending.Numbered.CPR, Reach.CAN_RECEIVE
    )
    row = SENDING.decide(facts)
    if row.then is not Sending.SEND:
        return Success(row)
    if not people.is_patient_of(unit, clinic, user):
        return Failure(NO_SUCH_PATIENT)
    unit.about = user
    state = unit.state(events.USER, user)
    if isinstance(state, Closed) and state.because is ClosedBecause.DEATH:
        return Success(SENDING.decide(with_changes(facts, life=Life.DECEASED)))
    if not people.is_known(unit, user):
        return Failure(NO_SUCH_PATIENT)
    person = people.person_of(unit, user)
    recipient = chosen or person.number
    facts = with_changes(
        facts,
        addressee=sending.addressee_of(age_at(person.birth_date, unit.at), person.number, chosen),
        numbered=sending.numbered_by(recipient),
    )
    row = SENDING.decide(facts)
    if row.then is not Sending.SEND:
        return Success(row)
    assert unit.services.post is not None, "the table has looked"
    reach = unit.services.post.reach(recipient)
    return Success(SENDING.decide(with_changes(facts, reach=reach)))


def _bought(settings: ClinicSettings | None) -> Switch:
    return settings.post.bought if settings is not None else Switch.OFF
