"""Mail consultation in use, example by example."""

from datetime import date, timedelta

import pytest

from eservices_core import events
from eservices_core.access.session import Method
from eservices_core.access.user import ClosedBecause
from eservices_core.clinic.booking_settings import Switch
from eservices_core.clinic.consultation_settings import Holiday
from eservices_core.consultation.attachments import Upload
from eservices_core.consultation.message import ByPatient, OffBecause, RenewalDecision
from eservices_core.consultation.renewal import Chosen
from eservices_core.consultation.states import Answered, AnswerPending, Closed, CloseReason
from eservices_core.journal import entry
from eservices_core.ports.outbox import Handover, MailKind
from eservices_core.testing.world import CLINIC, OTHER_CLINIC
from eservices_core.texts import Text
from eservices_core.usecases.close_user import CloseUser, close_user
from eservices_core.usecases.see_conversations import SeeFile, see_file
from eservices_core.views.names import journal_of, pending_of
from eservices_core.words.identifiers import EntryId, UserId
from tests.consultation.files import PNG, ZIP, pdf
from tests.usecases.mail_day import BENT, MailDay
from tests.usecases.people import CHILD, reason

READ = MailKind.SOMETHING_TO_READ


def entries(day: MailDay, user: UserId) -> list[entry.Entry]:
    """Give a patient's journal at the clinic."""
    found: list[entry.Entry] = []
    for listed in day.ledger.listed(journal_of(CLINIC, user), 100):
        state: entry.Entry = entry.NoEntry()
        for one in day.ledger.history(events.JOURNAL_ENTRY.stream(listed.item)):
            state = entry.evolve(state, one.event)
        found.append(state)
    return found


def noted(day: MailDay, user: UserId) -> list[tuple[entry.EntryKind, str | None]]:
    """Say what stands in a patient's journal."""
    return [
        (one.terms.kind, day.ledger.content(one.terms.text) if one.terms.text else None)
        for one in entries(day, user)
        if not isinstance(one, entry.NoEntry)
    ]


