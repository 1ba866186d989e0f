"""What is tried on the machines of the appointment book; see `exemplars`.

The walk over a booking would never end: every move raises its sequence. Here it is drawn as if that
stayed 0; nothing in the machine reads it.
"""

from datetime import UTC, datetime, timedelta
from typing import Final

from attrs import evolve as with_changes

from eservices_core.booking import booking, guest, life, link
from eservices_core.booking.cancelling import Who
from eservices_core.booking.commands import (
    Approve,
    BookForPatient,
    Cancel,
    Counts,
    Decline,
    Join,
    LetTimePass,
    Move,
    NoteAmbiguous,
    NoteCalendar,
    NoteFailed,
    NoteHandedOver,
    NoteInCalendar,
    NoteOpened,
    NoteReported,
    RecordAttended,
    RecordMissed,
    RecordTold,
    Request,
    Resend,
    Seen,
    SettleConflict,
)
from eservices_core.booking.delivery import Evidence
from eservices_core.booking.states import Booking, NoBooking
from eservices_core.booking.terms import ConflictKind, Guest, Terms
from eservices_core.clinic.booking_settings import Grade, Switch
from eservices_core.clinic.staff import StaffMember
from eservices_core.outcome import Failure
from eservices_core.rulebook.machines import Machine
from eservices_core.words.identifiers import (
    BookingId,
    BrowserId,
    ClinicId,
    ContentId,
    MailId,
    PractitionerId,
    Pseudonym,
    StaffId,
    TypeId,
    UserId,
)
from eservices_core.words.interval import Interval, minute_of

_NOW: Final = datetime(2026, 1, 15, 12, 0, tzinfo=UTC)
_MINUTE: Final = timedelta(minutes=1)
_DAY: Final = timedelta(days=1)
_START: Final = _NOW + 10 * _DAY
_DEADLINE: Final = _NOW + 2 * _DAY
_NOTICE: Final = 2 * _DAY
_WINDOW: Final = 30 * _MINUTE

_CLINIC: Final = ClinicId("clinic")
_ANNE: Final = StaffMember(StaffId("anne"), _CLINIC)
_PRACTITIONER: Final = PractitionerId("practitioner")
_MAIL: Final = MailId("mail")
_RECORD: Final = ContentId("record")
_TIME: Final = Interval(minute_of(_START), minute_of(_START) + 20)
_OTHER_TIME: Final = Interval(_TIME.end, _TIME.end + 20)
_TERMS: Final = Terms(
    Guest(Pseudonym("address"), _RECORD), _CLINIC, _PRACTITIONER, TypeId("type"), _TIME
)

_HANDED_OVER: Final = Counts(Grade.HANDED_OVER, Switch.OFF)
_NO_BOUNCE: Final = Counts(Grade.NO_BOUNCE, Switch.OFF)
_CLASH: Final = Seen(ConflictKind.CLASH, "clash")


def _passing(at: datetime, *, remind: bool = False) -> LetTimePass:
    return LetTimePass(
        at, _MAIL, _NO_BOUNCE, _WINDOW, _NOW if remind else None, _DAY if remind else None
    )


def _move(by: StaffMember | None, at: datetime = _NOW) -> Move:
    return Move(_PRACTITIONER, _OTHER_TIME, by, _MAIL, at, _DEADLINE)


def _evolve(state: Booking, event: life.Event) -> Booking:
    after = life.evolve(state, event)
    if isinstance(after, NoBooking):
        return after
    return with_changes(after, terms=with_changes(after.terms, sequence=0))


