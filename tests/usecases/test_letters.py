import json
from datetime import timedelta
from itertools import permutations

import pytest
from attrs import evolve

from eservices_core import events
from eservices_core.access.user import ClosedBecause
from eservices_core.clinic.consultation_settings import ConsultationSettings
from eservices_core.clinic.post_settings import PostSettings
from eservices_core.journal.entry import EntryKind, Filed, NoteFiled, Pending
from eservices_core.outcome import Failure, Success
from eservices_core.ports.digital_post import Accepted, NoAnswer, Rejected
from eservices_core.ports.ledger import ByStaff
from eservices_core.post.content import Attachment, Content, is_pdf
from eservices_core.post.letter import AMBIGUOUS_MAX, Says
from eservices_core.post.sending import Reach, Sending
from eservices_core.post.states import (
    Ambiguous,
    AwaitingJournal,
    Because,
    Believed,
    Delivered,
    Failed,
    OnPaper,
    Queued,
    Received,
    To,
    Withdrawn,
)
from eservices_core.testing.world import CLINIC
from eservices_core.texts import NextStep
from eservices_core.usecases import letters as acts
from eservices_core.usecases.close_user import CloseUser, close_user
from eservices_core.usecases.hand_over_letters import ERASED
from eservices_core.usecases.letter_acts import entry_is_filed
from eservices_core.usecases.perform import perform
from eservices_core.usecases.refusal import Refusal
from eservices_core.usecases.send_letter import CanReceive, Prospect, Way, can_receive
from eservices_core.usecases.unit import Unit
from eservices_core.views.names import queue_of
from eservices_core.words.civil_number import CivilNumber
from eservices_core.words.email_address import AddressOwner
from eservices_core.words.identifiers import LetterId, UserId
from tests.usecases.letter_day import PDF, WORDS, LetterDay
from tests.usecases.people import ANNA, BENT, CHILD, DORTE, HOUR, MINUTE, reason


@pytest.fixture
def day() -> LetterDay:
    """A day at two clinics that have digital post."""
    return LetterDay()


def bought(day: LetterDay, post: PostSettings, addresses: tuple[str, ...] = ()) -> None:
    """Change what the clinic has chosen."""
    consultation = ConsultationSettings(addresses=tuple(map(day.address, addresses)))
    settings = evolve(day.services.clinics[CLINIC], post=post, consultation=consultation)
    day.services = evolve(day.services, clinics={**day.services.clinics, CLINIC: settings})


def prospect(day: LetterDay, user: UserId, recipient: CivilNumber | None = None) -> Prospect:
    """Ask before writing."""
    command = CanReceive(
        key=day.key(), by=day.by_staff, staff=day.staff, user=user, recipient=recipient
    )
    return can_receive(day.services, command).unwrap()


def acted(day: LetterDay, kind: type, letter: LetterId) -> tuple[str, str] | None:
    """Have staff do one thing with a letter; give why not."""
    do = {
        acts.WithdrawLetter: acts.withdraw_letter,
        acts.TryLetterAgain: acts.try_letter_again,
        acts.SendLetterOnPaper: acts.send_letter_on_paper,
        acts.SettleLetter: acts.settle_letter,
    }[kind]
    command = kind(key=day.key(), by=day.by_staff, staff=day.staff, letter=letter)
    outcome = do(day.services, command)
    return reason(outcome) if isinstance(outcome, Failure) else None


# --- writing -------------------------------------------------------------------------------------


