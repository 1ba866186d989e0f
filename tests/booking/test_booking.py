from datetime import datetime, timedelta
from typing import Any, cast

import pytest
from attrs import evolve as with_changes

from eservices_core.booking.booking import decide
from eservices_core.booking.cancelling import Cancellation, Notice, Who, notice_at
from eservices_core.booking.commands import (
    Approve,
    BookForPatient,
    BookingRefusal,
    Cancel,
    Decline,
    Join,
    LetTimePass,
    Move,
    NoteCalendar,
    NoteInCalendar,
    RecordAttended,
    RecordMissed,
    Request,
    Resend,
    Seen,
    SettleConflict,
)
from eservices_core.booking.delivery import (
    Ambiguous,
    Evidence,
    HandedOver,
    NobodyToMail,
    Proof,
    Queued,
)
from eservices_core.booking.life import (
    BookedByStaff,
    BookingApproved,
    BookingCancelled,
    BookingConfirmed,
    BookingDeclined,
    BookingExpired,
    BookingMoved,
    CalendarBroughtUpToDate,
    ConfirmationResent,
    ConflictFound,
    ConflictGone,
    ConflictSettled,
    GuestJoined,
    PatientAttended,
    PatientMissed,
    PatientReminded,
    StaffReminded,
    TimeRequested,
    evolve,
)
from eservices_core.booking.standing import living, why_not_live
from eservices_core.booking.states import (
    Approval,
    Attended,
    AwaitingDelivery,
    Booking,
    Cancelled,
    Confirmed,
    Declined,
    Expired,
    Missed,
    NoBooking,
    Requested,
    Told,
    Undelivered,
)
from eservices_core.booking.terms import Conflict, ConflictKind, OfUser
from eservices_core.outcome import Failure, Success
from eservices_core.words.identifiers import UserId
from eservices_core.words.interval import Interval
from tests.booking.bookings import (
    ANNE,
    APPROVAL,
    ASKED,
    BO,
    CALLED,
    DAY,
    DEADLINE,
    END,
    GUEST,
    HANDED,
    HOUR,
    M1,
    M2,
    M3,
    MINUTE,
    NEXT_DAY,
    NO_BOUNCE,
    NOTICE,
    NOW,
    OPENED_ONLY,
    OTHER,
    PRACTITIONER,
    REPORTED,
    START,
    STATES,
    TERMS,
    TICK,
    TIME,
    WINDOW,
    after,
    awaiting,
    fold,
    refusal,
    with_terms,
)

CLASH = Conflict(ConflictKind.CLASH, "digest", NOW)
LIVE = [
    "requested",
    "nobody_to_mail",
    "queued",
    "handed_over",
    "ambiguous",
    "undelivered",
    "confirmed",
]
APPROVED = LIVE[1:]
ENDED = ["declined", "cancelled", "expired", "attended", "missed"]


def _ends(name: str) -> Any:
    """A state that has terms."""
    return cast("Any", STATES[name])


class TestBeginning:
    def test_a_request_holds_its_time(self) -> None:
        """S-BOOK-4: what a patient asks for waits for the clinic, with its deadline."""
        asked = decide(NoBooking(), Request(TERMS, ASKED, DEADLINE))
        assert asked == Success((TimeRequested(TERMS, ASKED, DEADLINE),))
        assert fold(NoBooking(), asked.unwrap()) == Requested(
            TERMS, ASKED, DEADLINE, reminded=False
        )

    def test_what_staff_book_is_approved(self) -> None:
        """D-BOOK-11: no second approval is needed; mail and evidence are, all the same."""
        command = BookForPatient(TERMS, ANNE, ("too_many_open",), M1, NOW)
        booked = decide(NoBooking(), command)
        assert booked == Success((BookedByStaff(TERMS, ANNE, ("too_many_open",), M1, NOW),))
        assert fold(NoBooking(), booked.unwrap()) == awaiting(Queued(M1))

    def test_a_patient_without_an_address_is_told_by_staff(self) -> None:
        """D-BOOK-16: without an address nothing is queued; a call, letter or slip has to do."""
        command = BookForPatient(TERMS, ANNE, (), None, NOW)
        assert after(NoBooking(), command) == awaiting(NobodyToMail())

    @pytest.mark.parametrize(
        ("at", "answer_by", "why"),
        [
            (START - TICK, START, None),
            (START, START + HOUR, BookingRefusal.HAS_BEGUN),
            (NOW, NOW + TICK, None),
            (NOW, NOW, BookingRefusal.EXPIRED),
            (NOW, NOW - TICK, BookingRefusal.EXPIRED),
            (START, NOW, BookingRefusal.HAS_BEGUN),
        ],
    )
    def test_nothing_is_asked_for_too_late(
        self, at: datetime, answer_by: datetime, why: BookingRefusal | None
    ) -> None:
        """D-BOOK-5: a request whose time has begun, or that would expire at once, is none."""
        assert refusal(NoBooking(), Request(TERMS, at, answer_by)) is why

    def test_staff_too_book_what_lies_ahead(self) -> None:
        """D-BOOK-4: a time that has begun takes no booking; up to then, any does."""
        assert refusal(NoBooking(), BookForPatient(TERMS, ANNE, (), M1, START - TICK)) is None
        begun = refusal(NoBooking(), BookForPatient(TERMS, ANNE, (), M1, START))
        assert begun is BookingRefusal.HAS_BEGUN