_BOOKING: Final = Machine(
    "booking",
    "a booking, from request to end",
    NoBooking(),
    (
        ("Request", Request(_TERMS, _NOW, _DEADLINE)),
        ("Request, begun", Request(_TERMS, _START, _START + _DAY)),
        ("BookForPatient", BookForPatient(_TERMS, _ANNE, (), _MAIL, _NOW)),
        ("BookForPatient, nobody to mail", BookForPatient(_TERMS, _ANNE, (), None, _NOW)),
        ("Approve", Approve(_ANNE, _MAIL, _NOW)),
        ("Approve, past the deadline", Approve(_ANNE, _MAIL, _DEADLINE)),
        ("Decline", Decline(_ANNE, _MAIL, _NOW)),
        ("Cancel, by the patient", Cancel(Who.PATIENT, None, _MAIL, _NOW, _NOTICE)),
        ("Cancel, inside the notice", Cancel(Who.PATIENT, None, _MAIL, _START - _DAY, _NOTICE)),
        ("Cancel, by the clinic", Cancel(Who.CLINIC, _ANNE, _MAIL, _NOW, _NOTICE)),
        ("Cancel, begun", Cancel(Who.PATIENT, None, _MAIL, _OTHER_TIME.starts_at, _NOTICE)),
        ("Move, by staff", _move(_ANNE)),
        ("Move, by the patient", _move(None)),
        ("Resend", Resend(_MAIL, _ANNE, _NOW)),
        ("NoteHandedOver", NoteHandedOver(_MAIL, _NOW, _NOW, _NO_BOUNCE)),
        ("NoteHandedOver, and no more is asked", NoteHandedOver(_MAIL, _NOW, _NOW, _HANDED_OVER)),
        ("NoteHandedOver, another mail", NoteHandedOver(MailId("x"), _NOW, _NOW, _NO_BOUNCE)),
        ("NoteAmbiguous", NoteAmbiguous(_MAIL, _NOW)),
        ("NoteFailed", NoteFailed(_MAIL, may_have_arrived=False, at=_NOW)),
        ("NoteReported", NoteReported(_MAIL, _NOW, _NO_BOUNCE)),
        ("NoteOpened", NoteOpened(_NOW)),
        ("RecordTold", RecordTold(Evidence.CALL, _ANNE, _NOW)),
        ("LetTimePass, half an hour", _passing(_NOW + _WINDOW)),
        ("LetTimePass, to the reminders", _passing(_NOW + _DAY, remind=True)),
        ("LetTimePass, to the deadline", _passing(_DEADLINE)),
        ("LetTimePass, to the last day", _passing(_START - _MINUTE, remind=True)),
        ("RecordAttended, ahead", RecordAttended(_ANNE, _NOW)),
        ("RecordAttended", RecordAttended(_ANNE, _OTHER_TIME.starts_at)),
        ("RecordMissed", RecordMissed(_ANNE, _OTHER_TIME.starts_at)),
        ("NoteCalendar, a clash", NoteCalendar(_CLASH, _NOW)),
        ("NoteCalendar, agrees", NoteCalendar(None, _NOW)),
        ("SettleConflict", SettleConflict(_ANNE, _NOW)),
        ("NoteInCalendar", NoteInCalendar(_TIME)),
        ("Join", Join(UserId("user"), _ANNE)),
    ),
    booking.decide,
    _evolve,
)

_HERE: Final = BrowserId("here")
_ELSEWHERE: Final = BrowserId("elsewhere")
_ADDRESS: Final = Pseudonym("address")
_NETWORK: Final = Pseudonym("network")
_LATER: Final = _NOW + timedelta(hours=2)
_SOON: Final = _NOW + 10 * _MINUTE

_GUEST: Final = Machine(
    "guest",
    "one attempt to book without a user",
    guest.NotBegun(),
    (
        (
            "Begin",
            guest.Begin(_CLINIC, _ADDRESS, _NETWORK, _RECORD, _HERE, "digest", _NOW, _SOON, 1),
        ),
        ("SendAgain", guest.SendAgain(_HERE, "newer", _NOW, _SOON)),
        ("SendAgain, in another browser", guest.SendAgain(_ELSEWHERE, "newer", _NOW, _SOON)),
        ("SendAgain, too late", guest.SendAgain(_HERE, "newer", _LATER, _LATER)),
        ("TakeTry", guest.TakeTry(_HERE, _NOW)),
        ("TakeTry, in another browser", guest.TakeTry(_ELSEWHERE, _NOW)),
        ("TakeTry, too late", guest.TakeTry(_HERE, _LATER)),
        ("Settle, right", guest.Settle("digest", matches=True, booking=BookingId("b"), at=_NOW)),
        ("Settle, wrong", guest.Settle("digest", matches=False, booking=BookingId("b"), at=_NOW)),
        ("Settle, too late", guest.Settle("digest", True, BookingId("b"), _LATER)),  # noqa: FBT003  the field says which
        ("GiveUp", guest.GiveUp()),
        ("LetTimePass", guest.LetTimePass(_NOW)),
        ("LetTimePass, hours", guest.LetTimePass(_LATER)),
    ),
    guest.decide,
    guest.evolve,
)


def _standing_of_tries(state: link.Tries) -> str:
    """Name tries as another one would meet them."""
    outcome = link.decide(state, link.TakeTry(_NOW))
    return "CallTheClinic" if isinstance(outcome, Failure) else "Room"


_LINK: Final = Machine(
    "link",
    "the tries at the code that cancels a booking without a user",
    link.NO_TRIES,
    (
        ("TakeTry", link.TakeTry(_NOW)),
        ("TakeTry, an hour later", link.TakeTry(_NOW + link.WINDOW)),
        ("Settle", link.Settle()),
    ),
    link.decide,
    link.evolve,
    _standing_of_tries,
)

BOOKING_MACHINES: Final = (_BOOKING, _GUEST, _LINK)
"""The machines of the appointment book."""
