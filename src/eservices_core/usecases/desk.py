"""The clinic's desk for bookings (S-BOOK-3, S-BOOK-7, D-BOOK-15): what waits for whom, and why.

Reads only, and notes who saw it. The red number counts requests that wait for the clinic;
undelivered confirmations and conflicts have marks of their own. Late cancellations lie at the top
(D-BOOK-10).
"""

from datetime import timedelta
from enum import IntEnum, unique
from typing import Final

from attrs import frozen

from eservices_core import events
from eservices_core.booking.cancelling import Cancellation
from eservices_core.booking.delivery import HandedOver, NobodyToMail
from eservices_core.booking.lists import desk_key
from eservices_core.booking.sentences import Reader, Sentence, sentence
from eservices_core.booking.standing import why_not_live
from eservices_core.booking.states import (
    AwaitingDelivery,
    Begun,
    Cancelled,
    Declined,
    Expired,
    Live,
    Requested,
    Undelivered,
)
from eservices_core.booking.terms import OfUser, Patient
from eservices_core.clinic.staff import StaffMember
from eservices_core.outcome import Failure, Outcome
from eservices_core.ports.lists import Listed
from eservices_core.ports.outbox import Handover, Reported
from eservices_core.usecases.bookings import (
    booking_at,
    live_window,
    settings_of,
    stream_of,
)
from eservices_core.usecases.looking import Seen, look
from eservices_core.usecases.refusal import Refusal
from eservices_core.usecases.services import Command, Services
from eservices_core.usecases.unit import Unit
from eservices_core.views.names import desk_item
from eservices_core.views.names import desk_of as laid_on_desk
from eservices_core.words.clinic_time import clinic_date, start_of
from eservices_core.words.identifiers import BookingId, ClinicId, MailId, PractitionerId
from eservices_core.words.interval import Interval


@unique
class Why(IntEnum):
    """Why something lies on the desk; what comes first lies on top."""

    CANCELLED_LATE = 1
    PATIENT_DIED = 2
    """The time is free again (D-ACC-20)."""
    CONFLICT = 3
    PATIENT_LEFT = 4
    """The patient has left the clinic: keep the time (take it off the desk), or cancel it."""
    UNDELIVERED = 5
    NOBODY_TO_MAIL = 6
    NOT_YET_RECEIVED = 7
    """Soon, and nothing proves yet that the patient has the confirmation."""
    REQUEST = 8
    TO_BE_CALLED = 9
    """It ended against the patient's wish, and nothing proves that they know (D-BOOK-11)."""
    PRESENCE = 10
    """Its time has begun: did the patient come?"""


@frozen
class Item:
    """One thing on the desk."""

    why: Why
    booking: BookingId
    practitioner: PractitionerId
    interval: Interval
    patient: Patient
    sentence: Sentence


@frozen
class Desk:
    """The desk of one clinic.

    Attributes:
        requests: the red number by the blue 'a': requests that wait for the clinic.
        undelivered: how many confirmations did not arrive.
        conflicts: how often the calendar disagrees.
        items: all of it, the most pressing first.
    """

    requests: int
    undelivered: int
    conflicts: int
    items: tuple[Item, ...]

    @property
    def call_list(self) -> tuple[Item, ...]:
        """Whom to call: all whose appointment was cancelled without proof of reading."""
        return tuple(item for item in self.items if item.why is Why.TO_BE_CALLED)


@frozen(kw_only=True)
class SeeDesk(Command):
    """Staff look at their clinic's desk."""

    staff: StaffMember


_PAGE: Final = 1_000


def see_desk(services: Services, command: SeeDesk) -> Outcome[Desk, Refusal]:
    """Gather what waits; whose bookings were shown is in the audit log (D-LOG-1)."""
    return look(
        services,
        command,
        "see_desk",
        lambda unit: desk_of(unit, command.staff),
        lambda desk: (_seen(item) for item in desk.items),
        rule="S-BOOK-7",
        purpose="desk",
    )


def _seen(item: Item) -> Seen:
    about = item.patient.user if isinstance(item.patient, OfUser) else None
    return Seen(about, stream_of(item.booking))


def desk_of(unit: Unit, staff: StaffMember) -> Desk:
    """Gather a clinic's desk within a unit of work or a look, in a fixed number of queries."""
    clinic = staff.clinic
    live = [held.booking for held in unit.services.claims.live_at(clinic, live_window(unit.at))]
    laid = _laid(unit, clinic)
    every = tuple(dict.fromkeys((*live, *laid)))
    unit.read_ahead(events.BOOKING, every)
    states = {each: booking_at(unit, clinic, each).value_or(None) for each in every}
    unit.read_mail_states_ahead(_last_word(state) for state in states.values())
    items = [
        item
        for identifier, state in states.items()
        if state is not None
        for item in _items(unit, identifier, state, is_laid=identifier in laid)
    ]
    ordered = sorted(items, key=lambda item: (item.why, item.interval, item.booking))
    counted = [item.why for item in ordered]
    return Desk(
        counted.count(Why.REQUEST),
        counted.count(Why.UNDELIVERED),
        counted.count(Why.CONFLICT),
        tuple(ordered),
    )


