"""What patients and staff do in a clinic that is played: each one use case, through the real door.

Here: who asks for what. Not here: what is told of it (`play`).
"""

from collections.abc import Callable, Mapping
from functools import partial

from attrs import frozen

from eservices_adapters.demo.box import CLINIC, DOCTOR, Box
from eservices_adapters.demo.people import Patient
from eservices_adapters.demo.steps import with_mitid
from eservices_core.booking.delivery import Evidence
from eservices_core.booking.free_times import FreeTime
from eservices_core.outcome import Failure, Outcome, Success
from eservices_core.ports.ledger import ByStaff
from eservices_core.usecases.answer_booking import (
    ApproveBooking,
    DeclineBooking,
    approve_booking,
    decline_booking,
)
from eservices_core.usecases.book_for_patient import BookForPatient, Card, book_for_patient
from eservices_core.usecases.cancel_booking import (
    CancelForClinic,
    CancelOwnBooking,
    cancel_for_clinic,
    cancel_own_booking,
)
from eservices_core.usecases.close_booking import (
    LetBookingStand,
    RecordPresence,
    let_booking_stand,
    record_presence,
)
from eservices_core.usecases.move_booking import MoveForClinic, move_for_clinic
from eservices_core.usecases.refusal import Refusal
from eservices_core.usecases.request_time import RequestTime, request_time
from eservices_core.usecases.tell_patient import (
    OpenBooking,
    RecordPatientTold,
    ResendConfirmation,
    open_booking,
    record_patient_told,
    resend_confirmation,
)
from eservices_core.usecases.whole_day import (
    CancelDay,
    DayDone,
    PreviewDay,
    cancel_day,
    preview_day,
)
from eservices_core.words.identifiers import BookingId
from eservices_core.words.interval import Interval


