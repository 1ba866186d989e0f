"""The booking machine: what may happen to a booking in each state, and what follows.

Every command in every state is an allowed move or a refusal with a reason (D-BOOK-4). Nothing here
knows of clocks, mails or stores: instants, ids of mails and the clinic's choices come in, events go
out. That a time is free is not asked here: the store refuses a claim (D-BOOK-1).
"""

from datetime import datetime
from typing import assert_never

from eservices_core.booking.cancelling import (
    CANCELLING,
    CancelFacts,
    Cancellation,
    Stage,
    notice_at,
)
from eservices_core.booking.commands import (
    Approve,
    BookForPatient,
    BookingRefusal,
    Cancel,
    Command,
    Decided,
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
    SettleConflict,
)
from eservices_core.booking.delivery import Evidence, HandedOver, Proof
from eservices_core.booking.evidence import enough, note_mail, note_read, record_told
from eservices_core.booking.life import (
    BookedByStaff,
    BookingApproved,
    BookingCancelled,
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
)
from eservices_core.booking.standing import living, why_not_live
from eservices_core.booking.states import (
    AwaitingDelivery,
    Booking,
    Confirmed,
    NoBooking,
    Requested,
    Undelivered,
)
from eservices_core.booking.terms import Guest
from eservices_core.outcome import Failure, Success
from eservices_core.words.interval import Interval

# --- what may happen -----------------------------------------------------------------------------


def decide(state: Booking, command: Command) -> Decided:  # noqa: C901  one each
    """Answer a command with the events that follow, () where nothing changes, or a refusal."""
    match command:
        case Request(terms, at, answer_by):
            return _begin(state, TimeRequested(terms, at, answer_by))
        case BookForPatient(terms, by, outside, mail, at):
            return _begin(state, BookedByStaff(terms, by, outside, mail, at))
        case Approve():
            return _approve(state, command)
        case Decline(by, mail, at):
            return _answer(state, at, BookingDeclined(by, mail))
        case Cancel():
            return _cancel(state, command)
        case Move():
            return _move(state, command)
        case Resend():
            return _resend(state, command)
        case NoteHandedOver() | NoteAmbiguous() | NoteFailed() | NoteReported():
            return note_mail(state, command)
        case NoteOpened(at):
            return note_read(state, Proof(Evidence.OPENED, at))
        case RecordTold():
            return record_told(state, command)
        case LetTimePass():
            return _let_time_pass(state, command)
        case RecordAttended(by, at):
            return _record_presence(state, at, PatientAttended(by))
        case RecordMissed(by, at):
            return _record_presence(state, at, PatientMissed(by))
        case NoteCalendar() | SettleConflict():
            return _conflict(state, command)
        case NoteInCalendar(written):
            return _in_calendar(state, written)
        case Join():
            return _join(state, command)
        case _:
            assert_never(command)


def _begin(state: Booking, event: TimeRequested | BookedByStaff) -> Decided:
    if not isinstance(state, NoBooking):
        return Failure(BookingRefusal.EXISTS)
    if event.at >= event.terms.interval.starts_at:
        return Failure(BookingRefusal.HAS_BEGUN)
    if isinstance(event, TimeRequested) and event.at >= event.answer_by:
        return Failure(BookingRefusal.EXPIRED)
    return Success((event,))


def _approve(state: Booking, command: Approve) -> Decided:
    if isinstance(state, Requested) and state.terms.conflict is not None:
        refusal = why_not_live(state, command.at)
        return Failure(refusal or BookingRefusal.IN_CONFLICT)
    return _answer(state, command.at, BookingApproved(command.by, command.mail, command.at))


def _answer(state: Booking, at: datetime, event: BookingApproved | BookingDeclined) -> Decided:
    live = living(state, at)
    if isinstance(live, Failure):
        return live
    match live.unwrap():
        case Requested():
            return Success((event,))
        case AwaitingDelivery() | Undelivered() | Confirmed():
            return Failure(BookingRefusal.ALREADY_APPROVED)


def _cancel(state: Booking, command: Cancel) -> Decided:
    live = living(state, command.at)
    if isinstance(live, Failure):
        return live
    booking = live.unwrap()
    match booking:
        case Requested():
            stage = Stage.REQUESTED
        case AwaitingDelivery() | Undelivered():
            stage = Stage.APPROVED
        case Confirmed():
            stage = Stage.CONFIRMED
        case _:
            assert_never(booking)
    notice = notice_at(booking.terms.interval, command.at, command.notice)
    how: Cancellation = CANCELLING.decide(CancelFacts(command.who, stage, notice)).then
    return Success((BookingCancelled(how, command.by, command.mail),))


