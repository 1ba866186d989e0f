"""What becomes of bookings when a patient leaves a clinic, or dies (D-ACC-20)."""

from eservices_core import events
from eservices_core.booking.cancelling import Who
from eservices_core.booking.commands import Cancel
from eservices_core.booking.lists import LaidOnDesk
from eservices_core.booking.states import NoBooking
from eservices_core.booking.terms import OfUser
from eservices_core.clinic.staff import StaffMember
from eservices_core.usecases.booking_acts import act
from eservices_core.usecases.bookings import desk_key, patient_key, settings_of
from eservices_core.usecases.unit import Unit
from eservices_core.words.identifiers import BookingId, ClinicId, UserId


def list_for_staff(unit: Unit, clinic: ClinicId, user: UserId) -> None:
    """Lay a patient's open bookings on the desk of the clinic they leave: kept, or cancelled."""
    for booking in _open(unit, clinic, user):
        state = unit.state(events.BOOKING, booking)
        assert not isinstance(state, NoBooking), "what is listed was begun"
        key = desk_key(clinic, state.terms.interval)
        if booking not in unit.state(events.DESK, key):
            unit.add(events.DESK, key, (LaidOnDesk(booking),))


def release_times(unit: Unit, user: UserId, by: StaffMember) -> None:
    """Free a dead patient's times at every clinic, and tell its staff; nobody is mailed."""
    for clinic in unit.state(events.CLINICS, user):
        notice = settings_of(unit, clinic).cancellation_notice
        for booking in _open(unit, clinic, user):
            # What has begun stays: it takes only attended or no-show.
            _ = act(unit, booking, Cancel(Who.DEATH, by, None, unit.at, notice))


def _open(unit: Unit, clinic: ClinicId, user: UserId) -> tuple[BookingId, ...]:
    return unit.state(events.PATIENT_BOOKINGS, patient_key(clinic, OfUser(user))).open
