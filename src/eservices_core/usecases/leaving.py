"""What becomes of bookings and conversations when a patient leaves, or dies (D-ACC-20)."""

from eservices_core import events
from eservices_core.booking.cancelling import Who
from eservices_core.booking.commands import Cancel
from eservices_core.booking.lists import LaidOnDesk, desk_key, patient_key
from eservices_core.booking.states import NoBooking
from eservices_core.booking.terms import OfUser
from eservices_core.clinic.staff import StaffMember
from eservices_core.consultation.conversation import Close, NoteLeft
from eservices_core.consultation.states import Closed, CloseReason, NoConversation
from eservices_core.usecases.booking_acts import act
from eservices_core.usecases.bookings import settings_of
from eservices_core.usecases.conversation_acts import act as act_on_conversation
from eservices_core.usecases.unit import Unit
from eservices_core.views.names import conversations_of
from eservices_core.words.identifiers import BookingId, ClinicId, ConversationId, UserId


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


# --- conversations -------------------------------------------------------------------------------


def list_conversations_for_staff(unit: Unit, clinic: ClinicId, user: UserId) -> None:
    """Lay open conversations on the worklist of the clinic that a patient leaves: kept, or ended.

    One that waits for an answer lies there already.
    """
    stream = unit.stream
    for identifier in _open_conversations(unit, clinic, user):
        _ = act_on_conversation(unit, identifier, NoteLeft()).unwrap()
    unit.stream = stream


def end_conversations(unit: Unit, user: UserId, by: StaffMember) -> None:
    """Close a dead patient's conversations at every clinic; nobody is mailed."""
    stream = unit.stream
    for clinic in unit.state(events.CLINICS, user):
        for identifier in _open_conversations(unit, clinic, user):
            close = Close(by, CloseReason.PATIENT_DIED, unit.at)
            _ = act_on_conversation(unit, identifier, close).unwrap()
    unit.stream = stream


_AT_ONCE = 100


def _open_conversations(unit: Unit, clinic: ClinicId, user: UserId) -> list[ConversationId]:
    found: list[ConversationId] = []
    name, lists = conversations_of(clinic, user), unit.services.lists
    page = lists.listed(name, _AT_ONCE)
    while page:
        for listed in page:
            identifier = ConversationId(listed.item)
            state = unit.state(events.CONVERSATION, identifier)
            if not isinstance(state, NoConversation | Closed):
                found.append(identifier)
        page = lists.listed(name, _AT_ONCE, page[-1])
    return found
