"""Before a clinic closes for a while: which bookings lie in that time (D-BOOK-10).

Here: the look that staff take before they enter a closed period; reads only. Not here: entering the
period, which ends no booking, and what is then done with those bookings, one practitioner at a time
(`whole_day`) or one by one.
"""

from attrs import frozen

from eservices_core import events
from eservices_core.booking.periods import closed_stretches
from eservices_core.booking.sentences import Reader, sentence
from eservices_core.booking.standing import why_not_live
from eservices_core.clinic.booking_settings import ClosedPeriod
from eservices_core.clinic.staff import StaffMember
from eservices_core.outcome import Failure
from eservices_core.texts import Text
from eservices_core.usecases.bookings import booking_at
from eservices_core.usecases.services import Command, Services
from eservices_core.usecases.unit import Unit
from eservices_core.words.identifiers import BookingId, PractitionerId
from eservices_core.words.interval import Interval


@frozen(kw_only=True)
class PreviewClosing(Command):
    """Staff are about to enter a closed period; nothing is changed or stored.

    Attributes:
        period: as it would be entered, on the clinic's wall clock.
        practitioners: whose time would be closed; None for the whole clinic.
    """

    staff: StaffMember
    period: ClosedPeriod
    practitioners: frozenset[PractitionerId] | None = None


@frozen
class InTheWay:
    """A booking that stands in the period, and would go on standing when it is entered."""

    booking: BookingId
    practitioner: PractitionerId
    interval: Interval
    sentence: Text


def preview_closing(services: Services, command: PreviewClosing) -> tuple[InTheWay, ...]:
    """List what can still be cancelled or moved and has a minute in the period (D-BOOK-10).

    By start, then by practitioner. A pause alone is not in the way: nobody comes in it. Only the
    staff's own clinic is looked at (D-LOG-2).
    """
    unit = Unit(services, command)
    found: list[InTheWay] = []
    for first, end in closed_stretches((command.period,)):
        within = Interval(first, end)
        live = services.claims.live_at(command.staff.clinic, within)
        unit.read_ahead(events.BOOKING, (held.booking for held in live))
        for held in live:
            if command.practitioners is None or held.practitioner in command.practitioners:
                found += _in_the_way(unit, command.staff, held.booking, within)
    return tuple(found)


def _in_the_way(
    unit: Unit, staff: StaffMember, identifier: BookingId, within: Interval
) -> list[InTheWay]:
    looked = booking_at(unit, staff.clinic, identifier)
    if isinstance(looked, Failure):
        return []
    state = looked.unwrap()
    interval = state.terms.interval
    if why_not_live(state, unit.at) is not None or not interval.overlaps(within):
        return []
    says = sentence(state, Reader.STAFF, unit.at).text
    return [InTheWay(identifier, state.terms.practitioner, interval, says)]
