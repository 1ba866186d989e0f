"""The worklist and the journal, as staff meet them (S-MAIL-3, S-MAIL-4, D-MAIL-3, D-MAIL-4)."""

from datetime import timedelta

import pytest
from attrs import evolve

from eservices_core.clinic.settings import SelfSignUp
from eservices_core.clinic.staff import StaffMember
from eservices_core.journal.entry import EntryKind
from eservices_core.outcome import Failure, Outcome
from eservices_core.ports.journal import NotFiled
from eservices_core.ports.ledger import ByStaff
from eservices_core.ports.outbox import Handover
from eservices_core.staffing.member import Role
from eservices_core.testing.memory import MemoryJournal
from eservices_core.testing.world import CLINIC, OTHER_CLINIC
from eservices_core.usecases import journal, worklist
from eservices_core.usecases.follow_mails import follow_mails
from eservices_core.usecases.refusal import Refusal
from eservices_core.views.names import MAILS_WATCHED, Rank, held_by
from eservices_core.words.identifiers import ConversationId, EntryId, UserId
from eservices_core.worklist.deadlines import BREACH_CLOCK
from eservices_core.worklist.holding import CloseReason
from eservices_core.worklist.items import ItemKind, ItemRef
from tests.usecases.book_day import BookDay
from tests.usecases.day import Day
from tests.usecases.mail_day import ANNA, BENT, MailDay, Writer
from tests.usecases.people import A_DAY, CHILD, DORTE


class Desk(Day, MailDay):
    """A clinic, its patients, and its staff at the worklist."""

    def sees_list(self, staff: StaffMember | None = None) -> worklist.Worklist:
        """Look at the worklist."""
        staff = staff or self.staff
        command = worklist.SeeWorklist(key=self.key(), by=ByStaff(staff), staff=staff)
        return worklist.see_worklist(self.services, command).unwrap()

    def rows(self) -> list[tuple[ItemKind, Rank]]:
        """What lies there, by kind and rank."""
        return [(row.item.kind, row.rank) for row in self.sees_list().rows]

    def takes(
        self, staff: StaffMember, item: ItemRef, *, over: bool = False
    ) -> Outcome[worklist.ItemIsHeld, Refusal]:
        """Take an item in hand."""
        command = worklist.TakeItem(
            key=self.key(), by=ByStaff(staff), staff=staff, item=item, over=over
        )
        return worklist.take_item(self.services, command)

    def lets_item_go(
        self, staff: StaffMember, item: ItemRef
    ) -> Outcome[worklist.ItemIsHeld, Refusal]:
        """Leave an item to others."""
        command = worklist.LetItemGo(key=self.key(), by=ByStaff(staff), staff=staff, item=item)
        return worklist.let_item_go(self.services, command)

    def closes_item(
        self, item: ItemRef, reason: CloseReason = CloseReason.HANDLED
    ) -> Outcome[worklist.ItemIsHeld, Refusal]:
        """Close an item with a reason."""
        command = worklist.CloseItem(
            key=self.key(), by=self.by_staff, staff=self.staff, item=item, reason=reason
        )
        return worklist.close_item(self.services, command)

    def reads_journal(self, user: UserId) -> tuple[journal.EntryShown, ...]:
        """Read a patient's journal."""
        command = journal.ReadJournal(key=self.key(), by=self.by_staff, staff=self.staff, user=user)
        return journal.read_journal(self.services, command).unwrap()

    def journal_elsewhere(self) -> MemoryJournal:
        """Have another system keep the journal."""
        outside = MemoryJournal()
        self.services = evolve(self.services, journal=outside)
        return outside

    def files(self) -> int:
        """Have the worker hand entries to that system."""
        return journal.file_entries(self.services, CLINIC)


def _asked(day: Desk, text: str = "Kan jeg få mit prøvesvar?") -> tuple[Writer, ItemRef]:
    anna = day.writer()
    begun = day.begins(anna, text).unwrap()
    return anna, ItemRef(ItemKind.CONSULTATION, str(begun.conversation))


# --- what lies there -----------------------------------------------------------------------------


def test_an_enquiry_lies_there_until_it_is_answered() -> None:
    """S-MAIL-4: what a patient writes lies on the worklist, and the answer takes it off."""
    day = Desk()
    _, item = _asked(day)
    assert [row.item for row in day.sees_list().rows] == [item]
    _ = day.staff_answer(_conversation(day)).unwrap()
    assert day.sees_list().rows == ()