class TestAConversation:
    def test_from_the_first_word_to_the_last(self) -> None:
        """S-MAIL-1, S-MAIL-3, S-MAIL-4: written, on the worklist, answered, told, read, closed."""
        day = MailDay()
        anna = day.writer()
        taken = day.begins(anna, "Må jeg spise grapefrugt?").unwrap()
        assert taken.sent
        item = f"consultation/{taken.conversation}"
        assert day.worklist() == [item]
        assert day.told(anna.address) == []

        day.clock.wind(timedelta(hours=1))
        answered = day.staff_answer(taken.conversation, "Ja, gerne.").unwrap()
        assert (answered.released, answered.mailed, answered.address_in_file) == (True, True, False)
        assert day.worklist() == []
        assert day.unread() == [str(taken.conversation)]
        assert day.told(anna.address) == [READ]
        anna = day.writer_again(anna)
        assert day.texts(anna) == ["Må jeg spise grapefrugt?", "Ja, gerne."]
        assert day.unread() == [str(taken.conversation)], "a look is no reading"
        _ = day.reads(anna, taken.conversation).unwrap()
        assert day.unread() == []
        assert noted(day, anna.user) == [
            (entry.EntryKind.ENQUIRY, "Må jeg spise grapefrugt?"),
            (entry.EntryKind.ANSWER, "Ja, gerne."),
        ]
        _ = day.closes(taken.conversation).unwrap()
        assert isinstance(day.conversation(taken.conversation), Closed)
        assert reason(day.staff_answer(taken.conversation))[1] == "closed"
        _ = day.replies(anna, taken.conversation).unwrap()
        assert day.worklist() == [item], "a reply opens it again"
        _ = day.closes(taken.conversation).unwrap()
        _ = day.reopens(taken.conversation).unwrap()
        assert day.worklist() == [item]

    def test_two_who_answer_at_once(self) -> None:
        """D-MAIL-4: one is sent, the other is told that more was written meanwhile."""
        day = MailDay()
        conversation = day.begins(day.writer()).unwrap().conversation
        seen = day.last(conversation)
        _ = day.staff_answer(conversation, seen=seen).unwrap()
        assert reason(day.staff_answer(conversation, seen=seen)) == ("D-MAIL-4", "something_new")

    def test_staff_write_first(self) -> None:
        """S-MAIL-5: an E-answer needs no enquiry; it is in the journal, and told."""
        day = MailDay()
        anna = day.writer()
        written = day.writes_first(anna.user, files=(Upload("svar.PDF", pdf()),)).unwrap()
        assert day.texts(anna) == ["Vi har fået dit svar."]
        assert day.worklist() == []
        assert day.told(anna.address) == [READ]
        assert [kind for kind, _ in noted(day, anna.user)] == [entry.EntryKind.E_ANSWER]
        message = written.message
        form = day.form(anna, conversation=written.conversation, message=message, place=0)
        shown = see_file(day.services, SeeFile(**form)).unwrap()
        assert (shown.name, shown.data[:5]) == ("svar.pdf", b"%PDF-")
        beyond = see_file(day.services, SeeFile(**form | {"place": 1}))
        assert reason(beyond)[1] == "no_such_conversation"

    def test_the_page_says_what_to_do_if_it_is_urgent(self) -> None:
        """D-MAIL-5: phone, out-of-hours number and 112 stand by the text."""
        day = MailDay()
        page = day.sees(day.writer()).unwrap()
        for number in ("+45 00 00 00 01", "+45 00 00 00 18", "112"):
            assert number in page.advice.da
        assert page.who_may_see is None

    def test_an_urgent_word_interrupts_once_and_lies_on_top(self) -> None:
        """D-MAIL-5: call, or send all the same; then it lies above what came before it."""
        day = MailDay()
        anna = day.writer()
        first = day.begins(anna).unwrap().conversation
        day.clock.wind(timedelta(minutes=1))
        text = "Jeg har brystsmerter"
        assert reason(day.begins(anna, text)) == ("D-MAIL-5", "interrupted")
        assert reason(day.begins(anna, text, not_urgent=False)) == ("D-MAIL-5", "not_confirmed")
        urgent = day.begins(anna, text, sends_all_the_same=True).unwrap().conversation
        assert day.worklist() == [f"consultation/{urgent}", f"consultation/{first}"]
        _ = day.staff_answer(urgent).unwrap()
        _ = day.replies(anna, urgent).unwrap()
        assert day.worklist() == [f"consultation/{first}", f"consultation/{urgent}"]

    def test_a_form_made_for_another_is_refused(self) -> None:
        """D-SES-1: nothing is sent in the name of whoever logged in meanwhile."""
        day = MailDay()
        anna, bent = day.writer(), day.writer(BENT, "bent")
        assert reason(day.begins(anna, user=bent.user)) == ("D-SES-1", "form_of_another_account")
        mine = day.begins(anna).unwrap().conversation
        for said in (day.reads(bent, mine), day.replies(bent, mine)):
            assert reason(said) == ("D-LOG-2", "no_such_conversation")

    def test_each_message_has_its_route(self) -> None:
        """D-ACC-18: how the session had begun is kept with what was written in it."""
        day = MailDay()
        conversation = day.begins(day.writer()).unwrap().conversation
        author = day.conversation(conversation).messages[0].author
        assert author == ByPatient(Method.MITID)

    def test_a_child_is_told_who_may_see(self) -> None:
        """D-ACC-18: under 15 the page says it first, and a message without that is refused."""
        day = MailDay()
        child = day.writer(CHILD.reveal(), "barn")
        page = day.sees(child).unwrap()
        assert page.who_may_see is not None
        assert reason(day.begins(child)) == ("D-ACC-18", "notice_not_seen")
        _ = day.begins(child, notice_seen=True).unwrap()

    def test_a_message_is_kept_off_the_sites(self) -> None:
        """D-ACC-18: with a reason; the journal keeps it, its notice stops, it can come back."""
        day = MailDay()
        anna = day.writer()
        conversation = day.begins(anna).unwrap().conversation
        answer = day.staff_answer(conversation, "Fortroligt.").unwrap().message
        _ = day.keeps_off(conversation, answer, OffBecause.CHILDS_WISH).unwrap()
        assert day.told(anna.address) == []
        assert "Fortroligt." not in day.texts(anna)
        assert day.unread() == []
        assert len(noted(day, anna.user)) == 2
        shown = day.sees_as_staff(conversation).unwrap()
        assert shown.messages[-1].off is OffBecause.CHILDS_WISH
        _ = day.keeps_off(conversation, answer, None).unwrap()
        assert day.texts(anna)[-1] == "Fortroligt."
        assert day.told(anna.address) == [READ]

    def test_the_notice_is_sent_again(self) -> None:
        """D-MAIL-4: while something is unread, and not after."""
        day = MailDay()
        anna = day.writer()
        conversation = day.writes_first(anna.user).unwrap().conversation
        assert day.told(anna.address) == [READ]
        _ = day.tells_again(conversation).unwrap()
        assert day.told(anna.address) == [READ, READ]
        _ = day.reads(anna, conversation).unwrap()
        assert reason(day.tells_again(conversation)) == ("D-MAIL-4", "nothing_unread")

    def test_staffs_look_is_in_the_log(self) -> None:
        """D-LOG-1: whose conversation staff opened, and no word of it."""
        day = MailDay()
        anna = day.writer()
        conversation = day.begins(anna).unwrap().conversation
        _ = day.sees_as_staff(conversation).unwrap()
        assert day.ledger.audit_about(anna.user)[-1].entry.act == "see_conversation_as_staff"


