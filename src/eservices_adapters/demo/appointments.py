"""The script of the appointment book: days in which all goes as it must, and much goes wrong.

Like `morning`, every step goes through a real use case over the embedded adapters, and says what it
must come to. What the world does by itself is done by hand here: time passes, mail is delivered or
comes back, the calendar is read.
"""

from collections.abc import Generator, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from typing import Final

from attrs import evolve, frozen

from eservices_adapters.demo.box import CLINIC, DOCTOR, VISIT, Box
from eservices_adapters.demo.people import ANDERS, KIRSTEN, MAX, TOVE, Patient
from eservices_adapters.demo.steps import expect, must, refused, scene, step, with_mitid
from eservices_adapters.demo.telling import Step, Told
from eservices_core import events
from eservices_core.booking.book import Asker
from eservices_core.booking.delivery import Evidence
from eservices_core.booking.free_times import FreeTime
from eservices_core.booking.sentences import Reader, sentence
from eservices_core.booking.spoken import spoken_start
from eservices_core.booking.states import (
    AwaitingDelivery,
    Begun,
    Confirmed,
    Expired,
    NoBooking,
    Undelivered,
)
from eservices_core.outcome import Outcome, Success
from eservices_core.ports.ledger import ByStaff
from eservices_core.texts import Says
from eservices_core.usecases.answer_booking import ApproveBooking, approve_booking
from eservices_core.usecases.book_for_patient import BookForPatient, Card, book_for_patient
from eservices_core.usecases.book_without_user import AskWithoutUser, ask_without_user
from eservices_core.usecases.cancel_booking import CancelOwnBooking, cancel_own_booking
from eservices_core.usecases.desk import Desk, SeeDesk, see_desk
from eservices_core.usecases.follow_bookings import follow_bookings
from eservices_core.usecases.move_booking import MoveForClinic, move_for_clinic
from eservices_core.usecases.prove_address import ProveAddress, prove_address
from eservices_core.usecases.read_reports import read_reports
from eservices_core.usecases.refusal import Refusal
from eservices_core.usecases.request_time import RequestTime, TimeAsked, request_time
from eservices_core.usecases.sync_calendar import sync_calendar
from eservices_core.usecases.tell_patient import (
    OpenBooking,
    RecordPatientTold,
    open_booking,
    record_patient_told,
)
from eservices_core.usecases.times import SeeTimes, see_times
from eservices_core.usecases.unit import Unit
from eservices_core.usecases.whole_day import CancelDay, PreviewDay, cancel_day, preview_day
from eservices_core.words.clinic_time import clinic_date, start_of
from eservices_core.words.identifiers import BookingId, BrowserId, SessionId
from eservices_core.words.interval import Interval, minute_of

_RECEPTION: Final = "Reception"
_SERVICE: Final = "The service"
_WINDOW: Final = timedelta(minutes=31)


@frozen
class _Visitor:
    """A patient at a browser, logged in."""

    person: Patient
    browser: BrowserId
    session: SessionId


@frozen
class _Booked:
    """Whose booking it is."""

    visitor: _Visitor
    booking: BookingId
    time: FreeTime


def appointments(box: Box, monday: date) -> Generator[Told, None, BookingId]:
    """Run it all from a Monday at 8 o'clock, telling it; gives the booking of most turns."""
    box.clock.at(monday, 8)
    thursday = monday + timedelta(days=3)
    winner, loser = yield from _two_want_one_time(box, thursday)
    yield from _approved_is_not_confirmed(box, winner)
    second = yield from _a_mail_comes_back(box, loser, monday + timedelta(days=7))
    winner = yield from _reception_moves_it(box, winner)
    yield from _the_patient_cancels(box, second)
    guest = yield from _without_a_user(box, thursday)
    yield from _without_an_address(box, thursday)
    yield from _nobody_answers(box, loser, thursday + timedelta(days=1))
    box.clock.at(thursday, 7, 30)
    yield from _the_doctor_is_ill(box, winner, guest, thursday)
    return winner.booking


# --- the scenes --------------------------------------------------------------------------------