def _conversation(day: Desk) -> ConversationId:
    (row,) = day.sees_list().rows
    return ConversationId(row.item.key)


def test_a_registration_lies_there_until_it_is_answered() -> None:
    """S-MAIL-4: a sign-up that waits for approval is answered from the worklist."""
    day = Desk(self_sign_up=SelfSignUp.WITH_APPROVAL)
    user = day.sign_up(day.civil_number(ANNA), "anna@example.dk").user
    (row,) = day.sees_list().rows
    assert (row.item, row.about) == (ItemRef(ItemKind.REGISTRATION, str(user)), user)
    _ = day.answer_registration(user, approve=True).unwrap()
    assert day.sees_list().rows == ()


def test_a_request_for_a_time_is_on_the_same_list() -> None:
    """S-MAIL-4, D-BOOK-15: bookings that wait are read from the desk, with their own deadline."""

    class Both(BookDay, Desk):
        pass

    day = Both()
    anna = day.comes(ANNA, "anna")
    booking = day.requested(anna, day.clock.now() + timedelta(days=1, hours=2))
    found = day.sees_list()
    (row,) = [row for row in found.rows if row.item.kind is ItemKind.BOOKING]
    assert (row.item.key, found.requests) == (str(booking), 1)
    assert day.takes(day.staff, row.item).unwrap().holder == day.staff


def test_ended_custody_lies_there_until_a_guardian_is_verified() -> None:
    """D-ACC-9: staff of every associated clinic are told that nobody holds custody any more."""
    day = Desk()
    user = day.child(CHILD, DORTE, "barn")
    day.family(CHILD, day.civil_number(BENT))
    day.clock.wind(31 * A_DAY)
    _ = day.type_password("barn")
    assert (ItemKind.CUSTODY, Rank.TROUBLE) in day.rows()
    (row,) = [row for row in day.sees_list().rows if row.item.kind is ItemKind.CUSTODY]
    assert row.about == user


@pytest.mark.parametrize("handover", [Handover.REFUSED, Handover.HANDED_OVER])
def test_a_lost_activation_lies_there_until_it_is_closed(handover: Handover) -> None:
    """faults: 100. Who waits for a password that never came is called; others are not."""
    day = Desk()
    day.mailbox.script(handover)
    user = day.patient(day.civil_number(BENT), "bent")
    _ = day.tick(user)
    day.deliver()
    lost = follow_mails(day.services)
    assert lost == (1 if handover is Handover.REFUSED else 0)
    mails = [row for row in day.sees_list().rows if row.item.kind is ItemKind.MAIL]
    assert len(mails) == lost
    for row in mails:
        assert row.about == user
        _ = day.closes_item(row.item, CloseReason.PATIENT_CALLED).unwrap()
    assert ItemKind.MAIL not in {kind for kind, _ in day.rows()}


def test_a_watch_ends_when_the_mail_is_forgotten() -> None:
    """D-KEEP-1: nobody watches for ever what the store knows nothing of any more."""
    day = Desk()
    _ = day.tick(day.patient(day.civil_number(BENT), "bent"))
    day.deliver()
    watched = day.ledger.length(MAILS_WATCHED)
    day.clock.wind(timedelta(minutes=1))
    assert day.ledger.forget(day.clock.now(), 100) >= watched > 0
    assert follow_mails(day.services) == 0
    assert day.ledger.length(MAILS_WATCHED) == 0


def test_a_watch_ends_when_no_bounce_came() -> None:
    """faults: 100. Five days after it was handed over, a mail is watched no more."""
    day = Desk()
    _ = day.tick(day.patient(day.civil_number(BENT), "bent"))
    day.deliver()
    assert follow_mails(day.services) == 0
    assert day.ledger.length(MAILS_WATCHED) > 0
    day.clock.wind(timedelta(days=5))
    assert follow_mails(day.services) == 0
    assert day.ledger.length(MAILS_WATCHED) == 0


def test_a_breach_lies_on_top_with_its_own_clock() -> None:
    """D-MAIL-8: what went to the wrong patient is urgent, and has 72 hours, weekend or not."""
    day = Desk()
    anna, _ = _asked(day)
    conversation = _conversation(day)
    _ = day.staff_answer(conversation, "Til en anden").unwrap()
    bent = day.writer(BENT, "bent")
    _ = day.begins(bent)
    _ = day.withdraws(conversation, day.last(conversation)).unwrap()
    first, *_ = day.sees_list().rows
    assert (first.item.kind, first.rank, first.about) == (
        ItemKind.BREACH,
        Rank.URGENT,
        anna.user,
    )
    assert first.deadline == first.since + BREACH_CLOCK


