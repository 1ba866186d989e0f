from datetime import datetime, timedelta
from typing import Any, Final, cast

from attrs import evolve as with_changes
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from eservices_core.booking.booking import decide
from eservices_core.booking.cancelling import Cancellation, Who
from eservices_core.booking.commands import (
    Approve,
    BookForPatient,
    BookingRefusal,
    Cancel,
    Command,
    Counts,
    Decline,
    Join,
    LetTimePass,
    Move,
    NoteAmbiguous,
    NoteCalendar,
    NoteFailed,
    NoteHandedOver,
    NoteInCalendar,
    NoteOpened,
    NoteReported,
    RecordAttended,
    RecordMissed,
    RecordTold,
    Request,
    Resend,
    Seen,
    SettleConflict,
)
from eservices_core.booking.delivery import BY_STAFF, Evidence
from eservices_core.booking.life import Event, evolve
from eservices_core.booking.states import (
    Attended,
    AwaitingDelivery,
    Booking,
    Cancelled,
    Confirmed,
    Declined,
    Expired,
    Live,
    Missed,
    NoBooking,
    Requested,
    Undelivered,
    Unhappy,
)
from eservices_core.booking.terms import ConflictKind, OfUser
from eservices_core.clinic.booking_settings import Grade, Switch
from eservices_core.outcome import Failure
from eservices_core.words.identifiers import MailId, UserId
from eservices_core.words.interval import Interval
from tests.booking.bookings import (
    ANNE,
    BO,
    GUEST,
    HOUR,
    MINUTE,
    NOTICE,
    OTHER,
    PRACTITIONER,
    START,
    TERMS,
    WINDOW,
)

FINAL: Final = (Declined, Cancelled, Expired, Attended, Missed)
GRADES: Final = list(Grade)
evidence_of_staff: Final = st.sampled_from(sorted(BY_STAFF, key=lambda each: each.name))


