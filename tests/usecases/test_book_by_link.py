"""The link in a guest's mails (D-BOOK-7, D-BOOK-8): what it shows, and what cancels."""

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from typing import Any, Final

import attrs
import pytest

from eservices_core import events
from eservices_core.booking.cancelling import Cancellation
from eservices_core.booking.link import TRIES_PER_HOUR, Stands
from eservices_core.booking.lists import patient_key
from eservices_core.booking.states import Cancelled, Requested
from eservices_core.booking.terms import OfUser
from eservices_core.outcome import Failure, Outcome
from eservices_core.ports.outbox import MailKind
from eservices_core.testing.memory import copenhagen
from eservices_core.testing.world import CLINIC
from eservices_core.usecases.book_by_link import CancelByLink, cancel_by_link
from eservices_core.usecases.booking_refusals import LINK_LEADS_NOWHERE
from eservices_core.usecases.refusal import Refusal
from eservices_core.words.identifiers import BookingId
from tests.usecases.book_day import Patient, wall
from tests.usecases.guest_day import GUEST, WRONG, GuestDay
from tests.usecases.people import HOUR, TICK, went

NUMBER: Final = "0709614606"


@pytest.fixture
def day() -> GuestDay:
    """A Monday morning at a clinic that takes bookings without a user."""
    return GuestDay()


@pytest.fixture
def booking(day: GuestDay) -> BookingId:
    """A guest's request for Monday a week later, at nine."""
    return day.booked(wall(9))


def why(outcome: Outcome[Any, Refusal]) -> str:
    """The reason of a refusal."""
    return outcome.failure().reason


def everything_in(day: GuestDay) -> str:
    """All that a store holds."""
    parts = {name: value for name, value in vars(day.ledger).items() if "lock" not in name}
    return repr(parts)


# --- what it shows -------------------------------------------------------------------------------


def test_it_shows_time_and_place_and_whether_it_stands(day: GuestDay, booking: BookingId) -> None:
    """D-BOOK-7: no name, birth date, phone number of the guest, type, comment or practitioner."""
    seen = day.sees(booking).unwrap()
    assert seen.interval.starts_at == copenhagen(2026, 11, 30, 9)
    assert (seen.clinic, seen.place) == ("Clinic One", "Testvej 1, 9999 Testby")
    assert seen.stands is Stands.ASKED_FOR
    said = repr(seen)
    assert not [
        word
        for word in ("Gry", "1980", "20304050", GUEST, "knæ", "Konsultation", "Doctor", "visit")
        if word in said
    ]
    assert day.cancel_code(booking) not in said
    assert {each.name for each in attrs.fields(type(seen))} == {
        "interval",
        "when",
        "clinic",
        "place",
        "phone",
        "stands",
    }


def test_following_the_link_changes_nothing_however_often(
    day: GuestDay, booking: BookingId
) -> None:
    """D-BOOK-8: a scanner that follows every link all day long leaves the store as it was."""
    before, chance = everything_in(day), repr(vars(day.chance))
    first = day.sees(booking)
    assert all(day.sees(booking) == first for _ in range(50))
    _ = day.sees(BookingId("no-such-booking"))
    assert everything_in(day) == before
    assert repr(vars(day.chance)) == chance


def _ended(day: GuestDay, booking: BookingId, how: str) -> None:
    acts: dict[str, Callable[[], Outcome[Any, Refusal]]] = {
        "approved": lambda: day.approves(booking),
        "declined": lambda: day.declines(booking),
        "cancelled by the clinic": lambda: day.cancels_for_clinic(booking),
        "cancelled by the link": lambda: day.cancels_by_link(booking),
    }
    assert went(acts[how]())


@pytest.mark.parametrize(
    ("how", "stands"),
    [
        ("approved", Stands.STANDS),
        ("declined", Stands.DOES_NOT_STAND),
        ("cancelled by the clinic", Stands.DOES_NOT_STAND),
        ("cancelled by the link", Stands.DOES_NOT_STAND),
    ],
)
def test_how_it_ended_is_not_shown(
    day: GuestDay, booking: BookingId, how: str, stands: Stands
) -> None:
    """D-BOOK-7: whether it stands, and not who ended it."""
    _ended(day, booking, how)
    assert day.sees(booking).unwrap().stands is stands


def test_an_unanswered_request_does_not_stand_after_its_deadline(
    day: GuestDay, booking: BookingId
) -> None:
    """D-BOOK-5: whether or not a worker has noted it."""
    day.clock.wind(timedelta(days=3))
    assert day.sees(booking).unwrap().stands is Stands.DOES_NOT_STAND