def test_a_letter_is_sent_and_kept(day: LetterDay) -> None:
    """S-POST-1, S-MENU-1, D-POST-2: it goes to the mailbox, and lies in the journal as written."""
    user = day.anna()
    letter = day.sent(user)
    assert isinstance(day.letter(letter), Queued)
    (entry,) = (
        one.event.terms
        for one in day.ledger.events()
        if one.stream.kind == events.JOURNAL_ENTRY.name and hasattr(one.event, "terms")
    )
    assert (entry.kind, entry.user, entry.source.kind, entry.source.key) == (
        EntryKind.LETTER,
        user,
        "letter",
        str(letter),
    )
    assert day.contents[entry.text] == "Indkaldelse\n\nKom til kontrol."
    assert [day.ledger.file(file) for file in entry.files] == [PDF]
    (tried,) = day.hand_over()
    assert (tried.letter, tried.sent, tried.raised) == (letter, Accepted(), None)
    ((uuid, (draft, files)),) = day.post.taken.items()
    assert uuid == str(letter)
    assert files == (b"Kom til kontrol.", PDF)
    assert draft.recipient.id == ANNA.reveal()
    assert (draft.sender.cvr, draft.sender.label) == ("12345678", "Clinic One")
    assert draft.created_at == day.letter(letter).terms.at
    assert [file.name for file in draft.files] == ["brev.txt", "vejledning.pdf"]


def test_nothing_of_a_letter_lies_in_an_event(day: LetterDay) -> None:
    """D-LOG-1, D-KEEP-1: no word, number, name of a file or byte is in event or audit log."""
    _ = day.sent()
    _ = day.hand_over()
    told = repr(day.ledger.events()) + repr(day.ledger.audit()) + repr(day.answers)
    for word in ("Indkaldelse", "kontrol", "vejledning", "kanarie", ANNA.reveal(), "12345678"):
        assert word not in told


def test_only_a_clinic_that_bought_it_has_it(day: LetterDay) -> None:
    """S-POST-2: a no names the rule, before anything about the patient is looked at."""
    bought(day, PostSettings())
    assert reason(day.sends(UserId("nobody"))) == ("S-POST-2", "not_bought")
    assert reason(day.sends(day.anna(), way=Way.PAPER)) == ("S-POST-2", "not_bought")


def test_an_installation_without_digital_post_says_so(day: LetterDay) -> None:
    """S-POST-1: bought, and not set up here."""
    day.services = evolve(day.services, post=None)
    assert reason(day.sends(day.anna())) == ("S-POST-1", "no_transport")


def test_another_clinic_s_patient_is_nobody(day: LetterDay) -> None:
    """D-LOG-2: who is not yours answers as who does not exist."""
    theirs = day.patient(ANNA, "anna", staff=day.other_staff)
    assert reason(day.sends(theirs)) == ("D-LOG-2", "no_such_patient")
    assert reason(day.sends(UserId("nobody"))) == ("D-LOG-2", "no_such_patient")


@pytest.mark.parametrize(
    ("reach", "row"),
    [
        (Reach.EXEMPT, "exempt"),
        (Reach.CLOSED, "mailbox_closed"),
        (Reach.UNKNOWN, "no_mailbox"),
        (Reach.CANNOT_RECEIVE, "cannot_receive"),
        (Reach.SILENT, "silent"),
    ],
)
def test_who_cannot_get_it_is_reported_before_sending(
    day: LetterDay, reach: Reach, row: str
) -> None:
    """D-POST-2, faults: 171. Nothing is written, and paper is the way on where it is one."""
    user = day.anna()
    day.post.know(ANNA, reach)
    said = prospect(day, user)
    assert (said.rule, said.reason) == ("D-POST-2", row)
    assert said.paper == (reach is not Reach.SILENT)
    assert reason(day.sends(user)) == ("D-POST-2", row)
    assert day.letters(user) == ()
    paper = day.sent(user, way=Way.PAPER)
    assert isinstance(day.letter(paper), OnPaper)
    assert day.hand_over() == ()


def test_asking_writes_nothing(day: LetterDay) -> None:
    """D-POST-2, D-LOG-1: whoever asks first leaves nothing behind but that they looked."""
    user = day.anna()
    before = day.ledger.events(), len(day.ledger.audit())
    assert prospect(day, user).verdict is Sending.SEND
    events_now, audited = day.ledger.events(), day.ledger.audit()
    assert (events_now, len(audited)) == (before[0], before[1] + 1)
    assert (audited[-1].entry.act, audited[-1].entry.about) == ("can_receive", user)
    command = CanReceive(key="k", by=day.by_staff, staff=day.staff, user=UserId("nobody"))
    assert reason(can_receive(day.services, command)) == ("D-LOG-2", "no_such_patient")


