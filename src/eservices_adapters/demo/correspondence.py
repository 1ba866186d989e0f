"""The script of a day at the desk: consultations, a renewal, letters, and the worklist.

Like `morning`, every step goes through a real use case over the embedded adapters, and says what it
must come to.
"""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any, Final

from attrs import frozen

from eservices_adapters.demo.box import CLINIC, Box
from eservices_adapters.demo.people import ANDERS, MAX, Patient
from eservices_adapters.demo.steps import expect, must, refused, scene, step, with_mitid
from eservices_adapters.demo.telling import Told
from eservices_core.consultation.renewal import Chosen, Medicine
from eservices_core.outcome import Outcome
from eservices_core.ports.digital_post import DigitalPost
from eservices_core.ports.lists import Listed
from eservices_core.post.content import Content
from eservices_core.usecases.answer_patient import (
    AnswerConversation,
    CreateEAnswer,
    PatientAnswered,
    answer_conversation,
    create_e_answer,
)
from eservices_core.usecases.ask_for_renewal import AskForRenewal, ask_for_renewal
from eservices_core.usecases.hand_over_letters import hand_over_letters
from eservices_core.usecases.journal import ReadJournal, read_journal
from eservices_core.usecases.read_conversation import ReadConversation, read_conversation
from eservices_core.usecases.refusal import Refusal
from eservices_core.usecases.send_letter import SendLetter, send_letter
from eservices_core.usecases.session_of import open_session
from eservices_core.usecases.unit import Unit
from eservices_core.usecases.worklist import (
    SeeUnread,
    SeeWorklist,
    TakeItem,
    Worklist,
    see_unread,
    see_worklist,
    take_item,
)
from eservices_core.usecases.write_to_clinic import (
    BeginConversation,
    MessageTaken,
    begin_conversation,
)
from eservices_core.words.identifiers import (
    BrowserId,
    ConversationId,
    SessionId,
    UserId,
)
from eservices_core.worklist.items import ItemKind

_RECEPTION: Final = "Reception"
_SERVICE: Final = "The service"


@frozen
class _Writer:
    """A patient at a browser, logged in."""

    person: Patient
    user: UserId
    browser: BrowserId
    session: SessionId


def correspondence(box: Box, day: date) -> Iterator[Told]:
    """Run it all, from eight to closing time, telling it."""
    box.clock.at(day, 7, 40)
    max_ = _log_in(box, MAX)
    anders = _log_in(box, ANDERS)
    yield scene(box, "Before eight: patients write")
    asked = must(_write(box, max_, "Hvornår kan jeg få mit prøvesvar?", not_urgent=True))
    yield step(box, "Max", "writes to the clinic", "on the worklist")
    urgent = "Jeg har brystsmerter, når jeg går på trapper."
    interrupted = _write(box, anders, urgent, not_urgent=True)
    yield refused(box, "Anders", "writes something urgent", interrupted, "interrupted")
    sent = must(_write(box, anders, urgent, not_urgent=True, sends_all_the_same=True))
    yield step(box, "Anders", "sends it all the same", "on top of the worklist")
    blocked = _renew(box, max_, "Tramadol")
    yield refused(box, "Max", "asks for Tramadol", blocked, blocked.failure().reason)
    renewal = must(_renew(box, max_, "Amlodipin"))
    expect(renewal.sent, "the embedded journal has it at once")
    yield step(box, "Max", "asks for Amlodipin", "on the worklist")
    box.clock.at(day, 8)
    yield from _at_eight(box, sent.conversation)
    yield from _answers(box, max_, asked)
    yield from _a_letter(box, max_)
    box.clock.at(day, 16)
    yield from _at_closing_time(box, max_)


# --- the scenes --------------------------------------------------------------------------------


def _at_eight(box: Box, urgent: ConversationId) -> Iterator[Told]:
    yield scene(box, "Eight o'clock: the worklist")
    found = _worklist(box)
    first = found.rows[0]
    expect(first.item.key == str(urgent), "what is urgent lies on top")
    kinds = {row.item.kind for row in found.rows}
    expect({ItemKind.CONSULTATION, ItemKind.RENEWAL} <= kinds, "one list for all of it")
    yield step(box, _RECEPTION, "opens the worklist", f"{len(found.rows)} wait", "S-MAIL-4")
    asked = box.asked_by_staff()
    take = TakeItem(key=asked.key, by=asked.by, staff=box.staff, item=first.item)
    _ = must(take_item(box.installation.services, take))
    yield step(box, _RECEPTION, "takes the one on top in hand", "held")


