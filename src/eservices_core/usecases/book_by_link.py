"""The link in the mails of a booking without a user (D-BOOK-7, D-BOOK-8): see it, or cancel it.

Seeing stores nothing, so that whoever follows links in mails changes nothing. Cancelling is an act
of its own that takes the code from the mail: a portal lets only a POST do it. Once staff have
joined the booking to a patient's record, the link leads nowhere: what is in a record is read and
changed by whoever has logged in.
"""

from attrs import field, frozen

from eservices_core import events
from eservices_core.booking import link
from eservices_core.booking.cancelling import Who
from eservices_core.booking.link import Stands, stands
from eservices_core.booking.spoken import spoken_start
from eservices_core.booking.states import Begun, NoBooking
from eservices_core.booking.terms import Guest
from eservices_core.outcome import Failure, Outcome, Success
from eservices_core.texts import Text
from eservices_core.usecases.booking_refusals import LINK_LEADS_NOWHERE, WRONG_CANCEL_CODE
from eservices_core.usecases.bookings import settings_of, stream_of
from eservices_core.usecases.cancel_booking import BookingIsCancelled, cancel
from eservices_core.usecases.perform import perform
from eservices_core.usecases.refusal import Refusal
from eservices_core.usecases.refusals import refusal_of
from eservices_core.usecases.services import Command, Services
from eservices_core.usecases.unit import Unit
from eservices_core.words.identifiers import BookingId
from eservices_core.words.interval import Interval
from eservices_core.words.secret import OneTimeCode


@frozen(kw_only=True)
class SeeByLink(Command):
    """Somebody, or something, follows the link."""

    booking: BookingId


@frozen
class SeenByLink:
    """Time and place, and whether it stands: all that a link shows.

    Attributes:
        when: the start, as it is said in every mail.
    """

    interval: Interval
    when: Text
    clinic: str
    place: str
    phone: str
    stands: Stands


@frozen(kw_only=True)
class CancelByLink(Command):
    """Somebody has the link, and types the code that stands in the mail.

    Attributes:
        code: as typed; anything.
    """

    booking: BookingId
    code: str = field(repr=False)


@frozen
class _Counted:
    """A try that may be compared."""


def see_by_link(services: Services, command: SeeByLink) -> Outcome[SeenByLink, Refusal]:
    """Show a booking without a user; nothing is changed, and nothing is stored."""
    unit = Unit(services, command)
    found = _of_guest(unit, command.booking)
    if isinstance(found, Failure):
        return found
    state = found.unwrap()
    clinic = unit.settings(state.terms.clinic)
    return Success(
        SeenByLink(
            interval=state.terms.interval,
            when=spoken_start(state.terms.interval),
            clinic=clinic.name,
            place=settings_of(unit, state.terms.clinic).place,
            phone=clinic.phone,
            stands=stands(state, unit.at),
        )
    )


def cancel_by_link(
    services: Services, command: CancelByLink
) -> Outcome[BookingIsCancelled, Refusal]:
    """Take a try, compare, and cancel that booking and nothing else."""
    counted = _take_try(services, command)
    if isinstance(counted, Failure):
        return counted
    typed = OneTimeCode.parse(command.code)
    right = services.keys.cancel_code(command.booking)
    matches = isinstance(typed, Success) and right.matches(typed.unwrap())

    def work(unit: Unit) -> Outcome[BookingIsCancelled, Refusal]:
        found = _of_guest(unit, command.booking)
        if isinstance(found, Failure):
            return found
        unit.stream = stream_of(command.booking)
        if not matches:
            return Failure(WRONG_CANCEL_CODE)
        tries = unit.state(events.LINK, command.booking)
        settled = link.decide(tries, link.Settle())
        unit.add(events.LINK, command.booking, settled.unwrap())
        return cancel(unit, found.unwrap().terms.clinic, command.booking, Who.LINK)

    return perform(services, command, BookingIsCancelled, work)


def _take_try(services: Services, command: CancelByLink) -> Outcome[_Counted, Refusal]:
    def work(unit: Unit) -> Outcome[_Counted, Refusal]:
        found = _of_guest(unit, command.booking)
        if isinstance(found, Failure):
            return found
        unit.stream, unit.rule = stream_of(command.booking), "D-BOOK-7"
        tries = unit.state(events.LINK, command.booking)
        decided = link.decide(tries, link.TakeTry(unit.at))
        if isinstance(decided, Failure):
            return Failure(refusal_of(decided.failure()))
        unit.add(events.LINK, command.booking, decided.unwrap())
        return Success(_Counted())

    return perform(services, command, _Counted, work, "take_try", step="#1")


def _of_guest(unit: Unit, booking: BookingId) -> Outcome[Begun, Refusal]:
    """Find a booking without a user; one of a patient answers as one that never was."""
    state = unit.state(events.BOOKING, booking)
    if isinstance(state, NoBooking) or not isinstance(state.terms.patient, Guest):
        return Failure(LINK_LEADS_NOWHERE)
    return Success(state)
