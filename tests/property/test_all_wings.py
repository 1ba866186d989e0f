"""All wings in one clinic: logins, bookings, consultations, letters, worklist and purge.

Each wing has a machine of its own, which says what it must come to. Here is what must hold of all
of them together, whatever was done in whatever order.
"""

from datetime import timedelta
from itertools import pairwise

from attrs import evolve as with_changes
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from eservices_core import events, wire
from eservices_core.clinic.keeping_settings import KeepingSettings
from eservices_core.clinic.master_card import MasterCard
from eservices_core.consultation.states import CloseReason
from eservices_core.events import StreamId
from eservices_core.outcome import Failure
from eservices_core.ports.ledger import ByStaff, BySystem, Change
from eservices_core.ports.lists import ListKind, PutOnList, TakeOffList
from eservices_core.testing.memory import MemorySigner
from eservices_core.testing.world import CLINIC
from eservices_core.usecases.letters import WithdrawLetter, withdraw_letter
from eservices_core.usecases.name_index import read_names
from eservices_core.usecases.purge import purge
from eservices_core.usecases.rebuild_views import rebuild_views
from eservices_core.usecases.worklist import LetItemGo, TakeItem, let_item_go, take_item
from eservices_core.words.identifiers import BookingId, ConversationId, LetterId
from tests.usecases.book_day import BookDay, Patient, wall
from tests.usecases.letter_day import LetterDay
from tests.usecases.test_worklist import Desk

NUMBERS = {"anna": "0709614606", "bent": "0709614231"}
WHO = st.sampled_from(sorted(NUMBERS))
ANY = st.integers(0, 30)
KINDS = {kind.name: kind for kind in vars(events).values() if isinstance(kind, events.Kind)}
EVERYTHING = 1_000_000
DAY = timedelta(days=1)
SHORT = KeepingSettings(
    journal=2 * DAY, conversations=DAY, bookings=DAY, letters=DAY, audit=2 * DAY, mails=DAY
)
BOOKED = ("approve", "decline", "cancel", "open")
ADDRESS = b"klinik@clinic-one.example"


class _Clinic(Desk, LetterDay, BookDay):
    """A clinic in which all of it is done."""