def items_of(unit: Unit, staff: StaffMember, identifier: BookingId) -> list[Item]:
    """Say why one booking lies on the desk, most pressing first; [] if it does not."""
    found = booking_at(unit, staff.clinic, identifier)
    if isinstance(found, Failure):
        return []
    state = found.unwrap()
    week = desk_key(staff.clinic, state.terms.interval).partition("/")[2]
    laid = unit.lying(laid_on_desk(staff.clinic), desk_item(week, identifier))
    held = unit.services.claims.held_by(identifier)
    if laid is None and (held is None or not held.interval.overlaps(live_window(unit.at))):
        return []
    items = _items(unit, identifier, state, is_laid=laid is not None)
    return sorted(items, key=lambda item: item.why)


def _laid(unit: Unit, clinic: ClinicId) -> frozenset[BookingId]:
    """What was laid on the desk, for times from this week on."""
    today = clinic_date(unit.at)
    monday = start_of(today - timedelta(days=today.weekday()))
    after = Listed("~", monday - timedelta(microseconds=1))
    laid: list[Listed] = []
    while page := unit.services.lists.listed(laid_on_desk(clinic), _PAGE, after):
        laid += page
        after = page[-1]
    return frozenset(BookingId(each.item.partition("/")[2]) for each in laid)


def _items(unit: Unit, identifier: BookingId, state: Begun, *, is_laid: bool) -> list[Item]:
    whys = _whys(unit, state, is_laid=is_laid)
    return [_item(unit, identifier, state, why) for why in whys]


def _last_word(state: Begun | None) -> MailId | None:
    """Give the mail that told of an end against the wish of the patient, if nothing proves it."""
    match state:
        case Declined(told=told) | Expired(told=told) if told.proof is None:
            return told.mail
        case _:
            return None


def _item(unit: Unit, identifier: BookingId, state: Begun, why: Why) -> Item:
    terms = state.terms
    return Item(
        why,
        identifier,
        terms.practitioner,
        terms.interval,
        terms.patient,
        sentence(state, Reader.STAFF, unit.at),
    )


def _whys(unit: Unit, state: Begun, *, is_laid: bool) -> list[Why]:
    begun = unit.at >= state.terms.interval.starts_at
    if isinstance(state, Live):
        if begun:
            return [] if isinstance(state, Requested) else [Why.PRESENCE]
        if why_not_live(state, unit.at) is not None:
            return []
        conflict = [Why.CONFLICT] if state.terms.conflict else []
        left = [Why.PATIENT_LEFT] if is_laid else []
        return [*conflict, *left, *_why_live(unit, state)]
    return _why_ended(unit, state) if is_laid and not begun else []


def _why_live(unit: Unit, state: Live) -> list[Why]:
    match state:
        case Requested():
            return [Why.REQUEST]
        case Undelivered():
            return [Why.UNDELIVERED]
        case AwaitingDelivery(way=NobodyToMail()):
            return [Why.NOBODY_TO_MAIL]
        case AwaitingDelivery(way=HandedOver(at=taken_at)):
            settings = settings_of(unit, state.terms.clinic)
            soon = state.terms.interval.starts_at - unit.at < settings.cancellation_notice
            silent = unit.at - taken_at > settings.no_bounce_window
            return [Why.NOT_YET_RECEIVED] if soon and silent else []
        case _:
            return []


def _why_ended(unit: Unit, state: Begun) -> list[Why]:
    match state:
        case Cancelled(how=Cancellation.LATE):
            return [Why.CANCELLED_LATE]
        case Cancelled(how=Cancellation.PATIENT_DIED):
            return [Why.PATIENT_DIED]
        case Cancelled(how=Cancellation.BY_CLINIC, told=told) if told.proof is None:
            return [Why.TO_BE_CALLED]
        case Declined(told=told) | Expired(told=told) if told.proof is None:
            known = unit.mail_state(told.mail) if told.mail else None
            failed = known is None or known.reported in _REPORTED or known.state in _FAILED
            return [Why.TO_BE_CALLED] if failed else []
        case _:
            return []


_REPORTED: Final = frozenset({Reported.FAILED, Reported.BROKE_OFF})
_FAILED: Final = frozenset({Handover.REFUSED, Handover.GIVEN_UP})