class TestAnswering:
    def test_approval_is_not_confirmation(self) -> None:
        """S-BOOK-4: approved, a booking awaits the delivery; who approved, and when, is kept."""
        approved = decide(STATES["requested"], Approve(BO, M1, NOW))
        assert approved == Success((BookingApproved(BO, M1, NOW),))
        state = fold(STATES["requested"], approved.unwrap())
        assert state == AwaitingDelivery(TERMS, Approval(BO, PRACTITIONER, NOW), Queued(M1))
        alone = after(STATES["requested"], Approve(BO, None, NOW))
        assert alone == AwaitingDelivery(TERMS, Approval(BO, PRACTITIONER, NOW), NobodyToMail())

    def test_declined_is_declined(self) -> None:
        """D-BOOK-4: the clinic says no; calendars hear of it, and of no conflict any more."""
        state = with_terms(STATES["requested"], conflict=CLASH, sequence=4)
        declined = decide(state, Decline(ANNE, M1, NOW))
        assert declined == Success((BookingDeclined(ANNE, M1),))
        terms = with_changes(TERMS, sequence=5)
        assert fold(state, declined.unwrap()) == Declined(terms, ANNE, Told(M1))

    def test_what_is_in_conflict_is_not_approved(self) -> None:
        """D-BOOK-6: staff settle the conflict first; an expired request is expired before that."""
        state = with_terms(STATES["requested"], conflict=CLASH)
        assert refusal(state, Approve(ANNE, M1, NOW)) is BookingRefusal.IN_CONFLICT
        assert refusal(state, Approve(ANNE, M1, DEADLINE)) is BookingRefusal.EXPIRED
        assert refusal(state, Decline(ANNE, M1, NOW)) is None
        settled = after(state, SettleConflict(ANNE, NOW))
        assert refusal(settled, Approve(ANNE, M1, NOW)) is None

    def test_an_approved_booking_in_conflict_says_that_it_is_approved(self) -> None:
        """D-BOOK-4: of two who answer, the second is told that somebody has."""
        state = with_terms(STATES["queued"], conflict=CLASH)
        assert refusal(state, Approve(ANNE, M1, NOW)) is BookingRefusal.ALREADY_APPROVED