@pytest.mark.parametrize("came", [True, False])
def test_whether_the_guest_came_is_not_shown(
    day: GuestDay,
    booking: BookingId,
    came: bool,
) -> None:
    """D-BOOK-7: from its first minute on it has begun, and nothing else is told."""
    _ = day.approves(booking).unwrap()
    day.clock.set(copenhagen(2026, 11, 30, 9))
    before = day.sees(booking)
    assert before.unwrap().stands is Stands.HAS_BEGUN
    assert went(day.records(booking, came=came))
    assert day.sees(booking) == before


# --- the code ------------------------------------------------------------------------------------


def test_link_and_code_withdraw_a_request(day: GuestDay, booking: BookingId) -> None:
    """D-BOOK-7, D-BOOK-10: the time is free again, and a mail says so."""
    _ = day.cancels_by_link(booking, WRONG)
    assert day.cancels_by_link(booking).unwrap().how is Cancellation.WITHDRAWN
    assert day.state(events.LINK, booking).at == ()
    assert day.ledger.held_by(booking) is None
    assert day.mail_kinds(booking)[-1] is MailKind.BOOKING_WITHDRAWN


@pytest.mark.parametrize("inside", [False, True])
def test_link_and_code_cancel_what_is_confirmed(
    day: GuestDay,
    booking: BookingId,
    inside: bool,
) -> None:
    """D-BOOK-10: like a patient's: inside the notice it goes to the top of the desk."""
    _ = day.approves(booking).unwrap()
    day.mailed()
    day.waits(HOUR)
    if inside:
        day.clock.set(copenhagen(2026, 11, 29, 9))
    how = day.cancels_by_link(booking).unwrap().how
    assert how is (Cancellation.LATE if inside else Cancellation.CANCELLED)
    assert len(day.desk().items) == inside


def test_the_code_is_the_same_in_every_mail_and_read_as_people_type_it(
    day: GuestDay, booking: BookingId
) -> None:
    """D-BOOK-7: in small letters, with or without its hyphen."""
    _ = day.approves(booking).unwrap()
    typed = f" {day.cancel_code(booking).lower().replace('-', ' ')} "
    assert went(day.cancels_by_link(booking, typed))


def test_it_cancels_that_booking_and_nothing_else(day: GuestDay, booking: BookingId) -> None:
    """D-BOOK-7: another booking of the same guest has another code, and stands."""
    other = day.booked(wall(10))
    assert why(day.cancels_by_link(other, day.cancel_code(booking))) == "wrong_cancel_code"
    assert went(day.cancels_by_link(booking))
    assert isinstance(day.now(other), Requested)


def test_what_is_cancelled_is_not_cancelled_again(day: GuestDay, booking: BookingId) -> None:
    """D-BOOK-4: cancelled is final; the second time is told so."""
    assert went(day.cancels_by_link(booking))
    assert why(day.cancels_by_link(booking)) == "cancelled"


def test_after_too_many_wrong_codes_the_clinic_is_called(day: GuestDay, booking: BookingId) -> None:
    """D-BOOK-7: the right one is refused too then; booking and desk are as they were."""
    desk, state = day.desk(), day.now(booking)
    guessed = [why(day.cancels_by_link(booking, WRONG)) for _ in range(TRIES_PER_HOUR)]
    assert guessed == ["wrong_cancel_code"] * TRIES_PER_HOUR
    refused = day.cancels_by_link(booking).failure()
    assert (refused.reason, refused.next_step.value) == ("too_many_tries", "contact_clinic")
    assert (day.desk(), day.now(booking)) == (desk, state)
    assert day.sees(booking).unwrap().stands is Stands.ASKED_FOR


def test_within_the_hour_there_is_room_again(day: GuestDay, booking: BookingId) -> None:
    """D-BOOK-7: nobody is shut out for longer than an hour, and not an instant less."""
    for _ in range(TRIES_PER_HOUR):
        _ = day.cancels_by_link(booking, WRONG)
    day.clock.wind(HOUR - TICK)
    assert why(day.cancels_by_link(booking)) == "too_many_tries"
    day.clock.wind(TICK)
    assert went(day.cancels_by_link(booking))