def _answers(box: Box, max_: _Writer, asked: MessageTaken) -> Iterator[Told]:
    yield scene(box, "The clinic answers")
    leak = _answer(box, asked, "Skriv til klinik (at) laegehuset.example.")
    yield refused(box, _RECEPTION, "types the clinic's address", leak, leak.failure().reason)
    answered = must(_answer(box, asked, "Prøvesvaret er fint. Du skal ikke gøre noget."))
    yield step(box, _RECEPTION, "answers Max", "in the journal, and released")
    _ = box.deliver()
    yield step(box, _SERVICE, "mails that there is something to read", "1 mail", "D-MAIL-1")
    unread = _unread(box)
    expect(len(unread) == 1, "Max has not read it")
    yield step(box, _RECEPTION, "sees what is not read", f"{len(unread)} unread", "D-MAIL-4")
    _ = must(_read(box, max_, answered.conversation))
    yield step(box, "Max", "logs in, and reads it", "read")
    asked_by = box.asked_by_staff()
    e_answer = CreateEAnswer(
        key=asked_by.key,
        by=asked_by.by,
        staff=box.staff,
        user=max_.user,
        text="Husk at komme fastende på torsdag.",
    )
    _ = must(create_e_answer(box.installation.services, e_answer))
    yield step(box, _RECEPTION, "writes to Max first", "E-answer created")


def _a_letter(box: Box, max_: _Writer) -> Iterator[Told]:
    yield scene(box, "A letter by digital post")
    services = box.installation.services
    asked = box.asked_by_staff()
    letter = SendLetter(
        key=asked.key,
        by=asked.by,
        staff=box.staff,
        user=max_.user,
        content=Content("Indkaldelse", "Du indkaldes til årskontrol."),
    )
    _ = must(send_letter(services, letter))
    yield step(box, _RECEPTION, "writes Max a letter", "in the journal, and queued")
    post = services.post
    assert post is not None, "the clinic has bought it"
    outcomes = _hand_over(box, post)
    yield step(box, _SERVICE, "hands it to digital post", f"{outcomes} accepted", "D-POST-1")


def _at_closing_time(box: Box, max_: _Writer) -> Iterator[Told]:
    yield scene(box, "Closing time: what is left")
    left = _worklist(box)
    waiting = f"{len(left.rows)} wait"
    yield step(box, _RECEPTION, "looks at the worklist once more", waiting, "S-MAIL-4")
    asked = box.asked_by_staff()
    look = ReadJournal(key=asked.key, by=asked.by, staff=box.staff, user=max_.user)
    entries = must(read_journal(box.installation.services, look))
    kinds = ", ".join(sorted({entry.kind.value for entry in entries}))
    yield step(box, _RECEPTION, "opens Max's journal", kinds, "S-MAIL-3")


# --- what they do --------------------------------------------------------------------------------


def _log_in(box: Box, person: Patient) -> _Writer:
    browser = box.new_browser()
    session = with_mitid(box, person, browser)
    asked = box.asked_by()
    look = SeeUnread(key=asked.key, by=asked.by, staff=box.staff)
    opened = must(open_session(Unit(box.installation.services, look), session, browser))
    return _Writer(person, opened.user, browser, session)


def _form(box: Box, who: _Writer) -> dict[str, Any]:
    asked = box.asked_by()
    return {
        "key": asked.key,
        "by": asked.by,
        "session": who.session,
        "browser": who.browser,
        "clinic": CLINIC,
        "user": who.user,
    }


def _write(box: Box, who: _Writer, text: str, **more: bool) -> Outcome[MessageTaken, Refusal]:
    form: dict[str, Any] = {**_form(box, who), **more}
    command = BeginConversation(**form, text=text)
    return begin_conversation(box.installation.services, command)


def _renew(box: Box, who: _Writer, name: str) -> Outcome[MessageTaken, Refusal]:
    medicine = Medicine(name, Chosen.FROM_LIST)
    command = AskForRenewal(**_form(box, who), text="", not_urgent=True, medicine=medicine)
    return ask_for_renewal(box.installation.services, command)


def _answer(box: Box, to: MessageTaken, text: str) -> Outcome[PatientAnswered, Refusal]:
    asked = box.asked_by_staff()
    command = AnswerConversation(
        key=asked.key,
        by=asked.by,
        staff=box.staff,
        conversation=to.conversation,
        seen=to.message,
        text=text,
    )
    return answer_conversation(box.installation.services, command)


def _read(box: Box, who: _Writer, conversation: ConversationId) -> Outcome[Any, Refusal]:
    box.clock.wind(timedelta(minutes=5))
    command = ReadConversation(**_form(box, who), conversation=conversation)
    return read_conversation(box.installation.services, command)


def _worklist(box: Box) -> Worklist:
    asked = box.asked_by_staff()
    look = SeeWorklist(key=asked.key, by=asked.by, staff=box.staff)
    return must(see_worklist(box.installation.services, look))


def _unread(box: Box) -> tuple[Listed, ...]:
    asked = box.asked_by_staff()
    look = SeeUnread(key=asked.key, by=asked.by, staff=box.staff)
    return must(see_unread(box.installation.services, look))


def _hand_over(box: Box, post: DigitalPost) -> int:
    done = hand_over_letters(box.installation.services, post)
    expect(len(done) == 1, "one letter waits")
    return len(done)