class TestRenewals:
    def test_approved_says_nothing_of_the_prescription(self) -> None:
        """D-MAIL-6: the clinic has said yes; more is not known here."""
        day = MailDay()
        anna = day.writer()
        conversation = day.asks_for(anna).unwrap().conversation
        assert day.worklist() == [f"renewal/{conversation}"]
        assert reason(day.staff_answer(conversation)) == ("D-MAIL-6", "undecided")
        day.clock.wind(timedelta(minutes=1))
        _ = day.decides(conversation).unwrap()
        (shown,) = day.sees(anna).unwrap().conversations
        assert (shown.medicine, shown.decision) == ("Amlodipin", RenewalDecision.APPROVED)
        assert "ikke ses, om recepten er klar" in shown.sentence.text.da
        assert day.worklist() == []
        assert reason(day.decides(conversation)) == ("D-MAIL-6", "decided")
        assert noted(day, anna.user) == [
            (entry.EntryKind.RENEWAL, "Amlodipin\n\nAmlodipin"),
            (entry.EntryKind.ANSWER, "Godkendt\n\nDet er i orden."),
        ]

    def test_a_refusal_says_what_to_do_if_it_runs_out(self) -> None:
        """D-MAIL-6: by the list, in the clinic's own words too, and by staff."""
        day = MailDay()
        anna = day.writer()
        by_list = day.asks_for(anna, "tramadol").failure()
        assert (by_list.rule, by_list.reason) == ("D-MAIL-6", "needs_consultation")
        own = day.asks_for(anna, "zopiclon").failure().says.patient
        assert own.da.startswith("Sovemedicin fornyes ikke.")
        conversation = day.asks_for(anna).unwrap().conversation
        _ = day.decides(conversation, RenewalDecision.REFUSED, "Kom til kontrol.").unwrap()
        (shown,) = day.sees(anna).unwrap().conversations
        for text in (by_list.says.patient, own, shown.sentence.text):
            assert "ring til klinikken" in text.da
        assert day.worklist() == []

    @pytest.mark.parametrize(
        ("name", "chosen"),
        [("Tramadol 50 mg", Chosen.FROM_LIST), ("tramadol", Chosen.TYPED)],
    )
    def test_doubt_goes_to_staff(self, name: str, chosen: Chosen) -> None:
        """D-MAIL-6: what is only like one on the list, or typed, refuses nobody."""
        day = MailDay()
        conversation = day.asks_for(day.writer(), name, chosen).unwrap().conversation
        said = day.sees_as_staff(conversation).unwrap().sentence.text.da
        assert "Se selv efter" in said

    def test_free_text_is_never_matched(self) -> None:
        """D-MAIL-6: the list is held against what was chosen alone."""
        day = MailDay()
        _ = day.asks_for(day.writer(), text="Jeg har fået Tramadol før").unwrap()

    def test_a_double_click_makes_one(self) -> None:
        """faults: 182. One form, sent twice, is one request."""
        day = MailDay()
        anna = day.writer()
        first = day.asks_for(anna, key="form-1")
        assert day.asks_for(anna, key="form-1") == first
        assert len(day.worklist()) == 1

    @pytest.mark.parametrize(
        ("name", "why"),
        [(" ", "medicine_empty"), ("a" * 201, "medicine_too_long"), ("a\x00", "medicine_not_text")],
    )
    def test_a_medicine_has_a_name(self, name: str, why: str) -> None:
        """D-MAIL-6: a renewal names a medicine."""
        said = day_of_asking(name)
        assert said == ("D-MAIL-6", why)