def test_a_letter_about_a_child_goes_to_whom_staff_choose(day: LetterDay) -> None:
    """D-POST-2, faults: 171. Under 15 nobody is assumed: a parent, or the child, is chosen."""
    child = day.patient(CHILD, "barn", owner=AddressOwner.GUARDIAN)
    refused = day.sends(child)
    assert reason(refused) == ("D-POST-2", "nobody_chosen")
    assert refused.failure().next_step is NextStep.CHOOSE_RECIPIENT
    to_parent = day.sent(child, recipient=DORTE)
    day.clock.wind(MINUTE)
    to_child = day.sent(child, recipient=CHILD)
    assert [shown.to for shown in day.letters(child)] == [To.CHOSEN, To.PATIENT]
    _ = day.hand_over()
    assert day.post.taken[str(to_parent)][0].recipient.id == DORTE.reveal()
    assert day.post.taken[str(to_child)][0].recipient.id == CHILD.reveal()


def test_a_letter_about_a_grown_person_goes_to_nobody_else(day: LetterDay) -> None:
    """D-POST-2: from 15 years on it is the patient's."""
    assert reason(day.sends(day.anna(), recipient=BENT)) == ("D-POST-2", "somebody_else")


def test_a_replacement_number_has_no_mailbox(day: LetterDay) -> None:
    """D-POST-2: nobody is asked about it, and paper is the way on."""
    user = day.patient(day.civil_number("6709614606"), "anna")
    day.services = evolve(day.services, post=None)
    assert reason(day.sends(user))[1] == "no_transport"
    day.services = evolve(day.services, post=day.post)
    assert reason(day.sends(user)) == ("D-POST-2", "replacement_number")
    assert isinstance(day.letter(day.sent(user, way=Way.PAPER)), OnPaper)


UNFIT = {
    "empty_letter": Content("Titel"),
    "blank": Content("Titel", "  \n"),
    "title_unfit": Content(" ", "Tekst"),
    "long title": Content("a" * 257, "Tekst"),
    "two lines": Content("a\nb", "Tekst"),
    "text_unfit": Content("Titel", "a\x00b"),
    "file_name_unfit": Content("Titel", None, (Attachment("../../x.pdf", PDF),)),
    "ending": Content("Titel", None, (Attachment("brev.exe", PDF),)),
    "not_a_pdf": Content("Titel", None, (Attachment("brev.pdf", b"MZ" + PDF),)),
    "cut": Content("Titel", None, (Attachment("brev.pdf", b"%PDF-1.4\n"),)),
    "letter_too_large": Content(
        "Titel", None, (Attachment("brev.pdf", b"%PDF-1.4" + bytes(10_000_000) + b"%%EOF"),)
    ),
    "too_many_files": Content("Titel", "Tekst", (Attachment("brev.pdf", PDF),) * 10),
}
SAME = {
    "blank": "empty_letter",
    "long title": "title_unfit",
    "two lines": "title_unfit",
    "ending": "file_name_unfit",
    "cut": "not_a_pdf",
}


@pytest.mark.parametrize("name", UNFIT)
def test_what_makes_no_message_is_refused_by_its_field(day: LetterDay, name: str) -> None:
    """D-POST-3, faults: 170. Before anything is kept, and with none of it in the answer."""
    user = day.anna()
    records = len(day.contents)
    refused = day.sends(user, content=UNFIT[name])
    assert reason(refused) == ("D-POST-3", SAME.get(name, name))
    assert len(day.contents) == records
    assert len(str(refused)) < 2_000