def _two_want_one_time(box: Box, thursday: date) -> Generator[Told, None, tuple[_Booked, _Visitor]]:
    yield scene(box, "Monday, 8 o'clock: the appointment book opens")
    synced = sync_calendar(box.installation.services, CLINIC, DOCTOR)
    expect(isinstance(synced, Success), "the doctor's calendar can be read")
    free = _free(box, thursday)
    yield step(box, _SERVICE, "reads the doctor's calendar", f"{len(free)} times", "S-BOOK-2")
    first = _log_in(box, MAX)
    second = _log_in(box, ANDERS)
    wanted = free[0]
    with ThreadPoolExecutor(2) as pool:
        asking = [pool.submit(_ask, box, each, wanted) for each in (first, second)]
        outcomes = [each.result() for each in asking]
    won = [isinstance(outcome, Success) for outcome in outcomes]
    expect(sorted(won) == [False, True], "of two who ask for one time, one gets it")
    winner, loser = (first, second) if won[0] else (second, first)
    got, not_got = (outcomes[0], outcomes[1]) if won[0] else (outcomes[1], outcomes[0])
    asked = must(got)
    when = spoken_start(wanted.interval).en
    yield step(box, "Max and Anders", f"both ask for {when}", "one gets it", "D-BOOK-1")
    reason = not_got.failure().reason
    yield refused(box, loser.person.name, "is told at once", not_got, reason)
    desk = _desk(box)
    yield step(box, _RECEPTION, "sees the red number", str(desk.requests), "S-BOOK-3")
    return _Booked(winner, asked.booking, wanted), loser


def _approved_is_not_confirmed(box: Box, booked: _Booked) -> Iterator[Told]:
    yield scene(box, "Approved is not confirmed")
    _approve(box, booked.booking)
    yield step(box, "The doctor", "approves the request", "approved")
    _ = box.deliver()
    _follow(box)
    yield _state(box, _SERVICE, "hands the confirmation over", booked.booking, AwaitingDelivery)
    box.clock.wind(_WINDOW)
    _follow(box)
    yield _state(box, _SERVICE, "waits 30 minutes: no bounce", booked.booking, Confirmed)


def _a_mail_comes_back(box: Box, visitor: _Visitor, day: date) -> Generator[Told, None, _Booked]:
    yield scene(box, "A confirmation that comes back")
    time = _free(box, day)[2]
    asked = must(_ask(box, visitor, time))
    name = visitor.person.name
    yield step(box, name, f"asks for {spoken_start(time.interval).en}", "requested")
    _approve(box, asked.booking)
    yield step(box, "The doctor", "approves", "approved")
    box.bounce(visitor.person)
    reports = box.installation.reports
    assert reports is not None, "the box collects its bounces"
    _ = read_reports(box.installation.services, reports, box.installation.outbox)
    _follow(box)
    yield _state(box, _SERVICE, "reads that the mail bounced", asked.booking, Undelivered)
    desk = _desk(box)
    expect(desk.undelivered == 1, "what bounced lies on the desk")
    told = box.asked_by_staff()
    command = RecordPatientTold(
        key=told.key, by=told.by, staff=box.staff, booking=asked.booking, evidence=Evidence.CALL
    )
    _ = must(record_patient_told(box.installation.services, command))
    yield _state(box, _RECEPTION, f"calls {name}, and records it", asked.booking, Confirmed)
    return _Booked(visitor, asked.booking, time)


def _reception_moves_it(box: Box, booked: _Booked) -> Generator[Told, None, _Booked]:
    yield scene(box, "Moved by the clinic")
    day = clinic_date(booked.time.interval.starts_at)
    later = _free(box, day)[1]
    asked = box.asked_by_staff()
    command = MoveForClinic(
        key=asked.key,
        by=asked.by,
        staff=box.staff,
        booking=booked.booking,
        practitioner=DOCTOR,
        at=later.interval.starts_at,
    )
    _ = must(move_for_clinic(box.installation.services, command))
    to = spoken_start(later.interval).en
    yield _state(box, _RECEPTION, f"moves it to {to}", booked.booking, AwaitingDelivery)
    visitor = _log_in(box, booked.visitor.person)
    _open(box, visitor, booked.booking)
    name = visitor.person.name
    yield _state(box, name, "logs in, and opens it", booked.booking, Confirmed)
    return evolve(booked, visitor=visitor, time=later)


def _the_patient_cancels(box: Box, booked: _Booked) -> Iterator[Told]:
    yield scene(box, "Cancelled by the patient")
    visitor = _log_in(box, booked.visitor.person)
    asked = box.asked_by()
    command = CancelOwnBooking(
        key=asked.key,
        by=asked.by,
        session=visitor.session,
        browser=visitor.browser,
        clinic=CLINIC,
        booking=booked.booking,
    )
    cancelled = must(cancel_own_booking(box.installation.services, command))
    yield step(box, visitor.person.name, "cancels in good time", cancelled.how.value)