def test_urgent_then_overdue_then_by_age() -> None:
    """D-MAIL-4, D-MAIL-5: an urgent word lies on top; what is overdue rises above the rest."""
    day = Desk()
    anna, bent = day.writer(), day.writer(BENT, "bent")
    first = day.begins(anna, "Et spørgsmål.").unwrap().conversation
    day.clock.wind(10 * A_DAY)
    anna, bent = day.writer_again(anna), day.writer_again(bent, BENT)
    second = day.begins(bent, "Et andet.").unwrap().conversation
    third = day.begins(anna, "Jeg har brystsmerter.", sends_all_the_same=True).unwrap().conversation
    rows = day.sees_list().rows
    assert [row.item.key for row in rows] == [str(third), str(first), str(second)]
    assert [row.overdue for row in rows] == [False, True, False]


def test_another_clinic_sees_nothing() -> None:
    """D-LOG-2: what waits for one clinic is on no other's list, and answers there as nothing."""
    day = Desk()
    _, item = _asked(day)
    assert day.sees_list(day.other_staff).rows == ()
    refused = day.takes(day.other_staff, item)
    assert isinstance(refused, Failure)
    assert refused.failure().reason == "no_such_item"


# --- in hand -------------------------------------------------------------------------------------


def test_of_two_who_take_an_item_one_has_it() -> None:
    """D-MAIL-4, faults: 178. Whoever is first has it; the other is told, and can take it over."""
    day = Desk()
    _, item = _asked(day)
    mia = day.enroll("mia", Role.RECEPTION)
    day.ledger.meanwhile(lambda: day.takes(mia, item))
    refused = day.takes(day.staff, item)
    assert isinstance(refused, Failure)
    assert refused.failure().reason == "held_by_another"
    assert day.sees_list().rows[0].holder == mia
    assert day.takes(day.staff, item, over=True).unwrap().holder == day.staff
    assert day.sees_list().rows[0].holder == day.staff


def test_only_who_has_an_item_lets_it_go() -> None:
    """D-MAIL-4: an item is let go by whoever has it; letting go of a free one changes nothing."""
    day = Desk()
    _, item = _asked(day)
    mia = day.enroll("mia", Role.RECEPTION)
    assert day.lets_item_go(mia, item).unwrap().holder is None
    _ = day.takes(day.staff, item).unwrap()
    assert isinstance(day.lets_item_go(mia, item), Failure)
    assert day.lets_item_go(day.staff, item).unwrap().holder is None
    assert day.ledger.length(held_by(CLINIC, day.staff.staff)) == 0


def test_an_answer_ends_the_holding() -> None:
    """D-MAIL-4: what is answered is nobody's; asked again, it is free."""
    day = Desk()
    anna, item = _asked(day)
    conversation = _conversation(day)
    _ = day.takes(day.staff, item).unwrap()
    _ = day.staff_answer(conversation).unwrap()
    assert day.ledger.length(held_by(CLINIC, day.staff.staff)) == 0
    _ = day.replies(anna, conversation).unwrap()
    assert day.sees_list().rows[0].holder is None


def test_what_has_its_own_answer_is_not_closed_as_an_item() -> None:
    """D-MAIL-4: a consultation is answered or ended; the refusal says so."""
    day = Desk()
    _, item = _asked(day)
    refused = day.closes_item(item)
    assert isinstance(refused, Failure)
    assert refused.failure().reason == "answered_by_its_own_act"
    assert day.sees_list().rows[0].item == item


# --- the journal ---------------------------------------------------------------------------------


def test_all_correspondence_stands_in_the_journal() -> None:
    """S-MAIL-3: enquiry and answer stand in the patient's journal, in order, with their texts."""
    day = Desk()
    anna, _ = _asked(day)
    _ = day.staff_answer(_conversation(day), "Prøven er fin.").unwrap()
    entries = day.reads_journal(anna.user)
    assert [(one.kind, one.text, one.waits) for one in entries] == [
        (EntryKind.ENQUIRY, "Kan jeg få mit prøvesvar?", False),
        (EntryKind.ANSWER, "Prøven er fin.", False),
    ]