def test_a_letter_of_the_largest_size_goes(day: LetterDay) -> None:
    """D-POST-3: the clinic's limit is what may go, files and text together."""
    largest = Attachment("brev.pdf", b"%PDF-1.4" + bytes(10_000_000 - 13) + b"%%EOF")
    assert isinstance(day.sends(day.anna(), content=Content("Titel", None, (largest,))), Success)


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (Content("Skriv: Klinik@Example.dk", "Tekst"), "address_in_title"),
        (Content("Titel", "klinik (at) example.dk"), "address_in_text"),
        (Content("Titel", "k\u200blinik @ example.dk"), "address_in_text"),
        (
            Content("Titel", None, (Attachment("klinik@example.dk.pdf", PDF),)),
            "address_in_file_name",
        ),
    ],
)
def test_the_clinic_s_address_is_refused_by_its_field(
    day: LetterDay, content: Content, why: str
) -> None:
    """S-MAIL-2, D-MAIL-2: in a letter's title, text or file name."""
    bought(day, day.services.clinics[CLINIC].post, ("klinik@example.dk",))
    assert reason(day.sends(day.anna(), content=content)) == ("D-MAIL-2", why)


def test_the_clinic_s_address_in_a_file_warns(day: LetterDay) -> None:
    """D-MAIL-2: in an attachment's text it warns, and the letter goes."""
    bought(day, day.services.clinics[CLINIC].post, ("klinik@example.dk",))
    files = (
        Attachment("a.pdf", PDF),
        Attachment("b.pdf", b"%PDF-1.4\n(klinik@example.dk) Tj\n%%EOF"),
    )
    written = day.sends(day.anna(), content=Content("Titel", None, files)).unwrap()
    assert written.warns == (1,)
    assert day.sends(day.patient(BENT, "bent"), content=WORDS).unwrap().warns == ()


def test_a_pdf_is_one_by_what_it_holds() -> None:
    """faults: 170. Its head is at the beginning, and its end within the last kilobyte."""
    assert is_pdf(PDF)
    assert is_pdf(PDF + bytes(1_024 - 6))
    assert not is_pdf(PDF + bytes(1_024))
    assert not is_pdf(b"\n" + PDF)
    # The file that every scanner for malware is tried with is text, whatever its name says.
    assert not is_pdf(
        b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$" + b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
    )


def test_lines_of_browsers_become_ours(day: LetterDay) -> None:
    """D-POST-3: a line end of two characters, or of another one, is one of ours."""
    letter = day.sent(content=Content("Titel", "a\r\nb\rc\n"))
    _ = day.hand_over()
    assert day.post.taken[str(letter)][1] == (b"a\nb\nc\n",)


# --- the journal ---------------------------------------------------------------------------------


class _Outside:
    """Stands for a journal that another system keeps; nothing here asks it."""


def test_it_leaves_when_the_journal_has_it(day: LetterDay) -> None:
    """D-MAIL-3: with a journal outside, nothing is sent before its entry is acknowledged."""
    day.services = evolve(day.services, journal=_Outside())
    user = day.anna()
    written = day.sends(user).unwrap()
    assert written.waits_for_journal
    waiting = day.letter(written.letter)
    assert isinstance(waiting, AwaitingJournal)
    assert isinstance(day.state(events.JOURNAL_ENTRY, waiting.entry), Pending)
    assert day.hand_over() == ()
    assert "Waiting for the journal" in day.letters(user)[0].sentence.text.en

    def work(unit: Unit) -> Success[acts.LetterChanged]:
        unit.add(events.JOURNAL_ENTRY, waiting.entry, NoteFiledEvents())
        source = unit.state(events.JOURNAL_ENTRY, waiting.entry).terms.source
        entry_is_filed(unit, source)
        return Success(acts.LetterChanged())

    from eservices_core.journal import entry  # noqa: PLC0415  here alone

    def NoteFiledEvents() -> tuple[entry.EntryFiled, ...]:  # noqa: N802  stands for the worker's
        state = day.state(events.JOURNAL_ENTRY, waiting.entry)
        decided = entry.decide(state, NoteFiled("ref")).unwrap()
        return tuple(one for one in decided if isinstance(one, entry.EntryFiled))

    command = acts.SeeLetters(key="filed", by=day.by_staff, staff=day.staff, user=user)
    _ = perform(day.services, command, acts.LetterChanged, work).unwrap()
    assert isinstance(day.state(events.JOURNAL_ENTRY, waiting.entry), Filed)
    assert [tried.sent for tried in day.hand_over()] == [Accepted()]


# --- handing over --------------------------------------------------------------------------------