class BookingMachine(RuleBasedStateMachine):
    """D-BOOK-3, D-BOOK-4: one booking beside a model of plain variables, with a clock both ways.

    The model is what a person at the desk would note: whether the clinic has said yes, which mail
    is the newest, and why the patient counts as told.
    """

    def __init__(self) -> None:
        super().__init__()
        self.state: Booking = NoBooking()
        self.history: list[Event] = []
        self.at = START - 100 * HOUR
        self.mails = 0
        self.counts = Counts(Grade.NO_BOUNCE, Switch.OFF)
        # The model.
        self.life = "none"
        self.begins = START
        self.answer_by = START
        self.newest: MailId | None = None
        self.taken_at: datetime | None = None
        self.unsure = self.told_unsure = False
        self.failed = False
        self.proved: Evidence | None = None
        self.sequence = 0
        self.conflict: str | None = None
        self.kept: str | None = None
        self.last_final: Booking | None = None

    # --- carrying out ----------------------------------------------------------------------------

    def _mail(self) -> MailId:
        self.mails += 1
        return MailId(f"mail-{self.mails}")

    def _try(self, command: Command) -> tuple[BookingRefusal | None, tuple[Event, ...]]:
        before = self.state
        outcome = decide(before, command)
        assert decide(before, command) == outcome, "the same question has the same answer"
        assert self.state is before
        if isinstance(outcome, Failure):
            return outcome.failure(), ()
        for event in outcome.unwrap():
            self.state = evolve(self.state, event)
            self.history.append(event)
        return None, outcome.unwrap()

    @property
    def _why_not(self) -> BookingRefusal | None:
        """Why the desk would say that nothing more happens; None while it is live."""
        if self.life == "none":
            return BookingRefusal.NO_BOOKING
        if self.life in {"declined", "cancelled", "expired"}:
            return BookingRefusal(self.life)
        if self.life == "over":
            return BookingRefusal.OVER
        if self.life == "requested" and self.at >= self.answer_by:
            return BookingRefusal.EXPIRED
        return BookingRefusal.HAS_BEGUN if self.at >= self.begins else None

    def _is_known(self, evidence: Evidence) -> bool:
        """Whether the clinic lets this count (D-BOOK-2), from the order of the grades alone."""
        if evidence is Evidence.HANDED_OVER:
            plain = self.counts.own_relay is Switch.OFF
            return plain and self.counts.wanted is Grade.HANDED_OVER
        return GRADES.index(Grade[evidence.name]) >= GRADES.index(self.counts.wanted)

    def _send(self, mail: MailId | None) -> None:
        self.newest, self.taken_at, self.proved = mail, None, None
        self.unsure = self.failed = False

    def _end(self, life: str) -> None:
        self.life, self.conflict = life, None
        self.sequence += life != "over"

    # --- the clock, and what counts --------------------------------------------------------------

    @rule(hours=st.sampled_from((-50, -2, -1, 1, 1, 2, 24, 60)))
    def go(self, hours: int) -> None:
        """Let time pass, or set the clock back."""
        self.at += hours * HOUR

    @rule(minutes=st.sampled_from((-31, -1, 1, 29, 30, 31)))
    def go_a_little(self, minutes: int) -> None:
        """Let a little time pass, or set the clock back."""
        self.at += minutes * MINUTE

    @rule(wanted=st.sampled_from(Grade), relay=st.sampled_from(Switch))
    def choose(self, wanted: Grade, relay: Switch) -> None:
        """The clinic chooses what counts from now on."""
        self.counts = Counts(wanted, relay)

    # --- people ----------------------------------------------------------------------------------

    @precondition(lambda self: self.life == "none")
    @rule(hours=st.sampled_from((-1, 0, 10, 50)), guest=st.booleans())
    def ask(self, hours: int, guest: bool) -> None:
        """A patient asks."""
        terms = TERMS if not guest else _of_guest()
        answer_by = min(START, self.at + hours * HOUR)
        refusal, _ = self._try(Request(terms, self.at, answer_by))
        if self.at >= START:
            assert refusal is BookingRefusal.HAS_BEGUN
        elif self.at >= answer_by:
            assert refusal is BookingRefusal.EXPIRED
        else:
            assert refusal is None
            self.life, self.answer_by = "requested", answer_by

    @precondition(lambda self: self.life == "none")
    @rule(mailed=st.booleans())
    def book(self, mailed: bool) -> None:
        """Staff book."""
        mail = self._mail() if mailed else None
        refusal, _ = self._try(BookForPatient(TERMS, ANNE, (), mail, self.at))
        assert refusal is (BookingRefusal.HAS_BEGUN if self.at >= START else None)
        if refusal is None:
            self.life = "approved"
            self._send(mail)

    @precondition(lambda self: self.life != "none")
    @rule()
    def ask_again(self) -> None:
        """What exists cannot be asked for, or booked, a second time."""
        for command in (
            Request(TERMS, self.at, self.at + HOUR),
            BookForPatient(TERMS, ANNE, (), None, self.at),
        ):
            assert self._try(command)[0] is BookingRefusal.EXISTS

    @rule(mailed=st.booleans())
    def approve(self, mailed: bool) -> None:
        """The clinic says yes."""
        mail = self._mail() if mailed else None
        refusal, _ = self._try(Approve(ANNE, mail, self.at))
        if self._why_not is not None:
            assert refusal is self._why_not
        elif self.life == "approved":
            assert refusal is BookingRefusal.ALREADY_APPROVED
        elif self.conflict is not None:
            assert refusal is BookingRefusal.IN_CONFLICT
        else:
            assert refusal is None
            self.life = "approved"
            self._send(mail)

    @precondition(lambda self: len(self.history) > 2)
    @rule()
    def decline(self) -> None:
        """The clinic says no."""
        refusal, _ = self._try(Decline(ANNE, self._mail(), self.at))
        if self._why_not is not None:
            assert refusal is self._why_not
        elif self.life == "approved":
            assert refusal is BookingRefusal.ALREADY_APPROVED
        else:
            assert refusal is None
            self._end("declined")

    @precondition(lambda self: len(self.history) > 5)
    @rule(who=st.sampled_from(Who))
    def cancel(self, who: Who) -> None:
        """Somebody cancels."""
        by = ANNE if who in (Who.CLINIC, Who.DEATH) else None
        inside = self.begins - self.at < NOTICE
        confirmed = self.proved is not None
        why_not, asked = self._why_not, self.life == "requested"
        refusal, _ = self._try(Cancel(who, by, self._mail(), self.at, NOTICE))
        assert refusal is why_not
        if refusal is None:
            self._end("cancelled")
            how = cast("Cancelled", self.state).how
            if who is Who.CLINIC:
                assert how is Cancellation.BY_CLINIC
            elif who is Who.DEATH:
                assert how is Cancellation.PATIENT_DIED
            elif asked:
                assert how is Cancellation.WITHDRAWN
            else:
                late = confirmed and inside
                assert how is (Cancellation.LATE if late else Cancellation.CANCELLED)

    @rule(
        days=st.sampled_from((0, 0, 1, 2)),
        there=st.sampled_from((PRACTITIONER, PRACTITIONER, OTHER)),
        by_staff=st.booleans(),
        mailed=st.booleans(),
    )
    def move(self, days: int, there: Any, by_staff: bool, mailed: bool) -> None:
        """Somebody moves it."""
        interval = Interval(TERMS.interval.start + days * 1440, TERMS.interval.end + days * 1440)
        terms = None if isinstance(self.state, NoBooking) else self.state.terms
        same = terms is not None and (terms.practitioner, terms.interval) == (there, interval)
        mail = self._mail() if mailed else None
        answer_by = interval.starts_at - HOUR
        by = BO if by_staff else None
        asked, why_not = self.life == "requested", self._why_not
        refusal, _ = self._try(Move(there, interval, by, mail, self.at, answer_by))
        if why_not is not None:
            assert refusal is why_not
        elif same:
            assert refusal is BookingRefusal.SAME_TIME
        elif self.at >= interval.starts_at:
            assert refusal is BookingRefusal.HAS_BEGUN
        elif not by_staff and not asked:
            assert refusal is BookingRefusal.STAFF_MOVE_WHAT_IS_APPROVED
        elif asked and self.at >= answer_by:
            assert refusal is BookingRefusal.EXPIRED
        else:
            assert refusal is None
            self.begins, self.conflict, self.kept = interval.starts_at, None, None
            self.sequence += 1
            if asked:
                self.answer_by = answer_by
            else:
                self._send(mail)

    @rule()
    def resend(self) -> None:
        """Staff send the confirmation again."""
        mail = self._mail()
        why_not = self._why_not
        refusal, _ = self._try(Resend(mail, BO, self.at))
        if why_not is not None:
            assert refusal is why_not
        elif self.life == "requested":
            assert refusal is BookingRefusal.NOT_APPROVED
        elif self.proved is not None:
            assert refusal is BookingRefusal.ALREADY_CONFIRMED
        else:
            assert refusal is None
            self._send(mail)

    # --- evidence --------------------------------------------------------------------------------

    def _note(self, command: Command, mail: MailId) -> tuple[Event, ...] | None:
        """Note something of a mail; None where the desk expects that it was refused."""
        why_not = self._why_not
        refusal, events = self._try(command)
        if why_not is not None:
            assert refusal is why_not
        elif self.life == "requested":
            assert refusal is BookingRefusal.NOT_APPROVED
        elif mail != self.newest:
            assert refusal is BookingRefusal.NOT_THE_NEWEST_MAIL
        else:
            assert refusal is None
            return events
        return None

    def _some_mail(self, old: bool) -> MailId:
        return MailId("mail-older") if old or self.newest is None else self.newest

    @rule(old=st.sampled_from((False, False, False, True)), ago=st.sampled_from((0, 10, 30, 31)))
    def hand_over(self, old: bool, ago: int) -> None:
        """A server took a mail, some minutes ago."""
        mail, taken_at = self._some_mail(old), self.at - ago * MINUTE
        events = self._note(NoteHandedOver(mail, taken_at, self.at, self.counts), mail)
        if events is not None and not self.failed and self.proved is None and not self.taken_at:
            self.taken_at = taken_at
            self.unsure = False
            if self._is_known(Evidence.HANDED_OVER):
                self.proved = Evidence.HANDED_OVER
            assert len(events) == 1 + (self.proved is not None)
        elif events is not None:
            assert events == ()

    @rule(old=st.sampled_from((False, False, True)))
    def hear_nothing(self, old: bool) -> None:
        """An attempt at a mail ended without an answer."""
        mail = self._some_mail(old)
        events = self._note(NoteAmbiguous(mail, self.at), mail)
        if events is not None:
            fresh = not (self.failed or self.proved or self.taken_at or self.unsure)
            assert len(events) == fresh
            self.unsure = self.unsure or fresh

    @rule(old=st.sampled_from((False, False, True)), maybe=st.booleans())
    def fail(self, old: bool, maybe: bool) -> None:
        """A mail bounced, was refused, or its attempts ended."""
        mail = self._some_mail(old)
        events = self._note(NoteFailed(mail, maybe, self.at), mail)
        if events is None:
            return
        read = self.proved in {Evidence.OPENED, *BY_STAFF}
        if self.failed or read:
            assert events == ()
        else:
            assert len(events) == 1
            self.failed = True
            self.told_unsure = maybe or (self.unsure and self.proved is None)
            self.proved = None

    @rule(old=st.sampled_from((False, False, True)))
    def report(self, old: bool) -> None:
        """A report says that a mail was delivered."""
        mail = self._some_mail(old)
        events = self._note(NoteReported(mail, self.at, self.counts), mail)
        if events is None:
            return
        enough = self.proved is None and self._is_known(Evidence.REPORTED_DELIVERED)
        assert len(events) == enough
        if enough:
            self.proved, self.failed = Evidence.REPORTED_DELIVERED, False

    @rule()
    def open(self) -> None:
        """The patient opens the booking after logging in."""
        why_not = self._why_not
        refusal, events = self._try(NoteOpened(self.at))
        self._read(refusal, events, why_not, Evidence.OPENED)

    def _read(
        self,
        refusal: BookingRefusal | None,
        events: tuple[Event, ...],
        why_not: BookingRefusal | None,
        evidence: Evidence,
    ) -> None:
        if self.life in {"declined", "cancelled", "expired"}:
            assert refusal is None
        elif why_not is not None:
            assert refusal is why_not
        else:
            assert refusal is None
            news = self.life == "approved" and self.proved is None
            assert len(events) == news
            if news:
                self.proved, self.failed = evidence, False

    @rule(evidence=evidence_of_staff)
    def tell(self, evidence: Evidence) -> None:
        """Staff tell the patient, and record it."""
        why_not = self._why_not
        knows = isinstance(self.state, Unhappy) and self.state.told.proof is not None
        refusal, events = self._try(RecordTold(evidence, BO, self.at))
        if knows:
            assert refusal is BookingRefusal.KNOWS_ALREADY
        elif why_not is None and self.life == "requested":
            assert refusal is BookingRefusal.NOT_APPROVED
        elif why_not is None and self.proved is not None:
            assert refusal is BookingRefusal.ALREADY_CONFIRMED
        else:
            self._read(refusal, events, why_not, evidence)

    @rule()
    def look_at_the_clock(self) -> None:
        """A worker looks."""
        command = LetTimePass(self.at, self._mail(), self.counts, WINDOW, None)
        refusal, events = self._try(command)
        assert refusal is None
        if self.life == "requested" and self.at >= self.answer_by:
            assert len(events) == 1
            self._end("expired")
        elif self.life == "approved" and self.taken_at and not self.failed and not self.proved:
            silent = self.taken_at + WINDOW <= self.at < self.begins
            enough = silent and self._is_known(Evidence.NO_BOUNCE)
            assert len(events) == enough
            if enough:
                self.proved = Evidence.NO_BOUNCE
        else:
            assert events == ()

    @rule(came=st.booleans())
    def come(self, came: bool) -> None:
        """Staff note who came."""
        command = RecordAttended if came else RecordMissed
        why_not = self._why_not
        refusal, _ = self._try(command(ANNE, self.at))
        if why_not is None:
            assert refusal is BookingRefusal.NOT_BEGUN
        elif why_not is BookingRefusal.HAS_BEGUN and self.life == "approved":
            assert refusal is None
            self._end("over")
            assert isinstance(self.state, Attended if came else Missed)
        else:
            assert refusal is why_not

    # --- the calendar ----------------------------------------------------------------------------

    @rule(found=st.sampled_from((None, "a", "b")), kind=st.sampled_from(ConflictKind))
    def read_calendar(self, found: str | None, kind: ConflictKind) -> None:
        """The calendar is read."""
        seen = None if found is None else Seen(kind, found)
        why_not = self._why_not
        refusal, events = self._try(NoteCalendar(seen, self.at))
        assert refusal is why_not
        if refusal is not None:
            return
        news = found != self.conflict if found is None or self.conflict else found != self.kept
        assert len(events) == news
        if news:
            self.conflict = found

    @rule()
    def settle(self) -> None:
        """Staff let it stand."""
        why_not = self._why_not
        terms = None if isinstance(self.state, NoBooking) else self.state.terms
        refusal, _ = self._try(SettleConflict(ANNE, self.at))
        if why_not is not None:
            assert refusal is why_not
        elif self.conflict is None:
            assert refusal is BookingRefusal.NO_CONFLICT
        else:
            assert refusal is None
            assert terms is not None
            assert terms.conflict is not None
            if terms.conflict.kind is ConflictKind.CLASH:
                self.kept = self.conflict
            self.conflict = None

    @rule(there=st.booleans())
    def write(self, there: bool) -> None:
        """The calendar was told."""
        written = TERMS.interval if there else None
        refusal, _ = self._try(NoteInCalendar(written))
        if self.life == "none":
            assert refusal is BookingRefusal.NO_BOOKING
        else:
            assert refusal is None
            assert cast("Any", self.state).terms.written == written

    @precondition(lambda self: len(self.history) > 3)
    @rule()
    def join(self) -> None:
        """Staff know whose it is."""
        terms = None if isinstance(self.state, NoBooking) else self.state.terms
        refusal, _ = self._try(Join(UserId("user"), ANNE))
        if terms is None:
            assert refusal is BookingRefusal.NO_BOOKING
        elif terms.patient == GUEST:
            assert refusal is None
        else:
            assert refusal is BookingRefusal.NOT_A_GUEST

    # --- what always holds -----------------------------------------------------------------------

    @invariant()
    def the_state_is_the_models(self) -> None:
        """S-BOOK-4: confirmed exactly when the clinic said yes and there is proof that counts."""
        kinds: dict[str, tuple[type, ...]] = {
            "none": (NoBooking,),
            "requested": (Requested,),
            "declined": (Declined,),
            "cancelled": (Cancelled,),
            "expired": (Expired,),
            "over": (Attended, Missed),
        }
        if self.life != "approved":
            assert isinstance(self.state, kinds[self.life])
        elif self.failed:
            assert isinstance(self.state, Undelivered)
            assert self.state.may_have_arrived == self.told_unsure
            assert self.state.mail == self.newest
        elif self.proved is None:
            assert isinstance(self.state, AwaitingDelivery)
        else:
            assert isinstance(self.state, Confirmed)
            assert self.state.proof.evidence is self.proved
            assert self.state.mail == self.newest

    @invariant()
    def the_terms_are_the_models(self) -> None:
        """D-BOOK-12, D-BOOK-6: sequence rises with each move and end; conflicts are of the live."""
        if isinstance(self.state, NoBooking):
            return
        terms = self.state.terms
        assert terms.sequence == self.sequence
        assert (terms.conflict.reference if terms.conflict else None) == self.conflict
        assert terms.conflict is None or isinstance(self.state, Live)
        assert terms.interval.starts_at == self.begins
        assert (terms.clinic, terms.type, terms.comment) == (
            TERMS.clinic,
            TERMS.type,
            TERMS.comment,
        )

    @invariant()
    def what_is_final_stays_so(self) -> None:
        """D-BOOK-4: an end is an end; only who knows of it, whose it is and the calendar change."""
        if not isinstance(self.state, FINAL):
            assert self.last_final is None
            return
        if self.last_final is not None:
            assert _without_notes(self.state) == _without_notes(self.last_final)
        self.last_final = self.state

    @invariant()
    def history_is_the_state(self) -> None:
        """D-KEEP-1: what happened, folded again, is what is."""
        state: Booking = NoBooking()
        for event in self.history:
            state = evolve(state, event)
        assert state == self.state


def _of_guest() -> Any:
    return with_changes(TERMS, patient=GUEST)


def _without_notes(state: Any) -> Any:
    terms = with_changes(state.terms, written=None, patient=OfUser(UserId("user")))
    bare = with_changes(state, terms=terms)
    if isinstance(bare, Unhappy):
        return with_changes(bare, told=with_changes(bare.told, proof=None))
    return bare


BookingMachine.TestCase.settings = settings(max_examples=150, stateful_step_count=50)
TestBookingMachine = BookingMachine.TestCase


@given(by=st.sampled_from((timedelta(microseconds=-1), timedelta(0))), hours=st.integers(0, 200))
def test_the_clock_alone_confirms_nothing(by: timedelta, hours: int) -> None:
    """S-BOOK-4: a request that nobody answers is never confirmed, whatever the hour."""
    at = START - 150 * HOUR + hours * HOUR + by
    asked = Requested(TERMS, START - 160 * HOUR, START - 10 * HOUR, reminded=False)
    for grade in Grade:
        command = LetTimePass(at, None, Counts(grade, Switch.OFF), WINDOW, None)
        for event in decide(asked, command).unwrap():
            assert isinstance(evolve(asked, event), Expired)