class TestCancelling:
    @pytest.mark.parametrize("who", [Who.PATIENT, Who.LINK])
    @pytest.mark.parametrize(
        ("name", "at", "how"),
        [
            ("requested", NOW, Cancellation.WITHDRAWN),
            ("requested", DEADLINE - TICK, Cancellation.WITHDRAWN),
            ("queued", START - TICK, Cancellation.CANCELLED),
            ("undelivered", START - TICK, Cancellation.CANCELLED),
            ("nobody_to_mail", START - TICK, Cancellation.CANCELLED),
            ("confirmed", START - NOTICE, Cancellation.CANCELLED),
            ("confirmed", START - NOTICE + TICK, Cancellation.LATE),
            ("confirmed", START - TICK, Cancellation.LATE),
        ],
    )
    def test_the_notice_binds_confirmed_bookings_only(
        self, who: Who, name: str, at: datetime, how: Cancellation
    ) -> None:
        """D-BOOK-10: exactly 48 hours before is in time; a request can always be withdrawn."""
        state = STATES[name]
        cancelled = decide(state, Cancel(who, None, M2, at, NOTICE))
        assert cancelled == Success((BookingCancelled(how, None, M2),))
        terms = with_changes(TERMS, sequence=1)
        assert fold(state, cancelled.unwrap()) == Cancelled(terms, how, None, Told(M2))

    @pytest.mark.parametrize("name", LIVE)
    def test_the_clinic_cancels_with_a_name(self, name: str) -> None:
        """D-BOOK-11: staff cancel whatever is live, and who did is kept."""
        command = Cancel(Who.CLINIC, BO, None, NOW, NOTICE)
        state = with_terms(STATES[name], conflict=CLASH, sequence=2)
        terms = with_changes(TERMS, sequence=3)
        by_clinic = Cancellation.BY_CLINIC
        assert after(state, command) == Cancelled(terms, by_clinic, BO, Told(None))

    @pytest.mark.parametrize("name", LIVE)
    def test_what_the_dead_had_booked_is_free(self, name: str) -> None:
        """D-ACC-20: a death ends a booking, whatever it was, and is called nothing else."""
        command = Cancel(Who.DEATH, BO, None, START - TICK, NOTICE)
        state = with_changes(_ends(name), **({"answer_by": START} if name == "requested" else {}))
        died = Cancellation.PATIENT_DIED
        terms = with_changes(TERMS, sequence=1)
        assert after(state, command) == Cancelled(terms, died, BO, Told(None))

    def test_only_the_clinic_gives_a_name(self) -> None:
        """D-BOOK-11: staff who cancel are named, and nobody else is staff."""
        for who in Who:
            by = None if who in (Who.CLINIC, Who.DEATH) else ANNE
            with pytest.raises(AssertionError):
                _ = Cancel(who, by, None, NOW, NOTICE)

    @pytest.mark.parametrize(
        ("before", "notice"),
        [
            (NOTICE, Notice.IN_TIME),
            (NOTICE + TICK, Notice.IN_TIME),
            (NOTICE - TICK, Notice.INSIDE),
            (timedelta(0), Notice.INSIDE),
        ],
    )
    def test_exactly_the_notice_is_in_time(self, before: timedelta, notice: Notice) -> None:
        """D-BOOK-10: the notice is kept at its last instant."""
        assert notice_at(TIME, START - before, NOTICE) is notice


class TestMoving:
    def test_a_request_moves_with_a_new_deadline(self) -> None:
        """D-BOOK-4: who asks may move what was asked for; it still waits for the clinic."""
        state = with_changes(with_terms(STATES["requested"], written=TIME), reminded=True)
        later = DEADLINE + DAY
        moved = decide(state, Move(PRACTITIONER, NEXT_DAY, None, M2, NOW, later))
        assert moved == Success((BookingMoved(PRACTITIONER, NEXT_DAY, None, later, None),))
        terms = with_changes(TERMS, interval=NEXT_DAY, sequence=1, written=TIME)
        assert fold(state, moved.unwrap()) == Requested(terms, ASKED, later, reminded=False)

    @pytest.mark.parametrize("name", APPROVED)
    def test_what_is_approved_is_confirmed_anew(self, name: str) -> None:
        """D-BOOK-3: a new time is not confirmed before its own confirmation is received."""
        state = with_terms(STATES[name], conflict=CLASH, kept="old", written=TIME, sequence=7)
        moved = decide(state, Move(OTHER, NEXT_DAY, BO, M2, NOW, DEADLINE))
        assert moved == Success((BookingMoved(OTHER, NEXT_DAY, BO, None, M2),))
        terms = with_changes(TERMS, practitioner=OTHER, interval=NEXT_DAY, sequence=8)
        assert fold(state, moved.unwrap()) == AwaitingDelivery(terms, APPROVAL, Queued(M2))

    def test_without_an_address_staff_tell(self) -> None:
        """D-BOOK-16: where nobody can be mailed, the new time too is told by staff."""
        state = after(STATES["confirmed"], Move(OTHER, TIME, BO, None, NOW, DEADLINE))
        terms = with_changes(TERMS, practitioner=OTHER, sequence=1)
        assert state == AwaitingDelivery(terms, APPROVAL, NobodyToMail())

    def test_the_same_calendar_keeps_what_it_was_told(self) -> None:
        """S-BOOK-7: in the same calendar the old entry is moved; another's has heard of nothing."""
        told = with_terms(STATES["confirmed"], written=TIME)
        here = cast("Any", after(told, Move(PRACTITIONER, NEXT_DAY, BO, M2, NOW, DEADLINE)))
        there = cast("Any", after(told, Move(OTHER, NEXT_DAY, BO, M2, NOW, DEADLINE)))
        assert (here.terms.written, there.terms.written) == (TIME, None)

    @pytest.mark.parametrize("by", [None, BO])
    def test_moving_to_where_it_is_is_nothing(self, by: Any) -> None:
        """D-BOOK-4: the same time with the same practitioner is no move, whoever asks."""
        same = Move(PRACTITIONER, TIME, by, M2, NOW, DEADLINE)
        assert refusal(STATES["requested"], same) is BookingRefusal.SAME_TIME
        assert refusal(STATES["confirmed"], same) is BookingRefusal.SAME_TIME
        assert refusal(STATES["requested"], with_changes(same, practitioner=OTHER)) is None

    def test_nothing_moves_into_the_past(self) -> None:
        """D-BOOK-4: a time that has begun cannot be had; up to its first instant it can."""
        soon = Interval(TIME.start - 60, TIME.end - 60)
        for name in ("requested", "confirmed"):
            state = with_changes(
                _ends(name), **({"answer_by": START} if name == "requested" else {})
            )
            command = Move(PRACTITIONER, soon, BO, M2, START - HOUR, START)
            assert refusal(state, command) is BookingRefusal.HAS_BEGUN
            assert refusal(state, with_changes(command, at=START - HOUR - TICK)) is None

    def test_a_request_does_not_move_into_its_own_expiry(self) -> None:
        """D-BOOK-5: a new deadline that has passed is no deadline; the approved have none."""
        command = Move(PRACTITIONER, NEXT_DAY, BO, M2, NOW, NOW)
        assert refusal(STATES["requested"], command) is BookingRefusal.EXPIRED
        assert refusal(STATES["requested"], with_changes(command, answer_by=NOW + TICK)) is None
        assert refusal(STATES["confirmed"], command) is None