def _move(state: Booking, command: Move) -> Decided:
    live = living(state, command.at)
    if isinstance(live, Failure):
        return live
    booking = live.unwrap()
    old = booking.terms
    if (old.practitioner, old.interval) == (command.practitioner, command.interval):
        return Failure(BookingRefusal.SAME_TIME)
    if command.at >= command.interval.starts_at:
        return Failure(BookingRefusal.HAS_BEGUN)
    asked = isinstance(booking, Requested)
    if command.by is None and not asked:
        return Failure(BookingRefusal.STAFF_MOVE_WHAT_IS_APPROVED)
    if asked and command.at >= command.answer_by:
        return Failure(BookingRefusal.EXPIRED)
    event = BookingMoved(
        command.practitioner,
        command.interval,
        command.by,
        command.answer_by if asked else None,
        None if asked else command.mail,
    )
    return Success((event,))


def _resend(state: Booking, command: Resend) -> Decided:
    live = living(state, command.at)
    if isinstance(live, Failure):
        return live
    match live.unwrap():
        case Requested():
            return Failure(BookingRefusal.NOT_APPROVED)
        case Confirmed():
            return Failure(BookingRefusal.ALREADY_CONFIRMED)
        case AwaitingDelivery() | Undelivered():
            return Success((ConfirmationResent(command.mail, command.by),))


# --- the clock -----------------------------------------------------------------------------------


def _let_time_pass(state: Booking, command: LetTimePass) -> Decided:
    match state:
        case Requested():
            if command.at >= state.answer_by:
                return Success((BookingExpired(command.mail),))
            remind_at = command.remind_staff_at
            due = not state.reminded and remind_at is not None and command.at >= remind_at
            return Success((StaffReminded(),) if due else ())
        case AwaitingDelivery(way=HandedOver(_, handed_over_at), terms=terms):
            silent_since = handed_over_at + command.no_bounce_window
            if command.at < silent_since or command.at >= terms.interval.starts_at:
                return Success(())
            return enough(Evidence.NO_BOUNCE, silent_since, command.counts)
        case Confirmed():
            return _remind_patient(state, command)
        case _:
            return Success(())


def _remind_patient(state: Confirmed, command: LetTimePass) -> Decided:
    before, starts_at = command.remind_patient_before, state.terms.interval.starts_at
    if before is None or command.mail is None or state.patient_reminded:
        return Success(())
    due = starts_at - before <= command.at < starts_at
    # Whoever heard of it inside the reminder's time has just been told.
    fresh = state.proof.at > starts_at - before
    return Success((PatientReminded(command.mail),) if due and not fresh else ())


def _record_presence(
    state: Booking, at: datetime, event: PatientAttended | PatientMissed
) -> Decided:
    refusal = why_not_live(state, at)
    if refusal is None:
        return Failure(BookingRefusal.NOT_BEGUN)
    if refusal is not BookingRefusal.HAS_BEGUN:
        return Failure(refusal)
    return Failure(refusal) if isinstance(state, Requested) else Success((event,))


# --- the clinic's calendar, and whose it is ------------------------------------------------------


def _conflict(state: Booking, command: NoteCalendar | SettleConflict) -> Decided:
    live = living(state, command.at)
    if isinstance(live, Failure):
        return live
    terms = live.unwrap().terms
    match command:
        case SettleConflict(by):
            if terms.conflict is None:
                return Failure(BookingRefusal.NO_CONFLICT)
            return Success((ConflictSettled(by),))
        case NoteCalendar(seen, at):
            if seen is None:
                return Success((ConflictGone(),) if terms.conflict else ())
            known = terms.conflict.reference if terms.conflict else terms.kept
            found = ConflictFound(seen.kind, seen.reference, at)
            return Success(() if seen.reference == known else (found,))
        case _:
            assert_never(command)


def _in_calendar(state: Booking, written: Interval | None) -> Decided:
    if isinstance(state, NoBooking):
        return Failure(BookingRefusal.NO_BOOKING)
    news = written != state.terms.written
    return Success((CalendarBroughtUpToDate(written),) if news else ())


def _join(state: Booking, command: Join) -> Decided:
    if isinstance(state, NoBooking):
        return Failure(BookingRefusal.NO_BOOKING)
    if not isinstance(state.terms.patient, Guest):
        return Failure(BookingRefusal.NOT_A_GUEST)
    return Success((GuestJoined(command.user, command.by),))