def day_of_asking(name: str) -> tuple[str, str]:
    """Ask for a medicine with a text beside it; give why not."""
    day = MailDay()
    return reason(day.asks_for(day.writer(), name, text="Tak."))


class TestWhatIsTaken:
    def test_switched_off_keeps_reading(self) -> None:
        """D-MAIL-7: nothing new; what was written stays readable, and is answered."""
        day = MailDay()
        anna = day.writer()
        conversation = day.begins(anna).unwrap().conversation
        day.set_consultation(consultations=Switch.OFF)
        assert reason(day.begins(anna)) == ("D-MAIL-7", "service_off")
        assert reason(day.replies(anna, conversation)) == ("D-MAIL-7", "service_off")
        _ = day.asks_for(anna).unwrap()
        day.set_consultation(renewals=Switch.OFF)
        assert reason(day.asks_for(anna)) == ("D-MAIL-7", "service_off")
        _ = day.staff_answer(conversation).unwrap()
        assert "Prøven er fin." in day.texts(anna)

    def test_a_holiday(self) -> None:
        """D-MAIL-7: its text stands above the services; nothing is taken, if the clinic says so."""
        day = MailDay()
        anna = day.writer()
        text = Text("Vi holder ferie.", "We are away.")
        first, until = date(2026, 11, 23), date(2026, 11, 24)
        day.set_consultation(holidays=(Holiday(first, until, text),))
        assert day.sees(anna).unwrap().holiday == text
        _ = day.begins(anna).unwrap()
        day.set_consultation(holidays=(Holiday(first, until, text, Switch.OFF),))
        assert reason(day.begins(anna)) == ("D-MAIL-7", "on_holiday")
        day.set_consultation(holidays=(Holiday(until, date(2026, 12, 1), text, Switch.OFF),))
        _ = day.begins(anna).unwrap()

    def test_texts_and_files(self) -> None:
        """D-MAIL-7: the clinic's length, counts and sizes; three from the patient, nine from it."""
        day = MailDay()
        anna = day.writer()
        picture = Upload("x", PNG)
        assert reason(day.begins(anna, "a" * 401)) == ("D-MAIL-7", "text_too_long")
        assert reason(day.begins(anna, " ")) == ("D-MAIL-7", "text_empty")
        assert reason(day.begins(anna, files=(picture,) * 4)) == ("D-MAIL-7", "too_many_files")
        refused = day.begins(anna, files=(Upload("x.png", ZIP),))
        assert reason(refused) == ("D-MAIL-7", "not_a_picture_or_pdf")
        _ = day.begins(anna, "a" * 400, files=(picture,) * 3).unwrap()
        _ = day.writes_first(anna.user, files=(picture,) * 9).unwrap()
        too_many = day.writes_first(anna.user, files=(picture,) * 10)
        assert reason(too_many) == ("D-MAIL-7", "too_many_files")

    def test_the_clinics_address_is_caught(self) -> None:
        """D-MAIL-2, S-MAIL-2: refused in a text and a file's name, naming the field; else told."""
        day = MailDay()
        anna = day.writer()
        ours = "klinik(at)clinic-one.example"
        in_text = day.writes_first(anna.user, f"Skriv til {ours}").failure()
        assert in_text.reason == "clinic_address_in_text"
        assert "Tekst" in in_text.says.staff.da
        in_name = day.writes_first(anna.user, files=(Upload(ours, PNG),)).failure()
        assert "Filnavn" in in_name.says.staff.da
        warned = day.writes_first(
            anna.user, files=(Upload("x", pdf(content=b"(klinik@clinic-one.example) Tj")),)
        )
        assert warned.unwrap().address_in_file
        conversation = day.begins(anna, f"Er {ours} jeres?").unwrap().conversation
        assert reason(day.staff_answer(conversation, ours))[0] == "D-MAIL-2"