class TestResending:
    @pytest.mark.parametrize("name", [*APPROVED[:-1]])
    def test_a_new_mail_starts_anew(self, name: str) -> None:
        """D-BOOK-3: staff resend what did not arrive, or has not been proved to."""
        sent = decide(STATES[name], Resend(M2, BO, NOW))
        assert sent == Success((ConfirmationResent(M2, BO),))
        assert fold(STATES[name], sent.unwrap()) == awaiting(Queued(M2))


class TestTheClock:
    def _passing(self, at: datetime, **changes: Any) -> LetTimePass:
        return with_changes(LetTimePass(at, M3, NO_BOUNCE, WINDOW, None), **changes)

    def test_an_unanswered_request_expires(self) -> None:
        """D-BOOK-5: at its deadline, not before; however late a worker looks."""
        assert decide(STATES["requested"], self._passing(DEADLINE - TICK)) == Success(())
        for at in (DEADLINE, START, END + DAY):
            expired = decide(STATES["requested"], self._passing(at))
            assert expired == Success((BookingExpired(M3),))
        state = with_terms(STATES["requested"], conflict=CLASH)
        gone = after(state, self._passing(DEADLINE, mail=None))
        assert gone == Expired(with_changes(TERMS, sequence=1), Told(None))

    def test_staff_are_reminded_once(self) -> None:
        """D-BOOK-5: at the set time, once; an expiry comes first."""
        due = DEADLINE - HOUR
        waiting = STATES["requested"]
        assert decide(waiting, self._passing(due - TICK, remind_staff_at=due)) == Success(())
        reminded = decide(waiting, self._passing(due, remind_staff_at=due))
        assert reminded == Success((StaffReminded(),))
        after_it = fold(waiting, reminded.unwrap())
        assert after_it == Requested(TERMS, ASKED, DEADLINE, reminded=True)
        assert decide(after_it, self._passing(due, remind_staff_at=due)) == Success(())
        late = decide(waiting, self._passing(DEADLINE, remind_staff_at=due))
        assert late == Success((BookingExpired(M3),))

    def test_silence_is_evidence_after_its_window(self) -> None:
        """D-BOOK-2: 30 minutes after handing over, not an instant before; dated by its end."""
        state = STATES["handed_over"]
        assert decide(state, self._passing(NOW + WINDOW - TICK)) == Success(())
        proof = Proof(Evidence.NO_BOUNCE, NOW + WINDOW)
        for at in (NOW + WINDOW, NOW + DAY, START - TICK):
            assert decide(state, self._passing(at)) == Success((BookingConfirmed(proof),))
        assert decide(state, self._passing(START)) == Success(())
        confirmed = after(state, self._passing(NOW + DAY))
        assert confirmed == Confirmed(TERMS, APPROVAL, proof, M1)

    @pytest.mark.parametrize("counts", [REPORTED, OPENED_ONLY])
    def test_silence_is_not_enough_for_everybody(self, counts: Any) -> None:
        """D-BOOK-2: a clinic that wants more than silence waits on."""
        assert decide(STATES["handed_over"], self._passing(NOW + DAY, counts=counts)) == Success(())

    def test_a_clock_that_is_set_back_proves_nothing(self) -> None:
        """D-BOOK-2: before the mail was handed over, its silence says nothing."""
        assert decide(STATES["handed_over"], self._passing(NOW - DAY)) == Success(())

    @pytest.mark.parametrize("name", ["queued", "ambiguous", "nobody_to_mail", "undelivered"])
    def test_only_what_was_handed_over_can_be_silent(self, name: str) -> None:
        """D-BOOK-2: no silence proves anything of a mail that no server took."""
        for at in (NOW + DAY, START - TICK, END):
            passing = self._passing(at, counts=HANDED, remind_patient_before=DAY)
            assert decide(STATES[name], passing) == Success(())

    def test_a_patient_is_reminded_once(self) -> None:
        """D-BOOK-10: at the set time before the start, once, and not once it has begun."""
        state = STATES["confirmed"]
        due = START - DAY
        assert decide(state, self._passing(due - TICK, remind_patient_before=DAY)) == Success(())
        assert decide(state, self._passing(START, remind_patient_before=DAY)) == Success(())
        assert decide(state, self._passing(due)) == Success(())
        no_mail = self._passing(due, remind_patient_before=DAY, mail=None)
        assert decide(state, no_mail) == Success(())
        for at in (due, START - TICK):
            reminded = decide(state, self._passing(at, remind_patient_before=DAY))
            assert reminded == Success((PatientReminded(M3),))
            told = fold(state, reminded.unwrap())
            assert told == with_changes(_ends("confirmed"), patient_reminded=True)
            assert decide(told, self._passing(at, remind_patient_before=DAY)) == Success(())

    def test_who_has_just_been_told_is_not_reminded(self) -> None:
        """D-BOOK-10: who learned of the time inside the reminder's time needs no reminder."""
        due = START - DAY
        passing = self._passing(START - HOUR, remind_patient_before=DAY)
        on_time = with_changes(_ends("confirmed"), proof=Proof(Evidence.OPENED, due))
        just_told = with_changes(_ends("confirmed"), proof=Proof(Evidence.OPENED, due + TICK))
        assert decide(on_time, passing) == Success((PatientReminded(M3),))
        assert decide(just_told, passing) == Success(())

    @pytest.mark.parametrize("name", ["none", *ENDED])
    def test_nothing_happens_to_what_has_ended(self, name: str) -> None:
        """D-BOOK-4: what is final stays so, whatever the clock says."""
        for at in (NOW, DEADLINE, START, END + DAY):
            passing = self._passing(at, remind_staff_at=NOW, remind_patient_before=DAY)
            assert decide(STATES[name], passing) == Success(())


