"""A day at a clinic's appointment book, for tests: all that people and the world do there.

Here: acts, each with a key of its own, and looking at what came of them. Not here: any rule.
"""

from datetime import date, datetime, timedelta
from typing import Any, Final

from attrs import evolve as with_changes
from attrs import frozen

from eservices_core import events
from eservices_core.booking.book import Asker
from eservices_core.booking.delivery import Evidence
from eservices_core.booking.free_times import FreeTimes
from eservices_core.booking.sentences import Reader, sentence
from eservices_core.booking.states import Begun, Booking, NoBooking
from eservices_core.clinic.staff import StaffMember
from eservices_core.outcome import Outcome, Success
from eservices_core.ports.ledger import ByStaff, BySystem
from eservices_core.ports.outbox import MailKind, MailState, OutgoingMail, Reported
from eservices_core.testing.memory import copenhagen
from eservices_core.testing.world import CLINIC, PRACTITIONER, VISIT, World
from eservices_core.usecases.answer_booking import (
    Answered,
    ApproveBooking,
    DeclineBooking,
    approve_booking,
    decline_booking,
)
from eservices_core.usecases.book_for_patient import (
    Booked,
    BookForPatient,
    Card,
    For,
    User,
    book_for_patient,
)
from eservices_core.usecases.cancel_booking import (
    BookingIsCancelled,
    CancelForClinic,
    CancelOwnBooking,
    cancel_for_clinic,
    cancel_own_booking,
)
from eservices_core.usecases.close_booking import (
    LetBookingStand,
    Noted,
    RecordPresence,
    let_booking_stand,
    record_presence,
)
from eservices_core.usecases.desk import Desk, SeeDesk, see_desk
from eservices_core.usecases.follow_bookings import Followed, follow_bookings
from eservices_core.usecases.log_in_with_mitid import come_back_from_mitid
from eservices_core.usecases.move_booking import (
    Moved,
    MoveForClinic,
    MoveOwnRequest,
    move_for_clinic,
    move_own_request,
)
from eservices_core.usecases.refusal import Refusal
from eservices_core.usecases.request_time import RequestTime, TimeAsked, request_time
from eservices_core.usecases.sync_calendar import sync_calendar
from eservices_core.usecases.tell_patient import (
    BookingOpened,
    ConfirmationIsResent,
    OpenBooking,
    PatientKnows,
    RecordPatientTold,
    ResendConfirmation,
    open_booking,
    record_patient_told,
    resend_confirmation,
)
from eservices_core.usecases.times import SeeTimes, see_times
from eservices_core.words.civil_number import CivilNumber
from eservices_core.words.email_address import EmailAddress
from eservices_core.words.identifiers import (
    BookingId,
    BrowserId,
    PractitionerId,
    SessionId,
    UserId,
)

MONDAY: Final = copenhagen(2026, 11, 23, 8)
"""The day's first moment: a Monday, with the clinic just opened."""
NEXT_MONDAY: Final = date(2026, 11, 30)


def wall(hour: int, minute: int = 0, *, days: int = 7) -> datetime:
    """A time on the clinic's clock, so many days after `MONDAY`."""
    shown = MONDAY.replace(hour=hour, minute=minute, tzinfo=None)
    return shown + timedelta(days=days)


@frozen
class Patient:
    """A patient with a user, logged in at home."""

    user: UserId
    session: SessionId
    browser: BrowserId
    address: str