class TestTheJournalOutside:
    def test_an_answer_is_released_by_the_journal(self) -> None:
        """D-MAIL-3: not shown, not told and not answered before the journal has it."""
        day = MailDay()
        day.with_journal_outside()
        anna = day.writer()
        taken = day.begins(anna).unwrap()
        assert not taken.sent
        (shown,) = day.sees(anna).unwrap().conversations
        assert "ikke sendt endnu" in shown.sentence.text.da
        assert len(day.worklist()) == 1
        day.journal_takes(taken.conversation, taken.message)
        answer = day.staff_answer(taken.conversation).unwrap()
        assert (answer.released, len(day.worklist()), day.told(anna.address)) == (False, 1, [])
        assert isinstance(day.conversation(taken.conversation), AnswerPending)
        assert "Prøven er fin." not in day.texts(anna)
        assert reason(day.closes(taken.conversation)) == ("D-MAIL-3", "waiting_for_journal")
        said = day.sees_as_staff(taken.conversation).unwrap().sentence.text.da
        assert "venter på journalen" in said
        day.journal_takes(taken.conversation, answer.message)
        day.journal_takes(taken.conversation, answer.message)
        assert isinstance(day.conversation(taken.conversation), Answered)
        assert (day.worklist(), day.told(anna.address)) == ([], [READ])
        assert day.texts(anna)[-1] == "Prøven er fin."