class TestPresence:
    @pytest.mark.parametrize("name", APPROVED)
    def test_who_came_is_noted(self, name: str) -> None:
        """D-BOOK-4: from its first minute a booking takes only attended or no-show."""
        state = with_terms(STATES[name], conflict=CLASH, sequence=3)
        terms = with_changes(TERMS, sequence=3)
        assert decide(state, RecordAttended(ANNE, START)) == Success((PatientAttended(ANNE),))
        assert decide(state, RecordMissed(BO, START)) == Success((PatientMissed(BO),))
        assert after(state, RecordAttended(ANNE, START)) == Attended(terms)
        assert after(state, RecordMissed(BO, START)) == Missed(terms)
        assert refusal(state, RecordMissed(BO, START - TICK)) is BookingRefusal.NOT_BEGUN

    def test_what_nobody_approved_is_not_attended(self) -> None:
        """S-BOOK-4: a request never was an appointment."""
        begun = with_changes(_ends("requested"), answer_by=END)
        assert refusal(begun, RecordAttended(ANNE, START)) is BookingRefusal.HAS_BEGUN
        assert refusal(begun, RecordMissed(ANNE, END)) is BookingRefusal.EXPIRED


class TestConflicts:
    @pytest.mark.parametrize("name", LIVE)
    def test_the_same_conflict_is_raised_once(self, name: str) -> None:
        """D-BOOK-6: staff see it, and are not shown it again by every reading."""
        clash = NoteCalendar(Seen(ConflictKind.CLASH, "digest"), NOW)
        found = decide(STATES[name], clash)
        assert found == Success((ConflictFound(ConflictKind.CLASH, "digest", NOW),))
        state = fold(STATES[name], found.unwrap())
        assert cast("Any", state).terms == with_changes(TERMS, conflict=CLASH)
        assert decide(state, with_changes(clash, at=NOW + HOUR)) == Success(())
        another = NoteCalendar(Seen(ConflictKind.LOST, "another"), NOW + HOUR)
        lost = ConflictFound(ConflictKind.LOST, "another", NOW + HOUR)
        assert decide(state, another) == Success((lost,))

    def test_a_conflict_can_go_by_itself(self) -> None:
        """D-BOOK-6: where the calendar agrees again there is nothing to settle."""
        state = with_terms(STATES["confirmed"], conflict=CLASH)
        gone = decide(state, NoteCalendar(None, NOW))
        assert gone == Success((ConflictGone(),))
        assert fold(state, gone.unwrap()) == STATES["confirmed"]
        assert refusal(STATES["confirmed"], SettleConflict(ANNE, NOW)) is BookingRefusal.NO_CONFLICT

    def test_a_clash_that_was_settled_is_settled(self) -> None:
        """D-BOOK-6: staff let both stand; the same clash is no news, another one is."""
        state = with_terms(STATES["confirmed"], conflict=CLASH, written=TIME)
        settled = decide(state, SettleConflict(ANNE, NOW))
        assert settled == Success((ConflictSettled(ANNE),))
        stands = fold(state, settled.unwrap())
        assert stands == with_terms(STATES["confirmed"], kept="digest", written=TIME)
        again = NoteCalendar(Seen(ConflictKind.CLASH, "digest"), NOW)
        assert decide(stands, again) == Success(())
        assert decide(stands, NoteCalendar(None, NOW)) == Success(())
        assert decide(stands, with_changes(again, seen=Seen(ConflictKind.CLASH, "new"))) != Success(
            ()
        )

    @pytest.mark.parametrize("kind", [ConflictKind.LOST, ConflictKind.CHANGED])
    def test_what_was_lost_is_written_again_and_may_be_lost_again(self, kind: ConflictKind) -> None:
        """D-BOOK-6: an entry that is lost a second time is a second conflict."""
        lost = NoteCalendar(Seen(kind, "same digest"), NOW)
        state = with_terms(STATES["confirmed"], written=TIME, kept="clash")
        settled = after(state, lost, SettleConflict(ANNE, NOW))
        assert settled == with_terms(STATES["confirmed"], written=None, kept="clash")
        rewritten = after(settled, NoteInCalendar(TIME))
        found = ConflictFound(kind, "same digest", NOW)
        assert decide(rewritten, lost) == Success((found,))

    @pytest.mark.parametrize("name", [*LIVE, *ENDED])
    def test_what_the_calendar_was_told_is_noted_once(self, name: str) -> None:
        """S-BOOK-7: the entry follows the booking, also when it has ended."""
        told = decide(STATES[name], NoteInCalendar(TIME))
        assert told == Success((CalendarBroughtUpToDate(TIME),))
        state = fold(STATES[name], told.unwrap())
        assert state == with_terms(STATES[name], written=TIME)
        assert decide(state, NoteInCalendar(TIME)) == Success(())
        assert after(state, NoteInCalendar(None)) == STATES[name]
        assert decide(STATES[name], NoteInCalendar(None)) == Success(())