def test_a_stranger_has_no_journal_here() -> None:
    """D-LOG-2: who is not the clinic's patient answers as who does not exist."""
    day = Desk()
    _ = _asked(day)
    command = journal.ReadJournal(
        key="k", by=ByStaff(day.other_staff), staff=day.other_staff, user=day.writer(BENT, "b").user
    )
    assert day.other_staff.clinic == OTHER_CLINIC
    assert isinstance(journal.read_journal(day.services, command), Failure)


def test_nothing_is_told_before_the_journal_has_it() -> None:
    """D-MAIL-3: an answer is shown and mailed when the clinic's own journal has acknowledged it."""
    day = Desk()
    anna, _ = _asked(day)
    conversation = _conversation(day)
    outside = day.journal_elsewhere()
    _ = day.staff_answer(conversation, "Prøven er fin.").unwrap()
    assert "Prøven er fin." not in day.texts(anna)
    assert day.sees_list().waiting_for_journal == 1
    assert day.reads_journal(anna.user)[-1].waits
    assert day.files() == 1
    assert "Prøven er fin." in day.texts(anna)
    assert day.sees_list().waiting_for_journal == 0
    (filed,) = outside.of(CLINIC, day.civil_number(ANNA))
    assert (filed.kind, filed.text) == (EntryKind.ANSWER, "Prøven er fin.")


@pytest.mark.parametrize("lost", [1, 3])
def test_a_silent_journal_is_asked_again_under_the_same_key(lost: int) -> None:
    """D-MAIL-3: an answer that was lost makes no second entry, and releases nothing early."""
    day = Desk()
    anna, _ = _asked(day)
    outside = day.journal_elsewhere()
    _ = day.staff_answer(_conversation(day), "Prøven er fin.").unwrap()
    outside.script(*[NotFiled.SILENT] * lost)
    for _ in range(lost):
        assert day.files() == 0
        assert "Prøven er fin." not in day.texts(anna)
    assert day.files() == 1
    assert len(outside.of(CLINIC, day.civil_number(ANNA))) == 1


def test_an_entry_that_is_refused_lies_on_the_worklist() -> None:
    """D-MAIL-3: what the clinic's journal will not take is looked at by staff, and tried again."""
    day = Desk()
    anna, _ = _asked(day)
    outside = day.journal_elsewhere()
    _ = day.staff_answer(_conversation(day), "Prøven er fin.").unwrap()
    outside.script(NotFiled.REFUSED)
    assert day.files() == 0
    assert (ItemKind.JOURNAL, Rank.TROUBLE) in day.rows()
    asked = outside.asked
    assert day.files() == 0
    assert outside.asked == asked, "it rests a little first"
    day.clock.wind(timedelta(minutes=5))
    assert day.files() == 1
    assert (ItemKind.JOURNAL, Rank.TROUBLE) not in day.rows()
    assert "Prøven er fin." in day.texts(day.writer_again(anna))


def test_a_moved_entry_is_moved_in_the_other_system_too() -> None:
    """D-MAIL-8: what stands in the wrong journal is moved there as well, and nothing is erased."""
    day = Desk()
    anna, _ = _asked(day)
    bent = day.writer(BENT, "bent")
    conversation = _conversation(day)
    outside = day.journal_elsewhere()
    _ = day.staff_answer(conversation, "Til Bent").unwrap()
    assert day.files() == 1
    _ = day.withdraws(conversation, day.last(conversation), bent.user).unwrap()
    assert [one.text for one in day.reads_journal(bent.user)] == ["Til Bent"]
    assert "Til Bent" not in [one.text for one in day.reads_journal(anna.user)]
    assert day.files() == 1
    assert [one.text for one in outside.of(CLINIC, day.civil_number(BENT))] == ["Til Bent"]
    assert outside.of(CLINIC, day.civil_number(ANNA)) == ()


def test_an_entry_set_aside_before_it_was_filed_is_nobodys() -> None:
    """D-MAIL-8: what is withdrawn before the journal had it is handed to nobody."""
    day = Desk()
    _ = _asked(day)
    conversation = _conversation(day)
    outside = day.journal_elsewhere()
    _ = day.staff_answer(conversation, "Til en anden").unwrap()
    entry = day.ledger.listed(journal.pending_of(CLINIC), 1)[0].item
    move = journal.MoveEntry(
        key=day.key(), by=day.by_staff, staff=day.staff, entry=EntryId(entry), user=None
    )
    _ = journal.move_entry(day.services, move).unwrap()
    assert day.files() == 1
    assert outside.asked == 0
    assert day.sees_list().waiting_for_journal == 0
