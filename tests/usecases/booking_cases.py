"""Every use case of the appointment book once, ready to be carried out (see `every_use_case`)."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any, Final

from eservices_core.booking.delivery import Evidence
from eservices_core.outcome import Outcome
from eservices_core.ports.ledger import ByStaff
from eservices_core.testing.world import CLINIC, PRACTITIONER, VISIT
from eservices_core.usecases import answer_booking as answer
from eservices_core.usecases import cancel_booking as cancelling
from eservices_core.usecases import close_booking as closing
from eservices_core.usecases import move_booking as moving
from eservices_core.usecases import tell_patient as telling
from eservices_core.usecases.book_by_link import CancelByLink, cancel_by_link
from eservices_core.usecases.book_for_patient import BookForPatient, Card, User, book_for_patient
from eservices_core.usecases.book_without_user import (
    SendAnotherBookingCode,
    ask_without_user,
    send_another_booking_code,
)
from eservices_core.usecases.prove_address import ProveAddress, prove_address
from eservices_core.usecases.refusal import Refusal
from eservices_core.usecases.request_time import RequestTime, request_time
from eservices_core.usecases.services import Command, Services
from eservices_core.words.identifiers import BookingId
from tests.usecases.book_day import Patient, wall
from tests.usecases.guest_day import GUEST, GuestDay
from tests.usecases.people import HOME

KEY: Final = "the-key"
_ANNA: Final = "0709614606"
_BENT: Final = "0709614231"
_AT: Final = wall(9, 20)

Doing = Callable[[Services, Any], Outcome[Any, Refusal]]
Prepared = tuple[Doing, Command]


def _booked(day: GuestDay) -> tuple[Patient, BookingId]:
    anna = day.comes(_ANNA, "anna")
    return anna, day.requested(anna, _AT)


def _approved(day: GuestDay) -> tuple[Patient, BookingId]:
    anna, booking = _booked(day)
    _ = day.approves(booking).unwrap()
    return anna, booking


def _ask_for_a_time(day: GuestDay) -> Prepared:
    anna = day.comes(_ANNA, "anna")
    return request_time, RequestTime(
        key=KEY,
        by=day.anybody,
        session=anna.session,
        browser=anna.browser,
        clinic=CLINIC,
        practitioner=PRACTITIONER,
        type=VISIT,
        at=_AT,
        comment="ondt i halsen",
    )


def _move_a_request(day: GuestDay) -> Prepared:
    anna, booking = _booked(day)
    return moving.move_own_request, moving.MoveOwnRequest(
        key=KEY,
        by=day.anybody,
        session=anna.session,
        browser=anna.browser,
        clinic=CLINIC,
        booking=booking,
        practitioner=PRACTITIONER,
        at=wall(10),
    )


def _cancel_ones_own(day: GuestDay) -> Prepared:
    anna, booking = _approved(day)
    return cancelling.cancel_own_booking, cancelling.CancelOwnBooking(
        key=KEY,
        by=day.anybody,
        session=anna.session,
        browser=anna.browser,
        clinic=CLINIC,
        booking=booking,
    )


def _open_a_booking(day: GuestDay) -> Prepared:
    anna, booking = _approved(day)
    return telling.open_booking, telling.OpenBooking(
        key=KEY,
        by=day.anybody,
        session=anna.session,
        browser=anna.browser,
        clinic=CLINIC,
        booking=booking,
    )


def _approve_a_request(day: GuestDay) -> Prepared:
    _, booking = _booked(day)
    return answer.approve_booking, answer.ApproveBooking(
        key=KEY, by=ByStaff(day.staff), staff=day.staff, booking=booking
    )


def _decline_a_request(day: GuestDay) -> Prepared:
    _, booking = _booked(day)
    return answer.decline_booking, answer.DeclineBooking(
        key=KEY, by=day.by_staff, staff=day.staff, booking=booking
    )


def _book_for_a_user(day: GuestDay) -> Prepared:
    anna = day.comes(_ANNA, "anna")
    return book_for_patient, BookForPatient(
        key=KEY,
        by=day.by_staff,
        staff=day.staff,
        patient=User(anna.user),
        practitioner=PRACTITIONER,
        type=VISIT,
        at=_AT,
    )


def _book_for_a_card(day: GuestDay) -> Prepared:
    number = day.civil_number(_BENT)
    day.card(number)
    return book_for_patient, BookForPatient(
        key=KEY,
        by=day.by_staff,
        staff=day.staff,
        patient=Card(number, "+45 00 00 00 04", day.address("bent@example.dk")),
        practitioner=PRACTITIONER,
        type=VISIT,
        at=_AT,
    )


def _move_a_booking(day: GuestDay) -> Prepared:
    _, booking = _approved(day)
    return moving.move_for_clinic, moving.MoveForClinic(
        key=KEY,
        by=day.by_staff,
        staff=day.staff,
        booking=booking,
        practitioner=PRACTITIONER,
        at=wall(10),
    )


def _cancel_for_the_clinic(day: GuestDay) -> Prepared:
    _, booking = _approved(day)
    return cancelling.cancel_for_clinic, cancelling.CancelForClinic(
        key=KEY, by=day.by_staff, staff=day.staff, booking=booking
    )


def _send_a_confirmation_again(day: GuestDay) -> Prepared:
    _, booking = _approved(day)
    return telling.resend_confirmation, telling.ResendConfirmation(
        key=KEY, by=day.by_staff, staff=day.staff, booking=booking
    )


def _record_a_call(day: GuestDay) -> Prepared:
    _, booking = _approved(day)
    return telling.record_patient_told, telling.RecordPatientTold(
        key=KEY, by=day.by_staff, staff=day.staff, booking=booking, evidence=Evidence.CALL
    )


def _record_presence(day: GuestDay) -> Prepared:
    _, booking = _approved(day)
    day.clock.wind(timedelta(days=8))
    return closing.record_presence, closing.RecordPresence(
        key=KEY, by=day.by_staff, staff=day.staff, booking=booking, came=True
    )


def _let_a_booking_stand(day: GuestDay) -> Prepared:
    _, booking = _booked(day)
    _ = day.calendar.add_foreign((CLINIC, PRACTITIONER), day.now(booking).terms.interval)
    assert day.syncs()
    return closing.let_booking_stand, closing.LetBookingStand(
        key=KEY, by=day.by_staff, staff=day.staff, booking=booking
    )


def _take_off_the_desk(day: GuestDay) -> Prepared:
    _, booking = _approved(day)
    _ = day.cancels_for_clinic(booking).unwrap()
    return closing.take_off_desk, closing.TakeOffDesk(
        key=KEY, by=day.by_staff, staff=day.staff, booking=booking
    )


def _join_a_record(day: GuestDay) -> Prepared:
    booking = day.booked()
    anna = day.comes(_ANNA, "anna")
    return closing.join_record, closing.JoinRecord(
        key=KEY, by=day.by_staff, staff=day.staff, booking=booking, user=anna.user
    )


def _ask_without_a_user(day: GuestDay) -> Prepared:
    return ask_without_user, day.wish(_AT, key=KEY)


def _ask_for_another_code(day: GuestDay) -> Prepared:
    attempt = day.sent()
    return send_another_booking_code, SendAnotherBookingCode(
        key=KEY, by=day.anybody, attempt=attempt, browser=HOME
    )


def _prove_an_address(day: GuestDay) -> Prepared:
    attempt = day.sent()
    return prove_address, ProveAddress(
        key=KEY, by=day.anybody, attempt=attempt, code=day.last_code(GUEST), browser=HOME
    )


def _cancel_by_the_link(day: GuestDay) -> Prepared:
    booking = day.booked()
    return cancel_by_link, CancelByLink(
        key=KEY, by=day.anybody, booking=booking, code=day.cancel_code(booking)
    )


BOOKING: Final[tuple[Callable[[Any], Prepared], ...]] = (
    _ask_for_a_time,
    _move_a_request,
    _cancel_ones_own,
    _open_a_booking,
    _approve_a_request,
    _decline_a_request,
    _book_for_a_user,
    _book_for_a_card,
    _move_a_booking,
    _cancel_for_the_clinic,
    _send_a_confirmation_again,
    _record_a_call,
    _record_presence,
    _let_a_booking_stand,
    _take_off_the_desk,
    _join_a_record,
    _ask_without_a_user,
    _ask_for_another_code,
    _prove_an_address,
    _cancel_by_the_link,
)