class TestJoining:
    @pytest.mark.parametrize("name", [*LIVE, *ENDED])
    def test_staff_join_a_guests_booking_to_a_user(self, name: str) -> None:
        """D-BOOK-7: a booking without a user joins a record only by a staff act, and once."""
        guests = with_terms(STATES[name], patient=GUEST)
        joined = decide(guests, Join(UserId("anna"), ANNE))
        assert joined == Success((GuestJoined(UserId("anna"), ANNE),))
        state = fold(guests, joined.unwrap())
        assert state == with_terms(STATES[name], patient=OfUser(UserId("anna")))
        assert refusal(state, Join(UserId("bo"), ANNE)) is BookingRefusal.NOT_A_GUEST


class TestStanding:
    @pytest.mark.parametrize("name", LIVE)
    def test_what_is_live_is_given_as_it_is(self, name: str) -> None:
        """D-BOOK-4: a live booking takes acts until its time begins."""
        state = STATES[name]
        assert living(state, NOW) == Success(state)
        last = DEADLINE if name == "requested" else START
        assert why_not_live(state, last - TICK) is None
        late = BookingRefusal.EXPIRED if name == "requested" else BookingRefusal.HAS_BEGUN
        assert living(state, last) == Failure(late)

    def test_a_request_that_begins_before_its_deadline_has_begun(self) -> None:
        """D-BOOK-4: nothing is answered once its time has begun."""
        state = with_changes(_ends("requested"), answer_by=END)
        assert why_not_live(state, START) is BookingRefusal.HAS_BEGUN
        assert why_not_live(state, END) is BookingRefusal.EXPIRED


