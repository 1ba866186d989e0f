"""The appointment book as a whole: patients, staff, a clock and failing ports, in any order.

What is claimed here is written from the rulebook and looks at what was stored, sent and shown; it
asks no machine and no table. CI plays some thousand steps, the thorough profile far more.
"""

import os
from datetime import timedelta
from typing import Any, Final

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    consumes,
    initialize,
    invariant,
    multiple,
    rule,
)

from eservices_core import events
from eservices_core.booking import life
from eservices_core.booking.delivery import Evidence
from eservices_core.booking.sentences import Reader
from eservices_core.booking.states import (
    AwaitingDelivery,
    Confirmed,
    Live,
    Requested,
    Undelivered,
)
from eservices_core.events import StreamId
from eservices_core.outcome import Outcome, Success
from eservices_core.ports.outbox import Handover, MailKind, Reported
from eservices_core.testing.world import CLINIC, OTHER_PRACTITIONER, PRACTITIONER
from eservices_core.usecases.rebuild_views import rebuild_views
from eservices_core.usecases.refusal import Refusal
from eservices_core.words.identifiers import BookingId, PractitionerId
from eservices_core.words.interval import Interval
from tests.usecases.book_day import MONDAY, BookDay, Patient

THOROUGH: Final = os.environ.get("HYPOTHESIS_PROFILE") == "thorough"
PEOPLE: Final = {"anna": "0709614606", "bent": "0709614231", "dorte": "1303814074"}
NUMBER_ON_A_CARD: Final = "2906980013"
ALWAYS: Final = Interval(0, 1 << 40)
HALF_AN_HOUR: Final = timedelta(minutes=30)

times: Final = st.tuples(st.sampled_from((1, 2, 7)), st.integers(0, 8)).map(
    lambda drawn: (MONDAY + timedelta(days=drawn[0], minutes=10 * drawn[1])).replace(tzinfo=None)
)
"""Wall times on three mornings, ten minutes apart, so that visits of twenty overlap."""
practitioners: Final = st.sampled_from((PRACTITIONER, PRACTITIONER, OTHER_PRACTITIONER))
people: Final = st.sampled_from(sorted(PEOPLE))
handovers: Final = st.sampled_from(
    (
        Handover.HANDED_OVER,
        Handover.HANDED_OVER,
        Handover.HANDED_OVER,
        Handover.AMBIGUOUS,
        Handover.REFUSED,
        Handover.WAITING,
    )
)
CONFIRMS: Final = {MailKind.BOOKING_CONFIRMATION, MailKind.BOOKING_MOVED}
WITHOUT_A_MAIL: Final = (
    life.ConfirmationHandedOver,
    life.ConfirmationAmbiguous,
    life.ConfirmationFailed,
    life.BookingConfirmed,
    life.PatientTold,
    life.StaffReminded,
    life.PatientAttended,
    life.PatientMissed,
    life.ConflictFound,
    life.ConflictGone,
    life.ConflictSettled,
    life.CalendarBroughtUpToDate,
)