def test_it_is_one_message_however_often_it_is_tried(day: LetterDay) -> None:
    """D-POST-1: lost answers, broken transports, changed settings: one UUID, the same message."""
    letter = day.sent()
    day.post.answer(NoAnswer.NOT_NOW, NoAnswer.AMBIGUOUS, RuntimeError())
    for _ in range(3):
        assert len(day.hand_over()) == 1
        assert day.hand_over() == (), "there is a pause"
        bought(
            day,
            PostSettings(
                bought=day.services.clinics[CLINIC].post.bought, cvr="87654321", label="B"
            ),
        )
        day.clock.wind(HOUR)
    assert day.post.asked == 3
    (last,) = day.hand_over()
    assert last.sent == Accepted()
    assert list(day.post.taken) == [str(letter)]
    assert day.hand_over() == ()


def test_what_a_transport_raises_is_ambiguous(day: LetterDay) -> None:
    """D-POST-1: it may have left before that; whoever runs the worker gets what was raised."""
    letter = day.sent()
    error = RuntimeError()
    day.post.answer(error)
    (tried,) = day.hand_over()
    assert (tried.sent, tried.raised) == (NoAnswer.AMBIGUOUS, error)
    assert day.letter(letter) == Ambiguous(day.letter(letter).terms, 1, day.clock.now() + MINUTE)


def test_the_pause_grows(day: LetterDay) -> None:
    """D-POST-1: a minute, then two, then four: a solution that is down is left alone."""
    letter = day.sent()
    pauses = []
    for _ in range(4):
        day.post.answer(NoAnswer.NOT_NOW)
        _ = day.hand_over()
        pauses.append(day.letter(letter).next_try - day.clock.now())
        day.clock.wind(pauses[-1])
    assert pauses == [MINUTE, 2 * MINUTE, 4 * MINUTE, 8 * MINUTE]


def test_one_that_breaks_holds_up_no_other(day: LetterDay) -> None:
    """D-POST-1: each letter is tried, whatever became of the one before it."""
    user = day.anna()
    first, second = day.sent(user), day.sent(user)
    day.post.answer(RuntimeError())
    assert {tried.letter for tried in day.hand_over()} == {first, second}
    assert len(day.post.taken) == 1


def test_what_gets_no_answer_goes_to_staff(day: LetterDay) -> None:
    """D-POST-1: at the end of its attempts it lies on the worklist, and staff may try it again."""
    letter = day.sent()
    for attempt in range(AMBIGUOUS_MAX):
        assert not day.lies_on_worklist(letter), attempt
        day.post.answer(NoAnswer.AMBIGUOUS)
        assert len(day.hand_over()) == 1
        day.clock.wind(HOUR)
    assert day.lies_on_worklist(letter)
    assert day.hand_over() == ()
    assert acted(day, acts.TryLetterAgain, letter) is None
    assert not day.lies_on_worklist(letter)
    assert [tried.sent for tried in day.hand_over()] == [Accepted()]
    assert list(day.post.taken) == [str(letter)]


def test_a_refusal_goes_to_staff(day: LetterDay) -> None:
    """D-POST-1: what the solution refuses has failed with its code, and lies on the worklist."""
    letter = day.sent()
    day.post.answer(Rejected("recipient.closed"))
    _ = day.hand_over()
    failed = day.letter(letter)
    assert isinstance(failed, Failed)
    assert failed.code == "recipient.closed"
    assert day.lies_on_worklist(letter)
    assert acted(day, acts.TryLetterAgain, letter) == ("D-POST-1", "has_failed")
    assert acted(day, acts.SendLetterOnPaper, letter) is None
    assert isinstance(day.letter(letter), OnPaper)
    assert not day.lies_on_worklist(letter)


def test_what_was_erased_cannot_leave(day: LetterDay) -> None:
    """D-KEEP-1: a letter whose record is gone fails, with a code of ours, and is not sent."""
    letter = day.sent()
    day.erase(day.letter(letter).terms.content)
    _ = day.hand_over()
    assert day.letter(letter).code == ERASED
    assert day.post.asked == 0


# --- receipts ------------------------------------------------------------------------------------