class AllWings(RuleBasedStateMachine):
    """Patients and staff at whatever they may do; what is refused is refused."""

    @initialize()
    def open_the_clinic(self) -> None:
        """Two patients have come in by MitID; what is old is soon erased."""
        day = self.day = _Clinic()
        clinics = {
            clinic: with_changes(each, keeping=SHORT)
            for clinic, each in day.services.clinics.items()
        }
        day.services = with_changes(day.services, clinics=clinics)
        self.writers = {name: day.writer(number, name) for name, number in NUMBERS.items()}
        for who, number in NUMBERS.items():
            card = MasterCard(day.civil_number(number), f"{who} testesen")
            day.cards.put(CLINIC, card)
        self.begun: list[ConversationId] = []
        self.booked: list[BookingId] = []
        self.letters_sent: list[LetterId] = []

    # --- time ------------------------------------------------------------------------------------

    @rule(minutes=st.sampled_from([1, 5, 31]))
    def time_goes_by(self, minutes: int) -> None:
        """Sessions end, and confirmations stand."""
        self.day.clock.wind(timedelta(minutes=minutes))

    @rule(days=st.integers(1, 3))
    def the_clinic_closes(self, days: int) -> None:
        """Requests expire, periods run out, and everybody logs in anew."""
        self.day.clock.wind(timedelta(days=days))
        for who in NUMBERS:
            self.log_in_again(who)

    @rule()
    def the_service_works(self) -> None:
        """Mails and letters leave, answers are followed, and what is old is erased."""
        self.day.deliver()
        _ = self.day.hand_over()
        _ = self.day.follows()
        _ = read_names(self.day.services, CLINIC)
        _ = self.day.files() if self.day.services.journal else 0
        ledger = self.day.ledger
        _ = purge(self.day.services, ledger, ledger, MemorySigner())

    @rule(who=WHO)
    def log_in_again(self, who: str) -> None:
        """A patient comes back by MitID."""
        self.writers[who] = self.day.writer_again(self.writers[who], NUMBERS[who])

    @rule(who=WHO, tick=st.booleans())
    def tick(self, who: str, *, tick: bool) -> None:
        """Staff say that a patient cannot use MitID, or that they can."""
        user = self.writers[who].user
        _ = self.day.tick(user) if tick else self.day.untick(user)

    # --- the appointment book --------------------------------------------------------------------

    @rule(who=WHO, hour=st.integers(8, 11), days=st.integers(2, 5))
    def ask_for_a_time(self, who: str, hour: int, days: int) -> None:
        """A patient asks for a time, perhaps another's."""
        asked = self.day.asks(self._patient(who), wall(hour, days=days))
        if not isinstance(asked, Failure):
            self.booked.append(asked.unwrap().booking)

    @precondition(lambda self: self.booked)
    @rule(which=ANY, what=st.sampled_from(BOOKED), who=WHO)
    def do_to_a_booking(self, which: int, what: str, who: str) -> None:
        """The clinic or a patient, perhaps another one, does something to a booking."""
        booking = self.booked[which % len(self.booked)]
        match what:
            case "approve":
                _ = self.day.approves(booking)
            case "decline":
                _ = self.day.declines(booking)
            case "cancel":
                _ = self.day.cancels(self._patient(who), booking)
            case _:
                _ = self.day.opens(self._patient(who), booking)

    # --- mail consultation -----------------------------------------------------------------------

    @rule(who=WHO, renewal=st.booleans())
    def write(self, who: str, *, renewal: bool) -> None:
        """A patient writes, or asks for a renewal."""
        writer = self.writers[who]
        said = self.day.asks_for(writer) if renewal else self.day.begins(writer)
        if not isinstance(said, Failure):
            self.begun.append(said.unwrap().conversation)

    @precondition(lambda self: self.begun)
    @rule(which=ANY)
    def answer(self, which: int) -> None:
        """Staff answer."""
        _ = self.day.staff_answer(self._conversation(which))

    @precondition(lambda self: self.begun)
    @rule(which=ANY, who=WHO)
    def read(self, which: int, who: str) -> None:
        """A patient reads, perhaps another one."""
        _ = self.day.reads(self.writers[who], self._conversation(which))

    @precondition(lambda self: self.begun)
    @rule(which=ANY, what=st.sampled_from(("close", "reopen", "withdraw")))
    def do_to_a_conversation(self, which: int, what: str) -> None:
        """Staff close, take up again, or take back what went to the wrong patient."""
        conversation = self._conversation(which)
        match what:
            case "close":
                _ = self.day.closes(conversation, CloseReason.DEALT_WITH)
            case "reopen":
                _ = self.day.reopens(conversation)
            case _:
                _ = self.day.withdraws(conversation, self.day.last(conversation), None)

    # --- letters ---------------------------------------------------------------------------------

    @rule(who=WHO)
    def send_a_letter(self, who: str) -> None:
        """Staff write a letter."""
        said = self.day.sends(self.writers[who].user)
        if not isinstance(said, Failure):
            self.letters_sent.append(said.unwrap().letter)

    @precondition(lambda self: self.letters_sent)
    @rule(which=ANY)
    def withdraw_a_letter(self, which: int) -> None:
        """Staff take a letter back, if it has not left."""
        letter = self.letters_sent[which % len(self.letters_sent)]
        day = self.day
        command = WithdrawLetter(key=day.key(), by=day.by_staff, staff=day.staff, letter=letter)
        _ = withdraw_letter(day.services, command)

    # --- the worklist ----------------------------------------------------------------------------

    @rule(which=ANY, go=st.booleans())
    def take_from_the_worklist(self, which: int, *, go: bool) -> None:
        """Staff take what lies there in hand, or let it go."""
        day, rows = self.day, self.day.sees_list().rows
        if not rows:
            return
        words = {
            "key": day.key(),
            "by": ByStaff(day.staff),
            "staff": day.staff,
            "item": rows[which % len(rows)].item,
        }
        if go:
            _ = let_item_go(day.services, LetItemGo(**words))
        else:
            _ = take_item(day.services, TakeItem(**words)).unwrap()

    # --- views -----------------------------------------------------------------------------------

    @rule(which=ANY, stray=st.booleans())
    def a_list_is_damaged(self, which: int, *, stray: bool) -> None:
        """A row is lost, or one is planted: a rebuild finds it, and puts it right."""
        ledger = self.day.ledger
        whole = {(name, one.item): one for name, one in ledger.every(EVERYTHING)}
        rows = [place for place in whole if place[0].kind is not ListKind.ENDED]
        name, item = rows[which % len(rows)]
        listed = whole[name, item]
        act: PutOnList | TakeOffList = TakeOffList(name, item)
        if stray:
            act = PutOnList(name, with_changes(listed, item="planted"))
        change = Change(self.day.key(), "", self.day.clock.now(), BySystem(), "", lists=(act,))
        _ = ledger.commit(change).unwrap()
        (found,) = rebuild_views(self.day.services, mend=True)
        assert (found.name, found.lies is None) == (name, not stray)
        assert {(name, one.item): one for name, one in ledger.every(EVERYTHING)} == whole

    # --- what holds ------------------------------------------------------------------------------

    @invariant()
    def every_stream_replays(self) -> None:
        """Written down and read again, a stream's events give its state, purged ones too."""
        if not hasattr(self, "day"):
            return
        for stream in {one.stream for one in self.day.ledger.events()}:
            self._replays(stream)

    def _replays(self, stream: StreamId) -> None:
        kind = KINDS[stream.kind]
        state = replayed = kind.initial
        for version, one in enumerate(self.day.ledger.history(stream), start=1):
            assert one.version == version
            state = kind.evolve(state, one.event)
            replayed = kind.evolve(replayed, wire.load_event(wire.dump_event(one.event)))
        assert replayed == state == self.day.state(kind, stream.key)

    @invariant()
    def nobody_shares_a_minute(self) -> None:
        """D-BOOK-1: no two bookings of one practitioner overlap."""
        if not hasattr(self, "day"):
            return
        held = [self.day.services.claims.held_by(booking) for booking in self.booked]
        by_start = sorted((each for each in held if each), key=lambda one: one.interval.start)
        for one, other in pairwise(by_start):
            assert one.practitioner != other.practitioner or not one.interval.overlaps(
                other.interval
            )

    @invariant()
    def the_clinic_s_address_never_leaves(self) -> None:
        """S-MAIL-2: no byte of any mail holds it."""
        if hasattr(self, "day"):
            assert not any(ADDRESS in mail.content for mail in self.day.mailbox.arrived)

    @invariant()
    def the_worklist_can_be_read(self) -> None:
        """S-MAIL-4: every row says what it is and when it is due, and lies at one place."""
        if hasattr(self, "day"):
            rows = self.day.sees_list().rows
            assert len({row.item for row in rows}) == len(rows)

    def teardown(self) -> None:
        """Rebuilt from the events, every list is what was kept all along."""
        if hasattr(self, "day"):
            assert list(rebuild_views(self.day.services, mend=False, page=7)) == []

    def _conversation(self, which: int) -> ConversationId:
        return self.begun[which % len(self.begun)]

    def _patient(self, who: str) -> Patient:
        writer = self.writers[who]
        return Patient(writer.user, writer.session, writer.browser, writer.address)


TestAllWings = AllWings.TestCase
TestAllWings.settings = settings(max_examples=40, stateful_step_count=50, deadline=None)