class TestTheWrongPatient:
    def test_one_act_takes_it_back(self) -> None:
        """D-MAIL-8: off the site, its mail stopped, its entry moved and kept, a breach on top."""
        day = MailDay()
        anna, bent = day.writer(), day.writer(BENT, "bent")
        written = day.writes_first(anna.user, "Til Bent.").unwrap()
        done = day.withdraws(written.conversation, written.message, bent.user).unwrap()
        assert done.report_by == day.clock.now() + timedelta(hours=72)
        assert day.texts(anna) == []
        assert day.told(anna.address) == []
        notices = [s for s in day.ledger.mails_about(anna.user) if s.kind is READ]
        assert [state.state for state in notices] == [Handover.WITHDRAWN]
        assert noted(day, anna.user) == []
        assert noted(day, bent.user) == [(entry.EntryKind.E_ANSWER, "Til Bent.")]
        assert day.worklist() == [f"breach/{written.conversation}/{written.message}"]
        again = day.withdraws(written.conversation, written.message)
        assert reason(again) == ("D-MAIL-8", "already_withdrawn")

    def test_an_answer_taken_back_is_no_answer(self) -> None:
        """D-MAIL-8: the enquiry waits again, a renewal is undecided, nobody's journal has it."""
        day = MailDay()
        anna = day.writer()
        conversation = day.asks_for(anna).unwrap().conversation
        answer = day.decides(conversation).unwrap().message
        assert reason(day.withdraws(conversation, answer, anna.user))[1] == "not_the_wrong_patient"
        assert reason(day.withdraws(conversation, answer, UserId("x")))[1] == "no_such_patient"
        mine = day.conversation(conversation).messages[0].message
        assert reason(day.withdraws(conversation, mine)) == ("D-MAIL-8", "not_the_clinics")
        _ = day.withdraws(conversation, answer).unwrap()
        assert f"renewal/{conversation}" in day.worklist()
        assert len(noted(day, anna.user)) == 1
        _ = day.decides(conversation).unwrap()

    def test_the_outside_journal_is_to_hear_of_it(self) -> None:
        """D-MAIL-8: a moved entry lies with those that its system has not acknowledged."""
        day = MailDay()
        day.with_journal_outside()
        anna = day.writer()
        written = day.writes_first(anna.user).unwrap()
        _ = day.withdraws(written.conversation, written.message).unwrap()
        (moved,) = day.ledger.listed(pending_of(CLINIC), 10)
        assert EntryId(moved.item) == day.conversation(written.conversation).messages[0].entry
        day.journal_takes(written.conversation, written.message)
        assert day.told(anna.address) == []


class TestLeavingAndDeath:
    def test_what_was_answered_is_kept_or_ended(self) -> None:
        """D-ACC-20: listed for staff; and past messages stay readable with MitID, for a time."""
        day = MailDay()
        anna = day.writer()
        conversation = day.begins(anna).unwrap().conversation
        _ = day.staff_answer(conversation).unwrap()
        day.lets_go(anna.user)
        assert day.worklist() == [f"consultation/{conversation}"]
        assert len(day.texts(anna)) == 2
        _ = day.reads(anna, conversation).unwrap()
        assert reason(day.replies(anna, conversation))[0] == "D-ACC-11"
        _ = day.keeps(conversation).unwrap()
        assert day.worklist() == []
        assert reason(day.keeps(conversation)) == ("D-ACC-20", "not_left")
        day.clock.wind(timedelta(days=6 * 365))
        anna = day.writer_again(anna)
        assert reason(day.sees(anna))[0] == "D-ACC-11"

    def test_nobody_reads_at_a_clinic_that_was_never_theirs(self) -> None:
        """D-LOG-2: another clinic answers as it always does."""
        day = MailDay()
        anna = day.writer()
        assert reason(day.sees(anna, clinic=OTHER_CLINIC))[0] == "D-ACC-11"

    def test_after_a_death_all_is_closed_and_nothing_is_sent(self) -> None:
        """D-ACC-20: conversations end, the worklist is free of them, and no mail leaves."""
        day = MailDay()
        anna = day.writer()
        waiting = day.begins(anna).unwrap().conversation
        told = day.writes_first(anna.user).unwrap().conversation
        gone = day.act(user=anna.user, because=ClosedBecause.DEATH)
        _ = close_user(day.services, CloseUser(**gone)).unwrap()
        for conversation in (waiting, told):
            state = day.conversation(conversation)
            assert isinstance(state, Closed)
            assert state.reason is CloseReason.PATIENT_DIED
        assert (day.worklist(), day.told(anna.address)) == ([], [])
        assert reason(day.writes_first(anna.user)) == ("D-ACC-20", "nobody_reads")


def test_staff_do_not_close_as_withdrawn() -> None:
    """D-MAIL-8: that is what withdrawing does."""
    day = MailDay()
    conversation = day.begins(day.writer()).unwrap().conversation
    with pytest.raises(ValueError, match="withdrawn is what withdrawing does"):
        _ = day.closes(conversation, CloseReason.WITHDRAWN)
