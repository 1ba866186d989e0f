"""What staff do with a letter that was written (D-POST-1): look, withdraw, try again, paper.

What failed, got no answer, or turned out to be other than staff were told lies on the worklist;
settling takes it off. Sending one is `send_letter`'s.
"""

from attrs import field, frozen

from eservices_core import events
from eservices_core.clinic.staff import StaffMember
from eservices_core.outcome import Failure, Outcome, Success
from eservices_core.ports.lists import Listed
from eservices_core.post import letter
from eservices_core.post.content import title_in
from eservices_core.post.sentences import Reader, Sentence, sentence
from eservices_core.post.states import Because, NoLetter, Terms, To, Waiting
from eservices_core.usecases import people
from eservices_core.usecases.letter_acts import act, letter_at
from eservices_core.usecases.looking import look_or_refuse, page_before
from eservices_core.usecases.perform import perform
from eservices_core.usecases.post_refusals import NO_SUCH_LETTER
from eservices_core.usecases.refusal import NO_SUCH_PATIENT, Refusal
from eservices_core.usecases.services import Command, Services
from eservices_core.usecases.unit import Unit
from eservices_core.views.names import holding_key, item_of_letter, letters_of, worklist_of
from eservices_core.words.identifiers import ClinicId, LetterId, UserId
from eservices_core.worklist.holding import CloseReason, ItemClosed

_PAGE = 200


@frozen(kw_only=True)
class WithdrawLetter(Command):
    """Staff stop a letter that has not left."""

    staff: StaffMember
    letter: LetterId


@frozen(kw_only=True)
class TryLetterAgain(Command):
    """Staff have a letter without an answer tried again; it stays one message."""

    staff: StaffMember
    letter: LetterId


@frozen(kw_only=True)
class SendLetterOnPaper(Command):
    """Staff have printed and posted a letter that does not arrive."""

    staff: StaffMember
    letter: LetterId


@frozen(kw_only=True)
class SettleLetter(Command):
    """Staff have seen what became of a letter, and take it off the worklist."""

    staff: StaffMember
    letter: LetterId


@frozen
class LetterChanged:
    """It is recorded."""


@frozen(kw_only=True)
class SeeLetters(Command):
    """Staff look at a patient's letters.

    Attributes:
        before: the first one of the page before; None for the newest.
    """

    staff: StaffMember
    user: UserId
    before: LetterId | None = None


@frozen
class ShownLetter:
    """One letter as staff see it; `title` is None where it was erased."""

    letter: LetterId
    to: To
    title: str | None = field(repr=False)
    sentence: Sentence


def withdraw_letter(services: Services, command: WithdrawLetter) -> Outcome[LetterChanged, Refusal]:
    """Withdraw a letter; one that the solution has taken cannot be called back."""

    def work(unit: Unit) -> Outcome[LetterChanged, Refusal]:
        wanted = letter.Withdraw(Because.STAFF, command.staff, unit.at)
        return _done(unit, command.staff, command.letter, wanted)

    return perform(services, command, LetterChanged, work)


def try_letter_again(
    services: Services, command: TryLetterAgain
) -> Outcome[LetterChanged, Refusal]:
    """Try a letter again whose attempts have ended without an answer."""

    def work(unit: Unit) -> Outcome[LetterChanged, Refusal]:
        wanted = letter.TryAgain(command.staff, unit.at)
        return _done(unit, command.staff, command.letter, wanted)

    return perform(services, command, LetterChanged, work)


def send_letter_on_paper(
    services: Services, command: SendLetterOnPaper
) -> Outcome[LetterChanged, Refusal]:
    """Record that a letter went on paper (D-POST-2)."""

    def work(unit: Unit) -> Outcome[LetterChanged, Refusal]:
        wanted = letter.SendOnPaper(command.staff, unit.at)
        return _done(unit, command.staff, command.letter, wanted)

    return perform(services, command, LetterChanged, work)


def settle_letter(services: Services, command: SettleLetter) -> Outcome[LetterChanged, Refusal]:
    """Take a letter off the worklist, if it lies there; what it is does not change."""

    def work(unit: Unit) -> Outcome[LetterChanged, Refusal]:
        clinic = command.staff.clinic
        found = letter_at(unit, clinic, command.letter)
        if isinstance(found, Failure):
            return found
        item = item_of_letter(command.letter)
        if unit.lying(worklist_of(clinic), str(item)) is not None:
            closed = ItemClosed(command.staff, CloseReason.HANDLED, unit.at)
            unit.add(events.WORKLIST_ITEM, holding_key(clinic, item), (closed,))
        unit.rule = "D-POST-1"
        return Success(LetterChanged())

    return perform(services, command, LetterChanged, work)


def see_letters(
    services: Services, command: SeeLetters
) -> Outcome[tuple[ShownLetter, ...], Refusal]:
    """Show a patient's newest letters at the clinic, a page of at most 200, oldest first."""
    clinic = command.staff.clinic

    def read(unit: Unit) -> Outcome[tuple[ShownLetter, ...], Refusal]:
        if not people.is_patient_of(unit, clinic, command.user):
            return Failure(NO_SUCH_PATIENT)
        unit.about = command.user
        page = page_before(unit, letters_of(clinic, command.user), command.before, _PAGE)
        if page is None:
            return Failure(NO_SUCH_LETTER)
        found = [LetterId(each.item) for each in page]
        unit.read_ahead(events.LETTER, found)
        unit.read_texts_ahead(_terms(unit, each).content for each in found)
        shown = [_shown(unit, each) for each in found]
        return Success(tuple(shown))

    return look_or_refuse(services, command, "see_letters", read, rule="S-POST-1", purpose="letter")


def withdraw_for_death(unit: Unit, user: UserId, by: StaffMember) -> None:
    """Withdraw every letter about a patient who died that has not left (D-ACC-20)."""
    whole = unit.stream
    for clinic in unit.state(events.CLINICS, user):
        for identifier in _letters(unit, clinic, user):
            if isinstance(unit.state(events.LETTER, identifier), Waiting):
                withdrawn = act(unit, identifier, letter.Withdraw(Because.DEATH, by, unit.at))
                assert not isinstance(withdrawn, Failure), "what waits can be withdrawn"
    unit.stream = whole


def _done(
    unit: Unit, staff: StaffMember, identifier: LetterId, wanted: letter.Command
) -> Outcome[LetterChanged, Refusal]:
    found = letter_at(unit, staff.clinic, identifier)
    if isinstance(found, Failure):
        return found
    unit.rule = "D-POST-1"
    done = act(unit, identifier, wanted)
    return done if isinstance(done, Failure) else Success(LetterChanged())


def _letters(unit: Unit, clinic: ClinicId, user: UserId) -> list[LetterId]:
    found: list[Listed] = []
    while page := unit.services.lists.listed(
        letters_of(clinic, user), _PAGE, found[-1] if found else None
    ):
        found += page
    return [LetterId(each.item) for each in found]


def _shown(unit: Unit, identifier: LetterId) -> ShownLetter:
    terms = _terms(unit, identifier)
    record = unit.content(terms.content)
    title = None if record is None else title_in(record)
    said = sentence(unit.state(events.LETTER, identifier), Reader.STAFF)
    return ShownLetter(identifier, terms.to, title, said)


def _terms(unit: Unit, identifier: LetterId) -> Terms:
    state = unit.state(events.LETTER, identifier)
    assert not isinstance(state, NoLetter), "what is listed was written"
    return state.terms