@pytest.mark.parametrize("receipts", list(permutations(Says)))
def test_receipts_come_in_any_order(day: LetterDay, receipts: tuple[Says, ...]) -> None:
    """D-POST-1, faults: 172. Delivered is final; after failed it corrects it, and staff hear."""
    letter = day.sent()
    _ = day.hand_over()
    for says in (*receipts, *receipts):
        _ = day.post.arrive(letter, says, day.clock.now())
    day.hear()
    ended = day.letter(letter)
    assert isinstance(ended, Delivered)
    failed_first = receipts.index(Says.FAILED) < receipts.index(Says.DELIVERED)
    assert ended.corrects is (Believed.FAILED if failed_first else None)
    assert day.lies_on_worklist(letter) == failed_first
    assert day.post.receipts(10) == ()
    if failed_first:
        assert acted(day, acts.SettleLetter, letter) is None
    assert not day.lies_on_worklist(letter)
    _ = day.post.arrive(letter, Says.DELIVERED, day.clock.now())
    day.hear()
    assert not day.lies_on_worklist(letter), "what staff have seen is not laid there again"


def test_received_is_no_delivery(day: LetterDay) -> None:
    """D-POST-1: nothing calls it delivered before a receipt does."""
    user = day.anna()
    letter = day.sent(user)
    _ = day.hand_over()
    _ = day.post.arrive(letter, Says.RECEIVED, day.clock.now())
    day.hear()
    assert isinstance(day.letter(letter), Received)
    assert "not delivered yet" in day.letters(user)[0].sentence.text.en


def test_a_receipt_about_nobody_s_letter_is_read_and_done(day: LetterDay) -> None:
    """faults: 172. An unknown UUID, and what nobody can read, hold nothing up."""
    letter = day.sent()
    _ = day.hand_over()
    for unknown, says in ((LetterId.from_entropy(bytes(16)), Says.FAILED), (None, None)):
        _ = day.post.arrive(unknown, says, day.clock.now())
    _ = day.post.arrive(letter, Says.DELIVERED, day.clock.now())
    day.hear()
    assert isinstance(day.letter(letter), Delivered)
    assert day.post.receipts(10) == ()


def test_a_receipt_is_recorded_before_it_is_done(day: LetterDay) -> None:
    """D-POST-1: a worker that dies in between reads it again, and nothing comes twice."""
    letter = day.sent()
    _ = day.hand_over()
    receipt = day.post.arrive(letter, Says.DELIVERED, day.clock.now())
    day.post.done = lambda _: None
    day.hear()
    events_before = len(day.ledger.events())
    day.hear()
    assert day.post.receipts(10) == (receipt,)
    assert len(day.ledger.events()) == events_before


# --- staff ---------------------------------------------------------------------------------------


def test_a_letter_is_withdrawn_before_it_leaves(day: LetterDay) -> None:
    """D-POST-1: what waits is stopped; what was taken cannot be called back."""
    user = day.anna()
    first, second = day.sent(user), day.sent(user)
    assert acted(day, acts.WithdrawLetter, first) is None
    assert [tried.letter for tried in day.hand_over()] == [second]
    assert acted(day, acts.WithdrawLetter, second) == ("D-POST-1", "has_left")
    assert acted(day, acts.WithdrawLetter, first) == ("D-POST-1", "withdrawn")


@pytest.mark.parametrize(
    "kind",
    [acts.WithdrawLetter, acts.TryLetterAgain, acts.SendLetterOnPaper, acts.SettleLetter],
)
def test_another_clinic_s_letter_is_none(day: LetterDay, kind: type) -> None:
    """D-LOG-2: what is not yours answers as what does not exist."""
    theirs = day.sent(
        day.patient(ANNA, "anna", staff=day.other_staff),
        staff=day.other_staff,
        by=ByStaff(day.other_staff),
    )
    for letter in (theirs, LetterId.from_entropy(bytes(16))):
        assert acted(day, kind, letter) == ("D-LOG-2", "no_such_letter")
    command = acts.SeeLetters(
        key="k", by=day.by_staff, staff=day.staff, user=day.letter(theirs).terms.user
    )
    assert reason(acts.see_letters(day.services, command)) == ("D-LOG-2", "no_such_patient")