@frozen(eq=False)
class Acts:
    """Acts on a clinic in a box."""

    box: Box

    # --- patients --------------------------------------------------------------------------------

    def ask(self, person: Patient, time: FreeTime) -> Outcome[BookingId, Refusal]:
        """A patient logs in, and asks for a time."""
        browser = self.box.new_browser()
        session = with_mitid(self.box, person, browser)
        asked = self.box.asked_by()
        command = RequestTime(
            key=asked.key,
            by=asked.by,
            session=session,
            browser=browser,
            clinic=CLINIC,
            practitioner=time.practitioner,
            type=time.type,
            at=time.interval.starts_at,
        )
        done = request_time(self.box.installation.services, command)
        return done if isinstance(done, Failure) else Success(done.unwrap().booking)

    def cancels(self, person: Patient, booking: BookingId) -> Outcome[object, Refusal]:
        """A patient logs in, and cancels."""
        browser = self.box.new_browser()
        session = with_mitid(self.box, person, browser)
        asked = self.box.asked_by()
        command = CancelOwnBooking(
            key=asked.key,
            by=asked.by,
            session=session,
            browser=browser,
            clinic=CLINIC,
            booking=booking,
        )
        return cancel_own_booking(self.box.installation.services, command)

    def opens(self, person: Patient, booking: BookingId) -> Outcome[object, Refusal]:
        """A patient logs in, and opens a booking."""
        browser = self.box.new_browser()
        session = with_mitid(self.box, person, browser)
        asked = self.box.asked_by()
        command = OpenBooking(
            key=asked.key,
            by=asked.by,
            session=session,
            browser=browser,
            clinic=CLINIC,
            booking=booking,
        )
        return open_booking(self.box.installation.services, command)

    # --- staff -----------------------------------------------------------------------------------

    def book(self, person: Patient, time: FreeTime) -> Outcome[BookingId, Refusal]:
        """Reception books for a patient at the counter, by their master card."""
        asked = self.box.asked_by_staff()
        command = BookForPatient(
            key=asked.key,
            by=asked.by,
            staff=self.box.staff,
            patient=Card(person.number),
            practitioner=time.practitioner,
            type=time.type,
            at=time.interval.starts_at,
        )
        done = book_for_patient(self.box.installation.services, command)
        return done if isinstance(done, Failure) else Success(done.unwrap().booking)

    def move(self, booking: BookingId, time: FreeTime) -> Outcome[object, Refusal]:
        """Reception moves a booking."""
        asked = self.box.asked_by_staff()
        command = MoveForClinic(
            key=asked.key,
            by=asked.by,
            staff=self.box.staff,
            booking=booking,
            practitioner=time.practitioner,
            at=time.interval.starts_at,
        )
        return move_for_clinic(self.box.installation.services, command)

    @property
    def by_staff(self) -> Mapping[str, Callable[[BookingId], Outcome[object, Refusal]]]:
        """What staff do to a booking and need no more words for, by its form."""
        return {
            "approve": partial(self._answer, yes=True),
            "decline": partial(self._answer, yes=False),
            "call": partial(self._told, evidence=Evidence.CALL),
            "slip": partial(self._told, evidence=Evidence.SLIP),
            "letter": partial(self._told, evidence=Evidence.LETTER),
            "resend": self._resend,
            "cancel": self._cancel,
            "stands": self._stands,
            "came": partial(self._presence, came=True),
            "missed": partial(self._presence, came=False),
        }

    def cancel_all(self, within: Interval) -> DayDone:
        """Reception looks at a part of the doctor's day, and cancels what lies there."""
        services, asked = self.box.installation.services, self.box.asked_by_staff()
        look = PreviewDay(
            key=asked.key, by=asked.by, staff=self.box.staff, practitioner=DOCTOR, within=within
        )
        seen = tuple(lies.booking for lies in preview_day(services, look).unwrap())
        asked = self.box.asked_by_staff()
        command = CancelDay(
            key=asked.key,
            by=asked.by,
            staff=self.box.staff,
            practitioner=DOCTOR,
            within=within,
            seen=seen,
        )
        return cancel_day(services, command)

    def _answer(self, booking: BookingId, *, yes: bool) -> Outcome[object, Refusal]:
        services, doctor = self.box.installation.services, self.box.doctor
        asked = self.box.asked_by(ByStaff(doctor))
        if yes:
            approve = ApproveBooking(key=asked.key, by=asked.by, staff=doctor, booking=booking)
            return approve_booking(services, approve)
        decline = DeclineBooking(key=asked.key, by=asked.by, staff=doctor, booking=booking)
        return decline_booking(services, decline)

    def _told(self, booking: BookingId, *, evidence: Evidence) -> Outcome[object, Refusal]:
        asked = self.box.asked_by_staff()
        command = RecordPatientTold(
            key=asked.key,
            by=asked.by,
            staff=self.box.staff,
            booking=booking,
            evidence=evidence,
        )
        return record_patient_told(self.box.installation.services, command)

    def _resend(self, booking: BookingId) -> Outcome[object, Refusal]:
        asked = self.box.asked_by_staff()
        command = ResendConfirmation(
            key=asked.key, by=asked.by, staff=self.box.staff, booking=booking
        )
        return resend_confirmation(self.box.installation.services, command)

    def _cancel(self, booking: BookingId) -> Outcome[object, Refusal]:
        asked = self.box.asked_by_staff()
        command = CancelForClinic(key=asked.key, by=asked.by, staff=self.box.staff, booking=booking)
        return cancel_for_clinic(self.box.installation.services, command)

    def _stands(self, booking: BookingId) -> Outcome[object, Refusal]:
        asked = self.box.asked_by_staff()
        command = LetBookingStand(key=asked.key, by=asked.by, staff=self.box.staff, booking=booking)
        return let_booking_stand(self.box.installation.services, command)

    def _presence(self, booking: BookingId, *, came: bool) -> Outcome[object, Refusal]:
        asked = self.box.asked_by_staff()
        command = RecordPresence(
            key=asked.key, by=asked.by, staff=self.box.staff, booking=booking, came=came
        )
        return record_presence(self.box.installation.services, command)