def _without_a_user(box: Box, day: date) -> Generator[Told, None, BookingId]:
    yield scene(box, "Booked without a user")
    services = box.installation.services
    time = _free(box, day)[0]
    browser = box.new_browser()
    asked = box.asked_by()
    wish = AskWithoutUser(
        key=asked.key,
        by=asked.by,
        clinic=CLINIC,
        practitioner=DOCTOR,
        type=VISIT,
        at=time.interval.starts_at,
        name="Tove",
        birth_date=TOVE.number.birth_date,
        phone="+45 00 00 00 02",
        email=TOVE.email,
        comment=None,
        browser=browser,
        network="192.0.2.1",
    )
    attempt = must(ask_without_user(services, wish)).attempt
    yield step(box, "Tove", "asks without a user, by her e-mail address", "code mailed")
    asked = box.asked_by()
    proof = ProveAddress(
        key=asked.key, by=asked.by, attempt=attempt, code=box.code_for(TOVE), browser=browser
    )
    booking = must(prove_address(services, proof)).booking
    yield step(box, "Tove", "types the code: now the time is hers", "requested")
    _approve(box, booking)
    yield step(box, "The doctor", "approves", "approved")
    _ = box.deliver()
    _follow(box)
    box.clock.wind(_WINDOW)
    _follow(box)
    yield _state(box, _SERVICE, "waits 30 minutes: no bounce", booking, Confirmed)
    return booking


def _without_an_address(box: Box, day: date) -> Iterator[Told]:
    yield scene(box, "A patient without e-mail")
    time = _free(box, day)[0]
    asked = box.asked_by_staff()
    command = BookForPatient(
        key=asked.key,
        by=asked.by,
        staff=box.staff,
        patient=Card(KIRSTEN.number, "+45 00 00 00 03"),
        practitioner=DOCTOR,
        type=VISIT,
        at=time.interval.starts_at,
    )
    booked = must(book_for_patient(box.installation.services, command))
    does = "books for Kirsten, who is at the counter"
    yield _state(box, _RECEPTION, does, booked.booking, AwaitingDelivery)
    asked = box.asked_by_staff()
    slip = RecordPatientTold(
        key=asked.key, by=asked.by, staff=box.staff, booking=booked.booking, evidence=Evidence.SLIP
    )
    _ = must(record_patient_told(box.installation.services, slip))
    yield _state(box, _RECEPTION, "hands her a slip with the time", booked.booking, Confirmed)


def _nobody_answers(box: Box, visitor: _Visitor, day: date) -> Iterator[Told]:
    yield scene(box, "A request that nobody answers")
    visitor = _log_in(box, visitor.person)
    time = _free(box, day)[4]
    asked = must(_ask(box, visitor, time))
    name = visitor.person.name
    yield step(box, name, f"asks for {spoken_start(time.interval).en}", "requested")
    box.clock.to(asked.answer_by)
    _follow(box)
    yield _state(box, _SERVICE, "lets two working days pass", asked.booking, Expired)


def _the_doctor_is_ill(box: Box, winner: _Booked, guest: BookingId, day: date) -> Iterator[Told]:
    yield scene(box, "Thursday morning: the doctor is ill")
    services = box.installation.services
    _ = sync_calendar(services, CLINIC, DOCTOR)
    noon = minute_of(start_of(day)) + 12 * 60
    afternoon = Interval(noon, noon + 12 * 60)
    asked = box.asked_by_staff()
    look = PreviewDay(
        key=asked.key, by=asked.by, staff=box.staff, practitioner=DOCTOR, within=afternoon
    )
    seen = tuple(lies.booking for lies in must(preview_day(services, look)))
    yield step(box, _RECEPTION, "looks at the afternoon", f"{len(seen)} patients", "D-BOOK-11")
    cancel = CancelDay(
        key=asked.key,
        by=asked.by,
        staff=box.staff,
        practitioner=DOCTOR,
        within=afternoon,
        seen=seen,
    )
    done = cancel_day(services, cancel)
    expect(done.done == seen and not done.refused, "the whole afternoon is cancelled")
    _ = box.deliver()
    calls = len(_desk(box).call_list)
    expect(calls == len(seen), "nobody has proved yet that they have read it")
    yield step(box, _RECEPTION, "cancels it, with one mail each", f"{calls} on the call list")
    visitor = _log_in(box, winner.visitor.person)
    _open(box, visitor, winner.booking)
    calls = len(_desk(box).call_list)
    yield step(box, visitor.person.name, "logs in, and reads it", f"{calls} on the call list")
    told = box.asked_by_staff()
    call = RecordPatientTold(
        key=told.key, by=told.by, staff=box.staff, booking=guest, evidence=Evidence.CALL
    )
    _ = must(record_patient_told(services, call))
    left = len(_desk(box).call_list)
    expect(left == calls - 1, "whoever was called is off the list")
    yield step(box, _RECEPTION, "calls Tove, and records it", f"{left} on the call list")
    synced = sync_calendar(services, CLINIC, DOCTOR)
    gone = len(synced.unwrap()) if isinstance(synced, Success) else 0
    expect(gone == len(seen), "what is cancelled leaves the doctor's calendar")
    does = "takes them out of the doctor's calendar"
    yield step(box, _SERVICE, does, f"{gone} entries", "S-BOOK-2")