def test_staff_see_a_patient_s_letters_oldest_first(day: LetterDay) -> None:
    """S-POST-1: each with its title and its sentence; an erased one without a title."""
    user = day.anna()
    written = []
    for title in ("En", "To", "Tre"):
        written.append(day.sent(user, content=Content(title, "Tekst")))
        day.clock.wind(MINUTE)
    day.erase(day.letter(written[1]).terms.content)
    shown = day.letters(user)
    assert [each.letter for each in shown] == written
    assert [each.title for each in shown] == ["En", None, "Tre"]
    assert "Tre" not in repr(shown)


# --- death ---------------------------------------------------------------------------------------


def dies(day: LetterDay, user: UserId) -> None:
    """Have the clinic record a death."""
    command = CloseUser(
        key=day.key(), by=day.by_staff, staff=day.staff, user=user, because=ClosedBecause.DEATH
    )
    _ = close_user(day.services, command).unwrap()


def test_death_withdraws_what_has_not_left(day: LetterDay) -> None:
    """D-ACC-20: queued, waiting and unanswered letters are stopped; what was taken stays."""
    user = day.anna()
    taken = day.sent(user)
    _ = day.hand_over()
    unanswered = day.sent(user)
    day.post.answer(NoAnswer.AMBIGUOUS)
    _ = day.hand_over()
    queued = day.sent(user)
    dies(day, user)
    assert type(day.letter(taken)).__name__ == "Accepted"
    for letter, arrived in ((queued, False), (unanswered, True)):
        ended = day.letter(letter)
        assert isinstance(ended, Withdrawn)
        assert (ended.because, ended.may_have_arrived) == (Because.DEATH, arrived)
    day.clock.wind(timedelta(days=1))
    assert day.hand_over() == ()
    assert day.ledger.length(queue_of(CLINIC)) == 0


def test_no_letter_is_written_about_the_dead(day: LetterDay) -> None:
    """D-ACC-20, faults: 171. Neither digitally nor on paper, and it is said before."""
    user = day.anna()
    dies(day, user)
    assert prospect(day, user).reason == "deceased"
    for way in Way:
        assert reason(day.sends(user, way=way)) == ("D-ACC-20", "deceased")


def test_a_letter_that_death_missed_is_stopped_at_the_door(day: LetterDay) -> None:
    """D-ACC-20: written while the death was recorded, it is withdrawn instead of handed over."""
    user = day.anna()
    letter = day.sent(user)
    state = day.letter(letter)
    unit_dies = day.ledger
    from eservices_core.access import user as users  # noqa: PLC0415  here alone
    from eservices_core.ports.ledger import Append, Change  # noqa: PLC0415  as above

    stream = events.USER.stream(user)
    version = unit_dies.history(stream)[-1].version
    death = Append(stream, version, (users.UserClosed(ClosedBecause.DEATH),), user)
    change = Change(
        key="death",
        fingerprint="x",
        at=day.clock.now(),
        by=day.by_staff,
        answer="{}",
        appends=(death,),
    )
    _ = unit_dies.commit(change).unwrap()
    _ = day.hand_over()
    assert day.post.asked == 0
    assert day.letter(letter) == Withdrawn(
        state.terms, Because.DEATH, day.staff, day.clock.now(), may_have_arrived=False
    )


def test_the_record_keeps_what_the_message_needs(day: LetterDay) -> None:
    """D-KEEP-1: title, text, names and sender lie in one record that can be erased."""
    letter = day.sent()
    record = json.loads(day.contents[day.letter(letter).terms.content])
    assert record == {
        "title": "Indkaldelse",
        "text": "Kom til kontrol.",
        "files": ["vejledning.pdf"],
        "cvr": "12345678",
        "sender": "Clinic One",
    }


def test_refusals_are_refusals(day: LetterDay) -> None:
    """D-ACC-21: what staff read has both languages."""
    refused = day.sends(day.anna(), content=Content("Titel")).failure()
    assert isinstance(refused, Refusal)
    assert refused.says.staff.da