class BookDay(World):
    """A clinic with two practitioners, on the morning of `MONDAY`."""

    def __init__(self, at: datetime = MONDAY, **settings: Any) -> None:
        super().__init__(at, **settings)

    # -- patients --

    def comes(self, number: str, name: str) -> Patient:
        """Have a patient sign up with MitID, or log in again; the session is new."""
        browser = BrowserId(f"browser-{name}")
        address = f"{name}@example.dk"
        begun = self.sign_up(self.civil_number(number), address, browser=browser)
        return Patient(begun.user, begun.session, browser, address)

    def comes_back(self, who: Patient, number: str) -> Patient:
        """Have a patient log in again with MitID."""
        back, _ = self.go_and_come_back(self.civil_number(number), who.browser)
        answer = come_back_from_mitid(self.services, back).unwrap()
        assert answer.user == who.user
        return with_changes(who, session=back.session)

    def asks(
        self,
        who: Patient,
        at: datetime,
        practitioner: PractitionerId = PRACTITIONER,
        comment: str | None = None,
    ) -> Outcome[TimeAsked, Refusal]:
        """Ask for a time."""
        return request_time(
            self.services,
            RequestTime(
                key=self.key(),
                by=self.anybody,
                session=who.session,
                browser=who.browser,
                clinic=CLINIC,
                practitioner=practitioner,
                type=VISIT,
                at=at,
                comment=comment,
            ),
        )

    def requested(self, who: Patient, at: datetime) -> BookingId:
        """Ask for a time, and get it."""
        return self.asks(who, at).unwrap().booking

    def cancels(self, who: Patient, booking: BookingId) -> Outcome[BookingIsCancelled, Refusal]:
        """Cancel one's own booking."""
        return cancel_own_booking(
            self.services,
            CancelOwnBooking(
                key=self.key(),
                by=self.anybody,
                session=who.session,
                browser=who.browser,
                clinic=CLINIC,
                booking=booking,
            ),
        )

    def opens(self, who: Patient, booking: BookingId) -> Outcome[BookingOpened, Refusal]:
        """Open a booking after logging in."""
        return open_booking(
            self.services,
            OpenBooking(
                key=self.key(),
                by=self.anybody,
                session=who.session,
                browser=who.browser,
                clinic=CLINIC,
                booking=booking,
            ),
        )

    def moves_own(self, who: Patient, booking: BookingId, at: datetime) -> Outcome[Moved, Refusal]:
        """Ask for another time instead."""
        return move_own_request(
            self.services,
            MoveOwnRequest(
                key=self.key(),
                by=self.anybody,
                session=who.session,
                browser=who.browser,
                clinic=CLINIC,
                booking=booking,
                practitioner=PRACTITIONER,
                at=at,
            ),
        )

    # -- staff --

    def approves(
        self, booking: BookingId, staff: StaffMember | None = None
    ) -> Outcome[Answered, Refusal]:
        """Approve a request, as the practitioner unless another is named."""
        by = staff or self.staff
        return approve_booking(
            self.services,
            ApproveBooking(key=self.key(), by=ByStaff(by), staff=by, booking=booking),
        )

    def declines(self, booking: BookingId) -> Outcome[Answered, Refusal]:
        """Decline a request."""
        return decline_booking(
            self.services,
            DeclineBooking(key=self.key(), by=self.by_staff, staff=self.staff, booking=booking),
        )

    def books(
        self,
        patient: UserId | CivilNumber,
        at: datetime,
        *,
        email: EmailAddress | None = None,
        outside: bool = False,
        practitioner: PractitionerId = PRACTITIONER,
    ) -> Outcome[Booked, Refusal]:
        """Book for a patient."""
        whom: For = User(patient) if isinstance(patient, UserId) else Card(patient, "", email)
        return book_for_patient(
            self.services,
            BookForPatient(
                key=self.key(),
                by=self.by_staff,
                staff=self.staff,
                patient=whom,
                practitioner=practitioner,
                type=VISIT,
                at=at,
                outside=outside,
            ),
        )

    def moves(
        self,
        booking: BookingId,
        at: datetime,
        *,
        outside: bool = False,
        practitioner: PractitionerId = PRACTITIONER,
    ) -> Outcome[Moved, Refusal]:
        """Move a booking for the clinic."""
        return move_for_clinic(
            self.services,
            MoveForClinic(
                key=self.key(),
                by=self.by_staff,
                staff=self.staff,
                booking=booking,
                practitioner=practitioner,
                at=at,
                outside=outside,
            ),
        )

    def cancels_for_clinic(self, booking: BookingId) -> Outcome[BookingIsCancelled, Refusal]:
        """Cancel for the clinic."""
        return cancel_for_clinic(
            self.services,
            CancelForClinic(key=self.key(), by=self.by_staff, staff=self.staff, booking=booking),
        )

    def resends(self, booking: BookingId) -> Outcome[ConfirmationIsResent, Refusal]:
        """Send the confirmation again."""
        return resend_confirmation(
            self.services,
            ResendConfirmation(key=self.key(), by=self.by_staff, staff=self.staff, booking=booking),
        )

    def tells(
        self, booking: BookingId, evidence: Evidence = Evidence.CALL
    ) -> Outcome[PatientKnows, Refusal]:
        """Record that the patient was told."""
        return record_patient_told(
            self.services,
            RecordPatientTold(
                key=self.key(),
                by=self.by_staff,
                staff=self.staff,
                booking=booking,
                evidence=evidence,
            ),
        )

    def records(self, booking: BookingId, *, came: bool) -> Outcome[Noted, Refusal]:
        """Record attended or no-show."""
        return record_presence(
            self.services,
            RecordPresence(
                key=self.key(), by=self.by_staff, staff=self.staff, booking=booking, came=came
            ),
        )

    def lets_stand(self, booking: BookingId) -> Outcome[Noted, Refusal]:
        """Settle a conflict."""
        return let_booking_stand(
            self.services,
            LetBookingStand(key=self.key(), by=self.by_staff, staff=self.staff, booking=booking),
        )

    # -- the world --

    def follows(self) -> tuple[Followed, ...]:
        """Look at every booking, as a worker does."""
        return follow_bookings(self.services, CLINIC)

    def syncs(self, practitioner: PractitionerId = PRACTITIONER) -> bool:
        """Bring the calendar together with the book; False where it could not be read."""
        return isinstance(sync_calendar(self.services, CLINIC, practitioner), Success)

    def mailed(self) -> None:
        """Deliver what waits, and look at every booking."""
        self.deliver()
        _ = self.follows()

    def bounces(self, booking: BookingId, word: Reported = Reported.FAILED) -> None:
        """Have the newest mail of a booking come back."""
        self.ledger.report(self.mail_states(booking)[-1].mail, word)
        _ = self.follows()

    def waits(self, by: timedelta) -> None:
        """Let time pass, and look at every booking."""
        self.clock.wind(by)
        _ = self.follows()

    # -- looking --

    def now(self, booking: BookingId) -> Begun:
        """What a booking is now."""
        state: Booking = NoBooking()
        for one in self.ledger.history(events.BOOKING.stream(booking)):
            state = events.BOOKING.evolve(state, one.event)
        assert not isinstance(state, NoBooking)
        return state

    def reads(self, booking: BookingId, reader: Reader = Reader.PATIENT) -> str:
        """What somebody reads of it, in English."""
        return sentence(self.now(booking), reader, self.clock.now()).text.en

    def desk(self) -> Desk:
        """What lies on the desk."""
        look = SeeDesk(key=self.key(), by=self.by_staff, staff=self.staff)
        return see_desk(self.services, look).unwrap()

    def times(
        self, first: date = NEXT_MONDAY, days: int = 1, asker: Asker = Asker.WITH_USER
    ) -> FreeTimes:
        """What is offered on some days."""
        until = first + timedelta(days=days)
        return see_times(
            self.services,
            SeeTimes(
                key=self.key(),
                by=BySystem(),
                clinic=CLINIC,
                asker=asker,
                first=first,
                until=until,
            ),
        )

    def mail_states(self, booking: BookingId) -> tuple[MailState, ...]:
        """What became of the mails of a booking, oldest first."""
        return self.ledger.mails_of(events.BOOKING.stream(booking))

    def mail_kinds(self, booking: BookingId) -> list[MailKind]:
        """What a patient was written of a booking, oldest first."""
        return [state.kind for state in self.mail_states(booking)]

    def mails_to(self, address: str) -> list[OutgoingMail]:
        """The mails that have arrived somewhere."""
        return list(self.mailbox.to(self.address(address)))