# --- what several scenes do ---------------------------------------------------------------------


def _log_in(box: Box, person: Patient) -> _Visitor:
    browser = box.new_browser()
    return _Visitor(person, browser, with_mitid(box, person, browser))


def _ask(box: Box, visitor: _Visitor, time: FreeTime) -> Outcome[TimeAsked, Refusal]:
    asked = box.asked_by()
    command = RequestTime(
        key=asked.key,
        by=asked.by,
        session=visitor.session,
        browser=visitor.browser,
        clinic=CLINIC,
        practitioner=time.practitioner,
        type=time.type,
        at=time.interval.starts_at,
    )
    return request_time(box.installation.services, command)


def _approve(box: Box, booking: BookingId) -> None:
    asked = box.asked_by(ByStaff(box.doctor))
    command = ApproveBooking(key=asked.key, by=asked.by, staff=box.doctor, booking=booking)
    _ = must(approve_booking(box.installation.services, command))


def _open(box: Box, visitor: _Visitor, booking: BookingId) -> None:
    asked = box.asked_by()
    command = OpenBooking(
        key=asked.key,
        by=asked.by,
        session=visitor.session,
        browser=visitor.browser,
        clinic=CLINIC,
        booking=booking,
    )
    _ = must(open_booking(box.installation.services, command))


def _follow(box: Box) -> None:
    """Do what the workers do: bring the doctor's calendar along, and look at every booking."""
    _ = sync_calendar(box.installation.services, CLINIC, DOCTOR)
    _ = follow_bookings(box.installation.services, CLINIC)


def _free(box: Box, day: date) -> list[FreeTime]:
    """The afternoon's free times of a day, or of the first day after it that has any."""
    asked = box.asked_by()
    command = SeeTimes(
        key=asked.key,
        by=asked.by,
        clinic=CLINIC,
        asker=Asker.WITH_USER,
        first=day,
        until=day + timedelta(days=1),
    )
    noon = minute_of(start_of(day)) + 12 * 60
    found = see_times(box.installation.services, command)
    free = [time for time in found if time.type == VISIT and time.interval.start >= noon]
    expect(len(free) > _TIMES_NEEDED, f"the doctor has room on the afternoon of {day}")
    return free


_TIMES_NEEDED: Final = 4


def _desk(box: Box) -> Desk:
    asked = box.asked_by_staff()
    look = SeeDesk(key=asked.key, by=asked.by, staff=box.staff)
    return must(see_desk(box.installation.services, look))


def _state(box: Box, who: str, does: str, booking: BookingId, state: type[Begun]) -> Step:
    """Tell a step with what the booking is now, and what each side reads of it."""
    found = _booking(box, booking)
    expect(isinstance(found, state), f"{who} {does}: the booking is {type(found).__name__}")
    at = box.clock.now()
    says = Says(sentence(found, Reader.PATIENT, at).text, sentence(found, Reader.STAFF, at).text)
    return evolve(step(box, who, does, _WORDS[state]), says=says)


_WORDS: Final[dict[type[object], str]] = {
    AwaitingDelivery: "approved, not confirmed",
    Confirmed: "confirmed",
    Undelivered: "undelivered",
    Expired: "expired",
}


def _booking(box: Box, booking: BookingId) -> Begun:
    asked = box.asked_by()
    look = SeeDesk(key=asked.key, by=asked.by, staff=box.staff)
    state = Unit(box.installation.services, look).state(events.BOOKING, booking)
    assert not isinstance(state, NoBooking)
    return state