class AppointmentBook(RuleBasedStateMachine):
    """Everybody acts at will."""

    bookings: Bundle[BookingId] = Bundle("bookings")
    appointments: Bundle[tuple[PractitionerId, str]] = Bundle("appointments")

    def teardown(self) -> None:
        """Rebuilt from the events, every list is what was kept all along."""
        if hasattr(self, "day") and self.day is not None:
            assert list(rebuild_views(self.day.services, mend=False)) == []

    @initialize()
    def opens(self) -> None:
        """Open the book."""
        self.day = BookDay()
        self.who = {name: self.day.comes(number, name) for name, number in PEOPLE.items()}
        self.day.card(self.day.civil_number(NUMBER_ON_A_CARD))
        self.made: set[BookingId] = set()

    def logs_in(self, name: str) -> Patient:
        """Have a patient log in again: sessions are short."""
        patient = self.day.comes_back(self.who[name], PEOPLE[name])
        self.who[name] = patient
        return patient

    def new(self, outcome: Outcome[Any, Refusal]) -> Any:
        """Remember what was booked."""
        if not isinstance(outcome, Success):
            return multiple()
        booking = outcome.unwrap().booking
        self.made.add(booking)
        return booking

    # -- patients --

    @rule(target=bookings, name=people, at=times, who=practitioners)
    def asks(self, name: str, at: Any, who: PractitionerId) -> Any:
        """A patient asks for a time."""
        return self.new(self.day.asks(self.logs_in(name), at, who))

    @rule(name=people, booking=bookings, at=times)
    def moves_own(self, name: str, booking: BookingId, at: Any) -> None:
        """A patient asks for another time instead."""
        _ = self.day.moves_own(self.logs_in(name), booking, at)

    @rule(name=people, booking=bookings)
    def cancels(self, name: str, booking: BookingId) -> None:
        """A patient cancels, maybe what is somebody else's."""
        _ = self.day.cancels(self.logs_in(name), booking)

    @rule(name=people, booking=bookings)
    def opens_it(self, name: str, booking: BookingId) -> None:
        """A patient opens a booking."""
        _ = self.day.opens(self.logs_in(name), booking)

    # -- staff --

    @rule(booking=bookings)
    def approves(self, booking: BookingId) -> None:
        """The practitioner approves."""
        _ = self.day.approves(booking)

    @rule(booking=bookings)
    def declines(self, booking: BookingId) -> None:
        """The practitioner declines."""
        _ = self.day.declines(booking)

    @rule(target=bookings, name=people, at=times, outside=st.booleans())
    def books(self, name: str, at: Any, outside: bool) -> Any:
        """Staff book for a patient with a user."""
        return self.new(self.day.books(self.who[name].user, at, outside=outside))

    @rule(target=bookings, at=times, email=st.sampled_from((None, "eva@example.dk")))
    def books_for_a_card(self, at: Any, email: str | None) -> Any:
        """Staff book for a patient without a user."""
        number = self.day.civil_number(NUMBER_ON_A_CARD)
        address = self.day.address(email) if email else None
        return self.new(self.day.books(number, at, email=address, outside=True))

    @rule(booking=bookings, at=times, who=practitioners, outside=st.booleans())
    def moves(self, booking: BookingId, at: Any, who: PractitionerId, outside: bool) -> None:
        """Staff move a booking."""
        _ = self.day.moves(booking, at, outside=outside, practitioner=who)

    @rule(booking=bookings)
    def cancels_for_clinic(self, booking: BookingId) -> None:
        """Staff cancel a booking."""
        _ = self.day.cancels_for_clinic(booking)

    @rule(booking=bookings)
    def resends(self, booking: BookingId) -> None:
        """Staff send the confirmation again."""
        _ = self.day.resends(booking)

    @rule(booking=bookings, how=st.sampled_from((Evidence.CALL, Evidence.SLIP)))
    def tells(self, booking: BookingId, how: Evidence) -> None:
        """Staff record that the patient was told."""
        _ = self.day.tells(booking, how)

    @rule(booking=bookings, came=st.booleans())
    def records(self, booking: BookingId, came: bool) -> None:
        """Staff record whether the patient came."""
        _ = self.day.records(booking, came=came)

    @rule(booking=bookings)
    def lets_stand(self, booking: BookingId) -> None:
        """Staff settle a conflict."""
        _ = self.day.lets_stand(booking)

    # -- the world --

    @rule(outcomes=st.lists(handovers, max_size=4))
    def delivers(self, outcomes: list[Handover]) -> None:
        """Mail is tried, and ends as it may."""
        self.day.mailbox.script(*outcomes)
        self.day.deliver()

    @rule(booking=bookings, word=st.sampled_from(Reported), place=st.integers(0, 3))
    def reports(self, booking: BookingId, word: Reported, place: int) -> None:
        """A delivery report says something of a mail."""
        states = self.day.mail_states(booking)
        if place < len(states):
            self.day.ledger.report(states[-1 - place].mail, word)

    @rule()
    def follows(self) -> None:
        """A worker looks, and a second look finds nothing new."""
        _ = self.day.follows()
        assert self.day.follows() == ()

    @rule(who=practitioners)
    def syncs(self, who: PractitionerId) -> None:
        """A worker brings calendar and book together."""
        _ = self.day.syncs(who)

    @rule(target=appointments, at=times, who=practitioners)
    def comes_into_the_calendar(self, at: Any, who: PractitionerId) -> Any:
        """Somebody writes into the calendar."""
        start = Interval.around(
            at.replace(tzinfo=MONDAY.tzinfo), at.replace(tzinfo=MONDAY.tzinfo) + HALF_AN_HOUR
        )
        assert start is not None
        return who, self.day.calendar.add_foreign((CLINIC, who), start)

    @rule(appointment=consumes(appointments))
    def leaves_the_calendar(self, appointment: tuple[PractitionerId, str]) -> None:
        """Somebody takes it out again."""
        who, reference = appointment
        self.day.calendar.remove_foreign((CLINIC, who), reference)

    @rule(who=practitioners, place=st.integers(0, 3))
    def somebody_removes_ours(self, who: PractitionerId, place: int) -> None:
        """Somebody deletes an entry of ours."""
        entries = self.day.calendar.entries((CLINIC, who))
        if place < len(entries):
            self.day.calendar.remove_ours((CLINIC, who), entries[place].booking)

    @rule(down=st.booleans())
    def calendar_goes_down(self, down: bool) -> None:
        """The calendar cannot be reached, or can be again."""
        self.day.calendar.unreachable = down

    @rule(by=st.sampled_from((1, 10, 31, 60, 60 * 7, 60 * 24)))
    def time_passes(self, by: int) -> None:
        """Time passes."""
        self.day.clock.wind(timedelta(minutes=by))

    # -- what must hold --

    @invariant()
    def claims_never_overlap(self) -> None:
        """D-BOOK-1: no two live claims of one practitioner share a minute."""
        held = self.day.ledger.live_at(CLINIC, ALWAYS)
        for one in held:
            for other in held:
                if one.practitioner == other.practitioner and one.booking != other.booking:
                    assert not one.interval.overlaps(other.interval)

    @invariant()
    def claims_are_the_live_bookings(self) -> None:
        """D-BOOK-1, D-BOOK-4: what lives holds its own time, and what has ended holds none."""
        for booking in self.made:
            state, held = self.day.now(booking), self.day.ledger.held_by(booking)
            if isinstance(state, Live):
                assert held is not None
                assert held.interval == state.terms.interval
                assert held.practitioner == state.terms.practitioner
            else:
                ended = type(state).__name__ in {"Attended", "Missed"}
                assert (held is not None) == ended

    @invariant()
    def confirmed_has_both_halves(self) -> None:
        """S-BOOK-4: who reads 'confirmed' was approved, and has proof of this very time."""
        for booking in self.made:
            if not isinstance(self.day.now(booking), Confirmed):
                continue
            told = [one.event for one in self.day.ledger.history(_stream(booking))]
            approved = [
                place
                for place, event in enumerate(told)
                if isinstance(event, life.BookingApproved | life.BookedByStaff)
            ]
            changed = [
                place
                for place, event in enumerate(told)
                if isinstance(
                    event,
                    life.BookingMoved
                    | life.ConfirmationResent
                    | life.ConfirmationFailed
                    | life.BookingApproved
                    | life.BookedByStaff,
                )
            ]
            proofs = [
                (place, event.proof)
                for place, event in enumerate(told)
                if isinstance(event, life.BookingConfirmed)
            ]
            assert approved
            assert proofs
            assert proofs[-1][0] > changed[-1]
            self._proof_is_true(booking, proofs[-1][1])

    def _proof_is_true(self, booking: BookingId, proof: Any) -> None:
        states = self.day.mail_states(booking)
        if proof.evidence is Evidence.NO_BOUNCE:
            assert any(
                mail.kind in CONFIRMS
                and mail.state is Handover.HANDED_OVER
                and mail.settled_at is not None
                and mail.settled_at + HALF_AN_HOUR <= self.day.clock.now()
                for mail in states
            )
        elif proof.evidence is Evidence.REPORTED_DELIVERED:
            assert any(mail.kind in CONFIRMS and mail.reported for mail in states)
        else:
            assert proof.evidence is not Evidence.HANDED_OVER, "this clinic wants more"
            by_staff = proof.evidence in {Evidence.CALL, Evidence.SLIP}
            assert (proof.by is not None) == by_staff

    @invariant()
    def nobody_reads_more_than_is_true(self) -> None:
        """D-BOOK-13: every state has a sentence for each reader, and none says too much."""
        for booking in self.made:
            state = self.day.now(booking)
            for reader in Reader:
                said = self.day.reads(booking, reader)
                assert said
                if isinstance(state, Requested | AwaitingDelivery | Undelivered):
                    assert " is confirmed" not in said
                    assert "Confirmed for" not in said

    @invariant()
    def one_mail_for_each_event_that_is_told(self) -> None:
        """D-BOOK-3: a mail is queued for each event that tells of something, and for no other."""
        for booking in self.made:
            told = [one.event for one in self.day.ledger.history(_stream(booking))]
            expected = sum(
                not isinstance(event, WITHOUT_A_MAIL)
                and (getattr(event, "mail", None) is not None or _asks(event))
                for event in told
            )
            assert len(self.day.mail_states(booking)) == expected

    @invariant()
    def a_confirmation_is_sent_of_what_is_approved(self) -> None:
        """D-BOOK-3: no confirmation is written before the clinic has said yes."""
        for booking in self.made:
            if isinstance(self.day.now(booking), Requested):
                assert not CONFIRMS & set(self.day.mail_kinds(booking))


def _asks(event: object) -> bool:
    asked_anew = isinstance(event, life.BookingMoved) and event.answer_by is not None
    return isinstance(event, life.TimeRequested) or asked_anew


def _stream(booking: BookingId) -> StreamId:
    return events.BOOKING.stream(booking)


AppointmentBook.TestCase.settings = settings(
    max_examples=1000 if THOROUGH else 25, stateful_step_count=100 if THOROUGH else 40
)
TestAppointmentBook = AppointmentBook.TestCase
