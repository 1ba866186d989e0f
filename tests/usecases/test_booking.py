"""The appointment book from request to end, over the use cases (S-BOOK, D-BOOK)."""

from datetime import datetime, timedelta
from typing import Any, Final

import pytest
from attrs import evolve

from eservices_core.access.user import ClosedBecause
from eservices_core.booking.cancelling import Cancellation
from eservices_core.booking.delivery import Evidence
from eservices_core.booking.states import (
    Attended,
    AwaitingDelivery,
    Cancelled,
    Confirmed,
    Declined,
    Expired,
    Missed,
    Requested,
    Undelivered,
)
from eservices_core.booking.terms import OnCard
from eservices_core.clinic.booking_settings import CommentRule, Grade, Switch
from eservices_core.outcome import Failure, Outcome
from eservices_core.ports.outbox import Handover, MailKind, Reported
from eservices_core.testing.world import (
    CLINIC,
    EVERY_WORKING_DAY,
    OTHER_PRACTITIONER,
    PRACTITIONER,
)
from eservices_core.usecases.close_booking import TakeOffDesk, take_off_desk
from eservices_core.usecases.close_user import CloseUser, close_user
from eservices_core.usecases.desk import Why
from eservices_core.usecases.manage_association import DissociatePatient, manage_association
from eservices_core.usecases.refusal import Refusal
from eservices_core.usecases.request_time import COMMENT_MAX
from eservices_core.words.clinic_time import COPENHAGEN
from eservices_core.words.identifiers import BookingId, UserId
from eservices_core.words.interval import Interval, minute_of
from tests.usecases.book_day import BookDay, Patient, wall
from tests.usecases.people import reason

ANNA: Final = "0709614606"
BENT: Final = "0709614231"
HALF_AN_HOUR: Final = timedelta(minutes=30)


@pytest.fixture
def day() -> BookDay:
    """A Monday morning."""
    return BookDay()


@pytest.fixture
def anna(day: BookDay) -> Patient:
    """A patient with a user, logged in."""
    return day.comes(ANNA, "anna")


def set_to(**changed: Any) -> BookDay:
    """A day at a clinic that has chosen otherwise."""
    return BookDay(booking=evolve(EVERY_WORKING_DAY, **changed))


def confirmed(day: BookDay, who: Patient, at: datetime) -> BookingId:
    """A booking that has come all the way."""
    booking = day.requested(who, at)
    _ = day.approves(booking).unwrap()
    day.mailed()
    day.waits(HALF_AN_HOUR)
    assert isinstance(day.now(booking), Confirmed)
    return booking


# --- from request to confirmed -------------------------------------------------------------------


def test_two_halves(day: BookDay, anna: Patient) -> None:
    """S-BOOK-4: a request is confirmed when approved and the mail received, not before."""
    booking = day.requested(anna, wall(9, 20))
    assert isinstance(day.now(booking), Requested)
    _ = day.approves(booking).unwrap()
    assert isinstance(day.now(booking), AwaitingDelivery)
    day.mailed()
    day.waits(HALF_AN_HOUR - timedelta(seconds=1))
    assert isinstance(day.now(booking), AwaitingDelivery)
    day.waits(timedelta(seconds=1))
    state = day.now(booking)
    assert isinstance(state, Confirmed)
    assert state.proof.evidence is Evidence.NO_BOUNCE
    assert state.approval.by == day.staff
    assert day.reads(booking) == "Your time on Monday 30 November 2026 at 9:20 is confirmed."


def test_the_red_number(day: BookDay, anna: Patient) -> None:
    """S-BOOK-3, D-BOOK-15: the red number counts the requests that wait for the clinic."""
    assert day.desk().requests == 0
    booking = day.requested(anna, wall(9, 20))
    _ = day.requested(anna, wall(9, 40))
    assert day.desk().requests == 2
    _ = day.approves(booking).unwrap()
    assert day.desk().requests == 1


def test_a_claimed_time_is_gone_from_the_page(day: BookDay, anna: Patient) -> None:
    """D-BOOK-1: a request takes its time at once; nobody else is offered it, or gets it."""
    before = len(day.times())
    booking = day.requested(anna, wall(9, 20))
    assert len(day.times()) == before - 1
    bent = day.comes(BENT, "bent")
    assert reason(day.asks(bent, wall(9, 20))) == ("D-BOOK-1", "taken_by_a_booking")
    assert day.services.claims.held_by(booking) is not None
    assert day.asks(bent, wall(9, 20), OTHER_PRACTITIONER).unwrap().booking != booking


