"""What staff do to a booking besides answering it: attendance, conflicts, and whose it is.

D-BOOK-4 (attended or no-show), D-BOOK-6 (a conflict is settled), D-BOOK-7 (a booking without a user
joins a record only by a staff act), and taking what has been seen to off the desk.
"""

from collections.abc import Callable

from attrs import frozen

from eservices_core import events
from eservices_core.booking import commands
from eservices_core.booking.lists import TakenOffDesk, desk_key
from eservices_core.clinic.staff import StaffMember
from eservices_core.outcome import Failure, Outcome, Success
from eservices_core.usecases import people
from eservices_core.usecases.booking_acts import act
from eservices_core.usecases.bookings import booking_at
from eservices_core.usecases.perform import perform
from eservices_core.usecases.refusal import NO_SUCH_PATIENT, Refusal
from eservices_core.usecases.services import Command, Services
from eservices_core.usecases.unit import Unit
from eservices_core.words.identifiers import BookingId, UserId


@frozen(kw_only=True)
class RecordPresence(Command):
    """Staff record whether the patient came, from the first minute on."""

    staff: StaffMember
    booking: BookingId
    came: bool


@frozen(kw_only=True)
class LetBookingStand(Command):
    """Staff settle a conflict with the calendar: the booking stands."""

    staff: StaffMember
    booking: BookingId


@frozen(kw_only=True)
class JoinRecord(Command):
    """Staff know whose booking without a user it is."""

    staff: StaffMember
    booking: BookingId
    user: UserId


@frozen(kw_only=True)
class TakeOffDesk(Command):
    """Staff have seen to what lay on the desk."""

    staff: StaffMember
    booking: BookingId


@frozen
class Noted:
    """It is recorded."""


def record_presence(services: Services, command: RecordPresence) -> Outcome[Noted, Refusal]:
    """Record attended or no-show."""

    def acted(unit: Unit) -> Outcome[object, Refusal]:
        if command.came:
            return act(unit, command.booking, commands.RecordAttended(command.staff, unit.at))
        return act(unit, command.booking, commands.RecordMissed(command.staff, unit.at))

    return _by_staff(services, command, "D-BOOK-4", acted)


def let_booking_stand(services: Services, command: LetBookingStand) -> Outcome[Noted, Refusal]:
    """Settle a conflict: nothing changes for the patient, so the patient hears nothing."""

    def acted(unit: Unit) -> Outcome[object, Refusal]:
        return act(unit, command.booking, commands.SettleConflict(command.staff, unit.at))

    return _by_staff(services, command, "D-BOOK-6", acted)


def join_record(services: Services, command: JoinRecord) -> Outcome[Noted, Refusal]:
    """Join a booking without a user to a patient of the clinic."""

    def acted(unit: Unit) -> Outcome[object, Refusal]:
        if not people.is_patient_of(unit, command.staff.clinic, command.user):
            return Failure(NO_SUCH_PATIENT)
        return act(unit, command.booking, commands.Join(command.user, command.staff))

    return _by_staff(services, command, "D-BOOK-7", acted)


def take_off_desk(services: Services, command: TakeOffDesk) -> Outcome[Noted, Refusal]:
    """Take a late cancellation, or an end that the patient was told of, off the desk."""

    def acted(unit: Unit) -> Outcome[object, Refusal]:
        state = booking_at(unit, command.staff.clinic, command.booking).unwrap()
        key = desk_key(state.terms.clinic, state.terms.interval)
        if command.booking in unit.state(events.DESK, key):
            unit.add(events.DESK, key, (TakenOffDesk(command.booking),))
        return Success(None)

    return _by_staff(services, command, "D-BOOK-15", acted)


def _by_staff(
    services: Services,
    command: RecordPresence | LetBookingStand | JoinRecord | TakeOffDesk,
    rule: str,
    acted: Callable[[Unit], Outcome[object, Refusal]],
) -> Outcome[Noted, Refusal]:
    def work(unit: Unit) -> Outcome[Noted, Refusal]:
        found = booking_at(unit, command.staff.clinic, command.booking)
        if isinstance(found, Failure):
            return found
        unit.rule = rule
        done = acted(unit)
        return done if isinstance(done, Failure) else Success(Noted())

    return perform(services, command, Noted, work)