def test_what_is_no_code_is_a_try_too(day: GuestDay, booking: BookingId) -> None:
    """D-BOOK-7: whatever is typed is counted before it is looked at."""
    for _ in range(TRIES_PER_HOUR):
        assert why(day.cancels_by_link(booking, "")) == "wrong_cancel_code"
    assert why(day.cancels_by_link(booking)) == "too_many_tries"


def test_guesses_at_one_booking_shut_nobody_out_of_another(
    day: GuestDay, booking: BookingId
) -> None:
    """D-BOOK-7: tries are counted for each booking."""
    other = day.booked(wall(10))
    for _ in range(TRIES_PER_HOUR + 1):
        _ = day.cancels_by_link(other, WRONG)
    assert went(day.cancels_by_link(booking))


def test_racing_codes_are_compared_no_more_often_than_there_are_tries(
    day: GuestDay, booking: BookingId
) -> None:
    """D-BOOK-7: of sixteen wrong codes at once five are compared, whoever was first."""
    start = Barrier(16)

    def guess(place: int) -> str:
        command = CancelByLink(key=f"guess-{place}", by=day.anybody, booking=booking, code=WRONG)
        _ = start.wait()
        said = cancel_by_link(day.services, command)
        return said.failure().reason if isinstance(said, Failure) else "cancelled"

    with ThreadPoolExecutor(16) as pool:
        came = Counter(pool.map(guess, range(16)))
    assert came == {"wrong_cancel_code": TRIES_PER_HOUR, "too_many_tries": 16 - TRIES_PER_HOUR}
    assert len(day.state(events.LINK, booking).at) == TRIES_PER_HOUR


def test_once_begun_it_is_not_cancelled(day: GuestDay, booking: BookingId) -> None:
    """D-BOOK-4: from the first minute on the clinic decides."""
    _ = day.approves(booking).unwrap()
    day.clock.set(copenhagen(2026, 11, 30, 9))
    assert why(day.cancels_by_link(booking)) == "has_begun"


# --- whose it is ---------------------------------------------------------------------------------


def _of_a_patient(day: GuestDay) -> BookingId:
    return day.requested(day.comes(NUMBER, "anna"), wall(11))


def _on_a_card(day: GuestDay) -> BookingId:
    number = day.civil_number("1303814074")
    day.card(number)
    return day.books(number, wall(11)).unwrap().booking


def _joins(day: GuestDay) -> tuple[BookingId, Patient]:
    booking = day.booked(wall(11))
    anna = day.comes(NUMBER, "anna")
    assert went(day.joins(booking, anna.user))
    return booking, anna


def _joined(day: GuestDay) -> BookingId:
    return _joins(day)[0]


@pytest.mark.parametrize("whose", [_of_a_patient, _on_a_card, _joined])
def test_a_booking_in_a_record_answers_as_one_that_never_was(day: GuestDay, whose: Any) -> None:
    """D-BOOK-7: the link of what is or has become a patient's shows and changes nothing."""
    booking = whose(day)
    state, before = day.now(booking), len(day.ledger.events())
    never = BookingId("never-was")
    assert day.sees(booking) == day.sees(never) == Failure(LINK_LEADS_NOWHERE)
    for code in (day.cancel_code(booking), WRONG):
        assert day.cancels_by_link(booking, code) == day.cancels_by_link(never, code)
        assert day.cancels_by_link(booking, code) == Failure(LINK_LEADS_NOWHERE)
    assert len(day.ledger.events()) == before
    assert day.now(booking) == state
    assert day.state(events.LINK, booking).at == ()


def test_a_joined_booking_is_its_patients_to_cancel(day: GuestDay) -> None:
    """D-BOOK-7: after the staff act the patient cancels it when logged in, and no code does."""
    booking, anna = _joins(day)
    _ = day.cancels_by_link(booking)
    assert went(day.cancels(anna, booking))
    assert isinstance(day.now(booking), Cancelled)


def test_joining_moves_it_to_the_patients_list(day: GuestDay) -> None:
    """Faults 180: one claim before and after; it counts for the patient, and for no address."""
    booking = day.booked(wall(11))
    held = day.ledger.held_by(booking)
    guest = day.now(booking).terms.patient
    anna = day.comes(NUMBER, "anna")
    assert went(day.joins(booking, anna.user))
    assert day.ledger.held_by(booking) == held
    lists = {
        whose: day.state(events.PATIENT_BOOKINGS, patient_key(CLINIC, whose)).open
        for whose in (guest, OfUser(anna.user))
    }
    assert lists == {guest: (), OfUser(anna.user): (booking,)}