def _stranger() -> Any:
    return cast("Any", type("Stranger", (), {"__repr__": lambda _: "a stranger"})())


def test_what_is_outside_the_unions_is_a_bug() -> None:
    """D-BOOK-4: a command, event or state of no class of ours is an assertion that names it."""
    with pytest.raises(AssertionError, match="a stranger"):
        _ = decide(NoBooking(), _stranger())
    with pytest.raises(AssertionError, match="a stranger"):
        _ = evolve(STATES["confirmed"], _stranger())
    with pytest.raises(AssertionError, match="a stranger"):
        _ = why_not_live(_stranger(), NOW)


CANNOT_HAVE_BEEN: dict[str, tuple[str, Any]] = {
    "asked twice": ("requested", TimeRequested(TERMS, ASKED, DEADLINE)),
    "booked twice": ("requested", BookedByStaff(TERMS, ANNE, (), M1, NOW)),
    "approved twice": ("queued", BookingApproved(ANNE, M1, NOW)),
    "declined late": ("queued", BookingDeclined(ANNE, M1)),
    "expired late": ("queued", BookingExpired(M1)),
    "moved after its end": ("cancelled", BookingMoved(OTHER, NEXT_DAY, ANNE, None, M1)),
    "a request without a deadline": ("requested", BookingMoved(OTHER, TIME, ANNE, None, None)),
    "confirmed unapproved": ("requested", BookingConfirmed(CALLED)),
    "confirmed twice": ("confirmed", BookingConfirmed(CALLED)),
    "attended unapproved": ("requested", PatientAttended(ANNE)),
    "missed after its end": ("cancelled", PatientMissed(ANNE)),
    "cancelled twice": ("cancelled", BookingCancelled(Cancellation.LATE, None, None)),
    "resent when confirmed": ("confirmed", ConfirmationResent(M1, ANNE)),
    "staff reminded of what is approved": ("queued", StaffReminded()),
    "reminded unconfirmed": ("queued", PatientReminded(M1)),
    "settled without a conflict": ("confirmed", ConflictSettled(ANNE)),
    "joined before it began": ("none", GuestJoined(UserId("user"), ANNE)),
}


@pytest.mark.parametrize("name", CANNOT_HAVE_BEEN)
def test_a_history_that_cannot_have_been_is_a_bug(name: str) -> None:
    """S-BOOK-4: no event makes of a booking what no command could."""
    state, event = CANNOT_HAVE_BEEN[name]
    with pytest.raises(AssertionError):
        _ = evolve(STATES[state], event)


def test_whose_states_these_are() -> None:
    """The states that the other tests begin with are what commands lead to."""
    asked = after(NoBooking(), Request(TERMS, ASKED, DEADLINE))
    approved = after(asked, Approve(ANNE, M1, NOW))
    reached: list[Booking] = [asked, approved]
    assert reached == [STATES["requested"], STATES["queued"]]
    assert STATES["handed_over"] == awaiting(HandedOver(M1, NOW))
    assert STATES["ambiguous"] == awaiting(Ambiguous(M1))
    assert isinstance(STATES["undelivered"], Undelivered)
    assert MINUTE * 20 == END - START


def test_an_expired_request_remembers_its_mail() -> None:
    """D-BOOK-5: the mail that tells of the expiry is kept, so that its fate can be looked at."""
    state = evolve(STATES["requested"], BookingExpired(M3))
    assert isinstance(state, Expired)
    assert state.told == Told(M3)
