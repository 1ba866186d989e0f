"""Follow bookings: evidence from mails and the clock become what they mean (D-BOOK-2, D-BOOK-5).

Once round, by whoever runs it, as often as one likes. It looks at what is so now, in the outbox and
on the clock, and not at messages about it; so a worker that is killed at any moment loses nothing,
and the next round does what was left undone.
"""

from collections.abc import Mapping
from typing import Final, assert_never

from attrs import frozen

from eservices_core import events
from eservices_core.booking import booking
from eservices_core.booking.commands import (
    Command as BookingCommand,
)
from eservices_core.booking.commands import (
    Counts,
    LetTimePass,
    NoteAmbiguous,
    NoteFailed,
    NoteHandedOver,
    NoteReported,
)
from eservices_core.booking.delivery import mail_of
from eservices_core.booking.opening import staff_reminded_at
from eservices_core.booking.states import (
    AwaitingDelivery,
    Begun,
    Confirmed,
    Expired,
    NoBooking,
    Requested,
    Undelivered,
)
from eservices_core.outcome import Failure, Outcome, Success
from eservices_core.ports.ledger import BySystem
from eservices_core.ports.outbox import Handover, MailState, Reported
from eservices_core.usecases.booking_acts import act
from eservices_core.usecases.bookings import counts_of, live_window, mail_for, settings_of
from eservices_core.usecases.perform import perform
from eservices_core.usecases.refusal import Refusal
from eservices_core.usecases.services import Command, Services
from eservices_core.usecases.unit import Unit
from eservices_core.words.identifiers import BookingId, ClinicId, MailId


@frozen(kw_only=True)
class FollowBooking(Command):
    """The service looks at one booking."""

    booking: BookingId


@frozen
class Followed:
    """What had become of one booking; the names of its new state's class and of its rule."""

    booking: BookingId
    state: str


def follow_bookings(services: Services, clinic: ClinicId) -> tuple[Followed, ...]:
    """Look at every live booking of a clinic; give those that had news."""
    within = live_window(services.clock.now())
    followed = (
        follow_booking(services, held.booking) for held in services.claims.live_at(clinic, within)
    )
    return tuple(each for each in followed if each is not None)


def follow_booking(services: Services, identifier: BookingId) -> Followed | None:
    """Look at one booking; None if there was no news of it."""
    key = f"follow-{services.chance.entropy(16).hex()}"
    command = FollowBooking(key=key, by=BySystem(), booking=identifier)
    # A look that finds nothing new is not stored, and leaves no trace in the audit log.
    if _news(Unit(services, command), identifier) is None:
        return None

    def work(unit: Unit) -> Outcome[Followed, Refusal]:
        for _ in range(_STEPS_MAX):
            command = _news(unit, identifier)
            if command is None:
                break
            acted = act(unit, identifier, command)
            if isinstance(acted, Failure):
                return acted
        state = _state(unit, identifier)
        unit.rule = _RULES.get(type(state), "D-BOOK-3")
        return Success(Followed(identifier, type(state).__name__))

    followed = perform(services, command, Followed, work)
    return None if isinstance(followed, Failure) else followed.unwrap()


_RULES: Final[Mapping[type[Begun], str]] = {
    Confirmed: "D-BOOK-2",
    Expired: "D-BOOK-5",
    Requested: "D-BOOK-5",
}
"""The rule that led to a state, where it is not that of a mail on its way."""

_STEPS_MAX: Final = 8
"""Handed over, reported, silent, reminded: no booking has more news at once."""


def _state(unit: Unit, identifier: BookingId) -> Begun:
    state = unit.state(events.BOOKING, identifier)
    assert not isinstance(state, NoBooking), "what holds a claim was begun"
    return state


def _news(unit: Unit, identifier: BookingId) -> BookingCommand | None:
    """Give the first command that would change something now; mails come before the clock."""
    state = _state(unit, identifier)
    for command in (*_from_mail(unit, state), _from_clock(unit, state)):
        decided = booking.decide(state, command)
        if isinstance(decided, Success) and decided.unwrap():
            return command
    return None


def _from_clock(unit: Unit, state: Begun) -> LetTimePass:
    settings = settings_of(unit, state.terms.clinic)
    remind = None
    if isinstance(state, Requested):
        remind = staff_reminded_at(settings, state.requested_at)
    return LetTimePass(
        at=unit.at,
        mail=mail_for(unit, state.terms.patient),
        counts=counts_of(settings),
        no_bounce_window=settings.no_bounce_window,
        remind_staff_at=remind,
        remind_patient_before=settings.remind_patient_before,
    )


def _from_mail(unit: Unit, state: Begun) -> tuple[BookingCommand, ...]:
    """What is known of the newest mail, oldest knowledge first."""
    newest = _newest_mail(state)
    known = unit.services.archive.mail(newest) if newest else None
    return () if known is None else tuple(_told_by(unit, state, known))


def _newest_mail(state: Begun) -> MailId | None:
    match state:
        case AwaitingDelivery():
            return mail_of(state.way)
        case Undelivered() | Confirmed():
            return state.mail
        case _:
            return None


def _told_by(unit: Unit, state: Begun, known: MailState) -> list[BookingCommand]:
    """What is known of a mail. A delivery report outranks how our own attempts ended."""
    counts = counts_of(settings_of(unit, state.terms.clinic))
    mail, maybe = known.mail, known.may_have_arrived
    match known.reported:
        case Reported.FAILED:
            return [NoteFailed(mail, maybe, unit.at)]
        case Reported.BROKE_OFF:
            return [NoteFailed(mail, may_have_arrived=True, at=unit.at)]
        case Reported.DELIVERED:
            since = known.settled_at or known.queued_at
            handed_over = NoteHandedOver(mail, since, unit.at, counts)
            return [handed_over, NoteReported(mail, unit.at, counts)]
        case None:
            return _told_by_attempts(unit, known, counts)
        case _:
            assert_never(known.reported)


def _told_by_attempts(unit: Unit, known: MailState, counts: Counts) -> list[BookingCommand]:
    match known.state:
        case Handover.WAITING:
            return []
        case Handover.HANDED_OVER:
            assert known.settled_at is not None
            return [NoteHandedOver(known.mail, known.settled_at, unit.at, counts)]
        case Handover.AMBIGUOUS if known.settled_at is None:
            return [NoteAmbiguous(known.mail, unit.at)]
        case (
            Handover.AMBIGUOUS
            | Handover.REFUSED
            | Handover.GIVEN_UP
            | Handover.EXPIRED
            | Handover.WITHDRAWN
        ):
            return [NoteFailed(known.mail, known.may_have_arrived, unit.at)]
        case _:
            assert_never(known.state)