def test_the_store_refuses_whoever_comes_second(
    day: BookDay, anna: Patient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """D-BOOK-1: where a look would still find a time free, the claim refuses it all the same."""
    bent = day.comes(BENT, "bent")
    monkeypatch.setattr(type(day.ledger), "live", lambda *_: ())
    _ = day.requested(anna, wall(9, 20))
    assert reason(day.asks(bent, wall(9, 20))) == ("D-BOOK-1", "taken")
    assert len(day.ledger.live_at(CLINIC, _always())) == 1


def _always() -> Interval:
    return Interval(0, 1 << 40)


@pytest.mark.parametrize(
    ("grade", "relay", "at_once"),
    [
        (Grade.HANDED_OVER, Switch.OFF, True),
        (Grade.HANDED_OVER, Switch.ON, False),
        (Grade.NO_BOUNCE, Switch.OFF, False),
    ],
)
def test_what_counts_as_received(grade: Grade, relay: Switch, at_once: bool) -> None:
    """D-BOOK-2: the clinic's grade decides; handing over to one's own relay is nothing."""
    day = set_to(received_when=grade, own_relay=relay)
    booking = day.requested(day.comes(ANNA, "anna"), wall(9, 20))
    _ = day.approves(booking).unwrap()
    day.mailed()
    assert isinstance(day.now(booking), Confirmed) is at_once
    day.waits(HALF_AN_HOUR)
    assert isinstance(day.now(booking), Confirmed)


@pytest.mark.parametrize("grade", [Grade.REPORTED_DELIVERED, Grade.OPENED])
def test_silence_is_not_always_enough(grade: Grade) -> None:
    """D-BOOK-2: a clinic that wants a report or an opening waits for it, however long."""
    day = set_to(received_when=grade)
    anna = day.comes(ANNA, "anna")
    booking = day.requested(anna, wall(9, 20))
    _ = day.approves(booking).unwrap()
    day.mailed()
    day.waits(timedelta(hours=20))
    assert isinstance(day.now(booking), AwaitingDelivery)
    day.bounces(booking, Reported.DELIVERED)
    assert isinstance(day.now(booking), Confirmed) is (grade is Grade.REPORTED_DELIVERED)


def test_opened_after_login(day: BookDay, anna: Patient) -> None:
    """D-BOOK-2: a patient who opens the booking after logging in has received it."""
    booking = day.requested(anna, wall(9, 20))
    assert "not confirmed" in day.opens(anna, booking).unwrap().sentence.en
    _ = day.approves(booking).unwrap()
    assert day.opens(anna, booking).unwrap().sentence.en.endswith("is confirmed.")
    state = day.now(booking)
    assert isinstance(state, Confirmed)
    assert state.proof.evidence is Evidence.OPENED


def test_a_bounce_is_staffs_to_mend(day: BookDay, anna: Patient) -> None:
    """D-BOOK-3: a bounce makes it undelivered, the claim stands, and staff resend or call."""
    booking = day.requested(anna, wall(9, 20))
    _ = day.approves(booking).unwrap()
    day.mailed()
    day.bounces(booking)
    assert isinstance(day.now(booking), Undelivered)
    assert day.services.claims.held_by(booking) is not None
    assert day.desk().undelivered == 1
    _ = day.resends(booking).unwrap()
    day.mailed()
    assert isinstance(day.now(booking), AwaitingDelivery)
    day.bounces(booking)
    _ = day.tells(booking).unwrap()
    state = day.now(booking)
    assert isinstance(state, Confirmed)
    assert (state.proof.evidence, state.proof.by) == (Evidence.CALL, day.staff)


def test_a_late_bounce(day: BookDay, anna: Patient) -> None:
    """D-BOOK-3, faults: 138. A late bounce undoes it, unless the patient has read of it."""
    booking = confirmed(day, anna, wall(9, 20))
    day.bounces(booking)
    assert isinstance(day.now(booking), Undelivered)
    _ = day.opens(anna, booking).unwrap()
    day.bounces(booking)
    assert isinstance(day.now(booking), Confirmed)


def test_an_answer_that_never_came(day: BookDay, anna: Patient) -> None:
    """D-BOOK-3: an ambiguous mail goes to staff when its attempts end, as 'may have arrived'."""
    booking = day.requested(anna, wall(9, 20))
    day.mailed()
    _ = day.approves(booking).unwrap()
    day.mailbox.script(*(Handover.AMBIGUOUS for _ in range(100)))
    for _ in range(40):
        day.mailed()
        day.clock.wind(timedelta(hours=1))
        if isinstance(day.now(booking), Undelivered):
            break
        assert isinstance(day.now(booking), AwaitingDelivery)
    state = day.now(booking)
    assert isinstance(state, Undelivered)
    assert state.may_have_arrived
    assert "may not have arrived" in day.desk().items[0].sentence.text.en


# --- who may answer ------------------------------------------------------------------------------


def test_reception_approves_where_it_may(anna: Patient, day: BookDay) -> None:
    """D-BOOK-11: reception approves only where the settings let it, and both names are kept."""
    reception = day.enroll("reception")
    booking = day.requested(anna, wall(9, 20))
    refused = day.approves(booking, reception)
    assert reason(refused) == ("D-BOOK-11", "practitioner_only")
    lenient = set_to(reception_approves=Switch.ON)
    assert lenient.enroll("reception") == reception
    other = lenient.requested(lenient.comes(ANNA, "anna"), wall(9, 20))
    _ = lenient.approves(other, reception).unwrap()
    state = lenient.now(other)
    assert isinstance(state, AwaitingDelivery)
    assert state.approval.by == reception
    assert state.approval.practitioner == PRACTITIONER


def test_another_clinic_finds_no_booking(day: BookDay, anna: Patient) -> None:
    """D-LOG-2: a booking of one clinic does not exist for another."""
    booking = day.requested(anna, wall(9, 20))
    assert reason(day.approves(booking, day.other_staff)) == ("D-LOG-2", "no_such_booking")


def test_somebody_elses_booking_is_none(day: BookDay, anna: Patient) -> None:
    """D-BOOK-4: whoever is not the patient can neither open nor cancel a booking."""
    booking = day.requested(anna, wall(9, 20))
    bent = day.comes(BENT, "bent")
    assert reason(day.opens(bent, booking)) == ("D-LOG-2", "no_such_booking")
    assert reason(day.cancels(bent, booking)) == ("D-LOG-2", "no_such_booking")


def test_declined(day: BookDay, anna: Patient) -> None:
    """D-BOOK-4: a declined request frees its time and tells the patient; it is final."""
    booking = day.requested(anna, wall(9, 20))
    _ = day.declines(booking).unwrap()
    assert isinstance(day.now(booking), Declined)
    assert day.services.claims.held_by(booking) is None
    assert day.mail_kinds(booking)[-1] is MailKind.BOOKING_DECLINED
    assert reason(day.approves(booking)) == ("D-BOOK-4", "declined")


# --- the patient's own limits --------------------------------------------------------------------


def test_open_bookings_are_limited(day: BookDay, anna: Patient) -> None:
    """D-BOOK-10: requests count towards a patient's open bookings, and ended ones do not."""
    first = day.requested(anna, wall(9, 0))
    _ = day.requested(anna, wall(9, 20))
    assert reason(day.asks(anna, wall(9, 40))) == ("D-BOOK-10", "too_many_open")
    _ = day.cancels(anna, first).unwrap()
    _ = day.requested(anna, wall(9, 40))


def test_a_comment_where_it_is_required() -> None:
    """D-BOOK-10: a clinic that requires a comment gets one, and its text is not in the event."""
    day = set_to(comment=CommentRule.REQUIRED)
    anna = day.comes(ANNA, "anna")
    assert reason(day.asks(anna, wall(9, 20), comment="  ")) == ("D-BOOK-10", "comment_required")
    booking = day.asks(anna, wall(9, 20), comment="ondt i knæet").unwrap().booking
    assert "knæ" not in repr(day.now(booking))
    assert all(b"kn" not in mail.content for mail in day.mails_to("anna@example.dk")[1:])


def test_a_comment_has_an_end(day: BookDay, anna: Patient) -> None:
    """D-BOOK-10: a comment that is too long is refused, and nothing is claimed."""
    outcome = day.asks(anna, wall(9, 20), comment="x" * (COMMENT_MAX + 1))
    assert reason(outcome) == ("D-BOOK-10", "comment_too_long")
    assert day.desk().requests == 0


def test_a_comment_is_text(day: BookDay, anna: Patient) -> None:
    """D-BOOK-10, faults: 1. What no store can hold is refused, to patients and to staff."""
    outcome = day.asks(anna, wall(9, 20), comment="ondt \ud800")
    assert outcome.failure().reason == "comment"
    assert day.desk().requests == 0


@pytest.mark.parametrize(
    ("at", "why"),
    [
        (wall(3), ("S-BOOK-1", "outside_periods")),
        (wall(9, 20, days=0), None),
        (wall(9, 20, days=200), None),
        (datetime(2027, 3, 28, 2, 15), None),  # noqa: DTZ001  a wall time that no clock shows
    ],
)
def test_what_is_not_offered_is_refused(
    day: BookDay, anna: Patient, at: datetime, why: tuple[str, str] | None
) -> None:
    """S-BOOK-1: a time outside hours, inside the notice, too far off or non-existent is refused."""
    outcome: Outcome[Any, Refusal] = day.asks(anna, at)
    assert isinstance(outcome, Failure)
    assert why is None or reason(outcome) == why or outcome.failure().rule == why[0]
    assert day.desk().requests == 0


# --- cancelling and moving -----------------------------------------------------------------------


def test_a_request_is_withdrawn_at_any_time(day: BookDay, anna: Patient) -> None:
    """D-BOOK-10: the notice binds confirmed bookings only; a request can always be withdrawn."""
    booking = day.requested(anna, wall(14, 0, days=1))
    assert day.cancels(anna, booking).unwrap().how is Cancellation.WITHDRAWN
    assert day.mail_kinds(booking)[-1] is MailKind.BOOKING_WITHDRAWN


def test_cancelled_in_time_and_late(day: BookDay, anna: Patient) -> None:
    """S-BOOK-5, D-BOOK-10: inside the notice it is a late cancellation, on top of the desk."""
    early = confirmed(day, anna, wall(9, 20))
    assert day.cancels(anna, early).unwrap().how is Cancellation.CANCELLED
    assert day.desk().items == ()
    late = confirmed(day, anna, wall(8, 40, days=2))
    waiting = day.requested(day.comes(BENT, "bent"), wall(9, 20))
    assert day.cancels(day.comes_back(anna, ANNA), late).unwrap().how is Cancellation.LATE
    top, below = day.desk().items
    assert (top.why, top.booking) == (Why.CANCELLED_LATE, late)
    assert (below.why, below.booking) == (Why.REQUEST, waiting)


def test_moved_by_the_clinic(day: BookDay, anna: Patient) -> None:
    """D-BOOK-4: what was confirmed and is moved needs a new proof, and its old time is free."""
    booking = confirmed(day, anna, wall(9, 20))
    _ = day.moves(booking, wall(10, 0)).unwrap()
    assert isinstance(day.now(booking), AwaitingDelivery)
    assert day.mail_kinds(booking)[-1] is MailKind.BOOKING_MOVED
    bent = day.comes(BENT, "bent")
    _ = day.requested(bent, wall(9, 20))
    refused = day.moves(booking, wall(9, 20))
    assert reason(refused) == ("D-BOOK-1", "taken_by_a_booking")
    assert day.now(booking).terms.interval.start == minute_of(wall(10).replace(tzinfo=COPENHAGEN))


def test_a_move_into_its_own_time(day: BookDay, anna: Patient) -> None:
    """D-BOOK-4: a booking can move onto minutes that it holds itself."""
    booking = confirmed(day, anna, wall(9, 20))
    _ = day.moves(booking, wall(9, 30), outside=True).unwrap()
    assert reason(day.moves(booking, wall(9, 30), outside=True)) == ("D-BOOK-4", "same_time")


def test_a_request_moved_by_the_clinic(day: BookDay, anna: Patient) -> None:
    """D-BOOK-4: a request that staff move stays a request, and the mail says who moved it."""
    booking = day.requested(anna, wall(9, 20))
    _ = day.moves(booking, wall(10, 0)).unwrap()
    assert isinstance(day.now(booking), Requested)
    assert day.mail_kinds(booking)[-1] is MailKind.BOOKING_REQUEST_MOVED


def test_a_patient_moves_only_a_request(day: BookDay, anna: Patient) -> None:
    """D-BOOK-4: a patient moves an unanswered request, and not what was approved."""
    booking = day.requested(anna, wall(9, 20))
    _ = day.moves_own(anna, booking, wall(9, 40)).unwrap()
    _ = day.approves(booking).unwrap()
    refused = day.moves_own(anna, booking, wall(10, 0))
    assert reason(refused) == ("D-BOOK-4", "staff_move_what_is_approved")


def test_queued_mail_that_is_no_longer_so_is_withdrawn(day: BookDay, anna: Patient) -> None:
    """D-BOOK-11: a booking that is cancelled before its confirmation has left sends one mail."""
    booking = day.requested(anna, wall(9, 20))
    day.mailed()
    _ = day.approves(booking).unwrap()
    _ = day.cancels_for_clinic(booking).unwrap()
    day.mailed()
    sent = [state.kind for state in day.mail_states(booking) if state.state is Handover.HANDED_OVER]
    assert sent == [MailKind.BOOKING_REQUESTED, MailKind.BOOKING_CANCELLED_BY_CLINIC]


# --- time passes ---------------------------------------------------------------------------------


def test_an_unanswered_request_expires(day: BookDay, anna: Patient) -> None:
    """D-BOOK-5: after two working days it expires, frees the time and tells the patient."""
    asked = day.asks(anna, wall(9, 20)).unwrap()
    assert asked.answer_by == wall(8, 0, days=2).replace(tzinfo=COPENHAGEN)
    day.clock.set(asked.answer_by)
    assert reason(day.approves(asked.booking)) == ("D-BOOK-5", "expired")
    _ = day.follows()
    assert isinstance(day.now(asked.booking), Expired)
    assert day.services.claims.held_by(asked.booking) is None
    assert day.mail_kinds(asked.booking)[-1] is MailKind.BOOKING_EXPIRED
    assert day.follows() == ()


def test_what_has_begun(day: BookDay, anna: Patient) -> None:
    """D-BOOK-4: from its first minute on a booking takes only attended or no-show."""
    booking = confirmed(day, anna, wall(9, 20, days=1))
    assert reason(day.records(booking, came=True)) == ("D-BOOK-4", "not_begun")
    day.clock.set(wall(9, 20, days=1).replace(tzinfo=COPENHAGEN))
    assert reason(day.cancels_for_clinic(booking)) == ("D-BOOK-4", "has_begun")
    assert [item.why for item in day.desk().items] == [Why.PRESENCE]
    _ = day.records(booking, came=False).unwrap()
    assert isinstance(day.now(booking), Missed)
    assert reason(day.records(booking, came=True)) == ("D-BOOK-4", "over")


def test_attended(day: BookDay, anna: Patient) -> None:
    """D-BOOK-4: a patient who came is recorded, also where no proof of receipt ever came."""
    booking = day.requested(anna, wall(9, 20, days=1))
    _ = day.approves(booking).unwrap()
    day.clock.set(wall(9, 20, days=1).replace(tzinfo=COPENHAGEN))
    _ = day.records(booking, came=True).unwrap()
    assert isinstance(day.now(booking), Attended)


# --- staff book ----------------------------------------------------------------------------------


def test_booked_for_a_patient_without_an_address(day: BookDay) -> None:
    """D-BOOK-16: staff book for a patient without e-mail, and a slip is what confirms it."""
    day.card(day.civil_number(BENT))
    booked = day.books(day.civil_number(BENT), wall(9, 20)).unwrap()
    assert not booked.mailed
    state = day.now(booked.booking)
    assert isinstance(state, AwaitingDelivery)
    assert isinstance(state.terms.patient, OnCard)
    assert [item.why for item in day.desk().items] == [Why.NOBODY_TO_MAIL]
    _ = day.tells(booked.booking, Evidence.SLIP).unwrap()
    assert isinstance(day.now(booked.booking), Confirmed)


def test_booked_by_staff_needs_its_mail(day: BookDay, anna: Patient) -> None:
    """D-BOOK-11: what staff book needs no approval, and claim, mail and evidence all the same."""
    booked = day.books(anna.user, wall(9, 20)).unwrap()
    assert booked.outside == ()
    assert isinstance(day.now(booked.booking), AwaitingDelivery)
    day.mailed()
    day.waits(HALF_AN_HOUR)
    assert isinstance(day.now(booked.booking), Confirmed)


def test_staff_step_outside_by_saying_so(day: BookDay, anna: Patient) -> None:
    """D-BOOK-11: staff book outside what patients are offered only by an act that says so."""
    evening = wall(19, 0)
    refused = day.books(anna.user, evening)
    assert isinstance(refused, Failure)
    booked = day.books(anna.user, evening, outside=True).unwrap()
    assert booked.outside == (refused.failure().reason,)


def test_nobody_steps_outside_a_claim(day: BookDay, anna: Patient) -> None:
    """D-BOOK-1: staff cannot book over a claim either, whatever they say."""
    _ = day.requested(anna, wall(9, 20))
    refused = day.books(anna.user, wall(9, 30), outside=True)
    assert reason(refused) == ("D-BOOK-1", "taken")


# --- the calendar --------------------------------------------------------------------------------


def test_the_calendar_takes_times(day: BookDay) -> None:
    """S-BOOK-2: what is taken in the clinic's calendar is not shown to patients."""
    before = len(day.times())
    _ = day.calendar.add_foreign((CLINIC, PRACTITIONER), _interval(wall(9, 0), 60))
    assert len(day.times()) == before - 3


def test_a_calendar_that_is_down(day: BookDay, anna: Patient) -> None:
    """D-BOOK-6: with a last reading of 15 minutes ago times are offered, and later none."""
    before = len(day.times())
    day.calendar.unreachable = True
    day.clock.wind(timedelta(minutes=15))
    assert len(day.times()) == before
    day.clock.wind(timedelta(seconds=1))
    assert len(day.times()) == 0
    assert day.asks(anna, wall(9, 20)).failure().rule == "D-BOOK-6"


def test_our_entries_lie_in_the_calendar(day: BookDay, anna: Patient) -> None:
    """S-BOOK-7: a booking is written into the calendar, moved there, and withdrawn."""
    booking = confirmed(day, anna, wall(9, 20))
    book = (CLINIC, PRACTITIONER)
    assert day.syncs()
    assert [entry.booking for entry in day.calendar.entries(book)] == [booking]
    _ = day.moves(booking, wall(10, 0)).unwrap()
    assert day.syncs()
    assert [e.interval for e in day.calendar.entries(book)] == [day.now(booking).terms.interval]
    assert day.desk().conflicts == 0
    _ = day.cancels_for_clinic(booking).unwrap()
    assert day.syncs()
    assert day.calendar.entries(book) == ()


def test_a_clash_is_staffs_to_settle(day: BookDay, anna: Patient) -> None:
    """D-BOOK-6: an appointment on a claimed time is a conflict, once, until staff let it stand."""
    booking = day.requested(anna, wall(9, 20))
    _ = day.calendar.add_foreign((CLINIC, PRACTITIONER), _interval(wall(9, 30), 60))
    assert day.syncs()
    assert day.desk().conflicts == 1
    assert reason(day.approves(booking)) == ("D-BOOK-6", "in_conflict")
    _ = day.lets_stand(booking).unwrap()
    assert day.syncs()
    assert day.desk().conflicts == 0
    _ = day.approves(booking).unwrap()


def test_an_entry_that_somebody_removed(day: BookDay, anna: Patient) -> None:
    """D-BOOK-6: an entry of ours that is gone is a conflict; let to stand, it is written again."""
    booking = confirmed(day, anna, wall(9, 20))
    book = (CLINIC, PRACTITIONER)
    assert day.syncs()
    day.calendar.remove_ours(book, booking)
    assert day.syncs()
    assert day.desk().conflicts == 1
    assert day.calendar.entries(book) == ()
    _ = day.lets_stand(booking).unwrap()
    assert day.syncs()
    assert [entry.booking for entry in day.calendar.entries(book)] == [booking]
    assert day.syncs()
    assert day.desk().conflicts == 0


def test_an_entry_that_somebody_moved(day: BookDay, anna: Patient) -> None:
    """D-BOOK-6: an entry of ours that was moved is a conflict; let to stand, it is put back."""
    booking = confirmed(day, anna, wall(9, 20))
    book = (CLINIC, PRACTITIONER)
    assert day.syncs()
    day.calendar.move_ours(book, booking, _interval(wall(11, 0), 20))
    assert day.syncs()
    assert day.desk().conflicts == 1
    _ = day.lets_stand(booking).unwrap()
    assert day.syncs()
    assert day.syncs()
    assert day.desk().conflicts == 0
    assert [e.interval for e in day.calendar.entries(book)] == [day.now(booking).terms.interval]


def _interval(start: datetime, minutes: int) -> Interval:
    first = minute_of(start.replace(tzinfo=COPENHAGEN))
    return Interval(first, first + minutes)


def test_a_cancelled_booking_cancels_the_invitation(day: BookDay, anna: Patient) -> None:
    """D-BOOK-12: the mail of a cancellation has METHOD:CANCEL, the same UID, a higher SEQUENCE."""
    booking = confirmed(day, anna, wall(9, 20))
    _ = day.cancels(anna, booking).unwrap()
    day.mailed()
    assert isinstance(day.now(booking), Cancelled)
    first, last = (day.mails_to("anna@example.dk")[place].content for place in (-2, -1))
    assert b'method="REQUEST"' in first
    assert b'method="CANCEL"' in last


# --- leaving, and death ------------------------------------------------------------------------


def leaves(day: BookDay, user: UserId) -> None:
    """Staff end the association of the clinic and a patient."""
    command = DissociatePatient(key=day.key(), by=day.by_staff, staff=day.staff, user=user)
    _ = manage_association(day.services, command).unwrap()


def test_whoever_leaves_is_listed(day: BookDay, anna: Patient) -> None:
    """D-ACC-20: the bookings of a patient who leaves are listed, and kept or cancelled."""
    kept, ended = confirmed(day, anna, wall(9)), confirmed(day, anna, wall(9, 20))
    leaves(day, anna.user)
    assert [(item.why, item.booking) for item in day.desk().items] == [
        (Why.PATIENT_LEFT, kept),
        (Why.PATIENT_LEFT, ended),
    ]
    _ = day.cancels_for_clinic(ended).unwrap()
    command = TakeOffDesk(key=day.key(), by=day.by_staff, staff=day.staff, booking=kept)
    _ = take_off_desk(day.services, command).unwrap()
    assert [item.why for item in day.desk().items] == [Why.TO_BE_CALLED]
    _ = day.cancels(day.comes_back(anna, ANNA), kept).unwrap()
    assert isinstance(day.now(kept), Cancelled)


def test_a_moved_booking_takes_its_place_on_the_desk_along(day: BookDay, anna: Patient) -> None:
    """D-ACC-20: moved to another week, the booking of a patient who left lies on the desk still."""
    booking = confirmed(day, anna, wall(9))
    leaves(day, anna.user)
    _ = day.moves(booking, wall(9, days=14)).unwrap()
    assert Why.PATIENT_LEFT in {item.why for item in day.desk().items}
    command = TakeOffDesk(key=day.key(), by=day.by_staff, staff=day.staff, booking=booking)
    _ = take_off_desk(day.services, command).unwrap()
    assert Why.PATIENT_LEFT not in {item.why for item in day.desk().items}


def test_death_frees_the_times(day: BookDay, anna: Patient) -> None:
    """D-ACC-20: after a death times are released and staff told, and nobody gets a mail."""
    booking = day.requested(anna, wall(9))
    day.mailed()
    _ = day.approves(booking).unwrap()
    before = len(day.mail_kinds(booking))
    command = CloseUser(
        key=day.key(),
        by=day.by_staff,
        staff=day.staff,
        user=anna.user,
        because=ClosedBecause.DEATH,
    )
    _ = close_user(day.services, command).unwrap()
    state = day.now(booking)
    assert isinstance(state, Cancelled)
    assert state.how is Cancellation.PATIENT_DIED
    assert day.services.claims.held_by(booking) is None
    assert [item.why for item in day.desk().items] == [Why.PATIENT_DIED]
    assert day.desk().call_list == ()
    assert len(day.mail_kinds(booking)) == before
    assert day.mail_states(booking)[-1].state is Handover.WITHDRAWN
